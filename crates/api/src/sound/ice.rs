//! STUN and TURN servers of the operator's, as a page is told of them. A TURN server that shares a secret with us lets an
//! agent in for as long as a token is valid: name and proof are made from the secret, which itself is never told.
//! Knows the form of both; doesn't know whether a server answers.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{AgentId, Moment};

use crate::proto::desk as pb;

/// One server.
#[derive(Clone, PartialEq, Eq)]
pub struct IceServer {
    /// `stun:…`, `turn:…`, `turns:…`.
    pub urls: Vec<String>,
    /// How an agent is let in.
    pub login: IceLogin,
}

/// How an agent is let in.
#[derive(Clone, PartialEq, Eq)]
pub enum IceLogin {
    /// Anybody is.
    Open,
    /// By one name and password for all.
    Fixed {
        /// The name.
        username: String,
        /// The password.
        credential: String,
    },
    /// By a secret that the server knows too (coturn's `use-auth-secret` and `static-auth-secret`).
    Secret(String),
}

impl std::fmt::Debug for IceServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IceServer").field("urls", &self.urls).finish_non_exhaustive()
    }
}

impl IceServer {
    /// As an agent's page is told, good until then.
    pub(crate) fn told(&self, agent: &AgentId, until: Moment) -> pb::IceServer {
        let (username, credential) = match &self.login {
            IceLogin::Open => (String::new(), String::new()),
            IceLogin::Fixed { username, credential } => (username.clone(), credential.clone()),
            IceLogin::Secret(secret) => timed(secret, agent, until),
        };
        pb::IceServer { urls: self.urls.clone(), username, credential }
    }
}

/// Name and proof as the "TURN REST API" has them: when it ends and who it is, and their HMAC-SHA1.
fn timed(secret: &str, agent: &AgentId, until: Moment) -> (String, String) {
    let username = format!("{}:{agent}", until.as_millis() / 1_000);
    // TURN servers expect SHA-1; a keyed code does not rest on what SHA-1 has lost.
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    let proof = hmac::sign(&key, username.as_bytes());
    (username, STANDARD.encode(proof.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_server_that_shares_our_secret_lets_an_agent_in_until_the_token_ends() {
        let server =
            IceServer { urls: vec!["turn:turn.example:3478".to_owned()], login: IceLogin::Secret("north".to_owned()) };
        let told = server.told(&AgentId::new("anna"), Moment::from_secs(1_795_000_000));
        assert_eq!(told.username, "1795000000:anna");
        // Reckoned by another program: printf 1795000000:anna | openssl dgst -sha1 -hmac north -binary | base64
        assert_eq!(told.credential, "NZxIrswyMDAAl6MF2IK+yFtoqGI=");
        assert!(!format!("{server:?}").contains("north"), "the secret is not for logs");
    }
}
