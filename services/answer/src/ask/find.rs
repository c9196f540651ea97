//! Searching for what a question is about: with what it follows or alone, among the passages on the medicines it names, and in their
//! sentences.

use std::borrow::Cow;

use knowledge::{Evidence, Snapshot};

use super::Asker;
use crate::allergies::Allergies;
use crate::error::Result;
use crate::fit::Fit;
use crate::follow_up::{Bond, Subject};
use crate::named::Named;
use crate::question::Question;
use crate::retrieve::{Retrieved, Retriever};
use crate::select::{Selected, nearest, select};

/// Hits that are considered.
const HITS: usize = 24;

/// Hits that are looked through where only those on a medicine are considered.
const NAMED_HITS: usize = 2 * HITS;

/// What a search brought.
pub(super) struct Found<'a> {
    /// What was searched for.
    pub(super) question: Cow<'a, Question>,
    pub(super) retrieved: Retrieved,
    /// What of it may be quoted, with its sentences; nothing where that is too little to answer from.
    pub(super) selected: Vec<Selected>,
    /// What its sentences were held against.
    pub(super) fit: Fit,
}

impl Found<'_> {
    /// Whether it is enough to answer from.
    pub(super) fn is_enough(&self) -> bool {
        !self.selected.is_empty()
    }
}

impl Asker {
    /// Searches for a follow-up with what it follows; alone first when it has a subject that the library has documents on,
    /// because people change the subject, and alone at once when it says so. Says whether what was found is enough to answer
    /// from.
    pub(super) async fn find<'a>(&self, retriever: &Retriever, question: &'a Question) -> Result<Found<'a>> {
        let alone = || -> Cow<'a, Question> { Cow::Owned(Question { history: Vec::new(), ..question.clone() }) };
        let subject = match Bond::of(question) {
            Bond::Close => return self.found(retriever, Cow::Borrowed(question), None).await,
            Bond::None => return self.found(retriever, alone(), None).await,
            Bond::Loose(subject) => subject,
        };
        let mut by_itself = None;
        if subject.is_whole {
            let found = self.found(retriever, alone(), None).await?;
            if found.is_enough() && subject.is_title_in(&found.retrieved.hits) {
                return Ok(found);
            }
            by_itself = Some(found);
        }
        let joined = self.found(retriever, Cow::Borrowed(question), Some(&subject)).await?;
        if joined.is_enough() {
            return Ok(joined);
        }
        let by_itself = match by_itself {
            Some(found) => found,
            None => self.found(retriever, alone(), None).await?,
        };
        // Of a word that no document is on, what is found says nothing that was asked for.
        let is_on_it = subject.has_medicine() || subject.is_title_in(&by_itself.retrieved.hits);
        Ok(if by_itself.is_enough() && !is_on_it { joined } else { by_itself })
    }

    /// Searches. Where it is known what passages must be about, others are
    /// left out; where none is, they stay as those that come nearest.
    async fn found<'a>(
        &self,
        retriever: &Retriever,
        question: Cow<'a, Question>,
        subject: Option<&Subject>,
    ) -> Result<Found<'a>> {
        let named = Named::of(&question);
        let mut retrieved = retriever.search(&question, if named.is_some() { NAMED_HITS } else { HITS }).await?;
        let is_on = |hit: &Evidence| {
            named.as_ref().is_none_or(|named| named.is_in(hit)) && subject.is_none_or(|subject| subject.is_in(hit))
        };
        let is_any = retrieved.hits.iter().any(is_on);
        if is_any {
            retrieved.hits.retain(is_on);
        }
        let is_missed = match &named {
            Some(named) if is_any => lacks(retriever, named.conditions(), retrieved.snapshot).await,
            Some(named) => named.is_binding() || subject.is_some(),
            None => !is_any && subject.is_some(),
        };
        retrieved.hits.truncate(HITS);
        let allergies = Allergies::of(question.patient.as_ref());
        allergies.bring_up(&mut retrieved.hits);
        for (at, hit) in retrieved.hits.iter_mut().enumerate() {
            hit.id = format!("E{}", at + 1);
        }
        let fit = Fit { named: named.filter(|_| is_any), allergies, subject: question.subject_text() };
        let mut selected = Vec::new();
        if !is_missed {
            let (vector, hits) = (&retrieved.vector, &retrieved.hits);
            selected = select(&retriever.embedder, &question, vector, hits, &fit).await?;
            if !self.settings.enough.is_met(&question, hits, nearest(&selected)) {
                selected.clear();
            }
        }
        Ok(Found { question, retrieved, selected, fit })
    }
}

/// Whether no passage names one of these conditions, by any of its names: what the library has on a medicine is then its use in
/// others.
async fn lacks(retriever: &Retriever, conditions: &[Vec<String>], snapshot: Snapshot) -> bool {
    for names in conditions.iter().filter(|names| !names.is_empty()) {
        // What cannot be said now is not held against it.
        let Ok(unheard) = retriever.lexical.unheard(&names.join("\n"), snapshot).await else { continue };
        let is_unheard = |name: &str| {
            let mut words = name.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '\'');
            words.any(|word| unheard.iter().any(|heard| heard.eq_ignore_ascii_case(word)))
        };
        if names.iter().all(|name| is_unheard(name)) {
            return true;
        }
    }
    false
}
