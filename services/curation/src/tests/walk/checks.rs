//! What must hold after every deed, and at the end of a walk.

use super::World;
use crate::tests::RUTH;

/// The ways from one state to the next; nothing leads to the first.
const ARROWS: [(&str, &str); 12] = [
    ("", "proposed"),
    ("proposed", "reviewed"),
    ("reviewed", "approved"),
    ("approved", "executing"),
    ("executing", "executed"),
    ("executing", "approved"),
    ("proposed", "rejected"),
    ("reviewed", "rejected"),
    ("approved", "rejected"),
    ("proposed", "withdrawn"),
    ("reviewed", "withdrawn"),
    ("approved", "withdrawn"),
];

impl World {
    /// Who did what to a proposal that was carried out, as the two files have it.
    pub(super) fn check_people(&self, n: usize, who: &str) {
        let one = &self.proposals[n];
        let sql = "SELECT who, record_hash FROM signatures WHERE proposal = ?1 ORDER BY meaning DESC";
        let connection = self.curation.lock();
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([&one.id], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let signed: Vec<(String, String)> = rows.map(|row| row.unwrap()).collect();
        assert_eq!(signed.len(), 2, "{}", one.id);
        assert!(signed.iter().all(|(_, hash)| *hash == one.record_hash));
        let (reviewer, approver) = (signed[0].0.as_str(), signed[1].0.as_str());
        assert!(approver != one.proposer && approver != reviewer && who != one.proposer);
        let decision = self.ledger.decisions().unwrap().pop().unwrap();
        assert_eq!((decision.actor.as_str(), decision.at.as_str()), (who, self.at.as_str()));
        assert_eq!(decision.reason, format!("because (proposal {})", n + 1));
    }

    /// That the files have what the model has.
    pub(super) fn check(&self) {
        assert_eq!(self.ledger.snapshots().unwrap().published, self.published);
        let connection = self.curation.lock();
        let mut statement = connection.prepare_cached("SELECT id, state FROM standing ORDER BY n").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let found: Vec<(String, String)> = rows.map(|row| row.unwrap()).collect();
        let modelled = self.proposals.iter().map(|one| (one.id.as_str(), one.state));
        assert!(found.iter().map(|(id, state)| (id.as_str(), state.as_str())).eq(modelled), "{found:?}");
        let sql = "SELECT s.who FROM signatures s JOIN proposals p ON p.id = s.proposal ORDER BY p.n, s.meaning DESC";
        let mut statement = connection.prepare_cached(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        let found: Vec<String> = rows.map(|row| row.unwrap()).collect();
        let modelled = self.proposals.iter().flat_map(|one| one.reviewer.into_iter().chain(one.approver));
        assert!(found.iter().map(String::as_str).eq(modelled), "{found:?}");
    }

    /// That every proposal went along the arrows, and every signature verifies.
    pub(super) fn check_ways(&self) {
        for one in &self.proposals {
            let seen = self.curation.proposal(&self.ledger, &one.id, &RUTH).unwrap();
            assert!(seen.signatures.iter().all(|signature| signature.is_good) && seen.may.is_empty());
            let connection = self.curation.lock();
            let sql = "SELECT state FROM moves WHERE proposal = ?1 ORDER BY step";
            let mut statement = connection.prepare_cached(sql).unwrap();
            let states = statement.query_map([&one.id], |row| row.get(0)).unwrap();
            let mut from = String::new();
            for state in states {
                let to: String = state.unwrap();
                assert!(ARROWS.contains(&(from.as_str(), to.as_str())), "{from} to {to}");
                from = to;
            }
        }
    }
}
