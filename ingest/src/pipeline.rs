//! A run: from the files below a path to a published snapshot.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use index::{LexicalIndex, VectorIndex};
use inference::Embedder;
use knowledge::{Corpus, DocumentId, PASSAGE_WORDS, Passage, PassageId, Snapshot, char_slice, sha256_hex, split};
use ledger::{Decision, Ledger, NewVersion, Staged, Staging};
use serde::Serialize;
use tokio::sync::mpsc;

use crate::error::{Error, Rejection, Result};
use crate::follow;
use crate::formats::parse_as;
use crate::source::{self, SourceFile};

/// Passages embedded and stored in one go: enough to sort by length, few enough to lose little.
const BATCH_PASSAGES: usize = 256;

/// Passages after which the indexes follow. Every step waits for the disk, so not after every batch.
const FOLLOW_PASSAGES: usize = 4_096;

/// Bytes that must be free before anything more is written: two batches, the indexes' growth and their logs, with room.
const MIN_FREE_BYTES: u64 = 256 << 20;

/// Where everything is kept.
#[derive(Clone)]
pub struct Stores {
    /// The source of truth.
    pub ledger: Arc<Ledger>,
    /// The dense arm.
    pub vectors: Arc<dyn VectorIndex>,
    /// The lexical arm.
    pub lexical: Arc<dyn LexicalIndex>,
}

impl Stores {
    /// Makes both indexes hold exactly what the ledger says.
    ///
    /// # Errors
    /// When one cannot be read or written.
    pub async fn reconcile(&self) -> Result<()> {
        follow::reconcile(&self.ledger, self.vectors.as_ref()).await?;
        follow::reconcile(&self.ledger, self.lexical.as_ref()).await?;
        Ok(())
    }

    async fn catch_up(&self) -> Result<()> {
        let vectors = follow::catch_up(&self.ledger, self.vectors.as_ref());
        let lexical = follow::catch_up(&self.ledger, self.lexical.as_ref());
        tokio::try_join!(vectors, lexical)?;
        Ok(())
    }
}

/// How a run goes about it.
#[derive(Debug, Clone)]
pub struct Options {
    /// Publish at the end; otherwise what came in stays staged.
    pub publish: bool,
    /// Who runs it.
    pub actor: String,
    /// When, RFC 3339.
    pub at: String,
    /// The data directory, whose free space is watched.
    pub data: PathBuf,
}

/// What a run tells while it goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It has looked for files.
    Started {
        /// How many it found.
        files: usize,
    },
    /// A document came in, or another version of one.
    Taken {
        /// Its path.
        file: String,
        /// Whether the document was known before.
        updated: bool,
        /// Passages in it.
        passages: usize,
    },
    /// A document is already held, byte for byte.
    Unchanged {
        /// Its path.
        file: String,
    },
    /// A document could not be taken in.
    Rejected {
        /// Its path.
        file: String,
        /// Why.
        reason: String,
    },
    /// The end.
    Done(Report),
}

/// Documents by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// New ones.
    pub added: usize,
    /// New versions of known ones.
    pub updated: usize,
    /// Held already.
    pub unchanged: usize,
    /// Not taken in.
    pub rejected: usize,
}

/// What a run came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Documents.
    pub documents: Counts,
    /// Passages taken in.
    pub passages: usize,
    /// The snapshot that now is published.
    pub snapshot: Snapshot,
}

/// Takes documents in.
pub struct Ingest {
    stores: Stores,
    embedder: Arc<dyn Embedder>,
}

/// What the reading side hands to the writing side.
enum Item {
    Ready { file: String, version: Box<NewVersion>, number: u32, passages: Vec<Passage> },
    Told(Event),
    Failed(Error),
}

impl Ingest {
    /// Binds the ledger to the embedder.
    ///
    /// # Errors
    /// [`ledger::Error::OtherEmbedder`] when the data was embedded with another model.
    pub fn new(stores: Stores, embedder: Arc<dyn Embedder>) -> Result<Self> {
        stores.ledger.bind_embedder(embedder.id(), embedder.dimension())?;
        Ok(Self { stores, embedder })
    }

    /// Takes in everything at or below `path`. Raise `stop` to end early without losing anything.
    ///
    /// # Errors
    /// [`Error::Unreadable`] or [`Error::Empty`] before anything is done; later the errors of the stores, with what was
    /// taken in kept and staged.
    pub async fn run(
        &self,
        path: &Path,
        corpus: &Corpus,
        options: &Options,
        stop: Arc<AtomicBool>,
        mut tell: impl FnMut(&Event),
    ) -> Result<Report> {
        let files = source::find(path)?;
        check_space(&options.data)?;
        self.stores.ledger.put_corpus(corpus)?;
        tell(&Event::Started { files: files.len() });
        // Reading and splitting run ahead of embedding by a few documents, on a thread of their own.
        let (hand, mut items) = mpsc::channel(16);
        let (ledger, policy, stopped) = (Arc::clone(&self.stores.ledger), corpus.clone(), Arc::clone(&stop));
        let reader = tokio::task::spawn_blocking(move || read_all(&files, &policy, &ledger, &stopped, &hand));

        let mut report = Report::default();
        let (mut batch, mut waiting, mut behind) = (Vec::new(), 0, 0);
        while let Some(item) = items.recv().await {
            match item {
                Item::Told(event) => {
                    match event {
                        Event::Unchanged { .. } => report.documents.unchanged += 1,
                        _ => report.documents.rejected += 1,
                    }
                    tell(&event);
                }
                Item::Failed(error) => return Err(error),
                Item::Ready { file, version, number, passages } => {
                    waiting += passages.len();
                    batch.push((file, version, number, passages));
                    if waiting >= BATCH_PASSAGES {
                        behind += waiting;
                        waiting = 0;
                        check_space(&options.data)?;
                        self.store(std::mem::take(&mut batch), &mut report, &mut tell).await?;
                    }
                    if behind >= FOLLOW_PASSAGES {
                        behind = 0;
                        self.stores.catch_up().await?;
                    }
                }
            }
        }
        self.store(batch, &mut report, &mut tell).await?;
        if reader.await.is_err() {
            return Err(Error::Stopped);
        }
        self.stores.catch_up().await?;
        if stop.load(Ordering::Relaxed) {
            return Err(Error::Stopped);
        }
        if options.publish {
            let reason = format!("ingest of {}", path.display());
            self.stores.ledger.publish(&Decision { at: &options.at, actor: &options.actor, reason: &reason })?;
        }
        report.snapshot = self.stores.ledger.snapshots()?.published;
        tell(&Event::Done(report));
        Ok(report)
    }

