//! A proposal as it stands in the file: what the rules allow with it, and what of it a reader sees.

use knowledge::{CorpusId, DocumentId, sha256_hex};
use ledger::Ledger;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::{Error, Result};
use crate::model::{About, Closed, Deed, Meaning, Proposal, Signature, State};
use crate::record;
use crate::rules::{Decider, Power};
use crate::seal::{Sealed, seal};

/// Where a proposal stands in the file. To pages, one that is being carried out is approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Proposed,
    Reviewed,
    Approved,
    Executing,
    Executed,
    Rejected,
    Withdrawn,
}

impl Stage {
    const ALL: [Self; 7] = [
        Self::Proposed,
        Self::Reviewed,
        Self::Approved,
        Self::Executing,
        Self::Executed,
        Self::Rejected,
        Self::Withdrawn,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Executing => "executing",
            other => other.seen().name(),
        }
    }

    pub(crate) const fn seen(self) -> State {
        match self {
            Self::Proposed => State::Proposed,
            Self::Reviewed => State::Reviewed,
            Self::Approved | Self::Executing => State::Approved,
            Self::Executed => State::Executed,
            Self::Rejected => State::Rejected,
            Self::Withdrawn => State::Withdrawn,
        }
    }

    pub(crate) const fn is_open(self) -> bool {
        matches!(self, Self::Proposed | Self::Reviewed | Self::Approved | Self::Executing)
    }
}

impl FromSql for Stage {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let name = value.as_str()?;
        Self::ALL.into_iter().find(|stage| stage.name() == name).ok_or(FromSqlError::InvalidType)
    }
}

impl FromSql for Meaning {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let name = value.as_str()?;
        [Self::Review, Self::Approve]
            .into_iter()
            .find(|meaning| meaning.name() == name)
            .ok_or(FromSqlError::InvalidType)
    }
}

/// Who moved a proposal to where it stands.
#[derive(Debug)]
pub(crate) struct Moved {
    pub(crate) by: String,
    pub(crate) at: String,
    pub(crate) reason: Option<String>,
    pub(crate) number: Option<u64>,
}

/// A proposal with its signatures.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) id: String,
    pub(crate) n: u64,
    pub(crate) about: About,
    pub(crate) reason: String,
    pub(crate) by: String,
    pub(crate) at: String,
    /// As bytes: after damage it may be no text.
    pub(crate) record: Vec<u8>,
    pub(crate) record_hash: String,
    pub(crate) stage: Stage,
    pub(crate) moved: Moved,
    pub(crate) signatures: Vec<Signature>,
}

impl Kept {
    /// Whether the rules allow the deed to this person now. Whether what the proposal is about has changed since is the
    /// ledger's to say.
    pub(crate) fn allow(&self, deed: Deed, by: &Decider<'_>) -> Result<()> {
        match deed {
            Deed::Review if by.has(Power::Publish) => {}
            Deed::Review | Deed::Withdraw => by.must(Power::Curate)?,
            Deed::Approve | Deed::Execute | Deed::Reject => by.must(Power::Publish)?,
        }
        if self.stage == Stage::Executing {
            return Err(Error::Executing);
        }
        let found = self.stage.seen();
        if !self.stage.is_open() {
            return Err(Error::Closed(found));
        }
        let needed = match deed {
            Deed::Review => State::Proposed,
            Deed::Approve => State::Reviewed,
            Deed::Execute => State::Approved,
            Deed::Reject | Deed::Withdraw => found,
        };
        if found != needed {
            return Err(Error::State { found, needed });
        }
        let is_proposer = self.by == by.account;
        let has_signed = self.signatures.iter().any(|signature| signature.by == by.account);
        match deed {
            Deed::Approve if is_proposer || has_signed => Err(Error::SamePerson),
            Deed::Execute if is_proposer => Err(Error::SamePerson),
            Deed::Withdraw if !is_proposer => Err(Error::NotProposer),
            deed if !self.is_signed_for(deed) => Err(Error::RecordChanged),
            _ => Ok(()),
        }
    }

