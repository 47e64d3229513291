//! No plan, and nothing that happens, records a citizen who has not pressed the key after being asked in this call.
//!
//! Every way to write a plan about recordings, and thousands of calls through all stations by seeds. Knows effects only.

use journey::{
    Alarm, CallbackEvent, CompanyEvent, Effect, Event, Journey, MessageEvent, Party, RecordingEvent, Stage,
    Supervision, Target, Wish,
};
use model::{
    Cause, DecisionNo, HandedTo, LegEnd, Listening, Moment, MunicipalityId, OfferedWhy, PersonRef, RecordingFact, What,
};
use plan::{AgentNo, LineNo, Plan, QueueNo, read_plan};

const KEY: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
const AARHUS: MunicipalityId = MunicipalityId(751);
const RANDERS: MunicipalityId = MunicipalityId(730);
/// Things that happen to one call.
const STEPS: usize = 60;

/// What a plan may say of recordings; none: it says nothing.
fn plans() -> Vec<Plan> {
    let mut plans = Vec::new();
    for records in [None, Some("never"), Some("consent")] {
        for keys in ["", "0751", "0730", "0751 0730"] {
            for owner in [None, Some("0751"), Some("0730")] {
                for more in ["", "greeting = \"none\"\n", "waiting = \"unanswered\"\ngreeting = \"none\"\n"] {
                    // What can't be compiled can't be run.
                    plans.extend(read_plan(&text(records, keys, owner, more)));
                }
            }
        }
    }
    plans
}

fn text(records: Option<&str>, keys: &str, owner: Option<&str>, more: &str) -> String {
    let member = |id: &str| {
        let key = format!("recording_key = \"{KEY}\"\nrecording_days = 30\n");
        let key = if keys.contains(id) { key } else { String::new() };
        format!("[[municipalities]]\nid = \"{id}\"\nname = \"{id}\"\n{key}")
    };
    let owner = owner.map(|owner| format!("municipality = \"{owner}\"\n")).unwrap_or_default();
    let records = records.map(|records| format!("record = \"{records}\"\n")).unwrap_or_default();
    let line = |id: &str, more: &str| {
        format!(
            "[[lines]]\nid = \"{id}\"\ntitle = \"Pas\"\ntopic = \"pas\"\nlanguage = \"da\"\nqueue = \"pas\"\n\
             calendar = \"always\"\nwait_max_s = 60\n{more}"
        )
    };
    [
        "topics = [{ id = \"pas\", title = \"Pas\" }]\nlanguages = [{ id = \"da\", title = \"dansk\" }]\n".to_owned(),
        "queues = [{ id = \"pas\", title = \"Pas\" }]\n".to_owned(),
        "agents = [{ ids = \"a1..a3\", password = \"kodeord-{id}\", skills = { pas = 1 } }]\n".to_owned(),
        member("0751"),
        member("0730"),
        line("rung", &format!("{owner}{records}{more}")),
        line("other", ""),
    ]
    .concat()
}

/// Numbers by a seed.
struct Lot(u64);

