//! Spans on any text: in order, apart, on bounds of characters, and the same text black but for them.

use privacy::{Class, Found, black_out, count, find};

use crate::random::Random;

/// Pieces that meet rules in odd places: letters of many scripts, marks, digits, cues, beginnings of identifiers.
const PIECES: &[&str] = &[
    "é",
    "ß",
    "İ",
    "ﬁ",
    "Ж",
    "я",
    "中",
    "文",
    "ع",
    "\u{301}",
    "\u{200B}",
    "\u{FEFF}",
    "😀",
    "👩‍⚕️",
    "٣",
    "５",
    "½",
    "µ",
    "≥",
    "…",
    "–",
    "’",
    "“",
    "\u{A0}",
    "\u{2028}",
    "\n",
    "\t",
    "\0",
    "\u{7F}",
    " ",
    " ",
    " ",
    ".",
    ",",
    ":",
    "-",
    "/",
    "(",
    ")",
    "'",
    "@",
    "#",
    "_",
    "+",
    "%",
    "*",
    "[",
    "]",
    "Mr ",
    "Dr. ",
    "Smith",
    "john",
    "O'",
    "St ",
    "van der ",
    "DOB ",
    "MRN: ",
    "NHS ",
    "tel ",
    "SSN ",
    "zip ",
    "1",
    "12",
    "1234",
    "00",
    "92",
    "yo",
    "year-old",
    "January ",
    "3rd ",
    "https://",
    "www.",
    ".com",
    "::",
    "2001:db8",
    "192.168.",
    "(01)",
    "plate ",
    "serial no ",
    "patient ",
    "named ",
    "Street",
    "Parkinson",
    "'s disease",
    "et al",
    "mg",
    "AB12",
    "GB82",
    "X",
    "Q",
];

fn check(text: &str) {
    let found = find(text);
    let mut last = 0;
    for Found { class, span } in &found {
        assert!(span.start < span.end && last <= span.start, "{class} {span:?} in {text:?}");
        assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end), "{class} {span:?} in {text:?}");
        last = span.end;
    }
    assert!(last <= text.len());
    let mut expected = String::new();
    let mut at = 0;
    for Found { class, span } in &found {
        expected += &format!("{}[{class}]", &text[at..span.start]);
        at = span.end;
    }
    expected += &text[at..];
    assert_eq!(black_out(text, &found), expected);
    assert_eq!(count(&found).values().sum::<u32>() as usize, found.len());
}

#[test]
fn spans_lie_on_characters_whatever_the_text() {
    let mut random = Random::new(7);
    for turn in 0..10_000 {
        let mut text = String::new();
        for _ in 0..random.within(0, 24) {
            // In every second text, any character at all.
            match char::from_u32(random.within(0, 0x11_0000) as u32) {
                Some(c) if turn % 2 == 0 && random.within(0, 3) == 0 => text.push(c),
                _ => text.push_str(random.pick(PIECES)),
            }
        }
        check(&text);
    }
}

/// Runs that a rule could go over again and again.
#[test]
fn long_runs_of_anything_come_to_an_end() {
    for piece in PIECES.iter().chain(&[
        "a",
        "Ab ",
        "A.",
        "1 ",
        "1-",
        "12/",
        "aB1",
        "Mr Smith ",
        "Smith, John, ",
        "a@b.",
        "(555) ",
    ]) {
        check(&piece.repeat(20_000 / piece.len()));
    }
}

#[test]
fn the_example_of_a_pasted_note_is_blacked_out() {
    let note = "Dear Dr Okonkwo-Ruaidhri,\nRe: Zsófia Szczepaniak, DOB 03/04/1931 (94F), MRN 00123456, 12 Oak Street, LS6 3QS. Tel 07700 900123, \
                zs@example.org. Parkinson's disease, Child-Pugh B, INR 2.3. Is apixaban 2.5 mg safe?";
    assert_eq!(
        black_out(note, &find(note)),
        "Dear Dr [name],\nRe: [name], DOB [date] ([age]F), MRN [record_number], [address]. Tel [phone], \
         [email]. Parkinson's disease, Child-Pugh B, INR 2.3. Is apixaban 2.5 mg safe?"
    );
}

#[test]
fn spans_that_do_not_fit_the_text_are_passed_over() {
    let of = |span| Found { class: Class::Name, span };
    assert_eq!(black_out("Zoë is ill", &[of(0..4), of(2..6), of(3..99)]), "[name] is ill");
    assert_eq!(black_out("Zoë", &[of(0..3)]), "Zoë", "within a character");
    assert_eq!(black_out("", &[]), "");
}
