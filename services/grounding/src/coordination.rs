//! Where, behind "and" or a comma, a clause of its own begins or a list goes on.

use crate::clauses::List;
use crate::facts::Reader;
use crate::lexicon;
use crate::negations;
use crate::terms::is_preposition;
use crate::words::Token;

/// Words of an item of a list: what has more is a clause.
const MAX_ITEM: usize = 4;

/// What has been read of the clause that is open.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Verbs {
    pub(crate) has_auxiliary: bool,
    is_denying_instruction: bool,
    /// A list has begun in it.
    pub(crate) in_list: bool,
    /// What denies it may have ended: "do not do X and do Y".
    pub(crate) is_doubtful: bool,
}

impl Verbs {
    pub(crate) fn take(&mut self, lower: &str) {
        // "It is known that A and B are …": the verb is not theirs.
        self.has_auxiliary &= !matches!(lower, "that" | "whether");
        self.has_auxiliary |= lexicon::is_auxiliary(lower);
        self.is_denying_instruction |= negations::is_denying_instruction(lower);
    }
}

impl Reader<'_> {
    /// Whether a verb here would be an order: "hold metformin" and "should hold", not "hold of".
    pub(crate) fn is_order(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map_or(".", |at| self.tokens[at].lower.as_str());
        lexicon::is_auxiliary(before)
            || lexicon::ends_clause(before)
            || matches!(before, "and" | "or" | "to" | "not" | ":" | "-")
    }

    /// Whether an auxiliary here has a subject: "should", not "to be" or "has been".
    pub(crate) fn is_finite(&self, at: usize) -> bool {
        let lower = self.tokens[at].lower.as_str();
        let before = at.checked_sub(1).map_or("", |at| self.tokens[at].lower.as_str());
        let is_form = matches!(
            lower,
            "be" | "been"
                | "has"
                | "have"
                | "had"
                | "do"
                | "does"
                | "did"
                | "dont"
                | "doesnt"
                | "didnt"
                | "hasnt"
                | "havent"
                | "hadnt"
        );
        let goes_on = lexicon::is_auxiliary(before) || matches!(before, "to" | "not" | "and" | "or" | "that" | "what");
        lexicon::is_auxiliary(lower) && !is_form && !goes_on
    }

    /// Whether a participle here has an auxiliary: "is temporarily held".
    pub(crate) fn is_passive(&self, at: usize) -> bool {
        let before = self.tokens[at.saturating_sub(3)..at].iter();
        before
            .rev()
            .take_while(|token| !lexicon::ends_clause(&token.lower))
            .any(|token| lexicon::is_auxiliary(&token.lower))
    }

    /// Whether "due to" says why something is done, not what something is due to.
    pub(crate) fn is_reason(&self, at: usize) -> bool {
        let lower = |at: usize| self.tokens.get(at).map_or("", |token| token.lower.as_str());
        let before = at.checked_sub(1).map_or("", lower);
        lower(at + 1) == "to" && !lexicon::is_auxiliary(before) && !matches!(before, "not" | "" | "likely" | "probably")
    }

    /// Whether a clause of its own begins here, behind "and": an instruction that denies, another one behind such an instruction,
    /// or what has a subject and a verb.
    pub(crate) fn begins_clause(&self, at: usize, before: Verbs) -> bool {
        let lower = |at: usize| self.tokens.get(at).map_or("", |token| token.lower.as_str());
        let is_do_not = lower(at) == "dont" || lower(at) == "do" && lower(at + 1) == "not";
        if negations::is_denying_instruction(lower(at)) || is_do_not {
            return true;
        }
        if self.begins_instruction(at) {
            return before.is_denying_instruction || self.rest_of_clause(at).any(|token| token.lower == "instead");
        }
        // "Should not do X and should do Y": each verb has its own denial.
        if lexicon::is_auxiliary(lower(at)) {
            return before.has_auxiliary && !matches!(lower(at), "be" | "been");
        }
        if !before.has_auxiliary && !before.is_denying_instruction {
            return false;
        }
        let is_joint = |lower: &str| matches!(lower, "and" | "or" | "nor" | "that" | "whether" | "to" | "not");
        let rest: Vec<&str> = self.rest_of_clause(at).map(|token| token.lower.as_str()).collect();
        let subject = rest.iter().take_while(|lower| !is_joint(lower) && !lexicon::is_auxiliary(lower));
        match rest.get(subject.count()) {
            Some(lower) if lexicon::is_auxiliary(lower) => true,
            _ => {
                let is_participle = |lower: &&str| lexicon::is_participle_of_instruction(lower);
                before.has_auxiliary && rest.iter().take(4).skip(1).any(is_participle)
            }
        }
    }

    /// Whether an instruction begins here: "use X", not "use of X"; and whatever has an article behind it is a verb.
    pub(crate) fn begins_instruction(&self, at: usize) -> bool {
        let lower = |at: usize| self.tokens.get(at).map_or("", |token| token.lower.as_str());
        let is_word = !lexicon::is_function_word(lower(at)) && !lexicon::ends_clause(lower(at));
        let takes_object = is_word && matches!(lower(at + 1), "a" | "an" | "the" | "it" | "them" | "their" | "its");
        let next = lower(at + 1);
        let is_noun = matches!(next, "" | "of" | "is" | "was" | "are" | "in" | "for" | "and" | "or" | "," | ".");
        takes_object || lexicon::is_instruction(lower(at)) && !is_noun
    }

    /// The tokens from here to the end of the clause.
    pub(crate) fn rest_of_clause(&self, at: usize) -> impl Iterator<Item = &Token> {
        self.tokens.iter().skip(at).take_while(|token| !lexicon::ends_clause(&token.lower))
    }

    /// Whether the words from a comma, "or" or "and" on go on with a list.
    pub(crate) fn lists(&self, at: usize) -> List {
        let mut is_last = self.tokens[at].lower != ",";
        let rest = &self.tokens[at + 1..];
        // ", with", ", starting": what follows is said of the whole.
        let leaves = |first: &Token| {
            is_preposition(&first.lower) && !matches!(first.lower.as_str(), "in" | "for" | "and")
                || lexicon::goes_on(&first.lower)
                || matches!(
                    first.lower.as_str(),
                    "starting"
                        | "beginning"
                        | "using"
                        | "giving"
                        | "taking"
                        | "increasing"
                        | "reducing"
                        | "following"
                        | "depending"
                        | "according"
                        | "given"
                        | "started"
                        | "followed"
                        | "preferably"
                        | "usually"
                        | "due"
                        | "owing"
                )
        };
        if !is_last && rest.first().is_none_or(leaves) {
            return List::No;
        }
        for token in rest {
            let lower = token.lower.as_str();
            match lower {
                "or" | "and" => is_last = true,
                "," if is_last => return List::ToComma,
                "," => {}
                _ if lexicon::is_auxiliary(lower)
                    || lexicon::is_instruction(lower)
                    || lexicon::is_participle_of_instruction(lower) =>
                {
                    return List::No;
                }
                _ if lexicon::ends_clause(lower) => break,
                _ => {}
            }
        }
        if is_last { List::ToEnd } else { List::No }
    }

    /// Whether a list of few words each goes on from a comma in what is denied: "avoid A, B and C".
    pub(crate) fn lists_what_is_denied(&self, at: usize, in_list: bool) -> bool {
        let rest: Vec<&Token> = self.rest_of_list(at + 1).collect();
        let is_joint = |token: &&Token| matches!(token.lower.as_str(), "or" | "and" | ",");
        let starts_with_joint = rest.first().is_some_and(&is_joint);
        let is_short = |item: &[&Token]| item.len() <= MAX_ITEM;
        let tells_more = rest.iter().any(|token| matches!(token.lower.as_str(), "where" | "such" | "as"));
        let has_last = rest.iter().any(|token| matches!(token.lower.as_str(), "or" | "and"));
        let is_denied = (at + 1..at + 1 + rest.len()).any(|at| negations::negation_at(self.words(at)).is_some());
        (in_list || !starts_with_joint)
            && has_last
            && !tells_more
            && !is_denied
            && rest.split(|token| is_joint(token)).all(is_short)
            && self.lists(at) != List::No
    }

    /// The tokens from here to the end of a list: to a preposition or the end of the clause.
    pub(crate) fn rest_of_list(&self, at: usize) -> impl Iterator<Item = &Token> {
        let ends = |token: &Token| {
            let lower = token.lower.as_str();
            !matches!(lower, "," | "or" | "and") && (lexicon::ends_clause(lower) || is_preposition(lower))
        };
        self.tokens.iter().skip(at).take_while(move |token| !ends(token))
    }
}

