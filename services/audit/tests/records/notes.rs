//! Signed notes, checkpoints and proofs to the letter: numbers and keys that C2SP and others have published, and every spelling
//! that is none.
use audit::{Checkpoint, LogProof, Note, NoteError, SignatureKind, Signer, VerifierKey, hex, sha256};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// The private key of the first test of RFC 8032, section 7.1.
const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

/// The checkpoint that C2SP `tlog-checkpoint` and `tlog-cosignature` show.
const CHECKPOINT: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

/// Both signed with that key by Python's `cryptography`, after the words of C2SP; the time is that of their example.
const LOG: (&str, &str, &str) = (
    "example.com/behind-the-sofa",
    "example.com/behind-the-sofa+f8fa5254+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea",
    "\u{2014} example.com/behind-the-sofa +PpSVFNUsAicB1wXCuc36HrmzCfBx1ATQpTulWd9U006OEpyCvIVj2pM8CIzKlzXWcwxIO/VAQzkCO8DZUY5tlFX6QQ=\n",
);
const WITNESS: (&str, &str, &str) = (
    "witness.example.com/w1",
    "witness.example.com/w1+7e6f4aaa+BNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea",
    "\u{2014} witness.example.com/w1 fm9KqgAAAABkGFDL+TPmh4BYuAjsYRoqMJCWb/gWJaeRF/kmm5tlCr9sJ57DLErur7K0yDXc2ArN+TIuotuB/HbuL3AJsp3bv/aNCQ==\n",
);
const TIME: u64 = 1_679_315_147;

fn seed() -> Vec<u8> {
    (0..SEED.len()).step_by(2).map(|at| u8::from_str_radix(&SEED[at..at + 2], 16).unwrap()).collect()
}

/// A public key as C2SP writes it, whatever stands in it.
fn key_text(name: &str, kind: u8, key: &[u8]) -> String {
    let mut bytes = vec![kind];
    bytes.extend(key);
    let mut named = format!("{name}\n").into_bytes();
    named.extend(&bytes);
    format!("{name}+{}+{}", hex(&sha256(&named)[..4]), BASE64_STANDARD.encode(bytes))
}

#[test]
fn keys_of_logs_and_witnesses_have_the_numbers_that_c2sp_gives_them() {
    // The key of Go's checksum database, and that of a witness of transparency.dev.
    for (text, kind) in [
        ("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", SignatureKind::Note),
        (
            "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
            SignatureKind::Cosignature,
        ),
    ] {
        let key = VerifierKey::parse(text).unwrap();
        assert_eq!((key.kind(), key.to_string().as_str()), (kind, text));
        assert_eq!(key.name(), text.split('+').next().unwrap());
        assert_eq!(hex(&key.id()), text.split('+').nth(1).unwrap());
    }
    // 0x01 and 0x04; other kinds are not ours, and a key has 32 bytes.
    assert_eq!(VerifierKey::parse(&key_text("a", 1, &[7; 32])).unwrap().kind(), SignatureKind::Note);
    assert_eq!(VerifierKey::parse(&key_text("a", 4, &[7; 32])).unwrap().kind(), SignatureKind::Cosignature);
    for kind in [0, 2, 3, 5, 6, 255] {
        assert_eq!(VerifierKey::parse(&key_text("a", kind, &[7; 32])), Err(NoteError::Key), "{kind}");
    }
    for length in [0, 31, 33] {
        assert_eq!(VerifierKey::parse(&key_text("a", 1, &vec![7; length])), Err(NoteError::Key), "{length}");
    }
}

#[test]
fn signatures_are_those_that_another_implementation_makes() {
    for ((name, key, line), kind) in [(LOG, SignatureKind::Note), (WITNESS, SignatureKind::Cosignature)] {
        let signer = Signer::new(name, kind, &seed()).unwrap();
        assert_eq!(signer.public().to_string(), key);
        assert_eq!(signer.sign(CHECKPOINT, TIME), line);
        let note = format!("{CHECKPOINT}\n{line}");
        assert!(Note::parse(&note).unwrap().is_signed_by(&VerifierKey::parse(key).unwrap()));
        let other = note.replace("20852163", "20852164");
        assert!(!Note::parse(&other).unwrap().is_signed_by(signer.public()));
    }
    // The time of a cosignature is signed with it.
    let key = VerifierKey::parse(WITNESS.1).unwrap();
    let line = WITNESS.2.trim_end().rsplit(' ').next().unwrap();
    let mut bytes = BASE64_STANDARD.decode(line).unwrap();
    assert_eq!(bytes[4..12], TIME.to_be_bytes());
    bytes[11] ^= 1;
    let note = format!("{CHECKPOINT}\n\u{2014} {} {}\n", WITNESS.0, BASE64_STANDARD.encode(bytes));
    assert!(!Note::parse(&note).unwrap().is_signed_by(&key));
}

