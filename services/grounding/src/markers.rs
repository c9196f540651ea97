//! Citations in a foreign text: `[1]`, `[doc1]`, `[[1]](url)`.

use crate::verify::Foreign;

/// Citations as written, each with the source it names, counted from 0; none if there is no such source.
pub(crate) type Markers = Vec<(String, Option<usize>)>;

/// Bytes between the brackets of a citation, and of the address behind it, at most.
const MAX_INSIDE: usize = 64;
const MAX_ADDRESS: usize = 2_048;

/// The text with spaces in place of its citations, and the citations with the code points at which they stand.
pub(crate) fn mask(text: &str, sources: &[Foreign]) -> (String, Vec<(usize, Markers)>) {
    let (mut out, mut markers, mut rest, mut place) = (String::with_capacity(text.len()), Vec::new(), text, 0);
    while let Some(c) = rest.chars().next() {
        let found = if matches!(c, '[' | '【') { marker(rest, sources) } else { None };
        let length = match found {
            Some((found, length)) => {
                markers.push((place, found));
                out.extend(rest[..length].chars().map(|_| ' '));
                length
            }
            None => {
                out.push(c);
                c.len_utf8()
            }
        };
        place += rest[..length].chars().count();
        rest = &rest[length..];
    }
    (out, markers)
}

/// The citation that `text` begins with and its length in bytes: `[1]`, `[1, 3]`, `[1-3]`, `[doc1]`, `[ID:1]`, `[^1]`,
/// `[[1]](url)`, `【1】`.
fn marker(text: &str, sources: &[Foreign]) -> Option<(Markers, usize)> {
    let (open, close) = match text.chars().next()? {
        '[' => ('[', ']'),
        '【' => ('【', '】'),
        _ => return None,
    };
    let doubled = text.starts_with("[[");
    let inside = &text[open.len_utf8() + usize::from(doubled)..];
    let near = inside.char_indices().take_while(|(at, _)| *at <= MAX_INSIDE);
    let (end, _) = near.into_iter().find(|(_, c)| *c == close)?;
    let markers = match known(inside[..end].trim(), sources) {
        Some(source) => vec![(format!("[{}]", inside[..end].trim()), Some(source))],
        None => named(&inside[..end], sources)?,
    };
    let mut length = open.len_utf8() + usize::from(doubled) + end + close.len_utf8();
    if doubled {
        length += text[length..].starts_with(']').then_some(1)?;
    }
    if doubled && text[length..].starts_with('(') {
        length += text[length..].bytes().take(MAX_ADDRESS).position(|byte| byte == b')').map_or(0, |at| at + 1);
    }
    Some((markers, length))
}

/// What stands between the brackets of a citation, one by one; none if it is no citation.
fn named(inside: &str, sources: &[Foreign]) -> Option<Markers> {
    let by_place = |at: usize| at.checked_sub(1).filter(|at| *at < sources.len());
    let mut markers = Markers::new();
    for part in inside.split([',', ';']) {
        let name = part.trim().trim_start_matches(['^', '#']).trim_start_matches("ID:").trim();
        let range = name.split_once(['-', '\u{2013}']).filter(|(low, _)| low.chars().all(|c| c.is_ascii_digit()));
        match (known(name, sources), range) {
            (Some(source), _) => markers.push((format!("[{name}]"), Some(source))),
            (None, Some((low, high))) => {
                let (low, high): (usize, usize) = (low.parse().ok()?, high.trim().parse().ok()?);
                if high < low || high - low > 20 {
                    return None;
                }
                let source = |at: usize| known(&at.to_string(), sources).or(by_place(at));
                markers.extend((low..=high).map(|at| (format!("[{at}]"), source(at))));
            }
            (None, None) => markers.push((format!("[{name}]"), by_place(ordinal(name)?))),
        }
    }
    Some(markers)
}

/// The source that has this for its id.
fn known(name: &str, sources: &[Foreign]) -> Option<usize> {
    sources.iter().position(|source| source.id.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(name)))
}

/// The number of `7`, `doc7`, `E7`, `source 7`.
fn ordinal(name: &str) -> Option<usize> {
    let digits = name.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == ' ' || c == '_');
    let prefix = name[..name.len() - digits.len()].trim().to_ascii_lowercase();
    let known = matches!(prefix.as_str(), "" | "doc" | "e" | "s" | "source" | "ref" | "document" | "passage" | "p");
    digits.parse().ok().filter(|_| known && !digits.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> Vec<Foreign> {
        ["ng1", "2024-guideline"].map(|id| Foreign { id: Some(id.into()), title: None, text: String::new() }).into()
    }

    #[test]
    fn markers_of_many_vendors_are_read() {
        for (text, expected) in [
            ("[1]", vec![Some(0)]),
            ("[1, 2]", vec![Some(0), Some(1)]),
            ("[1-2]", vec![Some(0), Some(1)]),
            ("[doc2]", vec![Some(1)]),
            ("[ID:1]", vec![Some(0)]),
            ("[[2]](https://example.org/x)", vec![Some(1)]),
            ("【1】", vec![Some(0)]),
            ("[NG1]", vec![Some(0)]),
            ("[7]", vec![None]),
            ("[2024-guideline]", vec![Some(1)]),
            ("[1, 2024-Guideline]", vec![Some(0), Some(1)]),
        ] {
            let (markers, length) = marker(text, &sources()).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(markers.into_iter().map(|(_, source)| source).collect::<Vec<_>>(), expected, "{text}");
            assert_eq!(length, text.len(), "{text}");
        }
        assert!(marker("[see above]", &sources()).is_none());
        assert!(marker("[2023-guideline]", &sources()).is_none());
        // What is no citation is passed over without reading on to the end of the text.
        assert!(marker(&format!("[{}1]", " ".repeat(80)), &sources()).is_none());
        assert_eq!(mask(&"[[1]](".repeat(20_000), &sources()).1.len(), 20_000);
    }
}
