//! The call's side: which idle agent is best for a call that looks for one.
//!
//! The least of `K = t + 600·Σ p·0.6^(n−1) − 60·[home] − 0.15·idle`: the agent's talk, the cover that would be lost, the
//! citizen's own municipality, and fairness. Agents who are the last cover of a scarce class are kept for some seconds.
//! Only looks and compares; `matching` acts on what is found here, and proves it still right by its swaps.

use std::cmp::Ordering;

use model::{Moment, OfferedWhy};
use plan::{ClassNo, Policy};
use smallvec::SmallVec;

use crate::choice::{Choice, Found};
use crate::explain::{Excluded, OTHERS_MAX, Other};
use crate::idle::GROUP;
use crate::lane_no::LaneOf;
use crate::matching::Look;
use crate::podium::Podium;
use crate::seat::{SeatState, SeatWord};
use crate::sync::Relaxed;
use crate::tables::Asked;

/// Idle agents that one look reads. At the bound it reads those of the citizen's own municipality and then others,
/// beginning elsewhere each time.
const SCAN_MAX: usize = 512;
/// Idle agents whose cost is reckoned: of those who are alike only the longest idle. Exact for up to so many kinds.
const CANDIDATES_MAX: usize = 64;

/// What a ticket's search for an agent came to.
#[derive(Default)]
pub(crate) struct Search {
    /// The best.
    pub(crate) best: Option<(Choice, SeatWord)>,
    /// Whether someone was left out because of a bar.
    pub(crate) somebody_barred: bool,
    /// An agent who is being sought for another call, should that come to nothing.
    pub(crate) sought: Option<(usize, SeatWord)>,
}

/// An idle agent who may be offered the call.
#[derive(Clone, Copy)]
struct Candidate {
    agent: usize,
    seat: SeatWord,
    idle_since: Moment,
    cost: f64,
}

impl Candidate {
    fn comes_before(&self, other: &Self) -> bool {
        let ties = || (self.idle_since, self.agent).cmp(&(other.idle_since, other.agent));
        self.cost.total_cmp(&other.cost).then_with(ties) == Ordering::Less
    }
}

