//! Other writers, damage, names that lead astray and tidying up do no harm.

use std::fs;
use std::time::SystemTime;

use serde_json::Value;

use super::{AT, BLOCK, Contents, Place, Random, contents, later};
use crate::{Error, Sent, Source, State, Tidied};

#[tokio::test]
async fn of_two_writers_one_is_overtaken() {
    for place in [Place::in_memory(), Place::in_directory()] {
        let depot = &place.depot;
        place.write("a", b"first");
        let (first, _) = place.publish(None).await;
        place.write("a", b"second");
        let (second, _) = place.publish(Some(&first)).await;
        place.write("a", b"another second");
        let sources = place.sources();
        let overtaken =
            async |before: Option<&State>| depot.publish(before, &sources, Value::Null, AT).await.unwrap_err();
        assert!(matches!(overtaken(Some(&first)).await, Error::Overtaken { number: 2 }));
        assert!(matches!(overtaken(None).await, Error::Overtaken { number: 2 }));
        assert_eq!(depot.state(2).await.unwrap(), second);

        // Both looked before either created its state.
        let other = State::new(2, AT, Value::Null, Vec::new());
        assert!(matches!(depot.create(&other).await, Err(Error::Overtaken { number: 2 })));
        assert_eq!(depot.state(2).await.unwrap(), second);
        depot.create(&second).await.expect("its own state in the way has been created");

        // The number is free again, and yet it is too late.
        let (third, _) = place.publish(Some(&second)).await;
        depot.tidy(1, SystemTime::UNIX_EPOCH).await.unwrap();
        assert!(matches!(overtaken(Some(&first)).await, Error::Overtaken { number: 3 }));
        assert!(matches!(overtaken(None).await, Error::Overtaken { number: 3 }));
        assert_eq!(depot.newest(0).await.unwrap(), Some(third));
    }
}

#[tokio::test]
async fn a_state_of_another_store_is_not_built_upon() {
    let (place, other) = (Place::in_memory(), Place::in_memory());
    place.write("a", b"here");
    other.write("a", b"there");
    let (here, _) = place.publish(None).await;
    let publish = async || other.depot.publish(Some(&here), &other.sources(), Value::Null, AT).await.unwrap_err();
    assert!(matches!(publish().await, Error::Gone { .. }));
    other.publish(None).await;
    assert!(matches!(publish().await, Error::Overtaken { number: 1 }));
}

#[tokio::test]
async fn a_damaged_or_missing_block_leaves_nothing_half_made() {
    for place in [Place::in_memory(), Place::in_directory()] {
        place.write("a", &Random(4).bytes(3 * BLOCK));
        let (state, _) = place.publish(None).await;
        let block = place.depot.block_at(&state.files()[0].blocks[1]);
        for damage in [vec![0; BLOCK], vec![0; BLOCK - 1], vec![0; BLOCK + 1]] {
            place.put(&block, damage).await;
            let error = place.fetch(&state, "1", None).await.unwrap_err();
            assert!(matches!(&error, Error::Damaged { object, .. } if *object == block.to_string()), "{error}");
            assert!(!place.path("1").exists() && !place.path("1.part").exists());
        }
        place.depot.delete(vec![block.clone()]).await.unwrap();
        let error = place.fetch(&state, "1", None).await.unwrap_err();
        assert!(matches!(&error, Error::Gone { object } if *object == block.to_string()), "{error}");
        assert!(!place.path("1").exists() && !place.path("1.part").exists());
    }
}

#[tokio::test]
async fn a_folder_that_exists_is_left_alone_and_one_half_made_is_made_anew() {
    let place = Place::in_memory();
    place.write("a", b"a");
    let (state, _) = place.publish(None).await;
    fs::create_dir(place.path("1")).unwrap();
    assert!(matches!(place.fetch(&state, "1", None).await, Err(Error::File { .. })));
    assert!(place.path("1").exists());
    fs::create_dir(place.path("2.part")).unwrap();
    fs::write(place.path("2.part/left"), "over").unwrap();
    place.fetch(&state, "2", None).await.unwrap();
    assert_eq!(contents(&place.path("2")), contents(&place.path("files")));
}

#[tokio::test]
async fn names_that_lead_out_of_the_folder_are_refused_on_both_sides() {
    let place = Place::in_memory();
    place.write("a", b"a");
    let source = Source { name: "../a".into(), path: place.path("files/a"), is_immutable: false };
    let error = place.depot.publish(None, &[source], Value::Null, AT).await.unwrap_err();
    assert!(matches!(&error, Error::Name { name } if name == "../a"), "{error}");
    let twice = [place.sources(), place.sources()].concat();
    assert!(matches!(place.depot.publish(None, &twice, Value::Null, AT).await, Err(Error::Name { .. })));

    let (state, _) = place.publish(None).await;
    for name in ["../a", "/etc/passwd", "a/../../b"] {
        let mut json: Value = serde_json::from_slice(&state.to_json()).unwrap();
        json["files"][0]["name"] = name.into();
        place.put(&place.depot.state_at(1), json.to_string().into_bytes()).await;
        assert!(matches!(place.depot.newest(0).await, Err(Error::Damaged { .. })));
    }
    // A state that was put where another one belongs.
    place.put(&place.depot.state_at(2), state.to_json()).await;
    assert!(matches!(place.depot.newest(0).await, Err(Error::Damaged { .. })));
}

