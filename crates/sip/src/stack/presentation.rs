//! Who is shown to whom: a citizen on an agent's phone, and we to somebody outside. From, To, `P-Asserted-Identity`, Privacy and
//! Diversion of our INVITEs.
//!
//! The one place where a caller's number is written to the wire. A withheld one is not known here.

use std::fmt::Write as _;

use model::{Caller, Dialled, Presentation};

use super::dialog::{Dialog, HOPS, Way};
use super::marks::Marks;
use super::settings::{OurAddress, StackSettings};
use super::trunks::{CallerId, DiversionStyle, Route, TrunkSettings};
use crate::bindings::Contact;
use crate::message::{HeaderName, Scheme, Uri, escape_user};

/// The address of somebody who withholds the number (RFC 3323 §4.1.1.3).
const ANONYMOUS: &str = "sip:anonymous@anonymous.invalid";

/// The papers of a call to one contact: a Call-ID and a tag of its own, so that each is a call of its own for the phone.
pub(crate) fn papers(contact: &Contact, shown: &Presentation, marks: &mut Marks, settings: &StackSettings) -> Dialog {
    let way = contact.path.map_or(Way::Routed { listener: 0 }, Way::Flow);
    let tag = marks.draw();
    let mut papers = Dialog {
        call_id: marks.call_id(),
        tag,
        local: Box::default(),
        remote: format!("<{}>", contact.uri).into_boxed_str(),
        remote_tag: Box::default(),
        target: contact.uri.clone(),
        routes: Box::default(),
        local_seq: 0,
        remote_seq: None,
        way,
        hops: HOPS,
        knows_update: false,
        knows_options: false,
    };
    let address = settings.address(papers.destination(settings).listener());
    papers.local = format!("{};tag={}", from(shown, address), marks.text(tag)).into_boxed_str();
    papers
}

/// `P-Asserted-Identity`; none for a withheld number, which gets `Privacy: id`.
pub(crate) fn asserted(shown: &Presentation, address: &OurAddress) -> Option<String> {
    match &shown.caller {
        Caller::Withheld => None,
        Caller::Number(number) => Some(format!("<sip:{}@{}>", number.reveal(), address.sent_by)),
        Caller::Text(text) => Some(format!("<sip:{}@{}>", user_of(text.reveal()), address.sent_by)),
    }
}

/// Asks a phone to answer by itself, in the two ways that phones and softphones know; whoever knows neither rings.
pub(crate) fn answers_by_itself(address: &OurAddress) -> [(HeaderName, String); 2] {
    let ours = &address.sent_by;
    [
        (HeaderName::CallInfo, format!("<sip:{ours}>;answer-after=0")),
        (HeaderName::AlertInfo, format!("<sip:{ours}>;info=alert-autoanswer;delay=0")),
    ]
}

/// The papers of a call out: the number as the trunk writes it, at the address where the trunk takes calls. None where that
/// makes no URI.
pub(crate) fn papers_out(
    route: &Route,
    number: &Dialled,
    caller: &Caller,
    marks: &mut Marks,
    settings: &StackSettings,
) -> Option<Dialog> {
    let rules = &route.trunk.settings;
    let target = called(&route.target, &rules.format_out.write(number.as_str()))?;
    let tag = marks.draw();
    let mut papers = Dialog {
        call_id: marks.call_id(),
        tag,
        local: Box::default(),
        remote: format!("<sip:{}@{}>", target.user().unwrap_or(""), target.host_text()).into_boxed_str(),
        remote_tag: Box::default(),
        target,
        routes: Box::default(),
        local_seq: 0,
        remote_seq: None,
        way: Way::Routed { listener: 0 },
        hops: HOPS,
        knows_update: false,
        knows_options: false,
    };
    let address = settings.address(papers.destination(settings).listener());
    let from = match shown_number(rules, caller) {
        Some(number) => format!("<sip:{}@{}>", user_of(&number), address.sent_by),
        None => format!("\"Anonymous\" <{ANONYMOUS}>"),
    };
    papers.local = format!("{from};tag={}", marks.text(tag)).into_boxed_str();
    Some(papers)
}

