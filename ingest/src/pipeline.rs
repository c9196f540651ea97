//! A run: from the files below a path to a published snapshot.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fail::fail_point;
use index::{LexicalIndex, VectorIndex};
use inference::Embedder;
use knowledge::{CanonicalText, Corpus, DocumentId, PASSAGE_WORDS, Passage, PassageId, char_slice, split};
use ledger::{Decision, Ledger, Reread, Staging};
use tokio::sync::mpsc;

use crate::archive::Limits;
use crate::error::{Error, Failure, Rejection, Result};
use crate::follow;
use crate::originals::Originals;
use crate::parser::Parser;
use crate::reader::{Item, Reader, Ready, Seen};
use crate::report::{Account, Event};
use crate::source::{self, Found};

/// Passages embedded and stored in one go: enough to sort by length, few enough to lose little.
const BATCH_PASSAGES: usize = 256;

/// Documents that are read before they are embedded.
const READ_AHEAD: usize = 64;

/// Documents that were not taken in, after which that is told although no batch is full.
const TELL_AT_ONCE: usize = 16;

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
        let vectors = follow::reconcile(&self.ledger, self.vectors.as_ref());
        let lexical = follow::reconcile(&self.ledger, self.lexical.as_ref());
        let (vectors, lexical) = tokio::join!(vectors, lexical);
        lexical?;
        vectors?;
        Ok(())
    }

    /// Has both indexes take in what has changed since they last did. One that is on a server which is away follows when it is
    /// back, and is not searched before.
    ///
    /// # Errors
    /// When one cannot be written; the other has followed all the same.
    pub async fn catch_up(&self) -> Result<()> {
        let vectors = follow::catch_up(&self.ledger, self.vectors.as_ref());
        let lexical = follow::catch_up(&self.ledger, self.lexical.as_ref());
        let (vectors, lexical) = tokio::join!(vectors, lexical);
        lexical?;
        match vectors {
            Err(Error::Index(error)) if error.is_away() => {
                tracing::warn!(
                    "{error}; what is taken in and decided is found by words until the vectors have followed"
                );
            }
            other => {
                other?;
            }
        }
        Ok(())
    }

    /// Puts both indexes in order where that is due, beside questions, on at most so many cores. Says whether anything was.
    ///
    /// # Errors
    /// When one cannot be written; what it holds stays.
    pub async fn maintain(&self, cores: usize) -> Result<bool> {
        let vectors = self.vectors.maintain(cores).await?;
        Ok(self.lexical.maintain(cores).await? || vectors)
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
    /// What an archive may come to.
    pub archives: Limits,
    /// Keep the files that documents came from.
    pub keeps_originals: bool,
    /// The path is our copy of what a service has; see [`FileVersion::is_mirrored`](ledger::FileVersion::is_mirrored).
    pub is_mirror: bool,
}

/// Takes documents in.
pub struct Ingest {
    stores: Stores,
    embedder: Arc<dyn Embedder>,
    parser: Arc<Parser>,
}

/// Versions with their vectors, and what is to be told between them.
struct Embedded {
    rows: Vec<(String, Staging)>,
    reread: Vec<Reread>,
    events: Vec<Event>,
}

impl Ingest {
    /// Binds the ledger to the embedder.
    ///
    /// # Errors
    /// [`ledger::Error::OtherEmbedder`] when the data was embedded with another model.
    pub fn new(stores: Stores, embedder: Arc<dyn Embedder>, parser: Arc<Parser>) -> Result<Self> {
        stores.ledger.bind_embedder(embedder.id(), embedder.dimension())?;
        Ok(Self { stores, embedder, parser })
    }

    /// The same after the ledger has adopted `embedder`, whose vectors are in `vectors`.
    pub fn after_adoption(&self, vectors: Arc<dyn VectorIndex>, embedder: Arc<dyn Embedder>) -> Self {
        Self { stores: Stores { vectors, ..self.stores.clone() }, embedder, parser: Arc::clone(&self.parser) }
    }

    /// Where it keeps everything.
    pub fn stores(&self) -> &Stores {
        &self.stores
    }

