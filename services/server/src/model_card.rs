//! The model card: the source attributes of 45 CFR 170.315(b)(11)(iv), 13 of evidence-based and 31 of predictive decision
//! support. Each has a value made of what runs here, or the reason why there is none; whatever is said of how well it does
//! comes from measured runs.

mod evidence;
mod figures;
mod performance;
mod purpose;

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::facts::{Facts, PROGRAM, settings, sha256_of};

pub(crate) use figures::{day, grouped, kept, of_review, of_runs, shipped};

pub use figures::MeasuredFigure;

/// The rule whose attributes these are.
const RULE: &str = "45 CFR 170.315(b)(11)(iv)";

/// The model card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ModelCard {
    /// SHA-256 over everything that makes it another card: the program, its models, what they are told, the policies of the
    /// corpora, the settings, and the figures that come with the program.
    pub version: String,
    /// The program.
    #[schema(example = "Osler 0.1.0")]
    pub program: &'static str,
    /// The rule whose attributes these are.
    #[schema(example = "45 CFR 170.315(b)(11)(iv)")]
    pub rule: &'static str,
    /// The attributes, group by group, in the order of the rule.
    pub groups: Vec<CardGroup>,
}

/// Attributes that the rule names together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CardGroup {
    /// Its id.
    #[schema(example = "cautioned_use")]
    pub id: &'static str,
    /// Which of the rule's two lists it is of.
    pub kind: CardKind,
    /// Its name in plain words.
    #[schema(example = "Cautioned out-of-scope use")]
    pub name: &'static str,
    /// Its attributes.
    pub attributes: Vec<CardAttribute>,
}

/// The two lists of the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CardKind {
    /// Of support that rests on documents: paragraph (A).
    EvidenceBased,
    /// Of support that rests on models: paragraph (B).
    Predictive,
}

/// A source attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CardAttribute {
    /// Its id, of which there is no other on the card.
    #[schema(example = "known_risks")]
    id: &'static str,
    /// The group it is in.
    #[schema(example = "cautioned_use")]
    group: &'static str,
    /// What the rule asks for, in plain words.
    #[schema(example = "Known risks, inappropriate settings and uses, known limitations")]
    name: &'static str,
    /// What there is to say; `null` when there is nothing.
    value: Option<String>,
    /// Why there is nothing to say, and what can be done about it; `null` when there is.
    missing: Option<String>,
    /// What was measured of it.
    measured: Vec<MeasuredFigure>,
}

/// What there is to say of an attribute, or why there is nothing. One or the other.
enum Said {
    Is(String),
    Missing(String),
}

impl Said {
    fn is(text: &str) -> Self {
        Self::Is(text.to_owned())
    }

    fn missing(text: &str) -> Self {
        Self::Missing(text.to_owned())
    }
}

impl CardAttribute {
    /// Before it is in a group.
    fn new(id: &'static str, name: &'static str, said: Said) -> Self {
        let (value, missing) = match said {
            Said::Is(value) => (Some(value), None),
            Said::Missing(reason) => (None, Some(reason)),
        };
        Self { id, group: "", name, value, missing, measured: Vec::new() }
    }

    fn measured(self, measured: Vec<MeasuredFigure>) -> Self {
        Self { measured, ..self }
    }
}

impl CardGroup {
    fn new(id: &'static str, kind: CardKind, name: &'static str, attributes: Vec<CardAttribute>) -> Self {
        let attributes = attributes.into_iter().map(|attribute| CardAttribute { group: id, ..attribute });
        Self { id, kind, name, attributes: attributes.collect() }
    }
}

impl ModelCard {
    /// The card of what runs.
    pub fn of(facts: &Facts) -> Self {
        let groups =
            [evidence::group(facts)].into_iter().chain(purpose::groups(facts)).chain(performance::groups(facts));
        Self { version: version(facts), program: PROGRAM, rule: RULE, groups: groups.collect() }
    }
}

