//! What can be seen of a text whatever its format was: missing front matter, lost characters, the noise of OCR.

use knowledge::{BlockKind, CanonicalText, Defect, DefectKind, char_slice};

use super::Fields;

/// A text of this many code points that has no heading is a wall.
const LONG: usize = 6_000;

/// Blocks of fewer words say nothing about noise.
const FEW_WORDS: usize = 4;

/// What the text and the front matter of a document show.
pub(super) fn of(fields: &Fields, text: &CanonicalText) -> Vec<Defect> {
    let mut defects = Vec::new();
    let mut note = |kind, times: usize| {
        if times > 0 {
            defects.push(Defect { kind, times: u32::try_from(times).unwrap_or(u32::MAX) });
        }
    };
    note(DefectKind::NoTitle, usize::from(fields.title.is_none()));
    note(DefectKind::NoDate, usize::from(fields.published.is_none()));
    let headings = text.blocks().iter().filter(|block| block.kind == BlockKind::Heading).count();
    let length = text.blocks().last().map_or(0, |block| block.span.end);
    note(DefectKind::NoHeadings, usize::from(headings <= 1 && length > LONG));
    // Ten lost characters weigh as much as one broken place: fonts without a map lose them by the hundred.
    note(DefectKind::LostCharacters, text.as_str().chars().filter(|c| is_lost(*c)).count().div_ceil(10));
    let blocks = text.blocks().iter().filter(|block| matches!(block.kind, BlockKind::Paragraph | BlockKind::ListItem));
    let noisy = blocks.filter_map(|block| char_slice(text.as_str(), block.span)).filter(|text| is_noisy(text)).count();
    note(DefectKind::OcrNoise, noisy);
    defects
}

/// The replacement character, and private use: a font's own signs that nothing explains.
fn is_lost(c: char) -> bool {
    matches!(c, '\u{fffd}' | '\u{e000}'..='\u{f8ff}')
}

/// Whether a block reads as if a machine had misread it: signs inside words, single letters in a row.
fn is_noisy(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.len() < FEW_WORDS {
        return false;
    }
    let broken = words.iter().filter(|word| is_broken(word)).count();
    let single = words.windows(3).any(|three| three.iter().all(|word| is_letter(word)));
    single || broken * 8 > words.len()
}

fn is_letter(word: &str) -> bool {
    let mut chars = word.chars();
    matches!((chars.next(), chars.next()), (Some(c), None) if c.is_alphabetic())
}

/// A sign that belongs to no word stands between two letters, or a digit between two small letters.
fn is_broken(word: &str) -> bool {
    let chars: Vec<char> = word.chars().collect();
    chars.windows(3).any(|three| {
        let small = |c: char| c.is_lowercase();
        small(three[0])
            && small(three[2])
            && (matches!(three[1], '~' | '^' | '|' | '\\' | '¬' | '£') || three[1].is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use knowledge::TextBuilder;

    use super::*;

    fn seen(blocks: &[&str]) -> Vec<Defect> {
        let mut builder = TextBuilder::new();
        for block in blocks {
            builder.block(BlockKind::Paragraph, block);
        }
        let fields = Fields { title: Some("T".into()), published: Some("2024".into()), ..Fields::default() };
        of(&fields, &builder.finish())
    }

    #[test]
    fn clean_text_has_none() {
        assert_eq!(seen(&["Give Examplin 5 mg twice daily with COVID-19, IL-6 or HbA1c of 7 % in view."]), []);
        let fields = Fields::default();
        let kinds: Vec<_> = of(&fields, &TextBuilder::new().finish()).into_iter().map(|defect| defect.kind).collect();
        assert_eq!(kinds, [DefectKind::NoTitle, DefectKind::NoDate]);
    }

    #[test]
    fn noise_and_losses_are_counted() {
        let one = |kind, times| vec![Defect { kind, times }];
        assert_eq!(seen(&["Adm1nister the dr~g to the pat1ent and wa~ch"]), one(DefectKind::OcrNoise, 1));
        assert_eq!(seen(&["T R E A T the patient at once please"]), one(DefectKind::OcrNoise, 1));
        assert_eq!(seen(&["Dose \u{fffd}\u{fffd} of it \u{e001}."]), one(DefectKind::LostCharacters, 1));
        assert_eq!(seen(&[&"Long without a heading. ".repeat(400)]), one(DefectKind::NoHeadings, 1));
    }
}
