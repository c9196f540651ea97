//! What was asked for, and is this it? Content types that fit, and the file name's ending that goes with each.

/// What an answer must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expect {
    /// A service's answer in JSON.
    Json,
    /// A service's answer in XML.
    Xml,
    /// A table.
    Csv,
    /// A document, by the ending of its address where that says which.
    Document(Option<&'static str>),
    /// An object of a store, whose type is whatever its writer said.
    Object,
}

const XML: &[&str] = &["application/xml", "text/xml"];
const BYTES: &str = "application/octet-stream";
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// Endings of documents that can be read, with the types they come as. The first ending of a type is the one a document
/// gets whose address has none: plain text is a `txt` before it is an `xml` that its server does not know.
const DOCUMENTS: [(&str, &[&str]); 16] = [
    ("html", &["text/html", "application/xhtml+xml"]),
    ("htm", &["text/html", "application/xhtml+xml"]),
    ("xhtml", &["text/html", "application/xhtml+xml"]),
    ("pdf", &["application/pdf", "application/x-pdf", BYTES]),
    ("txt", &["text/plain", BYTES]),
    ("xml", &["application/xml", "text/xml", "text/plain", BYTES]),
    ("nxml", &["application/xml", "text/xml", "text/plain", BYTES]),
    ("md", &["text/markdown", "text/x-markdown", "text/plain", BYTES]),
    ("markdown", &["text/markdown", "text/x-markdown", "text/plain", BYTES]),
    ("docx", &[WORD, "application/zip", BYTES]),
    ("epub", &["application/epub+zip", "application/zip", BYTES]),
    ("zip", &["application/zip", "application/x-zip-compressed", BYTES]),
    ("tgz", &["application/gzip", "application/x-gzip", "application/x-tar", BYTES]),
    ("gz", &["application/gzip", "application/x-gzip", BYTES]),
    ("tar", &["application/x-tar", BYTES]),
    ("csv", &["text/csv", "application/csv", "text/plain", "application/vnd.ms-excel", BYTES]),
];

impl Expect {
    /// A document at an address with this path.
    pub(super) fn document(path: &str) -> Self {
        Self::Document(extension(path))
    }

    /// Whether an answer of this type fits. Stores of objects alone may leave the type out.
    pub(super) fn fits(self, content_type: Option<&str>) -> bool {
        let Some(found) = content_type.map(essence) else { return self == Self::Object };
        match self {
            Self::Json => found == "application/json" || found.ends_with("+json"),
            Self::Xml => XML.contains(&found.as_str()) || found.ends_with("+xml") && found != "application/xhtml+xml",
            Self::Csv => types_of("csv").contains(&found.as_str()),
            Self::Document(Some(extension)) => {
                types_of(extension).contains(&found.as_str()) || is_xml(extension) && found.ends_with("+xml")
            }
            Self::Document(None) => extension_of(&found).is_some(),
            Self::Object => true,
        }
    }

    /// For the message when it does not.
    pub(super) fn wanted(self) -> String {
        match self {
            Self::Json => "JSON".to_owned(),
            Self::Xml => "XML".to_owned(),
            Self::Csv => "CSV".to_owned(),
            Self::Document(Some(extension)) => types_of(extension).join(" or "),
            Self::Document(None) => "a document".to_owned(),
            Self::Object => "an object".to_owned(),
        }
    }

    /// What is asked for in the request.
    pub(super) fn accept(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Xml => "application/xml, text/xml",
            Self::Csv => "text/csv, text/plain, */*;q=0.1",
            Self::Document(_) | Self::Object => "*/*",
        }
    }
}

/// The ending of a path, if it is one that can be read. Of two endings one is made: `tar.gz` is a `tgz`.
pub(super) fn extension(path: &str) -> Option<&'static str> {
    let (_, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, ending) = name.rsplit_once('.')?;
    if ending.eq_ignore_ascii_case("gz") && stem.to_ascii_lowercase().ends_with(".tar") {
        return Some("tgz");
    }
    DOCUMENTS.iter().map(|(known, _)| *known).find(|known| known.eq_ignore_ascii_case(ending))
}

/// The ending that a document of this type gets.
pub(super) fn extension_of(content_type: &str) -> Option<&'static str> {
    let found = essence(content_type);
    let known = DOCUMENTS.iter().find(|(_, types)| found != BYTES && types.contains(&found.as_str()));
    known.map(|(extension, _)| *extension).or_else(|| found.ends_with("+xml").then_some("xml"))
}

fn types_of(extension: &str) -> &'static [&'static str] {
    DOCUMENTS.iter().find(|(known, _)| *known == extension).map_or(&[], |(_, types)| *types)
}

fn is_xml(extension: &str) -> bool {
    matches!(extension, "xml" | "nxml")
}

fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_in_place_of_a_file_does_not_fit() {
        assert!(Expect::document("/a/b.PDF").fits(Some("application/pdf")));
        assert!(Expect::document("/a/b.pdf").fits(Some("application/octet-stream")));
        assert!(!Expect::document("/a/b.pdf").fits(Some("text/html; charset=utf-8")));
        assert!(!Expect::document("/a/b.nxml").fits(Some("text/html")));
        assert!(Expect::document("/a/b.nxml").fits(Some("application/jats+xml")));
        assert!(Expect::document("/a/b").fits(Some("Text/HTML;charset=utf-8")));
        assert!(!Expect::document("/a/b").fits(Some("image/png")));
        assert!(!Expect::document("/a/b").fits(Some("application/octet-stream")));
        assert!(!Expect::document("/a/b").fits(None));
    }

    #[test]
    fn services_answer_in_their_own_format() {
        assert!(Expect::Json.fits(Some("application/json;charset=UTF-8")));
        assert!(!Expect::Json.fits(Some("text/html")));
        assert!(Expect::Xml.fits(Some("text/xml; charset=UTF-8")));
        assert!(!Expect::Xml.fits(Some("application/xhtml+xml")));
        assert!(Expect::Csv.fits(Some("text/plain; charset=utf-8")));
        assert!(!Expect::Csv.fits(Some("text/html")));
        assert!(Expect::Object.fits(None) && Expect::Object.fits(Some("binary/octet-stream")));
    }

    #[test]
    fn types_have_endings() {
        assert_eq!(extension_of("text/html; charset=utf-8"), Some("html"));
        assert_eq!(extension_of("application/pdf"), Some("pdf"));
        assert_eq!(extension_of("text/plain"), Some("txt"));
        assert_eq!(extension_of("text/xml"), Some("xml"));
        assert_eq!(extension_of("application/jats+xml"), Some("xml"));
        assert_eq!(extension_of("application/octet-stream"), None);
        assert_eq!(extension("/x/archive.tar.gz"), Some("tgz"));
        assert_eq!(extension("/x/article.xml.gz"), Some("gz"));
        assert_eq!(extension("/x.d/name"), None);
    }
}
