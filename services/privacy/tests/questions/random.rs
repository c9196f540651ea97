//! A small generator of pseudo-random numbers, so that every run asks the same questions.

/// SplitMix64 (Steele, Lea and Flood 2014).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in `from..to`.
    pub(crate) fn within(&mut self, from: u64, to: u64) -> u64 {
        from + self.next() % (to - from)
    }

    /// One of `all`.
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.within(0, all.len() as u64) as usize]
    }

    /// Digits, the first of them not zero.
    pub(crate) fn digits(&mut self, count: usize) -> String {
        (0..count).map(|at| char::from(b'0' + self.within(u64::from(at == 0), 10) as u8)).collect()
    }

    /// Capital letters, without I, O and Q.
    pub(crate) fn letters(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(*self.pick(&b"ABCDEFGHJKLMNPRSTUVWXYZ".each_ref()))).collect()
    }
}
