//! A hundred thousand random deeds by random people, held against a model that knows the rules by itself: nothing is skipped,
//! and what is refused changes nothing.

mod checks;

use std::collections::BTreeSet;

use knowledge::{DocumentId, Snapshot, Status, sha256_hex};
use ledger::Ledger;

use super::{document, ledger, stage, unlogged};
use crate::{Curation, Decider, Error, NewProposal, Power, Result, Subject, Turn};

const PEOPLE: [&str; 4] = ["ada", "bob", "cleo", "dora"];
const DOCUMENTS: [&str; 3] = ["gout", "asthma", "measles"];
const POWERS: [&[Power]; 6] = [
    &[],
    &[Power::Curate],
    &[Power::Publish],
    &[Power::Curate, Power::Publish],
    &[Power::Curate, Power::Publish],
    &[Power::Publish, Power::Curate],
];

/// Random numbers that are the same in every run: splitmix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.roll() % bound as u64).unwrap()
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// A proposal as the model has it.
#[derive(Clone)]
struct Modelled {
    id: String,
    subject: Subject,
    record_hash: String,
    /// What there was when it was proposed.
    about: String,
    state: &'static str,
    proposer: &'static str,
    reviewer: Option<&'static str>,
    approver: Option<&'static str>,
}

impl Modelled {
    fn is_open(&self) -> bool {
        ["proposed", "reviewed", "approved"].contains(&self.state)
    }
}

/// What somebody tried: whether the model allows it, and what came of it.
type Outcome = (bool, Result<()>);

struct World {
    dice: Dice,
    ledger: Ledger,
    curation: Curation,
    /// Versions of each document.
    versions: [u32; 3],
    /// Versions with an open finding.
    poor: BTreeSet<(DocumentId, u32)>,
    proposals: Vec<Modelled>,
    published: Snapshot,
    /// Proposals that were carried out: to publish, to restore.
    done: [u32; 2],
    at: String,
}

impl World {
    /// With one version of each document staged.
    fn new(seed: u64) -> Self {
        let mut world = Self {
            dice: Dice(seed),
            ledger: ledger(),
            curation: Curation::in_memory().unwrap(),
            versions: [0; 3],
            poor: BTreeSet::new(),
            proposals: Vec::new(),
            published: Snapshot(0),
            done: [0; 2],
            at: String::new(),
        };
        for which in 0..DOCUMENTS.len() {
            world.stage(which);
        }
        world
    }

    fn standing(&self, document: DocumentId, version: u32) -> Option<Status> {
        let versions = self.ledger.versions_of(document).unwrap_or_default();
        versions.into_iter().find(|held| held.number == version).map(|held| held.status)
    }

    /// What a subject comes to now, in words of this test.
    fn about(&self, subject: Subject) -> String {
        match subject {
            Subject::Publish => {
                format!("{:?} {:?}", self.ledger.snapshots().unwrap(), self.ledger.staged_changes().unwrap())
            }
            Subject::Restore { document, version } => format!("{:?}", self.standing(document, version)),
        }
    }

    fn findings(&self, subject: Subject) -> bool {
        match subject {
            Subject::Publish => {
                let changes = self.ledger.staged_changes().unwrap();
                changes.iter().any(|change| change.coming > 0 && self.poor.contains(&(change.document, change.version)))
            }
            Subject::Restore { document, version } => self.poor.contains(&(document, version)),
        }
    }

    fn stage(&mut self, which: usize) {
        let is_poor = self.dice.one_in(6);
        self.versions[which] += 1;
        stage(&self.ledger, DOCUMENTS[which], self.versions[which], is_poor);
        if is_poor {
            self.poor.insert((document(DOCUMENTS[which]), self.versions[which]));
        }
    }

    /// A version, most often one that there is.
    fn version(&mut self) -> (DocumentId, u32) {
        let which = self.dice.below(DOCUMENTS.len());
        let bound = usize::try_from(self.versions[which]).unwrap() + 1;
        (document(DOCUMENTS[which]), u32::try_from(self.dice.below(bound)).unwrap() + 1)
    }

    /// A version, most often one that is not current.
    fn version_to_restore(&mut self) -> (DocumentId, u32) {
        let all = DOCUMENTS.iter().zip(self.versions);
        let all = all.flat_map(|(name, count)| (1..=count).map(move |version| (document(name), version)));
        let is_gone = |(document, version): &(DocumentId, u32)| {
            self.standing(*document, *version).is_some_and(|standing| standing != Status::Current)
        };
        let gone: Vec<(DocumentId, u32)> = all.filter(is_gone).collect();
        if gone.is_empty() || self.dice.one_in(5) { self.version() } else { self.dice.pick(&gone) }
    }

