//! What reaches a journey, and what it asks for. Two closed lists, in words of the call alone:
//! "the citizen", "the agent", "the queue"; whoever carries them out knows legs, ports and tickets.

use std::sync::Arc;
use std::time::Duration;

use model::{
    Because, BookedSlot, Cause, DecisionNo, HandedTo, LegEnd, Moment, OfferEnd, OfferedWhy, Outcome, OverflowWhy,
    PersonRef, Refusal, What,
};
use plan::{AgentNo, LineNo, MailboxNo, QueueNo};

use crate::beside::{CompanyEvent, Denied};
use crate::bot::BotEvent;
use crate::calling_back::CallbackEvent;
use crate::recording::{Recording, RecordingEvent};
use crate::voicemail::MessageEvent;
use crate::{Alarm, Tone};

/// Everything that can happen to a citizen's call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// The citizen's phone has heard our answer.
    CitizenConfirmed,
    /// The citizen is gone.
    CitizenGone(LegEnd),
    /// We could not answer the citizen: no port, no common codec.
    CitizenNotAnswerable(Cause),
    /// The citizen was answered, but can't be heard: the port was another program's, or the session that the trunk left
    /// to us was not settled.
    CitizenSoundLost,
    /// A message that was said once is over.
    Said,
    /// The call stands in a queue.
    Queued {
        /// Which: its line's, or the one that this one's overflow led to.
        queue: QueueNo,
        /// From when its wait counts.
        since: Moment,
        /// Why there; none: no overflow led there.
        overflow: Option<OverflowWhy>,
    },
    /// The queue is full, and those that its overflow leads to.
    QueueFull,
    /// An agent is claimed for this call.
    Matched {
        /// Who.
        agent: AgentNo,
        /// The decision.
        decision: DecisionNo,
        /// What decided.
        why: OfferedWhy,
        /// What was compared, and what kept others out.
        because: Option<Box<Because>>,
    },
    /// Nobody fits now; time alone will change it at that moment.
    NoMatch(Option<Moment>),
    /// How long the wait may be.
    Estimated {
        /// From now; none when nobody is on duty who could take the call.
        wait: Option<Duration>,
        /// How many stand before it.
        ahead: u32,
    },
    /// The agent's phone was answered, and its sound is settled.
    AgentAnswered,
    /// The agent's phone will not be answered.
    AgentRefused(Refusal),
    /// The agent declined at the desk.
    AgentDeclined,
    /// We and the agent's phone have no sound in common, or had no port for it.
    AgentNotReachable,
    /// The agent's phone hung up, or was lost.
    AgentGone(LegEnd),
    /// The agent hung up at the desk.
    AgentHangsUp,
    /// The agent asks that the citizen be handed on.
    HandOn(Target),
    /// The agent hands the citizen on to somebody with whom a call of the agent's own is going on: from now on that one is
    /// the other party of this call.
    TakenOver {
        /// Who.
        to: HandedTo,
        /// Whether they talk already; else the phone still rings.
        talks: Option<Party>,
    },
    /// The agent who hands on has gone, before the one who is called was there.
    FormerGone,
    /// The same, at the desk: the phone must be told.
    FormerHangsUp,
    /// An agent's own call goes on without us: whom it had reached belongs to another call now.
    Dissolved,
    /// The citizen has pressed a key: `0`–`9`, `*`, `#`, `A`–`D`. What a key cuts short is cut already.
    Key(char),
    /// No sound has come from one side for too long.
    Silent,
    /// No sound comes from the agent's browser just now.
    AgentAway,
    /// It comes again.
    AgentBack,
    /// Something beside the two who talk.
    Company(CompanyEvent),
    /// Something about the recording.
    Recording(RecordingEvent),
    /// Something about the phone of a citizen who is called back.
    Callback(CallbackEvent),
    /// Something becomes of the tape for a message.
    Message(MessageEvent),
    /// The line's bot comes, wishes something, or goes.
    Bot(BotEvent),
    /// A time that a station set is over.
    Alarm(Alarm),
}

/// To whom an agent hands a citizen on, or whom an agent calls.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// A line's queue.
    Line(LineNo),
    /// A colleague.
    Agent(AgentNo),
    /// Somebody outside.
    Outside(PersonRef),
}

/// Who is at the other end of a call, beside the citizen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Party {
    /// An agent, whose seat was claimed for this call.
    Agent(AgentNo),
    /// Somebody outside, or at a colleague's phone: no seat is claimed.
    Third,
}

