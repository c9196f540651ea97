//! What a JATS article says about itself: title, dates, names, licence, and the works that bear on how it stands.

use knowledge::{Identifiers, Kind, Related, Relation, Source, Status};
use roxmltree::Node;

use super::xml::{child, children, malformed, path};
use super::xml_text::{inline, text_of, tidy};
use super::{Fields, date, version_of};
use crate::error::Rejection;

pub(super) fn front(article: Node<'_, '_>) -> Result<Fields, Rejection> {
    let article_type = article.attribute("article-type").unwrap_or_default();
    let mut fields = Fields { kind: kind_of(article_type), ..Fields::default() };
    let meta = path(article, &["front", "article-meta"]).ok_or_else(|| malformed("no <article-meta> in it"))?;
    fields.title = title(meta);
    for id in children(meta, "article-id") {
        let value = tidy(id);
        match id.attribute("pub-id-type").unwrap_or_default() {
            "doi" => fields.identifiers.doi = value,
            "pmid" => fields.identifiers.pmid = value,
            "pmc" | "pmcid" => fields.identifiers.pmcid = value.map(|id| pmcid(&id)),
            "publisher-id" => fields.id = value,
            _ => {}
        }
    }
    let Identifiers { doi, pmid, pmcid, .. } = fields.identifiers.clone();
    fields.id = pmcid.clone().or(doi.clone()).or(pmid).or(fields.id);
    fields.identifiers.url = doi.map(|doi| format!("https://doi.org/{doi}"));
    if let Some(version) = child(meta, "article-version") {
        fields.version = version_of(&inline(version))?;
    }
    fields.published = published(meta);
    let journal = path(article, &["front", "journal-meta"]);
    fields.issuer = journal.and_then(|journal| {
        let title = journal.descendants().find(|node| node.has_tag_name("journal-title"));
        title.or(path(journal, &["publisher", "publisher-name"])).and_then(tidy)
    });
    fields.authors = meta
        .descendants()
        .filter(|node| {
            node.has_tag_name("contrib") && node.attribute("contrib-type").is_none_or(|kind| kind == "author")
        })
        .filter_map(author)
        .collect();
    fields.licence = child(meta, "permissions").and_then(licence);
    fields.language = language(article);
    fields.status = status(meta, fields.title.as_deref().unwrap_or_default());
    fields.related = children(meta, "related-article").filter_map(|node| related(node, article_type)).collect();
    Ok(fields)
}

/// The language an element says it is in.
pub(super) fn language(node: Node<'_, '_>) -> Option<String> {
    node.attribute(("http://www.w3.org/XML/1998/namespace", "lang")).map(str::to_ascii_lowercase)
}

fn title(meta: Node<'_, '_>) -> Option<String> {
    let group = child(meta, "title-group")?;
    let title = text_of(group, "article-title")?;
    Some(match text_of(group, "subtitle") {
        Some(subtitle) if title.ends_with([':', '?', '.']) => format!("{title} {subtitle}"),
        Some(subtitle) => format!("{title}: {subtitle}"),
        None => title,
    })
}

fn pmcid(id: &str) -> String {
    format!("PMC{}", id.trim_start_matches("PMC"))
}

/// Types as JATS suggests them; for others the corpus decides.
fn kind_of(article_type: &str) -> Option<Kind> {
    match article_type {
        "case-report" => Some(Kind::CaseLiterature),
        "research-article" | "brief-report" | "rapid-communication" => Some(Kind::Trial),
        "review-article" | "systematic-review" => Some(Kind::Review),
        _ => None,
    }
}

/// The earliest date on which the article was out, in whichever way it was.
fn published(meta: Node<'_, '_>) -> Option<String> {
    let part = |date: Node<'_, '_>, name: &str| child(date, name).and_then(|node| node.text()).map(str::to_owned);
    let dates = children(meta, "pub-date")
        .filter_map(|node| date(&part(node, "year")?, part(node, "month").as_deref(), part(node, "day").as_deref()));
    earliest(dates)
}

