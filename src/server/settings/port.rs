//! Settings of one listening port: the socket, the protocols spoken on it, the limits of what it receives.

use std::time::Duration;

use super::{
    http::Http2Settings,
    option::{Complaints, Kind, Opt, clamp, option, size},
    socket_kind::SocketKind,
    tls::TlsSettings,
    value::OptionValue,
    websocket::WebSocketSettings,
};

/// One port. The first port of a server shares its `set()`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PortSettings {
    pub kind: SocketKind,
    pub socket: SocketSettings,
    pub framing: FramingSettings,
    pub websocket: WebSocketSettings,
    pub http2: Http2Settings,
    pub tls: TlsSettings,
}

/// The socket of a port and the queues behind it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SocketSettings {
    pub open_http: bool,
    /// Bytes of a request, a frame with its header, or a message.
    pub package_max_length: usize,
    pub backlog: u32,
    /// Bytes that may wait to be sent on one connection.
    pub socket_buffer_size: usize,
    /// onBufferFull runs above this; [`SocketSettings::high_watermark`].
    pub buffer_high_watermark: Option<usize>,
    /// onBufferEmpty runs at or below this.
    pub buffer_low_watermark: usize,
    /// A connection without a byte in either direction for so long is closed.
    pub max_idle_time: Option<Duration>,
    /// 0: the kernel's.
    pub kernel_recv_buffer_size: usize,
    /// 0: the kernel's.
    pub kernel_send_buffer_size: usize,
    pub tcp_nodelay: bool,
    pub tcp_keepalive: bool,
    pub tcp_keepidle: u32,
    pub tcp_keepinterval: u32,
    pub tcp_keepcount: u32,
    /// Milliseconds; 0: the kernel's.
    pub tcp_user_timeout: u32,
    pub tcp_defer_accept: u32,
    pub tcp_fastopen: bool,
}

impl SocketSettings {
    /// Queued bytes above which onBufferFull runs: four fifths of the limit unless chosen.
    pub fn high_watermark(&self) -> usize {
        self.buffer_high_watermark.unwrap_or(self.socket_buffer_size / 5 * 4)
    }
}

/// How a plain TCP port cuts its stream into packages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FramingSettings {
    pub eof_check: bool,
    pub eof_split: bool,
    pub eof: Vec<u8>,
    pub length_check: bool,
    /// A letter of `pack()`.
    pub length_type: u8,
    pub length_offset: u32,
    pub body_offset: u32,
    /// A function finds the length. The function itself stays with PHP.
    pub length_func: bool,
    pub mqtt: bool,
    pub redis: bool,
}

pub(super) const SOCKET: &[Opt<SocketSettings>] = &[
    option!(One "open_http_protocol" = Derived, Setter::Bool(|s| &mut s.open_http),
        "Speaks HTTP; on for the first port of Http\\Server and WebSocket\\Server."),
    option!(One "package_max_length" = Int(2 << 20), Setter::Size(0, |s| &mut s.package_max_length),
        "Bytes of a request, of a frame with its header, and of a message; at least 65536."),
    option!(Two "backlog" = Int(512), Setter::Int(0, 65_535, |s| &mut s.backlog), "Connections that may wait for accept."),
    option!(One "socket_buffer_size" = Int(8 << 20), Setter::Custom(Kind::Size, |s, value, _| {
            let bytes = size(value);
            s.socket_buffer_size = if bytes == 0 { i32::MAX as usize } else { bytes };
        }), "Bytes that may wait to be sent on one connection; 0 is 2 GiB."),
    option!(Two "buffer_high_watermark" = Derived, Setter::Custom(Kind::Size, |s, value, _| {
            s.buffer_high_watermark = Some(size(value));
        }), "onBufferFull runs above this; four fifths of socket_buffer_size."),
    option!(Two "buffer_low_watermark" = Int(0), Setter::Size(0, |s| &mut s.buffer_low_watermark),
        "onBufferEmpty runs at or below this."),
    option!(Two "max_idle_time" = Float(0.0), Setter::Secs(|s| &mut s.max_idle_time),
        "A connection silent for so many seconds is closed; 0 is never."),
    option!(Three "kernel_socket_recv_buffer_size" = Int(0), Setter::Size(0, |s| &mut s.kernel_recv_buffer_size),
        "SO_RCVBUF; 0 leaves it to the kernel."),
    option!(Three "kernel_socket_send_buffer_size" = Int(0), Setter::Size(0, |s| &mut s.kernel_send_buffer_size),
        "SO_SNDBUF; 0 leaves it to the kernel."),
    option!(Two "open_tcp_nodelay" = Bool(true), Setter::Bool(|s| &mut s.tcp_nodelay), "TCP_NODELAY."),
    option!(Two "open_tcp_keepalive" = Bool(false), Setter::Bool(|s| &mut s.tcp_keepalive), "SO_KEEPALIVE."),
    option!(Two "tcp_keepidle" = Int(3600), Setter::Int(0, 32_767, |s| &mut s.tcp_keepidle), "TCP_KEEPIDLE in seconds."),
    option!(Two "tcp_keepinterval" = Int(60), Setter::Int(0, 32_767, |s| &mut s.tcp_keepinterval),
        "TCP_KEEPINTVL in seconds."),
    option!(Two "tcp_keepcount" = Int(5), Setter::Int(0, 127, |s| &mut s.tcp_keepcount), "TCP_KEEPCNT."),
    option!(Two "tcp_user_timeout" = Int(0), Setter::Int(0, i32::MAX as u32, |s| &mut s.tcp_user_timeout),
        "TCP_USER_TIMEOUT in milliseconds; 0 leaves it to the kernel."),
    option!(Three "tcp_defer_accept" = Int(0), Setter::Int(0, i32::MAX as u32, |s| &mut s.tcp_defer_accept),
        "TCP_DEFER_ACCEPT in seconds."),
    option!(Three "tcp_fastopen" = Bool(false), Setter::Bool(|s| &mut s.tcp_fastopen), "TCP_FASTOPEN."),
];

