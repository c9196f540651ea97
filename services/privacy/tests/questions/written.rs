//! Questions and notes written by hand, each with what must be left of it.

use privacy::{black_out, find};

const WRITTEN: &str = include_str!("written.tsv");

#[test]
fn notes_written_by_hand_are_blacked_out_as_they_were_read() {
    let rows: Vec<(&str, &str)> =
        WRITTEN.lines().filter(|line| !line.starts_with('#')).map(|line| line.split_once('\t').unwrap()).collect();
    let differ: Vec<String> = rows
        .iter()
        .map(|(text, expected)| (black_out(text, &find(text)), expected))
        .filter(|(black, expected)| black != **expected)
        .map(|(black, expected)| format!("{black}\n    not {expected}"))
        .collect();
    assert!(rows.len() > 200 && differ.is_empty(), "{}", differ.join("\n"));
}
