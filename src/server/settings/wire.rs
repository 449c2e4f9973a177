//! The settings in the words of the protocol: what a port hands to the handshake and to its connections.
//!
//! Called after [`super::Settings::prepare`], which replaces the zeros that mean "as another limit".

use super::{HttpSettings, PortSettings, WebSocketSettings};
use crate::protocol::{
    connection::{Limits, Options},
    extension::DeflateConfig,
    framing::{Cut, Framing, LengthField, LengthKind},
    handshake::HandshakeOptions,
    http::HeadLimits,
};

impl PortSettings {
    /// What the opening handshake agrees to.
    pub fn handshake_options(&self) -> HandshakeOptions {
        let websocket = &self.websocket;
        let origins: Vec<_> = websocket.allowed_origins.iter().map(|origin| text(origin)).collect();
        HandshakeOptions {
            subprotocols: websocket.all_subprotocols().map(text).collect(),
            allowed_origins: (!origins.is_empty()).then_some(origins),
            deflate: websocket.deflate_config(),
        }
    }

    /// Whether a function of the script's knows how long a package is.
    pub fn measures(&self) -> bool {
        let framing = &self.framing;
        framing.length_check && framing.length_func && !framing.eof_check && !framing.eof_split
    }

    /// How a raw stream is cut into packages, unless [`PortSettings::measures`].
    pub fn framing(&self) -> Option<Framing> {
        let framing = &self.framing;
        if framing.eof_check || framing.eof_split {
            let cut = if framing.eof_split { Cut::Every } else { Cut::Last };
            return Some(Framing::Eof { mark: framing.eof.clone(), cut });
        }
        if framing.length_check {
            let kind = LengthKind::from_letter(framing.length_type)?;
            let (offset, body_offset) = (framing.length_offset as usize, framing.body_offset as usize);
            return Some(Framing::Length(LengthField { kind, offset, body_offset }));
        }
        if framing.mqtt {
            return Some(Framing::Mqtt);
        }
        framing.redis.then_some(Framing::Redis)
    }

    /// What every connection of the port obeys.
    pub fn connection_options(&self) -> Options {
        let websocket = &self.websocket;
        Options {
            auto_pong: !websocket.ping_frame,
            limits: Limits {
                frame_bytes_max: websocket.max_frame_size,
                message_bytes_max: websocket.max_message_size,
                inflated_bytes_max: websocket.max_message_size,
                fragments_max: websocket.max_fragments,
            },
        }
    }
}

impl WebSocketSettings {
    /// What we are willing to do about permessage-deflate; `None` unless compression is on.
    pub fn deflate_config(&self) -> Option<DeflateConfig> {
        let compression = &self.compression;
        // Clamped when they were set.
        let small = |value: u32| u8::try_from(value).unwrap_or(u8::MAX);
        compression.enabled.then(|| DeflateConfig {
            server_context_takeover: compression.server_context_takeover,
            client_context_takeover: compression.client_context_takeover,
            server_max_window_bits: small(compression.server_max_window_bits),
            client_max_window_bits: small(compression.client_max_window_bits),
            level: small(compression.level),
            mem_level: small(compression.mem_level),
            threshold: compression.threshold,
        })
    }
}

impl HttpSettings {
    /// What a request head may cost.
    pub fn head_limits(&self) -> HeadLimits {
        HeadLimits {
            head_bytes: self.max_header_size,
            header_count: self.max_headers as usize,
            // A long target must not starve the headers.
            target_bytes: self.max_header_size / 2,
            require_host: true,
        }
    }
}

/// Names on the wire are ASCII; what is not never matches.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
