//! The WebSocket half of the client: `upgrade()`, `push()`, `recv()`, `ping()`, `disconnect()`.

use std::rc::Rc;
use std::task::Poll;

use super::connect::{Missed, wait};
use super::exchange::{self, fetch_head, show_head};
use super::settings::Settings;
use super::{Client, REQUEST_HEADERS, SEND_FAILED, SERVER_RESET, compose, fail};
use crate::client::exchange::Options;
use crate::client::{Conversation, Exchange, Failure, Incoming, Link};
use crate::php::coroutine::deadline;
use crate::php::errors::warn;
use crate::php::websocket::pack::{self, FLAG_COMPRESS, FLAG_FIN, FLAG_RSV1, Outgoing};
use crate::protocol::block::Block;
use crate::protocol::close::CloseReason;
use crate::protocol::connection::{SendFlags, SendRefused};
use crate::protocol::deflate::Deflate;
use crate::protocol::extension;
use crate::protocol::handshake::{Agreed, ClientHandshake, ClientOptions};
use crate::protocol::http::{HeadLimits, ResponseHead};
use crate::protocol::opcode::Opcode;
use crate::protocol::role::Role;
use crate::server::error::ErrorCode;
use crate::server::log::{LOG, Level};
use crate::zend::{Call, Object, Result, Value, error};

pub fn upgrade(client: &Client, call: &mut Call<'_>) -> Result<bool> {
    let path: &[u8] = call.arg()?;
    let this = call.this();
    let _reading = client.bind_reading()?;
    let _writing = client.bind_writing()?;
    attempt(client, this, path).inspect_err(|_| client.hang_up(this))
}

fn attempt(client: &Client, this: &Object, path: &[u8]) -> Result<bool> {
    let settings = Settings::of(this);
    exchange::begin(this);
    let handshake = handshake(client, this, path, &settings)?;
    let request = match handshake.request() {
        Ok(request) => request,
        Err(error) => {
            warn(&error);
            fail(this, ErrorCode::INVALID_PARAMS, Some(SEND_FAILED));
            return Ok(false);
        }
    };
    client.header_out.replace(Some(request.clone()));
    let link = match client.idle_link(this) {
        Some(link) => link,
        None => match client.connect(this, &settings)? {
            Some(link) => link,
            None => return Ok(false),
        },
    };
    let outgoing = Rc::clone(&link);
    let sent = async move {
        outgoing.queue(|out| out.extend_from_slice(&request));
        Ok(outgoing.flush().await?)
    };
    if let Err(missed) = wait(sent, deadline(settings.write_timeout()))? {
        return client.give_up(this, &missed, SEND_FAILED);
    }
    match answer(client, this, &link, &handshake, &settings)? {
        Ok(()) => Ok(true),
        Err(missed) => client.give_up(this, &missed, exchange::status_of(&missed)),
    }
}

/// The handshake that the properties describe. Its headers stay in `$requestHeaders`.
fn handshake(client: &Client, this: &Object, path: &[u8], settings: &Settings) -> Result<ClientHandshake> {
    let deflate = settings.deflate();
    let options = ClientOptions {
        host: compose::host(this)?,
        target: compose::target(path),
        headers: compose::headers(client, this, settings)?,
        deflate,
        ..ClientOptions::default()
    };
    let handshake = ClientHandshake::with_random_key(options)
        .map_err(|problem| error::error(format_args!("no random bytes: {problem}")))?;
    let mut headers = this.get(&REQUEST_HEADERS).as_array().cloned().unwrap_or_default();
    headers.set("Connection", "Upgrade");
    headers.set("Upgrade", "websocket");
    headers.set("Sec-WebSocket-Version", "13");
    headers.set("Sec-WebSocket-Key", handshake.key());
    if let Some(deflate) = &deflate {
        headers.set("Sec-Websocket-Extensions", extension::offer(deflate));
    }
    this.set(&REQUEST_HEADERS, headers);
    Ok(handshake)
}