impl Look<'_> {
    /// The idle agent who is best for the ticket.
    pub(crate) fn best_agent(&self, found: &Found) -> Search {
        let (mut search, mut podium) = (Search::default(), Podium::<Candidate, { OTHERS_MAX + 1 }>::new());
        let (mut excluded, mut compared) = (Excluded::default(), 0);
        for agent in self.candidates(found) {
            let seat = self.core.seats.word(agent);
            match seat.state() {
                SeatState::Idle => {}
                SeatState::Sought => {
                    search.sought = Some((agent, seat));
                    continue;
                }
                SeatState::Off
                | SeatState::Claimed
                | SeatState::Busy
                | SeatState::Wrap
                | SeatState::Paused
                | SeatState::Standby => continue,
            }
            if !self.may_be_offered(agent, found, &mut excluded) {
                continue;
            }
            compared += 1;
            let idle_since = self.core.seats.idle_since(agent);
            let bound = podium.last().map_or(f64::INFINITY, |last| last.cost);
            match self.cost(agent, idle_since, found, bound) {
                Cost::Is(cost) => {
                    podium.add(Candidate { agent, seat, idle_since, cost }, Candidate::comes_before);
                }
                Cost::Above => {}
                Cost::Reserved => {
                    excluded.reserved += 1;
                    compared -= 1;
                }
            }
        }
        search.somebody_barred = excluded.barred > 0;
        let [first, others @ ..] = podium.places();
        search.best = first.map(|best| {
            let other = |candidate: Candidate| Other { who: candidate.agent as u32, score: candidate.cost as f32 };
            let choice = Choice {
                agent: best.agent,
                why: OfferedWhy::BestFreeAgent,
                kind: self.core.map.kind(found.lane),
                level: self.level_of(found.lane, found.class),
                score: best.cost as f32,
                candidates: compared,
                others: others.map(|candidate| candidate.map(other)),
                excluded,
            };
            (choice, best.seat)
        });
        search
    }

    /// Idle agents with the skill, as many as are worth reading.
    fn candidates(&self, found: &Found) -> SmallVec<[usize; 64]> {
        let mut agents = SmallVec::new();
        if let LaneOf::Agent(own) = self.core.map.what(found.lane) {
            agents.push(own.at());
            return agents;
        }
        let Some(fitting) = self.tables.fitting(found.class) else { return agents };
        let idle = |&(group, mask): &(usize, u32)| (group, self.core.idle.group(group) & mask);
        let count: u32 = fitting.groups.iter().map(idle).map(|(_, bits)| bits.count_ones()).sum();
        if count as usize <= SCAN_MAX {
            fitting.groups.iter().map(idle).for_each(|group| add(&mut agents, group));
        } else {
            self.read_some(&fitting.groups, found, &mut agents);
        }
        if agents.len() > CANDIDATES_MAX && self.tables.routing.policy == Policy::Ours {
            self.one_of_each_kind(&mut agents);
        }
        agents
    }

    /// Those of the citizen's municipality, then others from anywhere on.
    fn read_some(&self, groups: &[(usize, u32)], found: &Found, agents: &mut SmallVec<[usize; 64]>) {
        for &(group, home) in self.tables.employed_by(found.municipality) {
            if let Ok(at) = groups.binary_search_by_key(&group, |&(group, _)| group) {
                add(agents, (group, self.core.idle.group(group) & groups[at].1 & home));
            }
            if agents.len() >= SCAN_MAX / 2 {
                break;
            }
        }
        // Any number will do that moves on.
        let (later, first) = groups.split_at(self.core.decisions.load(Relaxed) as usize % groups.len());
        for &(group, mask) in first.iter().chain(later) {
            if agents.len() >= SCAN_MAX {
                return;
            }
            add(agents, (group, self.core.idle.group(group) & mask));
        }
    }

    /// Keeps the longest idle of each kind, of the first so many kinds.
    fn one_of_each_kind(&self, agents: &mut SmallVec<[usize; 64]>) {
        let mut kinds: SmallVec<[(u32, Moment, usize); CANDIDATES_MAX]> = SmallVec::new();
        // Kind + 1 → its place in `kinds`; a small open table, a quarter full at most.
        let mut places = [(0_u32, 0_u16); 4 * CANDIDATES_MAX];
        for &agent in agents.iter() {
            let (kind, since) = (self.tables.alike(agent), self.core.seats.idle_since(agent));
            let mut at = (kind as usize).wrapping_mul(0x9e37_79b1) % places.len();
            while places[at].0 != 0 && places[at].0 != kind + 1 {
                at = (at + 1) % places.len();
            }
            if places[at].0 == 0 {
                if kinds.len() < CANDIDATES_MAX {
                    places[at] = (kind + 1, kinds.len() as u16);
                    kinds.push((kind, since, agent));
                }
                continue;
            }
            let known = &mut kinds[usize::from(places[at].1)];
            if (since, agent) < (known.1, known.2) {
                *known = (kind, since, agent);
            }
        }
        agents.clear();
        agents.extend(kinds.iter().map(|(.., agent)| *agent));
    }

    /// K, or that it is above what anyone asks for, or that the agent is kept for another class.
    fn cost(&self, agent: usize, idle_since: Moment, found: &Found, bound: f64) -> Cost {
        let routing = &self.tables.routing;
        if routing.policy != Policy::Ours {
            return Cost::Is(0.0);
        }
        let is_home = self.tables.is_home(agent, found.municipality);
        let away = if is_home { 1.0 } else { routing.away_factor };
        let talk_s = self.tables.talk_s(found.class) * (1.0 / self.speed(agent, found.class)) * away;
        let home_s = if is_home { routing.home_s } else { 0.0 };
        let idle_s = self.seconds_since(idle_since.as_millis());
        let cost = |cover: f64| talk_s + routing.coverage_s * cover - home_s - routing.idle_worth * idle_s;
        // Without any cover lost it is too much already: the rest need not be reckoned.
        if cost(0.0) > bound {
            return Cost::Above;
        }
        let may_be_reserved = self.may_be_reserved(found);
        let enough = self.core.census.of(found.class).0;
        let mut cover = 0.0;
        for &class in self.tables.counted(agent).1 {
            let (on_duty, idle) = self.core.census.of(class);
            if may_be_reserved && class != found.class && on_duty <= routing.scarce_max && on_duty < enough && idle == 1
            {
                return Cost::Reserved;
            }
            cover += self.tables.share(class) * self.tables.decay(idle);
        }
        Cost::Is(cost(cover))
    }

    /// Whether reserves still count against the ticket.
    pub(crate) fn may_be_reserved(&self, found: &Found) -> bool {
        let LaneOf::Agent(_) = self.core.map.what(found.lane) else {
            return self.at < Moment::from_micros(found.since) + self.tables.routing.reserve_max;
        };
        false
    }

    /// The call, as steps and membership see it.
    pub(crate) fn asked(&self, found: &Found) -> Asked {
        let waited = self.at.since(Moment::from_micros(found.since));
        Asked { queue: found.queue, municipality: found.municipality, waited }
    }

    /// Whether an idle agent has the class among the skills.
    pub(crate) fn somebody_idles(&self, class: ClassNo) -> bool {
        let is_idle = |&(group, mask): &(usize, u32)| self.core.idle.group(group) & mask != 0;
        self.tables.fitting(class).is_some_and(|fitting| fitting.groups.iter().any(is_idle))
    }
}

/// What an agent would cost.
enum Cost {
    /// K, in seconds.
    Is(f64),
    /// More than those who have a place already.
    Above,
    /// Kept for a scarce class.
    Reserved,
}

fn add(agents: &mut SmallVec<[usize; 64]>, (group, mut bits): (usize, u32)) {
    while bits != 0 {
        agents.push(group * GROUP + bits.trailing_zeros() as usize);
        bits &= bits - 1;
    }
}
