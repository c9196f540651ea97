//! MEDLINE XML: the records of PubMed, each a title with its abstract, and what has become of the article since.

use std::collections::HashMap;
use std::ops::Range;

use knowledge::{Access, BlockKind, Identifiers, Kind, Related, Relation, Status, TextBuilder};
use roxmltree::Node;

use super::jats::unique;
use super::jats_front::{earliest, is_marked_retracted};
use super::xml::{child, children, elements, first_text, malformed, parse_xml, path};
use super::xml_text::{inline, text_of, tidy};
use super::{Fields, Parsed, date};
use crate::error::Rejection;

/// What one record is. Old sets hold bare citations.
const RECORDS: [&str; 3] = ["PubmedArticle", "PubmedBookArticle", "MedlineCitation"];

/// The records of a set, each with a name and its bytes.
pub(super) fn articles(text: &str) -> Vec<(String, Range<usize>)> {
    let mut names = HashMap::new();
    let found = elements(text, &RECORDS).into_iter().enumerate();
    found
        .map(|(at, range)| {
            let pmid = text.get(range.clone()).and_then(|record| first_text(record, "PMID", None));
            let name = pmid.map_or_else(|| format!("article-{}", at + 1), |pmid| format!("pmid-{pmid}"));
            (unique(name, &mut names), range)
        })
        .collect()
}

pub(super) fn parse(text: &str) -> Result<Parsed, Rejection> {
    let document = parse_xml(text)?;
    let record = document.descendants().find(|node| RECORDS.iter().any(|name| node.has_tag_name(*name)));
    let record = record.ok_or_else(|| malformed("no <PubmedArticle> in it"))?;
    // A chapter of a book has in one element what an article has in two.
    let citation = child(record, "MedlineCitation").or(child(record, "BookDocument")).unwrap_or(record);
    let article = child(citation, "Article").unwrap_or(citation);
    let fields = fields(record, citation, article);
    let mut builder = TextBuilder::new();
    if let Some(title) = &fields.title {
        builder.heading(1, title);
    }
    if let Some(part) = child(article, "Abstract") {
        builder.heading(2, "Abstract");
        for part in children(part, "AbstractText") {
            let label = part.attribute("Label").unwrap_or_default();
            if !label.is_empty() && !label.eq_ignore_ascii_case("unlabelled") {
                builder.heading(3, label);
            }
            builder.block(BlockKind::Paragraph, &inline(part));
        }
    }
    Ok(Parsed { fields, text: builder.finish(), defects: Vec::new() })
}

fn fields(record: Node<'_, '_>, citation: Node<'_, '_>, article: Node<'_, '_>) -> Fields {
    let types: Vec<String> = child(article, "PublicationTypeList")
        .unwrap_or(article)
        .children()
        .filter(|node| node.has_tag_name("PublicationType"))
        .filter_map(tidy)
        .collect();
    let references = child(citation, "CommentsCorrectionsList");
    let references: Vec<Node<'_, '_>> =
        references.into_iter().flat_map(|list| children(list, "CommentsCorrections")).collect();
    let (title, translated) = title(article);
    let identifiers = identifiers(record, citation, article);
    let rights = path(article, &["Abstract", "CopyrightInformation"]).and_then(tidy);
    let (licence, notice) = match rights {
        Some(rights) if names_licence(&rights) => (Some(rights), None),
        rights => (None, rights),
    };
    Fields {
        id: identifiers.pmid.as_ref().map(|pmid| format!("PMID{pmid}")),
        issuer: path(article, &["Journal", "Title"])
            .or(path(article, &["Journal", "ISOAbbreviation"]))
            .or(path(article, &["Book", "Publisher", "PublisherName"]))
            .and_then(tidy),
        kind: kind_of(&types),
        published: published(article),
        status: status(&types, &references, title.as_deref().unwrap_or_default()),
        access: Access::AbstractOnly,
        // PubMed holds a translated title and an English abstract of articles in other languages.
        language: if translated {
            Some("en".to_owned())
        } else {
            text_of(article, "Language").map(|code| language(&code))
        },
        authors: children(article, "AuthorList")
            .filter(|list| list.attribute("Type") != Some("editors"))
            .flat_map(|list| children(list, "Author"))
            .filter_map(author)
            .collect(),
        related: references.iter().flat_map(|reference| related(*reference)).collect(),
        title,
        identifiers,
        licence,
        notice,
        ..Fields::default()
    }
}

