//! Trunks as the operator writes them, to rules of signalling.
//!
//! Knows names, bounds and kinds; which trunk is called when is known by signalling.

use std::collections::BTreeSet;

use model::{Dialled, TrunkId};
use plan::{Fault, Plan};
use sip::message::{Scheme, Uri};
use sip::stack::{CallerId, DiversionStyle, NumberFormat, TrunkDigest, TrunkLogin, TrunkSettings};

use super::Desk;
use super::addresses::{is_host, is_name};
use super::encryption::PROTECTIONS;
use crate::settings::file::TrunkEntry;
use crate::settings::{Trunk, TrunkAddress};

/// Trunks of one node.
const TRUNKS_MAX: usize = 256;
/// Names of one trunk's certificate.
const TLS_NAMES_MAX: usize = 16;
/// Targets of one trunk.
const OUTBOUND_MAX: usize = 8;
/// Most calls at once that a bound may allow.
const CHANNELS_MAX: u64 = 131_072;
/// Longest user name, password and realm, in bytes; a sealed password may take up to a thousand.
const SECRET_BYTES_MAX: usize = 1_100;

impl Desk {
    pub(super) fn trunks(&mut self, entries: &[TrunkEntry]) -> Vec<Trunk> {
        if entries.len() > TRUNKS_MAX {
            self.fault("sip.trunk", format!("højst {TRUNKS_MAX} går"), format!("at most {TRUNKS_MAX} will do"));
        }
        let mut names = BTreeSet::new();
        let mut logins = BTreeSet::new();
        let mut known: Vec<TrunkAddress> = Vec::new();
        let mut trunks = Vec::new();
        for (i, entry) in entries.iter().take(TRUNKS_MAX).enumerate() {
            let at = format!("sip.trunk[{i}]");
            if !is_name(&entry.name) || !names.insert(&entry.name) {
                self.fault(
                    format!("{at}.name"),
                    "mangler, er brugt før, eller har andre tegn end a-z, A-Z, 0-9, _ . -",
                    "is missing, used before, or has other characters than a-z, A-Z, 0-9, _ . -",
                );
            }
            if !entry.login_user.is_empty() && !logins.insert(&entry.login_user) {
                self.fault(format!("{at}.login_user"), "er brugt af en anden trunk", "is another trunk's already");
            }
            let addresses = self.trunk_addresses(&at, entry, &mut known);
            let (tls_names, rules) = (self.tls_names(&at, entry), self.trunk_rules(&at, entry));
            let srtp = self.one_of(&format!("{at}.srtp"), &entry.srtp, &PROTECTIONS);
            trunks.push(Trunk { name: TrunkId::new(&entry.name), addresses, tls_names, rules, srtp });
        }
        trunks
    }

    fn tls_names(&mut self, at: &str, entry: &TrunkEntry) -> Vec<String> {
        let good = |name: &&String| is_host(name) && !name.contains(':');
        if entry.tls_names.len() > TLS_NAMES_MAX || !entry.tls_names.iter().all(|name| good(&name)) {
            self.fault(
                format!("{at}.tls_names"),
                format!("skriv højst {TLS_NAMES_MAX} værtsnavne, fx \"sip.udbyder.dk\""),
                format!("write at most {TLS_NAMES_MAX} host names, such as \"sip.operator.dk\""),
            );
        }
        entry.tls_names.iter().filter(good).take(TLS_NAMES_MAX).cloned().collect()
    }

    fn trunk_rules(&mut self, at: &str, entry: &TrunkEntry) -> TrunkSettings {
        let number = self.own_number(at, entry);
        TrunkSettings {
            outbound: self.outbound(at, &entry.outbound),
            priority: self.within(&format!("{at}.priority"), entry.priority, 0, 1_000) as u16,
            digest: self.trunk_digest(at, entry),
            login: self.trunk_login(at, entry),
            format_in: self.one_of(&format!("{at}.numbers_in"), &entry.numbers_in, &FORMATS),
            format_out: self.one_of(&format!("{at}.numbers_out"), &entry.numbers_out, &FORMATS[1..]),
            caller_id: self.one_of(&format!("{at}.caller_id"), &entry.caller_id, &CALLER_IDS),
            number,
            channels_in_max: self.channels(&format!("{at}.channels_in_max"), entry.channels_in_max),
            channels_out_max: self.channels(&format!("{at}.channels_out_max"), entry.channels_out_max),
            trusted: entry.trusted,
            early_media: entry.early_media,
            diversion: self.one_of(&format!("{at}.diversion"), &entry.diversion, &DIVERSIONS),
            probe_every: (entry.probe_s > 0).then(|| self.secs(&format!("{at}.probe_s"), entry.probe_s, 5, 3_600)),
            ..TrunkSettings::new(TrunkId::new(&entry.name))
        }
    }

    /// Zero is no bound.
    fn channels(&mut self, at: &str, n: u64) -> Option<u32> {
        (n > 0).then(|| self.within(at, n, 1, CHANNELS_MAX) as u32)
    }

    fn outbound(&mut self, at: &str, written: &[String]) -> Vec<Uri> {
        if written.len() > OUTBOUND_MAX {
            self.fault(
                format!("{at}.outbound"),
                format!("højst {OUTBOUND_MAX} adresser"),
                format!("at most {OUTBOUND_MAX} addresses"),
            );
        }
        let mut found = Vec::new();
        for (i, written) in written.iter().take(OUTBOUND_MAX).enumerate() {
            match target(written) {
                Some(uri) => found.push(uri),
                None => self.fault(
                    format!("{at}.outbound[{i}]"),
                    format!(
                        "\"{written}\" går ikke; skriv fx \"sip:192.0.2.7\" eller \"sip:sip.udbyder.dk;transport=tls\""
                    ),
                    format!(
                        "\"{written}\" won't do; write \"sip:192.0.2.7\" or \"sip:sip.operator.dk;transport=tls\", say"
                    ),
                ),
            }
        }
        found
    }

