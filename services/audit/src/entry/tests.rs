//! Strings of every kind in every field that takes text: nothing but tokens is written, on one line, and it reads back as it was.

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::{Actor, Draft, Entry, MAX_ENTRY_BYTES, MAX_TOKEN_BYTES, Place, token, write};
use crate::{Error, Result, sha256};

/// Where text can come into an entry: what the log is told, what a draft says, and what its members are called.
const FIELDS: [&str; 11] = [
    "tenant",
    "release",
    "actor",
    "role",
    "action",
    "request",
    "value",
    "name",
    "inner value",
    "inner name",
    "name of words",
];

/// Of which tokens are made.
const PLAIN: [&str; 8] = ["a", "-", "{", "}", ":", ",", "MRS-SMITH-1961", "/../etc/passwd"];

/// Line breaks, marks of direction, quotes, escapes, white space, NUL, what looks like JSON, and letters beyond ASCII.
const ODD: [&str; 24] = [
    "\r\n",
    "\n",
    "\t",
    " ",
    "\u{0}",
    "\u{1b}[2J",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{202e}",
    "\u{2028}",
    "\u{2066}",
    "\u{feff}",
    "\"",
    "\\",
    "\\u0022",
    "\",\"action\":\"answer.erased",
    "}\n{\"v\":1,\"seq\":8",
    "\u{2014} osler.log/1 AAAA",
    "Mrs Smith",
    "é",
    "e\u{301}",
    "\u{1f600}",
    "\u{10ffff}",
];

struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }

    /// A few parts, one in sixteen times of such alone as tokens are made of; now and then about as long as a token may be.
    fn text(&mut self) -> String {
        let is_plain = self.below(16) == 0;
        let mut text = String::new();
        for _ in 0..=self.below(5) {
            let is_odd = !is_plain && self.below(4) > 0;
            text.push_str(if is_odd { ODD[self.below(ODD.len())] } else { PLAIN[self.below(PLAIN.len())] });
        }
        if self.below(64) == 0 {
            text = text.repeat(MAX_TOKEN_BYTES / text.len() + self.below(2));
        }
        text
    }
}

/// What [`super::is_token`] is to say, in other words.
fn may_stand(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.chars().all(|c| ('!'..='~').contains(&c) && !['"', '\\'].contains(&c))
}

fn written(field: &str, text: &str) -> Result<Vec<u8>> {
    // Actions and names of words are part of the program: nobody can type them. They are looked at all the same.
    let fixed = || -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
    let mut draft = Draft::new("test.done", Actor { id: "ada".to_owned(), role: "clinician".to_owned() });
    let (mut tenant, mut release) = ("test", "osler-1");
    match field {
        "tenant" => tenant = text,
        "release" => release = text,
        "actor" => draft.actor.id = text.to_owned(),
        "role" => draft.actor.role = text.to_owned(),
        "action" => draft.action = fixed(),
        "request" => draft.request = Some(text.to_owned()),
        "value" => draft = draft.with("a", text),
        "name" => draft = draft.with(text, 1),
        "inner value" => draft = draft.with("a", json!({ "b": [0, text] })),
        "inner name" => draft = draft.with("a", json!([{ text: null }])),
        "name of words" => draft = draft.sealing(fixed(), "words"),
        other => unreachable!("{other}"),
    }
    let commitments = vec![sha256(text.as_bytes()); draft.payloads.len()];
    let (id, at) = (Uuid::nil(), Timestamp::UNIX_EPOCH);
    write(&draft, &Place { seq: 7, id, at, tenant, checkpoint: 3, release, commitments })
}

