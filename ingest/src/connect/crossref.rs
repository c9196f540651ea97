//! What does Crossref know about how works stand? Both ways: what updates a work, and what a work updates.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use knowledge::Relation;
use serde::Deserialize;

use super::client::Ask;
use super::entrez::endpoint;
use super::error::{Failure, FetchError};
use super::expect::Expect;
use super::notice::{doi, names, relation_of, words};
use super::run::Run;
use knowledge::Notice;

const CROSSREF: &str = "https://api.crossref.org/";
const FEED: &str = "crossref";

#[derive(Deserialize)]
struct Envelope {
    message: Work,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Work {
    #[serde(rename = "DOI")]
    doi: String,
    title: Option<Vec<String>>,
    author: Option<Vec<Author>>,
    issued: Option<Date>,
    /// What this work updates.
    update_to: Option<Vec<Update>>,
    /// What updates this work.
    updated_by: Option<Vec<Update>>,
    relation: Option<BTreeMap<String, Vec<Other>>>,
}

#[derive(Deserialize)]
struct Author {
    given: Option<String>,
    family: Option<String>,
    name: Option<String>,
    sequence: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Date {
    /// Year, month and day of one or more dates; an unknown one is `[[null]]`.
    date_parts: Option<Vec<Vec<Option<i32>>>>,
}

#[derive(Deserialize)]
struct Update {
    #[serde(rename = "DOI")]
    doi: Option<String>,
    r#type: Option<String>,
    label: Option<String>,
    source: Option<String>,
    updated: Option<Date>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Other {
    id_type: Option<String>,
    id: Option<String>,
}

pub(super) async fn fetch(
    run: &mut Run<'_>,
    dois: &[String],
    base_url: Option<&str>,
    contact: Option<&str>,
) -> Result<(), FetchError> {
    let mut wanted = BTreeSet::new();
    for text in dois {
        match doi(text) {
            Some(doi) => {
                wanted.insert(doi);
            }
            None => run.skipped(text.clone(), "it is no DOI".to_owned()),
        }
    }
    run.listed(wanted.len(), 0);
    for doi in wanted {
        run.check_stop()?;
        let mut url = endpoint(run, base_url.unwrap_or(CROSSREF), "works")?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(&doi);
        }
        if let Some(contact) = contact {
            url.query_pairs_mut().append_pair("mailto", contact);
        }
        let shown = format!("crossref:{doi}");
        let ask = Ask { key: shown.clone(), shown, url, expect: Expect::Json, headers: Vec::new() };
        let Some(path) = run.take(&ask).await? else { continue };
        let bytes = fs::read(&path).map_err(|source| FetchError::Disk { path, source })?;
        match read(&bytes) {
            Ok((notices, unknown)) => {
                run.done.notices.extend(notices);
                for kind in unknown {
                    run.skipped(ask.shown.clone(), format!("it has an update of a kind that is not known: {kind:?}"));
                }
            }
            Err(why) => run.failed(ask.shown, &Failure::Malformed(why))?,
        }
    }
    Ok(())
}

/// The notices in an answer, and the kinds of updates in it that are not known.
fn read(bytes: &[u8]) -> Result<(Vec<Notice>, Vec<String>), String> {
    let work = serde_json::from_slice::<Envelope>(bytes).map_err(|error| error.to_string())?.message;
    let own = doi(&work.doi).ok_or_else(|| format!("{:?} is no DOI", work.doi))?;
    let (mut notices, mut unknown) = (Vec::new(), Vec::new());
    for update in work.updated_by.iter().flatten() {
        match notice_of(update) {
            Ok(notice) => notices.push(work.described(&own, notice)),
            Err(kind) => unknown.push(kind),
        }
    }
    for update in work.update_to.iter().flatten() {
        match notice_of(update) {
            // What the update names is the subject here, and the work itself the notice.
            Ok(notice) if notice.notice.doi.is_some() => {
                let subject = notice.notice;
                notices.push(Notice { subject, notice: names(Some(own.clone()), None), ..notice });
            }
            Ok(_) => unknown.push("one that names no work".to_owned()),
            Err(kind) => unknown.push(kind),
        }
    }
    for (relation, others) in work.relation.iter().flatten() {
        let others = others.iter().filter(|other| other.id_type.as_deref().is_none_or(|kind| kind == "doi"));
        for other in others.filter_map(|other| doi(other.id.as_deref()?)) {
            let replaces = |subject: &str, notice: &str| Notice {
                relation: Relation::Replaces,
                subject: names(Some(subject.to_owned()), None),
                title: None,
                first_author: None,
                year: None,
                notice: names(Some(notice.to_owned()), None),
                date: None,
                reason: Some(relation.replace('-', " ")),
                feed: FEED.to_owned(),
            };
            match relation.as_str() {
                "is-replaced-by" => notices.push(work.described(&own, replaces(&own, &other))),
                "replaces" => notices.push(replaces(&other, &own)),
                _ => {}
            }
        }
    }
    Ok((notices, unknown))
}

/// An update as a notice that has the names of the update and is about nothing yet; or its kind, if that is not known.
fn notice_of(update: &Update) -> Result<Notice, String> {
    let kind = update.r#type.as_deref().or(update.label.as_deref()).unwrap_or_default();
    let relation = relation_of(kind).ok_or_else(|| kind.to_owned())?;
    let said_by = update.source.as_deref().filter(|source| *source != "publisher");
    let kind = update.label.as_deref().unwrap_or(kind);
    let reason = said_by.map_or_else(|| kind.to_owned(), |source| format!("{kind}, as {source} says"));
    Ok(Notice {
        relation,
        subject: names(None, None),
        title: None,
        first_author: None,
        year: None,
        notice: names(update.doi.as_deref().and_then(doi), None),
        date: update.updated.as_ref().and_then(Date::written),
        reason: words(&reason),
        feed: FEED.to_owned(),
    })
}

impl Work {
    /// A notice that is about this work.
    fn described(&self, own: &str, notice: Notice) -> Notice {
        let authors = self.author.as_deref().unwrap_or_default();
        let first = authors.iter().find(|author| author.sequence.as_deref() == Some("first")).or(authors.first());
        Notice {
            subject: names(Some(own.to_owned()), None),
            title: self.title.as_ref().and_then(|titles| words(titles.first()?)),
            first_author: first.and_then(Author::written),
            year: self.issued.as_ref().and_then(Date::year),
            ..notice
        }
    }
}

impl Author {
    fn written(&self) -> Option<String> {
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        words(&format!("{} {}", part(&self.given), part(&self.family))).or_else(|| words(self.name.as_deref()?))
    }
}

impl Date {
    fn part(&self, at: usize) -> Option<i32> {
        self.date_parts.as_ref()?.first()?.get(at).copied().flatten()
    }

