//! What else a drawn line may say, beside where it leads: consent, a bot, callbacks, places told, messages, hours of its own.
//! Drawn from lots of their own, so that the plans of older seeds lead where they led. Knows plan files; nothing of calls.

use plan::file::{
    BotEntry, CalendarEntry, CallbackEntry, ChangeEntry, ClosingEntry, LineEntry, PlaceEntry, PlanFile, QueueEntry,
    RecordEntry, SameAgentEntry, StepEntry, WaitingEntry,
};

use super::{Lot, text};

/// A public key, whose secret half nobody needs here.
const RECORDING_KEY: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

/// The same file, with the rest of what may stand in it.
pub(crate) fn dressed(lot: &mut Lot, mut file: PlanFile) -> PlanFile {
    let member = &mut file.municipalities[0];
    (member.recording_key, member.recording_days) = (text(RECORDING_KEY), Some(30));
    let closes = ChangeEntry {
        from: text("2026-11-23T14:00"),
        until: text("2026-11-23T15:00"),
        open: Some(false),
        why: text("Strømafbrydelse"),
    };
    let often =
        CalendarEntry { id: text("tit"), based_on: text("dag"), changes: vec![closes], ..CalendarEntry::default() };
    file.calendars.push(often);
    let later = StepEntry { after_s: Some(20), ..StepEntry::default() };
    let steps = vec![StepEntry::default(), later];
    file.queues.push(QueueEntry { id: text("r"), title: text("r"), steps, ..QueueEntry::default() });
    file.queues[0].overflow = text("r");
    file.lines.iter_mut().for_each(|line| dress(lot, line));
    // A number of Aarhus rings the first.
    file.lines[0].municipality = file.lines[0].municipality.take().map(|_| "0751".to_owned());
    file
}

fn dress(lot: &mut Lot, line: &mut LineEntry) {
    line.municipality = lot.maybe(20, |lot| lot.of(&["0751", "0730"]).to_owned());
    line.announce_opening = lot.one_in(3);
    line.music = lot.maybe(4, |_| "music".to_owned());
    line.same_agent = lot.maybe(4, |_| SameAgentEntry::default());
    line.may_have_nobody = lot.maybe(8, |_| "prøve".to_owned());
    if line.calendar.as_deref() == Some("dag") && lot.one_in(2) {
        line.calendar = text("tit");
    }
    if line.waiting == Some(WaitingEntry::Unanswered) {
        line.unanswered_max_s = lot.maybe(2, |_| 30);
        return;
    }
    line.bot = lot.maybe(4, |_| BotEntry { url: text("wss://bot.example.dk/"), ..BotEntry::default() });
    let asks = lot.one_in(2) && line.municipality.as_deref() != Some("0730");
    line.record = asks.then_some(RecordEntry::Consent);
    line.consent_message = (asks && lot.one_in(2)).then(|| "spoerg".to_owned());
    line.announce_place = lot.maybe(3, |lot| lot.of(&[PlaceEntry::Number, PlaceEntry::People]));
    line.announce_wait = lot.one_in(3);
    line.callback = lot.maybe(3, |_| CallbackEntry::default());
    let told = line.announce_place.is_some() || line.announce_wait;
    line.announce_every_s = told.then_some(30);
    line.at_closing = lot.maybe(3, |_| ClosingEntry::Tell);
    if lot.one_in(3) {
        line.messages = vec!["besked".to_owned()];
        line.message_every_s = Some(60);
    }
}
