//! The certificate that this node shows to browsers, and what they are told of it beforehand.
//!
//! Made anew at each start and known by its fingerprint alone (RFC 8827 §6.5), so there is nothing to keep or renew.

use std::fmt;
use std::sync::Arc;

use str0m::config::{CryptoProvider, DtlsCert};
use str0m::crypto::from_feature_flags;

/// No certificate could be made: the machine gives no randomness.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("no certificate for browsers could be made; does this machine give randomness?")]
pub struct NoCertificate;

/// The node's DTLS certificate with its key.
#[derive(Clone)]
pub struct WebCertificate {
    certificate: DtlsCert,
    provider: Arc<CryptoProvider>,
    fingerprint: [u8; 32],
}

impl WebCertificate {
    /// Makes one, with a key of its own.
    pub fn generate() -> Result<Self, NoCertificate> {
        let provider = Arc::new(from_feature_flags());
        let certificate = provider.dtls_provider.generate_certificate().ok_or(NoCertificate)?;
        let fingerprint = provider.sha256_provider.sha256(&certificate.certificate);
        Ok(Self { certificate, provider, fingerprint })
    }

    /// SHA-256 of the certificate, as `a=fingerprint` says it (RFC 8122 §5).
    pub const fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    pub(crate) const fn certificate(&self) -> &DtlsCert {
        &self.certificate
    }

    pub(crate) const fn provider(&self) -> &Arc<CryptoProvider> {
        &self.provider
    }
}

impl fmt::Debug for WebCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebCertificate(secret)")
    }
}
