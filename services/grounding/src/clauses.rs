//! Clauses of a sentence, and how far the negations in it reach.

use crate::lexicon::Scope;

/// The clauses that have been read, and the one that is open.
#[derive(Debug)]
pub(crate) struct Clauses {
    /// Negations that reach over a whole clause, by clause.
    negations: Vec<usize>,
    /// Clause of each region.
    regions: Vec<usize>,
    /// The regions to come back to after brackets.
    outer: Vec<usize>,
    /// The region that terms are in.
    current: usize,
    /// Terms that a negation of the next few words still reaches.
    phrase: usize,
    in_phrase: bool,
}

/// Terms that `no` and `without` reach.
const PHRASE_TERMS: usize = 4;

impl Default for Clauses {
    fn default() -> Self {
        let (negations, regions, outer) = (vec![0], vec![0], Vec::new());
        Self { negations, regions, outer, current: 0, phrase: 0, in_phrase: false }
    }
}

impl Clauses {
    /// Takes the end of a clause.
    pub(crate) fn boundary(&mut self, sign: &str) {
        self.phrase = 0;
        match (sign, self.outer.last()) {
            ("(" | "[", _) => self.outer.push(self.current),
            (")" | "]", Some(&outer)) => {
                self.outer.pop();
                self.current = outer;
                return;
            }
            _ => {}
        }
        self.negations.push(0);
        self.open_region(self.negations.len() - 1);
    }

    fn open_region(&mut self, clause: usize) {
        self.regions.push(clause);
        self.current = self.regions.len() - 1;
    }

    /// Ends the reach of `no` and `without`.
    pub(crate) fn end_phrase(&mut self) {
        self.phrase = 0;
    }

    /// Takes a negation.
    pub(crate) fn negate(&mut self, scope: Scope) {
        match scope {
            Scope::Clause => self.negations[self.regions[self.current]] += 1,
            Scope::Phrase => {
                self.phrase = PHRASE_TERMS;
                self.open_region(self.regions[self.current]);
            }
            Scope::Nothing => {}
        }
    }

    /// Region of the next term, and whether a phrase negates it.
    pub(crate) fn next_term(&mut self) -> (usize, bool) {
        let in_phrase = self.phrase > 0;
        if self.in_phrase && !in_phrase {
            self.open_region(self.regions[self.current]);
        }
        self.in_phrase = in_phrase;
        self.phrase = self.phrase.saturating_sub(1);
        (self.current, in_phrase)
    }

    /// Whether the clause of a region is denied.
    pub(crate) fn is_negated(&self, region: usize) -> bool {
        self.negations[self.regions[region]] % 2 == 1
    }
}
