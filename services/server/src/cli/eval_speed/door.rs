//! The service in this process, asked over HTTP as any client asks it: what was decided goes on record before a question that
//! comes after it is answered, and so does the question.

use std::sync::Arc;
use std::time::Duration;

use answer::Question;
use anyhow::{Context, Error, Result, bail};
use futures::FutureExt;
use futures::future::BoxFuture;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::asking::PAGE;
use crate::app::App;
use crate::http;

/// The longest that a reply may take; the service gives up before.
const REPLY: Duration = Duration::from_secs(90);

/// The longest that is waited for requests in work when the service ends.
const ENDING: Duration = Duration::from_secs(10);

/// Where the service is asked.
#[derive(Debug, Clone)]
pub(super) struct Door {
    client: Client,
    search: String,
}

/// The service as long as this is there.
pub(super) struct Served {
    pub(super) door: Door,
    serving: JoinHandle<std::io::Result<()>>,
    stop: DropGuard,
}

impl Served {
    /// Serves on a free port of this machine.
    pub(super) async fn begin(app: Arc<App>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("cannot listen on this machine")?;
        let search = format!("http://{}/v1/search", listener.local_addr()?);
        let client = Client::builder().no_proxy().timeout(REPLY).build()?;
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let serving = tokio::spawn(async move {
            axum::serve(listener, http::router(app)).with_graceful_shutdown(stopped.cancelled_owned()).await
        });
        Ok(Self { door: Door { client, search }, serving, stop: stop.drop_guard() })
    }

    /// Ends it, so that nothing holds the data any more.
    pub(super) async fn end(self) {
        let Self { door, serving, stop } = self;
        drop((door, stop));
        // What is not through by then ends with the process.
        let _ = tokio::time::timeout(ENDING, serving).await;
    }
}

impl Door {
    /// What a search replies.
    async fn reply(&self, question: &str, limit: usize) -> Result<String> {
        let body = json!({ "question": question, "limit": limit });
        let reply = self.client.post(&self.search).json(&body).send().await?;
        let (status, text) = (reply.status(), reply.text().await?);
        if !status.is_success() {
            bail!("the service answered a search with {status}: {text}");
        }
        Ok(text)
    }

    /// The hits of a search.
    pub(super) async fn hits(&self, question: &str, limit: usize) -> Result<Vec<Value>> {
        let mut reply: Value = serde_json::from_str(&self.reply(question, limit).await?)?;
        match reply.get_mut("hits").map(Value::take) {
            Some(Value::Array(hits)) => Ok(hits),
            _ => bail!("the service answered a search without a list of hits"),
        }
    }

    /// Asks a question of those there are.
    pub(super) fn asking(
        &self,
        questions: &Arc<Vec<Question>>,
    ) -> impl Fn(usize) -> BoxFuture<'static, Result<()>> + Clone + Send + Sync + use<> + 'static {
        let (door, questions) = (self.clone(), Arc::clone(questions));
        move |at| {
            let (door, questions) = (door.clone(), Arc::clone(&questions));
            let asked = async move {
                door.reply(&questions[at % questions.len()].question, PAGE).await?;
                Ok::<_, Error>(())
            };
            asked.boxed()
        }
    }
}
