//! Sections are those of RFC 7692 unless another is named.

use proptest::prelude::*;

use crate::protocol::extension::{
    DeflateConfig, DeflateParams, NegotiationError, accept, check, negotiate, offer,
};

const BOTH_FORGET: &str = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

/// As generous as a server can be: takeover on both sides.
fn generous() -> DeflateConfig {
    DeflateConfig { server_context_takeover: true, client_context_takeover: true, ..DeflateConfig::default() }
}

/// The answer of the default configuration, which forgets on both sides.
fn answer(header: &str) -> Option<String> {
    negotiate([header.as_bytes()], &DeflateConfig::default()).map(|(_, value)| value)
}

fn answer_with(config: DeflateConfig, header: &str) -> Option<String> {
    negotiate([header.as_bytes()], &config).map(|(_, value)| value)
}

fn accepted(config: DeflateConfig, header: &str) -> Result<Option<DeflateParams>, NegotiationError> {
    accept([header.as_bytes()], &config)
}

// The grammar (RFC 6455, 9.1).

#[test]
fn a_request_without_the_header_gets_no_answer() {
    assert_eq!(negotiate([], &generous()), None);
    assert_eq!(answer(""), None);
    assert_eq!(answer(" , ,"), None);
}

#[test]
fn blanks_and_empty_elements_do_not_matter() {
    for header in [
        "permessage-deflate",
        " \tpermessage-deflate ",
        ",, permessage-deflate ,",
        "permessage-deflate ; client_max_window_bits",
        "permessage-deflate;client_max_window_bits=\t15",
        "permessage-deflate\t;\t client_max_window_bits = 15 ",
    ] {
        assert_eq!(answer(header).as_deref(), Some(BOTH_FORGET), "{header:?}");
    }
}

#[test]
fn a_value_may_be_quoted_and_escaped() {
    for value in ["12", "\"12\"", "\"\\12\"", "\"\\1\\2\""] {
        let answer = answer(&format!("permessage-deflate; server_max_window_bits={value}")).unwrap();
        assert_eq!(answer, format!("{BOTH_FORGET}; server_max_window_bits=12"), "{value}");
    }
}

#[test]
fn a_header_that_breaks_the_grammar_counts_as_no_offer() {
    for header in [
        "permessage-deflate;",
        "permessage-deflate; ;",
        "permessage-deflate; =1",
        "permessage-deflate; client_max_window_bits=",
        "permessage-deflate; client_max_window_bits=\"",
        "permessage-deflate; client_max_window_bits=\"\"",
        "permessage-deflate; client_max_window_bits=\"12",
        "permessage-deflate; client_max_window_bits=\"12\\",
        "permessage-deflate; client_max_window_bits=\"1 2\"",
        "permessage-deflate; client_max_window_bits=\"12\"3",
        "permessage-deflate client_max_window_bits",
        "permessage deflate",
        "permessage-deflate, \"quoted\"",
        "permessage-deflate, x=1",
        ";permessage-deflate",
        "permessage-deflate, caf\u{e9}",
        "permessage-deflate\0",
    ] {
        assert_eq!(answer(header), None, "{header:?}");
        assert_eq!(check([header.as_bytes()]), Err(NegotiationError::Malformed), "{header:?}");
    }
}

#[test]
fn one_malformed_line_spoils_all_lines() {
    let lines = [&b"permessage-deflate"[..], b"x;"];
    assert_eq!(negotiate(lines, &generous()), None);
    assert_eq!(check(lines), Err(NegotiationError::Malformed));
}

#[test]
fn a_header_need_not_be_utf8() {
    assert_eq!(check([&b"permessage-deflate; x=\xff"[..]]), Err(NegotiationError::Malformed));
    assert_eq!(negotiate([&b"\xff"[..]], &generous()), None);
}

#[test]
fn unknown_extensions_follow_the_grammar_and_are_skipped() {
    let header = "x-webkit-deflate-frame, foo; bar=\"b\\az\"; qux, permessage-deflate, !#$%&'*+-.^_`|~";
    assert_eq!(check([header.as_bytes()]), Ok(()));
    assert_eq!(answer(header).as_deref(), Some(BOTH_FORGET));
}

