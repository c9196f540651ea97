//! What raised letters say: a power stays a power (10⁹, m²); marks of notes and references are no part of the sentence.

/// What a raised `word` adds to the text `before` it; nothing where it is a mark.
pub(super) fn part(word: &str, before: &str) -> Option<String> {
    let word = word.trim();
    let is_sign = |c: char| matches!(c, '*' | '†' | '‡' | '§' | '¶' | '#' | ',');
    let ranges = word.chars().skip(1).any(|c| matches!(c, '-' | '–')) && !word.ends_with(['-', '–']);
    let lists = ranges || word.contains(',');
    let after_sentence = before.trim_end().ends_with(['.', ',', ';', ':', '?', '!', '”']);
    if word.chars().all(is_sign) || (lists || after_sentence) && !word.contains(char::is_alphabetic) {
        return None;
    }
    match figures(word) {
        Some(figures) => Some(figures),
        // A letter alone marks a note; a word ("th", "TM") belongs to the text.
        None if word.split(',').all(|part| part.chars().count() <= 1) => None,
        None => Some(word.to_owned()),
    }
}

/// Digits and signs as raised ones; nothing for what has no raised form.
pub(super) fn figures(text: &str) -> Option<String> {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let figure = |c: char| match c {
        '+' => Some('⁺'),
        '-' | '−' | '–' => Some('⁻'),
        _ => c.to_digit(10).and_then(|digit| DIGITS.get(digit as usize).copied()),
    };
    text.chars().map(figure).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_stay_and_marks_go() {
        for (before, word, said) in [
            ("10", "9", Some("⁹")),
            ("10", "-3", Some("⁻³")),
            ("Ca", "2+", Some("²⁺")),
            ("SO4", "2–", Some("²⁻")),
            ("kg/m", "2", Some("²")),
            ("4", "th", Some("th")),
            ("It fell.", "3", None),
            ("trials", "3,4", None),
            ("trials", "3–5", None),
            ("Doe", "a", None),
            ("Doe", "a,b", None),
            ("Dose", "*", None),
            ("x", "", None),
        ] {
            assert_eq!(part(word, before).as_deref(), said, "{before}^{word}");
        }
    }
}
