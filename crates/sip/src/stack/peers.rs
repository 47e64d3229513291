//! Who may speak inside a dialog: its peer, from where we know it, and nobody else who happens to know its tags.
//!
//! Knows addresses, trunks and phones; not what is asked. A port says nothing: translators of addresses change it in mid-call.

use std::net::IpAddr;

use model::{LegId, Moment, TrunkId};

use super::Stack;
use super::dialog::Way;
use super::seam::StackOut;
use super::step::Asked;

impl Stack {
    /// Whether that comes from where the leg's party is known to be: the address that its INVITE or its last answer came from; any address
    /// of its trunk; one that its Contact or Record-Route names; where the agent's phone is registered now.
    pub(super) fn is_peer(&self, bits: u64, asked: &Asked<'_>, trunk: Option<&TrunkId>, at: Moment) -> bool {
        let Some(leg) = self.legs.get(&bits) else { return false };
        let ip = asked.path.peer.ip();
        let registered = || {
            let owner = self.owners.get(&bits)?;
            let contacts = self.ground.bindings.contacts_of(&owner.agent, at);
            Some(contacts.iter().any(|contact| contact.path.is_some_and(|path| same(path.peer.ip(), ip))))
        };
        leg.heard_from.is_some_and(|from| same(from, ip))
            || (trunk.is_some() && leg.trunk.as_ref() == trunk)
            || leg.stage.as_ref().and_then(|stage| stage.dialog()).is_some_and(|dialog| dialog.names(ip))
            || registered().unwrap_or(false)
    }

    /// Somebody who knows a dialog's tags speaks from another place. An agent's phone may have moved: it is asked for its password. Anybody
    /// else gets 481, as if there were no such dialog.
    pub(super) fn proves_itself(&mut self, bits: u64, asked: &Asked<'_>, at: Moment, out: &mut Vec<StackOut>) -> bool {
        let owner = self.owners.get(&bits).map(|owner| owner.agent.clone()).filter(|_| self.registrar.is_some());
        let Some(owner) = owner else {
            self.step(at, out).answer_once(asked, 481, |_| {});
            return false;
        };
        let Some(agent) = self.proved(asked, at, out) else { return false };
        if agent != owner {
            self.step(at, out).answer_once(asked, 403, |_| {});
            return false;
        }
        if let Some(leg) = self.legs.get_mut(&bits) {
            leg.heard_from = Some(asked.path.peer.ip());
        }
        true
    }

    /// A phone that called is reached along the path of its call: its Contact may be an address that only means something at its home.
    pub(super) fn reached_back(&mut self, leg: LegId, asked: &Asked<'_>) {
        let dialog = self.legs.get_mut(&leg.bits()).and_then(|leg| leg.stage.as_mut()?.dialog_mut());
        if let Some(dialog) = dialog {
            dialog.way = Way::Flow(asked.path);
        }
    }

    /// The peer asked for something: our own requests go back along the path that it speaks on now (another port after a translator forgot
    /// the first, another connection after the first broke).
    pub(super) fn follow(&mut self, bits: u64, asked: &Asked<'_>) {
        let dialog = self.legs.get_mut(&bits).and_then(|leg| leg.stage.as_mut()?.dialog_mut());
        if let Some(dialog) = dialog.filter(|dialog| dialog.is_next(asked.request)) {
            dialog.move_to(asked.path);
        }
    }
}

fn same(one: IpAddr, other: IpAddr) -> bool {
    one.to_canonical() == other.to_canonical()
}
