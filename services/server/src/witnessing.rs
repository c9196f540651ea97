//! Witnesses: sends the log's checkpoints to them, and is one.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use audit::{AuditLog, Checkpoint, Note, Refusal, SignatureKind, Submission, VerifierKey, Witness};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use reqwest::redirect::Policy;
use serde::Serialize;
use utoipa::ToSchema;

use crate::config::WitnessAt;

/// What the last attempt to reach a witness came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WitnessState {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// Entries of the checkpoint that it signed last.
    pub size: u64,
    /// What went wrong, unless it signed.
    pub problem: Option<String>,
    /// Whether it says that the log shows two histories, or has gone back. Nothing is answered then.
    pub alarm: bool,
}

struct Known {
    key: VerifierKey,
    state: WitnessState,
}

/// The witnesses of the log.
#[derive(Default)]
pub struct Witnesses {
    known: Mutex<Vec<Known>>,
    /// Held while checkpoints are sent: of two at once a witness could be shown the later one first.
    sending: tokio::sync::Mutex<()>,
}

impl Witnesses {
    /// Those that are configured.
    ///
    /// # Errors
    /// When a key is none.
    pub fn new(configured: &[WitnessAt]) -> anyhow::Result<Self> {
        let known = configured.iter().map(|at| {
            let key = VerifierKey::parse(&at.key).map_err(|error| anyhow::anyhow!("audit.witnesses: {error}"))?;
            if key.kind() != SignatureKind::Cosignature {
                anyhow::bail!("audit.witnesses: {key} is the key of a log, not of a witness");
            }
            let (name, url) = (key.name().to_owned(), at.url.trim_end_matches('/').to_owned());
            Ok(Known { key, state: WitnessState { name, url, size: 0, problem: None, alarm: false } })
        });
        Ok(Self { known: Mutex::new(known.collect::<anyhow::Result<_>>()?), sending: tokio::sync::Mutex::default() })
    }

    /// How they stand.
    pub fn states(&self) -> Vec<WitnessState> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|known| known.state.clone()).collect()
    }

    /// Whether one of them raised an alarm.
    pub fn is_alarmed(&self) -> bool {
        self.states().iter().any(|state| state.alarm)
    }

    /// Sends the newest checkpoint to all of them, and keeps what they signed.
    pub async fn send(&self, log: &Arc<AuditLog>) {
        if self.states().is_empty() {
            return;
        }
        let _sending = self.sending.lock().await;
        let sent = {
            let log = Arc::clone(log);
            tokio::task::spawn_blocking(move || log.checkpoint(log.size())).await
        };
        let Ok(Ok(note)) = sent else { return };
        // Without the signatures of witnesses that an earlier one may carry.
        let Some(own) = own(&note, log) else { return };
        let mut cosigned = own.clone();
        let mut signatures = 0;
        for (at, state) in self.states().into_iter().enumerate() {
            let outcome = submit(log, &own, &state).await;
            let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(known) = all.get_mut(at) else { continue };
            match outcome {
                Ok((size, line)) => {
                    let with = format!("{own}{line}");
                    if Note::parse(&with).is_ok_and(|note| note.is_signed_by(&known.key)) {
                        cosigned.push_str(&line);
                        signatures += 1;
                        known.state.size = size;
                        known.state.problem = None;
                        // An alarm stays until somebody has looked: another answer does not undo it.
                    } else {
                        known.state.problem = Some("its signature does not fit its key".to_owned());
                    }
                }
                Err(Trouble { what, alarm }) => {
                    if alarm {
                        tracing::error!(witness = known.state.name, "ALARM: {what}");
                        metrics::counter!("osler_witness_alarms_total").increment(1);
                    }
                    known.state.alarm |= alarm;
                    known.state.problem = Some(what);
                }
            }
        }
        if signatures > 0 {
            let log = Arc::clone(log);
            let kept = tokio::task::spawn_blocking(move || log.keep_cosigned(&cosigned)).await;
            if !matches!(kept, Ok(Ok(()))) {
                tracing::error!("the signatures of witnesses could not be kept");
            }
        }
    }
}