/// The earliest date; within its year the most exact one.
pub(super) fn earliest(dates: impl Iterator<Item = String>) -> Option<String> {
    dates.min_by_key(|date| (date.get(..4).map(str::to_owned), std::cmp::Reverse(date.len()), date.clone()))
}

fn author(contrib: Node<'_, '_>) -> Option<String> {
    let name = contrib.descendants().find(|node| node.has_tag_name("name") || node.has_tag_name("collab"))?;
    if name.has_tag_name("collab") {
        return tidy(name);
    }
    let parts = [text_of(name, "given-names"), text_of(name, "surname")];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" ")).filter(|name| !name.is_empty())
}

/// The link to the licence, wherever it stands; its words if there is none.
fn licence(permissions: Node<'_, '_>) -> Option<String> {
    let licence = child(permissions, "license");
    let link = licence.and_then(|licence| licence.attribute("href")).map(str::to_owned);
    let reference = licence.and_then(|licence| text_of(licence, "license_ref"));
    let link = link.or(reference).or_else(|| text_of(permissions, "license_ref"));
    link.or_else(|| licence.and_then(tidy)).filter(|licence| !licence.trim().is_empty())
}

/// Marks of a retraction on the article itself, as JATS4R and PubMed Central set them.
fn status(meta: Node<'_, '_>, title: &str) -> Status {
    let kinds: Vec<&str> =
        children(meta, "related-article").filter_map(|related| related.attribute("related-article-type")).collect();
    if is_marked_retracted(title) || kinds.contains(&"retraction-forward") {
        Status::Retracted
    } else if kinds.iter().any(|kind| matches!(*kind, "object-of-concern-forward" | "expression-of-concern")) {
        Status::ExpressionOfConcern
    } else if kinds.iter().any(|kind| matches!(*kind, "correction-forward" | "corrected-forward")) {
        Status::Corrected
    } else {
        Status::Current
    }
}

/// Whether a title begins with the mark that publishers set before that of a retracted work: `RETRACTED: …`, `[Retracted
/// article] …`. The titles of works about retracted works begin with the same word.
pub(super) fn is_marked_retracted(title: &str) -> bool {
    let title = title.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '[' | '('));
    let upper = title.to_ascii_uppercase();
    let Some(rest) = upper.strip_prefix("RETRACTED") else { return false };
    let kinds = [" ARTICLE", " PAPER", " CHAPTER"];
    let after = kinds.into_iter().find_map(|kind| rest.strip_prefix(kind)).unwrap_or(rest).trim_start();
    let is_set_off = after.is_empty() || after.starts_with([':', ']', ')', '–', '—']) || after.starts_with("- ");
    is_set_off || (title.starts_with("RETRACTED ARTICLE ") && title.contains(char::is_lowercase))
}

/// A work that bears on how this one stands, or on whose standing this one bears. Others (companions, comments, reviews)
/// are left out, and so are works that have no identifier.
fn related(node: Node<'_, '_>, article_type: &str) -> Option<Related> {
    let relation = match node.attribute("related-article-type")? {
        "retracted-article" => Relation::Retracts,
        // Some notices point with their own name at what they retract.
        "retraction" if article_type == "retraction" => Relation::Retracts,
        "retraction-forward" | "retraction" => Relation::RetractedBy,
        // An addendum amends a work; it does not stand in its place.
        "corrected-article" | "addended-article" => Relation::Corrects,
        "correction-forward" | "corrected-forward" | "correction" | "addendum" => Relation::CorrectedBy,
        "object-of-concern" => Relation::Concerns,
        "expression-of-concern" if article_type == "expression-of-concern" => Relation::Concerns,
        "object-of-concern-forward" | "concern-forward" | "concern" | "expression-of-concern" => Relation::ConcernBy,
        "updated-article" | "republished-article" => Relation::Replaces,
        "update" | "update-forward" | "republication" | "republished-article-forward" => Relation::ReplacedBy,
        _ => return None,
    };
    let mut other = Identifiers::default();
    let name = node.attribute("href").map(str::to_owned).or_else(|| tidy(node))?;
    let name = name.trim();
    let doi = ["https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi:"];
    let bare = doi.into_iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name).trim();
    match node.attribute("ext-link-type").unwrap_or_default() {
        _ if bare.starts_with("10.") => other.doi = Some(bare.to_owned()),
        "pmid" | "pubmed" if is_number(name) => other.pmid = Some(name.to_owned()),
        "pmc" | "pmcid" if is_number(name.trim_start_matches("PMC")) => other.pmcid = Some(pmcid(name)),
        _ if name.starts_with("http") => other.url = Some(name.to_owned()),
        _ => return None,
    }
    Some(Related { relation, other })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The work that an entry of the reference list names.
