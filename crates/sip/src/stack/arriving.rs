//! A new call comes in, from a trunk or an agent's phone: refused at once, or a leg that waits.
//!
//! Knows bounds, channels and what an INVITE must have; what it says of the caller is read in `arrival`, whom a phone calls in
//! `placing`.

use bytes::Bytes;
use model::{LegEvent, LegId, LegSide, Moment, TrunkId};

use super::Stack;
use super::arrival;
use super::dealt::merge_key;
use super::dialog::Dialog;
use super::leg::Stage;
use super::placing::EMERGENCY_LEGS_EXTRA;
use super::seam::StackOut;
use super::session_timer::{MIN_SE_S, Wish};
use super::step::{ACCEPT, Asked};
use super::trunks::TrunkSettings;
use super::waiting::Waiting;
use crate::message::HeaderName;

/// A call that comes in, read and let in so far.
pub(super) struct NewCall<T> {
    /// Whether it passes although we are full or draining: an emergency.
    pub(super) urgent: bool,
    /// What the centre is told, once the leg has its number; or with which status it is refused.
    pub(super) told: T,
}

impl Stack {
    /// A citizen rings, by a trunk that has a channel left for it.
    pub(super) fn invite(&mut self, asked: &Asked<'_>, trunk: TrunkId, at: Moment, out: &mut Vec<StackOut>) {
        let (listed, channel) = match self.ground.settings.trunks.get(&trunk) {
            Some(listed) => (Some(listed.clone()), listed.channel_in()),
            None => (None, None),
        };
        if listed.is_some() && channel.is_none() {
            return self.step(at, out).refuse(asked, 503, |_| {});
        }
        let unlisted = TrunkSettings::new(trunk.clone());
        let rules = listed.as_ref().map_or(&unlisted, |listed| &listed.settings);
        let told = |leg, offer| Ok(LegEvent::Arrived(arrival::read(asked.request, leg, rules, offer)?));
        let leg = self.begin_call(asked, NewCall { urgent: false, told }, at, out);
        let Some(leg) = leg else { return };
        if let Some(leg) = self.legs.get_mut(&leg.bits()) {
            leg.trunk = Some(trunk);
        }
        if let Some(channel) = channel {
            self.ground.channels.insert(leg.bits(), channel);
        }
    }

    /// A new call comes in: refused at once, or a leg that waits.
    pub(super) fn begin_call<T>(
        &mut self,
        asked: &Asked<'_>,
        call: NewCall<T>,
        at: Moment,
        out: &mut Vec<StackOut>,
    ) -> Option<LegId>
    where
        T: FnOnce(LegId, Option<Bytes>) -> Result<LegEvent, u16>,
    {
        let headers = &asked.request.headers;
        let extra = if call.urgent { EMERGENCY_LEGS_EXTRA } else { 0 };
        let full = self.legs.len() >= self.ground.settings.legs_max + extra || (self.draining && !call.urgent);
        let merge = merge_key(asked.request, &self.ground.marks);
        let leg = LegId::new(self.ground.marks.shard(), LegSide::Inbound, self.inbound);
        let mut step = self.step(at, out);
        if full {
            step.refuse(asked, 503, |_| {});
            return None;
        }
        if step.ground.servers.is_merged(merge) {
            step.refuse(asked, 482, |_| {});
            return None;
        }
        let Some(wish) = Wish::read(headers) else {
            step.refuse(asked, 422, |writer| {
                writer.line(HeaderName::MinSe, MIN_SE_S);
            });
            return None;
        };
        let read = arrival::offer_of(asked.request).and_then(|offer| Ok((offer.is_some(), (call.told)(leg, offer)?)));
        let (offered, event) = match read {
            Ok(read) => read,
            Err(status) => {
                step.refuse(asked, status, |writer| {
                    if status == 415 {
                        writer.line(HeaderName::Accept, ACCEPT);
                    }
                });
                return None;
            }
        };
        let tag = step.ground.marks.draw();
        let Some(dialog) = Dialog::from_invite(headers, tag, asked.path, &step.ground.marks) else {
            step.refuse(asked, 400, |_| {});
            return None;
        };
        if !step.ground.servers.open(asked.key, asked.path, Some(leg), Some(merge)) {
            step.answer_once(asked, 503, |_| {});
            return None;
        }
        let trying = step.response(100, &asked.echo(None), |_| {});
        step.provisional(asked.key, trying);
        let echo = asked.echo(Some(&step.ground.marks.text(tag)));
        let listener = asked.path.listener;
        step.tell(event);
        let reliable = headers.lists(HeaderName::Require, "100rel")
            || self.ground.settings.reliable_ringing && headers.lists(HeaderName::Supported, "100rel");
        let cseq = headers.cseq();
        let key = asked.key;
        let waiting =
            Waiting { dialog, echo, key, cseq, listener, offered, reliable, wish, ring_at: None, early: None };
        self.inbound += 1;
        self.add_leg(leg, Stage::Waiting(Box::new(waiting)), Some(asked.path.peer.ip()));
        if let Some(kept) = self.legs.get_mut(&leg.bits()) {
            kept.hops = headers.max_forwards();
        }
        Some(leg)
    }
}
