//! Logs made at random from a seed: documents in many scripts, what is done with them, and everything that comes of questions.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use audit::{
    Actor, Decided, DocumentText, Draft, LedgerList, Outcome, Part, Published, ReceiptSource, hex, sha256,
    snapshot_line, snapshot_root,
};
use serde_json::{Map, Value, json};

use crate::bundle::Files;
use crate::changes::Dice;
use crate::held::{BEGAN, Held, ada, begin_with};

/// Their bytes, code points and code units are all of different numbers.
const SENTENCES: [&str; 11] = [
    "Give metformin 500 mg twice daily to adults.",
    "Über 65 Jahre höchstens 10 mg täglich; äußerste Vorsicht bei Nierenschwäche.",
    "Χορηγήστε μετφορμίνη 500 mg δύο φορές την ημέρα.",
    "Не начинайте метформин при рСКФ ниже 30 мл/мин.",
    "لا تبدأ الميتفورمين إذا كان معدل الترشيح أقل من 30.",
    "אין להתחיל מטפורמין מתחת ל-30 מ״ל לדקה.",
    "ईजीएफआर 30 से कम हो तो मेटफॉर्मिन शुरू न करें।",
    "eGFRが30未満ならメトホルミンを開始しない。",
    "二甲双胍每日两次，每次500毫克。",
    "메트포르민은 하루 두 번 500 mg을 투여한다.",
    "\u{1f48a}\u{1f48a} 2 × 500 mg, \u{1d6fc}-blockers: “no”, e\u{301}\u{2028}\u{200d}.",
];

const QUESTIONS: [&str; 5] =
    ["How much metformin?", "Wie viel für \u{1f475}?\n", "\"Gout\"\\\u{0}\u{202e}?", "二甲双胍？", " "];

const VERDICTS: [&str; 5] = ["supported", "partial", "unverifiable", "unsupported", "contradicted"];

/// A version of a document.
type Version = (String, u32);

/// What is known, and by what right.
#[derive(Clone)]
struct World {
    texts: BTreeMap<Version, String>,
    /// What was in force, by the number of the snapshot.
    snapshots: BTreeMap<u64, Vec<Version>>,
    /// Documents whose texts stay in the house.
    withheld: BTreeSet<String>,
}

impl World {
    fn new(dice: &mut Dice) -> Self {
        let mut texts = BTreeMap::new();
        for at in 0..3 + dice.below(5) {
            for version in 1..=1 + dice.below(2) as u32 {
                let mut text = format!("d{at}, {version}:");
                for _ in 0..2 + dice.below(4) {
                    text.push(*dice.one_of(&[' ', '\n']));
                    let sentence: &&str = dice.one_of(&SENTENCES);
                    text.push_str(sentence);
                }
                texts.insert((format!("d{at}"), version), text);
            }
        }
        Self { texts, snapshots: BTreeMap::new(), withheld: BTreeSet::new() }
    }

    /// The same where some texts stay in the house.
    fn withholding(&self, dice: &mut Dice) -> Self {
        let documents: BTreeSet<&String> = self.texts.keys().map(|(document, _)| document).collect();
        let withheld = documents.into_iter().filter(|_| dice.once_in(4)).cloned().collect();
        Self { withheld, ..self.clone() }
    }

    /// A stretch of a text: its place, and its words.
    fn stretch(&self, dice: &mut Dice, version: &Version) -> (usize, usize, String) {
        let text: Vec<char> = self.texts[version].chars().collect();
        let start = dice.below(text.len());
        let end = start + 1 + dice.below(text.len() - start);
        (start, end, text[start..end].iter().collect())
    }

