//! PDF and Word files, as hospitals and publishers send them: what is read, what is left out, and what is refused.

use ingest::{Parsed, Rejection, parse};
use knowledge::{BlockKind, DefectKind};
use support::{TinyPdf, docx, docx_of};

fn pdf(file: &TinyPdf) -> Parsed {
    parse("x.pdf", &file.bytes()).unwrap()
}

fn times(parsed: &Parsed, kind: DefectKind) -> u32 {
    parsed.defects.iter().filter(|defect| defect.kind == kind).map(|defect| defect.times).sum()
}

/// What each block is, with its page.
fn kinds(parsed: &Parsed) -> Vec<(BlockKind, Option<u32>)> {
    parsed.text.blocks().iter().map(|block| (block.kind, block.page)).collect()
}

#[test]
fn an_article_in_two_columns_is_read_as_a_reader_reads_it() {
    let parsed = pdf(&TinyPdf::article());
    assert_eq!(
        parsed.text.as_str(),
        "Examplin in adults: a trial\n\
         This abstract runs over the whole width of the page, as abstracts do, and says what was done in this trial \
         and what came of it.\n\
         1 Methods\n\
         Examplin was given to forty adults for four weeks. The dose was 5 mg once daily. The treatment was stopped in \
         two of them because of a rash on both arms that was seen in the first week and went away without any other \
         treatment.\n\
         Forty more adults were given a beta-blocker at a low dose for the same four weeks. They were seen again after \
         another eight weeks by the same people, none of whom knew which of the two drugs had been given to whom.\n\
         Table 1. Doses and adults\n\
         Drug: Examplin; Dose: 5 mg; Adults: 40\n\
         Drug: Testolol; Dose: 10 mg; Adults: 38\n\
         Drug: Placebo; Dose: none; Adults: 41\n\
         2 Results\n\
         Fever was rare: 3 of 40 adults had it with examplin, and none of them was ill for long.\n\
         References\n\
         1. Doe J. A book about examplin. 2020."
    );
    let read: Vec<_> = kinds(&parsed).into_iter().filter(|(kind, _)| *kind != BlockKind::Heading).collect();
    assert_eq!(
        read,
        [
            (BlockKind::Paragraph, Some(1)),
            (BlockKind::Paragraph, Some(1)),
            (BlockKind::Paragraph, Some(1)),
            (BlockKind::Caption, Some(2)),
            (BlockKind::TableRow, Some(2)),
            (BlockKind::TableRow, Some(2)),
            (BlockKind::TableRow, Some(2)),
            (BlockKind::Paragraph, Some(2)),
            (BlockKind::Reference, Some(3)),
        ]
    );
    let blocks = parsed.text.blocks();
    assert!(blocks[1].section.is_empty(), "the abstract stands under the title");
    assert_eq!(
        (&blocks[3].section[..], &blocks[10].section[..]),
        (&["1 Methods".to_owned()][..], &["2 Results".to_owned()][..])
    );
    assert_eq!(blocks[6].cells.len(), 3);
    assert_eq!(parsed.fields.title.as_deref(), Some("Examplin in adults: a trial"), "not the name of a file");
    assert_eq!((times(&parsed, DefectKind::RunningLine), times(&parsed, DefectKind::EmptyPage)), (2, 1));
    assert_eq!(times(&parsed, DefectKind::ReadingOrder) + times(&parsed, DefectKind::BrokenTable), 0);
}

#[test]
fn items_letters_and_powers_of_a_pdf_are_kept() {
    let file = TinyPdf::new().title("Fever in adults (a leaflet)").page(|page| {
        page.text(60, 740, 10, "Give one of these to adults with a fever – “Café” – of 40 °C:");
        page.text(60, 720, 10, "•");
        page.lines(
            85,
            720,
            10,
            &["examplin 5 µg/kg (at most 400 µg) once daily in the", "evening with a glass of water", "testolol"],
        );
        page.text(60, 696, 10, "•");
        page.text(60, 660, 10, "Platelets of 12 x 10");
        page.text(145, 664, 6, "9");
        page.text(149, 660, 10, "/L are seen by the end.");
        page.text(251, 664, 6, "3");
        page.text(257, 660, 10, "They rise.");
    });
    let parsed = pdf(&file);
    assert_eq!(
        parsed.text.as_str(),
        "Give one of these to adults with a fever – “Café” – of 40 °C:\n\
         examplin 5 µg/kg (at most 400 µg) once daily in the evening with a glass of water\n\
         testolol\n\
         Platelets of 12 x 10⁹/L are seen by the end. They rise."
    );
    let kinds: Vec<BlockKind> = parsed.text.blocks().iter().map(|block| block.kind).collect();
    assert_eq!(kinds, [BlockKind::Paragraph, BlockKind::ListItem, BlockKind::ListItem, BlockKind::Paragraph]);
    assert_eq!(parsed.fields.title.as_deref(), Some("Fever in adults (a leaflet)"));
}

