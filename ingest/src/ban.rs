//! What the parsing process may not ask of the kernel: nothing that reaches the network, other processes, or what a file holds
//! and is called. What it may not, what it starts may not either: a child, such as the reader of PDF, inherits the ban.

use std::collections::BTreeMap;
use std::io;

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, sock_filter,
};

/// Calls that are refused whatever they ask. What only an open file can be asked for, such as to be cut short, is not among them:
/// none is opened for writing.
const REFUSED: &[i64] = &[
    // Ways to the network.
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_io_uring_setup,
    // Into other processes, and out of the group that is ended as one.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_tkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    libc::SYS_setpgid,
    libc::SYS_setsid,
    // Into the kernel.
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_keyctl,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    // Files: their names, what they hold, and who may read them. The flags of `openat2` lie where no filter can look.
    libc::SYS_openat2,
    libc::SYS_open_by_handle_at,
    libc::SYS_unlinkat,
    libc::SYS_renameat2,
    libc::SYS_mkdirat,
    libc::SYS_linkat,
    libc::SYS_symlinkat,
    libc::SYS_mknodat,
    libc::SYS_truncate,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    FCHMODAT2,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
];

/// Its number everywhere; not every table of numbers has it yet.
const FCHMODAT2: i64 = 452;

/// What the same is called that came before those: an older architecture goes on with both.
#[cfg(target_arch = "x86_64")]
const REFUSED_HERE: &[i64] = &[
    libc::SYS_creat,
    libc::SYS_unlink,
    libc::SYS_rmdir,
    libc::SYS_rename,
    libc::SYS_renameat,
    libc::SYS_mkdir,
    libc::SYS_link,
    libc::SYS_symlink,
    libc::SYS_mknod,
    libc::SYS_chmod,
    libc::SYS_chown,
    libc::SYS_lchown,
    libc::SYS_utime,
    libc::SYS_utimes,
    libc::SYS_futimesat,
];

/// `renameat`, which newer architectures have beside `renameat2`.
#[cfg(not(target_arch = "x86_64"))]
const REFUSED_HERE: &[i64] = &[38];

/// From here on calls of x86-64 are those of its variant with short pointers: the same calls under other numbers.
const X32: u32 = 0x4000_0000;

/// To have the one who gets a file's signals be another process; libc has the first alone.
const OWNERS: [u64; 2] = [libc::F_SETOWN as u64, 15];

/// Holds the calling thread, and what it starts from now on, to the ban for good.
pub(crate) fn apply() -> io::Result<()> {
    let architecture = TargetArch::try_from(std::env::consts::ARCH).map_err(io::Error::other)?;
    let rules = rules().map_err(io::Error::other)?;
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refusal(), architecture).map_err(io::Error::other)?;
    let program: BpfProgram = filter.try_into().map_err(io::Error::other)?;
    seccompiler::apply_filter(&program).map_err(io::Error::other)?;
    seccompiler::apply_filter(&without_x32()).map_err(io::Error::other)
}

fn refusal() -> SeccompAction {
    SeccompAction::Errno(libc::EPERM as u32)
}

fn rules() -> Result<BTreeMap<i64, Vec<SeccompRule>>, BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        REFUSED.iter().chain(REFUSED_HERE).map(|call| (*call, Vec::new())).collect();
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_open, writing(1)?);
    rules.insert(libc::SYS_openat, writing(2)?);
    // Signals go to its own group alone, and to itself: so a process ends that gives up.
    rules.insert(libc::SYS_kill, vec![when(0, SeccompCmpOp::Ne, 0)?]);
    rules.insert(libc::SYS_tgkill, vec![when(0, SeccompCmpOp::Ne, u64::from(std::process::id()))?]);
    // And limits are set for itself.
    rules.insert(libc::SYS_prlimit64, vec![when(0, SeccompCmpOp::Ne, 0)?]);
    let owners = OWNERS.into_iter().map(|command| when(1, SeccompCmpOp::Eq, command));
    rules.insert(libc::SYS_fcntl, owners.collect::<Result<_, _>>()?);
    Ok(rules)
}

/// Opening for more than reading; `flags` says which argument says so. The library that finds fonts for pages of PDF would keep
/// what it found; refused the file, it goes on without.
fn writing(flags: u8) -> Result<Vec<SeccompRule>, BackendError> {
    let bits = [libc::O_WRONLY, libc::O_RDWR, libc::O_CREAT, libc::O_TRUNC].map(|bit| bit as u64);
    bits.into_iter().map(|bit| when(flags, SeccompCmpOp::MaskedEq(bit), bit)).collect()
}

