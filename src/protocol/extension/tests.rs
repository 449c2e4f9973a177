//! Section numbers are those of RFC 7692 unless another is named.

use super::*;

fn negotiated(header: &str) -> Option<String> {
    negotiate([header.as_bytes()], &DeflateConfig::default()).map(|(_, value)| value)
}

const BOTH_FORGET: &str = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

#[test]
fn the_default_answer_asks_both_ends_to_forget_their_context() {
    assert_eq!(negotiated("permessage-deflate").as_deref(), Some(BOTH_FORGET));
    assert_eq!(negotiated("permessage-deflate; client_max_window_bits").as_deref(), Some(BOTH_FORGET));
}
