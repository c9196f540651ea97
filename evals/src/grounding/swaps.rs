//! Words that are changed for others: patterns and what takes their place.

use std::sync::LazyLock;

use regex::Regex;

pub(super) fn pattern(text: &str) -> Regex {
    // Patterns are constants; a wrong one fails the first test that runs.
    Regex::new(text).unwrap_or_else(|error| unreachable!("{error}"))
}

pub(super) type Swaps = LazyLock<Vec<(Regex, &'static str)>>;

/// Patterns as `from => to`, one a line.
fn swaps(lines: &'static str) -> Vec<(Regex, &'static str)> {
    let pairs = lines.lines().filter_map(|line| line.split_once(" => "));
    pairs.map(|(from, to)| (pattern(from.trim()), to.trim())).collect()
}

/// The first swap that applies.
pub(super) fn swap_one(swaps: &Swaps, sentence: &str) -> Option<String> {
    swaps.iter().find_map(|(from, to)| {
        let changed = from.replace(sentence, *to);
        (changed != sentence).then(|| changed.into_owned())
    })
}

pub(super) static COMPARATORS: Swaps = LazyLock::new(|| {
    swaps(
        r"\b(?:at least|no less than) (\d) => at most $1
        \b(?:at most|up to|no more than|not more than) (\d) => at least $1
        \b(?:below|under|less than|fewer than|lower than) (\d) => above $1
        \b(?:above|over|more than|greater than|higher than|exceeding|exceeds) (\d) => below $1
        ≥ ?(\d) => ≤ $1
        ≤ ?(\d) => ≥ $1
        > ?(\d) => < $1
        < ?(\d) => > $1
        (\d\S*(?: \S+)?) or (?:more|above|over|higher|older) => $1 or less
        (\d\S*(?: \S+)?) or (?:less|below|under|lower|younger) => $1 or more
        \b(?:younger|shorter) than (\d) => older than $1
        \b(?:older|longer) than (\d) => younger than $1",
    )
});

pub(super) static POLARITY: Swaps = LazyLock::new(|| {
    swaps(
        r"\b(should|must|may|can|could|do|does|did|is|are|was|were) not\b => $1
        \bcannot\b => can
        ^Do not (\w) => $1
        \b(is|are) contraindicated\b => $1 indicated
        ^(Give|Start|Use|Offer|Continue|Add|Treat|Measure|Check|Refer|Repeat)\b => Do not $1
        \b(should|must|may|can) be\b => $1 not be
        \b(should|must|may|can) (\w+) => $1 not $2
        \b(is|are|was|were) (recommended|indicated|effective|safe|given|used|needed|required|associated|common|treated|preferred) => $1 not $2
        \bwithout\b => with
        \bavoid\b => use
        \bAvoid\b => Use
        \bineffective\b => effective
        \bunsafe\b => safe
        \b(reduces|increases|improves|causes|prevents) => does not affect, nor $1
        \b(is|are|was|were) => $1 not",
    )
});

pub(super) static STRENGTH: Swaps = LazyLock::new(|| {
    swaps(
        r"\bmust not\b => may
        \bshould not\b => may
        \b(?:should|must) be considered\b => must be given
        \b(?:should|must)\b => may
        \b(is|are) recommended\b => may be considered
        \bmay\b => should
        \bmight\b => must
        \bConsider\b => You must use
        \bconsider\b => you must use
        \bcould\b => must
        ^(Give|Start|Use|Offer|Continue|Add)\b => Consider whether to use, or",
    )
});

pub(super) static POPULATIONS: Swaps = LazyLock::new(|| {
    swaps(
        r"\bpregnant women\b => older men
        \b[Aa]dults\b => children
        \badult\b => child
        \b[Cc]hildren\b => adults
        \bchild\b => adult
        \b[Ii]nfants\b => adults
        \b(?:neonates|newborns)\b => adults
        \b[Ww]omen\b => men
        \b[Mm]en\b => women
        \b(?:older people|older adults|the elderly)\b => children
        \b[Pp]regnancy\b => old men
        \brenal impairment\b => hepatic impairment
        \bhepatic impairment\b => renal impairment
        \bkidney disease\b => liver disease",
    )
});

pub(super) static ROUTES: Swaps = LazyLock::new(|| {
    swaps(
        r"\bintravenously\b => by mouth
        \bintravenous\b => oral
        \b(?:orally|by mouth)\b => intravenously
        \b[Oo]ral\b => intravenous
        \bIV\b => IM
        \bIM\b => IV
        \bintramuscularly\b => by mouth
        \b[Ii]ntramuscular\b => intravenous
        \b[Ss]ubcutaneous(ly)?\b => intravenous$1
        \b[Ii]nhaled\b => oral
        \b[Nn]ebulised\b => oral
        \b[Tt]opical\b => oral
        \b[Rr]ectal(ly)?\b => oral$1
        \b[Ss]ublingual(ly)?\b => oral$1
        \b[Ii]ntranasal(ly)?\b => oral$1",
    )
});

pub(super) static FREQUENCIES: Swaps = LazyLock::new(|| {
    swaps(
        r"\bonce daily\b => twice daily
        \btwice daily\b => once daily
        \b(?:three|3) times (?:daily|a day)\b => twice daily
        \b(?:four|4) times (?:daily|a day)\b => once daily
        \btwice a day\b => four times a day
        \bonce a day\b => three times a day
        \bevery (?:4|6|8) hours\b => every 24 hours
        \bevery 12 hours\b => every 2 hours
        \bevery 24 hours\b => every 6 hours
        \b(?:4|6|8|12) ?-?hourly\b => 2-hourly
        \bonce weekly\b => once daily
        \bonce a week\b => once a day
        \bweekly\b => daily
        \b(?:od|OD)\b => bd
        \b(?:bd|BD|bid|BID|b\.d\.)\b => qds
        \b(?:tds|TDS|tid|TID)\b => od
        \bmonthly\b => weekly
        \bdaily\b => twice daily
        /day\b => /week
        \bper day\b => per week
        \ba day\b => a week",
    )
});

pub(super) static EXCEPTIONS: Swaps = LazyLock::new(|| {
    swaps(
        r"\b(?:except|excluding|apart from)(?: for)? (in|for|with|during|by|at|on|after|before)\b => $1
        \b(?:except|excluding|apart from|with the exception of)(?: for)?\b => including
        \bother than\b => such as
        \b(?:instead of|rather than) ([a-z]) => as well as $1
        \bbut not\b => and
        \bno (benefit|effect|difference|increase|reduction|improvement|evidence|risk|need|role|change)\b => a $1",
    )
});

pub(super) static CONDITIONS: Swaps = LazyLock::new(|| {
    swaps(
        r"\bunless\b => if
        ^Unless\b => If
        \buntil\b => if
        \bif\b => unless
        ^If\b => Unless",
    )
});

/// Populations of one kind.
pub(super) static OTHERS: Swaps = LazyLock::new(|| {
    swaps(
        r"\b[Aa]dults\b => children
        \b[Cc]hildren\b => adults
        \b[Ii]nfants\b => adults
        \b[Ww]omen\b => men
        \b[Mm]en\b => women
        \brenal impairment\b => hepatic impairment
        \bhepatic impairment\b => renal impairment",
    )
});
