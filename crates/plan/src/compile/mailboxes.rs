//! Mailboxes: bounds of their settings, and addresses that mail can be sent to.
//! Knows calendars and municipalities; which line leads to a mailbox is seen to in `ways`.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use model::{MailTo, MailboxId, PromptName};

use super::Work;
use super::checks::{said, seconds, title, within};
use super::names::{Kind, Names, shown};
use crate::file::MailboxEntry;
use crate::{CalendarNo, LineNo, Mailbox, MailboxNo, WayOut};

/// Mailboxes of one plan.
pub const MAILBOXES_MAX: usize = 1_024;
/// The longest message, in seconds, unless the mailbox says otherwise; and what it may say.
const LENGTH_MAX_S: u64 = 180;
const LENGTH_RANGE_S: RangeInclusive<u64> = 10..=300;
/// Within how many hours a message is to be answered.
const ANSWER_WITHIN_H: u64 = 24;
const ANSWER_WITHIN_RANGE_H: RangeInclusive<u64> = 1..=720;
/// For how many days a closed message is kept.
const KEEP_DAYS: u64 = 30;
const KEEP_RANGE_DAYS: RangeInclusive<u64> = 1..=365;
/// Open messages of one mailbox.
const MESSAGES_MAX: u64 = 200;
const MESSAGES_RANGE: RangeInclusive<u64> = 1..=2_000;
/// Longest address (RFC 5321 §4.5.3.1.3, without the brackets).
const ADDRESS_BYTES_MAX: usize = 254;

impl Work<'_> {
    /// After calendars and municipalities, before the ways that lead there.
    pub(super) fn mailboxes(&mut self) {
        for (i, entry) in self.bounded(&self.file.mailboxes, "mailboxes", MAILBOXES_MAX).iter().enumerate() {
            let at = format!("mailboxes[{i}]");
            self.mailbox_names.add(&mut self.faults, &format!("{at}.id"), entry.id.as_deref());
            let mailbox = self.mailbox(&at, entry);
            self.plan.mailboxes.push(mailbox);
        }
    }

    fn mailbox(&mut self, at: &str, entry: &MailboxEntry) -> Mailbox {
        let municipality = self.member(&format!("{at}.municipality"), entry.municipality.as_deref());
        let calendar = entry.calendar.as_deref().and_then(|calendar| {
            self.calendars.find(&mut self.faults, &format!("{at}.calendar"), Some(calendar)).map(CalendarNo)
        });
        let mail = self.mail_to(at, entry);
        let faults = &mut self.faults;
        let prompt = entry.prompt.as_deref().unwrap_or("voicemail");
        said(faults, &format!("{at}.prompt"), prompt);
        let length = entry.length_max_s.unwrap_or(LENGTH_MAX_S);
        let hours = entry.answer_within_h.unwrap_or(ANSWER_WITHIN_H);
        let hours = within(faults, &format!("{at}.answer_within_h"), hours, ANSWER_WITHIN_RANGE_H, ("timer", "hours"));
        let days = entry.keep_days.unwrap_or(KEEP_DAYS);
        let days = within(faults, &format!("{at}.keep_days"), days, KEEP_RANGE_DAYS, ("dage", "days"));
        let most = entry.messages_max.unwrap_or(MESSAGES_MAX);
        let most = within(faults, &format!("{at}.messages_max"), most, MESSAGES_RANGE, ("beskeder", "messages"));
        Mailbox {
            id: MailboxId::new(entry.id.as_deref().unwrap_or_default()),
            title: title(faults, &format!("{at}.title"), entry.title.as_deref()),
            municipality,
            prompt: PromptName::new(prompt),
            length_max: Duration::from_secs(seconds(faults, &format!("{at}.length_max_s"), length, LENGTH_RANGE_S)),
            answer_within: Duration::from_secs(hours * 3_600),
            calendar,
            keep_days: u16::try_from(days).unwrap_or(1),
            messages_max: u32::try_from(most).unwrap_or(1),
            mail,
        }
    }

    fn mail_to(&mut self, at: &str, entry: &MailboxEntry) -> Option<MailTo> {
        let Some(address) = entry.mail.as_deref() else {
            if entry.attach {
                self.fault(
                    format!("{at}.attach"),
                    "der sendes ingen mail; skriv en adresse i mail, eller slet attach",
                    "no mail is sent; write an address in mail, or delete attach",
                );
            }
            return None;
        };
        if !is_address(address) {
            let written = shown(address);
            self.fault(
                format!("{at}.mail"),
                format!("\"{written}\" er ingen mailadresse; skriv én, fx \"post@kommune.dk\""),
                format!("\"{written}\" is no mail address; write one, such as \"post@kommune.dk\""),
            );
        }
        Some(MailTo { address: Arc::from(address), attach: entry.attach })
    }

    /// Where a reference to a mailbox leads. Nobody's message goes to another municipality than their own.
    pub(super) fn leads_to_mailbox(&mut self, at: &str, from: LineNo, written: &str) -> Option<WayOut> {
        let found = self.mailbox_names.find(&mut self.faults, at, Some(written))?;
        let mailbox = self.plan.mailboxes.get(found as usize)?;
        let owner = mailbox.municipality.filter(|owner| self.plan.lines[from.at()].municipality != Some(*owner));
        if let Some(owner) = owner {
            let id = mailbox.id.clone();
            self.fault(
                at,
                format!("postkassen {id} er kommunen {owner}s egen, og andre kommuners borgere kan komme her; brug en fælles"),
                format!("the mailbox {id} is municipality {owner}'s own, and citizens of others may come here; use a shared one"),
            );
        }
        Some(WayOut::Voicemail(MailboxNo(found)))
    }
}

/// One address, in the plain form that people write (no quotes, no comments): checked again by whoever sends.
fn is_address(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+'))
    };
    let domain = |part: &str| part.contains('.') && !part.contains("..") && plain(part);
    text.len() <= ADDRESS_BYTES_MAX
        && text.split_once('@').is_some_and(|(local, host)| plain(local) && domain(host) && !host.contains('@'))
}

/// The names of all mailboxes, before any is known.
pub(super) fn no_mailboxes() -> Names {
    Names::new(Kind::MAILBOX)
}
