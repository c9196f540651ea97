//! Single addresses: each is one document.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::client::Ask;
use super::error::FetchError;
use super::expect::Expect;
use super::names::shown;
use super::run::Run;

pub(super) async fn fetch(run: &mut Run<'_>, urls: &[String], list: Option<&Path>) -> Result<(), FetchError> {
    let mut wanted = urls.to_vec();
    if let Some(path) = list {
        let text = fs::read_to_string(path).map_err(|source| FetchError::Disk { path: path.to_owned(), source })?;
        wanted.extend(lines(&text));
    }
    let mut seen = BTreeSet::new();
    wanted.retain(|url| seen.insert(url.clone()));
    run.listed(wanted.len(), 0);
    for text in wanted {
        run.check_stop()?;
        match run.client.guard().parse(&text) {
            Ok(mut url) => {
                // The service never sees what stands behind `#`; it is the same document with and without.
                url.set_fragment(None);
                let ask = Ask {
                    key: url.as_str().to_owned(),
                    shown: shown(url.as_str()),
                    expect: Expect::document(url.path()),
                    url,
                    headers: Vec::new(),
                };
                run.take(&ask).await?;
            }
            Err(refusal) => run.failed(shown(&text), &refusal.into())?,
        }
    }
    Ok(())
}

fn lines(text: &str) -> impl Iterator<Item = String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_have_comments_and_empty_lines() {
        let text =
            "\u{feff}# guidelines\r\nhttps://a.example/1\r\n\n  https://a.example/2#part  \n#https://a.example/3\n";
        assert_eq!(lines(text).collect::<Vec<_>>(), ["https://a.example/1", "https://a.example/2#part"]);
    }
}
