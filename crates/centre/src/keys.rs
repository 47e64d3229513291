//! Keys that somebody presses. A phone tells them in its sound (RFC 4733), by its signalling (SIP INFO), or both ways.
//! Knows which of them are one press; what a key means is the journey's.

use std::time::Duration;

use journey::Event;
use media::MediaCommand;
use model::{CallId, LegId, Moment};

use crate::call::Side;
use crate::centre::Centre;
use crate::floor;
use crate::output::Output;

/// The same key, told the other way within this time, is the same press: a phone tells by its signalling when the key is let go, and
/// again when that was lost; in its sound at once. Who tells each press in one way alone is not touched by it.
const SAME_PRESS: Duration = Duration::from_secs(5);
/// Presses that are remembered. Whoever presses more within that time, and whose phone tells each twice, is heard twice.
const PRESSES_MAX: usize = 8;

/// How a press was told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    /// In the sound.
    Sound,
    /// By the signalling.
    Signalling,
}

#[derive(Clone, Copy, Debug)]
struct Press {
    key: char,
    way: Way,
    at: Moment,
    /// The other way has told it too.
    told_twice: bool,
}

/// The last presses of one phone, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Presses([Option<Press>; PRESSES_MAX]);

impl Presses {
    /// Takes in what was told. False: it is a press that the other way has told already.
    fn is_new(&mut self, key: char, way: Way, at: Moment) -> bool {
        let is_twin = |press: &&mut Press| {
            press.key == key && press.way != way && !press.told_twice && at.since(press.at) <= SAME_PRESS
        };
        if let Some(twin) = self.0.iter_mut().flatten().find(is_twin) {
            twin.told_twice = true;
            return false;
        }
        self.0.rotate_left(1);
        self.0[PRESSES_MAX - 1] = Some(Press { key, way, at, told_twice: false });
        true
    }
}

/// The sound of a leg tells of a key; its worker has heard it, too.
pub(crate) fn heard(centre: &mut Centre, leg: LegId, key: char, at: Moment, out: &mut Vec<Output>) {
    // Agents' keys are theirs: whoever hears the agent has heard them.
    if let Some((call, Side::Citizen)) = pressed(centre, leg, (key, Way::Sound), at) {
        floor::step(centre, call, Event::Key(key), at, out);
    }
}

/// The signalling of a leg tells of a key, which the worker has to be told: it reaches whoever hears the leg.
pub(crate) fn signalled(centre: &mut Centre, leg: LegId, key: char, at: Moment, out: &mut Vec<Output>) {
    let Some((id, side)) = pressed(centre, leg, (key, Way::Signalling), at) else { return };
    out.push(Output::Media(MediaCommand::Key { leg, key }));
    if side == Side::Citizen {
        floor::step(centre, id, Event::Key(key), at, out);
    }
}

/// The call of which a phone with room for its sound tells a new press, and whose phone it is.
fn pressed(centre: &mut Centre, leg: LegId, (key, way): (char, Way), at: Moment) -> Option<(CallId, Side)> {
    let call = centre.calls.get_mut(centre.legs.get(&leg)?)?;
    let is_new = call.sound_of(leg)?.presses.get_or_insert_default().is_new(key, way, at);
    is_new.then(|| (call.id, call.side(leg)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of these are new presses; times in milliseconds.
    fn new(told: &[(i64, char, Way)]) -> Vec<bool> {
        let mut presses = Presses::default();
        told.iter().map(|(at, key, way)| presses.is_new(*key, *way, Moment::from_millis(*at))).collect()
    }

    #[test]
    fn a_press_that_is_told_both_ways_is_one_press() {
        assert_eq!(new(&[(0, '1', Way::Sound), (300, '1', Way::Signalling)]), [true, false]);
        assert_eq!(new(&[(0, '1', Way::Signalling), (5_000, '1', Way::Sound)]), [true, false]);
    }

    #[test]
    fn a_key_pressed_twice_is_two_presses_however_each_is_told() {
        assert_eq!(new(&[(0, '1', Way::Sound), (200, '1', Way::Sound)]), [true, true]);
        let late = [
            (0, '1', Way::Sound),
            (200, '1', Way::Sound),
            (700, '1', Way::Signalling),
            (900, '1', Way::Signalling),
            (950, '1', Way::Signalling),
        ];
        assert_eq!(new(&late), [true, true, false, false, true]);
    }

    #[test]
    fn another_key_or_one_long_after_is_another_press() {
        assert_eq!(new(&[(0, '1', Way::Sound), (10, '2', Way::Signalling)]), [true, true]);
        assert_eq!(new(&[(0, '1', Way::Sound), (5_001, '1', Way::Signalling)]), [true, true]);
    }

    #[test]
    fn a_card_number_whose_digits_come_late_by_the_signalling_is_counted_once() {
        let card = "5301250";
        let by_sound = card.chars().zip(0..).map(|(key, n)| (n * 100, key, Way::Sound));
        let by_signalling = card.chars().zip(0..).map(|(key, n)| (650 + n * 100, key, Way::Signalling));
        let mut told: Vec<_> = by_sound.chain(by_signalling).collect();
        told.sort_by_key(|(at, ..)| *at);
        assert_eq!(new(&told).iter().filter(|new| **new).count(), card.len());
    }
}
