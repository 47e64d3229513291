//! Certificates for tests: an authority, and what it issues, as PEM files in a folder of the test's own.
//! Nothing here is trusted by anybody else.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::CertificateDer;

use super::{TlsFiles, TlsKeys};

/// A folder that goes with the test, and an authority that issues into it.
pub(in crate::net) struct Authority {
    folder: PathBuf,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

static FOLDERS: AtomicU64 = AtomicU64::new(0);

impl Authority {
    pub(in crate::net) fn new() -> Self {
        let no = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("samkald-tls-{}-{no}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, format!("test authority {no}"));
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("signed");
        std::fs::write(folder.join("ca.pem"), issuer.pem()).expect("written");
        Self { folder, issuer }
    }

    pub(in crate::net) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Issues `name.pem` and `name.key` to these hosts or addresses.
    pub(in crate::net) fn issue(&self, name: &str, hosts: &[&str]) -> (PathBuf, PathBuf) {
        let key = KeyPair::generate().expect("a key");
        let hosts = hosts.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>();
        let params = CertificateParams::new(hosts).expect("names");
        let certificate = params.signed_by(&key, &self.issuer).expect("signed");
        let files = (self.file(&format!("{name}.pem")), self.file(&format!("{name}.key")));
        std::fs::write(&files.0, certificate.pem()).expect("written");
        std::fs::write(&files.1, key.serialize_pem()).expect("written");
        files
    }

    /// Keys of somebody issued to these hosts, who trusts this authority both ways.
    pub(in crate::net) fn keys(&self, name: &str, hosts: &[&str]) -> Arc<TlsKeys> {
        let ca = Some(self.file("ca.pem"));
        let files = TlsFiles { identity: Some(self.issue(name, hosts)), client_ca: ca.clone(), server_ca: ca };
        Arc::new(TlsKeys::load(files, &[]).expect("good files"))
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The first certificate of a file.
pub(in crate::net) fn certificate(file: &Path) -> CertificateDer<'static> {
    use rustls::pki_types::pem::PemObject as _;
    CertificateDer::from_pem_file(file).expect("a certificate")
}
