//! What is published is fetched, with as little as possible sent and asked for.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde_json::{Value, json};

use super::{AT, BLOCK, Contents, Place, Random, contents, later};
use crate::reading::Reading;
use crate::{Error, Fetched, Sent, Source, State};

#[tokio::test]
async fn what_is_published_is_fetched_byte_for_byte() {
    for place in [Place::in_memory(), Place::in_directory()] {
        let mut random = Random(1);
        for length in [0, 1, BLOCK, BLOCK + 1, 300_000] {
            place.write(&format!("words/{length}.idx"), &random.bytes(length));
        }
        place.write("ledger.db", &random.bytes(100_000));
        assert!(place.depot.newest(0).await.unwrap().is_none());
        let (state, sent) = place.publish(None).await;
        assert_eq!((state.number(), state.at(), state.about()), (1, AT, &json!({ "snapshot": 3 })));
        assert_eq!(sent, Sent { blocks: 11, bytes: 531_074 });
        let found = place.depot.newest(0).await.unwrap().unwrap();
        assert_eq!(found, state);
        assert_eq!(State::from_json(&found.to_json()).unwrap(), state);
        assert!(place.depot.newest(1).await.unwrap().is_none());
        let fetched = place.fetch(&found, "a/replica", None).await.unwrap();
        assert_eq!(fetched, Fetched { blocks: 11, bytes: 531_074 });
        assert_eq!(contents(&place.path("a/replica")), contents(&place.path("files")));
        assert!(!place.path("a/replica.part").exists());
    }
}

#[tokio::test]
async fn only_blocks_that_changed_are_sent_and_fetched() {
    let place = Place::in_memory();
    let mut bytes = Random(2).bytes(300_000);
    place.write("ledger.db", &bytes);
    place.write("words/same.idx", &bytes[..1_000]);
    let (first, _) = place.publish(None).await;
    place.fetch(&first, "1", None).await.unwrap();
    let was = contents(&place.path("1"));

    bytes[2 * BLOCK + 5] ^= 1;
    place.write("ledger.db", &bytes);
    let (second, sent) = place.publish(Some(&first)).await;
    assert_eq!(sent, Sent { blocks: 1, bytes: BLOCK as u64 });
    let fetched = place.fetch(&second, "2", Some((&first, "1"))).await.unwrap();
    assert_eq!(fetched, Fetched { blocks: 1, bytes: BLOCK as u64 });
    assert_eq!(contents(&place.path("2")), contents(&place.path("files")));
    assert_eq!(contents(&place.path("1")), was, "what is held stays as it is");
    let inode = |name: &str| fs::metadata(place.path(name)).unwrap().ino();
    assert_eq!(inode("1/words/same.idx"), inode("2/words/same.idx"));
    assert_ne!(inode("1/ledger.db"), inode("2/ledger.db"));

    bytes.truncate(BLOCK + 10);
    place.write("ledger.db", &bytes);
    let (third, sent) = place.publish(Some(&second)).await;
    assert_eq!(sent, Sent { blocks: 1, bytes: 10 });
    let fetched = place.fetch(&third, "3", Some((&first, "1"))).await.unwrap();
    assert_eq!(fetched, Fetched { blocks: 1, bytes: 10 });
    assert_eq!(contents(&place.path("3")), contents(&place.path("files")));

    let (_, sent) = place.publish(Some(&third)).await;
    assert_eq!(sent, Sent::default());
}

#[tokio::test]
async fn a_block_that_comes_often_is_sent_and_fetched_once() {
    let place = Place::in_memory();
    place.write("a", &vec![7; 3 * BLOCK]);
    place.write("b", &vec![7; BLOCK]);
    let (state, sent) = place.publish(None).await;
    assert_eq!(sent, Sent { blocks: 1, bytes: BLOCK as u64 });
    let fetched = place.fetch(&state, "1", None).await.unwrap();
    assert_eq!(fetched.blocks, 1);
    assert_eq!(contents(&place.path("1")), contents(&place.path("files")));
}

#[tokio::test]
async fn what_is_held_is_not_trusted_where_it_is_missing_or_has_another_length() {
    let place = Place::in_memory();
    place.write("a", &[1; 100]);
    place.write("b", &[2; 100]);
    let (state, _) = place.publish(None).await;
    place.fetch(&state, "1", None).await.unwrap();
    fs::remove_file(place.path("1/a")).unwrap();
    fs::write(place.path("1/b"), [2_u8; 99]).unwrap();
    let fetched = place.fetch(&state, "2", Some((&state, "1"))).await.unwrap();
    assert_eq!(fetched.blocks, 2);
    assert_eq!(contents(&place.path("2")), contents(&place.path("files")));
}

