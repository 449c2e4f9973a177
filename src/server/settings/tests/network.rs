//! Options of sockets, HTTP, WebSocket and TLS.

use std::time::Duration;

use super::*;
use crate::{
    protocol::{connection::Options, extension::DeflateConfig, http::HeadLimits},
    server::error::ErrorCode,
};

#[test]
fn a_port_that_nobody_configured_has_the_defaults_of_swoole() {
    let socket = base().port.socket;
    assert_eq!(
        (socket.package_max_length, socket.backlog, socket.socket_buffer_size),
        (2_097_152, 512, 8 << 20)
    );
    assert_eq!((socket.tcp_nodelay, socket.tcp_keepalive), (true, false));
    assert_eq!((socket.tcp_keepidle, socket.tcp_keepinterval, socket.tcp_keepcount), (3600, 60, 5));
    assert_eq!((socket.max_idle_time, socket.buffer_low_watermark), (None, 0));
    assert_eq!(base().session.output_buffer_size, 4_294_967_295);
}

#[test]
fn backlog_stays_within_its_ends() {
    assert_eq!(with("backlog", OptionValue::Int(-1)).port.socket.backlog, 0);
    assert_eq!(with("backlog", OptionValue::Int(65_535)).port.socket.backlog, 65_535);
    assert_eq!(with("backlog", OptionValue::Int(65_536)).port.socket.backlog, 65_535);
}

#[test]
fn an_empty_socket_buffer_means_two_gigabytes() {
    assert_eq!(with("socket_buffer_size", OptionValue::Int(0)).port.socket.socket_buffer_size, 0x7fff_ffff);
    assert_eq!(with("socket_buffer_size", OptionValue::Int(-5)).port.socket.socket_buffer_size, 0x7fff_ffff);
    assert_eq!(with("socket_buffer_size", OptionValue::Int(1)).port.socket.socket_buffer_size, 1);
}

#[test]
fn the_high_watermark_is_four_fifths_of_the_buffer_unless_chosen() {
    assert_eq!(with("socket_buffer_size", OptionValue::Int(1000)).port.socket.high_watermark(), 800);
    assert_eq!(with("buffer_high_watermark", OptionValue::Int(5)).port.socket.high_watermark(), 5);
    assert_eq!(with("buffer_high_watermark", OptionValue::Int(0)).port.socket.high_watermark(), 0);
}

#[test]
fn websocket_options_of_the_page_reach_their_fields() {
    let defaults = base().port.websocket;
    assert!(
        !defaults.close_frame
            && !defaults.ping_frame
            && !defaults.pong_frame
            && !defaults.compression.enabled
    );
    assert_eq!(defaults.subprotocol, b"");
    assert_eq!(with("websocket_subprotocol", text("chat")).port.websocket.subprotocol, b"chat");
    assert!(with("open_websocket_close_frame", OptionValue::Bool(true)).port.websocket.close_frame);
    assert!(with("open_websocket_ping_frame", OptionValue::Bool(true)).port.websocket.ping_frame);
    assert!(with("open_websocket_pong_frame", OptionValue::Bool(true)).port.websocket.pong_frame);
    assert!(with("websocket_compression", OptionValue::Bool(true)).port.websocket.compression.enabled);
    assert!(with("open_websocket_protocol", OptionValue::Bool(true)).port.websocket.open);
}

#[test]
fn our_websocket_options_have_limits_that_hold() {
    let defaults = base().port.websocket;
    assert_eq!(defaults.handshake_timeout, Some(Duration::from_secs(30)));
    assert_eq!(defaults.close_timeout, Some(Duration::from_secs(2)));
    assert_eq!((defaults.ping_interval, defaults.idle_timeout, defaults.pong_deadline()), (None, None, None));
    assert_eq!((defaults.max_fragments, defaults.compression.threshold), (131_072, 64));
    assert_eq!((defaults.compression.level, defaults.compression.mem_level), (1, 8));
    assert_eq!(
        (defaults.compression.server_max_window_bits, defaults.compression.client_max_window_bits),
        (15, 15)
    );
    for (given, kept) in [(8, 9), (9, 9), (15, 15), (16, 15), (-1, 9)] {
        let bits = OptionValue::Int(given);
        let server =
            with("websocket_compression_server_max_window_bits", bits.clone()).port.websocket.compression;
        let client = with("websocket_compression_client_max_window_bits", bits).port.websocket.compression;
        assert_eq!((server.server_max_window_bits, client.client_max_window_bits), (kept, kept));
    }
    for (given, kept) in [(0, 1), (1, 1), (9, 9), (10, 9)] {
        let settings = with("websocket_compression_level", OptionValue::Int(given));
        assert_eq!(settings.port.websocket.compression.level, kept);
    }
    assert_eq!(with("websocket_max_fragments", OptionValue::Int(0)).port.websocket.max_fragments, 1);
}

