//! A statement in words that patients know. Numbers, medicines, negation and strength must come through unchanged, or a term stays
//! as it is. Where plain words would not fit the grammar of the sentence, they stand in brackets behind the term.

use std::collections::HashSet;

use grounding::{Facet, Source, check};
use vocabulary::{fold, vocabulary};

/// The statement with technical terms in plain words.
pub fn in_plain_words(statement: &str) -> String {
    let words: Vec<&str> = statement.split(' ').collect();
    let terms = terms(&words);
    let all: HashSet<usize> = terms.iter().map(|term| term.at).collect();
    let plain = written(&words, &terms, &all);
    if says_the_same(&plain, statement) {
        return plain;
    }
    // One term that would change what is said leaves the others alone.
    let mut kept = HashSet::new();
    for term in &terms {
        kept.insert(term.at);
        if !says_the_same(&written(&words, &terms, &kept), statement) {
            kept.remove(&term.at);
        }
    }
    written(&words, &terms, &kept)
}

/// A technical term in a statement.
struct Term {
    /// Its first and last word.
    at: usize,
    end: usize,
    plain: &'static str,
    /// Whether the plain words take its place, as against explaining it in brackets.
    is_replaced: bool,
}

fn terms(words: &[&str]) -> Vec<Term> {
    let folded: Vec<String> = words.iter().map(|word| fold(bare(word))).collect();
    let mut terms = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let found = vocabulary().plain_at(folded[at..].iter().flat_map(|word| word.split(' ')));
        // A term is taken only if it takes whole words and nothing but its last word is followed by a sign.
        let taken = found.and_then(|(length, plain)| {
            let mut count = 0;
            let end = (at..words.len()).find(|&end| {
                count += folded[end].split(' ').count();
                count >= length
            })?;
            let inner_signs = words[at..end].iter().any(|word| word.ends_with([',', ';', ':', '.', ')']));
            (count == length && !inner_signs).then_some((end, plain))
        });
        let Some((end, plain)) = taken else {
            at += 1;
            continue;
        };
        let before = at.checked_sub(1).map_or("", |before| folded[before].as_str());
        let after = folded.get(end + 1).filter(|_| !words[end].ends_with([',', ';', ':', '.', ')']));
        let name = folded[at..=end].join(" ");
        // "Wernicke encephalopathy" is a name; "IV once daily" is none.
        let is_named = at > 1
            && words[at - 1].starts_with(char::is_uppercase)
            && !words[at - 1].ends_with([':', '.'])
            && !name.ends_with("ly");
        let is_replaced = !is_named && fits(&name, plain, before, after.map_or("", String::as_str));
        terms.push(Term { at, end, plain, is_replaced });
        at = end + 1;
    }
    terms
}

/// Words that join something to a noun: what follows them would be torn from what it belongs to.
const JOINTS: [&str; 22] = [
    "of", "in", "that", "with", "by", "from", "on", "for", "into", "around", "under", "between", "to", "caused",
    "after", "than", "why", "when", "at", "or", "through", "before",
];

/// The most words that take the place of a term.
const SHORT: usize = 3;

/// Whether plain words can take the place of a term between the words before and after it.
fn fits(term: &str, plain: &str, before: &str, after: &str) -> bool {
    // "Orally" is "by mouth", and "contraindications to" are "reasons that rule out", whatever stands around them.
    if term.ends_with("ly") || term.ends_with(" to") {
        return true;
    }
    let has_article = matches!(before, "a" | "an");
    let last = plain.rsplit(' ').next().unwrap_or(plain);
    let is_plural =
        |word: &str| word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is");
    let is_free = matches!(before, "" | "with" | "without" | "of" | "for" | "from" | "by" | "and" | "or" | "in");
    let is_other_number = is_plural(last) && !is_plural(term);
    let is_test = plain.starts_with("a ") || plain.starts_with("an ");
    let is_long = plain.split(' ').count() > SHORT || plain.split(' ').any(|word| JOINTS.contains(&word));
    // "Must not be used" is a verb: it follows what it is said of.
    let is_verb = plain.starts_with("must ") && !term.starts_with("is ") && !term.starts_with("are ");
    !(is_test
        || is_verb
        || is_long
        || is_other_number && (!is_free || matches!(after, "is" | "was" | "has" | "occurs" | "may"))
        || has_article && last.ends_with("ing"))
}

