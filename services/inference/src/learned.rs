//! The changes that Osler's encoder has learned, and how they go into the checkpoint that they were learned on.
//!
//! A matrix W that was changed becomes W + B·A, with A and B of low rank: so a megabyte or two stand for all of a checkpoint.
//! `training/README.md` says what they were learned from, and how.

use std::fs::File;
use std::io::Write;
use std::ops::Range;
use std::path::Path;

use crate::checkpoint::Checkpoint;
use crate::error::{Error, Result};

/// A and B of the matrix `NAME` as `NAME.a`, `[rank, in]`, and `NAME.b`, `[out, rank]`.
const CHANGES: &[u8] = include_bytes!("../training/changes.safetensors");

/// Writes `source` to `target` with what was learned. The same input gives the same bytes on every machine: each number is a sum in
/// one order.
///
/// # Errors
/// [`Error::Config`] when the source is not the checkpoint that the changes are for; [`Error::Io`].
pub(crate) fn write_learned(source: &Path, target: &Path) -> Result<()> {
    let mut bytes = std::fs::read(source).map_err(Error::io(source))?;
    for (place, values) in changed(&bytes, CHANGES)? {
        for (number, value) in bytes[place].chunks_exact_mut(4).zip(values) {
            number.copy_from_slice(&value.to_le_bytes());
        }
    }
    let mut out = File::create(target).map_err(Error::io(target))?;
    out.write_all(&bytes).and_then(|()| out.sync_all()).map_err(Error::io(target))
}

/// The matrices that were changed, with their places in the checkpoint.
fn changed(checkpoint: &[u8], changes: &[u8]) -> Result<Vec<(Range<usize>, Vec<f32>)>> {
    let (checkpoint, changes) = (Checkpoint::read(checkpoint)?, Checkpoint::read(changes)?);
    let names = changes.names().filter_map(|name| name.strip_suffix(".a"));
    names.map(|name| Ok((checkpoint.place(name)?.2, sum(&checkpoint, &changes, name)?))).collect()
}

/// W + B·A.
fn sum(checkpoint: &Checkpoint<'_>, changes: &Checkpoint<'_>, name: &str) -> Result<Vec<f32>> {
    let (a, b) = (format!("{name}.a"), format!("{name}.b"));
    let size = |shape: &[u64]| match *shape {
        [rows, columns] if columns > 0 => usize::try_from(rows).ok().zip(usize::try_from(columns).ok()),
        _ => None,
    };
    let sizes =
        [size(&checkpoint.find(name)?.1.shape), size(&changes.find(&a)?.1.shape), size(&changes.find(&b)?.1.shape)];
    let [Some((out, into)), Some((rank, from)), Some(to)] = sizes else { return Err(misfit(name)) };
    if from != into || to != (out, rank) {
        return Err(misfit(name));
    }
    let (mut sum, a, b) = (checkpoint.floats(name)?, changes.floats(&a)?, changes.floats(&b)?);
    for (row, factors) in sum.chunks_exact_mut(into).zip(b.chunks_exact(rank)) {
        for (factor, change) in factors.iter().zip(a.chunks_exact(into)) {
            row.iter_mut().zip(change).for_each(|(number, change)| *number += factor * change);
        }
    }
    Ok(sum)
}

fn misfit(name: &str) -> Error {
    Error::Config(format!("what was learned about {name} is for another checkpoint"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(tensors: &[(&str, [u64; 2], &[f32])]) -> Vec<u8> {
        let (mut header, mut numbers) = (serde_json::Map::new(), Vec::new());
        for (name, shape, values) in tensors {
            let start = numbers.len();
            numbers.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            let info = serde_json::json!({ "dtype": "F32", "shape": shape, "data_offsets": [start, numbers.len()] });
            header.insert((*name).to_owned(), info);
        }
        let header = serde_json::to_vec(&header).unwrap();
        [&(header.len() as u64).to_le_bytes()[..], &header, &numbers].concat()
    }

    #[test]
    fn a_product_of_low_rank_is_added_in_its_place() {
        let base = file(&[("v", [1, 1], &[9.0]), ("w", [2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])]);
        let changes = file(&[("w.a", [1, 3], &[1.0, 0.0, -1.0]), ("w.b", [2, 1], &[0.5, 2.0])]);
        let sums = changed(&base, &changes).unwrap();
        let [(place, values)] = &sums[..] else { panic!("{sums:?}") };
        assert_eq!(values, &[1.5, 2.0, 2.5, 6.0, 5.0, 4.0]);
        assert_eq!(place.len(), 24);
        assert_eq!(place.end, base.len());
    }

    #[test]
    fn another_checkpoint_is_refused() {
        let changes = file(&[("w.a", [1, 3], &[1.0, 0.0, -1.0]), ("w.b", [2, 1], &[0.5, 2.0])]);
        for base in [file(&[("w", [3, 2], &[0.0; 6])]), file(&[("w", [1, 3], &[0.0; 3])]), file(&[])] {
            assert!(matches!(changed(&base, &changes), Err(Error::Config(_))));
        }
        for changes in [file(&[("w.a", [1, 3], &[0.0; 3])]), file(&[("w.a", [0, 3], &[]), ("w.b", [2, 0], &[])])] {
            assert!(matches!(changed(&file(&[("w", [2, 3], &[0.0; 6])]), &changes), Err(Error::Config(_))));
        }
    }
}
