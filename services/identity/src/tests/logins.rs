//! Sign-ins at the provider, and the accounts of those who come from there.

use super::{add, at, identity, roles};
use crate::{Error, How, Role, Subject};

fn subject(subject: &str) -> Subject {
    Subject { issuer: "https://id.example".into(), subject: subject.into() }
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
    let ada = identity.by_subject(&subject("1"), Some("Ada"), Some(&given), at(0)).unwrap();
    assert_eq!((ada.how, &ada.roles), (How::Token, &given));
    assert!(ada.account != local.id && ada.name.starts_with("ada-"), "{}", ada.name);
    assert_eq!(identity.by_subject(&subject("1"), Some("Eve"), None, at(1)).unwrap(), ada);
    let unnamed = identity.by_subject(&subject("2"), Some("  "), None, at(0)).unwrap();
    assert!(unnamed.name.starts_with("someone-") && unnamed.roles.is_empty(), "{}", unnamed.name);
    let long = identity.by_subject(&subject("3"), Some(&"x".repeat(500)), None, at(0)).unwrap();
    assert_eq!(long.name.len(), 64);
    let account = identity.account(&ada.account, at(0)).unwrap();
    assert_eq!((account.subject, account.has_password), (Some(subject("1")), false));
    let signed_in = identity.begin_session(&ada.account, at(0)).unwrap();
    assert_eq!(identity.session(&signed_in.secret, at(1)).unwrap().unwrap().how, How::Session);
}

#[test]
fn the_provider_governs_roles_where_it_says_them() {
    let (_directory, identity) = identity();
    let ada = identity.by_subject(&subject("1"), Some("ada"), Some(&roles([Role::Admin])), at(0)).unwrap();
    let secret = identity.begin_session(&ada.account, at(0)).unwrap().secret;
    let now = identity.by_subject(&subject("1"), None, Some(&roles([])), at(1)).unwrap();
    assert!(now.roles.is_empty());
    assert!(identity.session(&secret, at(2)).unwrap().unwrap().roles.is_empty());
    identity.set_roles(&ada.account, &roles([Role::Librarian])).unwrap();
    assert_eq!(identity.by_subject(&subject("1"), None, None, at(3)).unwrap().roles, roles([Role::Librarian]));
    identity.set_disabled(&ada.account, true).unwrap();
    for given in [None, Some(&roles([Role::Librarian])), Some(&roles([Role::Clinician]))] {
        assert!(matches!(identity.by_subject(&subject("1"), None, given, at(4)), Err(Error::Disabled)));
    }
    assert_eq!(identity.account(&ada.account, at(4)).unwrap().roles, roles([Role::Librarian]));
}