#[test]
fn a_pong_may_take_as_long_as_the_pings_are_apart_unless_chosen() {
    let mut settings = with("websocket_ping_interval", OptionValue::Float(2.5));
    assert_eq!(settings.port.websocket.pong_deadline(), Some(Duration::from_millis(2500)));
    set(&mut settings, &[("websocket_pong_timeout", OptionValue::Int(1))]);
    assert_eq!(settings.port.websocket.pong_deadline(), Some(Duration::from_secs(1)));
}

#[test]
fn lists_take_arrays_and_single_values() {
    let origins = |value| with("websocket_allowed_origins", value).port.websocket.allowed_origins;
    assert_eq!(origins(strings(&["https://a", "https://b"])), [b"https://a", b"https://b"]);
    assert_eq!(origins(text("https://a")), [b"https://a"]);
    assert!(origins(strings(&[])).is_empty());
}

#[test]
fn several_subprotocols_stand_beside_the_single_one() {
    let mut settings = with("websocket_subprotocol", text("old"));
    set(&mut settings, &[("websocket_subprotocols", strings(&["v2", "v1"]))]);
    let offered: Vec<_> = settings.port.websocket.all_subprotocols().collect();
    assert_eq!(offered, [&b"v2"[..], b"v1", b"old"]);
    assert_eq!(base().port.websocket.all_subprotocols().count(), 0);
}

#[test]
fn the_overflow_policy_is_one_of_three_words() {
    assert_eq!(base().session.outbox_overflow, Overflow::Fail);
    assert_eq!(with("outbox_overflow", text("drop")).session.outbox_overflow, Overflow::Drop);
    assert_eq!(with("outbox_overflow", text("close")).session.outbox_overflow, Overflow::Close);
    let (severity, text) = complaint("outbox_overflow", text("explode"));
    assert_eq!(
        (severity, text.as_str()),
        (Severity::Warning, "outbox_overflow must be \"fail\", \"drop\" or \"close\"")
    );
}

#[test]
fn limits_of_memory_have_defaults_and_floors() {
    assert_eq!((base().session.outbox_total_limit, base().session.mailbox_limit), (64 << 20, 64 << 20));
    assert_eq!(with("outbox_total_limit", text("1G")).session.outbox_total_limit, 1 << 30);
    assert_eq!(with("mailbox_limit", OptionValue::Int(0)).session.mailbox_limit, 64 << 10);
    let header = |bytes| with("http_max_header_size", OptionValue::Int(bytes)).http.max_header_size;
    assert_eq!((header(0), header(8192), header(1 << 30)), (4096, 8192, 1 << 20));
    assert_eq!(with("http_max_headers", OptionValue::Int(1)).http.max_headers, 16);
}

#[test]
fn http_options_have_the_defaults_of_swoole() {
    let http = base().http;
    assert!(http.parse_cookie && http.parse_post && !http.parse_files && http.compression);
    assert_eq!((http.compression_level, http.compression_min_length), (1, 20));
    assert_eq!((http.upload_tmp_dir.as_slice(), http.upload_max_filesize), (&b"/tmp"[..], 0));
    assert!(!http.static_handler && !http.autoindex && http.index_files.is_empty());
    assert_eq!((http.max_header_size, http.max_headers), (65_536, 128));
}

#[test]
fn http_options_that_must_be_arrays_end_the_script_otherwise() {
    for (name, expected) in [
        ("http_compression_types", "http_compression_types must be array"),
        ("static_handler_locations", "static_handler_locations num must be array"),
        ("http_index_files", "http_index_files must be array"),
        ("url_rewrite_rules", "url_rewrite_rules must be array"),
    ] {
        assert_eq!(complaint(name, text("x")), (Severity::Fatal, expected.to_owned()));
    }
    let mut settings = base();
    set(
        &mut settings,
        &[("http_compression", OptionValue::Bool(false)), ("compression_types", strings(&["text/html"]))],
    );
    assert!(settings.http.compression, "naming types turns compression on");
    let rules = with("url_rewrite_rules", map(&[("/a", text("/b"))])).http.url_rewrite_rules;
    assert_eq!(rules, [(b"/a".to_vec(), b"/b".to_vec())]);
}

#[test]
fn negative_lengths_are_warned_about_and_ignored() {
    let (severity, message) = complaint("http_compression_min_length", OptionValue::Int(-1));
    assert_eq!(severity, Severity::Warning);
    assert_eq!(message, "compression_min_length must be greater than or equal to 0, got -1");
    assert_eq!(complaint("upload_max_filesize", text("-1K")).0, Severity::Warning);
    assert_eq!(complaint("http2_max_frame_size", OptionValue::Int(-1)).0, Severity::Warning);
    assert_eq!(with("compression_min_length", OptionValue::Int(0)).http.compression_min_length, 0);
}