    /// A proposal, most often the newest open one.
    fn proposal(&mut self) -> Option<usize> {
        if self.proposals.is_empty() {
            return None;
        }
        let any = self.dice.below(self.proposals.len());
        let newest = self.proposals.iter().rposition(Modelled::is_open);
        if self.dice.one_in(5) { Some(any) } else { newest.or(Some(any)) }
    }

    fn propose(&mut self, who: &'static str, by: &Decider<'_>) -> Outcome {
        let subject = if self.dice.one_in(2) {
            Subject::Publish
        } else {
            let (document, version) = self.version_to_restore();
            Subject::Restore { document, version }
        };
        let is_possible = match subject {
            Subject::Publish => !self.ledger.staged_changes().unwrap().is_empty(),
            Subject::Restore { document, version } => {
                self.standing(document, version).is_some_and(|standing| standing != Status::Current)
            }
        };
        let is_taken = self.proposals.iter().any(|one| one.subject == subject && one.is_open());
        let may = by.has(Power::Curate) && is_possible && !is_taken;
        let id = format!("p{}", self.proposals.len());
        let new = NewProposal { id: &id, subject, reason: "because", at: &self.at };
        let result = self.curation.propose(&self.ledger, &new, by, unlogged);
        if let (true, Ok(made)) = (may, &result) {
            let about = self.about(subject);
            self.proposals.push(Modelled {
                record_hash: made.record_hash.clone(),
                about,
                id,
                subject,
                state: "proposed",
                proposer: who,
                reviewer: None,
                approver: None,
            });
        }
        (may, result.map(drop))
    }

    fn review(&mut self, n: usize, who: &'static str, by: &Decider<'_>) -> Outcome {
        let one = self.proposals[n].clone();
        let is_read = !self.dice.one_in(8);
        let hash = if is_read { one.record_hash.clone() } else { sha256_hex(b"another") };
        let may = !by.powers.is_empty()
            && one.state == "proposed"
            && is_read
            && self.about(one.subject) == one.about
            && !self.findings(one.subject);
        let result = self.curation.review(&self.ledger, &one.id, by, &hash, &self.at, unlogged);
        if may {
            self.proposals[n] = Modelled { state: "reviewed", reviewer: Some(who), ..one };
        }
        (may, result.map(drop))
    }

    fn approve(&mut self, n: usize, who: &'static str, by: &Decider<'_>) -> Outcome {
        let one = self.proposals[n].clone();
        let is_read = !self.dice.one_in(8);
        let hash = if is_read { one.record_hash.clone() } else { sha256_hex(b"another") };
        let may = by.has(Power::Publish)
            && one.state == "reviewed"
            && who != one.proposer
            && Some(who) != one.reviewer
            && is_read
            && self.about(one.subject) == one.about;
        let result = self.curation.approve(&self.ledger, &one.id, by, &hash, &self.at, unlogged);
        if may {
            self.proposals[n] = Modelled { state: "approved", approver: Some(who), ..one };
        }
        (may, result.map(drop))
    }

    fn execute(&mut self, n: usize, who: &'static str, by: &Decider<'_>) -> Outcome {
        let one = self.proposals[n].clone();
        let staged = self.ledger.snapshots().unwrap().staged;
        let is_back = self.published.0 + 1 < staged.0;
        let mut may = by.has(Power::Publish)
            && one.state == "approved"
            && who != one.proposer
            && self.about(one.subject) == one.about;
        let result = self.curation.execute(&self.ledger, &one.id, by, &self.at);
        // After a rollback, what is staged may be the newest snapshot once more, which is not published twice.
        may &= !(is_back && matches!(result, Err(Error::NothingStaged)));
        if may {
            match one.subject {
                Subject::Publish => self.published = staged,
                Subject::Restore { document, version } => {
                    assert_eq!(self.standing(document, version), Some(Status::Current));
                }
            }
            self.done[usize::from(one.subject != Subject::Publish)] += 1;
            self.proposals[n] = Modelled { state: "executed", ..one };
            self.check_people(n, who);
        }
        (may, result.map(drop))
    }

    fn close(&mut self, n: usize, who: &'static str, by: &Decider<'_>) -> Outcome {
        let one = self.proposals[n].clone();
        let reason = if self.dice.one_in(8) { " " } else { "enough" };
        let is_said = reason == "enough" && one.is_open();
        let (may, state, result) = if self.dice.one_in(2) {
            let may = by.has(Power::Publish) && is_said;
            (may, "rejected", self.curation.reject(&one.id, by, reason, &self.at, unlogged))
        } else {
            let may = by.has(Power::Curate) && is_said && who == one.proposer;
            (may, "withdrawn", self.curation.withdraw(&one.id, by, reason, &self.at, unlogged))
        };
        if may {
            self.proposals[n] = Modelled { state, ..one };
        }
        (may, result.map(drop))
    }

