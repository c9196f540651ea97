//! The tree, its files and its signatures against published vectors and against other implementations.
use std::collections::HashMap;

use audit::{
    Edge, Hash, Nodes, Note, SignatureKind, Signer, TILE_WIDTH, VerifierKey, consistency_proof, empty_root,
    inclusion_proof, is_consistent, is_included, leaf_hash, node_hash, parse_tile_path, root, root_of, tile_path,
    unbundle,
};
use proptest::prelude::*;
use tlog_tiles::{HashReader, Tile};

fn hash_of(text: &str) -> Hash {
    let bytes: Vec<u8> = (0..64).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect();
    bytes.try_into().unwrap()
}

/// Hashes of whole subtrees by level, the leaves first.
struct Leaves(Vec<Vec<Hash>>);

impl Nodes for Leaves {
    type Error = std::convert::Infallible;

    fn node(&self, level: u8, index: u64) -> Result<Hash, Self::Error> {
        Ok(self.0[usize::from(level)][index as usize])
    }
}

fn leaves(count: u64) -> Leaves {
    let mut levels = vec![(0..count).map(|number| leaf_hash(&number.to_be_bytes())).collect::<Vec<Hash>>()];
    while levels[levels.len() - 1].len() > 1 {
        let below = &levels[levels.len() - 1];
        levels.push(below.as_chunks::<2>().0.iter().map(|[left, right]| node_hash(left, right)).collect());
    }
    Leaves(levels)
}

fn unwrap<T>(result: Result<T, std::convert::Infallible>) -> T {
    match result {
        Ok(value) => value,
        Err(never) => match never {},
    }
}

/// The entries and roots that Certificate Transparency's reference implementations test with.
#[test]
fn roots_are_those_of_certificate_transparency() {
    let entries: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    assert_eq!(empty_root(), hash_of("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    assert_eq!((root_of(&[]), Edge::default().root()), (empty_root(), empty_root()));
    let hashes: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    let mut edge = Edge::default();
    for (at, expected) in roots.iter().enumerate() {
        assert_eq!(root_of(&hashes[..=at]), hash_of(expected), "{at}");
        edge.push(entries[at], &mut Vec::new());
        assert_eq!(edge.root(), hash_of(expected), "{at}");
    }
}

/// Every proof of every tree up to a thousand entries holds, and no other place or size does with it.
#[test]
fn every_inclusion_holds_and_only_it() {
    let nodes = leaves(1_000);
    for size in 1..=1_000_u64 {
        let top = unwrap(root(size, &nodes));
        assert_eq!(top, root_of(&nodes.0[0][..size as usize]));
        for index in 0..size {
            let proof = unwrap(inclusion_proof(index, size, &nodes));
            assert!(is_included(&nodes.0[0][index as usize], index, size, &proof, &top), "{index} of {size}");
            let other = (index + 1) % 1_000;
            assert!(!is_included(&nodes.0[0][other as usize], index, size, &proof, &top) || other == index);
            assert!(!is_included(&nodes.0[0][index as usize], index + 1, size, &proof, &top));
            if let Some(shorter) = proof.len().checked_sub(1) {
                assert!(!is_included(&nodes.0[0][index as usize], index, size, &proof[..shorter], &top));
            }
        }
    }
}

/// Every pair of sizes up to a thousand; that nothing else holds is looked at on a walk through them.
#[test]
fn every_consistency_holds_and_only_it() {
    let nodes = leaves(1_000);
    let roots: Vec<Hash> = (0..=1_000).map(|size| unwrap(root(size, &nodes))).collect();
    let other = leaf_hash(b"other");
    let check = |old: u64, new: u64| {
        let proof = unwrap(consistency_proof(old, new, &nodes));
        let (before, after) = (&roots[old as usize], &roots[new as usize]);
        assert!(is_consistent(old, before, new, after, &proof), "{old} to {new}");
        let is_looked_at =
            (old + new).is_multiple_of(37) || new - old < 3 || new.is_power_of_two() || old.is_power_of_two();
        if old > 0 && old < new && is_looked_at {
            assert!(!is_consistent(old, &roots[old as usize - 1], new, after, &proof), "{old} to {new}");
            assert!(!is_consistent(old, &other, new, after, &proof), "{old} to {new}");
            assert!(!is_consistent(old, before, new, &other, &proof), "{old} to {new}");
            assert!(!is_consistent(old, before, new, after, &proof[1..]), "{old} to {new}");
            assert!(!is_consistent(old, before, new, after, &[proof.as_slice(), &[other]].concat()), "{old} to {new}");
            assert!(!is_consistent(old + 1, before, new, after, &proof) || old + 1 == new, "{old} to {new}");
            assert!(!is_consistent(new, after, old, before, &proof), "{new} to {old}");
        }
    };
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let check = &check;
            scope.spawn(move || {
                for new in (worker..=1_000).step_by(4) {
                    for old in 0..=new {
                        check(old, new);
                    }
                }
            });
        }
    });
}

