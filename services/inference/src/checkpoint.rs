//! A checkpoint in the safetensors format: 8 bytes of length, a header in JSON, the numbers.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;

use crate::error::{Error, Result};

/// A checkpoint, read where it lies.
pub(crate) struct Checkpoint<'a> {
    tensors: BTreeMap<String, TensorInfo>,
    /// Where the numbers begin.
    start: u64,
    bytes: &'a [u8],
}

/// What the header says of a tensor.
#[derive(Debug, Deserialize)]
pub(crate) struct TensorInfo {
    dtype: String,
    pub(crate) shape: Vec<u64>,
    data_offsets: (u64, u64),
}

impl<'a> Checkpoint<'a> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`Error::Config`] when it cannot be read.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self> {
        let broken = || Error::Config("model.safetensors of the embedder has no readable header".to_owned());
        let length = bytes.first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes)).ok_or_else(broken)?;
        let end = usize::try_from(length).ok().and_then(|length| length.checked_add(8)).ok_or_else(broken)?;
        let header: BTreeMap<String, serde_json::Value> =
            serde_json::from_slice(bytes.get(8..end).ok_or_else(broken)?).map_err(|_| broken())?;
        let tensors = header
            .into_iter()
            .filter(|(name, _)| name != "__metadata__")
            .map(|(name, value)| serde_json::from_value(value).map(|info| (name, info)))
            .collect::<std::result::Result<BTreeMap<_, TensorInfo>, _>>()
            .map_err(|_| broken())?;
        Ok(Self { tensors, start: end as u64, bytes })
    }

    /// The names of its tensors, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// A tensor, with its name in the file. Checkpoints of task models prefix theirs with `bert.`.
    pub(crate) fn find(&self, name: &str) -> Result<(&str, &TensorInfo)> {
        let found = [name, &format!("bert.{name}")].iter().find_map(|name| self.tensors.get_key_value(*name));
        let (name, info) =
            found.ok_or_else(|| Error::Config(format!("the embedder is no BERT: it has no tensor {name}")))?;
        if info.dtype != "F32" {
            let kind = &info.dtype;
            return Err(Error::Config(format!("tensor {name} of the embedder is {kind}; only F32 is supported")));
        }
        Ok((name, info))
    }

    /// The same, with which bytes of the file it is. Shape and place are whatever the header says, so they are held against each
    /// other and the file.
    pub(crate) fn place(&self, name: &str) -> Result<(&str, &TensorInfo, Range<usize>)> {
        let (name, info) = self.find(name)?;
        let at = |offset: u64| usize::try_from(self.start.checked_add(offset)?).ok();
        let place = at(info.data_offsets.0).zip(at(info.data_offsets.1)).map(|(start, end)| start..end);
        let length = info.shape.iter().try_fold(4_u64, |length, dim| length.checked_mul(*dim));
        let is_whole = |place: &Range<usize>| {
            self.bytes.get(place.clone()).is_some_and(|bytes| length == Some(bytes.len() as u64))
        };
        let place = place.filter(is_whole).ok_or_else(|| {
            Error::Config(format!("tensor {name} of the embedder is not as large as the file's header says"))
        })?;
        Ok((name, info, place))
    }

    /// Its numbers.
    pub(crate) fn floats(&self, name: &str) -> Result<Vec<f32>> {
        let (.., place) = self.place(name)?;
        let bytes = self.bytes.get(place).unwrap_or_default();
        Ok(bytes.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect())
    }
}
