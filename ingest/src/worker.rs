//! The parsing process: what one does that reads files nobody vouches for.
//!
//! It is the same program, started again, with limits on memory, processor time, open files and written bytes, and without
//! system calls that reach the network or other processes, or make, change or remove files. It reads requests from standard
//! input and writes replies to standard output: one line of JSON, after some of them the bytes it announces. `catch_unwind`
//! would not do: a stack that overflows and memory that runs out end a process, and are meant to end this one.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

use knowledge::{Block, CanonicalText, Defect};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use crate::archive::{self, Limits};
use crate::ban;
use crate::error::Failure;
use crate::formats::{self, Fields, Format, Parsed};

/// The longest line of a reply: the JSON of the largest file's text, with room. Whoever reads it holds it in memory.
const MAX_LINE: u64 = 256 << 20;

/// What one document may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Address space, in bytes.
    pub memory: u64,
    /// Processor time, in seconds.
    pub processor_s: u64,
    /// Time on the clock, in seconds.
    pub wall_s: u64,
}

impl Default for Cost {
    fn default() -> Self {
        Self { memory: 1 << 30, processor_s: 60, wall_s: 120 }
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Request {
    /// The first: what every document may cost.
    Limit(Cost),
    /// So many bytes follow.
    Parse { format: Format, bytes: usize },
    /// Draw this page of the PDF of which so many bytes follow.
    Page { number: u32, bytes: usize },
    /// Unpack the archive at a path, calling it by a name.
    Unpack { path: PathBuf, name: String, limits: Limits },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reply {
    /// The limits hold.
    Ready,
    Parsed(Box<Wire>),
    /// A page, drawn: so many bytes of PNG follow.
    Page {
        bytes: usize,
    },
    Failed(Failure),
    /// A file of an archive: so many bytes follow.
    File {
        name: String,
        bytes: usize,
    },
    /// A file of an archive that did not come out.
    Lost {
        name: String,
        failure: Failure,
    },
    /// The archive has no more.
    End,
}

/// A parsed document on its way between the processes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Wire {
    fields: Fields,
    text: String,
    blocks: Vec<Block>,
    defects: Vec<Defect>,
}

impl From<Parsed> for Wire {
    fn from(parsed: Parsed) -> Self {
        let Parsed { fields, text, defects } = parsed;
        Self { fields, text: text.as_str().to_owned(), blocks: text.blocks().to_vec(), defects }
    }
}

impl Wire {
    /// `None` when the blocks do not fit the text: the process was not in its right mind.
    pub(crate) fn parsed(self) -> Option<Parsed> {
        let text = CanonicalText::from_parts(self.text, self.blocks)?;
        Some(Parsed { fields: self.fields, text, defects: self.defects })
    }
}

/// Serves requests from standard input until it ends. Must run before the process has a second thread.
///
/// # Errors
/// When a limit cannot be set, or the other side has gone away.
pub fn serve() -> io::Result<()> {
    let (mut input, mut output) = (BufReader::new(io::stdin().lock()), BufWriter::new(io::stdout().lock()));
    let Some(Request::Limit(cost)) = receive(&mut input)? else {
        return Err(io::Error::other("expected limits: this command is for osler's own use"));
    };
    confine(cost)?;
    send(&mut output, &Reply::Ready, &[])?;
    while let Some(request) = receive(&mut input)? {
        match request {
            Request::Limit(_) => return Err(io::Error::other("the limits are set already")),
            Request::Parse { format, bytes } => {
                let body = take(&mut input, bytes)?;
                limit(Resource::Cpu, processor_seconds() + cost.processor_s)?;
                let reply = match formats::parse_as(format, &body) {
                    Ok(parsed) => Reply::Parsed(Box::new(parsed.into())),
                    Err(rejection) => Reply::Failed(rejection.into()),
                };
                send(&mut output, &reply, &[])?;
            }
            Request::Page { number, bytes } => {
                let body = take(&mut input, bytes)?;
                limit(Resource::Cpu, processor_seconds() + cost.processor_s)?;
                match formats::draw_page(&body, number) {
                    Ok(picture) => send(&mut output, &Reply::Page { bytes: picture.len() }, &picture)?,
                    Err(rejection) => send(&mut output, &Reply::Failed(rejection.into()), &[])?,
                }
            }
            Request::Unpack { path, name, limits } => unpack(&mut output, cost, &path, &name, limits)?,
        }
    }
    Ok(())
}

/// The bytes that a request announced.
fn take(input: &mut impl Read, bytes: usize) -> io::Result<Vec<u8>> {
    let mut body = vec![0; bytes];
    input.read_exact(&mut body)?;
    Ok(body)
}

fn unpack(output: &mut impl Write, cost: Cost, path: &std::path::Path, name: &str, limits: Limits) -> io::Result<()> {
    let mut broken = Ok(());
    let mut each = |(name, unpacked): archive::Unpacked| {
        // An archive holds many documents; each may cost what one may.
        broken = limit(Resource::Cpu, processor_seconds() + cost.processor_s).and_then(|()| match unpacked {
            Ok(bytes) => send(output, &Reply::File { name, bytes: bytes.len() }, &bytes),
            Err(rejection) => send(output, &Reply::Lost { name, failure: rejection.into() }, &[]),
        });
        if broken.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    limit(Resource::Cpu, processor_seconds() + cost.processor_s)?;
    let outcome = archive::unpack(path, name, limits, &mut each);
    broken?;
    match outcome {
        Ok(()) => send(output, &Reply::End, &[]),
        Err(rejection) => send(output, &Reply::Failed(rejection.into()), &[]),
    }
}

pub(crate) fn send(to: &mut impl Write, message: &impl Serialize, body: &[u8]) -> io::Result<()> {
    serde_json::to_writer(&mut *to, message)?;
    to.write_all(b"\n")?;
    to.write_all(body)?;
    to.flush()
}

/// The next message, or `None` at the end.
pub(crate) fn receive<T: for<'de> Deserialize<'de>>(from: &mut impl BufRead) -> io::Result<Option<T>> {
    let mut line = Vec::new();
    if from.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(&line)?))
}

fn confine(cost: Cost) -> io::Result<()> {
    limit(Resource::As, cost.memory)?;
    limit(Resource::Nofile, 64)?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Core, 0)?;
    ban::apply()
}

/// Sets the limit in effect, within what the process may set.
fn limit(resource: Resource, to: u64) -> io::Result<()> {
    let maximum = getrlimit(resource).maximum;
    let current = Some(maximum.map_or(to, |maximum| maximum.min(to)));
    Ok(setrlimit(resource, Rlimit { current, maximum })?)
}

/// Processor time this process has used, in whole seconds, rounded up.
fn processor_seconds() -> u64 {
    u64::try_from(clock_gettime(ClockId::ProcessCPUTime).tv_sec).unwrap_or(0) + 1
}
