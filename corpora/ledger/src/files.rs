//! Is what a file says held already? What a run compares before it reads a file, and after.

use knowledge::{Block, CanonicalText, CorpusId, DocumentId, Metadata};
use rusqlite::{OptionalExtension, params};

use crate::error::Result;
use crate::schema::of_metadata;
use crate::{Ledger, begin};

/// A file as a run finds it.
#[derive(Debug, Clone, Copy)]
pub struct FileVersion<'a> {
    /// Its path below the directory that is ingested.
    pub source_name: &'a str,
    /// SHA-256 of its bytes, hexadecimal.
    pub source_sha256: &'a str,
    /// Whether it lies in our copy of what a service has. Several copies of one record may be of different days, so none of them
    /// is put back: what was ever held from these bytes is held.
    pub is_mirrored: bool,
    /// Name and version of the parser that reads it.
    pub parser: &'a str,
}

/// A version that another parser has read again, and read the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reread {
    /// The document.
    pub document: DocumentId,
    /// Its version.
    pub number: u32,
    /// Name and version of the parser that read it last.
    pub parser: String,
}

impl Ledger {
    /// Whether a file of this name and these bytes, read by this parser, is what the corpus holds of it: then it need not be
    /// read.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn holds_file(&self, corpus: &CorpusId, file: &FileVersion<'_>) -> Result<bool> {
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM versions v JOIN documents d ON d.id = v.document
             WHERE v.source_name = ?1 AND v.source_sha256 = ?2 AND d.corpus = ?4 AND {})",
            still_said()
        );
        let connection = self.lock();
        let mut statement = connection.prepare_cached(&sql)?;
        let FileVersion { source_name, source_sha256, is_mirrored, parser } = file;
        let values = params![source_name, source_sha256, is_mirrored, corpus.as_str(), parser];
        Ok(statement.query_row(values, |row| row.get(0))?)
    }

    /// Whether some version of the document holds exactly these bytes, read by this parser, and the file of this name has not
    /// said anything else since. So a file that is put back as it was is a version again; two files of one document that lie
    /// side by side are not, however often they are read.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn holds(&self, document: DocumentId, file: &FileVersion<'_>) -> Result<bool> {
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM versions v
             WHERE v.document = ?4 AND v.source_sha256 = ?2 AND {})",
            still_said()
        );
        let connection = self.lock();
        let mut statement = connection.prepare_cached(&sql)?;
        let FileVersion { source_name, source_sha256, is_mirrored, parser } = file;
        let values = params![source_name, source_sha256, is_mirrored, document.to_bytes(), parser];
        Ok(statement.query_row(values, |row| row.get(0))?)
    }

    /// The last version of the document from these bytes, if the file of this name has not said anything else since, and if
    /// `text`, block by block, and `metadata` are what that version has: then reading them anew makes no other version.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn reads_the_same(
        &self,
        document: DocumentId,
        file: &FileVersion<'_>,
        text: &CanonicalText,
        metadata: &Metadata,
    ) -> Result<Option<u32>> {
        let sql = format!(
            "SELECT v.number, v.text_sha256, v.blocks, v.metadata FROM versions v
             WHERE v.document = ?4 AND v.source_sha256 = ?2 AND {NOTHING_ELSE_SINCE} ORDER BY v.id DESC LIMIT 1"
        );
        let FileVersion { source_name, source_sha256, is_mirrored, .. } = file;
        let values = params![source_name, source_sha256, is_mirrored, document.to_bytes()];
        let held: Option<(u32, String, String, String)> = self
            .lock()
            .prepare_cached(&sql)?
            .query_row(values, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .optional()?;
        let Some((number, text_sha256, blocks, held)) = held else { return Ok(None) };
        // What is damaged is like nothing, and is read in anew.
        let has_blocks = serde_json::from_str::<Vec<Block>>(&blocks).is_ok_and(|blocks| blocks == text.blocks());
        let has_metadata = serde_json::from_str::<Metadata>(&held).is_ok_and(|held| held == *metadata);
        Ok((text_sha256 == text.sha256() && has_blocks && has_metadata).then_some(number))
    }

    /// Keeps which parser has read these versions last, and changes nothing else of them. All of them, or none.
    ///
    /// # Errors
    /// [`Error::Full`](crate::Error::Full) when the disk is full, with nothing written.
    pub fn mark_read(&self, versions: &[Reread]) -> Result<()> {
        let mut connection = self.lock();
        let transaction = begin(&mut connection)?;
        for Reread { document, number, parser } in versions {
            transaction
                .prepare_cached("UPDATE versions SET parser = ?3 WHERE document = ?1 AND number = ?2")?
                .execute(params![document.to_bytes(), number, parser])?;
        }
        transaction.commit()?;
        Ok(())
    }
}

/// Whether what the version `v` says from the bytes `?2` is still what the file `?1` says to the parser `?5`. A mirror,
/// which is what `?3` says, says what it ever said. Beside that, it counts as said
///
/// - where it stands out of force and does not say so itself: neither a file that is put back nor another parser puts such a
///   text back into force;
/// - where a text from other bytes has taken its place, which another parser is not to undo, unless the file itself has said
///   something else since.
fn still_said() -> String {
    format!(
        "((v.parser = ?5 AND (?3 OR NOT EXISTS (SELECT 1 FROM versions w WHERE w.document = v.document
                                                 AND w.source_name = ?1 AND w.id > v.id)))
          OR (v.status NOT IN ('current', 'corrected', 'expression_of_concern') AND v.status IS NOT {})
          OR ((SELECT w.source_sha256 FROM versions w
               WHERE w.document = v.document AND w.number >= v.number
                 AND w.status IN ('current', 'corrected', 'expression_of_concern')
               ORDER BY w.number DESC LIMIT 1) <> ?2
              AND {NOTHING_ELSE_SINCE}))",
        of_metadata("status")
    )
}

/// Whether the file `?1` has not said anything else than the bytes `?2` since the version `v`, or is a mirror's, as `?3` says.
const NOTHING_ELSE_SINCE: &str = "(?3 OR NOT EXISTS (SELECT 1 FROM versions w WHERE w.document = v.document
                                                       AND w.source_name = ?1 AND w.source_sha256 <> ?2 AND w.id > v.id))";
