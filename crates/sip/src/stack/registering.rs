//! REGISTER: from the request to the answer, and what runs out by itself.
//!
//! Rules and memory lie in `registrar`; here they meet the stack's transactions and the shared table.

use std::fmt;
use std::sync::Arc;

use model::{AgentId, Moment};

use super::Stack;
use super::seam::StackOut;
use super::step::Asked;
use crate::bindings::{Binding, CONTACTS_MAX, PREFERENCE_MAX};
use crate::message::HeaderName;
use crate::registrar::{Proof, Wanted, grants_outbound, is_overtaken};

impl Stack {
    /// A phone registers, or somebody who says so.
    pub(super) fn register(&mut self, asked: &Asked<'_>, at: Moment, out: &mut Vec<StackOut>) {
        if self.registrar.is_none() {
            return self.step(at, out).answer_once(asked, 405, |_| {});
        }
        let Some(agent) = self.proved(asked, at, out) else { return };
        // Who has proved to be one agent may not register another (nor in another's name); a trunk is no phone.
        if !is_for(asked, &agent) || self.ground.settings.trunks.by_login(&agent).is_some() {
            return self.step(at, out).answer_tagged(asked, 403, |_| {});
        }
        match self.change(asked, &agent, at) {
            Ok(after) => self.registered(asked, &agent, &after, at, out),
            Err(status) => {
                let least = self.registrar.as_ref().map_or(0, crate::registrar::Registrar::min_expires_s);
                self.step(at, out).answer_tagged(asked, status, |writer| {
                    if status == 423 {
                        writer.line(HeaderName::MinExpires, least);
                    }
                });
            }
        }
    }

    /// Lets registrations go whose time is over.
    pub(super) fn expire_registrations(&mut self, at: Moment, out: &mut Vec<StackOut>) {
        while let Some(agent) = self.registrar.as_mut().and_then(|registrar| registrar.pop(at)) {
            let before = self.ground.bindings.registered(&agent);
            let after = before.iter().filter(|binding| binding.expires_at > at).cloned().collect();
            self.store(&agent, &before, after, at, out);
        }
    }

    /// A connection is gone: nobody is called on it any more. Its bindings wait for their phones, who may have calls in
    /// progress, to come back by another.
    pub fn flow_gone(&mut self, connection: u64, at: Moment, out: &mut Vec<StackOut>) {
        if let Some(registrar) = &mut self.registrar {
            registrar.forget_flow(connection);
        }
        while let Some(agent) = self.registrar.as_ref().and_then(|registrar| registrar.on_flow(connection)) {
            let before = self.ground.bindings.registered(&agent);
            let mut after = before.clone();
            for binding in after.iter_mut().filter(|binding| binding.connection() == Some(connection)) {
                binding.live = false;
            }
            self.store(&agent, &before, after, at, out);
        }
    }

    /// Takes back what was registered before a restart, without what has run out, whom the plan no longer has, and who has
    /// registered since. To be called once, and only in the shard that registers.
    pub fn restore(&mut self, kept: Vec<(AgentId, Vec<Binding>)>, at: Moment, out: &mut Vec<StackOut>) {
        for (agent, mut bindings) in kept {
            let can_register = self.ground.bindings.entry(&agent).is_some_and(|entry| entry.password.is_some());
            if !can_register || !self.ground.bindings.registered(&agent).is_empty() {
                continue;
            }
            bindings.retain(|binding| binding.expires_at > at);
            bindings.truncate(CONTACTS_MAX);
            for binding in &mut bindings {
                self.ground.settings.rehome(&mut binding.contact);
                // Somebody proved to be there, before the restart.
                let from = binding.contact.path.filter(|_| binding.live);
                out.extend(from.map(|from| StackOut::Proof { from, right: true }));
            }
            self.store(&agent, &[], bindings, at, out);
        }
    }

    /// Whose phone sent a request of any method, by its digest. Who has not proved it is asked for a password, and none comes
    /// back: nothing more is to be done with the request.
    pub(super) fn proved(&mut self, asked: &Asked<'_>, at: Moment, out: &mut Vec<StackOut>) -> Option<AgentId> {
        let bindings = &self.ground.bindings;
        let proof =
            self.registrar.as_mut().map_or(Proof::Absent, |registrar| registrar.prove(asked.request, bindings, at));
        let from = asked.path;
        match proof {
            Proof::Agent(agent) => {
                out.push(StackOut::Proof { from, right: true });
                return Some(agent);
            }
            Proof::Wrong => out.push(StackOut::Proof { from, right: false }),
            Proof::Absent | Proof::Stale => {}
        }
        self.challenge(asked, proof == Proof::Stale, at, out);
        None
    }

