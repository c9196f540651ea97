//! The medicines, and classes of medicines, that a text names: by whatever name, and as whole names.

use std::collections::HashSet;
use std::sync::LazyLock;

use vocabulary::{Drug, Phrases, fold, vocabulary};

use crate::enough::written_out;

/// Names for several classes of the vocabulary together, or other names of one.
const WIDER: [(&str, &[&str]); 12] = [
    (
        "anticoagulant",
        &["direct thrombin inhibitor", "factor xa inhibitor", "low molecular weight heparin", "vitamin k antagonist"],
    ),
    (
        "antidepressant",
        &["monoamine oxidase inhibitor", "snri", "ssri", "tetracyclic antidepressant", "tricyclic antidepressant"],
    ),
    ("antiplatelet", &["glycoprotein iib-iiia inhibitor", "p2y12 inhibitor"]),
    ("benzodiazepine", &["benzodiazepine antiepileptic"]),
    ("direct oral anticoagulant", &["direct thrombin inhibitor", "factor xa inhibitor"]),
    ("diuretic", &["loop diuretic", "potassium-sparing diuretic", "thiazide diuretic", "thiazide-like diuretic"]),
    ("fibrinolysis", &["thrombolytic"]),
    ("fibrinolytic", &["thrombolytic"]),
    ("glucocorticoid", &["corticosteroid"]),
    ("iron", &["intravenous iron", "oral iron"]),
    ("steroid", &["corticosteroid", "inhaled corticosteroid"]),
    ("thrombolysis", &["thrombolytic"]),
];

/// Classes by all their names, in the singular.
static CLASSES: LazyLock<Phrases<&'static str>> = LazyLock::new(|| {
    let mut classes = Phrases::default();
    let mut add = |name: &str, class: &'static str| {
        let name: Vec<&str> = name.split(' ').map(singular).collect();
        classes.insert(&name.join(" "), class);
    };
    for drug in vocabulary().drugs() {
        let class = drug.class.as_str();
        let written = written_out(class);
        add(&fold(class), class);
        add(&written, class);
        let words = || written.split(' ');
        if let Some((length, equal)) = vocabulary().synonym_at(words())
            && length == words().count()
        {
            for name in equal {
                add(&fold(name), class);
            }
        }
    }
    for (name, _) in WIDER {
        add(name, name);
    }
    classes
});

/// Whether a class is a kind of another, or the same.
pub(crate) fn is_kind_of(class: &str, wider: &str) -> bool {
    let is_ending = || class.strip_suffix(wider).is_some_and(|rest| rest.ends_with(' '));
    let is_with = || class.strip_prefix(wider).is_some_and(|rest| rest.starts_with(" with "));
    let is_listed = || WIDER.iter().any(|(name, classes)| *name == wider && classes.contains(&class));
    class == wider || is_ending() || is_with() || is_listed()
}

/// A name in a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mention<T> {
    /// Its first word.
    pub(crate) at: usize,
    length: usize,
    /// What it names.
    pub(crate) of: T,
}

impl<T> Mention<T> {
    /// The word behind it.
    pub(crate) fn end(&self) -> usize {
        self.at + self.length
    }
}

/// What a text names.
#[derive(Debug)]
pub(crate) struct Mentions {
    words: Vec<String>,
    drugs: Vec<Mention<&'static Drug>>,
    classes: Vec<Mention<&'static str>>,
    names: HashSet<&'static str>,
}

