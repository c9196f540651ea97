//! Where do secrets come from? From the system, through the library that also signs and encrypts.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use knowledge::Entropy;

/// Characters of a secret as it is handed out: 32 bytes in base64url.
pub(crate) const SECRET_CHARS: usize = 43;

/// The system's source.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        // Nothing may be signed, sealed or handed out with bytes that somebody could guess: better no process.
        if aws_lc_rs::rand::fill(bytes).is_err() {
            std::process::abort();
        }
    }
}

/// A new secret of 32 bytes, as text.
pub(crate) fn secret(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A new id: a UUID that says nothing of who, where or when.
pub(crate) fn id(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_secrets_differ() {
        let (one, other) = (secret(&SystemEntropy), secret(&SystemEntropy));
        assert_ne!(one, other);
        assert_eq!(one.len(), SECRET_CHARS);
        let id = id(&SystemEntropy);
        assert_eq!((id.len(), id.as_bytes()[14]), (36, b'4'), "{id}");
    }
}
