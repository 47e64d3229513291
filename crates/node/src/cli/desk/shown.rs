//! What happens at a desk as Danish lines for the terminal. Pure: an event in, lines out.
//! Knows messages and Danish; doesn't know where they are printed.

use std::time::Duration;

use api::proto::desk as pb;
use api::proto::desk::offer::Caller;
use api::proto::desk::watch_response::Event;

use crate::cli::by_hand::wall;

/// The lines that an event is told in.
pub(crate) fn lines(event: &Event) -> Vec<String> {
    match event {
        Event::Snapshot(snapshot) => self::snapshot(snapshot),
        Event::State(state) => vec![format!("Du er {}.", self::state(state))],
        Event::Offered(offer) => rings(offer),
        Event::Withdrawn(withdrawn) => vec![format!("Opkaldet er væk: {}.", end(withdrawn.why()))],
        Event::Talking(_) => vec!["I samtale.".to_owned()],
        Event::WrapUp(_) => vec!["Samtalen er slut. Skriv 'efterbehandling …'.".to_owned()],
        Event::Phone(phone) if phone.reachable => vec!["Telefonen er tilmeldt.".to_owned()],
        Event::Phone(_) => vec!["Telefonen kan ikke nås.".to_owned()],
        Event::InCall(now) => vec![in_call(now)],
        Event::Sound(sound) => unheard(Some(sound)),
        Event::SoundTested(tested) => vec![tested.text_da.clone()],
        Event::NotHandedOn(it) => vec![it.text_da.clone()],
        Event::Resync(_) => Vec::new(),
    }
}

fn rings(offer: &pb::Offer) -> Vec<String> {
    let mut lines = vec![format!("DET RINGER: {}", self::offer(offer))];
    lines.extend(earlier(offer));
    lines.push("  Tag det på telefonen, eller skriv 'afvis'.".to_owned());
    lines
}

/// That the same number rang not long ago.
fn earlier(offer: &pb::Offer) -> Option<String> {
    offer.earlier.as_ref().map(|earlier| format!("  {}", earlier.text_da))
}

/// The directory, a line an entry.
pub(crate) fn directory(directory: &pb::DirectoryResponse) -> Vec<String> {
    if directory.entries.is_empty() {
        return vec!["Der er ingen opslag i planen.".to_owned()];
    }
    let line = |entry: &pb::DirectoryEntry| format!("{:16} {}: {}", entry.id, entry.title, entry.text_da);
    directory.entries.iter().map(line).collect()
}

/// What was written after earlier calls of the number.
pub(crate) fn notes(notes: &pb::NotesResponse) -> Vec<String> {
    if notes.notes.is_empty() {
        return vec!["Der er ingen notater om dette nummer.".to_owned()];
    }
    let line = |note: &pb::Note| {
        let who = if note.agent_name.is_empty() { &note.agent_id } else { &note.agent_name };
        let about = if note.line_title.is_empty() { &note.line_id } else { &note.line_title };
        format!("{} · {about} · {who}: {}", wall(note.written_unix_ms), note.text)
    };
    notes.notes.iter().map(line).collect()
}

/// What is wrong with the sound, if anything is.
fn unheard(sound: Option<&pb::Sound>) -> Vec<String> {
    sound.map(|sound| sound.text_da.clone()).filter(|text| !text.is_empty()).into_iter().collect()
}

/// What is beside the conversation, in a line.
fn in_call(now: &pb::InCallNow) -> String {
    let third = match now.third() {
        pb::ThirdStage::Unspecified => "",
        pb::ThirdStage::Called => "en anden ringes op",
        pb::ThirdStage::Asked => "du taler med en anden, borgeren hører musik",
        pb::ThirdStage::Aside => "du taler med borgeren, den anden hører musik",
        pb::ThirdStage::Joined => "I er tre i samtalen",
    };
    let listening = match now.listening() {
        pb::Listening::Unspecified => "",
        pb::Listening::Listen => "en leder lytter med",
        pb::Listening::Whisper => "en leder lytter med, og kun du hører lederen",
        pb::Listening::Join => "en leder deltager",
    };
    let (held, muted) =
        (if now.held { "borgeren venter" } else { "" }, if now.muted { "din mikrofon er slået fra" } else { "" });
    let recording = match now.recording() {
        pb::Recording::Unspecified => "",
        pb::Recording::On => "samtalen optages",
        pb::Recording::Paused => "optagelsen holder pause",
        pb::Recording::Failed => "optagelsen er standset af en fejl",
    };
    let announced = match now.announced_to() {
        pb::Hearer::Unspecified => "",
        pb::Hearer::Citizen => "borgeren hører en meddelelse og ikke dig",
        pb::Hearer::Agent => "du hører en meddelelse",
    };
    let told: Vec<&str> =
        [held, muted, third, listening, recording, announced].into_iter().filter(|words| !words.is_empty()).collect();
    if told.is_empty() {
        "Kun du og borgeren er i samtalen.".to_owned()
    } else {
        format!("Samtalen: {}.", told.join(" · "))
    }
}

fn snapshot(snapshot: &pb::Snapshot) -> Vec<String> {
    let state = snapshot.state.as_ref().map_or_else(|| "ukendt".to_owned(), state);
    let phone = if snapshot.phone_reachable { "telefonen er klar" } else { "telefonen kan ikke nås" };
    let mut lines = vec![format!("Du er {state}; {phone}.")];
    lines.extend(unheard(snapshot.sound.as_ref()));
    lines.extend(snapshot.call.as_ref().map(|call| format!("Opkald: {}", offer(call))));
    lines.extend(snapshot.call.as_ref().and_then(earlier));
    lines
}

