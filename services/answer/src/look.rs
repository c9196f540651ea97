//! Looking with both arms side by side, once or deeper.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use index::{
    Coverage, Filter, Fused, Hit, NEIGHBOURHOOD, READ_CLOSELY, Wanted, best_sentence, fuse, second_passage, support,
    telling_words,
};
use knowledge::{Corpus, CorpusId, HeadedText, PassageId, Snapshot, Status};
use ledger::Standing;

use crate::error::{Error, Result};
use crate::everyday::is_everyday_term;
use crate::expand::{Expanded, expand};
use crate::question::Question;
use crate::retrieve::{Retriever, Took};

/// The longest that the search by meaning may take; after that the answer is one of words alone.
const MEANING_DEADLINE: Duration = Duration::from_millis(1_500);

/// What a word about the patient is worth to the search by words, where a word of the question is worth 1.
const PATIENT_WEIGHT: f32 = 0.4;

/// What both arms found, before anything is fetched.
#[derive(Debug, Clone)]
pub struct Candidates {
    /// The snapshot that was searched.
    pub snapshot: Snapshot,
    /// By words, best first.
    pub lexical: Vec<Hit>,
    /// By meaning, best first.
    pub dense: Vec<Hit>,
    /// Both, best first.
    pub fused: Vec<Fused>,
    /// The documents of all of them.
    pub(crate) standings: HashMap<PassageId, Standing>,
    pub(crate) took: Took,
}

impl Candidates {
    /// Whether an arm has more than these, as far as can be seen.
    pub(crate) fn is_cut(&self, depth: usize) -> bool {
        self.lexical.len() >= depth || self.dense.len() >= depth
    }
}

/// One of the two ways to find passages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arm {
    Words,
    Meaning,
}

impl Arm {
    /// What people are told when it is away.
    pub(crate) fn away(self) -> &'static str {
        match self {
            Self::Words => "the search by words is away: found by meaning alone",
            Self::Meaning => "the search by meaning is away: found by words alone",
        }
    }
}

/// What is looked for and where, however often.
#[derive(Debug)]
pub(crate) struct Sought {
    pub(crate) filter: Filter,
    pub(crate) expanded: Expanded,
    /// The question's vector; empty until it was looked for by meaning, and where that is away.
    pub(crate) vector: Vec<f32>,
    /// The arm that was away: it is not asked again.
    pub(crate) away: Option<Arm>,
}

impl Sought {
    /// Has the engines leave out what may not be evidence on `day`, as far as that is known without looking at it: what is
    /// retracted or withdrawn, and corpora that may not be searched. Says whether there is anything else.
    pub(crate) fn narrow(&mut self, corpora: &[Corpus], day: &str) -> bool {
        let Filter { statuses, corpora: asked, .. } = &mut self.filter;
        let standing = |status: &Status| !status.suppresses() && (statuses.is_empty() || statuses.contains(status));
        let standings: Vec<Status> = Status::ALL.into_iter().filter(standing).collect();
        let may_be_searched = |corpus: &&Corpus| {
            (asked.is_empty() || asked.contains(&corpus.id)) && corpus.rights.index && !corpus.rights.has_ended(day)
        };
        let left: Vec<CorpusId> = corpora.iter().filter(may_be_searched).map(|corpus| corpus.id.clone()).collect();
        let is_any = !standings.is_empty() && !left.is_empty();
        *statuses = standings;
        // All of them is what no filter says.
        if left.len() < corpora.len() {
            *asked = left;
        }
        is_any
    }
}

/// What the search by meaning came to.
#[derive(Default)]
struct Nearest {
    vector: Vec<f32>,
    hits: Vec<Hit>,
    embed: Duration,
    search: Duration,
}

impl Retriever {
    /// What both arms find, `depth` hits of each.
    ///
    /// # Errors
    /// [`ledger::Error::UnknownSnapshot`]; the error of an arm when both fail.
    pub async fn candidates(&self, question: &Question, depth: usize) -> Result<Candidates> {
        let mut sought = self.sought(question).await?;
        self.look(&mut sought, depth).await
    }