    async fn store(
        &self,
        batch: Vec<(String, Box<NewVersion>, u32, Vec<Passage>)>,
        report: &mut Report,
        tell: &mut impl FnMut(&Event),
    ) -> Result<()> {
        let texts = batch.iter().flat_map(|(_, version, _, passages)| {
            passages.iter().map(|passage| text_to_embed(&version.metadata.title, passage))
        });
        let mut vectors = self.embedder.embed(texts.collect()).await?.into_iter();
        let (mut files, mut rows) = (Vec::with_capacity(batch.len()), Vec::with_capacity(batch.len()));
        for (file, version, number, passages) in batch {
            let own: Vec<Vec<f32>> = vectors.by_ref().take(passages.len()).collect();
            files.push((file, passages.len()));
            rows.push(Staging { version: *version, number, passages, vectors: own });
        }
        let outcomes = self.stores.ledger.stage(&rows)?;
        for ((file, passages), outcome) in files.into_iter().zip(outcomes) {
            let updated = outcome == Staged::Updated;
            report.documents.updated += usize::from(updated);
            report.documents.added += usize::from(!updated);
            report.passages += passages;
            tell(&Event::Taken { file, updated, passages });
        }
        Ok(())
    }
}

fn check_space(data: &Path) -> Result<()> {
    let unreadable = |source| Error::Unreadable { path: data.to_owned(), source };
    let free = fs4::available_space(data).map_err(unreadable)?;
    if free >= MIN_FREE_BYTES {
        return Ok(());
    }
    Err(Error::Full { path: data.to_owned(), free, needed: MIN_FREE_BYTES })
}

/// A passage alone may not say what it is about; its title and headings do.
fn text_to_embed(title: &str, passage: &Passage) -> String {
    format!("{title}\n{}\n{}", passage.section.join(" > "), passage.text)
}

fn read_all(files: &[SourceFile], corpus: &Corpus, ledger: &Ledger, stop: &AtomicBool, hand: &mpsc::Sender<Item>) {
    let mut numbers = HashSet::new();
    for file in files {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let item = match read_one(file, corpus, ledger, &mut numbers) {
            Ok(Ok(item)) => item,
            Ok(Err(reason)) => Item::Told(Event::Rejected { file: file.name.clone(), reason: reason.to_string() }),
            Err(error) => Item::Failed(error),
        };
        // Nobody receives any more: the run has failed and says so itself.
        if hand.blocking_send(item).is_err() {
            return;
        }
    }
}

fn read_one(
    file: &SourceFile,
    corpus: &Corpus,
    ledger: &Ledger,
    numbers: &mut HashSet<(DocumentId, u32)>,
) -> Result<std::result::Result<Item, Rejection>> {
    let bytes = match source::read(file) {
        Ok(bytes) => bytes,
        Err(reason) => return Ok(Err(reason)),
    };
    let (sha256, parser) = (sha256_hex(&bytes), file.format.parser());
    let parsed = match parse_as(file.format, &bytes) {
        Ok(parsed) => parsed,
        Err(reason) => return Ok(Err(reason)),
    };
    let name = parsed.fields.id.clone().unwrap_or_else(|| file.name.clone());
    let document = DocumentId::of(&corpus.id, &name);
    if ledger.holds(document, &sha256, &parser)? {
        return Ok(Ok(Item::Told(Event::Unchanged { file: file.name.clone() })));
    }
    let mut number = ledger.next_number(document, parsed.fields.version)?;
    // Another file of this run may have the same number, not yet in the ledger.
    while !numbers.insert((document, number)) {
        number += 1;
    }
    let text_sha256 = parsed.text.sha256();
    let passages = split(&parsed.text, PASSAGE_WORDS).into_iter().filter_map(|(span, section, page)| {
        let text = char_slice(parsed.text.as_str(), span)?.to_owned();
        Some(Passage { id: PassageId::of(document, number, &text_sha256, span), span, section, page, text })
    });
    let passages = passages.collect();
    let version = NewVersion {
        corpus: corpus.id.clone(),
        name,
        declared: parsed.fields.version,
        source_name: file.name.clone(),
        source_sha256: sha256,
        parser,
        metadata: parsed.metadata(corpus, &file.name),
        text: parsed.text,
    };
    Ok(Ok(Item::Ready { file: file.name.clone(), version: Box::new(version), number, passages }))
}
