//! What a span of time is counted from: "within 6 hours of arrival", "12 hours after the last dose"; and whether something goes
//! on for it or comes after it.

use crate::check::{Facet, Finding};
use crate::facts::{Facts, Said};
use crate::items::{Item, Shared, Sort};

/// A span of time, the word before it, and what it is counted from.
struct Span {
    at: usize,
    before: Option<&'static str>,
    /// Whether something else comes next: "for 7 days, then".
    is_followed: bool,
    from: Vec<usize>,
}

/// A span that the source counts from something else, or that it says otherwise of what is done.
pub(crate) fn counted_otherwise(statement: &Facts, source: &Facts, shared: &Shared) -> Option<Finding> {
    let (ours, theirs) = (spans(statement), spans(source));
    // "Stop after 12 weeks" is "for 12 weeks", and so is what comes after them.
    let stops = [statement, source].iter().any(|facts| facts.items.iter().any(|item| item.sort == Sort::Turn("stop")));
    ours.iter().find_map(|span| {
        let same = |other: &&Span| shared.ours[span.at] == Some(shared.theirs[other.at]);
        let there: Vec<&Span> = theirs.iter().filter(same).collect();
        let is_other_way = |other: &&Span| {
            matches!((span.before, other.before), (Some("for"), Some("after")) | (Some("after"), Some("for")))
        };
        let is_of_other = |other: &&Span| {
            let is_shared =
                |at: &&usize| other.from.iter().any(|theirs| shared.ours[**at] == Some(shared.theirs[*theirs]));
            let are_known = span.from.iter().all(|at| shared.ours[*at].is_some());
            are_known && !other.from.is_empty() && 2 * span.from.iter().filter(is_shared).count() <= span.from.len()
        };
        let first = there.first()?;
        let reason = if !stops && there.iter().all(|other| is_other_way(other) && !other.is_followed) {
            let (theirs, ours) = (first.before.unwrap_or_default(), span.before.unwrap_or_default());
            format!("the source says \u{201c}{theirs}\u{201d}, not \u{201c}{ours}\u{201d}")
        } else if !span.from.is_empty() && there.iter().all(is_of_other) {
            let written = |facts: &Facts, of: &[usize]| -> String {
                of.iter().map(|&at| facts.items[at].written(facts)).collect::<Vec<_>>().join(" ")
            };
            let (theirs, ours) = (written(source, &first.from), written(statement, &span.from));
            format!("the source counts this from \u{201c}{theirs}\u{201d}, not \u{201c}{ours}\u{201d}")
        } else {
            return None;
        };
        Some(Finding::partial(Facet::Time, statement.items[span.at].written(statement), reason))
    })
}

fn spans(facts: &Facts) -> Vec<Span> {
    let is_time = |item: &Item| match item.said(facts) {
        Some(Said::Amount(amount)) => matches!(amount.dimension.as_str(), "time" | "months" | "years"),
        _ => false,
    };
    let link = |at: usize| match facts.items.get(at).map(|item| item.sort) {
        Some(Sort::Link(word)) => Some(word),
        _ => None,
    };
    let times = facts.items.iter().enumerate().filter(|(_, item)| is_time(item));
    times
        .map(|(at, item)| {
            let sentence = facts.sentence(item.at);
            let counts = link(at + 1).is_some_and(|word| matches!(word, "of" | "after" | "before"));
            // "Of onset of symptoms" is one thing.
            let goes_on = |other: &usize| {
                let is_here = facts.items.get(*other).is_some_and(|item| facts.sentence(item.at) == sentence);
                is_here
                    && match facts.items[*other].sort {
                        Sort::Split(_) => false,
                        Sort::Link(word) => word == "of",
                        _ => true,
                    }
            };
            let from = (at + 2..).take_while(goes_on).filter(|other| facts.items[*other].sort.is_content());
            let from = if counts { from.collect() } else { Vec::new() };
            let next = (at + 1..)
                .take_while(|next| facts.items.get(*next).is_some_and(|next| matches!(next.sort, Sort::Split(_))));
            let is_followed = link(at + 1 + next.count()) == Some("then");
            Span { at, before: at.checked_sub(1).and_then(link), is_followed, from }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use knowledge::Verdict;

    use crate::check::verdict_of as verdict;

    #[test]
    fn a_span_is_counted_from_what_the_source_counts_it_from() {
        let lithium = "Measure sodium 6 hours after the infusion and 24 hours after the operation.";
        for (source, statement) in [
            ("Splint the finger for 8 weeks.", "Splint the finger after 8 weeks."),
            ("Operate within 12 hours of perforation when imaging is done.", "Operate within 12 hours of imaging."),
            (lithium, "Measure sodium 6 hours after the operation."),
        ] {
            assert!(verdict(statement, source) > Verdict::Supported, "{statement} against {source}");
        }
        for (source, statement) in [
            ("Give 20 mg for 8 weeks, then 10 mg.", "After 8 weeks, give 10 mg."),
            ("Operate within 12 hours of onset of peritonitis.", "Operate within 12 hours of peritonitis."),
            (lithium, "Measure sodium 24 hours after the operation."),
        ] {
            assert_eq!(verdict(statement, source), Verdict::Supported, "{statement} against {source}");
        }
    }
}
