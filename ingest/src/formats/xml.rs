//! XML: what its formats share, from refusing hostile files to telling which format a file is.

use std::collections::HashSet;
use std::ops::Range;

use roxmltree::{Document, Node, ParsingOptions};

use crate::error::Rejection;

/// Deeper than any article; real ones stay below 40.
pub(super) const MAX_DEPTH: usize = 256;

/// Elements, attributes and texts in one file; the largest real ones stay below a tenth.
const MAX_NODES: u32 = 4_000_000;

/// Attributes in one tag. The parser compares each with all others.
const MAX_ATTRIBUTES: usize = 256;

/// Different namespace declarations in one file, and how often they may be repeated: some publishers repeat one at every
/// formula. The parser copies those in scope at each element that declares one.
const MAX_NAMESPACES: usize = 64;
const MAX_DECLARATIONS: usize = 65_536;

/// How much of the root's tag is looked at to tell the format.
const MAX_ROOT_TAG: usize = 4096;

/// What the root element of a file says about its format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Root {
    /// Articles of journals, one or a set.
    Jats,
    /// Records of MEDLINE, one or a set.
    Medline,
    /// A drug label as HL7's Structured Product Labeling has it.
    Spl,
    /// A page that is well-formed XML.
    Html,
    /// Something else, by its name.
    Other(String),
}

/// Reads a file, unless it is made to keep the parser busy. Nothing that it refers to is fetched.
pub(super) fn parse_xml(text: &str) -> Result<Document<'_>, Rejection> {
    check(text)?;
    let options = ParsingOptions { allow_dtd: true, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| malformed(error.to_string()))
}

pub(super) fn malformed(why: impl Into<String>) -> Rejection {
    Rejection::Malformed { format: "XML", why: why.into() }
}

/// Limits that a scan of the tags can hold before the parser runs.
fn check(text: &str) -> Result<(), Rejection> {
    // Without rules of its own, a file has no entities that grow, and no quoted rules that hide tags from the scan below.
    if text.contains("<!ENTITY") || doctype(text).is_some_and(|doctype| doctype.ends_with('[')) {
        return Err(malformed("its DOCTYPE declares entities or other rules of its own"));
    }
    let (mut depth, mut declarations, mut declared) = (0_usize, 0_usize, HashSet::new());
    for tag in Tags::of(text) {
        if tag.inner.starts_with('/') {
            depth = depth.saturating_sub(1);
            continue;
        }
        if !tag.inner.ends_with('/') {
            depth += 1;
            if depth > MAX_DEPTH {
                return Err(Rejection::TooDeep(MAX_DEPTH));
            }
        }
        let mut attributes = 0;
        for attribute in attributes_of(tag.inner) {
            attributes += 1;
            if attribute.starts_with("xmlns") {
                declarations += 1;
                declared.insert(attribute);
            }
            if attributes > MAX_ATTRIBUTES {
                return Err(malformed(format!("more than {MAX_ATTRIBUTES} attributes in one tag")));
            }
            if declared.len() > MAX_NAMESPACES || declarations > MAX_DECLARATIONS {
                return Err(malformed(format!("more than {MAX_NAMESPACES} namespaces")));
            }
        }
    }
    Ok(())
}

/// What the root element is, or `None` where no element begins.
pub(super) fn root_of(text: &str) -> Option<Root> {
    let html = doctype(text).is_some_and(|doctype| {
        let name = doctype.split(|c: char| c.is_whitespace()).find(|word| !word.is_empty());
        name.is_some_and(|name| name.eq_ignore_ascii_case("html"))
    });
    if html {
        return Some(Root::Html);
    }
    let tag = Tags::of(text).next()?;
    let root = match local_name(tag.inner) {
        "article" | "pmc-articleset" => Root::Jats,
        "PubmedArticleSet"
        | "PubmedArticle"
        | "PubmedBookArticleSet"
        | "PubmedBookArticle"
        | "MedlineCitationSet"
        | "MedlineCitation" => Root::Medline,
        "document" if start(tag.inner, MAX_ROOT_TAG).contains("urn:hl7-org:v3") => Root::Spl,
        name if name.eq_ignore_ascii_case("html") => Root::Html,
        name => Root::Other(start(name, 80).to_owned()),
    };
    Some(root)
}

