//! One spelling for words that have several: British and American, Greek letters, numbers with their units.
//!
//! The rules serve passages and questions alike, so they need not give words that exist, only the same for the same.

use std::borrow::Cow;

/// Longer words alone are touched by a rule: in short ones the letters are there by chance (`does`, `four`).
const MIN_CHARS: usize = 6;

/// Short words that have two spellings all the same.
const SHORT: [&str; 4] = ["litre", "metre", "fibre", "titre"];

/// Letters inside a word, and what stands for them. American English has the shorter; what both write alike is harmless.
const INSIDE: [(&str, &str); 4] = [("ae", "e"), ("oe", "e"), ("sulph", "sulf"), ("aluminium", "aluminum")];

/// Beginnings of words whose `ae` or `oe` are two sounds in every English.
const TWO_SOUNDS: [&str; 7] = ["aero", "coef", "coen", "coer", "coex", "poet", "israe"];

/// Endings, and what stands for them.
const ENDINGS: [(&str, &str); 16] = [
    ("isation", "ization"),
    ("isations", "izations"),
    ("ising", "izing"),
    ("ised", "ized"),
    ("ise", "ize"),
    ("ises", "izes"),
    ("yse", "yze"),
    ("ysed", "yzed"),
    ("ysing", "yzing"),
    ("our", "or"),
    ("ours", "ors"),
    ("tre", "ter"),
    ("tres", "ters"),
    ("bre", "ber"),
    ("bres", "bers"),
    ("programme", "program"),
];

/// Beginnings of words that have a form too short for the rules, so that the others must stay like it.
const AS_THEY_ARE: [&str; 3] = ["rais", "aris", "nois"];

const GREEK: [(char, &str); 24] = [
    ('α', "alpha"),
    ('β', "beta"),
    ('γ', "gamma"),
    ('δ', "delta"),
    ('ε', "epsilon"),
    ('ζ', "zeta"),
    ('η', "eta"),
    ('θ', "theta"),
    ('ι', "iota"),
    ('κ', "kappa"),
    ('λ', "lambda"),
    ('μ', "mu"),
    ('ν', "nu"),
    ('ξ', "xi"),
    ('ο', "omicron"),
    ('π', "pi"),
    ('ρ', "rho"),
    ('σ', "sigma"),
    ('τ', "tau"),
    ('υ', "upsilon"),
    ('φ', "phi"),
    ('χ', "chi"),
    ('ψ', "psi"),
    ('ω', "omega"),
];

/// Units that are written right behind their number.
const UNITS: [&str; 33] = [
    "mg", "g", "kg", "mcg", "ug", "μg", "µg", "ng", "pg", "ml", "l", "dl", "mmol", "mol", "iu", "units", "u", "meq",
    "mm", "cm", "m", "nm", "mmhg", "kpa", "kcal", "hz", "h", "hr", "hrs", "min", "s", "days", "y",
];

/// Units that have several names. `gram` alone is not among them: in medical texts it is mostly a stain.
const UNIT_NAMES: [(&str, &str); 14] = [
    ("ug", "mcg"),
    ("μg", "mcg"),
    ("µg", "mcg"),
    ("microgram", "mcg"),
    ("micrograms", "mcg"),
    ("milligram", "mg"),
    ("milligrams", "mg"),
    ("millilitre", "ml"),
    ("millilitres", "ml"),
    ("milliliter", "ml"),
    ("milliliters", "ml"),
    ("grams", "g"),
    ("kilogram", "kg"),
    ("kilograms", "kg"),
];

/// Words that would have the stem of another medicine: nicotinic acid is niacin, and no nicotine.
const OTHER_MEDICINES: [(&str, &str); 1] = [("nicotinic", "niacin")];

