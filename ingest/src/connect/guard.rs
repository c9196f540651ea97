//! May this address be reached? A server that fetches what it is told to must not become a way into its own network.
//!
//! Three locks, one behind the other: the URL is checked before a request and again at every redirect; names are looked
//! up by a resolver that lets public addresses alone through, and a connection is made to those very addresses, so that
//! a name cannot mean one thing when it is checked and another when it is used; and nothing goes through a proxy.

use std::collections::BTreeSet;
use std::error::Error as StdError;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;

use super::address::{is_public, may_be_listed};
use super::error::FetchError;

/// The services whose connectors are built in.
const BUILT_IN: [&str; 2] = ["api.crossref.org", "eutils.ncbi.nlm.nih.gov"];

/// Redirects that are followed for one document, at most.
const MAX_REDIRECTS: usize = 3;

/// How names become addresses: blocking, called on a thread of its own.
pub type Lookup = fn(&str) -> io::Result<Vec<IpAddr>>;

/// Why an address may not be reached.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is none.
    #[error("is no address that can be fetched: {0}")]
    Malformed(String),
    /// Neither `https`, nor `http` to a host that may be asked so.
    #[error("only https is fetched, not {0:?}: a mirror in the house goes into private_hosts")]
    Scheme(String),
    /// A user name or password in it.
    #[error("addresses with a user name or password in them are not fetched")]
    Credentials,
    /// Its host and port are on no list.
    #[error("{0} is not on the list of hosts: add it to allow_hosts if it may be asked")]
    Unlisted(String),
    /// The host is not a name but a number that is on no list.
    #[error("{0} is a number instead of a name: only listed hosts may be numbers")]
    Literal(String),
    /// The name means an address inside the house.
    #[error("{0} leads to a private address: add it with its port to private_hosts if that is meant")]
    Private(String),
    /// Sent on and on.
    #[error("sent on more than {0} times")]
    Redirects(usize),
}

/// Hosts that may be asked.
#[derive(Debug, Clone)]
pub struct Guard {
    public: BTreeSet<String>,
    private: BTreeSet<String>,
}

impl Guard {
    /// The built-in services, with those of `allow_hosts` (`example.org`, or `example.org:8443`), which are asked over
    /// https and must have public addresses; and those of `private_hosts` (`mirror.example:8080`, always with a port),
    /// which may be asked over http and may have addresses of the house.
    ///
    /// # Errors
    /// [`FetchError::Source`] when an entry is no host, or one that may never be reached.
    pub fn new(allow_hosts: &[String], private_hosts: &[String]) -> Result<Self, FetchError> {
        let mut guard = Self { public: BTreeSet::new(), private: BTreeSet::new() };
        for entry in BUILT_IN.into_iter().chain(allow_hosts.iter().map(String::as_str)) {
            let place = place_of_entry(entry, "allow_hosts")?;
            if literal(&place).is_some_and(|address| !is_public(address)) {
                return Err(FetchError::Source(format!(
                    "allow_hosts: {entry:?} is a private address; if that is meant, list it in private_hosts"
                )));
            }
            guard.public.insert(place);
        }
        for entry in private_hosts {
            let has_port = entry.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
            let place = place_of_entry(entry, "private_hosts")?;
            if !has_port {
                return Err(FetchError::Source(format!(
                    "private_hosts: {entry:?} needs its port, as in \"{entry}:8080\""
                )));
            }
            if literal(&place).is_some_and(|address| !may_be_listed(address)) {
                return Err(FetchError::Source(format!("private_hosts: {entry:?} is never fetched from")));
            }
            guard.private.insert(place);
        }
        Ok(guard)
    }

    /// Reads and checks an address as a person or a service wrote it.
    ///
    /// # Errors
    /// A [`Refusal`].
    pub fn parse(&self, text: &str) -> Result<Url, Refusal> {
        let text = text.trim();
        // The parser would quietly make other addresses of these; whoever means them can write them percent-encoded.
        if let Some(odd) = text.chars().find(|c| !c.is_ascii_graphic() || *c == '\\') {
            return Err(Refusal::Malformed(format!("{odd:?} is in it, write it percent-encoded")));
        }
        let url = Url::parse(text).map_err(|error| Refusal::Malformed(error.to_string()))?;
        self.check_url(&url)?;
        Ok(url)
    }

