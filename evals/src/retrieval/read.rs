//! The files of a collection, as people really write BEIR's layout: packed or not, with or without a header, TREC's columns.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use serde::Deserialize;
use serde_json::Value;

/// Why a collection cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {why}; a collection has corpus.jsonl, queries.jsonl and qrels/test.tsv, as BEIR lays them out")]
pub struct Unreadable {
    file: String,
    why: String,
}

impl Unreadable {
    pub(super) fn new(file: impl Into<String>, why: impl Into<String>) -> Self {
        Self { file: file.into(), why: why.into() }
    }
}

/// A document or a question, as a line has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) text: String,
}

#[derive(Debug, Deserialize)]
struct Line {
    #[serde(rename = "_id")]
    beir_id: Option<Value>,
    id: Option<Value>,
    title: Option<String>,
    text: Option<String>,
}

/// Grades by question and document.
pub(super) type Judgements = HashMap<String, BTreeMap<String, u32>>;

/// The text of a file, or of the same file packed with gzip, without the mark that some programs begin texts with.
pub(super) fn text(directory: &Path, name: &str) -> Result<String, Unreadable> {
    let (plain, packed) = (directory.join(name), directory.join(format!("{name}.gz")));
    let is_packed = !plain.is_file() && packed.is_file();
    let file = if is_packed { packed } else { plain };
    let read = || -> std::io::Result<String> {
        let mut opened = File::open(&file)?;
        let mut text = String::new();
        match is_packed {
            true => MultiGzDecoder::new(opened).read_to_string(&mut text)?,
            false => opened.read_to_string(&mut text)?,
        };
        Ok(text)
    };
    let text = read().map_err(|error| Unreadable::new(file.display().to_string(), error.to_string()))?;
    match text.strip_prefix('\u{feff}') {
        Some(rest) => Ok(rest.to_owned()),
        None => Ok(text),
    }
}

/// Which judgements to read: those that are wanted, else `test`, else the only ones that there are.
pub(super) fn split(directory: &Path, wanted: Option<&str>) -> Result<String, Unreadable> {
    let folder = directory.join("qrels");
    let unreadable = |why: String| Unreadable::new(folder.display().to_string(), why);
    let names = std::fs::read_dir(&folder).map_err(|error| unreadable(error.to_string()))?;
    let names = names.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let of = |name: String| Some(name.strip_suffix(".gz").unwrap_or(&name).strip_suffix(".tsv")?.to_owned());
    let there: Vec<String> = names.filter_map(of).collect::<BTreeSet<_>>().into_iter().collect();
    let has = |name: &str| there.iter().any(|known| known == name);
    match (wanted, there.as_slice()) {
        (Some(wanted), _) if has(wanted) => Ok(wanted.to_owned()),
        (Some(wanted), _) => Err(unreadable(format!("there is no {wanted}.tsv, only: {}", there.join(", ")))),
        (None, _) if has("test") => Ok("test".to_owned()),
        (None, [only]) => Ok(only.clone()),
        (None, []) => Err(unreadable("there is no test.tsv".to_owned())),
        (None, _) => Err(unreadable(format!("name one of these with --split: {}", there.join(", ")))),
    }
}

/// The rows of `corpus.jsonl` or `queries.jsonl`.
pub(super) fn rows(file: &str, text: &str) -> Result<Vec<Row>, Unreadable> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let row = |(at, line): (usize, &str)| {
        let wrong = |why: String| Unreadable::new(file, format!("line {}: {why}", at + 1));
        let line: Line = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
        let id = line.beir_id.or(line.id).and_then(|id| match id {
            Value::String(id) => Some(id.trim().to_owned()),
            Value::Number(id) => Some(id.to_string()),
            _ => None,
        });
        let id = id.filter(|id| !id.is_empty()).ok_or_else(|| wrong("there is no `_id`".to_owned()))?;
        Ok(Row { id, title: line.title.unwrap_or_default(), text: line.text.unwrap_or_default() })
    };
    lines.map(row).collect()
}

