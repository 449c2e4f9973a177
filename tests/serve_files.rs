//! Static files over sockets: served before the application is asked, in parts where the client wants parts, and never
//! from outside of the document root.
#![cfg(feature = "net")]

mod support;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use support::{Client, Echo, Server};
use swoole::serve::ServeOptions;
use swoole::server::settings::{Machine, Mode, OptionValue, Population, Settings};

const MACHINE: Machine = Machine { cpus: 1, open_files: 1024 };

/// A directory with the files of a small site, removed at the end.
struct Site(PathBuf);

impl Site {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("site-{name}-{}", std::process::id()));
        fs::create_dir_all(root.join("public/sub")).unwrap();
        let write = |name: &str, content: &str| fs::write(root.join(name), content).unwrap();
        write("public/a.txt", "0123456789");
        write("public/index.html", "<p>home</p>");
        write("public/empty.css", "");
        write("public/unknown.zzz", "what is it?");
        write("public/script.php", "<?php secret();");
        write("public/.env", "secret");
        write("public/sub/b c.js", "b()");
        write("secret.txt", "secret");
        Self(root)
    }

    /// A server for the site, with more options.
    fn serve(&self, more: &[(&str, OptionValue)]) -> Server {
        let mut settings = Settings::new(Mode::Base, MACHINE);
        settings.port.websocket.open = true;
        let root = OptionValue::Str(self.0.join("public").to_str().unwrap().into());
        let mut options = vec![
            ("enable_static_handler".to_owned(), OptionValue::Bool(true)),
            ("document_root".to_owned(), root),
        ];
        options.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let complaints = settings.set(&options);
        assert!(complaints.is_empty(), "{complaints:?}");
        assert!(settings.prepare(MACHINE, Population::default()).is_empty());
        Server::start(ServeOptions::new(&settings), || Echo)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn list(items: &[&str]) -> OptionValue {
    let items = items.iter().enumerate();
    OptionValue::Array(
        items
            .map(|(index, item)| {
                (swoole::server::settings::ArrayKey::Index(index as i64), OptionValue::Str((*item).into()))
            })
            .collect(),
    )
}

/// An answer: its status, its head in lower case without the date, its body.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

fn ask(client: &mut Client, line: &str, headers: &str) -> Answer {
    client.write(format!("{line} HTTP/1.1\r\nHost: h\r\n{headers}\r\n").as_bytes());
    let head = client.read_until("\r\n\r\n");
    let status = head[9..12].parse().unwrap();
    let mut answer = Answer { status, head: head.to_lowercase(), body: Vec::new() };
    let length = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
    if !line.starts_with("HEAD") {
        answer.body = client.read(length);
    }
    answer
}

/// What the application answers.
fn is_echo(answer: &Answer) -> bool {
    answer.status == 200 && answer.header("server").is_none() && answer.body.is_empty()
}

#[test]
fn a_file_has_its_type_its_length_and_its_validators() {
    let site = Site::new("whole");
    let server = site.serve(&[]);
    let mut client = server.connect();
    let answer = ask(&mut client, "GET /a.txt?version=2", "");
    assert_eq!((answer.status, answer.text()), (200, "0123456789"));
    assert_eq!(answer.header("content-type"), Some("text/plain"));
    assert!(answer.header("etag").is_some() && answer.header("last-modified").is_some());
    assert_eq!(answer.header("connection"), Some("keep-alive"));

    let head = ask(&mut client, "HEAD /a.txt", "Range: bytes=0-1\r\n");
    assert_eq!((head.status, head.header("content-length")), (200, Some("10")));
    let empty = ask(&mut client, "GET /empty.css", "");
    assert_eq!((empty.status, empty.header("content-length")), (200, Some("0")));
    assert_eq!(ask(&mut client, "GET /sub/b%20c.js", "").text(), "b()");

    let last = ask(&mut client, "GET /a.txt", "Connection: close\r\n");
    assert_eq!((last.header("connection"), client.read_to_end().len()), (Some("close"), 0));
}

#[test]
fn what_is_no_file_is_for_the_application() {
    let site = Site::new("application");
    let server = site.serve(&[]);
    let mut client = server.connect();
    for line in [
        "GET /",
        "GET /sub",
        "GET /nothing.txt",
        "GET /a.txt/",
        "GET /a.txt/more",
        "GET /unknown.zzz",
        "GET /script.php",
        "GET /.env",
        "DELETE /a.txt",
    ] {
        assert!(is_echo(&ask(&mut client, line, "")), "{line}");
    }
    assert!(client.handshake().starts_with("HTTP/1.1 101"));
}

#[test]
fn below_a_location_there_is_nothing_but_files() {
    let site = Site::new("locations");
    let server = site.serve(&[("static_handler_locations", list(&["/sub", "/unknown", "/script"]))]);
    let mut client = server.connect();
    assert!(is_echo(&ask(&mut client, "GET /a.txt", "")));
    assert!(is_echo(&ask(&mut client, "GET /sub", "")));
    assert_eq!(ask(&mut client, "GET /SUB/b%20c.js", "").status, 404);
    assert_eq!(ask(&mut client, "GET /sub/../a.txt", "").status, 404);
    assert_eq!(ask(&mut client, "GET /script.php", "").status, 404);
    assert_eq!(ask(&mut client, "GET /s%75b/b%20c.js", "").text(), "b()");
    let unknown = ask(&mut client, "GET /unknown.zzz", "");
    assert_eq!(
        (unknown.text(), unknown.header("content-type")),
        ("what is it?", Some("application/octet-stream"))
    );
    let missing = ask(&mut client, "GET /sub/none", "");
    assert!(missing.status == 404 && missing.text().contains("404 Not Found"));
}

#[test]
fn no_path_leads_out_of_the_root() {
    let site = Site::new("escape");
    let server = site.serve(&[]);
    let mut client = server.connect();
    for path in [
        "/../secret.txt",
        "/sub/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e%2fsecret.txt",
        "/%252e%252e/secret.txt",
        "/a.txt%00.html",
        "//etc/passwd",
    ] {
        assert!(is_echo(&ask(&mut client, &format!("GET {path}"), "")), "{path}");
    }
}

#[test]
fn links_that_the_owner_made_are_followed() {
    let site = Site::new("links");
    symlink("../secret.txt", site.0.join("public/storage.txt")).unwrap();
    symlink("nowhere.txt", site.0.join("public/dangling.txt")).unwrap();
    let server = site.serve(&[]);
    let mut client = server.connect();
    assert_eq!(ask(&mut client, "GET /storage.txt", "").text(), "secret");
    assert!(is_echo(&ask(&mut client, "GET /dangling.txt", "")));
}

#[test]
fn parts_are_sent_on_request() {
    let site = Site::new("ranges");
    let server = site.serve(&[]);
    let mut client = server.connect();
    let whole = ask(&mut client, "GET /a.txt", "");
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));

    let one = ask(&mut client, "GET /a.txt", "Range: bytes=2-4\r\n");
    assert_eq!((one.status, one.text(), one.header("content-range")), (206, "234", Some("bytes 2-4/10")));

    let several = ask(&mut client, "GET /a.txt", "Range: bytes=0-1,-2\r\n");
    let boundary =
        several.header("content-type").unwrap().strip_prefix("multipart/byteranges; boundary=").unwrap();
    let part = |range: &str, content: &str| {
        format!(
            "\r\n--{boundary}\r\nContent-Type: text/plain\r\nContent-Range: bytes {range}/10\r\n\r\n{content}"
        )
    };
    assert_eq!(several.text(), part("0-1", "01") + &part("8-9", "89") + &format!("\r\n--{boundary}--\r\n"));

    let beyond = ask(&mut client, "GET /a.txt", "Range: bytes=10-\r\n");
    assert_eq!((beyond.status, beyond.header("content-range")), (416, Some("bytes */10")));

    let etag = whole.header("etag").unwrap();
    let fresh = ask(&mut client, "GET /a.txt", &format!("Range: bytes=0-0\r\nIf-Range: {etag}\r\n"));
    assert_eq!(fresh.text(), "0");
    let stale = ask(&mut client, "GET /a.txt", "Range: bytes=0-0\r\nIf-Range: \"other\"\r\n");
    assert_eq!((stale.status, stale.text()), (200, "0123456789"));
}

