//! A writer, a store in memory or in a directory, and replicas, for the tests.

mod guarding;
mod sharing;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use object_store::PutOptions;
use object_store::memory::InMemory;
use object_store::path::Path as Location;
use serde_json::json;
use tempfile::TempDir;

use crate::{Depot, Fetched, Sent, Source, State};

const AT: &str = "2026-01-02T00:00:00Z";

const BLOCK: usize = 64 << 10;

type Contents = BTreeMap<String, Vec<u8>>;

/// A writer's folder, a store, and room for replicas.
struct Place {
    folder: TempDir,
    depot: Depot,
}

impl Place {
    fn in_memory() -> Self {
        let depot = Depot::new(Arc::new(InMemory::new()), "osler/shared");
        Self { folder: tempfile::tempdir().unwrap(), depot }
    }

    fn in_directory() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let depot = Depot::in_directory(&folder.path().join("store/shared")).unwrap();
        Self { folder, depot }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path("files").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn sources(&self) -> Vec<Source> {
        let names = contents(&self.path("files")).into_keys();
        names.map(|name| Source { path: self.path("files").join(&name), name, is_immutable: false }).collect()
    }

    async fn publish(&self, before: Option<&State>) -> (State, Sent) {
        self.depot.publish(before, &self.sources(), json!({ "snapshot": 3 }), AT).await.unwrap()
    }

    async fn fetch(&self, state: &State, into: &str, held: Option<(&State, &str)>) -> crate::Result<Fetched> {
        let held = held.map(|(state, folder)| (state, self.path(folder)));
        let held = held.as_ref().map(|(state, folder)| (*state, folder.as_path()));
        self.depot.fetch(state, &self.path(into), held).await
    }

    async fn put(&self, location: &Location, bytes: Vec<u8>) {
        self.depot.store.put_opts(location, bytes.into(), PutOptions::default()).await.unwrap();
    }
}

/// Every file below a folder, by its name there.
fn contents(folder: &Path) -> Contents {
    let mut found = Contents::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.exists() {
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

/// After all that happens in a test.
fn later() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 36)
}

/// Xorshift: the same at every run.
struct Random(u64);

impl Random {
    fn draw(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.draw() >> 8).unwrap() % limit.max(1)
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.draw().to_le_bytes()[3]).collect()
    }
}
