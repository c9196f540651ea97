//! What an index holds, what it is asked, and what it finds: the same for every engine.

use knowledge::{Access, CorpusId, EntryId, Interval, Kind, PassageId, Population, Snapshot, Status};

/// A passage during one interval of snapshots.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The passage.
    pub passage: PassageId,
    /// When it is in force.
    pub interval: Interval,
    /// Its corpus.
    pub corpus: CorpusId,
    /// What else searches may ask of it.
    pub traits: Traits,
    /// Title of its document.
    pub title: String,
    /// Headings above it, outermost first.
    pub section: Vec<String>,
    /// Its text.
    pub text: String,
    /// Its vector, of unit length.
    pub vector: Vec<f32>,
}

/// What is known of the document of a passage, as far as searches are narrowed by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traits {
    /// Kind of literature.
    pub kind: Kind,
    /// Who stands behind it.
    pub issuer: String,
    /// Where it applies.
    pub jurisdiction: String,
    /// Year of publication, where it is known.
    pub year: Option<u16>,
    /// Declared standing.
    pub status: Status,
    /// How much of the work is held.
    pub access: Access,
    /// Whom the passage names.
    pub populations: Vec<Population>,
}

/// Stands for "not removed" in engines that need a number. The largest integer a double holds exactly: Qdrant compares
/// ranges in doubles.
pub(crate) const OPEN: u64 = (1 << 53) - 1;

impl Entry {
    /// Its name in the index.
    pub fn id(&self) -> EntryId {
        EntryId::of(self.passage, self.interval.added)
    }

    /// First snapshot without it, as a number.
    pub(crate) fn removed(&self) -> u64 {
        self.interval.removed.map_or(OPEN, |snapshot| snapshot.0)
    }

    /// Its year as a number; 0 where it is not known, which no range of years holds.
    pub(crate) fn year(&self) -> u64 {
        self.traits.year.unwrap_or(0).into()
    }

    /// Everything it can be filtered by except numbers, each as `name:value`.
    pub(crate) fn facets(&self) -> Vec<String> {
        let Traits { kind, issuer, jurisdiction, status, access, populations, year: _ } = &self.traits;
        let mut facets = vec![
            facet("corpus", self.corpus.as_str()),
            facet("kind", kind.as_str()),
            facet("issuer", issuer),
            facet("jurisdiction", jurisdiction),
            facet("status", status.as_str()),
        ];
        if *access == Access::FullText {
            facets.push(FULL_TEXT.to_owned());
        }
        facets.extend(populations.iter().map(|population| facet("population", population.as_str())));
        facets
    }
}

const FULL_TEXT: &str = "access:full_text";

/// Names are compared without regard to case.
fn facet(name: &str, value: &str) -> String {
    format!("{name}:{}", value.trim().to_lowercase())
}

/// Which passages a search may find. Evaluated inside the engines, so that a limit counts only what qualifies. An empty list
/// allows everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Only what is in force in this snapshot.
    pub snapshot: Snapshot,
    /// Only these corpora.
    pub corpora: Vec<CorpusId>,
    /// Only these kinds.
    pub kinds: Vec<Kind>,
    /// Only these issuers, whatever their case.
    pub issuers: Vec<String>,
    /// Only what applies in one of these places.
    pub jurisdictions: Vec<String>,
    /// Only what has one of these standings.
    pub statuses: Vec<Status>,
    /// Only passages that name one of these populations.
    pub populations: Vec<Population>,
    /// Only what was published in this year or later.
    pub from_year: Option<u16>,
    /// Only what was published in this year or before.
    pub to_year: Option<u16>,
    /// Nothing of which only the abstract is held.
    pub full_text_only: bool,
}

impl Filter {
    /// Everything in force in `snapshot`.
    pub fn at(snapshot: Snapshot) -> Self {
        Self {
            snapshot,
            corpora: Vec::new(),
            kinds: Vec::new(),
            issuers: Vec::new(),
            jurisdictions: Vec::new(),
            statuses: Vec::new(),
            populations: Vec::new(),
            from_year: None,
            to_year: None,
            full_text_only: false,
        }
    }

