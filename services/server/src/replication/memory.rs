//! What a data directory remembers of what it published: a newer state that is none of that is another writer's.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, Result};
use jiff::Timestamp;
use replication::State;
use serde::{Deserialize, Serialize};

use super::{About, folder};
use crate::config::Replication;

/// Its file.
const FILE: &str = "published.json";

/// States that are remembered beside the newest, at most: the store may yet get one whose publication failed.
const MOST_TRIED: usize = 100;

/// What is remembered, of one store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    pub(super) store: String,
    /// The newest state that this library goes on from, and those that were to come after it.
    pub(super) states: Vec<Mark>,
    /// When the store was last tidied up.
    pub(super) tidied: Option<Timestamp>,
    /// Why this machine publishes nothing, if it was refused.
    pub refused: Option<String>,
}

/// What tells a state from any other one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub(super) number: u64,
    at: String,
    decisions: u64,
    history: String,
}

impl Mark {
    /// Of a state that the store has.
    pub(super) fn of(state: &State, about: &About) -> Self {
        Self::coming(state.number(), state.at().to_owned(), about)
    }

    /// Of one that is to be published.
    pub(super) fn coming(number: u64, at: String, about: &About) -> Self {
        Self { number, at, decisions: about.decisions, history: about.history.clone() }
    }
}

impl Memory {
    /// What a data directory remembers of the store that is configured. Where that cannot be read, nothing: decisions are
    /// compared whatever is remembered.
    pub fn read(data: &Path, config: &Replication) -> Self {
        let store = [config.store.as_deref(), config.endpoint.as_deref()].map(Option::unwrap_or_default).join(" ");
        let file = folder(data).join(FILE);
        let remembered = match fs::read(&file) {
            Ok(json) => serde_json::from_slice(&json).unwrap_or_else(|error| {
                tracing::warn!("{} cannot be read, going on without it: {error}", file.display());
                Self::default()
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => Self::default(),
            Err(error) => {
                tracing::warn!("{} cannot be read, going on without it: {error}", file.display());
                Self::default()
            }
        };
        if remembered.store == store { remembered } else { Self { store, ..Self::default() } }
    }

    /// Whether this library published the state or took it over; also, where nothing is remembered.
    pub(super) fn knows(&self, mark: &Mark) -> bool {
        self.states.is_empty() || self.states.contains(mark)
    }

    /// Whether there is nothing to be changed once the library goes on from this state.
    pub(super) fn is_settled(&self, mark: &Mark) -> bool {
        self.refused.is_none() && self.states.contains(mark)
    }

    /// The library goes on from this state.
    pub(super) fn settled(&self, mark: Mark) -> Self {
        Self { states: vec![mark], refused: None, ..self.clone() }
    }

    /// After that state this one is to come.
    pub(super) fn trying(&self, before: Option<Mark>, coming: Mark) -> Self {
        let last = before.as_ref().map_or(0, |before| before.number);
        let tried: Vec<Mark> = self.states.iter().filter(|state| state.number > last).cloned().collect();
        let tried = tried[tried.len().saturating_sub(MOST_TRIED)..].iter().cloned();
        Self { states: before.into_iter().chain(tried).chain([coming]).collect(), refused: None, ..self.clone() }
    }

    /// Writes it into the folder of states, for good.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn keep(&self, folder: &Path) -> Result<()> {
        let (aside, file) = (folder.join("published.new"), folder.join(FILE));
        let write = || -> std::io::Result<()> {
            fs::create_dir_all(folder)?;
            let mut new = File::create(&aside)?;
            new.write_all(&serde_json::to_vec(self)?)?;
            new.sync_all()?;
            fs::rename(&aside, &file)?;
            File::open(folder)?.sync_all()
        };
        write().with_context(|| format!("cannot write {}", file.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(number: u64, at: &str) -> Mark {
        Mark { number, at: at.to_owned(), decisions: number, history: String::new() }
    }

    fn config(store: &str) -> Replication {
        Replication { store: Some(store.to_owned()), ..Replication::default() }
    }

    #[test]
    fn what_is_remembered_is_of_one_store_and_lasts() {
        let data = tempfile::tempdir().unwrap();
        let memory = Memory::read(data.path(), &config("here"));
        assert!(memory.knows(&mark(7, "any")), "nothing is remembered");
        let memory = memory.trying(None, mark(1, "a"));
        memory.keep(&folder(data.path())).unwrap();
        assert_eq!(Memory::read(data.path(), &config("here")), memory);
        assert!(memory.knows(&mark(1, "a")) && !memory.knows(&mark(1, "b")));
        assert!(Memory::read(data.path(), &config("there")).knows(&mark(1, "b")));
        fs::write(folder(data.path()).join(FILE), "{").unwrap();
        assert!(Memory::read(data.path(), &config("here")).knows(&mark(1, "b")));
    }

    #[test]
    fn what_was_tried_is_known_until_something_newer_is_there() {
        let memory = Memory::default().trying(None, mark(1, "a"));
        let memory = memory.trying(Some(mark(1, "a")), mark(2, "b")).trying(Some(mark(1, "a")), mark(2, "c"));
        for known in [mark(1, "a"), mark(2, "b"), mark(2, "c")] {
            assert!(memory.knows(&known), "{known:?}");
        }
        let memory = memory.trying(Some(mark(2, "c")), mark(3, "d"));
        assert!(memory.knows(&mark(2, "c")) && memory.knows(&mark(3, "d")));
        assert!(!memory.knows(&mark(2, "b")) && !memory.knows(&mark(1, "a")));
    }

    #[test]
    fn a_refusal_is_over_once_the_library_goes_on() {
        let memory = Memory { refused: Some("why".to_owned()), ..Memory::default().settled(mark(1, "a")) };
        assert!(!memory.is_settled(&mark(1, "a")));
        assert!(memory.settled(mark(1, "a")).is_settled(&mark(1, "a")));
        assert_eq!(memory.trying(None, mark(2, "b")).refused, None);
    }
}
