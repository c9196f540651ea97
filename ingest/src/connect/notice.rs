//! What does a feed say about a work? That it was retracted, corrected, warned about, replaced or reinstated.

use knowledge::{Identifiers, Relation, normalise};

/// What a kind of notice does to its work. An erratum is no retraction, and a retraction of a part leaves the rest
/// standing: its readers are warned. `None` for kinds that say nothing about standing or are not known.
pub(super) fn relation_of(kind: &str) -> Option<Relation> {
    let kind: String =
        kind.trim().chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    match kind.as_str() {
        "retraction" | "withdrawal" | "removal" | "retracted" | "withdrawn" => Some(Relation::Retracts),
        "expression_of_concern" | "concern" | "partial_retraction" => Some(Relation::Concerns),
        "correction" | "erratum" | "corrigendum" | "addendum" | "clarification" => Some(Relation::Corrects),
        "new_version" | "new_edition" | "correction_and_republication" | "retraction_and_republication" => {
            Some(Relation::Replaces)
        }
        "reinstatement" => Some(Relation::Reinstates),
        _ => None,
    }
}

/// A DOI as it is compared: without what may stand before it, in small letters. `None` when it is none.
pub(super) fn doi(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let bare = ["https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi:"]
        .iter()
        .find_map(|before| text.strip_prefix(before))
        .unwrap_or(&text)
        .trim();
    let (registrant, name) = bare.strip_prefix("10.")?.split_once('/')?;
    let number = |c: char| c.is_ascii_digit() || c == '.';
    let whole = !registrant.is_empty() && registrant.chars().all(number) && !name.is_empty();
    (whole && !bare.contains(|c: char| c.is_whitespace() || c.is_control())).then(|| bare.to_owned())
}

/// A PubMed number; feeds write 0 for none.
pub(super) fn pmid(text: &str) -> Option<String> {
    let digits = text.trim().trim_start_matches('0');
    let number = !digits.is_empty() && digits.len() <= 9 && digits.bytes().all(|byte| byte.is_ascii_digit());
    number.then(|| digits.to_owned())
}

/// Names with their address.
pub(super) fn names(doi: Option<String>, pmid: Option<String>) -> Identifiers {
    let url = doi.as_ref().map(|doi| format!("https://doi.org/{doi}"));
    Identifiers { doi, pmid, pmcid: None, url }
}

/// Words of a feed, unless there are none.
pub(super) fn words(text: &str) -> Option<String> {
    Some(normalise(text)).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_notices_do_what_they_do() {
        for (kind, relation) in [
            ("retraction", Some(Relation::Retracts)),
            ("Withdrawal", Some(Relation::Retracts)),
            ("removal", Some(Relation::Retracts)),
            ("Expression of concern", Some(Relation::Concerns)),
            ("expression-of-concern", Some(Relation::Concerns)),
            ("partial_retraction", Some(Relation::Concerns)),
            ("erratum", Some(Relation::Corrects)),
            ("corrigendum", Some(Relation::Corrects)),
            ("addendum", Some(Relation::Corrects)),
            ("new_version", Some(Relation::Replaces)),
            ("Reinstatement", Some(Relation::Reinstates)),
            ("crossmark", None),
            ("", None),
        ] {
            assert_eq!(relation_of(kind), relation, "{kind}");
        }
    }

    #[test]
    fn dois_and_numbers_are_read_however_they_are_written() {
        for text in
            ["10.1000/ABC", "https://doi.org/10.1000/abc", " doi: 10.1000/Abc ", "http://dx.doi.org/10.1000/abc"]
        {
            assert_eq!(doi(text).as_deref(), Some("10.1000/abc"), "{text}");
        }
        assert_eq!(doi("10.1000/a(b)<c>;d").as_deref(), Some("10.1000/a(b)<c>;d"));
        for text in ["", "unavailable", "Unavailable", "10.1000", "10./x", "10.1000/", "11.1/x", "10.1/a b", "10.x/a"] {
            assert_eq!(doi(text), None, "{text}");
        }
        assert_eq!(pmid(" 0123 ").as_deref(), Some("123"));
        for text in ["0", "", "abc", "-1", "1234567890"] {
            assert_eq!(pmid(text), None, "{text}");
        }
    }
}
