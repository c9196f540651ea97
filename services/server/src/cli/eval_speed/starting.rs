//! How long the service takes to be ready, as whoever starts it has it: a process of its own, its files not in memory.

use std::fs::{self, File};
use std::io;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::fs::{Advice, fadvise};
use rustix::process::{Pid, Signal, kill_process};

use crate::cli::eval_scale::osler;
use crate::config::Places;

/// How often the service is asked whether it is ready.
const POLL: Duration = Duration::from_millis(20);

/// The longest that is waited for it.
const LONGEST: Duration = Duration::from_secs(120);

/// The longest that it may take to end by itself.
const ENDING: Duration = Duration::from_secs(20);

/// A service that ends with this.
struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Service {
    /// Has it end in order, so that whoever opens its data next finds nothing to put right.
    async fn end(mut self) {
        let asked = Instant::now();
        if kill_process(Pid::from_child(&self.0), Signal::TERM).is_err() {
            return;
        }
        while asked.elapsed() < ENDING && matches!(self.0.try_wait(), Ok(None)) {
            tokio::time::sleep(POLL).await;
        }
    }
}

/// Has the system forget what it keeps in memory of the files in a folder, so that they are read from the disk. Nothing in them
/// changes.
///
/// # Errors
/// When a file cannot be opened, or the system does not do it.
pub(super) fn forget_pages(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            forget_pages(&path)?;
        } else if path.is_file() {
            let file = File::open(&path)?;
            // What is not on the disk yet cannot be forgotten.
            file.sync_all()?;
            fadvise(&file, 0, None, Advice::DontNeed)?;
        }
    }
    Ok(())
}

/// Starts `osler serve` on the data directory, and ends it. Seconds from the start until `/readyz` says that it is ready; none
/// where it was not in two minutes.
///
/// # Errors
/// When it cannot be started, or ends by itself, with the last it said.
pub(super) async fn ready(places: &Places, work: &Path) -> Result<Option<f64>> {
    // The port is free again at once; that another program takes it meanwhile would be said.
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let said = work.join("service.log");
    let mut command = osler(places, &places.data)?;
    command.args(["serve", "--listen", &address]).stdin(Stdio::null()).stdout(Stdio::null());
    command.stderr(File::create(&said)?);
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(1)).build()?;
    let url = format!("http://{address}/readyz");
    let began = Instant::now();
    let mut service = Service(command.spawn().context("cannot start osler again")?);
    loop {
        if client.get(&url).send().await.is_ok_and(|reply| reply.status().is_success()) {
            break;
        }
        if let Some(status) = service.0.try_wait()? {
            let said = fs::read_to_string(&said).unwrap_or_default();
            bail!("osler serve ended with {status}: {}", said.trim().lines().last().unwrap_or("it said nothing"));
        }
        if began.elapsed() > LONGEST {
            return Ok(None);
        }
        tokio::time::sleep(POLL).await;
    }
    let seconds = began.elapsed().as_secs_f64();
    service.end().await;
    Ok(Some(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_whose_pages_were_forgotten_hold_what_they_held() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("below")).unwrap();
        fs::write(folder.path().join("below/file"), "whole").unwrap();
        forget_pages(folder.path()).unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("below/file")).unwrap(), "whole");
        assert!(forget_pages(&folder.path().join("nothing")).is_err());
    }
}
