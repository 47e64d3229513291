//! What an operator notices of certificate files: renewed ones are used, bad ones are told and change nothing.
//! Works on files alone: connections have tests of their own.

use super::testing::{Authority, certificate};
use super::*;

#[test]
fn a_renewed_certificate_is_used_and_a_broken_one_changes_nothing() {
    let authority = Authority::new();
    let keys = authority.keys("us", &["sip.example"]);
    let first = keys.server().expect("a server");
    assert_eq!(keys.refresh(), Refreshed::Same);
    authority.issue("us", &["sip.example", "another.example"]);
    assert_eq!(keys.refresh(), Refreshed::Taken);
    let second = keys.server().expect("a server");
    assert!(!Arc::ptr_eq(&first, &second));
    std::fs::write(authority.file("us.pem"), "-----BEGIN CERTIFICATE-----\nhalf").expect("written");
    assert_eq!((keys.refresh(), keys.refresh()), (Refreshed::Refused, Refreshed::Same));
    assert!(Arc::ptr_eq(&second, &keys.server().expect("a server")), "the old one stays");
    std::fs::remove_file(authority.file("us.key")).expect("removed");
    assert_eq!(keys.refresh(), Refreshed::Refused);
    assert!(keys.server().is_some());
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let authority = Authority::new();
    let told = |files: TlsFiles| TlsKeys::load(files, &[]).expect_err("a fault").to_string();
    let (certificate, key) = authority.issue("us", &["sip.example"]);
    let (_, other) = authority.issue("other", &["sip.example"]);
    let ca = Some(authority.file("ca.pem"));
    let of = |certificate: &std::path::Path, key: &std::path::Path| TlsFiles {
        identity: Some((certificate.to_owned(), key.to_owned())),
        server_ca: ca.clone(),
        client_ca: None,
    };
    assert!(told(of(&authority.file("none.pem"), &key)).contains("none.pem"));
    assert!(told(of(&key, &key)).contains("holds no certificate"));
    assert!(told(of(&certificate, &certificate)).contains("us.pem"));
    assert!(told(of(&certificate, &other)).contains("us.pem"), "a key of another certificate");
    let clients = TlsFiles { client_ca: Some(key.clone()), ..of(&certificate, &key) };
    assert!(told(clients).contains("us.key"));
}

#[test]
fn a_certificate_is_known_by_its_names_and_addresses() {
    let authority = Authority::new();
    let (file, _) = authority.issue("trunk", &["trunk.example", "192.0.2.7", "2001:db8::7"]);
    let certificate = certificate(&file);
    for name in ["trunk.example", "TRUNK.example", "192.0.2.7", "2001:db8::7"] {
        assert!(is_issued_to(&certificate, name), "{name}");
    }
    for name in ["example", "x.trunk.example", "192.0.2.8", "", "*"] {
        assert!(!is_issued_to(&certificate, name), "{name}");
    }
}
