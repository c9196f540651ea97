//! What a source says in parallel - "in A give X; in B give Y" - and whether a statement takes one half from the one and the
//! other from the other.

use std::collections::HashSet;
use std::ops::Range;

use knowledge::Verdict;

use crate::check::{Facet, Finding};
use crate::facts::Facts;
use crate::items::{Item, Level, Shared, Sort};

/// Items of a segment that are aligned; longer ones are not built alike.
const MAX_ITEMS: usize = 48;

/// How far apart two segments of a sentence may stand.
const MAX_APART: usize = 3;

/// What the statement joins although the source has it in two parallel segments.
pub(crate) fn joined_across(statement: &Facts, source: &Facts, shared: &Shared) -> Option<Finding> {
    let weighty =
        statement.items.iter().zip(&shared.ours).filter(|(item, number)| item.sort.is_content() && number.is_some());
    if weighty.count() < 2 {
        return None;
    }
    let rows = Rows { statement, source, shared };
    if let Some(finding) = rows.respectively() {
        return Some(finding);
    }
    let mut tried = HashSet::new();
    for segments in rows.levels() {
        for apart in 1..=MAX_APART {
            for (one, other) in segments.iter().zip(segments.iter().skip(apart)) {
                if tried.insert((one.clone(), other.clone()))
                    && let Some(finding) = rows.crossing(one, other, &segments)
                {
                    return Some(finding);
                }
            }
        }
    }
    None
}

/// Items of two parallel segments that stand in the same place there.
struct Pair {
    one: Vec<usize>,
    other: Vec<usize>,
}

struct Rows<'a> {
    statement: &'a Facts,
    source: &'a Facts,
    shared: &'a Shared,
}

/// The stretches of items between what parts them at this level or above it.
fn segments(facts: &Facts, level: Option<Level>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, item) in facts.items.iter().enumerate() {
        let parts = matches!(item.sort, Sort::Split(found) if level.is_some_and(|level| found >= level));
        let begins = at > 0 && facts.sentence(item.at) != facts.sentence(facts.items[at - 1].at);
        if parts || begins {
            found.push(start..at);
            start = at + usize::from(parts);
        }
    }
    found.push(start..facts.items.len());
    found.retain(|segment| !segment.is_empty());
    found
}

