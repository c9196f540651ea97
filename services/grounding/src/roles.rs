//! Who does what to whom, and what comes before what: whether a statement has two things change places about the same word.

use std::collections::HashSet;

use knowledge::Verdict;

use crate::check::{Facet, Finding};
use crate::facts::{Facts, Said};
use crate::items::{Item, Shared, Sort, Voice};
use crate::parallel::are_listed;
use crate::relate::sides_of;
use crate::senses::Axis;

/// A word that ties, and what it is tied to.
struct Tie {
    word: &'static str,
    sentence: usize,
    object: Vec<usize>,
}

/// Two things that stand on the other side each of what ties them: "A before B" for "B before A".
pub(crate) fn turned_about(statement: &Facts, source: &Facts, shared: &Shared) -> Option<Finding> {
    tied_otherwise(statement, source, shared).or_else(|| acted_otherwise(statement, source, shared))
}

/// Whether "A after B" stands for "B before A", or "A is more than B" for "B is less than A".
pub(crate) fn turned_twice(statement: &Facts, source: &Facts, shared: &Shared) -> Option<Facet> {
    let moves = |facts: &Facts| {
        facts.facts.iter().filter(|fact| matches!(fact.said, Said::Sense(Axis::Direction | Axis::Merit, _))).count()
    };
    let other_way = |word: &str| match word {
        "before" => Some(("after", Facet::Time)),
        "after" => Some(("before", Facet::Time)),
        "than" if moves(statement) == 1 && moves(source) == 1 => Some(("than", Facet::Direction)),
        _ => None,
    };
    let sides = Sides { statement, source, shared, theirs: ties(source) };
    ties(statement).iter().find_map(|tie| {
        let (word, facet) = other_way(tie.word)?;
        let is_turned = tie.object.iter().any(|&x| sides.others(tie).any(|y| sides.has_turned(word, x, y)));
        is_turned.then_some(facet)
    })
}

fn tied_otherwise(statement: &Facts, source: &Facts, shared: &Shared) -> Option<Finding> {
    let ours = ties(statement);
    let sides = Sides { statement, source, shared, theirs: ties(source) };
    for tie in &ours {
        let is_object = |wanted: Option<usize>| {
            let mut same = ours.iter().filter(|other| other.word == tie.word);
            same.any(|other| other.object.iter().any(|&at| shared.ours[at] == wanted))
        };
        for &x in &tie.object {
            let mut others = sides.others(tie).filter(|y| !is_object(shared.ours[*y]));
            if let Some(y) = others.find(|&y| !sides.is_object(tie.word, x) && sides.has_turned(tie.word, x, y)) {
                return Some(finding(statement, x, y, tie.word));
            }
        }
    }
    None
}

struct Sides<'a> {
    statement: &'a Facts,
    source: &'a Facts,
    shared: &'a Shared,
    /// The ties of the source.
    theirs: Vec<Tie>,
}

impl Sides<'_> {
    /// What else the sentence of a tie of the statement names.
    fn others(&self, tie: &Tie) -> impl Iterator<Item = usize> {
        let items = &self.statement.items;
        (0..items.len()).filter(|at| {
            let is_here = self.statement.sentence(items[*at].at) == tie.sentence;
            is_here && items[*at].sort.is_content() && !tie.object.contains(at)
        })
    }

    /// Whether the source ties this word to that item of the statement.
    fn is_object(&self, word: &str, x: usize) -> bool {
        let mut same = self.theirs.iter().filter(|tie| tie.word == word);
        same.any(|tie| tie.object.iter().any(|&at| self.shared.ours[x] == Some(self.shared.theirs[at])))
    }

    /// Whether the source ties the word to `y`, with `x` where the statement has `y`.
    fn has_turned(&self, word: &str, x: usize, y: usize) -> bool {
        let (Some(x_number), Some(y_number)) = (self.shared.ours[x], self.shared.ours[y]) else { return false };
        let items = &self.statement.items;
        // "Refer adults for a scan" asks for "a scan for adults".
        let is_mutual = word == "for" && items[x].sort.is_thing();
        if is_mutual || x_number == y_number || !are_alike(self.statement, &items[x], &items[y]) {
            return false;
        }
        // "Before A or B" is "before B or A".
        let mut places = (0..items.len()).filter(|at| self.shared.ours[*at] == Some(y_number));
        if places.any(|y| are_listed(items, x, y)) {
            return false;
        }
        let wanted = governor(self.statement, y);
        self.theirs.iter().filter(|tie| tie.word == word).any(|tie| {
            tie.object.iter().any(|&at| self.shared.theirs[at] == y_number)
                && self.shared.theirs.iter().enumerate().any(|(at, number)| {
                    *number == x_number
                        && !tie.object.contains(&at)
                        && self.source.sentence(self.source.items[at].at) == tie.sentence
                        && governor(self.source, at) == wanted
                })
        })
    }
}

