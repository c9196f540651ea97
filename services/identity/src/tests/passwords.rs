//! Passwords: what is wrong, what locks, and what never reaches the file.

use std::fs;

use super::{PASSWORD, add, at, identity};
use crate::{Error, How, Identity, Role};

const MINUTE: i64 = 60;

fn is_wrong(identity: &Identity, name: &str, second: i64) -> bool {
    matches!(identity.sign_in(name, "not the password", at(second)), Err(Error::WrongCredentials))
}

fn locked_until(identity: &Identity, name: &str, second: i64) -> Option<String> {
    match identity.sign_in(name, PASSWORD, at(second)) {
        Err(Error::Locked { until }) => Some(until),
        _ => None,
    }
}

#[test]
fn a_right_password_begins_a_session_and_all_else_is_wrong() {
    let (_directory, identity) = identity();
    let ada = add(&identity, "ada", Role::Clinician);
    let signed_in = identity.sign_in(" ADA ", PASSWORD, at(0)).unwrap();
    assert_eq!((signed_in.who.account.as_str(), signed_in.who.how), (ada.id.as_str(), How::Session));
    assert!(signed_in.who.has_any(&[Role::Admin, Role::Clinician]) && !signed_in.who.has_any(&[Role::Admin]));
    identity.add("keys-only", None, &[Role::Service].into(), None, at(0)).unwrap();
    for name in ["ada", "nobody", "keys-only", ""] {
        assert!(is_wrong(&identity, name, 0), "{name}");
    }
    identity.set_disabled(&ada.id, true).unwrap();
    assert!(matches!(identity.sign_in("ada", PASSWORD, at(0)), Err(Error::WrongCredentials)));
    identity.set_disabled(&ada.id, false).unwrap();
    identity.set_password(&ada.id, "another long one").unwrap();
    assert!(matches!(identity.sign_in("ada", PASSWORD, at(0)), Err(Error::WrongCredentials)));
    assert!(identity.sign_in("ada", "another long one", at(0)).is_ok());
}

#[test]
fn wrong_passwords_lock_a_name_whether_there_is_an_account_or_not() {
    let (_directory, identity) = identity();
    let ada = add(&identity, "ada", Role::Clinician);
    for name in ["ada", "nobody"] {
        for _ in 0..5 {
            assert!(is_wrong(&identity, name, 0), "{name}");
        }
        let until = locked_until(&identity, name, 15 * MINUTE - 1);
        assert_eq!(until, Some(at(15 * MINUTE).to_string()), "{name}");
    }
    assert_eq!(identity.account(&ada.id, at(1)).unwrap().is_locked_until, Some(at(15 * MINUTE).to_string()));
    assert_eq!(identity.account(&ada.id, at(15 * MINUTE)).unwrap().is_locked_until, None);
    assert!(identity.sign_in("ada", PASSWORD, at(15 * MINUTE)).is_ok());
    assert!(is_wrong(&identity, "nobody", 15 * MINUTE));
}

#[test]
fn each_lock_holds_twice_as_long_up_to_a_day() {
    let (_directory, identity) = identity();
    let ada = add(&identity, "ada", Role::Clinician);
    let mut second = 0;
    for minutes in [15, 30, 60, 120, 240, 480, 960, 1_440, 1_440] {
        for _ in 0..5 {
            assert!(is_wrong(&identity, "ada", second));
        }
        assert_eq!(locked_until(&identity, "ada", second), Some(at(second + minutes * MINUTE).to_string()));
        second += minutes * MINUTE;
    }
    // A right one begins the count anew.
    assert!(identity.sign_in("ada", PASSWORD, at(second)).is_ok());
    for _ in 0..5 {
        assert!(is_wrong(&identity, "ada", second));
    }
    assert_eq!(locked_until(&identity, "ada", second), Some(at(second + 15 * MINUTE).to_string()));
    identity.unlock(&ada.id).unwrap();
    assert!(identity.sign_in("ada", PASSWORD, at(second)).is_ok());
}

#[test]
fn a_right_password_forgets_the_wrong_ones_before_it() {
    let (_directory, identity) = identity();
    add(&identity, "ada", Role::Clinician);
    for _ in 0..3 {
        for _ in 0..4 {
            assert!(is_wrong(&identity, "ada", 0));
        }
        assert!(identity.sign_in("ada", PASSWORD, at(0)).is_ok());
    }
}

#[test]
fn no_secret_stands_in_the_file() {
    let (directory, identity) = identity();
    let ada = add(&identity, "ada", Role::Clinician);
    let session = identity.sign_in("ada", PASSWORD, at(0)).unwrap().secret;
    let (_, key) = identity.add_key(&ada.id, "robot", None, at(0)).unwrap();
    let state = identity.begin_login(at(0)).unwrap().state;
    let key_secret = &key["osler_0123456789abcdef_".len()..];
    let mut read = 0;
    for entry in fs::read_dir(directory.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        read += bytes.len();
        for secret in [PASSWORD, session.as_str(), key_secret, state.as_str()] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret}");
        }
    }
    assert!(read > 10_000, "only {read} bytes were looked at");
}