    /// A passage, as evidence or as what came nearest.
    fn source(&self, dice: &mut Dice, id: &str, of: &Version) -> Value {
        let (start, end, text) = self.stretch(dice, of);
        let (document, version) = of;
        let rank = |dice: &mut Dice| match dice.below(3) {
            0 => Value::Null,
            rank => json!({ "rank": rank, "score": 0.5 }),
        };
        // Halves of a millionth go away from zero.
        let fused =
            [json!(0.512_345_6), json!(0.123_456_5), json!(5e-7), json!(-0.25), json!(0.0), json!(1), json!(1e-9)];
        json!({
            "id": id, "passage": format!("p-{document}-{start}"), "text": text, "start": start, "end": end,
            "document": {
                "id": document, "version": version, "corpus": "test", "title": dice.one_of(&SENTENCES),
                "status": dice.one_of(&["current", "superseded", "corrected", "expression_of_concern"]),
                "sha256": hex(&sha256(self.texts[of].as_bytes())),
            },
            "scores": { "lexical": rank(dice), "dense": rank(dice), "fused": dice.one_of(&fused) },
        })
    }

    /// An answer from some of these versions; from none, that there is no evidence.
    fn answer(&self, dice: &mut Dice, id: &str, question: &str, snapshot: u64, from: &[Version]) -> Value {
        let mut sources: Vec<(String, Version)> = Vec::new();
        let count = if from.is_empty() { 0 } else { 1 + dice.below(3) };
        for at in 0..count {
            // Where ids repeat, the first counts.
            let id = if dice.once_in(8) { "E0".to_owned() } else { format!("E{at}") };
            sources.push((id, dice.one_of(from).clone()));
        }
        let evidence: Vec<Value> = sources.iter().map(|(id, of)| self.source(dice, id, of)).collect();
        let quote = |dice: &mut Dice| {
            let (id, _) = dice.one_of(&sources);
            let of = sources.iter().find(|(other, _)| other == id).map(|(_, of)| of).unwrap();
            let (start, end, quote) = self.stretch(dice, of);
            json!({ "n": 1, "evidence": id, "quote": quote, "start": start, "end": end, "verdict": dice.one_of(&VERDICTS) })
        };
        let quotes = |dice: &mut Dice| -> Vec<Value> { (0..dice.below(4)).map(|_| quote(dice)).collect() };
        let (mut statements, mut conflicts, mut closest) = (Vec::new(), Vec::new(), Vec::new());
        // As many statements as passages, none without any.
        for _ in 0..count {
            let text = *dice.one_of(&SENTENCES);
            statements.push(json!({ "text": text, "verdict": dice.one_of(&VERDICTS), "citations": quotes(dice) }));
            if dice.once_in(4) {
                conflicts.push(json!({ "about": text, "positions": quotes(dice) }));
            }
            if dice.once_in(3) {
                let of = dice.one_of(from);
                closest.push(self.source(dice, "C0", of));
            }
        }
        json!({
            "id": id, "status": if count == 0 { "no_evidence" } else { "answered" }, "mode": "extractive", "question": question,
            "snapshot": snapshot, "model": dice.one_of(&[Value::Null, json!({ "id": "Modell ü" })]),
            "prompt_sha256": dice.one_of(&[None, Some(hex(&sha256(b"prompt")))]), "evidence": evidence, "closest": closest,
            "statements": statements, "conflicts": conflicts, "timings_ms": { "total": dice.below(5_000) },
        })
    }
}

impl ReceiptSource for World {
    fn snapshot_lines(&self, number: u64) -> Result<Vec<String>, String> {
        let versions = self.snapshots.get(&number).into_iter().flatten();
        let line = |of: &Version| snapshot_line(&of.0, of.1, &hex(&sha256(self.texts[of].as_bytes())));
        let mut lines: Vec<String> = versions.map(line).collect();
        lines.sort();
        Ok(lines)
    }

    fn text(&self, document: &str, version: u32, _: &str) -> Result<DocumentText, String> {
        let text = &self.texts[&(document.to_owned(), version)];
        let (sha256, is_withheld) = (hex(&sha256(text.as_bytes())), self.withheld.contains(document));
        let (text, withheld) =
            if is_withheld { (None, Some("licence".to_owned())) } else { (Some(text.clone()), None) };
        Ok(DocumentText { document: document.to_owned(), version, sha256, text, withheld })
    }
}

/// What a log is made with.
#[derive(Default)]
pub(crate) struct Plan {
    /// Answers whose receipts hold.
    pub(crate) answers: usize,
    /// Entries about something else.
    pub(crate) others: usize,
    /// Whether nothing is published.
    pub(crate) is_empty: bool,
    /// Whether there are answers as well that cite what they must not, and more of that kind.
    pub(crate) is_faulty: bool,
}

