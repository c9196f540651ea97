//! The way of a proposal: proposed, reviewed and approved by signatures, or rejected or withdrawn before it is carried out.

use knowledge::{CorpusId, Status};
use ledger::{Decision, Ledger};
use rusqlite::{Connection, params};

use crate::error::{Error, Result};
use crate::kept::{self, Stage};
use crate::model::{About, Deed, Meaning, NewPolicy, NewProposal, PolicyOutcome, Proposal, ProposalPage};
use crate::policy;
use crate::record;
use crate::rules::{self, Decider, Needs, Power};
use crate::seal::seal;
use crate::store::{Curation, filled};

impl Curation {
    /// Proposes to publish what is staged, or to bring a version back into force. What is proposed is written down as it is
    /// now: the record that people sign. Here as in everything that is decided, `log` puts it on record before it counts: where
    /// it fails, nothing was decided.
    ///
    /// # Errors
    /// [`Error::Power`] for who is no librarian; [`Error::Empty`] or [`Error::TooLong`] of the reason;
    /// [`Error::AlreadyProposed`]; [`Error::NothingStaged`]; [`Error::Illegal`] for a version that is current;
    /// [`Error::Ledger`], also when there is no such version; [`Error::Sqlite`], also when the id is taken; what `log` fails
    /// with.
    pub fn propose<E: From<Error>>(
        &self,
        ledger: &Ledger,
        new: &NewProposal<'_>,
        by: &Decider<'_>,
        log: impl FnOnce(&Proposal) -> Result<(), E>,
    ) -> Result<Proposal, E> {
        let propose = |work: &Connection| -> Result<Proposal> {
            by.must(Power::Curate)?;
            let reason = filled("reason", new.reason)?;
            let about = About::from(new.subject);
            must_be_first(work, &about)?;
            let now = record::now(ledger, &about)?;
            if about == About::Publish && now.changes.is_empty() {
                return Err(Error::NothingStaged);
            }
            if let Some(from) = now.standing {
                rules::check(from, Status::Current)?;
            }
            put(work, new.id, &about, &now.text, (reason, by, new.at))?;
            Ok(kept::one(work, new.id)?.seen_by(by, false))
        };
        self.on_record(propose, log)
    }

    /// Changes the policy of a corpus, or gives a new corpus one: at once where it only narrows what may be done with the text,
    /// else by a proposal. What is in force at once is the ledger's decision, which stands whatever `log` comes to.
    ///
    /// # Errors
    /// [`Error::Power`] for who is no librarian; [`Error::Empty`] or [`Error::TooLong`] of the reason; [`Error::NoChange`];
    /// [`Error::AlreadyProposed`]; [`Error::Ledger`], also when the policy in force is not the expected one;
    /// [`Error::Sqlite`], also when the id is taken; what `log` fails with.
    pub fn change_policy<E: From<Error>>(
        &self,
        ledger: &Ledger,
        new: &NewPolicy<'_>,
        by: &Decider<'_>,
        log: impl FnOnce(&PolicyOutcome) -> Result<(), E>,
    ) -> Result<PolicyOutcome, E> {
        let change = |work: &Connection| -> Result<PolicyOutcome> {
            by.must(Power::Curate)?;
            let reason = filled("reason", new.reason)?;
            let (found, from) = ledger.policy(&new.policy.id)?.unzip();
            let found = found.unwrap_or(0);
            if found != new.expected {
                return Err(ledger::Error::PolicyChanged { found }.into());
            }
            if policy::needs(from.as_ref(), new.policy).ok_or(Error::NoChange)? == Needs::One {
                let decision = Decision { at: new.at, actor: by.account, reason };
                return Ok(PolicyOutcome::InForce(ledger.change_policy(found, new.policy, &decision)?));
            }
            let about = About::Policy { corpus: new.policy.id.clone(), to: Some(Box::new(new.policy.clone())) };
            must_be_first(work, &about)?;
            let now = record::now(ledger, &about)?;
            put(work, new.id, &about, &now.text, (reason, by, new.at))?;
            Ok(PolicyOutcome::Proposed(Box::new(kept::one(work, new.id)?.seen_by(by, false))))
        };
        self.on_record(change, log)
    }

