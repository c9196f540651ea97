//! A statement in words that patients know. Numbers, medicines, negation and strength must come through unchanged, or the
//! statement stays as it is.

use grounding::{Facet, Source, check};
use vocabulary::{fold, vocabulary};

/// The statement with technical terms in plain words.
pub fn in_plain_words(statement: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let words: Vec<&str> = statement.split(' ').collect();
    let folded: Vec<String> = words.iter().map(|word| fold(bare(word))).collect();
    let mut at = 0;
    while at < words.len() {
        let found = vocabulary().plain_at(folded[at..].iter().flat_map(|word| word.split(' ')));
        // A term is replaced only if it takes whole words and nothing but its last word is followed by a sign.
        let taken = found.and_then(|(length, plain)| {
            let mut count = 0;
            let end = (at..words.len()).find(|&end| {
                count += folded[end].split(' ').count();
                count >= length
            })?;
            let inner_signs = words[at..end].iter().any(|word| word.ends_with([',', ';', ':', '.', ')']));
            (count == length && !inner_signs).then_some((end, plain))
        });
        match taken {
            Some((end, plain)) => {
                let (first, last) = (words[at], words[end]);
                let before = &first[..first.len() - first.trim_start_matches(|c: char| !c.is_alphanumeric()).len()];
                let after = &last[last.trim_end_matches(|c: char| !c.is_alphanumeric()).len()..];
                out.push(format!("{before}{}{after}", cased_as(plain, first)));
                at = end + 1;
            }
            None => {
                out.push(words[at].to_owned());
                at += 1;
            }
        }
    }
    let plain = out.join(" ");
    if says_the_same(&plain, statement) { plain } else { statement.to_owned() }
}

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// A capital where the term had one at the start of a sentence.
fn cased_as(plain: &str, term: &str) -> String {
    let mut chars = plain.chars();
    let capital = bare(term).chars().next().is_some_and(char::is_uppercase)
        && !bare(term).chars().skip(1).any(char::is_uppercase);
    match chars.next().filter(|_| capital) {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => plain.to_owned(),
    }
}

/// Whether nothing but words has changed, in either direction.
fn says_the_same(plain: &str, statement: &str) -> bool {
    let harmless = |a: &str, b: &str| {
        // Routes and rhythms are put into plain words themselves; what they mean is in the tables of the check, too.
        check(a, &Source::new(b, [])).findings.iter().all(|finding| finding.facet == Facet::Wording)
    };
    harmless(plain, statement) && harmless(statement, plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_become_plain_and_facts_stay() {
        let plain = in_plain_words("Hypertension in adults: give amlodipine 5 mg once daily.");
        assert!(plain.starts_with("High blood pressure in adults"), "{plain}");
        assert!(plain.contains("amlodipine 5 mg"), "{plain}");
        let same = "Give 5 mg on Monday.";
        assert_eq!(in_plain_words(same), same);
    }

    #[test]
    fn what_plain_words_would_change_stays_as_it_is() {
        for statement in ["It is not contraindicated in renal impairment.", "Do not give NSAIDs in renal impairment."] {
            let plain = in_plain_words(statement);
            assert!(says_the_same(&plain, statement), "{plain}");
        }
    }
}
