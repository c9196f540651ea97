//! Which lines are the frame of a page and not its text: running headers and footers, and page numbers.

use std::collections::{HashMap, HashSet};

use super::page::{MAX_LINES, Page};
use super::words::Line;

/// The part of a page's height, above and below, in which its frame stands.
const ZONE: f32 = 0.1;

/// With fewer pages, what stands on two of them may be the text's own.
const MIN_PAGES: usize = 3;

/// Takes headers, footers and page numbers off the pages, and says how many different ones there were.
pub(super) fn take_off(pages: &mut [Page]) -> u32 {
    let repeated = repeated(pages);
    let mut taken: HashSet<Key> = HashSet::new();
    for page in pages {
        let gone = framing(page, &repeated);
        if !gone.is_empty() {
            page.retain(|block, line| !gone.contains_key(&(block, line)));
            taken.extend(gone.into_values());
        }
    }
    u32::try_from(taken.len()).unwrap_or(u32::MAX)
}

/// Whether it stands above, and what it says with every number as `#`.
type Key = (bool, String);

fn key(page: &Page, line: &Line) -> Option<Key> {
    let above = line.place.bottom <= ZONE * page.height;
    let below = line.place.top >= (1.0 - ZONE) * page.height;
    if !above && !below {
        return None;
    }
    let mut folded = String::with_capacity(line.text.len());
    for c in line.text.chars() {
        if !c.is_ascii_digit() {
            folded.extend(c.to_lowercase());
        } else if !folded.ends_with('#') {
            folded.push('#');
        }
    }
    Some((above, folded))
}

/// What stands in the same zone of at least half of the pages. The headers of left and right pages differ, and the
/// first page often has none, so that one page may be missing to the half.
fn repeated(pages: &[Page]) -> HashSet<Key> {
    if pages.len() < MIN_PAGES {
        return HashSet::new();
    }
    let mut met: HashMap<Key, (u32, usize)> = HashMap::new();
    for page in pages {
        for key in page.blocks.iter().flat_map(|block| &block.lines).filter_map(|line| key(page, line)) {
            let (last, times) = met.entry(key).or_default();
            if *last != page.number {
                (*last, *times) = (page.number, *times + 1);
            }
        }
    }
    let enough = |times: usize| times >= 2 && times * 2 + 1 >= pages.len();
    met.into_iter()
        .filter(|((_, text), (_, times))| enough(*times) && text.contains(char::is_alphabetic))
        .map(|(key, _)| key)
        .collect()
}

/// The lines of `page` that belong to its frame. A number alone is the page's if nothing of the text stands beside it.
fn framing(page: &Page, repeated: &HashSet<Key>) -> HashMap<(usize, usize), Key> {
    let mut gone = HashMap::new();
    let mut numbers = Vec::new();
    let mut others = Vec::new();
    if page.lines() > MAX_LINES {
        return gone;
    }
    for (block, lines) in page.blocks.iter().enumerate() {
        for (at, line) in lines.lines.iter().enumerate() {
            match key(page, line) {
                Some(key) if repeated.contains(&key) => {
                    gone.insert((block, at), key);
                }
                Some((above, _)) if is_page_number(&line.text) => {
                    numbers.push(((block, at), line.place, (above, "#".to_owned())));
                }
                Some(_) => others.push(line.place),
                None => {}
            }
        }
    }
    for (at, place, key) in numbers {
        let beside = |other: f32| (other - place.middle()).abs() < 0.5 * place.height().max(1.0);
        if !others.iter().any(|other| beside(other.middle())) {
            gone.insert(at, key);
        }
    }
    gone
}

/// `7`, `- 7 -`, `Page 7 of 9`, `7/9`, `iv`.
fn is_page_number(text: &str) -> bool {
    let words = || text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_number = |word: &str| word.len() <= 4 && word.chars().all(|c| c.is_ascii_digit());
    let is_roman = |word: &str| word.len() <= 6 && word.chars().all(|c| matches!(c, 'i' | 'v' | 'x'));
    let is_name = |word: &str| matches!(word.to_lowercase().as_str(), "page" | "p" | "of");
    match words().filter(|word| !is_name(word)).count() {
        1 => words().all(|word| is_number(word) || is_roman(word) || is_name(word)) && !text.contains('%'),
        2 => {
            words().all(|word| is_number(word) || is_name(word))
                && (text.contains('/') || text.to_lowercase().contains("of"))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::page::Block;
    use super::super::words::line;
    use super::*;

    fn page(number: u32, lines: &[(&str, f32, f32)]) -> Page {
        let blocks =
            lines.iter().map(|(text, left, bottom)| Block::of(vec![line(text, *left, *bottom, 10.0)]).unwrap());
        Page { number, height: 800.0, blocks: blocks.collect() }
    }

    fn texts(page: &Page) -> Vec<&str> {
        page.blocks.iter().flat_map(|block| &block.lines).map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn what_repeats_above_and_below_is_taken_off() {
        let mut pages = [
            page(1, &[("A trial of examplin", 60.0, 70.0), ("Text one", 60.0, 300.0), ("1", 300.0, 790.0)]),
            page(2, &[("Journal 2024; 12", 60.0, 40.0), ("Text two", 60.0, 300.0), ("2", 300.0, 790.0)]),
            page(3, &[("Journal 2024; 13", 60.0, 40.0), ("Text two", 60.0, 300.0), ("3", 300.0, 790.0)]),
        ];
        assert_eq!(take_off(&mut pages), 2);
        assert_eq!(texts(&pages[0]), ["A trial of examplin", "Text one"]);
        assert_eq!(texts(&pages[2]), ["Text two"], "what repeats in the middle of the page is text");
    }

    #[test]
    fn two_pages_are_too_few_to_say() {
        let mut pages = [
            page(1, &[("Journal 1", 60.0, 40.0)]),
            page(2, &[("Journal 2", 60.0, 40.0), ("Page 2 of 2", 60.0, 790.0)]),
        ];
        assert_eq!(take_off(&mut pages), 1);
        assert_eq!(texts(&pages[1]), ["Journal 2"]);
    }

    #[test]
    fn numbers_beside_text_are_no_page_numbers() {
        let mut pages = [page(1, &[("Testolol", 60.0, 790.0), ("38", 200.0, 790.0)])];
        assert_eq!(take_off(&mut pages), 0);
        assert_eq!(pages[0].lines(), 2);
    }

    #[test]
    fn page_numbers_are_known_by_their_shape() {
        for text in ["7", "- 7 -", "Page 7", "page 7 of 9", "7/9", "iv", "| 12", "xiv"] {
            assert!(is_page_number(text), "{text}");
        }
        for text in ["", "5 mg", "12345", "7 9", "50%", "Page", "of", "2 of them", "vitamin", "–"] {
            assert!(!is_page_number(text), "{text}");
        }
    }
}
