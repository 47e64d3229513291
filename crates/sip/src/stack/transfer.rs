//! An agent's phone hands its call over: REFER, blind and attended, and the NOTIFY that tells how it went (RFC 3515, RFC 3891).
//!
//! Knows what a REFER may name and how the subscription that it makes is spoken; whether and how the call is handed over
//! is the centre's to know. Nothing is ever called because a REFER names it: the centre gets a number, a colleague or a leg.

use std::time::Duration;

use model::{Cause, LegEvent, LegId, Moment, TransferTo};

use super::Stack;
use super::cause::said;
use super::dialog::Dialog;
use super::leg::Stage;
use super::placing::{called_party, is_ours};
use super::seam::StackOut;
use super::step::{Asked, Step};
use super::talking::Talking;
use crate::message::{Echo, HeaderName, Method, NameAddr, Params, Request, Uri, reason_phrase};

/// How long the centre may take to begin a transfer; then it is refused with 500 and the talk goes on.
const DECISION_MAX: Duration = Duration::from_secs(10);
/// For how long we say that a transfer may take, in seconds; longer than any ring time. Its end comes with the last NOTIFY.
const SUBSCRIPTION_S: u32 = 300;

/// A transfer that a phone has asked for; one at a time a leg, a second one gets 491.
pub(crate) struct Transfer {
    /// What waits for its answer; none once it is under way.
    asked: Option<Unanswered>,
    /// The CSeq of the REFER, by which later subscriptions of one dialog are told apart (RFC 3515 §2.4.6).
    id: Option<u32>,
    /// Whether the phone hears how it goes (not with `Refer-Sub: false`, RFC 4488).
    told: bool,
}

/// A REFER that the centre has not answered yet.
struct Unanswered {
    key: u64,
    echo: Echo,
    until: Moment,
}

impl Stack {
    /// A REFER inside a dialog: the agent's own leg takes it, any other answers it aside.
    pub(super) fn refer(&mut self, bits: u64, asked: &Asked<'_>, at: Moment, out: &mut Vec<StackOut>) -> bool {
        if !self.owners.contains_key(&bits) {
            return false;
        }
        let to = self.transfer_to(bits, asked.request);
        let Some(leg) = self.legs.get_mut(&bits) else { return false };
        let id = leg.id;
        match leg.stage.take() {
            Some(Stage::Talking(mut talking)) => {
                talking.referred(id, asked, to, &mut Step { ground: &mut self.ground, at, out });
                self.keep(bits, Stage::Talking(talking));
                true
            }
            other => {
                leg.stage = other;
                false
            }
        }
    }

    /// Whom a REFER on that leg names, or with which status it is refused.
    fn transfer_to(&self, bits: u64, request: &Request) -> Result<TransferTo, u16> {
        let uri = refer_to(request)?;
        if uri.params().get("method").is_some_and(|method| !method.eq_ignore_ascii_case("INVITE")) {
            return Err(403);
        }
        if let Some(replaces) = uri.embedded_header("Replaces") {
            return self.replaced(bits, &replaces).map(TransferTo::Leg);
        }
        if !is_ours(&uri, &self.ground.settings) {
            return Err(403);
        }
        called_party(&uri).map(TransferTo::Party)
    }

    /// The other leg of the same agent that a Replaces names: by Call-ID and both tags, whichever way round (RFC 3891 §3).
    fn replaced(&self, bits: u64, replaces: &str) -> Result<LegId, u16> {
        let (call_id, params) = replaces.find(';').map_or((replaces, ""), |at| replaces.split_at(at));
        let params = Params::new(params);
        let (Some(to), Some(from)) = (params.get("to-tag"), params.get("from-tag")) else { return Err(400) };
        let of = |bits: u64| self.owners.get(&bits).map(|owner| &owner.agent);
        let found = [(to, from), (from, to)].into_iter().find_map(|(ours, theirs)| {
            let leg = *self.ground.dialogs.get(&self.ground.marks.read_tag(ours)?)?;
            let stage = self.legs.get(&leg.bits())?.stage.as_ref()?;
            let dialog = stage.dialog()?;
            let same = *dialog.call_id == *call_id.trim() && *dialog.remote_tag == *theirs;
            (same && leg.bits() != bits && of(leg.bits()) == of(bits)).then_some((leg, stage))
        });
        match found {
            None => Err(481),
            Some((_, Stage::Talking(_) | Stage::Answered(_))) if params.has("early-only") => Err(486),
            Some((leg, _)) => Ok(leg),
        }
    }
}

