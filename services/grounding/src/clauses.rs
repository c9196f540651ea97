//! Clauses of a sentence, and how far the negations and exceptions in it reach.

use crate::negations::Scope;

/// The clauses that have been read, and the one that is open.
#[derive(Debug)]
pub(crate) struct Clauses {
    clauses: Vec<Clause>,
    /// Clause of each region.
    regions: Vec<usize>,
    /// The regions to come back to after brackets.
    outer: Vec<usize>,
    /// The region that terms are in.
    current: usize,
    /// Terms that a negation of the next few words still reaches.
    phrase: usize,
    in_phrase: bool,
    /// That negation belongs to a noun: "without X", not "no X".
    is_of_noun: bool,
}

#[derive(Debug, Clone, Copy, Default)]
struct Clause {
    /// Negations that reach over all of it.
    negations: usize,
    /// The clause that it makes an exception from.
    excepted_from: Option<usize>,
    /// It says when or of whom another clause holds: `if`, `who`.
    is_condition: bool,
    /// It is set against the one before: `but`, or a comma and a negation.
    is_contrast: bool,
    after_comma: bool,
    /// The clause that it stands in: "those who … should".
    relative_to: Option<usize>,
    /// A condition of nothing but a denial: "avoid if".
    is_ruled_out: bool,
    has_terms: bool,
    /// Terms that are more than words of common practice.
    heavy_terms: usize,
}

/// What denies a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denial {
    /// What denies its whole clause.
    Clause,
    /// `no` or `without`, a few words before it.
    Phrase,
    /// An exception: `except`, `unless`.
    Exception,
    /// A clause that is set against another: `but not`.
    Contrast,
    /// A part of the word itself: `unsafe`, `non-diabetic`.
    Prefix,
}

/// Where a term stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) region: usize,
    /// Whether `no` or `without` reaches it.
    pub(crate) in_phrase: bool,
    /// Whether its clause has been denied before: "never without".
    pub(crate) after_negation: bool,
    /// Whether it stands so near after what denies it that it is surely meant.
    pub(crate) is_near: bool,
}

/// Whether a list goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum List {
    No,
    /// To a comma that ends it.
    ToComma,
    /// To the end of its clause.
    ToEnd,
}

/// Terms that `no` and `without` reach.
const PHRASE_TERMS: usize = 4;

/// How many terms are surely denied: after them the phrase may have ended without a sign.
const NEAR_TERMS: usize = 2;

impl Default for Clauses {
    fn default() -> Self {
        Self {
            clauses: vec![Clause::default()],
            regions: vec![0],
            outer: Vec::new(),
            current: 0,
            phrase: 0,
            in_phrase: false,
            is_of_noun: false,
        }
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
        let open = self.clauses[self.regions[self.current]];
        let is_condition =
            matches!(sign, "if" | "when" | "who" | "which" | "because" | "since" | "while" | "until" | "till");
        // "Except those who …", "but not if …": what follows is still excepted.
        let excepts = open.excepted_from.is_some() || open.is_contrast && open.negations > 0;
        if excepts && (matches!(sign, "who" | "which") || is_condition && !open.has_terms) {
            return;
        }
        // "Unless …, do …": what it is an exception from comes after it.
        if let Some(main) = open.excepted_from
            && sign == ","
            && !self.clauses[main].has_terms
        {
            self.open_region(main);
            return;
        }
        let (is_contrast, after_comma) = (sign == "but", sign == ",");
        let is_condition = is_condition || sign == "and" && open.is_condition;
        // "Avoid if X": there is nothing else to deny.
        let is_ruled_out = is_condition && open.negations % 2 == 1 && !open.has_terms;
        let relative_to = matches!(sign, "who" | "which").then(|| self.regions[self.current]);
        self.open(Clause { is_condition, is_contrast, after_comma, relative_to, is_ruled_out, ..Clause::default() });
    }

    /// Goes back to the clause around "who …", whose verb this is; returns whether there is one.
    pub(crate) fn close_relative(&mut self) -> bool {
        let open = self.clauses[self.regions[self.current]];
        let outer = open.relative_to.filter(|_| open.has_terms);
        if let Some(outer) = outer {
            self.phrase = 0;
            self.open_region(outer);
        }
        outer.is_some()
    }

