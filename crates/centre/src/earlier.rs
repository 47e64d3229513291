//! Which numbers have rung not long ago, and how that ended: the same small table in every shard, told by whichever had the call.
//!
//! By the number as the trunk tells it: a hint for the agent, never a proof of who rings. No number stands in the table, only
//! a keyed hash; its key is the node's start, so nothing of it outlives the node. Knows no plan; decides nothing.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use model::{AgentId, CallId, Caller, LineId, Moment, MunicipalityId, ShardNo, What};

use crate::centre::Centre;
use crate::input::Input;
use crate::notes;
use crate::output::Output;

/// Numbers that are remembered at once; the one that rang longest ago makes room. About 150 bytes each.
const REMEMBERED_MAX: usize = 16_384;
/// How long a number is remembered after its last call.
pub const REMEMBERED_FOR: Duration = Duration::from_secs(24 * 3_600);

/// The last call of a number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EarlierCall {
    /// Which.
    pub call: CallId,
    /// When it was over.
    pub ended: Moment,
    /// The line that it was on at its end.
    pub line: LineId,
    /// For which municipality it rang; none: unknown.
    pub municipality: Option<MunicipalityId>,
    /// Who talked with the citizen last; none: nobody did.
    pub talked_with: Option<AgentId>,
    /// Who talked with the citizen last on any of these calls, and when that one was over; none: nobody did.
    pub last_agent: Option<(AgentId, Moment)>,
    /// How many calls of that number there were, each within [`REMEMBERED_FOR`] of the one before.
    pub calls: u16,
}

/// A number, as the table knows it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct NumberKey(u64);

/// A call of a number is over; goes to every shard.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallIsOver {
    key: NumberKey,
    call: EarlierCall,
}

/// The table.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    last: BTreeMap<NumberKey, EarlierCall>,
    /// By age; a number that has rung again since stands here once more.
    order: VecDeque<(Moment, NumberKey)>,
}

impl Earlier {
    /// The last call of that number, if it is remembered still.
    pub(crate) fn last(&self, key: NumberKey, at: Moment) -> Option<&EarlierCall> {
        self.last.get(&key).filter(|call| at.since(call.ended) <= REMEMBERED_FOR)
    }

    fn remember(&mut self, over: CallIsOver, at: Moment) {
        let CallIsOver { key, mut call } = over;
        let before = self.last(key, at);
        if before.is_some_and(|before| before.ended > call.ended) {
            return;
        }
        call.calls = before.map_or(1, |before| before.calls.saturating_add(1));
        call.last_agent = call.last_agent.or_else(|| before?.last_agent.clone());
        self.order.push_back((call.ended, key));
        self.last.insert(key, call);
        while let Some((ended, key)) = self.order.front().copied() {
            let stands = self.last.get(&key).is_some_and(|call| call.ended == ended);
            if stands && self.last.len() <= REMEMBERED_MAX && at.since(ended) <= REMEMBERED_FOR {
                break;
            }
            self.order.pop_front();
            if stands {
                self.last.remove(&key);
            }
        }
        if self.order.len() > 2 * REMEMBERED_MAX {
            let last = &self.last;
            self.order.retain(|(ended, key)| last.get(key).is_some_and(|call| call.ended == *ended));
        }
    }
}

/// The number of a caller, in this node's table; none where it is withheld, or no number.
pub(crate) fn key(centre: &Centre, caller: &Caller) -> Option<NumberKey> {
    let Caller::Number(number) = caller else { return None };
    let mut hasher = DefaultHasher::new();
    (centre.settings.epoch_ms, number).hash(&mut hasher);
    Some(NumberKey(hasher.finish()))
}

/// A call has come: whether its number rang not long ago, which is kept with the call.
pub(crate) fn look(centre: &mut Centre, id: CallId, at: Moment, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get(&id) else { return };
    let found = key(centre, &call.caller).and_then(|key| centre.earlier.last(key, at)).cloned();
    let Some(found) = found else { return };
    let ago = Duration::from_secs(at.since(found.ended).as_secs() / 60 * 60);
    let what = What::RangBefore { ago, talked: found.talked_with.is_some() };
    if let Some(call) = centre.calls.get_mut(&id) {
        call.earlier = Some(Box::new(found));
    }
    notes::of_call(centre, id, what, at, out);
}