fn read<'a>(field: &str, entry: &'a Entry) -> Option<&'a str> {
    match field {
        "tenant" => Some(&entry.tenant),
        "release" => Some(&entry.release),
        "actor" => Some(&entry.actor),
        "role" => Some(&entry.role),
        "action" => Some(&entry.action),
        "request" => entry.request.as_deref(),
        "value" => entry.text("a"),
        "name" => entry.object.keys().next().map(String::as_str),
        "inner value" => entry.object["a"]["b"][1].as_str(),
        "inner name" => entry.object["a"][0].as_object()?.keys().next().map(String::as_str),
        "name of words" => entry.commitments.keys().next().map(String::as_str),
        other => unreachable!("{other}"),
    }
}

/// Whether it was written, which is whether it may be.
fn is_written(field: &str, text: &str) -> bool {
    match written(field, text) {
        Ok(bytes) => {
            assert!(may_stand(text), "{field}: {text:?}");
            assert!(bytes.iter().all(u8::is_ascii_graphic), "{field}: {text:?}");
            let entry = Entry::parse(&bytes).unwrap();
            assert_eq!(read(field, &entry), Some(text), "{field}");
            assert_eq!((entry.v, entry.seq, entry.checkpoint), (1, 7, 3), "{field}: {text:?}");
            true
        }
        Err(Error::NotAToken { .. }) => {
            assert!(!may_stand(text), "{field}: {text:?}");
            false
        }
        Err(error) => panic!("{field}: {text:?}: {error}"),
    }
}

#[test]
fn a_million_strings_in_every_field_forge_no_line() {
    let count = |worker: u64| {
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15 + worker);
        let mut count = 0;
        for at in 0..250_000 {
            let text = numbers.text();
            count += usize::from(is_written(FIELDS[at % FIELDS.len()], &text));
            // What others have named gets a name that may stand.
            let named = token(&text);
            assert!(may_stand(&named), "{text:?}");
            assert_eq!(named == text, may_stand(&text), "{text:?}");
        }
        count
    };
    let written: usize = std::thread::scope(|scope| {
        let count = &count;
        let workers: Vec<_> = (0..4).map(|worker| scope.spawn(move || count(worker))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    assert!((50_000..500_000).contains(&written), "{written}");
}

#[test]
fn a_token_has_at_least_one_byte_and_at_most_128() {
    for field in FIELDS {
        for (text, fits) in [
            (String::new(), false),
            ("x".to_owned(), true),
            ("x".repeat(MAX_TOKEN_BYTES), true),
            ("x".repeat(MAX_TOKEN_BYTES + 1), false),
            // Bytes, not letters; and not one that lies beyond ASCII.
            ("é".repeat(MAX_TOKEN_BYTES / 2), false),
        ] {
            assert_eq!(is_written(field, &text), fits, "{field}: {} bytes", text.len());
        }
        for byte in 0..=127_u8 {
            let text = char::from(byte).to_string();
            assert_eq!(is_written(field, &text), (0x21..=0x7e).contains(&byte) && byte != b'"' && byte != b'\\');
        }
    }
}

#[test]
fn an_entry_is_as_long_as_two_bytes_can_say() {
    let written = |pads: &[usize]| {
        let pads: Vec<String> = pads.iter().map(|length| "x".repeat(*length)).collect();
        let draft = Draft::new("test.done", Actor::service()).with("pads", pads);
        let (id, at) = (Uuid::nil(), Timestamp::UNIX_EPOCH);
        let place = Place { seq: 7, id, at, tenant: "test", checkpoint: 3, release: "osler-1", commitments: vec![] };
        write(&draft, &place)
    };
    let mut pads = vec![100];
    let mut left = MAX_ENTRY_BYTES - written(&pads).unwrap().len();
    // Each with its quotes and a comma.
    while left > 130 {
        pads.push(100);
        left -= 103;
    }
    pads.push(left - 3);
    assert_eq!(written(&pads).unwrap().len(), MAX_ENTRY_BYTES);
    *pads.last_mut().unwrap() += 1;
    assert!(matches!(written(&pads), Err(Error::TooLarge { bytes }) if bytes == MAX_ENTRY_BYTES + 1));
}
