//! Connections: how many there are at once, how long each may keep the service waiting, and how they end.

use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Sleep, sleep};
use tokio_util::sync::CancellationToken;

/// What connections may take.
#[derive(Debug, Clone)]
pub struct Limits {
    /// At once; whoever comes then waits to be let in. 512: a process may mostly open 1,024 files, and the stores need theirs.
    pub connections: usize,
    /// How long the head of a request may take, counted from when it could come; 30 s.
    pub head: Duration,
    /// How long nothing may be taken of what is sent; 60 s.
    pub stalled: Duration,
    /// How long requests in work may take when the service is to stop; 30 s.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 512,
            head: Duration::from_secs(30),
            stalled: Duration::from_secs(60),
            drain: Duration::from_secs(30),
        }
    }
}

/// Serves HTTP/1.1 until it is asked to stop. Requests in work are finished first, as long as the limits allow and nobody asks
/// again; what is left then is broken off.
pub async fn serve<F>(mut listener: TcpListener, router: Router, limits: &Limits, stop_asked: impl Fn() -> F)
where
    F: Future<Output = ()>,
{
    let (mut connections, ending) = (JoinSet::new(), CancellationToken::new());
    let mut stop = pin!(stop_asked());
    loop {
        tokio::select! {
            (stream, _) = Listener::accept(&mut listener), if connections.len() < limits.connections => {
                connections.spawn(converse(stream, router.clone(), limits.clone(), ending.clone()));
            }
            Some(_) = connections.join_next() => {}
            () = &mut stop => break,
        }
    }
    drop(listener);
    ending.cancel();
    let ended = async { while connections.join_next().await.is_some() {} };
    tokio::select! {
        () = ended => {}
        () = stop_asked() => {}
        () = sleep(limits.drain) => {
            tracing::warn!(count = connections.len(), "requests did not end in time, and are broken off");
        }
    }
}

/// Answers what comes over a connection, one request after the other.
async fn converse(stream: TcpStream, router: Router, limits: Limits, ending: CancellationToken) {
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.head);
    let stream = TokioIo::new(Impatient { stream, patience: limits.stalled, waiting: None });
    let mut connection = pin!(builder.serve_connection(stream, TowerToHyperService::new(router)));
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        () = ending.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection broke off");
    }
}

/// A stream to somebody who is not waited for when they take nothing for too long: a place that is held by not reading is lost to
/// everybody else.
struct Impatient {
    stream: TcpStream,
    patience: Duration,
    /// Until when, where nothing was taken the last time.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Impatient {
    /// What came of sending.
    fn sent(&mut self, sent: Poll<io::Result<usize>>, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if sent.is_ready() {
            self.waiting = None;
            return sent;
        }
        let patience = self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(patience)));
        waiting.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Impatient {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Impatient {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let sent = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.sent(sent, context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let sent = Pin::new(&mut this.stream).poll_write_vectored(context, slices);
        this.sent(sent, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