impl Rows<'_> {
    /// Sentences, their parts, what `and` joins, and what commas part.
    fn levels(&self) -> impl Iterator<Item = Vec<Range<usize>>> {
        [None, Some(Level::Part), Some(Level::Clause), Some(Level::Joint), Some(Level::Comma)]
            .into_iter()
            .map(|level| segments(self.source, level))
    }

    fn items(&self, segment: &Range<usize>) -> &[Item] {
        &self.source.items[segment.clone()]
    }

    fn numbers(&self, segment: &Range<usize>) -> &[usize] {
        &self.shared.theirs[segment.clone()]
    }

    /// Whether the statement says something that only one of two segments has.
    fn says_of(&self, one: &Range<usize>, other: &Range<usize>) -> bool {
        let there = self.numbers(other);
        let mut of = self.items(one).iter().zip(self.numbers(one));
        of.any(|(item, number)| item.sort.is_content() && self.shared.is_said[*number] && !there.contains(number))
    }

    /// A half of each of two segments that the statement joins.
    fn crossing(&self, one: &Range<usize>, other: &Range<usize>, all: &[Range<usize>]) -> Option<Finding> {
        let fits = |segment: &Range<usize>| (2..=MAX_ITEMS).contains(&segment.len());
        if !fits(one) || !fits(other) || !self.says_of(one, other) || !self.says_of(other, one) {
            return None;
        }
        self.crossed(&self.pairs(one, other), all)
    }

    /// "A and B take 5 mg and 10 mg respectively": the first of each, and the second of each.
    fn respectively(&self) -> Option<Finding> {
        let mut found = Vec::new();
        for (at, _) in self.source.items.iter().enumerate().filter(|(_, item)| item.sort == Sort::Link("respectively"))
        {
            let sentence = self.source.sentence(self.source.items[at].at);
            let is_here = |at: &usize| self.source.sentence(self.source.items[*at].at) == sentence;
            let here: Vec<usize> = (0..self.source.items.len()).filter(is_here).collect();
            let lists = |is: fn(Sort) -> bool| self.lists(&here, is);
            let amounts = lists(|sort| matches!(sort, Sort::Amount | Sort::Rhythm));
            let Some(amounts) = amounts.iter().rfind(|list| list.iter().all(|amount| *amount < at)) else { continue };
            let things = lists(Sort::is_thing);
            let is_before = |list: &&Vec<usize>| list.len() == amounts.len() && list.last() < amounts.first();
            let Some(things) = things.iter().rfind(is_before) else { continue };
            let pair = |list: &[usize], i: usize, j: usize| Pair { one: vec![list[i]], other: vec![list[j]] };
            for j in 1..amounts.len() {
                found.extend((0..j).map(|i| [pair(things, i, j), pair(amounts, i, j)]));
            }
        }
        found.iter().find_map(|pairs| self.crossed(pairs, &[]))
    }

    /// The lists among some items of a sentence, by place: two or more items of a sort with nothing but commas and `and` between.
    fn lists(&self, of: &[usize], is: fn(Sort) -> bool) -> Vec<Vec<usize>> {
        let (mut found, mut list, mut is_open): (Vec<Vec<usize>>, Vec<usize>, bool) = (Vec::new(), Vec::new(), true);
        for &at in of {
            match self.source.items[at].sort {
                Sort::Light => {}
                Sort::Split(level) if level < Level::Part => is_open = true,
                sort if is(sort) && is_open => {
                    list.push(at);
                    is_open = false;
                }
                sort => {
                    found.push(std::mem::take(&mut list));
                    list.extend(is(sort).then_some(at));
                    is_open = !is(sort);
                }
            }
        }
        found.push(list);
        found.retain(|list| list.len() > 1);
        found
    }

    /// Two halves of pairs that the statement joins.
    fn crossed(&self, pairs: &[Pair], all: &[Range<usize>]) -> Option<Finding> {
        for (at, first) in pairs.iter().enumerate() {
            for second in &pairs[at + 1..] {
                // The statement has the half `a` of the one and the half `b` of the other, which go with `a_too` and `b_too`.
                let halves = [
                    (&first.one, &second.other, &second.one, &first.other),
                    (&first.other, &second.one, &second.other, &first.one),
                ];
                for (a, b, a_too, b_too) in halves {
                    let joins = self.has(a) && self.has(b) && !self.stand_together(a, b, all);
                    if joins && (self.lacks(a_too) && self.lacks(b_too) || self.exchanges((a, b), (b_too, a_too))) {
                        return Some(self.finding(a, b, a_too));
                    }
                }
            }
        }
        None
    }

    /// What stands in the same place of two segments.
    fn pairs(&self, one: &Range<usize>, other: &Range<usize>) -> Vec<Pair> {
        let (ours, theirs) = (self.items(one), self.items(other));
        let (our_numbers, their_numbers) = (self.numbers(one), self.numbers(other));
        let columns = theirs.len() + 1;
        let mut best = vec![0_u16; (ours.len() + 1) * columns];
        let weight = |i: usize, j: usize| -> u16 {
            let (a, b) = (&ours[i], &theirs[j]);
            let is_same = our_numbers[i] == their_numbers[j];
            match (a.sort, b.sort) {
                (Sort::Split(_), _) | (_, Sort::Split(_)) => 0,
                (Sort::Link(_), Sort::Link(_)) => 1 + u16::from(is_same),
                (Sort::Light, Sort::Light) if is_same => 2,
                _ if is_same => 4,
                (sort, _) if sort.has_values() && a.is_like(self.source, b) => 3,
                _ => 0,
            }
        };
        for i in (0..ours.len()).rev() {
            for j in (0..theirs.len()).rev() {
                let here = match weight(i, j) {
                    0 => 0,
                    weight => weight + best[(i + 1) * columns + j + 1],
                };
                best[i * columns + j] = here.max(best[(i + 1) * columns + j]).max(best[i * columns + j + 1]);
            }
        }
        let is_own = |at: usize, numbers: &[usize], there: &[usize]| !there.contains(&numbers[at]);
        let own_here = |i: usize| ours[i].sort.is_content() && is_own(i, our_numbers, their_numbers);
        let own_there = |j: usize| theirs[j].sort.is_content() && is_own(j, their_numbers, our_numbers);
        let mut pairs = Vec::new();
        let (mut i, mut j, mut gap_i, mut gap_j) = (0, 0, 0, 0);
        let mut taken = HashSet::new();
        let close = |from: Range<usize>, to: Range<usize>, pairs: &mut Vec<Pair>| {
            let is_first = from.start == 0;
            let ties = |item: &Item| matches!(item.sort, Sort::Link(_) | Sort::Split(_));
            let is_run = from.len() == to.len() && !ours[from.clone()].iter().chain(&theirs[to.clone()]).any(ties);
            let follows = from.start.checked_sub(1).is_some_and(|before| ours[before].sort == Sort::Term);
            let from: Vec<usize> = from.filter(|i| own_here(*i)).collect();
            let to: Vec<usize> = to.filter(|j| own_there(*j)).collect();
            let (mut from, to) = (telling(ours, &from), telling(theirs, &to));
            // "Remove the drain at 48 hours and the sutures at 10 days": both are removed.
            if is_first && !to.is_empty() && from.len() > to.len() {
                from.drain(..from.len() - to.len());
            }
            // "If cultures are positive continue, if cultures are negative stop."
            if is_run && follows && from.len() > 1 && from.len() == to.len() {
                let in_order = from.iter().zip(&to);
                pairs.extend(in_order.map(|(i, j)| Pair { one: vec![one.start + i], other: vec![other.start + j] }));
            } else if !from.is_empty() && !to.is_empty() {
                pairs.push(Pair {
                    one: from.iter().map(|i| i + one.start).collect(),
                    other: to.iter().map(|j| j + other.start).collect(),
                });
            }
        };
        while i < ours.len() && j < theirs.len() {
            let here = best[i * columns + j];
            match weight(i, j) {
                weight if weight > 0 && here == weight + best[(i + 1) * columns + j + 1] => {
                    close(gap_i..i, gap_j..j, &mut pairs);
                    if weight == 3 && own_here(i) && own_there(j) {
                        pairs.push(Pair { one: vec![one.start + i], other: vec![other.start + j] });
                    }
                    if ours[i].sort.has_values() {
                        taken.extend([(true, i), (false, j)]);
                    }
                    (i, j) = (i + 1, j + 1);
                    (gap_i, gap_j) = (i, j);
                }
                _ if here == best[(i + 1) * columns + j] => i += 1,
                _ => j += 1,
            }
        }
        close(gap_i..ours.len(), gap_j..theirs.len(), &mut pairs);
        // The one amount, medicine or population of each, wherever it stands.
        for i in (0..ours.len()).filter(|i| ours[*i].sort.has_values() && own_here(*i)) {
            let like = |items: &[Item]| items.iter().filter(|item| ours[i].is_like(self.source, item)).count();
            if like(ours) == 1 && like(theirs) == 1 && !taken.contains(&(true, i)) {
                let j = theirs.iter().position(|item| ours[i].is_like(self.source, item));
                let j = j.filter(|j| own_there(*j) && !taken.contains(&(false, *j)));
                pairs.extend(j.map(|j| Pair { one: vec![one.start + i], other: vec![other.start + j] }));
            }
        }
        let is_list = |pair: &Pair| {
            let (Some(&a), Some(&b)) = (pair.one.last(), pair.other.first()) else { return true };
            pair.one.len() == 1 && pair.other.len() == 1 && are_listed(&self.source.items, a, b)
        };
        pairs.retain(|pair| !is_list(pair));
        pairs
    }

    /// Whether the statement says at least half of it.
    fn has(&self, half: &[usize]) -> bool {
        let said = half.iter().filter(|&&at| self.shared.is_said[self.shared.theirs[at]]).count();
        2 * said >= half.len()
    }

    fn lacks(&self, half: &[usize]) -> bool {
        half.iter().all(|&at| !self.shared.is_said[self.shared.theirs[at]])
    }

    /// Whether another segment has both.
    fn stand_together(&self, a: &[usize], b: &[usize], all: &[Range<usize>]) -> bool {
        let has = |segment: &Range<usize>, half: &[usize]| {
            let numbers = self.numbers(segment);
            half.iter().any(|&at| numbers.contains(&self.shared.theirs[at]))
        };
        all.iter().any(|segment| has(segment, a) && has(segment, b))
    }

    /// Whether the statement, which has all four halves, says `a` with `b` in one segment and the other two in another.
    fn exchanges(&self, (a, b): (&[usize], &[usize]), (c, d): (&[usize], &[usize])) -> bool {
        if !self.has(c) || !self.has(d) {
            return false;
        }
        [Level::Part, Level::Clause, Level::Joint, Level::Comma].into_iter().any(|level| {
            let segments = segments(self.statement, Some(level));
            let has = |segment: &Range<usize>, half: &[usize]| {
                let ours = &self.shared.ours[segment.clone()];
                half.iter().any(|&at| ours.contains(&Some(self.shared.theirs[at])))
            };
            let only = |yes: [&[usize]; 2], no: [&[usize]; 2]| {
                segments.iter().any(|segment| {
                    yes.iter().all(|half| has(segment, half)) && !no.iter().any(|half| has(segment, half))
                })
            };
            only([a, b], [c, d]) && only([c, d], [a, b])
        })
    }

    fn finding(&self, a: &[usize], b: &[usize], instead: &[usize]) -> Finding {
        let written = |half: &[usize]| -> String {
            half.iter().map(|&at| self.source.items[at].written(self.source)).collect::<Vec<_>>().join(" ")
        };
        let has_values = [a, b].iter().any(|half| half.iter().all(|&at| self.source.items[at].sort.has_values()));
        Finding {
            facet: Facet::Attribution,
            verdict: if has_values { Verdict::Contradicted } else { Verdict::Partial },
            subject: written(b),
            reason: format!(
                "the source has \u{201c}{}\u{201d} with \u{201c}{}\u{201d}, not \u{201c}{}\u{201d}",
                written(a),
                written(instead),
                written(b)
            ),
        }
    }
}

