//! The door of the desk: compares a password in the same time whoever asks, and slows guessing down.
//!
//! Knows no tokens and no gRPC; the time is handed in.

use std::time::{Duration, Instant};

use plan::{AgentNo, Plan};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::refusal::Refusal;

/// Failures within [`WINDOW`] after which even the right password is refused.
const FAILURES_MAX: u8 = 5;
/// How long failures count.
const WINDOW: Duration = Duration::from_secs(60);
/// Names share this many counters by a keyed hash, so that no flood of invented names grows or empties the table.
const COUNTERS: usize = 4_096;

/// Who fails how often.
pub(crate) struct Doorkeeper {
    key: [u8; 32],
    counters: Vec<Counter>,
}

#[derive(Clone, Copy)]
struct Counter {
    since: Option<Instant>,
    failures: u8,
}

impl Doorkeeper {
    pub(crate) fn new() -> Self {
        Self { key: rand::random(), counters: vec![Counter { since: None, failures: 0 }; COUNTERS] }
    }

    /// The agent, if the password is right. An unknown agent costs the same work and gets the same answer as a wrong password.
    pub(crate) fn admit(&mut self, plan: &Plan, name: &str, password: &str, now: Instant) -> Result<AgentNo, Refusal> {
        let counter = self.counter(name);
        if counter.since.is_some_and(|since| now.duration_since(since) >= WINDOW) {
            *counter = Counter { since: None, failures: 0 };
        }
        if counter.failures >= FAILURES_MAX {
            return Err(Refusal::TooManyFailures);
        }
        let answer = compare(plan, name, password);
        if answer == Err(Refusal::WrongPassword) {
            counter.since.get_or_insert(now);
            counter.failures += 1;
        }
        answer
    }

    fn counter(&mut self, name: &str) -> &mut Counter {
        let digest = Sha256::new().chain_update(self.key).chain_update(name.as_bytes()).finalize();
        let at = usize::from(u16::from_le_bytes([digest[0], digest[1]])) % COUNTERS;
        &mut self.counters[at]
    }
}

/// Both sides are hashed first, so that neither length nor content shows in the time.
fn compare(plan: &Plan, name: &str, password: &str) -> Result<AgentNo, Refusal> {
    let agent = plan.agents_by_id.get(name).copied();
    let kept = agent.and_then(|no| plan.agents.get(no.at())).map(|agent| agent.password.as_ref());
    let expected = Sha256::digest(kept.flatten().map_or("", |secret| secret.reveal()).as_bytes());
    let given = Sha256::digest(password.as_bytes());
    let same = bool::from(expected.as_slice().ct_eq(given.as_slice()));
    match (agent, kept) {
        (Some(agent), Some(Some(_))) if same => Ok(agent),
        (Some(_), Some(None)) => Err(Refusal::NoPassword),
        (Some(_) | None, _) => Err(Refusal::WrongPassword),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::a_plan;

    #[test]
    fn the_right_password_opens_and_a_wrong_one_does_not_say_whether_the_agent_exists() {
        let (mut door, plan, now) = (Doorkeeper::new(), a_plan(), Instant::now());
        assert_eq!(door.admit(&plan, "agent0001", "kaffe", now), Ok(AgentNo(0)));
        assert_eq!(door.admit(&plan, "agent0001", "te", now), Err(Refusal::WrongPassword));
        assert_eq!(door.admit(&plan, "nobody", "", now), Err(Refusal::WrongPassword));
        assert_eq!(door.admit(&plan, "agent0003", "", now), Err(Refusal::NoPassword));
    }

    #[test]
    fn the_sixth_attempt_within_a_minute_is_refused_even_with_the_right_password() {
        let (mut door, plan, now) = (Doorkeeper::new(), a_plan(), Instant::now());
        for _ in 0..5 {
            assert_eq!(door.admit(&plan, "agent0001", "te", now), Err(Refusal::WrongPassword));
        }
        assert_eq!(door.admit(&plan, "agent0001", "kaffe", now), Err(Refusal::TooManyFailures));
        assert_eq!(door.admit(&plan, "agent0001", "kaffe", now + WINDOW), Ok(AgentNo(0)));
    }
}
