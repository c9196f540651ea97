//! Drawings of a retrieval evaluation in SVG, and how its figures are written.
//!
//! Positions across are percentages of the width, so that the words keep their size on a narrow screen.

use std::fmt::Write as _;

use super::report::{ArmReport, Comparison, Interval, Latency, QuestionDifference};

const MISSING: &str = "–";
const ROW_HEIGHT: usize = 44;
/// A logarithmic axis cannot begin at 0.
const SHORTEST_MS: f64 = 0.01;

/// `text` with the characters that mean something in HTML written as entities.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// A share with three decimals; a dash for what is no number.
pub(super) fn share(value: f64) -> String {
    if value.is_finite() { format!("{value:.3}") } else { MISSING.to_owned() }
}

/// A difference with its sign and three decimals; no sign before what rounds to 0.
pub(super) fn signed(value: f64) -> String {
    let size = share(value.abs());
    if size == MISSING || size == "0.000" {
        size
    } else if value < 0.0 {
        format!("−{size}")
    } else {
        format!("+{size}")
    }
}

/// A time in milliseconds, without the unit; a dash for what is no number.
pub(super) fn milliseconds(value: f64) -> String {
    if !value.is_finite() {
        return MISSING.to_owned();
    }
    if value < 10.0 { format!("{value:.2}") } else { format!("{value:.1}") }
}

/// A count with its noun.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// A count with commas between the thousands.
pub(super) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Bytes in units of a thousand.
pub(super) fn size(bytes: u64) -> String {
    let (unit, of_bytes) = match bytes {
        0..1_000 => return format!("{bytes} B"),
        1_000..1_000_000 => ("kB", 1e3),
        1_000_000..1_000_000_000 => ("MB", 1e6),
        _ => ("GB", 1e9),
    };
    format!("{:.1} {unit}", bytes as f64 / of_bytes)
}

/// The bounds of an interval, each as `written` puts it.
pub(super) fn bounds(interval: &Interval, written: fn(f64) -> String) -> String {
    format!("{} to {}", written(interval.low), written(interval.high))
}

/// Whether the figure and both bounds are numbers.
pub(super) fn is_measured(interval: &Interval) -> bool {
    interval.value.is_finite() && interval.low.is_finite() && interval.high.is_finite()
}

/// A horizontal axis with what is written along it.
struct Axis {
    low: f64,
    high: f64,
    ticks: Vec<(f64, String)>,
}

impl Axis {
    /// From the tenth below all intervals to the tenth above them.
    fn of_shares(intervals: &[Interval]) -> Self {
        let low = intervals.iter().map(|interval| interval.low).fold(1.0_f64, f64::min).max(0.0);
        let high = intervals.iter().map(|interval| interval.high).fold(0.0_f64, f64::max).min(1.0);
        let last = ((high * 10.0).ceil() as i32).max(1);
        let first = ((low * 10.0).floor() as i32).min(last - 1);
        let step = match last - first {
            ..=3 => 5,
            4..=6 => 10,
            _ => 20,
        };
        let ticks = (first * 10..=last * 10).step_by(step).map(|hundredths| {
            let value = f64::from(hundredths) / 100.0;
            (value, format!("{value:.2}"))
        });
        Self { low: f64::from(first) / 10.0, high: f64::from(last) / 10.0, ticks: ticks.collect() }
    }

    /// Powers of ten, from the one below the shortest median to the one above the longest 99th percentile.
    fn of_times(times: &[&Latency]) -> Self {
        let shortest = times.iter().map(|latency| latency.p50_ms).fold(f64::MAX, f64::min);
        let longest = times.iter().map(|latency| latency.p99_ms).fold(SHORTEST_MS, f64::max);
        let first = log(shortest).floor() as i32;
        let last = (log(longest).ceil() as i32).max(first + 1);
        let between: &[i32] = if last - first <= 2 { &[1, 2, 5] } else { &[1] };
        let mut ticks = Vec::new();
        for exponent in first..last {
            for &multiple in between {
                ticks.push(power_of_ten(exponent, multiple));
            }
        }
        ticks.push(power_of_ten(last, 1));
        Self { low: f64::from(first), high: f64::from(last), ticks }
    }

