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

/// Idle agents that one look reads. At the bound it reads those of the citizen's own municipality and then others,
/// beginning elsewhere each time.
const SCAN_MAX: usize = 256;
/// Idle agents whose lost cover is reckoned, those with the least of the other costs first, and of those who are alike
/// only the longest idle. Exact for up to so many kinds of idle agents.
const RECKONED_MAX: usize = 64;

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
    alike: u32,
}

type Candidates = SmallVec<[Candidate; 64]>;
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
                candidates.push(Candidate { agent, seat, idle_since, cost, alike: fit.alike });
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
                level: self.level_of(found.lane, found.class),
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
            return see(&Fit { agent: own.0, alike: 0, home, level: 9, speed });
        }
        let Some(fitting) = tables.fitting(found.class) else { return };
        let idle = |group: &Group| self.core.idle.group(group.number as usize) & group.mask;
        let mut see_group = |group: &Group, wanted: &dyn Fn(&Fit) -> bool| {
            let (mut bits, mut seen) = (idle(group), 0);
            while bits != 0 {
                let bit = bits & bits.wrapping_neg();
                bits ^= bit;
                let fit = &fitting.fits[group.first as usize + (group.mask & (bit - 1)).count_ones() as usize];
                if wanted(fit) {
                    seen += 1;
                    see(fit);
                }
            }
            seen
        };
        let all: usize = fitting.groups.iter().map(|group| idle(group).count_ones() as usize).sum();
        if all <= SCAN_MAX {
            for group in &fitting.groups {
                see_group(group, &|_| true);
            }
            return;
        }
        // Those of the citizen's municipality, then others from anywhere on.
        let code = found.municipality.map_or(u16::MAX, |code| code.0);
        let mut seen = 0;
        for group in &fitting.groups {
            seen += see_group(group, &|fit| fit.home == code);
        }
        // Any number will do that moves on.
        let (later, first) = fitting.groups.split_at(self.core.decisions.load(Relaxed) as usize % fitting.groups.len());
        for group in first.iter().chain(later) {
            if seen >= SCAN_MAX {
                return;
            }
            seen += see_group(group, &|fit| fit.home != code);
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
        let in_order = |one: &Candidate, two: &Candidate| one.compare(two);
        if candidates.len() > 2 * RECKONED_MAX {
            candidates.select_nth_unstable_by(2 * RECKONED_MAX, in_order);
        }
        let considered = candidates.len().min(2 * RECKONED_MAX);
        candidates[..considered].sort_unstable_by(in_order);
        let many = considered > RECKONED_MAX;
        let mut kinds: SmallVec<[u32; RECKONED_MAX]> = SmallVec::new();
        for candidate in &candidates[..considered] {
            // Without any cover lost it costs more than those who have a place already; so do all behind it.
            let is_beaten = winners.last().is_some_and(|last: &Candidate| candidate.cost > last.cost);
            if is_beaten || kinds.len() == RECKONED_MAX {
                break;
            }
            if many && kinds.contains(&candidate.alike) {
                continue;
            }
            kinds.push(candidate.alike);
            match self.lost_cover(candidate.agent, found) {
                Some(cover) => {
                    let cost = candidate.cost + self.tables.routing.coverage_s * cover;
                    winners.add(Candidate { cost, ..*candidate }, Candidate::comes_before);
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
        let is_idle = |group: &Group| self.core.idle.group(group.number as usize) & group.mask != 0;
        self.tables.fitting(class).is_some_and(|fitting| fitting.groups.iter().any(is_idle))
    }
}