#[test]
fn names_are_compared_as_written() {
    assert_eq!(answer("Permessage-Deflate"), None);
    assert_eq!(answer("permessage-deflate2, permessage-deflat"), None);
    assert_eq!(answer("permessage-deflate; Client_Max_Window_Bits"), None);
}

// Which offer is taken (section 5.1).

#[test]
fn the_first_offer_that_can_be_served_wins() {
    let header = "permessage-deflate; server_max_window_bits=8, \
                  permessage-deflate; nonsense, \
                  permessage-deflate; server_max_window_bits=10, \
                  permessage-deflate";
    let config = DeflateConfig { client_context_takeover: true, server_context_takeover: true, ..generous() };
    assert_eq!(answer_with(config, header).as_deref(), Some("permessage-deflate; server_max_window_bits=10"));
}

#[test]
fn offers_may_be_spread_over_several_lines() {
    let lines =
        [&b"foo"[..], b"permessage-deflate; nonsense", b"permessage-deflate; server_max_window_bits=11"];
    let (params, value) = negotiate(lines, &generous()).unwrap();
    assert_eq!(params.server_max_window_bits, 11);
    assert_eq!(value, "permessage-deflate; server_max_window_bits=11");
}

#[test]
fn an_offer_with_a_wrong_parameter_is_declined() {
    for params in [
        "nonsense",
        "nonsense=1",
        "server_no_context_takeover; server_no_context_takeover",
        "client_no_context_takeover; client_no_context_takeover",
        "server_max_window_bits=10; server_max_window_bits=10",
        "client_max_window_bits; client_max_window_bits=10",
        "server_no_context_takeover=1",
        "client_no_context_takeover=\"true\"",
        "server_max_window_bits",
        "server_max_window_bits=7",
        "server_max_window_bits=16",
        "server_max_window_bits=010",
        "server_max_window_bits=09",
        "server_max_window_bits=1",
        "server_max_window_bits=+9",
        "server_max_window_bits=9x",
        "server_max_window_bits=110",
        "client_max_window_bits=7",
        "client_max_window_bits=16",
        "client_max_window_bits=0",
        "client_max_window_bits=99999999999999999999",
    ] {
        assert_eq!(answer(&format!("permessage-deflate; {params}")), None, "{params}");
        let second = answer(&format!("permessage-deflate; {params}, permessage-deflate"));
        assert_eq!(second.as_deref(), Some(BOTH_FORGET), "{params}");
    }
}

// Context takeover (section 7.1.1).

#[test]
fn the_default_asks_both_ends_to_forget_their_context() {
    let (params, value) = negotiate([&b"permessage-deflate"[..]], &DeflateConfig::default()).unwrap();
    assert!(params.server_no_context_takeover && params.client_no_context_takeover);
    assert_eq!(value, BOTH_FORGET);
}

#[test]
fn takeover_is_granted_per_side() {
    let server = DeflateConfig { server_context_takeover: true, ..DeflateConfig::default() };
    let client = DeflateConfig { client_context_takeover: true, ..DeflateConfig::default() };
    for (config, value) in [
        (server, "permessage-deflate; client_no_context_takeover"),
        (client, "permessage-deflate; server_no_context_takeover"),
        (generous(), "permessage-deflate"),
    ] {
        assert_eq!(answer_with(config, "permessage-deflate").unwrap(), value);
    }
}

#[test]
fn what_the_client_asks_to_forget_is_forgotten() {
    for params in ["server_no_context_takeover", "client_no_context_takeover"] {
        let header = format!("permessage-deflate; {params}");
        assert_eq!(answer_with(generous(), &header), Some(header));
    }
}

// Window bits (section 7.1.2).

