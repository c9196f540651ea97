//! Which articles are in an answer of NCBI? Sets are taken apart, so that each article is a file that changes by
//! itself.

use roxmltree::{Document, Node, ParsingOptions};

/// Elements, attributes and texts in one answer; pages of articles stay far below.
const MAX_NODES: u32 = 8_000_000;

/// An article with the number that its service knows it by, if it says one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Article {
    pub(super) number: Option<String>,
    pub(super) xml: String,
}

/// The articles of a set whose root is `set`: the elements below it that `elements` names.
pub(super) fn split(
    bytes: &[u8],
    set: &str,
    elements: &[&str],
    number: fn(Node<'_, '_>) -> Option<String>,
) -> Result<Vec<Article>, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    if text.contains("<!ENTITY") {
        return Err("it declares entities".to_owned());
    }
    // The DOCTYPE may stand there; nothing is fetched for it.
    let options = ParsingOptions { allow_dtd: true, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| error.to_string())?;
    let root = document.root_element();
    let is_article = |node: &Node<'_, '_>| node.is_element() && elements.contains(&node.tag_name().name());
    let found: Vec<Node<'_, '_>> = if is_article(&root) {
        vec![root]
    } else if root.tag_name().name() == set {
        root.children().filter(is_article).collect()
    } else {
        return Err(format!("it begins with <{}>", root.tag_name().name()));
    };
    let article = |node: Node<'_, '_>| {
        let xml = text.get(node.range()).unwrap_or_default();
        Article { number: number(node), xml: alone(node, xml) }
    };
    Ok(found.into_iter().map(article).collect())
}

/// The element as a document of its own: prefixes that stood for something above it still stand for that.
fn alone(node: Node<'_, '_>, xml: &str) -> String {
    let end_of_name = xml.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(xml.len());
    let (name, rest) = xml.split_at(end_of_name);
    let tag = rest.split('>').next().unwrap_or_default();
    let mut document = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{name}");
    for namespace in node.namespaces() {
        let declared = match namespace.name() {
            Some("xml") => continue,
            Some(prefix) => format!("xmlns:{prefix}="),
            None => "xmlns=".to_owned(),
        };
        if !tag.contains(&declared) && !namespace.uri().contains(['"', '<', '&']) {
            document.push_str(&format!(" {declared}\"{}\"", namespace.uri()));
        }
    }
    document.push_str(rest);
    document.push('\n');
    document
}

/// The number in `PubmedArticle` or `PubmedBookArticle`.
pub(super) fn pubmed_number(node: Node<'_, '_>) -> Option<String> {
    let record = child(node, "MedlineCitation").or_else(|| child(node, "BookDocument"))?;
    Some(child(record, "PMID")?.text()?.trim().to_owned())
}

/// The number in a JATS article, without `PMC`.
pub(super) fn pmc_number(node: Node<'_, '_>) -> Option<String> {
    let meta = child(child(node, "front")?, "article-meta")?;
    let of_kind = |kind: &str| {
        meta.children()
            .find(|id| id.has_tag_name("article-id") && id.attribute("pub-id-type") == Some(kind))
            .and_then(|id| id.text())
    };
    let number = of_kind("pmcid").or_else(|| of_kind("pmc")).or_else(|| of_kind("pmcaid"))?;
    Some(number.trim().trim_start_matches("PMC").to_owned())
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.has_tag_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_pubmed_are_taken_apart() {
        let text = r#"<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">
<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">11</PMID><CommentsCorrectionsList>
<CommentsCorrections><PMID Version="1">99</PMID></CommentsCorrections></CommentsCorrectionsList></MedlineCitation></PubmedArticle>
<PubmedBookArticle><BookDocument><PMID>12</PMID></BookDocument></PubmedBookArticle><DeleteCitation><PMID>13</PMID></DeleteCitation>
</PubmedArticleSet>"#;
        let found =
            split(text.as_bytes(), "PubmedArticleSet", &["PubmedArticle", "PubmedBookArticle"], pubmed_number).unwrap();
        let numbers: Vec<Option<&str>> = found.iter().map(|article| article.number.as_deref()).collect();
        assert_eq!(numbers, [Some("11"), Some("12")]);
        assert_eq!(
            found[1].xml,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<PubmedBookArticle><BookDocument><PMID>12</PMID></BookDocument>\
             </PubmedBookArticle>\n"
        );
    }

    #[test]
    fn articles_keep_the_meaning_of_their_prefixes() {
        let text = r#"<pmc-articleset xmlns:xlink="http://www.w3.org/1999/xlink"><article article-type="research-article">
<front><article-meta><article-id pub-id-type="pmid">1</article-id><article-id pub-id-type="pmcid">PMC7</article-id>
<self-uri xlink:href="x"/></article-meta></front></article><article xmlns:xlink="http://www.w3.org/1999/xlink"/></pmc-articleset>"#;
        let found = split(text.as_bytes(), "pmc-articleset", &["article"], pmc_number).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].number.as_deref(), found[1].number.as_deref()), (Some("7"), None));
        assert!(
            found[0].xml.contains("<article xmlns:xlink=\"http://www.w3.org/1999/xlink\" article-type="),
            "{}",
            found[0].xml
        );
        for article in &found {
            assert_eq!(article.xml.matches("xmlns:xlink").count(), 1, "{}", article.xml);
            Document::parse(&article.xml).unwrap();
        }
    }

    #[test]
    fn other_answers_are_none() {
        let read = |text: &str| split(text.as_bytes(), "pmc-articleset", &["article"], pmc_number);
        for text in [
            "",
            "<eFetchResult><ERROR>no</ERROR></eFetchResult>",
            "<html><body/></html>",
            "<pmc-articleset><article></pmc-articleset>",
            "<!DOCTYPE a [<!ENTITY x \"y\">]><pmc-articleset/>",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read("<pmc-articleset/>").unwrap().is_empty());
        assert_eq!(read("<article/>").unwrap().len(), 1);
        assert!(split(b"\xff", "a", &["b"], pmc_number).is_err());
    }
}