#[test]
fn nothing_is_consistent_with_another_size_or_root_by_itself() {
    let nodes = leaves(9);
    let roots: Vec<Hash> = (0..=9).map(|size| unwrap(root(size, &nodes))).collect();
    let other = leaf_hash(b"other");
    for size in 0..=9_u64 {
        let root = &roots[size as usize];
        // The same size: the same root, and nothing to prove.
        assert!(is_consistent(size, root, size, root, &[]));
        assert!(!is_consistent(size, root, size, &other, &[]), "{size}");
        assert!(!is_consistent(size, root, size, root, &[other]), "{size}");
        // Everything goes on from nothing, of which there is one.
        if size > 0 {
            assert!(is_consistent(0, &empty_root(), size, root, &[]));
            assert!(!is_consistent(0, &other, size, root, &[]), "{size}");
            assert!(!is_consistent(0, &empty_root(), size, root, &[*root]), "{size}");
        }
        // Nothing goes back, whatever is shown.
        let proofs: [&[Hash]; 4] = [&[], &[*root], &[other], &[*root, *root]];
        for smaller in 0..size {
            for proof in proofs {
                assert!(!is_consistent(size, root, smaller, root, proof), "{size} to {smaller}");
            }
        }
    }
    for (index, size) in [(0, 0), (1, 1), (9, 9), (u64::MAX, 9)] {
        assert!(!is_included(&roots[1], index, size, &[], &roots[1]), "{index} of {size}");
    }
}

/// The hashes as another implementation numbers them.
struct Theirs(HashMap<u64, tlog_tiles::Hash>);

impl HashReader for Theirs {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0[index]).collect())
    }
}

#[test]
fn roots_proofs_and_tiles_are_those_of_another_implementation() {
    let mut theirs = Theirs(HashMap::new());
    let mut edge = Edge::default();
    let nodes = leaves(1_300);
    let mut filled = Vec::new();
    for number in 0..1_300_u64 {
        let entry = number.to_be_bytes();
        let hashes = tlog_tiles::stored_hashes(number, &entry, &theirs).unwrap();
        let first = tlog_tiles::stored_hash_index(0, number);
        theirs.0.extend(hashes.into_iter().enumerate().map(|(at, hash)| (first + at as u64, hash)));
        edge.push(&entry, &mut filled);
        let size = number + 1;
        if size % 41 == 0 || size.is_power_of_two() || size % 256 < 2 {
            assert_eq!(tlog_tiles::tree_hash(size, &theirs).unwrap().0, edge.root(), "{size}");
            for index in [0, size / 3, size - 1] {
                let their = tlog_tiles::prove_record(size, index, &theirs).unwrap();
                let ours = unwrap(inclusion_proof(index, size, &nodes));
                assert_eq!(their.iter().map(|hash| hash.0).collect::<Vec<_>>(), ours, "{index} of {size}");
            }
            for old in [1, size / 2, size - 1].into_iter().filter(|old| *old > 0 && *old < size) {
                let their = tlog_tiles::prove_tree(size, old, &theirs).unwrap();
                let ours = unwrap(consistency_proof(old, size, &nodes));
                assert_eq!(their.iter().map(|hash| hash.0).collect::<Vec<_>>(), ours, "{old} to {size}");
            }
        }
    }
    let ours: HashMap<String, Vec<u8>> = filled
        .iter()
        .map(|(level, index, hashes)| (tile_path(Some(*level), *index, TILE_WIDTH), hashes.as_flattened().to_vec()))
        .chain(edge.partial().map(|(level, index, hashes)| {
            (tile_path(Some(level), index, hashes.len() as u64), hashes.as_flattened().to_vec())
        }))
        .collect();
    let their = Tile::new_tiles(8, 0, 1_300);
    assert_eq!(their.len(), ours.len());
    for tile in their {
        // They name the height of tiles too, which C2SP leaves out.
        let path = tile.path().replacen("tile/8/", "tile/", 1);
        assert_eq!(tile.read_data(&theirs).unwrap(), ours[&path], "{path}");
    }
}