#[test]
fn the_servers_window_is_the_smaller_of_both_wishes() {
    for (asked, ours, agreed) in [(15, 15, 15), (9, 15, 9), (12, 10, 10), (10, 12, 10), (9, 9, 9)] {
        let config = DeflateConfig { server_max_window_bits: ours, ..generous() };
        let header = format!("permessage-deflate; server_max_window_bits={asked}");
        let (params, value) = negotiate([header.as_bytes()], &config).unwrap();
        assert_eq!(params.server_max_window_bits, agreed);
        assert_eq!(value, format!("permessage-deflate; server_max_window_bits={agreed}"));
    }
}

#[test]
fn the_server_may_limit_its_own_window_unasked() {
    let config = DeflateConfig { server_max_window_bits: 11, ..generous() };
    let (params, value) = negotiate([&b"permessage-deflate"[..]], &config).unwrap();
    assert_eq!((params.server_max_window_bits, params.client_max_window_bits), (11, 15));
    assert_eq!(value, "permessage-deflate; server_max_window_bits=11");
}

#[test]
fn a_server_window_of_eight_bits_is_declined() {
    assert_eq!(answer_with(generous(), "permessage-deflate; server_max_window_bits=8"), None);
    assert!(answer_with(generous(), "permessage-deflate; server_max_window_bits=9").is_some());
}

#[test]
fn the_clients_window_is_limited_only_if_it_lets_us() {
    let config = DeflateConfig { client_max_window_bits: 10, ..generous() };
    for (asked, agreed) in [("", 15), ("; client_max_window_bits", 10), ("; client_max_window_bits=12", 10)] {
        let (params, value) = negotiate([format!("permessage-deflate{asked}").as_bytes()], &config).unwrap();
        assert_eq!(params.client_max_window_bits, agreed);
        let limited = if agreed == 10 { "; client_max_window_bits=10" } else { "" };
        assert_eq!(value, format!("permessage-deflate{limited}"));
    }
}

#[test]
fn a_client_that_limits_itself_is_taken_at_its_word() {
    for bits in 8..=14 {
        let header = format!("permessage-deflate; client_max_window_bits={bits}");
        let (params, value) = negotiate([header.as_bytes()], &generous()).unwrap();
        assert_eq!(params.client_max_window_bits, bits);
        assert_eq!(value, header);
    }
}

#[test]
fn configured_bits_out_of_range_are_brought_into_it() {
    for (configured, used) in [(0, "=9"), (8, "=9"), (9, "=9"), (255, "")] {
        let config = DeflateConfig { server_max_window_bits: configured, ..generous() };
        let limited = if used.is_empty() { String::new() } else { format!("; server_max_window_bits{used}") };
        assert_eq!(
            answer_with(config, "permessage-deflate").unwrap(),
            format!("permessage-deflate{limited}")
        );
    }
    let config = DeflateConfig { level: 0, mem_level: 77, ..generous() };
    assert_eq!((config.level(), config.mem_level()), (1, 9));
}

// The client (sections 5 and 7.1).

#[test]
fn a_client_offers_what_it_wants() {
    let bits = DeflateConfig { server_max_window_bits: 11, client_max_window_bits: 10, ..generous() };
    for (config, value) in [
        (generous(), "permessage-deflate; client_max_window_bits"),
        (DeflateConfig::default(), &*format!("{BOTH_FORGET}; client_max_window_bits")),
        (bits, "permessage-deflate; server_max_window_bits=11; client_max_window_bits=10"),
    ] {
        assert_eq!(offer(&config), value);
    }
}

#[test]
fn a_server_that_answers_nothing_does_not_compress() {
    assert_eq!(accept([], &generous()), Ok(None));
    assert_eq!(accepted(generous(), ""), Ok(None));
}

#[test]
fn a_client_takes_the_answer_it_asked_for() {
    let params = accepted(generous(), "permessage-deflate").unwrap().unwrap();
    assert!(!params.server_no_context_takeover && !params.client_no_context_takeover);
    assert_eq!((params.server_max_window_bits, params.client_max_window_bits), (15, 15));

    let answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover; \
                  server_max_window_bits=8; client_max_window_bits=\"9\"";
    let params = accepted(generous(), answer).unwrap().unwrap();
    assert!(params.server_no_context_takeover && params.client_no_context_takeover);
    assert_eq!((params.server_max_window_bits, params.client_max_window_bits), (8, 9));
}

