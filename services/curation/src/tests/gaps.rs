//! Tickets of questions without evidence: how they come together, and what becomes of them.

use super::{LINA, PAUL, unlogged};
use crate::{ALIKE, Asked, Curation, Error, Power, TicketState};

/// Unit vectors at an angle to the first axis, in degrees.
fn at(degrees: f32) -> [f32; 2] {
    let angle = degrees.to_radians();
    [angle.cos(), angle.sin()]
}

fn asked<'a>(tag: &'a str, vector: &'a [f32], when: &'a str, snapshot: u64) -> Asked<'a> {
    Asked { tag, vector, last_asked_at: when, snapshot }
}

fn cluster(curation: &Curation, asked: &[Asked<'_>], when: &str) {
    let mut ids = curation.tickets(None).unwrap().len();
    let mut new_id = || {
        ids += 1;
        format!("id{ids}")
    };
    curation.cluster(asked, &mut new_id, when).unwrap();
}

/// The tags of each ticket.
fn tags(curation: &Curation) -> Vec<Vec<String>> {
    curation.tickets(None).unwrap().into_iter().map(|ticket| ticket.tags).collect()
}

#[test]
fn questions_come_together_by_meaning() {
    let curation = Curation::in_memory().unwrap();
    // Alike within some 37 degrees of the leader.
    let [a, b, c, d, far] = [at(0.0), at(30.0), at(60.0), at(33.0), at(170.0)];
    let first =
        [asked("a", &a, "t1", 1), asked("b", &b, "t1", 1), asked("c", &c, "t1", 1), asked("far", &far, "t1", 1)];
    cluster(&curation, &first, "t2");
    assert_eq!(tags(&curation), [vec!["a", "b"], vec!["c"], vec!["far"]]);
    let ticket = &curation.tickets(None).unwrap()[0];
    assert_eq!((ticket.id.as_str(), ticket.n, ticket.state), ("id1", 1, TicketState::Open));
    assert_eq!((&ticket.changed_at, &ticket.changed_by, ticket.snapshot), (&None, &None, None));

    // Of two leaders that are alike enough, the more alike; and what has a ticket stays, however often it is asked.
    let again = [asked("a", &a, "t3", 1), asked("c", &c, "t3", 1), asked("d", &d, "t3", 1), asked("b", &b, "t3", 1)];
    cluster(&curation, &again, "t4");
    assert_eq!(tags(&curation), [vec!["a", "b"], vec!["c", "d"], vec!["far"]]);
    cluster(&curation, &again, "t5");
    assert_eq!(tags(&curation).len(), 3);
}

#[test]
fn ties_go_to_the_older_ticket() {
    let curation = Curation::in_memory().unwrap();
    // As like to the one as to the other, and exactly as alike as is enough.
    let (up, down, middle) = ([ALIKE, 0.6], [ALIKE, -0.6], [1.0, 0.0]);
    let mirrored = [asked("up", &up, "t", 1), asked("down", &down, "t", 1), asked("middle", &middle, "t", 1)];
    cluster(&curation, &mirrored, "t");
    assert_eq!(tags(&curation), [vec!["up", "middle"], vec!["down"]]);
}

#[test]
fn a_ticket_without_its_leader_takes_nothing_in() {
    let curation = Curation::in_memory().unwrap();
    let (a, b, long) = (at(0.0), at(1.0), [1.0, 0.0, 0.0]);
    cluster(&curation, &[asked("a", &a, "t1", 1), asked("b", &b, "t1", 1)], "t1");
    // The leader's words were erased, so that nobody knows what it meant.
    cluster(&curation, &[asked("b", &b, "t1", 1), asked("c", &a, "t1", 1)], "t2");
    assert_eq!(tags(&curation), [vec!["a", "b"], vec!["c"]]);
    // Vectors of another model say nothing about these.
    cluster(&curation, &[asked("c", &a, "t1", 1), asked("long", &long, "t1", 1)], "t3");
    assert_eq!(tags(&curation), [vec!["a", "b"], vec!["c"], vec!["long"]]);
}

#[test]
fn tickets_move_along_their_arrows() {
    let curation = Curation::in_memory().unwrap();
    let a = at(0.0);
    cluster(&curation, &[asked("a", &a, "t1", 1)], "t1");
    assert!(matches!(curation.decline("id1", "x", &PAUL, "t", unlogged), Err(Error::Power(Power::Curate))));
    assert!(matches!(curation.decline("id1", " ", &LINA, "t", unlogged), Err(Error::Empty("note"))));
    assert!(matches!(curation.decline("id9", "x", &LINA, "t", unlogged), Err(Error::UnknownTicket)));
    let opened = curation.reopen("id1", "", &LINA, "t", unlogged);
    assert!(matches!(opened, Err(Error::Ticket { found: TicketState::Open, .. })));
    // What cannot be put on record is not declined.
    assert!(curation.decline("id1", "not ours", &LINA, "t2", |_| Err(Error::UnknownTicket)).is_err());
    assert_eq!(curation.ticket("id1").unwrap().state, TicketState::Open);
    let declined = curation.decline("id1", "not ours", &LINA, "t2", unlogged).unwrap();
    assert_eq!((declined.state, declined.note.as_deref()), (TicketState::Declined, Some("not ours")));
    assert_eq!((declined.changed_at.as_deref(), declined.changed_by.as_deref()), (Some("t2"), Some("lina")));
    for refused in [curation.decline("id1", "x", &LINA, "t", unlogged), curation.fill("id1", 2, "t")] {
        assert!(matches!(refused, Err(Error::Ticket { found: TicketState::Declined, .. })));
    }
    // It stays declined when it is asked again.
    cluster(&curation, &[asked("a", &a, "t3", 9)], "t3");
    assert_eq!(curation.ticket("id1").unwrap(), declined);
    let reopened = curation.reopen("id1", "", &LINA, "t4", unlogged).unwrap();
    assert_eq!((reopened.state, reopened.note.as_deref()), (TicketState::Open, None));
    let filled = curation.fill("id1", 2, "t5").unwrap();
    assert_eq!((filled.state, filled.snapshot, filled.changed_by), (TicketState::Filled, Some(2), None));
    assert!(matches!(curation.fill("id1", 3, "t"), Err(Error::Ticket { .. })));
    assert_eq!(curation.tickets(Some(TicketState::Filled)).unwrap().len(), 1);
    assert!(curation.tickets(Some(TicketState::Open)).unwrap().is_empty());
    let raw = curation.lock();
    let moves: u32 = raw.query_row("SELECT count(*) FROM ticket_moves", [], |row| row.get(0)).unwrap();
    assert_eq!(moves, 4, "what was decided before is kept");
    for sql in [
        "UPDATE ticket_moves SET note = 'x'",
        "DELETE FROM ticket_moves",
        "INSERT INTO ticket_moves VALUES ('id1', 5, 'declined', 'lina', 't', 'x', NULL)",
        "INSERT INTO ticket_moves VALUES ('id1', 6, 'open', 'lina', 't', 'x', NULL)",
        "UPDATE tags SET ticket = 'x'",
        "DELETE FROM tags",
        "INSERT OR REPLACE INTO tags VALUES ('a', 'id1', 2)",
        "DELETE FROM tickets",
        "INSERT OR REPLACE INTO tickets VALUES ('id1', 7)",
    ] {
        assert!(raw.execute_batch(sql).is_err(), "{sql}");
    }
}

#[test]
fn what_was_filled_and_finds_nothing_again_is_open() {
    let curation = Curation::in_memory().unwrap();
    let (a, b) = (at(0.0), at(5.0));
    let state = || curation.ticket("id1").unwrap().state;
    cluster(&curation, &[asked("a", &a, "t1", 2)], "t1");
    curation.fill("id1", 2, "t3").unwrap();
    // What was asked before it was filled does not count, nor what was asked of an earlier snapshot.
    cluster(&curation, &[asked("a", &a, "t2", 2)], "t4");
    assert_eq!(state(), TicketState::Filled);
    cluster(&curation, &[asked("a", &a, "t4", 1)], "t4");
    assert_eq!(state(), TicketState::Filled);
    cluster(&curation, &[asked("a", &a, "t5", 2)], "t6");
    let open = curation.ticket("id1").unwrap();
    assert_eq!((open.state, open.snapshot, open.changed_at.as_deref()), (TicketState::Open, None, Some("t6")));
    // So does a question that is new, and alike.
    curation.fill("id1", 3, "t7").unwrap();
    cluster(&curation, &[asked("a", &a, "t5", 2), asked("b", &b, "t8", 4)], "t9");
    assert_eq!((state(), tags(&curation)), (TicketState::Open, vec![vec!["a".to_owned(), "b".to_owned()]]));
}
