//! What is a file in the mirror called? By its address, so that people recognise it, and by a hash of it, so that no
//! two meet.

use knowledge::sha256_hex;

/// Letters of the address that a name keeps, at most; with hash and ending it stays far below what file systems allow.
const MAX_STEM: usize = 60;

/// Digits of the hash in a name: 64 bits.
const HASH_DIGITS: usize = 16;

/// The name of what goes by `key`. Of `wish`, which may be hostile, only letters, digits, dots, dashes and underscores
/// stay.
pub(super) fn file_name(key: &str, wish: &str, extension: &str) -> String {
    let wish = wish.trim_end_matches('/');
    let last = wish.rsplit('/').next().unwrap_or_default();
    let ending = format!(".{extension}");
    let cut = last.len().saturating_sub(ending.len());
    let stem = match last.get(cut..) {
        Some(tail) if tail.eq_ignore_ascii_case(&ending) => last.get(..cut).unwrap_or(last),
        _ => last,
    };
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' };
    let stem: String = stem.chars().map(plain).take(MAX_STEM).collect();
    let stem = stem.trim_matches(['.', '-', '_']);
    let hash: String = sha256_hex(key.as_bytes()).chars().take(HASH_DIGITS).collect();
    if stem.is_empty() { format!("{hash}{ending}") } else { format!("{stem}-{hash}{ending}") }
}

/// An address as messages show it: without a query, which may hold secrets, and without a user name and password.
pub(super) fn shown(url: &str) -> String {
    let head = url.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = head.split_once("//").unwrap_or(("", head));
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = host.rsplit('@').next().unwrap_or_default();
    let slashes = if scheme.is_empty() { "" } else { "//" };
    format!("{scheme}{slashes}{host}{path}").chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use super::*;

    #[test]
    fn names_are_recognised_and_differ() {
        let name = file_name("https://a.example/x/Guide%20line.PDF", "/x/Guide%20line.PDF", "pdf");
        assert!(name.starts_with("Guide-20line-") && name.ends_with(".pdf"), "{name}");
        assert_ne!(
            file_name("https://a.example/1/a.pdf", "/1/a.pdf", "pdf"),
            file_name("https://a.example/2/a.pdf", "/2/a.pdf", "pdf")
        );
        assert_eq!(file_name("k", "/a.pdf", "pdf"), file_name("k", "/a.pdf", "pdf"));
        assert!(file_name("k", "/readme.md", "md").starts_with("readme-"));
    }

    #[test]
    fn hostile_names_stay_plain_and_short() {
        let long = "x".repeat(5_000);
        for wish in [
            "",
            "/",
            "..",
            "/..",
            "/../../etc/passwd",
            "/a/..%2f..%2fetc",
            "\\..\\x",
            "/.htaccess",
            "/\u{202e}fdp",
            "/con",
            &long,
        ] {
            let name = file_name("k", wish, "xml");
            let parts: Vec<Component<'_>> = Path::new(&name).components().collect();
            assert!(matches!(parts.as_slice(), [Component::Normal(_)]), "{wish:?}: {name}");
            assert!(name.len() < 100 && !name.starts_with('.') && name.ends_with(".xml"), "{name}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        assert_eq!(shown("https://u:p@a.example/x?sig=1"), "https://a.example/x");
        assert_eq!(shown("https://a.example/x@y#z"), "https://a.example/x@y");
        assert_eq!(shown("nonsense"), "nonsense");
        assert_eq!(shown("https://a.example"), "https://a.example");
    }
}
