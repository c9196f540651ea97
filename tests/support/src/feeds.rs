//! The services that connectors ask, on the loopback: they answer in the documented shapes, and as badly as they are
//! told to.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use futures::stream;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A server that answers what it was told to, path by path.
pub struct Feeds {
    address: SocketAddr,
    script: Arc<Script>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Script {
    replies: Mutex<HashMap<String, VecDeque<Canned>>>,
    seen: Mutex<Vec<Seen>>,
}

/// A request that came.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Its path, as encoded.
    pub path: String,
    /// Its query, as encoded.
    pub query: String,
    /// Its headers.
    pub headers: HeaderMap,
}

impl Seen {
    /// A header, if it came with one.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A reply.
#[derive(Debug, Clone)]
pub struct Canned {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    way: Way,
}

#[derive(Debug, Clone, Copy)]
enum Way {
    Whole,
    WithoutLength,
    CutAfter(usize),
    Never,
}

impl Canned {
    /// A reply that is as it should be.
    pub fn new(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type", content_type.to_owned())];
        Self { status: 200, headers, body: body.into(), way: Way::Whole }
    }

    /// A reply of a status and nothing else.
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), way: Way::Whole }
    }

    /// A reply that sends on.
    pub fn redirect(to: &str) -> Self {
        Self::status(302).with("location", to)
    }

    /// A reply that does not come.
    pub fn never() -> Self {
        Self { way: Way::Never, ..Self::status(200) }
    }

    /// With a header. With an `etag` or a `last-modified`, who holds that version is told that it is unchanged.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Without saying how long it is.
    #[must_use]
    pub fn without_length(mut self) -> Self {
        self.way = Way::WithoutLength;
        self
    }

    /// The connection breaks after so many bytes.
    #[must_use]
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.way = Way::CutAfter(bytes);
        self
    }

    fn is_held_by(&self, headers: &HeaderMap) -> bool {
        let pairs = [("etag", header::IF_NONE_MATCH), ("last-modified", header::IF_MODIFIED_SINCE)];
        pairs.iter().any(|(own, asked)| {
            let own = self.headers.iter().find(|(name, _)| name == own).map(|(_, value)| value.as_bytes());
            own.is_some() && own == headers.get(asked).map(|value| value.as_bytes())
        })
    }

    async fn send(self) -> Response {
        let mut response = Response::builder().status(self.status);
        for (name, value) in &self.headers {
            response = response.header(*name, value);
        }
        let body = match self.way {
            Way::Whole => Body::from(self.body),
            Way::WithoutLength => Body::from_stream(stream::iter([Ok::<_, io::Error>(self.body)])),
            Way::CutAfter(bytes) => {
                response = response.header(header::CONTENT_LENGTH, self.body.len());
                let begun = self.body.into_iter().take(bytes).collect::<Vec<u8>>();
                Body::from_stream(stream::iter([Ok(begun), Err(io::Error::other("cut"))]))
            }
            Way::Never => std::future::pending().await,
        };
        response.body(body).unwrap()
    }
}

impl Feeds {
    /// Starts a server that knows nothing yet.
    pub async fn start() -> Self {
        let script = Arc::new(Script::default());
        let answering = Arc::clone(&script);
        let router = Router::new().fallback(move |request: Request| {
            let script = Arc::clone(&answering);
            async move { script.answer(request).await }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, script, task }
    }

    /// Host and port.
    pub fn place(&self) -> String {
        self.address.to_string()
    }

    /// The address of a path, which begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// From now on, requests for `path` get these replies one after the other, and the last one for ever.
    pub fn on(&self, path: &str, replies: impl IntoIterator<Item = Canned>) {
        self.script.replies.lock().unwrap().insert(path.to_owned(), replies.into_iter().collect());
    }

    /// What came.
    pub fn seen(&self) -> Vec<Seen> {
        self.script.seen.lock().unwrap().clone()
    }

    /// How often a path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        self.seen().iter().filter(|seen| seen.path == path).count()
    }
}

impl Drop for Feeds {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Script {
    async fn answer(&self, request: Request) -> Response {
        let (uri, headers) = (request.uri(), request.headers().clone());
        let (path, query) = (uri.path().to_owned(), uri.query().unwrap_or_default().to_owned());
        let reply = self.next(&path);
        self.seen.lock().unwrap().push(Seen { path, query, headers: headers.clone() });
        match reply {
            Some(reply) if reply.is_held_by(&headers) => Canned::status(304).send().await,
            Some(reply) => reply.send().await,
            None => Canned::status(StatusCode::NOT_FOUND.as_u16()).send().await,
        }
    }

