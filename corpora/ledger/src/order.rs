//! What passages are ordered by before they are shown: their vectors, their texts, and the documents that they stand in.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use knowledge::{Access, DocumentId, HeadedText, Kind, PassageId, Status};
use rusqlite::{OptionalExtension, Row};
use serde::Deserialize;

use crate::Ledger;
use crate::error::Result;
use crate::withheld::Ahead;

/// A document that a passage stands in, and what counts of it before its words are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The document.
    pub document: DocumentId,
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

    /// The texts of passages as they are stored with their headings, whatever their standing: to compare passages by, not to show.
    /// Headings that cannot be read are left out: whoever shows the passages is told.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn texts_of(&self, ids: &[PassageId]) -> Result<HashMap<PassageId, HeadedText>> {
        let connection = self.read()?;
        let mut statement = connection.prepare_cached(
            "SELECT v.metadata, p.section, p.text FROM passages p JOIN versions v ON v.id = p.version WHERE p.id = ?1",
        )?;
        let mut texts = HashMap::with_capacity(ids.len());
        for id in ids {
            let mut rows = statement.query([id.to_bytes()])?;
            let Some(row) = rows.next()? else { continue };
            let title = serde_json::from_str(text(row, 0)?).ok().map(|Titled { title }| title);
            let section: Vec<String> = serde_json::from_str(text(row, 1)?).unwrap_or_default();
            let headings = title.into_iter().chain(section).collect();
            texts.insert(*id, HeadedText { headings, text: row.get(2)? });
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
        let mut row =
            at_once.prepare_cached("SELECT document, number, status, metadata FROM versions WHERE id = ?1")?;
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

/// What of the metadata counts before the words are read.
#[derive(Deserialize)]
struct Weighed {
    kind: Kind,
    published: Option<String>,
    access: Access,
}

/// What of the metadata stands above every passage.
#[derive(Deserialize)]
struct Titled {
    title: String,
}

/// A column of text, without a copy of it.
fn text<'a>(row: &'a Row<'_>, at: usize) -> Result<&'a str> {
    Ok(row.get_ref(at)?.as_str().map_err(rusqlite::Error::from)?)
}

/// Reads a document, the number of its version, that version's standing and metadata.
fn standing(row: &Row<'_>, ahead: &Ahead) -> Result<Option<Standing>> {
    let (document, version) = (DocumentId::from_bytes(row.get(0)?), row.get(1)?);
    let status: Option<Status> = text(row, 2)?.parse().ok();
    let weighed: Option<Weighed> = serde_json::from_str(text(row, 3)?).ok();
    Ok(status.zip(weighed).map(|(status, Weighed { kind, published, access })| {
        let status = ahead.status(document, version, status);
        Standing { document, kind, published, status, access }
    }))
}
