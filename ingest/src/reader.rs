//! The reading side of a run: from files to versions that are split and ready to be embedded.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fail::fail_point;
use knowledge::{Access, Corpus, DocumentId, Metadata, Name, Passage, Sketch, sha256_hex};
use ledger::{FileVersion, Ledger, NewVersion, Reread};
use tokio::sync::mpsc;

use crate::archive::Limits;
use crate::error::{Error, Failure, Rejection, Result};
use crate::formats::{Piece, pieces};
use crate::originals::Originals;
use crate::parser::Parser;
use crate::pipeline::passages;
use crate::report::{Event, Rejected};
use crate::source::{self, SourceFile};

/// What the reading side hands on.
pub(crate) enum Item {
    /// A version to be embedded and stored.
    Ready(Box<Ready>),
    /// A version that this parser reads as the one before it did; only that is stored.
    Reread { file: String, version: Reread },
    /// Something to be told.
    Told(Event),
    /// The run cannot go on.
    Failed(Error),
}

/// A version that is split, with its number.
pub(crate) struct Ready {
    pub(crate) file: String,
    pub(crate) version: NewVersion,
    pub(crate) number: u32,
    pub(crate) passages: Vec<Passage>,
}

/// Reads files one after the other.
pub(crate) struct Reader {
    pub(crate) parser: Arc<Parser>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) corpus: Corpus,
    pub(crate) limits: Limits,
    pub(crate) originals: Option<Originals>,
    pub(crate) is_mirror: bool,
    pub(crate) stop: Arc<AtomicBool>,
    pub(crate) hand: mpsc::Sender<Item>,
    pub(crate) seen: Seen,
}

/// What this run has handed on and the ledger may not hold yet.
#[derive(Default)]
pub(crate) struct Seen {
    numbers: HashSet<(DocumentId, u32)>,
    sources: HashSet<(DocumentId, String)>,
    works: HashMap<(Name, bool), String>,
    /// How often a name has come up.
    files: HashMap<String, usize>,
}

impl Seen {
    /// What a file is kept under. An archive may hold one name more than once: each is then compared with what it said itself
    /// in the last run, not with what the other said.
    fn source_name(&mut self, name: &str) -> String {
        let times = self.files.entry(name.to_owned()).or_default();
        *times += 1;
        if *times == 1 { name.to_owned() } else { format!("{times}#{name}") }
    }
}

impl Reader {
    /// Reads all of them, until the run is stopped or fails.
    pub(crate) fn read_all(mut self, files: &[SourceFile]) {
        for file in files {
            if self.read_file(file).is_break() {
                return;
            }
        }
    }

