//! What the gate in front of the shards is handed: the node's clock, bans, buckets, and the maker of challenges.
//! Knows the settings and whom they name; holds no rule.

use std::net::IpAddr;
use std::sync::Arc;

use sip::digest::Guard;
use sip::message::{Host, Uri};
use sip::net::{Bans, Clock as GateClock, Keeping, UrgentNumbers};

use crate::clock::Clock;
use crate::settings::Settings;
use crate::wiring;

/// Puts it together. Trunks are never banned, and phones at fixed contacts need no proof to be heard.
pub(crate) fn keeping(settings: &Settings, clock: Clock) -> Keeping {
    let admission = &settings.admission;
    let trunks = settings.sip.trunks.iter().flat_map(|trunk| &trunk.addresses);
    let never = trunks.map(|address| wiring::trunk_address(address).block).collect();
    Keeping {
        clock: GateClock::new(move || clock.now()),
        guard: Some(Arc::new(Guard::new(&wiring::registrar_settings(settings)))),
        bans: Arc::new(Bans::new(admission.bans, never, fixed_phones(settings))),
        admission: admission.buckets,
        load: admission.load,
        urgent: UrgentNumbers::with(admission.urgent_numbers.iter().map(String::as_str)),
    }
}

/// Addresses of fixed contacts, where they are addresses and not names.
fn fixed_phones(settings: &Settings) -> impl Iterator<Item = IpAddr> {
    settings.plan.agents.iter().filter_map(|agent| {
        let uri = Uri::parse(agent.contact.as_deref()?).ok()?;
        match uri.host()? {
            Host::V4(v4) => Some(v4.into()),
            Host::V6(v6) => Some(v6.into()),
            Host::Name(_) => None,
        }
    })
}
