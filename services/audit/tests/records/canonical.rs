//! JSON in its one spelling against the examples of RFC 8785, as far as the log has a use for them.
use audit::canonical;
use serde_json::{Value, json};

fn spelling(json: &str) -> Option<String> {
    canonical(&serde_json::from_str::<Value>(json).unwrap())
}

/// The largest number that every reader of JSON reads the same: 2^53 - 1.
const LARGEST: i64 = 9_007_199_254_740_991;

#[test]
fn whole_numbers_are_written_as_far_as_every_reader_reads_them_the_same() {
    for number in [0, 1, -1, 10, 256, 1_000_000, 4_294_967_296, -4_294_967_297, LARGEST - 1, LARGEST, -LARGEST] {
        assert_eq!(canonical(&json!(number)), Some(number.to_string()));
    }
    for beyond in [LARGEST + 1, LARGEST + 2, -LARGEST - 1, -LARGEST - 2, i64::MAX, i64::MIN] {
        assert_eq!(canonical(&json!(beyond)), None, "{beyond}");
        assert_eq!(canonical(&json!({ "a": [beyond] })), None, "{beyond}");
    }
    assert_eq!(canonical(&json!(u64::MAX)), None);
}

#[test]
fn numbers_that_are_not_whole_are_not_written() {
    // The numbers of section 3.2.2 and some of appendix B.
    for number in
        ["333333333.33333329", "1E30", "4.50", "2e-3", "0.000000000000000000000000001", "-0.0", "5e-324", "1.0"]
    {
        assert_eq!(spelling(number), None, "{number}");
        assert_eq!(spelling(&format!("{{\"numbers\":[1,{number}]}}")), None, "{number}");
    }
}

#[test]
fn lists_have_commas_between_their_elements_alone() {
    for (json, expected) in [
        ("[]", "[]"),
        ("[ 1 ]", "[1]"),
        ("[ 1 , 2 ]", "[1,2]"),
        ("[ 1 , [ ] , { } ]", "[1,[],{}]"),
        ("{ }", "{}"),
        ("{ \"a\" : 1 }", "{\"a\":1}"),
        ("{ \"c\" : 3 , \"a\" : 1 , \"b\" : 2 }", "{\"a\":1,\"b\":2,\"c\":3}"),
    ] {
        assert_eq!(spelling(json).as_deref(), Some(expected));
    }
}

/// Section 3.2.2, without its numbers.
#[test]
fn strings_and_literals_are_those_of_the_example() {
    let example = r#"{
      "numbers": [333333333, 4, -2],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }"#;
    let expected = concat!(
        r#"{"literals":[null,true,false],"numbers":[333333333,4,-2],"#,
        r#""string":"€$\u000f\nA'B\"\\\\\"/"}"#
    );
    assert_eq!(spelling(example).as_deref(), Some(expected));
}

/// Section 3.2.2.2: what is escaped, and how; everything else stands as it is.
#[test]
fn every_character_has_one_spelling() {
    for code in 0..0x20 {
        let expected = match code {
            0x08 => "\\b".to_owned(),
            0x09 => "\\t".to_owned(),
            0x0a => "\\n".to_owned(),
            0x0c => "\\f".to_owned(),
            0x0d => "\\r".to_owned(),
            other => format!("\\u{other:04x}"),
        };
        let text = char::from_u32(code).unwrap().to_string();
        assert_eq!(canonical(&json!(text)), Some(format!("\"{expected}\"")));
        // In the names of members as well.
        assert_eq!(canonical(&json!({ text: 1 })), Some(format!("{{\"{expected}\":1}}")));
    }
    for plain in ["\u{7f}", "\u{80}", "/", "<", "\u{2028}", "\u{2029}", "\u{feff}", "\u{202e}", "e\u{301}", "\u{1f600}"]
    {
        assert_eq!(canonical(&json!(plain)), Some(format!("\"{plain}\"")));
    }
    assert_eq!(canonical(&json!("\"\\")).as_deref(), Some(r#""\"\\""#));
}

/// Section 3.2.3: members are sorted by code units of UTF-16, where what lies beyond them comes before the last of them.
#[test]
fn members_are_in_the_order_of_the_example() {
    let example = r#"{
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis"
    }"#;
    let expected = [
        ("\\r", "Carriage Return"),
        ("1", "One"),
        ("\u{80}", "Control"),
        ("\u{f6}", "Latin Small Letter O With Diaeresis"),
        ("\u{20ac}", "Euro Sign"),
        ("\u{1f600}", "Emoji: Grinning Face"),
        ("\u{fb33}", "Hebrew Letter Dalet With Dagesh"),
    ];
    let members: Vec<String> = expected.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
    assert_eq!(spelling(example), Some(format!("{{{}}}", members.join(","))));
    // At every depth.
    let inner = spelling(&format!("{{\"b\":[{example}],\"a\":0}}"));
    assert_eq!(inner, Some(format!("{{\"a\":0,\"b\":[{{{}}}]}}", members.join(","))));
}
