//! Station 4, between greeting and consent: what the line asks by keys. The language, the municipality where it is unknown, the
//! topic: each once a call at most, in this order.
//!
//! Nobody is kept here: no answer, or a wrong one, leads on to a person. Knows keys and their meaning; not how they are heard.

use model::{Cause, MenuAnswer, Moment, Outcome, PromptName, What};
use plan::{AGAIN, Choice, MENU_SAID_MAX, Menu, MenuKind, POSTAL_DIGITS, Plan, SLOWLY, WayOut};

use crate::ends::on_the_way_in;
use crate::stage::MESSAGE_MAX;
use crate::{Alarm, Effect, Effects, Event, Journey, Stage, Tone, consent, onward};

/// A menu while it is being asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Asking {
    /// How often it was said.
    said: u8,
    /// How often nobody answered, or by nothing that leads anywhere.
    missed: u8,
    /// A message that was chosen is being said: the question comes after it.
    aside: bool,
    /// Digits typed so far, of a postal code.
    digits: u8,
    typed: u16,
}

/// Whether the call's line still asks anything.
pub(crate) fn is_asked(journey: &Journey, plan: &Plan) -> bool {
    next_kind(journey, plan).is_some()
}

fn next_kind(journey: &Journey, plan: &Plan) -> Option<MenuKind> {
    let menus = &journey.line_of(plan).menus;
    let known = journey.municipality.is_some();
    let open = |kind: &MenuKind| {
        let superfluous = *kind == MenuKind::Municipality && known;
        !journey.way_in.asked[*kind as usize] && !superfluous && menus.of(*kind).is_some()
    };
    MenuKind::ALL.into_iter().find(open)
}

/// What comes next on the way to the queue: a menu that was not asked yet, or the question for consent.
pub(crate) fn next(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    let Some(kind) = next_kind(journey, plan) else {
        return consent::ask(journey, plan, at, out);
    };
    journey.way_in.asked[kind as usize] = true;
    journey.way_in.asking = Asking::default();
    journey.stage = Stage::Menu(kind);
    out.push(Effect::ListenForKeys(true));
    match journey.line_of(plan).menus.of(kind) {
        Some(menu) => say(journey, &menu.prompt, plan, at, out),
        None => next(journey, plan, at, out),
    }
}

fn say(journey: &mut Journey, prompt: &PromptName, plan: &Plan, at: Moment, out: &mut Effects) {
    let prompt = journey.words(plan, Some(prompt)).unwrap_or_else(|| prompt.clone());
    let asking = &mut journey.way_in.asking;
    *asking = Asking { said: asking.said + 1, missed: asking.missed, ..Asking::default() };
    out.push(Effect::SetAlarm(Alarm::GreetingOver, at + MESSAGE_MAX));
    out.push(Effect::Play(Tone::Greeting(prompt)));
}

pub(crate) fn on(journey: &mut Journey, kind: MenuKind, event: &Event, plan: &Plan, at: Moment, out: &mut Effects) {
    if let Event::Key(key) = event {
        pressed(journey, kind, *key, plan, at, out);
    } else if let Event::Said = event {
        said(journey, kind, plan, at, out);
    } else if let Event::Alarm(Alarm::GreetingOver) = event {
        missed(journey, kind, plan, at, out);
    } else {
        on_the_way_in(journey, event, asked_no_more, out);
    }
}

/// The menu as the line of now asks it; none is left when the plan was changed meanwhile.
fn menu(journey: &Journey, kind: MenuKind, plan: &Plan) -> Option<Menu> {
    journey.line_of(plan).menus.of(kind).cloned()
}

/// It was said: from now on an answer is waited for.
fn said(journey: &mut Journey, kind: MenuKind, plan: &Plan, at: Moment, out: &mut Effects) {
    let Some(menu) = menu(journey, kind, plan) else { return leave(journey, plan, at, out) };
    if journey.way_in.asking.aside {
        return again(journey, &menu, &menu.prompt, (plan, at), out);
    }
    out.push(Effect::SetAlarm(Alarm::GreetingOver, at + menu.answer_max));
}

fn pressed(journey: &mut Journey, kind: MenuKind, key: char, plan: &Plan, at: Moment, out: &mut Effects) {
    let Some(menu) = menu(journey, kind, plan) else { return leave(journey, plan, at, out) };
    let digit = key.to_digit(10).filter(|_| menu.postal_code);
    match (digit, menu.choices.get(&key), &menu.slow_prompt) {
        (Some(digit), ..) => typed(journey, kind, &menu, digit as u16, (plan, at), out),
        (None, Some(choice), _) => chosen(journey, &menu, key, choice, (plan, at), out),
        (None, None, _) if key == AGAIN => again(journey, &menu, &menu.prompt, (plan, at), out),
        (None, None, Some(slow)) if key == SLOWLY => again(journey, &menu, slow, (plan, at), out),
        (None, None, _) => missed(journey, kind, plan, at, out),
    }
}

