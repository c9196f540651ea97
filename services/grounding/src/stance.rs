//! Words that say how a sentence stands to what it says: as a guess, a question, past advice, of animals only; whether it holds
//! for this alone; and whether one thing goes with another, causes, prevents or treats it.

use std::ops::Range;
use std::sync::LazyLock;

use vocabulary::{Phrases, fold};

use crate::facts::Reader;
use crate::quantity::join;
use crate::words::{Kind, Token};

/// How a sentence stands to what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Stance {
    /// It holds it to be likely.
    Guess,
    /// It asks, aims to show or does not know.
    Question,
    /// It was so, or was advised.
    Former,
    /// Some say so.
    Hearsay,
    /// It is known of animals or the healthy.
    Model,
    /// It holds for this and for nothing else.
    Only,
    /// One thing goes with another.
    Association,
    Cause,
    Prevention,
    Treatment,
}

impl Stance {
    /// Whether it may be said in other words.
    pub(crate) fn has_equals(self) -> bool {
        !matches!(self, Self::Model | Self::Former | Self::Hearsay | Self::Treatment)
    }

    /// Whether what it is said of need not be so.
    pub(crate) fn leaves_open(self) -> bool {
        matches!(self, Self::Question | Self::Former | Self::Hearsay | Self::Model)
    }
}

/// Such a word, and where.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mark {
    pub(crate) stance: Stance,
    pub(crate) at: Range<usize>,
    /// As written.
    pub(crate) written: String,
}

const PHRASES: &[(Stance, &str)] = &[
    (
        Stance::Guess,
        "probably|possibly|perhaps|presumably|conceivably|potentially|apparently|likely to|appears to|appear to|\
         appeared to|seems to|seem to|seemed to|seems|is thought to|are thought to|is said to|are said to|\
         hint that|hints that|is believed to|are believed to|suggests that|suggest that|suggested that|\
         suggesting that|trend towards|trend toward|tended to|tends to|tend to|in theory|theoretically|may|might|\
         could",
    ),
    (
        Stance::Question,
        "whether|examine if|to test if|to see if|assess if|determine if|evaluate if|investigate if|establish if|\
         ask if|asked if|find out if|doubt that|doubtful that|unknown if|unclear if|uncertain if|known if|\
         clear if|know if|sure if|is unknown|are unknown|remains unknown|is unclear|remains unclear|is uncertain|\
         remains uncertain|is not known|are not known|remains to be|hypothesis|hypothesised|hypothesized|\
         hypothesise|hypothesize|hypothesised that|postulated|been proposed that|speculated|we aimed|aimed to|\
         aims to|aim is to|aim was to|aim of|objective was to|objective is to|purpose of this|designed to|\
         is being studied|are being studied|is under investigation|under investigation|needs to be shown|\
         need to be shown",
    ),
    (
        Stance::Former,
        "formerly|historically|in the past|until recently|till recently|used to be|obsolete|outdated|superseded|\
         has been withdrawn|have been withdrawn|now withdrawn|has been replaced|have been replaced|\
         been replaced by|now replaced|previously recommended|previously advised|was once|were once|\
         earlier advice|earlier recommendation|earlier guidance|earlier guideline|earlier guidelines|\
         previous advice|previous guidance|previous guideline|previous guidelines|old advice|older guidelines",
    ),
    (
        Stance::Hearsay,
        "reported that|some experts|some authors|some guidelines|some clinicians|some centres|some centers|\
         anecdotal|anecdotally|anecdotal evidence|case report|case reports|in their opinion|expert opinion|\
         claimed that|claims that|believed that|believe that",
    ),
    (
        Stance::Model,
        "mice|mouse|rats|in rat|animal studies|animal models|in animals|animal data|in vitro|healthy volunteers|\
         dogs|rabbits|zebrafish",
    ),
    (
        Stance::Only,
        "only|solely|exclusively|restricted to|limited to|reserved for|confined to|no one but|nobody but|\
         nothing but",
    ),
    (
        Stance::Association,
        "associated with|association with|association between|association of|linked to|linked with|link between|\
         link with|correlates with|correlated with|correlate with|correlation between|correlation with|\
         predictor of|predicts|related to|risk factor for|risk factors for|marker of",
    ),
    (
        Stance::Cause,
        "causes|cause|caused|caused by|induced by|provoked by|triggered by|causing|leads to|lead to|led to|\
         leading to|results in|resulted in|result in|resulting in|induces|induced|induce|provokes|provoke|\
         triggers|brings about|gives rise to|responsible for",
    ),
    (
        Stance::Prevention,
        "prevents|prevent|prevented|prevented by|preventing|prevention|protects against|protect against|\
         protected against|protective against|protection against|prophylaxis",
    ),
    (Stance::Treatment, "treats|treat|treated|treated by|treating|treatment of|treatment for|therapy for|therapy of"),
];