/// Fetches the answer to a handshake. One that declines is an answer too: its status tells.
fn answer(
    client: &Client,
    this: &Object,
    link: &Rc<Link>,
    handshake: &ClientHandshake,
    settings: &Settings,
) -> Result<std::result::Result<(), Missed>> {
    let until = deadline(settings.read_timeout());
    let options = Options {
        head: HeadLimits::default(),
        body_bytes_max: exchange::BODY_BYTES_MAX,
        decode: settings.decode(),
    };
    let exchange = Exchange::new(Rc::clone(link), "GET".into(), options);
    let (head, exchange) = match fetch_head(exchange, until)? {
        Ok(fetched) => fetched,
        Err(missed) => return Ok(Err(missed)),
    };
    show_head(this, &head);
    if head.status() != SWITCHING_PROTOCOLS {
        let keep_alive = exchange::fetch_body(this, &head, exchange, &mut exchange::Sink::default(), until)?;
        return Ok(keep_alive.map(|keep_alive| {
            if !keep_alive {
                client.hang_up(this);
            }
        }));
    }
    Ok(open(client, link, handshake, &head, settings).map_err(Missed::Failure))
}

fn open(
    client: &Client,
    link: &Rc<Link>,
    handshake: &ClientHandshake,
    head: &ResponseHead,
    settings: &Settings,
) -> std::result::Result<(), Failure> {
    let Agreed { deflate, .. } = handshake.verify(head).map_err(Failure::Handshake)?;
    let deflate =
        deflate.zip(settings.deflate()).map(|(params, config)| Deflate::new(Role::Client, params, &config));
    let mask = settings.is_on("websocket_mask", true);
    let conversation = Conversation::new(Rc::clone(link), settings.connection_options(), mask, deflate);
    client.pings.set(0);
    client.conversation.replace(Some(Rc::new(conversation)));
    Ok(())
}

pub fn push(client: &Client, call: &mut Call<'_>) -> Result<bool> {
    let data: &Value = call.arg()?;
    let opcode: i64 = call.arg_or(pack::OPCODE_TEXT)?;
    let flags = call.opt::<&Value>()?.map_or(FLAG_FIN, Value::to_long);
    let this = call.this();
    let _writing = client.bind_writing()?;
    let Some(conversation) = client.conversing(this) else { return Ok(false) };
    let Some(frame) = Outgoing::read(data, opcode, flags)? else {
        fail(this, ErrorCode::WEBSOCKET_PACK_FAILED, None);
        return Ok(false);
    };
    if frame.opcode == Opcode::Ping {
        client.pings.set(client.pings.get().saturating_add(1));
    }
    client.send(this, &conversation, &frame)
}

pub fn ping(client: &Client, call: &mut Call<'_>) -> Result<bool> {
    let data: Value = call.arg_or(Value::from(""))?;
    let this = call.this();
    let _writing = client.bind_writing()?;
    let Some(conversation) = client.conversing(this) else { return Ok(false) };
    let Some(frame) = Outgoing::read(&data, i64::from(Opcode::Ping as u8), FLAG_FIN)? else {
        fail(this, ErrorCode::WEBSOCKET_PACK_FAILED, None);
        return Ok(false);
    };
    client.send(this, &conversation, &frame)
}

