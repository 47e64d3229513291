//! Bearer tokens ("badges") of logged-in agents: made at random, kept only as SHA-256, bounded in number and time.
//!
//! Knows no gRPC and reads no clock: the time is handed in. Lost when the node ends: agents log in again.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use model::AgentId;
use sha2::{Digest, Sha256};

use crate::refusal::Refusal;

/// How long a token is valid: a long shift.
pub(crate) const BADGE_AGE_MAX: Duration = Duration::from_secs(12 * 3600);
/// Tokens of one agent; at the bound the oldest is void.
const BADGES_PER_AGENT_MAX: usize = 8;
/// Tokens in all; at the bound a log-in is refused.
const BADGES_MAX: usize = 50_000;
/// How long a `request_id` gives the same token again, and a spent token may still repeat its log-out.
const REPEAT_AGE_MAX: Duration = Duration::from_secs(600);
/// Length of a token as text.
const TOKEN_CHARS: usize = 64;

/// A token as it is kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct BadgeHash([u8; 32]);

/// All tokens.
pub(crate) struct Badges {
    /// Drawn at start; without it the table opens nothing.
    secret: [u8; 32],
    by_agent: BTreeMap<AgentId, Vec<Badge>>,
    agents: HashMap<BadgeHash, AgentId>,
}

struct Badge {
    hash: BadgeHash,
    /// With the secret, the token again: so that a repeated log-in gets the same answer.
    nonce: [u8; 32],
    request_id: String,
    issued: Instant,
    until: Instant,
    /// Logged out: good for nothing but a repeated log-out.
    spent: bool,
}

impl Badges {
    pub(crate) fn new() -> Self {
        Self { secret: rand::random(), by_agent: BTreeMap::new(), agents: HashMap::new() }
    }

    /// A token for an agent whose password was right. The same `request_id` within ten minutes gives the same token.
    pub(crate) fn issue(&mut self, agent: &AgentId, request_id: &str, now: Instant) -> Result<String, Refusal> {
        if let Some(token) = self.repeated(agent, request_id, now) {
            return Ok(token);
        }
        if self.agents.len() >= BADGES_MAX {
            self.sweep(now);
        }
        if self.agents.len() >= BADGES_MAX {
            return Err(Refusal::TooManyTokens);
        }
        let nonce = rand::random();
        let token = self.token(&nonce);
        let hash = BadgeHash::of(&token);
        let badges = self.by_agent.entry(agent.clone()).or_default();
        if badges.len() >= BADGES_PER_AGENT_MAX {
            let oldest = badges.remove(0);
            self.agents.remove(&oldest.hash);
        }
        let until = now + BADGE_AGE_MAX;
        badges.push(Badge { hash, nonce, request_id: request_id.to_owned(), issued: now, until, spent: false });
        self.agents.insert(hash, agent.clone());
        Ok(token)
    }

    /// Whose token it is, if it is valid.
    pub(crate) fn whose(&self, hash: BadgeHash, now: Instant) -> Option<&AgentId> {
        self.find(hash).filter(|(_, badge)| !badge.spent && badge.until > now).map(|(agent, _)| agent)
    }

    /// As [`Self::whose`], but a token that was just logged out counts too, so that a log-out can be repeated.
    pub(crate) fn whose_for_log_out(&self, hash: BadgeHash, now: Instant) -> Option<&AgentId> {
        self.find(hash).filter(|(_, badge)| badge.until > now).map(|(agent, _)| agent)
    }

    /// The agent has logged out with it.
    pub(crate) fn spend(&mut self, hash: BadgeHash, now: Instant) {
        let Some(agent) = self.agents.get(&hash) else { return };
        let Some(badges) = self.by_agent.get_mut(agent) else { return };
        if let Some(badge) = badges.iter_mut().find(|badge| badge.hash == hash && !badge.spent) {
            badge.spent = true;
            badge.until = badge.until.min(now + REPEAT_AGE_MAX);
        }
    }

    /// Forgets what is too old.
    pub(crate) fn sweep(&mut self, now: Instant) {
        let agents = &mut self.agents;
        self.by_agent.retain(|_, badges| {
            badges.retain(|badge| {
                let kept = badge.until > now;
                if !kept {
                    agents.remove(&badge.hash);
                }
                kept
            });
            !badges.is_empty()
        });
    }

    fn repeated(&self, agent: &AgentId, request_id: &str, now: Instant) -> Option<String> {
        if request_id.is_empty() {
            return None;
        }
        let badge = self.by_agent.get(agent)?.iter().find(|badge| {
            !badge.spent && badge.request_id == request_id && now.duration_since(badge.issued) < REPEAT_AGE_MAX
        })?;
        Some(self.token(&badge.nonce))
    }

    fn find(&self, hash: BadgeHash) -> Option<(&AgentId, &Badge)> {
        let agent = self.agents.get(&hash)?;
        let badge = self.by_agent.get(agent)?.iter().find(|badge| badge.hash == hash)?;
        Some((agent, badge))
    }

    fn token(&self, nonce: &[u8; 32]) -> String {
        let digest = Sha256::new().chain_update(self.secret).chain_update(nonce).finalize();
        digest.iter().fold(String::with_capacity(TOKEN_CHARS), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a string takes all");
            text
        })
    }
}

impl BadgeHash {
    /// Of a token as it came; whatever it is, it is only hashed.
    pub(crate) fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_tells_its_agent_until_it_is_spent_or_old() {
        let (mut badges, now, anna) = (Badges::new(), Instant::now(), AgentId::new("anna"));
        let token = badges.issue(&anna, "", now).expect("room");
        let hash = BadgeHash::of(&token);
        assert_eq!(badges.whose(hash, now), Some(&anna));
        assert_eq!(badges.whose(hash, now + BADGE_AGE_MAX), None);
        assert_eq!(badges.whose(BadgeHash::of("guess"), now), None);
        badges.spend(hash, now);
        assert_eq!(badges.whose(hash, now), None);
        assert_eq!(badges.whose_for_log_out(hash, now), Some(&anna));
        assert_eq!(badges.whose_for_log_out(hash, now + REPEAT_AGE_MAX), None);
    }

    #[test]
    fn a_repeated_log_in_gets_the_same_token_and_a_new_one_another() {
        let (mut badges, now, anna) = (Badges::new(), Instant::now(), AgentId::new("anna"));
        let first = badges.issue(&anna, "r1", now).expect("room");
        assert_eq!(badges.issue(&anna, "r1", now).expect("room"), first);
        assert_ne!(badges.issue(&anna, "r2", now).expect("room"), first);
        assert_ne!(badges.issue(&AgentId::new("bo"), "r1", now).expect("room"), first);
        assert_ne!(badges.issue(&anna, "r1", now + REPEAT_AGE_MAX).expect("room"), first);
    }

    #[test]
    fn the_ninth_token_of_an_agent_makes_the_oldest_void() {
        let (mut badges, now, anna) = (Badges::new(), Instant::now(), AgentId::new("anna"));
        let tokens: Vec<String> = (0..9).map(|_| badges.issue(&anna, "", now).expect("room")).collect();
        assert_eq!(badges.whose(BadgeHash::of(&tokens[0]), now), None);
        assert_eq!(badges.whose(BadgeHash::of(&tokens[1]), now), Some(&anna));
        assert_eq!(badges.agents.len(), 8);
        badges.sweep(now + BADGE_AGE_MAX);
        assert!(badges.agents.is_empty() && badges.by_agent.is_empty());
    }
}
