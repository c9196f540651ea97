//! Sentences of a message that have nothing to do with what is looked for: greetings, thanks, who somebody is and where they
//! live. The vector of a message hardly minds them. In full text, the words that a library of medicine hardly has are those
//! that count the most.

use index::Filter;

use crate::error::Result;
use crate::look::ARM_LIMIT;
use crate::question::Question;
use crate::retrieve::Retriever;

/// A sentence is searched for by its words if it is this near (cosine) to one of the passages that the whole message finds. Of
/// messages by patients and by clinicians, 0.25 loses what matters, as 0.15 loses only a greeting.
const NEAR: f32 = 0.2;

/// Sentences that are judged, at most; all others stay. Each is embedded by itself.
const MOST: usize = 32;

/// Words with a full stop that end no sentence.
const SHORTENED: [&str; 16] =
    ["dr", "mr", "mrs", "ms", "st", "vs", "e.g", "i.e", "eg", "ie", "etc", "approx", "resp", "no", "inj", "tab"];

/// A message, read for what is looked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Message {
    /// All of it, with its vector where there is one.
    pub(crate) whole: String,
    pub(crate) vector: Vec<f32>,
    /// What is searched for by its words.
    pub(crate) text: String,
    /// The sentences that are not.
    pub(crate) left_out: Vec<String>,
}

impl Retriever {
    /// Reads a question. Where the search by meaning is away, all of it is searched for.
    pub(crate) async fn message(&self, question: &Question, filter: &Filter) -> Message {
        let own = question.own_text();
        let whole = question.search_text();
        let mut message = Message { text: whole.clone(), whole, vector: Vec::new(), left_out: Vec::new() };
        let sentences = sentences(&own);
        if sentences.len() < 2 {
            return message;
        }
        match self.nearness(&message.whole, &sentences, filter).await {
            Ok((vector, nearness)) => {
                message.vector = vector;
                let mut stays = stays(&nearness).into_iter().chain(std::iter::repeat(true));
                let (kept, left_out): (Vec<&str>, Vec<&str>) =
                    sentences.iter().copied().partition(|_| stays.next().unwrap_or(true));
                message.left_out = left_out.into_iter().map(|sentence| sentence.trim().to_owned()).collect();
                message.text = question.search_text_with(&kept.concat());
            }
            // Who looks next will say so.
            Err(error) => {
                tracing::debug!(error = &error as &dyn std::error::Error, "the sentences of a message were not judged");
            }
        }
        message
    }

    /// The vector of the whole message, and how near each of the first sentences is to what that finds.
    async fn nearness(&self, whole: &str, sentences: &[&str], filter: &Filter) -> Result<(Vec<f32>, Vec<f32>)> {
        let vector = self.embed_one(whole).await?;
        let hits = self.nearest_to(&vector, filter, ARM_LIMIT).await?;
        let passages = hits.iter().map(|hit| hit.passage).collect();
        let vectors = self.vectors_of(passages).await?;
        let mut nearness = Vec::with_capacity(sentences.len());
        for sentence in sentences.iter().take(MOST) {
            let own = self.embed_one(sentence.trim()).await?;
            let cosines = vectors.values().map(|vector| vector.iter().zip(&own).map(|(a, b)| a * b).sum::<f32>());
            nearness.push(cosines.fold(0.0, f32::max));
        }
        Ok((vector, nearness))
    }
}

/// Which sentences stay: the nearest always.
fn stays(nearness: &[f32]) -> Vec<bool> {
    let nearest = nearness.iter().copied().fold(0.0, f32::max);
    nearness.iter().map(|near| *near >= NEAR.min(nearest)).collect()
}

/// A message in its sentences, each with the space behind it. People begin sentences in small letters, too.
fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let (mut from, mut rest) = (0, text.char_indices().peekable());
    while let Some((at, c)) = rest.next() {
        let is_over = match c {
            '\n' => true,
            '!' | '?' => rest.peek().is_none_or(|(_, next)| next.is_whitespace()),
            '.' => rest.peek().is_none_or(|(_, next)| next.is_whitespace()) && !is_shortened(&text[from..at]),
            _ => false,
        };
        if !is_over {
            continue;
        }
        while rest.next_if(|(_, next)| next.is_whitespace()).is_some() {}
        let to = rest.peek().map_or(text.len(), |(at, _)| *at);
        // A line that goes on in a small letter was only too long.
        if c == '\n' && text[to..].starts_with(char::is_lowercase) {
            continue;
        }
        sentences.push(&text[from..to]);
        from = to;
    }
    sentences.push(&text[from..]);
    sentences.retain(|sentence| sentence.chars().any(char::is_alphanumeric));
    sentences
}

/// Whether the full stop behind this is part of its last word.
fn is_shortened(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default().to_lowercase();
    word.chars().count() < 2 && !word.chars().all(|c| c.is_ascii_digit()) || SHORTENED.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_people_end_them() {
        let all = |text: &'static str| sentences(text).into_iter().map(str::trim).collect::<Vec<_>>();
        assert_eq!(all("Hi! my son is 3. he has croup, what helps?"), ["Hi!", "my son is 3.", "he has croup, what helps?"]);
        assert_eq!(all("Dr. Ade gave 0.5 mg vs. placebo. Why"), ["Dr. Ade gave 0.5 mg vs. placebo.", "Why"]);
        assert_eq!(all("Hello\n\nMy knee\nis red\nThanks"), ["Hello", "My knee\nis red", "Thanks"]);
        assert_eq!(all("What treats gout?"), ["What treats gout?"]);
        assert_eq!(all("..."), [""; 0]);
        assert_eq!(all(""), [""; 0]);
        for text in ["a. b? c!", "Hi! my son is 3. he has croup, what helps?", " x\n y\nZ "] {
            assert_eq!(sentences(text).concat(), text, "nothing is lost");
        }
    }

    #[test]
    fn what_is_near_stays_and_the_nearest_always() {
        assert_eq!(stays(&[0.1, 0.7, 0.35, 0.19]), [false, true, true, false]);
        assert_eq!(stays(&[0.1, 0.15, 0.12]), [false, true, false]);
        assert_eq!(stays(&[0.0, 0.0]), [true, true]);
        assert!(stays(&[]).is_empty());
    }
}
