//! L3: a server: sockets, processes and an application put together.
//!
//! # How to run one
//!
//! ```text
//! let bound = Bound::bind(&address)?;                 // the constructor: errors and the real port at once
//! let options = ServeOptions::new(&settings);         // prepared settings
//! match serve(vec![bound], &options, &app)? {         // start(): returns when the server has ended
//!     Outcome::Server => ...,                         // in the process that called it
//!     Outcome::Worker => ...,                         // in a forked worker: the process must exit
//! }
//! ```
//!
//! One `Bound` for each of `options.ports`. `app` implements [`App`]; its callbacks get a [`Worker`], the handle of everything a server can be asked for
//! (`push`, `disconnect`, `send`, `close`, `client_info` ...). Keep a clone of it for calls from coroutines.
//!
//! # Order
//!
//! Of one connection: `on_connect`, then per request `on_request` or `before_handshake_response` + `on_open`, then
//! `on_message` in the order of arrival, then exactly one `on_close`. A callback that suspends a coroutine returns early;
//! the next one follows then.
//!
//! # Processes
//!
//! One worker runs in the calling process. Several are forked by it: it becomes the manager, which has no threads. The
//! session table and the counters are shared memory; a call for a session of another worker becomes a command to it.
//! Listening sockets belong to the manager too, so connections that wait for a worker survive it.
//!
//! # The loop
//!
//! ```text
//! tasks (inside polls)                  loop (outside)
//! read into the arena, push events -->  take the batch
//!                                       parse, call the application, write its answers at once
//!                                       run_ready: coroutines and timers
//! write what a full socket refused <--  flush what was deferred
//! ```
//!
//! Frames are parsed by the loop, not by the tasks: so a Close or a protocol error is answered after the messages that
//! came before it, and a message is never copied between the read and the application.

mod app;
mod core;
mod desk;
mod dispatch;
mod download;
mod files;
mod http;
mod lanes;
mod letters;
mod mailbox;
mod master;
mod news;
mod obey;
mod options;
mod peers;
mod ports;
mod processes;
mod raw;
mod reactor_end;
mod relay;
mod run;
mod sessions;
mod waiting;
mod watch;
mod websocket;
mod worker;
mod worker_end;

pub use app::{App, Choice, Headers, Hooks, LogLine, Matter, Message, Request, WorkerFailure};
pub use files::StaticFiles;
pub use letters::TaskInHand;
pub use options::{OverflowPolicy, Packets, PortOptions, Protocol, ServeOptions, TimeLimits};
pub use processes::{Outcome, serve};
pub use waiting::WaitingLimits;
pub use worker::{SendFailure, Stop, Worker};