/// A word in lower case, in the one spelling.
pub(super) fn standard(word: &str) -> String {
    if let Some((_, known)) = UNIT_NAMES.iter().chain(&OTHER_MEDICINES).find(|(name, _)| *name == word) {
        return (*known).to_owned();
    }
    let mut word = if word.is_ascii() { word.to_owned() } else { in_latin(word) };
    let is_short = word.len() < MIN_CHARS && !SHORT.contains(&word.as_str());
    if is_short || !word.is_ascii() {
        return word;
    }
    if !TWO_SOUNDS.iter().any(|start| word.starts_with(start)) {
        for (from, to) in INSIDE {
            if word.contains(from) {
                word = word.replace(from, to);
            }
        }
    }
    if AS_THEY_ARE.iter().any(|known| word.starts_with(known)) {
        return word;
    }
    let ending = ENDINGS.iter().filter(|(from, _)| word.ends_with(from)).max_by_key(|(from, _)| from.len());
    match ending {
        Some((from, to)) => format!("{}{to}", &word[..word.len() - from.len()]),
        None => word,
    }
}

/// Greek letters by their names, and letters written into one as two.
fn in_latin(word: &str) -> String {
    let mut spelt = String::with_capacity(word.len());
    for c in word.chars() {
        match GREEK.iter().find(|(letter, _)| *letter == if c == 'µ' { 'μ' } else { c }) {
            Some((_, name)) => spelt.push_str(name),
            None => spelt.push(c),
        }
    }
    spelt.replace('æ', "ae").replace('œ', "oe")
}

/// A number without the commas between its thousands, its decimal point on the line.
pub(super) fn number(part: &str) -> Cow<'_, str> {
    if !part.starts_with(|c: char| c.is_ascii_digit()) || !part.contains([',', '\u{b7}']) {
        return Cow::Borrowed(part);
    }
    let groups: Vec<&str> = part.split(',').collect();
    let are_thousands = groups.len() > 1
        && groups[0].len() <= 3
        && groups[1..].iter().all(|group| group.split('.').next().is_some_and(|digits| digits.len() == 3));
    let joined = if are_thousands { groups.concat() } else { part.to_owned() };
    Cow::Owned(joined.replace('\u{b7}', "."))
}

/// Whether a run is one part, as nearly all are.
pub(super) fn is_plain(run: &str) -> bool {
    !run.is_empty() && run.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The parts of a run without hyphens: a number and its unit, Latin and Greek letters.
pub(super) fn parts(run: &str) -> Vec<&str> {
    if is_plain(run) {
        return vec![run];
    }
    let unit = run.find(|c: char| c.is_alphabetic()).filter(|&at| UNITS.contains(&&run[at..]));
    match unit {
        Some(0) => return vec![run],
        Some(at) => return vec![&run[..at], &run[at..]],
        None => {}
    }
    let is_greek = |c: char| ('α'..='ω').contains(&c);
    let mut parts = Vec::new();
    let mut from = 0;
    let mut before: Option<char> = None;
    for (at, c) in run.char_indices() {
        if before.is_some_and(|before| is_greek(before) != is_greek(c)) {
            parts.push(&run[from..at]);
            from = at;
        }
        before = Some(c);
    }
    parts.push(&run[from..]);
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn british_and_american_words_become_one() {
        for (british, american) in [
            ("haemoglobin", "hemoglobin"),
            ("anaemia", "anemia"),
            ("oesophagus", "esophagus"),
            ("oestrogen", "estrogen"),
            ("paediatric", "pediatric"),
            ("tumour", "tumor"),
            ("randomised", "randomized"),
            ("hospitalisation", "hospitalization"),
            ("litre", "liter"),
            ("fibre", "fiber"),
            ("sulphate", "sulfate"),
            ("diarrhoea", "diarrhea"),
            ("œdema", "edema"),
            ("catheterise", "catheterize"),
            ("analyse", "analyze"),
        ] {
            assert_eq!(standard(british), standard(american), "{british}");
        }
    }

    #[test]
    fn other_words_stay_what_they_are() {
        for word in ["does", "four", "hour", "aerobic", "raised", "disease", "coefficient", "il6", "0.5"] {
            assert_eq!(standard(word), word);
        }
    }

    #[test]
    fn numbers_and_units_are_parted() {
        assert_eq!(parts("10mg"), ["10", "mg"]);
        assert_eq!(parts("0.5ml"), ["0.5", "ml"]);
        assert_eq!(parts("tnfα"), ["tnf", "α"]);
        assert_eq!(parts("4th"), ["4th"]);
        assert_eq!(parts("mg"), ["mg"]);
        assert!(parts("").is_empty());
        assert_eq!(number("1,000.5"), "1000.5");
        assert_eq!(number("1,2"), "1,2");
    }
}
