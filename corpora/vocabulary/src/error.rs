//! Why a thesaurus could not be imported or read.

use std::io;
use std::path::PathBuf;

/// Result of importing or reading a thesaurus.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a thesaurus could not be imported or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is XML of another kind.
    #[error("it holds neither descriptors nor supplementary records of MeSH: take descYYYY.xml or suppYYYY.xml")]
    NotMesh,
    /// The file is cut short, damaged, or longer than it may be.
    #[error("it cannot be read from byte {at} on ({reason}): fetch it again")]
    Malformed {
        /// How many bytes of the XML were read before.
        at: u64,
        /// What is wrong there.
        reason: String,
    },
    /// Nothing in it could widen a question.
    #[error("no concept in it has more than one name: take descYYYY.xml or suppYYYY.xml")]
    Empty,
    /// It has more terms than can be kept.
    #[error("it has more terms than can be kept: import fewer files")]
    TooMany,
    /// What was imported is not what was written, or is of another version of Osler.
    #[error(
        "the imported thesaurus {} is damaged or of another version: import it again (osler vocabulary import) \
         or remove it (osler vocabulary remove)",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// A file of the data directory cannot be read or written.
    #[error("cannot read or write {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}