    /// What a question looks for.
    pub(crate) async fn sought(&self, question: &Question) -> Result<Sought> {
        let filter = question.filters.at(self.snapshot(question)?);
        let text = question.subject_text();
        let mut expanded = if self.has_expansion {
            // Where that cannot be said the search itself will say why.
            let unheard = self.lexical.unheard(&text, filter.snapshot).await.unwrap_or_default();
            expand(&text, &unheard, self.thesaurus.as_deref())
        } else {
            Expanded::not_at_all(text)
        };
        // Who the patient is says less of what is looked for than any word of the question.
        let beside = question.patient_words().into_iter();
        expanded.wanted.extend(beside.map(|text| Wanted { text, weight: PATIENT_WEIGHT, stands_for: None }));
        Ok(Sought { filter, expanded, vector: Vec::new(), away: None })
    }

    /// Looks with both arms, `depth` hits of each. One arm away is an answer with less behind it; both away is none.
    pub(crate) async fn look(&self, sought: &mut Sought, depth: usize) -> Result<Candidates> {
        let (began, wanted) = (Instant::now(), &*sought);
        let words = async {
            let began = Instant::now();
            let hits = match wanted.away {
                Some(Arm::Words) => Ok(Vec::new()),
                _ => self.lexical.search(&wanted.expanded.wanted, &wanted.filter, depth).await,
            };
            (hits, began.elapsed())
        };
        let meaning = async {
            match wanted.away {
                Some(Arm::Meaning) => Ok(Nearest::default()),
                _ => self.nearest(wanted, depth).await,
            }
        };
        let ((words, words_time), meaning) = tokio::join!(words, meaning);
        let (lexical, nearest) = match (words, meaning) {
            (Err(error), Err(_)) => return Err(error.into()),
            (Err(error), Ok(_)) if sought.away.is_some() => return Err(error.into()),
            (Ok(_), Err(error)) if sought.away.is_some() => return Err(error),
            (Ok(words), Ok(nearest)) => (words, nearest),
            (Ok(words), Err(error)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the search by meaning failed");
                sought.away = Some(Arm::Meaning);
                (words, Nearest::default())
            }
            (Err(error), Ok(nearest)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the search by words failed");
                sought.away = Some(Arm::Words);
                (Vec::new(), nearest)
            }
        };
        let Nearest { vector, hits: dense, embed, search } = nearest;
        sought.vector = vector;
        let fused = fuse(&lexical, &dense, depth);
        let (fused, standings) = self.weigh(sought, &lexical, depth, fused).await?;
        let (fetch, whole) = (Duration::ZERO, began.elapsed());
        let took = Took { embed, lexical: words_time, dense: search, fetch, whole };
        Ok(Candidates { snapshot: sought.filter.snapshot, lexical, dense, fused, standings, took })
    }

