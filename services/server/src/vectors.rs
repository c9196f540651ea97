//! An index of vectors on a server is looked at again and again as long as it is in use: a server can be away, come back empty,
//! or with an older copy of what it held.

use std::sync::{Arc, Weak};
use std::time::Duration;

use anyhow::Result;
use index::ServerIndex;
use ingest::Counted;
use ledger::Ledger;
use tokio::time::{sleep, timeout};

/// How long a start waits for the first look. What is not done by then goes on beside the questions, which are answered by words.
const PATIENCE: Duration = Duration::from_secs(5);

/// Between two looks at an index that is doubted, however long it has been: a look at a server that is away is one small request,
/// given up after three seconds, and within five of its return questions are to be answered by meaning again.
const TURN: Duration = Duration::from_secs(1);

/// Turns between two looks at an index that holds everything.
const EVERY: u32 = 5;

/// Looks at it, for a moment, and from then on as long as it is in use.
///
/// # Errors
/// When it is another library's, or laid out for other vectors. That it is away is none.
pub async fn begin(ledger: &Arc<Ledger>, server: &Arc<ServerIndex>) -> Result<()> {
    match timeout(PATIENCE, ingest::look_after(ledger, server, &mut Counted::default())).await {
        Ok(Ok(())) => {}
        Ok(Err(ingest::Error::Index(refused))) if refused.is_refusal() => return Err(refused.into()),
        Ok(Err(error)) => tracing::warn!("questions are answered by words for now: {:#}", anyhow::Error::from(error)),
        Err(_) => tracing::warn!("the index of vectors is still being looked through: questions are answered by words"),
    }
    keep(ledger, server);
    Ok(())
}

/// Looks at it as long as it is in use.
pub fn keep(ledger: &Arc<Ledger>, server: &Arc<ServerIndex>) {
    tokio::spawn(keep_looking(Arc::downgrade(ledger), Arc::downgrade(server)));
}

async fn keep_looking(ledger: Weak<Ledger>, server: Weak<ServerIndex>) {
    let (mut counted, mut waited, mut told) = (Counted::default(), 0, String::new());
    loop {
        sleep(TURN).await;
        let (Some(ledger), Some(server)) = (ledger.upgrade(), server.upgrade()) else { return };
        if server.is_retired() {
            return;
        }
        let was_whole = server.is_whole();
        waited += 1;
        if was_whole && waited < EVERY {
            continue;
        }
        waited = 0;
        match ingest::look_after(&ledger, &server, &mut counted).await {
            Ok(()) => {
                if !was_whole {
                    tracing::info!("the index of vectors holds everything: questions are answered by meaning too");
                }
                told.clear();
            }
            Err(error) => {
                let error = format!("{:#}", anyhow::Error::from(error));
                if error != told {
                    tracing::error!("the index of vectors cannot be followed up, and is not searched: {error}");
                }
                told = error;
            }
        }
    }
}