/// The checkpoint with the log's own signatures alone.
fn own(note: &str, log: &AuditLog) -> Option<String> {
    let text = Note::parse(note).ok()?.text;
    let names: Vec<String> = log.verifier_keys().iter().map(|key| format!("\u{2014} {} ", key.name())).collect();
    let lines = note[text.len() + 1..].lines().filter(|line| names.iter().any(|name| line.starts_with(name)));
    Some(lines.fold(format!("{text}\n"), |all, line| all + line + "\n"))
}

/// How long a witness may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Sends a text; the status and text of the reply.
async fn post_text(url: &str, text: String) -> reqwest::Result<(u16, String)> {
    let client = reqwest::Client::builder().redirect(Policy::none()).no_proxy().timeout(TIMEOUT).build()?;
    let response = client.post(url).body(text).send().await?;
    Ok((response.status().as_u16(), response.text().await?))
}

struct Trouble {
    what: String,
    alarm: bool,
}

/// Sends a checkpoint, going on from what the witness says it has.
async fn submit(log: &Arc<AuditLog>, note: &str, state: &WitnessState) -> Result<(u64, String), Trouble> {
    let trouble = |what: String, alarm| Trouble { what, alarm };
    let parsed = Note::parse(note).and_then(|note| Checkpoint::parse(note.text));
    let size = parsed.map_err(|error| trouble(error.to_string(), false))?.size;
    let mut old = state.size;
    for _ in 0..2 {
        if old > size {
            let what = format!("it has signed {old} entries of this log, which has {size}: the log has gone back");
            return Err(trouble(what, true));
        }
        let proving = Arc::clone(log);
        let proof = tokio::task::spawn_blocking(move || proving.prove_consistency(old, size)).await;
        let Ok(Ok(proof)) = proof else { return Err(trouble("the log's tiles cannot be read".to_owned(), false)) };
        let text = Submission { old, proof, checkpoint: note.to_owned() }.text();
        let reply = post_text(&format!("{}/add-checkpoint", state.url), text).await;
        let (status, body) = reply.map_err(|error| trouble(format!("it cannot be reached: {error}"), false))?;
        match (status, body.trim().parse::<u64>()) {
            (200, _) => return Ok((size, body)),
            (409, Ok(newest)) if newest != old => old = newest,
            (409 | 422, _) => {
                return Err(trouble("it says that this log shows another history than before".to_owned(), true));
            }
            _ => return Err(trouble(format!("it answers {status}: {}", body.trim()), false)),
        }
    }
    Err(trouble("it goes on faster than this log".to_owned(), false))
}

/// Sends checkpoints for ever.
pub async fn keep_sending(witnesses: Arc<Witnesses>, log: Arc<AuditLog>, every: Duration) {
    loop {
        witnesses.send(&log).await;
        tokio::time::sleep(every).await;
    }
}

/// The service of a witness (C2SP `tlog-witness`).
pub fn service(witness: Arc<Witness>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .layer(axum::extract::DefaultBodyLimit::max(64 << 10))
        .with_state(witness)
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, body: String) -> Response {
    let now = jiff::Timestamp::now().as_second().unsigned_abs();
    let signed = tokio::task::spawn_blocking(move || witness.add_checkpoint(&body, now)).await;
    let Ok(signed) = signed else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let refusal = match signed {
        Ok(line) => return line.into_response(),
        Err(refusal) => refusal,
    };
    let status = match &refusal {
        Refusal::Malformed => StatusCode::BAD_REQUEST,
        Refusal::UnknownLog => StatusCode::NOT_FOUND,
        Refusal::Unsigned => StatusCode::FORBIDDEN,
        Refusal::OtherSize(size) => {
            let size_type = [(header::CONTENT_TYPE, "text/x.tlog.size")];
            return (StatusCode::CONFLICT, size_type, format!("{size}\n")).into_response();
        }
        Refusal::SplitView { same_size, kept } => {
            match kept {
                Some(path) => tracing::error!(
                    "ALARM: {refusal}; both checkpoints, as the log signed them, are kept in {}: ask for the log's entries, and \
                     hold them against both",
                    path.display()
                ),
                None => tracing::error!(
                    "ALARM: {refusal}; both checkpoints could not be written beside the witness's state"
                ),
            }
            if *same_size { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY }
        }
        Refusal::State => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, refusal.to_string()).into_response()
}