/// Who is shown to somebody outside: `P-Asserted-Identity` for a trunk of our trust domain alone (RFC 3325 §7), and Privacy where
/// nobody is to be shown.
pub(crate) fn identity_out(rules: &TrunkSettings, caller: &Caller, address: &OurAddress) -> Vec<(HeaderName, String)> {
    let shown = shown_number(rules, caller);
    let asserted = shown.clone().or_else(|| own_number(rules)).filter(|_| rules.trusted);
    let asserted = asserted
        .map(|number| (HeaderName::PAssertedIdentity, format!("<sip:{}@{}>", user_of(&number), address.sent_by)));
    let privacy = shown.is_none().then(|| (HeaderName::Privacy, "id".to_owned()));
    asserted.into_iter().chain(privacy).collect()
}

/// On whose behalf a number that is not ours is shown, where the trunk wants to know: ours, by which the call came to us.
pub(crate) fn diversion(
    rules: &TrunkSettings,
    caller: &Caller,
    target: &Uri,
    address: &OurAddress,
) -> Option<(HeaderName, String)> {
    let own = own_number(rules)?;
    if shown_number(rules, caller).is_none_or(|shown| shown == own) {
        return None;
    }
    let own = format!("<sip:{}@{}>", user_of(&own), address.sent_by);
    match rules.diversion {
        DiversionStyle::Nothing => None,
        DiversionStyle::Diversion => Some((HeaderName::Diversion, format!("{own};reason=deflection;counter=1"))),
        DiversionStyle::HistoryInfo => {
            Some((HeaderName::HistoryInfo, format!("{own};index=1, <{target}>;index=1.1;rc=1")))
        }
    }
}

/// The number that is shown, as the trunk writes numbers; none where nobody is.
fn shown_number(rules: &TrunkSettings, caller: &Caller) -> Option<String> {
    let theirs = match caller {
        Caller::Number(number) => Some(rules.format_out.write(number.reveal()).into_owned()),
        Caller::Withheld | Caller::Text(_) => None,
    };
    match rules.caller_id {
        CallerId::Pass => theirs.or_else(|| own_number(rules)),
        CallerId::Own => own_number(rules),
        CallerId::Withhold => None,
    }
}

fn own_number(rules: &TrunkSettings) -> Option<String> {
    Some(rules.format_out.write(rules.number.as_ref()?.as_str()).into_owned())
}

/// A number at a trunk's address: its host, port and parameters, and no user part but the number.
fn called(target: &Uri, number: &str) -> Option<Uri> {
    let scheme = if target.scheme() == Scheme::Sips { "sips" } else { "sip" };
    let port = target.port().map(|port| format!(":{port}")).unwrap_or_default();
    Uri::parse(&format!("{scheme}:{}@{}{port}{}", user_of(number), target.host_text(), target.params().as_str())).ok()
}

fn from(shown: &Presentation, address: &OurAddress) -> String {
    let title = &shown.title;
    match &shown.caller {
        Caller::Withheld => format!("{} <{ANONYMOUS}>", quoted(&[title, "Anonymous"])),
        Caller::Number(number) => {
            let display = quoted(&[title, &number.reveal_in_pairs()]);
            format!("{display} <sip:{}@{}>", number.reveal(), address.sent_by)
        }
        Caller::Text(text) => {
            let display = quoted(&[title, text.reveal()]);
            format!("{display} <sip:{}@{}>", user_of(text.reveal()), address.sent_by)
        }
    }
}

fn user_of(text: &str) -> String {
    if text.is_empty() { "unknown".to_owned() } else { escape_user(text).into_owned() }
}

/// A quoted display name of those parts that are not empty (RFC 3261 §25.1); control characters are dropped.
fn quoted(parts: &[&str]) -> String {
    let mut text = String::from("\"");
    for part in parts.iter().filter(|part| !part.is_empty()) {
        if text.len() > 1 {
            text.push(' ');
        }
        for c in part.chars().filter(|c| !c.is_control()) {
            if matches!(c, '"' | '\\') {
                text.push('\\');
            }
            // Writing to a String can't fail.
            let _ = text.write_char(c);
        }
    }
    text.push('"');
    text
}
