//! Randomness as a parameter: tests bring their own, the program brings the machine's.

/// A source of random bytes that nobody can guess.
pub trait Entropy: Send + Sync {
    /// Fills the bytes.
    fn fill(&self, bytes: &mut [u8]);
}
