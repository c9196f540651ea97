//! A provider on this machine: discovery, the exchange of a code, and keys that change.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

use super::signer::{AUDIENCE, CLIENT, NONCE, Signer, changed, header, with};
use super::{T0, at, roles};
use crate::{Login, Provider, ProviderError, ProviderSettings, Refusal, Role};

/// What the provider answers by path, and what it was asked.
#[derive(Default)]
struct Desk {
    answers: Vec<(String, Value)>,
    asked: Vec<String>,
}

struct House {
    issuer: String,
    desk: Arc<Mutex<Desk>>,
}

impl House {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let desk = Arc::new(Mutex::new(Desk::default()));
        let behind = Arc::clone(&desk);
        // Ends with the tests' process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                serve(stream.unwrap(), &behind);
            }
        });
        let house = Self { issuer, desk };
        house.answer("/.well-known/openid-configuration", house.discovery());
        house
    }

    fn discovery(&self) -> Value {
        let issuer = &self.issuer;
        json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize?tenant=1"),
            "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
        })
    }

    fn answer(&self, path: &str, answer: Value) {
        let mut desk = self.desk.lock().unwrap();
        desk.answers.retain(|(known, _)| known != path);
        desk.answers.push((path.to_owned(), answer));
    }

    fn asked(&self, path: &str) -> usize {
        self.desk.lock().unwrap().asked.iter().filter(|asked| asked.starts_with(path)).count()
    }

    fn settings(&self) -> ProviderSettings {
        ProviderSettings {
            issuer: self.issuer.clone(),
            client_id: CLIENT.into(),
            client_secret: Some("a:b".into()),
            audience: AUDIENCE.into(),
            redirect_uri: "https://osler.example/back".into(),
            roles: [("ward".to_owned(), Role::Clinician)].into(),
            ..ProviderSettings::default()
        }
    }

    fn provider(&self) -> Provider {
        Provider::new(self.settings()).unwrap()
    }

    fn claims(&self) -> Value {
        with("iss", json!(self.issuer))
    }
}

/// One request: its path, authorization and body are written down.
fn serve(mut stream: TcpStream, desk: &Mutex<Desk>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut first, mut length, mut authorization) = (String::new(), 0_usize, String::new());
    reader.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "authorization" => authorization = value.to_owned(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut desk = desk.lock().unwrap();
    desk.asked.push(format!("{path} {authorization} {}", String::from_utf8_lossy(&body)));
    let found = desk.answers.iter().find(|(known, _)| *known == path).map(|(_, answer)| answer.to_string());
    let status = if found.is_some() { "200 OK" } else { "404 Not Found" };
    drop(desk);
    let found = found.unwrap_or_default();
    let length = found.len();
    // Who asked may have had enough of a long answer.
    let _ = write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{found}");
}

fn login() -> Login {
    Login { state: "s-1".into(), nonce: NONCE.into(), verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into() }
}

#[tokio::test]
async fn a_sign_in_goes_there_and_back() {
    let (house, signer) = (House::open(), Signer::new());
    house.answer("/keys", signer.set());
    house.answer("/token", json!({ "id_token": signer.token(&house.claims()), "token_type": "Bearer" }));
    let provider = house.provider();
    let url = provider.authorize_url(&login()).await.unwrap();
    assert!(url.starts_with(&format!("{}/authorize?tenant=1&response_type=code&client_id=osler&", house.issuer)));
    // The example of RFC 7636, appendix B.
    let challenge = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
    for part in ["redirect_uri=https%3A%2F%2Fosler.example%2Fback", "scope=openid+profile", "nonce=n-1", challenge] {
        assert!(url.contains(part), "{part}: {url}");
    }
    let (token, renewal) = provider.exchange("c&1", "v-1").await.unwrap();
    assert_eq!(renewal, None);
    let asked = house.desk.lock().unwrap().asked.last().cloned().unwrap();
    // `osler:a%3Ab` in base64.
    assert!(asked.starts_with("/token Basic b3NsZXI6YSUzQWI= grant_type=authorization_code&code=c%261&"), "{asked}");
    assert!(asked.ends_with("&code_verifier=v-1"), "{asked}");
    let claims = provider.verify_id_token(&token, NONCE, at(0)).await.unwrap();
    assert_eq!((claims.subject.as_str(), claims.roles), ("248289761001", Some(roles([Role::Clinician]))));
    assert_eq!(house.asked("/.well-known"), 1);
}

