//! What people wrote: the log keeps it sealed, and destroys it with the words of the answer that it is about.

use crate::error::Result;
use crate::model::{Adjudication, Given, Item};

/// The name of a comment among the words of an entry.
pub const COMMENT: &str = "comment";

/// The name of a reason among the words of an entry.
pub const REASON: &str = "reason";

/// Where comments and reasons lie sealed.
pub trait Words {
    /// The words of this name of an entry of the log; `None` when they were erased.
    ///
    /// # Errors
    /// [`crate::Error::Words`] when they cannot be read.
    fn words(&self, entry: u64, name: &str) -> Result<Option<String>>;
}

/// What is to stand on record of a judgement before it is kept: nothing that would tell the other reviewer what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToRecord<'a> {
    /// Id of the answer: the words go when its words go.
    pub answer: String,
    /// 1 for a first rating and for a decision; one more for every change of mind.
    pub round: u32,
    /// SHA-256 of the salt and the name of the rating, hexadecimal.
    pub commitment: String,
    /// The comment or reason, which is to be sealed.
    pub words: Option<&'a str>,
}

/// Where it stands on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The entry of the log.
    pub entry: u64,
    /// The entry's commitment to the comment or reason, hexadecimal; nothing where nothing was written.
    pub words: Option<String>,
}

/// Puts words where they are missing, if the log has them.
pub(crate) fn fill(text: &mut Option<String>, sealed: Option<u64>, name: &str, words: &dyn Words) -> Result<()> {
    if text.is_none()
        && let Some(entry) = sealed
    {
        *text = words.words(entry, name)?;
    }
    Ok(())
}

impl Given {
    pub(crate) fn open(&mut self, words: &dyn Words) -> Result<()> {
        fill(&mut self.comment, self.sealed, COMMENT, words)?;
        if let Some(later) = &mut self.later {
            fill(&mut later.comment, later.sealed, COMMENT, words)?;
        }
        Ok(())
    }
}

impl Adjudication {
    pub(crate) fn open(&mut self, words: &dyn Words) -> Result<()> {
        fill(&mut self.reason, self.sealed, REASON, words)
    }
}

impl Item {
    /// With the words of what the reader sees.
    pub(crate) fn opened(mut self, words: &dyn Words) -> Result<Self> {
        for given in self.own.iter_mut().chain(&mut self.others) {
            given.open(words)?;
        }
        if let Some(settled) = &mut self.adjudication {
            settled.open(words)?;
        }
        Ok(self)
    }
}
