//! Sessions: how long they last, and what ends them at once.

use std::sync::Arc;

use jiff::SignedDuration;

use super::{Counting, PASSWORD, add, at, identity, roles, settings};
use crate::{Error, Identity, Role, Settings};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

#[test]
fn a_session_that_nobody_uses_ends() {
    let (_directory, identity) = identity();
    add(&identity, "ada", Role::Clinician);
    let secret = identity.sign_in("ada", PASSWORD, at(0)).unwrap().secret;
    assert!(identity.session(&secret, at(29 * MINUTE)).unwrap().is_some());
    assert!(identity.session(&secret, at(58 * MINUTE)).unwrap().is_some());
    assert!(identity.session(&secret, at(88 * MINUTE)).unwrap().is_none());
    // It does not come back, whatever the clock says.
    assert!(identity.session(&secret, at(58 * MINUTE)).unwrap().is_none());
}

#[test]
fn no_session_outlasts_the_day() {
    let (_directory, identity) = identity();
    add(&identity, "ada", Role::Clinician);
    let secret = identity.sign_in("ada", PASSWORD, at(0)).unwrap().secret;
    for minutes in (20..12 * 60).step_by(20) {
        assert!(identity.session(&secret, at(minutes * MINUTE)).unwrap().is_some(), "{minutes}");
    }
    assert!(identity.session(&secret, at(12 * HOUR)).unwrap().is_none());
}

#[test]
fn whoever_came_from_the_provider_goes_there_again_within_a_quarter_of_an_hour() {
    let (_directory, identity) = identity();
    let ada = add(&identity, "ada", Role::Clinician);
    let vouched = identity.begin_session(&ada.id, at(0)).unwrap().secret;
    let other = identity.begin_session(&ada.id, at(10 * MINUTE)).unwrap().secret;
    let local = identity.sign_in("ada", PASSWORD, at(0)).unwrap().secret;
    // However much it is used.
    for seconds in (0..15 * MINUTE).step_by(59) {
        assert!(identity.session(&vouched, at(seconds)).unwrap().is_some(), "{seconds}");
    }
    assert_eq!(identity.forget_ended(at(15 * MINUTE - 1)).unwrap(), 0);
    assert!(identity.session(&vouched, at(15 * MINUTE)).unwrap().is_none());
    assert!(identity.session(&local, at(15 * MINUTE)).unwrap().is_some());
    assert_eq!(identity.forget_ended(at(25 * MINUTE)).unwrap(), 1);
    assert!(identity.session(&other, at(25 * MINUTE)).unwrap().is_none());
    assert!(identity.session(&local, at(25 * MINUTE)).unwrap().is_some());
}

#[test]
fn nor_does_such_a_session_outlast_the_day() {
    let directory = tempfile::tempdir().unwrap();
    let settings = Settings { provider_session_max: SignedDuration::from_hours(48), ..settings() };
    let path = directory.path().join("identity.db");
    let identity = Identity::open(&path, settings, Arc::new(Counting::default())).unwrap();
    let ada = add(&identity, "ada", Role::Clinician);
    let secret = identity.begin_session(&ada.id, at(0)).unwrap().secret;
    for minutes in (20..12 * 60).step_by(20) {
        assert!(identity.session(&secret, at(minutes * MINUTE)).unwrap().is_some(), "{minutes}");
    }
    assert!(identity.session(&secret, at(12 * HOUR)).unwrap().is_none());
}

#[test]
fn what_is_taken_away_is_gone_at_once() {
    let (_directory, identity) = identity();
    let ada = add(&identity, "ada", Role::Clinician);
    let secret = identity.sign_in("ada", PASSWORD, at(0)).unwrap().secret;
    identity.set_roles(&ada.id, &roles([Role::Auditor]), at(0)).unwrap();
    assert_eq!(identity.session(&secret, at(1)).unwrap().unwrap().roles, roles([Role::Auditor]));
    identity.set_disabled(&ada.id, true).unwrap();
    assert!(identity.session(&secret, at(2)).unwrap().is_none());
    // Letting somebody in again does not bring the old sessions back.
    identity.set_disabled(&ada.id, false).unwrap();
    assert!(identity.session(&secret, at(3)).unwrap().is_none());
    let secret = identity.sign_in("ada", PASSWORD, at(4)).unwrap().secret;
    identity.set_password(&ada.id, "another long one").unwrap();
    assert!(identity.session(&secret, at(5)).unwrap().is_none());
}

#[test]
fn leaving_ends_one_session_or_all() {
    let (_directory, identity) = identity();
    let ada = add(&identity, "ada", Role::Clinician);
    let secrets: Vec<String> = (0..3).map(|n| identity.sign_in("ada", PASSWORD, at(n)).unwrap().secret).collect();
    identity.sign_out(&secrets[0]).unwrap();
    assert!(identity.session(&secrets[0], at(3)).unwrap().is_none());
    assert!(identity.session(&secrets[1], at(3)).unwrap().is_some());
    assert_eq!(identity.end_sessions(&ada.id).unwrap(), 2);
    assert!(identity.session(&secrets[1], at(4)).unwrap().is_none());
    for secret in ["", "x", &"x".repeat(43), &"x".repeat(5_000)] {
        assert!(identity.session(secret, at(4)).unwrap().is_none());
    }
}

#[test]
fn what_has_ended_is_forgotten() {
    let (_directory, identity) = identity();
    let ada = add(&identity, "ada", Role::Clinician);
    let kept = identity.begin_session(&ada.id, at(20 * MINUTE)).unwrap().secret;
    identity.begin_session(&ada.id, at(0)).unwrap();
    identity.begin_login(at(0)).unwrap();
    assert!(identity.sign_in("nobody", PASSWORD, at(0)).is_err());
    assert_eq!(identity.forget_ended(at(9 * MINUTE)).unwrap(), 0);
    assert_eq!(identity.forget_ended(at(31 * MINUTE)).unwrap(), 2);
    assert!(identity.session(&kept, at(31 * MINUTE)).unwrap().is_some());
    assert_eq!(identity.forget_ended(at(25 * HOUR)).unwrap(), 2);
    identity.set_disabled(&ada.id, true).unwrap();
    assert!(matches!(identity.begin_session(&ada.id, at(0)), Err(Error::Disabled)));
    assert!(matches!(identity.begin_session("nobody", at(0)), Err(Error::Disabled)));
}
