//! Poppler's programs: how each is started, fed, stopped and listened to. They are processes of their own, so that a damaged
//! file ends nothing but one of them.

use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::process::{Signal, kill_current_process_group};

use super::malformed;
use crate::error::Rejection;

/// What is kept of a program's complaints.
const MAX_COMPLAINTS: u64 = 64 << 10;

/// One of them, and what it may cost.
#[derive(Debug)]
pub(super) struct Program {
    /// What it is called.
    pub(super) name: &'static str,
    /// What it writes, for those who are told that it was too much.
    pub(super) writes: &'static str,
    /// How many bytes it may write.
    pub(super) max_output: u64,
    /// How long it may take.
    pub(super) patience: Duration,
}

/// What came of running one.
#[derive(Debug)]
pub(super) struct Ran {
    name: &'static str,
    /// How it ended.
    pub(super) status: ExitStatus,
    /// What it wrote.
    pub(super) output: Vec<u8>,
    /// What it had to say about the file.
    pub(super) complaints: String,
}

impl Program {
    /// Has it read `bytes` from its standard input and write to its standard output. How it ended is the caller's to judge.
    pub(super) fn run(&self, arguments: &[&str], bytes: &[u8]) -> Result<Ran, Rejection> {
        let Self { name, writes, max_output, patience } = *self;
        let program = Command::new(name)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut program = program.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Rejection::Field(format!("PDF needs {name}: install poppler-utils")),
            _ => Rejection::Field(format!("PDF needs {name}, which does not start: {error}")),
        })?;
        let (Some(mut input), Some(output), Some(complaints)) =
            (program.stdin.take(), program.stdout.take(), program.stderr.take())
        else {
            return Err(Rejection::Unreadable(format!("no pipes to {name}")));
        };
        let (output, status, complaints) = thread::scope(|scope| {
            // It may end before it has read everything; its status then says why.
            scope.spawn(move || drop(input.write_all(bytes)));
            let complaints = scope.spawn(move || read_at_most(complaints, MAX_COMPLAINTS, true));
            let (sender, receiver) = mpsc::channel();
            scope.spawn(move || drop(sender.send(read_at_most(output, max_output + 1, false))));
            let output = receiver.recv_timeout(patience).ok();
            if output.as_ref().is_none_or(|output| output.len() as u64 > max_output) {
                end(&mut program);
            }
            (output, program.wait(), complaints.join().unwrap_or_default())
        });
        let output =
            output.ok_or_else(|| malformed(format!("{name} reads it for more than {} s", patience.as_secs())))?;
        if output.len() as u64 > max_output {
            return Err(malformed(format!("more than {} MiB of {writes}", max_output >> 20)));
        }
        let status = status.map_err(|error| Rejection::Unreadable(format!("{name}: {error}")))?;
        Ok(Ran { name, status, output, complaints: String::from_utf8_lossy(&complaints).into_owned() })
    }
}

impl Ran {
    /// Why the file is refused, where the program refused it.
    pub(super) fn rejection(&self) -> Rejection {
        malformed(reason(self.name, &self.complaints))
    }
}

/// Ends a program. The parsing process may send signals to its own group and nowhere else: there everything is ended that it has
/// started, with the one signal that it ignores itself and whatever it starts does not.
fn end(program: &mut Child) {
    // Already ended is as good.
    if program.kill().is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied) {
        let _ = kill_current_process_group(Signal::PIPE);
    }
}

/// Reads up to `limit` bytes. With `drain`, the rest is read and dropped, so that the writer is not held up.
fn read_at_most(mut reader: impl Read, limit: u64, drain: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A pipe that breaks ends the output; the status of the program says whether that was its end.
    let _ = reader.by_ref().take(limit).read_to_end(&mut bytes);
    if drain {
        let _ = io::copy(&mut reader, &mut io::sink());
    }
    bytes
}

/// The first complaint that is more than a warning, without the words before it. What is said of fonts is not about the file.
fn reason(name: &str, complaints: &str) -> String {
    if complaints.contains("Incorrect password") {
        return "it is encrypted: save it without a password".to_owned();
    }
    let lines = || complaints.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("Fontconfig"));
    let line = lines().find(|line| !line.contains("Warning")).or_else(|| lines().next());
    let Some(line) = line else { return format!("{name} cannot read it and does not say why") };
    let said = match line.split_once(": ") {
        Some((source, said)) if source.contains("Error") => said,
        _ => line,
    };
    said.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt;

    use super::*;

    /// Set where the test runs in a group of its own.
    const ALONE: &str = "OSLER_TEST_ALONE";

    #[test]
    fn a_program_that_hangs_is_ended_from_within_its_group() {
        if std::env::var_os(ALONE).is_none() {
            let name = "formats::pdf::program::tests::a_program_that_hangs_is_ended_from_within_its_group";
            let mut test = Command::new(std::env::current_exe().unwrap());
            let ran = test.args(["--exact", name]).env(ALONE, "1").process_group(0).output().unwrap();
            let said = String::from_utf8_lossy(&ran.stdout);
            assert!(ran.status.success() && said.contains("1 passed"), "{said}");
            return;
        }
        let sleep = Program { name: "sleep", writes: "x", max_output: 1, patience: Duration::from_millis(50) };
        let banned = || {
            crate::ban::apply().unwrap();
            sleep.run(&["600"], b"")
        };
        let said = thread::scope(|scope| scope.spawn(banned).join().unwrap()).unwrap_err().to_string();
        assert!(said.contains("for more than"), "{said}");
    }

    #[test]
    fn the_first_real_complaint_is_the_reason() {
        let reason = |complaints: &str| reason("pdftotext", complaints);
        let complaints = "Syntax Warning: May not be a PDF file (continuing anyway)\n\
                          Syntax Error (12): Couldn't find trailer dictionary\nSyntax Error: No xref table\n";
        assert_eq!(reason(complaints), "Couldn't find trailer dictionary");
        assert_eq!(reason("Syntax Warning: odd\n"), "Syntax Warning: odd");
        assert_eq!(reason("Command Line Error: Incorrect password\n"), "it is encrypted: save it without a password");
        assert_eq!(reason(" \n"), "pdftotext cannot read it and does not say why");
        assert_eq!(reason(&format!("Syntax Error: {}", "x".repeat(900))).len(), 200);
        let fonts = "Fontconfig error: No writable cache directories\n";
        assert_eq!(reason(&format!("{fonts}Syntax Error: No xref table\n")), "No xref table");
        assert_eq!(reason(fonts), "pdftotext cannot read it and does not say why");
    }

    #[test]
    fn no_more_than_the_limit_is_kept() {
        assert_eq!(read_at_most(&[7; 100][..], 10, true), [7; 10]);
        assert_eq!(read_at_most(&[7; 100][..], 1000, false).len(), 100);
    }

    #[test]
    fn a_program_that_is_not_there_is_told_by_its_name() {
        let program =
            Program { name: "osler-no-such-program", writes: "x", max_output: 1, patience: Duration::from_secs(1) };
        let said = program.run(&[], b"").unwrap_err().to_string();
        assert!(said.contains("osler-no-such-program") && said.contains("poppler-utils"), "{said}");
    }
}
