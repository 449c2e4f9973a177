//! What a head may cost before it is refused. Bodies have their own limits (`body.rs`, `multipart.rs`).

/// Limits and options of one head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeadLimits {
    /// From the first byte up to and with the empty line.
    pub head_bytes: usize,
    /// Header lines.
    pub header_count: usize,
    /// Bytes of the request target.
    pub target_bytes: usize,
    /// Refuse HTTP/1.1 requests without `Host`, as RFC 9112, 3.2 asks of servers. Off by default, for heads that come
    /// from elsewhere than a client; the WebSocket handshake asks for it always.
    pub require_host: bool,
}

impl Default for HeadLimits {
    fn default() -> Self {
        Self {
            head_bytes: HEAD_BYTES,
            header_count: HEADER_COUNT,
            target_bytes: TARGET_BYTES,
            require_host: false,
        }
    }
}

/// Swoole's own bound on target and headers together; four times what Apache and nginx grant by default.
pub const HEAD_BYTES: usize = 64 * 1024;

/// Browsers send about 20 lines, proxies add about 10; Apache stops at 100.
pub const HEADER_COUNT: usize = 128;

/// RFC 9112, 3 asks for at least 8000. Half of the head, so that a long target cannot starve the headers.
pub const TARGET_BYTES: usize = 32 * 1024;

/// The longest registered method (`UPDATEREDIRECTREF`) has 17 bytes.
pub const METHOD_BYTES: usize = 24;
