//! `osler serve`.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum::Router;
use ingest::{Event, Stores};
use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::app::{App, is_loopback};
use crate::config::{self, Places};
use crate::connections::{self, Limits};
use crate::data::open_identity;
use crate::http;
use crate::labeling::Follower;
use crate::library::{SourceEvent, Told, watch};
use crate::switching::{Switched, switch};
use crate::{alarms, corpus_record, erasure, gap_tickets, read_ahead, witnessing};

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Address to listen on, instead of the configured one
    #[arg(long, value_name = "ADDRESS")]
    pub(super) listen: Option<String>,
}

pub(super) async fn run(places: &Places, args: Args) -> Result<ExitCode> {
    let config = places.read()?;
    let address = args.listen.as_deref().unwrap_or(&config.server.listen).to_owned();
    check_identity(places, &config, &address)?;
    // From here on the signal ends nothing; it is heeded when everything is loaded.
    #[cfg(unix)]
    let hangups = signal(SignalKind::hangup()).context("cannot listen for signals")?;
    let listener = listen(&address).await?;
    read_ahead::begin(&places.data);
    let app = Arc::new(App::open_with(places, |config| config.server.listen = address).await?);
    #[cfg(unix)]
    tokio::spawn(heed(hangups, Arc::clone(&app), places.clone()));
    eprintln!("Osler listens on http://{}", listener.local_addr()?);
    if app.is_anonymous()? {
        let until = if app.config.identity.anonymous.is_none() { ", until there is an account" } else { "" };
        eprintln!("whoever uses this machine may ask without signing in{until}: see [identity] in the configuration");
    }
    let warming = Arc::clone(&app);
    tokio::spawn(async move {
        if let Err(error) = warming.warm_up().await {
            tracing::error!("not ready: {error:#}");
        }
    });
    let stop = Arc::new(AtomicBool::new(false));
    tokio::spawn(keep_in_order(Arc::clone(&app)));
    keep_records(&app);
    let linked = Arc::clone(&app);
    tokio::spawn(async move { linked.keep_link().await });
    if config.ingest.watch && !app.is_replica() {
        let library = app.library.clone().context("this service takes no documents in")?;
        let stopped = Arc::clone(&stop);
        tokio::spawn(async move {
            watch(&library, "schedule", &stopped, &mut |told| match told {
                Told::Ingest(Event::Rejected(rejected)) => {
                    tracing::warn!(file = rejected.file, reason = rejected.failure.reason, "not taken in");
                }
                Told::Source(SourceEvent::SourceFailed { source, reason }) => {
                    tracing::warn!(source, reason, "a source failed");
                }
                _ => {}
            })
            .await;
        });
    }
    serve(listener, http::router(app)).await;
    stop.store(true, Ordering::Relaxed);
    Ok(ExitCode::SUCCESS)
}

/// Has another embedder take over where the configuration names one, each time that this is asked for.
#[cfg(unix)]
async fn heed(mut hangups: Signal, app: Arc<App>, places: Places) {
    while hangups.recv().await.is_some() {
        if places.config.is_none() {
            tracing::warn!("there is no configuration to read again: name a file with --config or OSLER_CONFIG");
            continue;
        }
        match switch(&app, &places).await {
            Ok(Switched::Already(embedder)) => tracing::warn!(
                embedder,
                "read [embedder] again: it is in use already; what else has changed is read at the next start"
            ),
            Ok(Switched::Over { from, to }) => tracing::warn!(
                from,
                to,
                "another embedder has taken over: see whether answer.enough is right for it, which is read at the next start, \
                 like everything but [embedder]"
            ),
            Err(error) => tracing::error!("the embedder: {error:#}"),
        }
    }
}

/// The stores that are in use now.
fn stores(app: &App) -> Stores {
    let retriever = app.asker.retriever();
    Stores {
        ledger: Arc::clone(&retriever.ledger),
        vectors: Arc::clone(&retriever.vectors),
        lexical: Arc::clone(&retriever.lexical),
    }
}

/// Nobody listens for others than this machine before it is settled who may come in.
pub(super) fn check_identity(places: &Places, config: &config::Config, address: &str) -> Result<()> {
    if is_loopback(address) {
        return Ok(());
    }
    let has_accounts =
        places.data.join("identity.db").is_file() && open_identity(&places.data, config)?.has_accounts()?;
    if !has_accounts && config.identity.provider.is_none() {
        bail!(
            "{address} can be reached from other machines, and nobody has an account: add one with `osler account add`, or \
             set up [identity.provider]"
        );
    }
    Ok(())
}

