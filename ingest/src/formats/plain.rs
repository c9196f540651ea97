//! Plain text as hospitals keep it: a title, headings in capitals, bullets, lines wrapped by hand, the noise of OCR.

use knowledge::{BlockKind, TextBuilder, normalise};

use super::{Parsed, front_matter};
use crate::error::Rejection;

/// A line at least this long was probably wrapped, so the next one goes on with it.
const WRAPPED: usize = 55;

/// Longer lines in capitals are warnings, not headings.
const HEADING_CHARS: usize = 100;

/// Words in a sub-heading, at most.
const SUBHEADING_WORDS: usize = 7;

pub(super) fn parse(text: &str) -> Result<Parsed, Rejection> {
    let (mut fields, body) = front_matter::split(text)?;
    let mut builder = TextBuilder::new();
    let lines: Vec<&str> = body.lines().map(str::trim).collect();
    let mut open = Open::default();
    let mut titled = false;
    for (at, line) in lines.iter().enumerate() {
        if line.is_empty() {
            open.flush(&mut builder);
            continue;
        }
        if is_heading(line) {
            open.flush(&mut builder);
            let heading = normalise(line);
            if !titled {
                fields.title.get_or_insert_with(|| heading.clone());
            }
            builder.heading(if titled { 2 } else { 1 }, &heading);
        } else if let Some(item) = bullet(line) {
            open.flush(&mut builder);
            open.start(BlockKind::ListItem, item);
        } else if is_subheading(line, at.checked_sub(1).map(|before| lines[before]), lines.get(at + 1).copied()) {
            open.flush(&mut builder);
            builder.heading(3, line);
        } else if open.goes_on_with(line) {
            open.push(line);
        } else {
            open.flush(&mut builder);
            open.start(BlockKind::Paragraph, line);
        }
        titled = true;
    }
    open.flush(&mut builder);
    Ok(Parsed { fields, text: builder.finish(), defects: Vec::new() })
}

/// The block being collected, with the length of its last line.
#[derive(Default)]
struct Open {
    block: Option<(BlockKind, String, usize)>,
}

impl Open {
    fn start(&mut self, kind: BlockKind, line: &str) {
        self.block = Some((kind, line.to_owned(), line.chars().count()));
    }

    fn push(&mut self, line: &str) {
        if let Some((_, text, last)) = &mut self.block {
            text.push(' ');
            text.push_str(line);
            *last = line.chars().count();
        }
    }

    fn goes_on_with(&self, line: &str) -> bool {
        let small = line.chars().next().is_some_and(|c| c.is_lowercase() || matches!(c, '(' | ')' | ','));
        self.block.as_ref().is_some_and(|(_, text, last)| {
            small || (*last >= WRAPPED && !text.ends_with(['.', ':'])) || *last >= WRAPPED + 10
        })
    }

    fn flush(&mut self, builder: &mut TextBuilder) {
        if let Some((kind, text, _)) = self.block.take() {
            builder.block(kind, &text);
        }
    }
}

fn is_heading(line: &str) -> bool {
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    letters >= 3
        && line.chars().count() <= HEADING_CHARS
        && !line.chars().any(char::is_lowercase)
        && bullet(line).is_none()
        && !line.ends_with('.')
}

/// The text after a bullet. OCR makes many characters of the one.
fn bullet(line: &str) -> Option<&str> {
    let rest = line.strip_prefix([
        '•', '·', '・', '●', '▪', '■', '◼', '➢', '❖', '◦', '○', '‣', '–', '—', '*', '»', '-', '¾', '\u{f0b7}',
        '\u{f0a7}',
    ])?;
    let rest = rest.trim_start();
    // A bullet of some fonts comes out as three quarters; before a measure it is three quarters of that.
    let is_number = line.starts_with('¾') && is_measure(rest);
    (!rest.is_empty() && !is_number).then_some(rest)
}

/// What is counted in parts.
const MEASURES: &str = "ampoule amp bottle cap capsule cm cup cupful dose drop g glass gram h hour hr inch kg l liter \
                        litre mcg mg ml of pint sachet spoon spoonful strength suppository tab tablespoon \
                        tablespoonful tablet tbsp teaspoon teaspoonful tsp vial";

/// Whether a text goes on from a number: with what is counted, or up to another number.
pub(super) fn is_measure(rest: &str) -> bool {
    let (word, after) = rest.split_at(rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len()));
    // `H. pylori` counts no hours.
    let word = if matches!(word, "G" | "H") { word.to_owned() } else { word.to_lowercase() };
    let is_range = match word.as_str() {
        "" => after.starts_with(['-', '–', '—']),
        word => matches!(word, "to" | "or"),
    };
    let one = word.strip_suffix('s').unwrap_or(&word);
    let is_counted = MEASURES.split(' ').any(|measure| measure == word || measure == one);
    if matches!(word.as_str(), "cap" | "drop") {
        return is_taken(after);
    }
    is_counted || (is_range && after.trim_start_matches(['-', '–', '—', ' ']).starts_with(char::is_numeric))
}