/// The outermost elements with one of these names, by their bytes. One pass and no tree, so that a set of thirty thousand
/// records need not be held at once. An element that is not closed reaches to the end of the text.
pub(super) fn elements(text: &str, names: &[&str]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    // Where the open one begins, its name, and how many of that name are open.
    let mut open: Option<(usize, &str, usize)> = None;
    for tag in Tags::of(text) {
        let closing = tag.inner.starts_with('/');
        let name = local_name(tag.inner.trim_start_matches('/'));
        match &mut open {
            None if !closing && names.contains(&name) => {
                if tag.inner.ends_with('/') {
                    found.push(tag.start..tag.end);
                } else {
                    open = Some((tag.start, name, 1));
                }
            }
            Some((start, outer, times)) if name == *outer => {
                if closing {
                    *times -= 1;
                } else if !tag.inner.ends_with('/') {
                    *times += 1;
                }
                if *times == 0 {
                    found.push(*start..tag.end);
                    open = None;
                }
            }
            _ => {}
        }
    }
    found.extend(open.map(|(start, ..)| start..text.len()));
    found
}

/// The text of the first element with this name and, where it is given, an attribute with this value. For texts that are
/// not parsed yet, and elements that hold nothing but text.
pub(super) fn first_text<'t>(text: &'t str, name: &str, attribute: Option<&str>) -> Option<&'t str> {
    let tag = Tags::of(text).find(|tag| {
        local_name(tag.inner) == name
            && attribute.is_none_or(|wanted| attributes_of(tag.inner).any(|attribute| attribute == wanted))
    })?;
    let rest = text.get(tag.end..)?;
    Some(rest.get(..rest.find('<')?)?.trim()).filter(|text| !text.is_empty())
}

/// The first child element with this name.
pub(super) fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.has_tag_name(name))
}

/// The child elements with this name.
pub(super) fn children<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.has_tag_name(name))
}

/// Down a path of first children.
pub(super) fn path<'a, 'i>(node: Node<'a, 'i>, names: &[&str]) -> Option<Node<'a, 'i>> {
    names.iter().try_fold(node, |node, name| child(node, name))
}

/// What stands in the DOCTYPE after that word: up to its end, or up to and with the bracket that opens rules of its own.
fn doctype(text: &str) -> Option<&str> {
    let mut rest = text.trim_start();
    while let Some((_, close)) = ASIDES.into_iter().find(|(open, _)| rest.starts_with('<') && starts_at(rest, 1, open))
    {
        rest = rest.get(rest.find(close)? + close.len()..)?.trim_start();
    }
    let inner = rest.strip_prefix("<!").filter(|inner| start(inner, 7).eq_ignore_ascii_case("DOCTYPE"))?.get(7..)?;
    let mut quote = None;
    for (at, byte) in inner.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if open == byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'[') => return inner.get(..=at),
            (None, b'>') => return inner.get(..at),
            _ => {}
        }
    }
    Some(inner)
}

/// What stands between elements and holds no tags, by how it goes on after `<` and how it ends.
const ASIDES: [(&str, &str); 3] = [("?", "?>"), ("!--", "-->"), ("![CDATA[", "]]>")];

/// The tags of a text, in order.
struct Tags<'t> {
    text: &'t str,
    at: usize,
}

/// One tag: where it stands, and what is between its angle brackets.
struct Tag<'t> {
    start: usize,
    end: usize,
    inner: &'t str,
}

impl<'t> Tags<'t> {
    fn of(text: &'t str) -> Self {
        Self { text, at: 0 }
    }
}

impl<'t> Iterator for Tags<'t> {
    type Item = Tag<'t>;

    fn next(&mut self) -> Option<Tag<'t>> {
        loop {
            let start = self.at + self.text.get(self.at..)?.find('<')?;
            let rest = self.text.get(start + 1..)?;
            if let Some((open, close)) = ASIDES.into_iter().find(|(open, _)| rest.starts_with(open)) {
                let inside = rest.get(open.len()..)?;
                self.at = start + 1 + open.len() + inside.find(close)? + close.len();
                continue;
            }
            let inner = rest.get(..tag_length(rest))?;
            self.at = start + 1 + inner.len() + usize::from(starts_at(rest, inner.len(), ">"));
            if inner.starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '_' | ':')) {
                return Some(Tag { start, end: self.at, inner });
            }
        }
    }
}

/// How long a tag is. A value may hold `>`; nothing in a tag holds `<`.
fn tag_length(text: &str) -> usize {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (_, b'<') | (None, b'>') => return at,
            (Some(open), _) if open == byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            _ => {}
        }
    }
    text.len()
}

/// The attributes in a tag, each as it is written: `name="value"`.
fn attributes_of(inner: &str) -> impl Iterator<Item = &str> {
    let mut rest = inner.find(char::is_whitespace).and_then(|at| inner.get(at..)).unwrap_or_default();
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let open = rest.find('=').and_then(|equals| Some(equals + rest.get(equals..)?.find(['"', '\''])?))?;
        let quote = rest.get(open..)?.chars().next()?;
        let end = open + 1 + rest.get(open + 1..)?.find(quote)? + 1;
        let attribute = rest.get(..end)?;
        rest = rest.get(end..)?;
        Some(attribute)
    })
}

