//! What can go wrong: with a whole source ([`FetchError`]), and with one document of it ([`Failure`]).

use std::path::PathBuf;

use super::guard::Refusal;

/// Why a source could not be fetched, or not to its end. What was fetched before is kept.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The source, or a list of hosts, says something that it cannot mean.
    #[error("{0}")]
    Source(String),
    /// A file or folder could not be read or written.
    #[error("{} cannot be used: {source}", path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another run is writing into the same mirror.
    #[error("{} is being written by another run: wait for it to end", .0.display())]
    Busy(PathBuf),
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made: {0}")]
    Client(#[source] reqwest::Error),
    /// A service did not say what there is, so nothing of it could be fetched.
    #[error("{what}: {failure}")]
    Service {
        /// What was asked for.
        what: String,
        /// Why it did not come.
        #[source]
        failure: Failure,
    },
    /// The caller asked to stop.
    #[error("stopped; what was fetched is kept, run the same command to go on")]
    Stopped,
}

/// Why one document did not come.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Its address is not one that may be reached.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The service answered with an error.
    #[error("the service answered {0}{hint}", hint = hint(*.0))]
    Status(u16),
    /// The service asks for more patience than a run has.
    #[error("the service asks to come back in {0} seconds: run the same command again then")]
    Later(u64),
    /// Too large.
    #[error("larger than {} bytes", .0)]
    TooLarge(u64),
    /// Something else came than what was asked for.
    #[error("came as {found:?} where {wanted} was expected: is it the page of a log-in or of an error?")]
    WrongType {
        /// The content type that came.
        found: String,
        /// What would have fitted.
        wanted: String,
    },
    /// The connection failed, and failed again.
    #[error("the connection failed: {0}")]
    Network(String),
    /// It came, and cannot be read as what it should be.
    #[error("cannot be read: {0}")]
    Malformed(String),
    /// The service does not have it.
    #[error("the service does not have it")]
    Missing,
    /// It could not be written.
    #[error("cannot be written: {0}")]
    Disk(#[from] std::io::Error),
    /// The caller asked to stop.
    #[error("stopped")]
    Stopped,
}

fn hint(status: u16) -> &'static str {
    match status {
        401 | 403 => ": it wants other credentials, or does not serve this address",
        429 => ": it is asked too often; run the same command again later",
        500.. => ": run the same command again later",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_say_what_to_do() {
        assert_eq!(
            Failure::Status(403).to_string(),
            "the service answered 403: it wants other credentials, or does not serve this address"
        );
        assert_eq!(Failure::Status(418).to_string(), "the service answered 418");
        assert_eq!(Failure::Status(503).to_string(), "the service answered 503: run the same command again later");
    }
}
