//! Where words stand, and what the words of one line say: raised and lowered figures belong to what they touch.

use super::page::is_sure_bullet;
use crate::formats::raised;

/// A place on a page, in points from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
}

impl Rect {
    pub(super) fn width(self) -> f32 {
        (self.right - self.left).max(0.0)
    }

    pub(super) fn height(self) -> f32 {
        (self.bottom - self.top).max(0.0)
    }

    /// Half way between top and bottom.
    pub(super) fn middle(self) -> f32 {
        (self.top + self.bottom) / 2.0
    }

    /// The smallest place that holds both.
    pub(super) fn with(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// How much of a horizontal line both stand on.
    pub(super) fn shared_width(self, other: Self) -> f32 {
        (self.right.min(other.right) - self.left.max(other.left)).max(0.0)
    }

    /// How much of a vertical line both stand on.
    pub(super) fn shared_height(self, other: Self) -> f32 {
        (self.bottom.min(other.bottom) - self.top.max(other.top)).max(0.0)
    }
}

/// A word and its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) place: Rect,
}

/// Words on one line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) words: Vec<Word>,
    pub(super) place: Rect,
    /// Height of most of its letters: what is raised or lowered does not count.
    pub(super) size: f32,
    /// What it says.
    pub(super) text: String,
}

impl Line {
    /// A line of these words, if there are any.
    pub(super) fn of(words: Vec<Word>) -> Option<Self> {
        let place = words.iter().map(|word| word.place).reduce(Rect::with)?;
        let letters: usize = words.iter().map(|word| word.text.chars().count()).sum();
        let is_sideways = letters > 3 && place.height() > 2.0 * place.width();
        let size = if is_sideways {
            place.width()
        } else {
            // Letters and digits alone: the signs between marks would outvote a short word.
            let weight = |word: &Word| word.text.chars().filter(|c| c.is_alphanumeric()).count().max(1);
            weighted_median(words.iter().map(|word| (word.place.height(), weight(word))).collect())
        };
        let text = assemble(&words, size);
        Some(Self { words, place, size: size.max(1.0), text })
    }

    /// The parts between gaps wider than a letter is high: what may be cells of a table. A bullet parts from nothing.
    pub(super) fn parts(&self) -> Vec<Self> {
        let mut parts: Vec<Vec<Word>> = Vec::new();
        for word in &self.words {
            let near = parts.last_mut().filter(|part| {
                part.last().is_some_and(|before| {
                    let is_item = part.len() == 1 && is_sure_bullet(&before.text);
                    is_item || word.place.left - before.place.right <= self.size
                })
            });
            match near {
                Some(part) => part.push(word.clone()),
                None => parts.push(vec![word.clone()]),
            }
        }
        parts.into_iter().filter_map(Self::of).collect()
    }

    /// Width of its first word.
    pub(super) fn first_width(&self) -> f32 {
        self.words.first().map_or(0.0, |word| word.place.width())
    }
}

/// The value that half of the weight lies below.
pub(super) fn weighted_median(mut values: Vec<(f32, usize)>) -> f32 {
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: usize = values.iter().map(|(_, weight)| weight).sum();
    let mut reached = 0;
    for (value, weight) in &values {
        reached += weight;
        if reached * 2 >= total {
            return *value;
        }
    }
    0.0
}

/// What the words say, with raised and lowered ones where they belong.
fn assemble(words: &[Word], size: f32) -> String {
    let mut text = String::new();
    let mut before: Option<Rect> = None;
    let mut base: Option<Rect> = None;
    for word in words {
        let place = word.place;
        let gap = before.map_or(f32::INFINITY, |before| place.left - before.right);
        let changes_size = before.is_some_and(|before| (before.height() - place.height()).abs() > 0.1 * size);
        before = Some(place);
        let is_small = place.height() < 0.85 * size;
        let lift = base.map_or(0.0, |base| base.bottom - place.bottom);
        if is_small && lift > 0.2 * size && gap < 0.3 * size {
            text.push_str(&raised::part(&word.text, &text).unwrap_or_default());
            continue;
        }
        if !is_small || base.is_none() {
            base = Some(place);
        }
        let touches = changes_size && gap < 0.12 * size;
        if !(text.is_empty() || touches) {
            text.push(' ');
        }
        text.push_str(&word.text);
    }
    text
}

