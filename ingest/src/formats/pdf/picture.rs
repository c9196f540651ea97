//! Pages as they look: `pdftoppm` draws one, so that a reader can hold the text that was made of it against it.

use std::time::Duration;

use super::program::Program;
use super::{check, malformed};
use crate::error::Rejection;

/// The longer side of a picture, in pixels: 137 to the inch of A4, 145 of Letter, 97 of A3, whichever way they lie. So neither
/// width nor memory hangs on how large a file says that its page is.
const LONGER_SIDE: &str = "1600";

/// What a PNG begins with.
const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A picture of that size has less than 8 MiB before it is packed. Whoever waits for one has given up before the time is over.
const PDFTOPPM: Program =
    Program { name: "pdftoppm", writes: "picture", max_output: 16 << 20, patience: Duration::from_secs(30) };

/// How `pdftoppm` ends when it is asked for what it has not; it says what that was.
const REFUSED: i32 = 99;

/// Draws a page, counted from 1, as PNG: what readers of PDF show of it, notes and marks on it included.
pub(crate) fn draw(bytes: &[u8], page: u32) -> Result<Vec<u8>, Rejection> {
    // Numbers that it cannot hold are the first page to it.
    if page == 0 || i32::try_from(page).is_err() {
        return Err(Rejection::NoPage(page));
    }
    check(bytes)?;
    let number = page.to_string();
    let ran =
        PDFTOPPM.run(&["-f", &number, "-l", &number, "-scale-to", LONGER_SIDE, "-cropbox", "-png", "-"], bytes)?;
    match ran.status.code() {
        Some(0) if ran.output.starts_with(SIGNATURE) => Ok(ran.output),
        Some(REFUSED) if ran.complaints.contains("page range") => Err(Rejection::NoPage(page)),
        // It has drawn nothing, or a signal has ended it: what it says then is about itself.
        Some(0) | None => Err(malformed(format!("page {page} cannot be drawn"))),
        Some(_) => Err(ran.rejection()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_program_is_asked_for_pages_that_cannot_be() {
        for page in [0, 1 << 31, u32::MAX] {
            assert_eq!(draw(b"%PDF-1.4", page), Err(Rejection::NoPage(page)));
        }
        assert_eq!(draw(b"plain text", 1), Err(malformed("no %PDF- in its first 1,024 bytes")));
    }
}
