//! Certificate files as the settings name them: whole pairs, and files that are there.
//!
//! What they hold is read when the node starts, and again whenever they change.

use std::path::{Path, PathBuf};

use super::Desk;
use crate::settings::file::{HttpSection, SipSection};
use crate::settings::load::beside;
use crate::settings::{Certificates, Listen, Transport};

/// Pages that may ask for a WebSocket.
const ORIGINS_MAX: usize = 64;

impl Desk {
    /// Those of signalling. A TLS listener needs a certificate.
    pub(super) fn sip_certificates(&mut self, sip: &SipSection, listen: &[Listen], folder: &Path) -> Certificates {
        let identity = self.identity("sip", &sip.tls_certificate, &sip.tls_key, folder);
        if identity.is_none() && listen.iter().any(|listen| listen.transport == Transport::Tls) {
            self.fault(
                "sip.tls_certificate",
                "mangler: en tls:-adresse i sip.listen kræver et certifikat",
                "is missing: a tls: address in sip.listen needs a certificate",
            );
        }
        Certificates {
            identity,
            client_ca: self.file("sip.tls_client_ca", &sip.tls_client_ca, folder),
            server_ca: self.file("sip.tls_server_ca", &sip.tls_server_ca, folder),
        }
    }

    /// That of the web port.
    pub(super) fn http_certificates(&mut self, http: &HttpSection, folder: &Path) -> Certificates {
        let identity = self.identity("http", &http.tls_certificate, &http.tls_key, folder);
        Certificates { identity, client_ca: None, server_ca: None }
    }

    /// `https://desk.example`, as browsers name the page that asks; or `*`.
    pub(super) fn origins(&mut self, written: &[String]) -> Vec<String> {
        if written.len() > ORIGINS_MAX {
            self.fault(
                "http.websocket_origins",
                format!("højst {ORIGINS_MAX} går"),
                format!("at most {ORIGINS_MAX} will do"),
            );
        }
        for (i, origin) in written.iter().enumerate().filter(|(_, origin)| !is_origin(origin)) {
            self.fault(
                format!("http.websocket_origins[{i}]"),
                format!("\"{origin}\" går ikke; skriv som \"https://skrivebord.example\", uden sti, eller \"*\""),
                format!("\"{origin}\" won't do; write \"https://desk.example\", without a path, or \"*\""),
            );
        }
        written.iter().take(ORIGINS_MAX).cloned().collect()
    }

    fn identity(&mut self, section: &str, certificate: &str, key: &str, folder: &Path) -> Option<(PathBuf, PathBuf)> {
        if certificate.is_empty() != key.is_empty() {
            let at = format!("{section}.{}", if certificate.is_empty() { "tls_certificate" } else { "tls_key" });
            self.fault(at, "mangler: certifikat og nøgle hører sammen", "is missing: certificate and key go together");
        }
        let certificate = self.file(&format!("{section}.tls_certificate"), certificate, folder);
        let key = self.file(&format!("{section}.tls_key"), key, folder);
        certificate.zip(key)
    }

    fn file(&mut self, at: &str, written: &str, folder: &Path) -> Option<PathBuf> {
        if written.is_empty() {
            return None;
        }
        let file = beside(folder, written);
        if !file.is_file() {
            let file = file.display();
            self.fault(at, format!("filen {file} findes ikke"), format!("there is no file {file}"));
        }
        Some(file)
    }
}

fn is_origin(text: &str) -> bool {
    let host = |rest: &str| !rest.is_empty() && !rest.contains(['/', ' ', '"']);
    text == "*" || text.split_once("://").is_some_and(|(scheme, rest)| !scheme.is_empty() && host(rest))
}