/// Whether a text goes on as after an amount that is taken, and not as after a verb: `¾ cap twice daily`, not `¾ Cap the dose`.
fn is_taken(after: &str) -> bool {
    if after.starts_with([',', ';', '.', '/', ')']) {
        return true;
    }
    let after = after.to_lowercase();
    let mut words = after.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is_number = |word: &str| word.starts_with(char::is_numeric);
    match first {
        "" | "of" | "per" | "twice" | "daily" | "nightly" | "hourly" | "weekly" | "orally" | "po" | "bd" | "bid"
        | "tds" | "tid" | "qds" | "qid" | "od" | "prn" | "stat" | "before" | "after" => true,
        "a" => matches!(second, "day" | "week"),
        "at" => matches!(second, "night" | "bedtime" | "noon"),
        "every" => is_number(second) || matches!(second, "hour" | "morning" | "evening" | "night" | "day"),
        "in" => matches!(second, "each" | "both"),
        "on" => matches!(second, "alternate" | "day"),
        "once" => matches!(second, "a" | "daily" | "every" | "weekly"),
        "or" => is_number(second),
        "three" | "four" => second == "times",
        "with" => matches!(second, "food" | "meals" | "milk" | "water"),
        number if is_number(number) => matches!(second, "hourly" | "times" | "x"),
        _ => false,
    }
}

/// A short line in title case between a heading or a gap and what it heads.
fn is_subheading(line: &str, before: Option<&str>, after: Option<&str>) -> bool {
    let starts = before.is_none_or(|before| {
        before.is_empty() || is_heading(before) || bullet(before).is_some() || before.ends_with('.')
    });
    let heads = after.is_some_and(|after| !after.is_empty());
    let short = line.split_whitespace().count() <= SUBHEADING_WORDS && line.chars().count() < 60;
    let plain = !line.ends_with(['.', ',', ';']) && !line.chars().any(|c| c.is_ascii_digit());
    starts && heads && short && plain && line.starts_with(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "ACUTE BRONCHITIS\nIntroduction\nAn inflammation of the tubes.\nCommonly caused by a variety of viruses, same as those that are responsible for\n\
        common cold.\n\nCLINICAL FEATURES\nClinical Features\n• Cough\n• Sputum may be clear, yellow or\ngreenish\n\nTREATMENT OF BRONCHITIS \n\
        Drug treatment\n- Amoxicillin 500 mg PO 8 hourly\n";

    #[test]
    fn headings_bullets_and_wrapped_lines_are_seen() {
        let parsed = parse(TEXT).unwrap();
        assert_eq!(parsed.fields.title.as_deref(), Some("ACUTE BRONCHITIS"));
        assert_eq!(
            parsed.text.as_str(),
            "ACUTE BRONCHITIS\nIntroduction\nAn inflammation of the tubes.\n\
             Commonly caused by a variety of viruses, same as those that are responsible for common cold.\n\
             CLINICAL FEATURES\nClinical Features\nCough\nSputum may be clear, yellow or greenish\n\
             TREATMENT OF BRONCHITIS\nDrug treatment\nAmoxicillin 500 mg PO 8 hourly"
        );
        let last = parsed.text.blocks().last().unwrap();
        assert_eq!(last.section, ["TREATMENT OF BRONCHITIS", "Drug treatment"]);
        assert_eq!(last.kind, BlockKind::ListItem);
    }

    #[test]
    fn three_quarters_of_something_are_no_bullet() {
        let text = |line: &str| parse(&format!("DOSES\n\n{line}\n")).unwrap().text.as_str().replace("DOSES\n", "");
        for line in [
            "¾ tablet twice daily",
            "¾ Tablets twice daily",
            "¾ of a tablet twice daily",
            "¾-1 tablet twice daily",
            "¾ to 1 tablet twice daily",
            "¾ mL/kg",
            "¾ h before meals",
            "¾ cap twice daily",
            "¾ drop in each eye",
            "¾ Drop 8 hourly",
            "¾ drops in the left eye",
        ] {
            assert_eq!(text(line), line);
        }
        for (line, item) in [
            ("¾ Fever", "Fever"),
            ("¾ to reduce fever", "to reduce fever"),
            ("¾ 2 tablets twice daily", "2 tablets twice daily"),
            ("¾ Hold the dose", "Hold the dose"),
            ("¾ H. pylori", "H. pylori"),
            ("¾ Drop the dose", "Drop the dose"),
            ("¾ Cap the dose at 4 g a day", "Cap the dose at 4 g a day"),
            ("¾ Cap at 4 g a day", "Cap at 4 g a day"),
            ("¾ Drop every second dose", "Drop every second dose"),
            ("¾ Drop-in clinics", "Drop-in clinics"),
        ] {
            assert_eq!(text(line), item);
        }
    }
}
