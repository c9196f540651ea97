//! Which versions did their issuers mean to look at again by now, and who has looked?

use knowledge::DocumentId;
use rusqlite::params;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{Error, Result};
use crate::schema::of_metadata;
use crate::shelf::NEWEST;
use crate::snapshots::{Decision, record};
use crate::{Ledger, begin};

/// A version that may be evidence and that its issuer meant to look at again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Due {
    /// By when: `2024`, `2024-03` or `2024-03-01`.
    pub review_by: String,
    /// The document.
    pub document: DocumentId,
    /// Its version.
    pub version: u32,
    /// Its corpus.
    pub corpus: String,
    /// Its title.
    pub title: String,
}

impl Ledger {
    /// Versions that may be evidence and were to be looked at again by `day`, the longest overdue first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn due(&self, day: &str) -> Result<Vec<Due>> {
        let connection = self.read()?;
        let sql = format!(
            "SELECT v.review_by, v.document, v.number, (SELECT d.corpus FROM documents d WHERE d.id = v.document),
                    coalesce({}, '')
             FROM versions v WHERE {} AND {NEWEST} ORDER BY v.review_by, v.document",
            of_metadata("title"),
            overdue("?1")
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map([day], |row| {
            Ok(Due {
                review_by: row.get(0)?,
                document: DocumentId::from_bytes(row.get(1)?),
                version: row.get(2)?,
                corpus: row.get(3)?,
                title: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Puts on record that somebody has looked at a version and that it stays as it is. `next` is when it is to be looked at
    /// again (`2024`, `2024-03` or `2024-03-01`), in place of what its issuer said.
    ///
    /// # Errors
    /// [`Error::UnknownDocument`].
    pub fn inspected(
        &self,
        document: DocumentId,
        version: u32,
        next: Option<&str>,
        decision: &Decision<'_>,
    ) -> Result<()> {
        let mut connection = self.lock();
        let transaction = begin(&mut connection)?;
        let sql = "UPDATE versions SET review_by = ?3 WHERE document = ?1 AND number = ?2";
        if transaction.execute(sql, params![document.to_bytes(), version, next])? == 0 {
            return Err(Error::UnknownDocument(document));
        }
        record(&transaction, decision, "inspected", &format!("{document} v{version}"))?;
        transaction.commit()?;
        Ok(())
    }
}

/// Whether the version `v` may be evidence and was to be looked at again by a day, which is the parameter of this name. A date
/// that is not given to the day counts from its first.
pub(crate) fn overdue(day: &str) -> String {
    format!(
        "substr({day}, 1, length(v.review_by)) >= v.review_by AND v.status IN ('current', 'corrected', 'expression_of_concern')"
    )
}