    fn own_number(&mut self, at: &str, entry: &TrunkEntry) -> Option<Dialled> {
        let number = Dialled::parse(&entry.number).ok();
        if number.is_none() && !entry.number.is_empty() {
            self.fault(format!("{at}.number"), "er intet telefonnummer", "is no telephone number");
        }
        if entry.number.is_empty() && entry.caller_id == "own" {
            self.fault(
                format!("{at}.number"),
                "mangler: caller_id er \"own\"; skriv det nummer der skal vises",
                "is missing: caller_id is \"own\"; write the number that is to be shown",
            );
        }
        number
    }

    fn trunk_digest(&mut self, at: &str, entry: &TrunkEntry) -> Option<TrunkDigest> {
        let parts = [&entry.digest_realm, &entry.digest_user, &entry.digest_password];
        self.whole(&format!("{at}.digest_user"), &parts, "digest_realm, digest_user, digest_password").then(|| {
            TrunkDigest {
                realm: entry.digest_realm.as_str().into(),
                user: entry.digest_user.as_str().into(),
                password: entry.digest_password.as_str().into(),
            }
        })
    }

    fn trunk_login(&mut self, at: &str, entry: &TrunkEntry) -> Option<TrunkLogin> {
        let parts = [&entry.login_user, &entry.login_password];
        self.whole(&format!("{at}.login_user"), &parts, "login_user, login_password").then(|| TrunkLogin {
            user: entry.login_user.as_str().into(),
            password: entry.login_password.as_str().into(),
        })
    }

    /// Whether all of these are written; some only, or what can't stand in a header, is a fault.
    fn whole(&mut self, at: &str, parts: &[&String], names: &str) -> bool {
        if parts.iter().all(|part| part.is_empty()) {
            return false;
        }
        let fits = |part: &&&String| {
            !part.is_empty()
                && part.len() <= SECRET_BYTES_MAX
                && !part.chars().any(|c| c.is_control() || matches!(c, '"' | '\\'))
        };
        let whole = parts.iter().filter(fits).count() == parts.len();
        if !whole {
            self.fault(
                at,
                format!("skriv alle: {names}; uden anførselstegn og omvendt skråstreg"),
                format!("write all of {names}; without quotation marks and backslashes"),
            );
        }
        whole
    }

    pub(super) fn one_of<T: Copy>(&mut self, at: &str, written: &str, all: &[(&str, T)]) -> T {
        let found = all.iter().find(|(name, _)| *name == written);
        if found.is_none() {
            let names = all.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
            self.fault(
                at,
                format!("\"{written}\" går ikke; skriv en af {names}"),
                format!("\"{written}\" won't do; write one of {names}"),
            );
        }
        found.map_or(all[0].1, |(_, value)| *value)
    }

    /// Further names of ours.
    pub(super) fn domains(&mut self, written: &[String]) -> Vec<Box<str>> {
        for (i, name) in written.iter().enumerate() {
            if Uri::parse(&format!("sip:{name}")).map_or(true, |uri| uri.host_text() != name) {
                self.fault(
                    format!("sip.domains[{i}]"),
                    format!("\"{name}\" går ikke; skriv et navn, fx \"sip.kommune.dk\""),
                    format!("\"{name}\" won't do; write a name, \"sip.kommune.dk\", say"),
                );
            }
        }
        written.iter().map(|name| name.as_str().into()).collect()
    }
}

/// Trunks that would prove themselves by an agent's name.
pub(super) fn logins_of_agents(trunks: &[Trunk], plan: &Plan) -> Vec<Fault> {
    let agent = |user: &str| plan.agents.iter().any(|agent| *agent.id == *user);
    let wrong = |(_, trunk): &(usize, &Trunk)| trunk.rules.login.as_ref().is_some_and(|login| agent(&login.user));
    trunks
        .iter()
        .enumerate()
        .filter(wrong)
        .map(|(i, _)| Fault::new(format!("sip.trunk[{i}].login_user"), "er en agents id", "is an agent's id"))
        .collect()
}

const FORMATS: [(&str, NumberFormat); 5] = [
    ("as-written", NumberFormat::AsWritten),
    ("e164", NumberFormat::E164),
    ("e164-no-plus", NumberFormat::E164NoPlus),
    ("national", NumberFormat::National),
    ("00", NumberFormat::ZeroZero),
];
const CALLER_IDS: [(&str, CallerId); 3] =
    [("pass", CallerId::Pass), ("own", CallerId::Own), ("withhold", CallerId::Withhold)];
const DIVERSIONS: [(&str, DiversionStyle); 3] = [
    ("none", DiversionStyle::Nothing),
    ("diversion", DiversionStyle::Diversion),
    ("history-info", DiversionStyle::HistoryInfo),
];

/// Where a trunk takes calls: host, port and transport, nothing else.
fn target(written: &str) -> Option<Uri> {
    let uri = Uri::parse(written).ok()?;
    let sip = matches!(uri.scheme(), Scheme::Sip | Scheme::Sips);
    (sip && uri.user().is_none() && uri.host().is_some() && uri.embedded_headers().is_empty()).then_some(uri)
}
