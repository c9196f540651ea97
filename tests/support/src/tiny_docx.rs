//! DOCX files of the parts that a test writes.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// What stands around the parts of a DOCX: the name space of WordprocessingML.
const SPACE: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
                     xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\"";

/// A file with this inside of `<w:body>`, and this inside of `<w:styles>`.
pub fn docx(document_xml: &str, styles_xml: Option<&str>) -> Vec<u8> {
    let document = format!("<w:document {SPACE}><w:body>{document_xml}</w:body></w:document>");
    let styles = styles_xml.map(|styles| format!("<w:styles {SPACE}>{styles}</w:styles>"));
    let parts = [("word/document.xml", Some(document)), ("word/styles.xml", styles)];
    let parts: Vec<(&str, String)> = parts.into_iter().filter_map(|(name, text)| Some((name, text?))).collect();
    docx_of(&parts)
}

/// A file of these parts, each by its name in the archive.
pub fn docx_of(parts: &[(&str, String)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