fn stance_at<'a>(words: impl Iterator<Item = &'a str> + Clone) -> Option<(usize, Stance)> {
    static TABLE: LazyLock<Phrases<Stance>> = LazyLock::new(|| {
        let mut table = Phrases::default();
        for (stance, phrases) in PHRASES {
            for phrase in phrases.split('|').map(fold) {
                // "To find out when it helps" is as open.
                let when = phrase.strip_suffix(" if").map(|asked| format!("{asked} when"));
                when.iter().chain([&phrase]).for_each(|phrase| table.insert(phrase, *stance));
            }
        }
        table
    });
    TABLE.longest(words).map(|(length, stance)| (length, *stance))
}

impl Reader<'_> {
    /// All such words; they are left to be read as terms and facts besides.
    pub(crate) fn marks(&self) -> Vec<Mark> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(token) = self.tokens.get(at) {
            let stance = if token.written == "?" { Some((1, Stance::Question)) } else { self.stance(at) };
            let Some((length, stance)) = stance else {
                at += 1;
                continue;
            };
            let range = self.reach(at, length);
            at = range.end;
            found.push(Mark { stance, written: join(&self.tokens[range.clone()]), at: range });
        }
        found
    }

    fn stance(&self, at: usize) -> Option<(usize, Stance)> {
        if !self.tokens[at].is_word() {
            return None;
        }
        let (length, stance) = stance_at(self.words(at))?;
        let lower = |at: Option<usize>| at.and_then(|at| self.tokens.get(at)).map_or("", |token| token.lower.as_str());
        let (before, next) = (lower(at.checked_sub(1)), self.tokens.get(at + length));
        let is = match stance {
            // "More likely" compares; a month is no guess.
            Stance::Guess => !matches!(before, "more" | "less") && self.tokens[at].written != "May",
            // "Only 3 patients" says how many.
            Stance::Only => {
                let counts = |next: &Token| {
                    matches!(next.kind, Kind::Number(_))
                        || matches!(
                            next.lower.as_str(),
                            "a" | "an" | "one" | "two" | "three" | "few" | "partially" | "slightly"
                        )
                };
                !matches!(before, "not" | "if" | "the") && !next.is_some_and(counts)
            }
            // "The cause of" and "all-cause" cause nothing.
            Stance::Cause if matches!(self.tokens[at].lower.as_str(), "cause" | "causes") => {
                let is_noun =
                    matches!(lower(Some(at + 1)), "of" | "for" | "," | "." | ";" | ")" | "is" | "are" | "and" | "");
                !is_noun
                    && !matches!(
                        before,
                        "the"
                            | "a"
                            | "any"
                            | "no"
                            | "other"
                            | "common"
                            | "main"
                            | "-"
                            | "this"
                            | "specific"
                            | "underlying"
                    )
            }
            // "Not known to be allergic" is no question.
            Stance::Question => next.is_none_or(|next| next.lower != "to"),
            _ => true,
        };
        is.then_some((length, stance))
    }
}
