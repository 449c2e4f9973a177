//! All connections of a run behind one poll: reads, checks and, in an echo, answers each answer with the next message.

use std::time::{Duration, Instant};

use mio::{Events, Interest, Poll, Token};

use crate::Failure;
use crate::conversation::Conversation;
use crate::handshake;
use crate::latency::Latencies;
use crate::messages::{self, Message};
use crate::options::Options;
use crate::server::Server;

pub struct Fleet {
    poll: Poll,
    events: Events,
    conversations: Vec<Conversation>,
    messages: Vec<Message>,
    buffer: Vec<u8>,
    /// Each answer is followed by the connection's next message.
    pub keep_talking: bool,
    pub latencies: Latencies,
}

impl Fleet {
    /// Connects and shakes hands. With `in_step` all connections expect the same sequence of messages (a broadcast).
    pub fn connect(options: &Options, server: &Server, in_step: bool) -> Result<Self, Failure> {
        let messages = match options.deflate {
            true => messages::compressed_json(options.message_bytes),
            false => messages::plain(options.message_bytes),
        };
        let poll = Poll::new().map_err(|e| e.to_string())?;
        let mut conversations = Vec::with_capacity(options.connections);
        for index in 0..options.connections {
            let (stream, agreed) = handshake::open(server.address, index, options.deflate, None)?;
            stream.set_nonblocking(true).map_err(|e| e.to_string())?;
            let offset = if in_step { 0 } else { index % messages.len() };
            let mut talk = Conversation::new(mio::net::TcpStream::from_std(stream), agreed, offset);
            poll.registry()
                .register(talk.stream(), Token(index), Interest::READABLE | Interest::WRITABLE)
                .map_err(|e| e.to_string())?;
            conversations.push(talk);
        }
        Ok(Self {
            poll,
            events: Events::with_capacity(1024),
            conversations,
            messages,
            buffer: vec![0; READ_BYTES],
            keep_talking: false,
            latencies: Latencies::new(),
        })
    }

    pub fn say(&mut self, connection: usize, count: usize) -> Result<(), Failure> {
        let talk = &mut self.conversations[connection];
        talk.queue(count, Instant::now());
        talk.write(&self.messages)
    }

    /// Bytes read from the server so far, headers included: shows whether it really compressed.
    pub fn wire_bytes(&self) -> u64 {
        self.conversations.iter().map(|talk| talk.wire_bytes).sum()
    }

    /// Waits for events and serves them; returns how many messages arrived.
    pub fn turn(&mut self) -> Result<u64, Failure> {
        match self.poll.poll(&mut self.events, Some(SILENCE_MAX)) {
            Ok(()) if self.events.is_empty() => return Err(format!("silence for {SILENCE_MAX:?}")),
            Ok(()) => {}
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => return Ok(0),
            Err(e) => return Err(e.to_string()),
        }
        let mut arrived = 0;
        for event in &self.events {
            let talk = &mut self.conversations[event.token().0];
            if event.is_readable() {
                let count = talk.read(&mut self.buffer, &self.messages)?;
                arrived += count as u64;
                if self.keep_talking && count > 0 {
                    let now = Instant::now();
                    for _ in 0..count {
                        let sent_at = talk.answered().ok_or("an answer without a question")?;
                        self.latencies.add(now - sent_at);
                    }
                    talk.queue(count, now);
                    talk.write(&self.messages)?;
                    continue;
                }
            }
            if event.is_writable() {
                talk.write(&self.messages)?;
            }
        }
        Ok(arrived)
    }
}

/// Large enough for a burst of small frames from one connection, small enough for the core's cache.
const READ_BYTES: usize = 128 * 1024;

/// A server that says nothing for so long has lost a message.
const SILENCE_MAX: Duration = Duration::from_secs(10);
