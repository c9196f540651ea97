//! Connections over which nothing comes or nothing is taken: they hold up neither others nor the end of the service.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use futures::stream;
use server::connections::{Limits, serve};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// By then everything here has long happened, or never will.
const LONG: Duration = Duration::from_secs(30);

const SHORT: Duration = Duration::from_millis(100);

/// As good as for ever.
const HOUR: Duration = Duration::from_secs(60 * 60);

const REQUEST: &str = "GET / HTTP/1.1\r\nhost: osler.example\r\n\r\n";

/// A service that is asked to stop by the test.
struct Served {
    address: SocketAddr,
    stop: Arc<Notify>,
    serving: JoinHandle<()>,
}

impl Served {
    async fn begin(router: Router, limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), Arc::new(Notify::new()));
        let asked = Arc::clone(&stop);
        let stop_asked = move || {
            let asked = Arc::clone(&asked);
            async move { asked.notified().await }
        };
        let serving = tokio::spawn(async move { serve(listener, router, &limits, stop_asked).await });
        Self { address, stop, serving }
    }

    /// A client that has sent this.
    fn client(&self, sent: &str) -> TcpStream {
        let mut client = TcpStream::connect(self.address).unwrap();
        client.set_read_timeout(Some(LONG)).unwrap();
        client.write_all(sent.as_bytes()).unwrap();
        client
    }

    async fn ends(self) {
        timeout(LONG, self.serving).await.expect("the service does not end").unwrap();
    }
}

fn limits() -> Limits {
    Limits { head: HOUR, stalled: HOUR, drain: HOUR, ..Limits::default() }
}

fn hello() -> Router {
    Router::new().route("/", get(|| async { "hello" }))
}

/// Says when it goes.
struct Going(Arc<Notify>);

impl Drop for Going {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

/// Sends without end, and says when it has stopped doing so.
fn endless(gone: &Arc<Notify>) -> Router {
    let gone = Arc::clone(gone);
    let send = move || {
        let going = Going(Arc::clone(&gone));
        let next = move || {
            let _going = &going;
            Ok::<_, io::Error>(vec![0_u8; 1 << 16])
        };
        async move { Body::from_stream(stream::repeat_with(next)) }
    };
    Router::new().route("/", get(send))
}

/// Reads to the end of a reply.
fn read_until(client: &mut TcpStream, end: &str) -> String {
    let mut reply = Vec::new();
    while !reply.ends_with(end.as_bytes()) {
        let mut bytes = [0; 1_024];
        let count = client.read(&mut bytes).unwrap();
        assert!(count > 0, "cut off: {}", String::from_utf8_lossy(&reply));
        reply.extend_from_slice(&bytes[..count]);
    }
    String::from_utf8(reply).unwrap()
}

/// What comes until the other side closes the connection.
fn read_to_close(client: &mut TcpStream) -> String {
    let mut reply = Vec::new();
    match client.read_to_end(&mut reply) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "the connection stays"),
    }
    String::from_utf8(reply).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_stops_reading_does_not_keep_the_service_from_ending() {
    let gone = Arc::new(Notify::new());
    let served = Served::begin(endless(&gone), Limits { drain: SHORT, ..limits() }).await;
    let mut client = served.client(REQUEST);
    client.read_exact(&mut [0; 12]).unwrap();
    served.stop.notify_one();
    served.ends().await;
    timeout(LONG, gone.notified()).await.expect("something is still sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asks_twice_to_stop_waits_for_nobody() {
    let gone = Arc::new(Notify::new());
    let served = Served::begin(endless(&gone), limits()).await;
    let mut client = served.client(REQUEST);
    client.read_exact(&mut [0; 12]).unwrap();
    served.stop.notify_one();
    // Whoever comes now is refused: it has been heard.
    while TcpStream::connect(served.address).is_ok() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    served.stop.notify_one();
    served.ends().await;
    timeout(LONG, gone.notified()).await.expect("something is still sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_in_work_is_finished_before_the_end() {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (begins, goes_on) = (Arc::clone(&begun), Arc::clone(&go_on));
    let work = move || async move {
        begins.notify_one();
        goes_on.notified().await;
        "done"
    };
    let served = Served::begin(Router::new().route("/", get(work)), limits()).await;
    let mut client = served.client(REQUEST);
    timeout(LONG, begun.notified()).await.expect("nobody begins");
    served.stop.notify_one();
    while TcpStream::connect(served.address).is_ok() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    go_on.notify_one();
    let reply = read_to_close(&mut client);
    assert!(reply.starts_with("HTTP/1.1 200") && reply.ends_with("done"), "{reply}");
    served.ends().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let served = Served::begin(hello(), Limits { head: SHORT, ..limits() }).await;
    for sent in ["", "GET / HTTP/1.1\r\nhost: osler.exa"] {
        let reply = read_to_close(&mut served.client(sent));
        assert!(!reply.contains(" 200 "), "{sent:?}: {reply}");
    }
    // Nor the one after.
    let reply = read_to_close(&mut served.client(REQUEST));
    assert!(reply.starts_with("HTTP/1.1 200") && reply.ends_with("hello"), "{reply}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_takes_nothing_is_not_waited_for() {
    let gone = Arc::new(Notify::new());
    let served = Served::begin(endless(&gone), Limits { stalled: SHORT, ..limits() }).await;
    let mut client = served.client(REQUEST);
    client.read_exact(&mut [0; 12]).unwrap();
    timeout(LONG, gone.notified()).await.expect("something is still sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_when_all_places_are_taken_is_let_in_when_somebody_goes() {
    let served = Served::begin(hello(), Limits { connections: 1, ..limits() }).await;
    let mut first = served.client(REQUEST);
    read_until(&mut first, "hello");
    let mut second = served.client(REQUEST);
    second.set_read_timeout(Some(SHORT)).unwrap();
    let error = second.read(&mut [0; 12]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
    drop(first);
    second.set_read_timeout(Some(LONG)).unwrap();
    let reply = read_until(&mut second, "hello");
    assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
}
