//! Agents' browsers: in the middle of a talk nothing is heard of one, and then it is back, or another page is there, or nobody.
//! Knows what a page's signalling and sound do; what follows for the citizen is the heart's.

use centre::{Input, desk_shard};
use media::MediaEvent;
use model::{LegEnd, LegEvent, LegId, Moment, ShardNo};
use plan::AgentNo;

use crate::parties::agenda::Happening;
use crate::parties::town::{Stage, Town};

impl Town {
    /// An agent's machine sleeps, or the page is left or reloaded: the packet workers notice that nothing comes. Not of one who
    /// holds.
    pub(crate) fn goes_away(&mut self, leg: LegId, version: u32, at: Moment) -> Option<(ShardNo, Input)> {
        self.sounds.get(&leg).filter(|sound| sound.watch.is_some())?;
        let talks = |party: &&mut _| {
            matches!(party, crate::parties::town::Party { stage: Stage::Talking, vanished: false, .. })
        };
        let agent = self.party(leg, version).filter(talks)?.agent?;
        let (back, page) = (self.lot.millis(0, 12_000), self.lot.millis(0, 6_000));
        let kind = self.lot.below(8);
        if kind < 3 {
            self.soon(at, back, Happening::IsBack(leg));
        } else {
            self.vanishes(leg, version, at);
        }
        if kind > 3 || self.lot.one_in(3) {
            self.soon(at, page, Happening::OpensPage(agent));
        }
        if self.lot.one_in(4) {
            self.soon(at, back, Happening::OpensPage(agent));
        }
        if self.lot.one_in(6) {
            self.soon(at, page, Happening::LosesSignalling(leg, version));
        }
        Some((leg.shard(), Input::Media(MediaEvent::Away { leg })))
    }

    /// The signalling of a page that is away is given up; its sound has room until it is given back.
    pub(crate) fn loses_signalling(&mut self, leg: LegId, version: u32) -> Option<(ShardNo, Input)> {
        self.party(leg, version).filter(|party| party.stage == Stage::Talking)?;
        self.legs.remove(&leg);
        self.sounds.get_mut(&leg)?.left = true;
        Some((leg.shard(), Input::Leg(LegEvent::Ended { leg, why: LegEnd::Lost })))
    }

    /// A page that was not there before registers.
    pub(crate) fn opens_page(&self, agent: usize) -> (ShardNo, Input) {
        let agent = AgentNo(agent as u32);
        (desk_shard(agent, self.shards), Input::BrowserCame(agent))
    }
}
