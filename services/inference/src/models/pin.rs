//! Making an entry for the list of models from what a hub serves: fetched once, hashed, and from then on nothing else will do.

use std::fs;

use super::fetch::{address, download, move_in, try_download};
use super::list::{Entry, File, Origin, Role, is_inside};
use super::store::{Store, hash_file};
use crate::error::{Error, Result};

/// What is asked of a hub.
#[derive(Debug, Clone)]
pub struct Pin {
    /// `owner/name`.
    pub repository: String,
    /// A commit: 40 hexadecimal digits. Anything else may be another model tomorrow.
    pub revision: String,
    /// What the model is for.
    pub role: Role,
    /// Its licence as its publisher states it, an SPDX expression. No hub says it in a form that one could rely on.
    pub licence: String,
    /// Paths in the repository, the one to load first; without any, those that a model of this role has.
    pub files: Vec<String>,
}

/// A file of a model in a repository: where it is there, where it goes here, and whether a model may lack it.
struct Wanted {
    from: String,
    path: String,
    may_lack: bool,
}

const TOKENIZER: [&str; 4] = ["config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"];

impl Pin {
    /// Fetches the files into the models directory and says what the list should say of them. `report` hears of each file before it
    /// is fetched.
    ///
    /// # Errors
    /// [`Error::Config`] for what cannot be pinned, or has the name of another model; [`Error::Fetch`] when a file cannot be had.
    pub async fn make(&self, store: &Store, hub: &str, mut report: impl FnMut(&str)) -> Result<Entry> {
        let wanted = self.wanted()?;
        let mut entry = Entry {
            name: self.name()?,
            role: self.role,
            revision: format!("{} {}", self.repository, &self.revision[..12]),
            licence: self.licence.clone(),
            origin: Origin::Hub { repository: self.repository.clone(), revision: self.revision.clone() },
            files: Vec::new(),
            derived: None,
        };
        if store.list().get(&entry.name).is_ok() {
            return Err(Error::Config(format!("the list of models has a {} already", entry.name)));
        }
        let directory = store.directory_of(&entry);
        fs::create_dir_all(&directory).map_err(Error::io(&directory))?;
        let arriving =
            tempfile::Builder::new().prefix(".arriving-").tempdir_in(&directory).map_err(Error::io(&directory))?;
        for Wanted { from, path, may_lack } in wanted {
            report(&from);
            let (url, arrived) = (address(hub, &self.repository, &self.revision, &from), arriving.path().join(&path));
            if let Some(folder) = arrived.parent() {
                fs::create_dir_all(folder).map_err(Error::io(folder))?;
            }
            let bytes = match may_lack {
                true => try_download(&url, &arrived, None).await?,
                false => Some(download(&url, &arrived, None).await?),
            };
            let Some(bytes) = bytes else { continue };
            let sha256 = hash_file(&arrived)?;
            entry.files.push(File { from: (from != path).then_some(from), path, bytes, sha256 });
        }
        // All of it, or nothing.
        for file in &entry.files {
            move_in(&arriving.path().join(&file.path), &directory.join(&file.path))?;
        }
        Ok(entry)
    }

    /// What it is called: the last part of the repository's name, in small letters.
    fn name(&self) -> Result<String> {
        let is_word = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let is_name = |part: &str| part.starts_with(|c: char| c.is_ascii_alphanumeric()) && part.chars().all(is_word);
        match self.repository.split_once('/') {
            Some((owner, name)) if is_name(owner) && is_name(name) => Ok(name.to_ascii_lowercase()),
            _ => Err(Error::Config(format!("{:?} is no repository: it is owner/name", self.repository))),
        }
    }

    fn wanted(&self) -> Result<Vec<Wanted>> {
        let is_commit = self.revision.len() == 40 && self.revision.chars().all(|c| c.is_ascii_hexdigit());
        if !is_commit {
            let why = format!("{:?} is no commit: name one by its 40 digits, since a branch may move", self.revision);
            return Err(Error::Config(why));
        }
        let as_it_is = |path: &str| Wanted { from: path.to_owned(), path: path.to_owned(), may_lack: false };
        if let Some(path) = self.files.iter().find(|path| !is_inside(path)) {
            return Err(Error::Config(format!("{path:?} is no path in a repository")));
        }
        if !self.files.is_empty() {
            return Ok(self.files.iter().map(|path| as_it_is(path)).collect());
        }
        let tokenizer = TOKENIZER.iter().map(|path| as_it_is(path));
        match self.role {
            Role::Embedder => {
                let may_lack = ["sentence_bert_config.json", "1_Pooling/config.json"]
                    .map(|path| Wanted { may_lack: true, ..as_it_is(path) });
                Ok([as_it_is("model.safetensors")].into_iter().chain(tokenizer).chain(may_lack).collect())
            }
            Role::Reranker => {
                let graph = Wanted { from: "onnx/model.onnx".to_owned(), ..as_it_is("model.onnx") };
                Ok([graph].into_iter().chain(tokenizer).collect())
            }
            Role::Generator => Err(Error::Config("name the files of a model that writes".to_owned())),
            Role::OnnxRuntime => Err(Error::Config("ONNX Runtime is no model: it comes with the list".to_owned())),
        }
    }
}
