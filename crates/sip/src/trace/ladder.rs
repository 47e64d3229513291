//! The ladder of a trace: one line a message, an arrow between trunk, samkald and phone; the telling headers on demand.
//!
//! Knows messages that are masked already, and how wide a terminal is; knows no clock and no zone: the time of day comes in.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::seen::{Kept, Peer, Way, user_of};
use crate::message::{Headers, Message, parse_framed};

/// Characters between two columns.
const GAP: usize = 30;
/// Characters of a time of day with milliseconds and two blanks: `14:03:12.345  `.
const TIME: usize = 14;
/// Headers that tell most; the others are shown by `--json` and in the capture.
const TELLING: [&str; 22] = [
    "From",
    "To",
    "Contact",
    "Call-ID",
    "Reason",
    "Warning",
    "Retry-After",
    "Require",
    "Unsupported",
    "Session-Expires",
    "Min-SE",
    "Expires",
    "RSeq",
    "RAck",
    "Refer-To",
    "Replaces",
    "Event",
    "Subscription-State",
    "P-Asserted-Identity",
    "Diversion",
    "Privacy",
    "Authorization",
];

/// Draws line by line, so that a trace can be followed while it runs.
#[derive(Debug, Default)]
pub struct Ladder {
    with_headers: bool,
    legs: BTreeSet<u16>,
}

impl Ladder {
    /// An empty one; the telling headers follow each message if they are wanted.
    pub fn new(with_headers: bool) -> Self {
        Self { with_headers, legs: BTreeSet::new() }
    }

    /// The names of the columns.
    pub fn heading() -> String {
        format!("{:TIME$}{:<width$}{:<width$}phone\n", "", "trunk", "samkald", width = GAP + 1)
    }

    /// One message; `time` is its time of day, `HH:MM:SS.mmm`. Ends with a line break.
    pub fn message(&mut self, kept: &Kept, time: &str) -> String {
        let read = parse_framed(kept.text.clone()).ok();
        let arrow = arrow(&label(read.as_ref(), kept), points_right(kept));
        let blank = " ".repeat(GAP);
        let between = match kept.peer {
            Peer::Trunk(_) => format!("|{arrow}|{blank}|"),
            Peer::Phone => format!("|{blank}|{arrow}|"),
        };
        let mut text = format!("{time:<TIME$}{between}  leg {}", kept.leg);
        if self.legs.insert(kept.leg) {
            text.push_str(&introduction(read.as_ref(), kept));
        }
        text.push('\n');
        if self.with_headers {
            text.push_str(&telling(&kept.text));
        }
        text
    }
}

/// Trunks stand left of us, phones right.
fn points_right(kept: &Kept) -> bool {
    match kept.peer {
        Peer::Trunk(_) => kept.way == Way::In,
        Peer::Phone => kept.way == Way::Out,
    }
}

/// `--- INVITE 1 + session --------->`, as wide as the gap.
fn arrow(label: &str, right: bool) -> String {
    let room = GAP - 5;
    let label: String = if label.chars().count() > room {
        label.chars().take(room - 1).chain(['…']).collect()
    } else {
        label.to_owned()
    };
    let dashes = "-".repeat(room - label.chars().count());
    if right { format!("-- {label} {dashes}>") } else { format!("<{dashes} {label} --") }
}

/// Method and CSeq, or status and what it answers.
fn label(read: Option<&Message>, kept: &Kept) -> String {
    let with = |body: bool| if body { " +body" } else { "" };
    match read {
        Some(Message::Request(request)) => {
            format!("{} {}{}", request.method, request.headers.cseq(), with(!request.body.is_empty()))
        }
        Some(Message::Response(response)) => {
            let (headers, body) = (&response.headers, with(!response.body.is_empty()));
            format!("{} {} {}{body}", response.status, headers.cseq_method(), headers.cseq())
        }
        None => first_line(&kept.text).split(' ').take(2).collect::<Vec<_>>().join(" "),
    }
}

/// Once a leg: who it is with, and who calls whom.
fn introduction(read: Option<&Message>, kept: &Kept) -> String {
    let who = match &kept.peer {
        Peer::Trunk(trunk) => trunk.to_string(),
        Peer::Phone => match kept.way {
            Way::In => kept.from,
            Way::Out => kept.to,
        }
        .to_string(),
    };
    let users = read.map(|message| users(message.headers())).unwrap_or_default();
    format!(": {who} {}{users}", kept.transport.name())
}

fn users(headers: &Headers) -> String {
    let user = |value: Option<&str>| value.and_then(user_of).unwrap_or_else(|| "-".to_owned());
    let (from, to) = (headers.get(crate::message::HeaderName::From), headers.get(crate::message::HeaderName::To));
    format!(", {} to {}", user(from), user(to))
}

/// The first line, the telling headers, and of a session what says where the sound goes.
fn telling(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut lines = head.split("\r\n");
    let mut shown = String::new();
    let mut show = |line: &str| {
        // A string takes all.
        let _ = writeln!(shown, "{:TIME$}    {line}", "");
    };
    show(lines.next().unwrap_or(""));
    for line in lines {
        let name = line.split(':').next().unwrap_or("");
        if TELLING.iter().any(|telling| telling.eq_ignore_ascii_case(name)) {
            show(line);
        }
    }
    for line in body.lines() {
        let sound = ["c=", "m=", "a=send", "a=recv", "a=inactive", "SIP/2.0", "(masked"];
        if sound.iter().any(|start| line.starts_with(start)) {
            show(line);
        }
    }
    shown
}

fn first_line(text: &[u8]) -> String {
    let end = memchr::memchr(b'\r', text).unwrap_or(text.len());
    String::from_utf8_lossy(&text[..end]).into_owned()
}