/// `20 12 34 56 · Aarhus · Pas og kørekort · ventet 0:12 · …`
fn offer(offer: &pb::Offer) -> String {
    let caller = match &offer.caller {
        Some(Caller::Number(number)) => in_pairs(number),
        Some(Caller::Text(text)) => text.clone(),
        Some(Caller::Withheld(_)) | None => "hemmeligt nummer".to_owned(),
    };
    let municipality = match (offer.municipality_name.as_str(), offer.municipality_code.as_str()) {
        ("", "") => "ukendt kommune",
        ("", code) => code,
        (name, _) => name,
    };
    let line = if offer.line_title.is_empty() { &offer.line_id } else { &offer.line_title };
    let waited = clock(Duration::from_millis(offer.waited_ms));
    let why = match offer.why() {
        pb::OfferedWhy::BestFreeAgent => "du var den bedste ledige",
        pb::OfferedWhy::BestWaitingCall => "det bedste ventende opkald",
        pb::OfferedWhy::Unspecified => "ukendt grund",
    };
    let back = if offer.callback { "ring tilbage: " } else { "" };
    format!(
        "{back}{caller} · {municipality} · {line} · emne {} · sprog {} · ventet {waited} · {why} (afgørelse {})",
        offer.topic, offer.language, offer.decision
    )
}

/// An agent's state in Danish.
pub(crate) fn state(state: &pb::State) -> String {
    let word = match state.agent_state() {
        pb::AgentState::Unspecified => "ukendt",
        pb::AgentState::Off => "logget ud",
        pb::AgentState::Ready => "klar",
        pb::AgentState::Offered => "tilbudt et opkald",
        pb::AgentState::Talking => "i samtale",
        pb::AgentState::WrapUp => "i efterbehandling",
        pb::AgentState::Paused => return format!("på pause ({})", pause(state)),
    };
    word.to_owned()
}

fn pause(state: &pb::State) -> &str {
    match state.pause_cause() {
        pb::PauseCause::Chosen if state.pause_code == "login" => "lige logget ind",
        pb::PauseCause::Chosen if !state.pause_code.is_empty() => &state.pause_code,
        pb::PauseCause::Chosen | pb::PauseCause::Unspecified => "efter eget valg",
        pb::PauseCause::NoAnswer => "svarede ikke",
        pb::PauseCause::PhoneGone => "telefonen er væk",
        pb::PauseCause::BusyElsewhere => "optaget på telefonen",
        pb::PauseCause::OwnCall => "egen samtale",
        pb::PauseCause::SoundTest => "lydprøve",
        pb::PauseCause::SoundUnproven => "lyden er ikke afprøvet: tag en lydprøve",
    }
}

fn end(end: pb::OfferEnd) -> &'static str {
    match end {
        pb::OfferEnd::Unspecified => "ukendt grund",
        pb::OfferEnd::Declined => "afvist",
        pb::OfferEnd::Busy => "telefonen var optaget",
        pb::OfferEnd::NoAnswer => "det ringede for længe",
        pb::OfferEnd::Unreachable => "telefonen kunne ikke nås",
        pb::OfferEnd::CitizenGone => "borgeren lagde på",
        pb::OfferEnd::Failed => "en fejl hos centralen",
    }
}

/// Minutes and seconds: `0:12`, `61:05`.
pub(crate) fn clock(span: Duration) -> String {
    format!("{}:{:02}", span.as_secs() / 60, span.as_secs() % 60)
}

/// Danish numbers as people write them.
fn in_pairs(number: &str) -> String {
    if number.len() != 8 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return number.to_owned();
    }
    format!("{} {} {} {}", &number[..2], &number[2..4], &number[4..6], &number[6..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_tells_who_rings_from_where_about_what_and_how_long_they_waited() {
        let offer = pb::Offer {
            caller: Some(Caller::Number("20123456".to_owned())),
            municipality_name: "Aarhus".to_owned(),
            line_title: "Pas og kørekort".to_owned(),
            topic: "pas".to_owned(),
            language: "da".to_owned(),
            waited_ms: 72_900,
            callback: false,
            decision: 42,
            why: pb::OfferedWhy::BestWaitingCall.into(),
            ..pb::Offer::default()
        };
        let told = lines(&Event::Offered(offer.clone())).remove(0);
        assert!(told.starts_with("DET RINGER: 20 12 34 56 · Aarhus · Pas og kørekort"), "{told}");
        assert!(told.contains("ventet 1:12") && told.contains("afgørelse 42"), "{told}");
        let withheld = pb::Offer { caller: Some(Caller::Withheld(true)), ..offer };
        assert!(lines(&Event::Offered(withheld))[0].contains("hemmeligt nummer"));
    }

    #[test]
    fn a_pause_tells_its_reason() {
        let (agent_state, pause_cause) = (pb::AgentState::Paused.into(), pb::PauseCause::Chosen.into());
        let lunch = pb::State { agent_state, pause_cause, pause_code: "frokost".to_owned() };
        assert_eq!(state(&lunch), "på pause (frokost)");
    }
}