/// The one address of Refer-To. Referred-By is not looked at: it is the agent who asks, by the dialog.
fn refer_to(request: &Request) -> Result<Uri, u16> {
    let mut values = request.headers.values(HeaderName::ReferTo);
    let (Some(value), None) = (values.next(), values.next()) else { return Err(400) };
    let uri = match NameAddr::read(value) {
        Some(address) => address.uri(),
        // Without brackets the embedded headers belong to the URI all the same, as some phones write it.
        None => Uri::parse(value),
    };
    uri.map_err(|_| 400)
}

impl Talking {
    /// A REFER of the agent's phone.
    fn referred(&mut self, leg: LegId, asked: &Asked<'_>, to: Result<TransferTo, u16>, step: &mut Step<'_>) {
        if !self.dialog.is_next(asked.request) {
            return step.answer(asked, 500, |_| {});
        }
        self.dialog.remote_seq = Some(asked.request.headers.cseq());
        let to = match to {
            Ok(_) if self.transfer.is_some() => return step.answer(asked, 491, |_| {}),
            Ok(to) => to,
            Err(status) => return step.answer(asked, status, |_| {}),
        };
        if !step.ground.servers.open(asked.key, asked.path, Some(leg), None) {
            return step.answer_once(asked, 503, |_| {});
        }
        let headers = &asked.request.headers;
        let silent = headers.other("Refer-Sub").is_some_and(|value| value.trim().eq_ignore_ascii_case("false"));
        let unanswered = Unanswered { key: asked.key, echo: asked.echo(None), until: step.at + DECISION_MAX };
        let id = self.has_referred.then_some(headers.cseq());
        self.has_referred = true;
        self.transfer = Some(Box::new(Transfer { asked: Some(unanswered), id, told: !silent }));
        step.tell(LegEvent::TransferAsked { leg, to });
    }

    /// The centre begins the transfer, or won't.
    pub(crate) fn answer_transfer(&mut self, answer: Result<(), Cause>, step: &mut Step<'_>) {
        let Some(mut transfer) = self.transfer.take() else { return };
        let Some(unanswered) = transfer.asked.take() else {
            self.transfer = Some(transfer);
            return;
        };
        if let Err(cause) = answer {
            return unanswered.answer(said(cause).status, false, step);
        }
        unanswered.answer(202, !transfer.told, step);
        transfer.notify(&mut self.dialog, 100, false, step);
        self.transfer = Some(transfer);
    }

    /// How the transfer ended.
    pub(crate) fn tell_transfer(&mut self, end: Result<(), Cause>, step: &mut Step<'_>) {
        let under_way = |transfer: &mut Box<Transfer>| transfer.asked.is_none();
        let Some(transfer) = self.transfer.take_if(under_way) else { return };
        let status = end.map_or_else(|cause| said(cause).status, |()| 200);
        transfer.notify(&mut self.dialog, status, true, step);
    }

    /// The leg ends, or the centre took too long: what waits gets its answer.
    pub(crate) fn refuse_transfer(&mut self, status: u16, step: &mut Step<'_>) {
        if let Some(unanswered) = self.transfer.take().and_then(|transfer| transfer.asked) {
            unanswered.answer(status, false, step);
        }
    }

    /// When the centre has taken too long to begin a transfer.
    pub(crate) fn transfer_due(&self) -> Option<Moment> {
        Some(self.transfer.as_ref()?.asked.as_ref()?.until)
    }
}

impl Unanswered {
    fn answer(self, status: u16, unsubscribed: bool, step: &mut Step<'_>) {
        let bytes = step.response(status, &self.echo, |writer| {
            if unsubscribed {
                writer.other("Refer-Sub", "false");
            }
        });
        let path = step.ground.servers.answer(self.key, &bytes, step.at);
        step.send_back(path, bytes);
    }
}

impl Transfer {
    /// Tells the phone how far it has come (RFC 3515 §2.4.4, §2.4.5). Its answer changes nothing.
    fn notify(&self, dialog: &mut Dialog, status: u16, last: bool, step: &mut Step<'_>) {
        if !self.told {
            return;
        }
        let body = format!("SIP/2.0 {status} {}\r\n", reason_phrase(status));
        let state =
            if last { "terminated;reason=noresource".to_owned() } else { format!("active;expires={SUBSCRIPTION_S}") };
        let contact = step.contact(dialog.destination(&step.ground.settings).listener());
        let id = self.id.map(|id| format!(";id={id}")).unwrap_or_default();
        let body = Some(("message/sipfrag;version=2.0", body.as_bytes()));
        step.ask_with(dialog, &Method::Notify, None, body, |writer| {
            writer.line(HeaderName::Contact, contact).line(HeaderName::Event, format_args!("refer{id}"));
            writer.other("Subscription-State", state);
        });
    }
}
