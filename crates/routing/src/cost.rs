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
use crate::lane_no::LaneOf;
use crate::matching::Look;
use crate::podium::Podium;
use crate::seat::{SeatState, SeatWord};
use crate::sync::Relaxed;
use crate::tables::{Asked, Fit, Group};

/// Idle agents that one look compares: all of them, exactly, if there are no more. Else those of the citizen's own
/// municipality and others, about half of this number of each, beginning elsewhere each time.
const COMPARED_MAX: u32 = 64;

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

type Candidates = SmallVec<[Candidate; COMPARED_MAX as usize]>;
type Winners = Podium<Candidate, { OTHERS_MAX + 1 }>;

impl Candidate {
    fn compare(&self, other: &Self) -> Ordering {
        let ties = || (self.idle_since, self.agent).cmp(&(other.idle_since, other.agent));
        self.cost.total_cmp(&other.cost).then_with(ties)
    }

    fn comes_before(&self, other: &Self) -> bool {
        self.compare(other) == Ordering::Less
    }
}

impl Look<'_> {
    /// The idle agent who is best for the ticket.
    pub(crate) fn best_agent(&self, found: &Found) -> Search {
        let (mut search, mut excluded) = (Search::default(), Excluded::default());
        let mut candidates = Candidates::new();
        self.each_idle(found, |fit| {
            let agent = fit.agent as usize;
            let seat = self.core.seats.word(agent);
            if seat.state() == SeatState::Sought {
                search.sought = Some((agent, seat));
            } else if seat.state() == SeatState::Idle
                && self.may_be_offered(agent, Some(fit.level), found, &mut excluded)
            {
                let idle_since = self.core.seats.idle_since(agent);
                let cost = self.cost_without_cover(fit, idle_since, found);
                candidates.push(Candidate { agent, seat, idle_since, cost });
            }
        });
        let podium = self.reckon(&mut candidates, found, &mut excluded);
        search.somebody_barred = excluded.barred > 0;
        let [first, others @ ..] = podium.places();
        search.best = first.map(|best| {
            let other = |candidate: Candidate| Other { who: candidate.agent as u32, score: candidate.cost as f32 };
            let choice = Choice {
                agent: best.agent,
                why: OfferedWhy::BestFreeAgent,
                kind: self.core.map.kind(found.lane),
                level: self.level_of(found.lane),
                score: best.cost as f32,
                candidates: candidates.len() as u32,
                others: others.map(|candidate| candidate.map(other)),
                excluded,
            };
            (choice, best.seat)
        });
        search
    }

    /// Idle agents with the skill, as many as are worth reading.
    fn each_idle(&self, found: &Found, mut see: impl FnMut(&Fit)) {
        let tables = self.tables;
        if let LaneOf::Agent(own) = self.core.map.what(found.lane) {
            let agent = own.at();
            let (home, speed) = (tables.home(agent), self.speed(agent, found.class));
            return see(&Fit { agent: own.0, home, level: 9, speed });
        }
        let Some(fitting) = tables.fitting(found.class) else { return };
        let idle = |group: &Group| self.core.idle.group(group.number as usize) & group.mask;
        let mut see_those = |group: &Group, mut bits: u32| {
            while bits != 0 {
                let bit = bits & bits.wrapping_neg();
                bits ^= bit;
                see(&fitting.fits[group.first as usize + (group.mask & (bit - 1)).count_ones() as usize]);
            }
        };
        let groups = || self.core.idle.groups().filter_map(|number| fitting.group(number));
        let mut all = 0;
        let is_many = groups().any(|group| {
            all += idle(group).count_ones();
            all > COMPARED_MAX
        });
        if !is_many {
            return groups().for_each(|group| see_those(group, idle(group)));
        }
        // Those of the citizen's municipality, and others from anywhere on. Any number will do that moves on.
        let homes = tables.employed_by(found.municipality);
        let (later, first) = fitting.groups.split_at(self.core.decisions.load(Relaxed) as usize % fitting.groups.len());
        let (mut of_home, mut others) = (0, 0);
        for group in first.iter().chain(later) {
            let employed = homes.get(group.number as usize).copied().unwrap_or(0);
            let mut bits = idle(group);
            if of_home >= COMPARED_MAX / 2 {
                bits &= !employed;
            }
            if others >= COMPARED_MAX / 2 {
                bits &= employed;
            }
            of_home += (bits & employed).count_ones();
            others += (bits & !employed).count_ones();
            see_those(group, bits);
        }
    }

    /// Adds the cover that would be lost to the costs of those who may win; the reserved are left out.
    fn reckon(&self, candidates: &mut Candidates, found: &Found, excluded: &mut Excluded) -> Winners {
        let mut winners = Winners::new();
        if self.tables.routing.policy != Policy::Ours {
            for candidate in candidates.iter() {
                winners.add(*candidate, Candidate::comes_before);
            }
            return winners;
        }
        let mut rest = &mut candidates[..];
        loop {
            // The next in order: few are needed, so sorting them all would cost more.
            let next = rest.iter().enumerate().min_by(|one, two| one.1.compare(two.1));
            let Some((at, &candidate)) = next else { break };
            // Without any cover lost it costs more than those who have a place already; so do all behind it.
            if winners.last().is_some_and(|last: &Candidate| candidate.cost > last.cost) {
                break;
            }
            rest.swap(0, at);
            rest = &mut rest[1..];
            match self.lost_cover(candidate.agent, found) {
                Some(cover) => {
                    let cost = candidate.cost + self.tables.routing.coverage_s * cover;
                    winners.add(Candidate { cost, ..candidate }, Candidate::comes_before);
                }
                None => excluded.reserved += 1,
            }
        }
        winners
    }

    /// K without the cover that would be lost, in seconds.
    fn cost_without_cover(&self, fit: &Fit, idle_since: Moment, found: &Found) -> f64 {
        let routing = &self.tables.routing;
        if routing.policy != Policy::Ours {
            return 0.0;
        }
        let is_home = found.municipality.is_some_and(|code| code.0 == fit.home);
        let away = if is_home { 1.0 } else { routing.away_factor };
        let talk_s = self.tables.class(found.class).talk_s * (1.0 / fit.speed) * away;
        let home_s = if is_home { routing.home_s } else { 0.0 };
        let idle_s = self.seconds_since(idle_since.as_millis());
        talk_s - home_s - routing.idle_worth * idle_s
    }

    /// Σ p·0.6^(n−1) over the agent's classes; none: the agent is kept for one of them.
    fn lost_cover(&self, agent: usize, found: &Found) -> Option<f64> {
        let (tables, routing) = (self.tables, &self.tables.routing);
        let may_be_reserved = self.may_be_reserved(found);
        let enough = self.core.census.of(found.class).0;
        let mut cover = 0.0;
        for &class in tables.counted(agent).1 {
            let (on_duty, idle) = self.core.census.of(class);
            let is_scarce = on_duty <= routing.scarce_max && on_duty < enough && idle == 1;
            if is_scarce && may_be_reserved && class != found.class {
                return None;
            }
            cover += tables.shares[class.at()] * tables.decay(idle);
        }
        Some(cover)
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
        let Some(fitting) = self.tables.fitting(class) else { return false };
        let groups = self.core.idle.groups().filter_map(|number| fitting.group(number));
        groups.into_iter().any(|group| self.core.idle.group(group.number as usize) & group.mask != 0)
    }
}