/// How often questions without an end are closed, and sessions that ended forgotten.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// How often words are destroyed whose time is over.
const EXPIRE_EVERY: Duration = Duration::from_secs(60 * 60);

/// The longest that the log may have been silent for the clock to be believed: what is destroyed does not come back.
const LONGEST_SILENCE: SignedDuration = SignedDuration::from_hours(92 * 24);

/// Entries over which the clock is looked at.
const LOOKED_AT: u32 = 1_000;

/// Whether time has passed in the newest entries as it does; else the clock may have been set far ahead.
fn is_clock_believed(app: &App) -> Result<bool> {
    let entries = app.audit.entries("", None, None, LOOKED_AT)?;
    let times = entries.iter().rev().filter_map(|entry| entry.at.parse::<Timestamp>().ok());
    let times: Vec<Timestamp> = times.chain([app.asker.now()]).collect();
    Ok(times.windows(2).all(|pair| pair[1].duration_since(pair[0]) <= LONGEST_SILENCE))
}

async fn keep_expiring(app: Arc<App>) {
    let mut was_believed = true;
    loop {
        tokio::time::sleep(EXPIRE_EVERY).await;
        let app = Arc::clone(&app);
        let swept = tokio::task::spawn_blocking(move || -> Result<Option<u64>> {
            Ok(if is_clock_believed(&app)? { Some(erasure::sweep(&app)?) } else { None })
        });
        match swept.await {
            Ok(Ok(None)) if was_believed => {
                was_believed = false;
                tracing::warn!(
                    "the clock has gone three months ahead at once, or nothing was put on record for as long: no words are \
                     destroyed; stop the service and run `osler audit expire` if the clock is right"
                );
            }
            Ok(Ok(Some(0) | None)) | Err(_) => {}
            Ok(Ok(Some(count))) => tracing::info!(count, "words whose time was over are destroyed"),
            Ok(Err(error)) => tracing::error!("words whose time is over are not all gone: {error:#}"),
        }
    }
}

/// Closes what nobody will, puts a changed labelling on record, sends checkpoints to witnesses, watches the numbers, asks again what
/// found no evidence, and destroys words whose time is over.
pub(super) fn keep_records(app: &Arc<App>) {
    let every = Duration::from_secs(app.config.audit.witness_every_s.max(1));
    tokio::spawn(witnessing::keep_sending(Arc::clone(&app.witnesses), Arc::clone(&app.audit), every));
    tokio::spawn(alarms::keep_watching(Arc::clone(app)));
    tokio::spawn(keep_expiring(Arc::clone(app)));
    tokio::spawn(gap_tickets::keep_filling(Arc::clone(app)));
    let (app, follower) = (Arc::clone(app), Arc::new(Follower::default()));
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(SWEEP_EVERY).await;
            let (app, follower) = (Arc::clone(&app), Arc::clone(&follower));
            let swept = tokio::task::spawn_blocking(move || -> Result<()> {
                let now = app.asker.now();
                app.audit.close_orphans(Some(now))?;
                app.identity.forget_ended(now)?;
                corpus_record::follow(app.asker.ledger(), &app.audit)?;
                follower.follow(&app)
            });
            if let Ok(Err(error)) = swept.await {
                tracing::error!("the records could not be swept: {error:#}");
            }
        }
    });
}

/// How often it is looked whether an index is due to be put in order.
const ORDER_EVERY: Duration = Duration::from_secs(30);

/// Puts the indexes in order beside the questions, which keep at least half of the cores.
async fn keep_in_order(app: Arc<App>) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    loop {
        if let Err(error) = stores(&app).maintain((cores / 2).max(1)).await {
            tracing::error!(error = &error as &dyn std::error::Error, "an index could not be put in order");
        }
        tokio::time::sleep(ORDER_EVERY).await;
    }
}

/// Takes the address before anything is loaded, so that a taken port is said at once.
pub(super) async fn listen(address: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}: stop what listens there, or name another address with --listen")
    })
}

/// Serves until the process is asked to stop; requests in work are finished first, unless it is asked again.
pub(super) async fn serve(listener: TcpListener, router: Router) {
    connections::serve(listener, router, &Limits::default(), stop_asked).await;
}

/// Until the process is asked to stop; each time anew.
pub(super) async fn stop_asked() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