    fn change_standing(&mut self, by: &Decider<'_>) -> Outcome {
        use Status::{Corrected, Current, Expired, ExpressionOfConcern, Retracted, Superseded, Withdrawn};
        let (document, version) = self.version();
        let found = self.standing(document, version);
        let expected = match found {
            Some(found) if !self.dice.one_in(8) => found,
            _ => self.dice.pick(&Status::ALL),
        };
        let to = self.dice.pick(&Status::ALL);
        let is_one = match (expected, to) {
            (from, to) if from == to => false,
            (Current | Corrected | ExpressionOfConcern, to) => to != Current,
            (Superseded | Expired, to) => matches!(to, Retracted | Withdrawn),
            (Retracted, to) => to == Withdrawn,
            (Withdrawn, _) => false,
        };
        let may = by.has(Power::Curate) && is_one && found == Some(expected);
        let turn = Turn { document, version, expected, to };
        (may, self.curation.change_standing(&self.ledger, turn, by, "because", &self.at).map(drop))
    }

    fn roll_back(&mut self, by: &Decider<'_>) -> Outcome {
        let to = Snapshot(self.dice.below(usize::try_from(self.published.0).unwrap() + 2) as u64);
        let result = self.curation.rollback(&self.ledger, to, by, "because", &self.at);
        if result.is_ok() {
            self.published = to;
        }
        // Where to is the ledger's matter; who, ours.
        (result.is_ok() && by.has(Power::Publish), result)
    }

    /// Any deed, or, most often, the one that leads on.
    fn deed(&mut self, target: Option<usize>) -> usize {
        let any = self.dice.below(24);
        if any < 5 || self.dice.one_in(3) {
            return any;
        }
        match target.map(|n| self.proposals[n].state) {
            Some("proposed") => 9,
            Some("reviewed") => 13,
            Some("approved") => 18,
            _ => 5,
        }
    }

    fn step(&mut self, n: usize) {
        self.at = format!("2026-11-02T08:00:00.{n:03}Z");
        let who = self.dice.pick(&PEOPLE);
        let by = Decider { account: who, full_name: "Somebody", powers: self.dice.pick(&POWERS) };
        let before = (self.ledger.snapshots().unwrap(), self.ledger.last_decision().unwrap());
        let target = self.proposal();
        let deed = self.deed(target);
        let (may, result) = match (deed, target) {
            (0 | 1, _) => {
                let which = self.dice.below(DOCUMENTS.len());
                self.stage(which);
                return self.check();
            }
            (2, _) => self.roll_back(&by),
            (3 | 4, _) => self.change_standing(&by),
            (5..=8, _) | (_, None) => self.propose(who, &by),
            (9..=12, Some(n)) => self.review(n, who, &by),
            (13..=17, Some(n)) => self.approve(n, who, &by),
            (18..=20, Some(n)) => self.execute(n, who, &by),
            (_, Some(n)) => self.close(n, who, &by),
        };
        assert_eq!(result.is_ok(), may, "deed {deed} of {by:?} at step {n}: {result:?}");
        let after = (self.ledger.snapshots().unwrap(), self.ledger.last_decision().unwrap());
        assert!(may || before == after, "what is refused changes nothing: deed {deed} at step {n}");
        self.check();
    }
}

/// So many worlds of a hundred deeds each.
fn walk(seed: u64, worlds: u64) {
    let mut done = [0; 2];
    for n in 0..worlds {
        let mut world = World::new(seed * 1_000_000 + n);
        for step in 0..100 {
            world.step(step);
        }
        world.check_ways();
        done = [done[0] + world.done[0], done[1] + world.done[1]];
    }
    assert!(done.iter().all(|times| u64::from(*times) > worlds / 5), "the walk has lost its way: {done:?}");
}

// A quarter of the hundred thousand each, so that they run side by side.

#[test]
fn nothing_is_published_past_the_rules_in_a_first_quarter() {
    walk(1, 250);
}

#[test]
fn nothing_is_published_past_the_rules_in_a_second_quarter() {
    walk(2, 250);
}

#[test]
fn nothing_is_published_past_the_rules_in_a_third_quarter() {
    walk(3, 250);
}

#[test]
fn nothing_is_published_past_the_rules_in_a_fourth_quarter() {
    walk(4, 250);
}
