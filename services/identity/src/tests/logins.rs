//! Sign-ins at the provider, and the accounts of those who come from there.

use std::collections::BTreeSet;

use super::{Full, T0, add, at, identity, roles};
use crate::{Change, Claims, Error, How, Identity, Role, Who};

const ISSUER: &str = "https://id.example";

/// What a token of this second says of somebody, and of their roles where the provider governs them.
fn says(subject: &str, name: Option<&str>, roles: Option<&BTreeSet<Role>>, second: i64) -> Claims {
    Claims {
        issuer: ISSUER.into(),
        subject: subject.into(),
        name: name.map(Into::into),
        roles: roles.cloned(),
        issued_s: T0 + second,
    }
}

fn show(identity: &Identity, claims: &Claims) -> Result<Who, Error> {
    identity.by_subject(claims, at(500), |_| Ok(()))
}

#[test]
fn a_sign_in_comes_back_once_and_in_time() {
    let (_directory, identity) = identity();
    let login = identity.begin_login(at(0)).unwrap();
    assert!(login.state != login.nonce && login.nonce != login.verifier && login.verifier.len() == 43);
    assert!(identity.finish_login("another", at(1)).unwrap().is_none());
    assert!(identity.finish_login(&login.state, at(599)).unwrap() == Some(login.clone()));
    assert!(identity.finish_login(&login.state, at(599)).unwrap().is_none());
    let late = identity.begin_login(at(0)).unwrap();
    assert!(identity.finish_login(&late.state, at(600)).unwrap().is_none());
    assert!(identity.finish_login(&late.state, at(1)).unwrap().is_none());
}

#[test]
fn people_of_the_provider_are_known_by_their_subject_alone() {
    let (_directory, identity) = identity();
    let local = add(&identity, "ada", Role::Admin);
    let given = roles([Role::Clinician]);
    let ada = show(&identity, &says("1", Some("Ada"), Some(&given), 0)).unwrap();
    assert_eq!((ada.how, &ada.roles), (How::Token, &given));
    assert!(ada.account != local.id && ada.name.starts_with("ada-"), "{}", ada.name);
    assert_eq!(show(&identity, &says("1", Some("Eve"), None, 1)).unwrap(), ada);
    let unnamed = show(&identity, &says("2", Some("  "), None, 0)).unwrap();
    assert!(unnamed.name.starts_with("someone-") && unnamed.roles.is_empty(), "{}", unnamed.name);
    let long = show(&identity, &says("3", Some(&"x".repeat(500)), None, 0)).unwrap();
    assert_eq!(long.name.len(), 64);
    let account = identity.account(&ada.account, at(0)).unwrap();
    assert_eq!((account.subject, account.has_password), (Some(says("1", None, None, 0).subject()), false));
    let signed_in = identity.begin_session(&ada.account, at(0)).unwrap();
    assert_eq!(identity.session(&signed_in.secret, at(1)).unwrap().unwrap().how, How::Session);
}

#[test]
fn the_provider_governs_roles_where_it_says_them() {
    let (_directory, identity) = identity();
    let ada = show(&identity, &says("1", Some("ada"), Some(&roles([Role::Admin])), 0)).unwrap();
    let secret = identity.begin_session(&ada.account, at(0)).unwrap().secret;
    let now = show(&identity, &says("1", None, Some(&roles([])), 1)).unwrap();
    assert!(now.roles.is_empty());
    assert!(identity.session(&secret, at(2)).unwrap().unwrap().roles.is_empty());
    identity.set_roles(&ada.account, &roles([Role::Librarian]), at(2)).unwrap();
    assert_eq!(show(&identity, &says("1", None, None, 3)).unwrap().roles, roles([Role::Librarian]));
    identity.set_disabled(&ada.account, true).unwrap();
    for given in [None, Some(&roles([Role::Librarian])), Some(&roles([Role::Clinician]))] {
        assert!(matches!(show(&identity, &says("1", None, given, 4)), Err(Error::Disabled)));
    }
    assert_eq!(identity.account(&ada.account, at(4)).unwrap().roles, roles([Role::Librarian]));
}

