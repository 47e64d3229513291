//! How many calls the hotline expects after days of all sorts: the first one, a flood, a holiday, the change of clocks.
//! Knows nothing of talk times: those are in `talks.rs`.

mod hotline;

use hotline::{End, Hotline, calls_an_hour, class, days, is_workday, outlook, wall};
use model::MunicipalityId;

/// Workdays 08–20 with so many calls an hour.
fn weeks(from: &str, weeks: i64, an_hour: u64) -> Hotline {
    let mut hotline = Hotline::default();
    for date in days(from, weeks * 7) {
        if is_workday(&date) {
            hotline.day(&date, 12, an_hour, "passports");
        }
    }
    hotline
}

fn near(figure: f64, expected: f64, share: f64) {
    assert!((figure / expected - 1.0).abs() <= share, "{figure}, not {expected} ± {share}");
}

#[test]
fn a_centre_that_has_just_opened_guesses_and_leaves_the_surge_guard_off() {
    let nothing = outlook(&forecast::Learner::new(), "2026-11-23T10:00");
    assert_eq!(nothing, forecast::Outlook::unknown());
    let mut hotline = Hotline::default();
    hotline.day("2026-11-23", 12, 30, "passports");
    let learner = hotline.learn();
    let tomorrow = outlook(&learner, "2026-11-24T10:00");
    near(calls_an_hour(&tomorrow, "passports"), 30.0, 0.1);
    assert_eq!(tomorrow.days_known, 1);
    let sunday = outlook(&learner, "2026-11-29T16:00");
    near(calls_an_hour(&sunday, "passports"), 30.0, 0.1);
    assert_eq!(sunday.days_known, 0, "a workday says nothing for sure of a Sunday");
}

#[test]
fn the_surge_guard_may_go_on_after_fourteen_workdays_and_after_fourteen_sundays() {
    let learner = weeks("2026-11-02", 3, 20).learn();
    assert_eq!(outlook(&learner, "2026-11-19T10:00").days_known, 13);
    assert_eq!(outlook(&learner, "2026-11-20T10:00").days_known, 14);
    assert_eq!(outlook(&learner, "2026-11-20T21:00").days_known, 0, "nobody was there at nine in the evening");
    let mut sundays = Hotline::default();
    for date in days("2026-08-02", 112).into_iter().step_by(7) {
        let open = wall(&format!("{date}T16:00"));
        sundays.call(open, "passports", End::Talks { agent: "anna", seconds: 60 });
    }
    assert_eq!(outlook(&sundays.learn(), "2026-11-08T16:10").days_known, 14);
}

#[test]
fn a_busy_topic_and_a_large_town_have_their_share_of_each_half_hour() {
    let mut hotline = weeks("2026-11-02", 3, 20);
    for date in days("2026-11-02", 21).iter().filter(|date| is_workday(date)) {
        for (minute, town) in [("05", Some(851)), ("35", Some(851)), ("50", None)] {
            let at = wall(&format!("{date}T09:{minute}"));
            hotline.call_of(at, "moving", "en", town, 10, End::Talks { agent: "anna", seconds: 200 });
        }
    }
    let learner = hotline.learn();
    let nine = outlook(&learner, "2026-11-24T09:10");
    near(nine.classes[&class("passports", "da")].calls_an_hour, 20.0, 0.1);
    near(nine.classes[&class("moving", "en")].calls_an_hour, 2.0, 0.2);
    near(nine.municipalities[&MunicipalityId(751)], 20.0, 0.1);
    near(nine.municipalities[&MunicipalityId(851)], 2.0, 0.2);
    assert!(nine.others_an_hour < 0.6, "the caller from nowhere came in the other half of the hour: {nine:?}");
    assert!(outlook(&learner, "2026-11-24T09:40").others_an_hour > 1.5);
    assert!(outlook(&learner, "2026-11-24T15:10").classes[&class("moving", "en")].calls_an_hour < 0.3);
}

#[test]
fn one_flood_moves_the_next_week_little() {
    let calm = weeks("2026-11-02", 4, 20);
    let mut flooded = weeks("2026-11-02", 4, 20);
    for nth in 0..600 {
        let at = wall("2026-11-24T10:00") + hotline::seconds(nth * 3);
        flooded.call_of(at, "passports", "da", Some(751), 60, End::GivesUp);
    }
    let [before, after] = [calm, flooded].map(|hotline| outlook(&hotline.learn(), "2026-12-01T10:00"));
    let ratio = calls_an_hour(&after, "passports") / calls_an_hour(&before, "passports");
    assert!(ratio > 1.0 && ratio < 1.15, "600 calls instead of 10 in a half-hour: {ratio}");
}

