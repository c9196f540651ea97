//! PDF: the words and where they stand come from poppler's `pdftotext`, a program of its own, so that a damaged file
//! ends nothing but that program. What they come to as a text is decided in [`layout`], which runs nothing.

mod grid;
mod joint;
mod layout;
mod marks;
mod order;
mod page;
mod prose;
mod running;
mod words;

use std::io::{self, Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use knowledge::{Defect, DefectKind};

use super::Parsed;
use crate::error::Rejection;

/// What `pdftotext` may write; a page of words and places takes some 100 KiB.
const MAX_OUTPUT: u64 = 256 << 20;

/// What is kept of its complaints.
const MAX_COMPLAINTS: u64 = 64 << 10;

/// Thousands of pages take it seconds; a file that keeps it busy for longer is made to.
const PATIENCE: Duration = Duration::from_secs(100);

pub(super) fn parse(bytes: &[u8]) -> Result<Parsed, Rejection> {
    let opening = bytes.get(..1024).unwrap_or(bytes);
    if !opening.windows(5).any(|window| window == b"%PDF-") {
        return Err(malformed("no %PDF- in its first 1,024 bytes"));
    }
    let (xhtml, complaints) = xhtml_of(bytes)?;
    let mut parsed = layout::canonical(&xhtml)?;
    if complaints.contains("Syntax Error") {
        parsed.defects.push(Defect { kind: DefectKind::BrokenMarkup, times: 1 });
    }
    Ok(parsed)
}

fn malformed(why: impl Into<String>) -> Rejection {
    Rejection::Malformed { format: "PDF", why: why.into() }
}

/// Words and places as `pdftotext` writes them, and what it had to say about the file.
fn xhtml_of(bytes: &[u8]) -> Result<(String, String), Rejection> {
    let program = Command::new("pdftotext")
        .args(["-bbox-layout", "-enc", "UTF-8", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut program = program.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Rejection::Field("PDF needs pdftotext: install poppler-utils".to_owned()),
        _ => Rejection::Field(format!("PDF needs pdftotext, which does not start: {error}")),
    })?;
    let (Some(mut input), Some(output), Some(complaints)) =
        (program.stdin.take(), program.stdout.take(), program.stderr.take())
    else {
        return Err(Rejection::Unreadable("no pipes to pdftotext".to_owned()));
    };
    let (output, status, complaints) = thread::scope(|scope| {
        // It may end before it has read everything; its status then says why.
        scope.spawn(move || drop(input.write_all(bytes)));
        let complaints = scope.spawn(move || read_at_most(complaints, MAX_COMPLAINTS, true));
        let (sender, receiver) = mpsc::channel();
        scope.spawn(move || drop(sender.send(read_at_most(output, MAX_OUTPUT + 1, false))));
        let output = receiver.recv_timeout(PATIENCE).ok();
        if output.as_ref().is_none_or(|output| output.len() as u64 > MAX_OUTPUT) {
            // Already ended is as good.
            let _ = program.kill();
        }
        (output, program.wait(), complaints.join().unwrap_or_default())
    });
    let output =
        output.ok_or_else(|| malformed(format!("pdftotext reads it for more than {} s", PATIENCE.as_secs())))?;
    if output.len() as u64 > MAX_OUTPUT {
        return Err(malformed(format!("more than {} MiB of words and places", MAX_OUTPUT >> 20)));
    }
    let complaints = String::from_utf8_lossy(&complaints).into_owned();
    match status {
        Ok(status) if status.success() => Ok((String::from_utf8_lossy(&output).into_owned(), complaints)),
        Ok(_) => Err(malformed(reason(&complaints))),
        Err(error) => Err(Rejection::Unreadable(format!("pdftotext: {error}"))),
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

/// The first complaint that is more than a warning, without the words before it.
fn reason(complaints: &str) -> String {
    if complaints.contains("Incorrect password") {
        return "it is encrypted: save it without a password".to_owned();
    }
    let lines = || complaints.lines().map(str::trim).filter(|line| !line.is_empty());
    let line = lines().find(|line| !line.contains("Warning")).or_else(|| lines().next());
    let line = line.unwrap_or("pdftotext cannot read it and does not say why");
    let said = match line.split_once(": ") {
        Some((source, said)) if source.contains("Error") => said,
        _ => line,
    };
    said.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_real_complaint_is_the_reason() {
        let complaints = "Syntax Warning: May not be a PDF file (continuing anyway)\n\
                          Syntax Error (12): Couldn't find trailer dictionary\nSyntax Error: No xref table\n";
        assert_eq!(reason(complaints), "Couldn't find trailer dictionary");
        assert_eq!(reason("Syntax Warning: odd\n"), "Syntax Warning: odd");
        assert_eq!(reason("Command Line Error: Incorrect password\n"), "it is encrypted: save it without a password");
        assert_eq!(reason(" \n"), "pdftotext cannot read it and does not say why");
        assert_eq!(reason(&format!("Syntax Error: {}", "x".repeat(900))).len(), 200);
    }

    #[test]
    fn what_is_no_pdf_starts_no_program() {
        for bytes in [&b""[..], b"%PD", b"PK\x03\x04", &[0xff; 4096]] {
            assert_eq!(parse(bytes).unwrap_err(), malformed("no %PDF- in its first 1,024 bytes"));
        }
    }

    #[test]
    fn no_more_than_the_limit_is_kept() {
        assert_eq!(read_at_most(&[7; 100][..], 10, true), [7; 10]);
        assert_eq!(read_at_most(&[7; 100][..], 1000, false).len(), 100);
    }
}
