//! What people wrote: the log keeps it sealed, and destroys it with the words of the answer that it is about.

use crate::error::Result;
use crate::model::{Adjudication, Given, Item};

/// The name of a comment among the words of an entry.
pub const COMMENT: &str = "comment";

/// The name of a reason among the words of an entry.
pub const REASON: &str = "reason";

/// What keeps comments and reasons: the log.
pub trait Words {
    /// The words of this name at a place; `None` when they were erased, or the entry there has others.
    ///
    /// # Errors
    /// [`crate::Error::Words`] when they cannot be read.
    fn words(&self, place: &Place, name: &str) -> Result<Option<String>>;
}

/// Where words lie sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The entry of the log.
    pub entry: u64,
    /// The entry's commitment to the words, hexadecimal. A log that was begun anew has another entry of this number.
    pub commitment: String,
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
pub(crate) fn fill(text: &mut Option<String>, sealed: Option<&Place>, name: &str, words: &dyn Words) -> Result<()> {
    if text.is_none()
        && let Some(place) = sealed
    {
        *text = words.words(place, name)?;
    }
    Ok(())
}

impl Given {
    pub(crate) fn open(&mut self, words: &dyn Words) -> Result<()> {
        fill(&mut self.comment, self.sealed.as_ref(), COMMENT, words)?;
        if let Some(later) = &mut self.later {
            fill(&mut later.comment, later.sealed.as_ref(), COMMENT, words)?;
        }
        Ok(())
    }
}

impl Adjudication {
    pub(crate) fn open(&mut self, words: &dyn Words) -> Result<()> {
        fill(&mut self.reason, self.sealed.as_ref(), REASON, words)
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
