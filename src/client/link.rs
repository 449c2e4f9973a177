//! One connection of a client: its socket, what was read and is not yet used, what is still to be written.
//!
//! It is shared: one coroutine may wait for the peer while another writes. Everything that waits is a poll function,
//! and no borrow outlives it. What was read stays here until somebody takes it, and a frame that was begun is finished
//! by whoever writes next: a wait that is given up loses nothing.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use socket2::{SockAddr, SockRef};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::timeout;

use super::wire::Wire;

/// A connected socket and its buffers.
#[derive(Debug)]
pub struct Link {
    /// None once the connection is closed.
    wire: RefCell<Option<Wire>>,
    owner: u32,
    input: RefCell<BytesMut>,
    output: RefCell<BytesMut>,
    /// Who waits for the peer.
    reader: RefCell<Option<Waker>>,
    /// Who waits for the output to be written: the socket itself remembers only the last one that asked.
    flushers: RefCell<Vec<Waker>>,
}

impl Link {
    pub fn new(wire: impl Into<Wire>) -> Self {
        Self {
            wire: RefCell::new(Some(wire.into())),
            owner: std::process::id(),
            input: RefCell::default(),
            output: RefCell::default(),
            reader: RefCell::default(),
            flushers: RefCell::default(),
        }
    }

    /// The operating system's number of the socket; -1 once it is closed.
    pub fn descriptor(&self) -> i64 {
        self.wire.borrow().as_ref().map_or(-1, |wire| wire.socket().as_fd().as_raw_fd().into())
    }

    /// The peer's address.
    pub fn peer_address(&self) -> Option<SockAddr> {
        self.wire.borrow().as_ref().and_then(|wire| SockRef::from(wire.socket()).peer_addr().ok())
    }

    /// Our own address.
    pub fn own_address(&self) -> Option<SockAddr> {
        self.wire.borrow().as_ref().and_then(|wire| SockRef::from(wire.socket()).local_addr().ok())
    }

    /// The peer's certificate in DER, if it showed one.
    pub fn peer_certificate(&self) -> Option<Vec<u8>> {
        self.wire.borrow().as_ref().and_then(Wire::peer_certificate)
    }

    /// Works on what was read and is not yet used. `take` gets it and says how much of it is used up.
    pub fn take<T>(&self, take: impl FnOnce(&mut [u8]) -> (usize, T)) -> T {
        let mut input = self.input.borrow_mut();
        let (used, result) = take(&mut input);
        let used = used.min(input.len());
        input.advance(used);
        if input.is_empty() {
            // An idle connection owns no buffer.
            *input = BytesMut::new();
        }
        result
    }

    /// Whether something was read that nobody has used.
    pub fn has_input(&self) -> bool {
        !self.input.borrow().is_empty()
    }

    /// Reads once. 0: the peer has closed, or we have.
    pub fn poll_fill(&self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut wire = self.wire.borrow_mut();
        let Some(wire) = wire.as_mut() else { return Poll::Ready(Ok(0)) };
        let mut input = self.input.borrow_mut();
        let before = input.len();
        // Read behind what is there, without a second buffer.
        input.resize(before + READ_BYTES, 0);
        let mut space = ReadBuf::new(&mut input[before..]);
        let polled = Pin::new(wire).poll_read(cx, &mut space);
        let filled = space.filled().len();
        input.truncate(before + filled);
        match polled {
            Poll::Pending => {
                if input.is_empty() {
                    *input = BytesMut::new();
                }
                self.reader.replace(Some(cx.waker().clone()));
                Poll::Pending
            }
            Poll::Ready(result) => Poll::Ready(result.map(|()| filled)),
        }
    }

    /// As [`Link::poll_fill`].
    pub async fn fill(&self) -> io::Result<usize> {
        poll_fn(|cx| self.poll_fill(cx)).await
    }

