//! Certificate files: which there are, what they hold, what is wrong with them.
//! Reads the disk; a key never leaves rustls, and is never shown.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tracing::warn;

/// Certificates that are read of one file. More are a fault of it.
const CERTIFICATES_MAX: usize = 1_024;

/// Where certificates lie, as PEM files.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TlsFiles {
    /// Our certificate with those between it and the root, and its key. None: we take no TLS connection, and show no certificate
    /// where we make one.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// Who may vouch for clients that show a certificate. None: nobody is asked for one.
    pub client_ca: Option<PathBuf>,
    /// Who may vouch for servers that we connect to. None: whom this machine trusts.
    pub server_ca: Option<PathBuf>,
}

/// A certificate file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsFault {
    /// It can't be read, or holds nothing of the kind.
    #[error("{}: {why}", file.display())]
    Unreadable {
        /// Which.
        file: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// Certificate and key don't belong together, or can't be used.
    #[error("{}: {why}", file.display())]
    Unusable {
        /// The certificate's file.
        file: PathBuf,
        /// What rustls says.
        why: rustls::Error,
    },
}

/// How a file looked: when it was written, and its length; none where it can't be seen.
pub(super) type Stamp = Option<(SystemTime, u64)>;

/// What the files came to.
pub(super) struct Loaded {
    pub(super) server: Option<Arc<ServerConfig>>,
    pub(super) client: Arc<ClientConfig>,
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

impl TlsFiles {
    /// How all of them look now.
    pub(super) fn stamps(&self) -> Vec<Stamp> {
        let identity = self.identity.iter().flat_map(|(certificate, key)| [certificate, key]);
        identity.chain(&self.client_ca).chain(&self.server_ca).map(|file| stamp(file)).collect()
    }

    /// Reads all of them; all are good, or none is used.
    pub(super) fn load(&self, alpn: &[Vec<u8>]) -> Result<Loaded, TlsFault> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let identity = self.identity.as_ref().map(read_identity).transpose()?;
        let server = identity.as_ref().map(|identity| self.server(identity, alpn, &provider)).transpose()?;
        let client = self.client(identity, &provider)?;
        Ok(Loaded { server, client: Arc::new(client) })
    }

    fn server(
        &self,
        identity: &Identity,
        alpn: &[Vec<u8>],
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<ServerConfig>, TlsFault> {
        let unusable = |why| self.unusable(why);
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(unusable)?;
        let builder = match &self.client_ca {
            None => builder.with_no_client_auth(),
            Some(file) => {
                // Phones have no certificate: who shows one must show a good one, who shows none is a stranger.
                let roots = Arc::new(read_roots(file)?);
                let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider.clone())
                    .allow_unauthenticated()
                    .build()
                    .map_err(|why| unreadable(file, why))?;
                builder.with_client_cert_verifier(verifier)
            }
        };
        let (chain, key) = identity;
        let mut server = builder.with_single_cert(chain.clone(), key.clone_key()).map_err(unusable)?;
        server.alpn_protocols = alpn.to_vec();
        Ok(Arc::new(server))
    }

    fn client(&self, identity: Option<Identity>, provider: &Arc<CryptoProvider>) -> Result<ClientConfig, TlsFault> {
        let roots = match &self.server_ca {
            Some(file) => read_roots(file)?,
            None => machines_roots(),
        };
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|why| self.unusable(why))?
            .with_root_certificates(roots);
        match identity {
            Some((chain, key)) => builder.with_client_auth_cert(chain, key).map_err(|why| self.unusable(why)),
            None => Ok(builder.with_no_client_auth()),
        }
    }

    fn unusable(&self, why: rustls::Error) -> TlsFault {
        let file = self.identity.as_ref().map(|(certificate, _)| certificate.clone()).unwrap_or_default();
        TlsFault::Unusable { file, why }
    }
}

fn stamp(file: &Path) -> Stamp {
    let seen = std::fs::metadata(file).ok()?;
    Some((seen.modified().ok()?, seen.len()))
}

fn read_identity((certificate, key): &(PathBuf, PathBuf)) -> Result<Identity, TlsFault> {
    let chain = read_certificates(certificate)?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|why| unreadable(key, why))?;
    Ok((chain, key))
}

fn read_certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsFault> {
    let found = CertificateDer::pem_file_iter(file).map_err(|why| unreadable(file, why))?;
    let found: Vec<_> =
        found.take(CERTIFICATES_MAX + 1).collect::<Result<_, _>>().map_err(|why| unreadable(file, why))?;
    match found.len() {
        0 => Err(unreadable(file, "holds no certificate (-----BEGIN CERTIFICATE-----)")),
        1..=CERTIFICATES_MAX => Ok(found),
        _ => Err(unreadable(file, "holds more than 1,024 certificates")),
    }
}

fn read_roots(file: &Path) -> Result<RootCertStore, TlsFault> {
    let mut roots = RootCertStore::empty();
    for certificate in read_certificates(file)? {
        roots.add(certificate).map_err(|why| unreadable(file, why))?;
    }
    Ok(roots)
}

/// Whom the machine trusts. Without any, connections to others fail, and say so; that is no reason not to start.
fn machines_roots() -> RootCertStore {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (taken, _) = roots.add_parsable_certificates(found.certs);
    if taken == 0 {
        warn!("this machine trusts no authority: TLS connections to others will fail (tls_server_ca)");
    }
    roots
}

fn unreadable(file: &Path, why: impl Into<Box<dyn std::error::Error>>) -> TlsFault {
    TlsFault::Unreadable { file: file.to_owned(), why: why.into().to_string() }
}
