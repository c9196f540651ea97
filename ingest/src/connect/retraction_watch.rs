//! What does the table of Retraction Watch say? A row is a notice; rows that cannot be understood are named by their
//! line.

use std::fs;
use std::path::Path;

use csv::ByteRecord;

use super::client::Ask;
use super::error::{Failure, FetchError};
use super::expect::Expect;
use super::names::shown;
use super::notice::{doi, names, pmid, relation_of, words};
use super::run::Run;
use knowledge::Notice;

const FEED: &str = "retraction_watch";

/// What the upper half of Windows-1252 begins with; the rest is as in Unicode. Some rows of the table are written in
/// it.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}', '\u{fffd}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
];

/// Where the columns are that are read.
struct Columns {
    count: usize,
    title: usize,
    author: usize,
    nature: usize,
    original_doi: usize,
    original_pmid: Option<usize>,
    original_date: Option<usize>,
    notice_doi: Option<usize>,
    notice_pmid: Option<usize>,
    date: Option<usize>,
    reason: Option<usize>,
}

/// What a table holds: its notices, and the lines that say nothing with why.
struct Read {
    notices: Vec<Notice>,
    bad: Vec<(u64, String)>,
}

pub(super) async fn fetch(run: &mut Run<'_>, path: Option<&Path>, url: Option<&str>) -> Result<(), FetchError> {
    let path = match (path, url) {
        (Some(path), _) => path.to_owned(),
        (None, None) => return Ok(()),
        (None, Some(url)) => {
            let parsed = run.client.guard().parse(url);
            let url = parsed.map_err(|refusal| FetchError::Source(format!("{}: {refusal}", shown(url))))?;
            let (key, shown) = (url.as_str().to_owned(), shown(url.as_str()));
            let ask = Ask { key, shown, url, expect: Expect::Csv, headers: Vec::new() };
            match run.take(&ask).await? {
                Some(path) => path,
                None => return Ok(()),
            }
        }
    };
    let bytes = fs::read(&path).map_err(|source| FetchError::Disk { path: path.clone(), source })?;
    let what = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    match read(&bytes) {
        Ok(Read { notices, bad }) => {
            run.listed(notices.len(), 0);
            run.done.notices.extend(notices);
            for (line, why) in bad {
                run.skipped(format!("{what}, line {line}"), why);
            }
            Ok(())
        }
        Err(why) => run.failed(what, &Failure::Malformed(why)),
    }
}

fn read(bytes: &[u8]) -> Result<Read, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut table = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let (mut record, mut read) = (ByteRecord::new(), Read { notices: Vec::new(), bad: Vec::new() });
    if !table.read_byte_record(&mut record).map_err(|error| error.to_string())? {
        return Err("it is empty".to_owned());
    }
    let columns = Columns::of(&record)?;
    while table.read_byte_record(&mut record).map_err(|error| error.to_string())? {
        match columns.notice(&record) {
            Ok(notice) => read.notices.push(notice),
            Err(why) => read.bad.push((record.position().map_or(0, csv::Position::line), why)),
        }
    }
    Ok(read)
}

impl Columns {
    fn of(header: &ByteRecord) -> Result<Self, String> {
        let plain = |text: &str| -> String {
            text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
        };
        let found: Vec<String> = header.iter().map(|name| plain(&decode(name))).collect();
        let find = |name: &str| found.iter().position(|found| *found == plain(name));
        let need = |name: &str| {
            find(name)
                .ok_or_else(|| format!("its first line has no column {name}: is it the table of Retraction Watch?"))
        };
        Ok(Self {
            count: found.len(),
            title: need("Title")?,
            author: need("Author")?,
            nature: need("RetractionNature")?,
            original_doi: need("OriginalPaperDOI")?,
            original_pmid: find("OriginalPaperPubMedID"),
            original_date: find("OriginalPaperDate"),
            notice_doi: find("RetractionDOI"),
            notice_pmid: find("RetractionPubMedID"),
            date: find("RetractionDate"),
            reason: find("Reason"),
        })
    }

    fn notice(&self, record: &ByteRecord) -> Result<Notice, String> {
        if record.len() != self.count {
            return Err(format!("it has {} fields where the first line has {}", record.len(), self.count));
        }
        let at = |column: usize| decode(record.get(column).unwrap_or_default());
        let maybe = |column: Option<usize>| column.map(at).unwrap_or_default();
        let nature = at(self.nature);
        let relation = relation_of(&nature).ok_or_else(|| format!("{nature:?} is no kind of notice that is known"))?;
        let subject = names(doi(&at(self.original_doi)), pmid(&maybe(self.original_pmid)));
        let title = words(&at(self.title));
        if subject.doi.is_none() && subject.pmid.is_none() && title.is_none() {
            return Err("it does not say which work it is about".to_owned());
        }
        let published = date(&maybe(self.original_date));
        let authors = at(self.author);
        Ok(Notice {
            relation,
            subject,
            title,
            first_author: authors.split(';').find_map(words),
            year: published.and_then(|date| date.get(..4)?.parse().ok()),
            notice: names(doi(&maybe(self.notice_doi)), pmid(&maybe(self.notice_pmid))),
            date: date(&maybe(self.date)),
            reason: reason(&nature, &maybe(self.reason)),
            feed: FEED.to_owned(),
        })
    }
}

/// `+Error in Data;+Unreliable Results;` as people write it, after what the notice is.
fn reason(nature: &str, reasons: &str) -> Option<String> {
    let reasons: Vec<String> =
        reasons.split(';').filter_map(|part| words(part.trim().trim_start_matches('+'))).collect();
    let nature = words(nature)?;
    Some(if reasons.is_empty() { nature } else { format!("{nature}: {}", reasons.join("; ")) })
}

