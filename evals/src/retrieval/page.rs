//! A retrieval evaluation as one HTML page that needs nothing else: no script, no font, no network.

use std::fmt::Write as _;
use std::iter::once;

use super::legend::{MEASURES, Measure, STYLE, TERMS};
use super::plot::{bounds, counted, escaped, grouped, is_measured, milliseconds, share, signed, size};
use super::plot::{forest, times, waterfall};
use super::report::{ArmReport, CollectionReport, Comparison, Interval, Latency, QuestionDifference, Report};

/// Questions listed at either end of a comparison.
const LISTED: usize = 10;

/// The page, in UTF-8. The same report gives the same page.
pub fn page(report: &Report) -> String {
    let mut out = String::new();
    write_head(&mut out, report);
    write_legend(&mut out);
    for (index, collection) in report.collections.iter().enumerate() {
        write_collection(&mut out, index, collection);
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn write_head(out: &mut String, report: &Report) {
    let (day, embedder) = (escaped(&report.measured_on), escaped(&report.embedder));
    let reranker = escaped(report.reranker.as_deref().unwrap_or("none"));
    let _ = writeln!(
        out,
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Osler: retrieval evaluation, {day}</title>
<style>{STYLE}</style>
</head>
<body>
<header>
<h1>Retrieval evaluation</h1>
<dl class="facts"><div><dt>Measured on</dt><dd>{day}</dd></div><div><dt>Embedder</dt><dd>{embedder}</dd></div><div><dt>Reranker</dt><dd>{reranker}</dd></div></dl>
</header>
<main>"#
    );
    if report.collections.is_empty() {
        out.push_str("<p>No collection was measured.</p>\n");
        return;
    }
    out.push_str("<nav aria-label=\"Collections\"><ul>\n");
    for (index, collection) in report.collections.iter().enumerate() {
        let name = escaped(&collection.name);
        let _ = writeln!(out, r##"<li><a href="#collection-{index}">{name}</a></li>"##);
    }
    out.push_str("</ul></nav>\n");
}

fn write_legend(out: &mut String) {
    out.push_str("<section aria-labelledby=\"legend\"><h2 id=\"legend\">How to read this</h2>\n");
    out.push_str("<p>All measures are shares between 0 and 1, and more is better.</p>\n<dl>\n");
    for (term, meaning) in MEASURES.iter().map(|measure| (measure.name, measure.meaning)).chain(TERMS) {
        let _ = writeln!(out, "<dt>{term}</dt><dd>{meaning}</dd>");
    }
    out.push_str("</dl></section>\n");
}

fn write_collection(out: &mut String, index: usize, collection: &CollectionReport) {
    let name = escaped(&collection.name);
    let documents = counted(collection.documents, "document");
    let passages = counted(collection.passages, "passage");
    let questions = counted(collection.questions, "question");
    let bytes = &collection.bytes;
    let (vectors, words, ledger) = (size(bytes.vectors), size(bytes.words), size(bytes.ledger));
    let _ = writeln!(
        out,
        r#"<section aria-labelledby="collection-{index}"><h2 id="collection-{index}">{name}</h2>
<p>{documents} in {passages}; {questions}. On disk: vector index {vectors}, full-text index {words}, ledger {ledger}.</p>"#
    );
    write_remarks(out, collection);
    write_arms(out, &collection.name, &collection.arms);
    for comparison in &collection.comparisons {
        write_comparison(out, comparison, collection.questions);
    }
    write_latency(out, &collection.name, &collection.latency);
    out.push_str("</section>\n");
}

/// What was lost on the way, where something was.
fn write_remarks(out: &mut String, collection: &CollectionReport) {
    let reading = &collection.reading;
    let _ = writeln!(out, "<p>{} read.</p>", counted(reading.documents, "document"));
    if reading.is_all_judged {
        out.push_str("<p>Every document was judged for every question: what is not listed is not relevant.</p>\n");
    }
    let remarks = reading.remarks();
    if remarks.is_empty() {
        return;
    }
    out.push_str("<ul>\n");
    for remark in remarks {
        let _ = writeln!(out, r#"<li dir="auto">{}</li>"#, escaped(&remark));
    }
    out.push_str("</ul>\n");
}

fn write_arms(out: &mut String, collection: &str, arms: &[ArmReport]) {
    out.push_str("<h3>How well each arm orders the documents</h3>\n");
    if arms.is_empty() {
        out.push_str("<p>No arm was measured.</p>\n");
        return;
    }
    let heads: Vec<&str> = once("Arm").chain(MEASURES.iter().map(|measure| measure.name)).collect();
    open_table(
        out,
        &format!("{collection}: measures of each arm with their 95 % intervals; the highest in bold"),
        &heads,
    );
    for arm in arms {
        let _ = write!(out, r#"<tr><th scope="row">{}</th>"#, escaped(&arm.arm));
        for measure in &MEASURES {
            let figure = (measure.of)(arm);
            let (value, interval) = (share(figure.value), bounds(&figure, share));
            let value = if is_highest(&figure, arms, measure) { format!("<strong>{value}</strong>") } else { value };
            let _ = write!(out, r#"<td class="figure">{value}<small>{interval}</small></td>"#);
        }
        out.push_str("</tr>\n");
    }
    close_table(out);
    write_figure(out, &forest(arms), "nDCG@10: a dot on its 95 % interval. The axis need not begin at 0.");
}

/// Whether no arm has a higher figure, as far as is written.
fn is_highest(figure: &Interval, arms: &[ArmReport], measure: &Measure) -> bool {
    let highest = arms.iter().map(|arm| (measure.of)(arm).value).fold(f64::MIN, f64::max);
    figure.value.is_finite() && share(figure.value) == share(highest)
}

fn write_comparison(out: &mut String, comparison: &Comparison, asked: usize) {
    let Comparison { difference, better, worse, questions, .. } = comparison;
    let (arm, against) = (escaped(&comparison.arm), escaped(&comparison.against));
    let equal = asked.saturating_sub(*better).saturating_sub(*worse);
    let (mean, interval, reading) = (signed(difference.value), bounds(difference, signed), reading(difference));
    let (better, worse, equal) = (counted(*better, "question"), grouped(*worse), grouped(equal));
    let _ = writeln!(
        out,
        "<h3>{arm} against {against}</h3>
<p>Mean difference in nDCG@10: <strong>{mean}</strong> (95 % interval {interval}). Better on {better}, worse on {worse}, equal on {equal}.{reading}</p>"
    );
    write_figure(
        out,
        &waterfall(comparison, asked),
        "One bar for each question, the greatest loss at the left, the greatest gain at the right.",
    );
    if questions.is_empty() {
        return;
    }
    let _ = writeln!(out, "<details><summary>Questions with the greatest losses and gains</summary>");
    let titled = |which: &str| format!("{} against {}: greatest {which}", comparison.arm, comparison.against);
    write_questions(out, &titled("losses"), questions.iter().filter(|question| question.difference < 0.0));
    write_questions(out, &titled("gains"), questions.iter().rev().filter(|question| question.difference > 0.0));
    out.push_str("</details>\n");
}

/// What the interval of a difference says.
fn reading(difference: &Interval) -> &'static str {
    if !is_measured(difference) {
        ""
    } else if difference.low > 0.0 {
        " The whole interval is above 0."
    } else if difference.high < 0.0 {
        " The whole interval is below 0."
    } else {
        " The interval contains 0: these questions do not tell the two apart."
    }
}

fn write_questions<'a>(out: &mut String, caption: &str, questions: impl Iterator<Item = &'a QuestionDifference>) {
    let mut questions = questions.take(LISTED).peekable();
    if questions.peek().is_none() {
        let _ = writeln!(out, "<p>{}: none.</p>", escaped(caption));
        return;
    }
    open_table(out, caption, &["Question", "Difference", "Words"]);
    for question in questions {
        let (id, words, difference) = (escaped(&question.id), escaped(&question.question), signed(question.difference));
        let _ = writeln!(
            out,
            r#"<tr><th scope="row">{id}</th><td class="figure">{difference}</td><td class="words" dir="auto">{words}</td></tr>"#
        );
    }
    close_table(out);
}

fn write_latency(out: &mut String, collection: &str, latency: &[Latency]) {
    out.push_str("<h3>Time of each stage of a search</h3>\n");
    if latency.is_empty() {
        out.push_str("<p>No time was taken.</p>\n");
        return;
    }
    let caption = format!("{collection}: milliseconds, one question at a time");
    open_table(out, &caption, &["Stage", "p50", "p90", "p99", "Longest"]);
    for stage in latency {
        let _ = write!(out, r#"<tr><th scope="row">{}</th>"#, escaped(&stage.stage));
        for ms in [stage.p50_ms, stage.p90_ms, stage.p99_ms, stage.max_ms] {
            let _ = write!(out, r#"<td class="figure">{}</td>"#, milliseconds(ms));
        }
        out.push_str("</tr>\n");
    }
    close_table(out);
    let caption = "Milliseconds on a logarithmic axis: a dot at the median, a stroke at p90, the end at p99.";
    write_figure(out, &times(latency), caption);
}

/// A drawing with the line below it; nothing where nothing was drawn.
fn write_figure(out: &mut String, drawing: &str, caption: &str) {
    if !drawing.is_empty() {
        let _ = writeln!(out, "<figure>\n{drawing}<figcaption>{caption}</figcaption></figure>");
    }
}

/// The beginning of a table, which scrolls in a box of its own and not with the page.
fn open_table(out: &mut String, caption: &str, heads: &[&str]) {
    let caption = escaped(caption);
    let _ = write!(
        out,
        r#"<div class="scroll" role="region" aria-label="{caption}" tabindex="0"><table><caption>{caption}</caption><thead><tr>"#
    );
    for head in heads {
        let _ = write!(out, r#"<th scope="col">{}</th>"#, escaped(head));
    }
    out.push_str("</tr></thead><tbody>\n");
}

fn close_table(out: &mut String) {
    out.push_str("</tbody></table></div>\n");
}

#[cfg(test)]
mod tests {
    use super::super::report::{
        ArmReport, CollectionReport, Comparison, Interval, Latency, QuestionDifference, Reading, Refused, Report, Sizes,
    };
    use super::page;

    const HOSTILE: &str = r#""><script>alert('x')</script>&"#;

    fn interval(value: f64) -> Interval {
        Interval { value, low: value - 0.02, high: value + 0.02 }
    }

    fn arm(name: &str, value: f64) -> ArmReport {
        let figure = interval(value);
        let [ndcg_10, ndcg_linear_10, recall_10, recall_100, mrr_10, judged_10] = [figure; 6];
        ArmReport { arm: name.to_owned(), ndcg_10, ndcg_linear_10, recall_10, recall_100, mrr_10, judged_10 }
    }

    fn difference(id: &str, difference: f64) -> QuestionDifference {
        QuestionDifference { id: id.to_owned(), question: format!("What of {id}?"), difference }
    }

    fn collection(name: &str) -> CollectionReport {
        CollectionReport {
            name: name.to_owned(),
            documents: 3633,
            passages: 12_345,
            questions: 5,
            reading: Reading { documents: 3634, doubled: vec!["d7".to_owned()], ..Reading::default() },
            bytes: Sizes { vectors: 12_340_000, words: 1_500, ledger: 0 },
            arms: vec![arm("lexical", 0.31), arm("fused", 0.37)],
            comparisons: vec![Comparison {
                arm: "fused".to_owned(),
                against: "lexical".to_owned(),
                difference: interval(0.06),
                better: 2,
                worse: 1,
                questions: vec![difference("q1", -0.2), difference("q2", 0.1), difference("q3", 0.4)],
            }],
            scores: Vec::new(),
            latency: vec![Latency { stage: "whole".to_owned(), p50_ms: 8.0, p90_ms: 12.5, p99_ms: 40.0, max_ms: 41.0 }],
        }
    }

    fn report(collections: Vec<CollectionReport>) -> Report {
        Report { measured_on: "2026-11-28".to_owned(), embedder: "small".to_owned(), reranker: None, collections }
    }

    fn has_only_numbers(page: &str) -> bool {
        page.split(|character: char| !character.is_alphanumeric()).all(|word| word != "NaN" && word != "inf")
    }

    #[test]
    fn every_collection_arm_and_figure_is_shown_and_every_element_closed() {
        let page = page(&report(vec![collection("nfcorpus"), collection("scifact")]));
        for shown in [
            r#"<h2 id="collection-0">nfcorpus</h2>"#,
            r#"<h2 id="collection-1">scifact</h2>"#,
            r#"<th scope="row">lexical</th><td class="figure">0.310<small>0.290 to 0.330</small>"#,
            r#"<th scope="row">fused</th><td class="figure"><strong>0.370</strong>"#,
            "3,633 documents in 12,345 passages; 5 questions. On disk: vector index 12.3 MB, full-text index 1.5 kB",
            "<p>3,634 documents read.</p>",
            "1 document in the place of one of the same id: d7.",
            "<strong>+0.060</strong> (95 % interval +0.040 to +0.080). Better on 2 questions, worse on 1, equal on 2.",
            r#"d="M0 100V120.0h1V100z"/><path class="gain" d="M3 100V90.0h1V60.0h1V100z"/>"#,
        ] {
            assert!(page.contains(shown), "{shown} is not on the page");
        }
        for element in ["table", "svg", "figure", "details", "section", "dl", "tr", "ul", "li"] {
            let opened = page.matches(&format!("<{element}>")).count() + page.matches(&format!("<{element} ")).count();
            assert_eq!(opened, page.matches(&format!("</{element}>")).count(), "{element}");
        }
    }

    #[test]
    fn hostile_words_stay_words() {
        let mut hostile = collection(HOSTILE);
        hostile.arms.push(arm(HOSTILE, 0.2));
        hostile.comparisons[0].arm = HOSTILE.to_owned();
        hostile.comparisons[0].against = HOSTILE.to_owned();
        hostile.comparisons[0].questions[0] =
            QuestionDifference { id: HOSTILE.to_owned(), question: HOSTILE.to_owned(), difference: -0.2 };
        hostile.reading.refused.push(Refused { id: HOSTILE.to_owned(), why: HOSTILE.to_owned() });
        hostile.latency[0].stage = HOSTILE.to_owned();
        let [measured_on, embedder] = [HOSTILE.to_owned(), HOSTILE.to_owned()];
        let page =
            page(&Report { measured_on, embedder, reranker: Some(HOSTILE.to_owned()), collections: vec![hostile] });
        assert!(!page.contains("<script") && !page.contains("alert('x')"));
        assert!(page.contains("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;"));
    }

    #[test]
    fn where_nothing_was_measured_no_number_is_made_up() {
        let mut empty = collection("empty");
        (empty.documents, empty.passages, empty.questions) = (0, 0, 0);
        empty.arms = vec![arm("lexical", f64::NAN), arm("fused", f64::INFINITY)];
        empty.comparisons[0].difference = interval(f64::NAN);
        empty.comparisons[0].questions.clear();
        empty.latency[0].p99_ms = f64::INFINITY;
        let mut bare = collection("bare");
        (bare.arms, bare.comparisons, bare.latency) = (vec![], vec![], vec![]);
        let mut zeros = collection("zeros");
        zeros.questions = 0;
        zeros.arms = vec![arm("lexical", 0.0), arm("fused", 1.0)];
        zeros.latency[0] = Latency { stage: "embed".to_owned(), p50_ms: 0.0, p90_ms: 0.0, p99_ms: 0.0, max_ms: 0.0 };
        assert!(has_only_numbers(&page(&report(vec![empty, bare, zeros]))));
        assert!(page(&report(vec![])).contains("No collection was measured."));
    }
}
