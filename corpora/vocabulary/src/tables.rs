//! The tables under `data/`, read once.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::phrases::Phrases;

pub(crate) const DRUGS: &str = include_str!("../data/drugs.tsv");
const LOOKALIKES: &str = include_str!("../data/lookalikes.tsv");
pub(crate) const ABBREVIATIONS: &str = include_str!("../data/abbreviations.tsv");
pub(crate) const SYNONYMS: &str = include_str!("../data/synonyms.tsv");
pub(crate) const PLAIN: &str = include_str!("../data/plain.tsv");
pub(crate) const LAY: &str = include_str!("../data/lay.tsv");

/// A medicine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drug {
    /// International non-proprietary name, lower case.
    pub name: String,
    /// National variants, brands and abbreviations, lower case.
    pub others: Vec<String>,
    /// Pharmacological class.
    pub class: String,
}

/// All tables.
#[derive(Debug)]
pub struct Vocabulary {
    drugs: Vec<Drug>,
    by_name: Phrases<usize>,
    lookalikes: Vec<(usize, usize)>,
    abbreviations: HashMap<String, Vec<String>>,
    /// Abbreviations by what they are in lower case, unless that is another word.
    lower: HashMap<String, String>,
    synonyms: Phrases<usize>,
    groups: Vec<Vec<String>>,
    plain: Phrases<String>,
    lay: Phrases<Vec<String>>,
    short: Phrases<String>,
}

/// The vocabulary that comes with Osler.
pub fn vocabulary() -> &'static Vocabulary {
    static STANDARD: LazyLock<Vocabulary> = LazyLock::new(Vocabulary::standard);
    &STANDARD
}

/// Lower case, hyphens and slashes as spaces, no apostrophes, one space between words: the form in which phrases are looked up.
pub fn fold(text: &str) -> String {
    let lower = text.to_lowercase().replace(['\'', '\u{2019}'], "").replace(['-', '/'], " ");
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A whole text [folded](fold), with spaces for what stands between its words.
pub fn bare(text: &str) -> String {
    let stays = |c: char| c.is_alphanumeric() || matches!(c, '-' | '/' | '\'' | '\u{2019}');
    fold(&text.replace(|c: char| !stays(c), " "))
}

pub(crate) fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    let lines = table.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.map(|line| line.split('\t').map(str::trim).collect())
}

fn list(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';').map(str::trim).filter(|item| !item.is_empty())
}

impl Vocabulary {
    fn standard() -> Self {
        let mut drugs = Vec::new();
        let mut by_name = Phrases::default();
        for row in rows(DRUGS) {
            let [name, others, class] = row[..] else { continue };
            for known in std::iter::once(name).chain(list(others)) {
                by_name.insert(&fold(known), drugs.len());
            }
            let others = list(others).map(str::to_owned).collect();
            drugs.push(Drug { name: name.to_owned(), others, class: class.to_owned() });
        }
        let at = |name: &str| by_name.get(&fold(name)).copied();
        let lookalikes = rows(LOOKALIKES).filter_map(|row| Some((at(row.first()?)?, at(row.get(1)?)?))).collect();
        let abbreviation =
            |row: Vec<&str>| Some(((*row.first()?).to_owned(), list(row.get(1)?).map(str::to_owned).collect()));
        let abbreviations = rows(ABBREVIATIONS).filter_map(abbreviation).collect();
        // Shorter ones are something else too often.
        let is_only_that = |row: &Vec<&str>| row.get(2).is_none() && row[0].len() >= 3;
        let lower =
            rows(ABBREVIATIONS).filter(is_only_that).map(|row| (row[0].to_lowercase(), row[0].to_owned())).collect();
        let (mut synonyms, mut groups) = (Phrases::default(), Vec::new());
        for row in rows(SYNONYMS) {
            for member in &row {
                synonyms.insert(&fold(member), groups.len());
            }
            groups.push(row.into_iter().map(str::to_owned).collect());
        }
        let mut plain = Phrases::default();
        for row in rows(PLAIN) {
            let [term, words] = row[..] else { continue };
            plain.insert(&fold(term), words.to_owned());
        }
        let mut lay = Phrases::default();
        for row in rows(LAY) {
            let [phrase, terms] = row[..] else { continue };
            lay.insert(&fold(phrase), list(terms).map(str::to_owned).collect());
        }
        let mut short = Phrases::default();
        for row in rows(ABBREVIATIONS) {
            let [abbreviation, senses, ..] = row[..] else { continue };
            // A word that has an abbreviation of its own would be found in every text on anything else.
            for sense in list(senses).take(1).filter(|sense| sense.contains(' ')) {
                short.insert(&fold(sense), abbreviation.to_owned());
            }
        }
        Self { drugs, by_name, lookalikes, abbreviations, lower, synonyms, groups, plain, lay, short }
    }

    /// All medicines, by name.
    pub fn drugs(&self) -> &[Drug] {
        &self.drugs
    }

