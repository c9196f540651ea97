//! What part of the search was away when an answer was given. Of answers from before it stood beside them, it is taken from
//! their sealed words, once.

use rusqlite::{Connection, params};
use serde_json::Value;

use crate::Result;
use crate::schema::meta;
use crate::seal::Keys;
use crate::writer::place;

/// What says in the records that it is still to be done.
const WANTED: &str = "missing";

/// Puts it beside the answers that lack it. All of them, or none.
pub(crate) fn take_over(connection: &Connection, keys: &Keys) -> Result<()> {
    if meta(connection, WANTED)?.is_none() {
        return Ok(());
    }
    let transaction = connection.unchecked_transaction()?;
    for (number, missing) in found(&transaction, keys)? {
        transaction.execute("UPDATE answers SET missing = ?2 WHERE n = ?1", params![number, missing])?;
    }
    transaction.execute("DELETE FROM meta WHERE name = ?1", [WANTED])?;
    transaction.commit()?;
    Ok(())
}

/// The numbers of the answers in whose words it stands. Only those without a tag are opened: with a part of the search away an
/// answer says nothing of what the library lacks.
fn found(connection: &Connection, keys: &Keys) -> Result<Vec<(i64, String)>> {
    let mut statement = connection.prepare(
        "SELECT a.n, p.seq, p.key, p.sealed FROM answers a JOIN payloads p ON p.seq = a.outcome
         WHERE p.name = 'answer' AND p.key > 0 AND a.question_tag IS NULL AND a.status IN ('no_evidence', 'degraded')",
    )?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (number, seq, key, sealed): (i64, u64, u32, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        // That words do not open is found by whoever looks at all of the log: it keeps nobody from opening it.
        let Ok((_, words)) = keys.open_sealed(key, &place(seq, "answer"), &sealed) else { continue };
        let answer: Value = serde_json::from_slice(&words).unwrap_or_default();
        if let Some(missing) = answer["missing"].as_str() {
            found.push((number, missing.to_owned()));
        }
    }
    Ok(found)
}
