//! One socket as coroutines share it: who waits for what, how long, and how its bytes become packets.
//!
//! `Coroutine\Socket` and `Coroutine\Client` are faces of it.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

use nix::errno::Errno;
use nix::libc;

use super::outcome::{Outcome, Trouble};
use super::rules::Rules;
use crate::coroutine::{Cancel, Cid, Wake};
use crate::net::socket::{Name, Socket, unix_name};
use crate::net::watch::Events;
use crate::php::coroutine::system::{await_outside, names};
use crate::php::coroutine::{deadline, inside, options};
use crate::php::exceptions;
use crate::protocol::framing::{Framer, FramingError};
use crate::server::error::ErrorCode;
use crate::zend::{Gc, Str, Trace, Value, error, world};

/// A socket and the coroutines at its two ends.
#[derive(Debug)]
pub struct Line {
    /// Gone when it is closed. Its descriptor is closed as soon as nobody waits for it any more.
    socket: RefCell<Option<Rc<Socket>>>,
    /// Whether waits block the process instead of a coroutine.
    blocking: bool,
    waiting: [Cell<Option<Cid>>; 2],
    buffer: RefCell<Framer>,
    rules: RefCell<Rules>,
    pub times: Times,
}

/// Of the objects that share a line, one shows it; what waits on it keeps it alive only.
impl Trace for Rc<Line> {
    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        gc.add(&self.rules);
    }
}

/// How long each kind of call waits unless told otherwise; less than zero is for ever.
#[derive(Debug)]
pub struct Times {
    pub connect: Cell<f64>,
    pub read: Cell<f64>,
    pub write: Cell<f64>,
}

/// Which end of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Read,
    Write,
}

impl Times {
    fn new() -> Self {
        let seconds = |name, default| {
            Cell::new(
                options::seconds(name).or_else(|| options::seconds("socket_timeout")).unwrap_or(default),
            )
        };
        Self {
            connect: seconds("socket_connect_timeout", CONNECT_SECS),
            read: seconds("socket_read_timeout", TRANSFER_SECS),
            write: seconds("socket_write_timeout", TRANSFER_SECS),
        }
    }
}

/// When a call gives up: its own timeout, or the default where that is 0.
pub fn until(timeout: f64, default: &Cell<f64>) -> Option<u64> {
    deadline(if timeout == 0.0 { default.get() } else { timeout })
}

impl Line {
    pub fn new(socket: Socket) -> Self {
        Self {
            socket: RefCell::new(Some(Rc::new(socket))),
            blocking: false,
            waiting: [Cell::new(None), Cell::new(None)],
            buffer: RefCell::default(),
            rules: RefCell::default(),
            times: Times::new(),
        }
    }

    /// A line whose calls block the process and need no coroutine.
    pub fn blocking(socket: Socket) -> Self {
        Self { blocking: true, ..Self::new(socket) }
    }

    /// The socket; an error when it is closed.
    pub fn socket(&self) -> Result<Rc<Socket>, Errno> {
        self.socket.borrow().clone().ok_or(Errno::EBADF)
    }

    pub fn rules(&self) -> Rules {
        self.rules.borrow().clone()
    }

    /// Whether options say what a packet is.
    pub fn has_packets(&self) -> bool {
        let rules = self.rules.borrow();
        rules.framing.is_some() || rules.measure.is_some()
    }

    pub fn set_rules(&self, rules: Rules) {
        drop(self.rules.replace(rules));
    }

    /// Lets go of the socket and ends the waits. False when that has happened before.
    pub fn close(&self) -> bool {
        let socket = self.socket.take();
        if socket.is_none() {
            return false;
        }
        drop(socket);
        self.cancel(Way::Read);
        self.cancel(Way::Write);
        true
    }

    /// Ends the wait at one end; false when nobody waits there.
    pub fn cancel(&self, way: Way) -> bool {
        self.waiting[way as usize].get().is_some_and(|cid| world::scheduler().cancel(cid, Cancel::Quiet))
    }