#[tokio::test]
async fn tokens_that_last_too_long_are_refused_and_it_is_said_why() {
    let (house, signer) = (House::open(), Signer::new());
    house.answer("/keys", signer.set());
    let provider = Provider::new(ProviderSettings { token_max_s: 300, ..house.settings() }).unwrap();
    let good_for = |seconds: i64| signer.token(&changed(house.claims(), "exp", json!(T0 + seconds)));
    assert!(provider.verify_id_token(&good_for(300), NONCE, at(0)).await.is_ok());
    let refused = provider.verify_id_token(&good_for(301), NONCE, at(0)).await.unwrap_err();
    assert!(matches!(refused, ProviderError::Refused(Refusal::Lifetime)));
    assert!(refused.to_string().contains("identity.provider.token_max_h"), "{refused}");
    assert!(std::error::Error::source(&refused).is_none(), "it is told once");
}

#[tokio::test]
async fn keys_that_are_taken_out_are_believed_for_a_minute_at_most() {
    let (house, signer, next) = (House::open(), Signer::new(), Signer::new());
    house.answer("/keys", signer.set());
    let provider = house.provider();
    let claims = changed(changed(house.claims(), "aud", json!(AUDIENCE)), "exp", json!(T0 + 9_000));
    let (old, new) = (signer.token(&claims), next.token(&claims));
    assert!(provider.verify_bearer(&old, at(0)).await.is_ok());
    house.answer("/keys", next.set());
    assert!(provider.verify_bearer(&old, at(59)).await.is_ok());
    assert_eq!(house.asked("/keys"), 1);
    assert!(matches!(provider.verify_bearer(&old, at(60)).await, Err(ProviderError::Refused(Refusal::Signature))));
    assert!(provider.verify_bearer(&new, at(60)).await.is_ok());
    assert_eq!(house.asked("/keys"), 2);
    // A name that nobody knows makes us look, but not every time.
    let unknown = signer.headed(&changed(header(), "kid", json!("new")), &claims);
    for (second, asked) in [(89, 2), (90, 3), (91, 3), (119, 3), (120, 4)] {
        let found = provider.verify_bearer(&unknown, at(second)).await;
        assert!(matches!(found, Err(ProviderError::Refused(Refusal::UnknownKey))));
        assert_eq!(house.asked("/keys"), asked, "{second}");
    }
}

#[tokio::test]
async fn without_keys_nothing_is_believed() {
    let (house, signer) = (House::open(), Signer::new());
    let provider = house.provider();
    let token = signer.token(&changed(house.claims(), "aud", json!(AUDIENCE)));
    assert!(matches!(provider.verify_bearer(&token, at(0)).await, Err(ProviderError::Status(404))));
    assert!(matches!(provider.verify_bearer(&token, at(4)).await, Err(ProviderError::Resting)));
    house.answer("/keys", json!({ "keys": "x".repeat(1 << 20) }));
    assert!(matches!(provider.verify_bearer(&token, at(5)).await, Err(ProviderError::TooLarge)));
    house.answer("/keys", signer.set());
    assert!(provider.verify_bearer(&token, at(10)).await.is_ok());
    assert!(matches!(provider.exchange("c", "v").await, Err(ProviderError::Status(404))));
}

#[tokio::test]
async fn a_provider_that_says_something_else_is_refused() {
    let house = House::open();
    for (name, value) in [
        ("issuer", json!(format!("{}/", house.issuer))),
        ("token_endpoint", json!("http://example.org/token")),
        ("jwks_uri", json!("file:///etc/passwd")),
        ("authorization_endpoint", json!("https://user@example.org/")),
        ("jwks_uri", Value::Null),
    ] {
        house.answer("/.well-known/openid-configuration", changed(house.discovery(), name, value));
        let found = house.provider().authorize_url(&login()).await;
        let is_refused = matches!(
            found,
            Err(ProviderError::Issuer { .. } | ProviderError::Endpoint(_) | ProviderError::Malformed(_))
        );
        assert!(is_refused, "{name}");
    }
    for issuer in
        ["", "id.example", "http://id.example", "https://id.example?x", "https://a@id.example", "ftp://localhost"]
    {
        let settings = ProviderSettings { issuer: issuer.into(), ..house.settings() };
        assert!(matches!(Provider::new(settings), Err(ProviderError::Settings(_))), "{issuer}");
    }
}