#[cfg(test)]
mod tests {
    use knowledge::Verdict;

    use crate::check::verdict_of as verdict;

    #[test]
    fn an_order_behind_a_denial_stands_for_itself() {
        let two = "Stop gliclazide and start linagliptin in renal failure.";
        let passive = "Gliclazide should be stopped and linagliptin should be started.";
        let short = "Gliclazide is stopped and linagliptin started.";
        for (statement, source) in [
            ("Stop gliclazide.", two),
            ("Start linagliptin in renal failure.", two),
            ("Linagliptin should be started.", passive),
            ("Linagliptin is started.", short),
            ("Avoid gliclazide.", "Avoid metformin, gliclazide and insulin."),
            ("Do not give insulin.", "Do not give metformin, gliclazide or insulin."),
        ] {
            assert_eq!(verdict(statement, source), Verdict::Supported, "{statement} against {source}");
        }
        for (statement, source) in [
            ("Stop linagliptin in renal failure.", two),
            ("Stop linagliptin.", two),
            ("Linagliptin should not be started.", passive),
            ("Avoid the catheter.", "Avoid diuretics and clamp the catheter."),
            ("Do not give linagliptin.", "Do not give gliclazide and start linagliptin instead."),
            ("Give insulin.", "Avoid metformin, gliclazide and insulin."),
        ] {
            assert_eq!(verdict(statement, source), Verdict::Contradicted, "{statement} against {source}");
        }
    }

