//! Leaving the terminal, the file with the server's pid, and what root gives away. Who forks workers and why is not
//! here but in `manager`.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use nix::unistd::{self, Gid, Group, Uid, UnlinkatFlags, User};

use super::sys;

/// Goes on in the background: a session of its own, no terminal; what is printed goes to `output` or nowhere. The
/// working directory stays, so that relative paths keep their meaning.
///
/// Forks, so it must come before everything that a child would not inherit whole (invariant 3 in ARCHITECTURE.md).
pub fn daemonize(output: Option<&Path>) -> io::Result<()> {
    // Opened first: an error can still be shown to whoever started the server.
    let input = File::open(NULL)?;
    let output = match output {
        Some(path) => OpenOptions::new().append(true).create(true).open(path)?,
        None => OpenOptions::new().write(true).open(NULL)?,
    };
    unistd::daemon(true, true)?;
    unistd::dup2_stdin(&input)?;
    unistd::dup2_stdout(&output)?;
    unistd::dup2_stderr(&output)?;
    Ok(())
}

/// A file that holds the pid of this process until it is dropped, by this process: a forked worker leaves it alone.
#[derive(Debug)]
pub struct PidFile {
    /// Its directory, which a chdir() or chroot() later does not move.
    home: File,
    name: OsString,
    owner: u32,
}

impl PidFile {
    pub fn create(path: &Path) -> io::Result<Self> {
        let path = std::path::absolute(path)?;
        let (Some(home), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(io::ErrorKind::IsADirectory.into());
        };
        let owner = std::process::id();
        std::fs::write(&path, owner.to_string())?;
        Ok(Self { home: File::open(home)?, name: name.to_owned(), owner })
    }
}

impl Drop for PidFile {
    fn drop(&mut self) {
        if std::process::id() == self.owner {
            // Somebody may have removed it before us.
            let _ = unistd::unlinkat(&self.home, self.name.as_os_str(), UnlinkatFlags::NoRemoveDir);
        }
    }
}

/// Whom the processes of a server become that root has started. Empty: no change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    pub user: String,
    pub group: String,
    pub chroot: String,
}

impl Identity {
    /// Gives root's rights up. What does not work is described in the answer and the rest is still done.
    #[must_use = "the failures are for the log"]
    pub fn assume(&self) -> Vec<String> {
        let mut failures = Vec::new();
        if !Uid::effective().is_root() {
            return failures;
        }
        // Both are looked up before the root directory, and with it /etc, changes.
        let group = lookup("group", &self.group, &mut failures, |name| {
            Ok(Group::from_name(name)?.map(|group| group.gid))
        });
        let user = lookup("user", &self.user, &mut failures, User::from_name);
        let mut note = |what: &str, name: &str, done: nix::Result<()>| {
            if let Err(cause) = done {
                failures.push(format!("{what}({name}) failed: {}", cause.desc()));
            }
        };
        if !self.chroot.is_empty() {
            let done = unistd::chroot(self.chroot.as_str()).and_then(|()| unistd::chdir("/"));
            note("chroot", &self.chroot, done);
        }
        // Root's groups must not outlive root: a user without a group gets the one of /etc/passwd.
        let Some(primary) = group.or(user.as_ref().map(|user| user.gid)) else { return failures };
        let named = if group.is_some() { &self.group } else { &self.user };
        note("setgid", named, unistd::setgid(primary));
        match user {
            Some(user) => {
                note("setgroups", &self.user, supplementary(&user, primary));
                note("setuid", &self.user, unistd::setuid(user.uid));
                sys::stay_with_parent();
            }
            None => note("setgroups", &self.group, set_groups(primary)),
        }
        failures
    }
}

fn lookup<T>(
    what: &str,
    name: &str,
    failures: &mut Vec<String>,
    find: impl FnOnce(&str) -> nix::Result<Option<T>>,
) -> Option<T> {
    if name.is_empty() {
        return None;
    }
    match find(name) {
        Ok(Some(found)) => return Some(found),
        Ok(None) => failures.push(format!("get {what} [{name}] info failed")),
        Err(cause) => failures.push(format!("get {what} [{name}] info failed: {}", cause.desc())),
    }
    None
}

#[cfg(not(target_vendor = "apple"))]
fn supplementary(user: &User, primary: Gid) -> nix::Result<()> {
    let name = std::ffi::CString::new(user.name.as_str()).map_err(|_| nix::errno::Errno::EINVAL)?;
    unistd::initgroups(&name, primary)
}

#[cfg(not(target_vendor = "apple"))]
fn set_groups(group: Gid) -> nix::Result<()> {
    unistd::setgroups(&[group])
}

#[cfg(target_vendor = "apple")]
fn supplementary(_user: &User, _primary: Gid) -> nix::Result<()> {
    Ok(())
}

#[cfg(target_vendor = "apple")]
fn set_groups(_group: Gid) -> nix::Result<()> {
    Ok(())
}

const NULL: &str = "/dev/null";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pid_file_lives_as_long_as_its_owner_keeps_it() {
        let path = std::env::temp_dir().join(format!("swoole-rs-{}.pid", std::process::id()));
        let file = PidFile::create(&path).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), std::process::id().to_string());
        drop(file);
        assert!(!path.exists());
    }

    #[test]
    fn a_pid_file_that_cannot_be_written_is_an_error() {
        assert!(PidFile::create(Path::new("/nowhere/at/all.pid")).is_err());
    }

    #[test]
    fn a_copy_of_the_pid_file_in_a_fork_does_not_remove_it() {
        let path = std::env::temp_dir().join(format!("swoole-rs-{}-fork.pid", std::process::id()));
        let mut file = PidFile::create(&path).unwrap();
        // As a fork sees it: the same path, another owner.
        file.owner += 1;
        drop(file);
        assert!(path.exists());
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn an_unknown_user_is_reported_and_nothing_else_happens() {
        let nobody = Identity { user: "no such user".into(), ..Identity::default() };
        let expected = usize::from(Uid::effective().is_root());
        assert_eq!(nobody.assume().len(), expected);
        assert_eq!(Identity::default().assume(), Vec::<String>::new());
    }
}
