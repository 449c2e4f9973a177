//! Settings of TLS on a port. They count only for a port created with `SWOOLE_SSL`; elsewhere they are ignored.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _, path::Path};

use super::{
    option::{Complaints, Kind, Opt, option},
    value::{ArrayKey, OptionValue},
};

/// TLS on one port.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TlsSettings {
    /// Whether the port was created with `SWOOLE_SSL`.
    pub enabled: bool,
    pub cert_file: Vec<u8>,
    pub key_file: Vec<u8>,
    /// `SWOOLE_SSL_*` bits; 0: all.
    pub protocols: i64,
    pub ciphers: Vec<u8>,
    pub verify_peer: bool,
    pub allow_self_signed: bool,
    pub client_cert_file: Vec<u8>,
    pub cafile: Vec<u8>,
    pub capath: Vec<u8>,
    pub verify_depth: u32,
    pub sni_certs: Vec<SniCert>,
}

/// The certificate for one host name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SniCert {
    pub host: Vec<u8>,
    pub cert_file: Vec<u8>,
    pub key_file: Vec<u8>,
}

impl TlsSettings {
    /// What keeps a TLS port from starting, if anything.
    pub fn obstacle(&self) -> Option<&'static str> {
        if self.cert_file.is_empty() || self.key_file.is_empty() {
            return Some("require `ssl_cert_file` and `ssl_key_file` options");
        }
        let no_authority =
            self.client_cert_file.is_empty() && self.cafile.is_empty() && self.capath.is_empty();
        (self.verify_peer && no_authority).then_some(
            "server open verify peer require `ssl_client_cert_file` or `ssl_capath` or `ssl_cafile` config",
        )
    }
}

pub(super) const TLS: &[Opt<TlsSettings>] = &[
    option!(Two "ssl_cert_file" = Derived, Setter::Custom(Kind::Str, |s, value, complaints| {
            file(&mut s.cert_file, "ssl cert file", value, complaints);
        }), "The certificate chain, as PEM."),
    option!(Two "ssl_key_file" = Derived, Setter::Custom(Kind::Str, |s, value, complaints| {
            file(&mut s.key_file, "ssl key file", value, complaints);
        }), "The private key, as PEM."),
    option!(Two "ssl_protocols" = Int(0), Setter::Long(|s| &mut s.protocols), "SWOOLE_SSL_* bits; 0 is all."),
    option!(Two "ssl_ciphers" = Str("EECDH+AESGCM:EDH+AESGCM:AES256+EECDH:AES256+EDH"),
        Setter::Str(|s| &mut s.ciphers), "Cipher suites in the notation of OpenSSL."),
    option!(Two "ssl_verify_peer" = Bool(false), Setter::Bool(|s| &mut s.verify_peer), "Clients need a certificate."),
    option!(Two "ssl_allow_self_signed" = Bool(false), Setter::Bool(|s| &mut s.allow_self_signed),
        "Certificates of clients may be signed by themselves."),
    option!(Two "ssl_client_cert_file" = Derived, Setter::Custom(Kind::Str, |s, value, complaints| {
            file(&mut s.client_cert_file, "ssl_client_cert_file", value, complaints);
        }), "Authorities for certificates of clients."),
    option!(Two "ssl_cafile" = Str(""), Setter::Str(|s| &mut s.cafile), "A file of authorities."),
    option!(Two "ssl_capath" = Str(""), Setter::Str(|s| &mut s.capath), "A directory of authorities."),
    option!(Two "ssl_verify_depth" = Int(0), Setter::Int(0, 255, |s| &mut s.verify_depth),
        "The longest chain of certificates; 0 is the library's."),
    option!(Three "ssl_compress" = Bool(false), Setter::Inert(Kind::Bool), "TLS never compresses: it would leak secrets."),
    option!(Three "ssl_prefer_server_ciphers" = Bool(true), Setter::Inert(Kind::Bool), "Always so."),
    option!(Three "ssl_ecdh_curve" = Str("auto"), Setter::Inert(Kind::Str), "The library chooses."),
    option!(Three "ssl_dhparam" = Derived, Setter::Inert(Kind::Str), "Finite-field groups are not used."),
    option!(Three "ssl_sni_certs" = Derived, Setter::Custom(Kind::Array, set_sni_certs), "Certificates by host name."),
];

fn file(field: &mut Vec<u8>, what: &str, value: &OptionValue, complaints: &mut Complaints) {
    let name = value.to_text();
    let path = Path::new(OsStr::from_bytes(&name));
    if path.exists() {
        *field = name;
    } else {
        complaints.fatal(format!("{what}[{}] not found", path.display()));
    }
}

fn set_sni_certs(s: &mut TlsSettings, value: &OptionValue, complaints: &mut Complaints) {
    let OptionValue::Array(hosts) = value else {
        complaints.warn("ssl_sni_certs requires an array mapping host names to cert paths");
        return;
    };
    s.sni_certs = hosts.iter().filter_map(|(host, certs)| sni_cert(host, certs)).collect();
}

fn sni_cert(host: &ArrayKey, certs: &OptionValue) -> Option<SniCert> {
    let (ArrayKey::Name(host), OptionValue::Array(certs)) = (host, certs) else { return None };
    let file = |name: &[u8]| {
        certs.iter().find(|(key, _)| *key == ArrayKey::Name(name.to_owned())).map(|(_, file)| file.to_text())
    };
    Some(SniCert { host: host.clone(), cert_file: file(b"ssl_cert_file")?, key_file: file(b"ssl_key_file")? })
}
