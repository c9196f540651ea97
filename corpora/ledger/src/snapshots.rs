//! Snapshots: publishing moves one pointer, rolling back moves it back, and numbers are never used twice.

use fail::fail_point;
use knowledge::{DocumentId, PassageId, Snapshot, Status};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

use crate::error::{Error, Result};
use crate::write::{close_entry, open_entry, put_in_force, touch_entries};
use crate::{Ledger, begin};

/// Where the pointer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snapshots {
    /// What questions see.
    pub published: Snapshot,
    /// The newest that was published; after a rollback `published` is an older one.
    pub head: Snapshot,
    /// The number that the next publish will take.
    pub staged: Snapshot,
}

/// Who decided something about the knowledge, when and why. Kept for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision<'a> {
    /// RFC 3339.
    pub at: &'a str,
    /// Who.
    pub actor: &'a str,
    /// Why.
    pub reason: &'a str,
}

/// What publishing would change of one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StagedChange {
    /// The document.
    pub document: DocumentId,
    /// Its version.
    pub version: u32,
    /// Its title.
    pub title: String,
    /// Its corpus.
    pub corpus: String,
    /// SHA-256 of the version's canonical text, hexadecimal.
    pub sha256: String,
    /// Passages that come into force.
    pub coming: u64,
    /// Passages that go out of force.
    pub leaving: u64,
}

impl Ledger {
    /// What publishing would change, document by document.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn staged_changes(&self) -> Result<Vec<StagedChange>> {
        changes(&*self.read()?)
    }

    /// Where the pointer stands now.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn snapshots(&self) -> Result<Snapshots> {
        let connection = self.read()?;
        let (published, head) = (pointer(&connection, "published")?, pointer(&connection, "head")?);
        Ok(Snapshots { published, head, staged: staged_number(&connection)? })
    }

    /// The snapshot a question is about: the one it names, or the published one.
    ///
    /// # Errors
    /// [`Error::UnknownSnapshot`] for a number that was never published.
    pub fn resolve(&self, as_of: Option<Snapshot>) -> Result<Snapshot> {
        let connection = self.read()?;
        match as_of {
            None => pointer(&connection, "published"),
            Some(number) => known(&connection, number).map(|()| number),
        }
    }

    /// Publishes what is staged. Without changes the published snapshot stays what it is.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn publish(&self, decision: &Decision<'_>) -> Result<Snapshot> {
        self.publish_if(decision, |_| Ok(()))
    }

    /// Publishes what is staged if that is exactly `expected`, as [`Ledger::staged_changes`] listed it.
    ///
    /// # Errors
    /// [`Error::StagedChanged`], with nothing published.
    pub fn publish_exactly(&self, expected: &[StagedChange], decision: &Decision<'_>) -> Result<Snapshot> {
        self.publish_if(decision, |connection| match changes(connection)? == expected {
            true => Ok(()),
            false => Err(Error::StagedChanged),
        })
    }

    /// Publishes in the transaction in which `allows` had its look at what is staged.
    pub(crate) fn publish_if(
        &self,
        decision: &Decision<'_>,
        allows: impl FnOnce(&Connection) -> Result<()>,
    ) -> Result<Snapshot> {
        let mut connection = self.lock();
        let transaction = begin(&mut connection)?;
        allows(&transaction)?;
        let staged = staged_number(&transaction)?;
        let published = pointer(&transaction, "published")?;
        if !has_news(&transaction, published, staged)? {
            return Ok(published);
        }
        transaction
            .execute("INSERT INTO snapshots (number, published_at) VALUES (?1, ?2)", params![staged.0, decision.at])?;
        set_pointer(&transaction, "head", staged)?;
        set_pointer(&transaction, "published", staged)?;
        let in_force = self.keep_root(&transaction, staged)?;
        record(&transaction, decision, "publish", &staged.to_string())?;
        fail_point!("ledger::publish::before_commit", |kind| Err(Error::injected(kind)));
        transaction.commit()?;
        self.remember(staged, in_force);
        fail_point!("ledger::publish::after_commit", |kind| Err(Error::injected(kind)));
        Ok(staged)
    }

    /// Makes an earlier snapshot the published one again, and stages the way on from it.
    ///
    /// # Errors
    /// [`Error::UnknownSnapshot`]; [`Error::Staged`] while changes wait to be published.
    pub fn rollback(&self, to: Snapshot, decision: &Decision<'_>) -> Result<()> {
        let mut connection = self.lock();
        let transaction = begin(&mut connection)?;
        known(&transaction, to)?;
        let staged = staged_number(&transaction)?;
        let published = pointer(&transaction, "published")?;
        if has_news(&transaction, published, staged)? {
            return Err(Error::Staged(staged));
        }
        // What the next snapshot holds must again be what `to` held, so intervals that disagree are closed or begun anew.
        let in_force = "EXISTS (SELECT 1 FROM entries t WHERE t.passage = e.passage AND t.added <= ?1
                                AND (t.removed IS NULL OR t.removed > ?1))";
        let open = "EXISTS (SELECT 1 FROM entries o WHERE o.passage = e.passage AND o.removed IS NULL)";
        let select = |sql: String| -> Result<Vec<PassageId>> {
            let mut statement = transaction.prepare(&sql)?;
            let rows = statement.query_map([to.0], |row| row.get::<_, [u8; 16]>(0))?;
            Ok(rows.map(|row| row.map(PassageId::from_bytes)).collect::<rusqlite::Result<_>>()?)
        };
        let differing =
            |how: &str| select(format!("SELECT DISTINCT e.passage FROM entries e WHERE {SINCE} AND {how} ORDER BY 1"));
        let leaving = differing(&format!("NOT {in_force} AND {open}"))?;
        let coming = differing(&format!("{in_force} AND NOT {open}"))?;
        for passage in leaving {
            close_entry(&transaction, passage, staged)?;
        }
        for passage in coming {
            open_entry(&transaction, passage, staged)?;
        }
        set_pointer(&transaction, "published", to)?;
        self.keep_root(&transaction, to)?;
        record(&transaction, decision, "rollback", &to.to_string())?;
        transaction.commit()?;
        Ok(())
    }

    /// Changes the standing of one version. Retraction and withdrawal suppress it at once, in every snapshot; any change also
    /// shows in what is staged. What takes a version out of force does not bring back the ones that it had replaced: they are
    /// retracted with it, or superseded. Returns their numbers.
    ///
    /// # Errors
    /// [`Error::UnknownDocument`].
    pub fn set_status(
        &self,
        document: DocumentId,
        version: u32,
        status: Status,
        decision: &Decision<'_>,
    ) -> Result<Vec<u32>> {
        self.set_status_of(document, version, None, status, decision)
    }

    /// Changes the standing of one version, as [`Ledger::set_status`] does, if it stands as `expected`.
    ///
    /// # Errors
    /// [`Error::UnknownDocument`]; [`Error::StatusChanged`] when it stands otherwise, with nothing changed.
    pub fn change_standing(
        &self,
        document: DocumentId,
        version: u32,
        expected: Status,
        status: Status,
        decision: &Decision<'_>,
    ) -> Result<Vec<u32>> {
        self.set_status_of(document, version, Some(expected), status, decision)
    }

    fn set_status_of(
        &self,
        document: DocumentId,
        version: u32,
        expected: Option<Status>,
        status: Status,
        decision: &Decision<'_>,
    ) -> Result<Vec<u32>> {
        let mut connection = self.lock();
        let transaction = begin(&mut connection)?;
        if let Some(expected) = expected {
            let found = status_of(&transaction, document, version)?;
            if found != expected {
                return Err(Error::StatusChanged { found });
            }
        }
        let with = take_along(&transaction, document, version, status, decision)?;
        change_status(&transaction, document, version, status, decision)?;
        fail_point!("ledger::status::before_commit", |kind| Err(Error::injected(kind)));
        transaction.commit()?;
        fail_point!("ledger::status::after_commit", |kind| Err(Error::injected(kind)));
        Ok(with)
    }
}

