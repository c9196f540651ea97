//! The verdict on a statement, given the quote it rests on.

use knowledge::Verdict;

use crate::quantity::quantities;

/// A verdict with the reason a clinician would give for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The verdict.
    pub verdict: Verdict,
    /// Why, unless it is supported.
    pub reason: Option<String>,
}

/// Checks that every number of `statement` stands in `quote` with an equal unit. A statement that is the quote itself is
/// supported as it stands.
pub fn check(statement: &str, quote: &str) -> Finding {
    if statement.trim() == quote.trim() {
        return Finding { verdict: Verdict::Supported, reason: None };
    }
    let source = quantities(quote);
    let mut worst = Finding { verdict: Verdict::Supported, reason: None };
    for claimed in quantities(statement) {
        if source.iter().any(|quantity| quantity.is_equal_to(&claimed)) {
            continue;
        }
        let rival = source.iter().find(|quantity| claimed.has_unit() && quantity.is_comparable_to(&claimed));
        let finding = match rival {
            Some(rival) => Finding {
                verdict: Verdict::Contradicted,
                reason: Some(format!("{claimed} is not in the source; the source says {rival}")),
            },
            None => Finding { verdict: Verdict::Unsupported, reason: Some(format!("{claimed} is not in the source")) },
        };
        if finding.verdict > worst.verdict {
            worst = finding;
        }
    }
    worst
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_must_stand_in_the_quote() {
        let quote = "Start prednisolone 5 mg once daily for 7 days.";
        assert_eq!(check("Prednisolone 5 mg daily for one week (7 days).", quote).verdict, Verdict::Supported);
        assert_eq!(check("Prednisolone 5000 micrograms daily.", quote).verdict, Verdict::Supported);
        let wrong = check("Prednisolone 50 mg daily.", quote);
        assert_eq!(wrong.verdict, Verdict::Contradicted);
        assert_eq!(wrong.reason.as_deref(), Some("50 mg is not in the source; the source says 5 mg"));
        assert_eq!(check("Prednisolone 5 mL daily.", quote).verdict, Verdict::Unsupported);
    }

    #[test]
    fn a_quote_supports_itself() {
        assert_eq!(check(" 3 of 4. ", "3 of 4.").verdict, Verdict::Supported);
    }
}