#[test]
fn names_have_no_white_space_no_plus_and_nothing_invisible() {
    let wrong = [
        "",
        " ",
        "a b",
        " a",
        "a ",
        "a\tb",
        "a\nb",
        "a\u{a0}b",
        "a\u{2003}b",
        "a\u{3000}b",
        "a+b",
        "+",
        "a\u{0}b",
        "a\u{7f}b",
        "a\u{9f}b",
        "\u{1b}",
    ];
    for name in wrong {
        for kind in [SignatureKind::Note, SignatureKind::Cosignature] {
            assert_eq!(Signer::new(name, kind, &[1; 32]).err(), Some(NoteError::Key), "{name:?}");
        }
        assert_eq!(VerifierKey::parse(&key_text(name, 1, &[7; 32])), Err(NoteError::Key), "{name:?}");
        let note = format!("text\n\n\u{2014} {name} AAAAAAA=\n");
        assert_eq!(Note::parse(&note).err(), Some(NoteError::Malformed), "{name:?}");
    }
    for name in ["a", "example.com/log", "ü/\u{1f512}", "\u{2014}", "a-b_c:d/e=f"] {
        let signer = Signer::new(name, SignatureKind::Note, &[1; 32]).unwrap();
        assert_eq!(VerifierKey::parse(&signer.public().to_string()).as_ref(), Ok(signer.public()));
        assert!(Note::parse(&format!("text\n\n{}", signer.sign("text\n", 0))).unwrap().is_signed_by(signer.public()));
    }
    assert_eq!(Signer::new("a", SignatureKind::Note, &[1; 31]).err(), Some(NoteError::Key));
}

#[test]
fn a_key_is_written_with_its_own_hash() {
    for wrong in
        ["", "a", "a+b", "a+00000000+", "a+00000000+!", "a+f8fa5254+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"]
    {
        assert_eq!(VerifierKey::parse(wrong), Err(NoteError::Key), "{wrong}");
    }
    let capital = LOG.1.replace("f8fa5254", "F8FA5254");
    assert_eq!(VerifierKey::parse(&capital), Err(NoteError::Key));
}

#[test]
fn a_private_key_shows_nothing_but_its_public_half() {
    let signer = Signer::new("a", SignatureKind::Note, &seed()).unwrap();
    assert_eq!(format!("{signer:?}"), format!("Signer({})", signer.public()));
    assert_eq!(format!("{signer:#?}"), format!("Signer({})", signer.public()));
}

#[test]
fn a_note_has_one_spelling() {
    let good = format!("{CHECKPOINT}\n{}{}", LOG.2, WITNESS.2);
    let note = Note::parse(&good).unwrap();
    assert_eq!((note.text, note.count()), (CHECKPOINT, 2));
    assert_eq!(note.signatures, format!("{}{}", LOG.2, WITNESS.2));
    for wrong in [
        // Without its last line break, with another kind of them, with something that is not seen.
        good.trim_end_matches('\n').to_owned(),
        good.replace('\n', "\r\n"),
        good.replacen("sofa", "so\u{0}fa", 1),
        good.replacen("sofa", "so\u{7f}fa", 1),
        good.replacen("sofa", "so\u{85}fa", 1),
        format!("{good}\u{1}\n"),
        // Without signatures, without the empty line before them, with one behind them.
        CHECKPOINT.to_owned(),
        format!("{CHECKPOINT}\n"),
        format!("{CHECKPOINT}{}", LOG.2),
        format!("{good}\n"),
        // With a line that is no signature.
        format!("{CHECKPOINT}\nnothing\n"),
        format!("{good}nothing\n"),
        good.replace('\u{2014}', "-"),
        good.replace("\u{2014} ", "\u{2014}"),
        format!("{CHECKPOINT}\n\u{2014} a\n"),
        format!("{CHECKPOINT}\n\u{2014} a !\n"),
        format!("{CHECKPOINT}\n\u{2014} a  AAAAAAA=\n"),
        // With the id of a key and nothing behind it, or not even that.
        format!("{CHECKPOINT}\n\u{2014} a AAAAAA==\n"),
        format!("{CHECKPOINT}\n\u{2014} a AAAA\n"),
        String::new(),
        "\n".to_owned(),
        "\n\n".to_owned(),
    ] {
        assert_eq!(Note::parse(&wrong).err(), Some(NoteError::Malformed), "{wrong:?}");
    }
    // A byte behind the id is a signature, though nobody's.
    assert_eq!(Note::parse(&format!("{CHECKPOINT}\n\u{2014} a AAAAAAA=\n")).unwrap().count(), 1);
}

