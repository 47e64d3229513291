//! Every kind of fact and person once, for the tests of the encoding.
//! Every field has a value, so that a forgotten one shows.

mod called_back;
mod voicemail;

use std::sync::Arc;
use std::time::Duration;

use model::{
    About, AgentId, AgentState, Because, BotEnd, BotFact, CallId, Caller, CallerText, ChangeHow, ChangedSetting,
    DecisionNo, Dialled, Excluded, Fact, FactId, HandedTo, Hearer, InCallFact, Lane, Listening, MenuAnswer, Moment,
    MunicipalityId, OfferEnd, OfferedWhy, Other, Outcome, OverflowWhy, Party, PauseReason, PersonRecord, PersonRef,
    PhoneNumber, PlanChange, RecordingFact, RecordingPause, Rival, Score, ShardNo, What, WrapUp,
};

pub(crate) fn facts() -> Vec<(&'static str, Fact)> {
    let whats = whats();
    (1u32..).zip(whats).map(|(no, (name, what))| (name, fact(no, what))).collect()
}

pub(crate) fn persons() -> Vec<(&'static str, PersonRecord)> {
    let record = |caller| PersonRecord { person: PersonRef(7), caller, seen_at: moment(5) };
    vec![
        ("person_number", record(Caller::Number(PhoneNumber::parse("+4520304050").expect("a number")))),
        ("person_text", record(Caller::Text(CallerText::new("anonym-café")))),
        ("person_withheld", record(Caller::Withheld)),
    ]
}

fn fact(no: u32, what: What) -> Fact {
    let of_agent = matches!(what, What::AgentBecame { .. } | What::WrappedUp { .. } | What::WrapUpExtended { .. });
    let of_node =
        matches!(what, What::NodeStarted { .. } | What::NodeDraining | What::NodeStopped | What::PlanChanged(_));
    let about = if of_agent {
        About::Agent { agent: agent(), seq: no }
    } else if of_node {
        About::Node
    } else {
        About::Call { call: call(), seq: no }
    };
    Fact { id: FactId::new(1_795_000_000_000, ShardNo(2), u64::from(no)), at: moment(i64::from(no)), about, what }
}

