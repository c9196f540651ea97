//! A sentence as words, numbers and signs, in one plain spelling: `–` is `-`, `µ` is `µ` whichever way it was typed, `i.v.` is
//! `iv`, `10⁹` is a number.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// A number in digits.
    Number(f64),
    /// A word, a name with digits in it, or an ordinal.
    Word,
    /// Anything else.
    Sign,
}

/// One token.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    /// As written, in plain signs.
    pub(crate) written: String,
    /// The same in lower case, without apostrophes.
    pub(crate) lower: String,
    /// What it is.
    pub(crate) kind: Kind,
    /// Whether white space stands before it.
    pub(crate) spaced: bool,
}

impl Token {
    pub(crate) fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }
}

/// The text in plain signs, on one line.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut raised = false;
    while let Some(c) = chars.next() {
        let after_digit = out.ends_with(|last: char| last.is_ascii_digit());
        let before_digit = chars.peek().is_some_and(char::is_ascii_digit);
        match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' => out.push('-'),
            '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => {}
            // Narrow spaces group the digits of a number.
            '\u{a0}' | '\u{2009}' | '\u{202f}' if after_digit && before_digit => {}
            '\'' | '\u{2018}' | '\u{2019}' | '\u{2bc}' => out.push('\''),
            '\u{201c}' | '\u{201d}' => out.push('"'),
            '\u{3bc}' => out.push('µ'),
            '×' | '✕' => out.push('x'),
            '\u{2044}' => out.push('/'),
            '⩾' | '≧' => out.push('≥'),
            '⩽' | '≦' => out.push('≤'),
            '·' | '∙' | '⋅' if after_digit && before_digit => out.push('.'),
            '·' | '∙' | '⋅' => out.push(' '),
            'ﬀ' => out.push_str("ff"),
            'ﬁ' => out.push_str("fi"),
            'ﬂ' => out.push_str("fl"),
            'ﬃ' => out.push_str("ffi"),
            'ﬄ' => out.push_str("ffl"),
            '½' | '¼' | '¾' | '⅓' | '⅔' => {
                // "1 ½" is one number.
                let before = out.trim_end().len();
                let mixed = !after_digit && ends_in_whole_number(&out[..before]);
                if mixed {
                    out.truncate(before);
                }
                out.push_str(if after_digit || mixed { "" } else { "0" });
                out.push_str(match c {
                    '½' => ".5",
                    '¼' => ".25",
                    '¾' => ".75",
                    '⅓' => ".333333",
                    _ => ".666667",
                });
            }
            _ => match superscript(c) {
                Some(digit) => {
                    if after_digit && !raised {
                        out.push('^');
                    }
                    out.push(digit);
                }
                None if c.is_whitespace() => {
                    if !out.is_empty() && !out.ends_with(' ') {
                        out.push(' ');
                    }
                }
                None => out.push(c),
            },
        }
        raised = superscript(c).is_some();
    }
    out.truncate(out.trim_end().len());
    out
}

/// Whether a text ends in a whole number of one or two digits.
fn ends_in_whole_number(text: &str) -> bool {
    let before = text.trim_end_matches(|c: char| c.is_ascii_digit());
    (1..=2).contains(&(text.len() - before.len())) && !before.ends_with(['.', ',', '^', '/', '-'])
}

fn superscript(c: char) -> Option<char> {
    "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().zip('0'..='9').find(|(raised, _)| *raised == c).map(|(_, digit)| digit)
}

/// The tokens of a text that [`plain`] has made plain.
pub(crate) fn tokens(plain: &str) -> Vec<Token> {
    let chars: Vec<char> = plain.chars().collect();
    let mut found: Vec<Token> = Vec::new();
    let mut at = 0;
    let mut spaced = true;
    while at < chars.len() {
        let start = at;
        if chars[at].is_whitespace() {
            (at, spaced) = (at + 1, true);
            continue;
        }
        let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
        let kind = if digit(at) || (chars[at] == '.' && digit(at + 1)) {
            let (value, end) = number(&chars, at);
            at = end;
            if is_ordinal(&chars[at..]) {
                at += 2;
                Kind::Word
            } else {
                value.map_or(Kind::Word, Kind::Number)
            }
        } else if is_letter(chars[at]) {
            at = word_end(&chars, at);
            Kind::Word
        } else {
            let next = chars.get(at + 1).copied();
            at += if matches!((chars[at], next), ('<' | '>', Some('='))) { 2 } else { 1 };
            Kind::Sign
        };
        let mut written: String = chars[start..at].iter().collect();
        if kind == Kind::Sign {
            written = written.replace("<=", "≤").replace(">=", "≥");
        } else if kind == Kind::Word && written.contains('.') {
            written.retain(|c| c != '.');
        }
        if joins_name(&found, kind, spaced) {
            // "IL-6", "COVID-19", "type-2": the digits belong to the name.
            found.pop();
            if let Some(name) = found.last_mut() {
                name.written = format!("{}-{written}", name.written);
                name.lower = lower(&name.written);
            }
        } else {
            found.push(Token { lower: lower(&written), written, kind, spaced });
        }
        spaced = false;
    }
    found
}