/// Takes the versions before one that goes out of force out of use too, lest the next snapshot fall back on what had been
/// replaced. Whoever means one of them to be evidence again says so of that one. To be called first: then none of them comes
/// into force in between.
pub(crate) fn take_along(
    connection: &Connection,
    document: DocumentId,
    version: u32,
    status: Status,
    decision: &Decision<'_>,
) -> Result<Vec<u32>> {
    let (theirs, among) = match status {
        // A work is retracted, and all of them are versions of it.
        Status::Retracted => (Status::Retracted, "status NOT IN ('retracted', 'withdrawn')"),
        Status::Withdrawn | Status::Superseded | Status::Expired => {
            (Status::Superseded, "status IN ('current', 'corrected', 'expression_of_concern')")
        }
        Status::Current | Status::Corrected | Status::ExpressionOfConcern => return Ok(Vec::new()),
    };
    let sql = format!("SELECT number FROM versions WHERE document = ?1 AND number < ?2 AND {among} ORDER BY number");
    let mut statement = connection.prepare_cached(&sql)?;
    let earlier = statement.query_map(params![document.to_bytes(), version], |row| row.get(0))?;
    let earlier = earlier.collect::<rusqlite::Result<Vec<u32>>>()?;
    let reason = format!("with version {version}: {}", decision.reason);
    for number in &earlier {
        change_status(connection, document, *number, theirs, &Decision { reason: &reason, ..*decision })?;
    }
    Ok(earlier)
}

/// Whether something happened to the passage of the entry `e` after the snapshot `?1`. Of all others nothing can differ, and
/// grouping them is what would take long.
const SINCE: &str = "e.passage IN (SELECT c.passage FROM entries c WHERE c.added > ?1 OR c.removed > ?1)";