/// The title, and whether it is a translation: those stand in brackets.
fn title(article: Node<'_, '_>) -> (Option<String>, bool) {
    let title = text_of(article, "ArticleTitle").unwrap_or_default();
    let title = title.strip_suffix('.').filter(|title| !title.ends_with('.')).unwrap_or(&title);
    let translated =
        title.strip_prefix('[').and_then(|title| title.strip_suffix(']')).map(|title| title.trim_end_matches('.'));
    match translated {
        Some("Not Available" | "In Process Citation") | None if title.is_empty() || translated.is_some() => (
            text_of(article, "VernacularTitle").or_else(|| path(article, &["Book", "BookTitle"]).and_then(tidy)),
            false,
        ),
        Some(translated) => (Some(translated.to_owned()), true),
        None => (Some(title.to_owned()), false),
    }
}

fn identifiers(record: Node<'_, '_>, citation: Node<'_, '_>, article: Node<'_, '_>) -> Identifiers {
    let mut found = Identifiers { pmid: text_of(citation, "PMID"), ..Identifiers::default() };
    for id in children(article, "ELocationID").filter(|id| id.attribute("ValidYN") != Some("N")) {
        if id.attribute("EIdType") == Some("doi") {
            found.doi = tidy(id);
        }
    }
    let lists = ["PubmedData", "PubmedBookData"].into_iter().filter_map(|data| path(record, &[data, "ArticleIdList"]));
    for id in lists.chain(child(citation, "ArticleIdList")).flat_map(|list| children(list, "ArticleId")) {
        let (value, kind) = (tidy(id), id.attribute("IdType").unwrap_or_default());
        match kind {
            "pubmed" => found.pmid = found.pmid.take().or(value),
            "doi" => found.doi = found.doi.take().or(value),
            "pmc" => found.pmcid = value.map(|id| format!("PMC{}", id.trim_start_matches("PMC"))),
            _ => {}
        }
    }
    found.url = found.pmid.as_ref().map(|pmid| format!("https://pubmed.ncbi.nlm.nih.gov/{pmid}/"));
    found
}

fn names_licence(rights: &str) -> bool {
    let rights = rights.to_lowercase();
    ["creativecommons.org", "creative commons", "cc by", "cc-by", "cc0", "public domain"]
        .iter()
        .any(|name| rights.contains(name))
}

/// The most telling of the types. A review of trials is a review, and a guideline that reviews them a guideline.
fn kind_of(types: &[String]) -> Option<Kind> {
    let has = |names: &[&str]| types.iter().any(|kind| names.contains(&kind.as_str()));
    if has(&["Practice Guideline", "Guideline", "Consensus Development Conference"]) {
        Some(Kind::Guideline)
    } else if has(&["Systematic Review", "Meta-Analysis", "Review", "Network Meta-Analysis", "Scoping Review"]) {
        Some(Kind::Review)
    } else if has(&["Case Reports"]) {
        Some(Kind::CaseLiterature)
    } else {
        let trial = |kind: &String| kind.contains("Clinical Trial") || kind.contains("Controlled Trial");
        let study = ["Observational Study", "Comparative Study", "Multicenter Study"];
        (types.iter().any(trial) || has(&study)).then_some(Kind::Trial)
    }
}

/// When it was out: on the web or in an issue, whichever was first.
fn published(article: Node<'_, '_>) -> Option<String> {
    let issue = path(article, &["Journal", "JournalIssue", "PubDate"]).or(path(article, &["Book", "PubDate"]));
    earliest(children(article, "ArticleDate").chain(issue).filter_map(date_of))
}