/// Judgements in three columns (question, document, grade) or TREC's four, with or without a header. Cells are separated by
/// tabs, or by white space where a line has none. Negative grades are 0.
pub(super) fn judgements(file: &str, text: &str) -> Result<Judgements, Unreadable> {
    let mut grades = Judgements::new();
    let mut is_first = true;
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let cells: Vec<&str> = match line.contains('\t') {
            true => line.trim_end().split('\t').map(str::trim).collect(),
            false => line.split_whitespace().collect(),
        };
        let grade = cells.last().and_then(|cell| cell.parse::<f64>().ok()).filter(|grade| grade.is_finite());
        if std::mem::take(&mut is_first) && grade.is_none() {
            continue;
        }
        let (Some(grade), [question, document, _] | [question, _, document, _]) = (grade, cells.as_slice()) else {
            return Err(Unreadable::new(file, format!("line {}: {line:?} is no judgement", at + 1)));
        };
        let grade = grade.round().max(0.0) as u32;
        grades.entry((*question).to_owned()).or_default().insert((*document).to_owned(), grade);
    }
    Ok(grades)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> Vec<(String, String, u32)> {
        let mut all: Vec<_> = judgements("qrels", text)
            .unwrap()
            .into_iter()
            .flat_map(|(question, grades)| grades.into_iter().map(move |(id, grade)| (question.clone(), id, grade)))
            .collect();
        all.sort();
        all
    }

    #[test]
    fn judgements_are_read_as_people_write_them() {
        let expected = [("1", "a b", 2), ("2", "d", 0)].map(|(q, d, grade)| (q.to_owned(), d.to_owned(), grade));
        for text in [
            "query-id\tcorpus-id\tscore\n1\ta b\t2\n2\td\t0\n",
            "1\ta b\t2\n2\td\t0\n",
            "1 \t a b\t2.0\r\n2\td\t-1\r\n",
            "1\t0\ta b\t2\n\n2\tQ0\td\t0\n",
            "topic\titer\tdocno\trel\n1\t0\ta b\t2\n2\t0\td\t0",
        ] {
            assert_eq!(judged(text), expected, "{text:?}");
        }
        assert_eq!(judged("7 0 12 1\n8 3 2\n").len(), 2);
        assert_eq!(judged("7 0 12 1\n")[0], ("7".to_owned(), "12".to_owned(), 1));
        for (text, line) in
            [("q\td\ts\nq1\td1\tgood\n", "line 2"), ("q1\td1\t1\nq2\t1\n", "line 2"), ("1 2\n", "line 1")]
        {
            let said = judgements("qrels", text).unwrap_err().to_string();
            assert!(said.contains(line) && said.contains("qrels"), "{said}");
        }
    }

    #[test]
    fn rows_may_lack_what_is_not_needed_and_have_numbers_for_ids() {
        let text = "{\"_id\": 7, \"title\": null, \"text\": \"A\"}\n\n{\"id\": \" x \", \"extra\": {}}\n";
        let row = |id: &str, text: &str| Row { id: id.to_owned(), title: String::new(), text: text.to_owned() };
        assert_eq!(rows("corpus.jsonl", text).unwrap(), [row("7", "A"), row("x", "")]);
        for (text, said) in [("{\"text\": \"A\"}", "_id"), ("{\"_id\": null}", "_id"), ("{", "line 1")] {
            assert!(rows("corpus.jsonl", text).unwrap_err().to_string().contains(said), "{text}");
        }
    }

    #[test]
    fn packed_files_are_unpacked_and_the_only_split_is_taken() {
        let directory = std::env::temp_dir().join(format!("osler-read-{}", std::process::id()));
        std::fs::create_dir_all(directory.join("qrels")).unwrap();
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packer, "\u{feff}packed".as_bytes()).unwrap();
        std::fs::write(directory.join("corpus.jsonl.gz"), packer.finish().unwrap()).unwrap();
        assert_eq!(text(&directory, "corpus.jsonl").unwrap(), "packed");
        assert!(split(&directory, None).unwrap_err().to_string().contains("test.tsv"));
        std::fs::write(directory.join("qrels/dev.tsv.gz"), "").unwrap();
        assert_eq!(split(&directory, None).unwrap(), "dev");
        std::fs::write(directory.join("qrels/train.tsv"), "").unwrap();
        assert!(split(&directory, None).unwrap_err().to_string().contains("dev, train"));
        assert_eq!(split(&directory, Some("train")).unwrap(), "train");
        assert!(split(&directory, Some("test")).unwrap_err().to_string().contains("no test.tsv, only: dev, train"));
        std::fs::write(directory.join("qrels/test.tsv"), "").unwrap();
        assert_eq!(split(&directory, None).unwrap(), "test");
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
