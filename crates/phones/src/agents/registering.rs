//! The accounts of a set of phones: registered, proved when asked, kept registered, and sent again while nobody answers.
//! Knows REGISTER; doesn't know calls.

use std::cmp::Reverse;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

use super::Account;
use super::engine::{Due, Phones};
use crate::digest::{self, Secret};
use crate::message::{Message, finish};

/// How long a registration is asked for, in seconds; renewed at half of it.
const REGISTER_S: u64 = 120;
/// A registration that was not answered is sent again after this.
const UNANSWERED: Duration = Duration::from_secs(4);

/// One account.
pub(super) struct Registering {
    server: SocketAddr,
    account: Account,
    cseq: u32,
    /// Whether the last request carried the proof.
    proved: bool,
    /// When it is due again: soon, unless it is answered.
    due: Instant,
}

impl Phones {
    pub(super) fn register(&mut self, server: SocketAddr, account: Account) {
        let id = format!("reg-{}-{:x}", account.user, rand::random::<u64>());
        self.registering
            .insert(id.clone(), Registering { server, account, cseq: 0, proved: false, due: Instant::now() });
        self.renew(&id, None);
    }

    fn renew(&mut self, id: &str, challenge: Option<&str>) {
        let address = self.address;
        let Some(known) = self.registering.get_mut(id) else { return };
        known.cseq += 1;
        known.proved = challenge.is_some();
        let (user, server) = (known.account.user.as_str(), known.server);
        let uri = format!("sip:{server}");
        let secret = Secret { user, password: &known.account.password };
        let proof = challenge.and_then(|challenge| digest::answer(challenge, &secret, "REGISTER", &uri));
        let proof = proof.map(|proof| format!("Authorization: {proof}\r\n")).unwrap_or_default();
        let branch: u64 = rand::random();
        let head = format!(
            "REGISTER {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {address};branch=z9hG4bK{branch:x};rport\r\nMax-Forwards: 70\r\n\
             From: <sip:{user}@{server}>;tag=r\r\nTo: <sip:{user}@{server}>\r\nCall-ID: {id}\r\nCSeq: {} REGISTER\r\n\
             Contact: <sip:{user}@{address}>\r\nExpires: {REGISTER_S}\r\n{proof}",
            known.cseq
        );
        self.send(&finish(head, ""), server);
        if challenge.is_none() {
            self.registered_until(id, UNANSWERED);
        }
    }

    pub(super) fn renew_if_due(&mut self, id: String) {
        match self.registering.get(&id).map(|known| known.due) {
            Some(due) if due > Instant::now() => self.timers.push(Reverse((due, Due::Renew(id)))),
            Some(_) => self.renew(&id, None),
            None => {}
        }
    }

    /// The timer that is set already finds that it has become later.
    fn registered_until(&mut self, id: &str, from_now: Duration) {
        let Some(known) = self.registering.get_mut(id) else { return };
        known.due = Instant::now() + from_now;
        if from_now == UNANSWERED {
            self.timers.push(Reverse((known.due, Due::Renew(id.to_owned()))));
        }
    }

    pub(super) fn registered(&mut self, id: &str, status: u16, answer: &Message) {
        let challenge = answer.headers("WWW-Authenticate").find(|text| text.contains("MD5")).map(str::to_owned);
        let first = self.registering.get(id).is_some_and(|known| !known.proved);
        match (status, challenge) {
            (401, Some(challenge)) if first => self.renew(id, Some(&challenge)),
            (200, _) => self.registered_until(id, Duration::from_secs(REGISTER_S / 2)),
            (_, _) => {}
        }
    }
}