/// Said again, or what the citizen wishes to hear in its place.
fn again(journey: &mut Journey, menu: &Menu, prompt: &PromptName, (plan, at): (&Plan, Moment), out: &mut Effects) {
    if journey.way_in.asking.said >= MENU_SAID_MAX {
        return nothing(journey, menu, plan, at, out);
    }
    say(journey, prompt, plan, at, out);
}

/// Nobody has answered, or by nothing that leads anywhere.
fn missed(journey: &mut Journey, kind: MenuKind, plan: &Plan, at: Moment, out: &mut Effects) {
    let Some(menu) = menu(journey, kind, plan) else { return leave(journey, plan, at, out) };
    journey.way_in.asking.missed += 1;
    if journey.way_in.asking.missed >= menu.times {
        return nothing(journey, &menu, plan, at, out);
    }
    again(journey, &menu, &menu.prompt, (plan, at), out);
}

/// One more digit of a postal code; the last one tells whose citizen it is, or that nobody knows.
fn typed(
    journey: &mut Journey,
    kind: MenuKind,
    menu: &Menu,
    digit: u16,
    (plan, at): (&Plan, Moment),
    out: &mut Effects,
) {
    let asking = &mut journey.way_in.asking;
    (asking.digits, asking.typed) = (asking.digits + 1, asking.typed * 10 + digit);
    if usize::from(asking.digits) < POSTAL_DIGITS {
        out.push(Effect::SetAlarm(Alarm::GreetingOver, at + menu.answer_max));
        return;
    }
    match plan.at_postal_code(asking.typed) {
        Some(municipality) => {
            note(menu, MenuAnswer::PostalCode, out);
            is_from(journey, municipality, plan, at, out);
        }
        None => missed(journey, kind, plan, at, out),
    }
}

fn chosen(
    journey: &mut Journey,
    menu: &Menu,
    key: char,
    choice: &Choice,
    (plan, at): (&Plan, Moment),
    out: &mut Effects,
) {
    match choice {
        Choice::Message(message) => {
            let may_be_said = journey.way_in.asking.said < MENU_SAID_MAX;
            again(journey, menu, message, (plan, at), out);
            // Else the call has gone on already.
            journey.way_in.asking.aside = may_be_said;
        }
        Choice::Municipality(municipality) => {
            note(menu, MenuAnswer::Key(key), out);
            is_from(journey, *municipality, plan, at, out);
        }
        Choice::Way(way) => {
            note(menu, MenuAnswer::Key(key), out);
            asked_no_more(out);
            goes(journey, way, plan, at, out);
        }
    }
}

/// On to the line that was chosen, whose language the citizen speaks. Who arrived before it closed is served.
fn goes(journey: &mut Journey, way: &WayOut, plan: &Plan, at: Moment, out: &mut Effects) {
    match way {
        WayOut::Line(to) if *to != journey.line => {
            journey.spoken = *to;
            onward::enter(journey, *to, journey.way_in.arrived, (plan, at), out);
        }
        WayOut::Line(_) | WayOut::GoodBye => next(journey, plan, at, out),
        WayOut::Voicemail(_) | WayOut::Directory(_) | WayOut::Callback => {
            let end = (Outcome::AbandonedEarly, Cause::Normal);
            onward::take(journey, way, end, (plan, at), out);
        }
    }
}

fn is_from(journey: &mut Journey, municipality: model::MunicipalityId, plan: &Plan, at: Moment, out: &mut Effects) {
    journey.municipality = Some(municipality).filter(|id| plan.is_member(*id, at));
    crate::arrival::found(journey, plan, out);
    leave(journey, plan, at, out);
}

/// A person will ask.
fn nothing(journey: &mut Journey, menu: &Menu, plan: &Plan, at: Moment, out: &mut Effects) {
    note(menu, MenuAnswer::Nothing, out);
    leave(journey, plan, at, out);
}

fn leave(journey: &mut Journey, plan: &Plan, at: Moment, out: &mut Effects) {
    asked_no_more(out);
    next(journey, plan, at, out);
}

fn note(menu: &Menu, answer: MenuAnswer, out: &mut Effects) {
    out.push(Effect::Note(What::MenuChosen { menu: menu.id.clone(), answer }));
}

fn asked_no_more(out: &mut Effects) {
    out.push(Effect::StopAlarm(Alarm::GreetingOver));
    out.push(Effect::ListenForKeys(false));
}
