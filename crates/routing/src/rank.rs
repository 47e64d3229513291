//! The agent's side: which waiting call is best for an agent who becomes free.
//!
//! Compares the first tickets of all lanes that the agent fits, by level, by urgency, and by the index
//! `I = (w + 30)·(s/t)·(1.1 if home)·D(w)`. Reads the lanes' fronts; goes to the tickets only for the best of them.
//! Only looks and compares; `matching` acts on what is found here, and proves it still right by its swaps.

use std::cmp::Ordering;

use model::{Moment, MunicipalityId, OfferedWhy};
use plan::{ClassNo, Policy};
use smallvec::SmallVec;

use crate::choice::{Choice, Found};
use crate::explain::{Excluded, LaneKind, OTHERS_MAX, Other};
use crate::lane_no::{LaneMap, LaneNo, LaneOf, Special};
use crate::matching::Look;
use crate::podium::Podium;
use crate::sync::Relaxed;
use crate::tables::Skill;

/// Tickets that an agent looks past in one lane because they are not for this agent (bars, steps, membership); at the
/// bound the lane is left to the next look, which comes at the latest when one of those ends.
const LOOK_PAST_MAX: usize = 4_096;

/// Where a lane's first ticket stands among those that one agent could take.
#[derive(Clone, Copy)]
struct Rank {
    level: i8,
    overdue: bool,
    /// I, or what another policy puts in its place.
    index: f64,
    since_ms: i64,
}

/// A lane with someone for the agent.
#[derive(Clone, Copy)]
struct Contender {
    rank: Rank,
    lane: LaneNo,
    class: ClassNo,
    kind: LaneKind,
    speed: f64,
    skill_level: u8,
    /// Where in `founds` its ticket lies; none: the rank comes from the lane's front, and is to be checked.
    found: Option<u8>,
}

impl Contender {
    /// Less is better.
    fn compare(&self, other: &Self) -> Ordering {
        let (one, two) = (&self.rank, &other.rank);
        one.level
            .cmp(&two.level)
            .then(two.overdue.cmp(&one.overdue))
            .then(two.index.total_cmp(&one.index))
            .then(one.since_ms.cmp(&two.since_ms))
            .then(self.class.cmp(&other.class))
            .then(self.kind.cmp(&other.kind))
            .then(self.lane.0.cmp(&other.lane.0))
    }
}

/// What one look has found out so far.
struct Round {
    agent: usize,
    contenders: SmallVec<[Contender; 40]>,
    founds: SmallVec<[Found; 4]>,
    excluded: Excluded,
    /// Whether lanes of level 1 and more are closed to this agent; found out when the first is met.
    keeps_back: Option<bool>,
}

