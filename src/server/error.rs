//! The one list of errors: every `SWOOLE_ERROR_*` code, its name and its text.
//!
//! Not the errors of the wire (those are `protocol::error`) and not exceptions. Called by whatever fails on behalf of a
//! PHP script; `php/constants.rs` registers the names and `swoole_strerror()` reads the texts.

use std::{borrow::Cow, fmt};

/// A code as `swoole_last_error()` reports it: one of the constants below, or an `errno` of the operating system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ErrorCode(i32);

impl ErrorCode {
    /// No error.
    pub const NONE: Self = Self(0);

    /// The code with this number, whether or not it has a name.
    pub const fn new(code: i32) -> Self {
        Self(code)
    }

    /// The number PHP sees.
    pub const fn code(self) -> i32 {
        self.0
    }

    /// The name without the prefix `SWOOLE_ERROR_`; `None` for an `errno` or an unknown number.
    pub fn name(self) -> Option<&'static str> {
        let at = ERRORS.binary_search_by_key(&self.0, |(_, error)| error.0).ok()?;
        Some(ERRORS[at].0)
    }
}

impl From<&std::io::Error> for ErrorCode {
    /// The `errno` behind an I/O error; a failure without one counts as a failed system call.
    fn from(error: &std::io::Error) -> Self {
        error.raw_os_error().map_or(Self::SYSTEM_CALL_FAIL, Self)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&strerror(self.0))
    }
}

/// Which list of texts a number belongs to: the `$error_type` of `swoole_strerror()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// `errno` below [`FIRST_CODE`], our list above it.
    System,
    /// `getaddrinfo()`.
    AddressInfo,
    /// `h_errno` of the old resolver.
    Resolver,
    /// Our list even where the number could be an `errno`.
    Swoole,
}

impl Domain {
    /// The domain of a `SWOOLE_STRERROR_*` value. An unknown value means the system's list, as in Swoole.
    pub const fn from_type(error_type: i64) -> Self {
        match error_type {
            1 => Self::AddressInfo,
            2 => Self::Resolver,
            9 => Self::Swoole,
            _ => Self::System,
        }
    }

    /// The text for `code` in this domain.
    pub fn text(self, code: i32) -> Cow<'static, str> {
        match self {
            Self::System | Self::Swoole => strerror(code),
            Self::AddressInfo => address_info_text(code).into(),
            Self::Resolver => resolver_text(code).into(),
        }
    }
}

/// The text for a code: the operating system's below [`FIRST_CODE`], one derived from the name above it.
pub fn strerror(code: i32) -> Cow<'static, str> {
    if code < FIRST_CODE {
        return errno_text(code).into();
    }
    match ErrorCode(code).name() {
        Some(name) => text_of_name(name).into(),
        None => format!("Unknown error {code}").into(),
    }
}

/// Codes from here on are ours; below lies `errno`.
pub const FIRST_CODE: i32 = 501;

macro_rules! errors {
    ($($name:ident = $code:literal;)*) => {
        impl ErrorCode {
            $(pub const $name: Self = Self($code);)*
        }

        /// Every error with its name (without the prefix `SWOOLE_ERROR_`), in ascending order of codes.
        pub const ERRORS: &[(&str, ErrorCode)] = &[$((stringify!($name), ErrorCode::$name)),*];
    };
}