fn changes(connection: &Connection) -> Result<Vec<StagedChange>> {
    let (published, staged) = (pointer(connection, "published")?, staged_number(connection)?);
    let in_force = |number: &str| format!("max(e.added <= {number} AND (e.removed IS NULL OR e.removed > {number}))");
    let sql = format!(
        "SELECT v.document, v.number, json_extract(v.metadata, '$.title'), d.corpus, v.text_sha256,
                sum(f.next AND NOT f.now), sum(f.now AND NOT f.next)
         FROM (SELECT e.passage, {} AS now, {} AS next FROM entries e WHERE {SINCE} GROUP BY e.passage) f
         JOIN passages p ON p.id = f.passage JOIN versions v ON v.id = p.version JOIN documents d ON d.id = v.document
         WHERE f.now <> f.next GROUP BY v.id ORDER BY d.corpus, 3, v.number, v.document",
        in_force("?1"),
        in_force("?2")
    );
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map(params![published.0, staged.0], |row| {
        Ok(StagedChange {
            document: DocumentId::from_bytes(row.get(0)?),
            version: row.get(1)?,
            title: row.get(2)?,
            corpus: row.get(3)?,
            sha256: row.get(4)?,
            coming: row.get(5)?,
            leaving: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn status_of(connection: &Connection, document: DocumentId, version: u32) -> Result<Status> {
    let sql = "SELECT status FROM versions WHERE document = ?1 AND number = ?2";
    let held: Option<String> =
        connection.query_row(sql, params![document.to_bytes(), version], |row| row.get(0)).optional()?;
    let held = held.ok_or(Error::UnknownDocument(document))?;
    held.parse().map_err(|_| Error::Damaged(format!("status {held:?}")))
}

pub(crate) fn change_status(
    connection: &Connection,
    document: DocumentId,
    version: u32,
    status: Status,
    decision: &Decision<'_>,
) -> Result<()> {
    let changed = connection.execute(
        "UPDATE versions SET status = ?3 WHERE document = ?1 AND number = ?2",
        params![document.to_bytes(), version, status.as_str()],
    )?;
    if changed == 0 {
        return Err(Error::UnknownDocument(document));
    }
    put_in_force(connection, document)?;
    // Searches can ask for a standing, so the indexes must learn of it.
    let mut statement = connection.prepare_cached(
        "SELECT p.id FROM passages p JOIN versions v ON v.id = p.version
         WHERE v.document = ?1 AND v.number = ?2 ORDER BY p.ordinal",
    )?;
    let passages = statement.query_map(params![document.to_bytes(), version], |row| row.get(0))?;
    for passage in passages.collect::<rusqlite::Result<Vec<[u8; 16]>>>()? {
        touch_entries(connection, PassageId::from_bytes(passage))?;
    }
    record(connection, decision, status.as_str(), &format!("{document} v{version}"))
}

pub(crate) fn staged_number(connection: &Connection) -> Result<Snapshot> {
    Ok(Snapshot(pointer(connection, "head")?.0 + 1))
}

/// Whether something waits to be published. After a rollback the way on from it is staged, which by itself is what is published
/// already; and what has been rolled back may be staged again, which by itself is no change to the head.
fn has_news(connection: &Connection, published: Snapshot, staged: Snapshot) -> Result<bool> {
    let is_rolled_back = published != pointer(connection, "head")?;
    if is_rolled_back { differ(connection, published, staged) } else { has_changes(connection, staged) }
}

fn has_changes(connection: &Connection, staged: Snapshot) -> Result<bool> {
    let sql =
        "SELECT EXISTS (SELECT 1 FROM entries WHERE (added = ?1 AND removed IS NULL) OR (removed = ?1 AND added < ?1))";
    Ok(connection.query_row(sql, [staged.0], |row| row.get(0))?)
}

/// Whether a later snapshot holds other passages than an earlier one.
fn differ(connection: &Connection, earlier: Snapshot, later: Snapshot) -> Result<bool> {
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM entries e WHERE {SINCE} GROUP BY e.passage
           HAVING max(e.added <= ?1 AND (e.removed IS NULL OR e.removed > ?1))
               <> max(e.added <= ?2 AND (e.removed IS NULL OR e.removed > ?2)))"
    );
    Ok(connection.query_row(&sql, params![earlier.0, later.0], |row| row.get(0))?)
}

fn known(connection: &Connection, number: Snapshot) -> Result<()> {
    let found: Option<u64> = connection
        .query_row("SELECT number FROM snapshots WHERE number = ?1", [number.0.min(i64::MAX as u64)], |row| row.get(0))
        .optional()?;
    match found {
        Some(_) => Ok(()),
        None => Err(Error::UnknownSnapshot { asked: number, newest: pointer(connection, "head")? }),
    }
}

pub(crate) fn pointer(connection: &Connection, name: &str) -> Result<Snapshot> {
    let sql = "SELECT CAST(value AS INTEGER) FROM meta WHERE name = ?1";
    Ok(Snapshot(connection.query_row(sql, [name], |row| row.get(0))?))
}

fn set_pointer(connection: &Connection, name: &str, to: Snapshot) -> Result<()> {
    connection.execute("UPDATE meta SET value = ?2 WHERE name = ?1", params![name, to.to_string()])?;
    Ok(())
}

pub(crate) fn record(connection: &Connection, decision: &Decision<'_>, action: &str, subject: &str) -> Result<()> {
    connection.execute(
        "INSERT INTO decisions (at, actor, action, subject, reason) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![decision.at, decision.actor, action, subject, decision.reason],
    )?;
    Ok(())
}
