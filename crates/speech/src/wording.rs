//! The sentences of one language, as one municipality says them: a phrase in, a text and its clips out.
//! Knows which message a phrase is; doesn't know Fluent.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Time;

use crate::compile::{ClipPart, Form, Forms, Source, TextPart, WordingFault};
use crate::phrase::{Message, Phrase, Values, WaitTone};
use crate::spoken::Spoken;
use crate::tongue::Tongue;

const DANISH: &str = include_str!("../wording/da.ftl");
const ENGLISH: &str = include_str!("../wording/en.ftl");

/// How one municipality (or all) words what is said in one language.
#[derive(Clone, Debug)]
pub struct Wording {
    tongue: Tongue,
    /// What it was read from, the first being the built-in file.
    sources: Vec<String>,
    /// In the order of [`Message::ALL`].
    forms: Vec<Forms>,
}

impl Wording {
    /// The house's own words.
    pub fn built_in(tongue: Tongue) -> Self {
        let source = match tongue {
            Tongue::Danish => DANISH,
            Tongue::English => ENGLISH,
        };
        Self::of(tongue, vec![source.to_owned()]).expect("the built-in wording is read in a test")
    }

    /// These words where `source` has other ones. All faults at once.
    pub fn with(&self, source: &str) -> Result<Self, Vec<WordingFault>> {
        let mut sources = self.sources.clone();
        sources.push(source.to_owned());
        Self::of(self.tongue, sources)
    }

    fn of(tongue: Tongue, sources: Vec<String>) -> Result<Self, Vec<WordingFault>> {
        let mut read = Source::new(tongue.tag());
        for source in &sources {
            read.lay(source);
        }
        Ok(Self { tongue, forms: read.forms()?, sources })
    }

    /// The language.
    pub fn tongue(&self) -> Tongue {
        self.tongue
    }

    /// A phrase in these words.
    pub fn say(&self, phrase: &Phrase) -> Spoken {
        let tongue = self.tongue;
        match *phrase {
            Phrase::Number(number) => tongue.number(number),
            Phrase::Time(time) => tongue.time(time),
            Phrase::Date(date) => tongue.date(date),
            Phrase::Place(place) => self.counted(Message::Place, place),
            Phrase::Ahead(ahead) => self.counted(Message::Ahead, ahead),
            Phrase::About(time) => {
                let (message, minutes) = Message::about(time);
                self.counted(message, minutes)
            }
            Phrase::Wait { minutes, tone } => {
                let (message, minutes) = Message::of_wait(minutes);
                let wait = self.counted(message, minutes);
                match tone {
                    WaitTone::AsSaid => wait,
                    WaitTone::Longer => self.message(Message::WaitLonger, &Values::default()).then(&wait),
                    WaitTone::Late(waited) => {
                        let waited = Values::lasting(self.say(&Phrase::About(waited)));
                        self.message(Message::WaitLate, &waited).then(&wait)
                    }
                }
            }
            Phrase::Opens { at, now } => {
                // "Tomorrow at midnight" is a day too late in most ears: midnight belongs to the evening before.
                let of_evening = at.time() == Time::midnight() && at.date() > now.date();
                let day = if of_evening { at.date().saturating_sub(1.day()) } else { at.date() };
                let (day, time) = (tongue.day(day, now.date()), tongue.time(at.time()));
                self.message(Message::Opens, &Values::at(day, time))
            }
            Phrase::Slot { from, until, now } => {
                let day = tongue.day(from.date(), now.date());
                let (time, until) = (tongue.time(from.time()), tongue.time(until.time()));
                self.message(Message::Slot, &Values::between(day, time, until))
            }
        }
    }

    fn counted(&self, message: Message, count: u32) -> Spoken {
        self.message(message, &Values::counted(self.tongue, count))
    }

    fn message(&self, message: Message, values: &Values) -> Spoken {
        let forms = &self.forms[message as usize];
        let after = forms.partition_point(|(from, _)| *from <= values.count);
        fill(&forms[after.saturating_sub(1)].1, values)
    }

    /// Every clip that these words can ask for, without language: what must be recorded.
    pub fn clips(&self) -> BTreeSet<String> {
        let of_forms = self.forms.iter().flatten().flat_map(|(_, form)| &form.clips).filter_map(|part| match part {
            ClipPart::Clip(name) => Some(name.to_string()),
            ClipPart::Slot(_) | ClipPart::Pause => None,
        });
        of_forms.chain(self.tongue.clips()).collect()
    }
}

fn fill(form: &Form, values: &Values) -> Spoken {
    let mut said = Spoken::default();
    for part in &form.text {
        match part {
            TextPart::Words(words) => said.text.push_str(words),
            TextPart::Slot(slot) => said.text.extend(values.slots[*slot as usize].iter().map(|it| it.text.as_str())),
        }
    }
    let mut pause = false;
    for part in &form.clips {
        match part {
            ClipPart::Pause => pause = true,
            ClipPart::Clip(name) => said.clip(name, std::mem::take(&mut pause)),
            ClipPart::Slot(slot) => {
                for clip in values.slots[*slot as usize].iter().flat_map(|it| &it.clips) {
                    said.clip(&clip.name, std::mem::take(&mut pause) || clip.gap_ms > 0);
                }
            }
        }
    }
    said
}
