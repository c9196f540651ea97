//! A disk that is full: nothing is answered that cannot be put on record, whoever looks whether the service is ready is told so,
//! and it goes on by itself when there is room.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use crate::chain::Server;
use crate::delivered::{Asked, Log, Way};
use crate::records::verified;
use crate::run::{json, succeed};

const SECOND: Duration = Duration::from_secs(1);

/// A small disk, gone with the test.
struct Disk(tempfile::TempDir);

impl Disk {
    /// Needs the right to mount.
    fn mount() -> Option<Self> {
        let disk = Self(tempfile::tempdir().unwrap());
        // As large as taking documents in asks for.
        disk.mounted(&["-t", "tmpfs", "-o", "size=280m", "tmpfs"]).then_some(disk)
    }

    fn mounted(&self, options: &[&str]) -> bool {
        let output = Command::new("mount").args(options).arg(self.0.path()).output();
        output.is_ok_and(|output| output.status.success())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).output();
    }
}

/// Ends what waits for it, whatever becomes of the test.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Takes all the room, and what becomes free, until it is over.
fn fill(disk: &Path, is_full: &AtomicBool, is_over: &AtomicBool) {
    let path = disk.join("filler");
    let mut file = fs::File::create(&path).unwrap();
    let block = vec![0; 1 << 20];
    let mut bytes = block.len();
    while !is_over.load(Ordering::SeqCst) {
        match (file.write_all(&block[..bytes]), bytes) {
            (Ok(()), _) => {}
            (Err(_), 4_096) => {
                is_full.store(true, Ordering::SeqCst);
                sleep(Duration::from_millis(2));
            }
            (Err(_), _) => bytes = 4_096,
        }
    }
    drop(file);
    fs::remove_file(path).unwrap();
}

/// Does something while there is no room.
fn while_full<T>(disk: &Path, work: impl FnOnce() -> T) -> T {
    let (is_full, is_over) = (AtomicBool::new(false), AtomicBool::new(false));
    scope(|scope| {
        let _over = Over(&is_over);
        scope.spawn(|| fill(disk, &is_full, &is_over));
        comes("the disk is full", || is_full.load(Ordering::SeqCst));
        work()
    })
}

/// Waits until it is so.
fn comes(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < 20 * SECOND, "not after 20 s: {what}");
        sleep(Duration::from_millis(10));
    }
}

fn is_ready(server: &Server) -> bool {
    server.try_request("GET", "/readyz", "").is_ok_and(|(status, _)| status == 200)
}

fn says_why_not(server: &Server) -> bool {
    let reply = server.try_request("GET", "/readyz", "");
    reply.is_ok_and(|(status, said)| status == 503 && said.contains("audit_unavailable"))
}

/// How long after this the first request was sent that was told that the service is not ready.
fn told_after(server: &Server) -> Duration {
    let began = Instant::now();
    loop {
        let sent = began.elapsed();
        if says_why_not(server) || sent > 10 * SECOND {
            return sent;
        }
        sleep(Duration::from_millis(20));
    }
}

/// A data directory on the disk. Its index lies elsewhere: those files are mapped and have holes, and on a disk in memory, unlike
/// on others, it takes room to read a hole.
fn set_up(disk: &Disk, elsewhere: &Path) -> PathBuf {
    let (data, index, source) = (disk.0.path().join("data"), elsewhere.join("index"), elsewhere.join("source"));
    for directory in [&data, &index, &source] {
        fs::create_dir_all(directory).unwrap();
    }
    std::os::unix::fs::symlink(index, data.join("index")).unwrap();
    let text = "# Type 2 diabetes\n\nMetformin should not be started in adults with an eGFR below 30 mL/min.\n";
    fs::write(source.join("diabetes.md"), text).unwrap();
    json(&data, &["ingest", source.to_str().unwrap(), "--corpus", "starter", "--json"]);
    assert!(disk.mounted(&["-o", "remount,size=32m"]));
    data
}

/// Needs the right to mount; without it the test says so and passes.
#[test]
fn on_a_full_disk_nothing_leaves_off_the_record_and_the_service_says_so_until_there_is_room() {
    let Some(disk) = Disk::mount() else {
        eprintln!("skipped: not allowed to mount a small disk");
        return;
    };
    let elsewhere = tempfile::tempdir().unwrap();
    let config = elsewhere.path().join("osler.toml");
    fs::write(&config, "[answer]\nmode = \"extractive\"\n").unwrap();
    let data = set_up(&disk, elsewhere.path());
    let server = Server::start(&data, &config);
    comes("the service is ready", || is_ready(&server));

    // Asked in every way before, while and after there is no room: not much before, as a log that has been written long enough is
    // written over where it was, for a while without more room.
    let (asked, is_over) = (Mutex::new(Vec::<Asked>::new()), AtomicBool::new(false));
    let answered = |way: Way| {
        let asked = asked.lock().unwrap();
        asked.iter().filter(|one| one.way == way && one.answer().is_some()).count()
    };
    let told = scope(|scope| {
        let _over = Over(&is_over);
        for way in Way::ALL {
            let (server, asked, is_over) = (&server, &asked, &is_over);
            scope.spawn(move || {
                for n in 0.. {
                    if is_over.load(Ordering::SeqCst) {
                        break;
                    }
                    let one = Asked::ask(server, way, &format!("q{n}{way:?}")).unwrap();
                    asked.lock().unwrap().push(one);
                    sleep(Duration::from_millis(50));
                }
            });
        }
        comes("every way is answered", || Way::ALL.into_iter().all(|way| answered(way) > 0));
        let told = while_full(disk.0.path(), || {
            let told = told_after(&server);
            sleep(SECOND);
            told
        });
        comes("the service is ready again", || is_ready(&server));
        let before = Way::ALL.map(answered);
        comes("every way is answered again", || Way::ALL.into_iter().zip(before).all(|(way, had)| answered(way) > had));
        told
    });
    assert!(told <= SECOND, "only after {told:?} the service said that nothing can be put on record");
    let mut asked = asked.into_inner().unwrap();
    for way in Way::ALL {
        assert!(asked.iter().any(|one| one.way == way && one.is_refused()), "nobody was refused: {way:?}");
    }
    let other = asked.iter().find(|one| one.answer().is_none() && !one.is_refused());
    assert!(other.is_none(), "neither answered nor told why not: {other:?}");

    // Nobody asks any more, and everything is written. A second after the disk is full, the first who looks is told.
    sleep(2 * SECOND);
    let is_told = while_full(disk.0.path(), || {
        sleep(SECOND);
        says_why_not(&server)
    });
    assert!(is_told, "an idle service says that it is ready although nothing can be put on record");
    comes("the idle service is ready again", || is_ready(&server));
    for way in Way::ALL {
        let one = Asked::ask(&server, way, &format!("q{way:?}0")).unwrap();
        assert!(one.answer().is_some(), "{one:?}");
        asked.push(one);
    }

    server.end();
    let bundle = elsewhere.path().join("bundle");
    succeed(&data, &["audit", "export", "--to", bundle.to_str().unwrap()]);
    let state = json(&data, &["audit", "state", "--json"]);
    let seen = verified(&bundle, state["keys"][0].as_str().unwrap(), &[]);
    assert_eq!(seen["open"], 0, "a question is without an end");
    let log = Log::open(&data);
    asked.iter().for_each(|one| log.assert_has(one));
}
