//! Real publications beside questions: a small document is taken in, published, looked for by both arms until it is found, and
//! every other one is rolled back again and must be found no more.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use knowledge::{Corpus, Seq, Snapshot, sha256_hex};
use ledger::{Decision, Ledger};
use serde::Serialize;
use serde_json::Value;

use super::asking::Spread;
use super::door::Door;
use crate::app::App;
use crate::cli::eval_library::made_up;
use crate::library::Library;

/// Who decides all this.
const ACTOR: &str = "measurement";

/// Publications in one measurement, at least and at most.
const LEAST: usize = 2;
const MOST: usize = 1_000;

/// Hits among which a new passage is looked for, and how often.
const LOOKED_AT: usize = 50;
const POLL: Duration = Duration::from_millis(10);

/// The longest that is waited until a passage is found.
const LONGEST: Duration = Duration::from_secs(60);

/// What was published, and how long after that a search over HTTP found it.
#[derive(Debug, Serialize)]
pub(super) struct Publishing {
    pub(super) publications: usize,
    pub(super) rollbacks: usize,
    /// By a word that stands nowhere else.
    pub(super) found_by_words: Spread,
    /// By its sentence, by the search by meaning.
    pub(super) found_by_meaning: Spread,
}

/// Who publishes.
pub(super) struct Publisher {
    app: Arc<App>,
    library: Arc<Library>,
    door: Door,
    corpus: Corpus,
    /// Where documents lie before they are taken in.
    folder: PathBuf,
}

/// An arm of the search, by its name in the scores of a hit.
#[derive(Debug, Clone, Copy)]
enum Arm {
    Words,
    Meaning,
}

/// A document of one sentence.
#[derive(Debug, PartialEq, Eq)]
struct Made {
    /// Stands nowhere else.
    word: String,
    title: String,
    sentence: String,
}

