//! The way of a proposal: proposed, reviewed and approved by signatures, or rejected or withdrawn before it is carried out.

use knowledge::Status;
use ledger::Ledger;
use rusqlite::params;

use crate::error::{Error, Result};
use crate::kept::{self, Stage};
use crate::model::{Deed, Meaning, NewProposal, Proposal, ProposalPage, Subject};
use crate::record;
use crate::rules::{self, Decider, Power};
use crate::seal::seal;
use crate::store::{Curation, begin, filled};

impl Curation {
    /// Proposes to publish what is staged, or to bring a version back into force. What is proposed is written down as it is
    /// now: the record that people sign.
    ///
    /// # Errors
    /// [`Error::Power`] for who is no librarian; [`Error::Empty`] or [`Error::TooLong`] of the reason;
    /// [`Error::AlreadyProposed`]; [`Error::NothingStaged`]; [`Error::Illegal`] for a version that is current;
    /// [`Error::Ledger`], also when there is no such version; [`Error::Sqlite`], also when the id is taken.
    pub fn propose(&self, ledger: &Ledger, new: &NewProposal<'_>, by: &Decider<'_>) -> Result<Proposal> {
        by.must(Power::Curate)?;
        let reason = filled("reason", new.reason)?;
        let mut connection = self.lock();
        let work = begin(&mut connection)?;
        if kept::open_about(&work, new.subject)?.is_some() {
            return Err(Error::AlreadyProposed);
        }
        let now = record::now(ledger, new.subject)?;
        if new.subject == Subject::Publish && now.changes.is_empty() {
            return Err(Error::NothingStaged);
        }
        if let Some(from) = now.standing {
            rules::check(from, Status::Current)?;
        }
        let (document, version) = kept::named(new.subject);
        work.execute(
            "INSERT INTO proposals (id, n, kind, document, version, reason, proposer, at, record)
             VALUES (?1, (SELECT coalesce(max(n), 0) + 1 FROM proposals), ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![new.id, new.subject.kind().name(), document, version, reason, by.account, new.at, now.text],
        )?;
        kept::put_move(&work, new.id, Stage::Proposed, by.account, new.at, None, None)?;
        let proposal = kept::one(&work, new.id)?.seen_by(by, false);
        work.commit()?;
        Ok(proposal)
    }

    /// The id of the open proposal to publish, if there is one. The ledger is not asked.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn open_to_publish(&self) -> Result<Option<String>> {
        kept::open_about(&self.lock(), Subject::Publish)
    }

    /// The open or the closed proposals of a number below `before`, newest first, at most `limit`; each as `reader` may see
    /// it, without its changes.
    ///
    /// # Errors
    /// [`Error::Ledger`] or [`Error::Sqlite`].
    pub fn proposals(
        &self,
        ledger: &Ledger,
        open: bool,
        before: Option<u64>,
        limit: u32,
        reader: &Decider<'_>,
    ) -> Result<ProposalPage> {
        let found = kept::many(&self.lock(), open, before.unwrap_or(u64::MAX), limit)?;
        let is_full = u32::try_from(found.len()) == Ok(limit);
        let next = found.last().filter(|_| is_full).map(|kept| kept.n);
        let mut proposals = Vec::with_capacity(found.len());
        for kept in found {
            let is_changed = kept.is_changed(ledger)?;
            proposals.push(Proposal { changes: Vec::new(), ..kept.seen_by(reader, is_changed) });
        }
        Ok(ProposalPage { proposals, next })
    }

    /// One proposal, as `reader` may see it.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Ledger`] or [`Error::Sqlite`].
    pub fn proposal(&self, ledger: &Ledger, id: &str, reader: &Decider<'_>) -> Result<Proposal> {
        let kept = kept::one(&self.lock(), id)?;
        let is_changed = kept.is_changed(ledger)?;
        Ok(kept.seen_by(reader, is_changed))
    }