errors! {
    // General.
    MALLOC_FAIL = 501;
    SYSTEM_CALL_FAIL = 502;
    PHP_FATAL_ERROR = 503;
    NAME_TOO_LONG = 504;
    INVALID_PARAMS = 505;
    QUEUE_FULL = 506;
    OPERATION_NOT_SUPPORT = 507;
    PROTOCOL_ERROR = 508;
    WRONG_OPERATION = 509;
    PHP_RUNTIME_NOTICE = 510;
    FOR_TEST = 511;
    NO_PAYLOAD = 550;
    UNDEFINED_BEHAVIOR = 600;
    NOT_THREAD_SAFETY = 601;
    // Files, names and addresses.
    FILE_NOT_EXIST = 700;
    FILE_TOO_LARGE = 701;
    FILE_EMPTY = 702;
    DIR_NOT_EXIST = 703;
    DNSLOOKUP_DUPLICATE_REQUEST = 710;
    DNSLOOKUP_RESOLVE_FAILED = 711;
    DNSLOOKUP_RESOLVE_TIMEOUT = 712;
    DNSLOOKUP_UNSUPPORTED = 713;
    DNSLOOKUP_NO_SERVER = 714;
    BAD_IPV6_ADDRESS = 720;
    UNREGISTERED_SIGNAL = 721;
    BAD_HOST_ADDR = 722;
    BAD_PORT = 723;
    BAD_SOCKET_TYPE = 724;
    // The event loop.
    EVENT_REMOVE_FAILED = 800;
    EVENT_ADD_FAILED = 801;
    EVENT_UPDATE_FAILED = 802;
    EVENT_UNKNOWN_DATA = 803;
    // Sessions and what they send.
    SESSION_CLOSED_BY_SERVER = 1001;
    SESSION_CLOSED_BY_CLIENT = 1002;
    SESSION_CLOSING = 1003;
    SESSION_CLOSED = 1004;
    SESSION_NOT_EXIST = 1005;
    SESSION_INVALID_ID = 1006;
    SESSION_DISCARD_TIMEOUT_DATA = 1007;
    SESSION_DISCARD_DATA = 1008;
    OUTPUT_BUFFER_OVERFLOW = 1009;
    OUTPUT_SEND_YIELD = 1010;
    SSL_NOT_READY = 1011;
    SSL_CANNOT_USE_SENFILE = 1012;
    SSL_EMPTY_PEER_CERTIFICATE = 1013;
    SSL_VERIFY_FAILED = 1014;
    SSL_BAD_CLIENT = 1015;
    SSL_BAD_PROTOCOL = 1016;
    SSL_RESET = 1017;
    SSL_HANDSHAKE_FAILED = 1018;
    SSL_CREATE_CONTEXT_FAILED = 1019;
    SSL_CREATE_SESSION_FAILED = 1020;
    // Packages.
    PACKAGE_LENGTH_TOO_LARGE = 1201;
    PACKAGE_LENGTH_NOT_FOUND = 1202;
    DATA_LENGTH_TOO_LARGE = 1203;
    PACKAGE_MALFORMED_DATA = 1204;
    // Tasks.
    TASK_PACKAGE_TOO_BIG = 2001;
    TASK_DISPATCH_FAIL = 2002;
    TASK_TIMEOUT = 2003;
    // HTTP/2.
    HTTP2_STREAM_ID_TOO_BIG = 3001;
    HTTP2_STREAM_NO_HEADER = 3002;
    HTTP2_STREAM_NOT_FOUND = 3003;
    HTTP2_STREAM_IGNORE = 3004;
    HTTP2_SEND_CONTROL_FRAME_FAILED = 3005;
    HTTP2_INTERNAL_ERROR = 3006;
    // Asynchronous files.
    AIO_BAD_REQUEST = 4001;
    AIO_CANCELED = 4002;
    AIO_TIMEOUT = 4003;
    // Clients.
    CLIENT_NO_CONNECTION = 5001;
    // Sockets.
    SOCKET_CLOSED = 6001;
    SOCKET_POLL_TIMEOUT = 6002;
    SOCKET_NOT_EXISTS = 6003;
    // SOCKS5 proxies.
    SOCKS5_UNSUPPORT_VERSION = 7001;
    SOCKS5_UNSUPPORT_METHOD = 7002;
    SOCKS5_AUTH_FAILED = 7003;
    SOCKS5_SERVER_ERROR = 7004;
    SOCKS5_HANDSHAKE_FAILED = 7005;
    SOCKS5_CONNECT_FAILED = 7006;
    // HTTP.
    HTTP_PROXY_HANDSHAKE_ERROR = 7101;
    HTTP_INVALID_PROTOCOL = 7102;
    HTTP_PROXY_HANDSHAKE_FAILED = 7103;
    HTTP_PROXY_BAD_RESPONSE = 7104;
    HTTP_CONFLICT_HEADER = 7105;
    HTTP_CONTEXT_UNAVAILABLE = 7106;
    HTTP_COOKIE_UNAVAILABLE = 7107;
    // WebSocket.
    WEBSOCKET_BAD_CLIENT = 8501;
    WEBSOCKET_BAD_OPCODE = 8502;
    WEBSOCKET_UNCONNECTED = 8503;
    WEBSOCKET_HANDSHAKE_FAILED = 8504;
    WEBSOCKET_PACK_FAILED = 8505;
    WEBSOCKET_UNPACK_FAILED = 8506;
    WEBSOCKET_INCOMPLETE_PACKET = 8507;
    // The server.
    SERVER_MUST_CREATED_BEFORE_CLIENT = 9001;
    SERVER_TOO_MANY_SOCKET = 9002;
    SERVER_WORKER_TERMINATED = 9003;
    SERVER_INVALID_LISTEN_PORT = 9004;
    SERVER_TOO_MANY_LISTEN_PORT = 9005;
    SERVER_PIPE_BUFFER_FULL = 9006;
    SERVER_NO_IDLE_WORKER = 9007;
    SERVER_ONLY_START_ONE = 9008;
    SERVER_SEND_IN_MASTER = 9009;
    SERVER_INVALID_REQUEST = 9010;
    SERVER_CONNECT_FAIL = 9011;
    SERVER_INVALID_COMMAND = 9012;
    SERVER_IS_NOT_REGULAR_FILE = 9013;
    SERVER_SEND_TO_WOKER_TIMEOUT = 9014;
    SERVER_INVALID_CALLBACK = 9015;
    SERVER_UNRELATED_THREAD = 9016;
    // Workers.
    SERVER_WORKER_EXIT_TIMEOUT = 9101;
    SERVER_WORKER_ABNORMAL_PIPE_DATA = 9102;
    SERVER_WORKER_UNPROCESSED_DATA = 9103;
    // Coroutines.
    CO_OUT_OF_COROUTINE = 10001;
    CO_HAS_BEEN_BOUND = 10002;
    CO_HAS_BEEN_DISCARDED = 10003;
    CO_MUTEX_DOUBLE_UNLOCK = 10004;
    CO_BLOCK_OBJECT_LOCKED = 10005;
    CO_BLOCK_OBJECT_WAITING = 10006;
    CO_YIELD_FAILED = 10007;
    CO_GETCONTEXT_FAILED = 10008;
    CO_SWAPCONTEXT_FAILED = 10009;
    CO_MAKECONTEXT_FAILED = 10010;
    CO_IOCPINIT_FAILED = 10011;
    CO_PROTECT_STACK_FAILED = 10012;
    CO_STD_THREAD_LINK_ERROR = 10013;
    CO_DISABLED_MULTI_THREAD = 10014;
    CO_CANNOT_CANCEL = 10015;
    CO_NOT_EXISTS = 10016;
    CO_CANCELED = 10017;
    CO_TIMEDOUT = 10018;
    CO_SOCKET_CLOSE_WAIT = 10019;
}