    /// Whether a URL may be asked for. Looks nothing up.
    ///
    /// # Errors
    /// A [`Refusal`].
    pub fn check_url(&self, url: &Url) -> Result<(), Refusal> {
        if !matches!(url.scheme(), "https" | "http") {
            return Err(Refusal::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Credentials);
        }
        let place = place(url).ok_or_else(|| Refusal::Malformed("no host in it".to_owned()))?;
        if self.private.contains(&place) {
            return Ok(());
        }
        if url.scheme() != "https" {
            return Err(Refusal::Scheme(url.scheme().to_owned()));
        }
        if self.public.contains(&place) {
            return Ok(());
        }
        Err(if literal(&place).is_some() { Refusal::Literal(place) } else { Refusal::Unlisted(place) })
    }

    /// Of the addresses that a name has, those that may be connected to.
    fn open(&self, host: &str, mut found: Vec<IpAddr>) -> Vec<IpAddr> {
        let listed = self.private.iter().any(|place| place.rsplit_once(':').is_some_and(|(name, _)| name == host));
        found.retain(|address| if listed { may_be_listed(*address) } else { is_public(*address) });
        found
    }
}

/// What the HTTP client does when it is sent on: the new address is checked like the first.
pub(super) fn redirects(guard: Arc<Guard>) -> Policy {
    Policy::custom(move |attempt| {
        // The addresses asked so far; the first was not sent on to.
        if attempt.previous().len() > MAX_REDIRECTS {
            return attempt.error(Refusal::Redirects(MAX_REDIRECTS));
        }
        match guard.check_url(attempt.url()) {
            Ok(()) => attempt.follow(),
            Err(refusal) => attempt.error(refusal),
        }
    })
}