#[test]
fn a_doubtful_table_keeps_its_rows_apart() {
    let file = TinyPdf::new().page(|page| {
        let rows: [&[&str]; 4] = [
            &["Drug", "Dose", "Adults"],
            &["Examplin", "5 mg", "40"],
            &["Testolol", "10 mg", "38"],
            &["Placebo", "none of it at all, not ever, for anyone"],
        ];
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(cells) {
                page.text(60 + 130 * column, 680 - 14 * row, 10, cell);
            }
        }
    });
    let parsed = pdf(&file);
    assert_eq!(
        parsed.text.as_str(),
        "Drug Dose Adults\nExamplin 5 mg 40\nTestolol 10 mg 38\nPlacebo none of it at all, not ever, for anyone"
    );
    assert_eq!(times(&parsed, DefectKind::BrokenTable), 1);
}

#[test]
fn pages_without_text_are_counted_and_files_without_text_refused() {
    let page = |file: TinyPdf| file.page(|page| page.text(60, 700, 10, "Only this page has text."));
    let parsed = pdf(&page(TinyPdf::new().page(|_| {})).page(|_| {}));
    assert_eq!(kinds(&parsed), [(BlockKind::Paragraph, Some(2))]);
    assert_eq!(times(&parsed, DefectKind::EmptyPage), 2);
    assert_eq!(parse("x.pdf", &TinyPdf::new().page(|_| {}).bytes()), Err(Rejection::NoText));
}

#[test]
fn files_that_are_no_pdf_are_refused_with_the_reason() {
    let whole = TinyPdf::article().bytes();
    let locked = String::from_utf8(whole.clone()).unwrap().replace(
        "/Info 4 0 R",
        "/Info 4 0 R /Encrypt << /Filter /Standard /V 1 /R 2 /O (01234567890123456789012345678901) \
         /U (01234567890123456789012345678901) /P -4 >> /ID [(0123456789012345) (0123456789012345)]",
    );
    let half = whole[..whole.len() / 2].to_vec();
    for (bytes, said) in
        [(b"garbage".to_vec(), "%PDF"), (Vec::new(), "%PDF"), (half, "trailer"), (locked.into_bytes(), "encrypted")]
    {
        match parse("x.pdf", &bytes) {
            Err(Rejection::Malformed { format: "PDF", why }) => assert!(why.contains(said), "{why}"),
            other => panic!("{said}: {other:?}"),
        }
    }
}

const STYLES: &str = "<w:style w:styleId=\"Titel\"><w:name w:val=\"Title\"/></w:style>\
    <w:style w:styleId=\"berschrift1\"><w:name w:val=\"heading 1\"/></w:style>\
    <w:style w:styleId=\"Eigene\"><w:name w:val=\"Eigene\"/><w:basedOn w:val=\"berschrift1\"/></w:style>";