fn date_of(node: Node<'_, '_>) -> Option<String> {
    if let Some(words) = text_of(node, "MedlineDate") {
        // "1998 Dec-1999 Jan", "2000 Spring", "1999-2000": the year and the month that it begins with.
        let mut words = words.split(|c: char| c.is_whitespace() || c == '-');
        let (year, month) = (words.next()?, words.next().and_then(month));
        return date(year, month.as_deref(), None);
    }
    let month = text_of(node, "Month").and_then(|name| month(&name));
    date(&text_of(node, "Year")?, month.as_deref(), text_of(node, "Day").as_deref())
}

/// A month as a number, from its number or its name.
fn month(name: &str) -> Option<String> {
    const NAMES: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let short = name.get(..3).map(str::to_ascii_lowercase);
    let by_name = short.and_then(|short| NAMES.iter().position(|known| *known == short)).map(|at| at + 1);
    by_name.or_else(|| name.parse().ok().filter(|month| (1..=12).contains(month))).map(|month| month.to_string())
}

fn author(author: Node<'_, '_>) -> Option<String> {
    if author.attribute("ValidYN") == Some("N") {
        return None;
    }
    let first = text_of(author, "ForeName").or_else(|| text_of(author, "Initials"));
    let name = [first, text_of(author, "LastName"), text_of(author, "Suffix")];
    let name = name.into_iter().flatten().collect::<Vec<_>>().join(" ");
    text_of(author, "CollectiveName").or(Some(name).filter(|name| !name.is_empty()))
}

/// MARC's codes of languages as BCP 47 tags, where they differ and are common.
fn language(code: &str) -> String {
    let tag = match code.to_ascii_lowercase().as_str() {
        "eng" => "en",
        "fre" | "fra" => "fr",
        "ger" | "deu" => "de",
        "spa" => "es",
        "ita" => "it",
        "por" => "pt",
        "dut" | "nld" => "nl",
        "rus" => "ru",
        "ukr" => "uk",
        "pol" => "pl",
        "cze" | "ces" => "cs",
        "hun" => "hu",
        "rum" | "ron" => "ro",
        "gre" | "ell" => "el",
        "tur" => "tr",
        "dan" => "da",
        "swe" => "sv",
        "nor" => "no",
        "fin" => "fi",
        "heb" => "he",
        "ara" => "ar",
        "per" | "fas" => "fa",
        "chi" | "zho" => "zh",
        "jpn" => "ja",
        "kor" => "ko",
        other => return other.to_owned(),
    };
    tag.to_owned()
}

/// How the article stands, the gravest mark first.
fn status(types: &[String], references: &[Node<'_, '_>], title: &str) -> Status {
    let marked = |names: &[&str]| {
        references.iter().any(|node| node.attribute("RefType").is_some_and(|kind| names.contains(&kind)))
    };
    let retracted = types.iter().any(|kind| kind == "Retracted Publication") || is_marked_retracted(title);
    if retracted || marked(&["RetractionIn", "RetractedandRepublishedIn"]) {
        Status::Retracted
    } else if title.to_ascii_uppercase().starts_with("WITHDRAWN:") {
        // So Cochrane marks reviews that it has taken out of use.
        Status::Withdrawn
    } else if marked(&["UpdateIn", "CorrectedandRepublishedIn"]) {
        Status::Superseded
    } else if marked(&["ExpressionOfConcernIn"]) {
        Status::ExpressionOfConcern
    } else if marked(&["ErratumIn", "PartialRetractionIn"]) {
        Status::Corrected
    } else {
        Status::Current
    }
}

