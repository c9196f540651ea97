//! What stands on every page of a retrieval evaluation: its columns, its terms and its style.

use super::report::{ArmReport, Interval};

/// A column of the table of arms.
pub(super) struct Measure {
    pub(super) name: &'static str,
    pub(super) meaning: &'static str,
    pub(super) of: fn(&ArmReport) -> Interval,
}

pub(super) const MEASURES: [Measure; 6] = [
    Measure {
        name: "nDCG@10",
        meaning: "How close the first ten documents come to the best order there could be: relevant documents count, more relevant ones count more (2^grade − 1), and higher places count more. 1 is the best order, 0 is no relevant document among the ten.",
        of: |arm| arm.ndcg_10,
    },
    Measure {
        name: "nDCG@10, linear",
        meaning: "The same with the grade itself in place of 2^grade − 1, as trec_eval reckons it, and with it BEIR's own evaluation. Where a document is relevant or not, and no more, both are equal.",
        of: |arm| arm.ndcg_linear_10,
    },
    Measure {
        name: "Recall@10",
        meaning: "Of the documents that are relevant to a question, the share found among the first ten.",
        of: |arm| arm.recall_10,
    },
    Measure {
        name: "Recall@100",
        meaning: "The same among the first hundred: what a later stage has to choose from.",
        of: |arm| arm.recall_100,
    },
    Measure {
        name: "MRR@10",
        meaning: "How soon the first relevant document comes: 1 in first place, 1/2 in second, 1/3 in third, and 0 below the tenth; the mean over the questions.",
        of: |arm| arm.mrr_10,
    },
    Measure {
        name: "Judged@10",
        meaning: "Of the first ten documents, the share that somebody has judged. It says how far to trust the rest: a relevant document that nobody judged earns nothing.",
        of: |arm| arm.judged_10,
    },
];

/// What else has to be known to read the page.
pub(super) const TERMS: [(&str, &str); 4] = [
    (
        "Arm",
        "One way to order documents: lexical by their words, dense by their vectors, rank fusion by the ranks of both, fused by the scores of both, supported by that, the passages most like each, what else was found of its document and the words that tell it apart, ranked by that with what is known of the documents, and a cross-encoder where there is one: what a search gives.",
    ),
    (
        "95 % interval",
        "The bounds between which a figure lies in 95 of 100 resamples of the questions. It tells of the choice of questions, not of mistakes in the judgements.",
    ),
    ("Difference", "nDCG@10 of one arm less that of another on the same question. Above 0 the first arm is better."),
    ("p50, p90, p99", "Half, 90 and 99 of 100 searches took no longer."),
];

pub(super) const STYLE: &str = r#"
:root{color-scheme:light dark;--paper:#faf9f6;--ink:#1c2024;--soft:#464d55;--rule:#cfcabd;--accent:#1f4a7d;--gain:#27603f;--loss:#98281c}
@media screen and (prefers-color-scheme:dark){:root{--paper:#191816;--ink:#e8e4db;--soft:#bbb6aa;--rule:#4a463f;--accent:#a3c1e8;--gain:#8fc7a3;--loss:#f09b8d}}
*{box-sizing:border-box}
body{max-width:58rem;margin:0 auto;padding:1rem;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:break-word}
h1,h2,h3{line-height:1.25;text-wrap:balance;break-after:avoid}
h1{margin:.5rem 0}h2{margin:2.5rem 0 .5rem;padding-top:1rem;border-top:1px solid var(--rule)}h3{margin:1.75rem 0 .5rem}
p,dd,figcaption{max-width:70ch}p{margin:.5rem 0}a{color:var(--accent)}
dl{margin:.5rem 0}dt{font-weight:600}dd{margin:0 0 .5rem}
.facts>div{display:flex;flex-wrap:wrap;gap:0 .5rem}.facts dd{min-width:0;margin:0}
.scroll{max-width:100%;margin:.75rem 0;overflow-x:auto}
table{border-collapse:collapse;font-size:.9375rem;font-variant-numeric:tabular-nums}
caption{padding-bottom:.25rem;color:var(--soft);text-align:left}
th,td{padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--rule);text-align:left;vertical-align:top}th{font-weight:600}
td.figure{white-space:nowrap}td.words{min-width:15rem}td small{display:block;color:var(--soft)}
figure{margin:.75rem 0;break-inside:avoid}figcaption{color:var(--soft);font-size:.875rem}summary{cursor:pointer}
.plot{display:block;max-width:44rem}
.plot text{fill:var(--ink);stroke:var(--paper);stroke-width:4px;paint-order:stroke;font-size:.8125rem}.plot .soft{fill:var(--soft)}.plot .middle{text-anchor:middle}.plot .end{text-anchor:end}
.grid{stroke:var(--rule)}.zero{stroke:var(--soft)}.range{stroke:var(--accent);stroke-width:2px}.dot{fill:var(--accent)}.gain{fill:var(--gain)}.loss{fill:var(--loss)}
@media print{body{max-width:none;padding:0;background:none;font-size:10pt}.scroll{overflow:visible}tr{break-inside:avoid}details::details-content{content-visibility:visible;block-size:auto}}
"#;
