//! Questions and phrases of medicine that identify nobody, and how many of them are blacked out all the same.

use privacy::find;

const INNOCENT: &str = include_str!("innocent.txt");

#[test]
fn at_most_one_in_a_hundred_innocent_questions_is_touched() {
    let lines: Vec<&str> = INNOCENT.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert!(lines.len() >= 500, "{} lines", lines.len());
    let mut touched = Vec::new();
    for line in &lines {
        for found in find(line) {
            touched.push(format!("{} {:?} in {line:?}", found.class, &line[found.span]));
        }
    }
    println!("{} of {} innocent lines are touched", touched.len(), lines.len());
    assert!(touched.len() * 100 <= lines.len(), "{}", touched.join("\n"));
}
