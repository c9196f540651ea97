//! What leaves the room as a table or as lines. Both have everything; the report for people is in `report.rs`.

use std::io;

use csv::{Terminator, WriterBuilder};
use serde::Serialize;

use crate::error::Result;
use crate::model::{Given, Rating, Review};
use crate::recorded::{Items, RecordedItem};
use crate::sheet::{self, Line};
use crate::sign::{canonical, settled};
use crate::store::Reviews;
use crate::words::Words;

/// Columns of the table.
const COLUMNS: [&str; 19] = [
    "item",
    "answer",
    "statement",
    "stratum",
    "reviewer_1",
    "rating_1",
    "comment_1",
    "reviewer_2",
    "rating_2",
    "comment_2",
    "adjudicator",
    "adjudication",
    "reason",
    "final",
    "ours",
    "later_1",
    "later_comment_1",
    "later_2",
    "later_comment_2",
];

/// A line of the export: first the review, then its items.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Exported<'a> {
    Review(&'a Review),
    Item(RecordedItem<'a>),
}

impl Reviews {
    /// The table: one row for each item (RFC 4180, UTF-8). A cell that a spreadsheet would take for a formula begins
    /// with an apostrophe. Ratings are those from before our verdict was shown; `later` is what a reviewer held after it.
    ///
    /// # Errors
    /// [`crate::Error::Unknown`]; [`crate::Error::State`] until everything is settled; [`crate::Error::Words`].
    pub fn csv(&self, review: &str, words: &dyn Words) -> Result<String> {
        let connection = self.lock();
        let review = settled(&connection, review)?;
        let lines = sheet::lines(&connection, &review)?;
        table(&lines.into_iter().map(|line| line.opened(words)).collect::<Result<Vec<_>>>()?)
    }

    /// Lines of JSON: the review with its signature, then each item with every rating that was given of it. A field
    /// `kind` says which it is.
    ///
    /// # Errors
    /// As [`Reviews::csv`].
    pub fn ndjson(&self, review: &str, words: &dyn Words) -> Result<String> {
        let connection = self.lock();
        let review = settled(&connection, review)?;
        let items = Items::of(&connection, &review)?.opened(words)?;
        let items = items.recorded().into_iter().map(Exported::Item);
        let mut out = String::new();
        for one in std::iter::once(Exported::Review(&review)).chain(items) {
            out.push_str(&canonical(&serde_json::to_value(&one)?));
            out.push('\n');
        }
        Ok(out)
    }
}

fn table(lines: &[Line]) -> Result<String> {
    spreadsheet(COLUMNS, lines.iter().map(row))
}

/// A table with these columns (RFC 4180, UTF-8). A cell that a spreadsheet would take for a formula begins with an apostrophe.
///
/// # Errors
/// When it cannot be written, which would be a defect.
pub fn spreadsheet<const N: usize>(columns: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> Result<String> {
    let mut out = Vec::new();
    {
        let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(&mut out);
        writer.write_record(columns)?;
        for row in rows {
            writer.write_record(row.iter().map(|text| cell(text)))?;
        }
        writer.flush().map_err(csv::Error::from)?;
    }
    let text = String::from_utf8(out).map_err(|wrong| csv::Error::from(io::Error::other(wrong)))?;
    Ok(text)
}

fn row(line: &Line) -> [String; COLUMNS.len()] {
    let [by_1, rating_1, comment_1] = said(line.first.as_ref());
    let [by_2, rating_2, comment_2] = said(line.second.as_ref());
    let [later_1, later_comment_1] = said_later(line.first.as_ref());
    let [later_2, later_comment_2] = said_later(line.second.as_ref());
    let settled = line.adjudication.as_ref();
    [
        line.n.to_string(),
        line.answer.clone(),
        line.statement.to_string(),
        line.stratum.clone(),
        by_1,
        rating_1,
        comment_1,
        by_2,
        rating_2,
        comment_2,
        settled.map(|settled| settled.by.clone()).unwrap_or_default(),
        settled.map(|settled| settled.rating.name().to_owned()).unwrap_or_default(),
        settled.and_then(|settled| settled.reason.clone()).unwrap_or_default(),
        line.settled().map(Rating::name).unwrap_or_default().to_owned(),
        line.ours.clone(),
        later_1,
        later_comment_1,
        later_2,
        later_comment_2,
    ]
}

fn said(given: Option<&Given>) -> [String; 3] {
    given.map_or_else(Default::default, |given| {
        [given.by.clone(), given.rating.name().to_owned(), given.comment.clone().unwrap_or_default()]
    })
}

fn said_later(given: Option<&Given>) -> [String; 2] {
    given.and_then(|given| given.later.as_ref()).map_or_else(Default::default, |later| {
        [later.rating.name().to_owned(), later.comment.clone().unwrap_or_default()]
    })
}

/// OWASP ASVS 5.0, 1.2.10: what a spreadsheet would take for a formula is text. The full-width signs and the line feed
/// are taken for their plain ones by some.
fn cell(text: &str) -> String {
    let signs = ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'];
    if text.starts_with(signs) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_runs_nothing() {
        for wrong in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0", "＝1"] {
            assert_eq!(cell(wrong), format!("'{wrong}"));
        }
        for right in ["", "a=b", "5 - 3", "'quoted'", "“x”"] {
            assert_eq!(cell(right), right);
        }
    }

    #[test]
    fn cells_stay_cells() {
        let line = Line {
            n: 1,
            answer: "a".to_owned(),
            statement: 1,
            stratum: "=HYPERLINK(\"http://x\")".to_owned(),
            ours: "a,\"b\"\nc".to_owned(),
            first: None,
            second: None,
            agreed: None,
            adjudication: None,
        };
        let text = table(&[line]).unwrap();
        assert!(text.ends_with("\"a,\"\"b\"\"\nc\",,,,\r\n"), "{text}");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
        assert_eq!(rows.len(), 1);
        assert_eq!(&rows[0][3], "'=HYPERLINK(\"http://x\")");
        assert_eq!(&rows[0][14], "a,\"b\"\nc");
    }
}