    /// Orders what was fused by what stands beside the passages, what is like them and what else was found of their documents, then
    /// by what is read in the first ones. Returns their documents, too.
    async fn weigh(
        &self,
        sought: &Sought,
        lexical: &[Hit],
        depth: usize,
        mut fused: Vec<Fused>,
    ) -> Result<(Vec<Fused>, HashMap<PassageId, Standing>)> {
        let ledger = Arc::clone(&self.ledger);
        let beside = move || -> ledger::Result<_> {
            let all: Vec<PassageId> = fused.iter().map(|hit| hit.passage).collect();
            let standings = ledger.standings_of(&all)?;
            let documents = standings.iter().map(|(passage, of)| (*passage, of.document)).collect();
            support(&mut fused, &ledger.vectors_of(&all[..all.len().min(NEIGHBOURHOOD)])?);
            second_passage(&mut fused, &documents);
            let first: Vec<PassageId> = fused.iter().take(READ_CLOSELY).map(|hit| hit.passage).collect();
            let mut texts = ledger.texts_of(&first)?;
            for (passage, text) in &mut texts {
                // What was said of a document in its title is said of each of its passages.
                text.headings.splice(..0, standings.get(passage).map(|of| of.title.clone()));
            }
            Ok((texts, fused, standings, documents))
        };
        let beside = tokio::task::spawn_blocking(beside).await;
        let (texts, mut fused, standings, documents) = beside.map_err(|panic| Error::Internal(panic.into()))??;
        if sought.away != Some(Arm::Words) {
            let (ids, texts): (Vec<PassageId>, Vec<HeadedText>) = texts.into_iter().unzip();
            match self.lexical.coverage(&sought.expanded.wanted, sought.filter.snapshot, texts).await {
                Ok(Coverage { terms, texts }) => {
                    let read = ids.into_iter().zip(texts).collect();
                    best_sentence(&mut fused, lexical, depth, &read);
                    telling_words(&mut fused, &terms, is_everyday_term, &read, &documents);
                }
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "the passages were not read");
                }
            }
        }
        Ok((fused, standings))
    }

    /// Looks by meaning.
    async fn nearest(&self, sought: &Sought, depth: usize) -> Result<Nearest> {
        let began = Instant::now();
        let vector =
            if sought.vector.is_empty() { self.embed_one(&sought.expanded.text).await? } else { sought.vector.clone() };
        let embed = began.elapsed();
        let search = self.vectors.search(&vector, &sought.filter, depth);
        let hits = tokio::time::timeout(MEANING_DEADLINE, search).await;
        let hits = hits.map_err(|_| Error::Internal("the search by meaning took too long".into()))??;
        Ok(Nearest { vector, hits, embed, search: began.elapsed() - embed })
    }

    async fn embed_one(&self, text: &str) -> Result<Vec<f32>> {
        let mut vectors = self.embedder.embed(vec![text.to_owned()]).await?;
        vectors.pop().ok_or_else(|| Error::Internal("the embedder gave no vector".into()))
    }
}

#[cfg(test)]
mod tests {
    use knowledge::{Kind, Rights};

    use super::*;
    use crate::question::Filters;

    fn corpus(id: &str, index: bool, expires: Option<&str>) -> Corpus {
        let expires = expires.map(str::to_owned);
        Corpus {
            id: id.parse().unwrap(),
            title: String::new(),
            issuer: String::new(),
            kind: Kind::Guideline,
            licence: String::new(),
            rights: Rights { index, quote_words: None, display: true, export: true, expires },
            jurisdiction: String::new(),
            language: "en".to_owned(),
            evidence_level: None,
        }
    }

    fn sought(filters: &Filters) -> Sought {
        let expanded = Expanded::not_at_all("gout".to_owned());
        Sought { filter: filters.at(Snapshot(1)), expanded, vector: Vec::new(), away: None }
    }

    #[test]
    fn what_may_not_be_evidence_is_left_out_as_far_as_it_is_known() {
        let corpora = [corpus("open", true, None), corpus("shut", false, None), corpus("over", true, Some("2025"))];
        let mut all = sought(&Filters::default());
        assert!(all.narrow(&corpora, "2026-11-22"));
        assert_eq!(all.filter.corpora, [corpora[0].id.clone()]);
        assert!(all.filter.statuses.contains(&Status::Current) && !all.filter.statuses.contains(&Status::Retracted));
        let once = all.filter.clone();
        assert!(all.narrow(&corpora, "2026-11-22"));
        assert_eq!(all.filter, once);

        let mut in_time = sought(&Filters::default());
        assert!(in_time.narrow(&[corpora[0].clone(), corpora[2].clone()], "2025-12-31"));
        assert!(in_time.filter.corpora.is_empty(), "all of them is no filter");

        let asked = Filters { statuses: vec![Status::Corrected, Status::Withdrawn], ..Filters::default() };
        let mut asked = sought(&asked);
        assert!(asked.narrow(&corpora, "2026-11-22"));
        assert_eq!(asked.filter.statuses, [Status::Corrected]);
    }

    #[test]
    fn where_nothing_is_left_there_is_nothing_to_look_for() {
        let corpora = [corpus("open", true, None), corpus("shut", false, None)];
        for nothing in [
            Filters { corpora: vec![corpora[1].id.clone()], ..Filters::default() },
            Filters { statuses: vec![Status::Retracted], ..Filters::default() },
        ] {
            assert!(!sought(&nothing).narrow(&corpora, "2026-11-22"), "{nothing:?}");
        }
    }
}
