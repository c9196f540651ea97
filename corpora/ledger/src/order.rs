//! What passages are ordered by before they are shown: their vectors, their texts, and the documents that they stand in.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use knowledge::{Access, DocumentId, HeadedText, Kind, PassageId, Status};
use rusqlite::{OptionalExtension, Row};

use crate::Ledger;
use crate::error::Result;
use crate::schema::of_metadata;
use crate::withheld::Ahead;

/// A document that a passage stands in, and what counts of it before its words are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The document.
    pub document: DocumentId,
    /// Its title.
    pub title: String,
    /// Kind of literature.
    pub kind: Kind,
    /// Date of publication.
    pub published: Option<String>,
    /// Where the version is declared to stand.
    pub status: Status,
    /// How much of the work is held.
    pub access: Access,
}

impl Ledger {
    /// The vectors of passages: all of one embedder, while another takes over too.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn vectors_of(&self, ids: &[PassageId]) -> Result<HashMap<PassageId, Vec<f32>>> {
        let connection = self.read()?;
        let at_once = connection.unchecked_transaction()?;
        let mut statement = at_once.prepare_cached("SELECT vector FROM vectors WHERE passage = ?1")?;
        let mut vectors = HashMap::with_capacity(ids.len());
        for id in ids {
            let mut rows = statement.query([id.to_bytes()])?;
            if let Some(row) = rows.next()? {
                let bytes = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
                vectors.insert(*id, crate::entries::floats(bytes));
            }
        }
        Ok(vectors)
    }

    /// The texts of passages as they are stored with the headings above them in their documents, whatever their standing: to compare
    /// passages by, not to show. Headings that cannot be read are left out: whoever shows the passages is told.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn texts_of(&self, ids: &[PassageId]) -> Result<HashMap<PassageId, HeadedText>> {
        let connection = self.read()?;
        let mut statement = connection.prepare_cached("SELECT section, text FROM passages WHERE id = ?1")?;
        let mut texts = HashMap::with_capacity(ids.len());
        for id in ids {
            let mut rows = statement.query([id.to_bytes()])?;
            let Some(row) = rows.next()? else { continue };
            let section = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            let headings = serde_json::from_str(section).unwrap_or_default();
            texts.insert(*id, HeadedText { headings, text: row.get(1)? });
        }
        Ok(texts)
    }

    /// The documents that passages stand in. Of those that cannot be read there is nothing here: whoever shows them is told.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn standings_of(&self, ids: &[PassageId]) -> Result<HashMap<PassageId, Standing>> {
        let connection = self.read()?;
        let at_once = connection.unchecked_transaction()?;
        let mut version_of = at_once.prepare_cached("SELECT version FROM passages WHERE id = ?1")?;
        let mut row = at_once.prepare_cached(&standing_of_version())?;
        let (mut standings, ahead) = (HashMap::with_capacity(ids.len()), self.ahead());
        let mut by_version: HashMap<i64, Option<Standing>> = HashMap::new();
        for id in ids {
            let Some(version) = version_of.query_row([id.to_bytes()], |row| row.get(0)).optional()? else { continue };
            if let Entry::Vacant(one) = by_version.entry(version) {
                let mut rows = row.query([version])?;
                one.insert(rows.next()?.map(|row| standing(row, &ahead)).transpose()?.flatten());
            }
            standings.extend(by_version.get(&version).cloned().flatten().map(|standing| (*id, standing)));
        }
        Ok(standings)
    }
}

/// What [`standing`] reads of a version. The rows are in the order of their numbers as well, but long, so that SQLite has to be told.
pub(crate) fn standing_of_version() -> String {
    let [title, kind, published, access] = ["title", "kind", "published", "access"].map(of_metadata);
    format!(
        "SELECT v.document, v.number, v.status, {title}, {kind}, {published}, {access}
         FROM versions v INDEXED BY versions_by_id WHERE v.id = ?1"
    )
}

/// Reads a document, the number of its version, that version's standing, title, kind, date and access.
fn standing(row: &Row<'_>, ahead: &Ahead) -> Result<Option<Standing>> {
    let (document, version) = (DocumentId::from_bytes(row.get(0)?), row.get(1)?);
    let text = |at| row.get_ref(at).ok()?.as_str().ok();
    let read = || {
        let status = ahead.status(document, version, text(2)?.parse().ok()?);
        let (title, published) = (text(3)?.to_owned(), text(5).map(str::to_owned));
        let (kind, access) = (text(4)?.parse().ok()?, serde_json::from_value(text(6)?.into()).ok()?);
        Some(Standing { document, title, kind, published, status, access })
    };
    Ok(read())
}