/// "SESSION_NOT_EXIST" says "Session not exist": words in lower case, the first letter in upper case, abbreviations as
/// people write them.
fn text_of_name(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 8);
    for (index, word) in name.split('_').enumerate() {
        if index > 0 {
            text.push(' ');
        }
        match ABBREVIATIONS.iter().find(|(short, _)| *short == word) {
            Some((_, long)) => text.push_str(long),
            None if index == 0 => {
                text.push_str(&word[..1]);
                text.push_str(&word[1..].to_ascii_lowercase());
            }
            None => text.push_str(&word.to_ascii_lowercase()),
        }
    }
    text
}

/// Words of names that are not simply put in lower case.
const ABBREVIATIONS: &[(&str, &str)] =
    &[("PHP", "PHP"), ("SSL", "SSL"), ("DNSLOOKUP", "DNS Lookup"), ("CO", "Coroutine")];

/// `strerror(3)` without its unsafe: the standard library's text less the number it appends.
fn errno_text(errno: i32) -> String {
    if errno == 0 {
        return "Success".to_owned();
    }
    let mut text = std::io::Error::from_raw_os_error(errno).to_string();
    if let Some(at) = text.rfind(" (os error ") {
        text.truncate(at);
    }
    text
}

/// What glibc's `gai_strerror` says; the numbers are those of Linux.
const fn address_info_text(code: i32) -> &'static str {
    match code {
        -1 => "Bad value for ai_flags",
        -2 => "Name or service not known",
        -3 => "Temporary failure in name resolution",
        -4 => "Non-recoverable failure in name resolution",
        -5 => "No address associated with hostname",
        -6 => "ai_family not supported",
        -7 => "ai_socktype not supported",
        -8 => "Servname not supported for ai_socktype",
        -9 => "Address family for hostname not supported",
        -10 => "Memory allocation failure",
        -11 => "System error",
        -100 => "Processing request in progress",
        -101 => "Request canceled",
        -102 => "Request not canceled",
        -103 => "All requests done",
        -104 => "Interrupted by a signal",
        -105 => "Parameter string not correctly encoded",
        _ => "Unknown error",
    }
}

