//! Notices: what publishers and feeds say about works, applied to what is held now and to what comes later.

use std::collections::BTreeMap;

use knowledge::{DocumentId, Metadata, Name, Notice, Relation, Status, title_key};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Result;
use crate::findings::{FindingKind, put_finding};
use crate::identity::{named, names_of};
use crate::snapshots::{Decision, change_status, status_of};
use crate::{Ledger, NewVersion, begin};

/// A version whose standing a notice changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Changed {
    /// The document.
    pub document: DocumentId,
    /// Its version.
    pub version: u32,
    /// Its title.
    pub title: String,
    /// How it stands now.
    pub status: Status,
    /// Whose notice it was.
    pub feed: String,
}

/// What importing notices came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Imported {
    /// Notices that were not known.
    pub new: usize,
    /// Notices that were.
    pub known: usize,
    /// Versions whose standing changed.
    pub changed: Vec<Changed>,
    /// Documents whose title or address fits a notice, and nothing else: a person decides.
    pub doubtful: usize,
}

impl Ledger {
    /// Takes notices in: those about works that are held act at once, the others when the work comes in. All, or none.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn import_notices(&self, notices: &[Notice], decision: &Decision<'_>) -> Result<Imported> {
        let mut connection = self.lock();
        let transaction = begin(&mut connection)?;
        let mut imported = Imported::default();
        for notice in notices {
            // A known one has acted; what people decided since stays.
            if !keep(&transaction, notice, decision.at)? {
                imported.known += 1;
                continue;
            }
            imported.new += 1;
            let outcome = apply(&transaction, notice, To::All, decision)?;
            imported.changed.extend(outcome.changed);
            imported.doubtful += outcome.doubtful.len();
        }
        transaction.commit()?;
        Ok(imported)
    }
}

/// Stores a notice; false when it was there.
fn keep(connection: &Connection, notice: &Notice, at: &str) -> Result<bool> {
    let new = connection
        .prepare_cached("INSERT OR IGNORE INTO notices (at, notice) VALUES (?1, ?2)")?
        .execute(params![at, serde_json::to_string(notice)?])?
        == 1;
    if new {
        let row = connection.last_insert_rowid();
        let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO notice_names VALUES (?1, ?2, ?3)")?;
        for name in notice.names() {
            insert.execute(params![name.kind, name.value, row])?;
        }
    }
    Ok(new)
}

/// What applying notices came to.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    pub(crate) changed: Vec<Changed>,
    /// Documents whose title or address fits and nothing else, each with what is to be looked at.
    pub(crate) doubtful: Vec<(DocumentId, String)>,
}

impl Applied {
    fn add(&mut self, other: Self) {
        self.changed.extend(other.changed);
        self.doubtful.extend(other.doubtful);
    }
}

/// Which versions a notice is applied to.
#[derive(Debug, Clone, Copy)]
enum To {
    /// All that are its work.
    All,
    /// This one, if it is: what people decided about others since the notice came stays.
    One(DocumentId, u32),
}

impl To {
    fn takes(self, document: DocumentId) -> bool {
        match self {
            Self::All => true,
            Self::One(one, _) => one == document,
        }
    }
}

/// Applies a notice to the documents that are its work. Those that share only an address with it are asked about: a page, a
/// folder or a house may hold many works.
fn apply(connection: &Connection, notice: &Notice, to: To, decision: &Decision<'_>) -> Result<Applied> {
    let mut applied = Applied::default();
    let Some(status) = notice.status() else { return Ok(applied) };
    let (numbers, addresses): (Vec<Name>, Vec<Name>) =
        notice.subject.names().into_iter().partition(Name::is_of_one_work);
    let certain = named(connection, &numbers)?;
    let title: Vec<Name> = notice.title.as_deref().and_then(title_key).into_iter().collect();
    let by_title = match certain.is_empty() {
        true => named(connection, &title)?,
        false => Vec::new(),
    };
    let mut by_address = named(connection, &addresses)?;
    by_address.retain(|document| !certain.contains(document) && !by_title.contains(document));
    for document in certain.into_iter().filter(|document| to.takes(*document)) {
        applied.changed.extend(set(connection, document, status, notice, to, decision)?);
    }
    let by_title = by_title.into_iter().map(|document| (document, true));
    let unsure = by_title.chain(by_address.into_iter().map(|document| (document, false)));
    for (document, has_title) in unsure.filter(|(document, _)| to.takes(*document)) {
        let Some((number, metadata, held)) = newest(connection, document)? else { continue };
        // The notice for a work, and the notice itself held as a document, may have one title.
        if names_meet(&metadata, notice) || names_differ(&metadata, notice) {
            continue;
        }
        let year = metadata.published.as_deref().and_then(|date| date.get(..4)?.parse().ok());
        if has_title && notice.fits(metadata.authors.first().map(String::as_str), year) {
            applied.changed.extend(set(connection, document, status, notice, to, decision)?);
        } else if held != status.as_str() {
            let feed = &notice.feed;
            let detail = match has_title {
                true => format!("{feed} says that a work of this title is {status}; author and year do not settle it"),
                false => format!("{feed} says that a work at this address is {status}; it may be another one"),
            };
            put_finding(connection, decision.at, FindingKind::DoubtfulNotice, document, number, &detail)?;
            applied.doubtful.push((document, detail));
        }
    }
    Ok(applied)
}

