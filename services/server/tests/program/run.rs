//! Running the program.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The program, with its data in `data` and no other settings from outside than where the models are.
pub(crate) fn osler(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_osler"));
    // The log's guard lies beside the data of this test, not beside that of whoever runs it.
    command.env("XDG_STATE_HOME", data.with_extension("state"));
    command.env("OSLER_DATA", data).env_remove("OSLER_CONFIG").env_remove("OSLER_LOG").stdin(Stdio::null());
    command
}

/// Runs to the end.
pub(crate) fn run(data: &Path, args: &[&str]) -> Output {
    osler(data).args(args).output().unwrap()
}

/// Runs to the end and expects success.
pub(crate) fn succeed(data: &Path, args: &[&str]) -> String {
    let output = run(data, args);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "osler {args:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs to the end, expects success, and reads the last line as JSON.
pub(crate) fn json(data: &Path, args: &[&str]) -> Value {
    let said = succeed(data, args);
    serde_json::from_str(said.trim().lines().last().unwrap()).unwrap()
}

/// Runs to the end and expects this exit code and one line on standard error that has these words in it.
pub(crate) fn refuse(data: &Path, args: &[&str], code: i32, words: &[&str]) {
    let output = run(data, args);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "osler {args:?}: {said}");
    assert_eq!(said.trim().lines().count(), 1, "osler {args:?} says more than a line: {said}");
    for word in words {
        assert!(said.contains(word), "osler {args:?} does not say {word:?}: {said}");
    }
    assert!(!said.contains("panicked"), "{said}");
}

/// Kills of a test that takes many minutes: 200, or as many as `OSLER_KILLS` says.
pub(crate) fn kills() -> u64 {
    std::env::var("OSLER_KILLS").map_or(200, |kills| kills.parse().expect("OSLER_KILLS must be a number"))
}