/// The name in a tag, without its prefix.
fn local_name(inner: &str) -> &str {
    let name = inner.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
    name.rsplit(':').next().unwrap_or(name)
}

fn starts_at(text: &str, at: usize, what: &str) -> bool {
    text.get(at..).is_some_and(|rest| rest.starts_with(what))
}

/// The first `bytes` of a text, or a little less where that would break a character.
fn start(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_says_which_format_a_file_has() {
        for (text, root) in [
            (
                "<?xml version=\"1.0\"?>\n<!DOCTYPE article PUBLIC \"-//NLM//DTD >\" \"x.dtd\">\n<article a=\"b\">",
                Root::Jats,
            ),
            ("<!-- <PubmedArticle> --><pmc-articleset><article>", Root::Jats),
            ("<!DOCTYPE PubmedArticleSet SYSTEM 'pubmed_250101.dtd'><PubmedArticleSet>", Root::Medline),
            ("<PubmedArticle><MedlineCitation>", Root::Medline),
            ("<document xmlns=\"urn:hl7-org:v3\" xmlns:xsi=\"x\">", Root::Spl),
            ("<v3:document xmlns:v3='urn:hl7-org:v3'/>", Root::Spl),
            ("<document>", Root::Other("document".to_owned())),
            ("<!doctype HTML><p>", Root::Html),
            ("<html xmlns=\"http://www.w3.org/1999/xhtml\">", Root::Html),
            ("<feed/>", Root::Other("feed".to_owned())),
        ] {
            assert_eq!(root_of(text), Some(root), "{text}");
        }
        for text in ["", "Plain text, 3 < 4.", "<!-- never closed <article>", "<?xml"] {
            assert_eq!(root_of(text), None, "{text}");
        }
    }

    #[test]
    fn elements_are_found_by_their_bytes() {
        let text = "<Set><!-- <Item> --><Item a=\"1 > 0\">é<![CDATA[</Item>]]></Item><ItemList/><Item/><Item><Item></Item></Item></Set>";
        let found: Vec<&str> = elements(text, &["Item"]).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["<Item a=\"1 > 0\">é<![CDATA[</Item>]]></Item>", "<Item/>", "<Item><Item></Item></Item>"]);
        let cut = "<Set><Item>one</Item><Item>two";
        let found: Vec<&str> = elements(cut, &["Item"]).into_iter().map(|range| &cut[range]).collect();
        assert_eq!(found, ["<Item>one</Item>", "<Item>two"]);
        assert_eq!(first_text(text, "Item", Some("a=\"1 > 0\"")), Some("é"));
        assert_eq!(first_text(text, "Item", Some("a=\"2\"")), None);
    }

    #[test]
    fn files_that_would_keep_the_parser_busy_are_refused() {
        let attributes: String = (0..300).map(|n| format!(" a{n}=\"\"")).collect();
        let namespaces: String = (0..70).map(|n| format!("<b xmlns:n{n}=\"u\"/>")).collect();
        for (text, said) in [
            (format!("<a{attributes}/>"), "attributes"),
            (format!("<a>{namespaces}</a>"), "namespaces"),
            ("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>".to_owned(), "declares entities"),
            (
                "<!-- x --><!DOCTYPE a SYSTEM \"a.dtd\" [<!ATTLIST a b CDATA \"<!--\">]><a/>".to_owned(),
                "declares entities",
            ),
            ("<!DOCTYPE a SYSTEM \"a.dtd\"><a>&b;</a>".to_owned(), "b"),
            ("<a><b></a>".to_owned(), "b"),
            (String::new(), ""),
        ] {
            let error = parse_xml(&text).unwrap_err();
            assert!(matches!(error, Rejection::Malformed { .. }) && error.to_string().contains(said), "{error}");
        }
        // A value that looks like the end of an empty element does not hide how deep the file goes.
        let deep = "<a b=\"/>\">".repeat(300);
        assert_eq!(parse_xml(&deep).unwrap_err(), Rejection::TooDeep(MAX_DEPTH));
    }

    #[test]
    fn ordinary_files_are_read() {
        let formulas = "<m:math xmlns:m=\"http://www.w3.org/1998/Math/MathML\"/>".repeat(500);
        let text =
            format!("<!DOCTYPE a PUBLIC \"-//X//[Y]\" \"http://nowhere.invalid/a.dtd\"><a b='1 > 0'>{formulas}</a>");
        let document = parse_xml(&text).unwrap();
        assert_eq!(document.root_element().attribute("b"), Some("1 > 0"));
        assert_eq!(children(document.root_element(), "math").count(), 500);
        assert!(path(document.root_element(), &["math", "mi"]).is_none());
    }
}