#[tokio::test]
async fn a_file_that_never_changes_is_neither_read_nor_sent_again() {
    let place = Place::in_memory();
    place.write("words/a.idx", &[1; 1_000]);
    let (first, _) = place.publish(None).await;
    let source = |path: &str, is_immutable| Source { name: "words/a.idx".into(), path: place.path(path), is_immutable };
    let publish =
        async |before: &State, source: Source| place.depot.publish(Some(before), &[source], Value::Null, AT).await;
    let (second, sent) = publish(&first, source("nowhere", true)).await.unwrap();
    assert_eq!(sent, Sent::default());
    assert_eq!(second.files(), first.files());

    let error = publish(&second, source("nowhere", false)).await.unwrap_err();
    assert!(matches!(&error, Error::File { path, .. } if *path == place.path("nowhere")), "{error}");
    assert!(place.depot.newest(2).await.unwrap().is_none());

    place.write("words/a.idx", &[2; 1_001]);
    let (third, sent) = publish(&second, source("files/words/a.idx", true)).await.unwrap();
    assert_eq!(sent.bytes, 1_001, "another length is another file");
    assert_eq!(third.file("words/a.idx").unwrap().bytes(), 1_001);
}

#[test]
fn a_file_that_changes_while_it_is_read_is_not_published() {
    let place = Place::in_memory();
    for length in [BLOCK, 3 * BLOCK] {
        place.write("a", &Random(3).bytes(2 * BLOCK));
        let mut reading = Reading::new(None, &place.sources()).unwrap();
        assert!(reading.next_block().unwrap().is_some());
        place.write("a", &Random(3).bytes(length));
        let error = loop {
            match reading.next_block() {
                Ok(block) => assert!(block.is_some(), "the change went unseen"),
                Err(error) => break error,
            }
        };
        assert!(matches!(&error, Error::Changed { path } if *path == place.path("files/a")), "{error}");
    }
}

#[tokio::test]
async fn a_follower_that_skips_states_ends_with_the_same_bytes() {
    let place = Place::in_memory();
    let mut random = Random(42);
    let mut files = Contents::new();
    let mut newest: Option<State> = None;
    let mut held: Option<(State, String)> = None;
    for round in 0..30 {
        for name in ["ledger.db", "words/a.idx", "words/b.idx"] {
            let edit = random.below(6);
            let mut bytes = files.remove(name).unwrap_or_default();
            match edit {
                0 => continue,
                1 => {
                    bytes = {
                        let length = random.below(400_000);
                        random.bytes(length)
                    }
                }
                2 => bytes.extend({
                    let length = random.below(100_000);
                    random.bytes(length)
                }),
                3 => bytes.truncate(random.below(bytes.len())),
                _ => {
                    for _ in 0..3 {
                        let at = random.below(bytes.len());
                        if let Some(byte) = bytes.get_mut(at) {
                            *byte ^= 1;
                        }
                    }
                }
            }
            files.insert(name.to_owned(), bytes);
        }
        let _ = fs::remove_dir_all(place.path("files"));
        for (name, bytes) in &files {
            place.write(name, bytes);
        }
        let (state, _) = place.publish(newest.as_ref()).await;
        newest = Some(state);
        if random.below(4) == 0 {
            place.depot.tidy(2, later()).await.unwrap();
        }
        if random.below(3) > 0 && round < 29 {
            continue;
        }
        let after = held.as_ref().map_or(0, |(state, _)| state.number());
        let state = place.depot.newest(after).await.unwrap().unwrap();
        let into = format!("replica-{round}");
        let from = held.as_ref().map(|(state, folder)| (state, folder.as_str()));
        let fetched = place.fetch(&state, &into, from).await.unwrap();
        assert!(fetched.blocks <= state.blocks().count() as u64);
        assert_eq!(contents(&place.path(&into)), files, "round {round}");
        if let Some((_, folder)) = held.replace((state, into)) {
            fs::remove_dir_all(place.path(&folder)).unwrap();
        }
    }
    assert_eq!(held.unwrap().0.number(), 30);
}

#[test]
fn any_task_may_publish_fetch_and_tidy_up() {
    fn is_send(_: impl Send) {}
    let place = Place::in_memory();
    let state = State::new(1, AT, Value::Null, Vec::new());
    is_send(place.depot.newest(0));
    is_send(place.depot.publish(Some(&state), &[], Value::Null, AT));
    is_send(place.depot.fetch(&state, Path::new("1"), Some((&state, Path::new("2")))));
    is_send(place.depot.tidy(1, later()));
    is_send(place.depot.lost(&state));
}