    /// Asks for a password, without a trace: 401 with nothing that tells one sender from another.
    fn challenge(&mut self, asked: &Asked<'_>, stale: bool, at: Moment, out: &mut Vec<StackOut>) {
        let salt = self.ground.marks.draw() as u32;
        let challenges = self.registrar.as_ref().map(|registrar| registrar.challenges(at, salt, stale));
        self.step(at, out).answer_once(asked, 401, |writer| {
            for challenge in challenges.into_iter().flatten() {
                writer.line(HeaderName::WwwAuthenticate, challenge);
            }
        });
    }

    /// What is registered for the agent after this request.
    fn change(&mut self, asked: &Asked<'_>, agent: &AgentId, at: Moment) -> Result<Vec<Binding>, u16> {
        let headers = &asked.request.headers;
        let before = self.ground.bindings.registered(agent);
        let draw = self.ground.marks.draw();
        let Some(registrar) = &self.registrar else { return Err(500) };
        match registrar.wanted(headers, asked.path)? {
            Wanted::Fetch => Ok(before),
            Wanted::RemoveAll if before.iter().any(|binding| is_overtaken(binding, headers)) => Err(500),
            Wanted::RemoveAll => Ok(Vec::new()),
            Wanted::Change(changes) => registrar.applied(&before, &changes, (headers, asked.path), draw, at),
        }
    }

    fn registered(
        &mut self,
        asked: &Asked<'_>,
        agent: &AgentId,
        after: &[Binding],
        at: Moment,
        out: &mut Vec<StackOut>,
    ) {
        let before = self.ground.bindings.registered(agent);
        self.store(agent, &before, after.to_vec(), at, out);
        // The desk waits for the phone to register again; that it had never left the table is not its business.
        let stayed = is_reachable(&before, at) && is_reachable(after, at);
        if self.ground.bindings.settle_doubt(agent) && stayed {
            out.push(StackOut::Phone { agent: agent.clone(), reachable: true });
        }
        if after.iter().any(|binding| binding.contact.is_web() && binding.live && !was_there(&before, binding)) {
            out.push(StackOut::BrowserCame { agent: agent.clone() });
        }
        let outbound = grants_outbound(&asked.request.headers);
        self.step(at, out).answer_tagged(asked, 200, |writer| {
            for binding in after.iter().filter(|binding| binding.live) {
                writer.line(HeaderName::Contact, Listed(binding, at));
            }
            if outbound {
                writer.line(HeaderName::Require, "outbound");
            }
        });
    }

    /// Puts it into the shared table, has it kept, and tells the desk if the agent can be reached now, or no longer.
    fn store(&mut self, agent: &AgentId, before: &[Binding], after: Vec<Binding>, at: Moment, out: &mut Vec<StackOut>) {
        let after: Arc<[Binding]> = after.into();
        if let Some(registrar) = &mut self.registrar {
            registrar.watch(agent, before, &after);
        }
        // What has run out by now was reachable until now.
        let (was, is) = (before.iter().any(|binding| binding.live), is_reachable(&after, at));
        self.ground.bindings.set(agent, &after);
        if !before.is_empty() || !after.is_empty() {
            out.push(StackOut::Registered { agent: agent.clone(), bindings: after });
        }
        let fixed = self.ground.bindings.entry(agent).is_some_and(|entry| entry.fixed.is_some());
        if was != is && !fixed {
            out.push(StackOut::Phone { agent: agent.clone(), reachable: is });
        }
    }
}

/// A binding as the answer to a registration lists it.
struct Listed<'a>(&'a Binding, Moment);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(binding, at) = self;
        let seconds = binding.expires_at.since(*at).as_secs();
        write!(f, "<{}>;expires={seconds}", binding.contact.uri)?;
        if binding.preference < PREFERENCE_MAX {
            write!(f, ";q=0.{:03}", binding.preference)?;
        }
        match &binding.device {
            Some(device) if device.reg_id > 0 => {
                write!(f, ";+sip.instance={};reg-id={}", device.instance, device.reg_id)
            }
            Some(device) => write!(f, ";+sip.instance={}", device.instance),
            None => Ok(()),
        }
    }
}

fn is_reachable(bindings: &[Binding], at: Moment) -> bool {
    bindings.iter().any(|binding| binding.is_callable(at))
}

/// Whether a phone was registered before, by whichever connection.
fn was_there(before: &[Binding], binding: &Binding) -> bool {
    before.iter().any(|known| known.is_of(&binding.contact.uri, binding.device.as_ref()))
}

/// Whether To and From name this agent.
fn is_for(asked: &Asked<'_>, agent: &AgentId) -> bool {
    let headers = &asked.request.headers;
    [headers.to(), headers.from()].into_iter().all(|address| {
        let uri = address.and_then(|address| address.uri().ok());
        uri.as_ref().and_then(crate::message::Uri::user_unescaped).is_some_and(|user| *user == *agent.as_str())
    })
}
