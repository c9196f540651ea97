//! Who does what to whom, and what comes before what: whether a statement has two things change places about the same word.

use std::collections::HashSet;

use knowledge::Verdict;

use crate::check::{Facet, Finding};
use crate::facts::Facts;
use crate::items::{Item, Shared, Sort, Voice};
use crate::parallel::are_listed;

/// A word that ties, what it is tied to, and all else that its sentence names.
struct Tie {
    word: &'static str,
    object: Vec<usize>,
    rest: Vec<usize>,
}

/// Two things that stand on the other side each of what ties them: "A before B" for "B before A".
pub(crate) fn turned_about(statement: &Facts, source: &Facts, shared: &Shared) -> Option<Finding> {
    tied_otherwise(statement, source, shared).or_else(|| acted_otherwise(statement, source, shared))
}

fn tied_otherwise(statement: &Facts, source: &Facts, shared: &Shared) -> Option<Finding> {
    let (ours, theirs) = (ties(statement), ties(source));
    let number = |at: usize| shared.ours[at];
    for tie in ours.iter().filter(|tie| !tie.object.is_empty()) {
        let there: Vec<&Tie> = theirs.iter().filter(|other| other.word == tie.word).collect();
        if there.is_empty() {
            continue;
        }
        let is_object = |of: &Tie, wanted: usize| of.object.iter().any(|&at| shared.theirs[at] == wanted);
        let is_rest = |of: &Tie, wanted: usize| of.rest.iter().any(|&at| shared.theirs[at] == wanted);
        let our_objects: HashSet<usize> = ours
            .iter()
            .filter(|other| other.word == tie.word)
            .flat_map(|other| &other.object)
            .filter_map(|&at| number(at))
            .collect();
        for &x in &tie.object {
            let Some(x_number) = number(x) else { continue };
            for &y in &tie.rest {
                let Some(y_number) = number(y).filter(|number| !our_objects.contains(number)) else { continue };
                // "Before A or B" is "before B or A".
                if are_listed(&statement.items, x, y) {
                    continue;
                }
                let alike = are_alike(statement, &statement.items[x], &statement.items[y]);
                let is_turned = |other: &&&Tie| is_object(other, y_number) && is_rest(other, x_number);
                let never = there.iter().all(|other| !is_object(other, x_number));
                if alike && never && x_number != y_number && there.iter().any(|other| is_turned(&other)) {
                    return Some(finding(statement, x, y, tie.word));
                }
            }
        }
    }
    None
}

fn are_alike(facts: &Facts, a: &Item, b: &Item) -> bool {
    a.sort.is_thing() && b.sort.is_thing() || a.sort.has_values() && a.is_like(facts, b)
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
        if !is_tie(word) {
            continue;
        }
        let sentence = facts.sentence(item.at);
        let is_here = |other: &usize| facts.items.get(*other).is_some_and(|item| facts.sentence(item.at) == sentence);
        let is_link = |other: &usize| matches!(facts.items[*other].sort, Sort::Link(_));
        // "Than with B": what is compared is B.
        let start = (at + 1..).take_while(is_here).find(|other| !is_link(other)).unwrap_or(at + 1);
        let ends = |other: &usize| matches!(facts.items[*other].sort, Sort::Link(_) | Sort::Split(_));
        let object: Vec<usize> = (start..).take_while(is_here).take_while(|other| !ends(other)).collect();
        let rest: Vec<usize> = (0..facts.items.len()).filter(|other| !object.contains(other)).filter(is_here).collect();
        let content = |of: Vec<usize>| of.into_iter().filter(|at| facts.items[*at].sort.is_content()).collect();
        found.push(Tie { word, object: content(object), rest: content(rest) });
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
