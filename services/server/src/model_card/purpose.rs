//! The first five groups of support that rests on models: what it gives, what it is for, what it is not for, what it was made
//! of, and what keeps it fair.

use answer::Mode;

use super::figures::EMBEDDER;
use super::{CardAttribute, CardGroup, CardKind, Said, evidence, kept};
use crate::facts::{Facts, LICENCE, PROGRAM};
use crate::labeling::{DECISION_ROLE, INTENDED_USE, INTENDED_USERS, NOT_FOR, describe, limits, population};
use crate::models::ModelRole;

pub(super) fn groups(facts: &Facts) -> Vec<CardGroup> {
    let group = |id, name, attributes| CardGroup::new(id, CardKind::Predictive, name, attributes);
    vec![
        group("details_and_output", "Details and output", details(facts)),
        group("purpose", "Purpose", purpose(facts)),
        group("cautioned_use", "Cautioned out-of-scope use", cautions(facts)),
        group("development", "Development details and input features", development(facts)),
        group("fairness_process", "Process used to ensure fairness in development", fairness()),
    ]
}

fn details(facts: &Facts) -> Vec<CardAttribute> {
    let contact = Said::Missing(format!(
        "{PROGRAM} is free software under {LICENCE}; neither the program nor its configuration holds a name or an \
         address of its developer. Ask those who run this installation."
    ));
    vec![
        CardAttribute::new("developer_contact", "Name and contact information of the developer", contact),
        CardAttribute::new(
            "development_funding",
            "Funding source of the technical implementation",
            evidence::funding(),
        ),
        CardAttribute::new("output", "What the intervention gives as its output", Said::Is(output(facts))),
        CardAttribute::new("output_type", "Type of the output", Said::is(OUTPUT_TYPE)),
    ]
}

const OUTPUT_TYPE: &str = "Analysis of documents: a search with quotes. It is no prediction and no classification of a \
     patient, and no recommendation of Osler's own; what is recommended in it is recommended by the documents that it \
     quotes.";

fn output(facts: &Facts) -> String {
    let most = facts.config.answer.statements;
    let writer = facts.model(ModelRole::Generator).map_or("a language model", |model| model.id.as_str());
    let words = match facts.mode() {
        Mode::Extractive => format!(
            "At most {most} sentences of the documents, word for word, chosen by a score: no model writes. Each has \
             its issuer, its date, and its place in the document."
        ),
        Mode::Quoting => format!(
            "At most {most} sentences of the documents, word for word, chosen by {writer}. Each has its issuer, its \
             date, and its place in the document."
        ),
        Mode::Synthesis => format!(
            "At most {most} statements in the words of {writer}, each with the quotes that it rests on. A statement \
             stands only where rules find it borne out by its quote; otherwise the quote stands in its place."
        ),
    };
    format!(
        "{words} Beside them: documents that disagree, and what the question leaves open. Where too little is found, \
         there is no answer, but what came nearest."
    )
}

fn purpose(facts: &Facts) -> Vec<CardAttribute> {
    vec![
        CardAttribute::new("intended_use", "Intended use", Said::is(INTENDED_USE)),
        CardAttribute::new("intended_patients", "Intended patient population", Said::Is(population(facts))),
        CardAttribute::new("intended_users", "Intended users", Said::is(INTENDED_USERS)),
        CardAttribute::new("decision_role", "Intended decision-making role", Said::is(DECISION_ROLE)),
    ]
}

fn cautions(facts: &Facts) -> Vec<CardAttribute> {
    let not_for = format!("Not for {}.", NOT_FOR.join("; "));
    let name = "Tasks, situations and populations in which users are cautioned against it";
    let risks = "Known risks, inappropriate settings and uses, known limitations";
    let measured = kept(facts, &["abstention", "injection"]);
    vec![
        CardAttribute::new("cautioned_against", name, Said::Is(not_for)),
        CardAttribute::new("known_risks", risks, Said::Is(limits(facts).join(" "))).measured(measured),
    ]
}

/// What the starter embedder was taught here.
const LEARNED: &str = "The embedder has learned from 19,820 questions, written for this purpose by a language model, \
     about passages of 1,650 articles of the PMC Open Access subset, most of them randomised trials, and of the Nigeria \
     Standard Treatment Guidelines 2022 (services/inference/training). ";

fn development(facts: &Facts) -> Vec<CardAttribute> {
    let learned = match facts.models.iter().any(|model| model.id == EMBEDDER) {
        true => LEARNED,
        false => "",
    };
    let criteria = Said::Missing(format!(
        "Osler is trained on no patients and on none of this hospital's data. {learned}What else its models were \
         trained on is not in the list of models ({}): ask their publishers.",
        model_names(facts)
    ));
    let represented = Said::missing(
        "Osler is trained on no patients, so that nobody is represented in it by number. Whom the texts speak of that \
         its models were trained on by their publishers is not known here.",
    );
    let inputs = "The question, and the patient's context where one is sent: age (from a date of birth) and pregnancy \
         widen the search, sex closes the question of pregnancy. Race, ethnicity, language, sexual orientation, gender \
         identity and social determinants of health are no inputs. The group \"Evidence-based decision support\" says \
         it of each.";
    vec![
        CardAttribute::new("training_criteria", "What was left out of and taken into the training data", criteria),
        CardAttribute::new("input_features", "Which of the variables named above are input features", Said::is(inputs)),
        CardAttribute::new(
            "training_representativeness",
            "Demographic representativeness of the training data",
            represented,
        ),
        CardAttribute::new(
            "training_relevance",
            "Relevance of the training data to where it is used",
            relevance(facts),
        ),
    ]
}

fn model_names(facts: &Facts) -> String {
    let names: Vec<&str> = facts.models.iter().map(|model| model.id.as_str()).collect();
    if names.is_empty() { "no model is named".to_owned() } else { names.join(", ") }
}

/// What answers rest on is not the training of a model but the corpora.
fn relevance(facts: &Facts) -> Said {
    if facts.corpora.is_empty() {
        return Said::missing(
            "Answers rest on the corpora, and none is loaded. Load those that hold in this hospital: its own policies, \
             the guidelines of its country.",
        );
    }
    let places = facts.corpora.iter().map(|scope| format!("{}, for {}", describe(scope), scope.corpus.jurisdiction));
    Said::Is(format!(
        "Answers rest on the corpora, not on what a model was trained on. In use are: {}. Whether they hold in this \
         hospital is for its librarians to judge; each can be narrowed to or left out of a question.",
        places.collect::<Vec<_>>().join("; ")
    ))
}

fn fairness() -> Vec<CardAttribute> {
    let approach = Said::missing(
        "No approach to fairness was laid down for the development of Osler, and none was tested: no run with \
         questions that differ only in whom they are about is checked in. A hospital can ask such pairs of questions \
         and have two people rate the answers in a review.",
    );
    let bias = "Most attributes of a patient are no inputs, so that they cannot steer the search. Documents that \
         disagree stand side by side, with their issuers and dates. A statement about one population that rests on a \
         quote about another is found by the check of statements, as far as both name it. What the documents \
         themselves leave out or get wrong, Osler does not mend.";
    vec![
        CardAttribute::new("fairness_approach", "Approach to ensure that the output is fair", approach),
        CardAttribute::new("bias_management", "Approaches to manage, reduce or eliminate bias", Said::is(bias)),
    ]
}