fn when(argument: u8, compares: SeccompCmpOp, with: u64) -> Result<SeccompRule, BackendError> {
    SeccompRule::new(vec![SeccompCondition::new(argument, SeccompCmpArgLen::Dword, compares, with)?])
}

/// A filter of its own: the others compare numbers one by one.
fn without_x32() -> BpfProgram {
    let step = |code: u32, k: u32, jf: u8| sock_filter { code: code as u16, jt: 0, jf, k };
    vec![
        // The number of the call is the first that a filter is shown.
        step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0),
        step(libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K, X32, 1),
        step(libc::BPF_RET | libc::BPF_K, u32::from(refusal()), 0),
        step(libc::BPF_RET | libc::BPF_K, u32::from(SeccompAction::Allow), 0),
    ]
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File, OpenOptions, Permissions};
    use std::io::ErrorKind;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Command;
    use std::time::SystemTime;

    use rustix::io::Errno;
    use rustix::process::{
        Pid, PidfdFlags, Resource, Rlimit, getrlimit, kill_process, pidfd_open, prlimit, setpgid,
        test_kill_current_process_group, test_kill_process,
    };

    use super::*;

    /// What comes of an act in a thread that is held to the ban.
    fn held<T: Send>(act: impl FnOnce() -> T + Send) -> T {
        let banned = || {
            apply().unwrap();
            act()
        };
        std::thread::scope(|scope| scope.spawn(banned).join().unwrap())
    }

    #[test]
    fn no_file_is_made_changed_or_removed() {
        let directory = tempfile::tempdir().unwrap();
        let (file, other) = (directory.path().join("file"), directory.path().join("other"));
        let folder = directory.path().join("folder");
        fs::write(&file, "kept").unwrap();
        fs::create_dir(&folder).unwrap();
        let opened = |options: &mut OpenOptions| options.open(&file).map(drop);
        let outcomes = held(|| {
            [
                ("write", opened(File::options().write(true))),
                ("read and write", opened(File::options().read(true).write(true))),
                ("append", opened(File::options().append(true))),
                ("empty", opened(File::options().write(true).truncate(true))),
                ("make", File::create(&other).map(drop)),
                ("rename", fs::rename(&file, &other)),
                ("remove", fs::remove_file(&file)),
                ("remove a folder", fs::remove_dir(&folder)),
                ("make a folder", fs::create_dir(&other)),
                ("link", fs::hard_link(&file, &other)),
                ("point", symlink(&file, &other)),
                ("let others read", fs::set_permissions(&file, Permissions::from_mode(0o666))),
                ("date", File::open(&file).and_then(|file| file.set_modified(SystemTime::UNIX_EPOCH))),
            ]
        });
        for (act, outcome) in outcomes {
            assert_eq!(outcome.map_err(|error| error.kind()), Err(ErrorKind::PermissionDenied), "{act}");
        }
        assert_eq!(held(|| fs::read_to_string(&file)).unwrap(), "kept");
    }

    #[test]
    fn no_other_process_is_reached() {
        let mut other = Command::new("sleep").arg("600").spawn().unwrap();
        let pid = Pid::from_child(&other);
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        let outcomes = held(|| {
            [
                ("ask", test_kill_process(pid)),
                ("end", kill_process(pid, rustix::process::Signal::KILL)),
                ("hold", pidfd_open(pid, PidfdFlags::empty()).map(drop)),
                ("limit", prlimit(Some(pid), Resource::Core, none).map(drop)),
                ("leave the group", setpgid(None, None)),
            ]
        });
        assert!(other.try_wait().unwrap().is_none(), "it lives");
        other.kill().unwrap();
        other.wait().unwrap();
        for (act, outcome) in outcomes {
            assert_eq!(outcome, Err(Errno::PERM), "{act}");
        }
        let own = held(|| {
            let limit = getrlimit(Resource::Core);
            (test_kill_current_process_group(), prlimit(None, Resource::Core, limit).map(drop))
        });
        assert_eq!(own, (Ok(()), Ok(())), "its own group and itself");
    }

    #[test]
    fn what_it_starts_runs_and_is_held_to_the_same() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        fs::write(&file, "kept").unwrap();
        let (said, removed, killed) = held(|| {
            let said = Command::new("cat").arg(&file).output().unwrap();
            let removed = Command::new("rm").arg("-f").arg(&file).output().unwrap();
            let killed = Command::new("sh").args(["-c", "kill -0 \"$PPID\""]).output().unwrap();
            (said.stdout, removed.status.success(), killed.status.success())
        });
        assert_eq!((said.as_slice(), removed, killed), (b"kept".as_slice(), false, false));
        assert_eq!(fs::read(&file).unwrap(), b"kept");
    }
}