#[test]
fn paths_have_one_spelling() {
    assert_eq!(tile_path(Some(0), 1_234_067, TILE_WIDTH), "tile/0/x001/x234/067");
    assert_eq!(tile_path(None, 7, 12), "tile/entries/007.p/12");
    for (level, index, width) in [(Some(0), 0, 256), (Some(3), 999, 1), (None, 1_000, 255), (None, 123_456_789, 256)] {
        let path = tile_path(level, index, width);
        assert_eq!(parse_tile_path(path.strip_prefix("tile/").unwrap()), Some((level, index, width)));
    }
    for wrong in [
        "0/7",
        "0/x000/007",
        "64/000",
        "-1/000",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/..",
        "entries/",
        "0/000/",
    ] {
        assert_eq!(parse_tile_path(wrong), None, "{wrong}");
    }
}

/// The example that the format of signed notes is published with.
#[test]
fn a_published_note_verifies() {
    let key = VerifierKey::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
    let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    let signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
    let note = format!("{text}\n\u{2014} PeterNeumann {signature}\n");
    assert!(Note::parse(&note).unwrap().is_signed_by(&key));
    assert!(!Note::parse(&note.replace("answer", "Answer")).unwrap().is_signed_by(&key));
    assert_eq!(VerifierKey::parse(&key.to_string()).unwrap(), key);
}

#[test]
fn our_notes_and_theirs_are_one() {
    let signer = Signer::new("osler.log/test", SignatureKind::Note, &[7; 32]).unwrap();
    let text = "osler.log/test\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    let note = format!("{text}\n{}", signer.sign(text, 0));
    let verifier = signed_note::StandardVerifier::new(&signer.public().to_string()).unwrap();
    let theirs = signed_note::Note::from_bytes(note.as_bytes()).unwrap();
    let (good, _) = theirs.verify(&signed_note::VerifierList::new(vec![Box::new(verifier)])).unwrap();
    assert_eq!(good.len(), 1);
    assert!(Note::parse(&note).unwrap().is_signed_by(signer.public()));

    // And a cosignature is not taken for a signature, nor the other way round.
    let witness = Signer::new("witness.test", SignatureKind::Cosignature, &[9; 32]).unwrap();
    let note = format!("{note}{}", witness.sign(text, 1_795_341_600));
    let parsed = Note::parse(&note).unwrap();
    assert_eq!(parsed.count(), 2);
    assert!(parsed.is_signed_by(witness.public()));
    let same_key = Signer::new("witness.test", SignatureKind::Note, &[9; 32]).unwrap();
    assert!(!parsed.is_signed_by(same_key.public()));
}

proptest! {
    /// Whatever the bytes, reading them back gives them or nothing.
    #[test]
    fn no_bytes_break_a_reader(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = Note::parse(&text);
        let _ = VerifierKey::parse(&text);
        let _ = audit::LogProof::parse(&text);
        let _ = audit::Checkpoint::parse(&text);
        let _ = audit::Entry::parse(&bytes);
        if let Some(entries) = unbundle(&bytes) {
            prop_assert_eq!(audit::entry_bundle(entries).unwrap(), bytes);
        }
    }

    #[test]
    fn an_edge_is_the_tree(size in 0_u64..70_000) {
        // Leaves of one hash make a large tree cheap.
        let mut edge = Edge::default();
        for _ in 0..size {
            edge.push(b"leaf", &mut Vec::new());
        }
        let mut levels = vec![leaf_hash(b"leaf")];
        while levels.len() < 20 {
            let last = levels[levels.len() - 1];
            levels.push(node_hash(&last, &last));
        }
        struct Same(Vec<Hash>);
        impl Nodes for Same {
            type Error = std::convert::Infallible;
            fn node(&self, level: u8, _: u64) -> Result<Hash, Self::Error> {
                Ok(self.0[usize::from(level)])
            }
        }
        prop_assert_eq!(edge.root(), unwrap(root(size, &Same(levels))));
    }
}