fn whats() -> Vec<(&'static str, What)> {
    let became = |state, call| What::AgentBecame { state, call };
    let paused = |reason| became(AgentState::Paused(reason), None);
    let ended = |outcome| What::Ended { outcome };
    let mut all = vec![
        (
            "call_arrived",
            What::CallArrived { trunk: "trunk".into(), dialled: dialled("89402222"), person: Some(PersonRef(9)) },
        ),
        (
            "call_arrived_withheld",
            What::CallArrived { trunk: "t".into(), dialled: dialled("+4940123456"), person: None },
        ),
        ("line_found", line(Some(MunicipalityId(751)))),
        ("line_found_unknown", line(None)),
        ("found_closed", What::FoundClosed { opens_at: Some(moment(3600)) }),
        ("found_closed_for_ever", What::FoundClosed { opens_at: None }),
        ("greeting_began", What::GreetingBegan),
        ("queued", What::Queued { queue: "pas".into(), since: moment(2), overflow: None }),
        ("offered", offered(u64::MAX, OfferedWhy::BestFreeAgent, None)),
        ("offered_waiting", offered(0, OfferedWhy::BestWaitingCall, None)),
        ("answered", What::Answered { agent: agent() }),
        ("talking", What::Talking { agent: agent() }),
        ("became_off", became(AgentState::Off, None)),
        ("became_ready", became(AgentState::Ready, None)),
        ("became_offered", became(AgentState::Offered, Some(call()))),
        ("became_talking", became(AgentState::Talking, Some(call()))),
        ("became_wrap_up", became(AgentState::WrapUp, Some(call()))),
        ("paused_chosen", paused(PauseReason::Chosen(Arc::from("frokost")))),
        ("paused_no_answer", paused(PauseReason::NoAnswer)),
        ("paused_phone_gone", paused(PauseReason::PhoneGone)),
        ("paused_busy", paused(PauseReason::BusyElsewhere)),
        ("wrapped_up", wrapped(Some("pas"), Some("vejledt"), Some(true))),
        ("wrapped_up_empty", wrapped(None, None, None)),
        ("wrapped_up_unsolved", wrapped(None, Some(""), Some(false))),
        ("node_started", What::NodeStarted { version: Arc::from("0.1.0 æøå") }),
        ("node_started_long", What::NodeStarted { version: Arc::from("x".repeat(300)) }),
        ("node_draining", What::NodeDraining),
        ("node_stopped", What::NodeStopped),
    ];
    for (name, by) in
        [("hung_up_citizen", Party::Citizen), ("hung_up_agent", Party::Agent), ("hung_up_centre", Party::Centre)]
    {
        all.push((name, What::HungUp { by }));
    }
    // Those that came later stand below: each sample keeps its bytes.
    all.extend(Outcome::ALL[..9].iter().map(|outcome| (outcome.name(), ended(*outcome))));
    all.extend(offer_ends().map(|(name, why)| (name, What::OfferEnded { agent: agent(), why })));
    // Kinds and fields that came later stand last, so that older ones keep their numbers.
    all.push(("offered_to_the_best", offered(7, OfferedWhy::BestFreeAgent, Some(of_agents()))));
    all.push(("offered_the_best", offered(8, OfferedWhy::BestWaitingCall, Some(of_lines()))));
    all.push(("promised", promised(3, 87, 4)));
    all.push(("transfer_began", What::TransferBegan { by: agent(), to: HandedTo::Agent("agent0007".into()) }));
    all.push(("transferred_to_line", What::Transferred { by: agent(), to: HandedTo::Line("flytning".into()) }));
    all.push(("transferred_outside", What::Transferred { by: agent(), to: HandedTo::Outside(PersonRef(11)) }));
    all.push(("transfer_failed", What::TransferFailed { why: OfferEnd::Busy }));
    all.push(("own_call", What::OwnCall { agent: agent(), to: HandedTo::Outside(PersonRef(12)) }));
    all.push(("connected", What::Connected));
    all.push(("hung_up_third", What::HungUp { by: Party::Third }));
    all.push(("paused_own_call", paused(PauseReason::OwnCall)));
    all.extend(in_call().map(|(name, what)| (name, What::InCall(what))));
    all.push(("paused_sound_test", paused(PauseReason::SoundTest)));
    all.push(("paused_sound_unproven", paused(PauseReason::SoundUnproven)));
    all.extend(recording().map(|(name, what)| (name, What::Recording(what))));
    all.extend(plan_changes().map(|(name, change)| (name, What::PlanChanged(Box::new(change)))));
    all.extend(announced().map(|(name, what)| (name, What::InCall(what))));
    all.extend(menu().map(|(name, answer)| (name, What::MenuChosen { menu: "emner".into(), answer })));
    all.push(("agent_lost", What::AgentLost { agent: agent() }));
    all.push(("bounced", What::Bounced { by: agent(), line: "pas".into() }));
    all.extend([
        ("queued_full", queued_because(OverflowWhy::Full)),
        ("queued_wait", queued_because(OverflowWhy::Wait)),
        ("queued_calls_per_agent", queued_because(OverflowWhy::CallsPerAgent)),
        ("queued_agents_under", queued_because(OverflowWhy::AgentsUnder)),
    ]);
    all.extend(called_back::all().map(|(name, what)| (name, What::Callback(what))));
    all.push(("callback_failed", ended(Outcome::CallbackFailed)));
    all.push(("wrap_up_extended", What::WrapUpExtended { call: call() }));
    let wrap_up = WrapUp {
        topic_code: Some("kørekort".into()),
        referred_to: Some("skat".into()),
        guide: Some("https://selvbetjening.nu/pas".into()),
        role: Some("pårørende".into()),
        ..WrapUp::default()
    };
    all.push(("wrapped_up_whole", What::WrappedUp { call: call(), wrap_up }));
    all.extend(bot().map(|(name, what)| (name, What::Bot(what))));
    all.push((Outcome::ServedByBot.name(), What::Ended { outcome: Outcome::ServedByBot }));
    all.push(("rang_before", What::RangBefore { ago: Duration::from_secs(12 * 60), talked: true }));
    all.push(("callback_booked", What::Callback(called_back::booked())));
    all.extend(voicemail::whats());
    for outcome in [Outcome::LeftMessage, Outcome::LedOutside] {
        all.push((outcome.name(), What::Ended { outcome }));
    }
    all.push(("led_on", What::LedOn { entry: "skat".into() }));
    all
}