/// A citizen's call is over: every shard is told.
pub(crate) fn tell(centre: &Centre, id: CallId, at: Moment, out: &mut Vec<Output>) {
    let Some(call) = centre.calls.get(&id).filter(|call| call.own.is_none()) else { return };
    let Some(key) = key(centre, &call.caller) else { return };
    let line = call.plan.lines[call.journey.line().at()].id.clone();
    let (municipality, talked_with) = (call.journey.municipality(), call.talked_with.clone());
    let last_agent = talked_with.clone().map(|agent| (agent, at));
    let over = CallIsOver {
        key,
        call: EarlierCall { call: id, ended: at, line, municipality, talked_with, last_agent, calls: 1 },
    };
    for shard in 0..centre.settings.shards {
        out.push(Output::ToShard(ShardNo(shard), Box::new(Input::CallIsOver(Box::new(over.clone())))));
    }
}

/// A shard had a call that is over.
pub(crate) fn remember(centre: &mut Centre, over: CallIsOver, at: Moment) {
    centre.earlier.remember(over, at);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(key: u64, ended_s: u64, agent: Option<&str>) -> CallIsOver {
        let ended = Moment::EPOCH + Duration::from_secs(ended_s);
        let call = CallId::from_bits(u128::from(ended_s));
        let (talked_with, line) = (agent.map(AgentId::new), "pas".into());
        let last_agent = talked_with.clone().map(|agent| (agent, ended));
        CallIsOver {
            key: NumberKey(key),
            call: EarlierCall { call, ended, line, municipality: None, talked_with, last_agent, calls: 1 },
        }
    }

    fn remembers(earlier: &mut Earlier, over: CallIsOver) {
        let at = over.call.ended;
        earlier.remember(over, at);
    }

    #[test]
    fn a_number_that_rings_again_and_again_is_counted_and_its_last_call_stands() {
        let mut earlier = Earlier::default();
        remembers(&mut earlier, over(7, 100, Some("anna")));
        remembers(&mut earlier, over(7, 200, None));
        earlier.remember(over(7, 150, Some("bo")), Moment::EPOCH + Duration::from_secs(210));
        let last = earlier.last(NumberKey(7), Moment::EPOCH + Duration::from_secs(300)).expect("it rang");
        assert_eq!((last.calls, last.talked_with.as_ref()), (2, None), "what another shard tells late changes nothing");
        let anna = Some((AgentId::new("anna"), Moment::EPOCH + Duration::from_secs(100)));
        assert_eq!(last.last_agent, anna, "who talked with them last is not forgotten over a call that nobody took");
        assert_eq!(earlier.last(NumberKey(8), Moment::EPOCH + Duration::from_secs(300)), None);
    }

    #[test]
    fn a_number_is_forgotten_after_a_day_and_leaves_nothing_behind() {
        let mut earlier = Earlier::default();
        remembers(&mut earlier, over(7, 0, None));
        let day = REMEMBERED_FOR.as_secs();
        assert!(earlier.last(NumberKey(7), Moment::EPOCH + REMEMBERED_FOR).is_some());
        assert!(earlier.last(NumberKey(7), Moment::EPOCH + REMEMBERED_FOR + Duration::from_secs(1)).is_none());
        remembers(&mut earlier, over(8, day + 1, None));
        assert_eq!((earlier.last.len(), earlier.order.len()), (1, 1));
    }

    #[test]
    fn a_number_that_rings_without_end_takes_the_room_of_no_other() {
        let mut earlier = Earlier::default();
        remembers(&mut earlier, over(1, 0, None));
        for second in 1..3 * REMEMBERED_MAX as u64 {
            remembers(&mut earlier, over(2, second, None));
        }
        let now = Moment::EPOCH + Duration::from_secs(3 * REMEMBERED_MAX as u64);
        assert!(earlier.last(NumberKey(1), now).is_some() && earlier.order.len() <= 2 * REMEMBERED_MAX);
    }

    #[test]
    fn at_the_bound_the_number_that_rang_longest_ago_makes_room() {
        let mut earlier = Earlier::default();
        for no in 0..REMEMBERED_MAX as u64 + 10 {
            remembers(&mut earlier, over(no, no, None));
        }
        let now = Moment::EPOCH + Duration::from_secs(REMEMBERED_MAX as u64 + 10);
        assert_eq!((earlier.last.len(), earlier.order.len()), (REMEMBERED_MAX, REMEMBERED_MAX));
        assert!(earlier.last(NumberKey(9), now).is_none() && earlier.last(NumberKey(10), now).is_some());
    }
}
