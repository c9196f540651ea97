//! What all tests of this room share: a clock that they set, cheap passwords, and randomness that counts.

mod accounts;
mod keys;
mod logins;
mod passwords;
mod provider;
mod sessions;
mod signer;
mod tokens;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use knowledge::Entropy;
use tempfile::TempDir;

use crate::{Account, Error, Identity, Role, Settings};

/// When the tests begin.
const T0: i64 = 1_790_000_000;

const PASSWORD: &str = "correct horse battery";

/// Never gives the same twice, and always the same from the beginning.
#[derive(Default)]
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(8) {
            let next = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            part.copy_from_slice(&next[8 - part.len()..]);
        }
    }
}

/// A log that has no room.
#[derive(Debug, PartialEq)]
struct Full;

impl From<Error> for Full {
    fn from(error: Error) -> Self {
        panic!("{error}")
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(T0 + seconds).unwrap()
}

fn settings() -> Settings {
    Settings { argon2_memory_kib: 8, argon2_iterations: 1, ..Settings::default() }
}

fn identity() -> (TempDir, Identity) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("identity.db");
    let identity = Identity::open(&path, settings(), Arc::new(Counting::default())).unwrap();
    (directory, identity)
}

fn roles<const N: usize>(roles: [Role; N]) -> BTreeSet<Role> {
    BTreeSet::from(roles)
}

fn add(identity: &Identity, name: &str, role: Role) -> Account {
    identity.add(name, None, &roles([role]), Some(PASSWORD), at(0)).unwrap()
}