#[test]
fn a_client_that_said_it_forgets_forgets_whatever_the_answer() {
    let config = DeflateConfig { client_context_takeover: false, ..generous() };
    assert!(accepted(config, "permessage-deflate").unwrap().unwrap().client_no_context_takeover);
}

#[test]
fn a_client_refuses_an_answer_to_something_else() {
    use NegotiationError::*;
    for (answer, error) in [
        ("permessage-deflate;", Malformed),
        ("x-webkit-deflate-frame", NotOffered),
        ("permessage-deflate, foo", NotOffered),
        ("foo, permessage-deflate", NotOffered),
        ("permessage-deflate, permessage-deflate", AcceptedTwice),
        ("permessage-deflate; nonsense", UnknownParameter),
        ("permessage-deflate; server_no_context_takeover; server_no_context_takeover", DuplicateParameter),
        ("permessage-deflate; server_no_context_takeover=1", InvalidValue),
        ("permessage-deflate; server_max_window_bits", InvalidValue),
        ("permessage-deflate; server_max_window_bits=16", InvalidValue),
        ("permessage-deflate; client_max_window_bits", InvalidValue),
        ("permessage-deflate; client_max_window_bits=7", InvalidValue),
    ] {
        assert_eq!(accepted(generous(), answer), Err(error), "{answer}");
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn a_client_refuses_an_answer_weaker_than_its_offer() {
    let forget = DeflateConfig { server_context_takeover: false, ..generous() };
    let server_bits = DeflateConfig { server_max_window_bits: 11, ..generous() };
    let client_bits = DeflateConfig { client_max_window_bits: 11, ..generous() };
    for (config, answer) in [
        (forget, "permessage-deflate"),
        (server_bits, "permessage-deflate"),
        (server_bits, "permessage-deflate; server_max_window_bits=12"),
        (client_bits, "permessage-deflate; client_max_window_bits=12"),
    ] {
        assert_eq!(accepted(config, answer), Err(NegotiationError::NotAsOffered), "{answer}");
    }
    for (config, answer) in [
        (forget, "permessage-deflate; server_no_context_takeover"),
        (server_bits, "permessage-deflate; server_max_window_bits=11"),
        (client_bits, "permessage-deflate; client_max_window_bits=11"),
        (client_bits, "permessage-deflate"),
    ] {
        assert!(accepted(config, answer).is_ok(), "{answer}");
    }
}

fn config() -> impl Strategy<Value = DeflateConfig> {
    (any::<bool>(), any::<bool>(), 9..=15u8, 9..=15u8).prop_map(
        |(server, client, server_bits, client_bits)| DeflateConfig {
            server_context_takeover: server,
            client_context_takeover: client,
            server_max_window_bits: server_bits,
            client_max_window_bits: client_bits,
            ..DeflateConfig::default()
        },
    )
}

proptest! {
    #[test]
    fn our_client_and_our_server_always_agree(client in config(), server in config()) {
        let (params, answer) = negotiate([offer(&client).as_bytes()], &server).unwrap();
        prop_assert_eq!(accept([answer.as_bytes()], &client), Ok(Some(params)));
    }

    #[test]
    fn any_bytes_are_parsed_without_a_panic(lines in proptest::collection::vec(any::<Vec<u8>>(), 0..3)) {
        let lines = || lines.iter().map(|line| &line[..]);
        let malformed = check(lines()).is_err();
        prop_assert!(!malformed || negotiate(lines(), &generous()).is_none());
        prop_assert!(!malformed || accept(lines(), &generous()).is_err());
    }

    #[test]
    fn text_near_the_grammar_is_parsed_without_a_panic(line in "(permessage-deflate|[a-z]{1,3})([;,= \"\\\\]|client_max_window_bits|1[0-9]|x){0,8}") {
        let _ = (negotiate([line.as_bytes()], &generous()), accept([line.as_bytes()], &generous()));
    }
}