    /// Facets of which a passage must have one of every group.
    pub(crate) fn groups(&self) -> Vec<Vec<String>> {
        fn group<T>(name: &str, values: &[T], text: impl Fn(&T) -> &str) -> Vec<String> {
            values.iter().map(|value| facet(name, text(value))).collect()
        }
        let mut groups = vec![
            group("corpus", &self.corpora, |corpus| corpus.as_str()),
            group("kind", &self.kinds, |kind| kind.as_str()),
            group("issuer", &self.issuers, |issuer| issuer),
            group("jurisdiction", &self.jurisdictions, |place| place),
            group("status", &self.statuses, |status| status.as_str()),
            group("population", &self.populations, |population| population.as_str()),
        ];
        if self.full_text_only {
            groups.push(vec![FULL_TEXT.to_owned()]);
        }
        groups.retain(|group| !group.is_empty());
        groups
    }

    /// The first and last year, where years matter: what has no year is then left out.
    pub(crate) fn years(&self) -> Option<(u64, u64)> {
        let is_asked = self.from_year.is_some() || self.to_year.is_some();
        is_asked.then(|| (self.from_year.unwrap_or(1).max(1).into(), self.to_year.unwrap_or(u16::MAX).into()))
    }

    /// Whether a search may find the entry: what the engines evaluate, in plain words.
    pub fn allows(&self, entry: &Entry) -> bool {
        let facets = entry.facets();
        entry.interval.contains(self.snapshot)
            && self.years().is_none_or(|(from, to)| (from..=to).contains(&entry.year()))
            && self.groups().iter().all(|group| group.iter().any(|facet| facets.contains(facet)))
    }
}

/// Words to look for, with what they are worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// One word or more. Plain text: no character in it is an operator.
    pub text: String,
    /// 1 for the words of the question; less for what was added to them.
    pub weight: f32,
    /// Of what was added, the words of the question that it is another name of. All of it together is worth no more than
    /// `weight` of them, however rare it is.
    pub stands_for: Option<String>,
}

impl Wanted {
    /// The words of a question and nothing else.
    pub fn question(text: &str) -> Vec<Self> {
        vec![Self { text: text.to_owned(), weight: 1.0, stands_for: None }]
    }
}

/// A passage an arm has found, with the score of that arm: a share of the question's words, or a cosine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// The passage.
    pub passage: PassageId,
    /// At most 1 but for rounding and added words.
    pub score: f32,
}

/// What texts have of a question.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Coverage {
    /// The question's own terms.
    pub terms: Vec<Term>,
    /// What each text has, in the order in which they were given.
    pub texts: Vec<Covered>,
}

/// A term of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// As it is indexed: see [`crate::terms`].
    pub text: String,
    /// How rare it is: its inverse document frequency.
    pub rarity: f32,
}

/// What one text has of a question.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Covered {
    /// Of all that the question's words say, what the one sentence that has most of it says: between 0 and 1.
    pub sentence: f32,
    /// Of each of the question's own terms, how much of it the whole text with its headings has: 1 where it is there, the weight of
    /// another name of it where that is, else 0.
    pub terms: Vec<f32>,
}

/// How many more hits than asked for are taken from an engine, so that equal scores at the end are cut by id, not by chance.
pub(crate) const TIE_MARGIN: usize = 16;

/// Best first, equal scores by id, at most `limit`.
pub(crate) fn in_order(mut hits: Vec<Hit>, limit: usize) -> Vec<Hit> {
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.passage.cmp(&b.passage)));
    hits.truncate(limit);
    hits
}

/// The product of two vectors, of unit length their cosine. Summed side by side, which a processor does at once: one after the
/// other the sums would wait for each other.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 16];
    let (a, b) = (a.chunks_exact(sums.len()), b.chunks_exact(sums.len()));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a.zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f32>() + rest
}

/// A hit in a heap whose top is the least: by score, equal scores by id.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Least(pub(crate) Hit);

impl Eq for Least {}

impl Ord for Least {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.0.score.total_cmp(&self.0.score).then(self.0.passage.cmp(&other.0.passage))
    }
}

impl PartialOrd for Least {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_the_same_in_any_order() {
        let a: Vec<f32> = (0..391_u16).map(|at| f32::from(at) / 391.0).collect();
        let b: Vec<f32> = a.iter().map(|x| 1.0 - x).collect();
        let plain: f32 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
        assert!((dot(&a, &b) - plain).abs() < 1e-3);
    }
}
