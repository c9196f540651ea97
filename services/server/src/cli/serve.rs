//! `osler serve`.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::net::TcpListener;

use crate::app::App;
use crate::config::Places;
use crate::http;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Address to listen on, instead of the configured one
    #[arg(long, value_name = "ADDRESS")]
    pub(super) listen: Option<String>,
}

pub(super) async fn run(places: &Places, args: Args) -> Result<ExitCode> {
    let config = places.read()?;
    let listener = listen(args.listen.as_deref().unwrap_or(&config.server.listen)).await?;
    let app = Arc::new(App::open(places).await?);
    eprintln!("Osler listens on http://{}", listener.local_addr()?);
    let warming = Arc::clone(&app);
    tokio::spawn(async move {
        if let Err(error) = warming.warm_up().await {
            tracing::error!("not ready: {error:#}");
        }
    });
    serve(listener, app).await?;
    Ok(ExitCode::SUCCESS)
}

/// Takes the address before anything is loaded, so that a taken port is said at once.
pub(super) async fn listen(address: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}: stop what listens there, or name another address with --listen")
    })
}

/// Serves until the process is asked to stop; requests in work are finished first.
pub(super) async fn serve(listener: TcpListener, app: Arc<App>) -> Result<()> {
    axum::serve(listener, http::router(app)).with_graceful_shutdown(stop_asked()).await?;
    Ok(())
}

async fn stop_asked() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
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