fn styled(style: &str, text: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

#[test]
fn a_word_file_is_read_as_word_shows_it() {
    let boxed = "<w:txbxContent><w:p><w:r><w:t>In a box.</w:t></w:r></w:p></w:txbxContent>";
    let body = [
        styled("Titel", "Examplin on the ward"),
        styled("Eigene", "Dose"),
        "<w:p><w:r><w:lastRenderedPageBreak/><w:t xml:space=\"preserve\">Give </w:t></w:r>\
         <w:ins><w:r><w:t>5 mg</w:t></w:r></w:ins><w:del><w:r><w:delText>50 mg</w:delText></w:r></w:del>\
         <w:r><w:t xml:space=\"preserve\"> when platelets are above 20 x 10</w:t></w:r>\
         <w:r><w:rPr><w:vertAlign w:val=\"superscript\"/></w:rPr><w:t>9</w:t></w:r><w:r><w:t>/L.</w:t></w:r>\
         <w:r><w:rPr><w:vanish/></w:rPr><w:t>Nobody sees this.</w:t></w:r></w:p>"
            .to_owned(),
        "<w:p><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr>\
         <w:r><w:t>Not in pregnancy.</w:t></w:r></w:p>"
            .to_owned(),
        "<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr><w:tc><w:p><w:r><w:t>Age</w:t></w:r></w:p></w:tc>\
         <w:tc><w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr><w:p><w:r><w:t>Dose</w:t></w:r></w:p></w:tc></w:tr>\
         <w:tr><w:tc><w:tcPr><w:vMerge w:val=\"restart\"/></w:tcPr><w:p><w:r><w:t>Adults</w:t></w:r></w:p></w:tc>\
         <w:tc><w:p><w:r><w:t>5 mg</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>daily</w:t></w:r></w:p></w:tc></w:tr>\
         <w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc><w:tc><w:p><w:r><w:t>10 mg</w:t></w:r></w:p></w:tc>\
         <w:tc><w:p><w:r><w:t>weekly</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
            .to_owned(),
        format!(
            "<w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing>{boxed}</w:drawing></mc:Choice>\
             <mc:Fallback><w:pict>{boxed}</w:pict></mc:Fallback></mc:AlternateContent><w:drawing/></w:r></w:p>"
        ),
    ];
    let parsed = parse("x.docx", &docx(&body.concat(), Some(STYLES))).unwrap();
    assert_eq!(
        parsed.text.as_str(),
        "Examplin on the ward\nDose\nGive 5 mg when platelets are above 20 x 10⁹/L.\nNot in pregnancy.\n\
         Age: Adults; Dose: 5 mg; Dose: daily\nAge: Adults; Dose: 10 mg; Dose: weekly\nIn a box."
    );
    let read: Vec<_> = kinds(&parsed).into_iter().skip(2).collect();
    assert_eq!(
        read,
        [
            (BlockKind::Paragraph, Some(2)),
            (BlockKind::ListItem, Some(2)),
            (BlockKind::TableRow, Some(2)),
            (BlockKind::TableRow, Some(2)),
            (BlockKind::Paragraph, Some(2)),
        ]
    );
    assert_eq!(parsed.text.blocks()[2].section, ["Dose"]);
    assert_eq!(parsed.fields.title.as_deref(), Some("Examplin on the ward"));
    assert_eq!((times(&parsed, DefectKind::LostObject), times(&parsed, DefectKind::ReadingOrder)), (1, 1));
}

#[test]
fn what_only_claims_to_be_a_word_file_is_refused_with_the_reason() {
    let old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old file".to_vec();
    let empty = docx_of(&[("word/other.xml", "<a/>".to_owned())]);
    let bomb = docx_of(&[("word/document.xml", " ".repeat(8 << 20))]);
    let cut = docx("<w:p/>", None);
    let cut = cut[..cut.len() - 30].to_vec();
    for (bytes, said) in [
        (old, "save it as .docx"),
        (empty, "word/document.xml"),
        (bomb, "200 times"),
        (cut, ""),
        (b"text".to_vec(), ""),
    ] {
        match parse("x.docx", &bytes) {
            Err(Rejection::Malformed { format: "DOCX", why }) => assert!(why.contains(said), "{why}"),
            other => panic!("{said}: {other:?}"),
        }
    }
    assert_eq!(parse("x.docx", &docx("<w:p/>", None)), Err(Rejection::NoText));
}

#[test]
fn nothing_that_is_cut_or_twisted_panics_a_reader_of_papers() {
    let body = [styled("Titel", "Examplin"), styled("x", "Give 5 mg of it once daily.")].concat();
    let samples = [("x.pdf", TinyPdf::article().bytes(), 25), ("x.docx", docx(&body, Some(STYLES)), 150)];
    // A linear congruential generator (Knuth, MMIX): every run twists in the same places.
    let mut state = 7_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for (name, whole, rounds) in samples {
        for round in 0..rounds {
            let mut bytes = whole.clone();
            if round % 3 == 0 {
                bytes.truncate(next(whole.len()));
            }
            for _ in 0..=next(8) {
                if let Some(byte) = bytes.get_mut(next(whole.len())) {
                    *byte = next(256) as u8;
                }
            }
            let outcome = parse(name, &bytes);
            assert!(!matches!(outcome, Err(Rejection::Panicked)), "{name}: a reader panicked in round {round}");
        }
    }
}
