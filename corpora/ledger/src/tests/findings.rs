//! Findings: listed, counted and settled, once.

use knowledge::{Quality, Status};

use super::{DECISION, document, ledger, staging};
use crate::{Decision, Error, Finding, FindingKind, Ledger, Outcome, Result};

const LATER: Decision<'static> = Decision { at: "2026-02-02T00:00:00Z", actor: "ann", reason: "" };

/// Two documents that were read badly, the second of which has the text of the first.
fn doubtful() -> (Ledger, Vec<Finding>) {
    let ledger = ledger();
    let mut first = staging("first", 1);
    first.version.quality = Quality { score: 0.1, defects: vec![] };
    let mut second = staging("second", 1);
    second.version.text = staging("first", 1).version.text;
    second.version.quality = Quality { score: 0.2, defects: vec![] };
    ledger.stage(&[first, second], &DECISION).unwrap();
    let findings = ledger.findings().unwrap();
    assert_eq!(findings.len(), 3, "{findings:?}");
    (ledger, findings)
}

/// A log that takes everything.
fn unlogged(_: &Finding) -> Result<()> {
    Ok(())
}

#[test]
fn a_finding_says_what_it_is_about() {
    let (ledger, findings) = doubtful();
    let first = &findings[0];
    assert_eq!((first.kind, first.document, first.version), (FindingKind::PoorQuality, document("first"), 1));
    assert_eq!((first.corpus.as_str(), first.title.as_str(), first.status), ("test", "first", Status::Current));
    assert_eq!((&ledger.finding(first.id).unwrap(), &first.settled), (first, &None));
    ledger.set_status(document("first"), 1, Status::Withdrawn, &DECISION).unwrap();
    assert_eq!(ledger.finding(first.id).unwrap().status, Status::Withdrawn);
    assert!(matches!(ledger.finding(99), Err(Error::UnknownFinding(99))));
}

#[test]
fn a_finding_is_settled_once() {
    let (ledger, findings) = doubtful();
    let id = findings[0].id;
    // What cannot be put on record is not settled.
    let unrecorded = ledger.settle_finding(id, Outcome::Accepted, "legible", &LATER, |_| Err(Error::ReadOnly));
    assert!(matches!(unrecorded, Err(Error::ReadOnly)));
    assert_eq!(ledger.findings().unwrap(), findings);
    let settled = ledger.settle_finding(id, Outcome::Accepted, "legible", &LATER, unlogged).unwrap();
    let settlement = settled.settled.clone().unwrap();
    assert_eq!((settlement.at.as_str(), settlement.by.as_str()), (LATER.at, LATER.actor));
    assert_eq!((settlement.outcome, settlement.note.as_str()), (Outcome::Accepted, "legible"));
    assert_eq!(ledger.finding(id).unwrap(), settled);
    let again = ledger.settle_finding(id, Outcome::Dismissed, "", &LATER, unlogged);
    assert!(matches!(again, Err(Error::Settled(settled)) if settled == id));
    assert!(matches!(ledger.settle_finding(99, Outcome::Acted, "", &LATER, unlogged), Err(Error::UnknownFinding(99))));
    assert_eq!(ledger.findings().unwrap(), findings[1..]);
}

#[test]
fn findings_are_listed_by_kind_and_by_whether_they_are_settled() {
    let (ledger, findings) = doubtful();
    let ids = |kind, settled, after, limit| {
        let page = ledger.findings_page(kind, settled, after, limit).unwrap();
        page.into_iter().map(|finding| finding.id).collect::<Vec<_>>()
    };
    let all: Vec<i64> = findings.iter().map(|finding| finding.id).collect();
    assert_eq!(ids(None, false, None, 2), all[..2]);
    assert_eq!(ids(None, false, Some(all[1]), 2), all[2..]);
    let same: Vec<i64> =
        findings.iter().filter(|finding| finding.kind == FindingKind::SameText).map(|finding| finding.id).collect();
    assert_eq!((ids(Some(FindingKind::SameText), false, None, 9), same.len()), (same, 1));
    ledger.settle_finding(all[1], Outcome::Dismissed, "", &LATER, unlogged).unwrap();
    assert_eq!(ids(None, true, None, 9), all[1..2]);
    assert_eq!(ids(None, false, None, 9), [all[0], all[2]]);
    assert_eq!(ledger.findings_about(document("second")).unwrap().len(), 2, "settled or not");
}

#[test]
fn open_findings_are_counted_and_known_by_what_is_to_be_published() {
    let (ledger, findings) = doubtful();
    let open = ledger.open_findings().unwrap();
    assert_eq!(open.len(), FindingKind::ALL.len(), "every kind is there");
    assert_eq!((open[&FindingKind::PoorQuality], open[&FindingKind::SameText]), (2, 1));
    assert_eq!(open[&FindingKind::DoubtfulNotice], 0);

    let changes = ledger.staged_changes().unwrap();
    let all: Vec<i64> = findings.iter().map(|finding| finding.id).collect();
    assert_eq!(ledger.open_findings_among(&changes).unwrap(), all);
    ledger.settle_finding(all[0], Outcome::Acted, "", &LATER, unlogged).unwrap();
    assert_eq!(ledger.open_findings_among(&changes).unwrap(), all[1..]);
    ledger.publish(&DECISION).unwrap();
    ledger.set_status(document("second"), 1, Status::Superseded, &DECISION).unwrap();
    let leaving = ledger.staged_changes().unwrap();
    assert_eq!((leaving.len(), ledger.open_findings_among(&leaving).unwrap()), (1, vec![]), "what leaves may be bad");
}

#[test]
fn names_are_read_back() {
    for kind in FindingKind::ALL {
        assert_eq!(kind.as_str().parse::<FindingKind>(), Ok(kind));
    }
    for outcome in Outcome::ALL {
        assert_eq!(outcome.as_str().parse::<Outcome>(), Ok(outcome));
        assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.as_str());
    }
    let message = "gone".parse::<Outcome>().unwrap_err().to_string();
    assert!(message.contains("dismissed"), "{message}");
}
