//! The last four groups of support that rests on models: who tested it, how well it did, how it is watched, how it changes.

use std::collections::BTreeSet;

use evals::Source;

use super::{CardAttribute, CardGroup, CardKind, MeasuredFigure, Said, day, kept, of_review, of_runs};
use crate::facts::Facts;
use crate::labeling::published;

pub(super) fn groups(facts: &Facts) -> Vec<CardGroup> {
    let group = |id, name, attributes| CardGroup::new(id, CardKind::Predictive, name, attributes);
    vec![
        group("external_validation", "External validation process", external(facts)),
        group("performance", "Quantitative measures of performance", performance(facts)),
        group("maintenance", "Ongoing maintenance of implementation and use", maintenance(facts)),
        group("updates", "Updates and schedule of continued validation", updates(facts)),
    ]
}

fn external(facts: &Facts) -> Vec<CardAttribute> {
    let measured = of_runs(facts, Source::Other);
    let (data, party, process) = if measured.is_empty() {
        let none = || {
            Said::missing(
                "No run on texts of others comes with this build: `osler eval retrieval --from DIR` makes one.",
            )
        };
        (none(), none(), none())
    } else {
        let listed = distinct(&measured, |figure| &figure.data).join("; ");
        let data = format!(
            "Collections that others made of questions and the documents that answer them: {listed}. No clinical \
             setting was among them, and fairness was not looked at."
        );
        let commands: BTreeSet<&str> = measured.iter().filter_map(|figure| figure.command.as_deref()).collect();
        let process = format!(
            "Each figure is printed by the command that stands with it ({}), which anybody can run again. Figures are \
             checked in with their day and their texts, and a test holds each against the document that tells of it.",
            commands.into_iter().map(|command| format!("`{command}`")).collect::<Vec<_>>().join(", ")
        );
        let party = "Those who develop Osler. No independent party has tested it, as far as this build knows.";
        (Said::Is(data), Said::is(party), Said::Is(process))
    };
    let represented = Said::missing(
        "The collections hold questions and documents, no patients: nobody is represented in them by number. A signed \
         review of answers that were given here says how Osler does in this hospital, though not for whom.",
    );
    vec![
        CardAttribute::new("external_data", "Data source, clinical setting or environment of the tests", data),
        CardAttribute::new("external_party", "Party that conducted the external testing", party),
        CardAttribute::new(
            "external_representativeness",
            "Demographic representativeness of the external data",
            represented,
        ),
        CardAttribute::new("external_process", "How it was validated externally", process),
    ]
}

/// What the figures have in one field, each once, in their order.
fn distinct<'a>(figures: &'a [MeasuredFigure], field: impl Fn(&'a MeasuredFigure) -> &'a String) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    figures.iter().map(|figure| field(figure).as_str()).filter(|text| seen.insert(*text)).collect()
}

fn performance(facts: &Facts) -> Vec<CardAttribute> {
    let internal: Vec<MeasuredFigure> =
        kept(facts, &[]).into_iter().chain(of_runs(facts, Source::Development)).collect();
    let external = of_runs(facts, Source::Other);
    let of_texts = |figures: &[MeasuredFigure], texts: &str| match figures.len() {
        0 => Said::missing("No such run comes with this build: `osler eval baseline` measures."),
        _ => Said::Is(summary(figures, texts)),
    };
    let unfair = |whose: &str| {
        Said::Missing(format!(
            "Fairness was not measured on {whose}: the suites name no groups of people to compare. A hospital can ask \
             pairs of questions that differ only in whom they are about, and have the answers of that hour reviewed."
        ))
    };
    let inside = "on the texts and questions that Osler was made with; its rules and thresholds were fitted on them, \
         so they flatter";
    let outside = "on texts and questions of others, collected for other purposes";
    vec![
        CardAttribute::new(
            "internal_validity",
            "Validity on test data of the same source",
            of_texts(&internal, inside),
        )
        .measured(internal),
        CardAttribute::new(
            "internal_fairness",
            "Fairness on test data of the same source",
            unfair("its own test data"),
        ),
        CardAttribute::new("external_validity", "Validity on data of another source", of_texts(&external, outside))
            .measured(external),
        CardAttribute::new("external_fairness", "Fairness on data of another source", unfair("data of another source")),
        CardAttribute::new("outcomes", "Evaluations of its use on outcomes", Said::missing(OUTCOMES)),
    ]
}

