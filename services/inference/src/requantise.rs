//! Re-encodes a GGUF file as Q8_0: the encoding with the fastest kernels on a CPU with AVX2.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use candle_core::Device;
use candle_core::quantized::{GgmlDType, QTensor, gguf_file};

use crate::error::{Error, Result};

/// Writes `source` to `target` with every matrix in Q8_0; vectors (norms) stay f32. The same input gives the same bytes.
///
/// # Errors
/// [`Error::Load`] when the source is no GGUF file.
pub fn requantise_q8_0(source: &Path, target: &Path) -> Result<()> {
    let failed =
        |error: candle_core::Error| Error::Load { model: source.display().to_string(), why: error.to_string() };
    let mut file = File::open(source).map_err(Error::io(source))?;
    let content = gguf_file::Content::read(&mut file).map_err(failed)?;
    let mut names: Vec<&String> = content.tensor_infos.keys().collect();
    names.sort_unstable();
    let mut tensors = Vec::with_capacity(names.len());
    for name in names {
        let tensor = content.tensor(&mut file, name, &Device::Cpu).map_err(failed)?;
        let matrix =
            tensor.shape().rank() == 2 && tensor.shape().dims()[1].is_multiple_of(GgmlDType::Q8_0.block_size());
        let dtype = if matrix { GgmlDType::Q8_0 } else { GgmlDType::F32 };
        let tensor = if tensor.dtype() == dtype {
            tensor
        } else {
            let values = tensor.dequantize(&Device::Cpu).map_err(failed)?;
            QTensor::quantize(&values, dtype).map_err(failed)?
        };
        tensors.push((name.as_str(), tensor));
    }
    let mut metadata: Vec<(&str, &gguf_file::Value)> =
        content.metadata.iter().map(|(key, value)| (key.as_str(), value)).collect();
    metadata.sort_by_key(|(key, _)| *key);
    let tensors: Vec<(&str, &QTensor)> = tensors.iter().map(|(name, tensor)| (*name, tensor)).collect();
    let mut out = BufWriter::new(File::create(target).map_err(Error::io(target))?);
    gguf_file::write(&mut out, &metadata, &tensors).map_err(failed)?;
    out.flush().map_err(Error::io(target))?;
    out.get_ref().sync_all().map_err(Error::io(target))
}
