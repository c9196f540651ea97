//! Files with bits flipped, cut short, and spliced with others: each is read or has a reason, and nothing ever ends the process
//! that asked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ingest::{Cost, Parser, Workers};
use support::{TinyPdf, docx};

use crate::formats::{label, pubmed_set};

const WORDS: &str = "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>\
  <w:p><w:r><w:t>Give examplin 5 mg daily.</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>Drug</w:t></w:r></w:p></w:tc>\
  <w:tc><w:p><w:r><w:t>5 mg</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>";

/// The program beside the tests: a build of the workspace has put it there.
pub(crate) fn workers() -> Parser {
    let tests = std::env::current_exe().unwrap();
    let program: PathBuf = tests.ancestors().nth(2).unwrap().join("osler");
    assert!(program.is_file(), "{} is missing: build the whole workspace", program.display());
    Parser::Apart(Workers::new(program, vec!["parse-worker".into()], Cost { wall_s: 20, ..Cost::default() }))
}

/// One file of each format, and the whole starter corpus.
fn seeds() -> Vec<(String, Vec<u8>)> {
    let mut seeds = vec![
        ("set.xml".to_owned(), pubmed_set(&[1, 2, 3]).into_bytes()),
        ("label.xml".to_owned(), label(5).into_bytes()),
        ("paper.pdf".to_owned(), TinyPdf::article().bytes()),
        ("house.docx".to_owned(), docx(WORDS, None)),
    ];
    let starter = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpora/starter");
    for folder in ["guidelines", "cases"] {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(starter.join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files {
            seeds.push((file.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&file).unwrap()));
        }
    }
    seeds
}

/// A linear congruential generator (Knuth, MMIX): every run mangles in the same places.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }

    fn mangle(&mut self, bytes: &[u8], other: &[u8]) -> Vec<u8> {
        let mut mangled = bytes.to_vec();
        for _ in 0..=self.below(3) {
            let at = self.below(mangled.len());
            match self.below(5) {
                0 => {
                    for _ in 0..=self.below(8) {
                        let (at, bit) = (self.below(mangled.len()), self.below(8));
                        if let Some(byte) = mangled.get_mut(at) {
                            *byte ^= 1 << bit;
                        }
                    }
                }
                1 => mangled.truncate(at),
                2 => {
                    let from = self.below(other.len());
                    let piece = &other[from..(from + self.below(400)).min(other.len())];
                    mangled.splice(at..at, piece.iter().copied());
                }
                3 => {
                    let end = (at + self.below(200)).min(mangled.len());
                    mangled.drain(at..end);
                }
                _ => {
                    let end = (at + self.below(100)).min(mangled.len());
                    let piece = mangled[at..end].repeat(1 + self.below(40));
                    mangled.splice(at..at, piece);
                }
            }
        }
        mangled
    }
}

/// Reads so many mangled files, and counts what became of them.
fn read_mangled(files: usize) -> BTreeMap<String, usize> {
    let (parser, seeds, mut dice) = (workers(), seeds(), Dice(11));
    let mut outcomes = BTreeMap::new();
    for at in 0..files {
        // One in four is of the formats that have the most to go wrong.
        let seed = if at % 4 == 0 { dice.below(4) } else { dice.below(seeds.len()) };
        let other = dice.below(seeds.len());
        let (name, bytes) = &seeds[seed];
        let mangled = dice.mangle(bytes, &seeds[other].1);
        let read = parser.read(name, &mangled).unwrap_or_else(|error| panic!("file {at}, {name}: {error}"));
        for outcome in read {
            let code = match outcome {
                Ok(_) => "read".to_owned(),
                Err(failure) => {
                    assert!(!failure.reason.is_empty(), "file {at}, {name} has no reason");
                    failure.code
                }
            };
            *outcomes.entry(code).or_default() += 1;
        }
    }
    println!("{files} mangled files: {outcomes:?}");
    outcomes
}

#[test]
fn mangled_files_are_read_or_have_a_reason() {
    let outcomes = read_mangled(1_500);
    assert!(outcomes.contains_key("read") && outcomes.contains_key("malformed"), "{outcomes:?}");
    assert_eq!(outcomes.get("parser_crash"), None, "{outcomes:?}");
}

#[test]
#[ignore = "minutes: make slow"]
fn a_hundred_thousand_mangled_files_end_nothing() {
    let outcomes = read_mangled(100_000);
    assert!(outcomes.values().sum::<usize>() >= 100_000, "{outcomes:?}");
}