    /// A page of a PDF, as [`Parser::page`] draws it.
    ///
    /// # Errors
    /// As [`Parser::page`].
    pub fn page(&self, bytes: &[u8], number: u32) -> Result<std::result::Result<Vec<u8>, Failure>> {
        self.parser.page(bytes, number)
    }

    /// Takes in everything at or below `path`. Raise `stop` to end early without losing anything. The account of the run is
    /// kept in the ledger too.
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
    ) -> Result<Account> {
        let Found { files, skipped } = source::find(path, &options.data)?;
        check_space(&options.data)?;
        // Its name, not where it lay: the reason outlives the folders of one machine.
        let reason = format!("ingest of {}", path.file_name().unwrap_or(path.as_os_str()).to_string_lossy());
        let decision = Decision { at: &options.at, actor: &options.actor, reason: &reason };
        self.stores.ledger.register_corpus(corpus, &decision)?;
        tell(&Event::Started { files: files.len() });
        // Three things go on side by side: reading and splitting on a thread of its own, embedding, and storing. Each runs
        // ahead of the next by a little, so that embedding, which takes longest, never waits.
        let (hand, items) = mpsc::channel(READ_AHEAD);
        let reader = Reader {
            parser: Arc::clone(&self.parser),
            ledger: Arc::clone(&self.stores.ledger),
            corpus: corpus.clone(),
            limits: options.archives,
            originals: options.keeps_originals.then(|| Originals::of(&options.data)),
            is_mirror: options.is_mirror,
            stop: Arc::clone(&stop),
            hand,
            seen: Seen::default(),
        };
        let reading = tokio::task::spawn_blocking(move || reader.read_all(&files));
        let (pass, embedded) = mpsc::channel(1);
        let mut account = Account { skipped, ..Account::default() };
        account.report.skipped = account.skipped.values().sum();
        let mut enter = |event: Event| {
            account.enter(&event);
            tell(&event);
        };
        let outcome =
            tokio::try_join!(self.embed(items, pass, &stop), self.store(embedded, options, &decision, &mut enter));
        // Ended or not, the reading side has nobody to hand anything to now.
        if reading.await.is_err() {
            outcome?;
            return Err(Error::Panicked);
        }
        outcome?;
        self.stores.catch_up().await?;
        fail_point!("ingest::followed", |kind| Err(Error::injected(kind)));
        if stop.load(Ordering::Relaxed) {
            self.keep_account(&account, corpus, options)?;
            return Err(Error::Stopped);
        }
        if options.publish {
            self.stores.ledger.publish(&decision)?;
        }
        fail_point!("ingest::published", |kind| Err(Error::injected(kind)));
        account.report.snapshot = self.stores.ledger.snapshots()?.published;
        self.keep_account(&account, corpus, options)?;
        tell(&Event::Done(account.report));
        Ok(account)
    }

    /// A run that changed nothing leaves no account: nothing happened.
    fn keep_account(&self, account: &Account, corpus: &Corpus, options: &Options) -> Result<()> {
        let counts = account.report.documents;
        if counts.unchanged == counts.all() && account.changed.is_empty() {
            return Ok(());
        }
        Ok(self.stores.ledger.put_run(&options.at, &options.actor, &corpus.id, account)?)
    }

    async fn embed(
        &self,
        mut items: mpsc::Receiver<Item>,
        pass: mpsc::Sender<Embedded>,
        stop: &AtomicBool,
    ) -> Result<()> {
        let (mut batch, mut reread, mut events, mut waiting): (Vec<Ready>, Vec<Reread>, _, _) =
            (Vec::new(), Vec::new(), Vec::new(), 0);
        let mut open = true;
        while open {
            match items.recv().await {
                None => open = false,
                Some(Item::Failed(error)) => return Err(error),
                Some(Item::Told(event)) => events.push(event),
                Some(Item::Reread { file, version }) => {
                    reread.push(version);
                    events.push(Event::Unchanged { file });
                }
                Some(Item::Ready(ready)) => {
                    waiting += ready.passages.len();
                    batch.push(*ready);
                }
            }
            // What was only read is read again by the next run.
            if stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            // While nothing waits to be embedded, what is to be told need not wait either.
            if waiting < BATCH_PASSAGES && open && !(batch.is_empty() && events.len() >= TELL_AT_ONCE) {
                continue;
            }
            let texts = batch.iter().flat_map(|ready| {
                ready
                    .passages
                    .iter()
                    .map(|passage| text_to_embed(&ready.version.metadata.title, &passage.section, &passage.text))
            });
            let texts: Vec<String> = texts.collect();
            let mut vectors = match texts.is_empty() {
                true => Vec::new(),
                false => self.embedder.embed(texts).await?,
            }
            .into_iter();
            fail_point!("ingest::embedded", |kind| Err(Error::injected(kind)));
            let rows = std::mem::take(&mut batch).into_iter().map(|ready| {
                let Ready { file, version, number, passages } = ready;
                let vectors = vectors.by_ref().take(passages.len()).collect();
                (file, Staging { version, number, passages, vectors })
            });
            let rows = rows.collect();
            let (reread, events) = (std::mem::take(&mut reread), std::mem::take(&mut events));
            let embedded = Embedded { rows, reread, events };
            waiting = 0;
            // Storing has failed, and says so itself.
            if pass.send(embedded).await.is_err() {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn store(
        &self,
        mut embedded: mpsc::Receiver<Embedded>,
        options: &Options,
        decision: &Decision<'_>,
        enter: &mut impl FnMut(Event),
    ) -> Result<()> {
        let mut behind = 0;
        while let Some(Embedded { rows, reread, events }) = embedded.recv().await {
            events.into_iter().for_each(&mut *enter);
            if rows.is_empty() && reread.is_empty() {
                continue;
            }
            check_space(&options.data)?;
            let (files, rows): (Vec<String>, Vec<Staging>) = rows.into_iter().unzip();
            let ledger = Arc::clone(&self.stores.ledger);
            let (at, actor, reason) = (decision.at.to_owned(), decision.actor.to_owned(), decision.reason.to_owned());
            let stage = move || {
                if !reread.is_empty() {
                    ledger.mark_read(&reread)?;
                }
                let outcomes = match rows.is_empty() {
                    true => Vec::new(),
                    false => ledger.stage(&rows, &Decision { at: &at, actor: &actor, reason: &reason })?,
                };
                Ok::<_, ledger::Error>((rows, outcomes))
            };
            let staged = tokio::task::spawn_blocking(stage).await;
            let (rows, outcomes) = staged.map_err(|_| Error::Panicked)??;
            fail_point!("ingest::staged", |kind| Err(Error::injected(kind)));
            for ((file, row), outcome) in files.into_iter().zip(rows).zip(outcomes) {
                behind += row.passages.len();
                let document = DocumentId::of(&row.version.corpus, &row.version.name);
                let (passages, quality) = (row.passages.len(), row.version.quality.score);
                Account::staged(file, document, row.number, passages, quality, outcome)
                    .into_iter()
                    .for_each(&mut *enter);
            }
            if behind >= FOLLOW_PASSAGES {
                behind = 0;
                self.stores.catch_up().await?;
            }
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

/// What is embedded of the document in `bytes`, passage by passage: for measuring what embedding alone would take.
///
/// # Errors
/// A [`Rejection`] as [`parse`](crate::parse) gives it.
pub fn texts_to_embed(name: &str, bytes: &[u8], corpus: &Corpus) -> std::result::Result<Vec<String>, Rejection> {
    let parsed = crate::parse(name, bytes)?;
    let title = parsed.metadata(corpus, name).title;
    let document = DocumentId::of(&corpus.id, name);
    let passages = passages(document, 1, &parsed.text);
    Ok(passages.iter().map(|passage| text_to_embed(&title, &passage.section, &passage.text)).collect())
}

/// The passages of a version's text.
pub(crate) fn passages(document: DocumentId, number: u32, text: &CanonicalText) -> Vec<Passage> {
    let text_sha256 = text.sha256();
    let passages = split(text, PASSAGE_WORDS).into_iter().filter_map(|(span, section, page)| {
        let own = char_slice(text.as_str(), span)?.to_owned();
        Some(Passage { id: PassageId::of(document, number, &text_sha256, span), span, section, page, text: own })
    });
    passages.collect()
}

/// A passage alone may not say what it is about; its title and headings do.
pub fn text_to_embed(title: &str, section: &[String], text: &str) -> String {
    format!("{title}\n{}\n{text}", section.join(" > "))
}
