//! System V message queues: they belong to the machine, not to a process, and live until somebody removes them.

use std::ffi::CString;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::errno::Errno;
use nix::libc;

/// A message queue.
#[derive(Clone, Copy, Debug)]
pub struct Queue {
    id: libc::c_int,
}

/// What is in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    pub messages: u64,
    pub bytes: u64,
}

impl Queue {
    /// The queue of this key; it is made if there is none.
    pub fn open(key: i32) -> io::Result<Self> {
        // SAFETY: a plain system call.
        let id = Errno::result(unsafe { libc::msgget(key, libc::IPC_CREAT | ACCESS) })?;
        Ok(Self { id })
    }

    /// A key that belongs to a file.
    pub fn key_of(file: &Path) -> io::Result<i32> {
        let file = CString::new(file.as_os_str().as_bytes())?;
        // SAFETY: the path is NUL-terminated and lives during the call.
        Ok(Errno::result(unsafe { libc::ftok(file.as_ptr(), 1) })?)
    }

    /// The number the system has given it.
    pub fn id(self) -> i32 {
        self.id
    }

    /// Adds a message of a kind above 0.
    pub fn send(self, kind: i64, data: &[u8], wait: bool) -> io::Result<()> {
        let mut message = kind.to_ne_bytes().to_vec();
        message.extend_from_slice(data);
        retry(|| {
            // SAFETY: the message begins with its kind and has `data.len()` bytes after that.
            unsafe { libc::msgsnd(self.id, message.as_ptr().cast(), data.len(), flags(wait)) as isize }
        })?;
        Ok(())
    }

    /// Takes the oldest message of a kind (0: of any) that has at most `len_max` bytes.
    pub fn receive(self, kind: i64, len_max: usize, wait: bool) -> io::Result<Vec<u8>> {
        let mut message = vec![0u8; KIND_BYTES + len_max];
        let len = retry(|| {
            let room = message.as_mut_ptr().cast();
            // SAFETY: there is room for the kind and `len_max` bytes. The kind has another type in every libc.
            unsafe { libc::msgrcv(self.id, room, len_max, kind as _, flags(wait)) }
        })?;
        message.truncate(KIND_BYTES + len.cast_unsigned());
        message.drain(..KIND_BYTES);
        Ok(message)
    }

    /// What waits in it.
    pub fn content(self) -> io::Result<Content> {
        let state = self.state()?;
        Ok(Content { messages: state.msg_qnum, bytes: state.__msg_cbytes })
    }

    /// Sets how many bytes may wait in it.
    pub fn set_capacity(self, bytes: u64) -> io::Result<()> {
        let mut state = self.state()?;
        state.msg_qbytes = bytes;
        // SAFETY: the kernel only reads the struct.
        Errno::result(unsafe { libc::msgctl(self.id, libc::IPC_SET, &raw mut state) })?;
        Ok(())
    }

    /// Removes it for everybody.
    pub fn remove(self) -> io::Result<()> {
        // SAFETY: a plain system call; this command takes no struct.
        Errno::result(unsafe { libc::msgctl(self.id, libc::IPC_RMID, std::ptr::null_mut()) })?;
        Ok(())
    }

    fn state(self) -> io::Result<libc::msqid_ds> {
        // SAFETY: plain C data for which zeros are valid; the kernel fills it.
        unsafe {
            let mut state: libc::msqid_ds = std::mem::zeroed();
            Errno::result(libc::msgctl(self.id, libc::IPC_STAT, &raw mut state))?;
            Ok(state)
        }
    }
}

fn flags(wait: bool) -> libc::c_int {
    if wait { 0 } else { libc::IPC_NOWAIT }
}

/// A signal does not end a wait.
fn retry(mut call: impl FnMut() -> isize) -> io::Result<isize> {
    loop {
        match Errno::result(call()) {
            Err(Errno::EINTR) => {}
            done => return Ok(done?),
        }
    }
}

/// Every message begins with its kind, a C long.
const KIND_BYTES: usize = size_of::<libc::c_long>();
/// Whoever knows the key may use it.
const ACCESS: libc::c_int = 0o666;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_out_by_kind_and_age() {
        let queue = Queue::open(libc::IPC_PRIVATE).unwrap();
        for (kind, text) in [(1, "a"), (2, "b"), (1, "c")] {
            queue.send(kind, text.as_bytes(), false).unwrap();
        }
        assert_eq!(queue.content().unwrap(), Content { messages: 3, bytes: 3 });
        assert_eq!(queue.receive(2, 10, false).unwrap(), b"b");
        assert_eq!(queue.receive(0, 10, false).unwrap(), b"a");
        assert_eq!(queue.receive(0, 0, false).unwrap_err().raw_os_error(), Some(libc::E2BIG));
        assert_eq!(queue.receive(0, 1, false).unwrap(), b"c");
        assert_eq!(queue.receive(0, 1, false).unwrap_err().raw_os_error(), Some(libc::ENOMSG));
        queue.remove().unwrap();
        assert!(queue.content().is_err());
    }
}
