//! Keys: whose they are, and when they are none.

use super::{Full, add, at, identity, roles};
use crate::{Error, How, Role};

#[test]
fn a_key_is_its_accounts_until_it_is_revoked() {
    let (_directory, identity) = identity();
    let (robot, other) = (add(&identity, "robot", Role::Service), add(&identity, "other", Role::Service));
    let (key, text) = identity.add_key(&robot.id, " ward 3 ", None, at(0)).unwrap();
    assert_eq!((key.label.as_str(), text.len()), ("ward 3", "osler_".len() + 16 + 1 + 43));
    assert!(text.starts_with(&format!("osler_{}_", key.id)), "{text}");
    let who = identity.by_key(&text, at(1)).unwrap().unwrap();
    assert_eq!((who.account, who.how), (robot.id.clone(), How::Key));
    identity.set_roles(&robot.id, &roles([Role::Librarian]), at(0)).unwrap();
    assert_eq!(identity.by_key(&text, at(2)).unwrap().unwrap().roles, roles([Role::Librarian]));
    assert!(matches!(identity.revoke_key(&other.id, &key.id, at(3)), Err(Error::UnknownKey)));
    assert!(identity.by_key(&text, at(3)).unwrap().is_some());
    identity.revoke_key(&robot.id, &key.id, at(4)).unwrap();
    identity.revoke_key(&robot.id, &key.id, at(9)).unwrap();
    assert!(identity.by_key(&text, at(4)).unwrap().is_none());
    let keys = identity.keys(&robot.id).unwrap();
    assert_eq!(keys[0].revoked_at, Some(at(4).to_string()));
    assert_eq!(identity.keys(&other.id).unwrap(), []);
}

#[test]
fn a_key_ends_when_it_was_to_end() {
    let (_directory, identity) = identity();
    let robot = add(&identity, "robot", Role::Service);
    let (key, text) = identity.add_key(&robot.id, "x", Some(at(100)), at(0)).unwrap();
    assert_eq!(key.expires_at, Some(at(100).to_string()));
    assert!(identity.by_key(&text, at(99)).unwrap().is_some());
    assert!(identity.by_key(&text, at(100)).unwrap().is_none());
    assert!(matches!(identity.add_key(&robot.id, "x", Some(at(0)), at(0)), Err(Error::Expiry)));
    for label in ["", "a\nb", &"x".repeat(81)] {
        assert!(matches!(identity.add_key(&robot.id, label, None, at(0)), Err(Error::Label)));
    }
    assert!(matches!(identity.add_key("nobody", "x", None, at(0)), Err(Error::UnknownAccount)));
}

#[test]
fn a_key_is_on_record_or_there_is_none() {
    let (_directory, identity) = identity();
    let robot = add(&identity, "robot", Role::Service);
    assert_eq!(identity.add_key_on_record(&robot.id, "x", None, at(0), |_| Err(Full)), Err(Full));
    assert_eq!(identity.keys(&robot.id).unwrap(), []);
    let mut told = None;
    let record = |id: &str| {
        told = Some(id.to_owned());
        Ok::<_, Error>(())
    };
    let (key, text) = identity.add_key_on_record(&robot.id, "x", None, at(0), record).unwrap();
    assert_eq!(told, Some(key.id));
    assert!(identity.by_key(&text, at(0)).unwrap().is_some());
    // What cannot be is not told.
    let nobody = identity.add_key_on_record::<Error>("nobody", "x", None, at(0), |_| panic!("it is told"));
    assert!(matches!(nobody, Err(Error::UnknownAccount)));
}

#[test]
fn a_key_that_was_touched_is_none() {
    let (_directory, identity) = identity();
    let robot = add(&identity, "robot", Role::Service);
    let (key, text) = identity.add_key(&robot.id, "x", None, at(0)).unwrap();
    let (_, other) = identity.add_key(&robot.id, "y", None, at(0)).unwrap();
    for position in 0..text.len() {
        let mut touched = text.clone().into_bytes();
        touched[position] = if touched[position] == b'A' { b'B' } else { b'A' };
        let touched = String::from_utf8(touched).unwrap();
        assert!(identity.by_key(&touched, at(0)).unwrap().is_none(), "{touched}");
    }
    let crossed = format!("osler_{}_{}", key.id, &other["osler_0123456789abcdef_".len()..]);
    let (longer, shorter) = (format!("{text}A"), &text[..text.len() - 1]);
    for text in [crossed.as_str(), &longer, shorter, "", "osler_", "osler__", "Bearer x"] {
        assert!(identity.by_key(text, at(0)).unwrap().is_none(), "{text}");
    }
    identity.set_disabled(&robot.id, true).unwrap();
    assert!(identity.by_key(&text, at(0)).unwrap().is_none());
    identity.set_disabled(&robot.id, false).unwrap();
    assert!(identity.by_key(&text, at(0)).unwrap().is_some());
}

#[test]
fn a_use_is_written_once_a_minute() {
    let (_directory, identity) = identity();
    let robot = add(&identity, "robot", Role::Service);
    let (_, text) = identity.add_key(&robot.id, "x", None, at(0)).unwrap();
    let last_used = |second| {
        identity.by_key(&text, at(second)).unwrap().unwrap();
        identity.keys(&robot.id).unwrap()[0].last_used_at.clone()
    };
    assert_eq!(last_used(1), Some(at(1).to_string()));
    assert_eq!(last_used(60), Some(at(1).to_string()));
    assert_eq!(last_used(61), Some(at(61).to_string()));
}