    fn open(&mut self, clause: Clause) {
        self.clauses.push(clause);
        self.open_region(self.clauses.len() - 1);
    }

    fn open_region(&mut self, clause: usize) {
        self.regions.push(clause);
        self.current = self.regions.len() - 1;
    }

    /// Whether a term has been taken that `no` or `without` reaches.
    pub(crate) fn in_phrase(&self) -> bool {
        self.in_phrase && self.phrase > 0
    }

    /// Ends the reach of `no` and `without`.
    pub(crate) fn end_phrase(&mut self) {
        self.phrase = 0;
    }

    /// Takes the verb of the sentence: "no X is given" denies that it is given, "without X it is given" does not.
    pub(crate) fn take_verb(&mut self) {
        if self.is_of_noun && self.in_phrase() {
            self.end_phrase();
        }
        self.doubt_phrase();
    }

    /// Leaves the reach of `no` and `without` as it is, but no longer sure.
    pub(crate) fn doubt_phrase(&mut self) {
        self.phrase = self.phrase.min(PHRASE_TERMS - NEAR_TERMS);
    }

    /// Takes a negation.
    pub(crate) fn negate(&mut self, scope: Scope) {
        match scope {
            Scope::Clause => {
                let clause = &mut self.clauses[self.regions[self.current]];
                clause.negations += 1;
                clause.is_contrast |= clause.after_comma && !clause.has_terms;
            }
            Scope::Phrase | Scope::Noun => {
                self.phrase = PHRASE_TERMS;
                self.is_of_noun = scope == Scope::Noun;
                self.in_phrase = false;
                self.open_region(self.regions[self.current]);
            }
            Scope::Exception => self.except(),
            Scope::Nothing => {}
        }
    }

    /// Opens a clause that turns what the main clause says of everything else: it reaches over prepositions to its end.
    fn except(&mut self) {
        self.phrase = 0;
        let says = |clause: &Clause| clause.has_terms && !clause.is_condition && clause.excepted_from.is_none();
        let main = self.clauses.iter().rposition(says).unwrap_or_else(|| {
            self.clauses.push(Clause::default());
            self.clauses.len() - 1
        });
        self.open(Clause { excepted_from: Some(main), ..Clause::default() });
    }

    /// Whether what comes next is excepted.
    pub(crate) fn in_exception(&self) -> bool {
        self.clauses[self.regions[self.current]].excepted_from.is_some()
    }

    /// Whether a list may belong to the exception that is open. Before the main clause a comma must end it: "unless …, do …".
    pub(crate) fn may_list(&self, list: List) -> bool {
        let main = self.clauses[self.regions[self.current]].excepted_from;
        let after_main = main.is_some_and(|main| self.clauses[main].has_terms);
        list == List::ToComma || list == List::ToEnd && after_main
    }

    /// Begins the next item of what is excepted: it is as near as the first.
    pub(crate) fn next_item(&mut self) {
        self.phrase = 0;
        self.clauses[self.regions[self.current]].heavy_terms = 0;
    }

    /// Takes the next term; `is_heavy` if it is more than a word of common practice.
    pub(crate) fn next_term(&mut self, is_heavy: bool) -> Place {
        if self.in_phrase && self.phrase == 0 {
            self.open_region(self.regions[self.current]);
        }
        let clause = &mut self.clauses[self.regions[self.current]];
        clause.has_terms = true;
        clause.heavy_terms += usize::from(is_heavy);
        let place = self.here();
        self.in_phrase = place.in_phrase;
        self.phrase = self.phrase.saturating_sub(1);
        place
    }

    /// The place that the next term would have.
    pub(crate) fn here(&self) -> Place {
        let in_phrase = self.phrase > 0;
        let Clause { heavy_terms, negations, .. } = self.clauses[self.regions[self.current]];
        let is_near = if in_phrase { self.phrase > PHRASE_TERMS - NEAR_TERMS } else { heavy_terms <= NEAR_TERMS };
        Place { region: self.current, in_phrase, after_negation: negations % 2 == 1, is_near }
    }