    /// The medicine that folded `words` begin with, and how many words its name has there.
    pub fn drug_at<'a>(&self, words: impl Iterator<Item = &'a str> + Clone) -> Option<(usize, &Drug)> {
        self.by_name.longest(words).map(|(length, &at)| (length, &self.drugs[at]))
    }

    /// The medicine of this name, in any of its names.
    pub fn drug(&self, name: &str) -> Option<&Drug> {
        self.by_name.get(&fold(name)).map(|&at| &self.drugs[at])
    }

    /// Pairs of medicines that are confused in practice.
    pub fn lookalikes(&self) -> impl Iterator<Item = (&Drug, &Drug)> {
        self.lookalikes.iter().map(|&(a, b)| (&self.drugs[a], &self.drugs[b]))
    }

    /// The senses of an abbreviation in its usual case, or in lower case where that is no other word; the most common first.
    pub fn senses(&self, abbreviation: &str) -> &[String] {
        let usual = self.lower.get(abbreviation).map_or(abbreviation, String::as_str);
        self.abbreviations.get(usual).map_or(&[], Vec::as_slice)
    }

    /// The one word of these tables that `word`, lower case, was probably meant to be; none where it is one of them, and where two
    /// would fit as well.
    pub fn nearest(&self, word: &str) -> Option<&'static str> {
        crate::spelt::nearest(word)
    }

    /// All abbreviations with their senses, in no order.
    pub fn abbreviations(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.abbreviations.iter().map(|(short, senses)| (short.as_str(), senses.as_slice()))
    }

    /// The group of equal terms that folded `words` begin with: the words it takes there, and the terms, standard first.
    pub fn synonym_at<'a>(&self, words: impl Iterator<Item = &'a str> + Clone) -> Option<(usize, &[String])> {
        self.synonyms.longest(words).map(|(length, &group)| (length, self.groups[group].as_slice()))
    }

    /// Terms of the literature for the words of patients, or of clinicians among themselves, that folded `words` begin with, the
    /// most common first, and how many words that takes. They may be narrower or wider: something to search by, not to reason with.
    pub fn lay_at<'a>(&self, words: impl Iterator<Item = &'a str> + Clone) -> Option<(usize, &[String])> {
        self.lay.longest(words).map(|(length, terms)| (length, terms.as_slice()))
    }

    /// The abbreviation of the phrase that folded `words` begin with, where that is its most common sense, and the words it
    /// takes there.
    pub fn abbreviation_at<'a>(&self, words: impl Iterator<Item = &'a str> + Clone) -> Option<(usize, &str)> {
        self.short.longest(words).map(|(length, short)| (length, short.as_str()))
    }

    /// Plain words for the technical term that folded `words` begin with, and the words it takes there.
    pub fn plain_at<'a>(&self, words: impl Iterator<Item = &'a str> + Clone) -> Option<(usize, &str)> {
        self.plain.longest(words).map(|(length, plain)| (length, plain.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_row_is_read_and_no_name_is_two_medicines() {
        let words = vocabulary();
        assert_eq!(words.drugs.len(), rows(DRUGS).count());
        assert_eq!(words.lookalikes.len(), rows(LOOKALIKES).count(), "a look-alike that is no known medicine");
        assert_eq!(words.abbreviations.len(), rows(ABBREVIATIONS).count(), "an abbreviation is listed twice");
        let mut names = HashSet::new();
        for drug in &words.drugs {
            for name in std::iter::once(&drug.name).chain(&drug.others) {
                assert!(names.insert(fold(name)), "{name} is listed twice");
            }
            assert!(!drug.class.is_empty(), "{} has no class", drug.name);
        }
        for row in rows(LAY) {
            let [phrase, terms] = row[..] else { panic!("two columns: {row:?}") };
            assert!(
                words.lay.get(&fold(phrase)).is_some_and(|known| known.iter().eq(list(terms))),
                "{phrase} is listed twice"
            );
        }
        let mut terms = HashSet::new();
        for group in &words.groups {
            for term in group.iter().map(|term| fold(term)).collect::<HashSet<_>>() {
                assert!(terms.insert(term.clone()), "{term} is in two groups");
            }
        }
    }

    #[test]
    fn names_lead_to_medicines() {
        let words = vocabulary();
        assert_eq!(words.drug("Acetaminophen").map(|drug| drug.name.as_str()), Some("paracetamol"));
        assert_eq!(words.drug_at("magnesium sulphate 4 g".split(' ')).map(|(length, _)| length), Some(2));
        assert!(words.senses("HFrEF")[0].starts_with("heart failure"));
        assert_eq!(words.senses("uti"), words.senses("UTI"));
        assert!(words.senses("all").is_empty() && words.senses("or").is_empty() && !words.senses("ALL").is_empty());
        assert_eq!(words.abbreviation_at("chronic kidney disease".split(' ')), Some((3, "CKD")));
        assert!(words.lay_at("heart attack last week".split(' ')).unwrap().1[0].contains("myocardial"));
    }
}
