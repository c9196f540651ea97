//! What a reader makes of the passages found: which of them answer the question, and with which sentences.

use std::collections::{HashMap, HashSet};

use inference::{Page, Reader, Reading};
use knowledge::{Evidence, PassageId, Span, char_slice, sentences};

/// Readings of passages, with where their sentences begin.
#[derive(Debug, Default)]
pub(crate) struct Readings(HashMap<PassageId, (Reading, Vec<usize>)>);

impl Readings {
    /// Has passages read with the question.
    ///
    /// # Errors
    /// When the reader fails.
    pub(crate) async fn of(reader: &dyn Reader, question: &str, hits: &[&Evidence]) -> inference::Result<Self> {
        let spans: Vec<Vec<Span>> = hits.iter().map(|hit| sentences(&hit.text)).collect();
        let pages = hits.iter().zip(&spans).map(|(hit, spans)| page(hit, spans)).collect();
        let readings = reader.read(question, pages).await?;
        let starts = spans.into_iter().map(|spans| spans.into_iter().map(|span| span.start).collect());
        let read = hits.iter().map(|hit| hit.passage).zip(readings.into_iter().zip(starts));
        Ok(Self(read.collect()))
    }

    /// The log-odds that the best passage answers.
    pub(crate) fn best(&self) -> Option<f32> {
        self.0.values().map(|(reading, _)| reading.page).max_by(f32::total_cmp)
    }

    /// The log-odds of a passage, and of what stands in it at a place: of several sentences, those of the best.
    pub(crate) fn at(&self, passage: PassageId, span: Span) -> Option<(f32, Option<f32>)> {
        let (reading, starts) = self.0.get(&passage)?;
        let first = starts.partition_point(|start| *start <= span.start).checked_sub(1)?;
        let end = starts.partition_point(|start| *start < span.end);
        let odds = reading.sentences.iter().take(end).skip(first).copied().flatten();
        Some((reading.page, odds.max_by(f32::total_cmp)))
    }
}

/// A passage as the reader was trained on: titles and headings once, sentences on one line each.
fn page(hit: &Evidence, spans: &[Span]) -> Page {
    let mut seen = HashSet::new();
    let headings = std::iter::once(&hit.document.title).chain(&hit.section);
    let headings: Vec<&str> = headings.map(String::as_str).filter(|heading| seen.insert(*heading)).collect();
    let line = |span: &Span| {
        let raw = char_slice(&hit.text, *span).unwrap_or_default();
        raw.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    Page { heading: headings.join(" > "), sentences: spans.iter().map(line).collect() }
}