pub(super) fn source_of(reference: Node<'_, '_>, text: &str) -> Option<Source> {
    let find = |name: &str| {
        let found = reference.descendants().find(|node| node.has_tag_name(name));
        found.map(|node| knowledge::normalise(&inline(node)))
    };
    let title = find("article-title").or_else(|| find("source")).unwrap_or_else(|| text.to_owned());
    let year = find("year").and_then(|year| year.get(..4)?.parse().ok());
    (!title.is_empty()).then_some(Source { title, issuer: find("publisher-name").or_else(|| find("source")), year })
}

#[cfg(test)]
mod tests {
    use super::super::xml::parse_xml;
    use super::*;

    fn read(article_type: &str, meta: &str) -> Fields {
        try_read(article_type, meta).unwrap()
    }

    fn try_read(article_type: &str, meta: &str) -> Result<Fields, Rejection> {
        let text = format!(
            "<article article-type=\"{article_type}\" xml:lang=\"EN\" xmlns:x=\"http://www.w3.org/1999/xlink\" \
             xmlns:ali=\"http://www.niso.org/schemas/ali/1.0/\"><front><article-meta>{meta}</article-meta></front></article>"
        );
        let document = parse_xml(&text).unwrap();
        front(document.root_element())
    }

    #[test]
    fn versions_are_small_numbers() {
        let version = |said: &str| {
            let fields = try_read("other", &format!("<article-version>{said}</article-version>"));
            fields.map(|fields| fields.version)
        };
        assert_eq!((version("2"), version("2.1")), (Ok(Some(2)), Ok(None)));
        assert!(matches!(version("4294967295"), Err(Rejection::Field(_))));
    }

    #[test]
    fn related_works_are_named_with_what_they_do() {
        let fields = read(
            "correction",
            "<related-article related-article-type=\"corrected-article\" ext-link-type=\"doi\" x:href=\"10.5555/examplin.1\"/>\
             <related-article related-article-type=\"retracted-article\" ext-link-type=\"pubmed\" x:href=\"12345\"/>\
             <related-article related-article-type=\"object-of-concern\" ext-link-type=\"pmc\" x:href=\"PMC77\"/>\
             <related-article related-article-type=\"updated-article\" ext-link-type=\"uri\" x:href=\"https://doi.org/10.5555/b\"/>\
             <related-article related-article-type=\"retraction-forward\" ext-link-type=\"doi\">doi: 10.5555/c</related-article>\
             <related-article related-article-type=\"addended-article\" ext-link-type=\"uri\" x:href=\"https://example.org/d\"/>\
             <related-article related-article-type=\"companion\" ext-link-type=\"doi\" x:href=\"10.5555/e\"/>\
             <related-article related-article-type=\"corrected-article\" ext-link-type=\"pmc\" vol=\"3\" page=\"4\"/>",
        );
        let found: Vec<_> = fields
            .related
            .iter()
            .map(|related| {
                let Identifiers { doi, pmid, pmcid, url } = related.other.clone();
                (related.relation, doi.or(pmid).or(pmcid).or(url).unwrap())
            })
            .collect();
        let wanted = [
            (Relation::Corrects, "10.5555/examplin.1"),
            (Relation::Retracts, "12345"),
            (Relation::Concerns, "PMC77"),
            (Relation::Replaces, "10.5555/b"),
            (Relation::RetractedBy, "10.5555/c"),
            (Relation::Corrects, "https://example.org/d"),
        ];
        assert_eq!(found, wanted.map(|(relation, name)| (relation, name.to_owned())));
        assert_eq!(fields.status, Status::Retracted);
    }