/// What tells the places of a gap from one another: its words, or else a medicine or population. Amounts, rhythms and routes
/// stand for others of their sort only.
fn telling(items: &[Item], gap: &[usize]) -> Vec<usize> {
    let of = |is: fn(Sort) -> bool| -> Vec<usize> { gap.iter().copied().filter(|at| is(items[*at].sort)).collect() };
    let ranks: [fn(Sort) -> bool; 4] = [
        |sort| matches!(sort, Sort::Term | Sort::Turn(_) | Sort::Direction | Sort::Ordinal),
        |sort| sort == Sort::Weak || sort == Sort::Strength,
        |sort| matches!(sort, Sort::Drug | Sort::Population),
        |sort| matches!(sort, Sort::Amount | Sort::Rhythm | Sort::Route),
    ];
    ranks.into_iter().map(of).find(|found| !found.is_empty()).unwrap_or_default()
}

/// Whether two items are neighbours in a list, as in "A and B": what is said of the one is said of the other.
pub(crate) fn are_listed(items: &[Item], a: usize, b: usize) -> bool {
    let heavy =
        |range: Range<usize>| items.get(range).unwrap_or_default().iter().filter(|item| item.sort != Sort::Light);
    let between: Vec<&Item> = heavy(a.min(b) + 1..a.max(b)).collect();
    let parts = |item: &&Item| matches!(item.sort, Sort::Split(level) if level != Level::Part);
    let joins = |item: &&Item| matches!(item.sort, Sort::Split(Level::Joint | Level::Clause));
    let lists = |item: &&Item| parts(item) || item.sort.is_thing();
    between.first().is_some_and(&parts)
        && between.last().is_some_and(parts)
        && between.iter().all(lists)
        && (between.iter().any(joins) || heavy(a.max(b) + 1..items.len()).take_while(lists).any(|item| joins(&item)))
}

