//! What an amount is for, by the words around it: a target is not the pressure at which treatment starts.

/// The words of a sentence in lower case, with one space around each.
pub(crate) fn words(sentence: &str) -> String {
    let lower = sentence.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" "))
}

/// What an amount is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// What treatment is to reach.
    Target,
    /// From where on something is done.
    Start,
    /// From where on it is called so.
    Diagnosis,
    /// From where on it cannot wait.
    Emergency,
    /// By how much something changes.
    Change,
}

/// The words that say what an amount is for, each as it begins.
const PURPOSES: [(Purpose, &[&str]); 5] = [
    (
        Purpose::Target,
        &[" target", " goal", " aim", " keep ", " treated to ", " treat to ", " reduce to ", " to below ", " optimal"],
    ),
    (
        Purpose::Start,
        &[
            " start",
            " begin",
            " initiat",
            " offer ",
            " add ",
            " drug treatment is ",
            " drugs are recommended",
            " is indicated",
            " are indicated",
            " threshold for treat",
            " threshold for drug",
        ],
    ),
    (
        Purpose::Diagnosis,
        &[
            " diagnos",
            " defin",
            " counts as ",
            " classif",
            " categor",
            " indicates ",
            " is present when ",
            " is confirmed by ",
            " threshold for hypertension",
        ],
    ),
    (Purpose::Change, &[" lowers ", " reduces ", " raises ", " by about ", " above target ", " expected for "]),
    (Purpose::Emergency, &[" hypertensive emergenc", " hypertensive crisis", " intensive care", " same day"]),
];

/// Whether both say what their amounts are for, and it is not the same: a target is below the pressure at which treatment
/// starts, and far below the one that is an emergency.
pub(crate) fn has_other_purpose(a: &str, b: &str) -> bool {
    let purposes = |words: &str| -> Vec<Purpose> {
        let said = PURPOSES.iter().filter(|(_, begins)| begins.iter().any(|begin| words.contains(begin)));
        said.map(|(purpose, _)| *purpose).collect()
    };
    let (a, b) = (purposes(a), purposes(b));
    let differ = |of: Purpose| a.contains(&of) != b.contains(&of);
    let both = !a.is_empty() && !b.is_empty();
    differ(Purpose::Change) || both && (differ(Purpose::Emergency) || a.iter().all(|one| !b.contains(one)))
}

/// Whether one was measured in a clinic, and the other at home or over a day.
pub(crate) fn is_measured_otherwise(a: &str, b: &str) -> bool {
    const PLACES: [&[&str]; 3] =
        [&[" clinic ", " office "], &[" ambulatory ", " daytime "], &[" home ", " self measured "]];
    let places = |words: &str| PLACES.map(|names| names.iter().any(|name| words.contains(name)));
    let (a, b) = (places(a), places(b));
    a.contains(&true) && b.contains(&true) && a.iter().zip(b).all(|(one, other)| !(*one && other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_for_other_ends_are_told_apart() {
        let other = |a: &str, b: &str| has_other_purpose(&words(a), &words(b));
        let target = "The treatment target is below 140/90 mmHg for adults with hypertension.";
        let start = "Drug treatment is recommended at a systolic pressure of 140 mmHg or higher.";
        let diagnosis = "Hypertension is diagnosed when blood pressure is 130/80 mmHg or higher.";
        let emergency = "Hypertensive emergency is a blood pressure above 180/120 mmHg with target organ damage.";
        let change = "A DASH eating pattern lowers systolic pressure by about 11 mmHg in adults with hypertension.";
        let all = [target, start, diagnosis, emergency, change];
        for (at, a) in all.iter().enumerate() {
            for (other_at, b) in all.iter().enumerate() {
                assert_eq!(other(a, b), at != other_at, "{a} {b}");
            }
        }
        assert!(!other(target, "Keep the pressure below 130/80 mmHg."));
        assert!(!other(target, "The pressure should be below 130/80 mmHg."), "nothing is said of what it is for");
    }

    #[test]
    fn pressures_of_a_clinic_are_not_those_of_a_home() {
        let other = |a: &str, b: &str| is_measured_otherwise(&words(a), &words(b));
        assert!(other("A clinic blood pressure of 140/90 mmHg.", "An average home blood pressure of 135/85 mmHg."));
        assert!(!other("A clinic blood pressure of 140/90 mmHg.", "An office blood pressure of 130/80 mmHg."));
        assert!(!other("A clinic blood pressure of 140/90 mmHg.", "A blood pressure of 130/80 mmHg."));
    }
}