/// Everything that a station can ask for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Let the citizen hear ringing.
    RingCitizen,
    /// Answer the citizen. Followed by `CitizenConfirmed`, or `CitizenNotAnswerable`.
    AnswerCitizen,
    /// Play to the citizen.
    Play(Tone),
    /// Play nothing to the citizen any more, who hears the agent again.
    HearAgent,
    /// Refuse the citizen, who has not been answered.
    Refuse(Cause),
    /// Let the citizen go, who has been answered.
    HangUpCitizen(Cause),
    /// Stand in the queue from this moment on.
    JoinQueue,
    /// Stand in the queue again, with the time that was waited before.
    JoinAgain {
        /// In front of everybody, however full it is: one who was admitted once comes back in any case.
        front: bool,
    },
    /// Ask for that colleague alone, who must be ready now. Followed by `Matched` or `NoMatch`.
    AskFor(AgentNo),
    /// Let the line's bot be the citizen's other side. Followed by `Bot`.
    TalkWithBot,
    /// Let it go.
    LeaveBot,
    /// Make room for a message at that mailbox. Followed by `Message`.
    TakeMessage(MailboxNo),
    /// What the citizen says from now on is the message.
    BeginMessage,
    /// The message is over. If it is to be kept, followed by `Message`.
    EndMessage {
        /// Else nothing of it is left.
        keep: bool,
    },
    /// Tell once when a voice is heard; or no longer. Each is asked for anew.
    ListenForVoice(bool),
    /// Leave the queue.
    LeaveQueue,
    /// Look for an agent.
    LookForAgent,
    /// Wait in another queue, if one is less pressed. Followed by `Queued`, or by nothing if it stays.
    MoveOn,
    /// Ask how long the wait may be. Followed by `Estimated`.
    EstimateWait,
    /// Call the claimed agent's phone.
    RingAgent,
    /// Stop the agent's phone.
    HangUpAgent(Cause),
    /// The claim came to nothing: the seat is free to go, its desk is told why.
    ReleaseSeat(OfferEnd),
    /// Back to the front of the queue, with that agent barred this long.
    ReturnToQueue {
        /// How long.
        barred: Duration,
    },
    /// The claim is now a conversation: join the two.
    Join,
    /// The conversation is over: its seat goes to wrap-up.
    EndTalk {
        /// How long it may take.
        wrap_up: Duration,
    },
    /// Whether the transfer that was asked for has begun.
    AnswerTransfer(Result<(), Cause>),
    /// How the transfer that was begun has ended.
    TellTransfer(Result<(), Cause>),
    /// Call the number outside that is kept with the call. Whoever talks with the citizen talks on.
    CallOut,
    /// Call the number of that entry of the directory, with no agent in the call.
    CallEntry(Arc<str>),
    /// Ask whether the colleague's phone that is kept with the call is free, and call it.
    CallColleague,
    /// The agent who hands on is done: the seat goes to wrap-up, the phone is let go.
    LetFormerGo {
        /// How long the wrap-up may take.
        wrap_up: Duration,
    },
    /// Nobody took over: the agent who wanted to hand on is the citizen's other party again.
    Restore,
    /// The citizen is left alone with us: music, and more patience with silence.
    CitizenWaits,
    /// Join citizen and third party.
    JoinThird,
    /// The agent who was talked to on a call of a colleague's own talks with this citizen now: join the two, tell the desk.
    JoinTaken,
    /// Call whom the agent asks; it is kept with the call.
    CallThird,
    /// Let the third party go.
    HangUpThird(Cause),
    /// The third party takes the agent's place, who becomes the former one.
    ThirdTakesOver,
    /// Ask whether the supervisor's phone is free, and call it. Answers the wish.
    CallListener(AgentNo),
    /// Let the supervisor go.
    HangUpListener(Cause),
    /// The supervisor takes the agent's place, who becomes the former one.
    ListenerTakesOver,
    /// Nobody hears the agent, or everybody again.
    MuteAgent(bool),
    /// Let everybody hear whom they should.
    Arrange,
    /// Show the agent's desk who and what is beside the conversation.
    ShowInCall,
    /// Whether what the agent or a supervisor wished is done.
    AnswerWish(Result<(), Denied>),
    /// Nobody and nothing is beside the conversation any more: whoever is left there is let go.
    EndCompany,
    /// Tell of keys, also of those that a phone only sounds; or no longer.
    ListenForKeys(bool),
    /// Record the talk from now on.
    Record(Box<Recording>),
    /// Record nothing for now; or go on.
    PauseRecording(bool),
    /// The talk's recording is over.
    EndRecording,
    /// The citizen is to be called back: the number that was confirmed is the caller's from now on.
    PromiseCallback,
    /// The agent is there, in a conversation as far as seat and desk go: call the citizen who is to be called back. Followed by
    /// `Callback`, or `CitizenNotAnswerable`.
    CallCitizen,
    /// Join the agent and the citizen who was called back.
    JoinCitizen,
    /// Stand in the queue once more, from then on as far as the order goes. Followed by `Queued` or `QueueFull`.
    JoinSince(Moment),
    /// Ask for the line's first time from then on that is free. Followed by `Callback(Slot)`.
    FindSlot(Moment),
    /// Ask for a promise to call the number that was confirmed; at that time, or when it is their turn. Followed by
    /// `Callback(Room)`.
    AskForPromise {
        /// The time that was chosen.
        slot: Option<BookedSlot>,
    },
    /// Stand in the queue again as a second attempt, behind whoever waits for the first. Followed by `Queued` or `QueueFull`.
    JoinLater,
    /// Wake this journey at that moment.
    SetAlarm(Alarm, Moment),
    /// Not needed any more.
    StopAlarm(Alarm),
    /// Something that figures and streams should know.
    Note(What),
    /// The call is over. The last effect of every journey, once.
    Over(Outcome),
}

/// The outbox of one step.
pub type Effects = Vec<Effect>;
