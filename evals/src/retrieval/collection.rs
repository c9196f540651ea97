//! Collections of judged questions: BEIR's layout (`corpus.jsonl`, `queries.jsonl`, `qrels/test.tsv`), and the suite of the
//! starter corpus, whose documents are taken in as the program takes them in.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use knowledge::{CorpusId, DocumentId, sha256_hex};

use super::read::{self, Judgements, Row, Unreadable};
use super::report::Reading;

/// The suites of the starter corpus: name, questions, and what was judged of them.
pub(super) const STARTER: [(&str, &str, &str); 3] = [
    ("starter", include_str!("../../suites/retrieval/queries.jsonl"), include_str!("../../suites/retrieval/qrels.tsv")),
    (
        "starter-messages",
        include_str!("../../suites/messages/queries.jsonl"),
        include_str!("../../suites/messages/qrels.tsv"),
    ),
    ("starter-ward", include_str!("../../suites/ward/queries.jsonl"), include_str!("../../suites/ward/qrels.tsv")),
];

/// Questions, what was judged of them, and the documents they were judged on.
#[derive(Debug, Clone)]
pub struct Collection {
    /// Its name.
    pub name: String,
    /// Questions with at least one document that is relevant, in the order of the file.
    pub questions: Vec<JudgedQuestion>,
    /// What was read, and what of it cannot be used.
    pub reading: Reading,
    documents: Vec<Row>,
    is_starter: bool,
}

/// A question and the grades of documents, by their ids in the collection; what is not listed was not judged, or is not
/// relevant where all was judged.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgedQuestion {
    /// Its id.
    pub id: String,
    /// Its words.
    pub text: String,
    /// Grades, 0 for what was judged and is not relevant.
    pub grades: BTreeMap<String, u32>,
}

impl Collection {
    /// Reads a directory; at most `questions` questions, evenly over the file. The judgements are those of `split`, else of
    /// `test`, else the only ones that there are.
    ///
    /// # Errors
    /// When a file is missing, a row is not what it should be, or there is nothing to measure in it.
    pub fn read(directory: &Path, questions: usize, split: Option<&str>) -> Result<Self, Unreadable> {
        let last = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = last(directory).or_else(|| last(&directory.canonicalize().ok()?));
        let shown = |name: &str| directory.join(name).display().to_string();
        let mut reading = Reading::default();

        let corpus = read::rows(&shown("corpus.jsonl"), &read::text(directory, "corpus.jsonl")?)?;
        reading.documents = corpus.len();
        let documents = without_doubles(corpus, &mut reading.doubled);
        if documents.is_empty() {
            let why = "there are no documents: each line is one, with `_id`, `title` and `text`";
            return Err(Unreadable::new(shown("corpus.jsonl"), why));
        }

        let asked = read::rows(&shown("queries.jsonl"), &read::text(directory, "queries.jsonl")?)?;
        let split = read::split(directory, split)?;
        let qrels = format!("qrels/{split}.tsv");
        let grades = read::judgements(&shown(&qrels), &read::text(directory, &qrels)?)?;
        let judged = judged(asked, grades, &mut reading);
        if judged.is_empty() {
            let why = "no question of queries.jsonl is judged here: each line is the id of a question, the id of a document, \
                       and a grade, of which at least one must be above 0";
            return Err(Unreadable::new(shown(&qrels), why));
        }
        let held: HashSet<&str> = documents.iter().map(|document| document.id.as_str()).collect();
        let wanted: HashSet<&str> = judged.iter().flat_map(|one| one.grades.keys().map(String::as_str)).collect();
        reading.absent = wanted.difference(&held).count();
        reading.split = Some(split);

        let step = judged.len().div_ceil(questions.max(1)).max(1);
        Ok(Self {
            name: name.unwrap_or_else(|| "collection".to_owned()),
            questions: judged.into_iter().step_by(step).collect(),
            reading,
            documents,
            is_starter: false,
        })
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

    /// The suites of the starter corpus: questions, messages of several sentences, and questions in shorthand. Their documents are those
    /// of the corpus itself, all of which were judged for every question. At most `questions` of each, evenly over all.
    ///
    /// # Errors
    /// Never: they are part of the program, and a test reads them.
    pub fn starter(questions: usize) -> Result<Vec<Self>, Unreadable> {
        let suite = |(name, asked, judgements): (&str, &str, &str)| {
            let mut reading = Reading { is_all_judged: true, ..Reading::default() };
            let asked = read::rows("queries.jsonl", asked)?;
            let judged = judged(asked, read::judgements("qrels.tsv", judgements)?, &mut reading);
            let step = judged.len().div_ceil(questions.max(1)).max(1);
            let questions = judged.into_iter().step_by(step).collect();
            Ok(Self { name: name.to_owned(), questions, reading, documents: Vec::new(), is_starter: true })
        };
        STARTER.into_iter().map(suite).collect()
    }

    /// Whether its documents are those of the starter corpus.
    pub fn is_starter(&self) -> bool {
        self.is_starter
    }

    /// How many documents it brings.
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Whether it brings none.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// The documents as files to be taken in: name and text. They go by keys of ours, for their own ids may be any text; and
    /// nothing in their words is markup, whatever it looks like.
    pub fn files(&self) -> impl Iterator<Item = (String, String)> {
        self.documents.iter().enumerate().map(|(at, Row { title, text, .. })| {
            let key = key(at);
            let matter = format!("+++\nid = \"{key}\"\ntitle = {}\n+++\n", quoted(title));
            // Of some works only the title is held.
            let body = if text.trim().is_empty() { title } else { text };
            (format!("{key}.md"), format!("{matter}\n{}", literal(body)))
        })
    }

    /// The id of the document in a file of [`Collection::files`].
    pub fn id_of(&self, file: &str) -> Option<&str> {
        let place: usize = file.strip_prefix('d')?.strip_suffix(".md")?.parse().ok()?;
        self.documents.get(place.checked_sub(1)?).map(|document| document.id.as_str())
    }

    /// What documents are called in the collection, by what they are called in the ledger.
    pub fn ids(&self, corpus: &CorpusId) -> HashMap<DocumentId, String> {
        if self.is_starter {
            // They have ids of their own there.
            let judged = self.questions.iter().flat_map(|question| question.grades.keys());
            return judged.map(|id| (DocumentId::of(corpus, id), id.clone())).collect();
        }
        let own = self.documents.iter().enumerate();
        own.map(|(at, document)| (DocumentId::of(corpus, &key(at)), document.id.clone())).collect()
    }

    /// What its documents say, as a hash: of two collections with the same one, the same is taken in.
    pub fn fingerprint(&self) -> String {
        let hashes: String =
            self.files().map(|(name, text)| sha256_hex(format!("{name}\n{text}").as_bytes())).collect();
        sha256_hex(hashes.as_bytes())
    }
}

/// What a document goes by in the ledger.
fn key(at: usize) -> String {
    format!("d{:07}", at + 1)
}

/// A string of TOML, on one line. One of JSON is almost that.
fn quoted(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    serde_json::Value::from(line).to_string().replace('\u{7f}', "\\u007f")
}

/// Markdown that says exactly this: what could be markup is escaped, and no line is indented. Plain text would not do: its
/// reader takes lines in capitals for headings, and dashes for bullets.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for line in text.replace("\r\n", "\n").split(['\n', '\r']) {
        for character in line.trim().chars() {
            if character.is_ascii_punctuation() {
                out.push('\\');
            }
            out.push(character);
        }
        out.push('\n');
    }
    out
}

