//! Looking: is another state the newest than the one that was seen last? Asked all the time, so that a state is read only when
//! there is.

use std::time::SystemTime;

use object_store::ObjectMeta;

use crate::error::{Error, Result};
use crate::state::State;
use crate::{Depot, TRIES};

/// By what a state is known without being read. A store that was begun anew has other ones of the same numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    number: u64,
    bytes: u64,
    at: SystemTime,
    tag: Option<String>,
}

/// What a look at the store came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Look {
    /// There is no state.
    Nothing,
    /// The newest state is the one that was seen last.
    Same,
    /// The newest state, and what it is known by.
    Newest(Mark, Box<State>),
}

impl Depot {
    /// Looks which state is the newest, and reads it if it is not the one that was `seen`. Unlike [`Depot::newest`] it also
    /// sees that a store was emptied, or begun anew with lower numbers.
    ///
    /// # Errors
    /// As [`Depot::newest`].
    pub async fn look(&self, seen: Option<&Mark>) -> Result<Look> {
        let mut tried = 0;
        loop {
            let Some((number, listed)) = self.listed(0).await?.pop() else { return Ok(Look::Nothing) };
            let mark = Mark::of(number, listed);
            if seen == Some(&mark) {
                return Ok(Look::Same);
            }
            match self.state(number).await {
                // Tidied away since the list was made: then there is a newer one.
                Err(Error::Gone { .. }) if tried < TRIES => tried += 1,
                outcome => return Ok(Look::Newest(mark, Box::new(outcome?))),
            }
        }
    }
}

impl Mark {
    fn of(number: u64, listed: ObjectMeta) -> Self {
        Self { number, bytes: listed.size, at: listed.last_modified.into(), tag: listed.e_tag }
    }
}
