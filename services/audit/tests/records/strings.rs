//! Strings of every kind against what others can reach: whichever way one comes, the log refuses it or has a name for it, and
//! whichever field it is read from, it is that one string.
use std::collections::BTreeMap;

use audit::{
    Actor, AuditLog, Decided, Draft, Entry, Error, Feedback, Intent, Kind, LedgerList, Outcome, Part, canonical,
    is_token,
};
use serde_json::{Map, json};

use crate::changes::Dice;
use crate::held::{Held, Library, ada, ask, begin, options};

/// Line breaks, marks of direction, quotes, escapes, brackets, NUL, and what looks like JSON.
const PARTS: [&str; 20] = [
    "\r\n",
    "\u{202e}",
    "\u{0}",
    "\"",
    "\\",
    "\\n",
    "\\u0022",
    "{",
    "}",
    "\",\"action\":\"",
    "\",\"v\":2,\"x\":\"",
    "\u{2028}",
    "\t",
    "a",
    "Mrs Smith",
    "é",
    "\u{1f600}",
    "-",
    "\u{7f}",
    " ",
];

fn text(dice: &mut Dice) -> String {
    (0..=dice.below(5)).map(|_| *dice.one_of(&PARTS)).collect()
}

/// What stands in the fields of the entry that strings are put into.
const MARKS: [&str; 9] =
    ["@action", "@actor", "@element", "@inner", "@name", "@release", "@request", "@role", "@value"];

/// An entry with a mark in every field that takes text.
fn marked() -> (Entry, String) {
    let held = Held::new();
    held.log.set_release("@release");
    let mut draft = Draft::new("@action", Actor { id: "@actor".to_owned(), role: "@role".to_owned() })
        .with("@name", json!({ "b": ["@value", { "@inner": "@element" }] }))
        .sealing("words", "words");
    draft.request = Some("@request".to_owned());
    let seq = held.log.append(draft).unwrap();
    let leaf = held.log.leaf(seq).unwrap().unwrap();
    (Entry::parse(&leaf).unwrap(), String::from_utf8(leaf).unwrap())
}

/// What stands where the mark was.
fn at_mark<'a>(mark: &str, entry: &'a Entry) -> Option<&'a str> {
    let (name, inside) = entry.object.iter().next()?;
    let inner = inside["b"][1].as_object()?.iter().next()?;
    match mark {
        "@action" => Some(&entry.action),
        "@actor" => Some(&entry.actor),
        "@inner" => Some(inner.0),
        "@name" => Some(name),
        "@release" => Some(&entry.release),
        "@request" => entry.request.as_deref(),
        "@role" => Some(&entry.role),
        "@value" => inside["b"][0].as_str(),
        "@element" => inner.1.as_str(),
        _ => None,
    }
}

