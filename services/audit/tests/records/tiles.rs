//! The files of the tree: what is written reads back as the same tree, what is missing or cut short is an error and never a
//! guess, and whole tiles leave no beginnings behind.
use std::io::ErrorKind;

use audit::{
    Draft, Edge, Hash, Nodes, TILE_WIDTH, TileStore, entry_bundle, inclusion_proof, is_included, leaf_hash, root,
    root_of, tile_path, unbundle,
};

use crate::held::{Held, ada};

struct Stored {
    store: TileStore,
    directory: tempfile::TempDir,
}

fn store() -> Stored {
    let directory = tempfile::tempdir().unwrap();
    Stored { store: TileStore::open(&directory.path().join("log")).unwrap(), directory }
}

/// The tree of so many entries, with the tiles that it filled.
fn tree(size: u64) -> (Edge, Vec<(u8, u64, Vec<Hash>)>) {
    let (mut edge, mut filled) = (Edge::default(), Vec::new());
    for number in 0..size {
        edge.push(&number.to_be_bytes(), &mut filled);
    }
    (edge, filled)
}

#[test]
fn tiles_are_numbered_at_every_level() {
    let (edge, filled) = tree(2 * 65_536 + 300);
    let of =
        |level: u8| -> Vec<u64> { filled.iter().filter(|(at, ..)| *at == level).map(|(_, index, _)| *index).collect() };
    assert_eq!(of(0), (0..513).collect::<Vec<_>>());
    assert_eq!((of(1), of(2)), (vec![0, 1], vec![]));
    assert!(filled.iter().all(|(.., hashes)| hashes.len() == 256));
    // Each hash of a level stands for a whole tile of the level below.
    let below: Vec<Hash> =
        filled.iter().filter(|(level, ..)| *level == 0).map(|(.., hashes)| root_of(hashes)).collect();
    let above: Vec<&(u8, u64, Vec<Hash>)> = filled.iter().filter(|(level, ..)| *level == 1).collect();
    assert_eq!(
        above.iter().flat_map(|(.., hashes)| hashes).collect::<Vec<_>>(),
        below[..512].iter().collect::<Vec<_>>()
    );
    let begun: Vec<(u8, u64, usize)> =
        edge.partial().map(|(level, index, hashes)| (level, index, hashes.len())).collect();
    assert_eq!(begun, [(0, 513, 44), (1, 2, 1), (2, 0, 2)]);
    assert_eq!(edge.size(), 2 * 65_536 + 300);
}

#[test]
fn an_edge_is_read_back_from_its_tiles() {
    for size in [0, 1, 2, 255, 256, 257, 300, 511, 512, 513, 1_300, 65_535, 65_536, 65_537, 66_000] {
        let Stored { store, directory } = store();
        let (edge, _) = tree(size);
        // Whole tiles are not needed for it.
        for (level, index, hashes) in edge.partial() {
            store.write_tile(level, index, hashes).unwrap();
        }
        let read = store.edge(size).unwrap();
        assert_eq!(read, edge, "{size}");
        assert_eq!((read.size(), read.root()), (size, edge.root()));
        drop(directory);
    }
}

#[test]
fn a_tree_is_read_back_from_its_tiles() {
    let Stored { store, directory } = store();
    let (edge, filled) = tree(1_300);
    for (level, index, hashes) in filled.iter().map(|(level, index, hashes)| (*level, *index, hashes.as_slice())) {
        store.write_tile(level, index, hashes).unwrap();
    }
    for (level, index, hashes) in edge.partial() {
        store.write_tile(level, index, hashes).unwrap();
    }
    let leaves: Vec<Hash> = (0..1_300_u64).map(|number| leaf_hash(&number.to_be_bytes())).collect();
    let at = store.at(1_300);
    assert_eq!(root(1_300, &at).unwrap(), edge.root());
    for level in 0..=10 {
        for index in 0..1_300_u64 >> level {
            let range = (index << level) as usize..((index + 1) << level) as usize;
            assert_eq!(at.node(level, index).unwrap(), root_of(&leaves[range]), "{index} of level {level}");
        }
    }
    // A tree of before is in the same tiles, as far as they were whole then.
    let before = store.at(1_280);
    for index in (0..1_280).step_by(97) {
        let proof = inclusion_proof(index, 1_280, &before).unwrap();
        let top = root_of(&leaves[..1_280]);
        assert!(is_included(&leaves[index as usize], index, 1_280, &proof, &top));
    }
    drop(directory);
}