    /// Appends to what is to be written.
    pub fn queue(&self, append: impl FnOnce(&mut BytesMut)) {
        append(&mut self.output.borrow_mut());
    }

    /// Bytes that are still to be written.
    pub fn queued(&self) -> usize {
        self.output.borrow().len()
    }

    /// Writes until nothing is left.
    pub fn poll_flush(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = self.poll_write(cx);
        let mut flushers = self.flushers.borrow_mut();
        if polled.is_ready() {
            flushers.drain(..).for_each(Waker::wake);
        } else if !flushers.iter().any(|waker| waker.will_wake(cx.waker())) {
            flushers.push(cx.waker().clone());
        }
        polled
    }

    fn poll_write(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let (mut wire, mut output) = (self.wire.borrow_mut(), self.output.borrow_mut());
        let Some(wire) = wire.as_mut() else { return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())) };
        while !output.is_empty() {
            match Pin::new(&mut *wire).poll_write(cx, &output) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(written)) => output.advance(written),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return Poll::Pending,
            }
        }
        *output = BytesMut::new();
        Pin::new(wire).poll_flush(cx)
    }

    /// As [`Link::poll_flush`].
    pub async fn flush(&self) -> io::Result<()> {
        poll_fn(|cx| self.poll_flush(cx)).await
    }

    /// Writes what the socket takes at once; works outside of a task too. While somebody else waits for the output to be
    /// written, [`Link::flush`] must follow when this leaves something over.
    pub fn try_flush(&self) -> Poll<io::Result<()>> {
        self.poll_flush(&mut Context::from_waker(Waker::noop()))
    }

    /// Whether an idle connection can carry another request: the peer has neither closed nor said anything unasked.
    pub fn is_idle(&self) -> bool {
        !self.has_input()
            && !self.is_closed()
            && self.poll_fill(&mut Context::from_waker(Waker::noop())).is_pending()
    }

    pub fn is_closed(&self) -> bool {
        self.wire.borrow().is_none()
    }

    /// Ends the connection. Whoever waits for the peer, or to write, is told that it has closed.
    pub fn close(&self) {
        let Some(mut wire) = self.wire.take() else { return };
        // What cannot be said without waiting is not said.
        let _ = Pin::new(&mut wire).poll_shutdown(&mut Context::from_waker(Waker::noop()));
        // Who writes is told by the next poll that there is nothing to write to.
        self.reader.take().into_iter().chain(self.flushers.take()).for_each(Waker::wake);
    }

    /// Writes what is left, says that this was all, waits for the peer to close, and closes. With bytes of the peer
    /// unread, the kernel would reset the connection and the peer might never see our last words. Bounded by [`LINGER`]
    /// and [`LINGER_BYTES`].
    pub async fn finish(&self) {
        let said = async {
            if self.flush().await.is_ok() && poll_fn(|cx| self.poll_finish(cx)).await.is_ok() {
                let mut dropped = 0;
                while dropped < LINGER_BYTES
                    && let Ok(read @ 1..) = self.fill().await
                {
                    dropped += read;
                    self.take(|input| (input.len(), ()));
                }
            }
        };
        let _ = timeout(LINGER, said).await;
        self.close();
    }
}

impl Link {
    fn poll_finish(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.wire.borrow_mut().as_mut() {
            Some(wire) => Pin::new(wire).poll_shutdown(cx),
            None => Poll::Ready(Ok(())),
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if self.owner == std::process::id() {
            self.close();
        } else {
            // A forked child has the parent's socket, and the parent's epoll: dropped here, the socket would be taken
            // out of it, and the connection would be told that it is over.
            std::mem::forget(self.wire.take());
        }
    }
}

/// Bytes per read: a frame or head of usual size, and little to clear.
const READ_BYTES: usize = 16 * 1024;

/// How long a peer may take to close after our last word.
pub const LINGER: Duration = Duration::from_secs(2);

/// What a peer may still say after our last word.
const LINGER_BYTES: usize = 1024 * 1024;