/// Says goodbye and waits a moment for the peer to do the same.
pub fn disconnect(client: &Client, call: &mut Call<'_>) -> Result<bool> {
    let code: i64 = call.arg_or(1000)?;
    let reason: &[u8] = call.arg_or(b"".as_slice())?;
    let this = call.this();
    let _writing = client.bind_writing()?;
    let Some(conversation) = client.conversing(this) else { return Ok(false) };
    let Some(reason) = pack::close_reason(code, reason) else {
        fail(this, ErrorCode::WEBSOCKET_PACK_FAILED, None);
        return Ok(false);
    };
    // Refused when a Close was sent before: then there is nothing to say.
    let _ = conversation.close(&reason);
    if client.reading.get().is_some() {
        // Whoever waits for messages would take the peer's Close for one: it is told that the connection is over.
        let _ = conversation.link().try_flush();
    } else {
        let _reading = client.bind_reading()?;
        // Bounded by itself; if it is canceled, the connection ends all the same.
        let _ = wait(goodbye(Rc::clone(&conversation)), None)?;
    }
    client.let_go(this, conversation.link());
    Ok(true)
}

/// Waits for the peer's Close, and for the end of the connection.
async fn goodbye(conversation: Rc<Conversation>) -> std::result::Result<(), Failure> {
    let answer = async {
        while let Ok(Incoming::Message { .. } | Incoming::Ping(_) | Incoming::Pong(_)) =
            conversation.next().await
        {}
    };
    if tokio::time::timeout(crate::client::link::LINGER, answer).await.is_ok() {
        conversation.link().finish().await;
    }
    Ok(())
}

/// The next message; an empty string when the connection is over; false on a timeout or an error.
pub fn recv(client: &Client, this: &Object, seconds: f64) -> Result<Value> {
    let _reading = client.bind_reading()?;
    let settings = Settings::of(this);
    let until = deadline(if seconds == 0.0 { settings.read_timeout() } else { seconds });
    let Some(conversation) = client.conversation.borrow().clone() else { return Ok(Value::from(false)) };
    loop {
        if conversation.is_over() {
            // The script has seen the Close.
            client.finish(this, &conversation)?;
            return Ok(Value::from(""));
        }
        let incoming = match conversation.next_read() {
            Some(incoming) => incoming,
            None => {
                let next = Rc::clone(&conversation);
                match wait(async move { Ok(next.next().await?) }, until)? {
                    Ok(incoming) => incoming,
                    Err(missed) => return client.nothing_came(this, &conversation, &missed),
                }
            }
        };
        if client.writing.get().is_none() && conversation.link().queued() > 0 {
            // Pongs and Closes; what does not fit now goes with the next frame.
            let _: Poll<_> = conversation.link().try_flush();
        }
        if let Some(value) = client.deliver(this, &conversation, incoming, &settings)? {
            return Ok(value);
        }
    }
}

impl Client {
    /// The conversation; None after saying why there is none.
    fn conversing(&self, this: &Object) -> Option<Rc<Conversation>> {
        if self.link.borrow().is_none() {
            fail(this, ErrorCode::CLIENT_NO_CONNECTION, None);
            return None;
        }
        let conversation = self.conversation.borrow().clone();
        if conversation.is_none() {
            warn("websocket handshake failed, cannot push data");
            fail(this, ErrorCode::WEBSOCKET_HANDSHAKE_FAILED, Some(super::CONNECT_FAILED));
        }
        conversation
    }

    /// Sends one frame; the caller has bound the direction.
    fn send(&self, this: &Object, conversation: &Rc<Conversation>, frame: &Outgoing<'_>) -> Result<bool> {
        let payload = frame.payload.as_bytes();
        let queued = match frame.opcode {
            Opcode::Close => match CloseReason::parse(payload) {
                Ok(reason) => conversation.close(&reason),
                Err(_) => Err(SendRefused::NotThisWay),
            },
            // As the server does: whole messages are compressed when that was negotiated and pays.
            opcode => conversation.send(opcode, payload, SendFlags { fin: frame.fin, compress: frame.fin }),
        };
        match queued {
            Ok(()) => self.flush(this, conversation.link()),
            Err(SendRefused::Closed) => {
                fail(this, ErrorCode::CLIENT_NO_CONNECTION, None);
                Ok(false)
            }
            Err(refused) => {
                warn(refused);
                fail(this, ErrorCode::WEBSOCKET_PACK_FAILED, None);
                Ok(false)
            }
        }
    }