/// SHA-256 over everything that makes it another card. What people find in reviews makes none: it is the same service.
pub fn version(facts: &Facts) -> String {
    let policies: Vec<&knowledge::Corpus> = facts.corpora.iter().map(|scope| &scope.corpus).collect();
    sha256_of(&json!({
        "program": PROGRAM,
        "models": facts.models,
        "prompt_sha256": facts.prompt_sha256,
        "policies": policies,
        "settings": settings(&facts.config),
        "figures": shipped(facts),
    }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use review::proportion;

    use super::*;
    use crate::facts::LocalReview;
    use crate::models::ModelRole;

    fn attributes(card: &ModelCard) -> Vec<&CardAttribute> {
        card.groups.iter().flat_map(|group| &group.attributes).collect()
    }

    fn named<'a>(card: &'a ModelCard, id: &str) -> &'a CardAttribute {
        attributes(card).into_iter().find(|attribute| attribute.id == id).unwrap()
    }

    fn reviewed(is_sound: bool) -> LocalReview {
        LocalReview {
            id: "01a2".to_owned(),
            signed_at: "2026-11-27T10:00:00Z".to_owned(),
            from: "2026-10-01T00:00:00Z".to_owned(),
            to: "2026-11-01T00:00:00Z".to_owned(),
            answers: 50,
            support: proportion(114, 120),
            stratified: None,
            kappa: None,
            ours: Some(proportion(110, 118)),
            is_sound,
            signed: 2,
        }
    }

    #[test]
    fn all_44_attributes_are_there_in_the_groups_of_the_rule() {
        let card = ModelCard::of(&Facts::sample());
        let sizes = |kind: CardKind| {
            let groups = card.groups.iter().filter(|group| group.kind == kind);
            groups.map(|group| group.attributes.len()).collect::<Vec<_>>()
        };
        assert_eq!(sizes(CardKind::EvidenceBased), [13]);
        assert_eq!(sizes(CardKind::Predictive), [4, 4, 2, 4, 2, 4, 5, 4, 2]);
        let ids: BTreeSet<&str> = attributes(&card).iter().map(|attribute| attribute.id).collect();
        assert_eq!(ids.len(), 44);
    }

    /// Whatever runs: nothing at all, a model that writes, a review that no longer is what was signed.
    #[test]
    fn every_attribute_has_a_value_or_a_reason_and_nothing_is_empty() {
        let bare = Facts {
            models: Vec::new(),
            corpora: Vec::new(),
            published_at: None,
            figures: Vec::new(),
            runs: Vec::new(),
            ..Facts::sample()
        };
        let mut writing = Facts { review: Some(reviewed(false)), ..Facts::sample() };
        writing.config.answer.mode = crate::config::Mode::Synthesis;
        writing.config.ingest.watch = true;
        writing.corpora[0].oldest = None;
        let undated = Facts { review: Some(reviewed(true)), ..writing.clone() };
        for facts in [Facts::sample(), bare, writing, undated] {
            let card = ModelCard::of(&facts);
            for attribute in attributes(&card) {
                assert!(attribute.value.is_some() != attribute.missing.is_some(), "{}", attribute.id);
                assert!(!attribute.name.is_empty() && !attribute.group.is_empty(), "{}", attribute.id);
            }
            let text = serde_json::to_string(&card).unwrap();
            for wrong in [":\"\"", "  ", " .", "..", "None", "Some("] {
                assert!(!text.contains(wrong), "{wrong:?} in {text}");
            }
        }
    }

    #[test]
    fn what_people_found_here_is_the_local_validity() {
        let mut facts = Facts::sample();
        let before = ModelCard::of(&facts);
        assert!(named(&before, "local_validity").missing.as_ref().unwrap().contains("review"));
        facts.review = Some(reviewed(true));
        let card = ModelCard::of(&facts);
        let local = named(&card, "local_validity");
        assert_eq!(local.measured[0].value, "95 %, 95 % interval 89.52–97.69, 120 cases");
        assert_eq!((local.measured[0].run.as_str(), local.measured[0].date.as_str()), ("01a2", "2026-11-27"));
        assert_eq!(card.version, before.version, "it is the same service");
        facts.review = Some(reviewed(false));
        let tampered = ModelCard::of(&facts);
        let local = named(&tampered, "local_validity");
        assert!(local.missing.as_ref().unwrap().contains("01a2") && local.measured.is_empty());
    }

    #[test]
    fn figures_stand_where_they_belong() {
        let card = ModelCard::of(&Facts::sample());
        let runs = |id: &str| named(&card, id).measured.iter().map(|one| one.run.clone()).collect::<Vec<_>>();
        let (internal, external) = (runs("internal_validity"), runs("external_validity"));
        assert!(internal.contains(&"baseline-2026-11-28".to_owned()) && external.len() > 5);
        assert!(external.iter().all(|run| !internal.contains(run)));
        for fairness in ["internal_fairness", "external_fairness", "local_fairness", "outcomes"] {
            assert!(named(&card, fairness).missing.is_some() && runs(fairness).is_empty(), "{fairness}");
        }
    }

    #[test]
    fn whatever_bears_on_answers_makes_another_version() {
        let sample = Facts::sample();
        let mut others = vec![sample.clone(); 6];
        others[0].models[0].sha256 = Some("00".repeat(32));
        others[1].prompt_sha256 = "00".repeat(32);
        others[2].corpora[0].corpus.rights.quote_words = Some(50);
        others[3].config.answer.enough += 0.01;
        others[4].figures[0].value += 1.0;
        others[5].models.push(crate::models::ModelInUse { role: ModelRole::Judge, ..sample.models[0].clone() });
        let versions: BTreeSet<String> = others.iter().chain([&sample]).map(version).collect();
        assert_eq!(versions.len(), 7);
        let mut same = sample.clone();
        same.snapshot.0 += 1;
        same.corpora[0].totals.documents += 1;
        same.config.server.max_questions += 1;
        assert_eq!(version(&same), version(&sample));
    }
}
