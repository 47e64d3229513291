//! Mailboxes: which ways lead there, until when a message is to be answered, and what a plan may not say of one.
//! Each story is a plan in a few lines; what a citizen hears there is the journey's.

use super::*;
use crate::{Choice, MailboxNo, MenuKind, VoicemailSaid, WayOut};
use model::Moment;

const BOX: &str = "[[mailboxes]]\nid = \"post\"\ntitle = \"Beskeder\"\n";

fn with(mailbox: &str, of_line: &str) -> String {
    format!("{GROUND}{BOX}{mailbox}\n{}", line("pas", of_line))
}

#[test]
fn every_way_out_and_a_key_may_lead_to_a_mailbox_and_that_is_no_dead_end() {
    let way = "{ voicemail = \"post\" }";
    let ways = format!("when_closed = {way}\nwhen_full = {way}\nwhen_gave_up = {way}\ntopic_menu = \"emner\"");
    let menu = "[[menus]]\nid = \"emner\"\nprompt = \"emner\"\nchoices = [{ key = \"1\", voicemail = \"post\" }]\n";
    let plan = plan(&format!("{}{menu}", with("", &ways)));
    let to = WayOut::Voicemail(MailboxNo(0));
    let line = &plan.lines[0];
    assert_eq!([&line.ways.closed, &line.ways.full, &line.ways.gave_up], [&to; 3]);
    assert_eq!((&line.closed_message, &line.gave_up_message), (&None, &None), "the mailbox itself says what is");
    let keys = line.menus.of(MenuKind::Topic).map(|menu| menu.choices.clone());
    assert_eq!(keys, Some([('1', Choice::Way(to))].into()));
    for said in VoicemailSaid::ALL {
        assert!(plan.prompts().contains(&said.prompt_in(&line.language)), "{said:?}");
    }
    assert!(plan.prompts().contains("voicemail.da"));
}

#[test]
fn a_way_to_a_mailbox_that_is_not_there_is_told_with_the_name_that_was_perhaps_meant() {
    let (at, en) = fault(&with("", "when_closed = { voicemail = \"pots\" }"));
    assert_eq!(at, "lines[0].when_closed.voicemail");
    assert!(en.contains("did you mean \"post\""), "{en}");
    let both = "when_full = { voicemail = \"post\", line = \"pas\" }";
    assert_eq!(fault(&with("", both)).0, "lines[0].when_full.voicemail");
}

#[test]
fn nobodys_message_goes_to_another_municipality() {
    let way = "when_closed = { voicemail = \"post\" }";
    assert_eq!(fault(&with("municipality = \"0751\"", way)).0, "lines[0].when_closed.voicemail");
    plan(&with("municipality = \"0751\"", &format!("municipality = \"0751\"\n{way}")));
}

#[test]
fn settings_that_wont_do_are_told() {
    for (written, setting) in [
        ("length_max_s = 301", "length_max_s"),
        ("length_max_s = 9", "length_max_s"),
        ("answer_within_h = 0", "answer_within_h"),
        ("keep_days = 0", "keep_days"),
        ("messages_max = 0", "messages_max"),
        ("prompt = \"none\"", "prompt"),
        ("calendar = \"paz\"", "calendar"),
        ("attach = true", "attach"),
        ("mail = \"post\"", "mail"),
        ("mail = \"post@kommune\"", "mail"),
        ("mail = \"a@b.dk, c@d.dk\"", "mail"),
    ] {
        assert_eq!(fault(&with(written, "")).0, format!("mailboxes[0].{setting}"), "{written}");
    }
    plan(&with("mail = \"post.borger+tlf@aarhus.dk\"\nattach = true", ""));
}

#[test]
fn only_open_hours_count_when_the_mailbox_has_a_calendar() {
    let calendar = "[[calendars]]\nid = \"dag\"\nholidays = \"danish\"\nweek = { mon = [\"08:00-16:00\"], tue = [\"08:00-16:00\"], \
        wed = [\"08:00-16:00\"], thu = [\"08:00-16:00\"], fri = [\"08:00-14:00\"] }\n";
    let until = |mailbox: &str, left: &str| {
        let plan = plan(&format!("{}{calendar}", with(mailbox, "")));
        let left: jiff::Zoned = format!("{left}[Europe/Copenhagen]").parse().expect("a time");
        let until = plan.answer_until(&plan.mailboxes[0], Moment::from_micros(left.timestamp().as_microsecond()));
        local_time(until).strftime("%a %d %H:%M").to_string()
    };
    // Friday 20 November 2026, 13:00.
    assert_eq!(until("answer_within_h = 4", "2026-11-20T13:00"), "Fri 20 17:00");
    assert_eq!(until("answer_within_h = 4\ncalendar = \"dag\"", "2026-11-20T13:00"), "Mon 23 11:00");
    assert_eq!(until("answer_within_h = 8\ncalendar = \"dag\"", "2026-11-22T10:00"), "Mon 23 16:00");
    // Over Christmas: 24 December is no holiday, the 25th and 26th are.
    assert_eq!(until("answer_within_h = 9\ncalendar = \"dag\"", "2026-12-24T12:00"), "Mon 28 13:00");
}

#[test]
fn a_mailbox_keeps_its_number_in_the_next_plan_and_one_that_is_gone_is_still_there_for_lines_that_are() {
    let two = "[[mailboxes]]\nid = \"ny\"\ntitle = \"Ny\"\n";
    let before = plan(&format!(
        "{}{}",
        with("calendar = \"always\"", ""),
        line("gammel", "when_closed = { voicemail = \"post\" }")
    ));
    let text = format!("{GROUND}{two}{}", line("pas", "when_closed = { voicemail = \"ny\" }"));
    let after = plan(&text).after(&before);
    assert_eq!(after.lines[0].ways.closed, WayOut::Voicemail(MailboxNo(1)));
    assert_eq!(after.lines[1].ways.closed, WayOut::Voicemail(MailboxNo(0)));
    assert_eq!((&*after.mailboxes[0].id, &*after.mailboxes[1].id, after.mailboxes[0].calendar), ("post", "ny", None));
}
