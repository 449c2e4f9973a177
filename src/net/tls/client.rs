//! The client's end of TLS: a configuration from plain options, and the handshake.
//!
//! As in Swoole, nobody is verified unless the script asks for it: the connection is then private against listeners, not
//! against impostors.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use crate::net::stream::Stream;

/// Whom to trust, and how to be known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientOptions {
    /// Refuse servers that cannot prove who they are.
    pub verify_peer: bool,
    /// Take a certificate's own word for it, if it is its own issuer.
    pub allow_self_signed: bool,
    /// PEM files with the authorities to trust. None of both: the system's.
    pub authorities_file: Option<PathBuf>,
    pub authorities_folder: Option<PathBuf>,
    /// Our own certificate, with those between it and its authority, and its key.
    pub certificate_file: Option<PathBuf>,
    pub key_file: Option<PathBuf>,
}

/// Options that cannot be used.
#[derive(Debug)]
pub enum OptionsError {
    File(PathBuf, pem::Error),
    Folder(PathBuf, io::Error),
    /// No authority to trust.
    NoAuthority,
    /// A certificate without a key, or a key without a certificate.
    HalfAPair,
    Tls(Error),
}

/// The configuration of all connections with these options.
pub fn configure(options: &ClientOptions) -> Result<Arc<ClientConfig>, OptionsError> {
    let provider = Arc::new(ring::default_provider());
    let authorities = if options.verify_peer {
        let authorities = Arc::new(authorities(options)?);
        let verifier =
            WebPkiServerVerifier::builder_with_provider(authorities, Arc::clone(&provider)).build();
        Some(verifier.map_err(|_| OptionsError::NoAuthority)?)
    } else {
        None
    };
    let verifier = Verifier {
        authorities,
        allow_self_signed: options.allow_self_signed,
        provider: Arc::clone(&provider),
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(OptionsError::Tls)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let config = match (&options.certificate_file, &options.key_file) {
        (None, None) => builder.with_no_client_auth(),
        (Some(certificate), Some(key)) => {
            let chain = certificates(certificate)?;
            let key = PrivateKeyDer::from_pem_file(key).map_err(|e| OptionsError::File(key.clone(), e))?;
            builder.with_client_auth_cert(chain, key).map_err(OptionsError::Tls)?
        }
        _ => return Err(OptionsError::HalfAPair),
    };
    Ok(Arc::new(config))
}

/// The handshake. `host` is the name that the server is asked for, and held to if it is verified.
pub async fn connect(config: Arc<ClientConfig>, host: &str, stream: Stream) -> io::Result<TlsStream<Stream>> {
    let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let name = ServerName::try_from(literal.to_owned())
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    TlsConnector::from(config).connect(name, stream).await
}

/// Whether a handshake failed because of who the peer is, or is not.
pub fn is_distrust(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    matches!(inner, Some(Error::InvalidCertificate(_)))
}

fn authorities(options: &ClientOptions) -> Result<RootCertStore, OptionsError> {
    let mut found = Vec::new();
    if let Some(file) = &options.authorities_file {
        found.extend(certificates(file)?);
    }
    if let Some(folder) = &options.authorities_folder {
        let failed = |error| OptionsError::Folder(folder.clone(), error);
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            // Such folders hold other files too, and the same ones under the names of their hashes.
            if path.extension().is_some_and(|ending| ending == "pem" || ending == "crt") {
                found.extend(certificates(&path)?);
            }
        }
    }
    if options.authorities_file.is_none() && options.authorities_folder.is_none() {
        found = rustls_native_certs::load_native_certs().certs;
    }
    let mut store = RootCertStore::empty();
    // Systems trust some authorities that are of no use here.
    store.add_parsable_certificates(found);
    if store.is_empty() { Err(OptionsError::NoAuthority) } else { Ok(store) }
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, OptionsError> {
    CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect)
        .map_err(|error| OptionsError::File(file.to_path_buf(), error))
}

/// Verifies as far as the options ask for it. That the peer has the key of its certificate is verified always.
#[derive(Debug)]
struct Verifier {
    /// None: whoever it is.
    authorities: Option<Arc<WebPkiServerVerifier>>,
    allow_self_signed: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(authorities) = &self.authorities else { return Ok(ServerCertVerified::assertion()) };
        let verified =
            authorities.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match verified {
            Err(_) if self.allow_self_signed && is_self_signed(end_entity) => {
                Ok(ServerCertVerified::assertion())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn is_self_signed(certificate: &CertificateDer<'_>) -> bool {
    webpki::EndEntityCert::try_from(certificate)
        .is_ok_and(|certificate| certificate.issuer() == certificate.subject())
}

impl fmt::Display for OptionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Folder(path, error) => write!(f, "{}: {error}", path.display()),
            Self::NoAuthority => f.write_str("no authority to verify the peer with"),
            Self::HalfAPair => f.write_str("a certificate needs its key, and a key its certificate"),
            Self::Tls(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for OptionsError {}