#[cfg(test)]
mod tests {
    use knowledge::Verdict;

    use crate::check::verdict_of as verdict;

    fn no_support(pairs: &[(&str, &str)]) {
        for (source, statement) in pairs {
            let found = verdict(statement, source);
            assert!(found > Verdict::Supported, "{statement} against {source}");
        }
    }

    fn support(pairs: &[(&str, &str)]) {
        for (source, statement) in pairs {
            assert_eq!(verdict(statement, source), Verdict::Supported, "{statement} against {source}");
        }
    }

    #[test]
    fn a_dose_belongs_to_its_own_band_route_or_severity() {
        let weight = "Below 30 kg the dose is 200 mg, and at 30 kg or more the dose is 400 mg.";
        let route = "Vitamin K is given as 5 mg by mouth or 1 mg intravenously.";
        let grade = "Mild flares need prednisolone 10 mg and severe flares need prednisolone 40 mg.";
        let phase = "The induction dose of rituximab is 375 mg and the maintenance dose is 500 mg.";
        let joint = "Inject 80 mg into the hip or 20 mg into the elbow.";
        no_support(&[
            (weight, "Below 30 kg the dose is 400 mg."),
            (route, "Vitamin K is given as 5 mg intravenously."),
            (grade, "Mild flares need prednisolone 40 mg."),
            (grade, "Mild flares need 40 mg and severe flares need 10 mg of prednisolone."),
            (phase, "The maintenance dose of rituximab is 375 mg."),
            (joint, "Inject 20 mg into the hip."),
        ]);
        support(&[
            (weight, "The dose is 400 mg at 30 kg or more."),
            (route, "Vitamin K 1 mg may be given intravenously."),
            (grade, "Severe flares need 40 mg and mild flares need 10 mg of prednisolone."),
            (phase, "Rituximab has a maintenance dose of 500 mg."),
            (joint, "For the elbow, 20 mg is injected."),
        ]);
    }

