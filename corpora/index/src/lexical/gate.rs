//! The filter of a search, evaluated on the columns of a segment for every passage that would make it into the list.

use tantivy::columnar::Column;
use tantivy::fastfield::AliveBitSet;
use tantivy::{DocId, SegmentReader};

use crate::entry::Filter;

/// The filter on one segment.
pub(super) struct Gate<'s> {
    alive: Option<&'s AliveBitSet>,
    snapshot: u64,
    added: Column<u64>,
    removed: Column<u64>,
    years: Option<(Column<u64>, u64, u64)>,
    /// The column of facets, and groups of its ordinals: a passage must have one of every group.
    facets: Option<(Column<u64>, Vec<Vec<u64>>)>,
}

impl<'s> Gate<'s> {
    /// The filter on `segment`; nothing when no passage in it can pass.
    pub(super) fn new(segment: &'s SegmentReader, filter: &Filter) -> tantivy::Result<Option<Self>> {
        let columns = segment.fast_fields();
        let facets = match filter.groups() {
            groups if groups.is_empty() => None,
            groups => {
                let Some(column) = columns.str("facet")? else { return Ok(None) };
                let ordinals = |group: Vec<String>| -> tantivy::Result<Vec<u64>> {
                    let mut ordinals = Vec::new();
                    for facet in group {
                        ordinals.extend(column.dictionary().term_ord(facet.as_bytes())?);
                    }
                    Ok(ordinals)
                };
                let groups = groups.into_iter().map(ordinals).collect::<tantivy::Result<Vec<_>>>()?;
                if groups.iter().any(Vec::is_empty) {
                    return Ok(None);
                }
                Some((column.ords().clone(), groups))
            }
        };
        let years = match filter.years() {
            Some((from, to)) => Some((columns.u64("year")?, from, to)),
            None => None,
        };
        Ok(Some(Self {
            alive: segment.alive_bitset(),
            snapshot: filter.snapshot.0,
            added: columns.u64("added")?,
            removed: columns.u64("removed")?,
            years,
            facets,
        }))
    }

    /// Whether the passage may be found.
    pub(super) fn allows(&self, doc: DocId) -> bool {
        self.alive.is_none_or(|alive| alive.is_alive(doc))
            && self.added.first(doc).is_some_and(|added| added <= self.snapshot)
            && self.removed.first(doc).is_some_and(|removed| self.snapshot < removed)
            && self
                .years
                .as_ref()
                .is_none_or(|(column, from, to)| column.first(doc).is_some_and(|year| (*from..=*to).contains(&year)))
            && self.facets.as_ref().is_none_or(|(column, groups)| {
                groups.iter().all(|group| column.values_for_doc(doc).any(|facet| group.contains(&facet)))
            })
    }
}