fn bot() -> [(&'static str, BotFact); 7] {
    let ended = |why| BotFact::Ended { why };
    [
        ("bot_began", BotFact::Began),
        ("bot_wants_person", ended(BotEnd::WantsPerson)),
        ("bot_left_by_key", ended(BotEnd::Key)),
        ("bot_time_over", ended(BotEnd::TimeOver)),
        ("bot_gone", ended(BotEnd::Gone)),
        ("bot_done", ended(BotEnd::Done)),
        ("bot_citizen_gone", ended(BotEnd::CitizenGone)),
    ]
}

fn plan_changes() -> [(&'static str, PlanChange); 3] {
    let change = |how, changed, more| PlanChange {
        version: 7,
        who: "leder1".into(),
        why: "personalemøde".into(),
        how,
        changed,
        more,
    };
    let setting = |before: Option<&str>, after: Option<&str>| ChangedSetting {
        at: "lines.pas.calendar".into(),
        before: before.map(Arc::from),
        after: after.map(Arc::from),
    };
    let changed =
        vec![setting(Some("\"borgerservice\""), Some("")), setting(None, Some("1")), setting(Some("1"), None)];
    [
        ("plan_changed", change(ChangeHow::TakenOver, changed, 9)),
        ("plan_tried", change(ChangeHow::TriedOn("pas".into()), Vec::new(), 0)),
        ("plan_taken_back", change(ChangeHow::TakenBack, Vec::new(), 0)),
    ]
}

fn announced() -> [(&'static str, InCallFact); 4] {
    let announced = |to| InCallFact::Announced { by: agent(), announcement: "notits".into(), to };
    [
        ("announced_to_citizen", announced(Hearer::Citizen)),
        ("announced_to_agent", announced(Hearer::Agent)),
        ("announcement_over", InCallFact::AnnouncementOver { whole: true }),
        ("announcement_cut", InCallFact::AnnouncementOver { whole: false }),
    ]
}

fn in_call() -> [(&'static str, InCallFact); 10] {
    let supervised = |how| InCallFact::Supervised { by: "leder1".into(), how };
    [
        ("held", InCallFact::Held),
        ("resumed", InCallFact::Resumed),
        ("asks_outside", InCallFact::Asks { by: agent(), to: HandedTo::Outside(PersonRef(13)) }),
        ("third_there", InCallFact::ThirdThere),
        ("conferenced", InCallFact::Conferenced),
        ("third_gone", InCallFact::ThirdGone),
        ("listens", supervised(Listening::Listen)),
        ("whispers", supervised(Listening::Whisper)),
        ("joins", supervised(Listening::Join)),
        ("supervision_over", InCallFact::SupervisionOver { by: "leder1".into() }),
    ]
}

fn menu() -> [(&'static str, MenuAnswer); 3] {
    [
        ("menu_key", MenuAnswer::Key('#')),
        ("menu_postal_code", MenuAnswer::PostalCode),
        ("menu_nothing", MenuAnswer::Nothing),
    ]
}

fn recording() -> [(&'static str, RecordingFact); 10] {
    let paused = |why| RecordingFact::Paused { why };
    [
        ("consent_given", RecordingFact::ConsentGiven),
        ("consent_refused", RecordingFact::ConsentRefused),
        ("recording_began", RecordingFact::Began { number: 2 }),
        ("recording_paused_by_agent", paused(RecordingPause::Agent)),
        ("recording_paused_on_hold", paused(RecordingPause::Hold)),
        ("recording_paused_by_keys", paused(RecordingPause::Keys)),
        ("recording_resumed", RecordingFact::Resumed),
        ("recording_failed", RecordingFact::Failed),
        ("recording_ended", RecordingFact::Ended),
        ("recording_paused_for_third", paused(RecordingPause::Third)),
    ]
}

fn queued_because(why: OverflowWhy) -> What {
    What::Queued { queue: "overskud".into(), since: moment(2), overflow: Some(why) }
}

fn offered(decision: u64, why: OfferedWhy, because: Option<Because>) -> What {
    What::Offered { agent: agent(), decision: DecisionNo(decision), why, because: because.map(Box::new) }
}

fn promised(minutes: u64, seconds: u64, ahead: u32) -> What {
    What::Promised { within: Duration::from_secs(60 * minutes), expected: Duration::from_secs(seconds), ahead }
}

fn of_agents() -> Because {
    let other = |agent: &str, score| Other { who: Rival::Agent(agent.into()), score: Score(score) };
    Because {
        level: -1,
        lane: Lane::Front,
        score: Score(-12_345),
        waited: Duration::from_micros(1),
        idle: Duration::from_secs(75),
        candidates: 12,
        others: vec![other("agent0002", -12_000), other("agent0003", 431_250), other("agent0004", i64::MAX)],
        excluded: Excluded { barred: 1, reserved: 2, step: 3, kept_back: 4 },
    }
}

fn of_lines() -> Because {
    let who = Rival::Line { topic: "flytning".into(), language: "en".into() };
    let others = vec![Other { who, score: Score(0) }];
    Because { level: 2, lane: Lane::Diverted, score: Score(99), others, ..Because::default() }
}

fn offer_ends() -> [(&'static str, OfferEnd); 6] {
    [
        ("offer_declined", OfferEnd::Declined),
        ("offer_busy", OfferEnd::Busy),
        ("offer_no_answer", OfferEnd::NoAnswer),
        ("offer_unreachable", OfferEnd::Unreachable),
        ("offer_citizen_gone", OfferEnd::CitizenGone),
        ("offer_failed", OfferEnd::Failed),
    ]
}

fn line(municipality: Option<MunicipalityId>) -> What {
    What::LineFound { line: "pas-da".into(), municipality, topic: "pas".into(), language: "da".into() }
}

fn wrapped(topic: Option<&str>, code: Option<&str>, solved: Option<bool>) -> What {
    What::WrappedUp {
        call: call(),
        wrap_up: WrapUp { topic: topic.map(Into::into), code: code.map(Arc::from), solved, ..WrapUp::default() },
    }
}

fn dialled(text: &str) -> Dialled {
    Dialled::parse(text).expect("a number")
}

fn agent() -> AgentId {
    AgentId::new("agent0001")
}

fn call() -> CallId {
    CallId::new(1_795_000_000_000, ShardNo(2), 41)
}

fn moment(seconds: i64) -> Moment {
    Moment::from_micros(1_795_000_000_000_000 + seconds * 1_000_001)
}
