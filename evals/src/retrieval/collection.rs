//! Collections of judged questions: BEIR's layout (`corpus.jsonl`, `queries.jsonl`, `qrels/test.tsv`), and the suite of the
//! starter corpus, whose documents are taken in as the program takes them in.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use knowledge::{CorpusId, DocumentId};
use serde::Deserialize;

/// The questions of the starter corpus.
const STARTER_QUESTIONS: &str = include_str!("../../suites/retrieval/queries.jsonl");
/// What was judged of them.
const STARTER_JUDGEMENTS: &str = include_str!("../../suites/retrieval/qrels.tsv");

/// Questions, what was judged of them, and the documents they were judged on.
#[derive(Debug, Clone)]
pub struct Collection {
    /// Its name.
    pub name: String,
    /// Questions with at least one document that is relevant, in the order of the file.
    pub questions: Vec<JudgedQuestion>,
    documents: Vec<Document>,
}

/// A question and the grades of documents, by their ids in the collection; what is not listed was not judged.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgedQuestion {
    /// Its id.
    pub id: String,
    /// Its words.
    pub text: String,
    /// Grades, 0 for what was judged and is not relevant.
    pub grades: BTreeMap<String, u32>,
}

#[derive(Debug, Clone, Deserialize)]
struct Document {
    #[serde(rename = "_id")]
    id: String,
    #[serde(default)]
    title: String,
    text: String,
}

#[derive(Debug, Deserialize)]
struct Query {
    #[serde(rename = "_id")]
    id: String,
    text: String,
}

/// Why a collection cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {why}; a collection has corpus.jsonl, queries.jsonl and qrels/test.tsv, as BEIR lays them out")]
pub struct Unreadable {
    file: String,
    why: String,
}

impl Collection {
    /// Reads a directory; at most `questions` questions, evenly over the file.
    ///
    /// # Errors
    /// When a file is missing or a row is not what it should be.
    pub fn read(directory: &Path, questions: usize) -> Result<Self, Unreadable> {
        let text = |name: &str| {
            let file = directory.join(name);
            let unreadable =
                |error: std::io::Error| Unreadable { file: file.display().to_string(), why: error.to_string() };
            std::fs::read_to_string(&file).map_err(unreadable)
        };
        let name =
            directory.file_name().map_or_else(|| "collection".into(), |name| name.to_string_lossy().into_owned());
        let documents = rows("corpus.jsonl", &text("corpus.jsonl")?)?;
        let judged = judged(&text("queries.jsonl")?, &text("qrels/test.tsv")?)?;
        let step = judged.len().div_ceil(questions.max(1)).max(1);
        Ok(Self { name, questions: judged.into_iter().step_by(step).collect(), documents })
    }

    /// At most so many documents, those that are relevant to a question first, and the questions that still have one.
    #[must_use]
    pub fn reduced(mut self, documents: usize) -> Self {
        let relevant: HashSet<&str> = self
            .questions
            .iter()
            .flat_map(|question| question.grades.iter().filter(|(_, grade)| **grade > 0).map(|(id, _)| id.as_str()))
            .collect();
        let (mut first, others): (Vec<_>, Vec<_>) =
            self.documents.into_iter().partition(|document| relevant.contains(document.id.as_str()));
        first.extend(others);
        first.truncate(documents);
        let held: HashSet<&str> = first.iter().map(|document| document.id.as_str()).collect();
        self.questions
            .retain(|question| question.grades.iter().any(|(id, grade)| *grade > 0 && held.contains(id.as_str())));
        self.documents = first;
        self
    }

    /// What documents are called in the collection, by what they are called in the ledger.
    pub fn ids(&self, corpus: &CorpusId) -> HashMap<DocumentId, String> {
        self.names(corpus).into_iter().map(|(document, id)| (document, id.to_owned())).collect()
    }

    /// The suite of the starter corpus. Its documents are those of the starter corpus itself.
    ///
    /// # Errors
    /// Never: it is part of the program, and a test reads it.
    pub fn starter() -> Result<Self, Unreadable> {
        let questions = judged(STARTER_QUESTIONS, STARTER_JUDGEMENTS)?;
        Ok(Self { name: "starter".to_owned(), questions, documents: Vec::new() })
    }

