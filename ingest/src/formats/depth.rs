//! How deep markup is nested, counted before a parser sees it: parsers recurse, or look through all open elements for each new
//! one, and a file of nothing but opening tags would keep them busy for minutes.

use crate::error::Rejection;

/// Refuses text that opens more than `limit` elements without closing them. Elements named in `uncounted` do not count. Tags
/// in comments do, which only errs on the safe side for texts that nobody writes.
pub(super) fn check(text: &str, limit: usize, uncounted: &[&str]) -> Result<(), Rejection> {
    let counts = |tag: &str| {
        let name = tag.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next().unwrap_or_default();
        !uncounted.iter().any(|uncounted| name.eq_ignore_ascii_case(uncounted))
    };
    let mut depth = 0_usize;
    for (at, _) in text.match_indices('<') {
        let tag = &text[at + 1..];
        match tag.as_bytes().first() {
            Some(b'/') if counts(&tag[1..]) => depth = depth.saturating_sub(1),
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'_') if counts(tag) => {
                let end = tag.find(['<', '>']).unwrap_or(tag.len());
                if !tag[..end].ends_with('/') {
                    depth += 1;
                    if depth > limit {
                        return Err(Rejection::TooDeep(limit));
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}
