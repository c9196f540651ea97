//! Whom a text is about, as far as its words say so.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::document::UnknownName;

/// A group of patients whose care differs. Adults in general are not one: most texts are about them without saying so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Population {
    /// Up to four weeks of age, and children born too early.
    Newborns,
    /// Infants and children.
    Children,
    /// From puberty to adulthood.
    Adolescents,
    /// From about 65 years on.
    OlderAdults,
    /// During pregnancy and birth.
    Pregnant,
    /// After birth and while breast-feeding.
    Breastfeeding,
}

/// Words that name a population. A word of a text names it when it begins with one of these.
const STEMS: [(Population, &[&str]); 6] = [
    (
        Population::Newborns,
        &["newborn", "neonat", "preterm", "pre term", "premature infant", "premature bab", "low birth weight"],
    ),
    (
        Population::Children,
        &["child", "paediatric", "pediatric", "infant", "infancy", "toddler", "schoolchild", "boys", "girls"],
    ),
    (Population::Adolescents, &["adolescen", "teenage", "young people"]),
    (
        Population::OlderAdults,
        &["elderly", "geriatric", "older adult", "older people", "older patient", "older person", "octogenarian"],
    ),
    (
        Population::Pregnant,
        &["pregnan", "antenatal", "prenatal", "gestation", "obstetric", "pre eclampsia", "preeclampsia"],
    ),
    (Population::Breastfeeding, &["breastfe", "breast fe", "lactati", "lactating", "postpartum", "nursing mother"]),
];

impl Population {
    /// All populations, in the order the documentation lists them.
    pub const ALL: [Self; 6] =
        [Self::Newborns, Self::Children, Self::Adolescents, Self::OlderAdults, Self::Pregnant, Self::Breastfeeding];

    /// The name used in filters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Newborns => "newborns",
            Self::Children => "children",
            Self::Adolescents => "adolescents",
            Self::OlderAdults => "older_adults",
            Self::Pregnant => "pregnant",
            Self::Breastfeeding => "breastfeeding",
        }
    }

    /// The populations that the words of `text` name, in the order of [`Population::ALL`].
    pub fn named_in(text: &str) -> Vec<Self> {
        let mut words = String::with_capacity(text.len() + 1);
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            words.push(' ');
            words.extend(word.chars().flat_map(char::to_lowercase));
        }
        let is_named = |stems: &[&str]| {
            let begins_a_word = |at: usize| words.as_bytes().get(at.wrapping_sub(1)) == Some(&b' ');
            stems.iter().any(|stem| words.match_indices(stem).any(|(at, _)| begins_a_word(at)))
        };
        STEMS.iter().filter(|(_, stems)| is_named(stems)).map(|(population, _)| *population).collect()
    }
}

impl fmt::Display for Population {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Population {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|population| population.as_str() == text);
        found.ok_or_else(|| UnknownName::new("population", text, Self::ALL.map(Self::as_str)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_populations_and_other_words_do_not() {
        assert_eq!(Population::named_in("Dosing in Pre-term neonates"), [Population::Newborns]);
        assert_eq!(Population::named_in("Children and pregnant women"), [Population::Children, Population::Pregnant]);
        assert_eq!(Population::named_in("Adults aged 18 or over; grandchildren may visit"), []);
        assert_eq!("older_adults".parse::<Population>().unwrap(), Population::OlderAdults);
        assert!("everyone".parse::<Population>().unwrap_err().to_string().contains("newborns"));
    }
}