#[test]
fn a_key_signs_once() {
    let key = VerifierKey::parse(LOG.1).unwrap();
    let twice = format!("{CHECKPOINT}\n{}{}", LOG.2, LOG.2);
    assert!(!Note::parse(&twice).unwrap().is_signed_by(&key));
    // Under another name, or with the id of another key, it is none of its signatures.
    let renamed = LOG.2.replace(LOG.0, "example.com/another");
    assert!(!Note::parse(&format!("{CHECKPOINT}\n{renamed}")).unwrap().is_signed_by(&key));
    let mut bytes = BASE64_STANDARD.decode(LOG.2.trim_end().rsplit(' ').next().unwrap()).unwrap();
    bytes[..4].fill(0);
    let other = format!("\u{2014} {} {}\n", LOG.0, BASE64_STANDARD.encode(bytes));
    assert!(!Note::parse(&format!("{CHECKPOINT}\n{other}")).unwrap().is_signed_by(&key));
    // Beside those of others it counts.
    assert!(Note::parse(&format!("{CHECKPOINT}\n{renamed}{other}{}", LOG.2)).unwrap().is_signed_by(&key));
}

#[test]
fn a_checkpoint_has_three_lines_and_its_number_one_spelling() {
    let checkpoint = Checkpoint::parse(CHECKPOINT).unwrap();
    assert_eq!((checkpoint.origin.as_str(), checkpoint.size), (LOG.0, 20_852_163));
    assert_eq!(checkpoint.text(), CHECKPOINT);
    let root = CHECKPOINT.lines().nth(2).unwrap();
    for number in ["", "-1", "+1", "01", "1 ", " 1", "1.0", "0x1", "18446744073709551616"] {
        assert_eq!(Checkpoint::parse(&format!("a\n{number}\n{root}\n")), Err(NoteError::Checkpoint), "{number}");
    }
    for wrong in [
        String::new(),
        format!("\n1\n{root}\n"),
        format!("a\n1\n{root}"),
        format!("a\n1\n{root}\nmore\n"),
        format!("a\n1\n{}\n", root.trim_end_matches('=')),
        format!("a\n1\n{}\n", BASE64_STANDARD.encode([0; 31])),
        format!("a\n1\n{}\n", BASE64_STANDARD.encode([0; 33])),
        "a\n1\n".to_owned(),
    ] {
        assert_eq!(Checkpoint::parse(&wrong), Err(NoteError::Checkpoint), "{wrong:?}");
    }
    assert_eq!(Checkpoint::parse(&format!("a\n0\n{root}\n")).unwrap().size, 0);
    assert_eq!(Checkpoint::parse(&format!("a\n18446744073709551615\n{root}\n")).unwrap().size, u64::MAX);
}

#[test]
fn a_proof_is_read_as_it_is_written() {
    let checkpoint = format!("{CHECKPOINT}\n{}", LOG.2);
    for (index, path) in [(0, vec![]), (7, vec![[1; 32]]), (20_852_162, vec![[2; 32], [3; 32]])] {
        let proof = LogProof { index, path, checkpoint: checkpoint.clone() };
        let text = proof.to_string();
        assert!(text.starts_with(&format!("c2sp.org/tlog-proof@v1\nindex {index}\n")));
        assert_eq!(LogProof::parse(&text), Ok(proof));
        for wrong in [
            text.replacen("@v1", "@v2", 1),
            text.replacen("index ", "index  ", 1),
            text.replacen("index ", "index 0", 1),
            text.replacen("index ", "extra AA==\nindex ", 1),
            text.replacen("\n\n", "\nAA==\n\n", 1),
            text.replacen("\n\n", "\n \n", 1).replacen("\n\n", "\n", 1),
        ] {
            assert_eq!(LogProof::parse(&wrong), Err(NoteError::Malformed), "{wrong}");
        }
    }
}
