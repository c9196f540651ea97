//! Words of everyday English that are as long as the names of diseases, and name nothing.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Words of nine letters or more, in lower case.
const WORDS: &str = "\
    absolutely acceptable accidentally accompanied accompany according additional adjustment afternoon afternoons \
    afterwards allergies alongside alternative alternatives altogether announced apparently appointment approaches \
    appropriate approximately attention authority available background beforehand beginning beneficial boyfriend \
    breakfast breakfasts calculated cancelled carefully certainly chocolate christmas clinician clinicians colleague \
    colleagues collecting comfortable community comparing complained complaining complaint completely concerned \
    condition conditions confirmed considered considering consultant continued continues continuing crossword \
    currently dangerous dangerously decisions decreasing definitely department described desperate determine \
    diagnosed difference different difficult difficulty direction discharge discharged discovered discussed \
    effective efficient elsewhere embarrassing encourage essential established eventually everybody everything \
    everywhere examination excellent expecting experience experienced explained explaining explanation exquisitely \
    favourite fingertips following footballer forgotten fortnight fortnightly forwarded frequently frightened \
    generally girlfriend grandfather grandmother guideline guidelines happening headquarters helicopter household \
    housemate illnesses immediate immediately important improvement inadequate including increased increases \
    increasing indicated indication indications information initially instructions interaction interested introduced \
    justified knowledge literature lunchtime management mentioned moderately naturally necessary neighbour \
    neighbours newspaper nightmares nonetheless noticeable obviously occasionally operation otherwise ourselves \
    overnight paramedics particular particularly passenger pensioner percentage perfectly performed permanent \
    personally photograph physician physicians practical practitioner preferred prescribe prescribed prescription \
    presented presenting president prevented preventing previously professional profoundly programme published \
    purchased questions reasonable recommend recommendation recommendations recommended recommends recovering \
    reference regarding registrar regularly relatively remaining repeatedly replacing requirements residents \
    responding restarted restaurant returning satisfied scheduled scientific screaming sentences separately \
    september seriously shattered similarly sincerely situation something sometimes somewhere specialist standards \
    statement statements stiffness straightaway strawberry struggling substitute sufficient suggested suggestion \
    suggestions supermarket surprised suspected swallowed switching telephone temperature thankfully themselves \
    therapies therapist therefore thoroughly thousands throughout tolerated traditional travelling treatment \
    treatments trembling typically uncertain undergoing understand understood unexpected unfortunately university \
    unusually vegetables wednesday whichever withdrawal wonderful wondering worsening worthwhile yesterday \
    yourselves";

static EVERYDAY: LazyLock<HashSet<&'static str>> = LazyLock::new(|| WORDS.split_whitespace().collect());

/// Whether a word is one of them.
pub(crate) fn is_everyday(word: &str) -> bool {
    EVERYDAY.contains(word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_of_them_is_short_or_a_medicine() {
        for word in &*EVERYDAY {
            assert!(word.chars().count() >= 9 && vocabulary::vocabulary().drug(word).is_none(), "{word}");
        }
        assert!(is_everyday("Otherwise") && is_everyday("treatment") && !is_everyday("bronchiolitis"));
    }
}