#[test]
fn a_closed_day_does_not_make_the_next_one_look_quieter() {
    let mut hotline = Hotline::default();
    for date in days("2026-11-02", 28).iter().filter(|date| is_workday(date) && date.as_str() != "2026-11-18") {
        hotline.day(date, 12, 20, "passports");
    }
    // Somebody tries the desk on the closed day; no citizen is served.
    let tried = ["2026-11-18T09:00", "2026-11-18T12:00"].map(wall);
    hotline.desk("anna", &[(tried[0], model::AgentState::Ready), (tried[1], model::AgentState::Off)]);
    let next = outlook(&hotline.learn(), "2026-12-02T10:00");
    near(calls_an_hour(&next, "passports"), 20.0, 0.02);
    assert_eq!(next.days_known, 19);
}

#[test]
fn a_half_hour_in_which_nobody_rang_though_agents_sat_there_counts() {
    let mut hotline = Hotline::default();
    for (nth, date) in days("2026-11-02", 28).iter().filter(|date| is_workday(date)).enumerate() {
        hotline.day(date, 1, 20, "passports");
        let hours = ["T09:00", "T12:00"].map(|hour| wall(&format!("{date}{hour}")));
        hotline.desk("bo", &[(hours[0], model::AgentState::Ready), (hours[1], model::AgentState::Off)]);
        if nth % 2 == 0 {
            hotline.call(wall(&format!("{date}T11:05")), "passports", End::GivesUp);
        }
    }
    let eleven = outlook(&hotline.learn(), "2026-12-01T11:00");
    assert_eq!(eleven.days_known, 20);
    near(calls_an_hour(&eleven, "passports"), 1.0, 0.5);
}

#[test]
fn mondays_are_busier_than_tuesdays_when_they_were() {
    let mut hotline = Hotline::default();
    for (nth, date) in days("2026-09-07", 70).iter().enumerate().filter(|(_, date)| is_workday(date)) {
        hotline.day(date, 12, if nth % 7 == 0 { 30 } else { 20 }, "passports");
    }
    let learner = hotline.learn();
    near(calls_an_hour(&outlook(&learner, "2026-11-16T10:00"), "passports"), 30.0, 0.08);
    near(calls_an_hour(&outlook(&learner, "2026-11-17T10:00"), "passports"), 20.0, 0.05);
}

#[test]
fn the_morning_rush_stays_at_eight_when_the_clocks_change() {
    for (from, after) in [("2027-03-01", "2027-03-29"), ("2027-10-04", "2027-11-01")] {
        let mut hotline = Hotline::default();
        for date in days(from, 26).iter().filter(|date| is_workday(date)) {
            hotline.day(date, 4, 4, "passports");
            let rush = wall(&format!("{date}T08:00"));
            (0..16).for_each(|nth| hotline.call(rush + hotline::seconds(nth * 100), "passports", End::GivesUp));
        }
        let learner = hotline.learn();
        near(calls_an_hour(&outlook(&learner, &format!("{after}T08:00")), "passports"), 36.0, 0.15);
        near(calls_an_hour(&outlook(&learner, &format!("{after}T09:00")), "passports"), 4.0, 0.4);
    }
}

#[test]
fn the_doubled_hour_of_october_is_two_half_hours_of_one_name() {
    let mut hotline = Hotline::default();
    for date in days("2027-10-10", 22).iter().step_by(7) {
        let (from, hours) = (wall(&format!("{date}T00:00")), if date == "2027-10-31" { 7 } else { 6 });
        for nth in 0..hours * 10 {
            hotline.call(from + hotline::seconds(nth * 360), "night", End::Talks { agent: "anna", seconds: 60 });
        }
    }
    let learner = hotline.learn();
    let night = outlook(&learner, "2027-11-07T02:30");
    near(calls_an_hour(&night, "night"), 10.0, 0.05);
    assert_eq!(night.days_known, 4, "two half-hours, but one day");
}

#[test]
fn what_nobody_rang_about_for_a_summer_is_forgotten() {
    let mut hotline = weeks("2026-03-02", 4, 20);
    hotline.call(wall("2026-03-10T10:00"), "festival", End::Talks { agent: "anna", seconds: 60 });
    let learner = hotline.learn();
    assert!(outlook(&learner, "2026-04-07T10:00").classes.contains_key(&class("festival", "da")));
    let later = outlook(&learner, "2026-08-03T10:00");
    assert!(later.classes.is_empty() && later.days_known == 0, "{later:?}");
}

#[test]
fn topics_beyond_all_bounds_are_not_told_apart() {
    let mut hotline = Hotline::default();
    for nth in 0..1_100 {
        let at = wall("2026-11-23T10:00") + hotline::seconds(nth);
        hotline.call(at, &format!("topic{nth}"), End::Talks { agent: "anna", seconds: 60 });
    }
    assert_eq!(outlook(&hotline.learn(), "2026-11-24T10:00").classes.len(), 1_024);
}