#[test]
fn a_document_root_must_exist() {
    let settings = with("document_root", text("/proc/self/.."));
    assert_eq!(settings.http.document_root, b"/proc");
    let mut settings = base();
    let complaints = set(&mut settings, &[("document_root", text("/nonexistent/dir"))]);
    assert!(complaints.has_refusal());
    assert_eq!(
        complaints.iter().next().and_then(|complaint| complaint.error),
        Some(ErrorCode::DIR_NOT_EXIST)
    );
    assert_eq!(settings.http.document_root, b"");
    assert_eq!(complaint("document_root", text(&"x".repeat(4096))).0, Severity::Fatal);
    assert_eq!(complaint("upload_tmp_dir", text("/proc/nonexistent")).0, Severity::Fatal);
}

#[test]
fn tls_options_count_only_on_a_port_with_tls() {
    assert!(with("ssl_cert_file", text("/nonexistent.pem")).port.tls.cert_file.is_empty());
    let mut settings = base();
    settings.port.tls.enabled = true;
    let complaints = set(&mut settings, &[("ssl_cert_file", text("/nonexistent.pem"))]);
    let texts: Vec<_> = complaints.iter().map(|complaint| complaint.text.as_str()).collect();
    assert_eq!(texts, ["ssl cert file[/nonexistent.pem] not found"]);
    assert!(complaints.has_fatal());
}

#[test]
fn a_tls_port_says_what_it_lacks() {
    let mut settings = base();
    settings.port.tls.enabled = true;
    assert_eq!(settings.port.tls.obstacle(), Some("require `ssl_cert_file` and `ssl_key_file` options"));
    set(&mut settings, &[("ssl_cert_file", text("/dev/null")), ("ssl_key_file", text("/dev/null"))]);
    assert_eq!(settings.port.tls.obstacle(), None);
    set(&mut settings, &[("ssl_verify_peer", OptionValue::Bool(true))]);
    assert!(settings.port.tls.obstacle().is_some_and(|text| text.contains("ssl_cafile")));
    set(&mut settings, &[("ssl_cafile", text("/dev/null"))]);
    assert_eq!(settings.port.tls.obstacle(), None);
}

#[test]
fn certificates_by_host_are_a_map_of_maps() {
    let mut settings = base();
    settings.port.tls.enabled = true;
    let certs = map(&[("ssl_cert_file", text("c")), ("ssl_key_file", text("k"))]);
    let hosts = map(&[("a.example", certs), ("broken", text("x"))]);
    assert!(set(&mut settings, &[("ssl_sni_certs", hosts)]).is_empty());
    let expected = SniCert { host: b"a.example".into(), cert_file: b"c".into(), key_file: b"k".into() };
    assert_eq!(settings.port.tls.sni_certs, [expected]);
    assert_eq!(set(&mut settings, &[("ssl_sni_certs", text("x"))]).iter().count(), 1);
}

#[test]
fn package_options_are_checked() {
    assert_eq!(complaint("package_eof", text("")).1, "package_eof cannot be an empty string");
    assert_eq!(complaint("package_eof", text("123456789")).1, "package_eof max length is 8");
    assert_eq!(with("package_eof", text("12345678")).port.framing.eof, b"12345678");
    assert_eq!(complaint("package_length_type", text("z")).0, Severity::Fatal);
    assert_eq!(with("package_length_type", text("n")).port.framing.length_type, b'n');
}

#[test]
fn the_defaults_are_those_of_the_protocol() {
    let mut settings = with("websocket_compression", OptionValue::Bool(true));
    settings.prepare(MACHINE, Population::default());
    assert_eq!(settings.port.websocket.deflate_config(), Some(DeflateConfig::default()));
    assert_eq!(settings.port.connection_options(), Options::default());
    // A server asks for more than a parser.
    assert_eq!(settings.http.head_limits(), HeadLimits { require_host: true, ..HeadLimits::default() });
}

#[test]
fn the_handshake_gets_what_was_set() {
    let plain = base().port.handshake_options();
    assert_eq!((plain.allowed_origins, plain.deflate.is_none(), plain.subprotocols.len()), (None, true, 0));
    let mut settings = with("websocket_allowed_origins", text("https://a"));
    set(
        &mut settings,
        &[("websocket_subprotocol", text("chat")), ("websocket_compression", OptionValue::Bool(true))],
    );
    let options = settings.port.handshake_options();
    assert_eq!(options.allowed_origins, Some(vec!["https://a".to_owned()]));
    assert_eq!(options.subprotocols, ["chat"]);
    assert!(options.deflate.is_some());
}

#[test]
fn connections_get_what_was_set() {
    let mut settings = with("open_websocket_ping_frame", OptionValue::Bool(true));
    set(
        &mut settings,
        &[("websocket_max_message_size", text("1K")), ("websocket_max_fragments", OptionValue::Int(5))],
    );
    settings.prepare(MACHINE, Population::default());
    let options = settings.port.connection_options();
    assert!(!options.auto_pong, "the script answers pings");
    assert_eq!((options.limits.message_bytes_max, options.limits.inflated_bytes_max), (1024, 1024));
    assert_eq!((options.limits.frame_bytes_max, options.limits.fragments_max), (2 << 20, 5));
}