    /// Where a value stands, in percent of the width; 5 percent are left free on either side.
    fn at(&self, value: f64) -> f64 {
        5.0 + 90.0 * ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    fn draw(&self, out: &mut String, bottom: usize) {
        let below = bottom + 18;
        for (value, label) in &self.ticks {
            let x = self.at(*value);
            let _ = writeln!(
                out,
                r#"<line class="grid" x1="{x:.2}%" x2="{x:.2}%" y1="0" y2="{bottom}"/><text class="middle soft" x="{x:.2}%" y="{below}">{label}</text>"#
            );
        }
    }
}

/// The decimal logarithm of a time.
fn log(ms: f64) -> f64 {
    ms.max(SHORTEST_MS).log10()
}

/// A multiple of a power of ten: its logarithm, and how it is written.
fn power_of_ten(exponent: i32, multiple: i32) -> (f64, String) {
    let value = f64::from(multiple) * 10.0_f64.powi(exponent);
    let decimals = usize::try_from(-exponent).unwrap_or(0);
    (value.log10(), format!("{value:.decimals$}"))
}

/// One line of a range plot; positions in the units of its axis.
struct Range {
    name: String,
    figures: String,
    low: f64,
    dot: f64,
    high: f64,
    /// A short stroke within the range.
    stroke: Option<f64>,
}

impl Range {
    fn draw(&self, out: &mut String, axis: &Axis, top: usize) {
        let (name, figures) = (escaped(&self.name), escaped(&self.figures));
        let (low, dot, high) = (axis.at(self.low), axis.at(self.dot), axis.at(self.high));
        let (words, line, above, below) = (top + 15, top + 29, top + 24, top + 34);
        let _ = writeln!(
            out,
            r#"<text x="0" y="{words}">{name} <tspan class="soft">{figures}</tspan></text><line class="range" x1="{low:.2}%" x2="{high:.2}%" y1="{line}" y2="{line}"/>"#
        );
        for end in [Some(low), self.stroke.map(|stroke| axis.at(stroke)), Some(high)].into_iter().flatten() {
            let _ = writeln!(out, r#"<line class="range" x1="{end:.2}%" x2="{end:.2}%" y1="{above}" y2="{below}"/>"#);
        }
        let _ = writeln!(out, r#"<circle class="dot" cx="{dot:.2}%" cy="{line}" r="5"/>"#);
    }
}

fn range_plot(shown: &str, axis: &Axis, ranges: &[Range]) -> String {
    let said: Vec<String> = ranges.iter().map(|range| format!("{} {}", range.name, range.figures)).collect();
    let label = escaped(&format!("{shown}: {}.", said.join("; ")));
    let bottom = ranges.len() * ROW_HEIGHT;
    let height = bottom + 24;
    let mut out = String::new();
    let _ = writeln!(out, r#"<svg class="plot" role="img" aria-label="{label}" width="100%" height="{height}">"#);
    axis.draw(&mut out, bottom);
    for (index, range) in ranges.iter().enumerate() {
        range.draw(&mut out, axis, index * ROW_HEIGHT);
    }
    out.push_str("</svg>\n");
    out
}

/// nDCG@10 of every arm, a dot on its interval; empty where no arm has a figure.
pub(super) fn forest(arms: &[ArmReport]) -> String {
    let measured: Vec<&ArmReport> = arms.iter().filter(|arm| is_measured(&arm.ndcg_10)).collect();
    if measured.is_empty() {
        return String::new();
    }
    let intervals: Vec<Interval> = measured.iter().map(|arm| arm.ndcg_10).collect();
    let range = |arm: &&ArmReport| Range {
        name: arm.arm.clone(),
        figures: format!("{} ({})", share(arm.ndcg_10.value), bounds(&arm.ndcg_10, share)),
        low: arm.ndcg_10.low,
        dot: arm.ndcg_10.value,
        high: arm.ndcg_10.high,
        stroke: None,
    };
    let ranges: Vec<Range> = measured.iter().map(range).collect();
    range_plot("nDCG@10 of each arm with its 95 % interval", &Axis::of_shares(&intervals), &ranges)
}

/// Every stage from its median to its 99th percentile, on a logarithmic axis; empty where no time was taken.
pub(super) fn times(latency: &[Latency]) -> String {
    let is_taken = |stage: &&Latency| [stage.p50_ms, stage.p90_ms, stage.p99_ms].iter().all(|ms| ms.is_finite());
    let taken: Vec<&Latency> = latency.iter().filter(is_taken).collect();
    if taken.is_empty() {
        return String::new();
    }
    let range = |stage: &&Latency| {
        let Latency { p50_ms, p90_ms, p99_ms, .. } = **stage;
        let [p50, p90, p99] = [p50_ms, p90_ms, p99_ms].map(milliseconds);
        Range {
            name: stage.stage.clone(),
            figures: format!("{p50} ms, p90 {p90}, p99 {p99}"),
            low: log(p50_ms),
            dot: log(p50_ms),
            high: log(p99_ms),
            stroke: Some(log(p90_ms)),
        }
    };
    let ranges: Vec<Range> = taken.iter().map(range).collect();
    range_plot("Median, 90th and 99th percentile of the time of each stage", &Axis::of_times(&taken), &ranges)
}

/// The difference on each of the `asked` questions as a bar, the worst first; the questions without a difference are the
/// gap between losses and gains. Empty where no question has one.
pub(super) fn waterfall(comparison: &Comparison, asked: usize) -> String {
    let Comparison { arm, against, better, worse, questions, .. } = comparison;
    let (Some(worst), Some(best)) = (questions.first(), questions.last()) else {
        return String::new();
    };
    let width = asked.max(questions.len());
    let equal = width.saturating_sub(*better).saturating_sub(*worse);
    let (losses, gains) = questions.split_at(questions.partition_point(|question| question.difference < 0.0));
    let (losses, gains) = (outline(0, losses), outline(width - gains.len(), gains));
    let label = escaped(&format!(
        "nDCG@10 of {arm} less that of {against} on each question, from {} to {}: worse on {worse}, equal on {equal}, better on {better}.",
        signed(worst.difference),
        signed(best.difference)
    ));
    let mut out = String::new();
    let _ = writeln!(out, r#"<svg class="plot" role="img" aria-label="{label}" width="100%" height="172">"#);
    let _ = writeln!(
        out,
        r#"<svg x="0" y="4" width="100%" height="140" viewBox="0 0 {width} 200" preserveAspectRatio="none"><path class="loss" d="{losses}"/><path class="gain" d="{gains}"/></svg>"#
    );
    // Losses hang at the left and gains stand at the right: the other two corners are free.
    out.push_str(r#"<line class="zero" x1="0" x2="100%" y1="74" y2="74"/><text class="soft" x="0" y="16">+1</text>"#);
    let _ = writeln!(
        out,
        r#"<text class="end soft" x="100%" y="142">−1</text><text x="0" y="164">worse: {worse}</text><text class="middle" x="50%" y="164">equal: {equal}</text><text class="end" x="100%" y="164">better: {better}</text>"#
    );
    out.push_str("</svg>\n");
    out
}

/// The outline of bars side by side from `start`, each one unit wide; 100 units up or down are a difference of 1.
fn outline(start: usize, questions: &[QuestionDifference]) -> String {
    let mut path = format!("M{start} 100");
    for question in questions {
        let difference = if question.difference.is_finite() { question.difference.clamp(-1.0, 1.0) } else { 0.0 };
        let _ = write!(path, "V{:.1}h1", 100.0 - 100.0 * difference);
    }
    path.push_str("V100z");
    path
}
