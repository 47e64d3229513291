//! Whom a certificate is issued to (RFC 5922 §7): servers that we call, trunks that call us.
//! Reads verified certificates only; who may vouch for them is decided in `files`.

use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;

/// The name that a server's certificate must have: a host name or an IP address.
pub(in crate::net) fn server_name(host: &str) -> Option<ServerName<'static>> {
    ServerName::try_from(host.to_owned()).ok()
}

/// Whether a verified certificate is issued to that name.
pub(in crate::net) fn is_issued_to(certificate: &CertificateDer<'_>, name: &str) -> bool {
    let (Ok(certificate), Some(name)) = (ParsedCertificate::try_from(certificate), server_name(name)) else {
        return false;
    };
    verify_server_name(&certificate, &name).is_ok()
}