pub(super) const FRAMING: &[Opt<FramingSettings>] = &[
    option!(Three "open_eof_check" = Bool(false), Setter::Bool(|s| &mut s.eof_check), "Packages end with package_eof."),
    option!(Three "open_eof_split" = Bool(false), Setter::Bool(|s| &mut s.eof_split),
        "Packages that arrive together are taken apart."),
    option!(Three "package_eof" = Str("\r\n\r\n"), Setter::Custom(Kind::Str, set_eof), "How packages end; 8 bytes at most."),
    option!(Three "open_length_check" = Bool(false), Setter::Bool(|s| &mut s.length_check),
        "Packages begin with their length."),
    option!(Three "package_length_type" = Str("N"), Setter::Custom(Kind::Str, set_length_type),
        "How the length is written: a letter of pack()."),
    option!(Three "package_length_offset" = Int(0), Setter::Int(0, u32::MAX, |s| &mut s.length_offset),
        "Where the length begins."),
    option!(Three "package_body_offset" | "package_body_start" = Int(4), Setter::Int(0, u32::MAX, |s| &mut s.body_offset),
        "Where what the length counts begins."),
    option!(Three "package_length_func" = Derived, Setter::Custom(Kind::Callable, |s, value, complaints| {
            s.length_func = *value == OptionValue::Callable;
            if !s.length_func {
                let name = value.to_text();
                complaints.warn(format!("function '{}' is not callable", String::from_utf8_lossy(&name)));
            }
        }), "A function that finds the length: 0 waits for more bytes, -1 ends the connection."),
    option!(Three "open_mqtt_protocol" = Bool(false), Setter::Bool(|s| &mut s.mqtt), "Cuts packages as MQTT does."),
    option!(Three "open_redis_protocol" = Bool(false), Setter::Bool(|s| &mut s.redis), "Cuts packages as Redis does: each is one request."),
];

fn set_eof(s: &mut FramingSettings, value: &OptionValue, complaints: &mut Complaints) {
    let eof = value.to_text();
    match eof.len() {
        0 => complaints.fatal("package_eof cannot be an empty string"),
        1..=EOF_BYTES_MAX => s.eof = eof,
        _ => complaints.fatal(format!("package_eof max length is {EOF_BYTES_MAX}")),
    }
}

fn set_length_type(s: &mut FramingSettings, value: &OptionValue, complaints: &mut Complaints) {
    // The letters of pack() with a fixed size.
    match value.to_text().first() {
        Some(letter) if b"cCsSnvlLNVqQJP".contains(letter) => s.length_type = *letter,
        _ => complaints.fatal("unknown package_length_type, see pack(). Link: https://php.net/pack"),
    }
}

/// Swoole's limit, which scripts are told about.
const EOF_BYTES_MAX: usize = 8;

impl PortSettings {
    /// Becomes what the first port is: for a port that nobody has set. Its socket stays what it is.
    pub fn inherit(&mut self, first: &Self) {
        let Self { kind, ref tls, .. } = *self;
        *self = Self { kind, tls: tls.clone(), ..first.clone() };
    }

    /// What [`super::Settings::prepare`] does for a port: limits too small to work are raised.
    pub fn prepare(&mut self) {
        self.socket.package_max_length = self.socket.package_max_length.max(PACKAGE_BYTES_MIN);
        let package = self.socket.package_max_length;
        let websocket = &mut self.websocket;
        for limit in [&mut websocket.max_frame_size, &mut websocket.max_message_size] {
            if *limit == 0 {
                *limit = package;
            }
        }
        if self.kind.is_datagram() {
            websocket.open = false;
            self.socket.open_http = false;
        } else if websocket.open {
            self.socket.open_http = true;
        }
        if self.socket.open_http {
            let framing = &mut self.framing;
            (framing.eof_check, framing.length_check, framing.mqtt, framing.redis) =
                (false, false, false, false);
        }
        self.socket.backlog = clamp(self.socket.backlog.into(), 0, 65_535);
    }
}

/// A request with large cookies fits; Swoole raises smaller values too.
pub const PACKAGE_BYTES_MIN: usize = 64 << 10;