/// `3/4/2021 0:00` or `2021-03-04`, as `2021-03-04`.
fn date(text: &str) -> Option<String> {
    let day = text.split(|c: char| c.is_whitespace() || c == 'T').find(|part| !part.is_empty())?;
    let numbers: Vec<u32> = day.split(['/', '-']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (year, month, day) = match (numbers.as_slice(), day.contains('/')) {
        ([month, day, year], true) => (year, month, day),
        ([year, month, day], false) => (year, month, day),
        _ => return None,
    };
    let real = (1500..=2500).contains(year) && (1..=12).contains(month) && (1..=31).contains(day);
    real.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// UTF-8, or else Windows-1252: the table's rows come from many hands.
fn decode(bytes: &[u8]) -> String {
    let single = |byte: u8| match byte {
        0x80..=0x9f => WINDOWS_1252.get(usize::from(byte - 0x80)).copied().unwrap_or('\u{fffd}'),
        _ => char::from(byte),
    };
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| single(*byte)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use knowledge::Relation;

    use super::*;

    const HEADER: &str = "Record ID,Title,Subject,Institution,Journal,Publisher,Country,Author,URLS,ArticleType,RetractionDate,\
        RetractionDOI,RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason,\
        Paywalled,Notes\n";

    fn row(title: &str, dates: (&str, &str), ids: &str, nature: &str, reason: &str) -> String {
        let (retracted, published) = dates;
        format!(
            "1,\"{title}\",S,I,J,P,C,Jo Doe;A Writer,,Article,{retracted},10.1000/notice,0,{published},{ids},{nature},{reason},No,\n"
        )
    }

    #[test]
    fn rows_are_notices() {
        let text = format!(
            "\u{feff}{HEADER}{}{}",
            row(
                "Examplin, in \"\"adults\"\"",
                ("3/4/2021 0:00", "12/31/2019 0:00"),
                "10.1000/Trial,123",
                "Retraction",
                "+Error in Data;+Fraud;"
            ),
            row("Other", ("2022-01-02", ""), "unavailable,0", "Expression of concern", "")
        );
        let Read { notices, bad } = read(text.as_bytes()).unwrap();
        assert!(bad.is_empty(), "{bad:?}");
        let first = &notices[0];
        assert_eq!(first.relation, Relation::Retracts);
        assert_eq!(first.title.as_deref(), Some("Examplin, in \"adults\""));
        assert_eq!((first.subject.doi.as_deref(), first.subject.pmid.as_deref()), (Some("10.1000/trial"), Some("123")));
        assert_eq!((first.notice.doi.as_deref(), first.notice.pmid.as_deref()), (Some("10.1000/notice"), None));
        assert_eq!((first.first_author.as_deref(), first.year), (Some("Jo Doe"), Some(2019)));
        assert_eq!(first.date.as_deref(), Some("2021-03-04"));
        assert_eq!(first.reason.as_deref(), Some("Retraction: Error in Data; Fraud"));
        let second = &notices[1];
        assert_eq!((second.relation, second.subject.doi.as_deref()), (Relation::Concerns, None), "found by its title");
        assert_eq!((second.year, second.reason.as_deref()), (None, Some("Expression of concern")));
    }

    #[test]
    fn bad_rows_are_named_by_their_line() {
        let good = row("Good", ("3/4/2021 0:00", "1/1/2020 0:00"), "10.1000/a,0", "Retraction", "");
        let unknown = row("Unknown", ("", ""), "10.1000/b,0", "Celebration", "");
        let nameless = row("", ("", ""), "unavailable,0", "Retraction", "");
        let text = format!("{HEADER}{good}short,row\n{unknown}{nameless}{good}");
        let Read { notices, bad } = read(text.as_bytes()).unwrap();
        assert_eq!(notices.len(), 2);
        let lines: Vec<u64> = bad.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [3, 4, 5]);
        assert!(bad[1].1.contains("Celebration"), "{}", bad[1].1);
    }

    #[test]
    fn encodings_are_tolerated_and_other_tables_are_not() {
        let mut bytes = HEADER.as_bytes().to_vec();
        let line = row("Caf# study", ("", ""), "10.1000/a,0", "Retraction", "");
        bytes.extend(line.bytes().map(|byte| if byte == b'#' { 0xe9 } else { byte }));
        assert_eq!(read(&bytes).unwrap().notices[0].title.as_deref(), Some("Café study"));
        assert_eq!(decode(b"\x93x\x94 \x81"), "“x” \u{fffd}");
        for text in ["", "Title,Author\n", "a\n1\n", "\u{0}\u{1}"] {
            assert!(read(text.as_bytes()).is_err(), "{text:?}");
        }
        // The columns may stand in any order, and others beside them.
        let turned = "Extra,OriginalPaperDOI,RetractionNature,Author,Title\nx,10.1000/a,Correction,,T\n";
        assert_eq!(read(turned.as_bytes()).unwrap().notices[0].relation, Relation::Corrects);
    }

    #[test]
    fn dates_are_read_as_the_table_writes_them() {
        for (text, expected) in [
            ("3/4/2021 0:00", Some("2021-03-04")),
            ("12/31/1999", Some("1999-12-31")),
            ("2021-03-04T00:00:00", Some("2021-03-04")),
            ("13/1/2021", None),
            ("", None),
            ("soon", None),
            ("1/2", None),
        ] {
            assert_eq!(date(text).as_deref(), expected, "{text}");
        }
    }
}
