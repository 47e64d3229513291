//! What will happen, and when: one queue of future events on virtual time; the seed orders what falls on one moment.
//! Bounded by what the parties plan: a few entries for each leg and each agent.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use centre::DeskCommand;
use media::{MessageTold, PlayNo, StreamEvent};
use model::{LegEnd, LegId, Moment, RecordingId, Refusal};

use crate::lot::Lot;
use crate::parties::Session;

/// One thing that will happen. What is about a leg names the version of its plans: an older one happens no more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Happening {
    /// A citizen rings.
    Rings,
    /// The citizen's phone has heard our answer.
    Confirms(LegId),
    /// A leg ends.
    Ends(LegId, u32, LegEnd),
    /// A phone that we called rings.
    PhoneRings(LegId, u32),
    /// A phone that we called is answered.
    PhoneAnswers(LegId, u32, Option<Session>),
    /// A phone that we called will not be answered.
    PhoneRefuses(LegId, u32, Refusal),
    /// A leg asks for another session; none: it leaves the offer to us.
    Reinvites(LegId, u32, Option<Session>),
    /// A leg answers the offer that we made in a re-INVITE.
    AnswersSession(LegId, u32),
    /// No sound comes any more, and no word.
    Vanishes(LegId, u32),
    /// The packet workers notice.
    Silent(LegId, u32),
    /// Nothing is heard of an agent's browser.
    GoesAway(LegId, u32),
    /// It is heard again.
    IsBack(LegId),
    /// The signalling of one that is away is given up.
    LosesSignalling(LegId, u32),
    /// An agent opens a page that was not there before.
    OpensPage(usize),
    /// A leg's packets come, as somebody wanted to know.
    Comes(LegId),
    /// The bot that a leg talks with comes, wishes something, or goes.
    Streamed(LegId, StreamEvent),
    OfMessage(LegId, MessageTold),
    /// A leg is heard.
    Sounds(LegId),
    /// A prompt is over.
    Played(LegId, PlayNo),
    /// A port was another program's.
    PortTaken(LegId),
    /// A leg's sockets are closed.
    Closed(LegId),
    /// An agent does what comes to mind.
    AgentActs(usize),
    /// An agent's phone calls somebody.
    AgentCalls(usize),
    /// An agent's phone asks that the citizen be handed on.
    HandsOn(LegId, u32),
    /// An agent's phone asks that two of its calls become one: on the first leg, naming the second.
    BringsTogether(LegId, LegId),
    /// An agent does this.
    AgentDoes(usize, DeskCommand),
    /// An agent's phone registers, or goes.
    Registers(usize, bool),
    /// A press of a key, told in the sound.
    KeyHeard(LegId, char),
    /// A press of a key, told by the signalling.
    KeySignalled(LegId, char),
    /// The archive can't take a recording.
    RecordingFails(LegId, RecordingId),
    /// The node is told to drain.
    Drain,
}

#[derive(Debug)]
pub(crate) struct Agenda {
    due: BinaryHeap<Reverse<(Moment, u32, u64)>>,
    what: BTreeMap<u64, Happening>,
    count: u64,
}

impl Agenda {
    pub(crate) fn new() -> Self {
        Self { due: BinaryHeap::new(), what: BTreeMap::new(), count: 0 }
    }

    pub(crate) fn plan(&mut self, at: Moment, what: Happening, lot: &mut Lot) {
        self.count += 1;
        self.what.insert(self.count, what);
        self.due.push(Reverse((at, lot.tie(), self.count)));
    }

    pub(crate) fn next(&self) -> Option<Moment> {
        self.due.peek().map(|Reverse((at, ..))| *at)
    }

    pub(crate) fn take(&mut self) -> Option<Happening> {
        let Reverse((_, _, number)) = self.due.pop()?;
        self.what.remove(&number)
    }
}