    /// Whether the signatures that the deed rests on are there, hold, and are of the people they must be of: the state alone
    /// is not believed.
    fn is_signed_for(&self, deed: Deed) -> bool {
        let good = |meaning: Meaning| {
            self.signatures.iter().find(|signature| signature.meaning == meaning && signature.is_good)
        };
        match deed {
            Deed::Approve => good(Meaning::Review).is_some(),
            Deed::Execute => match (good(Meaning::Review), good(Meaning::Approve)) {
                (Some(review), Some(approval)) => approval.by != review.by && approval.by != self.by,
                _ => false,
            },
            Deed::Review | Deed::Reject | Deed::Withdraw => true,
        }
    }

    /// Whether it is open and its record is no longer what there is.
    pub(crate) fn is_changed(&self, ledger: &Ledger) -> Result<bool> {
        Ok(self.stage.is_open() && !self.says(&record::now(ledger, &self.about)?.text))
    }

    /// Whether its record is this text.
    pub(crate) fn says(&self, text: &str) -> bool {
        self.record == text.as_bytes()
    }

    /// What a signature of the record as it is now covers.
    pub(crate) fn sealed<'a>(&'a self, meaning: Meaning, by: &'a str, full_name: &'a str, at: &'a str) -> Sealed<'a> {
        Sealed {
            account: by,
            at,
            full_name,
            meaning,
            proposal: &self.id,
            proposed_at: &self.at,
            proposed_by: &self.by,
            reason: &self.reason,
            record_hash: &self.record_hash,
        }
    }

    /// What the reader may see of it.
    pub(crate) fn seen_by(self, reader: &Decider<'_>, is_changed: bool) -> Proposal {
        let is_possible = |deed: &Deed| !(is_changed && deed.goes_on()) && self.allow(*deed, reader).is_ok();
        let may: Vec<Deed> = Deed::ALL.into_iter().filter(is_possible).collect();
        let content = record::content(&self.record, self.about.kind());
        let is_executed = self.stage == Stage::Executed;
        let (document, version) = self.about.version().unzip();
        let Moved { by, at, reason, number } = self.moved;
        let closed = Closed { at, by, reason: reason.unwrap_or_default() };
        Proposal {
            id: self.id,
            n: self.n,
            kind: self.about.kind(),
            reason: self.reason,
            by: self.by,
            at: self.at,
            state: self.stage.seen(),
            is_changed,
            record_hash: self.record_hash,
            published: content.published,
            staged: content.staged,
            document,
            version,
            documents: content.documents,
            coming: content.coming,
            leaving: content.leaving,
            changes: content.changes,
            corpus: self.about.corpus().cloned(),
            policy: content.policy,
            signatures: self.signatures,
            closed: (!self.stage.is_open()).then_some(closed),
            snapshot: number.filter(|_| is_executed),
            may,
        }
    }
}

const COLUMNS: &str = "id, n, kind, document, version, reason, proposer, at, record, state, moved_by, moved_at, \
                       moved_for, number, corpus";

/// The states of open proposals, as SQL has them.
const OPEN: &str = "('proposed', 'reviewed', 'approved', 'executing')";

/// One proposal.
pub(crate) fn one(connection: &Connection, id: &str) -> Result<Kept> {
    let sql = format!("SELECT {COLUMNS} FROM standing WHERE id = ?1");
    let found = connection.prepare_cached(&sql)?.query_row([id], kept).optional()?;
    signed(connection, found.ok_or(Error::Unknown)?)
}

/// The open or the closed proposals of a number below `before`, newest first, at most `limit`.
pub(crate) fn many(connection: &Connection, open: bool, before: u64, limit: u32) -> Result<Vec<Kept>> {
    let sql =
        format!("SELECT {COLUMNS} FROM standing WHERE n < ?1 AND (state IN {OPEN}) = ?2 ORDER BY n DESC LIMIT ?3");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![before.min(i64::MAX as u64), open, limit], kept)?;
    let found = rows.collect::<rusqlite::Result<Vec<Kept>>>()?;
    found.into_iter().map(|kept| signed(connection, kept)).collect()
}