const OUTCOMES: &str = "No evaluation is known to this build of whether using Osler changed morbidity, mortality, \
     length of stay or any other outcome of patients.";

fn summary(figures: &[MeasuredFigure], texts: &str) -> String {
    let runs = distinct(figures, |figure| &figure.run).len();
    let elsewhere = figures.iter().filter(|figure| !figure.holds_here).count();
    let (count, all) = (figures.len(), if runs == 1 { "one run".to_owned() } else { format!("{runs} runs") });
    let mut said = format!("{count} figures of {all} {texts}.");
    if elsewhere > 0 {
        said.push_str(&format!(
            " {elsewhere} of them were measured with other models or settings than run here: they are marked, and say \
             what is possible, not what is."
        ));
    }
    said
}

fn maintenance(facts: &Facts) -> Vec<CardAttribute> {
    let (local, measured) = local(facts);
    let unwatched = "Fairness is not watched: Osler keeps nothing of the patient whom an answer is for, so that \
         answers cannot be compared by group. A hospital can ask pairs of questions that differ only in whom they are \
         about, as often as it sees fit, and have the answers of that hour reviewed.";
    let unfair = "Nothing was measured here. Ask pairs of questions that differ only in whom they are about, for the \
         groups that matter to this hospital, and have the answers of that hour reviewed and signed.";
    vec![
        CardAttribute::new("validity_monitoring", "How, and how often, validity is watched", Said::Is(watching(facts))),
        CardAttribute::new("local_validity", "Validity on local data", local).measured(measured),
        CardAttribute::new("fairness_monitoring", "How, and how often, fairness is watched", Said::missing(unwatched)),
        CardAttribute::new("local_fairness", "Fairness on local data", Said::missing(unfair)),
    ]
}

fn watching(facts: &Facts) -> String {
    let reviews = match &facts.review {
        None => "none has been signed so far".to_owned(),
        Some(review) => format!("{} signed so far, the last on {}", review.signed, day(&review.signed_at)),
    };
    format!(
        "All the time, from the record: how many statements are supported, how often Osler abstains, what readers \
         report, how long answers take, and whether anything was retracted when it was cited. By people: an auditor \
         draws a sample of answers, two rate every statement without seeing Osler's verdict or each other's rating, a \
         third settles what they see differently, and the result is signed ({reviews}). The configuration sets no \
         interval for reviews."
    )
}

/// What two people of this hospital found when they looked at answers that were given here.
fn local(facts: &Facts) -> (Said, Vec<MeasuredFigure>) {
    let Some(review) = &facts.review else {
        let none = "No review of answers that were given here is signed. An auditor can draw one: what two people find \
             in it stands here as soon as it is signed.";
        return (Said::missing(none), Vec::new());
    };
    if !review.is_sound {
        let changed = format!(
            "The review that was signed last, {}, no longer is what was signed, so nothing is said from it. Have an \
             auditor look at it.",
            review.id
        );
        return (Said::Missing(changed), Vec::new());
    }
    let said = "What two people found when they rated answers that were given here, each without seeing the other's \
         ratings or Osler's verdict; a third settled what they saw differently. It comes from the review that was \
         signed last.";
    (Said::is(said), of_review(review))
}

fn updates(facts: &Facts) -> Vec<CardAttribute> {
    let sources = if facts.config.ingest.watch {
        "This service looks at the sources of the corpora as often as their manifests say."
    } else {
        "This service does not watch the sources of the corpora (`ingest.watch` is off): documents are taken in when \
         somebody asks for it."
    };
    let updated = format!(
        "Program and models are replaced by those who run this installation, at no fixed interval; those of the list \
         of models are held to their hashes, and what begins to answer is on record at every start. {sources} What is \
         taken in is published as a numbered snapshot, which can be taken back. {}",
        published(facts)
    );
    let corrected = "At no fixed interval, but at once where it can be: what is retracted or withdrawn is no evidence \
         any more from that moment, in every snapshot, and everybody who was shown it can be listed. What readers \
         report as harmful is on record the moment they send it. A change of model, prompt, threshold or corpus policy \
         makes another version of this card.";
    vec![
        CardAttribute::new("update_process", "How, and how often, the intervention is updated", Said::Is(updated)),
        CardAttribute::new(
            "correction",
            "How often its performance is corrected when risks are found",
            Said::is(corrected),
        ),
    ]
}