/// The word that ties an item to what stands before it.
fn governor(facts: &Facts, at: usize) -> Option<&'static str> {
    let sentence = facts.sentence(facts.items[at].at);
    let before = facts.items[..at].iter().rev().take_while(|item| facts.sentence(item.at) == sentence);
    before.map(|item| item.sort).find_map(|sort| match sort {
        Sort::Link(":") | Sort::Split(_) => Some(None),
        Sort::Link(word) => Some(Some(word)),
        _ => None,
    })?
}

fn are_alike(facts: &Facts, a: &Item, b: &Item) -> bool {
    let names = |item: &Item| item.sort.is_thing() || item.sort == Sort::Route;
    names(a) && names(b) || a.sort.has_values() && a.is_like(facts, b)
}

fn finding(statement: &Facts, x: usize, y: usize, word: &str) -> Finding {
    let written = |at: usize| statement.items[at].written(statement).to_owned();
    Finding {
        facet: Facet::Attribution,
        verdict: Verdict::Contradicted,
        subject: written(x),
        reason: format!(
            "the source has it the other way round: \u{201c}{word} {}\u{201d}, not \u{201c}{word} {}\u{201d}",
            written(y),
            written(x)
        ),
    }
}

/// The words of a text that tie one thing to another. Those that tie both alike are left out: "A with B" is "B with A".
fn ties(facts: &Facts) -> Vec<Tie> {
    let replaces = facts.terms.iter().any(|term| matches!(term.key.as_str(), "replac" | "substitut" | "switch"));
    let is_tie = |word: &str| match word {
        "with" => replaces,
        "between" | "as" | "if" | "unless" | ":" | "who" | "whose" | "which" | "that" | "because" | "respectively" => {
            false
        }
        _ => true,
    };
    let mut found = Vec::new();
    for (at, item) in facts.items.iter().enumerate() {
        let Sort::Link(word) = item.sort else { continue };
        let is_because_of = at > 0 && facts.items[at - 1].sort == Sort::Link("because");
        if !is_tie(word) || is_because_of {
            continue;
        }
        let sentence = facts.sentence(item.at);
        let is_here = |other: &usize| facts.items.get(*other).is_some_and(|item| facts.sentence(item.at) == sentence);
        let is_link = |other: &usize| matches!(facts.items[*other].sort, Sort::Link(_));
        // "Than with B": what is compared is B.
        let start = at + 1 + usize::from(word == "than" && is_here(&(at + 1)) && is_link(&(at + 1)));
        let ends = |other: &usize| matches!(facts.items[*other].sort, Sort::Link(_) | Sort::Split(_));
        let object = (start..).take_while(is_here).take_while(|other| !ends(other));
        let object: Vec<usize> = object.filter(|at| facts.items[*at].sort.is_content()).collect();
        found.extend((!object.is_empty()).then_some(Tie { word, sentence, object }));
    }
    found
}

/// What a verb says: who does it, and to whom.
struct Act {
    verb: usize,
    subject: Vec<usize>,
    object: Vec<usize>,
}

/// "A reduces B" for "B reduces A".
fn acted_otherwise(statement: &Facts, source: &Facts, shared: &Shared) -> Option<Finding> {
    let (ours, theirs) = (acts(statement), acts(source));
    let has = |of: &[usize], wanted: usize| of.iter().any(|&at| shared.theirs[at] == wanted);
    for act in &ours {
        let there: Vec<&Act> =
            theirs.iter().filter(|other| shared.ours[act.verb] == Some(shared.theirs[other.verb])).collect();
        for &x in &act.subject {
            for &y in &act.object {
                let (Some(x_number), Some(y_number)) = (shared.ours[x], shared.ours[y]) else { continue };
                let is_turned = |other: &&Act| has(&other.object, x_number) && has(&other.subject, y_number);
                let never = there.iter().all(|other| !has(&other.subject, x_number) && !has(&other.object, y_number));
                if never && there.iter().any(is_turned) {
                    return Some(finding(statement, x, y, statement.items[act.verb].written(statement)));
                }
            }
        }
    }
    None
}

