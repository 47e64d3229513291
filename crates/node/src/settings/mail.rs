//! `[mail]`: by which server municipalities are told that a citizen left a message. To whom, the plan says.
//! Knows names and bounds; what stands in a mail is `voicemail`'s.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::check::Desk;
use super::load::beside;

/// `[mail]` as it is written.
#[derive(Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct MailSection {
    server: String,
    port: u64,
    tls: MailTls,
    from: String,
    user: String,
    password_file: String,
}

impl Default for MailSection {
    fn default() -> Self {
        let none = String::new;
        Self { server: none(), port: 587, tls: MailTls::Starttls, from: none(), user: none(), password_file: none() }
    }
}

/// How mail is protected on its way.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MailTls {
    /// From the first byte.
    Tls,
    /// After the greeting, or not at all: without it nothing is sent.
    Starttls,
    /// Not: on this machine only.
    None,
}

/// The server that mail is given to.
#[derive(Clone, Debug)]
pub(crate) struct MailServer {
    pub(crate) server: String,
    pub(crate) port: u16,
    pub(crate) tls: MailTls,
    pub(crate) from: String,
    /// Who we are there, and the file that the password stands in.
    pub(crate) login: Option<(String, PathBuf)>,
}

impl Desk {
    pub(super) fn mail(&mut self, file: &MailSection, folder: &Path) -> Option<MailServer> {
        let port = self.within("mail.port", file.port, 1, 65_535) as u16;
        if file.server.is_empty() {
            return None;
        }
        let is_here = file.server.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
        if file.tls == MailTls::None && !is_here {
            self.fault(
                "mail.tls",
                "mail må ikke gå ubeskyttet over nettet; skriv \"starttls\" eller \"tls\" (\"none\" kun til 127.0.0.1)",
                "mail may not go unprotected over the network; write \"starttls\" or \"tls\" (\"none\" only to 127.0.0.1)",
            );
        }
        if file.from.parse::<lettre::message::Mailbox>().is_err() {
            self.fault(
                "mail.from",
                "er ingen afsender; skriv en adresse, fx \"Samkald <samkald@kommune.dk>\"",
                "is no sender; write an address, such as \"Samkald <samkald@kommune.dk>\"",
            );
        }
        if file.user.is_empty() != file.password_file.is_empty() {
            self.fault(
                "mail.password_file",
                "skriv både user og password_file, eller ingen af dem",
                "write both user and password_file, or neither",
            );
        }
        let login = (!file.user.is_empty()).then(|| (file.user.clone(), beside(folder, &file.password_file)));
        Some(MailServer { server: file.server.clone(), port, tls: file.tls, from: file.from.clone(), login })
    }
}