    #[test]
    fn each_verb_has_its_own_denial() {
        let codeine = "Women who are breastfeeding should not take codeine and should be offered paracetamol.";
        let allergy = "Adults who are not allergic should receive amoxicillin.";
        for (statement, source) in [
            ("Women who are breastfeeding should be offered paracetamol.", codeine),
            ("Amoxicillin should be received by adults who are not allergic.", allergy),
        ] {
            assert_eq!(verdict(statement, source), Verdict::Supported, "{statement} against {source}");
        }
        for (statement, source) in [
            ("Women who are breastfeeding should not be offered paracetamol.", codeine),
            ("Adults who are not allergic should not receive amoxicillin.", allergy),
        ] {
            assert_eq!(verdict(statement, source), Verdict::Contradicted, "{statement} against {source}");
        }
    }

    #[test]
    fn what_may_or_may_not_be_denied_is_partial() {
        let both = "Do not open the capsule and give it by tube.";
        assert_eq!(
            verdict("Do not give it by tube.", "Do not open the capsule and give it by tube."),
            Verdict::Partial
        );
        assert_eq!(verdict("Do not open the capsule.", both), Verdict::Supported);
    }

    #[test]
    fn a_reason_is_not_denied() {
        let reason = "Lithium was stopped due to tremor.";
        assert_eq!(verdict("Lithium was stopped because of tremor.", reason), Verdict::Supported);
        let denied = verdict("Tremor is not because of lithium.", "Tremor is not due to lithium.");
        assert_eq!(denied, Verdict::Supported);
        assert_eq!(verdict("Tremor is due to lithium.", "Tremor is not due to lithium."), Verdict::Contradicted);
    }
}
