//! A reader of names: how far one goes, and what is said around it.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::cues::{self, Kind};
use crate::lexicon::{self, Flag};
use crate::rule::pattern;
use crate::text::Text;
use crate::tokens::{Shape, Token, known_tokens};

/// Words of one name, at most.
const PARTS: usize = 6;

/// The words of a question, and how it is written as a whole.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    text: &'a Text,
    pub(crate) tokens: Vec<Token>,
    /// All in capitals.
    pub(crate) shouted: bool,
    /// Most words begin with a capital: a title, where a capital says nothing.
    pub(crate) headline: bool,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a Text) -> Self {
        let tokens = known_tokens(text);
        let long = || tokens.iter().filter(|token| token.end - token.start > 3 && token.shape != Shape::Odd);
        let count = |shape| long().filter(|token| token.shape == shape).count();
        let (lower, capital, upper) = (count(Shape::Lower), count(Shape::Capital), count(Shape::Upper));
        let shouted = upper > 1 && lower + capital == 0;
        let known = long().filter(|token| token.shape == Shape::Capital && token.is(Flag::Word)).count();
        let headline = capital > 4 && lower * 3 <= capital && known > 3;
        Self { text, tokens, shouted, headline }
    }

    /// A word in lower case; nothing after the last.
    pub(crate) fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &self.text.lower[token.range()])
    }

    /// What stands between a word and the next one, a possessive's ending included.
    pub(crate) fn gap(&self, at: usize) -> &str {
        let end = self.tokens.get(at + 1).map_or(self.text.plain.len(), |next| next.start);
        self.tokens.get(at).map_or("", |token| &self.text.plain[token.stem..end])
    }

    /// Whether a word ends as only words of medicine do.
    pub(crate) fn is_medical(&self, at: usize) -> bool {
        lexicon::is_medical(self.word(at))
    }

    /// Whether a word can be part of a name of which nothing is known: a capital, and no word, eponym phrase or term.
    pub(crate) fn is_part(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        let length = token.stem - token.start;
        let known = token.is(Flag::Given) || token.is(Flag::Surname);
        token.is_capital()
            && !token.blocked
            && !token.is(Flag::Head)
            && !token.is(Flag::Word)
            && (known && length > 1 || length > 2 && !self.is_medical(at))
    }

    /// The end of the name that begins with the word at `first`, whatever that is.
    pub(crate) fn run(&self, first: usize) -> usize {
        let upper = self.tokens[first].shape == Shape::Upper;
        let mut end = first + 1;
        let mut was_word = self.tokens[first].is(Flag::Word) && !self.tokens[first].is(Flag::Given);
        while end < self.tokens.len() && end - first < PARTS {
            let next = self.particles(end).unwrap_or(end);
            let Some(token) = self.tokens.get(next) else { break };
            let gap = self.gap(next - 1);
            let after_initial = self.tokens[next - 1].shape == Shape::Initial || self.word(next - 1) == "st";
            let near = matches!(gap, " " | "-" | "  ") || after_initial && matches!(gap, "." | ". ");
            if !near || next > end && !matches!(self.gap(end - 1), " " | "-") {
                break;
            }
            let also_word = token.is(Flag::Word) && token.is(Flag::Surname) && !was_word;
            let fits = match token.shape {
                Shape::Capital => self.is_part(next) || also_word && !token.blocked && !self.is_eponym(next + 1),
                Shape::Upper if upper => self.is_part(next) || also_word && self.shouted,
                Shape::Upper => token.is(Flag::Surname) && !token.is(Flag::Word) && token.stem - token.start > 3,
                Shape::Initial => {
                    let follows = self.initials(next);
                    let inner = follows.is_some_and(|name| self.is_part(name) || self.tokens[name].is(Flag::Surname));
                    let known = self.tokens[end - 1].is(Flag::Given) || self.tokens[end - 1].is(Flag::Surname);
                    inner || known && self.gap(next).starts_with('.')
                }
                Shape::Lower => {
                    gap == "-" && !token.is(Flag::Word) && (token.is(Flag::Surname) || token.is(Flag::Given))
                }
                Shape::Odd => false,
            };
            if !fits {
                break;
            }
            was_word |= token.is(Flag::Word);
            end = next + 1;
        }
        let suffix =
            matches!(self.word(end), "jr" | "sr" | "junior" | "ii" | "iii") && matches!(self.gap(end - 1), " " | ", ");
        end + usize::from(suffix)
    }

    /// The end of a name in lower case.
    pub(crate) fn run_in_lower_case(&self, first: usize) -> usize {
        let mut end = first + 1;
        while end < self.tokens.len() && end - first < 4 {
            let next = self.particles(end).unwrap_or(end);
            let Some(token) = self.tokens.get(next) else { break };
            let known = token.is(Flag::Given) || token.is(Flag::Surname);
            let gap = self.gap(next - 1);
            let fits = matches!(token.shape, Shape::Lower | Shape::Capital)
                && matches!(gap, " " | "-")
                && !token.blocked
                && (known || gap == "-" && !token.is(Flag::Word))
                && (!token.is(Flag::Word) || next == first + 1 && !cues::is(self.word(next), Kind::Function));
            if !fits {
                break;
            }
            end = next + 1;
            if token.is(Flag::Word) {
                break;
            }
        }
        end
    }

    /// The first word after the particles of a surname that begin at `at`, if it has a capital or is a known surname.
    pub(crate) fn particles(&self, at: usize) -> Option<usize> {
        let mut next = at;
        while next < self.tokens.len() && next - at < 3 && self.is_particle(next) {
            next += 1;
        }
        let token = self.tokens.get(next)?;
        let fits =
            token.shape == Shape::Capital && !token.is(Flag::Word) || token.is(Flag::Surname) && !token.is(Flag::Word);
        (next > at && fits && !token.blocked).then_some(next)
    }

    fn is_particle(&self, at: usize) -> bool {
        let lower = self.tokens[at].shape == Shape::Lower
            || matches!(self.word(at), "st" | "al" | "el" | "de" | "van" | "von" | "bin");
        lower && cues::is(self.word(at), Kind::Particle) && matches!(self.gap(at), " " | "-" | ". " | "'")
    }

    /// The word after the initials that begin at `at`, if it has a capital.
    pub(crate) fn initials(&self, at: usize) -> Option<usize> {
        let mut next = at;
        while next - at < 4
            && self.tokens.get(next).is_some_and(|token| token.shape == Shape::Initial)
            && matches!(self.gap(next), " " | ". " | ".")
        {
            next += 1;
        }
        let after = self.particles(next).unwrap_or(next);
        (next > at
            && self
                .tokens
                .get(after)
                .is_some_and(|token| token.shape == Shape::Capital || token.shape == Shape::Upper && self.shouted))
        .then_some(after)
    }

    /// Whether two words in capitals stand together that are a given name and a surname.
    pub(crate) fn is_shouted_pair(&self, at: usize) -> bool {
        let (first, next) = (&self.tokens[at], self.tokens.get(at + 1));
        next.is_some_and(|next| {
            first.is_plainly_given()
                && next.shape == Shape::Upper
                && self.gap(at) == " "
                && (next.is(Flag::Surname) && !next.is(Flag::Word) || self.is_part(at + 1) && self.is_described(at + 2))
        })
    }

    /// Whether a line begins with the word at `at`.
    pub(crate) fn begins(&self, at: usize) -> bool {
        at == 0 || self.gap(at - 1).contains(['\n', '|', ':'])
    }

    /// Whether the word at `at`, after a name, makes an eponym of it.
    pub(crate) fn is_eponym(&self, at: usize) -> bool {
        let near = at == 0 || matches!(self.gap(at - 1), " " | "-" | "'s " | "' " | "'s-");
        near && self.tokens.get(at).is_some_and(|token| token.is(Flag::Head))
    }

    /// Whether a work is cited: `Smith et al`, `Smith (2019)`, `Smith 2019`.
    pub(crate) fn is_author(&self, end: usize) -> bool {
        static CITED: LazyLock<Regex> = LazyLock::new(|| {
            pattern(
                r"^(?:'s?)?(?:,? et al|,? and (?:colleagues|co-?workers)|,? \(?(?:19|20)[0-9]{2}[a-z]?\)?(?:[^0-9/-]|$))",
            )
        });
        CITED.is_match(self.after(end))
    }

    /// Whether a name is part of a longer word with a hyphen.
    pub(crate) fn is_joined(&self, start: usize, end: usize) -> bool {
        let before = start > 0 && self.gap(start - 1) == "-" && !self.tokens[start - 1].shape.eq(&Shape::Odd);
        let after = |token: &Token| token.shape != Shape::Odd || end - start == 1;
        before || self.gap(end - 1) == "-" && self.tokens.get(end).is_some_and(after)
    }

    /// Whether what is said after a name is said of a person: an age, a sex, a number, an act.
    pub(crate) fn is_described(&self, end: usize) -> bool {
        self.has_age(end) || self.is_acting(end)
    }

    /// Whether an age, a sex or a number of a record follows.
    pub(crate) fn has_age(&self, end: usize) -> bool {
        static AGE: LazyLock<Regex> = LazyLock::new(|| {
            pattern(
                r"(?x)^(?:\s*\([0-9]{1,3}\)|\s*[,;:(\[/-]*\s*
                (?:(?:an?|the|is|was|who\ is|aged?|age)\s+){0,3}
                (?:[0-9]{1,3}\s*-?\s*(?:(?:y|yo|yrs?|years?|y/o|y\.o\.?|m|f|male|female|man|woman|boy|girl)\b
                    |(?:mo|mos|months?|m/o|weeks?|wks?|wk|days?)[-\ ]?(?:old|/o)\b)
                |[0-9]{1,3}\s?,\s
                |(?:m|f)[/\ ,]?[0-9]{1,3}\b
                |(?:\(?dob|d\.o\.b|mrn|nhs\ (?:no|num)|ssn|born|date\ of\ birth|hosp(?:ital)?\ (?:no|num)|aged|deceased)
                |(?:male|female)\b[^s]
                |[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{2,4}
                |[0-9]{1,2}[-\ ](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-\ ][0-9]{2,4}
                |\[?[0-9]{6,}\b))",
            )
        });
        AGE.is_match(self.after(end))
    }

    /// Whether an act follows that only people do, or something that they have.
    pub(crate) fn is_acting(&self, end: usize) -> bool {
        static ACT: LazyLock<Regex> = LazyLock::new(|| {
            pattern(
                r"(?x)^(?:
                \ (?:has|had|hasn't|is|was|isn't|presents?|presented|presenting|takes|took|came|comes|reports?|reported|complains?|complained
                    |complaining|needs?|needed|wants?|wanted|asks?|asked|asking|says?|said|lives?|denies|denied|weighs?|phoned|rang
                    |called|died|collapsed|developed|reacted|attends?|attended|feels?|felt|gets|got|went|refuses?|refused|declines?
                    |declined|smokes|drinks|cannot|can't|should|would|needs|started|stopped|fell|suffers?|suffered|missed|returned
                    |remains|keeps|seems|looks|who|whose|and\ (?:his|her|their|i)|on\ (?:[a-z]+\ )?(?:ward|warfarin|metformin|insulin)
                    |in\ (?:bed|bay|clinic|room|cubicle|resus|ed|a&e|icu|itu)|from\ (?:bed|ward|clinic|icu|itu|ed|a&e|resus))\b
                |'s\ (?:[a-z0-9-]+\ ){0,2}(?:bp|blood|pressure|potassium|sodium|inr|creatinine|egfr|hba1c|glucose|results?|labs?|scan|ct|mri|ecg
                    |x-?ray|notes?|chart|medications?|meds|dose|pain|condition|daughter|son|wife|husband|mother|father|family
                    |symptoms?|infection|wound|temperature|fever|weight|hb|haemoglobin|hemoglobin|platelets?|treatment|discharge
                    |operation|surgery|biopsy|appointment|allerg(?:y|ies)|history|age|record|file|warfarin|insulin)\b)",
            )
        });
        ACT.is_match(self.after(end))
    }

    /// Whether somebody has something that only people have: `Smith's INR`, `the Smith twins`.
    pub(crate) fn is_owner(&self, end: usize) -> bool {
        self.gap(end - 1).starts_with("'s ") && self.is_acting(end)
            || self.gap(end - 1) == " " && ["twins", "baby", "kids", "siblings"].contains(&self.word(end))
    }

    /// Whether a name in lower case that ends in a word of every day ends as a name: `david brown on ramipril`.
    pub(crate) fn is_spoken_to_end(&self, end: usize) -> bool {
        static END: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:[,;.?)(]|$| on | with | has | is | was )"));
        self.has_age(end) || END.is_match(self.after(end))
    }

    /// Whether it is asked what somebody may do: `can Zodwa take ibuprofen`.
    pub(crate) fn is_asked_about(&self, at: usize, end: usize) -> bool {
        static DO: LazyLock<Regex> = LazyLock::new(|| {
            pattern(
                r"^ (?:safely |still |now |also )?(?:have|take|go|fly|drive|eat|drink|breastfeed|travel|tolerate|receive|skip|restart|get (?:pregnant|the|a )|stop taking|start taking|come|swim|return|exercise|be (?:discharged|sent|admitted|transferred|vaccinated|seen|sedated|intubated|anticoagulated))\b",
            )
        });
        let asked =
            ["can", "could", "should", "may", "does", "will", "must", "did"].contains(&self.word(at.wrapping_sub(1)));
        asked && self.gap(at - 1) == " " && DO.is_match(self.after(end))
    }

    /// Whether a word is one of grammar or of every day, name or not.
    pub(crate) fn is_common(&self, at: usize) -> bool {
        [Kind::Function, Kind::Daily].into_iter().any(|kind| cues::is(self.word(at), kind))
    }

    /// Whether the words before a name are about somebody: `should I give Kwabena Osei`, `for Kwabena Osei`.
    pub(crate) fn is_spoken_of(&self, at: usize) -> bool {
        at > 0 && matches!(self.gap(at - 1), " " | ": " | ", ") && cues::is(self.word(at - 1), Kind::Speaks)
    }

    fn after(&self, end: usize) -> &[u8] {
        let start = self.tokens[end - 1].stem;
        self.text.after(start, 64).as_bytes()
    }
}