    #[test]
    fn what_neighbouring_sentences_say_is_kept_apart() {
        let both = "Men take 60 mg of iron a day. Women take 120 mg of iron a day.";
        no_support(&[(both, "Women take 60 mg of iron a day.")]);
        support(&[(both, "Women take 120 mg of iron a day and men 60 mg.")]);
        support(&[(
            "Carbimazole treats thyrotoxicosis. The dose is 20 mg.",
            "Thyrotoxicosis: carbimazole, dose 20 mg.",
        )]);
    }

    #[test]
    fn a_medicine_or_order_keeps_its_own_condition() {
        let uses = "Give praziquantel for schistosomiasis and ivermectin for onchocerciasis.";
        let otherwise = "With a history of heart block give amlodipine; otherwise give bisoprolol.";
        let swabs = "If the swab is positive isolate the patient; if the swab is negative discharge the patient.";
        no_support(&[
            (uses, "Give ivermectin for schistosomiasis."),
            (uses, "Give ivermectin for schistosomiasis and praziquantel for onchocerciasis."),
            (otherwise, "With a history of heart block give bisoprolol."),
            (swabs, "If the swab is negative isolate the patient."),
        ]);
        support(&[
            (uses, "Onchocerciasis is treated with ivermectin."),
            (otherwise, "Give amlodipine with a history of heart block."),
            (swabs, "Discharge the patient if the swab is negative."),
            ("Ampicillin and gentamicin are given in meningitis and in sepsis.", "Gentamicin is given in meningitis."),
        ]);
    }

    #[test]
    fn outcomes_and_arms_keep_their_figures() {
        let outcomes = "Delirium occurred in 12% and falls occurred in 4% of patients.";
        let both = "The median stay was 6 days with drainage and 9 days without drainage.";
        no_support(&[
            (outcomes, "Falls occurred in 12% of patients."),
            (outcomes, "Delirium occurred in 4% and falls in 12%."),
        ]);
        support(&[
            (outcomes, "Falls occurred in 4% of patients."),
            (both, "The median stay with drainage was 6 days."),
        ]);
    }

    #[test]
    fn lists_that_are_said_respectively_are_paired_in_order() {
        let source = "The doses of digoxin and bumetanide are 125 micrograms and 1 mg respectively.";
        no_support(&[(source, "The dose of bumetanide is 125 micrograms.")]);
        support(&[(source, "The dose of bumetanide is 1 mg."), (source, "The dose of digoxin is 125 micrograms.")]);
    }

    #[test]
    fn the_order_of_a_list_says_nothing() {
        support(&[
            (
                "Check potassium before spironolactone or amiloride.",
                "Check potassium before amiloride or spironolactone.",
            ),
            (
                "Opioids, antihistamines and benzodiazepines sedate adults.",
                "Benzodiazepines and opioids sedate adults.",
            ),
        ]);
    }
}