/// Whether a document is the notice rather than its subject.
fn names_meet(metadata: &Metadata, notice: &Notice) -> bool {
    let own = notice.notice.names();
    metadata.identifiers.names().iter().any(|name| own.contains(name))
}

/// Whether both name their work, and not the same one: then a title that fits is another work's.
fn names_differ(metadata: &Metadata, notice: &Notice) -> bool {
    let (own, theirs) = (metadata.identifiers.names(), notice.subject.names());
    own.iter().any(|name| name.kind != "url" && theirs.iter().any(|other| other.kind == name.kind))
}

fn newest(connection: &Connection, document: DocumentId) -> Result<Option<(u32, Metadata, String)>> {
    let sql = "SELECT number, metadata, status FROM versions WHERE document = ?1 ORDER BY number DESC LIMIT 1";
    let row: Option<(u32, String, String)> = connection
        .prepare_cached(sql)?
        .query_row([document.to_bytes()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    row.map(|(number, metadata, status)| Ok((number, serde_json::from_str(&metadata)?, status))).transpose()
}

/// Sets the standing of all versions of a document that it makes worse; a reinstatement undoes a retraction, and only that:
/// what had been replaced or had been warned of before is so again. What a person decided by withdrawing it stays.
fn set(
    connection: &Connection,
    document: DocumentId,
    status: Status,
    notice: &Notice,
    to: To,
    decision: &Decision<'_>,
) -> Result<Vec<Changed>> {
    let mut statement = connection
        .prepare_cached("SELECT number, status, metadata FROM versions WHERE document = ?1 ORDER BY number")?;
    let rows = statement.query_map([document.to_bytes()], |row| {
        Ok((row.get::<_, u32>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
    })?;
    let versions = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut changed = Vec::new();
    for (version, held, metadata) in versions {
        if matches!(to, To::One(_, one) if one != version) {
            continue;
        }
        let held: Status = held.parse().unwrap_or_default();
        let acts = match (notice.relation, held) {
            (Relation::Reinstates, held) => held == Status::Retracted,
            // A concern or a correction brings nothing back into force.
            (_, Status::Superseded | Status::Expired) => status.suppresses(),
            _ => gravity(status) > gravity(held),
        };
        if !acts {
            continue;
        }
        let metadata: Metadata = serde_json::from_str(&metadata)?;
        let status = match notice.relation {
            Relation::Reinstates => before_retraction(connection, document, version, metadata.status)?,
            _ => status,
        };
        change_status(connection, document, version, status, &Decision { reason: &reason_of(notice), ..*decision })?;
        let (title, feed) = (metadata.title.clone(), notice.feed.clone());
        changed.push(Changed { document, version, title, status, feed });
        if notice.relation == Relation::Reinstates {
            changed.extend(warn_again(connection, document, version, &metadata, decision)?);
        }
    }
    Ok(changed)
}

/// The reason on record where a notice has acted.
fn reason_of(notice: &Notice) -> String {
    match &notice.reason {
        Some(reason) => format!("{}: {reason}", notice.feed),
        None => notice.feed.clone(),
    }
}

/// Applies the concerns and corrections that could not act on a version as long as it was retracted. One that has acted, and
/// what people decided after it, is in how the version stood before.
fn warn_again(
    connection: &Connection,
    document: DocumentId,
    version: u32,
    metadata: &Metadata,
    decision: &Decision<'_>,
) -> Result<Vec<Changed>> {
    let sql = "SELECT EXISTS (SELECT 1 FROM decisions WHERE subject = ?1 AND action = ?2 AND reason = ?3)";
    let mut has_acted = connection.prepare_cached(sql)?;
    let subject = format!("{document} v{version}");
    let mut changed = Vec::new();
    for notice in known_about(connection, metadata)? {
        let Some(status) =
            notice.status().filter(|_| matches!(notice.relation, Relation::Concerns | Relation::Corrects))
        else {
            continue;
        };
        if !has_acted.query_row(params![subject, status.as_str(), reason_of(&notice)], |row| row.get::<_, bool>(0))? {
            changed.extend(apply(connection, &notice, To::One(document, version), decision)?.changed);
        }
    }
    Ok(changed)
}

/// How a version stood before it was retracted: as was decided last, or as it declares itself.
fn before_retraction(connection: &Connection, document: DocumentId, version: u32, declared: Status) -> Result<Status> {
    let mut statement =
        connection.prepare_cached("SELECT action FROM decisions WHERE subject = ?1 ORDER BY id DESC")?;
    let actions = statement.query_map([format!("{document} v{version}")], |row| row.get::<_, String>(0))?;
    for action in actions {
        // Other actions, as `inspected`, leave it as it stands.
        match action?.parse::<Status>() {
            Ok(Status::Retracted) | Err(_) => {}
            Ok(decided) => return Ok(decided),
        }
    }
    Ok(if declared == Status::Retracted { Status::Current } else { declared })
}

fn gravity(status: Status) -> u8 {
    match status {
        Status::Current => 0,
        Status::Corrected => 1,
        Status::Superseded | Status::Expired => 2,
        Status::ExpressionOfConcern => 3,
        Status::Retracted => 4,
        Status::Withdrawn => 5,
    }
}

/// After a version came in: what it says about other works, what it says about itself to other records and versions of the same
/// work, what was published about it before it came, and what was decided about its source.
pub(crate) fn after_staging(
    connection: &Connection,
    document: DocumentId,
    number: u32,
    version: &NewVersion,
    decision: &Decision<'_>,
) -> Result<Applied> {
    let mut applied = Applied::default();
    let metadata = &version.metadata;
    for (notice, is_about_itself) in notices_in(metadata) {
        // What it says of itself holds whatever it is called. Where that is a retraction, its earlier versions are retracted too.
        if let Some(status) = notice.status().filter(|_| is_about_itself) {
            let to = if status.suppresses() { To::All } else { To::One(document, number) };
            applied.changed.extend(set(connection, document, status, &notice, to, decision)?);
        }
        if keep(connection, &notice, decision.at)? {
            applied.add(apply(connection, &notice, To::All, decision)?);
        }
    }
    let outlived = outlived(connection, document, number, version)?;
    for notice in known_about(connection, metadata)? {
        if !outlived.contains(&notice) {
            applied.add(apply(connection, &notice, To::One(document, number), decision)?);
        }
    }
    applied.changed.extend(carry_label(connection, document, number, version, decision)?);
    Ok(applied)
}

/// Whose notice it is that a document of this title says of itself or of others.
fn as_taken_in(title: &str) -> String {
    format!("{title:?} as taken in")
}

/// What a version says about works, each with whether that is itself.
fn notices_in(metadata: &Metadata) -> Vec<(Notice, bool)> {
    let year = metadata.published.as_deref().and_then(|date| date.get(..4)?.parse().ok());
    let about = |relation, subject, title: Option<String>| Notice {
        relation,
        subject,
        title,
        first_author: metadata.authors.first().cloned(),
        year,
        notice: Default::default(),
        date: metadata.published.clone(),
        reason: None,
        feed: as_taken_in(&metadata.title),
    };
    let own = |relation| (about(relation, metadata.identifiers.clone(), Some(metadata.title.clone())), true);
    let mut notices = Vec::new();
    match metadata.status {
        Status::Retracted => notices.push(own(Relation::Retracts)),
        Status::ExpressionOfConcern => notices.push(own(Relation::Concerns)),
        _ => {}
    }
    for related in &metadata.related {
        notices.push(match related.relation {
            Relation::RetractedBy => own(Relation::Retracts),
            Relation::ConcernBy => own(Relation::Concerns),
            Relation::CorrectedBy => own(Relation::Corrects),
            Relation::ReplacedBy | Relation::Replaces => continue,
            acting => {
                let notice = about(acting, related.other.clone(), None);
                (Notice { notice: metadata.identifiers.clone(), ..notice }, false)
            }
        });
    }
    notices
}

/// What versions from the same bytes were once taken to say of themselves, and this one does not say: they were misread. What
/// other bytes say as well, of this document or of another, stands.
fn outlived(connection: &Connection, document: DocumentId, number: u32, version: &NewVersion) -> Result<Vec<Notice>> {
    let sql = "SELECT metadata, source_sha256 = ?2 FROM versions WHERE document = ?1 AND number <> ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![document.to_bytes(), version.source_sha256, number], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?))
    })?;
    let own = |metadata: &Metadata| notices_in(metadata).into_iter().filter(|(_, is_own)| *is_own).map(|(own, _)| own);
    let (mut misread, mut stands): (Vec<Notice>, Vec<Notice>) = (Vec::new(), Vec::new());
    for row in rows {
        let (metadata, is_same) = row?;
        // What is damaged says nothing that could be compared.
        if let Ok(metadata) = serde_json::from_str::<Metadata>(&metadata) {
            if is_same { misread.extend(own(&metadata)) } else { stands.extend(own(&metadata)) }
        }
    }
    if misread.is_empty() {
        return Ok(misread);
    }
    for other in named(connection, &names_of(&version.metadata))? {
        if other != document
            && let Some((_, metadata, _)) = newest(connection, other)?
        {
            stands.extend(own(&metadata));
        }
    }
    let said: Vec<Relation> = own(&version.metadata).map(|notice| notice.relation).collect();
    misread.retain(|notice| !said.contains(&notice.relation) && !stands.contains(notice));
    Ok(misread)
}

/// Gives a version the label that was decided about the last one from the same bytes: to read them again, by another parser or
/// because the file is put back, does not take it off. What that one said of itself is for the new one to say.
fn carry_label(
    connection: &Connection,
    document: DocumentId,
    number: u32,
    version: &NewVersion,
    decision: &Decision<'_>,
) -> Result<Option<Changed>> {
    let sql = "SELECT number, status, metadata FROM versions
               WHERE document = ?1 AND source_sha256 = ?2 AND number <> ?3 ORDER BY id DESC LIMIT 1";
    let last: Option<(u32, String, String)> = connection
        .prepare_cached(sql)?
        .query_row(params![document.to_bytes(), version.source_sha256, number], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((last, label, metadata)) = last else { return Ok(None) };
    let label: Status = label.parse().unwrap_or_default();
    let held = status_of(connection, document, number)?;
    if !label.may_be_evidence() || !held.may_be_evidence() || gravity(label) <= gravity(held) {
        return Ok(None);
    }
    let sql = "SELECT reason FROM decisions WHERE subject = ?1 AND action = ?2 ORDER BY id DESC LIMIT 1";
    let reason: Option<String> = connection
        .prepare_cached(sql)?
        .query_row(params![format!("{document} v{last}"), label.as_str()], |row| row.get(0))
        .optional()?;
    let its_own = serde_json::from_str::<Metadata>(&metadata).map(|metadata| as_taken_in(&metadata.title)).ok();
    let Some(reason) = reason.filter(|reason| its_own.as_ref() != Some(reason)) else { return Ok(None) };
    change_status(connection, document, number, label, &Decision { reason: &reason, ..*decision })?;
    let (title, feed) = (version.metadata.title.clone(), format!("what was decided about version {last} ({reason})"));
    Ok(Some(Changed { document, version: number, title, status: label, feed }))
}

/// Notices on record about a work of these names, in the order in which they came.
fn known_about(connection: &Connection, metadata: &Metadata) -> Result<Vec<Notice>> {
    let sql = "SELECT n.id, n.notice FROM notice_names m JOIN notices n ON n.id = m.notice WHERE m.kind = ?1 AND m.value = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut known: BTreeMap<i64, String> = BTreeMap::new();
    for name in names_of(metadata) {
        let rows = statement.query_map(params![name.kind, name.value], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for row in rows {
            let (id, notice) = row?;
            known.insert(id, notice);
        }
    }
    known.into_values().map(|notice| Ok(serde_json::from_str(&notice)?)).collect()
}
