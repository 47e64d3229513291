//! A dry run: what a caller would meet who rings a number at some moment, and presses these keys.
//!
//! Follows the plan as a call does (`journey`'s tests hold both against each other). Knows nothing of calls in progress: whether
//! a queue has room, and whether somebody comes, is told to it.

use std::sync::Arc;

use model::{Dialled, MenuAnswer, MenuId, Moment, MunicipalityId, PromptName};

use crate::{
    AGAIN, Choice, HoursState, LineNo, MENU_SAID_MAX, MailboxNo, Menu, MenuKind, POSTAL_DIGITS, Plan, QueueNo, SLOWLY,
    WayOut,
};

mod told;

/// Who rings, when, and what they do.
#[derive(Clone, Debug)]
pub struct Walk {
    /// The number that is rung.
    pub dialled: Dialled,
    /// The numbers that it was forwarded from.
    pub reached_by: Vec<Dialled>,
    /// When.
    pub at: Moment,
    /// What is pressed, in this order, as soon as something is asked; then nothing more.
    pub keys: Vec<char>,
    /// What every queue does.
    pub luck: Luck,
}

/// How it goes in the queues.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Luck {
    /// There is room, and somebody comes.
    #[default]
    Served,
    /// All are full.
    Full,
    /// There is room, and nobody comes.
    NobodyComes,
}

/// One thing that the caller meets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pace {
    /// Nobody has that number.
    UnknownNumber,
    /// The call is on a line, and this is known of whose citizen it is.
    Line(LineNo, Option<MunicipalityId>),
    /// The line is closed; it opens then.
    Closed(Option<Moment>),
    /// Something is said.
    Says(PromptName),
    /// A menu was asked, and answered so.
    Menu(MenuId, MenuAnswer),
    /// The question whether the call may be recorded.
    Consent(PromptName),
    /// The line's bot is talked with first; from here on: it hands over to a person.
    Bot,
    /// In the queue.
    Queue(QueueNo),
    /// The queue is full.
    Full,
    /// The longest wait is over.
    GaveUp,
    /// An agent answers.
    Person,
    /// A message can be left, and the call ends.
    Voicemail(MailboxNo),
    /// A time to be called in can be chosen, and the call ends.
    Booking,
    /// Somebody outside is called, by their entry of the directory.
    Directory(Arc<str>),
    /// The call ends here.
    GoodBye,
}

/// What the caller meets, to the end.
pub fn walk(plan: &Plan, walk: &Walk) -> Vec<Pace> {
    let Ok(found) = plan.find(&walk.dialled, &walk.reached_by) else { return vec![Pace::UnknownNumber] };
    let mut walker = Walker {
        plan,
        line: found.line,
        municipality: found.municipality,
        keys: walk.keys.clone().into_iter(),
        paces: Vec::new(),
        greeted: false,
        consent_asked: false,
        bot_met: false,
        asked: [false; MenuKind::ALL.len()],
    };
    let (mut hours, mut now) = (walk.at, walk.at);
    // Ways out never lead back, and menus are asked once: it ends. A bound all the same.
    for _ in 0..=plan.lines.len().saturating_mul(3) {
        match walker.on_a_line(hours, now, walk.luck) {
            Goes::Chose(to) => (walker.line, hours) = (to, walk.at),
            Goes::On(to, then) => (walker.line, hours, now) = (to, then, then),
            Goes::Nowhere => break,
        }
    }
    walker.paces
}

/// Where the call goes from a line.
enum Goes {
    Chose(LineNo),
    On(LineNo, Moment),
    Nowhere,
}

struct Walker<'p> {
    plan: &'p Plan,
    line: LineNo,
    municipality: Option<MunicipalityId>,
    keys: std::vec::IntoIter<char>,
    paces: Vec<Pace>,
    greeted: bool,
    consent_asked: bool,
    bot_met: bool,
    asked: [bool; MenuKind::ALL.len()],
}

