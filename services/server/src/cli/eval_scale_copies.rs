//! The documents of `osler eval scale`: real ones, and copies that are like them.

use std::collections::HashMap;
use std::sync::mpsc::SyncSender;

use anyhow::{Context, Result, bail};
use knowledge::{
    Block, BlockKind, CanonicalText, Cell, DocumentId, Identifiers, Metadata, Passage, PassageId, Quality, Seq, Sketch,
    Span, normalise, sha256_hex,
};
use ledger::{Ledger, NewVersion, Reach, Staging};

/// Documents that are staged in one go: some eight thousand passages.
const BATCH: usize = 200;

/// Words kept to draw from.
const WORDS: usize = 200_000;

/// The share of words that a copy has others for.
const REPLACED: f64 = 0.2;

/// The cosine of a copy's vector with the real one, on average.
const COSINE: f64 = 0.85;

/// Before anything expires.
const DAY: &str = "1970-01-01";

/// Entries that are read in one go.
const STEP: usize = 1_000;

/// Real documents in the order of their ids, then their copies, round by round.
pub(super) fn hand_out(source: &Ledger, wanted: usize, hand: &SyncSender<Vec<Staging>>) -> Result<()> {
    let versions = source.versions_in(source.snapshots()?.published)?;
    let (mut batch, mut words, mut made) = (Vec::new(), Vec::new(), 0);
    for copy in 1.. {
        let before = made;
        if copy == 2 {
            words = words_of(source)?;
        }
        for (document, number, _) in &versions {
            let Some(real) = real(source, *document, *number)? else { continue };
            let staging = if copy == 1 { real } else { copied(real, copy, &words)? };
            made += staging.passages.len();
            batch.push(staging);
            if batch.len() == BATCH || made >= wanted {
                // Whoever stages has failed, and says so itself.
                let is_over = hand.send(std::mem::take(&mut batch)).is_err();
                if is_over || made >= wanted {
                    return Ok(());
                }
            }
        }
        if made == before {
            bail!("nothing is in force in the library: take documents in first");
        }
    }
    Ok(())
}

/// A version as it was taken in, if it may be evidence.
fn real(source: &Ledger, document: DocumentId, number: u32) -> Result<Option<Staging>> {
    let view = source.document(document, Some(number), DAY, Reach::Staged)?;
    if !view.document.status.may_be_evidence() {
        return Ok(None);
    }
    let (corpus, name) = source.held_as(document)?;
    let record = source.versions_of(document)?.into_iter().find(|version| version.number == number);
    let record = record.with_context(|| format!("document {document} has no version {number}"))?;
    let places = source.passages_of(document, number)?;
    let ids: Vec<PassageId> = places.iter().map(|place| place.id).collect();
    let mut vectors = source.vectors_of(&ids)?;
    let vectors = ids.iter().map(|id| vectors.remove(id).with_context(|| format!("passage {id} has no vector")));
    let vectors = vectors.collect::<Result<_>>()?;
    let bytes = byte_places(&view.text);
    let passages = places.into_iter().map(|place| {
        let text = slice(&view.text, &bytes, place.span).to_owned();
        Passage { id: place.id, span: place.span, section: place.section, page: place.page, text }
    });
    let passages = passages.collect();
    let text = CanonicalText::from_parts(view.text, view.blocks).context("the blocks of a document do not fit it")?;
    let version = NewVersion {
        corpus,
        name,
        source_name: record.source_name,
        source_sha256: record.source_sha256,
        parser: record.parser,
        metadata: Metadata { status: view.document.status, ..view.metadata },
        quality: view.quality.unwrap_or_else(|| Quality::of([])),
        sketch: Sketch::of(text.as_str()),
        text,
    };
    Ok(Some(Staging { version, number, passages, vectors }))
}