/// A million times a string is put into the bytes of an entry, as JSON writes it or just so: what is read is that one string in its
/// one place, or another entry in its one spelling, or nothing.
#[test]
fn a_million_strings_in_the_bytes_of_an_entry_are_read_as_one_or_not_at_all() {
    let (plain, leaf) = marked();
    let read = |worker: u8| {
        let mut dice = Dice::new(11, worker);
        let (mut as_one, mut just_so) = (0, 0);
        for at in 0..250_000 {
            let (mark, text) = (MARKS[at % MARKS.len()], text(&mut dice));
            let quoted = serde_json::to_string(&text).unwrap();
            let is_quoted = dice.once_in(2);
            let inserted = if is_quoted { &quoted[1..quoted.len() - 1] } else { text.as_str() };
            let bytes = leaf.replacen(mark, inserted, 1).into_bytes();
            let Some(entry) = Entry::parse(&bytes) else {
                assert!(!is_quoted || !is_token(&text), "{mark}: {text:?}");
                continue;
            };
            assert!(bytes.iter().all(|byte| *byte >= 0x20), "{mark}: {text:?}");
            if is_quoted {
                assert_eq!(at_mark(mark, &entry), Some(text.as_str()), "{mark}");
                for other in MARKS.iter().filter(|other| **other != mark) {
                    assert_eq!(at_mark(other, &entry), Some(*other), "{mark}: {text:?}");
                }
                assert_eq!((entry.v, entry.seq, &entry.commitments), (1, plain.seq, &plain.commitments));
                as_one += 1;
            } else {
                let again = canonical(&serde_json::to_value(&entry).unwrap()).unwrap();
                assert_eq!(again.as_bytes(), bytes, "{mark}: {text:?}");
                just_so += 1;
            }
        }
        (as_one, just_so)
    };
    let counts: Vec<(i32, i32)> = std::thread::scope(|scope| {
        let read = &read;
        let workers: Vec<_> = (0..4).map(|worker| scope.spawn(move || read(worker))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    assert!(counts.iter().all(|(as_one, just_so)| *as_one > 1_000 && *just_so > 1_000), "{counts:?}");
}

fn intent<'a>(id: &'a str, request_id: &'a str, class: &'a str) -> Intent<'a> {
    let (asked_at, question) = ("2026-11-22T10:00:00Z", "Gout?");
    let identifiers = BTreeMap::from([(class, 1)]);
    Intent { id, asked_at, actor: ada(), request_id, question, request: "{\"question\":\"Gout?\"}", identifiers }
}

/// An answer that has this string where the pointer says.
fn answer(pointer: &str, text: &str) -> String {
    let mut answer = Library::new().answer("open", "d1", "Gout?");
    *answer.pointer_mut(pointer).unwrap() = json!(text);
    answer.to_string()
}

/// Every way by which a string of others can come into an entry as it is; each is refused if it is no token.
fn attempts(log: &AuditLog, text: &str) -> Vec<(&'static str, Result<(), Error>)> {
    let by = |id: &str, role: &str| Actor { id: id.to_owned(), role: role.to_owned() };
    let append = |draft: Draft| log.append(draft).map(drop);
    let complete = |json: &str| log.complete("open", &Outcome { actor: ada(), model: None, answer: json });
    let mut in_request = Draft::new("test.typed", ada());
    in_request.request = Some(text.to_owned());
    let mut object = Map::new();
    object.insert("document".to_owned(), json!(text));
    let decided = Decided {
        list: LedgerList::Decisions,
        number: 1,
        action: "corpus.standing",
        actor: ada(),
        at: text,
        object,
        reason: text,
    };
    let feedback = Feedback {
        id: text.to_owned(),
        received_at: text.to_owned(),
        actor: text.to_owned(),
        answer: "given".to_owned(),
        statement: None,
        kind: Kind::Helpful,
        category: None,
        severity: None,
        comment: Some(text.to_owned()),
        handling: None,
    };
    vec![
        ("actor", append(Draft::new("test.typed", by(text, "clinician")))),
        ("role", append(Draft::new("test.typed", by("ada", text)))),
        ("request", append(in_request)),
        ("value", append(Draft::new("test.typed", ada()).with("a", text))),
        ("name", append(Draft::new("test.typed", ada()).with(text, 1))),
        ("inside", append(Draft::new("test.typed", ada()).with("a", json!([{ "b": [text] }])))),
        ("name inside", append(Draft::new("test.typed", ada()).with("a", json!([{ text: true }])))),
        ("id of a question", log.begin(&intent(text, "", "phone"))),
        ("class of what may identify", log.begin(&intent("another", "", text))),
        ("id of a part", log.part(&Part { id: text, actor: ada(), kind: "statement", words: text })),
        ("who gets a part", log.part(&Part { id: "open", actor: by(text, text), kind: "statement", words: text })),
        ("code of a failure", log.fail("open", ada(), text)),
        ("status", complete(&answer("/status", text))),
        ("mode", complete(&answer("/mode", text))),
        ("prompt", complete(&answer("/prompt_sha256", text))),
        ("passage", complete(&answer("/evidence/0/passage", text))),
        ("document", complete(&answer("/evidence/0/document/id", text))),
        ("hash of a text", complete(&answer("/evidence/0/document/sha256", text))),
        ("verdict", complete(&answer("/statements/0/citations/0/verdict", text))),
        ("feedback", log.feedback(&feedback, ada()).map(drop)),
        ("decision", log.decided(decided, None).map(drop)),
    ]
}

#[test]
fn whichever_way_a_string_comes_it_is_refused_or_has_a_name() {
    let (held, library) = (Held::new(), Library::new());
    let log = &held.log;
    ask(log, &library, "given", "d1", "Gout?");
    begin(log, "open", "Gout?");
    let mut dice = Dice::new(12, 0);
    let mut odd: Vec<String> = (0..150).map(|_| text(&mut dice)).filter(|text| !is_token(text)).collect();
    odd.extend(["".to_owned(), "x".repeat(129), "é".repeat(64), "Mrs Smith, born 1961, asks for metformin".to_owned()]);
    for text in &odd {
        let size = log.size();
        for (way, tried) in attempts(log, text) {
            assert!(matches!(tried, Err(Error::NotAToken { .. })), "{way}: {text:?}: {tried:?}");
        }
        assert_eq!((log.size(), log.outcome("open").unwrap()), (size, None), "{text:?}");
        assert!(log.is_well());
        // Who sends a request can call it anything, and others name their models and write down times: that has names here.
        log.set_release(text);
        let draft = Draft::new("test.typed", ada()).in_request(text).with("model", audit::token(text));
        let seq = log.append(draft.sealing("words", text.as_str())).unwrap();
        let leaf = log.leaf(seq).unwrap().unwrap();
        assert!(leaf.iter().all(u8::is_ascii_graphic));
        let entry = Entry::parse(&leaf).unwrap();
        assert_eq!(entry.request, None, "{text:?}");
        assert!(entry.release.starts_with("sha256:") && entry.text("model") == Some(entry.release.as_str()));
        assert!(text.len() < 8 || !leaf.windows(text.len()).any(|window| window == text.as_bytes()));
        assert_eq!(log.words(seq, "words").unwrap().unwrap().1, text.as_bytes());
    }
    assert!(odd.len() > 100, "{}", odd.len());
    // Nothing of it hindered anybody.
    let answer = library.answer("open", "d1", "Gout?").to_string();
    log.complete("open", &Outcome { actor: ada(), model: Some("Mrs Smith"), answer: &answer }).unwrap();
    let entry = log.entries("answer.given", None, None, 1).unwrap().remove(0);
    assert!(entry.text("model").unwrap().starts_with("sha256:"));
}

#[test]
fn only_ids_that_a_machine_made_are_written_down_as_requests() {
    let held = Held::new();
    let hex = "0123456789abcdefABCDEF0123456789".repeat(3);
    for (request, is_made) in [
        ("0193577c-0000-7000-8000-000000000000".to_owned(), true),
        (hex[..16].to_owned(), true),
        (hex[..64].to_owned(), true),
        (format!("-{}-", &hex[..16]), true),
        (hex[..15].to_owned(), false),
        (hex[..65].to_owned(), false),
        (format!("{}-", &hex[..15]), false),
        ("MRS-SMITH-1961-1961-1961".to_owned(), false),
        (format!("{}g", &hex[..16]), false),
        (format!("{} ", &hex[..16]), false),
        (format!("{}\n", &hex[..16]), false),
        (String::new(), false),
        ("-".repeat(36), false),
    ] {
        let seq = held.log.append(Draft::new("test.done", ada()).in_request(&request)).unwrap();
        let entry = Entry::parse(&held.log.leaf(seq).unwrap().unwrap()).unwrap();
        assert_eq!(entry.request, is_made.then(|| request.clone()), "{request:?}");
        held.log.begin(&intent(&format!("a{seq}"), &request, "phone")).unwrap();
        let asked = held.log.entries("answer.asked", None, None, 1).unwrap().remove(0);
        assert_eq!(asked.request, is_made.then_some(request));
    }
}

/// A log of a house whose name cannot stand in it takes nothing, rather than something else.
#[test]
fn a_tenant_is_a_token_too() {
    let held = Held::new();
    let data = held.data();
    let Held { log, clock, directory } = held;
    drop(log);
    for tenant in ["St. Mary's Hospital", "", "\n"] {
        let log =
            AuditLog::open(&data, audit::Options { tenant: tenant.to_owned(), ..options(&data, &clock) }).unwrap();
        let refused = log.append(Draft::new("test.done", ada()));
        assert!(matches!(refused, Err(Error::NotAToken { .. })), "{tenant:?}: {refused:?}");
        assert_eq!(log.size(), 0);
    }
    drop(directory);
}
