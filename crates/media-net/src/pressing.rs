//! Key presses that a phone told by its signalling, on their way to whoever hears that phone: a packet each 20 ms.
//! Knows who is told of which key; not who pressed it.

use media::OwnPress;
use model::{LegId, Moment};
use slab::Slab;

use crate::beat::GROUPS;
use crate::leg::Leg;

/// Presses of one worker that are being told, or wait for one before them. At the bound a key is left out: a thousand a second
/// would have to be pressed.
const PRESSING_MAX: usize = 256;
/// … and those of one listener, so that a phone that presses without end takes nobody else's place. At the bound a key is left out.
const OF_ONE_MAX: usize = 16;

/// All presses of one worker, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Pressing {
    presses: Vec<(LegId, OwnPress)>,
    /// Who had a packet in this turn; kept for its room alone.
    had_their_turn: Vec<LegId>,
}

impl Pressing {
    pub(crate) fn is_empty(&self) -> bool {
        self.presses.is_empty()
    }

    /// A leg is to be told of a key, after those before it.
    pub(crate) fn add(&mut self, listener: LegId, key: char) {
        let own = self.presses.iter().filter(|(other, _)| *other == listener).count();
        let has_room = own < OF_ONE_MAX && self.presses.len() < PRESSING_MAX;
        if let Some(press) = OwnPress::new(key).filter(|_| has_room) {
            self.presses.push((listener, press));
        }
    }

    /// The turn of a group's legs: each is sent the next packet of its first press. Gives how many packets went. `place`: where
    /// a leg is; none: gone.
    pub(crate) fn beat(
        &mut self,
        group: usize,
        place: impl Fn(LegId) -> Option<usize>,
        legs: &mut Slab<Leg>,
        at: Moment,
    ) -> u64 {
        let (mut sent, had_their_turn) = (0, &mut self.had_their_turn);
        had_their_turn.clear();
        self.presses.retain_mut(|(listener, press)| {
            let Some(place) = place(*listener) else { return false };
            if place % GROUPS != group || had_their_turn.contains(listener) {
                return true;
            }
            had_their_turn.push(*listener);
            let went = legs.get_mut(place).is_some_and(|leg| leg.send_press(press, at));
            sent += u64::from(went);
            went
        });
        sent
    }
}

#[cfg(test)]
mod tests {
    use model::{LegSide, ShardNo};

    use super::*;

    #[test]
    fn a_phone_that_presses_without_end_leaves_room_for_the_keys_of_others() {
        let (mut pressing, leg) = (Pressing::default(), |number| LegId::new(ShardNo(1), LegSide::Inbound, number));
        (0..2 * PRESSING_MAX).for_each(|_| pressing.add(leg(1), '5'));
        pressing.add(leg(2), '7');
        let of = |wanted| pressing.presses.iter().filter(|(listener, _)| *listener == wanted).count();
        assert_eq!((of(leg(1)), of(leg(2))), (OF_ONE_MAX, 1));
    }
}
