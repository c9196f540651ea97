//! Publishing a state: what the store does not have is sent, blocks first, the state last.

use std::path::PathBuf;
use std::pin::pin;

use fail::fail_point;
use futures::{TryStreamExt, stream};
use object_store::{PutMode, PutOptions};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::lost::Lost;
use crate::reading::{Block, Reading};
use crate::state::{State, StoredFile};
use crate::{AT_ONCE, Depot, MOST_STATE_BYTES, TRIES, off_thread};

/// A file to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What it is called in the state: a relative path with `/`, of letters, digits and `. _ - /`.
    pub name: String,
    /// Where it lies. Nobody may write to it until it is published.
    pub path: PathBuf,
    /// Whether a file of this name is never changed. If the state before has one of its name and length, it is not read
    /// again, and may even be gone.
    pub is_immutable: bool,
}

/// What was sent to the store, beside the state itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sent {
    /// Blocks.
    pub blocks: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// How far a block is, or all of them.
enum Step {
    Read(Block),
    Sent(u64),
    Done(Vec<StoredFile>),
}

impl Depot {
    /// Publishes these files as the state after `before`, or as the first. `before` must be the newest of the store: what
    /// it has is not sent again. `about` is the caller's, `at` the time in RFC 3339.
    ///
    /// An error leaves at most blocks behind that no state names, for [`Depot::tidy`], or the state itself, if only the
    /// store's answer was lost: the next call then says [`Error::Overtaken`] by a state that is the caller's own. Let
    /// `about` say who wrote it.
    ///
    /// # Errors
    /// [`Error::Overtaken`] if another writer has published: the caller must not go on. [`Error::Gone`] if `before` is
    /// not in the store. [`Error::Name`], [`Error::Changed`], [`Error::File`] and [`Error::Full`] for the files;
    /// [`Error::Store`].
    pub async fn publish(
        &self,
        before: Option<&State>,
        files: &[Source],
        about: Value,
        at: &str,
    ) -> Result<(State, Sent)> {
        self.publish_mending(&Lost::default(), before, files, about, at).await
    }

    /// The same, where the store has lost blocks of `before`, as [`Depot::lost`] says. What the files have of them is sent
    /// again, so that the state which is published lacks nothing.
    ///
    /// # Errors
    /// As [`Depot::publish`].
    pub async fn publish_mending(
        &self,
        lost: &Lost,
        before: Option<&State>,
        files: &[Source],
        about: Value,
        at: &str,
    ) -> Result<(State, Sent)> {
        let last = before.map_or(0, State::number);
        self.check_newest(last).await?;
        // What `before` has is not sent, so it must be this store's, and its blocks are there as long as it is.
        if let Some(before) = before
            && !self.state(last).await?.is_same(before)
        {
            return Err(Error::Overtaken { number: last });
        }
        let (stored, sent) = self.send(Reading::new(before, files)?.without(lost)).await?;
        fail_point!("replication::before_state", |kind| Err(Error::injected(kind)));
        let state = State::new(last.saturating_add(1), at, about, stored);
        self.create(&state).await?;
        fail_point!("replication::after_state", |kind| Err(Error::injected(kind)));
        // Another writer may have got so far ahead meanwhile that it has tidied this number away.
        self.check_newest(state.number()).await?;
        Ok((state, sent))
    }

    /// That there is no state above this one.
    async fn check_newest(&self, last: u64) -> Result<()> {
        match self.numbers(last).await?.pop() {
            Some(number) => Err(Error::Overtaken { number }),
            None => Ok(()),
        }
    }

    /// Reads the files and sends what is new of them, reading and sending side by side.
    async fn send(&self, reading: Reading) -> Result<(Vec<StoredFile>, Sent)> {
        let steps = stream::try_unfold(Some(reading), read);
        let mut steps = pin!(steps.map_ok(|step| send(self.clone(), step)).try_buffer_unordered(AT_ONCE));
        let mut files = Vec::new();
        let mut sent = Sent::default();
        while let Some(step) = steps.try_next().await? {
            match step {
                Step::Sent(bytes) => {
                    sent.blocks += 1;
                    sent.bytes += bytes;
                }
                Step::Done(stored) => files = stored,
                Step::Read(_) => {}
            }
        }
        Ok((files, sent))
    }

    /// Creates the state where there is none of its number.
    pub(crate) async fn create(&self, state: &State) -> Result<()> {
        let location = self.state_at(state.number());
        let json = state.to_json();
        let mut tried = 0;
        loop {
            let options = PutOptions::from(PutMode::Create);
            match self.store.put_opts(&location, json.clone().into(), options).await {
                Ok(_) => return Ok(()),
                Err(object_store::Error::AlreadyExists { .. }) => {}
                Err(source) => return Err(Error::store("create", &location, source)),
            }
            // If the store's first answer was lost and its client asked again, this very state is in the way. If another
            // write was under way there, nothing may be.
            match self.get(&location, MOST_STATE_BYTES).await {
                Ok(found) if found == json => return Ok(()),
                Err(Error::Gone { .. }) if tried < TRIES => tried += 1,
                Ok(_) | Err(Error::Gone { .. } | Error::Damaged { .. }) => {
                    return Err(Error::Overtaken { number: state.number() });
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// The next block that the store does not have; after the last one, the files.
async fn read(reading: Option<Reading>) -> Result<Option<(Step, Option<Reading>)>> {
    let Some(mut reading) = reading else { return Ok(None) };
    let (block, reading) = off_thread(move || Ok((reading.next_block()?, reading))).await?;
    Ok(Some(match block {
        Some(block) => (Step::Read(block), Some(reading)),
        None => (Step::Done(reading.into_files()), None),
    }))
}

/// Sends a block. One that is there already is written over by the same bytes: so it counts as new to who tidies up.
async fn send(depot: Depot, step: Step) -> Result<Step> {
    let Step::Read(block) = step else { return Ok(step) };
    let location = depot.block_at(&block.hash);
    let length = block.bytes.len() as u64;
    let sent = depot.store.put_opts(&location, block.bytes.into(), PutOptions::default()).await;
    sent.map_err(|source| Error::store("write", &location, source))?;
    fail_point!("replication::after_send", |kind| Err(Error::injected(kind)));
    Ok(Step::Sent(length))
}