/// Another document that is like a real one: it has the same structure, a name of its own and no name in the world.
fn copied(real: Staging, copy: u32, words: &[String]) -> Result<Staging> {
    let NewVersion { corpus, name, source_name, parser, metadata, text, quality, .. } = real.version;
    let name = format!("{name}~{copy}");
    let document = DocumentId::of(&corpus, &name);
    let mut random = Random::of(document);
    let old = text.as_str();
    let old_bytes = byte_places(old);
    let cuts = cuts(&text, &real.passages, old_bytes.len());
    let (new, places) = perturbed(old, &cuts, words, &mut random);
    let new_bytes = byte_places(&new);
    let moved = |span: Span| Span { start: places[span.start], end: places[span.end] };

    // Headings are the names of sections too.
    let mut renamed: HashMap<&str, &str> = HashMap::new();
    let mut blocks: Vec<Block> = Vec::with_capacity(text.blocks().len());
    for block in text.blocks() {
        let span = moved(block.span);
        if block.kind == BlockKind::Heading {
            renamed.insert(slice(old, &old_bytes, block.span), slice(&new, &new_bytes, span));
        }
        let section = block.section.iter();
        let section = section.map(|name| (*renamed.get(name.as_str()).unwrap_or(&name.as_str())).to_owned());
        let cells = block.cells.iter().map(|cell| Cell {
            column: cell.column,
            header: cell.header.map(moved),
            span: moved(cell.span),
        });
        let (section, cells) = (section.collect(), cells.collect());
        blocks.push(Block { kind: block.kind, span, section, page: block.page, cells });
    }
    let title = match renamed.get(normalise(&metadata.title).as_str()) {
        Some(title) => (*title).to_owned(),
        None => perturbed(&metadata.title, &[], words, &mut random).0,
    };
    let sha256 = sha256_hex(new.as_bytes());
    let passages = real.passages.into_iter().map(|passage| {
        let span = moved(passage.span);
        // A passage is of the section in which it ends.
        let at = text.blocks().partition_point(|block| block.span.start < passage.span.end);
        let section = blocks.get(at.saturating_sub(1)).map_or(passage.section, |block| block.section.clone());
        let own = slice(&new, &new_bytes, span).to_owned();
        Passage { id: PassageId::of(document, 1, &sha256, span), span, section, page: passage.page, text: own }
    });
    let passages = passages.collect();
    let vectors = real.vectors.iter().map(|vector| around(vector, &mut random)).collect();
    let sketch = Sketch::of(&new);
    let text = CanonicalText::from_parts(new, blocks).context("the blocks of a copy do not fit it")?;
    let version = NewVersion {
        corpus,
        source_name: format!("{source_name}~{copy}"),
        source_sha256: sha256_hex(name.as_bytes()),
        name,
        parser,
        metadata: Metadata { title, identifiers: Identifiers::default(), related: Vec::new(), ..metadata },
        text,
        quality,
        sketch,
    };
    Ok(Staging { version, number: 1, passages, vectors })
}

/// Where something begins or ends, by code point: no word that is replaced may reach across.
fn cuts(text: &CanonicalText, passages: &[Passage], places: usize) -> Vec<bool> {
    let cells = text.blocks().iter().flat_map(|block| &block.cells);
    let cells = cells.flat_map(|cell| [Some(cell.span), cell.header]).flatten();
    let spans = text.blocks().iter().map(|block| block.span).chain(passages.iter().map(|passage| passage.span));
    let mut cuts = vec![false; places];
    for span in spans.chain(cells) {
        cuts[span.start] = true;
        cuts[span.end] = true;
    }
    cuts
}

/// A text with other words in the place of some, and for each code point of the old text where it went. Only what stands at the
/// begin of a word or outside of words is told exactly.
fn perturbed(text: &str, cuts: &[bool], words: &[String], random: &mut Random) -> (String, Vec<usize>) {
    let old: Vec<char> = text.chars().collect();
    let (mut new, mut length, mut at) = (String::with_capacity(text.len() * 9 / 8), 0, 0);
    let mut places = Vec::with_capacity(old.len() + 1);
    while at < old.len() {
        let is_end = |next: &usize| !old[*next].is_alphanumeric() || cuts.get(*next).is_some_and(|is_cut| *is_cut);
        let is_word = old[at].is_alphanumeric();
        let end = if is_word { (at + 1..old.len()).find(is_end).unwrap_or(old.len()) } else { at + 1 };
        places.resize(end, length);
        let is_replaced = is_word && random.share() < REPLACED;
        match is_replaced.then(|| words.get(random.below(words.len()))).flatten() {
            Some(word) => {
                new.push_str(word);
                length += word.chars().count();
            }
            None => {
                new.extend(&old[at..end]);
                length += end - at;
            }
        }
        at = end;
    }
    places.push(length);
    (new, places)
}

/// A vector that lies around another.
fn around(vector: &[f32], random: &mut Random) -> Vec<f32> {
    // Noise stands upright on the vector, nearly, and its length is as good as certain where there are many numbers.
    let spread = ((1.0 / (COSINE * COSINE) - 1.0) / vector.len() as f64).sqrt();
    let mut other: Vec<f32> = vector.iter().map(|x| (f64::from(*x) + spread * random.normal()) as f32).collect();
    let length = other.iter().map(|x| x * x).sum::<f32>().sqrt();
    for x in &mut other {
        *x /= length;
    }
    other
}

/// Words of the library as often as they stand there: Algorithm R (Vitter 1985).
fn words_of(source: &Ledger) -> Result<Vec<String>> {
    let (mut random, mut reached, mut seen) = (Random(0), Seq(0), 0);
    let mut words: Vec<String> = Vec::with_capacity(WORDS);
    loop {
        let rows = source.entries_after(reached, STEP)?;
        let Some(last) = rows.last() else { return Ok(words) };
        reached = last.seq;
        let texts = rows.iter().flat_map(|row| row.text.split(|c: char| !c.is_alphanumeric()));
        for word in texts.filter(|word| !word.is_empty()) {
            seen += 1;
            if words.len() < WORDS {
                words.push(word.to_owned());
            } else if let Some(place) = words.get_mut(random.below(seen)) {
                *place = word.to_owned();
            }
        }
    }
}

/// Where each code point begins, and where the last one ends.
fn byte_places(text: &str) -> Vec<usize> {
    text.char_indices().map(|(at, _)| at).chain([text.len()]).collect()
}