    /// Signs that the record was looked through. `record_hash` is the SHA-256 of the record that was read, hexadecimal.
    /// Whoever proposed it may; then another person must approve it.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Power`]; [`Error::State`], [`Error::Closed`] or [`Error::Executing`];
    /// [`Error::RecordChanged`]; [`Error::FindingsOpen`]; [`Error::Empty`] or [`Error::TooLong`] of the name;
    /// [`Error::Ledger`].
    pub fn review(&self, ledger: &Ledger, id: &str, by: &Decider<'_>, record_hash: &str, at: &str) -> Result<Proposal> {
        self.sign(ledger, id, Meaning::Review, by, record_hash, at)
    }

    /// Signs that it shall be.
    ///
    /// # Errors
    /// As [`Curation::review`], but for the findings; [`Error::SamePerson`] for who proposed or reviewed it.
    pub fn approve(
        &self,
        ledger: &Ledger,
        id: &str,
        by: &Decider<'_>,
        record_hash: &str,
        at: &str,
    ) -> Result<Proposal> {
        self.sign(ledger, id, Meaning::Approve, by, record_hash, at)
    }

    fn sign(
        &self,
        ledger: &Ledger,
        id: &str,
        meaning: Meaning,
        by: &Decider<'_>,
        record_hash: &str,
        at: &str,
    ) -> Result<Proposal> {
        let (deed, to) = match meaning {
            Meaning::Review => (Deed::Review, Stage::Reviewed),
            Meaning::Approve => (Deed::Approve, Stage::Approved),
        };
        let mut connection = self.lock();
        let work = begin(&mut connection)?;
        let kept = kept::one(&work, id)?;
        kept.allow(deed, by)?;
        let full_name = filled("name", by.full_name)?;
        let now = record::now(ledger, kept.subject)?;
        if !kept.record_hash.eq_ignore_ascii_case(record_hash) || !kept.says(&now.text) {
            return Err(Error::RecordChanged);
        }
        if meaning == Meaning::Review {
            let findings = record::open_findings(ledger, &now.changes)?;
            if findings > 0 {
                return Err(Error::FindingsOpen(findings));
            }
        }
        let seal = seal(&kept.sealed(meaning, by.account, full_name, at))?;
        work.execute(
            "INSERT INTO signatures (proposal, meaning, who, full_name, at, record_hash, seal)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![id, meaning.name(), by.account, full_name, at, kept.record_hash, seal],
        )?;
        kept::put_move(&work, id, to, by.account, at, None, None)?;
        let proposal = kept::one(&work, id)?.seen_by(by, false);
        work.commit()?;
        Ok(proposal)
    }

    /// Says no to an open proposal.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Power`] for who is no publisher; [`Error::Closed`] or [`Error::Executing`];
    /// [`Error::Empty`] or [`Error::TooLong`] of the reason.
    pub fn reject(&self, id: &str, by: &Decider<'_>, reason: &str, at: &str) -> Result<Proposal> {
        self.close(id, Deed::Reject, by, reason, at)
    }

    /// Takes an open proposal back.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Power`] for who is no librarian; [`Error::NotProposer`]; [`Error::Closed`] or
    /// [`Error::Executing`]; [`Error::Empty`] or [`Error::TooLong`] of the reason.
    pub fn withdraw(&self, id: &str, by: &Decider<'_>, reason: &str, at: &str) -> Result<Proposal> {
        self.close(id, Deed::Withdraw, by, reason, at)
    }

    fn close(&self, id: &str, deed: Deed, by: &Decider<'_>, reason: &str, at: &str) -> Result<Proposal> {
        let mut connection = self.lock();
        let work = begin(&mut connection)?;
        let kept = kept::one(&work, id)?;
        kept.allow(deed, by)?;
        let reason = filled("reason", reason)?;
        let to = if deed == Deed::Reject { Stage::Rejected } else { Stage::Withdrawn };
        kept::put_move(&work, id, to, by.account, at, Some(reason), None)?;
        let proposal = kept::one(&work, id)?.seen_by(by, false);
        work.commit()?;
        Ok(proposal)
    }
}