    fn next(&self, path: &str) -> Option<Canned> {
        let mut replies = self.replies.lock().unwrap();
        let queue = replies.get_mut(path)?;
        if queue.len() > 1 { queue.pop_front() } else { queue.front().cloned() }
    }
}

/// What NCBI's `esearch` answers when a query finds these numbers of `count`.
pub fn esearch(count: usize, numbers: &[&str]) -> Canned {
    let result =
        json!({ "count": count.to_string(), "retmax": numbers.len().to_string(), "retstart": "0", "idlist": numbers });
    let answer = json!({ "header": { "type": "esearch", "version": "0.3" }, "esearchresult": result });
    Canned::new("application/json; charset=UTF-8", answer.to_string())
}

/// What `efetch` answers for abstracts with these numbers.
pub fn pubmed_set(numbers: &[&str]) -> Canned {
    let article = |number: &&str| {
        format!(
            "<PubmedArticle><MedlineCitation><PMID Version=\"1\">{number}</PMID><Article><Journal><Title>J Examplin</Title>\
             </Journal><ArticleTitle>Examplin {number}.</ArticleTitle><Abstract><AbstractText>Examplin 5 mg was given.\
             </AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>\n"
        )
    };
    let articles: String = numbers.iter().map(article).collect();
    let head = "<?xml version=\"1.0\" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC \"-//NLM//DTD PubMedArticle, 1st January 2025//EN\" \
                \"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd\">\n";
    Canned::new("text/xml; charset=UTF-8", format!("{head}<PubmedArticleSet>\n{articles}</PubmedArticleSet>"))
}

/// What `efetch` answers for articles of PubMed Central; those without a body are of publishers who keep it.
pub fn pmc_set(articles: &[(&str, bool)]) -> Canned {
    let article = |(number, body): &(&str, bool)| {
        let body = if *body { "<body><p>Examplin 5 mg was given.</p></body>" } else { "" };
        format!(
            "<article xmlns:xlink=\"http://www.w3.org/1999/xlink\"><front><article-meta><article-id pub-id-type=\"pmcid\">\
             PMC{number}</article-id><title-group><article-title>Examplin {number}</article-title></title-group>\
             </article-meta></front>{body}</article>"
        )
    };
    let articles: String = articles.iter().map(article).collect();
    Canned::new(
        "text/xml; charset=UTF-8",
        format!("<?xml version=\"1.0\" ?>\n<pmc-articleset>{articles}</pmc-articleset>"),
    )
}

/// What Crossref answers about a work that was updated so.
pub fn crossref_work(doi: &str, updated_by: &Value) -> Canned {
    let work = json!({
        "DOI": doi, "title": ["Examplin in adults"], "issued": { "date-parts": [[2019, 5]] },
        "author": [{ "given": "Jo", "family": "Doe", "sequence": "first" }], "updated-by": updated_by
    });
    let answer = json!({ "status": "ok", "message-type": "work", "message-version": "1.0.0", "message": work });
    Canned::new("application/json", answer.to_string())
}

/// The table of Retraction Watch with rows of number, DOI and nature.
pub fn retraction_table(rows: &[(&str, &str, &str)]) -> Canned {
    let head = "Record ID,Title,Author,RetractionDate,RetractionDOI,RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,\
                OriginalPaperPubMedID,RetractionNature,Reason";
    let row = |(number, doi, nature): &(&str, &str, &str)| {
        format!("\n{number},Examplin {number},Jo Doe,3/4/2021 0:00,,0,1/2/2019 0:00,{doi},0,{nature},+Error in Data;")
    };
    Canned::new("text/csv", format!("{head}{}\n", rows.iter().map(row).collect::<String>()))
}

/// A page of a bucket: names, marks and lengths of its objects, and what asks for the next page.
pub fn bucket_page(objects: &[(&str, &str, usize)], next: Option<&str>) -> Canned {
    let object = |(name, etag, bytes): &(&str, &str, usize)| {
        format!(
            "<Contents><Key>{name}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>\
             <ETag>&quot;{etag}&quot;</ETag><Size>{bytes}</Size></Contents>"
        )
    };
    let objects: String = objects.iter().map(object).collect();
    let more = next.map(|token| format!("<NextContinuationToken>{token}</NextContinuationToken>")).unwrap_or_default();
    let list = format!("<IsTruncated>{}</IsTruncated>{more}{objects}", next.is_some());
    Canned::new(
        "application/xml",
        format!("<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{list}</ListBucketResult>"),
    )
}