/// A word on a line whose letters are `size` high, for tests.
#[cfg(test)]
pub(super) fn word(text: &str, left: f32, bottom: f32, size: f32) -> Word {
    let right = left + 0.5 * size * text.chars().count() as f32;
    Word { text: text.to_owned(), place: Rect { left, top: bottom - size, right, bottom } }
}

/// A line of words set with gaps of a quarter of their size, for tests.
#[cfg(test)]
pub(super) fn line(text: &str, left: f32, bottom: f32, size: f32) -> Line {
    let mut at = left;
    let words = text.split(' ').map(|text| {
        let word = word(text, at, bottom, size);
        at = word.place.right + 0.25 * size;
        word
    });
    Line::of(words.collect()).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(words: &[(&str, f32, f32, f32)]) -> String {
        let words = words.iter().map(|(text, left, bottom, size)| word(text, *left, *bottom, *size));
        Line::of(words.collect()).unwrap().text
    }

    #[test]
    fn raised_figures_are_powers_and_marks_go() {
        // Letters are half as wide as they are high: "10" at 0 ends at 10.
        assert_eq!(
            say(&[
                ("10", 0.0, 100.0, 10.0),
                ("9", 10.2, 95.0, 6.0),
                ("/L", 13.3, 100.0, 10.0),
                ("rose.", 26.0, 100.0, 10.0)
            ]),
            "10⁹/L rose."
        );
        assert_eq!(say(&[("fell.", 0.0, 100.0, 10.0), ("3", 25.2, 95.0, 6.0), ("It", 31.0, 100.0, 10.0)]), "fell. It");
        assert_eq!(
            say(&[("trials", 0.0, 100.0, 10.0), ("3,4", 30.2, 95.0, 6.0), ("show", 42.0, 100.0, 10.0)]),
            "trials show"
        );
        assert_eq!(
            say(&[("trials", 0.0, 100.0, 10.0), ("3–5", 30.2, 95.0, 6.0), ("show", 42.0, 100.0, 10.0)]),
            "trials show"
        );
        assert_eq!(say(&[("Ca", 0.0, 100.0, 10.0), ("2+", 10.2, 95.0, 6.0), ("ions", 19.0, 100.0, 10.0)]), "Ca²⁺ ions");
        assert_eq!(say(&[("Doe", 0.0, 100.0, 10.0), ("a,b", 15.2, 95.0, 6.0)]), "Doe");
        assert_eq!(say(&[("4", 0.0, 100.0, 10.0), ("th", 5.2, 95.0, 6.0), ("week", 14.0, 100.0, 10.0)]), "4th week");
    }

    #[test]
    fn lowered_figures_touch_what_they_belong_to() {
        assert_eq!(say(&[("CO", 0.0, 100.0, 10.0), ("2", 10.2, 102.0, 6.0), ("rose", 16.0, 100.0, 10.0)]), "CO2 rose");
        // The height of the line is that of most of its letters.
        let words = [word("CO", 0.0, 100.0, 10.0), word("2", 10.2, 102.0, 6.0), word("rose", 16.0, 100.0, 10.0)];
        assert_eq!(Line::of(words.to_vec()).unwrap().size, 10.0);
    }

    #[test]
    fn lines_part_at_wide_gaps_alone() {
        let words = [word("5", 0.0, 10.0, 10.0), word("mg", 7.5, 10.0, 10.0), word("daily", 40.0, 10.0, 10.0)];
        let texts: Vec<String> = Line::of(words.to_vec()).unwrap().parts().into_iter().map(|part| part.text).collect();
        assert_eq!(texts, ["5 mg", "daily"]);
        let item = [word("•", 0.0, 10.0, 10.0), word("fever", 25.0, 10.0, 10.0)];
        assert_eq!(Line::of(item.to_vec()).unwrap().parts().len(), 1);
        let cells = [word("–", 0.0, 10.0, 10.0), word("40", 25.0, 10.0, 10.0)];
        assert_eq!(Line::of(cells.to_vec()).unwrap().parts().len(), 2);
        assert_eq!(Line::of(Vec::new()), None);
    }

    #[test]
    fn text_set_sideways_is_as_high_as_it_is_wide() {
        let place = Rect { left: 20.0, top: 100.0, right: 32.0, bottom: 300.0 };
        let line = Line::of(vec![Word { text: "sideways".to_owned(), place }]).unwrap();
        assert_eq!(line.size, 12.0);
    }
}