fn slice<'t>(text: &'t str, bytes: &[usize], span: Span) -> &'t str {
    &text[bytes[span.start]..bytes[span.end]]
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers for the same document, whatever was made before it.
struct Random(u64);

impl Random {
    fn of(document: DocumentId) -> Self {
        Self(u128::from_be_bytes(document.to_bytes()) as u64)
    }

    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to 1.
    fn share(&mut self) -> f64 {
        (self.draw() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, count: usize) -> usize {
        (self.draw() % count.max(1) as u64) as usize
    }

    /// Of the standard normal distribution (Box and Muller 1958).
    fn normal(&mut self) -> f64 {
        let (distance, turn) = (1.0 - self.share(), self.share());
        (-2.0 * distance.ln()).sqrt() * (std::f64::consts::TAU * turn).cos()
    }
}

#[cfg(test)]
mod tests {
    use knowledge::{Access, Kind, PASSAGE_WORDS, Status, TextBuilder, char_slice, split};

    use super::*;

    fn real() -> Staging {
        let title = "Gout in adults with failing kidneys";
        let mut builder = TextBuilder::new();
        builder.heading(1, title);
        for section in ["Treatment", "Prevention", "What to avoid and why"] {
            builder.heading(2, section);
            builder.block(BlockKind::Paragraph, &"Colchicine 0.5 mg, twice daily (µg are too few). ".repeat(40));
            builder.row(&[(Some("Drug"), "Allopurinol"), (None, "100 mg")], None);
        }
        let text = builder.finish();
        let corpus: knowledge::CorpusId = "made".parse().unwrap();
        let document = DocumentId::of(&corpus, "gout");
        let passage = |(span, section, page)| {
            let text_of = char_slice(text.as_str(), span).unwrap().to_owned();
            Passage { id: PassageId::of(document, 1, &text.sha256(), span), span, section, page, text: text_of }
        };
        let passages: Vec<Passage> = split(&text, PASSAGE_WORDS).into_iter().map(passage).collect();
        let vectors = passages.iter().map(|_| vec![(1.0_f32 / 384.0).sqrt(); 384]).collect();
        let metadata = Metadata {
            title: title.to_owned(),
            issuer: "Nobody".to_owned(),
            kind: Kind::Guideline,
            published: None,
            status: Status::Current,
            access: Access::FullText,
            jurisdiction: "international".to_owned(),
            language: "en".to_owned(),
            grade: None,
            identifiers: Identifiers { pmid: Some("1".to_owned()), ..Identifiers::default() },
            authors: Vec::new(),
            licence: None,
            sources: Vec::new(),
            notice: None,
            effective: None,
            review_by: None,
            expires: None,
            related: Vec::new(),
        };
        let version = NewVersion {
            corpus,
            name: "gout".to_owned(),
            source_name: "gout.md".to_owned(),
            source_sha256: String::new(),
            parser: "made 1".to_owned(),
            metadata,
            text,
            quality: Quality::of([]),
            sketch: None,
        };
        Staging { version, number: 1, passages, vectors }
    }

    #[test]
    fn a_copy_has_the_structure_of_the_real_one_and_other_words() {
        let words = ["é", "electroencephalography", "7"].map(str::to_owned);
        let (real_one, copy) = (real(), copied(real(), 2, &words).unwrap());
        assert_eq!(copy.version.name, "gout~2");
        assert_eq!(copy.version.metadata.identifiers, Identifiers::default());
        let text = copy.version.text.as_str();
        assert!(text.starts_with(&format!("{}\n", copy.version.metadata.title)), "{text}");
        assert_eq!(copy.passages.len(), real_one.passages.len());
        let document = DocumentId::of(&copy.version.corpus, "gout~2");
        for passage in &copy.passages {
            assert_eq!(char_slice(text, passage.span), Some(passage.text.as_str()));
            assert_eq!(passage.id, PassageId::of(document, 1, &copy.version.text.sha256(), passage.span));
            let within = |block: &&Block| block.span.start < passage.span.end && passage.span.end <= block.span.end;
            let block = copy.version.text.blocks().iter().find(within).unwrap();
            assert_eq!(passage.section, block.section);
        }
        for block in copy.version.text.blocks() {
            assert!(!char_slice(text, block.span).unwrap().contains('\n'));
        }
        let total = |text: &str| text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).count();
        let other = words.iter().map(|word| text.matches(word.as_str()).count()).sum::<usize>();
        let share = other as f64 / total(text) as f64;
        assert!((share - REPLACED).abs() < 0.06, "{share}");
        let again = copied(real(), 2, &words).unwrap();
        assert_eq!(again.version.text, copy.version.text, "made again, it is the same");
        assert_eq!(again.vectors, copy.vectors);
    }

    #[test]
    fn vectors_lie_around_the_real_one() {
        let (vector, mut random) = (vec![(1.0_f32 / 384.0).sqrt(); 384], Random(7));
        for _ in 0..100 {
            let other = around(&vector, &mut random);
            let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
            assert!((dot(&other, &other) - 1.0).abs() < 1e-4);
            assert!((f64::from(dot(&vector, &other)) - COSINE).abs() < 0.06, "{}", dot(&vector, &other));
        }
    }
}
