//! Published weights: a safetensors file, and changes to one that somebody trained on top of it.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;

use crate::error::{Error, Result};

/// A safetensors file: 8 bytes of length, a header in JSON, the numbers.
pub(crate) struct Checkpoint<'a> {
    tensors: BTreeMap<String, TensorInfo>,
    /// Where the numbers begin.
    start: u64,
    bytes: &'a [u8],
}

#[derive(Debug, Deserialize)]
pub(crate) struct TensorInfo {
    dtype: String,
    pub(crate) shape: Vec<u64>,
    data_offsets: (u64, u64),
}

impl<'a> Checkpoint<'a> {
    /// # Errors
    /// [`Error::Config`] when it has no readable header.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self> {
        let broken = || Error::Config("the safetensors file has no readable header".to_owned());
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

    /// A tensor, with its name in the file. Checkpoints of task models prefix theirs with `bert.`.
    fn known(&self, name: &str) -> Option<(&str, &TensorInfo)> {
        let found = [name, &format!("bert.{name}")].iter().find_map(|name| self.tensors.get_key_value(*name));
        found.map(|(name, info)| (name.as_str(), info))
    }

    /// The same, of numbers of 32 bits.
    ///
    /// # Errors
    /// [`Error::Config`] when there is none of this name, or of other numbers.
    pub(crate) fn find(&self, name: &str) -> Result<(&str, &TensorInfo)> {
        let found = self.known(name);
        let (name, info) =
            found.ok_or_else(|| Error::Config(format!("the model is no BERT: it has no tensor {name}")))?;
        if info.dtype != "F32" {
            let kind = &info.dtype;
            return Err(Error::Config(format!("tensor {name} of the model is {kind}; only F32 is supported")));
        }
        Ok((name, info))
    }

    /// The same, with which bytes of the file it is.
    ///
    /// # Errors
    /// As [`Checkpoint::find`], and when the tensor is not as large as it says.
    pub(crate) fn place(&self, name: &str) -> Result<(&str, &TensorInfo, Range<usize>)> {
        let (name, info) = self.find(name)?;
        Ok((name, info, self.within(name, info, 4)?))
    }

    /// Which bytes of the file a tensor is. Shape and place are whatever the header says, so they are held against each other
    /// and the file.
    fn within(&self, name: &str, info: &TensorInfo, width: u64) -> Result<Range<usize>> {
        let at = |offset: u64| usize::try_from(self.start.checked_add(offset)?).ok();
        let place = at(info.data_offsets.0).zip(at(info.data_offsets.1)).map(|(start, end)| start..end);
        let length = info.shape.iter().try_fold(width, |length, dim| length.checked_mul(*dim));
        let is_whole = |place: &Range<usize>| {
            self.bytes.get(place.clone()).is_some_and(|bytes| length == Some(bytes.len() as u64))
        };
        place.filter(is_whole).ok_or_else(|| {
            Error::Config(format!("tensor {name} of the model is not as large as the file's header says"))
        })
    }

    /// Its numbers.
    ///
    /// # Errors
    /// As [`Checkpoint::place`].
    pub(crate) fn floats(&self, name: &str) -> Result<Vec<f32>> {
        let (.., place) = self.place(name)?;
        let bytes = self.bytes.get(place).unwrap_or_default();
        Ok(bytes.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect())
    }
}

/// Changes to a checkpoint, trained on top of it: `NAME.up` `[out, rank]` and `NAME.down` `[rank, in]`, whose product is added to
/// the matrix `NAME`, and tensors that take the place of its own. Their numbers are bfloat16.
pub(crate) struct Changes<'a>(Checkpoint<'a>);

impl<'a> Changes<'a> {
    /// # Errors
    /// As [`Checkpoint::read`].
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self> {
        Checkpoint::read(bytes).map(Self)
    }

    /// A tensor's numbers, with its shape.
    ///
    /// # Errors
    /// [`Error::Config`] when there is none of this name, it is not of bfloat16, or not as large as it says.
    pub(crate) fn tensor(&self, name: &str) -> Result<(&[u64], Vec<f32>)> {
        let missing = || Error::Config(format!("the changes to the model have no tensor {name}"));
        let (name, info) = self.0.known(name).ok_or_else(missing)?;
        if info.dtype != "BF16" {
            let kind = &info.dtype;
            return Err(Error::Config(format!("tensor {name} of the changes is {kind}; only BF16 is supported")));
        }
        let bytes = self.0.bytes.get(self.0.within(name, info, 2)?).unwrap_or_default();
        let wide = |two: &[u8]| f32::from_bits(u32::from(u16::from_le_bytes([two[0], two[1]])) << 16);
        Ok((&info.shape, bytes.chunks_exact(2).map(wide).collect()))
    }

    /// What a tensor of the checkpoint becomes, if it becomes another.
    ///
    /// # Errors
    /// [`Error::Config`] when the change is of another shape.
    pub(crate) fn applied(&self, name: &str, base: &Checkpoint<'_>) -> Result<Option<Vec<f32>>> {
        let (_, info) = base.find(name)?;
        let unfit = || Error::Config(format!("the changes do not fit tensor {name} of the model"));
        if self.0.known(name).is_some() {
            let (shape, values) = self.tensor(name)?;
            return if shape == info.shape { Ok(Some(values)) } else { Err(unfit()) };
        }
        let (up, down) = (format!("{name}.up"), format!("{name}.down"));
        if self.0.known(&up).is_none() {
            return Ok(None);
        }
        let ((up_shape, up), (down_shape, down)) = (self.tensor(&up)?, self.tensor(&down)?);
        let (&[out, rank], &[rank_too, into]) = (up_shape, down_shape) else { return Err(unfit()) };
        if info.shape != [out, into] || rank != rank_too || up.is_empty() || down.is_empty() {
            return Err(unfit());
        }
        let mut values = base.floats(name)?;
        let (width, rank) = (down.len() / rank as usize, rank as usize);
        for (row, ups) in values.chunks_exact_mut(width).zip(up.chunks_exact(rank)) {
            for (weight, downs) in ups.iter().zip(down.chunks_exact(width)) {
                for (value, down) in row.iter_mut().zip(downs) {
                    *value += weight * down;
                }
            }
        }
        Ok(Some(values))
    }
}