fn lower(written: &str) -> String {
    if written == "'" { written.to_owned() } else { written.to_lowercase().replace('\'', "") }
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || c == '°'
}

/// Whether a number directly after `word-` is part of a name, as against the end of a range (`5 mg-10 mg`).
fn joins_name(found: &[Token], kind: Kind, spaced: bool) -> bool {
    let [.., before, word, hyphen] = found else {
        return matches!(found, [word, hyphen] if is_name_before(word, hyphen) && matches!(kind, Kind::Number(_)) && !spaced);
    };
    matches!(kind, Kind::Number(_))
        && !spaced
        && is_name_before(word, hyphen)
        && !matches!(before.kind, Kind::Number(_))
}

fn is_name_before(word: &Token, hyphen: &Token) -> bool {
    word.is_word() && hyphen.written == "-" && !hyphen.spaced
}

fn is_ordinal(rest: &[char]) -> bool {
    let suffix: String = rest.iter().take(2).collect();
    let ends = rest.get(2).is_none_or(|c| !is_letter(*c));
    ends && matches!(suffix.as_str(), "st" | "nd" | "rd" | "th")
}

/// A word goes on over letters, digits, inner apostrophes, and over the stops of `i.v.` and `b.d.`.
fn word_end(chars: &[char], start: usize) -> usize {
    let letter = |at: usize| chars.get(at).copied().is_some_and(is_letter);
    let mut at = start + 1;
    while let Some(&c) = chars.get(at) {
        let single = at - start == 1 || chars[at - 2] == '.';
        let stop = c == '.' && single && letter(at + 1) && !letter(at + 2);
        let last_stop = c == '.' && at - start > 2 && single && chars[start..at].contains(&'.');
        if is_letter(c) || c.is_ascii_digit() || (c == '\'' && letter(at + 1)) || stop || last_stop {
            at += 1;
        } else {
            break;
        }
    }
    at
}

/// The number at `start` and where it ends: `1,000`, `0.5`, `.5`, `0,5`, `10^9`.
fn number(chars: &[char], start: usize) -> (Option<f64>, usize) {
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    let group = |at: usize| (1..=3).all(|step| digit(at + step)) && !digit(at + 4);
    let mut text = String::new();
    let mut at = start;
    let mut decimal = false;
    while let Some(&c) = chars.get(at) {
        match c {
            '0'..='9' => text.push(c),
            '.' if !decimal && digit(at + 1) => {
                decimal = true;
                text.push('.');
            }
            ',' if !decimal && group(at) && text.trim_start_matches('0').len() == text.len() => {}
            // A comma for a point is sure only after a nought.
            ',' if !decimal && text == "0" && digit(at + 1) => {
                decimal = true;
                text.push('.');
            }
            _ => break,
        }
        at += 1;
    }
    let mut value: Option<f64> = text.parse().ok();
    if chars.get(at) == Some(&'^') && digit(at + 1) {
        let end = (at + 1..chars.len()).find(|&at| !digit(at)).unwrap_or(chars.len());
        let power: Option<i32> = chars[at + 1..end].iter().collect::<String>().parse().ok();
        value = value.zip(power.filter(|power| *power < 30)).map(|(value, power)| value.powi(power));
        at = end;
    }
    (value, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        tokens(&plain(text)).into_iter().map(|token| token.written).collect()
    }

    #[test]
    fn numbers_and_names_are_told_apart() {
        assert_eq!(split("5mg b.d. for COVID\u{2011}19"), ["5", "mg", "bd", "for", "COVID-19"]);
        assert_eq!(split("1,000 mL i.v. (0,5 µg/kg)"), ["1,000", "mL", "iv", "(", "0,5", "µg", "/", "kg", ")"]);
        assert_eq!(split("5 mg\u{2013}10 mg"), ["5", "mg", "-", "10", "mg"]);
        assert_eq!(split("HbA1c ≥ 6.5%, the 2nd"), ["HbA1c", "≥", "6.5", "%", ",", "the", "2nd"]);
    }

    #[test]
    fn values_are_read() {
        let values = |text: &str| -> Vec<f64> {
            let of = |token: Token| if let Kind::Number(value) = token.kind { Some(value) } else { None };
            tokens(&plain(text)).into_iter().filter_map(of).collect()
        };
        assert_eq!(values("1½ of 10⁹ and 1\u{a0}000, 3·5, .5 but 1,2"), [1.5, 1e9, 1000.0, 3.5, 0.5, 1.0, 2.0]);
        assert_eq!(values("10⁹ and 10¹²"), [1e9, 1e12]);
        assert_eq!(values("1 ½ or ½, 2.5 ½"), [1.5, 0.5, 2.5, 0.5]);
    }
}
