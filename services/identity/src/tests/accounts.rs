//! Accounts: names, the last admin, and files that are not ours.

use std::cell::Cell;
use std::sync::Arc;

use rusqlite::Connection;

use super::{Counting, Full, PASSWORD, add, at, identity, roles, settings};
use crate::{Changes, Claims, Error, Identity, Role};

#[test]
fn names_are_folded_checked_and_unique() {
    let (_directory, identity) = identity();
    assert!(!identity.has_accounts().unwrap());
    let ada = identity.add(" Ada.L@ward-3 ", Some(" Ada Lovelace "), &roles([Role::Clinician]), None, at(0)).unwrap();
    assert_eq!((ada.name.as_str(), ada.full_name.as_deref()), ("ada.l@ward-3", Some("Ada Lovelace")));
    assert!(!ada.has_password && !ada.disabled && ada.subject.is_none());
    assert!(identity.has_accounts().unwrap());
    assert_eq!(identity.by_name("ADA.L@WARD-3", at(0)).unwrap(), Some(ada.clone()));
    assert_eq!(identity.account(&ada.id, at(0)).unwrap(), ada);
    assert_eq!(identity.accounts(at(0)).unwrap(), [ada]);
    let again = identity.add("ada.l@ward-3", None, &roles([]), None, at(0));
    assert!(matches!(again, Err(Error::NameTaken)));
    for name in ["", " ", "a b", "ünal", "a/b", &"x".repeat(65)] {
        assert!(matches!(identity.add(name, None, &roles([]), None, at(0)), Err(Error::Name)), "{name}");
    }
    assert!(matches!(identity.add("bob", Some("\n"), &roles([]), None, at(0)), Err(Error::FullName)));
    for password in ["short", &"x".repeat(1_025)] {
        let refused = identity.add("bob", None, &roles([]), Some(password), at(0));
        assert!(matches!(refused, Err(Error::Password { min: 12, max: 1_024 })));
    }
    assert!(matches!(identity.account("nobody", at(0)), Err(Error::UnknownAccount)));
    assert!(matches!(identity.unlock("nobody"), Err(Error::UnknownAccount)));
    assert!(matches!(identity.set_password("nobody", PASSWORD), Err(Error::UnknownAccount)));
    assert!(matches!(identity.set_roles("nobody", &roles([]), at(0)), Err(Error::UnknownAccount)));
    assert!(matches!(identity.set_disabled("nobody", true), Err(Error::UnknownAccount)));
}

#[test]
fn an_account_is_on_record_or_there_is_none() {
    let (_directory, identity) = identity();
    let clinician = roles([Role::Clinician]);
    let refused = identity.add_on_record("ada", None, &clinician, Some(PASSWORD), at(0), |_| Err(Full));
    assert_eq!(refused, Err(Full));
    assert!(!identity.has_accounts().unwrap());
    let mut told = Vec::new();
    let mut add = |name: &str| {
        identity.add_on_record(name, None, &clinician, None, at(0), |id| {
            told.push(id.to_owned());
            Ok::<_, Error>(())
        })
    };
    let ada = add("ada").unwrap();
    // What cannot be is not told.
    assert!(matches!(add("ada"), Err(Error::NameTaken)));
    assert!(matches!(add("a b"), Err(Error::Name)));
    assert_eq!(told, [ada.id]);
}

#[test]
fn an_account_is_changed_in_all_that_is_asked_or_in_nothing() {
    let (_directory, identity) = identity();
    let root = add(&identity, "root", Role::Admin);
    let (clinician, both) = (roles([Role::Clinician]), roles([Role::Admin, Role::Auditor]));
    let (short, other) = (Some("short"), Some("another long one"));
    let (disabled, nothing) = (Some(true), Changes::default());
    let told = Cell::new(0);
    let change = |id: &str, changes: Changes<'_>| {
        identity.change_on_record(id, &changes, || {
            told.set(told.get() + 1);
            Ok::<_, Error>(())
        })
    };
    let refused = change(&root.id, Changes { password: other, roles: Some((&clinician, at(0))), ..nothing });
    assert!(matches!(refused, Err(Error::LastAdmin)));
    let refused = change(&root.id, Changes { password: other, roles: Some((&both, at(0))), disabled, unlock: true });
    assert!(matches!(refused, Err(Error::LastAdmin)));
    let refused = change(&root.id, Changes { password: short, roles: Some((&both, at(0))), ..nothing });
    assert!(matches!(refused, Err(Error::Password { .. })));
    assert!(matches!(change("nobody", nothing), Err(Error::UnknownAccount)));
    assert_eq!(told.get(), 0, "what cannot be is not told");
    let all = Changes { password: other, roles: Some((&both, at(0))), ..nothing };
    assert_eq!(identity.change_on_record(&root.id, &all, || Err(Full)), Err(Full));
    assert_eq!(identity.account(&root.id, at(0)).unwrap(), root);
    let session = identity.sign_in("root", PASSWORD, at(0)).unwrap().secret;

    change(&root.id, all).unwrap();
    assert_eq!((told.get(), identity.account(&root.id, at(0)).unwrap().roles), (1, both));
    assert!(identity.session(&session, at(0)).unwrap().is_none());
    assert!(matches!(identity.sign_in("root", PASSWORD, at(0)), Err(Error::WrongCredentials)));
    assert!(identity.sign_in("root", "another long one", at(0)).is_ok());
}

