//! Where files are parsed: in a process of its own, with limits; or here, for tests and for texts that were made here.

use std::ffi::OsString;
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::archive::{self, Limits};
use crate::error::{Error, Failure, Result};
use crate::formats::{Format, Parsed, draw_page, parse_as, pieces};
use crate::source::MAX_BYTES;
use crate::worker::{Cost, Reply, Request, receive, send};

/// How long a process may take to come up.
const START: Duration = Duration::from_secs(30);

/// How long a process that says no more may take to end.
const GRACE: Duration = Duration::from_secs(1);

/// Bytes of a process's last words that are kept.
const LAST_WORDS: usize = 4 << 10;

/// A file that came out of an archive, or why it did not.
type Unpacked = (String, std::result::Result<Vec<u8>, Failure>);

/// Parses documents, draws their pages and unpacks archives.
#[derive(Debug)]
pub enum Parser {
    /// In this process. What overflows the stack or exhausts memory ends it.
    Here,
    /// In processes of their own.
    Apart(Workers),
}

impl Parser {
    /// The documents in a file of this name, each parsed or with the reason why not.
    ///
    /// # Errors
    /// [`Error::Worker`] when no parsing process can be started: that is no fault of the file.
    pub fn read(&self, name: &str, bytes: &[u8]) -> Result<Vec<std::result::Result<Parsed, Failure>>> {
        match pieces(name, bytes) {
            Err(rejection) => Ok(vec![Err(rejection.into())]),
            Ok(pieces) => {
                let own = |range| bytes.get(range).unwrap_or_default();
                pieces.into_iter().map(|piece| self.parse(piece.format, own(piece.range))).collect()
            }
        }
    }

    /// A page of a PDF, counted from 1, as a PNG no more than 1,600 pixels wide and high; or why there is none: `no_page` where
    /// the PDF has no such page.
    ///
    /// # Errors
    /// [`Error::Worker`] as for [`Parser::read`].
    pub fn page(&self, bytes: &[u8], number: u32) -> Result<std::result::Result<Vec<u8>, Failure>> {
        match self {
            Self::Here => Ok(draw_page(bytes, number).map_err(Failure::from)),
            Self::Apart(workers) => workers.page(bytes, number).map_err(Error::Worker),
        }
    }

    /// The document in `bytes`, or why there is none. The outer error is not the document's fault.
    pub(crate) fn parse(&self, format: Format, bytes: &[u8]) -> Result<std::result::Result<Parsed, Failure>> {
        match self {
            Self::Here => Ok(parse_as(format, bytes).map_err(Failure::from)),
            Self::Apart(workers) => workers.parse(format, bytes).map_err(Error::Worker),
        }
    }

    /// Hands out the files of an archive until `each` breaks off.
    pub(crate) fn unpack(
        &self,
        path: &Path,
        name: &str,
        limits: Limits,
        each: &mut dyn FnMut(Unpacked) -> ControlFlow<()>,
    ) -> Result<std::result::Result<(), Failure>> {
        match self {
            Self::Here => {
                let mut told = |(name, bytes): archive::Unpacked| each((name, bytes.map_err(Failure::from)));
                Ok(archive::unpack(path, name, limits, &mut told).map_err(Failure::from))
            }
            Self::Apart(workers) => workers.unpack(path, name, limits, each).map_err(Error::Worker),
        }
    }
}

/// Starts parsing processes, and keeps one that is idle for the next document.
#[derive(Debug)]
pub struct Workers {
    program: PathBuf,
    arguments: Vec<OsString>,
    cost: Cost,
    idle: Mutex<Vec<Worker>>,
}

impl Workers {
    /// `program` with `arguments` must come to [`crate::serve_worker`].
    pub fn new(program: PathBuf, arguments: Vec<OsString>, cost: Cost) -> Self {
        Self { program, arguments, cost, idle: Mutex::default() }
    }

