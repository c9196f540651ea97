//! Numbers with their units as terms of their own. `10 mg`, `10mg`, `10-mg` and the 10 of `5, 10 or 20 mg` are one, which says
//! more than a 10 and a milligram somewhere in the same passage.

use super::spelling;

/// Numbers that may wait for their unit: a dose finding study lists as many.
const MOST_WAITING: usize = 8;

/// Words between the numbers of a list or a range.
const BETWEEN: [&str; 6] = ["and", "or", "to", "vs", "versus", "through"];

/// Units of quantities. Those of time are left out: how old somebody is and for how long it hurts would count for more than what
/// hurts.
const UNITS: [&str; 23] = [
    "mg", "g", "kg", "mcg", "ng", "pg", "ml", "l", "dl", "mmol", "mol", "nmol", "meq", "iu", "u", "mm", "cm", "mmhg",
    "kpa", "kcal", "gy", "hz", "%",
];

/// What they are called behind a number, beside the names that are theirs everywhere.
const NAMES: [(&str, &str); 6] =
    [("gram", "g"), ("liter", "l"), ("liters", "l"), ("unit", "u"), ("units", "u"), ("percent", "%")];

/// Reads a text from run to run.
#[derive(Debug, Default)]
pub(super) struct Measures {
    /// Numbers whose unit has not come yet.
    waiting: Vec<String>,
    /// Whether the last part was a number.
    is_after_number: bool,
}

impl Measures {
    /// The terms that the next run makes complete. `gap` is what stands between it and the one before, `parts` are its own, in
    /// lower case, `rest` is the text behind it.
    pub(super) fn read(&mut self, gap: &str, parts: &[&str], rest: &str) -> Vec<String> {
        let mut complete = Vec::new();
        if !gap.chars().all(|c| c.is_whitespace() || ",/-–—()[]<>≤≥±+~≈".contains(c)) {
            self.forget();
        }
        // Numbers side by side are columns of a table.
        if self.is_after_number && gap.chars().all(char::is_whitespace) && parts.first().is_some_and(is_number) {
            self.forget();
        }
        for part in parts {
            self.part(part, &mut complete);
        }
        if self.is_after_number && rest.strip_prefix(' ').unwrap_or(rest).starts_with('%') {
            self.part(&"%", &mut complete);
        }
        complete
    }

    fn part(&mut self, part: &&str, complete: &mut Vec<String>) {
        if is_number(part) {
            if self.waiting.len() < MOST_WAITING {
                self.waiting.push(spelling::number(part).into_owned());
            }
            self.is_after_number = true;
            return;
        }
        self.is_after_number = false;
        if self.waiting.is_empty() || BETWEEN.contains(part) {
            return;
        }
        let standard = spelling::standard(part);
        let unit = NAMES.iter().find(|(name, _)| *name == standard).map_or(standard.as_str(), |(_, unit)| unit);
        if UNITS.contains(&unit) {
            complete.extend(self.waiting.drain(..).map(|number| format!("{number}{unit}")));
        }
        self.forget();
    }

    fn forget(&mut self) {
        self.waiting.clear();
        self.is_after_number = false;
    }
}

fn is_number(part: &&str) -> bool {
    part.starts_with(|c: char| c.is_ascii_digit()) && part.chars().all(|c| c.is_ascii_digit() || ".,\u{b7}".contains(c))
}

#[cfg(test)]
mod tests {
    use super::super::analysis::terms;

    fn has(text: &str, measures: &[&str]) {
        let found = terms(text);
        for measure in measures {
            assert!(found.contains(*measure), "{measure} of {text}: {found:?}");
        }
    }

    #[test]
    fn a_number_and_its_unit_are_one_however_they_are_written() {
        for text in ["10 mg", "10mg", "10-mg", "10\u{a0}mg", "10 milligrams", "(10 mg)", "10 mg/kg"] {
            has(text, &["10mg"]);
        }
        has("1,500 IU and 0\u{b7}5%", &["1500iu", "0.5%"]);
        has("20 \u{b5}g, 5 units, 2 litres, 7 percent", &["20mcg", "5u", "2l", "7%"]);
    }

    #[test]
    fn numbers_of_a_list_share_the_unit() {
        has("5, 10 and 20 mg", &["5mg", "10mg", "20mg"]);
        has("1 or 3 mg", &["1mg", "3mg"]);
        has("10-20 mg, 80/400 mg", &["10mg", "20mg", "80mg", "400mg"]);
        has("from 2.5 to 10 %", &["2.5%", "10%"]);
    }

    #[test]
    fn other_numbers_are_no_quantities() {
        for (text, not) in [
            ("In 2010. 5 mg", "2010mg"),
            ("12 5 mg", "12mg"),
            ("3 patients took 5 mg", "3mg"),
            ("vitamin 12; 5 mg", "12mg"),
            ("6 weeks", "6week"),
        ] {
            assert!(!terms(text).contains(not), "{text}: {:?}", terms(text));
        }
    }
}
