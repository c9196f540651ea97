//! Measured figures as the card and the labelling show them: each with its run, its day, its texts, and whether it holds here.

use answer::Mode;
use evals::{Figure, Run, RunFigure, Source};
use serde::Serialize;
use utoipa::ToSchema;

use crate::config::Config;
use crate::facts::{Facts, LocalReview};
use crate::models::ModelRole;

/// The model that the kept figures were measured with, where one takes part: the embedder of the starter set.
pub(super) const EMBEDDER: &str = "clinical-minilm-l6-v1";

/// Suites that no model takes part in: rules, which are the same on every machine.
const RULES: [&str; 2] = ["grounding", "decisions"];

/// Suites that were run on answers of the default mode, although they do not say so.
const EXTRACTIVE: [&str; 2] = ["unknowns", "injection"];

/// Where the figures are kept that every change is held against.
const BASELINE: &str = "evals/baseline.json";

/// A measured figure with the run that it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MeasuredFigure {
    /// What was measured.
    #[schema(example = "drug: caught")]
    pub figure: String,
    /// How much, with its interval and the number of cases where it has them.
    #[schema(example = "97.3 %, 1,349 cases")]
    pub value: String,
    /// Id of the run, or of the review.
    #[schema(example = "baseline-2026-11-28")]
    pub run: String,
    /// The day of the run or of the signature; for figures that stand in a document alone, the day on which it took them in.
    #[schema(example = "2026-11-28")]
    pub date: String,
    /// On what.
    #[schema(example = "starter corpus")]
    pub data: String,
    /// What prints it; `null` for what people found.
    #[schema(example = "osler eval grounding")]
    pub command: Option<String>,
    /// The file of the source repository that has it; `null` for what was found here.
    #[schema(example = "evals/baseline.json")]
    pub document: Option<String>,
    /// What must be known to read it.
    pub note: Option<String>,
    /// Whether what was measured is what runs here: the same models, way of writing and settings. Otherwise the figure says
    /// what is possible, not what is.
    pub holds_here: bool,
}

/// What took part in a run.
struct Setup<'a> {
    embedder: Option<&'a str>,
    mode: Option<Mode>,
    model: Option<&'a str>,
}

impl Setup<'_> {
    fn runs_here(&self, facts: &Facts) -> bool {
        let is_model = |role, name: &str| {
            let found = facts.model(role);
            // One from a directory may have any name.
            found.is_some_and(|model| model.id == name && model.sha256.is_some())
        };
        let finds = self.embedder.is_none_or(|name| is_model(ModelRole::Embedder, name) && searches_by_default(facts));
        let writes = self.model.is_none_or(|name| is_model(ModelRole::Generator, name));
        finds && writes && self.mode.is_none_or(|mode| mode == facts.mode() && answers_by_default(facts))
    }
}

fn searches_by_default(facts: &Facts) -> bool {
    let (now, then) = (&facts.config, &Config::default());
    let enough = (now.answer.enough - then.answer.enough).abs() < f32::EPSILON;
    let search = |config: &Config| {
        let (search, embedder) = (&config.search, &config.embedder);
        (search.expansion, search.priors, config.reranker.clone(), embedder.precision)
    };
    enough && search(now) == search(then)
}

fn answers_by_default(facts: &Facts) -> bool {
    let sizes = |config: &Config| {
        let answer = &config.answer;
        (answer.passages, answer.words_per_passage, answer.statements, answer.max_tokens)
    };
    sizes(&facts.config) == sizes(&Config::default())
}

/// The kept figures of these suites; of all where none is named.
pub(crate) fn kept(facts: &Facts, suites: &[&str]) -> Vec<MeasuredFigure> {
    let is_wanted = |figure: &&Figure| suites.is_empty() || suites.contains(&figure.suite.as_str());
    facts.figures.iter().filter(is_wanted).map(|figure| of_figure(facts, figure)).collect()
}

/// The figures of the runs on texts of this source.
pub(crate) fn of_runs(facts: &Facts, source: Source) -> Vec<MeasuredFigure> {
    let runs = facts.runs.iter().filter(|run| run.source == source);
    runs.flat_map(|run| run.figures.iter().map(move |figure| of_run(facts, run, figure))).collect()
}

/// Everything that comes with this build.
pub(crate) fn shipped(facts: &Facts) -> Vec<MeasuredFigure> {
    let sources = [Source::Development, Source::Other, Source::Machine];
    kept(facts, &[]).into_iter().chain(sources.into_iter().flat_map(|source| of_runs(facts, source))).collect()
}

fn of_figure(facts: &Facts, figure: &Figure) -> MeasuredFigure {
    let suite = figure.suite.as_str();
    let embedder = (!RULES.contains(&suite)).then_some(EMBEDDER);
    let mode = figure.mode.or_else(|| EXTRACTIVE.contains(&suite).then_some(Mode::Extractive));
    let setup = Setup { embedder, mode, model: figure.model.as_deref() };
    MeasuredFigure {
        figure: figure.metric.clone(),
        value: value(figure.value, &figure.unit, None, figure.of),
        run: format!("baseline-{}", figure.measured_on),
        date: figure.measured_on.clone(),
        data: format!("{} corpus", figure.corpus),
        command: Some(figure.command.clone()),
        document: Some(BASELINE.to_owned()),
        note: figure.less_is_better.then(|| LESS.to_owned()),
        holds_here: setup.runs_here(facts),
    }
}