/// A log, and what is known of its answers.
pub(crate) struct Made {
    pub(crate) held: Held,
    world: World,
    /// The newest snapshot; 0 while nothing is published.
    snapshot: u64,
    /// What is taken out of all snapshots for now.
    out: BTreeSet<Version>,
    good: Vec<String>,
    faulty: Vec<String>,
    /// Questions that have no receipt: open, failed, erased.
    without: Vec<String>,
}

impl Made {
    pub(crate) fn new(dice: &mut Dice, plan: &Plan) -> Self {
        let (held, world) = (Held::new(), World::new(dice));
        let (good, faulty, without) = (Vec::new(), Vec::new(), Vec::new());
        let mut made = Self { held, world, snapshot: 0, out: BTreeSet::new(), good, faulty, without };
        made.do_other_things(plan.others);
        if !plan.is_empty && !dice.once_in(8) {
            made.decide(dice);
        }
        let mut to_erase = Vec::new();
        while made.good.len() < plan.answers {
            made.held.clock.store(BEGAN + dice.below(3_600) as i64, Ordering::Relaxed);
            match dice.below(20) {
                0 => made.do_other_things(1),
                1..=3 if !plan.is_empty => made.decide(dice),
                4 | 5 => made.leave(dice),
                6 | 7 => to_erase.push(made.give(dice)),
                8..=10 if plan.is_faulty => {
                    let id = made.give_wrongly(dice);
                    made.faulty.push(id);
                }
                _ => {
                    let id = made.give(dice);
                    made.good.push(id);
                }
            }
        }
        made.held.clock.store(BEGAN + 2_193 * 86_400, Ordering::Relaxed);
        for id in to_erase {
            made.held.log.erase(&id, ada()).unwrap();
            made.without.push(id);
        }
        made
    }

    fn do_other_things(&self, count: usize) {
        // Many at once wait for the disk together.
        std::thread::scope(|scope| {
            for worker in 0..count.min(8) {
                scope.spawn(move || {
                    for _ in (worker..count).step_by(8) {
                        self.held.log.append(Draft::new("test.done", ada())).unwrap();
                    }
                });
            }
        });
    }

    /// Publishes, takes a version out, or puts it back.
    fn decide(&mut self, dice: &mut Dice) {
        let (mut object, mut published) = (Map::new(), None);
        let versions: Vec<Version> = self.world.texts.keys().cloned().collect();
        if self.snapshot == 0 || dice.once_in(3) {
            // Numbers are never used again, and some are left out.
            self.snapshot += 1 + dice.below(2) as u64;
            let mut in_force: Vec<Version> = versions.iter().filter(|_| !dice.once_in(4)).cloned().collect();
            in_force.extend(versions.first().cloned());
            in_force.sort();
            in_force.dedup();
            self.world.snapshots.insert(self.snapshot, in_force);
            let lines = self.world.snapshot_lines(self.snapshot).unwrap();
            let (size, root) = (lines.len() as u64, snapshot_root(&lines));
            published = Some(Published { number: self.snapshot, size, root });
        } else {
            let of = dice.one_of(&versions).clone();
            let standing = *dice.one_of(&["retracted", "withdrawn", "current", "superseded"]);
            object.insert("document".to_owned(), json!(of.0));
            object.insert("version".to_owned(), json!(of.1));
            object.insert("standing".to_owned(), json!(standing));
            self.out.remove(&of);
            if matches!(standing, "retracted" | "withdrawn") {
                self.out.insert(of);
            }
        }
        let decided = Decided {
            list: LedgerList::Decisions,
            number: self.held.log.last_of(LedgerList::Decisions).unwrap() + 1,
            action: if published.is_some() { "corpus.published" } else { "corpus.standing" },
            actor: Actor::command_line(),
            at: "2026-11-22T09:00:00Z",
            object,
            reason: "Grund: \u{2603}",
        };
        self.held.log.decided(decided, published).unwrap();
    }