    /// How many documents it brings.
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Whether it brings none.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// The documents as files to be taken in: name and text.
    pub fn files(&self) -> impl Iterator<Item = (String, String)> {
        // A string of JSON is one of TOML.
        let quoted =
            |text: &str| serde_json::Value::from(text.split_whitespace().collect::<Vec<_>>().join(" ")).to_string();
        self.documents.iter().enumerate().map(move |(at, Document { id, title, text })| {
            let matter = format!("+++\nid = {}\ntitle = {}\n+++\n", quoted(id), quoted(title));
            // Of some works only the title is held.
            let body = if text.trim().is_empty() { title } else { text };
            (format!("{at:07}.md"), format!("{matter}\n{body}\n"))
        })
    }

    /// What documents are called in the collection, by what they are called in the ledger.
    pub(super) fn names(&self, corpus: &CorpusId) -> HashMap<DocumentId, &str> {
        let own = self.documents.iter().map(|document| document.id.as_str());
        let judged = self.questions.iter().flat_map(|question| question.grades.keys().map(String::as_str));
        own.chain(judged).map(|id| (DocumentId::of(corpus, id), id)).collect()
    }
}

fn rows<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<Vec<T>, Unreadable> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let row = |(at, line): (usize, &str)| {
        let wrong = |error| Unreadable { file: file.to_owned(), why: format!("line {}: {error}", at + 1) };
        serde_json::from_str(line).map_err(wrong)
    };
    lines.map(row).collect()
}

fn judged(queries: &str, judgements: &str) -> Result<Vec<JudgedQuestion>, Unreadable> {
    let mut grades: HashMap<&str, BTreeMap<String, u32>> = HashMap::new();
    for (at, line) in judgements.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = || Unreadable { file: "qrels".to_owned(), why: format!("line {}: {line:?}", at + 1) };
        let mut cells = line.split('\t');
        let (Some(question), Some(document), Some(grade)) = (cells.next(), cells.next(), cells.next()) else {
            return Err(wrong());
        };
        let grade: i64 = grade.trim().parse().map_err(|_| wrong())?;
        let grade = u32::try_from(grade.max(0)).map_err(|_| wrong())?;
        grades.entry(question).or_default().insert(document.to_owned(), grade);
    }
    let questions = rows::<Query>("queries.jsonl", queries)?.into_iter().map(|Query { id, text }| {
        let grades = grades.remove(id.as_str()).unwrap_or_default();
        JudgedQuestion { id, text, grades }
    });
    Ok(questions.filter(|question| question.grades.values().any(|grade| *grade > 0)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suite_of_the_starter_corpus_is_whole() {
        let starter = Collection::starter().unwrap();
        assert_eq!(starter.questions.len(), 150);
        assert!(starter.questions.iter().all(|question| question.grades.values().all(|grade| *grade <= 3)));
    }

    #[test]
    fn a_directory_is_read_and_mistakes_are_named() {
        let directory = std::env::temp_dir().join(format!("osler-collection-{}", std::process::id()));
        std::fs::create_dir_all(directory.join("qrels")).unwrap();
        let write = |name: &str, text: &str| std::fs::write(directory.join(name), text).unwrap();
        write("corpus.jsonl", "{\"_id\": \"d1\", \"title\": \"A \\\"B\\\"\", \"text\": \"Text.\"}\n");
        write("queries.jsonl", "{\"_id\": \"q1\", \"text\": \"A?\"}\n{\"_id\": \"q2\", \"text\": \"unjudged\"}\n");
        write("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t-1\n");
        let collection = Collection::read(&directory, usize::MAX).unwrap();
        assert_eq!((collection.len(), collection.questions.len()), (1, 1));
        assert_eq!(collection.questions[0].grades["d2"], 0);
        let (_, text) = collection.files().next().unwrap();
        assert!(text.contains("title = \"A \\\"B\\\"\""), "{text}");
        write("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\tgood\n");
        assert!(Collection::read(&directory, 9).unwrap_err().to_string().contains("line 2"));
        std::fs::remove_dir_all(&directory).unwrap();
        assert!(Collection::read(&directory, 9).unwrap_err().to_string().contains("corpus.jsonl"));
    }
}
