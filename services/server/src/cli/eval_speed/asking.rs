//! Asking, in this process, and how fast that is answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use answer::{Question, Retriever, Took};
use anyhow::{Context, Error, Result};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Serialize;
use tokio::task::JoinSet;

/// Passages in a page of hits.
pub(super) const PAGE: usize = 10;

/// Questions in one measurement, at most.
const MOST_QUESTIONS: usize = 1_000_000;

/// The longest that is asked beside something else; that goes on to its end.
const LONGEST: Duration = Duration::from_secs(600);

/// How fast questions were answered, with so many asked at once.
#[derive(Debug, Clone, Serialize)]
pub(in crate::cli) struct Rate {
    pub(super) asked_at_once: usize,
    pub(super) questions: usize,
    pub(in crate::cli) per_second: f64,
    pub(in crate::cli) p50_ms: f64,
    pub(in crate::cli) p99_ms: f64,
    pub(super) longest_ms: f64,
}

impl Rate {
    /// Its p99 in that of a steady rate.
    pub(super) fn p99_times(&self, steady: &Self) -> f64 {
        self.p99_ms / steady.p99_ms
    }
}

/// How long several took, milliseconds.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Spread {
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) longest_ms: f64,
}

impl Spread {
    pub(super) fn of(times: &[Duration]) -> Self {
        let mut times: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1e3).collect();
        times.sort_by(f64::total_cmp);
        let last = times.len().saturating_sub(1);
        let at = |share: f64| times.get((last as f64 * share) as usize).copied().unwrap_or(0.0);
        Self { p50_ms: at(0.5), p99_ms: at(0.99), longest_ms: at(1.0) }
    }
}

/// Asks for a time, so many at once, one question after the other, from the start again when there are no more.
pub(in crate::cli) async fn ask(
    retriever: &Retriever,
    questions: &Arc<Vec<Question>>,
    at_once: usize,
    time: Duration,
) -> Result<(Rate, Vec<Took>)> {
    ask_for(time, at_once, here(retriever.clone(), Arc::clone(questions))).await
}

/// Asks a question of those there are in this process: the search alone, without what goes on record.
pub(super) fn here(
    retriever: Retriever,
    questions: Arc<Vec<Question>>,
) -> impl Fn(usize) -> BoxFuture<'static, Result<Took>> + Clone + Send + Sync + 'static {
    let retriever = Arc::new(retriever);
    move |at| {
        let (retriever, questions) = (Arc::clone(&retriever), Arc::clone(&questions));
        let asked = async move {
            let found = retriever.search(&questions[at % questions.len()], PAGE).await?;
            Ok::<_, Error>(found.took)
        };
        asked.boxed()
    }
}

/// Asks for a time, so many at once.
pub(super) async fn ask_for<T: Send + 'static>(
    time: Duration,
    at_once: usize,
    ask: impl Fn(usize) -> BoxFuture<'static, Result<T>> + Clone + Send + Sync + 'static,
) -> Result<(Rate, Vec<T>)> {
    let began = Instant::now();
    ask_while(move || began.elapsed() < time, at_once, ask).await
}

/// Asks as long as something else is in work, which is waited for whatever becomes of the questions.
pub(super) async fn ask_beside<T: Send + 'static, A: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
    at_once: usize,
    ask: impl Fn(usize) -> BoxFuture<'static, Result<A>> + Clone + Send + Sync + 'static,
) -> Result<(Rate, T)> {
    let is_done = Arc::new(AtomicBool::new(false));
    let done = Arc::clone(&is_done);
    // Ends with this, should nobody wait for it any more.
    let mut working = JoinSet::new();
    working.spawn(async move {
        let outcome = work.await;
        done.store(true, Ordering::Relaxed);
        outcome
    });
    let began = Instant::now();
    let goes_on = move || !is_done.load(Ordering::Relaxed) && began.elapsed() < LONGEST;
    let asked = ask_while(goes_on, at_once, ask).await;
    let outcome = working.join_next().await.context("nothing was done beside the questions")??;
    Ok((asked?.0, outcome?))
}

async fn ask_while<T: Send + 'static>(
    goes_on: impl Fn() -> bool + Clone + Send + 'static,
    at_once: usize,
    ask: impl Fn(usize) -> BoxFuture<'static, Result<T>> + Clone + Send + Sync + 'static,
) -> Result<(Rate, Vec<T>)> {
    let (began, next) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
    let mut asking = JoinSet::new();
    for _ in 0..at_once {
        let (next, goes_on, ask) = (Arc::clone(&next), goes_on.clone(), ask.clone());
        asking.spawn(async move {
            let mut done = Vec::new();
            while goes_on() {
                let at = next.fetch_add(1, Ordering::Relaxed);
                if at >= MOST_QUESTIONS {
                    break;
                }
                let asked = Instant::now();
                let answer = ask(at).await?;
                done.push((asked.elapsed(), answer));
            }
            Ok::<_, Error>(done)
        });
    }
    let (mut times, mut answers) = (Vec::new(), Vec::new());
    while let Some(done) = asking.join_next().await {
        for (time, answer) in done?? {
            times.push(time);
            answers.push(answer);
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    let Spread { p50_ms, p99_ms, longest_ms } = Spread::of(&times);
    let (questions, per_second) = (times.len(), times.len() as f64 / seconds);
    Ok((Rate { asked_at_once: at_once, questions, per_second, p50_ms, p99_ms, longest_ms }, answers))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An answer nearly at once: others have their turn in between.
    fn echo(at: usize) -> BoxFuture<'static, Result<usize>> {
        let asked = async move {
            tokio::time::sleep(Duration::from_millis(1)).await;
            Ok::<_, Error>(at)
        };
        asked.boxed()
    }

    #[test]
    fn of_a_hundred_times_the_last_is_the_longest_and_the_one_before_it_the_p99() {
        let times: Vec<Duration> = (1..=100).rev().map(Duration::from_millis).collect();
        let Spread { p50_ms, p99_ms, longest_ms } = Spread::of(&times);
        assert_eq!((p50_ms, p99_ms, longest_ms), (50.0, 99.0, 100.0));
        assert_eq!(Spread::of(&[]).longest_ms, 0.0);
    }

    #[tokio::test]
    async fn what_goes_on_beside_the_questions_is_waited_for_and_its_failure_is_told() {
        let work = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok::<_, Error>("done")
        };
        let (rate, outcome) = ask_beside(work, 2, echo).await.unwrap();
        assert_eq!((rate.asked_at_once, outcome), (2, "done"));
        assert!(rate.questions > 0);
        let fails = async { Err::<(), _>(anyhow::anyhow!("the disk is full")) };
        assert_eq!(ask_beside(fails, 1, echo).await.unwrap_err().to_string(), "the disk is full");
    }
}
