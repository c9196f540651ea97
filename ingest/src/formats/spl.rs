//! Structured Product Labeling (HL7 version 3): drug labels as DailyMed publishes them.

use std::collections::HashSet;

use knowledge::{BlockKind, DefectKind, Identifiers, Kind, TextBuilder};
use roxmltree::Node;

use super::xml::{child, children, malformed, parse_xml, path};
use super::xml_text::{Losses, append_inline, inline, text_of, tidy, write_table};
use super::{Fields, Parsed, date, version_of};
use crate::error::Rejection;

/// LOINC's code of the section with the gravest warnings.
const BOXED_WARNING: &str = "34066-1";

/// Classes of ingredients that act; the others are fillers.
const ACTIVE: [&str; 3] = ["ACTIB", "ACTIM", "ACTIR"];

pub(super) fn parse(text: &str) -> Result<Parsed, Rejection> {
    let document = parse_xml(text)?;
    let label = document.root_element();
    if !label.has_tag_name(("urn:hl7-org:v3", "document")) {
        return Err(malformed("no <document> of HL7 version 3 in it"));
    }
    let products = products(label);
    let mut fields = fields(label)?;
    let name = products.first().and_then(|product| product.first()).map(|(_, name)| name.clone());
    fields.title = fields.title.or(name);
    let mut writer = Writer::default();
    if let Some(title) = &fields.title {
        writer.builder.heading(1, title);
    }
    if !products.is_empty() {
        writer.builder.heading(2, "Product");
    }
    for product in &products {
        let cells: Vec<(Option<&str>, &str)> =
            product.iter().map(|(name, text)| (Some(*name), text.as_str())).collect();
        writer.builder.row(&cells, None);
    }
    let body = path(label, &["component", "structuredBody"]);
    for section in body.into_iter().flat_map(sections) {
        writer.section(section, 2);
    }
    Ok(Parsed { fields, text: writer.builder.finish(), defects: writer.losses.defects() })
}

fn fields(label: Node<'_, '_>) -> Result<Fields, Rejection> {
    let value = |name: &str, attribute: &str| {
        let value = child(label, name)?.attribute(attribute)?.trim();
        Some(value.to_owned()).filter(|value| !value.is_empty())
    };
    let set = value("setId", "root");
    // 20240131, or with a time after it.
    let effective =
        value("effectiveTime", "value").and_then(|time| date(time.get(..4)?, time.get(4..6), time.get(6..8)));
    let language = value("languageCode", "code").map(|code| code.to_ascii_lowercase());
    let url = set.as_ref().map(|set| format!("https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid={set}"));
    let version = value("versionNumber", "value").map_or(Ok(None), |version| version_of(&version))?;
    Ok(Fields {
        id: set,
        version,
        title: text_of(label, "title"),
        issuer: path(label, &["author", "assignedEntity", "representedOrganization", "name"]).and_then(tidy),
        kind: Some(Kind::DrugLabel),
        published: effective.clone(),
        effective,
        jurisdiction: Some("US".to_owned()),
        language: language.and_then(|code| code.split('-').next().map(str::to_owned)),
        identifiers: Identifiers { url, ..Identifiers::default() },
        ..Fields::default()
    })
}

/// Each product as the cells of a row: what it is called, what is in it, and how it is given.
fn products(label: Node<'_, '_>) -> Vec<Vec<(&'static str, String)>> {
    let mut seen = HashSet::new();
    let named = |node: &Node<'_, '_>| {
        ["manufacturedProduct", "manufacturedMedicine", "partProduct"].iter().any(|name| node.has_tag_name(*name))
            && child(*node, "name").is_some()
    };
    let rows = label.descendants().filter(named).map(|product| {
        let active = children(product, "ingredient")
            .filter(|part| part.attribute("classCode").is_some_and(|class| ACTIVE.contains(&class)));
        let older = children(product, "activeIngredient");
        let cells = [
            ("Product", text_of(product, "name")),
            ("Generic name", path(product, &["asEntityWithGeneric", "genericMedicine", "name"]).and_then(tidy)),
            ("Active ingredients", list(active.chain(older).filter_map(ingredient))),
            ("Form", child(product, "formCode").and_then(shown)),
            ("Route", list(routes(product))),
            ("Code", child(product, "code").and_then(|code| code.attribute("code")).map(str::to_owned)),
        ];
        cells.into_iter().filter_map(|(name, text)| Some((name, text?))).collect::<Vec<_>>()
    });
    // A label repeats a product for each of its packages' sections.
    rows.filter(|row| seen.insert(row.clone())).collect()
}

fn list(parts: impl Iterator<Item = String>) -> Option<String> {
    Some(parts.collect::<Vec<_>>().join(", ")).filter(|list| !list.is_empty())
}