    /// Whether the clause that is open is denied so far.
    pub(crate) fn is_denied(&self) -> bool {
        self.clauses[self.regions[self.current]].negations % 2 == 1
    }

    /// Whether the clause of a region is a condition of nothing but a denial.
    pub(crate) fn is_ruled_out(&self, region: usize) -> bool {
        self.clauses[self.regions[region]].is_ruled_out
    }

    /// Whether the clause of a region says when or of whom another holds.
    pub(crate) fn is_condition(&self, region: usize) -> bool {
        self.clauses[self.regions[region]].is_condition
    }

    /// The clause of a region.
    pub(crate) fn clause(&self, region: usize) -> usize {
        self.regions[region]
    }

    /// Whether what comes next would be denied by its clause.
    pub(crate) fn denies_next(&self) -> bool {
        self.is_negated(self.current) && !self.clauses[self.regions[self.current]].is_condition
    }

    /// Whether the clause of a region is denied.
    pub(crate) fn is_negated(&self, region: usize) -> bool {
        let clause = self.clauses[self.regions[region]];
        let is_odd = |clause: &Clause| clause.negations % 2 == 1;
        match clause.excepted_from {
            Some(main) => is_odd(&clause) == is_odd(&self.clauses[main]),
            None => is_odd(&clause),
        }
    }

    /// What denies, or would deny, the terms of a region.
    pub(crate) fn denial(&self, region: usize) -> Denial {
        let clause = self.clauses[self.regions[region]];
        match (clause.excepted_from, clause.is_contrast && clause.negations > 0) {
            (Some(_), _) => Denial::Exception,
            (None, true) => Denial::Contrast,
            (None, false) => Denial::Clause,
        }
    }
}

#[cfg(test)]
mod tests {
    use knowledge::Verdict;

    use crate::check::verdict_of as verdict;

    #[test]
    fn all_that_a_list_excepts_is_excepted() {
        let valve = "A direct oral anticoagulant is preferred to warfarin in adults with atrial fibrillation, except in \
                     people with a mechanical heart valve or moderate to severe mitral stenosis.";
        let warfarin = "Warfarin is given except in pregnancy, renal failure or cancer.";
        let blockers =
            "Beta-blockers are given to all adults with angina except those with bradycardia, heart block or asthma.";
        for (statement, source) in [
            (
                "A direct oral anticoagulant is preferred to warfarin in adults with moderate to severe mitral stenosis.",
                valve,
            ),
            ("Warfarin is given to patients with cancer.", warfarin),
            ("Warfarin is given in renal failure.", warfarin),
            ("Beta-blockers are given to adults with angina and heart block.", blockers),
            ("Beta-blockers are given to adults with angina and asthma.", blockers),
            (
                "Warfarin is given to patients with cancer.",
                "Unless there is pregnancy, bleeding or cancer, warfarin is given.",
            ),
        ] {
            let found = verdict(statement, source);
            assert_eq!(found, Verdict::Contradicted, "{statement} against {source}");
        }
        for (statement, source) in [
            ("Warfarin is given, except in pregnancy, with monitoring.", warfarin_with()),
            ("Warfarin is given with monitoring and advice.", warfarin_with()),
            (
                "The dose of heparin is reduced.",
                "Warfarin is given except in pregnancy, and the dose of heparin is reduced.",
            ),
        ] {
            assert_eq!(verdict(statement, source), Verdict::Supported, "{statement} against {source}");
        }
        // What is not excepted is not denied; that the exception is left out makes it partial.
        for (statement, source) in [
            ("Give heparin or dalteparin.", "Except in pregnancy, give heparin or dalteparin."),
            ("Heparin and dalteparin are given.", "Except in pregnancy, heparin and dalteparin are given."),
        ] {
            assert_eq!(verdict(statement, source), Verdict::Partial, "{statement} against {source}");
        }
    }

    fn warfarin_with() -> &'static str {
        "Warfarin is given except in pregnancy, with monitoring and advice."
    }
}