    fn parse(&self, format: Format, bytes: &[u8]) -> io::Result<std::result::Result<Parsed, Failure>> {
        let request = Request::Parse { format, bytes: bytes.len() };
        let mut worker = self.ask(&request, bytes)?;
        let outcome = match worker.reply(self.cost) {
            Ok((Reply::Parsed(wire), _)) => wire.parsed().ok_or_else(|| Failure::crashed("its reply made no sense")),
            Ok((Reply::Failed(failure), _)) => Err(failure),
            Ok(_) => Err(Failure::crashed("its reply made no sense")),
            Err(failure) => return Ok(Err(failure)),
        };
        self.keep(worker);
        Ok(outcome)
    }

    fn page(&self, bytes: &[u8], number: u32) -> io::Result<std::result::Result<Vec<u8>, Failure>> {
        let request = Request::Page { number, bytes: bytes.len() };
        let mut worker = self.ask(&request, bytes)?;
        let outcome = match worker.reply(self.cost) {
            Ok((Reply::Page { .. }, picture)) => Ok(picture),
            Ok((Reply::Failed(failure), _)) => Err(failure),
            Ok(_) => return Ok(Err(Failure::crashed("its reply made no sense"))),
            Err(failure) => return Ok(Err(failure)),
        };
        self.keep(worker);
        Ok(outcome)
    }

    fn unpack(
        &self,
        path: &Path,
        name: &str,
        limits: Limits,
        each: &mut dyn FnMut(Unpacked) -> ControlFlow<()>,
    ) -> io::Result<std::result::Result<(), Failure>> {
        let request = Request::Unpack { path: path.to_owned(), name: name.to_owned(), limits };
        let mut worker = self.ask(&request, &[])?;
        loop {
            let next = match worker.reply(self.cost) {
                Ok((Reply::File { name, .. }, body)) => (name, Ok(body)),
                Ok((Reply::Lost { name, failure }, _)) => (name, Err(failure)),
                Ok((Reply::End, _)) => {
                    self.keep(worker);
                    return Ok(Ok(()));
                }
                Ok((Reply::Failed(failure), _)) => {
                    self.keep(worker);
                    return Ok(Err(failure));
                }
                Ok(_) => return Ok(Err(Failure::crashed("its reply made no sense"))),
                Err(failure) => return Ok(Err(failure)),
            };
            // The rest of the archive is not wanted; the process goes with it.
            if each(next).is_break() {
                return Ok(Ok(()));
            }
        }
    }

    /// A process that has the request. One that died while it was idle is replaced.
    fn ask(&self, request: &Request, body: &[u8]) -> io::Result<Worker> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(mut worker) = idle
            && send(&mut worker.input, request, body).is_ok()
        {
            return Ok(worker);
        }
        let mut worker = Worker::start(&self.program, &self.arguments, self.cost)?;
        // A process that dies of the request says why when its reply is waited for.
        let _ = send(&mut worker.input, request, body);
        Ok(worker)
    }

    fn keep(&self, worker: Worker) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
    }
}

#[derive(Debug)]
struct Worker {
    child: Child,
    input: ChildStdin,
    replies: Receiver<(Reply, Vec<u8>)>,
    last_words: Arc<Mutex<Vec<u8>>>,
}