    /// The id of the open proposal about the policy of a corpus, if there is one. The ledger is not asked.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn open_about_policy(&self, corpus: &CorpusId) -> Result<Option<String>> {
        kept::open_about(&self.lock(), &About::Policy { corpus: corpus.clone(), to: None })
    }

    /// The id of the open proposal to publish, if there is one. The ledger is not asked.
    ///
    /// # Errors
    /// [`Error::Sqlite`].
    pub fn open_to_publish(&self) -> Result<Option<String>> {
        kept::open_about(&self.lock(), &About::Publish)
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
    /// [`Error::Ledger`]; what `log` fails with.
    pub fn review<E: From<Error>>(
        &self,
        ledger: &Ledger,
        id: &str,
        by: &Decider<'_>,
        record_hash: &str,
        at: &str,
        log: impl FnOnce(&Proposal) -> Result<(), E>,
    ) -> Result<Proposal, E> {
        self.on_record(|work| sign(work, ledger, id, Meaning::Review, by, record_hash, at), log)
    }

    /// Signs that it shall be.
    ///
    /// # Errors
    /// As [`Curation::review`], but for the findings; [`Error::SamePerson`] for who proposed or reviewed it.
    pub fn approve<E: From<Error>>(
        &self,
        ledger: &Ledger,
        id: &str,
        by: &Decider<'_>,
        record_hash: &str,
        at: &str,
        log: impl FnOnce(&Proposal) -> Result<(), E>,
    ) -> Result<Proposal, E> {
        self.on_record(|work| sign(work, ledger, id, Meaning::Approve, by, record_hash, at), log)
    }

    /// Says no to an open proposal.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Power`] for who is no publisher; [`Error::Closed`] or [`Error::Executing`];
    /// [`Error::Empty`] or [`Error::TooLong`] of the reason; what `log` fails with.
    pub fn reject<E: From<Error>>(
        &self,
        id: &str,
        by: &Decider<'_>,
        reason: &str,
        at: &str,
        log: impl FnOnce(&Proposal) -> Result<(), E>,
    ) -> Result<Proposal, E> {
        self.on_record(|work| close(work, id, Deed::Reject, by, reason, at), log)
    }

    /// Takes an open proposal back.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Power`] for who is no librarian; [`Error::NotProposer`]; [`Error::Closed`] or
    /// [`Error::Executing`]; [`Error::Empty`] or [`Error::TooLong`] of the reason; what `log` fails with.
    pub fn withdraw<E: From<Error>>(
        &self,
        id: &str,
        by: &Decider<'_>,
        reason: &str,
        at: &str,
        log: impl FnOnce(&Proposal) -> Result<(), E>,
    ) -> Result<Proposal, E> {
        self.on_record(|work| close(work, id, Deed::Withdraw, by, reason, at), log)
    }
}

fn sign(
    connection: &Connection,
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
    let kept = kept::one(connection, id)?;
    kept.allow(deed, by)?;
    let full_name = filled("name", by.full_name)?;
    let now = record::now(ledger, &kept.about)?;
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
    connection.execute(
        "INSERT INTO signatures (proposal, meaning, who, full_name, at, record_hash, seal)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![id, meaning.name(), by.account, full_name, at, kept.record_hash, seal],
    )?;
    kept::put_move(connection, id, to, by.account, at, None, None)?;
    Ok(kept::one(connection, id)?.seen_by(by, false))
}

fn close(connection: &Connection, id: &str, deed: Deed, by: &Decider<'_>, reason: &str, at: &str) -> Result<Proposal> {
    let kept = kept::one(connection, id)?;
    kept.allow(deed, by)?;
    let reason = filled("reason", reason)?;
    let to = if deed == Deed::Reject { Stage::Rejected } else { Stage::Withdrawn };
    kept::put_move(connection, id, to, by.account, at, Some(reason), None)?;
    Ok(kept::one(connection, id)?.seen_by(by, false))
}

/// One thing is proposed once at a time.
fn must_be_first(connection: &Connection, about: &About) -> Result<()> {
    if kept::open_about(connection, about)?.is_some() { Err(Error::AlreadyProposed) } else { Ok(()) }
}

/// Writes a proposal down with its record, and that it was made.
fn put(
    connection: &Connection,
    id: &str,
    about: &About,
    record: &str,
    (reason, by, at): (&str, &Decider<'_>, &str),
) -> Result<()> {
    let (document, version) = kept::named(about);
    let corpus = about.corpus().map(CorpusId::as_str);
    connection.execute(
        "INSERT INTO proposals (id, n, kind, document, version, reason, proposer, at, record, corpus)
         VALUES (?1, (SELECT coalesce(max(n), 0) + 1 FROM proposals), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![id, about.kind().name(), document, version, reason, by.account, at, record, corpus],
    )?;
    kept::put_move(connection, id, Stage::Proposed, by.account, at, None, None)
}