/// The statement with those terms made plain that begin at `kept`.
fn written(words: &[&str], terms: &[Term], kept: &HashSet<usize>) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut explained = HashSet::new();
    // Brackets that are open.
    let mut depth = 0_usize;
    let mut at = 0;
    while at < words.len() {
        let term = terms.iter().find(|term| term.at == at && kept.contains(&at));
        let end = term.map_or(at, |term| term.end);
        let here = words[at..=end].join(" ");
        depth += here.matches('(').count();
        let (first, last) = (words[at], words[end]);
        let sign_before = &first[..first.len() - first.trim_start_matches(|c: char| !c.is_alphanumeric()).len()];
        let sign_after = &last[last.trim_end_matches(|c: char| !c.is_alphanumeric()).len()..];
        match term {
            Some(term) if term.is_replaced => {
                let plain = cased_as(term.plain, first);
                if let Some(article) = out.last_mut() {
                    agree(article, &plain);
                }
                out.push(format!("{sign_before}{plain}{sign_after}"));
            }
            Some(term) if depth == 0 && explained.insert(term.plain) => {
                let name = here.strip_suffix(sign_after).unwrap_or(&here);
                out.push(format!("{name} ({}){sign_after}", term.plain));
            }
            _ => out.push(here.clone()),
        }
        depth = depth.saturating_sub(here.matches(')').count());
        at = end + 1;
    }
    out.join(" ")
}

/// "A" or "an", as the next word wants it.
fn agree(article: &mut String, next: &str) {
    let lower = next.to_lowercase();
    let is_vowel = lower.starts_with(['a', 'e', 'i', 'o', 'u'])
        && !["uri", "use", "uni", "one", "eu"].iter().any(|consonant| lower.starts_with(consonant));
    let right = match (article.as_str(), is_vowel) {
        ("a", true) => "an",
        ("A", true) => "An",
        ("an", false) => "a",
        ("An", false) => "A",
        _ => return,
    };
    right.clone_into(article);
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

    #[test]
    fn where_plain_words_do_not_fit_they_explain() {
        for (statement, plain) in [
            (
                "Metformin is stopped in adults with an eGFR below 30 mL/min/1.73 m2.",
                "Metformin is stopped in adults with an eGFR (a blood test of how well the kidneys filter) below 30 mL/min/1.73 m2.",
            ),
            (
                "The endocarditis team met.",
                "The endocarditis (inflammation of the inner lining of the heart) team met.",
            ),
            (
                "Intravenous fluids are given in sepsis, and sepsis is treated at once.",
                "Intravenous fluids (fluids given into a vein) are given in sepsis (life-threatening reaction to an infection), and sepsis is treated at once.",
            ),
            ("Diarrhoea is treated at home.", "Diarrhoea (runny stools) is treated at home."),
            ("Children with diarrhoea are treated at home.", "Children with runny stools are treated at home."),
            (
                "An exacerbation of asthma is treated at home.",
                "An exacerbation (episode of worsening) of asthma is treated at home.",
            ),
            ("Give it orally to an obese adult.", "Give it by mouth to a very overweight adult."),
        ] {
            assert_eq!(in_plain_words(statement), plain);
        }
        let named = in_plain_words("Give thiamine in suspected Wernicke encephalopathy.");
        assert!(named.contains("Wernicke encephalopathy (altered brain function)"), "{named}");
        let ulcer = in_plain_words("Aspirin is stopped in peptic ulcer disease and in duodenal ulcer.");
        assert!(!ulcer.contains("open sore"), "{ulcer}");
        let nested = in_plain_words("Reduce the dose of enoxaparin (eGFR below 30 mL/min).");
        assert_eq!(nested.matches('(').count(), 1, "{nested}");
    }
}