/// What a code stands for.
fn shown(code: Node<'_, '_>) -> Option<String> {
    code.attribute("displayName").map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty())
}

/// A substance with its strength: `Examplin 5 mg`, `Examplin 5 mg/mL`, `Examplin 5 mg/2 mL`.
fn ingredient(node: Node<'_, '_>) -> Option<String> {
    let substance =
        ["ingredientSubstance", "activeIngredientSubstance"].into_iter().find_map(|name| child(node, name))?;
    let name = text_of(substance, "name")?;
    let amount = |part: &str| {
        let part = path(node, &["quantity", part])?;
        let unit = part.attribute("unit").filter(|unit| *unit != "1").unwrap_or_default();
        Some((part.attribute("value")?.trim(), unit.trim()))
    };
    let strength = match (amount("numerator"), amount("denominator")) {
        // In one tablet, or another thing that is counted.
        (Some((value, unit)), None | Some(("1", ""))) => format!("{value} {unit}"),
        (Some((value, unit)), Some(("1", per))) => format!("{value} {unit}/{per}"),
        (Some((value, unit)), Some((number, per))) => format!("{value} {unit}/{number} {per}"),
        (None, _) => String::new(),
    };
    Some(format!("{name} {strength}").trim().to_owned())
}

/// How a product is given. That stands beside it, or beside the product that it is a part of.
fn routes(product: Node<'_, '_>) -> impl Iterator<Item = String> {
    let mut seen = HashSet::new();
    let holders = [Some(product), product.parent()].into_iter().flatten();
    let given = holders.flat_map(|holder| children(holder, "consumedIn"));
    let codes = given.filter_map(|given| path(given, &["substanceAdministration", "routeCode"]).and_then(shown));
    codes.filter(move |code| seen.insert(code.clone()))
}

fn sections<'a, 'i>(node: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    children(node, "component").filter_map(|component| child(component, "section"))
}

/// Writes a label's text block by block.
#[derive(Default)]
struct Writer {
    builder: TextBuilder,
    losses: Losses,
}

impl Writer {
    /// A section and those in it. Its `excerpt` is left out: that is the same text for the page of highlights, cut down to
    /// where a quote of it would miss conditions that the full text names.
    fn section(&mut self, node: Node<'_, '_>, level: usize) {
        let code = child(node, "code");
        let boxed = code.and_then(|code| code.attribute("code")) == Some(BOXED_WARNING);
        let title = text_of(node, "title");
        let text = child(node, "text");
        let says = text.is_some_and(|text| {
            text.children().any(|part| part.is_element() || part.text().is_some_and(|text| !text.trim().is_empty()))
        });
        let within: Vec<Node<'_, '_>> = sections(node).collect();
        if !says && within.is_empty() {
            return;
        }
        let mut below = level + 1;
        if boxed {
            self.builder.heading(level, "Boxed warning");
            let title = title.filter(|title| !title.to_lowercase().contains("boxed warning"));
            if let Some(title) = title {
                self.builder.heading(below, &title);
                below += 1;
            }
        } else if let Some(heading) = title.or_else(|| code.and_then(heading_of)) {
            self.builder.heading(level, &heading);
        } else if level == 2 {
            // Without a heading of its own it would stand under the one of the section before it.
            self.builder.heading(level, "Other information");
        }
        if let Some(text) = text {
            self.mixed(text, BlockKind::Paragraph);
        }
        for section in within {
            self.section(section, below);
        }
    }

    /// Text with blocks in it: they become blocks of their own, after what stands before them, and footnotes come last.
    fn mixed(&mut self, node: Node<'_, '_>, kind: BlockKind) {
        let mut text = String::new();
        for part in node.children() {
            match part.tag_name().name() {
                "paragraph" | "list" | "table" | "caption" | "renderMultiMedia" => {
                    self.builder.block(kind, &std::mem::take(&mut text));
                    match part.tag_name().name() {
                        "paragraph" => self.mixed(part, kind),
                        "list" => self.list(part),
                        "table" => self.table(part),
                        "caption" => self.builder.block(BlockKind::Caption, &inline(part)),
                        _ => self.picture(part),
                    }
                }
                _ => append_inline(part, &mut text),
            }
        }
        self.builder.block(kind, &text);
        self.leftovers(node, true);
    }

    fn list(&mut self, node: Node<'_, '_>) {
        for part in node.children() {
            match part.tag_name().name() {
                "caption" => self.builder.block(BlockKind::Paragraph, &inline(part)),
                "item" => self.mixed(part, BlockKind::ListItem),
                _ => {}
            }
        }
    }

    fn table(&mut self, node: Node<'_, '_>) {
        if let Some(caption) = child(node, "caption") {
            self.builder.block(BlockKind::Caption, &inline(caption));
        }
        write_table(node, &mut self.builder, &mut self.losses);
        for part in node.descendants() {
            match part.tag_name().name() {
                "footnote" => self.builder.block(BlockKind::Caption, &inline(part)),
                "renderMultiMedia" => self.picture(part),
                _ => {}
            }
        }
    }