#[test]
fn the_last_admin_stays() {
    let (_directory, identity) = identity();
    let (one, other) = (add(&identity, "one", Role::Admin), add(&identity, "other", Role::Admin));
    add(&identity, "ada", Role::Clinician);
    identity.set_disabled(&one.id, true).unwrap();
    assert!(matches!(identity.set_disabled(&other.id, true), Err(Error::LastAdmin)));
    assert!(matches!(identity.set_roles(&other.id, &roles([Role::Auditor]), at(0)), Err(Error::LastAdmin)));
    identity.set_roles(&other.id, &roles([Role::Admin, Role::Auditor]), at(0)).unwrap();
    // One who is kept out does not count, and may lose the role.
    identity.set_roles(&one.id, &roles([]), at(0)).unwrap();
    identity.set_roles(&one.id, &roles([Role::Admin]), at(0)).unwrap();
    identity.set_disabled(&one.id, false).unwrap();
    identity.set_roles(&other.id, &roles([]), at(0)).unwrap();
    assert!(matches!(identity.set_disabled(&one.id, true), Err(Error::LastAdmin)));
}

#[test]
fn what_is_kept_outlives_the_program_and_other_files_are_refused() {
    let (directory, identity) = identity();
    let ada = add(&identity, "ada", Role::Clinician);
    drop(identity);
    let open = |name: &str| Identity::open(&directory.path().join(name), settings(), Arc::new(Counting::default()));
    assert_eq!(open("identity.db").unwrap().accounts(at(0)).unwrap(), [ada]);
    let other = directory.path().join("other.db");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE x (y); PRAGMA user_version = 9;").unwrap();
    assert!(matches!(open("other.db"), Err(Error::Format { found: 9 })));
    std::fs::write(directory.path().join("text.db"), "x".repeat(4_096)).unwrap();
    assert!(matches!(open("text.db"), Err(Error::Open { .. })));
}

#[test]
fn a_file_of_the_first_format_keeps_what_it_holds() {
    let (directory, identity) = identity();
    let ada = add(&identity, "ada", Role::Clinician);
    let clinician = roles([Role::Clinician]);
    let claims = |roles, issued_s| Claims {
        issuer: "https://id.example".into(),
        subject: "1".into(),
        name: None,
        roles: Some(roles),
        issued_s,
    };
    let eve = identity.by_subject::<Error>(&claims(clinician.clone(), 9), at(0), |_| Ok(())).unwrap();
    let local = identity.sign_in("ada", PASSWORD, at(0)).unwrap().secret;
    let vouched = identity.begin_session(&eve.account, at(0)).unwrap().secret;
    // As the first format had it.
    let older = "ALTER TABLE accounts DROP COLUMN roles_as_of; ALTER TABLE sessions DROP COLUMN vouched;
        PRAGMA user_version = 1;";
    identity.lock().execute_batch(older).unwrap();
    drop(identity);

    let open = || Identity::open(&directory.path().join("identity.db"), settings(), Arc::new(Counting::default()));
    let identity = open().unwrap();
    assert_eq!(identity.account(&ada.id, at(0)).unwrap(), ada);
    let quarter = at(15 * 60);
    assert!(identity.session(&local, quarter).unwrap().is_some());
    assert!(identity.session(&vouched, quarter).unwrap().is_none());
    // The first token that is shown says since when.
    for (given, issued_s) in [(roles([Role::Auditor]), 5), (clinician, 4)] {
        identity.by_subject::<Error>(&claims(given, issued_s), at(0), |_| Ok(())).unwrap();
        assert_eq!(identity.account(&eve.account, at(0)).unwrap().roles, roles([Role::Auditor]));
    }
    drop(identity);
    assert!(open().is_ok(), "once is enough");
}
