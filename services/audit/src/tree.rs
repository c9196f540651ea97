//! The Merkle tree of RFC 6962, section 2.1: roots, proofs that an entry is in a tree, proofs that one tree is the beginning
//! of another, and the checks of both.

use aws_lc_rs::digest::{Context, SHA256, digest};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// SHA-256 of bytes.
pub fn sha256(bytes: &[u8]) -> Hash {
    to_hash(&digest(&SHA256, bytes))
}

fn to_hash(digest: &aws_lc_rs::digest::Digest) -> Hash {
    let mut hash = [0; 32];
    // SHA-256 has 32 bytes.
    hash.copy_from_slice(digest.as_ref());
    hash
}

/// The hash of an entry: SHA-256 of a zero byte and its bytes.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    let mut context = Context::new(&SHA256);
    context.update(&[0]);
    context.update(entry);
    to_hash(&context.finish())
}

/// The hash over two subtrees: SHA-256 of a one byte and both hashes.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    sha256(&bytes)
}

/// The root of a tree without entries.
pub fn empty_root() -> Hash {
    sha256(&[])
}

/// The root over the hashes of consecutive entries or whole subtrees of one size.
pub fn root_of(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => empty_root(),
        [one] => *one,
        _ => {
            let (left, right) = hashes.split_at(split(hashes.len() as u64) as usize);
            node_hash(&root_of(left), &root_of(right))
        }
    }
}

/// The largest power of two below `n`, which is at least two.
fn split(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

/// Where the hashes of whole subtrees are kept.
pub trait Nodes {
    /// Why a hash cannot be had.
    type Error;

    /// The hash over the entries `[index << level, (index + 1) << level)`.
    ///
    /// # Errors
    /// When it is not kept.
    fn node(&self, level: u8, index: u64) -> Result<Hash, Self::Error>;
}

/// The hash over the entries `[from, to)`, where `from` is a place at which a subtree of that size begins.
fn range<N: Nodes>(from: u64, to: u64, nodes: &N) -> Result<Hash, N::Error> {
    let size = to - from;
    if size.is_power_of_two() {
        let level = size.trailing_zeros() as u8;
        return nodes.node(level, from >> level);
    }
    let middle = from + split(size);
    Ok(node_hash(&range(from, middle, nodes)?, &range(middle, to, nodes)?))
}

/// The root of the tree of the first `size` entries.
///
/// # Errors
/// When a hash is not kept.
pub fn root<N: Nodes>(size: u64, nodes: &N) -> Result<Hash, N::Error> {
    if size == 0 { Ok(empty_root()) } else { range(0, size, nodes) }
}

/// A proof that entry `index` is in the tree of the first `size` entries; `index` lies below `size`. From the leaf's sibling
/// upwards.
///
/// # Errors
/// When a hash is not kept.
pub fn inclusion_proof<N: Nodes>(index: u64, size: u64, nodes: &N) -> Result<Vec<Hash>, N::Error> {
    let mut proof = Vec::new();
    let (mut from, mut to) = (0, size);
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            proof.push(range(middle, to, nodes)?);
            to = middle;
        } else {
            proof.push(range(from, middle, nodes)?);
            from = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// A proof that the tree of the first `old` entries is the beginning of that of the first `new`; empty when they are one, or
/// `old` is nothing.
///
/// # Errors
/// When a hash is not kept.
pub fn consistency_proof<N: Nodes>(old: u64, new: u64, nodes: &N) -> Result<Vec<Hash>, N::Error> {
    let mut proof = Vec::new();
    if old == 0 || old >= new {
        return Ok(proof);
    }
    let (mut from, mut to) = (0, new);
    // Down to the subtree that ends where the old tree ended.
    while to != old {
        let middle = from + split(to - from);
        if old <= middle {
            proof.push(range(middle, to, nodes)?);
            to = middle;
        } else {
            proof.push(range(from, middle, nodes)?);
            from = middle;
        }
    }
    // Whoever holds the old root knows this subtree already if it is the whole of it.
    if from != 0 {
        proof.push(range(from, to, nodes)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Whether a proof puts the entry of this hash at `index` of the tree of `size` entries with this root.
pub fn is_included(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    let mut proof = proof.iter();
    while last > 0 {
        // The last of an odd number has no sibling: it stands for its parent.
        if at % 2 == 1 {
            let Some(sibling) = proof.next() else { return false };
            hash = node_hash(sibling, &hash);
        } else if at < last {
            let Some(sibling) = proof.next() else { return false };
            hash = node_hash(&hash, sibling);
        }
        (at, last) = (at / 2, last / 2);
    }
    proof.next().is_none() && hash == *root
}

/// Whether a proof shows that the tree of `old` entries is the beginning of the tree of `new` entries.
pub fn is_consistent(old: u64, old_root: &Hash, new: u64, new_root: &Hash, proof: &[Hash]) -> bool {
    if old == new {
        return proof.is_empty() && old_root == new_root;
    }
    if old == 0 {
        return proof.is_empty() && *old_root == empty_root();
    }
    if old > new {
        return false;
    }
    // RFC 9162, section 2.1.4.2, gives the walk.
    let mut proof = proof.iter();
    let (mut at, mut last) = (old - 1, new - 1);
    while at % 2 == 1 {
        (at, last) = (at / 2, last / 2);
    }
    let first = if at == 0 { Some(old_root) } else { proof.next() };
    let Some(first) = first else { return false };
    let (mut old_hash, mut new_hash) = (*first, *first);
    while last > 0 {
        if at % 2 == 1 {
            let Some(sibling) = proof.next() else { return false };
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
        } else if at < last {
            let Some(sibling) = proof.next() else { return false };
            new_hash = node_hash(&new_hash, sibling);
        }
        (at, last) = (at / 2, last / 2);
    }
    proof.next().is_none() && old_hash == *old_root && new_hash == *new_root
}
