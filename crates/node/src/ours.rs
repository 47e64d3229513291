//! What belongs to the house, so that a masked trace may show it: agents' ids, lines' numbers, our hosts and the trunks'.
//! Knows the plan and the settings; knows no message.

use std::collections::BTreeSet;
use std::net::IpAddr;

use model::Dialled;
use sip::net::AddressBlock;
use sip::stack::OurAddress;
use sip::trace::Public;

use crate::planning::Current;
use crate::settings::Settings;
use crate::wiring;

/// What belongs to the house.
pub(crate) struct Ours {
    current: Current,
    names: BTreeSet<String>,
    addresses: Vec<AddressBlock>,
}

impl Ours {
    /// By the settings, and where the listeners really are.
    pub(crate) fn new(settings: &Settings, current: Current, listeners: &[OurAddress]) -> Self {
        let listening = settings.sip.listen.iter().map(|at| at.addr.ip()).filter(|ip| !ip.is_unspecified());
        let trunks = settings.sip.trunks.iter().flat_map(|trunk| &trunk.addresses);
        let trunks = trunks.map(|address| wiring::trunk_address(address).block);
        let media = [settings.media.advertised, settings.media.bind].into_iter().filter(|ip| !ip.is_unspecified());
        let names = listeners.iter().map(|listener| host_of(&listener.sent_by)).chain([settings.sip.realm.clone()]);
        Self {
            current,
            names: names.map(|name| name.to_ascii_lowercase()).collect(),
            addresses: listening.chain(media).map(AddressBlock::from).chain(trunks).collect(),
        }
    }
}

impl Public for Ours {
    fn user(&self, user: &str) -> bool {
        let plan = self.current.plan();
        plan.agents_by_id.contains_key(user)
            || Dialled::parse(user).is_ok_and(|number| plan.numbers.contains_key(&number))
    }

    fn host(&self, host: &str) -> bool {
        match host.parse::<IpAddr>() {
            Ok(address) => {
                self.addresses.iter().any(|block| block.contains(address)) || self.names.contains(&address.to_string())
            }
            Err(_) => self.names.contains(&host.to_ascii_lowercase()),
        }
    }
}

/// Of `host:port` or `[address]:port`.
fn host_of(sent_by: &str) -> String {
    let bare = match sent_by.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => sent_by.split(':').next(),
    };
    bare.unwrap_or(sent_by).to_owned()
}
