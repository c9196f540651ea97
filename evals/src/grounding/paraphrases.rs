//! Paraphrases: a sentence changed so that it says the same.

use std::sync::LazyLock;

use regex::Regex;
use vocabulary::vocabulary;

/// Makes a paraphrase, where the sentence has what it takes.
type Maker = fn(&str) -> Option<String>;

/// The paraphrases of a sentence, by kind: at most one of each.
pub(super) fn of(sentence: &str) -> Vec<(&'static str, String)> {
    let makers: [(&'static str, Maker); 8] = [
        ("number form", number_form),
        ("unit", unit),
        ("order", order),
        ("synonym", synonym),
        ("medicine's other name", other_name),
        ("wording", wording),
        ("small words", small_words),
        ("two at once", |text| synonym(&number_form(text).or_else(|| wording(text))?)),
    ];
    makers.into_iter().filter_map(|(kind, make)| Some((kind, make(sentence)?))).collect()
}

type Rules = LazyLock<Vec<(Regex, &'static str)>>;

fn rules(lines: &'static str) -> Vec<(Regex, &'static str)> {
    let pairs = lines.lines().filter_map(|line| line.split_once(" => "));
    pairs.filter_map(|(from, to)| Some((Regex::new(from.trim()).ok()?, to.trim_start()))).collect()
}

/// Every rule that applies, at its first place.
fn apply(rules: &Rules, sentence: &str) -> Option<String> {
    let mut text = sentence.to_owned();
    for (from, to) in rules.iter() {
        text = from.replace(&text, *to).into_owned();
    }
    (text != sentence).then_some(text)
}

fn number_form(sentence: &str) -> Option<String> {
    static RULES: Rules = LazyLock::new(|| {
        rules(
            r"\bat least (\d) => ≥ $1
            (^|[^ot] )(?:below|less than) (\d) => ${1}< $2
            (^|[^ot] )(?:above|more than|greater than) (\d) => ${1}> $2
            ≥ ?(\d) => at least $1
            ≤ ?(\d) => at most $1
            (\d)\s?[–-]\s?(\d+ (?:mg|days|hours|weeks|months|mL|years|minutes)) => $1 to $2
            (\d)\s?%([ .,;)]) => $1 per cent$2
            (\d) per cent\b => $1%
            \btwo (days|weeks|hours|doses|months|years) => 2 $1
            \bthree (days|weeks|hours|doses|months|years) => 3 $1
            (^|[^.,\d–-])2 (days|weeks|hours|doses|months|years) => ${1}two $2
            (^|[^.,\d–-])7 (days|hours|weeks) => ${1}seven $2
            (^|[^.,\d–-])5 (days|hours|weeks) => ${1}five $2
            (^|[^.,\d–-])10 (days|hours|weeks) => ${1}ten $2
            \bthree times (daily|a day) => 3 times a day
            \btwice daily\b => two times a day
            ([1-9]),(\d\d\d)\b => $1$2
            (\d+) (mg|g|mL)\b => $1$2",
        )
    });
    apply(&RULES, sentence)
}

fn unit(sentence: &str) -> Option<String> {
    static AMOUNT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"\b(?P<number>\d+(?:\.\d+)?)\s(?P<unit>mg|g|micrograms|mL|litres?|L|days|hours|weeks|minutes)\b(?P<after>[^/-]|$)").ok()
    });
    let amount = AMOUNT.as_ref()?;
    let convert = |number: f64, unit: &str| -> Option<(f64, &'static str)> {
        Some(match unit {
            "mg" if number >= 500.0 => (number / 1000.0, "g"),
            "mg" if number < 1.0 => (number * 1000.0, "micrograms"),
            "g" => (number * 1000.0, "mg"),
            "micrograms" if number >= 100.0 => (number / 1000.0, "mg"),
            "mL" if number >= 500.0 => (number / 1000.0, "L"),
            "litre" | "litres" | "L" => (number * 1000.0, "mL"),
            "days" if number % 7.0 == 0.0 && number > 7.0 => (number / 7.0, "weeks"),
            "weeks" if number > 1.0 && number < 5.0 => (number * 7.0, "days"),
            "hours" if number % 24.0 == 0.0 && number > 24.0 => (number / 24.0, "days"),
            "minutes" if number % 60.0 == 0.0 && number > 60.0 => (number / 60.0, "hours"),
            _ => return None,
        })
    };
    let found = amount.captures_iter(sentence).find_map(|found| {
        let whole = found.get(0)?;
        let before = sentence[..whole.start()].trim_end();
        // A number that is part of a range or a rhythm is left alone.
        let part = ["to", "and", "–", "-", "/", "every", "or", ","].iter().any(|joint| before.ends_with(joint));
        let (number, unit) = convert(found["number"].parse().ok()?, &found["unit"]).filter(|_| !part)?;
        let number = format!("{number:.4}");
        let number = number.trim_end_matches('0').trim_end_matches('.');
        Some(format!("{}{number} {unit}{}{}", &sentence[..whole.start()], &found["after"], &sentence[whole.end()..]))
    })?;
    (found != sentence).then_some(found)
}