    fn begin(&self, dice: &mut Dice) -> (String, &'static str) {
        let id = format!("a{}", self.held.log.size());
        let question = *dice.one_of(&QUESTIONS);
        let seen = if dice.once_in(4) { BTreeMap::from([("phone", 1)]) } else { BTreeMap::new() };
        begin_with(&self.held.log, &id, question, seen);
        (id, question)
    }

    /// A question of which nothing comes, or nothing yet.
    fn leave(&mut self, dice: &mut Dice) {
        let (id, _) = self.begin(dice);
        if dice.once_in(2) {
            self.held.log.fail(&id, ada(), "internal").unwrap();
        }
        self.without.push(id);
    }

    /// The versions of the newest snapshot that are, or are not, taken out.
    fn in_force(&self, is_out: bool) -> Vec<Version> {
        let versions = self.world.snapshots.get(&self.snapshot).into_iter().flatten();
        versions.filter(|of| self.out.contains(*of) == is_out).cloned().collect()
    }

    /// An answer from what is in force.
    fn give(&self, dice: &mut Dice) -> String {
        let from = if dice.once_in(6) { Vec::new() } else { self.in_force(false) };
        self.give_from(dice, &from, ada(), |_| {})
    }

    fn give_wrongly(&self, dice: &mut Dice) -> String {
        let (right, out) = (self.in_force(false), self.in_force(true));
        let known = self.world.texts.keys();
        let strays: Vec<Version> = known.filter(|of| !right.contains(*of) && !out.contains(*of)).cloned().collect();
        match dice.below(5) {
            0 if !out.is_empty() => self.give_from(dice, &out, ada(), |_| {}),
            1 if !strays.is_empty() => self.give_from(dice, &strays, ada(), |_| {}),
            2 if !right.is_empty() => {
                let standing = *dice.one_of(&["retracted", "withdrawn", "expired"]);
                let change = |answer: &mut Value| answer["evidence"][0]["document"]["status"] = json!(standing);
                self.give_from(dice, &right, ada(), change)
            }
            3 => self.give_from(dice, &right, ada(), |answer| answer["question"] = json!("Another?")),
            _ => self.give_from(dice, &right, Actor { id: "bob".to_owned(), role: "clinician".to_owned() }, |_| {}),
        }
    }

    fn give_from(&self, dice: &mut Dice, from: &[Version], by: Actor, change: impl FnOnce(&mut Value)) -> String {
        let (id, question) = self.begin(dice);
        if dice.once_in(3) {
            self.held.log.part(&Part { id: &id, actor: ada(), kind: "statement", words: "{\"text\":\"☃\"}" }).unwrap();
        }
        let mut answer = self.world.answer(dice, &id, question, self.snapshot, from);
        change(&mut answer);
        let model = answer["model"]["id"].as_str();
        self.held.log.complete(&id, &Outcome { actor: by, model, answer: &answer.to_string() }).unwrap();
        id
    }

    /// A bundle of all answers that are as they must be.
    pub(crate) fn whole(&self) -> Files {
        let mut dice = Dice::new(0, self.good.len() as u8);
        self.export(&self.world.withholding(&mut dice), &self.good)
    }

    /// A bundle of some of its answers, and whether it holds.
    pub(crate) fn some(&self, dice: &mut Dice) -> (Files, bool) {
        let all = [&self.good, &self.faulty, &self.without].into_iter().flatten();
        let answers: Vec<String> = all.filter(|_| !dice.once_in(3)).cloned().collect();
        let holds = !answers.iter().any(|id| self.faulty.contains(id));
        (self.export(&self.world.withholding(dice), &answers), holds)
    }

    fn export(&self, world: &World, answers: &[String]) -> Files {
        let mut files = Files::new();
        let mut put = |path: &str, bytes: &[u8]| {
            files.insert(path.to_owned(), bytes.to_vec());
            Ok(())
        };
        let left_out = self.held.log.export(answers, world, &mut put).unwrap().left_out;
        let without: Vec<&String> = answers.iter().filter(|id| self.without.contains(id)).collect();
        assert_eq!(left_out.iter().map(|(id, _)| id).collect::<Vec<_>>(), without);
        files
    }
}