impl Look<'_> {
    /// The best of the first tickets of all lanes that the agent fits.
    pub(crate) fn best_for(&self, agent: usize) -> Option<(Found, Choice)> {
        let mut round = Round {
            agent,
            contenders: SmallVec::new(),
            founds: SmallVec::new(),
            excluded: Excluded::default(),
            keeps_back: None,
        };
        for skill in self.tables.skills(agent) {
            self.contend(&mut round, LaneMap::normal(skill.class), skill, None);
            let mut specials = self.core.specials[skill.class.at()].load(Relaxed); // raised before the joiner's fence
            while specials != 0 {
                let special = Special(specials.trailing_zeros());
                specials &= specials - 1;
                self.contend(&mut round, self.core.map.special(skill.class, special), skill, Some(special));
            }
        }
        let own = self.core.map.own(agent);
        if self.core.fronts.waiting(own) > 0 {
            self.contend_own(&mut round, own);
        }
        self.pick(&mut round)
    }

    fn contend(&self, round: &mut Round, lane: LaneNo, skill: &Skill, special: Option<Special>) {
        if self.core.fronts.waiting(lane) == 0 {
            return;
        }
        let level = self.level(skill.class, special);
        if level >= 1 && self.keeps_back(round) {
            round.excluded.kept_back = round.excluded.kept_back.saturating_add(1);
            return;
        }
        let kind = special.map_or(LaneKind::Normal, Special::kind);
        let first = self.core.fronts.first(lane);
        let rank = |since_ms, municipality| {
            self.rank(round.agent, level, skill.class, skill.speed, skill.level, since_ms, municipality)
        };
        let class = skill.class;
        let (speed, skill_level) = (skill.speed, skill.level);
        if let Some(since_ms) = first.since_ms().filter(|_| self.tables.class(class).plain) {
            let rank = rank(since_ms, first.municipality());
            round.contenders.push(Contender { rank, lane, class, kind, speed, skill_level, found: None });
        } else {
            // The front can't tell whether it is for this agent.
            let rank = Rank { level, overdue: false, index: 0.0, since_ms: 0 };
            self.check(round, Contender { rank, lane, class, kind, speed, skill_level, found: None });
        }
    }

    fn contend_own(&self, round: &mut Round, lane: LaneNo) {
        let Some(found) = self.first_for(lane, round.agent, None, &mut round.excluded) else { return };
        let speed = self.speed(round.agent, found.class);
        let rank = Rank { level: 0, overdue: false, index: 0.0, since_ms: 0 };
        let (class, kind) = (found.class, LaneKind::Own);
        self.check(round, Contender { rank, lane, class, kind, speed, skill_level: 9, found: None });
    }

    /// Finds the lane's first ticket for the agent, and ranks it by what it is.
    fn check(&self, round: &mut Round, mut contender: Contender) {
        let Some(found) = self.first_for(contender.lane, round.agent, Some(contender.skill_level), &mut round.excluded)
        else {
            return;
        };
        contender.rank = self.rank(
            round.agent,
            contender.rank.level,
            found.class,
            contender.speed,
            contender.skill_level,
            Moment::from_micros(found.since).as_millis(),
            found.municipality,
        );
        contender.class = found.class;
        // More than 255 checked lanes in one look: the rest are checked again when they are picked.
        contender.found = u8::try_from(round.founds.len()).ok();
        round.founds.push(found);
        round.contenders.push(contender);
    }

    /// The best contender whose ticket is known.
    fn pick(&self, round: &mut Round) -> Option<(Found, Choice)> {
        loop {
            let (at, best) = round.contenders.iter().enumerate().min_by(|one, two| one.1.compare(two.1))?;
            if let Some(number) = best.found {
                let choice = choice(round, at);
                return Some((round.founds[usize::from(number)], choice));
            }
            let candidate = round.contenders.swap_remove(at);
            let Some(found) =
                self.first_for(candidate.lane, round.agent, Some(candidate.skill_level), &mut round.excluded)
            else {
                continue;
            };
            let since_ms = Moment::from_micros(found.since).as_millis();
            let (level, speed) = (candidate.rank.level, candidate.speed);
            let rank =
                self.rank(round.agent, level, found.class, speed, candidate.skill_level, since_ms, found.municipality);
            let number = u8::try_from(round.founds.len()).ok();
            round.founds.push(found);
            let as_expected = rank.since_ms == candidate.rank.since_ms && rank.index >= candidate.rank.index;
            let contender = Contender { rank, class: found.class, found: number, ..candidate };
            round.contenders.push(contender);
            if as_expected || number.is_none() {
                return Some((found, choice(round, round.contenders.len() - 1)));
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "what a rank is made of")]
    fn rank(
        &self,
        agent: usize,
        level: i8,
        class: ClassNo,
        speed: f64,
        skill_level: u8,
        since_ms: i64,
        municipality: Option<MunicipalityId>,
    ) -> Rank {
        let routing = &self.tables.routing;
        match routing.policy {
            Policy::Ours => {}
            Policy::Fcfs => return Rank { level, overdue: false, index: 0.0, since_ms },
            Policy::LongestIdle => {
                return Rank { level, overdue: false, index: -f64::from(skill_level), since_ms };
            }
        }
        let (waited_s, row) = (self.seconds_since(since_ms), self.tables.class(class));
        let (target_s, third_s) = (row.target_s, row.third_s);
        let is_home = municipality.is_some_and(|code| code.0 == self.tables.home(agent));
        let home = if is_home { routing.home_factor } else { self.tables.away_speed };
        let can_still_be_met = waited_s > third_s && waited_s <= target_s;
        let urgent = if can_still_be_met { routing.urgent_factor } else { 1.0 };
        Rank {
            level,
            overdue: waited_s > routing.overdue_factor * target_s,
            index: (waited_s + routing.wait_offset_s) * speed * home * urgent,
            since_ms,
        }
    }

    /// Seconds from then till now.
    pub(crate) fn seconds_since(&self, ms: i64) -> f64 {
        (self.at.as_millis() - ms).max(0) as f64 / 1_000.0
    }

    /// 1 ÷ the multiple of the class's mean talk.
    pub(crate) fn speed(&self, agent: usize, class: ClassNo) -> f64 {
        self.tables.skill(agent, class).map_or(1.0 / self.tables.unskilled, |skill| skill.speed)
    }

    /// Whether the agent must leave lanes of level 1 and more alone: few are idle, and they are kept for level 0.
    fn keeps_back(&self, round: &mut Round) -> bool {
        *round.keeps_back.get_or_insert_with(|| {
            let is_opened = u32::from(!self.core.idle.has(round.agent));
            let comes_on_duty = u32::from(!self.core.census.counts(round.agent));
            self.idle_is_at_most_kept(is_opened, comes_on_duty)
        })
    }

    /// Whether no more than K₀ are idle, `opened` added; with `come_on_duty` more on duty than are counted yet.
    pub(crate) fn idle_is_at_most_kept(&self, opened: u32, come_on_duty: u32) -> bool {
        let routing = &self.tables.routing;
        if routing.policy != Policy::Ours {
            return false;
        }
        let on_duty = self.core.census.on_duty() + come_on_duty;
        let kept = if on_duty < routing.kept_idle_per {
            0
        } else {
            on_duty.div_ceil(routing.kept_idle_per.max(1)).min(routing.kept_idle_max)
        };
        self.core.idle.count() + opened <= kept
    }

    /// The level of a lane now.
    pub(crate) fn level(&self, class: ClassNo, special: Option<Special>) -> i8 {
        match special {
            Some(Special::FRONT) => -1,
            Some(Special::GRANTED) => 0,
            Some(Special::LATER) => 2,
            Some(special) => self.guard_level(class, special.diversion()),
            None => self.guard_level(class, None),
        }
    }

    fn guard_level(&self, class: ClassNo, slot: Option<usize>) -> i8 {
        let guard = &self.core.guard;
        match (&self.tables.guard, slot) {
            (Some(rates), Some(slot)) => guard.diverted_level(rates, class, slot, self.at),
            (Some(rates), None) if guard.surging() > 0 => guard.topic_level(rates, class, self.at),
            (Some(_) | None, _) => 0,
        }
    }

    /// The level of any lane.
    pub(crate) fn level_of(&self, lane: LaneNo) -> i8 {
        match self.core.map.what(lane) {
            LaneOf::Special(class, special) => self.level(class, Some(special)),
            LaneOf::Class(class) => self.level(class, None),
            LaneOf::Agent(_) => 0,
        }
    }

    /// The first ticket in the lane that the agent may be offered.
    pub(crate) fn first_for(
        &self,
        lane: LaneNo,
        agent: usize,
        level: Option<u8>,
        excluded: &mut Excluded,
    ) -> Option<Found> {
        let tickets = &self.core.tickets;
        let mut walk = self.core.lanes.walk(lane.at(), |stint| tickets.waiting(stint).is_some());
        let (mut looked, mut restarts) = (0, 0);
        while let Some(standing) = walk.next() {
            if walk.restarts() != restarts {
                (looked, restarts) = (0, walk.restarts());
            }
            looked += 1;
            if looked > LOOK_PAST_MAX {
                return None;
            }
            let Some(found) = self.found(lane, standing.stint, standing.since) else { continue };
            if self.may_be_offered(agent, level, &found, excluded) {
                return Some(found);
            }
        }
        None
    }

    /// What stands there, if it still waits.
    pub(crate) fn found(&self, lane: LaneNo, stint: crate::ticket::Stint, since: i64) -> Option<Found> {
        let tickets = &self.core.tickets;
        // The word first, all else after: a match made with this word proves the rest right.
        let word = tickets.waiting(stint)?;
        let (class, queue, municipality) = tickets.asked(stint.slot());
        Some(Found { stint, word, class, queue, municipality, since, lane })
    }

    /// Whether the agent, with this level of skill in the class, may be offered the ticket now. None: without the skill.
    pub(crate) fn may_be_offered(&self, agent: usize, level: Option<u8>, found: &Found, out: &mut Excluded) -> bool {
        let plain = self.tables.class(found.class).plain;
        let fits = level.is_some_and(|level| plain || self.tables.allows(agent, level, &self.asked(found)));
        if !fits && !matches!(self.core.map.what(found.lane), LaneOf::Agent(_)) {
            out.step = out.step.saturating_add(1);
            return false;
        }
        // Most tickets have never come back, and so have no bars to be read.
        if found.word.has_come_back() && self.is_barred(found, agent) {
            out.barred = out.barred.saturating_add(1);
            return false;
        }
        true
    }
}

/// The chosen one, with those who came next.
fn choice(round: &Round, at: usize) -> Choice {
    let chosen = &round.contenders[at];
    let mut choice = Choice {
        agent: round.agent,
        why: OfferedWhy::BestWaitingCall,
        kind: chosen.kind,
        level: chosen.rank.level,
        score: chosen.rank.index as f32,
        candidates: round.contenders.len() as u32,
        others: [None; OTHERS_MAX],
        excluded: round.excluded,
    };
    let mut rest = Podium::<&Contender, { OTHERS_MAX }>::new();
    for (number, contender) in round.contenders.iter().enumerate() {
        if number != at {
            rest.add(contender, |one, two| one.compare(two) == Ordering::Less);
        }
    }
    let other = |one: &Contender| Other { who: one.class.0, score: one.rank.index as f32 };
    choice.others = rest.places().map(|contender| contender.map(other));
    choice
}
