//! What a plan can say of calling back: when it is offered, and to which numbers.
//! Plans are written as people write them; no call is made.

use std::time::Duration;

use model::{Caller, Moment, MunicipalityId, PhoneNumber};

use super::{GROUND, fault, line, plan};
use crate::{Callback, LineNo};

/// Monday 2 March 2026, 12:00 in Copenhagen.
const NOON: Moment = Moment::from_secs(1_772_449_200);
const DAY: &str = "[[calendars]]\nid = \"day\"\nweek = { mon = [\"08:00-16:00\"] }\n";
const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn a_line_says_nothing_and_the_manuals_defaults_count() {
    let usual = plan(&format!("{GROUND}{}", line("pas", "callback = {}"))).lines[0].callback;
    let hours = |hours: u64| Duration::from_secs(hours * 3_600);
    let expected = Callback {
        offer_over: 3 * MINUTE,
        before_closing: 15 * MINUTE,
        attempts: 3,
        again_after: 5 * MINUTE,
        keep: hours(24),
    };
    assert_eq!(usual, Some(expected));
    assert_eq!(plan(include_str!("../../../../config/plan-reference.toml")).lines[0].callback, Some(expected));
    assert_eq!(plan(&format!("{GROUND}{}", line("pas", ""))).lines[0].callback, None);
}

#[test]
fn it_is_offered_when_the_wait_is_long_and_the_day_has_room_for_it() {
    let settings = "calendar = \"day\"\ncallback = { offer_over_s = 180, before_closing_s = 1800 }";
    let plan = plan(&format!("{GROUND}{DAY}{}", line("pas", settings)));
    let offered = |wait: Duration, at: Moment| plan.offers_callback(LineNo(0), wait, at);
    assert!(!offered(3 * MINUTE, NOON), "the wait is no longer than the threshold");
    assert!(offered(4 * MINUTE, NOON));
    // It closes at 16:00: the turn may come at 15:30.
    assert!(offered(10 * MINUTE, NOON + 200 * MINUTE));
    assert!(!offered(10 * MINUTE + Duration::from_secs(1), NOON + 200 * MINUTE));
    assert!(!offered(10 * MINUTE, NOON + 300 * MINUTE), "it is closed already");
}

#[test]
fn a_line_that_is_not_answered_can_not_offer_it() {
    let (at, said) = fault(&format!("{GROUND}{}", line("pas", "waiting = \"unanswered\"\ncallback = {}")));
    assert!(at == "lines[0].callback" && said.contains("waiting = \"music\""), "{at} {said}");
}

#[test]
fn settings_out_of_bounds_are_told_with_the_bounds() {
    for (written, field, bounds) in [
        ("offer_over_s = 29", "offer_over_s", "30 to 7200"),
        ("before_closing_s = 14401", "before_closing_s", "0 to 14400"),
        ("again_after_s = 9", "again_after_s", "10 to 3600"),
        ("attempts = 4", "attempts", "1 to 3"),
        ("keep_h = 0", "keep_h", "1 to 96"),
    ] {
        let (at, said) = fault(&format!("{GROUND}{}", line("pas", &format!("callback = {{ {written} }}"))));
        assert_eq!(at, format!("lines[0].callback.{field}"));
        assert!(said.contains(bounds), "{said}");
    }
}

#[test]
fn only_danish_subscribers_are_called_back_whatever_is_opened_for_agents_and_no_number_of_ours() {
    let numbers = "numbers = [{ number = \"87000000\", municipality = \"0730\" }]\n";
    let opened = "[dialling]\nopened = [\"+46\", \"9012\"]\nemergency = [\"1813\"]\n";
    let plan = plan(&format!("{numbers}{GROUND}{}{opened}", line("pas", "numbers = [\"89402222\"]")));
    let may = |number: &str| plan.may_call_back(&PhoneNumber::parse(number).expect("a number"));
    assert!(may("20304050") && may("004520304050"));
    for number in ["112", "1813", "90101010", "90123456", "+4640123456", "2030405", "118", "87000000", "89402222"] {
        assert!(!may(number), "{number}");
    }
}

#[test]
fn the_municipalitys_own_number_is_shown_to_its_citizen() {
    let numbers = "numbers = [{ number = \"87000000\", municipality = \"0730\" }]\n";
    let of_line = line("pas", "numbers = [\"89402222\"]");
    let shown = |rule: &str, home: Option<u16>| {
        let plan = plan(&format!("{numbers}{GROUND}{of_line}[dialling]\nshown = \"{rule}\"\n"));
        match plan.shown_calling_back(home.map(MunicipalityId), LineNo(0)) {
            Caller::Number(number) => number.reveal().to_owned(),
            Caller::Withheld | Caller::Text(_) => "nothing".to_owned(),
        }
    };
    assert_eq!(shown("municipality", Some(730)), "87000000");
    assert_eq!(shown("municipality", None), "nothing", "it is nobody's line, and nobody's citizen");
    assert_eq!(shown("line", Some(730)), "89402222");
}