impl Lot {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// What a call would come to next, if nothing else came between.
fn usual(stage: &Stage, lot: &mut Lot, at: Moment) -> Event {
    match stage {
        Stage::Greeting | Stage::Menu(_) => Event::Said,
        Stage::Consent if lot.below(2) == 0 => Event::Key('1'),
        Stage::Consent => Event::Alarm(Alarm::ConsentOver),
        Stage::Bot => Event::Alarm(Alarm::BotOver),
        Stage::Waiting | Stage::Callback => matched(0),
        Stage::CallingBack { there: true, .. } => Event::Callback(CallbackEvent::Answered),
        Stage::Offer { .. } | Stage::CallingBack { there: false, .. } | Stage::Handing { .. } => Event::AgentAnswered,
        Stage::Talk { .. } | Stage::Elsewhere => Event::Queued { queue: QueueNo(0), since: at, overflow: None },
        Stage::Voicemail => Event::Message(MessageEvent::Failed),
        Stage::Booking => Event::Callback(CallbackEvent::Slot(None)),
        Stage::Onward { .. } | Stage::Farewell { .. } | Stage::Over => Event::Said,
    }
}

fn matched(agent: u32) -> Event {
    let (agent, why) = (AgentNo(agent), OfferedWhy::BestFreeAgent);
    Event::Matched { agent, decision: DecisionNo(1), why, because: None }
}

fn anything(lot: &mut Lot, at: Moment) -> Event {
    let agent = lot.below(3) as u32;
    let somebody = HandedTo::Outside(PersonRef(1));
    match lot.below(24) {
        0..4 => Event::Key(['1', '2', '#', '9'][lot.below(4) as usize]),
        4 => Event::CitizenConfirmed,
        5 => Event::Said,
        6 => Event::Alarm(Alarm::ConsentOver),
        7 => Event::Alarm(Alarm::TypingOver),
        8 => matched(agent),
        9 => Event::HandOn(Target::Line(LineNo(lot.below(2) as u32))),
        10 => Event::HandOn(Target::Agent(AgentNo(agent))),
        11 => Event::HandOn(Target::Outside(PersonRef(1))),
        12 => Event::TakenOver { to: somebody, talks: Some(Party::Agent(AgentNo(agent))) },
        13 => Event::Company(CompanyEvent::Wishes(Wish::Hold)),
        14 => Event::Company(CompanyEvent::Wishes(Wish::PauseRecording(lot.below(2) == 0))),
        15 => Event::Company(CompanyEvent::Wishes(Wish::Ask(somebody))),
        16 => Event::Company(CompanyEvent::ThirdAnswered),
        17 => Event::Company(CompanyEvent::Wishes(Wish::HandOver)),
        18 => Event::Company(CompanyEvent::Supervises(AgentNo(agent), Supervision::TakePart(Listening::Join))),
        19 => Event::Recording(RecordingEvent::OnHold(lot.below(2) == 0)),
        20 => Event::Recording(RecordingEvent::Failed(1)),
        21 => Event::AgentAway,
        22 => Event::Queued { queue: QueueNo(0), since: at, overflow: None },
        _ => Event::AgentGone(LegEnd::HungUp),
    }
}

/// A call by a seed: whether it was recorded, and whether its citizen was asked and pressed the key.
fn call(plan: &Plan, citizens: Option<MunicipalityId>, seed: u64) -> (bool, bool) {
    let (mut lot, mut at, mut out) = (Lot(seed), Moment::from_secs(1_772_449_200), Vec::new());
    let mut journey = Journey::begin(plan, LineNo(0), citizens, at, &mut out);
    journey.on(Event::CitizenConfirmed, plan, at, &mut out);
    let (mut recorded, mut agreed) = (false, false);
    for _ in 0..STEPS {
        at = at + std::time::Duration::from_secs(lot.below(12));
        let event = if lot.below(2) == 0 { usual(journey.stage(), &mut lot, at) } else { anything(&mut lot, at) };
        let presses = *journey.stage() == Stage::Consent && event == Event::Key('1');
        out.clear();
        journey.on(event, plan, at, &mut out);
        let gives = out.contains(&Effect::Note(What::Recording(RecordingFact::ConsentGiven)));
        assert!(!gives || presses, "seed {seed}: consent without the key");
        agreed |= presses;
        recorded |= out.iter().any(|effect| matches!(effect, Effect::Record(_)));
        assert!(!recorded || agreed, "seed {seed}: recorded without the key");
        if let Some(over) = out.iter().position(|effect| matches!(effect, Effect::Over(_))) {
            assert_eq!(over, out.len() - 1, "seed {seed}: something follows the end");
        }
    }
    (recorded, agreed)
}

#[test]
fn nobody_is_recorded_by_any_plan_who_has_not_pressed_the_key_when_asked() {
    let (mut asked, mut recorded) = (0_u64, 0_u64);
    for (number, plan) in (0..).zip(plans()) {
        for citizens in [None, Some(AARHUS), Some(RANDERS)] {
            for seed in 0..150 {
                let (is_recorded, _) = call(&plan, citizens, number * 1_000 + seed);
                recorded += u64::from(is_recorded);
                let may = plan.recordings(LineNo(0), citizens).is_some();
                asked += u64::from(may);
                assert!(!is_recorded || may, "plan {number}, {citizens:?}, seed {seed}");
            }
        }
    }
    assert!(recorded * 10 > asked, "{recorded} of {asked} who were asked are recorded: too few to say anything");
}

#[test]
fn a_plan_that_never_asks_never_records_whatever_keys_are_pressed() {
    for (records, keys) in [(None, "0751 0730"), (Some("never"), "0751 0730"), (Some("consent"), "0730")] {
        let Ok(plan) = read_plan(&text(records, keys, None, "")) else { panic!("{records:?} {keys} compiles") };
        for seed in 0..2_000 {
            assert_eq!(call(&plan, Some(AARHUS), seed), (false, false), "{records:?} {keys}");
        }
    }
}

#[test]
fn a_recording_ends_before_the_call_does_and_no_cause_leaves_it_running() {
    let plan = read_plan(&text(Some("consent"), "0751", None, "greeting = \"none\"\n")).expect("a plan");
    for end in [Event::CitizenGone(LegEnd::HungUp), Event::AgentHangsUp, Event::Silent, Event::Dissolved] {
        let (at, mut out) = (Moment::from_secs(1_772_449_200), Vec::new());
        let mut journey = Journey::begin(&plan, LineNo(0), Some(AARHUS), at, &mut out);
        for event in [Event::CitizenConfirmed, Event::Key('1'), matched(0), Event::AgentAnswered] {
            journey.on(event, &plan, at, &mut out);
        }
        assert!(matches!(journey.stage(), Stage::Talk { .. }));
        out.clear();
        journey.on(end.clone(), &plan, at, &mut out);
        let place = |wanted: &dyn Fn(&Effect) -> bool| out.iter().position(wanted).expect("is there");
        let ended = place(&|effect| *effect == Effect::EndRecording);
        let lets_go = place(&|effect| {
            matches!(effect, Effect::HangUpAgent(_) | Effect::HangUpCitizen(Cause::Normal | Cause::PeerLost))
        });
        assert!(ended < lets_go, "{end:?}: {out:?}");
    }
}
