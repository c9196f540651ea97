//! The report of a review on paper, for those who read it and for the file.

use crate::error::Result;
use crate::model::{Given, Review};
use crate::paper::Paper;
use crate::sheet::{self, Line};
use crate::sign::settled;
use crate::statistics::{Agreement, Proportion, Statistics, statistics};
use crate::store::Reviews;
use crate::words::Words;

impl Reviews {
    /// The report as PDF: what was drawn and how, agreement, support rate, differences and how they were settled,
    /// signature. The same review gives the same bytes.
    ///
    /// # Errors
    /// [`crate::Error::Unknown`]; [`crate::Error::State`] until everything is settled; [`crate::Error::Words`].
    pub fn pdf(&self, review: &str, words: &dyn Words) -> Result<Vec<u8>> {
        let connection = self.lock();
        let review = settled(&connection, review)?;
        let lines = sheet::lines(&connection, &review)?;
        let lines = lines.into_iter().map(|line| line.opened(words)).collect::<Result<Vec<_>>>()?;
        let numbers = statistics(&lines, &review.strata);
        let mut paper = Paper::new();
        head(&mut paper, &review);
        strata(&mut paper, &review, &numbers);
        results(&mut paper, &numbers);
        differences(&mut paper, &lines);
        signature(&mut paper, &review);
        Ok(paper.print(&review.title))
    }
}

fn head(paper: &mut Paper, review: &Review) {
    paper.title(&format!("Review: {}", review.title));
    paper.line(&format!("Review {}, drawn {} by {}", review.id, review.created_at, review.created_by));
    paper.line(&format!("Answers from {} to {}", review.from, review.to));
    paper.line(&format!("Reviewers: {}", review.reviewers.join(", ")));
    paper.line(&format!(
        "Differences settled by: {}",
        review.adjudicator.as_deref().unwrap_or("nobody, there were none")
    ));
    paper.heading("Sample");
    let sampled: u64 = review.strata.iter().map(|stratum| stratum.sampled).sum();
    paper.line(&format!("{sampled} answers of {} asked for, {} items (statements)", review.size, review.items));
    paper.line(&format!("Seed: {}", review.seed));
    paper.line(
        "Strata share the sample in proportion to their answers by largest remainder, with one at least. In a stratum the \
         answers with the smallest SHA-256 of seed, a zero byte and answer id are drawn.",
    );
}

fn strata(paper: &mut Paper, review: &Review, numbers: &Statistics) {
    paper.heading("Strata");
    for (stratum, support) in review.strata.iter().zip(&numbers.strata) {
        let rate = support.support.as_ref().map_or_else(|| "not in the sample".to_owned(), share);
        paper.line(&format!(
            "• {}: {} of {} answers, {} items; supported: {rate}",
            stratum.name, stratum.sampled, stratum.population, stratum.items
        ));
    }
}

fn results(paper: &mut Paper, numbers: &Statistics) {
    paper.heading("Agreement of the two reviewers");
    agreement(paper, &numbers.agreement);
    paper.line(&format!(
        "Ratings count as they were given before Osler's verdict was shown. Changed after that: {}",
        numbers.changed
    ));
    paper.heading("Support rate");
    paper.line(&format!("Support rate: {} (Wilson)", share(&numbers.support)));
    match &numbers.stratified_support {
        Some(found) => paper.line(&format!(
            "Weighted by strata: {} (95 % interval {} – {}, standard error {:.4}, normal)",
            percent(found.value),
            percent(found.low),
            percent(found.high),
            found.standard_error
        )),
        None => paper.line("Weighted by strata: not defined, as a stratum has fewer than two items"),
    }
    for one in &numbers.finals {
        paper.line(&format!("• {}: {}", spaced(one.rating.name()), one.items));
    }
    paper.line(
        "Items count as independent; statements of one answer are not quite, and the intervals somewhat too narrow.",
    );
    paper.heading("Osler's own verdicts against the final ratings");
    match &numbers.ours {
        Some(found) => agreement(paper, found),
        None => paper.line("No item has a verdict of Osler's."),
    }
}

fn agreement(paper: &mut Paper, found: &Agreement) {
    paper.line(&format!("Agreement: {} (Wilson)", share(&found.observed)));
    match &found.kappa {
        Some(kappa) => paper.line(&format!(
            "Cohen's kappa: {:.3} (95 % interval {:.3} – {:.3}, standard error {:.4}; Fleiss, Cohen and Everitt 1969)",
            kappa.value, kappa.low, kappa.high, kappa.standard_error
        )),
        None => paper.line("Cohen's kappa: not defined, as one and the same rating was given to everything"),
    }
}

fn differences(paper: &mut Paper, lines: &[Line]) {
    let differing: Vec<&Line> = lines.iter().filter(|line| line.differs()).collect();
    paper.heading(&format!("Items on which the reviewers differ, or a rating was changed: {}", differing.len()));
    for line in differing {
        paper.line(&format!(
            "• Item {}: answer {}, statement {} ({})",
            line.n, line.answer, line.statement, line.stratum
        ));
        for given in line.first.iter().chain(&line.second) {
            paper.line(&said(given));
        }
        if let Some(settled) = &line.adjudication {
            let rating = spaced(settled.rating.name());
            let reason = settled.reason.as_deref().unwrap_or("The reason was erased.");
            paper.line(&format!("Settled by {}: {rating}. {reason}", settled.by));
        }
    }
}

fn said(given: &Given) -> String {
    let comment = |text: &Option<String>| text.as_deref().map(|text| format!(". {text}")).unwrap_or_default();
    let later = given.later.as_ref().map(|later| {
        let rating = spaced(later.rating.name());
        format!(" (after seeing Osler's verdict: {rating}{})", comment(&later.comment))
    });
    let rating = spaced(given.rating.name());
    format!("{}: {rating}{}{}", given.by, comment(&given.comment), later.unwrap_or_default())
}

fn signature(paper: &mut Paper, review: &Review) {
    paper.heading("Signature");
    let Some(signed) = &review.signature else {
        paper.line("Not signed.");
        return;
    };
    paper.line(&format!("Signed by: {} ({})", signed.full_name, signed.by));
    paper.line(&format!("Meaning: {}", signed.meaning));
    paper.line(&format!("Time: {}", signed.at));
    paper.line(&format!("SHA-256 of the record: {}", signed.record_hash));
    paper.line(&format!("Signature: {}", signed.signature));
}

fn share(found: &Proportion) -> String {
    let (low, high) = (percent(found.low), percent(found.high));
    format!("{} of {} = {} (95 % interval {low} – {high})", found.count, found.of, percent(found.share))
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn spaced(name: &str) -> String {
    name.replace('_', " ")
}