impl Walker<'_> {
    fn on_a_line(&mut self, hours: Moment, now: Moment, luck: Luck) -> Goes {
        let line = &self.plan.lines[self.line.at()];
        self.paces.push(Pace::Line(self.line, self.municipality));
        if let HoursState::Closed { opens_at } = self.plan.open_for(line, self.municipality, hours) {
            self.paces.push(Pace::Closed(opens_at));
            return self.leave(line.closed_message.as_ref(), &line.ways.closed, now);
        }
        if let Some(greeting) = line.greeting.as_ref().filter(|_| !std::mem::replace(&mut self.greeted, true)) {
            self.says(greeting);
        }
        while let Some(kind) = self.next_menu() {
            if let Some(goes) = self.ask(kind, now) {
                return goes;
            }
        }
        self.ask_consent();
        if line.bot.is_some() && !std::mem::replace(&mut self.bot_met, true) {
            self.paces.push(Pace::Bot);
        }
        self.paces.push(Pace::Queue(line.queue));
        match luck {
            Luck::Full => {
                self.paces.push(Pace::Full);
                let words = self.plan.not_served(line, line.full_message.as_ref(), &line.ways.full, now);
                self.leave(words.message.as_ref(), &line.ways.full, now)
            }
            Luck::NobodyComes if let Some(longest) = line.wait_max => {
                self.paces.push(Pace::GaveUp);
                let then = now + longest;
                let words = self.plan.not_served(line, line.gave_up_message.as_ref(), &line.ways.gave_up, then);
                self.leave(words.message.as_ref(), &line.ways.gave_up, then)
            }
            Luck::Served | Luck::NobodyComes => {
                self.paces.push(Pace::Person);
                Goes::Nowhere
            }
        }
    }

    fn leave(&mut self, message: Option<&PromptName>, way: &WayOut, then: Moment) -> Goes {
        if let Some(message) = message {
            self.says(message);
        }
        match way {
            WayOut::Line(to) => Goes::On(*to, then),
            WayOut::Voicemail(mailbox) => {
                self.paces.push(Pace::Voicemail(*mailbox));
                Goes::Nowhere
            }
            WayOut::Directory(id) => {
                match self.plan.leads_outside_at(id, then) {
                    Some(_) => self.paces.push(Pace::Directory(id.clone())),
                    None if message.is_some() => self.paces.push(Pace::GoodBye),
                    None => {
                        self.says(&self.plan.lines[self.line.at()].outside_said(false));
                        self.paces.push(Pace::GoodBye);
                    }
                }
                Goes::Nowhere
            }
            WayOut::Callback => {
                self.paces.push(Pace::Booking);
                Goes::Nowhere
            }
            WayOut::GoodBye => {
                self.paces.push(Pace::GoodBye);
                Goes::Nowhere
            }
        }
    }

    /// As the citizen's municipality says it.
    fn says(&mut self, prompt: &PromptName) {
        let said = self.plan.lines[self.line.at()].own_or_shared(Some(prompt), self.municipality);
        self.paces.extend(said.map(Pace::Says));
    }

    fn ask_consent(&mut self) {
        let line = &self.plan.lines[self.line.at()];
        let is_asked = self.plan.recordings(self.line, self.municipality).is_some();
        if is_asked && !std::mem::replace(&mut self.consent_asked, true) {
            // Whatever is pressed is the answer; nothing comes of it but a recording.
            self.keys.next();
            let said = line.own_or_shared(line.consent_message.as_ref(), self.municipality);
            self.paces.extend(said.map(Pace::Consent));
        }
    }

    fn next_menu(&mut self) -> Option<MenuKind> {
        let menus = &self.plan.lines[self.line.at()].menus;
        let known = self.municipality.is_some();
        let kind = MenuKind::ALL.into_iter().find(|kind| {
            let superfluous = *kind == MenuKind::Municipality && known;
            !self.asked[*kind as usize] && !superfluous && menus.of(*kind).is_some()
        })?;
        self.asked[kind as usize] = true;
        Some(kind)
    }

    /// Asks a menu; where it leads, if that is away from this line.
    fn ask(&mut self, kind: MenuKind, now: Moment) -> Option<Goes> {
        let menu = self.plan.lines[self.line.at()].menus.of(kind)?;
        let (answer, choice) = self.answer(menu);
        self.paces.push(Pace::Menu(menu.id.clone(), answer));
        match choice? {
            Choice::Municipality(municipality) => {
                self.municipality = Some(municipality).filter(|id| self.plan.is_member(*id, now));
                self.paces.push(Pace::Line(self.line, self.municipality));
                None
            }
            Choice::Way(WayOut::Line(to)) if to != self.line => Some(Goes::Chose(to)),
            Choice::Way(WayOut::Line(_) | WayOut::GoodBye) | Choice::Message(_) => None,
            Choice::Way(way @ (WayOut::Voicemail(_) | WayOut::Directory(_) | WayOut::Callback)) => {
                Some(self.leave(None, &way, now))
            }
        }
    }

    /// What is said and pressed until the menu is answered, or was said often enough.
    fn answer(&mut self, menu: &Menu) -> (MenuAnswer, Option<Choice>) {
        let nothing = (MenuAnswer::Nothing, None);
        let (mut prompt, mut aside, mut missed) = (&menu.prompt, false, 0);
        for _ in 0..MENU_SAID_MAX {
            self.says(prompt);
            let mut typed: Vec<char> = Vec::new();
            let key = loop {
                match self.keys.next() {
                    Some(digit) if menu.postal_code && digit.is_ascii_digit() => typed.push(digit),
                    key => break key,
                }
                if typed.len() == POSTAL_DIGITS {
                    break Some(typed[0]);
                }
            };
            if let Some(found) = self.at(&typed) {
                return (MenuAnswer::PostalCode, Some(Choice::Municipality(found)));
            }
            let choice = key.filter(|_| typed.is_empty()).and_then(|key| menu.choices.get(&key));
            let meant = std::mem::take(&mut aside) && key.is_none();
            match (key, choice, &menu.slow_prompt) {
                (_, Some(Choice::Message(message)), _) => (prompt, aside) = (message, true),
                (Some(key), Some(choice), _) => return (MenuAnswer::Key(key), Some(choice.clone())),
                (Some(AGAIN), None, _) => prompt = &menu.prompt,
                (Some(SLOWLY), None, Some(slow)) => prompt = slow,
                _ if meant => prompt = &menu.prompt,
                _ => {
                    missed += 1;
                    if missed >= menu.times {
                        return nothing;
                    }
                    prompt = &menu.prompt;
                }
            }
        }
        nothing
    }

    fn at(&self, typed: &[char]) -> Option<MunicipalityId> {
        let code = (typed.len() == POSTAL_DIGITS).then(|| typed.iter().collect::<String>().parse().ok())??;
        self.plan.at_postal_code(code)
    }
}
