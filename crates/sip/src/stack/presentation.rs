//! How a citizen is shown on an agent's phone: From, To and `P-Asserted-Identity` of our INVITE.
//!
//! The one place where a caller's number is written to the wire. A withheld one is not known here.

use std::fmt::Write as _;

use model::{Caller, Presentation};

use super::dialog::{Dialog, Way};
use super::marks::Marks;
use super::settings::{OurAddress, StackSettings};
use crate::bindings::Contact;
use crate::message::escape_user;

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
        knows_update: false,
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
