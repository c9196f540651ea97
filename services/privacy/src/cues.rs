//! Words that say whether a name is near, and words that names are made of: the table `data/cues.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../data/cues.tsv");

/// What a word does; a word may do several things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    TitleCertain,
    TitleLikely,
    TitlePossible,
    LabelName,
    LabelPerson,
    OfAThing,
    Called,
    Kin,
    Role,
    Person,
    Speaks,
    Particle,
    Function,
    Daily,
    BeforeVerb,
    BeforeVerbInLowerCase,
    BeforePlace,
    Head,
    Ending,
}

/// Kinds by their names in the table.
const KINDS: [(&str, Kind); 19] = [
    ("title_certain", Kind::TitleCertain),
    ("title_likely", Kind::TitleLikely),
    ("title_possible", Kind::TitlePossible),
    ("label_name", Kind::LabelName),
    ("label_person", Kind::LabelPerson),
    ("of_a_thing", Kind::OfAThing),
    ("called", Kind::Called),
    ("kin", Kind::Kin),
    ("role", Kind::Role),
    ("person", Kind::Person),
    ("speaks", Kind::Speaks),
    ("particle", Kind::Particle),
    ("function", Kind::Function),
    ("daily", Kind::Daily),
    ("before_verb", Kind::BeforeVerb),
    ("before_verb_in_lower_case", Kind::BeforeVerbInLowerCase),
    ("before_place", Kind::BeforePlace),
    ("head", Kind::Head),
    ("ending", Kind::Ending),
];

/// The words of a kind, as the table has them.
pub(crate) fn words_of(kind: Kind) -> impl Iterator<Item = &'static str> {
    rows().filter(move |(of, _)| *of == kind).flat_map(|(_, words)| words.split(' '))
}

fn rows() -> impl Iterator<Item = (Kind, &'static str)> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let (name, words) = line.split_once('\t')?;
        KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| (*kind, words))
    })
}

/// Whether a word in lower case is of a kind.
pub(crate) fn is(word: &str, kind: Kind) -> bool {
    static KNOWN: LazyLock<HashMap<&'static str, u32>> = LazyLock::new(|| {
        let mut known = HashMap::new();
        for (kind, words) in rows() {
            for word in words.split(' ') {
                *known.entry(word).or_insert(0) |= 1 << kind as u32;
            }
        }
        known
    });
    KNOWN.get(word).is_some_and(|kinds| kinds & (1 << kind as u32) != 0)
}

/// How much a title says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Title {
    /// `Mr`: a name follows, whatever it is.
    Certain,
    /// `Dr`, `Ms`: a name follows, if it is written as one.
    Likely,
    /// `Sister`, `Chief`: a name follows, if it can be nothing else.
    Possible,
}

/// The title that a word is.
pub(crate) fn title(word: &str) -> Option<Title> {
    let titles = [
        (Kind::TitleCertain, Title::Certain),
        (Kind::TitleLikely, Title::Likely),
        (Kind::TitlePossible, Title::Possible),
    ];
    titles.into_iter().find(|(kind, _)| is(word, *kind)).map(|(_, title)| title)
}

/// What a label asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    /// `name`.
    Name,
    /// `patient`: a name, or a description.
    Person,
}

/// The label that a word is, before a colon.
pub(crate) fn label(word: &str) -> Option<Label> {
    let labels = [(Kind::LabelName, Label::Name), (Kind::LabelPerson, Label::Person)];
    labels.into_iter().find(|(kind, _)| is(word, *kind)).map(|(_, label)| label)
}

/// What a word before a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cue {
    /// Somebody's kin, or a person named: one word with a capital is a name.
    Kin,
    /// A patient, a doctor: a name may follow, and so may a disease.
    Role,
    /// Something called so, person or not.
    Called,
}

/// The cue that a word is.
pub(crate) fn cue(word: &str) -> Option<Cue> {
    let cues = [(Kind::Called, Cue::Called), (Kind::Kin, Cue::Kin), (Kind::Role, Cue::Role)];
    cues.into_iter().find(|(kind, _)| is(word, *kind)).map(|(_, cue)| cue)
}

/// Whether a word stands for a person: one whom "called" may name.
pub(crate) fn is_person(word: &str) -> bool {
    [Kind::Kin, Kind::Role, Kind::Person].into_iter().any(|kind| is(word, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_every_kind_has_one() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(rows().count(), lines);
        for (name, kind) in KINDS {
            let words: Vec<&str> = words_of(kind).collect();
            assert!(words.len() > 3 && words.is_sorted(), "{name}");
        }
    }

    #[test]
    fn words_do_what_the_table_says() {
        assert_eq!(
            (title("mr"), title("dr"), title("sister")),
            (Some(Title::Certain), Some(Title::Likely), Some(Title::Possible))
        );
        assert_eq!((label("name"), label("patient"), label("dose")), (Some(Label::Name), Some(Label::Person), None));
        assert_eq!((cue("named"), cue("wife"), cue("pt")), (Some(Cue::Called), Some(Cue::Kin), Some(Cue::Role)));
        assert!(is("may", Kind::Function) && is("van", Kind::Particle) && !is("van", Kind::Function));
    }
}