/// Looks names up, and lets through what may be connected to.
pub(super) struct Resolver {
    pub(super) guard: Arc<Guard>,
    pub(super) lookup: Lookup,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (guard, lookup, host) = (Arc::clone(&self.guard), self.lookup, name.as_str().to_owned());
        Box::pin(async move {
            let asked = host.clone();
            let found = tokio::task::spawn_blocking(move || lookup(&asked)).await??;
            let open = guard.open(&host, found);
            if open.is_empty() {
                return Err(Box::new(Refusal::Private(host)) as Box<dyn StdError + Send + Sync>);
            }
            let addresses: Addrs = Box::new(open.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

/// Asks the system.
///
/// # Errors
/// When the name has no address.
pub fn system_lookup(host: &str) -> io::Result<Vec<IpAddr>> {
    Ok((host, 0).to_socket_addrs()?.map(|address| address.ip()).collect())
}

/// Host and port, the latter also where it goes without saying.
fn place(url: &Url) -> Option<String> {
    let host = url.host_str().filter(|host| !host.is_empty())?;
    Some(format!("{host}:{}", url.port_or_known_default()?))
}

fn place_of_entry(entry: &str, list: &str) -> Result<String, FetchError> {
    let wrong = || FetchError::Source(format!("{list}: {entry:?} is no host; write example.org or example.org:8443"));
    if entry.is_empty() || entry.contains(|c: char| !c.is_ascii_graphic() || "/\\@?#*".contains(c)) {
        return Err(wrong());
    }
    let url = Url::parse(&format!("https://{entry}/")).map_err(|_| wrong())?;
    place(&url).ok_or_else(wrong)
}

/// The address that stands in a place instead of a name.
fn literal(place: &str) -> Option<IpAddr> {
    let (host, _) = place.rsplit_once(':')?;
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard() -> Guard {
        let allow = ["guidelines.example.org".to_owned(), "files.example.org:8443".to_owned()];
        Guard::new(&allow, &["mirror.hospital.example:8080".to_owned(), "127.0.0.1:9000".to_owned()]).unwrap()
    }

    #[test]
    fn listed_addresses_are_let_through() {
        for text in [
            "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/esearch.fcgi?db=pubmed",
            "HTTPS://API.CROSSREF.ORG/works",
            "https://guidelines.example.org:443/a.pdf",
            "https://files.example.org:8443/a",
            "http://mirror.hospital.example:8080/a",
            "https://mirror.hospital.example:8080/a",
            "http://127.0.0.1:9000/a",
            "  https://api.crossref.org/works  ",
        ] {
            assert!(guard().parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn ways_around_the_list_are_refused() {
        let payloads = [
            // Other schemes.
            "http://api.crossref.org/",
            "HTTP://api.crossref.org/",
            "file:///etc/passwd",
            "FILE:///etc/passwd",
            "ftp://api.crossref.org/",
            "gopher://127.0.0.1:6379/_INFO",
            "dict://127.0.0.1:11211/",
            "data:text/html,x",
            "javascript:alert(1)",
            "ws://api.crossref.org/",
            "jar:https://api.crossref.org!/",
            "//api.crossref.org/",
            "api.crossref.org",
            "",
            // User names that look like hosts.
            "https://api.crossref.org@127.0.0.1/",
            "https://api.crossref.org:443@evil.example/",
            "https://user@api.crossref.org/",
            "https://user:secret@api.crossref.org/",
            "https://:secret@api.crossref.org/",
            "https://evil.example#@api.crossref.org/",
            "https://evil.example?@api.crossref.org/",
            "https://evil.example/@api.crossref.org/",
            "https://evil.example\\@api.crossref.org/",
            "https://api.crossref.org%40evil.example/",
            // Loopback and others, in every way a number can be written.
            "https://127.0.0.1/",
            "https://127.1/",
            "https://127.0.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0x7f.0x0.0x0.0x1/",
            "https://0177.0.0.1/",
            "https://017700000001/",
            "https://0x7f.1/",
            "https://127.0.0.1./",
            "https://0/",
            "https://0.0.0.0/",
            "https://10.0.0.1/",
            "https://192.168.0.1/",
            "https://172.16.0.1/",
            "https://169.254.169.254/latest/meta-data/",
            "http://169.254.169.254/latest/meta-data/",
            "https://2852039166/latest/meta-data/",
            "https://0xa9fea9fe/",
            "https://0251.0376.0251.0376/",
            "https://100.100.100.200/",
            "https://168.63.129.16/",
            "https://8.8.8.8/",
            "https://256.256.256.256/",
            // IPv6.
            "https://[::1]/",
            "https://[::]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[::ffff:169.254.169.254]/",
            "https://[::127.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://[fd00:ec2::254]/",
            "https://[fe80::1]/",
            "https://[fe80::1%25eth0]/",
            "https://[0:0:0:0:0:0:0:1]/",
            // Unicode and other dots and digits.
            "https://127。0。0。1/",
            "https://①②⑦.⓪.⓪.①/",
            "https://api。crossref。org/",
            "https://api.crossref.org。evil.example/",
            "https://ａpi.crossref.org/",
            "https://api.crossref%2eorg.evil.example/",
            "https://api.crossref.org%00.evil.example/",
            "https://api.crossref.org\t.evil.example/",
            "https://api.crossref.org\n/",
            // Names that only look alike.
            "https://api.crossref.org./",
            "https://api.crossref.org.evil.example/",
            "https://evil-api.crossref.org/",
            "https://crossref.org/",
            "https://sub.api.crossref.org/",
            "https://apiXcrossref.org/",
            "https://localhost/",
            "https://metadata.google.internal/",
            "https://127.0.0.1.nip.io/",
            "https://.api.crossref.org/",
            // Ports.
            "https://api.crossref.org:22/",
            "https://api.crossref.org:80/",
            "https://api.crossref.org:8443/",
            "https://api.crossref.org:0/",
            "https://api.crossref.org:99999/",
            "https://files.example.org/",
            "http://files.example.org:8443/",
            "http://mirror.hospital.example:8081/",
            "http://mirror.hospital.example/",
            "http://127.0.0.1:9001/",
            "http://127.0.0.1:90000/",
            "http:127.0.0.1:9001",
            "https:/127.0.0.1/",
            "https:\\\\127.0.0.1/",
        ];
        assert!(payloads.len() >= 60);
        for text in payloads {
            assert!(guard().parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn names_lead_to_public_addresses_alone() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let mixed =
            || vec![address("127.0.0.1"), address("8.8.8.8"), address("::ffff:10.0.0.1"), address("fd00:ec2::254")];
        assert_eq!(guard().open("api.crossref.org", mixed()), [address("8.8.8.8")]);
        assert_eq!(
            guard().open("mirror.hospital.example", mixed()),
            [address("127.0.0.1"), address("8.8.8.8"), address("::ffff:10.0.0.1")]
        );
        assert!(guard().open("api.crossref.org", vec![address("169.254.169.254")]).is_empty());
        assert!(guard().open("mirror.hospital.example", vec![address("169.254.169.254")]).is_empty());
    }

    #[test]
    fn lists_hold_hosts() {
        for entry in
            ["", "https://example.org", "a b", "user@example.org", "*.example.org", "example.org/x", "10.0.0.1"]
        {
            assert!(Guard::new(&[entry.to_owned()], &[]).is_err(), "{entry:?}");
        }
        for entry in ["mirror.example", "169.254.169.254:80", "[fe80::1]:80", "mirror.example:x", "[::1]"] {
            assert!(Guard::new(&[], &[entry.to_owned()]).is_err(), "{entry:?}");
        }
        for entry in ["10.0.0.1:80", "[::1]:8080", "mirror.example:443"] {
            assert!(Guard::new(&[], &[entry.to_owned()]).is_ok(), "{entry:?}");
        }
    }
}