/// "If X, Y." becomes "Y if X."; "A and B" of two medicines becomes "B and A".
fn order(sentence: &str) -> Option<String> {
    static LEADING: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"^(?P<lead>(?:If|When|In|For|After|Before|During|Among|With) [^,;:.]{4,70}), (?P<main>[^,;:]{15,})\.$",
        )
        .ok()
    });
    static LIST: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?:^|[ ,(])(?P<a>[a-z]{5,}) (?P<joint>and|or) (?P<b>[a-z]{5,})(?:[ ,.;)]|$)").ok()
    });
    if let Some(found) = LEADING.as_ref()?.captures(sentence) {
        let (lead, main) = (&found["lead"], &found["main"]);
        let (first, rest) = main.split_at(main.chars().next()?.len_utf8());
        let (lead_first, lead_rest) = lead.split_at(1);
        return Some(format!("{}{rest} {}{lead_rest}.", first.to_uppercase(), lead_first.to_lowercase()));
    }
    LIST.as_ref()?.captures_iter(sentence).find_map(|found| {
        let both = vocabulary().drug(&found["a"]).is_some() && vocabulary().drug(&found["b"]).is_some();
        let whole = found.get(0).filter(|_| both)?;
        let swapped = format!("{} {} {}", &found["b"], &found["joint"], &found["a"]);
        let inner = format!("{} {} {}", &found["a"], &found["joint"], &found["b"]);
        Some(format!(
            "{}{}{}",
            &sentence[..whole.start()],
            whole.as_str().replace(&inner, &swapped),
            &sentence[whole.end()..]
        ))
    })
}

/// A phrase for its equal in the vocabulary.
fn synonym(sentence: &str) -> Option<String> {
    let words: Vec<&str> = sentence.split(' ').collect();
    let folded: Vec<String> =
        words.iter().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()).collect();
    (0..words.len()).find_map(|at| {
        let (length, group) = vocabulary().synonym_at(folded[at..].iter().map(String::as_str))?;
        let here = folded[at..at + length].join(" ");
        // A plural or a phrase torn by punctuation is left alone.
        let whole = words[at..at + length].join(" ");
        let trimmed = whole.trim_end_matches(|c: char| !c.is_alphanumeric());
        let other = group.iter().find(|other| **other != here && other.contains(' ') == here.contains(' '))?;
        if trimmed.to_lowercase() != here || trimmed.chars().next()?.is_uppercase() {
            return None;
        }
        let tail = &whole[trimmed.len()..];
        let before = words[..at].join(" ");
        let after = words[at + length..].join(" ");
        Some(format!("{before} {other}{tail} {after}").trim().to_owned())
    })
}

fn other_name(sentence: &str) -> Option<String> {
    static WORD: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[A-Za-z]{4,}").ok());
    WORD.as_ref()?.find_iter(sentence).find_map(|word| {
        let drug = vocabulary().drug(word.as_str())?;
        let here = word.as_str().to_lowercase();
        let joined = |c: Option<char>| c.is_some_and(|c| matches!(c, '-' | '/'));
        let rest = vocabulary::fold(&sentence[word.start()..]);
        let longer = vocabulary().drug_at(rest.split(' ')).is_none_or(|(length, _)| length > 1);
        // "Blood glucose" is what is measured, not what is given.
        let measured = sentence[..word.start()].trim_end().ends_with("blood");
        if measured
            || longer
            || joined(sentence[..word.start()].chars().next_back())
            || joined(sentence[word.end()..].chars().next())
        {
            return None;
        }
        let other = drug.others.iter().chain([&drug.name]).find(|other| **other != here && !other.contains(' '))?;
        Some(format!("{}{other}{}", &sentence[..word.start()], &sentence[word.end()..]))
    })
}

/// Small change of everyday English.
fn wording(sentence: &str) -> Option<String> {
    static RULES: Rules = LazyLock::new(|| {
        rules(
            r"^Give\b => Administer
            ^Administer\b => Give
            ^Start\b => Begin
            ^Use\b => Give
            \bin patients with\b => among people who have
            \bpatients who have\b => patients with
            \bsuch as\b => for example
            \bhowever\b => but
            \bapproximately\b => about
            \babout (\d) => approximately $1
            \bby mouth\b => orally
            \borally\b => by mouth
            \bis given\b => is administered
            \bshould be given\b => should be administered
            \bdue to\b => because of
            \bThis is\b => That is
            \bshould be started\b => should be begun
            \bfollowed by\b => and then
            \bas well as\b => and also
            \bmust not\b => should not
            \bcannot\b => can not
            \bdo not\b => don't
            \bin order to\b => to
            \bprior to\b => before",
        )
    });
    apply(&RULES, sentence)
}

/// Words on which the sense hangs, for others of the same sense; units in capitals.
fn small_words(sentence: &str) -> Option<String> {
    static RULES: Rules = LazyLock::new(|| {
        rules(
            r"\bif\b => when
            \bunless\b => except if
            \bexcept for\b => apart from
            \bexcept in\b => other than in
            ([^r]) without\b => $1 in the absence of
            \bdoes not\b => doesn't
            \buntil\b => till
            (\d)\s?mg\b => $1 MG
            (\d)\s?mL\b => $1 ML
            \b1/2 (tablet|mg|mL)\b => half a $1
            \bfirst\b => 1st
            \ball (patients|adults|children)\b => every one of the $1",
        )
    });
    apply(&RULES, sentence)
}
