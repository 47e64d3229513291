//! What a plan can say of recordings, and what it can't: above all, that somebody is recorded who was not asked.
//! Knows sentences of faults only as far as they say what to do.

use model::MunicipalityId;
use plan::{Fault, LineNo, Plan, read_plan};

const KEY: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
const AARHUS: MunicipalityId = MunicipalityId(751);
const RANDERS: MunicipalityId = MunicipalityId(730);

/// A plan of two municipalities, of which Aarhus says this of recordings, and a line that says this.
fn read(aarhus: &str, line: &str) -> Result<Plan, Vec<Fault>> {
    read_plan(&format!(
        "topics = [{{ id = \"pas\", title = \"Pas\" }}]\nlanguages = [{{ id = \"da\", title = \"dansk\" }}]\n\
         queues = [{{ id = \"pas\", title = \"Pas\" }}]\n\
         [[municipalities]]\nid = \"0751\"\nname = \"Aarhus\"\n{aarhus}\n\
         [[municipalities]]\nid = \"0730\"\nname = \"Randers\"\n\
         [[lines]]\nid = \"pas\"\ntitle = \"Pas\"\ntopic = \"pas\"\nlanguage = \"da\"\nqueue = \"pas\"\n\
         calendar = \"always\"\nwait_max_s = 60\n{line}\n"
    ))
}

fn sealed() -> String {
    format!("recording_key = \"{KEY}\"\nrecording_days = 30")
}

/// The one fault, and what is said of it.
fn fault(aarhus: &str, line: &str) -> (String, String) {
    let faults = read(aarhus, line).expect_err("a faulty plan");
    assert_eq!(faults.len(), 1, "{faults:?}");
    (faults[0].at.clone(), format!("{} / {}", faults[0].da, faults[0].en))
}

#[test]
fn nothing_is_recorded_unless_the_line_asks_and_the_municipality_has_a_key() {
    for (aarhus, line) in [("", ""), (&*sealed(), ""), (&sealed(), "record = \"never\"")] {
        let plan = read(aarhus, line).expect("a plan");
        assert!([None, Some(AARHUS)].iter().all(|citizens| plan.recordings(LineNo(0), *citizens).is_none()));
    }
}

#[test]
fn on_a_shared_line_only_citizens_of_municipalities_with_a_key_are_asked() {
    let plan = read(&sealed(), "record = \"consent\"").expect("a plan");
    let (owner, kept) = plan.recordings(LineNo(0), Some(AARHUS)).expect("Aarhus records");
    assert_eq!((owner, kept.key.as_str(), kept.keep_days), (AARHUS, KEY, 30));
    assert!(plan.recordings(LineNo(0), Some(RANDERS)).is_none());
    assert!(plan.recordings(LineNo(0), None).is_none());
    assert_eq!(plan.lines[0].consent_message.as_deref(), Some("recording_consent.da"));
    assert!(plan.prompts().iter().any(|prompt| &**prompt == "recording_consent.da"), "there must be such a sound");
}

#[test]
fn a_municipalitys_own_line_needs_its_own_key() {
    let plan = read(&sealed(), "municipality = \"0751\"\nrecord = \"consent\"").expect("a plan");
    assert_eq!(plan.recordings(LineNo(0), Some(AARHUS)).map(|(owner, _)| owner), Some(AARHUS));
    let (at, said) = fault(&sealed(), "municipality = \"0730\"\nrecord = \"consent\"");
    assert!(at == "lines[0].record" && said.contains("0730") && said.contains("recording_key"), "{at} {said}");
    let (at, said) = fault("", "record = \"consent\"");
    assert!(at == "lines[0].record" && said.contains("recording_key"), "{at} {said}");
}

#[test]
fn a_line_that_is_not_answered_or_says_nothing_can_ask_nobody() {
    let (at, said) = fault(&sealed(), "record = \"consent\"\nwaiting = \"unanswered\"\ngreeting = \"none\"");
    assert!(at == "lines[0].record" && said.contains("waiting = \"music\""), "{at} {said}");
    let (at, _) = fault(&sealed(), "record = \"consent\"\nconsent_message = \"none\"");
    assert_eq!(at, "lines[0].consent_message");
    let (at, _) = fault(&sealed(), "consent_message = \"spoerg\"");
    assert_eq!(at, "lines[0].consent_message");
}

#[test]
fn a_key_with_a_slip_and_a_secret_key_are_refused_with_a_word_on_what_to_do() {
    let with_key = |key: &str| fault(&format!("recording_key = \"{key}\"\nrecording_days = 30"), "");
    let (at, said) = with_key(&KEY.replace("zvkyg2", "zvkyg3"));
    assert!(at == "municipalities[0].recording_key" && said.contains("kontrolsummen"), "{at} {said}");
    let (_, said) = with_key("AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ");
    assert!(said.contains("hemmelige") && !said.contains("QQQQ"), "{said}");
    let (_, said) = with_key("ssh-ed25519 AAAA");
    assert!(said.contains("make-key"), "{said}");
}

#[test]
fn how_long_recordings_are_kept_must_be_said_and_be_possible() {
    let at = |aarhus: &str| fault(aarhus, "").0;
    assert_eq!(at(&format!("recording_key = \"{KEY}\"")), "municipalities[0].recording_days");
    assert_eq!(at("recording_days = 30"), "municipalities[0].recording_days");
    for days in ["0", "3651"] {
        assert_eq!(
            at(&format!("recording_key = \"{KEY}\"\nrecording_days = {days}")),
            "municipalities[0].recording_days"
        );
    }
}
