//! The demonstration as a newcomer starts it: who comes in with what it prints, and what it says aloud.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, UdpSocket};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use identity::Role;
use serde_json::{Value, json};

use crate::run::osler;

/// A demonstration, ended with the test.
struct Demo {
    child: Child,
    /// Everything that it said before it waited for requests.
    said: String,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Demo {
    /// Starts it on a free port.
    fn start(data: &Path, config: &Path) -> Self {
        let mut command = osler(data);
        command.args(["demo", "--listen", "127.0.0.1:0", "--config"]).arg(config);
        let child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut demo = Self { child, said: String::new() };
        let mut lines = BufReader::new(demo.child.stderr.take().unwrap()).lines();
        for line in lines.by_ref().map_while(Result::ok) {
            demo.said.push_str(&line);
            demo.said.push('\n');
            if line.contains("Ctrl-C stops") {
                break;
            }
        }
        // The rest is read, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        demo
    }

    fn address(&self) -> SocketAddr {
        let after = self.said.split("Open http://").nth(1).unwrap_or_else(|| panic!("it did not start: {}", self.said));
        after.split('/').next().unwrap().parse().unwrap()
    }

    /// What it printed for a role.
    fn printed(&self, role: Role) -> &str {
        let of_it = |line: &&str| line.split_whitespace().next() == Some(role.as_str());
        let lines: Vec<&str> = self.said.lines().filter(|line| line.starts_with("  ")).filter(of_it).collect();
        let [line] = lines.as_slice() else { panic!("{role} has not one line: {}", self.said) };
        line.trim_start().trim_start_matches(role.as_str()).trim()
    }

    /// A request with a header of its own: status, head and body.
    fn request(&self, method: &str, path: &str, header: &str, body: &str) -> (u16, String, String) {
        let address = self.address();
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{header}\r\n\
             Connection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        let (head, body) = reply.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), head.to_owned(), body.to_owned())
    }

    fn status(&self, path: &str, header: &str) -> u16 {
        self.request("GET", path, header, "").0
    }

    /// Who somebody is here.
    fn who(&self, header: &str) -> Value {
        let (status, _, body) = self.request("GET", "/v1/session", header, "");
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    /// Signs in under the name of a role: status, and the header that goes with everything after it.
    fn sign_in(&self, role: Role, password: &str) -> (u16, String) {
        let body = json!({ "name": role.as_str(), "password": password }).to_string();
        let (status, head, _) = self.request("POST", "/v1/session", "Accept: application/json", &body);
        let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap_or_default();
        (status, format!("Cookie: {}", cookie.split(';').next().unwrap()))
    }

    /// The header by which somebody with this role comes in, by what was printed for it.
    fn comes_in(&self, role: Role) -> String {
        let printed = self.printed(role);
        if role == Role::Service {
            return printed.to_owned();
        }
        let (status, cookie) = self.sign_in(role, printed);
        assert_eq!(status, 200, "{role} does not come in with what was printed");
        cookie
    }
}

/// What a role may read, and not everybody.
fn own(role: Role) -> &'static str {
    match role {
        Role::Clinician => "/v1/conversations",
        Role::Librarian => "/v1/library/gaps",
        Role::Publisher => "/v1/library/proposals",
        Role::Auditor => "/v1/audit/entries",
        Role::Admin => "/v1/accounts",
        Role::Service => "/v1/models",
    }
}

/// An address under which other machines know this one, if there is one. Nothing is sent.
fn known_as() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

/// Of data that is set up: there is one account for each role, with a password that holds until the next start; nobody comes in
/// but from this machine, and that is said aloud.
pub(crate) fn lets_in_one_account_of_each_role(data: &Path) {
    // Without a model that writes, it starts sooner.
    let config = data.with_extension("toml");
    fs::write(&config, "[answer]\nmode = \"extractive\"\n").unwrap();
    let demo = Demo::start(data, &config);
    for said in ["One account for each role", "THIS IS A DEMONSTRATION", "this machine alone", "without signing in"] {
        assert!(demo.said.contains(said), "{said:?} is not in: {}", demo.said);
    }
    let address = demo.address();
    assert!(address.ip().is_loopback());
    if let Some(known) = known_as() {
        let other = SocketAddr::new(known, address.port());
        assert!(TcpStream::connect_timeout(&other, Duration::from_secs(2)).is_err(), "others reach it at {other}");
    }
    let newcomer = demo.who("Accept: application/json");
    assert_eq!((&newcomer["how"], &newcomer["is_demo"]), (&json!("anonymous"), &json!(true)), "{newcomer}");
    for role in Role::ALL {
        let header = demo.comes_in(role);
        let who = demo.who(&header);
        assert_eq!((&who["roles"], &who["account"]["name"]), (&json!([role]), &json!(role)), "{who}");
        assert_eq!(demo.status(own(role), &header), 200, "{role}");
        if role != Role::Admin {
            assert_eq!(demo.status(own(Role::Admin), &header), 403, "{role}");
        }
    }

    // Started once more: the same accounts, and what was printed before lets nobody in.
    let printed = Role::ALL.map(|role| demo.printed(role).to_owned());
    drop(demo);
    let again = Demo::start(data, &config);
    for (role, before) in Role::ALL.into_iter().zip(&printed) {
        let status = match role {
            Role::Service => again.status(own(role), before),
            _ => again.sign_in(role, before).0,
        };
        assert_eq!(status, 401, "{role} comes in with what was printed before");
        again.comes_in(role);
    }
    let (_, _, accounts) = again.request("GET", "/v1/accounts", &again.comes_in(Role::Admin), "");
    let accounts: Value = serde_json::from_str(&accounts).unwrap();
    let accounts = accounts["accounts"].as_array().unwrap();
    let names: BTreeSet<&str> = accounts.iter().map(|account| account["name"].as_str().unwrap()).collect();
    assert_eq!(names, BTreeSet::from(Role::ALL.map(Role::as_str)));
    assert_eq!(accounts.len(), Role::ALL.len());
}
