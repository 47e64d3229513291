//! Certificates for one test: an authority of its own, and a key and certificate for the centre, as PEM files in a folder.
//! Nothing here is trusted by anybody else.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tempfile::TempDir;

/// An authority and its folder, which goes with it.
pub struct Authority {
    folder: TempDir,
}

impl Authority {
    /// A new authority that has issued `centre.pem` and `centre.key` to this address.
    pub fn for_centre(ip: IpAddr) -> Self {
        let folder = TempDir::new().expect("a folder can be made");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "test authority");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("it can sign");
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![ip.to_string()]).expect("an address is a name");
        let certificate = params.signed_by(&key, &issuer).expect("it can sign");
        for (name, text) in
            [("authority.pem", issuer.pem()), ("centre.pem", certificate.pem()), ("centre.key", key.serialize_pem())]
        {
            std::fs::write(folder.path().join(name), text).expect("it can be written");
        }
        Self { folder }
    }

    /// Where its files lie.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The certificate that a phone must trust.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }
}
