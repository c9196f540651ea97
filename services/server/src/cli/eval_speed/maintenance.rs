//! Putting the indexes in order beside questions.

use std::sync::Arc;
use std::time::Instant;

use answer::{Question, Retriever};
use anyhow::{Error, Result};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Serialize;

use super::asking::{Rate, ask_beside, here};

/// Questions while an index is put in order on half of the cores.
#[derive(Debug, Serialize)]
pub(super) struct Beside {
    pub(super) work: &'static str,
    /// How long that took.
    pub(super) seconds: f64,
    pub(super) rate: Rate,
    /// Its p99 in that of the same run with nothing beside the questions, as many at once.
    pub(super) p99_times: f64,
}

/// What was measured, and what there was none of.
#[derive(Debug, Default)]
pub(super) struct Maintenance {
    pub(super) rows: Vec<Beside>,
    pub(super) notes: Vec<&'static str>,
}

impl Maintenance {
    /// Has the graph be built anew and the full-text index be put in order, beside as many questions at once as each of the
    /// steady rates had.
    ///
    /// # Errors
    /// When an index cannot be written, or a question not be answered.
    pub(super) async fn beside(
        retriever: &Retriever,
        questions: &Arc<Vec<Question>>,
        steady: &[&Rate],
        cores: usize,
    ) -> Result<Self> {
        let mut all = Self::default();
        if retriever.vectors.has_graph() {
            let vectors = Arc::clone(&retriever.vectors);
            let rebuild = move || {
                let vectors = Arc::clone(&vectors);
                async move { Ok::<_, Error>(vectors.rebuild(cores).await?) }.boxed()
            };
            all.measure("rebuilding the graph", retriever, questions, steady, rebuild).await?;
        } else {
            all.notes.push("the vectors have no graph, which could be built anew: all of them are compared");
        }
        let lexical = Arc::clone(&retriever.lexical);
        let merge = move || {
            let lexical = Arc::clone(&lexical);
            async move { Ok::<_, Error>(lexical.merge().await?) }.boxed()
        };
        if !all.measure("merging the full-text index", retriever, questions, steady, merge).await? {
            all.notes.push("the full-text index is one segment already: nothing to merge");
        }
        Ok(all)
    }

    /// Says whether there was anything to do.
    async fn measure(
        &mut self,
        work: &'static str,
        retriever: &Retriever,
        questions: &Arc<Vec<Question>>,
        steady: &[&Rate],
        begin: impl Fn() -> BoxFuture<'static, Result<bool>>,
    ) -> Result<bool> {
        for steady in steady {
            let doing = begin();
            let timed = async move {
                let began = Instant::now();
                let did = doing.await?;
                Ok::<_, Error>((did, began.elapsed().as_secs_f64()))
            };
            let asked = here(retriever.clone(), Arc::clone(questions));
            eprintln!("beside {work}, {} at once", steady.asked_at_once);
            let (rate, (did, seconds)) = ask_beside(timed, steady.asked_at_once, asked).await?;
            if !did {
                return Ok(self.rows.iter().any(|row| row.work == work));
            }
            self.rows.push(Beside { work, seconds, p99_times: rate.p99_times(steady), rate });
        }
        Ok(true)
    }
}
