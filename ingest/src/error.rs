//! What can go wrong: with a whole run ([`Error`]), and with one document ([`Rejection`]).

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Result of a run.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a run could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The path is not there or cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Nothing in the directory has a format we know.
    #[error("{} holds no document: expected files ending in .nxml, .xml, .pdf, .docx, .md, .html, .htm or .txt, or archives of them (.tar, .tar.gz, .tar.xz, .zip, .gz, .xz)", .0.display())]
    Empty(PathBuf),
    /// The parsing process cannot be started.
    #[error("cannot start the parsing process: {0}")]
    Worker(std::io::Error),
    /// The manifest makes no sense.
    #[error("the manifest {}: {why}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The ledger refused.
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    /// An index refused.
    #[error(transparent)]
    Index(#[from] index::Error),
    /// Embedding failed.
    #[error(transparent)]
    Inference(#[from] inference::Error),
    /// The disk is all but full. Indexes write through mapped memory, where a full disk ends the process; so we stop before.
    #[error("only {} MiB free in {}, and at least {} are needed: free some and run the same command again; nothing is lost", free >> 20, path.display(), needed >> 20)]
    Full {
        /// The data directory.
        path: PathBuf,
        /// Bytes free.
        free: u64,
        /// Bytes needed.
        needed: u64,
    },
    /// The caller asked to stop; what was taken in stays staged, and the same command goes on from there.
    #[error("stopped; what was taken in is kept, run the same command to go on")]
    Stopped,
    /// A part of the run panicked, which is a defect; what was taken in stays staged.
    #[error(
        "the run broke off unexpectedly; what was taken in is kept, run the same command to go on, and report what it wrote"
    )]
    Panicked,
}

impl Error {
    /// What a fault that a test asks for comes as: `full` or anything else.
    #[doc(hidden)]
    pub fn injected(kind: Option<String>) -> Self {
        Self::Ledger(ledger::Error::injected(kind))
    }
}

/// Why a document was not taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Too large.
    #[error("larger than {} MiB", .0 >> 20)]
    TooLarge(u64),
    /// Unpacked, it comes to more than an archive may.
    #[error("unpacked it comes to more than {} MiB, or to a hundred times what it was packed to", .0 >> 20)]
    Bomb(u64),
    /// Too many files in an archive.
    #[error("more than {0} files in it")]
    TooMany(usize),
    /// The file could not be read.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// Not UTF-8.
    #[error("not UTF-8 text: byte {0} is part of no character")]
    NotUtf8(usize),
    /// Nested deeper than any real document.
    #[error("nested deeper than {0}")]
    TooDeep(usize),
    /// The format's own rules are broken.
    #[error("not well-formed {format}: {why}")]
    Malformed {
        /// The format.
        format: &'static str,
        /// Where and what.
        why: String,
    },
    /// No such page.
    #[error("it has no page {0}")]
    NoPage(u32),
    /// Nothing to read in it.
    #[error("no text in it")]
    NoText,
    /// A field says something that it cannot mean.
    #[error("{0}")]
    Field(String),
    /// The parser failed on it.
    #[error("the parser failed on it")]
    Panicked,
}

/// A [`Rejection`] as it is reported, also by a parsing process that died of its document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, thiserror::Error)]
#[error("{reason}")]
pub struct Failure {
    /// A name for programs.
    pub code: String,
    /// A sentence for people.
    pub reason: String,
}

impl Failure {
    pub(crate) fn new(code: &str, reason: String) -> Self {
        Self { code: code.to_owned(), reason }
    }

    pub(crate) fn crashed(how: &str) -> Self {
        Self::new("parser_crash", format!("the parser failed on it: {how}"))
    }
}

impl From<Rejection> for Failure {
    fn from(rejection: Rejection) -> Self {
        let code = match rejection {
            Rejection::TooLarge(_) => "too_large",
            Rejection::Bomb(_) => "bomb",
            Rejection::TooMany(_) => "too_many_files",
            Rejection::Unreadable(_) => "unreadable",
            Rejection::NotUtf8(_) => "not_utf8",
            Rejection::TooDeep(_) => "too_deep",
            Rejection::Malformed { .. } => "malformed",
            Rejection::NoPage(_) => "no_page",
            Rejection::NoText => "no_text",
            Rejection::Field(_) => "field",
            Rejection::Panicked => "parser_crash",
        };
        Self::new(code, rejection.to_string())
    }
}