#[tokio::test]
async fn tidying_up_keeps_what_the_kept_states_need() {
    for place in [Place::in_memory(), Place::in_directory()] {
        let depot = &place.depot;
        assert_eq!(depot.tidy(2, later()).await.unwrap(), Tidied::default());
        place.write("b", &[9; 100]);
        let mut states: Vec<(State, Contents)> = Vec::new();
        for round in 0..4 {
            place.write("a", &[round; 100]);
            let (state, _) = place.publish(states.last().map(|(state, _)| state)).await;
            states.push((state, contents(&place.path("files"))));
        }
        place.put(&depot.block_at(&"0".repeat(64)), vec![0; 100]).await;
        let not_ours = depot.blocks.clone().join("note.txt");
        place.put(&not_ours, b"keep".to_vec()).await;

        let tidied = depot.tidy(2, SystemTime::UNIX_EPOCH).await.unwrap();
        assert_eq!(tidied, Tidied { states: 2, blocks: 0, bytes: 0 }, "what is young may be somebody's");
        let tidied = depot.tidy(2, later()).await.unwrap();
        assert_eq!(tidied, Tidied { states: 0, blocks: 3, bytes: 300 });
        assert_eq!(depot.tidy(2, later()).await.unwrap(), Tidied::default());
        depot.get(&not_ours, 4).await.unwrap();
        for (number, (state, files)) in (1_u64..).zip(&states) {
            let into = number.to_string();
            if number > 2 {
                assert_eq!(depot.state(number).await.unwrap(), *state);
                place.fetch(state, &into, None).await.unwrap();
                assert_eq!(contents(&place.path(&into)), *files);
            } else {
                assert!(matches!(depot.state(number).await, Err(Error::Gone { .. })));
                assert!(matches!(place.fetch(state, &into, None).await, Err(Error::Gone { .. })));
            }
        }

        // What it cannot read might need anything.
        place.put(&depot.state_at(3), b"{}".to_vec()).await;
        assert!(matches!(depot.tidy(2, later()).await, Err(Error::Damaged { .. })));
        place.fetch(&states[2].0, "again", None).await.unwrap();
        let tidied = depot.tidy(0, later()).await.unwrap();
        assert_eq!(tidied, Tidied { states: 1, blocks: 1, bytes: 100 }, "the newest one always stays");
    }
}

#[tokio::test]
async fn what_the_store_has_lost_is_sent_again() {
    for place in [Place::in_memory(), Place::in_directory()] {
        let depot = &place.depot;
        let mut bytes = Random(5).bytes(3 * BLOCK + 10);
        place.write("ledger.db", &bytes);
        place.write("words/a.idx", &[1; 100]);
        let immutable = || {
            let mut sources = place.sources();
            sources.iter_mut().for_each(|source| source.is_immutable = source.name.starts_with("words/"));
            sources
        };
        let (first, _) = place.publish(None).await;
        assert!(depot.lost(&first).await.unwrap().is_empty());
        let blocks = |name: &str| first.file(name).unwrap().blocks.clone();
        let (ledger, words) = (blocks("ledger.db"), blocks("words/a.idx"));
        depot.delete(vec![depot.block_at(&ledger[0]), depot.block_at(&words[0])]).await.unwrap();
        // Shorter than it was; the last one of a file is shorter by right.
        place.put(&depot.block_at(&ledger[1]), vec![0; BLOCK - 1]).await;
        let lost = depot.lost(&first).await.unwrap();
        assert_eq!(lost.len(), 3);
        bytes[2 * BLOCK] ^= 1;
        place.write("ledger.db", &bytes);
        let (second, sent) = depot.publish(Some(&first), &immutable(), Value::Null, AT).await.unwrap();
        assert_eq!(sent, Sent { blocks: 1, bytes: BLOCK as u64 }, "what the state before has is taken to be there");
        assert!(matches!(place.fetch(&second, "2", None).await, Err(Error::Gone { .. } | Error::Damaged { .. })));
        let published = depot.publish_mending(&lost, Some(&second), &immutable(), Value::Null, AT).await;
        let (third, sent) = published.unwrap();
        assert_eq!(sent, Sent { blocks: 3, bytes: 2 * BLOCK as u64 + 100 });
        assert!(depot.lost(&third).await.unwrap().is_empty());
        place.fetch(&third, "3", None).await.unwrap();
        assert_eq!(contents(&place.path("3")), contents(&place.path("files")));
    }
}