    fn flush(&self, this: &Object, link: &Rc<Link>) -> Result<bool> {
        let flushed = match link.try_flush() {
            Poll::Ready(flushed) => flushed.map_err(|error| Missed::Failure(Failure::Io(error))),
            Poll::Pending => {
                let waiting = Rc::clone(link);
                let until = deadline(Settings::of(this).write_timeout());
                wait(async move { Ok(waiting.flush().await?) }, until)?
            }
        };
        match flushed {
            Ok(()) => Ok(true),
            Err(missed) => {
                fail(this, missed.code(), Some(SEND_FAILED));
                if matches!(missed, Missed::Failure(_)) {
                    self.let_go(this, link);
                }
                Ok(false)
            }
        }
    }

    /// What a script gets to see of something that came; None: nothing.
    fn deliver(
        &self,
        this: &Object,
        conversation: &Rc<Conversation>,
        incoming: Incoming,
        settings: &Settings,
    ) -> Result<Option<Value>> {
        let fd = conversation.link().descriptor();
        let shown =
            |opcode, payload: Block| Some(Value::from(pack::frame(fd, opcode, FLAG_FIN, &payload[..])));
        Ok(match incoming {
            Incoming::Message { opcode, compressed, payload } => {
                let flags = FLAG_FIN | if compressed { FLAG_COMPRESS | FLAG_RSV1 } else { 0 };
                Some(Value::from(pack::frame(fd, opcode, flags, &payload[..])))
            }
            Incoming::Ping(payload) if settings.is_on("open_websocket_ping_frame", false) => {
                shown(Opcode::Ping, payload)
            }
            Incoming::Ping(_) => None,
            Incoming::Pong(payload) => {
                let asked = self.pings.get();
                self.pings.set(asked.saturating_sub(1));
                let wanted = asked > 0 || settings.is_on("open_websocket_pong_frame", false);
                if wanted { shown(Opcode::Pong, payload) } else { None }
            }
            Incoming::Close(reason) if settings.is_on("open_websocket_close_frame", false) => {
                Some(Value::from(pack::close_frame(fd, FLAG_FIN, &reason)))
            }
            Incoming::Close(_) | Incoming::End => {
                self.finish(this, conversation)?;
                Some(Value::from(""))
            }
            Incoming::Failed(error) => {
                let code = match error.close_code() {
                    1009 => ErrorCode::PACKAGE_LENGTH_TOO_LARGE,
                    _ => ErrorCode::PROTOCOL_ERROR,
                };
                LOG.write_at(Level::Warning, "Client::recv", Some(code), &error.to_string());
                self.finish(this, conversation)?;
                fail(this, code, Some(SERVER_RESET));
                Some(Value::from(false))
            }
        })
    }

    /// After the last word of either side.
    fn finish(&self, this: &Object, conversation: &Rc<Conversation>) -> Result {
        let link = Rc::clone(conversation.link());
        let last = Rc::clone(&link);
        // Bounded by itself; if it is canceled, the connection ends all the same.
        let finished = wait(
            async move {
                last.finish().await;
                Ok(())
            },
            None,
        );
        self.let_go(this, &link);
        finished.map(drop)
    }

    fn nothing_came(&self, this: &Object, conversation: &Conversation, missed: &Missed) -> Result<Value> {
        fail(this, missed.code(), Some(SERVER_RESET));
        if matches!(missed, Missed::Failure(_)) {
            self.let_go(this, conversation.link());
        }
        Ok(Value::from(false))
    }

    /// Ends this connection, if it is still the client's.
    fn let_go(&self, this: &Object, link: &Rc<Link>) {
        link.close();
        if self.link.borrow().as_ref().is_some_and(|own| Rc::ptr_eq(own, link)) {
            self.hang_up(this);
        }
    }
}

const SWITCHING_PROTOCOLS: u16 = 101;