impl Worker {
    fn start(program: &Path, arguments: &[OsString], cost: Cost) -> io::Result<Self> {
        // A group of its own, so that what it has started can be ended with it, and Ctrl-C is for us alone.
        let mut child = Command::new(program)
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()?;
        let (Some(input), Some(output), Some(errors)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(io::Error::other("the parsing process has no pipes"));
        };
        let (hand, replies) = sync_channel(4);
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Ok(Some(reply)) = receive::<Reply>(&mut output) {
                let bytes = match &reply {
                    Reply::File { bytes, .. } | Reply::Page { bytes } => *bytes,
                    _ => 0,
                };
                // No file and no picture is larger: whoever announces more is not in its right mind, and is not heard any more.
                if bytes as u64 > MAX_BYTES {
                    break;
                }
                let mut body = vec![0; bytes];
                if output.read_exact(&mut body).is_err() || hand.send((reply, body)).is_err() {
                    break;
                }
            }
        });
        let last_words = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&last_words);
        std::thread::spawn(move || listen(errors, &heard));
        let mut worker = Self { child, input, replies, last_words };
        send(&mut worker.input, &Request::Limit(cost), &[])?;
        match worker.replies.recv_timeout(START) {
            Ok((Reply::Ready, _)) => Ok(worker),
            _ => Err(io::Error::other(format!("the parsing process did not start: {}", worker.said()))),
        }
    }

    /// The next reply, within the time a document may take; else why there will be none.
    fn reply(&mut self, cost: Cost) -> std::result::Result<(Reply, Vec<u8>), Failure> {
        match self.replies.recv_timeout(Duration::from_secs(cost.wall_s)) {
            Ok(reply) => Ok(reply),
            Err(RecvTimeoutError::Timeout) => {
                Err(Failure::new("parser_timeout", format!("the parser was stopped after {} s", cost.wall_s)))
            }
            Err(RecvTimeoutError::Disconnected) => Err(match self.ended() {
                Some(status) => self.death(status, cost),
                None => Failure::crashed("its reply made no sense"),
            }),
        }
    }

    /// How a process ended that says no more; `None` where it lives on.
    fn ended(&mut self) -> Option<ExitStatus> {
        let until = Instant::now() + GRACE;
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(5)),
                _ => return None,
            }
        }
    }

    fn death(&self, status: ExitStatus, cost: Cost) -> Failure {
        let said = self.said();
        let signal = status.signal();
        if signal == Some(libc::SIGXCPU) {
            return Failure::new(
                "parser_timeout",
                format!("the parser used up {} s of processor time", cost.processor_s),
            );
        }
        if said.contains("memory allocation of") || said.contains("capacity overflow") {
            return Failure::new("parser_memory", format!("the parser needed more than {} MiB", cost.memory >> 20));
        }
        if said.contains("overflowed its stack") {
            return Failure::new("parser_crash", "the parser's stack overflowed: nested too deep".to_owned());
        }
        match signal {
            Some(signal) => Failure::crashed(&format!("it died of signal {signal}")),
            None => Failure::crashed(said.lines().last().unwrap_or("it ended")),
        }
    }

    fn said(&self) -> String {
        // The listener ends with the process; a moment later its last words are here.
        std::thread::sleep(Duration::from_millis(20));
        String::from_utf8_lossy(&self.last_words.lock().unwrap_or_else(PoisonError::into_inner)).trim().to_owned()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

/// Keeps the end of what a process says, however much that is.
fn listen(mut errors: impl Read, heard: &Mutex<Vec<u8>>) {
    let mut chunk = [0; 1 << 10];
    while let Ok(read @ 1..) = errors.read(&mut chunk) {
        let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.extend_from_slice(&chunk[..read]);
        let surplus = heard.len().saturating_sub(LAST_WORDS);
        heard.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Processes that say they are ready, answer any request with these words, and live on.
    fn that_say(words: &str) -> Workers {
        let script = format!("read limits; echo '\"ready\"'; read request; echo '{words}'; exec sleep 600");
        Workers::new("/bin/sh".into(), vec!["-c".into(), script.into()], Cost::default())
    }

    #[test]
    fn a_process_that_announces_more_than_there_can_be_is_given_up() {
        let workers = that_say("{\"file\":{\"name\":\"x\",\"bytes\":70368744177664}}");
        let unpacked = workers.unpack(Path::new("/x.zip"), "x.zip", Limits::default(), &mut |(name, _)| {
            panic!("{name} came out");
        });
        assert_eq!(unpacked.unwrap().unwrap_err().code, "parser_crash");
        let workers = that_say(&format!("{{\"page\":{{\"bytes\":{}}}}}", MAX_BYTES + 1));
        assert_eq!(workers.page(b"%PDF-", 1).unwrap().unwrap_err().code, "parser_crash");
    }

    #[test]
    fn a_process_that_makes_no_sense_is_given_up() {
        let workers = that_say("nonsense");
        assert_eq!(workers.parse(Format::Markdown, b"# A").unwrap().unwrap_err().code, "parser_crash");
    }
}