impl Mentions {
    /// Reads a text.
    pub(crate) fn of(text: &str) -> Self {
        let words: Vec<String> = written_out(text).split(' ').map(str::to_owned).collect();
        let single: Vec<&str> = words.iter().map(|word| singular(word)).collect();
        let (mut drugs, mut classes, mut names) = (Vec::new(), Vec::new(), HashSet::new());
        let mut at = 0;
        while at < words.len() {
            let rest = || words[at..].iter().map(String::as_str);
            let drug = vocabulary().drug_at(rest());
            let class = CLASSES.longest(single[at..].iter().copied());
            let synonym = vocabulary().synonym_at(rest()).map_or(0, |(length, _)| length);
            let drug_length = drug.map_or(0, |(length, _)| length);
            let class_length = class.map_or(0, |(length, _)| length);
            let longest = drug_length.max(class_length).max(synonym).max(1);
            // Of a longer name its parts are names too, of a class only the last: insulin is in insulin glargine and in
            // long-acting insulin, and glucagon is not in a glucagon-like peptide 1 receptor agonist.
            let mut within = longest..longest;
            match (drug, class) {
                (Some((length, of)), _) if length == longest => {
                    names.insert(of.name.as_str());
                    drugs.push(Mention { at, length, of });
                    within = 0..longest;
                }
                (_, Some((length, &of))) if length == longest => {
                    classes.push(Mention { at, length, of });
                    within = longest - 1..longest;
                }
                _ => {}
            }
            if longest > 1 {
                let parts = words[at + within.start..at + within.end].iter();
                names.extend(parts.filter_map(|word| vocabulary().drug(word)).map(|drug| drug.name.as_str()));
            }
            at += longest;
        }
        Self { words, drugs, classes, names }
    }

    /// A word, as the vocabulary has it.
    pub(crate) fn word(&self, at: usize) -> Option<&str> {
        self.words.get(at).map(String::as_str)
    }

    /// The medicines in it, in order.
    pub(crate) fn drugs(&self) -> impl Iterator<Item = &Mention<&'static Drug>> {
        self.drugs.iter()
    }

    /// The classes in it, in order.
    pub(crate) fn classes(&self) -> impl Iterator<Item = &Mention<&'static str>> {
        self.classes.iter()
    }

    /// The names of the medicines in it, and of those within longer names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.iter().copied()
    }
}

/// A word in the singular, as far as that can be seen.
fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if word.len() > 3 && !stem.ends_with(['s', 'u', 'i']) => stem,
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> (Vec<&'static str>, Vec<&'static str>) {
        let mentions = Mentions::of(text);
        let drugs = mentions.drugs().map(|found| found.of.name.as_str()).collect();
        (drugs, mentions.classes().map(|found| found.of).collect())
    }

    #[test]
    fn medicines_and_classes_are_known_by_all_their_names() {
        assert_eq!(named("Calpol or Tylenol?").0, ["paracetamol", "paracetamol"]);
        assert_eq!(named("ACEi, ACE inhibitors").1, ["ace inhibitor", "ace inhibitor"]);
        assert_eq!(named("an SSRI or a non-steroidal anti-inflammatory drug").1, ["ssri", "nsaid"]);
        assert_eq!(named("angiotensin II receptor blockers"), (vec![], vec!["angiotensin receptor blocker"]));
        assert_eq!(named("a glucagon-like peptide 1 receptor agonist").0, [""; 0]);
        assert_eq!(named("the treatment of gout"), (vec![], vec![]));
    }

    #[test]
    fn parts_of_a_name_are_names_where_they_are_what_is_given() {
        let names = |text: &str| Mentions::of(text).names().collect::<HashSet<_>>();
        assert!(names("insulin glargine").contains("insulin") && names("long-acting insulin").contains("insulin"));
        assert!(!names("glucagon-like peptide 1 receptor agonist").contains("glucagon"));
    }

    #[test]
    fn a_class_is_a_kind_of_a_wider_one() {
        for (class, wider) in [
            ("ssri", "antidepressant"),
            ("penicillin with beta-lactamase inhibitor", "penicillin"),
            ("inhaled corticosteroid", "corticosteroid"),
            ("factor xa inhibitor", "direct oral anticoagulant"),
            ("statin", "statin"),
        ] {
            assert!(is_kind_of(class, wider), "{class}");
        }
        for (class, wider) in [("opioid antagonist", "opioid"), ("heparin antidote", "heparin"), ("statin", "")] {
            assert!(!is_kind_of(class, wider), "{class}");
        }
    }
}
