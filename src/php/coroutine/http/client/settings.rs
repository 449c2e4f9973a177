//! The options of `set()`, read when they are needed: a script may change them between two requests.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use super::SETTING;
use crate::net::tls::client as tls;
use crate::php::coroutine::options;
use crate::protocol::connection::{Limits, Options};
use crate::protocol::extension::DeflateConfig;
use crate::zend::{Array, Object, Value};

/// What a script has set.
#[derive(Debug)]
pub struct Settings(Array);

impl Settings {
    pub fn of(client: &Object) -> Self {
        Self(client.get(&SETTING).as_array().cloned().unwrap_or_default())
    }

    pub fn get(&self, name: &str) -> Option<Value> {
        self.0.get(name).map(|value| value.unref()).filter(|value| !value.is_null())
    }

    pub fn is_on(&self, name: &str, default: bool) -> bool {
        self.get(name).map_or(default, |value| value.to_bool())
    }

    pub fn text(&self, name: &str) -> Option<String> {
        let text = self.get(name)?.to_str().ok()?.to_text().into_owned();
        (!text.is_empty()).then_some(text)
    }

    /// Seconds to connect in; not above zero is for ever.
    pub fn connect_timeout(&self) -> f64 {
        self.seconds("connect_timeout", "socket_connect_timeout", CONNECT_SECS)
    }

    pub fn read_timeout(&self) -> f64 {
        self.seconds("read_timeout", "socket_read_timeout", SOCKET_SECS)
    }

    pub fn write_timeout(&self) -> f64 {
        self.seconds("write_timeout", "socket_write_timeout", SOCKET_SECS)
    }

    /// The client's own option, its `timeout`, the options of all coroutines, the default.
    fn seconds(&self, own: &str, global: &str, default: f64) -> f64 {
        let own = self.get(own).or_else(|| self.get("timeout"));
        let all = || options::get_one(global).or_else(|| options::get_one("socket_timeout"));
        let Some(value) = own.or_else(all) else { return default };
        let seconds = value.to_double();
        if seconds == 0.0 { default } else { seconds }
    }

    /// Further tries to connect, and to send on a connection that turns out to be gone.
    pub fn max_retries(&self) -> u32 {
        self.get("max_retries").map_or(0, |times| u32::try_from(times.to_long()).unwrap_or(0))
    }

    pub fn keep_alive(&self) -> bool {
        self.is_on("keep_alive", true)
    }

    /// Whether encoded bodies are decoded; two names of one option.
    pub fn decode(&self) -> bool {
        self.is_on("http_compression", true) && self.is_on("body_decompression", true)
    }

    /// Our own address, when it matters.
    pub fn bind_address(&self) -> Option<SocketAddr> {
        let address: IpAddr = self.text("bind_address")?.parse().ok()?;
        let port = self.get("bind_port").map_or(0, |port| port.to_long());
        Some(SocketAddr::new(address, u16::try_from(port).unwrap_or(0)))
    }

    /// Whom to trust, and how to be known.
    pub fn tls(&self) -> tls::ClientOptions {
        let path = |name| self.text(name).map(PathBuf::from);
        tls::ClientOptions {
            verify_peer: self.is_on("ssl_verify_peer", false),
            allow_self_signed: self.is_on("ssl_allow_self_signed", false),
            authorities_file: path("ssl_cafile"),
            authorities_folder: path("ssl_capath"),
            certificate_file: path("ssl_cert_file"),
            key_file: path("ssl_key_file"),
        }
    }

    /// What messages of a WebSocket server are held to.
    pub fn connection_options(&self) -> Options {
        let message = self
            .get("package_max_length")
            .and_then(|bytes| usize::try_from(bytes.to_long()).ok())
            .filter(|bytes| *bytes > 0)
            .unwrap_or(MESSAGE_BYTES);
        Options {
            auto_pong: !self.is_on("open_websocket_ping_frame", false),
            limits: Limits {
                frame_bytes_max: message,
                message_bytes_max: message,
                inflated_bytes_max: message,
                ..Limits::default()
            },
        }
    }

    /// The compression to offer: the names are those of the server.
    pub fn deflate(&self) -> Option<DeflateConfig> {
        self.is_on("websocket_compression", false).then(|| {
            let default = DeflateConfig::default();
            let small = |name: &str, default: u8| {
                self.get(name).map_or(default, |value| u8::try_from(value.to_long()).unwrap_or(default))
            };
            DeflateConfig {
                server_context_takeover: self.is_on("websocket_compression_server_context_takeover", false),
                client_context_takeover: self.is_on("websocket_compression_client_context_takeover", false),
                server_max_window_bits: small(
                    "websocket_compression_server_max_window_bits",
                    default.server_max_window_bits,
                ),
                client_max_window_bits: small(
                    "websocket_compression_client_max_window_bits",
                    default.client_max_window_bits,
                ),
                level: small("websocket_compression_level", default.level),
                mem_level: small("websocket_compression_mem_level", default.mem_level),
                threshold: self
                    .get("websocket_compression_threshold")
                    .map_or(default.threshold, |bytes| usize::try_from(bytes.to_long()).unwrap_or(0)),
            }
        })
    }
}

/// The default of `connect_timeout`.
const CONNECT_SECS: f64 = 2.0;

/// The default of `timeout`.
const SOCKET_SECS: f64 = 60.0;

/// The default of `package_max_length`.
const MESSAGE_BYTES: usize = 2 * 1024 * 1024;