#[test]
fn an_older_token_gives_nothing_back() {
    let (_directory, identity) = identity();
    let of = |second, given: &[Role]| {
        let given: BTreeSet<Role> = given.iter().copied().collect();
        says("1", Some("ada"), Some(&given), second)
    };
    let first = of(100, &[Role::Admin, Role::Clinician]);
    let account = show(&identity, &first).unwrap().account;
    let secret = identity.begin_session(&account, at(100)).unwrap().secret;
    let (_, key) = identity.add_key(&account, "x", None, at(100)).unwrap();
    let clinician = roles([Role::Clinician]);
    assert_eq!(show(&identity, &of(200, &[Role::Clinician])).unwrap().roles, clinician);

    // Each lets do what both it and the account say, and the account stays as it is.
    for (older, bearer) in [
        (first.clone(), clinician.clone()),
        (of(199, &[Role::Librarian, Role::Clinician]), clinician.clone()),
        (of(150, &[Role::Librarian]), roles([])),
        (of(0, &[]), roles([])),
    ] {
        assert_eq!(show(&identity, &older).unwrap().roles, bearer, "{older:?}");
        assert_eq!(identity.session(&secret, at(201)).unwrap().unwrap().roles, clinician);
        assert_eq!(identity.by_key(&key, at(201)).unwrap().unwrap().roles, clinician);
    }
    // A newer one that says the same makes those in between older.
    show(&identity, &of(300, &[Role::Clinician])).unwrap();
    assert_eq!(show(&identity, &of(250, &[Role::Admin, Role::Clinician])).unwrap().roles, clinician);
    // So does whoever gives roles here.
    identity.set_roles(&account, &roles([Role::Auditor]), at(400)).unwrap();
    assert!(show(&identity, &of(300, &[Role::Clinician])).unwrap().roles.is_empty());
    assert_eq!(identity.account(&account, at(400)).unwrap().roles, roles([Role::Auditor]));
    assert_eq!(show(&identity, &of(401, &[Role::Clinician])).unwrap().roles, clinician);
    assert_eq!(identity.account(&account, at(401)).unwrap().roles, clinician);
}

#[test]
fn what_a_token_changes_is_on_record_or_does_not_change() {
    let (_directory, identity) = identity();
    let of = |second, role| says("1", Some("ada"), Some(&roles([role])), second);
    let full = |claims: &Claims| identity.by_subject(claims, at(0), |_| Err(Full));
    assert_eq!(full(&of(0, Role::Clinician)), Err(Full));
    assert!(!identity.has_accounts().unwrap());

    let mut told: Vec<Change> = Vec::new();
    let mut shown = |claims: &Claims| {
        let record = |change: &Change| {
            told.push(change.clone());
            Ok::<_, Error>(())
        };
        identity.by_subject(claims, at(0), record)
    };
    let account = shown(&of(0, Role::Clinician)).unwrap().account;
    // The same again; the same, newer; another, older; another, newer.
    for (second, role) in [(0, Role::Clinician), (9, Role::Clinician), (8, Role::Admin), (10, Role::Auditor)] {
        shown(&of(second, role)).unwrap();
    }
    shown(&says("2", None, None, 0)).unwrap();
    let known: Vec<(bool, &BTreeSet<Role>)> = told.iter().map(|change| (change.is_new, &change.roles)).collect();
    let (clinician, auditor) = (roles([Role::Clinician]), roles([Role::Auditor]));
    assert_eq!(known, [(true, &clinician), (false, &auditor), (true, &roles([]))]);
    assert!(told[0].account == account && told[1].account == account && told[2].account != account);

    // What changes nothing needs no room.
    assert_eq!(full(&of(10, Role::Auditor)).unwrap().roles, auditor);
    assert_eq!(full(&of(11, Role::Admin)), Err(Full));
    assert_eq!(identity.account(&account, at(0)).unwrap().roles, auditor);
    // Nothing is told of somebody who is kept out.
    identity.set_disabled(&account, true).unwrap();
    let told = identity.by_subject::<Error>(&of(12, Role::Admin), at(0), |_| panic!("it is told"));
    assert!(matches!(told, Err(Error::Disabled)));
}