    fn year(&self) -> Option<i32> {
        self.part(0).filter(|year| (1500..=2500).contains(year))
    }

    fn written(&self) -> Option<String> {
        let mut date = format!("{:04}", self.year()?);
        for (at, most) in [(1, 12), (2, 31)] {
            match self.part(at).filter(|part| (1..=most).contains(part)) {
                Some(part) => date.push_str(&format!("-{part:02}")),
                None => break,
            }
        }
        Some(date)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRACTED: &str = r#"{"status":"ok","message-type":"work","message":{"DOI":"10.1000/TRIAL","title":["Examplin in adults"],
"author":[{"given":"Second","family":"Writer","sequence":"additional"},{"given":"Jo","family":"Doe","sequence":"first"}],
"issued":{"date-parts":[[2019,5]]},"updated-by":[
{"DOI":"10.1000/notice","type":"retraction","label":"Retraction","source":"retraction-watch","updated":{"date-parts":[[2021,3,4]]}},
{"DOI":"10.1000/note","type":"correction","label":"Correction","source":"publisher","updated":{"date-parts":[[2020]]}},
{"DOI":"10.1000/odd","type":"celebration"}],"relation":{"is-replaced-by":[{"id-type":"doi","id":"10.1000/second"}],
"has-preprint":[{"id-type":"doi","id":"10.1000/pre"}]}}}"#;

    #[test]
    fn what_updates_a_work_is_about_it() {
        let (notices, unknown) = read(RETRACTED.as_bytes()).unwrap();
        assert_eq!(unknown, ["celebration"]);
        assert_eq!(notices.len(), 3);
        let retraction = &notices[0];
        assert_eq!(retraction.relation, Relation::Retracts);
        assert_eq!(retraction.subject.doi.as_deref(), Some("10.1000/trial"));
        assert_eq!(retraction.notice.doi.as_deref(), Some("10.1000/notice"));
        assert_eq!(retraction.title.as_deref(), Some("Examplin in adults"));
        assert_eq!((retraction.first_author.as_deref(), retraction.year), (Some("Jo Doe"), Some(2019)));
        assert_eq!(retraction.date.as_deref(), Some("2021-03-04"));
        assert_eq!(retraction.reason.as_deref(), Some("Retraction, as retraction-watch says"));
        assert_eq!((notices[1].relation, notices[1].date.as_deref()), (Relation::Corrects, Some("2020")));
        assert_eq!(notices[2].relation, Relation::Replaces);
        assert_eq!(notices[2].notice.doi.as_deref(), Some("10.1000/second"));
    }

    #[test]
    fn what_a_work_updates_is_about_the_other() {
        let text = r#"{"message":{"DOI":"10.1000/notice","title":["Retraction: Examplin in adults"],"issued":{"date-parts":[[null]]},
"update-to":[{"DOI":"10.1000/Trial","type":"withdrawal","label":"Withdrawal","updated":{"date-parts":[[2021,13,4]]}}]}}"#;
        let (notices, _) = read(text.as_bytes()).unwrap();
        assert_eq!(notices.len(), 1);
        assert_eq!(notices[0].relation, Relation::Retracts);
        assert_eq!(notices[0].subject.doi.as_deref(), Some("10.1000/trial"));
        assert_eq!(notices[0].notice.doi.as_deref(), Some("10.1000/notice"));
        assert_eq!((notices[0].title.as_deref(), notices[0].date.as_deref()), (None, Some("2021")));
        assert_eq!(notices[0].reason.as_deref(), Some("Withdrawal"));
    }

    #[test]
    fn works_without_notices_and_other_answers() {
        assert_eq!(read(br#"{"message":{"DOI":"10.1000/a"}}"#).unwrap(), (Vec::new(), Vec::new()));
        for text in ["", "{}", "[]", r#"{"message":{}}"#, r#"{"message":{"DOI":"none"}}"#, "<html/>"] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