    /// Breaks off when nobody receives any more, or the run is to stop.
    fn hand(&self, item: Item) -> ControlFlow<()> {
        let failed = matches!(item, Item::Failed(_));
        if self.hand.blocking_send(item).is_err() || failed {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn reject(&self, file: String, failure: Failure) -> ControlFlow<()> {
        self.hand(Item::Told(Event::Rejected(Rejected { file, failure })))
    }

    fn read_file(&mut self, file: &SourceFile) -> ControlFlow<()> {
        if self.stop.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        if !file.is_archive() {
            return match source::read(file) {
                Ok(bytes) => self.read_bytes(&file.name, &bytes),
                Err(rejection) => self.reject(file.name.clone(), rejection.into()),
            };
        }
        let (parser, limits) = (Arc::clone(&self.parser), self.limits);
        let mut broken_off = ControlFlow::Continue(());
        let outcome = parser.unpack(&file.path, &file.name, limits, &mut |(name, unpacked)| {
            let stopped = self.stop.load(Ordering::Relaxed);
            broken_off =
                if stopped { ControlFlow::Break(()) } else { self.hand(Item::Told(Event::Unpacked { more: 1 })) };
            if broken_off.is_continue() {
                broken_off = match unpacked {
                    Ok(bytes) => self.read_bytes(&name, &bytes),
                    Err(failure) => self.reject(name, failure),
                };
            }
            broken_off
        });
        broken_off?;
        match outcome {
            Ok(Ok(())) => self.hand(Item::Told(Event::Unpacked { more: 0 })),
            Ok(Err(failure)) => self.reject(file.name.clone(), failure),
            Err(error) => self.hand(Item::Failed(error)),
        }
    }

    fn read_bytes(&mut self, name: &str, bytes: &[u8]) -> ControlFlow<()> {
        let pieces = match pieces(name, bytes) {
            Ok(pieces) => pieces,
            Err(rejection) => return self.reject(name.to_owned(), rejection.into()),
        };
        if pieces.len() > 1 {
            self.hand(Item::Told(Event::Unpacked { more: pieces.len() - 1 }))?;
        }
        for piece in pieces {
            if self.stop.load(Ordering::Relaxed) {
                return ControlFlow::Break(());
            }
            let own = bytes.get(piece.range.clone()).unwrap_or_default();
            let item = match self.read_piece(&piece, own) {
                Ok(Ok(item)) => item,
                Ok(Err(failure)) => Item::Told(Event::Rejected(Rejected { file: piece.name, failure })),
                Err(error) => Item::Failed(error),
            };
            self.hand(item)?;
        }
        ControlFlow::Continue(())
    }

    fn read_piece(&mut self, piece: &Piece, bytes: &[u8]) -> Result<std::result::Result<Item, Failure>> {
        fail_point!("ingest::read", |kind| Err(Error::injected(kind)));
        let (sha256, parser) = (sha256_hex(bytes), piece.format.parser());
        let unchanged = || Ok(Ok(Item::Told(Event::Unchanged { file: piece.name.clone() })));
        let source_name = self.seen.source_name(&piece.name);
        let is_mirrored = self.is_mirror;
        let found = FileVersion { source_name: &source_name, source_sha256: &sha256, is_mirrored, parser: &parser };
        if self.ledger.holds_file(&self.corpus.id, &found)? {
            return unchanged();
        }
        let parsed = match self.parser.parse(piece.format, bytes)? {
            Ok(parsed) => parsed,
            Err(failure) => return Ok(Err(failure)),
        };
        fail_point!("ingest::parsed", |kind| Err(Error::injected(kind)));
        let metadata = parsed.metadata(&self.corpus, &piece.name);
        let own_name = parsed.fields.id.clone().unwrap_or_else(|| piece.name.clone());
        let name = self.name_of(own_name, &metadata)?;
        let document = DocumentId::of(&self.corpus.id, &name);
        let again = !self.seen.sources.insert((document, sha256.clone()));
        if again || self.ledger.holds(document, &found)? {
            return unchanged();
        }
        if let Some(number) = self.ledger.reads_the_same(document, &found, &parsed.text, &metadata)? {
            let version = Reread { document, number, parser };
            return Ok(Ok(Item::Reread { file: piece.name.clone(), version }));
        }
        let Some(number) = self.number_of(document, parsed.fields.version)? else {
            return Ok(Err(Rejection::Field("its document can have no further version".to_owned()).into()));
        };
        let passages = passages(document, number, &parsed.text);
        if passages.is_empty() {
            return Ok(Err(Rejection::NoText.into()));
        }
        if let Some(originals) = &self.originals {
            let failed = |source| Error::Unreadable { path: piece.name.clone().into(), source };
            originals.put(&sha256, bytes).map_err(failed)?;
        }
        let version = NewVersion {
            corpus: self.corpus.id.clone(),
            name,
            source_name,
            source_sha256: sha256,
            parser,
            metadata,
            quality: parsed.quality(),
            sketch: Sketch::of(parsed.text.as_str()),
            text: parsed.text,
        };
        Ok(Ok(Item::Ready(Box::new(Ready { file: piece.name.clone(), version, number, passages }))))
    }

    /// The number that a further version takes; `None` when none is left.
    fn number_of(&mut self, document: DocumentId, declared: Option<u32>) -> Result<Option<u32>> {
        let mut number = self.ledger.next_number(document, declared)?;
        // Another file of this run may have the same number, not yet in the ledger.
        while let Some(taken) = number
            && !self.seen.numbers.insert((document, taken))
        {
            number = match taken.checked_add(1) {
                Some(next) => self.ledger.next_number(document, Some(next))?,
                None => None,
            };
        }
        Ok(number)
    }

    /// The name a document goes by: its own, or that under which the same work is held or came in before.
    fn name_of(&mut self, own: String, metadata: &Metadata) -> Result<String> {
        let mut names = metadata.identifiers.names();
        names.retain(Name::is_of_one_work);
        let full_text = metadata.access == Access::FullText;
        let seen = names.iter().find_map(|name| self.seen.works.get(&(name.clone(), full_text)).cloned());
        let held = match seen {
            Some(name) => Some(name),
            None => self.ledger.name_of_work(&self.corpus.id, &names, full_text)?,
        };
        let name = held.unwrap_or(own);
        for known in names {
            self.seen.works.entry((known, full_text)).or_insert_with(|| name.clone());
        }
        Ok(name)
    }
}