#[test]
fn a_client_that_has_the_file_does_not_get_it_again() {
    let site = Site::new("conditions");
    let server = site.serve(&[]);
    let mut client = server.connect();
    let whole = ask(&mut client, "GET /a.txt", "");
    let (etag, modified) = (whole.header("etag").unwrap(), whole.header("last-modified").unwrap());
    // The head was made lower case.
    let modified = modified.replace("gmt", "GMT");
    let modified: String = modified.split_inclusive(' ').map(capital).collect();
    for (header, status) in [
        (format!("If-None-Match: {etag}"), 304),
        ("If-None-Match: \"other\"".to_owned(), 200),
        (format!("If-Modified-Since: {modified}"), 304),
        ("If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT".to_owned(), 200),
        (format!("If-Match: {etag}"), 200),
        ("If-Match: \"other\"".to_owned(), 412),
        ("If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT".to_owned(), 412),
    ] {
        for method in ["GET", "HEAD"] {
            let answer = ask(&mut client, &format!("{method} /a.txt"), &format!("{header}\r\n"));
            assert_eq!((answer.status, answer.header("etag")), (status, Some(etag)), "{method} {header}");
        }
    }
}

fn capital(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

#[test]
fn index_files_stand_for_their_directory_and_a_listing_for_the_others() {
    let site = Site::new("index");
    let options = [
        ("http_index_files", list(&["none.html", "index.html"])),
        ("http_autoindex", OptionValue::Bool(true)),
    ];
    let server = site.serve(&options);
    let mut client = server.connect();
    let home = ask(&mut client, "GET /", "");
    assert_eq!((home.text(), home.header("content-type")), ("<p>home</p>", Some("text/html")));
    for line in ["GET /sub", "GET /sub/"] {
        let listing = ask(&mut client, line, "");
        assert!(listing.text().contains("<a href=\"/sub/b%20c.js\">b c.js</a>"), "{listing:?}");
    }
    assert!(ask(&mut client, "HEAD /sub", "").header("content-length").is_some_and(|length| length != "0"));
    assert_eq!(ask(&mut client, "GET /a.txt", "").text(), "0123456789");
}

#[test]
fn rewritten_paths_name_other_files() {
    let site = Site::new("rewrite");
    let key = |name: &str| swoole::server::settings::ArrayKey::Name(name.into());
    let rules = OptionValue::Array(vec![(key("^/v\\d+/(.*)$"), OptionValue::Str("/$1".into()))]);
    let server = site.serve(&[("url_rewrite_rules", rules)]);
    let mut client = server.connect();
    assert_eq!(ask(&mut client, "GET /v12/a.txt", "").text(), "0123456789");
    assert!(is_echo(&ask(&mut client, "GET /v12/../../secret.txt", "")));
}

#[test]
fn requests_behind_a_file_wait_for_it() {
    let site = Site::new("pipeline");
    let server = site.serve(&[]);
    let mut client = server.connect();
    let large: Vec<u8> = (0..3_000_000_u32).map(|n| (n >> 3) as u8).collect();
    fs::write(site.0.join("public/large.bin"), &large).unwrap();
    client.write(b"GET /large.bin HTTP/1.1\r\nHost: h\r\n\r\nPOST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nnext");
    let head = client.read_until("\r\n\r\n");
    assert!(head.contains("Content-Length: 3000000"));
    assert!(client.read(large.len()) == large);
    assert!(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 OK"));
    assert_eq!(client.read(4), b"next");
}

#[test]
fn a_client_that_does_not_read_holds_a_piece_and_the_others_are_served() {
    let site = Site::new("slow");
    let large = vec![7; 32 << 20];
    fs::write(site.0.join("public/large.bin"), &large).unwrap();
    let server = site.serve(&[("socket_buffer_size", OptionValue::Int(1 << 20))]);
    let mut slow: Vec<Client> = (0..8).map(|_| server.connect()).collect();
    for client in &mut slow {
        client.write(b"GET /large.bin HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    let mut quick = server.connect();
    for _ in 0..50 {
        assert_eq!(ask(&mut quick, "GET /a.txt", "").text(), "0123456789");
    }
    for client in &mut slow[..2] {
        client.read_until("\r\n\r\n");
        assert!(client.read(large.len()) == large);
    }
    // The others are cut off with the server.
}

#[test]
fn a_file_that_shrinks_while_it_is_sent_cuts_the_connection() {
    let site = Site::new("shrink");
    let path = site.0.join("public/large.bin");
    fs::write(&path, vec![7; 64 << 20]).unwrap();
    let server = site.serve(&[]);
    let mut client = server.connect();
    client.write(b"GET /large.bin HTTP/1.1\r\nHost: h\r\n\r\n");
    client.read_until("\r\n\r\n");
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(1).unwrap();
    let mut bytes = Vec::new();
    // A reset or an end: anything but the announced number of bytes.
    let _ = std::io::Read::read_to_end(&mut client.0, &mut bytes);
    assert!(bytes.len() < 64 << 20);
    assert_eq!(ask(&mut server.connect(), "GET /a.txt", "").text(), "0123456789");
}

#[test]
fn a_client_that_has_closed_its_side_gets_the_whole_file() {
    let site = Site::new("half");
    let large = vec![7; 8 << 20];
    fs::write(site.0.join("public/large.bin"), &large).unwrap();
    let server = site.serve(&[]);
    let mut client = server.connect();
    client.write(b"GET /large.bin HTTP/1.1\r\nHost: h\r\n\r\n");
    client.0.shutdown(std::net::Shutdown::Write).unwrap();
    let bytes = client.read_to_end();
    assert!(bytes.ends_with(&large[..]));
}