/// The documents, each id once: as in BEIR's own reader, the last one counts.
fn without_doubles(rows: Vec<Row>, doubled: &mut Vec<String>) -> Vec<Row> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut documents: Vec<Row> = Vec::with_capacity(rows.len());
    for row in rows {
        match places.entry(row.id.clone()) {
            Entry::Occupied(place) => {
                doubled.push(row.id.clone());
                documents[*place.get()] = row;
            }
            Entry::Vacant(place) => {
                place.insert(documents.len());
                documents.push(row);
            }
        }
    }
    documents
}

/// The questions of which something relevant was judged; the others are counted.
fn judged(asked: Vec<Row>, mut grades: Judgements, reading: &mut Reading) -> Vec<JudgedQuestion> {
    let mut questions = Vec::with_capacity(asked.len());
    for Row { id, text, .. } in asked {
        match grades.remove(&id) {
            None => reading.unjudged += 1,
            Some(grades) if grades.values().all(|grade| *grade == 0) => reading.irrelevant += 1,
            Some(grades) => questions.push(JudgedQuestion { id, text, grades }),
        }
    }
    reading.unknown_questions = grades.len();
    questions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suites_of_the_starter_corpus_are_whole() {
        let suites = Collection::starter(usize::MAX).unwrap();
        assert_eq!(suites.iter().map(|suite| suite.questions.len()).collect::<Vec<_>>(), [150, 90, 80]);
        for suite in suites {
            assert!(suite.is_starter() && suite.reading.is_all_judged, "{}", suite.name);
            assert!(suite.questions.iter().all(|question| question.grades.values().all(|grade| *grade <= 3)));
            let Reading { unjudged, irrelevant, unknown_questions, .. } = suite.reading;
            assert_eq!((unjudged, irrelevant, unknown_questions), (0, 0, 0), "{}", suite.name);
        }
    }

    /// A directory of its own, gone when the test is over.
    struct Directory(std::path::PathBuf);

    impl Directory {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("osler-{name}-{}", std::process::id()));
            std::fs::create_dir_all(path.join("qrels")).unwrap();
            Self(path)
        }

        fn write(&self, name: &str, text: &str) {
            std::fs::write(self.0.join(name), text).unwrap();
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_directory_is_read_and_mistakes_are_named() {
        let directory = Directory::new("collection");
        directory.write("corpus.jsonl", "{\"_id\": \"d1\", \"title\": \"A \\\"B\\\"\", \"text\": \"Text.\"}\n");
        directory
            .write("queries.jsonl", "{\"_id\": \"q1\", \"text\": \"A?\"}\n{\"_id\": \"q2\", \"text\": \"unjudged\"}\n");
        directory.write("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t-1\n");
        let collection = Collection::read(&directory.0, usize::MAX, None).unwrap();
        assert_eq!((collection.len(), collection.questions.len()), (1, 1));
        assert_eq!(collection.questions[0].grades["d2"], 0);
        let (name, text) = collection.files().next().unwrap();
        assert_eq!((name.as_str(), collection.id_of(&name)), ("d0000001.md", Some("d1")));
        assert!(text.contains("title = \"A \\\"B\\\"\""), "{text}");
        let fails = || Collection::read(&directory.0, 9, None).unwrap_err().to_string();
        directory.write("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\tgood\n");
        assert!(fails().contains("line 2"));
        directory.write("qrels/test.tsv", "q9\td1\t1\nq1\td1\t0\n");
        assert!(fails().contains("no question of queries.jsonl is judged here"));
        directory.write("corpus.jsonl", "\n");
        assert!(fails().contains("there are no documents"));
        std::fs::remove_file(directory.0.join("corpus.jsonl")).unwrap();
        assert!(fails().contains("corpus.jsonl"));
    }

    #[test]
    fn what_cannot_be_used_is_counted() {
        let directory = Directory::new("counted");
        let document = |id: &str, text: &str| format!("{{\"_id\": \"{id}\", \"text\": \"{text}\"}}\n");
        directory.write("corpus.jsonl", &[document("a", "old"), document("b", "other"), document("a", "new")].concat());
        directory.write("queries.jsonl", &["1", "2", "3"].map(|id| document(id, "?")).concat());
        directory.write("qrels/dev.tsv", "1\ta\t1\n1\tgone\t2\n2\tb\t0\n9\ta\t1\n");
        let collection = Collection::read(&directory.0, usize::MAX, None).unwrap();
        let Reading { documents, ref doubled, unjudged, irrelevant, unknown_questions, absent, ref split, .. } =
            collection.reading;
        assert_eq!((documents, unjudged, irrelevant, unknown_questions, absent), (3, 1, 1, 1, 1));
        assert_eq!((doubled.as_slice(), split.as_deref()), (["a".to_owned()].as_slice(), Some("dev")));
        assert_eq!(collection.len(), 2);
        assert!(collection.files().next().unwrap().1.contains("new"), "the last one counts");
    }

    #[test]
    fn whatever_a_text_looks_like_it_is_taken_in_as_text() {
        for text in [
            "# no heading",
            "p < .05 and <b>bold</b> <!-- hidden --> <script>x</script>",
            "HLA-B*27 and B*57, 2*3*4, a_b_c, `code` [link](http://x) ![alt](y) &amp; &#65; \\* a\\",
            "    indented\tand\ttabbed",
            "| insulin | b |\n|---|---|\n| 1 | 2 |",
            "---\ntitle: x\n---\nrules stay",
            "+++\nid = \"evil\"\n+++\nso do these",
            "one\n=====\ntwo\n-----\n\n\n- three\n* four\n1. five\n6) six\n> seven\n~~~\n```\neight",
            "SHORT AND IN CAPITALS",
            "– a dash first",
            "[1]: http://x reference\n[^1]: foot",
            "one\r\ntwo\rthree  \nfour",
        ] {
            let documents = vec![Row {
                id: " any\u{7f} id".to_owned(),
                title: "A \u{7f}\"t\"\\".to_owned(),
                text: text.to_owned(),
            }];
            let (name, reading, questions) = ("x".to_owned(), Reading::default(), Vec::new());
            let collection = Collection { name, questions, reading, documents, is_starter: false };
            let (file, written) = collection.files().next().unwrap();
            let parsed = ingest::parse(&file, written.as_bytes()).unwrap();
            assert_eq!(parsed.fields.id.as_deref(), Some("d0000001"));
            assert_eq!(parsed.fields.title.as_deref(), Some("A \u{7f}\"t\"\\"));
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(words(parsed.text.as_str()), words(text), "{written}");
        }
    }

    #[test]
    fn another_text_has_another_fingerprint() {
        let of = |text: &str| {
            let documents = vec![Row { id: "a".to_owned(), title: String::new(), text: text.to_owned() }];
            let (name, reading, questions) = ("x".to_owned(), Reading::default(), Vec::new());
            Collection { name, questions, reading, documents, is_starter: false }.fingerprint()
        };
        assert_eq!(of("one"), of("one"));
        assert_ne!(of("one"), of("two"));
    }
}