/// The proposals whose execution was begun and not seen through, oldest first.
pub(crate) fn executing(connection: &Connection) -> Result<Vec<String>> {
    let mut statement = connection.prepare_cached("SELECT id FROM standing WHERE state = 'executing' ORDER BY n")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The open proposal about the same, if there is one.
pub(crate) fn open_about(connection: &Connection, about: &About) -> Result<Option<String>> {
    let sql = format!(
        "SELECT id FROM standing WHERE kind = ?1 AND document IS ?2 AND version IS ?3 AND corpus IS ?4 AND state IN {OPEN}"
    );
    let (document, version) = named(about);
    let corpus = about.corpus().map(CorpusId::as_str);
    Ok(connection
        .prepare_cached(&sql)?
        .query_row(params![about.kind().name(), document, version, corpus], |row| row.get(0))
        .optional()?)
}

/// Document and version as the file names them.
pub(crate) fn named(about: &About) -> (Option<String>, Option<u32>) {
    about.version().map(|(document, version)| (document.to_string(), version)).unzip()
}

/// Moves a proposal on.
pub(crate) fn put_move(
    connection: &Connection,
    id: &str,
    to: Stage,
    by: &str,
    at: &str,
    reason: Option<&str>,
    number: Option<u64>,
) -> Result<()> {
    let sql = "INSERT INTO moves (proposal, step, state, who, at, reason, number)
               SELECT ?1, coalesce(max(step), 0) + 1, ?2, ?3, ?4, ?5, ?6 FROM moves WHERE proposal = ?1";
    connection.prepare_cached(sql)?.execute(params![id, to.name(), by, at, reason, number])?;
    Ok(())
}

fn kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let (kind, document, version): (String, Option<String>, Option<u32>) = (row.get(2)?, row.get(3)?, row.get(4)?);
    let document: Option<DocumentId> = document.and_then(|id| id.parse().ok());
    let corpus: Option<CorpusId> = row.get::<_, Option<String>>(14)?.and_then(|id| id.parse().ok());
    let record = row.get_ref(8)?.as_bytes()?.to_vec();
    let about = match (kind.as_str(), document, version, corpus) {
        ("publish", None, None, None) => About::Publish,
        ("restore", Some(document), Some(version), None) => About::Restore { document, version },
        ("policy", None, None, Some(corpus)) => About::Policy { to: record::policy(&record, &corpus), corpus },
        _ => return Err(FromSqlError::InvalidType.into()),
    };
    Ok(Kept {
        id: row.get(0)?,
        n: row.get(1)?,
        about,
        reason: row.get(5)?,
        by: row.get(6)?,
        at: row.get(7)?,
        record_hash: sha256_hex(&record),
        record,
        stage: row.get(9)?,
        moved: Moved { by: row.get(10)?, at: row.get(11)?, reason: row.get(12)?, number: row.get(13)? },
        signatures: Vec::new(),
    })
}

/// The proposal with its signatures, each computed anew.
fn signed(connection: &Connection, kept: Kept) -> Result<Kept> {
    // By meaning downwards: the review comes before the approval.
    let mut statement = connection.prepare_cached(
        "SELECT meaning, who, full_name, at, record_hash, seal FROM signatures WHERE proposal = ?1 ORDER BY meaning DESC",
    )?;
    let rows = statement.query_map([&kept.id], |row| {
        Ok(Signature {
            meaning: row.get(0)?,
            by: row.get(1)?,
            full_name: row.get(2)?,
            at: row.get(3)?,
            record_hash: row.get(4)?,
            seal: row.get(5)?,
            is_good: false,
        })
    })?;
    let mut signatures = rows.collect::<rusqlite::Result<Vec<Signature>>>()?;
    for signature in &mut signatures {
        let sealed = kept.sealed(signature.meaning, &signature.by, &signature.full_name, &signature.at);
        signature.is_good = signature.record_hash == kept.record_hash && signature.seal == seal(&sealed)?;
    }
    Ok(Kept { signatures, ..kept })
}