impl Publisher {
    pub(super) fn new(app: &Arc<App>, door: &Door, folder: PathBuf) -> Result<Self> {
        let library = app.library.clone().context("this library takes no documents in")?;
        std::fs::create_dir(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(Self {
            app: Arc::clone(app),
            library,
            door: door.clone(),
            corpus: made_up("made-to-measure", "Made to measure")?,
            folder,
        })
    }

    /// Publishes once, not to be counted: what is needed for it starts up, and what was staged before is published with it.
    pub(super) async fn start(&self) -> Result<()> {
        self.publish().await.map(drop)
    }

    /// Publishes for a time, and rolls every other publication back.
    pub(super) async fn publish_for(self, time: Duration) -> Result<Publishing> {
        let (began, mut rollbacks) = (Instant::now(), 0);
        let (mut by_words, mut by_meaning) = (Vec::new(), Vec::new());
        while by_words.len() < LEAST || by_words.len() < MOST && began.elapsed() < time {
            let before = self.ledger().snapshots()?.published;
            let (made, words, meaning) = self.publish().await?;
            by_words.push(words);
            by_meaning.push(meaning);
            if by_words.len().is_multiple_of(2) {
                self.roll_back(before, &made).await?;
                rollbacks += 1;
            }
        }
        Ok(Publishing {
            publications: by_words.len(),
            rollbacks,
            found_by_words: Spread::of(&by_words),
            found_by_meaning: Spread::of(&by_meaning),
        })
    }

    fn ledger(&self) -> Arc<Ledger> {
        Arc::clone(self.app.asker.ledger())
    }

    /// Takes a document in and publishes it, and waits until both arms find it.
    async fn publish(&self) -> Result<(Made, Duration, Duration)> {
        let made = Made::of(self.ledger().seq()?);
        let file = self.folder.join(format!("{}.md", made.word));
        std::fs::write(&file, made.text()).with_context(|| format!("cannot write {}", file.display()))?;
        let stop = Arc::new(AtomicBool::new(false));
        let account = self.library.take_in(&file, &self.corpus, false, ACTOR, &stop, &mut |_| {}).await?;
        std::fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
        if account.report.documents.added != 1 {
            bail!("a document that was made was not taken in");
        }
        let began = Instant::now();
        self.decide(|ledger, decision| ledger.publish(decision).map(drop)).await?;
        let (words, meaning) =
            tokio::try_join!(self.found_after(began, &made, Arm::Words), self.found_after(began, &made, Arm::Meaning))?;
        Ok((made, words, meaning))
    }

    /// Goes back to the snapshot before, in which a document is not.
    async fn roll_back(&self, before: Snapshot, made: &Made) -> Result<()> {
        self.decide(move |ledger, decision| ledger.rollback(before, decision)).await?;
        for question in [&made.word, &made.sentence] {
            if self.door.hits(question, LOOKED_AT).await?.iter().any(|hit| made.is_in(hit)) {
                bail!("a passage that was rolled back is still found by {question:?}");
            }
        }
        self.library.catch_up().await
    }

    async fn decide(
        &self,
        decide: impl FnOnce(&Ledger, &Decision<'_>) -> ledger::Result<()> + Send + 'static,
    ) -> Result<()> {
        let (ledger, at) = (self.ledger(), self.app.asker.now().to_string());
        let decided = move || decide(&ledger, &Decision { at: &at, actor: ACTOR, reason: "to measure it" });
        Ok(tokio::task::spawn_blocking(decided).await??)
    }

    /// How long after the publication began an arm has found the document.
    async fn found_after(&self, began: Instant, made: &Made, arm: Arm) -> Result<Duration> {
        let question = match arm {
            Arm::Words => &made.word,
            Arm::Meaning => &made.sentence,
        };
        loop {
            let hits = self.door.hits(question, LOOKED_AT).await?;
            if hits.iter().any(|hit| made.is_in(hit) && arm.has_found(hit)) {
                return Ok(began.elapsed());
            }
            if began.elapsed() > LONGEST {
                bail!("{} s after its publication a passage is not found by {question:?}", LONGEST.as_secs());
            }
            tokio::time::sleep(POLL).await;
        }
    }
}

impl Arm {
    /// Whether it is one of those that have found a passage.
    fn has_found(self, hit: &Value) -> bool {
        let score = match self {
            Self::Words => &hit["scores"]["lexical"],
            Self::Meaning => &hit["scores"]["dense"],
        };
        !score.is_null()
    }
}

const CONSONANTS: [&str; 16] = ["b", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z"];
const VOWELS: [&str; 5] = ["a", "e", "i", "o", "u"];
const WHO: [&str; 8] = [
    "adults with gout",
    "children with croup",
    "older people with anaemia",
    "patients on dialysis",
    "women with migraine",
    "newborns with jaundice",
    "athletes with asthma",
    "travellers with malaria",
];
const WHAT: [&str; 8] = [
    "shortened the stay in hospital",
    "did not change the blood pressure",
    "caused a mild rash on the hands",
    "was stopped because of nausea",
    "halved the number of relapses",
    "was measured with a finger-prick test",
    "was given through the nose",
    "improved sleep from the third night on",
];
const WHEN: [&str; 8] = [
    "over one winter",
    "after ten days",
    "in a trial on two islands",
    "when it was begun before breakfast",
    "during the second pregnancy",
    "at half of the usual dose",
    "where no laboratory was near",
    "until the wound had closed",
];

impl Made {
    /// Another one at each place of the ledger's order, and nothing that the ledger had before.
    fn of(place: Seq) -> Self {
        let hash = sha256_hex(place.0.to_string().as_bytes());
        let digits: Vec<usize> = hash.chars().filter_map(|c| c.to_digit(16)).map(|digit| digit as usize).collect();
        let syllables = digits[..10].chunks(2).map(|pair| [CONSONANTS[pair[0]], VOWELS[pair[1] % 5]].concat());
        // An ending that no rule of spelling touches.
        let word = syllables.collect::<String>() + "x";
        let (who, what, when) = (WHO[digits[10] % 8], WHAT[digits[11] % 8], WHEN[digits[12] % 8]);
        Self { title: format!("A note on {word}"), sentence: format!("In {who}, {word} {what} {when}."), word }
    }

    fn text(&self) -> String {
        format!("# {}\n\n{}\n", self.title, self.sentence)
    }

    /// Whether a hit is of this document.
    fn is_in(&self, hit: &Value) -> bool {
        hit["document"]["title"] == self.title.as_str()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_document_has_a_word_of_its_own_which_its_sentence_has_too() {
        let made: Vec<Made> = (0..1_000).map(|place| Made::of(Seq(place))).collect();
        let words: HashSet<&str> = made.iter().map(|made| made.word.as_str()).collect();
        assert_eq!(words.len(), made.len());
        for Made { word, title, sentence } in &made {
            assert!(title.contains(word) && sentence.contains(word), "{title}: {sentence}");
            // As a question it is looked for as one word, and in no other form.
            assert_eq!(index::terms(word), index::terms(&format!("the {word}")));
            assert_eq!(index::terms(word).len(), 1, "{word}");
        }
        assert_eq!(Made::of(Seq(7)), Made::of(Seq(7)));
    }

    #[test]
    fn a_hit_is_of_a_document_by_its_title_and_of_an_arm_by_its_score() {
        let made = Made::of(Seq(1));
        let hit = serde_json::json!({
            "document": { "title": made.title },
            "scores": { "lexical": { "rank": 1, "score": 1.0 }, "dense": null }
        });
        assert!(made.is_in(&hit) && !Made::of(Seq(2)).is_in(&hit));
        assert!(Arm::Words.has_found(&hit) && !Arm::Meaning.has_found(&hit));
    }
}