    #[test]
    fn a_mark_of_retraction_is_told_from_a_subject() {
        for marked in [
            "RETRACTED: Examplin in gout",
            "Retracted: Examplin in gout",
            "RETRACTED ARTICLE: Examplin in gout",
            "RETRACTED ARTICLE Examplin in gout",
            "Retracted Paper: Examplin in gout",
            "[RETRACTED] Examplin in gout",
            "[Retracted article] Examplin in gout",
            "(Retracted) Examplin in gout",
            "RETRACTED - Examplin in gout",
            "RETRACTED — Examplin in gout",
        ] {
            assert!(is_marked_retracted(marked), "{marked}");
            let meta = format!("<title-group><article-title>{marked}</article-title></title-group>");
            assert_eq!(read("research-article", &meta).status, Status::Retracted, "{marked}");
        }
        for subject in [
            "Retracted publications in oncology: a review",
            "Retracted articles: who reads them?",
            "RETRACTED ARTICLES IN ONCOLOGY",
            "RETRACTED ARTICLE CITATION IN ONCOLOGY: A REVIEW",
            "Retracted article detection by machines",
            "Retracted-article lists compared",
            "Retraction: Examplin in gout",
            "Examplin in gout (retracted)",
        ] {
            assert!(!is_marked_retracted(subject), "{subject}");
        }
    }

    #[test]
    fn a_notice_of_retraction_retracts_and_is_not_retracted() {
        let meta = "<related-article related-article-type=\"retraction\" ext-link-type=\"pmid\" x:href=\"9\"/>";
        assert_eq!(read("retraction", meta).related[0].relation, Relation::Retracts);
        assert_eq!(read("retraction", meta).status, Status::Current);
        assert_eq!(read("research-article", meta).related[0].relation, Relation::RetractedBy);
    }

    #[test]
    fn licences_stand_in_three_places() {
        for (permissions, licence) in [
            (
                "<license x:href=\"https://a.example/by/\"><license-p>Words</license-p></license>",
                Some("https://a.example/by/"),
            ),
            (
                "<license><ali:license_ref>https://b.example/</ali:license_ref><license-p>Words</license-p></license>",
                Some("https://b.example/"),
            ),
            ("<ali:free_to_read/><ali:license_ref>https://c.example/</ali:license_ref>", Some("https://c.example/")),
            (
                "<license license-type=\"open\"><license-p>Free to <b>use</b>.</license-p></license>",
                Some("Free to use."),
            ),
            ("<copyright-year>2020</copyright-year>", None),
        ] {
            let fields = read("other", &format!("<permissions>{permissions}</permissions>"));
            assert_eq!(fields.licence.as_deref(), licence, "{permissions}");
        }
    }

    #[test]
    fn titles_have_their_subtitle_and_authors_both_names() {
        let fields = read(
            "research-article",
            "<title-group><article-title>Examplin in gout<xref ref-type=\"fn\"><sup>1</sup></xref></article-title>\
             <subtitle>a randomised trial</subtitle></title-group><contrib-group><contrib contrib-type=\"author\">\
             <name><surname>Doe</surname><given-names>Jo</given-names></name></contrib><contrib contrib-type=\"editor\"><name>\
             <surname>No</surname></name></contrib><contrib><collab>The Group</collab></contrib></contrib-group>",
        );
        assert_eq!(fields.title.as_deref(), Some("Examplin in gout: a randomised trial"));
        assert_eq!(fields.authors, ["Jo Doe", "The Group"]);
        assert_eq!(fields.kind, Some(Kind::Trial));
        assert_eq!(fields.language.as_deref(), Some("en"));
    }
}