fn of_run(facts: &Facts, run: &Run, figure: &RunFigure) -> MeasuredFigure {
    let setup = Setup { embedder: run.embedder.as_deref(), mode: run.mode, model: run.model.as_deref() };
    let notes = [figure.less_is_better.then_some(LESS), run.note.as_deref()];
    let notes: Vec<&str> = notes.into_iter().flatten().collect();
    MeasuredFigure {
        figure: figure.what.clone(),
        value: value(figure.value, &figure.unit, figure.interval, figure.of),
        run: run.id.clone(),
        date: run.date.clone(),
        data: run.data.clone(),
        command: Some(run.command.clone()),
        document: Some(run.document.clone()),
        note: (!notes.is_empty()).then(|| notes.join(" ")),
        holds_here: setup.runs_here(facts),
    }
}

const LESS: &str = "Less is better.";

/// What people found in a review. The interval is of 95 %.
pub(crate) fn of_review(review: &LocalReview) -> Vec<MeasuredFigure> {
    let percent = |share: f64| 100.0 * share;
    let figure = |figure: &str, value: String| MeasuredFigure {
        figure: figure.to_owned(),
        value,
        run: review.id.clone(),
        date: day(&review.signed_at).to_owned(),
        data: format!(
            "{} answers drawn from those given here from {} to {}",
            grouped(review.answers),
            day(&review.from),
            day(&review.to)
        ),
        command: None,
        document: None,
        note: None,
        holds_here: true,
    };
    let share = |name: &str, found: review::Proportion| {
        let between = Some([percent(found.low), percent(found.high)]);
        figure(name, value(percent(found.share), "%", between, Some(found.of)))
    };
    let mut figures = vec![share("statements that the sources bear out, in the eyes of two reviewers", review.support)];
    if let Some(found) = review.stratified {
        let between = Some([percent(found.low), percent(found.high)]);
        figures.push(figure(
            "the same, each kind of answer counting as much as it does among all",
            value(percent(found.value), "%", between, None),
        ));
    }
    if let Some(kappa) = review.kappa {
        let between = Some([kappa.low, kappa.high]);
        figures.push(figure(
            "agreement of the two reviewers beyond chance (Cohen's kappa; 1 is full)",
            value(kappa.value, "", between, None),
        ));
    }
    figures.extend(review.ours.map(|ours| share("statements on which Osler's verdict is that of the reviewers", ours)));
    figures
}

/// The day of a time in RFC 3339.
pub(crate) fn day(time: &str) -> &str {
    time.get(..10).unwrap_or(time)
}

/// "97.3 %, 1,349 cases"; "0.895, 95 % interval 0.863–0.927, 150 cases".
fn value(value: f64, unit: &str, interval: Option<[f64; 2]>, of: Option<u64>) -> String {
    let number = |value: f64| match unit {
        // Shares and the like, which are figures between -1 and 1.
        "" if value.fract() != 0.0 => format!("{value:.3}"),
        "%" => trimmed(format!("{value:.2}")),
        _ => value.to_string(),
    };
    let mut said = number(value);
    if !unit.is_empty() {
        said = format!("{said} {unit}");
    }
    if let Some([low, high]) = interval {
        said = format!("{said}, 95 % interval {}–{}", number(low), number(high));
    }
    match of {
        Some(of) => format!("{said}, {} cases", grouped(of)),
        None => said,
    }
}

/// Without zeros that say nothing.
fn trimmed(number: String) -> String {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.').to_owned() } else { number }
}

/// 12,315.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_say_how_sure_and_of_how_many() {
        assert_eq!(value(97.3, "%", None, Some(1349)), "97.3 %, 1,349 cases");
        assert_eq!(value(100.0, "%", None, None), "100 %");
        assert_eq!(value(0.895, "", Some([0.863, 0.927]), Some(150)), "0.895, 95 % interval 0.863–0.927, 150 cases");
        assert_eq!(value(0.0, "", None, Some(12)), "0, 12 cases");
        assert_eq!(value(10.2, "ms", None, None), "10.2 ms");
        assert_eq!(
            value(200.0 / 3.0, "%", Some([20.766, 93.85]), Some(3)),
            "66.67 %, 95 % interval 20.77–93.85, 3 cases"
        );
        assert_eq!([7, 1_349, 12_315, 1_000_000].map(grouped), ["7", "1,349", "12,315", "1,000,000"]);
    }

    #[test]
    fn figures_of_another_model_or_setting_do_not_hold_here() {
        let mut facts = Facts::sample();
        let holding = |facts: &Facts| {
            let of = |suite: &str| kept(facts, &[suite]).iter().all(|figure| figure.holds_here);
            ["grounding", "retrieval", "answers"].map(of)
        };
        assert_eq!(holding(&facts), [true, true, true]);
        facts.config.answer.statements += 1;
        assert_eq!(holding(&facts), [true, true, false], "answers are longer");
        facts.config.search.priors = false;
        assert_eq!(holding(&facts), [true, false, false], "passages are found otherwise");
        facts.config = Config::default();
        facts.models[0].sha256 = None;
        assert_eq!(holding(&facts), [true, false, false], "any model may be called that");
    }
}