/// What glibc's `hstrerror` says.
const fn resolver_text(code: i32) -> &'static str {
    match code {
        i32::MIN..=-1 => "Resolver internal error",
        0 => "Resolver Error 0 (no error)",
        1 => "Unknown host",
        2 => "Host name lookup failure",
        3 => "Unknown server error",
        4 => "No address associated with name",
        _ => "Unknown resolver error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_so_that_a_search_finds_each() {
        assert!(ERRORS.windows(2).all(|pair| pair[0].1.code() < pair[1].1.code()));
        for (name, error) in ERRORS {
            assert_eq!(error.name(), Some(*name));
        }
    }

    #[test]
    fn every_code_has_a_text_of_its_own() {
        let mut texts: Vec<_> = ERRORS.iter().map(|(_, error)| error.to_string()).collect();
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), ERRORS.len());
    }

    #[test]
    fn texts_follow_from_names() {
        for (code, text) in [
            (1005, "Session not exist"),
            (8503, "Websocket unconnected"),
            (8505, "Websocket pack failed"),
            (503, "PHP fatal error"),
            (510, "PHP runtime notice"),
            (5001, "Client no connection"),
            (7106, "Http context unavailable"),
            (9004, "Server invalid listen port"),
            (720, "Bad ipv6 address"),
            (1018, "SSL handshake failed"),
        ] {
            assert_eq!(strerror(code), text);
        }
    }

    #[test]
    fn numbers_below_the_first_code_are_errno() {
        assert_eq!(strerror(0), "Success");
        assert_eq!(strerror(2), "No such file or directory");
        assert_eq!(strerror(FIRST_CODE - 1), "Unknown error 500");
        assert_eq!(strerror(FIRST_CODE), "Malloc fail");
    }

    #[test]
    fn unknown_numbers_say_so_on_every_side() {
        assert_eq!(strerror(10020), "Unknown error 10020");
        assert_eq!(strerror(i32::MAX), "Unknown error 2147483647");
        assert_eq!(strerror(-1), "Unknown error -1");
        assert_eq!(strerror(i32::MIN), "Unknown error -2147483648");
    }

    #[test]
    fn the_type_chooses_the_list() {
        assert_eq!(Domain::from_type(0).text(1), strerror(1));
        assert_eq!(Domain::from_type(1).text(-2), "Name or service not known");
        assert_eq!(Domain::from_type(1).text(0), "Unknown error");
        assert_eq!(Domain::from_type(2).text(1), "Unknown host");
        assert_eq!(Domain::from_type(2).text(-1), "Resolver internal error");
        assert_eq!(Domain::from_type(2).text(5), "Unknown resolver error");
        assert_eq!(Domain::from_type(9).text(1005), "Session not exist");
        assert_eq!(Domain::from_type(-7), Domain::System);
    }

    #[test]
    fn io_errors_keep_their_errno() {
        assert_eq!(ErrorCode::from(&std::io::Error::from_raw_os_error(98)).code(), 98);
        let without = std::io::Error::other("no number");
        assert_eq!(ErrorCode::from(&without), ErrorCode::SYSTEM_CALL_FAIL);
    }
}
