//! Sketches of texts: small enough to keep for every version, and alike where the texts are.
//!
//! MinHash over runs of three words: the share of equal places in two sketches estimates the share of runs that two texts
//! have in common (Broder 1997).

/// Words in one run.
const RUN: usize = 3;

/// Places in a sketch: the estimate is right to within 5 percentage points at 0.8, one standard deviation.
const PLACES: usize = 64;

/// Places in one band: texts that share three quarters of their runs meet in some band 997 times in 1,000, those that
/// share a tenth twice.
const BAND: usize = 4;

/// Texts of fewer words are alike by chance.
const FEW_WORDS: usize = 50;

/// A sketch of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch([u32; PLACES]);

impl Sketch {
    /// Texts at least this similar are reported as near duplicates. A word that is changed breaks three runs, so a copy with one
    /// word in twenty changed comes to about 0.74.
    pub const NEAR: f32 = 0.6;

    /// The sketch of a text; a short text has none.
    pub fn of(text: &str) -> Option<Self> {
        let words: Vec<u64> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(|word| {
                word.chars()
                    .flat_map(char::to_lowercase)
                    .fold(0xcbf2_9ce4_8422_2325, |hash, c| mix(hash, u64::from(u32::from(c))))
            })
            .collect();
        if words.len() < FEW_WORDS {
            return None;
        }
        let mut least = [u32::MAX; PLACES];
        for run in words.windows(RUN) {
            let hash = run.iter().fold(0, |hash, word| mix(hash, *word));
            for (place, least) in (1_u64..).zip(&mut least) {
                // The high half of a product with an odd number: one cheap hash for each place.
                let value = (finish(hash ^ place.wrapping_mul(0x9e37_79b9_7f4a_7c15)) >> 32) as u32;
                *least = (*least).min(value);
            }
        }
        Some(Self(least))
    }

    /// The share of runs of words that two texts have in common, as far as their sketches show it.
    pub fn similarity(&self, other: &Self) -> f32 {
        let equal = self.0.iter().zip(&other.0).filter(|(a, b)| a == b).count();
        equal as f32 / PLACES as f32
    }

    /// Hashes of its bands: texts that are alike have one in common.
    pub fn bands(&self) -> Vec<i64> {
        self.0.chunks(BAND).map(|band| band.iter().fold(0, |hash, place| mix(hash, u64::from(*place))) as i64).collect()
    }

    /// For storing.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|place| place.to_le_bytes()).collect()
    }

    /// What was stored; `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut places = [0; PLACES];
        if bytes.len() != PLACES * 4 {
            return None;
        }
        for (place, four) in places.iter_mut().zip(bytes.chunks_exact(4)) {
            *place = u32::from_le_bytes(four.try_into().ok()?);
        }
        Some(Self(places))
    }
}

fn mix(hash: u64, value: u64) -> u64 {
    finish(hash.rotate_left(5) ^ value.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
fn finish(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(words: impl Iterator<Item = usize>) -> String {
        words.map(|n| format!("word{n} ")).collect()
    }

    #[test]
    fn likeness_is_estimated() {
        let all = Sketch::of(&text(0..1_000)).unwrap();
        let most = Sketch::of(&text((0..950).chain(5_000..5_050))).unwrap();
        let other = Sketch::of(&text(10_000..11_000)).unwrap();
        assert_eq!(all.similarity(&Sketch::of(&text(0..1_000).to_uppercase()).unwrap()), 1.0);
        assert!(all.similarity(&most) > 0.75, "{}", all.similarity(&most));
        assert!(all.similarity(&other) < 0.1, "{}", all.similarity(&other));
        assert!(all.bands().iter().zip(most.bands()).any(|(a, b)| *a == b));
        assert!(!all.bands().iter().zip(other.bands()).any(|(a, b)| *a == b));
        assert_eq!(Sketch::from_bytes(&all.to_bytes()), Some(all));
        assert_eq!(Sketch::of("too short"), None);
    }
}
