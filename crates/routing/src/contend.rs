//! The agent's side: which waiting call is best for an agent who becomes free.
//!
//! Compares the first tickets of all lanes that the agent fits. Reads the lanes' fronts, and goes to a ticket only for the
//! best of them, or where the front can't tell whether the first is for this agent. Only looks; `matching` acts on what
//! is found here, and proves it still right by its swaps.

use model::{Moment, OfferedWhy};
use smallvec::SmallVec;

use crate::choice::{Choice, Found};
use crate::explain::{Excluded, LaneKind, OTHERS_MAX, Other};
use crate::lane_no::{LaneMap, LaneNo, Special};
use crate::matching::Look;
use crate::podium::Podium;
use crate::rank::{Able, Contender, UNCHECKED};
use crate::tables::Skill;

/// What one look at all lanes has found.
struct Round<'a> {
    agent: usize,
    home: u16,
    podium: Podium<Contender, { OTHERS_MAX + 1 }>,
    /// Lanes with someone for the agent.
    contenders: u32,
    /// Lanes whose front didn't tell the truth, with what was found there instead.
    checked: &'a [(LaneNo, Option<Found>)],
    /// Tickets that are known, beside those.
    founds: SmallVec<[Found; 2]>,
    excluded: Excluded,
    /// Whether lanes of level 1 and more are closed to this agent; found out when the first is met.
    keeps_back: Option<bool>,
}

impl Look<'_> {
    /// The best of the first tickets of all lanes that the agent fits.
    pub(crate) fn best_for(&self, agent: usize) -> Option<(Found, Choice)> {
        let mut checked: SmallVec<[(LaneNo, Option<Found>); 2]> = SmallVec::new();
        loop {
            let mut round = self.compare_lanes(agent, &checked);
            let [best, others @ ..] = round.podium.places();
            let best = best?;
            let known = round.founds.get(usize::from(best.found)).copied();
            let found = match known.map_or_else(|| self.check(&best, &mut round), Ok) {
                Ok(found) => found,
                // Each lane is checked once, so this ends.
                Err(instead) => {
                    checked.push((best.lane, instead));
                    continue;
                }
            };
            let other = |one: Contender| Other { who: one.class.0, score: one.rank.index as f32 };
            let choice = Choice {
                agent,
                why: OfferedWhy::BestWaitingCall,
                kind: best.kind,
                level: best.rank.level,
                score: best.rank.index as f32,
                candidates: round.contenders,
                others: others.map(|contender| contender.map(other)),
                excluded: round.excluded,
            };
            return Some((found, choice));
        }
    }

    fn compare_lanes<'a>(&self, agent: usize, checked: &'a [(LaneNo, Option<Found>)]) -> Round<'a> {
        let mut round = Round {
            agent,
            home: self.tables.home(agent),
            podium: Podium::new(),
            contenders: 0,
            checked,
            founds: SmallVec::new(),
            excluded: Excluded::default(),
            keeps_back: None,
        };
        for skill in self.tables.skills(agent) {
            let normal = LaneMap::normal(skill.class);
            if self.core.fronts.waiting(normal) > 0 {
                self.contend(&mut round, normal, skill, None);
            }
            let mut specials = self.core.fronts.specials(skill.class);
            while specials != 0 {
                let special = Special(specials.trailing_zeros());
                specials &= specials - 1;
                let lane = self.core.map.special(skill.class, special);
                if self.core.fronts.waiting(lane) > 0 {
                    self.contend(&mut round, lane, skill, Some(special));
                }
            }
        }
        let own = self.core.map.own(agent);
        if self.core.fronts.waiting(own) > 0 {
            let found = self.first_for(own, agent, None, &mut round.excluded);
            let speed = found.map_or(0.0, |found| self.speed(agent, found.class));
            let able = Able { home: round.home, level: None, speed };
            self.enter(&mut round, &able, own, LaneKind::Own, 0, found);
        }
        round
    }

    /// A lane with someone in it.
    #[inline]
    fn contend(&self, round: &mut Round<'_>, lane: LaneNo, skill: &Skill, special: Option<Special>) {
        let level = self.level(skill.class, special);
        if level >= 1 && self.keeps_back(round) {
            round.excluded.kept_back = round.excluded.kept_back.saturating_add(1);
            return;
        }
        let kind = special.map_or(LaneKind::Normal, Special::kind);
        let able = Able { home: round.home, level: Some(skill.level), speed: skill.speed };
        let checked = round.checked.iter().find(|(of, _)| *of == lane);
        if let Some((_, instead)) = checked {
            return self.enter(round, &able, lane, kind, level, *instead);
        }
        let first = self.core.fronts.first(lane);
        let tells_all = self.tables.class(skill.class).plain && !first.has_come_back();
        if let Some(since_ms) = first.since_ms().filter(|_| tells_all) {
            let rank = self.rank(&able, level, skill.class, since_ms, first.municipality());
            round.contenders += 1;
            let contender = Contender { rank, lane, class: skill.class, kind, found: UNCHECKED };
            round.podium.add(contender, Contender::comes_before);
        } else {
            // The front can't tell whether it is for this agent.
            let found = self.first_for(lane, round.agent, able.level, &mut round.excluded);
            self.enter(round, &able, lane, kind, level, found);
        }
    }

    /// A lane enters with a ticket that is known.
    fn enter(&self, round: &mut Round<'_>, able: &Able, lane: LaneNo, kind: LaneKind, level: i8, found: Option<Found>) {
        let Some(found) = found else { return };
        let since_ms = Moment::from_micros(found.since).as_millis();
        let rank = self.rank(able, level, found.class, since_ms, found.municipality);
        round.contenders += 1;
        // More than 255 such lanes: the rest are found again if one of them wins.
        let number = u8::try_from(round.founds.len()).unwrap_or(UNCHECKED);
        if number != UNCHECKED {
            round.founds.push(found);
        }
        let contender = Contender { rank, lane, class: found.class, kind, found: number };
        round.podium.add(contender, Contender::comes_before);
    }

    /// Goes to the ticket that a lane's front promised. Else with what is there instead.
    fn check(&self, best: &Contender, round: &mut Round<'_>) -> Result<Found, Option<Found>> {
        let level = self.tables.skill(round.agent, best.class).map(|skill| skill.level);
        let found = self.first_for(best.lane, round.agent, level, &mut round.excluded);
        let promised = self.core.fronts.first(best.lane);
        match found {
            Some(found)
                if Moment::from_micros(found.since).as_millis() == best.rank.since_ms
                    && promised.since_ms() == Some(best.rank.since_ms)
                    && promised.municipality() == found.municipality =>
            {
                Ok(found)
            }
            other => Err(other),
        }
    }

    /// Whether the agent must leave lanes of level 1 and more alone: few are idle, and they are kept for level 0.
    fn keeps_back(&self, round: &mut Round<'_>) -> bool {
        *round.keeps_back.get_or_insert_with(|| {
            let is_opened = u32::from(!self.core.idle.has(round.agent));
            let comes_on_duty = u32::from(!self.core.census.counts(round.agent));
            self.idle_is_at_most_kept(is_opened, comes_on_duty)
        })
    }
}
