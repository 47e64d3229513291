//! What a thread does: one request or a few, told in the words of the floor, with what may be answered.
//! Knows requests and replies; looks at no table of the core.

use std::time::Duration;

use model::Moment;
use plan::{AgentNo, Plan};
use routing::{Closed, NewTicket, Precedence, Reply, Request, Tables};

use super::world::World;
use crate::floor::{call, ticket};

/// One deed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Deed {
    Joins(u64, u32),
    JoinsAs(u64, Precedence),
    Leaves(u64),
    LooksAgain(u64),
    /// The offer failed: the ticket comes back, its agent barred for a minute.
    ComesBack(u64),
    Commits(u64),
    /// The holder lets go of the seat.
    LetsGo(u64),
    Ready(u32),
    Closes(u32, Closed),
    AsksHowLong(u64),
    Ticks,
    /// New tables, and settling.
    Swaps,
}

impl Deed {
    /// Whose desk does it, or which call.
    const fn by(&self) -> (Option<u32>, Option<u64>) {
        match *self {
            Self::Joins(number, _)
            | Self::JoinsAs(number, _)
            | Self::Leaves(number)
            | Self::LooksAgain(number)
            | Self::ComesBack(number)
            | Self::Commits(number)
            | Self::LetsGo(number)
            | Self::AsksHowLong(number) => (None, Some(number)),
            Self::Ready(agent) | Self::Closes(agent, _) => (Some(agent), None),
            Self::Ticks | Self::Swaps => (None, None),
        }
    }

    /// Whether one shard does both, so never at once: the same desk's or the same call's; and one thread at a time swaps.
    pub(crate) fn clashes(&self, other: &Self) -> bool {
        let (one, two) = (self.by(), other.by());
        let same = |one: Option<u64>, two: Option<u64>| one.is_some() && one == two;
        // Call 9 is agent 2's.
        let desk = |deed: &Self| if deed.by().1 == Some(9) { Some(2) } else { deed.by().0.map(u64::from) };
        same(one.1, two.1)
            || same(desk(self), desk(other))
            || matches!((self, other), (Self::Ticks, Self::Ticks) | (Self::Swaps, Self::Swaps))
    }
}

/// A scene's world, with what deeds need to know of it.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) plan: Plan,
    pub(crate) outlook: forecast::Outlook,
    /// Where new calls come from.
    pub(crate) from: Option<model::MunicipalityId>,
    pub(crate) at: Moment,
}

impl Stage {
    pub(crate) fn does(&self, deed: Deed) -> Vec<Reply> {
        let world = &self.world;
        let request = match deed {
            Deed::Joins(number, class) => {
                Request::Join(NewTicket { municipality: self.from, ..ticket(number, class, self.at) })
            }
            Deed::JoinsAs(number, precedence) => {
                Request::Join(NewTicket { precedence, municipality: self.from, ..ticket(number, 0, self.at) })
            }
            Deed::Leaves(number) => Request::Leave { ticket: world.ticket(call(number)) },
            Deed::LooksAgain(number) => Request::LookForAgent { ticket: world.ticket(call(number)) },
            Deed::ComesBack(number) => {
                let claim = world.claim(call(number)).expect("the scene has claimed it");
                Request::Return { claim, barred_until: self.at + Duration::from_secs(60) }
            }
            Deed::Commits(number) => {
                Request::Commit { claim: world.claim(call(number)).expect("the scene has claimed it") }
            }
            Deed::LetsGo(number) => {
                let claim = world.claim(call(number)).expect("the scene has claimed it");
                Request::SeatRelease { agent: claim.agent, generation: claim.generation }
            }
            Deed::Ready(agent) => Request::SeatReady { agent: AgentNo(agent) },
            Deed::Closes(agent, to) => Request::SeatClose { agent: AgentNo(agent), to },
            Deed::AsksHowLong(number) => Request::Estimate { ticket: world.ticket(call(number)) },
            Deed::Ticks => Request::Tick,
            Deed::Swaps => {
                world.core.swap(Tables::new(&self.plan, &self.outlook)).expect("it fits");
                return world.settle(self.at);
            }
        };
        world.ask(request, self.at)
    }

    /// Whether the deed has had its answer.
    pub(crate) fn is_answered(deed: Deed, replies: &[Reply]) -> bool {
        let any = |wanted: fn(&Reply) -> bool| replies.iter().any(wanted);
        match deed {
            // Taken while it was joining: then its claim is told by whoever took it.
            Deed::Joins(..) | Deed::JoinsAs(..) => any(|reply| matches!(reply, Reply::Queued { .. })),
            Deed::Leaves(_) => any(|reply| matches!(reply, Reply::Left { .. })),
            Deed::Ready(_) => {
                any(|reply| matches!(reply, Reply::SeatIdle { .. } | Reply::SeatHeld { .. } | Reply::Matched { .. }))
            }
            Deed::Closes(..) => any(|reply| matches!(reply, Reply::SeatIs { .. } | Reply::SeatHeld { .. })),
            Deed::LooksAgain(_)
            | Deed::ComesBack(_)
            | Deed::Commits(_)
            | Deed::LetsGo(_)
            | Deed::AsksHowLong(_)
            | Deed::Ticks
            | Deed::Swaps => true,
        }
    }
}
