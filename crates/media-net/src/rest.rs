//! How a worker rests: until a packet, a command or the next turn of what is played, and no more often than it must.
//!
//! A worker that is busy takes in what came within half a millisecond together: waking for each packet of 100 calls cost
//! more than relaying it (`benches/relay`). Turns come by a timer of the kernel's, because a poll only knows whole milliseconds.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Registry, Token};
use model::Moment;
use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec};
use rustix::time::{timerfd_create, timerfd_settime};

use crate::clock::Clock;

/// The timer's token; no socket has it.
pub(crate) const ALARM: Token = Token(usize::MAX - 1);

/// A busy worker wakes no more often than that. What waits so long was heard no later for it: phones hold back more.
const TOGETHER: Duration = Duration::from_micros(500);
/// Packets in a second from which on a worker is busy: fewer don't come together.
const BUSY_PACKETS: u64 = 2000;

pub(crate) struct Rest {
    poll: Poll,
    timer: OwnedFd,
    /// When the timer goes off.
    alarm_at: Option<Moment>,
    woke_at: Moment,
    is_busy: bool,
}

impl Rest {
    pub(crate) fn new(poll: Poll) -> io::Result<Self> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        poll.registry().register(&mut SourceFd(&timer.as_raw_fd()), ALARM, Interest::READABLE)?;
        Ok(Self { poll, timer, alarm_at: None, woke_at: Moment::EPOCH, is_busy: false })
    }

    pub(crate) fn registry(&self) -> &Registry {
        self.poll.registry()
    }

    /// So many packets came within the last second.
    pub(crate) const fn note(&mut self, packets: u64) {
        self.is_busy = packets >= BUSY_PACKETS;
    }

    /// Until there is something to do, at the latest at `look_at`; `turn_at` is the next turn, while something is played.
    pub(crate) fn rest(
        &mut self,
        events: &mut Events,
        clock: Clock,
        turn_at: Option<Moment>,
        look_at: Moment,
    ) -> io::Result<()> {
        if self.is_busy {
            let together_at = self.woke_at + TOGETHER;
            let at = clock.now();
            let pause = turn_at.map_or(together_at, |turn| turn.min(together_at)).since(at);
            if !pause.is_zero() {
                std::thread::sleep(pause);
            }
        }
        let at = clock.now();
        let is_due = turn_at.is_some_and(|turn| turn <= at);
        let patience = if is_due { Duration::ZERO } else { look_at.since(at) };
        if let Some(turn) = turn_at.filter(|turn| !is_due && self.alarm_at != Some(*turn)) {
            self.set_alarm(turn, at)?;
        }
        let polled = self.poll(events, patience);
        self.woke_at = clock.now();
        polled
    }

    /// Looks what there is, without any rest.
    pub(crate) fn glance(&mut self, events: &mut Events) -> io::Result<()> {
        self.poll(events, Duration::ZERO)
    }

    fn poll(&mut self, events: &mut Events, patience: Duration) -> io::Result<()> {
        match self.poll.poll(events, Some(patience)) {
            Err(fault) if fault.kind() != io::ErrorKind::Interrupted => Err(fault),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn set_alarm(&mut self, turn: Moment, at: Moment) -> io::Result<()> {
        let after = Timespec::try_from(turn.since(at)).map_err(io::Error::other)?;
        let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: after };
        timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &once)?;
        self.alarm_at = Some(turn);
        Ok(())
    }
}