fn related(reference: Node<'_, '_>) -> Vec<Related> {
    let relations: &[Relation] = match reference.attribute("RefType").unwrap_or_default() {
        "RetractionOf" => &[Relation::Retracts],
        "RetractionIn" => &[Relation::RetractedBy],
        "RetractedandRepublishedIn" => &[Relation::RetractedBy, Relation::ReplacedBy],
        // A part is taken back; the rest stands, so that this is a correction.
        "ErratumFor" | "PartialRetractionOf" => &[Relation::Corrects],
        "ErratumIn" | "PartialRetractionIn" => &[Relation::CorrectedBy],
        "ExpressionOfConcernFor" => &[Relation::Concerns],
        "ExpressionOfConcernIn" => &[Relation::ConcernBy],
        "UpdateOf" | "RepublishedFrom" | "CorrectedandRepublishedFrom" | "RetractedandRepublishedFrom" => {
            &[Relation::Replaces]
        }
        "UpdateIn" | "RepublishedIn" | "CorrectedandRepublishedIn" => &[Relation::ReplacedBy],
        _ => &[],
    };
    let Some(pmid) = text_of(reference, "PMID") else { return Vec::new() };
    let other = Identifiers { pmid: Some(pmid), ..Identifiers::default() };
    relations.iter().map(|relation| Related { relation: *relation, other: other.clone() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = r#"<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">90000001</PMID>
<Article PubModel="Print-Electronic"><Journal><JournalIssue CitedMedium="Internet"><Volume>12</Volume>
<PubDate><Year>2021</Year><Month>May</Month></PubDate></JournalIssue><Title>The journal of examples</Title></Journal>
<ArticleTitle>Examplin for <i>acute</i> gout: a randomised trial.</ArticleTitle><ELocationID EIdType="doi" ValidYN="Y">10.5555/ex.1</ELocationID>
<Abstract><AbstractText Label="BACKGROUND" NlmCategory="BACKGROUND">Gout hurts.</AbstractText>
<AbstractText Label="RESULTS">Platelets were 12 &#xD7; 10<sup>9</sup>/L &amp; pain fell by 20%.</AbstractText>
<CopyrightInformation>Copyright 2021 by nobody.</CopyrightInformation></Abstract>
<AuthorList CompleteYN="Y"><Author ValidYN="Y"><LastName>Doe</LastName><ForeName>Jo A</ForeName></Author>
<Author><CollectiveName>Examplin Study Group</CollectiveName></Author></AuthorList><Language>eng</Language>
<PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType><PublicationType>Randomized Controlled Trial</PublicationType>
</PublicationTypeList><ArticleDate DateType="Electronic"><Year>2021</Year><Month>03</Month><Day>02</Day></ArticleDate></Article>
<CommentsCorrectionsList><CommentsCorrections RefType="ErratumIn"><RefSource>J Ex. 2022</RefSource><PMID>90000002</PMID></CommentsCorrections>
<CommentsCorrections RefType="CommentIn"><PMID>90000003</PMID></CommentsCorrections></CommentsCorrectionsList>
<OtherAbstract Language="spa"><AbstractText>La gota duele.</AbstractText></OtherAbstract></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pubmed">90000001</ArticleId><ArticleId IdType="pmc">PMC9000</ArticleId></ArticleIdList>
<ReferenceList><Reference><ArticleIdList><ArticleId IdType="pubmed">1</ArticleId></ArticleIdList></Reference></ReferenceList></PubmedData></PubmedArticle>"#;

    const CHAPTER: &str = r#"<PubmedBookArticle><BookDocument><PMID Version="1">90000009</PMID><ArticleIdList><ArticleId IdType="bookaccession">NBK1</ArticleId>
</ArticleIdList><Book><Publisher><PublisherName>House of Examples</PublisherName></Publisher><BookTitle>Handbook</BookTitle>
<PubDate><Year>2006</Year></PubDate><AuthorList Type="editors"><Author><LastName>Ed</LastName></Author></AuthorList></Book>
<ArticleTitle>Examplin</ArticleTitle><Language>eng</Language><AuthorList Type="authors"><Author><LastName>Roe</LastName></Author></AuthorList>
<PublicationType>Review</PublicationType><Abstract><AbstractText>In milk.</AbstractText></Abstract></BookDocument></PubmedBookArticle>"#;

    #[test]
    fn a_record_is_read() {
        let parsed = parse(RECORD).unwrap();
        assert_eq!(
            parsed.text.as_str(),
            "Examplin for acute gout: a randomised trial\nAbstract\nBACKGROUND\nGout hurts.\nRESULTS\n\
             Platelets were 12 × 10⁹/L & pain fell by 20%."
        );
        assert_eq!(parsed.text.blocks()[5].section, ["Abstract", "RESULTS"]);
        let fields = parsed.fields;
        assert_eq!(fields.id.as_deref(), Some("PMID90000001"));
        assert_eq!(fields.issuer.as_deref(), Some("The journal of examples"));
        assert_eq!(fields.published.as_deref(), Some("2021-03-02"));
        assert_eq!(fields.authors, ["Jo A Doe", "Examplin Study Group"]);
        assert_eq!((fields.kind, fields.access), (Some(Kind::Trial), Access::AbstractOnly));
        assert_eq!(fields.language.as_deref(), Some("en"));
        assert_eq!(fields.notice.as_deref(), Some("Copyright 2021 by nobody."));
        assert_eq!(fields.licence, None);
        assert_eq!(fields.status, Status::Corrected);
        let other = Identifiers { pmid: Some("90000002".to_owned()), ..Identifiers::default() };
        assert_eq!(fields.related, [Related { relation: Relation::CorrectedBy, other }]);
        let names = fields.identifiers;
        assert_eq!((names.doi.as_deref(), names.pmcid.as_deref()), (Some("10.5555/ex.1"), Some("PMC9000")));
        assert_eq!(names.url.as_deref(), Some("https://pubmed.ncbi.nlm.nih.gov/90000001/"));
    }

    #[test]
    fn a_chapter_of_a_book_is_read() {
        let parsed = parse(CHAPTER).unwrap();
        assert_eq!(parsed.text.as_str(), "Examplin\nAbstract\nIn milk.");
        let fields = parsed.fields;
        assert_eq!(fields.id.as_deref(), Some("PMID90000009"));
        assert_eq!(fields.issuer.as_deref(), Some("House of Examples"));
        assert_eq!((fields.published.as_deref(), fields.kind), (Some("2006"), Some(Kind::Review)));
        assert_eq!(fields.authors, ["Roe"]);
    }

    #[test]
    fn a_set_is_taken_apart_by_bytes() {
        let set = format!(
            "<?xml version=\"1.0\"?><!DOCTYPE PubmedArticleSet PUBLIC \"-//NLM//DTD PubMedArticle//EN\" \"x.dtd\">\n<PubmedArticleSet>\n\
             {RECORD}\n<!-- <PubmedArticle> -->{CHAPTER}{RECORD}<PubmedArticle></PubmedArticle>\
             <DeleteCitation><PMID>5</PMID></DeleteCitation></PubmedArticleSet>"
        );
        let found = articles(&set);
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["pmid-90000001", "pmid-90000009", "pmid-90000001-2", "article-4"]);
        assert_eq!(&set[found[0].1.clone()], RECORD);
        assert_eq!(&set[found[1].1.clone()], CHAPTER);
        let bare = "<MedlineCitationSet><MedlineCitation><PMID>7</PMID></MedlineCitation></MedlineCitationSet>";
        assert_eq!(articles(bare), [("pmid-7".to_owned(), 20..69)]);
    }

    #[test]
    fn marks_of_what_became_of_it_are_seen() {
        for (from, to, status, relations) in [
            ("ErratumIn", "RetractionIn", Status::Retracted, vec![Relation::RetractedBy]),
            (
                "ErratumIn",
                "RetractedandRepublishedIn",
                Status::Retracted,
                vec![Relation::RetractedBy, Relation::ReplacedBy],
            ),
            ("ErratumIn", "ExpressionOfConcernIn", Status::ExpressionOfConcern, vec![Relation::ConcernBy]),
            ("ErratumIn", "UpdateIn", Status::Superseded, vec![Relation::ReplacedBy]),
            ("ErratumIn", "RetractionOf", Status::Current, vec![Relation::Retracts]),
            ("ErratumIn", "UpdateOf", Status::Current, vec![Relation::Replaces]),
            ("Journal Article<", "Retracted Publication<", Status::Retracted, vec![Relation::CorrectedBy]),
            ("<ArticleTitle>", "<ArticleTitle>WITHDRAWN: ", Status::Withdrawn, vec![Relation::CorrectedBy]),
            ("<ArticleTitle>", "<ArticleTitle>RETRACTED: ", Status::Retracted, vec![Relation::CorrectedBy]),
            ("<ArticleTitle>", "<ArticleTitle>Retracted trials of ", Status::Corrected, vec![Relation::CorrectedBy]),
        ] {
            let fields = parse(&RECORD.replace(from, to)).unwrap().fields;
            let found: Vec<_> = fields.related.iter().map(|related| related.relation).collect();
            assert_eq!((fields.status, found), (status, relations), "{to}");
        }
    }

    #[test]
    fn dates_are_taken_as_far_as_they_go() {
        let web = "<ArticleDate DateType=\"Electronic\"><Year>2021</Year><Month>03</Month><Day>02</Day></ArticleDate>";
        for (issue, published) in [
            ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", Some("1998-12")),
            ("<MedlineDate>2000 Spring</MedlineDate>", Some("2000")),
            ("<MedlineDate>1999-2000</MedlineDate>", Some("1999")),
            ("<Year>2003</Year><Month>Sept</Month><Day>5</Day>", Some("2003-09-05")),
            ("<Year>2003</Year><Season>Winter</Season>", Some("2003")),
            ("<MedlineDate>Winter</MedlineDate>", None),
        ] {
            let record = RECORD.replace(web, "").replace("<Year>2021</Year><Month>May</Month>", issue);
            assert_eq!(parse(&record).unwrap().fields.published.as_deref(), published, "{issue}");
        }
    }

    #[test]
    fn titles_kinds_and_licences() {
        let title = "Examplin for <i>acute</i> gout: a randomised trial.";
        let german = RECORD.replace("eng", "ger");
        let fields = parse(&german.replace(title, "[Examplin in gout].")).unwrap().fields;
        assert_eq!((fields.title.as_deref(), fields.language.as_deref()), (Some("Examplin in gout"), Some("en")));
        let vernacular = format!(
            "[Not Available].{}",
            "</ArticleTitle><VernacularTitle>Examplin bei Gicht</VernacularTitle><ArticleTitle>"
        );
        let fields = parse(&german.replace(title, &vernacular)).unwrap().fields;
        assert_eq!((fields.title.as_deref(), fields.language.as_deref()), (Some("Examplin bei Gicht"), Some("de")));
        for (name, kind) in [
            ("Practice Guideline", Kind::Guideline),
            ("Meta-Analysis", Kind::Review),
            ("Case Reports", Kind::CaseLiterature),
            ("Clinical Trial, Phase III", Kind::Trial),
        ] {
            let fields = parse(&RECORD.replace("Randomized Controlled Trial", name)).unwrap().fields;
            assert_eq!(fields.kind, Some(kind), "{name}");
        }
        assert_eq!(parse(&RECORD.replace("Randomized Controlled Trial", "Letter")).unwrap().fields.kind, None);
        let open = RECORD.replace("Copyright 2021 by nobody.", "Under a Creative Commons licence.");
        assert_eq!(parse(&open).unwrap().fields.licence.as_deref(), Some("Under a Creative Commons licence."));
    }

    #[test]
    fn what_is_no_record_is_refused() {
        for text in ["", "<PubmedArticleSet/>", "<PubmedArticle>", "<PubmedArticle><PMID>&x;</PMID></PubmedArticle>"] {
            assert!(matches!(parse(text), Err(Rejection::Malformed { .. })), "{text}");
        }
    }
}