#[test]
fn a_tile_that_is_missing_or_cut_short_is_an_error() {
    let Stored { store, directory } = store();
    let hashes: Vec<Hash> = (0..5_u64).map(|number| leaf_hash(&number.to_be_bytes())).collect();
    let bytes = hashes.as_flattened();
    let path = tile_path(Some(0), 0, 5);
    let mut longer = bytes.to_vec();
    longer.push(0);
    let all: [&[u8]; 4] = [&bytes[..4 * 32], &bytes[..5 * 32 - 1], &longer, &[]];
    for wrong in all {
        store.write(&path, wrong).unwrap();
        assert_eq!(store.edge(5).unwrap_err().kind(), ErrorKind::NotFound, "{} bytes", wrong.len());
        assert!(store.at(5).node(0, 4).is_err());
    }
    store.write(&path, bytes).unwrap();
    assert_eq!(store.edge(5).unwrap().root(), root_of(&hashes));
    assert_eq!(store.at(5).node(0, 4).unwrap(), hashes[4]);
    // Of another width it is another file, unless the whole tile is there.
    assert_eq!(store.edge(4).unwrap_err().kind(), ErrorKind::NotFound);
    store.write(&tile_path(Some(0), 0, TILE_WIDTH), bytes).unwrap();
    assert_eq!(store.edge(4).unwrap().root(), root_of(&hashes[..4]));
    assert_eq!(store.edge(6).unwrap_err().kind(), ErrorKind::NotFound);
    drop(directory);
}

#[test]
fn what_cannot_be_read_is_not_taken_for_missing() {
    let Stored { store, directory } = store();
    assert_eq!(store.file("checkpoint").unwrap(), None);
    assert_eq!(store.file("tile/0/000").unwrap(), None);
    assert!(store.file("tile").is_err(), "it is a directory");
    store.write("checkpoint", b"one").unwrap();
    store.write("checkpoint", b"two").unwrap();
    assert_eq!(store.file("checkpoint").unwrap().as_deref(), Some(&b"two"[..]));
    let names: Vec<_> =
        std::fs::read_dir(directory.path().join("log")).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "nothing is left beside it: {names:?}");
}

#[test]
fn the_beginnings_of_a_tile_go_when_it_is_whole() {
    let Stored { store, directory } = store();
    let log = directory.path().join("log");
    store.remove_partial(Some(0), 0).unwrap();
    store.write_tile(0, 0, &[[1; 32]]).unwrap();
    store.write_tile(0, 1, &[[1; 32]]).unwrap();
    store.write(&tile_path(None, 0, 1), b"").unwrap();
    store.remove_partial(Some(0), 0).unwrap();
    assert!(!log.join("tile/0/000.p").exists());
    assert!(log.join("tile/0/001.p/1").exists() && log.join("tile/entries/000.p/1").exists());
    store.remove_partial(None, 0).unwrap();
    assert!(!log.join("tile/entries/000.p").exists());
    // What is no directory cannot be removed, and that is said.
    std::fs::write(log.join("tile/0/002.p"), b"").unwrap();
    assert!(store.remove_partial(Some(0), 2).is_err());
}

#[test]
fn a_log_keeps_the_beginning_of_its_last_tiles_alone() {
    let held = Held::new();
    for size in [100, 256, 300, 600] {
        while held.log.size() < size {
            held.log.append(Draft::new("test.done", ada())).unwrap();
        }
        held.log.checkpoint(size).unwrap();
    }
    let tile = held.data().join("log/tile");
    for whole in ["0/000", "0/001", "entries/000", "entries/001"] {
        assert!(tile.join(whole).is_file() && !tile.join(format!("{whole}.p")).exists(), "{whole}");
    }
    for begun in ["0/002.p/88", "1/000.p/2", "entries/002.p/88"] {
        assert!(tile.join(begun).is_file(), "{begun}");
    }
    // Each file is what the entries make, and whoever reads it has them.
    for index in 0..3 {
        let (from, width) = (index * TILE_WIDTH, TILE_WIDTH.min(600 - index * TILE_WIDTH));
        let leaves = held.log.leaves(from, width as usize).unwrap();
        let bundle = held.log.file(&tile_path(None, index, width)).unwrap().unwrap();
        assert_eq!(unbundle(&bundle).unwrap(), leaves.iter().map(Vec::as_slice).collect::<Vec<_>>());
        assert_eq!(entry_bundle(leaves.iter().map(Vec::as_slice)).unwrap(), bundle);
        let hashes = held.log.file(&tile_path(Some(0), index, width)).unwrap().unwrap();
        let expected: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
        assert_eq!(hashes, expected.as_flattened());
    }
    assert_eq!(held.log.file("checkpoint/../../audit.db").unwrap(), None);
    assert_eq!(held.log.file("tile/0/../../../audit.db").unwrap(), None);
}

#[test]
fn an_entry_is_as_long_as_two_bytes_can_say() {
    let (longest, longer) = (vec![b'x'; 65_535], vec![b'x'; 65_536]);
    let bundle = entry_bundle([&longest[..], &b""[..]]).unwrap();
    assert_eq!(unbundle(&bundle).unwrap(), [&longest[..], &b""[..]]);
    assert_eq!(entry_bundle([&longer[..]]), None);
    assert_eq!(unbundle(b""), Some(Vec::new()));
    let all: [&[u8]; 4] = [b"\0", b"\0\x01", b"\0\x02x", b"\0\x01xy"];
    for wrong in all {
        assert_eq!(unbundle(wrong), None, "{wrong:?}");
    }
}