    /// Who waits at one end.
    pub fn waiting(&self, way: Way) -> Option<Cid> {
        self.waiting[way as usize].get()
    }

    /// Makes a call on the socket, again and again until it does not block.
    pub fn attempt<T>(
        &self,
        way: Way,
        until: Option<u64>,
        mut call: impl FnMut(&Socket) -> io::Result<T>,
    ) -> Outcome<T> {
        let (socket, cid) = self.enter(way)?;
        loop {
            match call(&socket) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.wait(&socket, way, cid, until)?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                done => return Ok(done?),
            }
        }
    }

    /// The current coroutine, if the line is open and nobody else waits at this end. Where calls block there is none.
    fn enter(&self, way: Way) -> Outcome<(Rc<Socket>, Option<Cid>)> {
        let socket = self.socket()?;
        if self.blocking {
            return Ok((socket, None));
        }
        let cid = inside()?;
        let Some(other) = self.waiting(way) else { return Ok((socket, Some(cid))) };
        let doing = if way == Way::Read { "reading" } else { "writing" };
        let text = format_args!(
            "Socket#{} has already been bound to another coroutine#{}, {doing} of the same socket in coroutine#{} at the same time is not allowed",
            socket.number(),
            other.0,
            cid.0
        )
        .to_string();
        let code = i64::from(ErrorCode::CO_HAS_BEEN_BOUND.code());
        Err(error::throw(&exceptions::ERROR, text, code).into())
    }

    fn wait(&self, socket: &Socket, way: Way, cid: Option<Cid>, until: Option<u64>) -> Outcome<()> {
        let events = if way == Way::Read { Events::READ } else { Events::WRITE };
        let Some(cid) = cid else { return block(socket, events, until) };
        self.waiting[way as usize].set(Some(cid));
        let ended = await_outside(socket.watch().ready(events), until);
        self.waiting[way as usize].set(None);
        match ended? {
            Ok(_) if self.socket().is_err() => Err(Errno::ECANCELED.into()),
            Ok(ready) => Ok(ready.map(drop)?),
            Err(Wake::Timeout) => Err(Errno::ETIMEDOUT.into()),
            // Where stacks cannot be switched (a destructor that the collector runs) nothing can be waited for.
            Err(Wake::Refused) => Err(Errno::EAGAIN.into()),
            Err(_) => Err(Errno::ECANCELED.into()),
        }
    }

    pub fn connect(&self, name: &Name, until: Option<u64>) -> Outcome<()> {
        let (socket, cid) = self.enter(Way::Write)?;
        if !socket.connect(name)? {
            self.wait(&socket, Way::Write, cid, until)?;
        }
        Ok(socket.connected()?)
    }

    /// Where a host and a port, or a path, are for this socket. Names are looked up.
    pub fn name_of(&self, host: &Str, port: i64, seconds: f64) -> Outcome<Name> {
        let socket = self.socket()?;
        if !socket.is_inet() {
            return Ok(unix_name(host.as_bytes()));
        }
        let port = u16::try_from(port).map_err(|_| Errno::EINVAL)?;
        let v6 = socket.domain() == libc::AF_INET6;
        if let Ok(ip) = host.to_text().parse::<IpAddr>() {
            return if ip.is_ipv6() == v6 {
                Ok(Name::inet(ip, port))
            } else {
                Err(Errno::EAFNOSUPPORT.into())
            };
        }
        let found = match self.blocking {
            true => names::resolve(&host.to_text()).ok().map(|mut list| {
                list.retain(|ip| ip.is_ipv6() == v6);
                list
            }),
            false => names::look_up(host, socket.domain().into(), seconds)?,
        };
        match found.and_then(|list| list.first().copied()) {
            Some(ip) => Ok(Name::inet(ip, port)),
            None => Err(Trouble::Failed(ErrorCode::DNSLOOKUP_RESOLVE_FAILED)),
        }
    }

    /// Up to `length` bytes from the socket; none at its end.
    pub fn recv(&self, length: usize, until: Option<u64>) -> Outcome<Vec<u8>> {
        self.attempt(Way::Read, until, |socket| read(length, |buffer| socket.recv(buffer)))
    }

    /// All of `length` bytes, or what came before the end.
    pub fn recv_all(&self, length: usize, until: Option<u64>) -> Outcome<Vec<u8>> {
        let mut all = Vec::new();
        while all.len() < length {
            match self.recv(length - all.len(), until) {
                Ok(bytes) if bytes.is_empty() => break,
                Ok(bytes) => all.extend(bytes),
                // What has come is not lost; the next call meets the same error.
                Err(Trouble::Failed(_)) if !all.is_empty() => break,
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(all)
    }

    /// Up to `length` bytes; as much as comes at once is read ahead and kept for the next of these calls.
    pub fn recv_buffered(&self, length: usize, until: Option<u64>) -> Outcome<Vec<u8>> {
        if self.buffer.borrow().rest().is_empty() {
            self.fill(until)?;
        }
        Ok(self.buffer.borrow_mut().take(length))
    }

    /// Up to and with the next line feed or carriage return, and up to `length` bytes.
    pub fn recv_line(&self, length: usize, until: Option<u64>) -> Outcome<Vec<u8>> {
        loop {
            let found = {
                let buffer = self.buffer.borrow();
                let rest = buffer.rest();
                let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).map(|at| at + 1);
                end.or((rest.len() >= length).then_some(length)).map(|end| end.min(length))
            };
            if let Some(end) = found {
                return Ok(self.buffer.borrow_mut().take(end));
            }
            if !self.fill(until)? {
                return Ok(self.buffer.borrow_mut().take(length));
            }
        }
    }

    /// The next packet as the rules cut it, or whatever comes next where there are none; nothing at the end.
    pub fn recv_packet(&self, until: Option<u64>) -> Outcome<Vec<u8>> {
        loop {
            if let Some(packet) = self.cut()? {
                return Ok(packet);
            }
            if !self.fill(until)? {
                return Ok(Vec::new());
            }
        }
    }

    fn cut(&self) -> Outcome<Option<Vec<u8>>> {
        let rules = self.rules();
        if let Some(measure) = &rules.measure {
            let head = Str::new(self.buffer.borrow().rest());
            if head.is_empty() {
                return Ok(None);
            }
            let too_long = head.as_bytes().len() > rules.limit;
            // PHP runs here: nothing is borrowed.
            let length = measure.call(&[Value::from(head)])?.to_long();
            return match u64::try_from(length) {
                Ok(0) if too_long => Err(FramingError::TooLarge(0).into()),
                Ok(0) => Ok(None),
                Ok(length) => Ok(self.buffer.borrow_mut().by_length(length, rules.limit)?),
                Err(_) => Err(FramingError::Malformed.into()),
            };
        }
        let mut buffer = self.buffer.borrow_mut();
        match &rules.framing {
            Some(framing) => Ok(buffer.next(framing, rules.limit)?),
            None if buffer.rest().is_empty() => Ok(None),
            None => Ok(Some(buffer.take(READ_BYTES_MAX))),
        }
    }

    /// Reads ahead; false at the end.
    fn fill(&self, until: Option<u64>) -> Outcome<bool> {
        let bytes = self.recv(READ_AHEAD_BYTES, until)?;
        self.buffer.borrow_mut().feed(&bytes);
        Ok(!bytes.is_empty())
    }

    pub fn peek(&self, length: usize) -> Outcome<Vec<u8>> {
        let socket = self.socket()?;
        Ok(read(length, |buffer| socket.peek(buffer))?)
    }

    /// As [`Line::peek`], when something has come.
    pub fn peek_when_ready(&self, length: usize, until: Option<u64>) -> Outcome<Vec<u8>> {
        self.attempt(Way::Read, until, |socket| socket.peek(&mut [0]))?;
        self.peek(length)
    }

    /// Up to `length` bytes of what has come, without waiting.
    pub fn recv_now(&self, length: usize) -> Outcome<Vec<u8>> {
        let socket = self.socket()?;
        Ok(read(length, |buffer| socket.recv(buffer))?)
    }

    pub fn recv_from(&self, length: usize, until: Option<u64>) -> Outcome<(Vec<u8>, Option<Name>)> {
        self.attempt(Way::Read, until, |socket| {
            let mut from = None;
            let bytes = read(length, |buffer| {
                let (count, name) = socket.recv_from(buffer)?;
                from = name;
                Ok(count)
            })?;
            Ok((bytes, from))
        })
    }

    /// Sends what fits now, at least something.
    pub fn send(&self, bytes: &[u8], until: Option<u64>) -> Outcome<usize> {
        self.attempt(Way::Write, until, |socket| socket.send(bytes))
    }

    /// Sends everything, or what went out before an error.
    pub fn send_all(&self, bytes: &[u8], until: Option<u64>) -> Outcome<usize> {
        let mut sent = 0;
        while sent < bytes.len() {
            match self.send(&bytes[sent..], until) {
                Ok(count) => sent += count,
                Err(Trouble::Failed(_)) if sent > 0 => break,
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(sent)
    }

    pub fn send_to(&self, bytes: &[u8], name: &Name) -> Outcome<usize> {
        self.attempt(Way::Write, until(0.0, &self.times.write), |socket| socket.send_to(bytes, name))
    }

    /// Sends a file, or a part of it: `length` 0 is up to its end.
    pub fn send_file(&self, path: &[u8], offset: u64, length: u64) -> Outcome<()> {
        use std::os::unix::{ffi::OsStrExt, fs::FileExt};
        let file = std::fs::File::open(std::path::Path::new(std::ffi::OsStr::from_bytes(path)))?;
        let size = file.metadata()?.len();
        let end = if length == 0 { size } else { offset.saturating_add(length) };
        if !file.metadata()?.is_file() || offset > size || end > size {
            return Err(Errno::EINVAL.into());
        }
        let until = until(0.0, &self.times.write);
        let mut chunk = vec![0; FILE_CHUNK_BYTES];
        let mut at = offset;
        while at < end {
            let wanted = chunk.len().min(usize::try_from(end - at).unwrap_or(usize::MAX));
            let count = file.read_at(&mut chunk[..wanted], at)?;
            if count == 0 || self.send_all(&chunk[..count], until)? < count {
                return Err(Errno::EIO.into());
            }
            at += count as u64;
        }
        Ok(())
    }
}

/// Reads up to `length` bytes by way of a buffer that all sockets share: only what has come is copied.
fn read(length: usize, call: impl FnOnce(&mut [u8]) -> io::Result<usize>) -> io::Result<Vec<u8>> {
    BUFFER.with_borrow_mut(|buffer| {
        let length = length.min(READ_BYTES_MAX);
        if buffer.len() < length {
            buffer.resize(length, 0);
        }
        let count = call(&mut buffer[..length])?;
        Ok(buffer[..count].to_vec())
    })
}

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

fn block(socket: &Socket, events: Events, until: Option<u64>) -> Outcome<()> {
    let left = until.map(|until| Duration::from_micros(until.saturating_sub(world::scheduler().now())));
    if socket.watch().block(events, left)? { Ok(()) } else { Err(Errno::ETIMEDOUT.into()) }
}

/// `socket_connect_timeout` unless it is set.
const CONNECT_SECS: f64 = 2.0;
/// `socket_read_timeout` and `socket_write_timeout` unless they are set.
const TRANSFER_SECS: f64 = 60.0;
/// One read takes no more, whatever length is asked for; no datagram is longer.
const READ_BYTES_MAX: usize = 256 * 1024;
/// How much is read ahead at a time.
const READ_AHEAD_BYTES: usize = 64 * 1024;
/// How much of a file is in memory at a time.
const FILE_CHUNK_BYTES: usize = 256 * 1024;
