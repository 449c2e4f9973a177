//! Properties and arguments become a request.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::settings::Settings;
use super::{
    COOKIES, Client, HOST, HTTP_PORT, HTTPS_PORT, PORT, REQUEST_BODY, REQUEST_HEADERS, REQUEST_METHOD, SSL,
    upload,
};
use crate::client::{Piece, Request};
use crate::php::http::cookie::url_encode;
use crate::php::http::response::key_bytes;
use crate::zend::{Arg, Array, Call, Callback, FromArg, Kind, Object, Result, Str, Value};

/// `array|string`: a body.
pub struct Data(pub Value);

impl<'a> FromArg<'a> for Data {
    fn from_arg(arg: Arg<'a>) -> Result<Self> {
        match arg.peek().kind() {
            Kind::Array => Ok(Self(arg.value().unref())),
            Kind::Null | Kind::Object => Err(arg.wrong_type("of type array|string")),
            _ => Str::from_arg(arg).map(|text| Self(Value::from(text.as_bytes()))),
        }
    }
}

pub fn set_basic_auth(client: &Client, call: &mut Call<'_>) -> Result {
    let username: &[u8] = call.arg()?;
    let password: &[u8] = call.arg()?;
    let credentials = STANDARD.encode([username, b":", password].concat());
    client.authorization.replace(Some(format!("Basic {credentials}").into_bytes()));
    Ok(())
}

/// The request that the properties describe. `Err` when a value has no text.
pub fn request(client: &Client, this: &Object, path: &[u8], settings: &Settings) -> Result<Request> {
    let mut headers = headers(client, this, settings)?;
    let files = upload::files(this);
    let (body, content_type) = body(this, &files)?;
    if let Some(content_type) = content_type
        && (!files.is_empty() || !names(&headers, b"content-type"))
    {
        headers.retain(|(name, _)| !name.eq_ignore_ascii_case(b"content-type"));
        headers.push((b"Content-Type".to_vec(), content_type.into_bytes()));
    }
    let method = match this.get(&REQUEST_METHOD) {
        method if method.is_null() || method.to_str()?.is_empty() => {
            if body.is_empty() {
                "GET".into()
            } else {
                "POST".into()
            }
        }
        method => method.to_str()?.to_text().into_owned(),
    };
    Ok(Request { method, target: target(path), headers, body })
}

/// Headers of the script and our own, `Host` first. What frames the body is left to whoever writes it.
pub fn headers(client: &Client, this: &Object, settings: &Settings) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut own = Vec::new();
    if let Some(array) = this.get(&REQUEST_HEADERS).as_array() {
        collect(array, &mut own)?;
    }
    own.retain(|(name, _)| !FRAMING.iter().any(|framing| name.eq_ignore_ascii_case(framing)));
    let mut headers = Vec::with_capacity(own.len() + 5);
    let connection = if settings.keep_alive() { b"keep-alive".as_slice() } else { b"close" };
    // RFC 9110, 7.2: "A user agent that sends Host SHOULD send it as the first field".
    for (name, value) in [
        (b"Host".as_slice(), Some(host(this)?)),
        (b"Connection", Some(connection.to_vec())),
        (b"Authorization", client.authorization.borrow().clone()),
        (b"Accept-Encoding", settings.decode().then(|| CODINGS.to_vec())),
        (b"Cookie", cookies(this)?),
    ] {
        match own.iter().position(|(own, _)| own.eq_ignore_ascii_case(name)) {
            Some(at) if name == b"Host" => headers.push(own.remove(at)),
            Some(_) => {}
            None => headers.extend(value.map(|value| (name.to_vec(), value))),
        }
    }
    headers.append(&mut own);
    Ok(headers)
}

/// A header with a list is sent once for each of its values.
fn collect(array: &Array, headers: &mut Vec<(Vec<u8>, Vec<u8>)>) -> Result {
    for (key, value) in array.iter() {
        let (name, value) = (key_bytes(&key), value.unref());
        match value.as_array() {
            Some(values) => {
                for value in values.values() {
                    headers.push((name.clone(), value.to_str()?.as_bytes().to_vec()));
                }
            }
            None => headers.push((name.clone(), value.to_str()?.as_bytes().to_vec())),
        }
    }
    Ok(())
}

fn names(headers: &[(Vec<u8>, Vec<u8>)], wanted: &[u8]) -> bool {
    headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted))
}

/// The host as the constructor got it, with a port that is not the scheme's own.
pub fn host(this: &Object) -> Result<Vec<u8>> {
    let host = this.get(&HOST).to_str()?;
    if host.as_bytes().starts_with(b"unix:") {
        return Ok(b"localhost".to_vec());
    }
    let port = this.get(&PORT).to_long();
    let bare_v6 = host.as_bytes().contains(&b':') && !host.as_bytes().starts_with(b"[");
    let host = if bare_v6 { format!("[{host}]") } else { host.to_string() };
    let usual = if this.get(&SSL).to_bool() { HTTPS_PORT } else { HTTP_PORT };
    Ok(if port == i64::from(usual) { host } else { format!("{host}:{port}") }.into_bytes())
}

/// The jar as one line; None when it is empty.
fn cookies(this: &Object) -> Result<Option<Vec<u8>>> {
    let cookies = this.get(&COOKIES);
    let Some(cookies) = cookies.as_array() else { return Ok(None) };
    let mut line = Vec::new();
    for (key, value) in cookies.iter() {
        if !line.is_empty() {
            line.extend_from_slice(b"; ");
        }
        line.extend_from_slice(&key_bytes(&key));
        line.push(b'=');
        url_encode(value.unref().to_str()?.as_bytes(), &mut line);
    }
    Ok((!line.is_empty()).then_some(line))
}

/// The body, and the type that goes with it.
fn body(this: &Object, files: &[upload::Upload]) -> Result<(Vec<Piece>, Option<String>)> {
    let data = this.get(&REQUEST_BODY);
    if !files.is_empty() {
        let fields = data.as_array().cloned().unwrap_or_default();
        return upload::form(&fields, files).map(|(body, content_type)| (body, Some(content_type)));
    }
    Ok(match data.as_array() {
        Some(_) => {
            let query = Callback::new(&Value::from("http_build_query"))?.call(&[data])?.to_str()?;
            (pieces(query.as_bytes()), Some("application/x-www-form-urlencoded".into()))
        }
        None => (pieces(data.to_str()?.as_bytes()), None),
    })
}

fn pieces(bytes: &[u8]) -> Vec<Piece> {
    if bytes.is_empty() { Vec::new() } else { vec![Piece::Bytes(bytes.to_vec())] }
}

/// The path as a request target: what would end the line is percent-encoded.
pub fn target(path: &[u8]) -> Vec<u8> {
    if path.is_empty() {
        return b"/".to_vec();
    }
    let mut target = Vec::with_capacity(path.len());
    for &byte in path {
        match byte {
            0..=b' ' | 0x7f => target.extend_from_slice(format!("%{byte:02X}").as_bytes()),
            _ => target.push(byte),
        }
    }
    target
}

/// What we can decode, the best first.
const CODINGS: &[u8] = b"br, gzip, deflate";

/// Ours to say.
const FRAMING: [&[u8]; 2] = [b"content-length", b"transfer-encoding"];