    /// Footnotes and pictures in running text. Blocks, and pictures that stand directly in `outer` text, are written before.
    fn leftovers(&mut self, node: Node<'_, '_>, outer: bool) {
        for part in node.children().filter(Node::is_element) {
            match part.tag_name().name() {
                "paragraph" | "list" | "table" | "caption" => {}
                "footnote" => self.builder.block(BlockKind::Paragraph, &inline(part)),
                "renderMultiMedia" if outer => {}
                "renderMultiMedia" => self.picture(part),
                _ => self.leftovers(part, false),
            }
        }
    }

    /// A structure, a graph or a picture of the package: only its caption is text.
    fn picture(&mut self, node: Node<'_, '_>) {
        self.losses.note(DefectKind::LostObject);
        if let Some(caption) = child(node, "caption") {
            self.builder.block(BlockKind::Caption, &inline(caption));
        }
    }
}

/// What a section without a title is called in LOINC, without the word that all its names end with.
fn heading_of(code: Node<'_, '_>) -> Option<String> {
    let name = code.attribute("displayName")?.trim().to_lowercase();
    let name = name.strip_suffix(" section").unwrap_or(&name);
    // "SPL unclassified" says nothing.
    let mut chars = name.chars();
    let first = chars.next().filter(|_| name != "spl unclassified")?;
    Some(first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use knowledge::Defect;

    use super::*;

    /// A label with this body.
    fn label(body: &str) -> String {
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?><?xml-stylesheet href="spl.xsl" type="text/xsl"?>
<document xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><id root="a"/>
<code code="34391-3" displayName="HUMAN PRESCRIPTION DRUG LABEL"/><title>EXAMPLIA<sup>®</sup> (examplin)<br/>tablets</title>
<effectiveTime value="20240131"/><languageCode code="en-US"/><setId root="00000000-0000-4000-8000-000000000001"/><versionNumber value="7"/>
<author><assignedEntity><representedOrganization><name>Example Laboratories, Inc.</name></representedOrganization></assignedEntity></author>
<component><structuredBody>{body}</structuredBody></component></document>"#
        )
    }

    const PRODUCTS: &str = r#"<component><section><code code="48780-1" displayName="SPL product data elements section"/><subject><manufacturedProduct>
<manufacturedProduct><code code="00000-001"/><name>Examplia<suffix> XR</suffix></name><formCode displayName="TABLET, FILM COATED"/>
<asEntityWithGeneric><genericMedicine><name>Examplin</name></genericMedicine></asEntityWithGeneric>
<ingredient classCode="ACTIB"><quantity><numerator value="5" unit="mg"/><denominator value="1" unit="1"/></quantity>
<ingredientSubstance><name>Examplin hydrochloride</name></ingredientSubstance></ingredient>
<ingredient classCode="IACT"><ingredientSubstance><name>Starch</name></ingredientSubstance></ingredient></manufacturedProduct>
<consumedIn><substanceAdministration><routeCode displayName="ORAL"/></substanceAdministration></consumedIn></manufacturedProduct></subject>
<subject><manufacturedProduct><manufacturedProduct><name>Examplia</name><formCode displayName="SOLUTION"/>
<ingredient classCode="ACTIM"><quantity><numerator value="10" unit="mg"/><denominator value="5" unit="mL"/></quantity>
<ingredientSubstance><name>Examplin</name></ingredientSubstance></ingredient></manufacturedProduct></manufacturedProduct></subject></section></component>"#;

    const SECTIONS: &str = r#"<component><section><code code="34066-1" displayName="BOXED WARNING SECTION"/><title>WARNING: EXAMPLES</title>
<text><paragraph>May <content styleCode="bold">confuse</content>.</paragraph></text>
<excerpt><highlight><text><paragraph>Confuses.</paragraph></text></highlight></excerpt></section></component>
<component><section><code code="34068-7" displayName="DOSAGE &amp; ADMINISTRATION SECTION"/><title>2 DOSAGE AND ADMINISTRATION</title>
<component><section><code code="42229-5"/><title>2.1 Adults</title><text>Start low.<paragraph>Give 5 mg<footnote>With food.</footnote> daily [see
<linkHtml href="x">Warnings (5)</linkHtml>].</paragraph><list listType="unordered"><caption>Do not give:</caption><item>to nobody<list><item>twice</item></list></item>
<item><paragraph>with 10<sup>9</sup> others</paragraph></item></list>
<table><caption>Table 1</caption><thead><tr><th>Renal function</th><th>Dose</th></tr></thead><tfoot><tr><td colspan="2">CrCl: clearance</td></tr></tfoot>
<tbody><tr><td rowspan="2">Impaired</td><td>1 mg</td></tr><tr><td>2 mg<footnote>Old.</footnote></td></tr></tbody></table>
<renderMultiMedia referencedObject="MM1"><caption>Figure 1</caption></renderMultiMedia></text></section></component></section></component>
<component><section><code code="34084-4" displayName="ADVERSE REACTIONS SECTION"/><text><paragraph>None.<content><renderMultiMedia referencedObject="MM2"/></content></paragraph></text></section></component>
<component><section><code code="42229-5" displayName="SPL UNCLASSIFIED SECTION"/><text>Plain.</text></section></component>
<component><section><code code="43683-2"/><title>RECENT MAJOR CHANGES</title><excerpt><highlight><text>Dose (2.1)</text></highlight></excerpt></section></component>"#;

    #[test]
    fn a_label_is_read_section_by_section() {
        let parsed = parse(&label(SECTIONS)).unwrap();
        assert_eq!(
            parsed.text.as_str(),
            "EXAMPLIA (examplin) tablets\nBoxed warning\nWARNING: EXAMPLES\nMay confuse.\n2 DOSAGE AND ADMINISTRATION\n2.1 Adults\n\
             Start low.\nGive 5 mg daily [see Warnings (5)].\nWith food.\nDo not give:\nto nobody\ntwice\nwith 10⁹ others\nTable 1\n\
             Renal function: Impaired; Dose: 1 mg\nRenal function: Impaired; Dose: 2 mg\nCrCl: clearance\nOld.\nFigure 1\n\
             Adverse reactions\nNone.\nOther information\nPlain."
        );
        let section = |text: &str| {
            let at = |block: &&knowledge::Block| knowledge::char_slice(parsed.text.as_str(), block.span) == Some(text);
            parsed.text.blocks().iter().find(at).unwrap().section.clone()
        };
        assert_eq!(section("May confuse."), ["Boxed warning", "WARNING: EXAMPLES"]);
        assert_eq!(section("twice"), ["2 DOSAGE AND ADMINISTRATION", "2.1 Adults"]);
        assert_eq!(parsed.defects, [Defect { kind: DefectKind::LostObject, times: 2 }]);
    }

    #[test]
    fn what_a_label_says_about_itself() {
        let fields = parse(&label("")).unwrap().fields;
        assert_eq!(fields.id.as_deref(), Some("00000000-0000-4000-8000-000000000001"));
        assert_eq!(fields.version, Some(7));
        assert_eq!(fields.title.as_deref(), Some("EXAMPLIA (examplin) tablets"));
        assert_eq!(fields.issuer.as_deref(), Some("Example Laboratories, Inc."));
        assert_eq!(fields.kind, Some(Kind::DrugLabel));
        assert_eq!(
            (fields.published.as_deref(), fields.effective.as_deref()),
            (Some("2024-01-31"), Some("2024-01-31"))
        );
        assert_eq!((fields.jurisdiction.as_deref(), fields.language.as_deref()), (Some("US"), Some("en")));
        let url = "https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid=00000000-0000-4000-8000-000000000001";
        assert_eq!(fields.identifiers.url.as_deref(), Some(url));
    }

    #[test]
    fn products_are_rows_with_their_strengths() {
        let untitled = label(PRODUCTS).replace("<title>EXAMPLIA<sup>®</sup> (examplin)<br/>tablets</title>", "");
        assert_eq!(
            parse(&untitled).unwrap().text.as_str(),
            "Examplia XR\nProduct\nProduct: Examplia XR; Generic name: Examplin; Active ingredients: Examplin hydrochloride 5 mg; \
             Form: tablet, film coated; Route: oral; Code: 00000-001\n\
             Product: Examplia; Active ingredients: Examplin 10 mg/5 mL; Form: solution"
        );
        let twice = label(&format!("{PRODUCTS}{PRODUCTS}"));
        assert_eq!(parse(&twice).unwrap().text.as_str().matches("Product: ").count(), 2);
    }

    #[test]
    fn what_is_no_label_is_refused() {
        for version in ["1000001", "4294967295", "99999999999999999999"] {
            let high =
                label(SECTIONS).replace("versionNumber value=\"7\"", &format!("versionNumber value=\"{version}\""));
            assert!(matches!(parse(&high), Err(Rejection::Field(_))), "{version}");
        }
        let deep = label(&"<component><section>".repeat(300));
        assert!(matches!(parse(&deep), Err(Rejection::TooDeep(_))));
        for text in ["", "<document/>", "<document xmlns=\"urn:hl7-org:v3\">", "<html xmlns=\"urn:hl7-org:v3\"/>"] {
            assert!(matches!(parse(text), Err(Rejection::Malformed { .. })), "{text}");
        }
    }
}
