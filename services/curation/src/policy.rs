//! The record of a proposal about a policy, and how many people a change of one needs.

use knowledge::{Corpus, Rights};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::model::Kind;
use crate::record::RECORD_FORMAT;
use crate::rules::Needs;

/// What is to be in force in the place of what; as read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicyRecord {
    #[serde(rename = "format")]
    _format: u32,
    pub(crate) from: Option<Corpus>,
    #[serde(rename = "kind")]
    _kind: Kind,
    #[serde(rename = "number")]
    _number: u32,
    pub(crate) to: Corpus,
}

/// The same as written. The fields stand in the order of their names, down to the last, so that what serde writes is canonical
/// JSON (keys in order, no space) and one content has one text.
#[derive(Debug, Serialize)]
struct Written<'a> {
    format: u32,
    from: Option<Policy<'a>>,
    kind: Kind,
    /// Of the policy in force; 0 where there is none.
    number: u32,
    to: Policy<'a>,
}

#[derive(Debug, Serialize)]
struct Policy<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence_level: Option<&'a str>,
    id: &'a str,
    issuer: &'a str,
    jurisdiction: &'a str,
    kind: knowledge::Kind,
    language: &'a str,
    licence: &'a str,
    rights: Allowed<'a>,
    title: &'a str,
}

#[derive(Debug, Serialize)]
struct Allowed<'a> {
    display: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<&'a str>,
    export: bool,
    index: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    quote_words: Option<u32>,
}

impl<'a> From<&'a Corpus> for Policy<'a> {
    fn from(corpus: &'a Corpus) -> Self {
        let Corpus { id, title, issuer, kind, licence, rights, jurisdiction, language, evidence_level } = corpus;
        let Rights { index, quote_words, display, export, expires } = rights;
        Self {
            evidence_level: evidence_level.as_deref(),
            id: id.as_str(),
            issuer,
            jurisdiction,
            kind: *kind,
            language,
            licence,
            rights: Allowed {
                display: *display,
                expires: expires.as_deref(),
                export: *export,
                index: *index,
                quote_words: *quote_words,
            },
            title,
        }
    }
}

/// The record of a policy that is to follow the one of this number.
pub(crate) fn text(number: u32, from: Option<&Corpus>, to: &Corpus) -> Result<String> {
    let (from, to) = (from.map(Policy::from), to.into());
    Ok(serde_json::to_string(&Written { format: RECORD_FORMAT, from, kind: Kind::Policy, number, to })?)
}

/// How many people it takes to put one policy in the place of the other; `None` where they are the same. What narrows what may
/// be done with a text is quick to do, as a licence that ends must be; everything else is never urgent, and takes two.
pub(crate) fn needs(from: Option<&Corpus>, to: &Corpus) -> Option<Needs> {
    let Some(from) = from else { return Some(Needs::Two) };
    if from == to {
        return None;
    }
    let is_else_equal = Corpus { rights: from.rights.clone(), ..to.clone() } == *from;
    Some(if is_else_equal && narrows(&from.rights, &to.rights) { Needs::One } else { Needs::Two })
}

/// Whether nothing is allowed that was not before.
fn narrows(from: &Rights, to: &Rights) -> bool {
    // Fewer words are less; no figure is more than any. A text that is not displayed is quoted in fewer words of itself.
    let words = |rights: &Rights| rights.words_shown().unwrap_or(usize::MAX);
    to.index <= from.index
        && to.display <= from.display
        && to.export <= from.export
        && words(to) <= words(from)
        && last_day(to) <= last_day(from)
}

/// The last day of a licence in a form that sorts; one that has no end sorts last. `2024` covers all its days.
fn last_day(rights: &Rights) -> (bool, String) {
    match &rights.expires {
        Some(end) => (false, format!("{end}-99-99").chars().take(10).collect()),
        None => (true, String::new()),
    }
}
