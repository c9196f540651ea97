//! PDF: the words and where they stand come from poppler's `pdftotext`, a program of its own, so that a damaged file
//! ends nothing but that program. What they come to as a text is decided in [`layout`], which runs nothing.

mod grid;
mod joint;
mod layout;
mod marks;
mod order;
mod page;
mod picture;
mod program;
mod prose;
mod running;
mod words;

use std::time::Duration;

use knowledge::{Defect, DefectKind};

use self::program::Program;
use super::Parsed;
use crate::error::Rejection;

pub(crate) use self::picture::draw;

/// A page of words and places takes some 100 KiB. Thousands of pages take it seconds; a file that keeps it busy for longer is
/// made to.
const PDFTOTEXT: Program = Program {
    name: "pdftotext",
    writes: "words and places",
    max_output: 256 << 20,
    patience: Duration::from_secs(100),
};

pub(super) fn parse(bytes: &[u8]) -> Result<Parsed, Rejection> {
    check(bytes)?;
    let ran = PDFTOTEXT.run(&["-bbox-layout", "-enc", "UTF-8", "-", "-"], bytes)?;
    if !ran.status.success() {
        return Err(ran.rejection());
    }
    let mut parsed = layout::canonical(&String::from_utf8_lossy(&ran.output))?;
    if ran.complaints.contains("Syntax Error") {
        parsed.defects.push(Defect { kind: DefectKind::BrokenMarkup, times: 1 });
    }
    Ok(parsed)
}

/// Whether it claims to be a PDF: what does not, starts no program.
fn check(bytes: &[u8]) -> Result<(), Rejection> {
    let opening = bytes.get(..1024).unwrap_or(bytes);
    let is_pdf = opening.windows(5).any(|window| window == b"%PDF-");
    if is_pdf { Ok(()) } else { Err(malformed("no %PDF- in its first 1,024 bytes")) }
}

fn malformed(why: impl Into<String>) -> Rejection {
    Rejection::Malformed { format: "PDF", why: why.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_pdf_starts_no_program() {
        for bytes in [&b""[..], b"%PD", b"PK\x03\x04", &[0xff; 4096]] {
            assert_eq!(parse(bytes).unwrap_err(), malformed("no %PDF- in its first 1,024 bytes"));
        }
    }
}