fn acts(facts: &Facts) -> Vec<Act> {
    let mut found = Vec::new();
    let ends = |item: &Item| matches!(item.sort, Sort::Split(_));
    for (verb, item) in facts.items.iter().enumerate() {
        let Some(voice) = item.voice else { continue };
        let sentence = facts.sentence(item.at);
        let things = |at: &usize| facts.items[*at].sort.is_thing();
        let goes_on = |at: &usize| !ends(&facts.items[*at]) && facts.sentence(facts.items[*at].at) == sentence;
        let before: Vec<usize> = (0..verb).rev().take_while(goes_on).filter(things).collect();
        let after: Vec<usize> = (verb + 1..facts.items.len()).take_while(goes_on).filter(things).collect();
        let (subject, object) = if voice == Voice::Active { (before, after) } else { (after, before) };
        found.push(Act { verb, subject, object });
    }
    found
}

/// "A was superior to B" where the source has "B was superior to A".
pub(crate) fn sides_changed(statement: &Facts, source: &Facts) -> Option<Finding> {
    let ((ours_before, ours_after), (theirs_before, theirs_after)) = (sides_of(statement)?, sides_of(source)?);
    let only = |a: &HashSet<&str>, b: &HashSet<&str>, not: (&HashSet<&str>, &HashSet<&str>)| {
        a.intersection(b).filter(|key| !not.0.contains(*key) && !not.1.contains(*key)).count()
    };
    let crossed = only(&ours_before, &theirs_after, (&ours_after, &theirs_before)).min(only(
        &ours_after,
        &theirs_before,
        (&ours_before, &theirs_after),
    ));
    let straight = only(&ours_before, &theirs_before, (&ours_after, &theirs_after))
        + only(&ours_after, &theirs_after, (&ours_before, &theirs_before));
    // In the order of the statement: sets have none.
    let is_crossed =
        |key: &&str| ours_before.contains(key) && theirs_after.contains(key) && !theirs_before.contains(key);
    let witness = statement.terms.iter().map(|term| term.key.as_str()).find(is_crossed)?;
    (crossed > 0 && crossed > straight).then(|| Finding {
        facet: Facet::Attribution,
        verdict: Verdict::Contradicted,
        subject: witness.to_owned(),
        reason: format!("the source compares the other way round: {witness} stands on the other side"),
    })
}

#[cfg(test)]
mod tests {
    use knowledge::Verdict;

    use crate::check::verdict_of as verdict;
    use crate::{Source, check};

    #[test]
    fn who_does_what_and_what_comes_first_is_told() {
        for (source, statement) in [
            ("Give folinic acid before methotrexate.", "Give methotrexate before folinic acid."),
            ("Measure cortisol, then give hydrocortisone.", "Give hydrocortisone, then measure cortisol."),
            ("Carbamazepine reduces the effect of doxycycline.", "Doxycycline reduces the effect of carbamazepine."),
            ("Fluconazole may raise phenytoin levels.", "Phenytoin may raise fluconazole levels."),
            ("Change from heparin to warfarin on day 3.", "Change from warfarin to heparin on day 3."),
            ("Nurses refer adults with ulcers to surgeons.", "Surgeons refer adults with ulcers to nurses."),
            ("Replace morphine with oxycodone.", "Replace oxycodone with morphine."),
            (
                "Bleeding was rarer with early than with late removal.",
                "Bleeding was rarer with late than with early removal.",
            ),
            ("The rate rose from 12% to 20%.", "The rate rose from 20% to 12%."),
        ] {
            assert_eq!(verdict(statement, source), Verdict::Contradicted, "{statement} against {source}");
        }
    }

    #[test]
    fn other_ways_to_say_the_same_stand() {
        for (source, statement) in [
            ("Give folinic acid before methotrexate.", "Before methotrexate, give folinic acid."),
            ("Give folinic acid before methotrexate.", "Methotrexate is given after folinic acid."),
            (
                "Carbamazepine reduces the effect of doxycycline.",
                "The effect of doxycycline is reduced by carbamazepine.",
            ),
            ("Pain was less with gabapentin than with placebo.", "Pain was more with placebo than with gabapentin."),
            ("Refer adults with haematuria for cystoscopy.", "Cystoscopy is for adults with haematuria."),
            ("Combine lisinopril with amlodipine.", "Combine amlodipine with lisinopril."),
        ] {
            assert_eq!(verdict(statement, source), Verdict::Supported, "{statement} against {source}");
        }
    }

    #[test]
    fn the_witness_is_the_first_of_the_statement() {
        let source = Source::new("Warfarin plus heparin was superior to aspirin plus clopidogrel.", []);
        for _ in 0..20 {
            let found = check("Aspirin plus clopidogrel was superior to warfarin plus heparin.", &source).findings;
            assert_eq!(found.first().map(|one| one.subject.as_str()), Some("aspirin"), "{found:?}");
        }
    }
}
