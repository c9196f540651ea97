//! Carrying out what was approved, so that an interruption between the two files leaves nothing half done.
//!
//! First this file says that it is being carried out, when and as which snapshot; then the ledger decides, in one
//! transaction of its own; then this file says what came of it. What was interrupted in between is finished or undone by
//! asking the ledger whether it has decided.

use knowledge::{Snapshot, Status};
use ledger::{Decision, Ledger, PolicyRecord, Snapshots, StagedChange};
use rusqlite::Connection;

use crate::error::{Error, Result};
use crate::kept::{self, Kept, Moved, Stage};
use crate::model::{About, Deed, Proposal};
use crate::record;
use crate::rules::{Decider, Power};
use crate::store::{Curation, begin};

/// What is on its way to the ledger.
#[derive(Debug)]
pub(crate) struct Errand {
    pub(crate) kept: Kept,
    /// What is staged, as the ledger listed it when it was compared with the record.
    changes: Vec<StagedChange>,
    /// Where the pointer stood then.
    snapshots: Option<Snapshots>,
    /// How the version to be restored stood then.
    standing: Option<Status>,
    /// The number of the policy that was in force then.
    policy: u32,
}

impl Curation {
    /// Carries an approved proposal out: publishes, restores, or puts a policy in force. What there is must still be what was signed, up to the
    /// moment in which the ledger decides. One that was interrupted before is settled first.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Power`] for who is no publisher; [`Error::SamePerson`] for who proposed it;
    /// [`Error::State`] or [`Error::Closed`]; [`Error::RecordChanged`]; [`Error::NothingStaged`] when the ledger finds
    /// nothing to publish; [`Error::Ledger`]; [`Error::Sqlite`].
    pub fn execute(&self, ledger: &Ledger, id: &str, by: &Decider<'_>, at: &str) -> Result<Proposal> {
        by.must(Power::Publish)?;
        let mut connection = self.lock();
        settle_one(&mut connection, ledger, id, at)?;
        let errand = set_out(&mut connection, ledger, id, by, at)?;
        match carry_out(ledger, &errand) {
            Ok(snapshot) => conclude(&mut connection, &errand.kept, snapshot)?,
            Err(error @ (Error::RecordChanged | Error::NothingStaged)) => {
                undo(&mut connection, &errand.kept, at)?;
                return Err(error);
            }
            Err(error) => {
                // The ledger may have decided and its answer be lost; it tells. If it cannot now, the next start asks again.
                let is_done = settle_one(&mut connection, ledger, id, at).unwrap_or(false);
                if !is_done {
                    return Err(error);
                }
            }
        }
        Ok(kept::one(&connection, id)?.seen_by(by, false))
    }

    /// Finishes or undoes what was interrupted while it was carried out, and says how many proposals that were. For the
    /// start of the service, when nobody else has the files in hand.
    ///
    /// # Errors
    /// [`Error::Ledger`] or [`Error::Sqlite`].
    pub fn settle(&self, ledger: &Ledger, at: &str) -> Result<usize> {
        let mut connection = self.lock();
        let interrupted = kept::executing(&connection)?;
        for id in &interrupted {
            settle_one(&mut connection, ledger, id, at)?;
        }
        Ok(interrupted.len())
    }
}

/// The first step: checks everything, and says that it begins.
pub(crate) fn set_out(
    connection: &mut Connection,
    ledger: &Ledger,
    id: &str,
    by: &Decider<'_>,
    at: &str,
) -> Result<Errand> {
    let work = begin(connection)?;
    let kept = kept::one(&work, id)?;
    kept.allow(Deed::Execute, by)?;
    let now = record::now(ledger, &kept.about)?;
    if !kept.says(&now.text) {
        return Err(Error::RecordChanged);
    }
    let number = now.snapshots.map(|snapshots| snapshots.staged.0);
    kept::put_move(&work, id, Stage::Executing, by.account, at, None, number)?;
    let kept = kept::one(&work, id)?;
    work.commit()?;
    Ok(Errand { kept, changes: now.changes, snapshots: now.snapshots, standing: now.standing, policy: now.policy })
}

/// The second step: the ledger decides, and only what the record says. The snapshot that it became, where it is one.
pub(crate) fn carry_out(ledger: &Ledger, errand: &Errand) -> Result<Option<Snapshot>> {
    let Errand { kept, changes, snapshots, standing, policy } = errand;
    let reason = format!("{} (proposal {})", kept.reason, kept.n);
    let decision = Decision { at: &kept.moved.at, actor: &kept.moved.by, reason: &reason };
    let decided = match (&kept.about, standing) {
        (About::Publish, _) => ledger.publish_exactly(changes, &decision).map(Some),
        (About::Restore { document, version }, Some(from)) => {
            ledger.change_standing(*document, *version, *from, Status::Current, &decision).map(|_| None)
        }
        (About::Policy { to: Some(to), .. }, _) => ledger.change_policy(*policy, to, &decision).map(|_| None),
        (About::Restore { .. } | About::Policy { .. }, _) => return Err(Error::RecordChanged),
    };
    match decided {
        Err(
            ledger::Error::StagedChanged | ledger::Error::StatusChanged { .. } | ledger::Error::PolicyChanged { .. },
        ) => Err(Error::RecordChanged),
        // The ledger found nothing to publish: after a rollback, what is staged may be the newest snapshot once more.
        Ok(Some(snapshot)) if snapshots.is_some_and(|before| before.published == snapshot) => Err(Error::NothingStaged),
        other => Ok(other?),
    }
}

/// The third step: says what came of it.
pub(crate) fn conclude(connection: &mut Connection, kept: &Kept, snapshot: Option<Snapshot>) -> Result<()> {
    let Moved { by, at, .. } = &kept.moved;
    let work = begin(connection)?;
    kept::put_move(&work, &kept.id, Stage::Executed, by, at, None, snapshot.map(|snapshot| snapshot.0))?;
    work.commit()?;
    Ok(())
}

/// Finishes or undoes one that is being carried out, and says whether it is done. Any other stays as it is.
fn settle_one(connection: &mut Connection, ledger: &Ledger, id: &str, at: &str) -> Result<bool> {
    let kept = kept::one(connection, id)?;
    if kept.stage != Stage::Executing {
        return Ok(kept.stage == Stage::Executed);
    }
    let number = kept.moved.number;
    let is_done = match &kept.about {
        // A number is never used twice, and the time tells our publishing from another's.
        About::Publish => {
            let list = ledger.snapshot_list()?;
            list.iter().any(|one| Some(one.number) == number && one.published_at == kept.moved.at)
        }
        About::Restore { document, version } => {
            let versions = ledger.versions_of(*document)?;
            versions.iter().any(|held| held.number == *version && held.status == Status::Current)
        }
        About::Policy { corpus, to } => {
            let is_ours = |one: &PolicyRecord| {
                one.at.as_ref() == Some(&kept.moved.at) && to.as_deref().is_some_and(|to| one.policy == *to)
            };
            ledger.policy(corpus)?.is_some() && ledger.policies(corpus)?.iter().any(is_ours)
        }
    };
    if is_done {
        conclude(connection, &kept, number.map(Snapshot))?;
    } else {
        undo(connection, &kept, at)?;
    }
    Ok(is_done)
}

/// Back to where it can be carried out, or rejected.
fn undo(connection: &mut Connection, kept: &Kept, at: &str) -> Result<()> {
    let work = begin(connection)?;
    kept::put_move(&work, &kept.id, Stage::Approved, &kept.moved.by, at, None, None)?;
    work.commit()?;
    Ok(())
}
