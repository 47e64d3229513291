//! A SIP edge that does as the test says, behind the service of operation.
//! Keeps what was asked; traces nothing.

use std::sync::Mutex;

use api::{
    BanShown, BeginFault, Edge, PhoneShown, TraceAsked, TraceBegun, TraceMessage, TraceShown, TraceTold, TraceWatch,
    TrunkShown,
};
use futures::StreamExt as _;
use model::{AgentId, Moment, TrunkId};

/// A scripted edge.
#[derive(Default)]
pub(crate) struct ScriptedEdge {
    pub(crate) asked: Mutex<Vec<TraceAsked>>,
    pub(crate) stopped: Mutex<Vec<u64>>,
    /// Whether the reader of a trace hears its end.
    pub(crate) cut_off: Mutex<bool>,
}

fn message(leg: u16) -> TraceMessage {
    TraceMessage {
        at: Moment::from_millis(7),
        inward: true,
        trunk: Some(TrunkId::new("operator")),
        leg,
        transport: "UDP",
        from: "192.0.2.7:5060".parse().expect("an address"),
        to: "192.0.2.1:5060".parse().expect("an address"),
        text: b"OPTIONS sip:h SIP/2.0\r\n\r\n".to_vec(),
    }
}

impl Edge for ScriptedEdge {
    fn start_trace(&self, asked: &TraceAsked) -> Result<TraceBegun, BeginFault> {
        let mut all = self.asked.lock().expect("whole");
        if all.len() == 2 {
            return Err(BeginFault::TooMany);
        }
        all.push(asked.clone());
        Ok(TraceBegun { trace: all.len() as u64, until: Moment::from_millis(60_000) })
    }
    fn watch_trace(&self, trace: u64) -> Option<TraceWatch> {
        let cut_off = *self.cut_off.lock().expect("whole");
        let end = (!cut_off).then_some(TraceTold::End { time_over: true, beyond: 3 });
        let later = [Some(TraceTold::Message(message(2))), end].into_iter().flatten();
        (trace == 1).then(|| TraceWatch {
            before: vec![message(1)],
            later: futures::stream::iter(later.collect::<Vec<_>>()).boxed(),
        })
    }
    fn stop_trace(&self, trace: u64) -> bool {
        self.stopped.lock().expect("whole").push(trace);
        trace == 1
    }
    fn traces(&self) -> Vec<TraceShown> {
        let shown = |(at, asked): (usize, &TraceAsked)| TraceShown {
            trace: at as u64 + 1,
            about: asked.about.clone(),
            unmasked: asked.unmasked.is_some(),
            until: Moment::from_millis(60_000),
            legs: 2,
            messages: 9,
            beyond: 0,
        };
        self.asked.lock().expect("whole").iter().enumerate().map(shown).collect()
    }
    fn bans(&self) -> Vec<BanShown> {
        let (source, reason) = ("192.0.2.9".to_owned(), "failed_proofs");
        vec![BanShown { source, reason, since: Moment::EPOCH, until: Moment::from_millis(5), times: 2 }]
    }
    fn release_ban(&self, source: &str) -> Option<bool> {
        source.starts_with("192.").then(|| source == "192.0.2.9")
    }
    fn phones(&self) -> Vec<PhoneShown> {
        let (agent, address) = (AgentId::new("agent0001"), "192.0.x.x".to_owned());
        let expires_at = Moment::from_millis(9);
        vec![PhoneShown { agent, transport: "WSS", address, behind_nat: true, expires_at, reachable: true }]
    }
    fn trunks(&self) -> Vec<TrunkShown> {
        let trunk = |id: &str, up: Option<bool>| TrunkShown {
            id: TrunkId::new(id),
            outbound: Vec::new(),
            up,
            since: None,
            channels_in: (3, None),
            channels_out: (1, Some(30)),
        };
        vec![trunk("a", Some(true)), trunk("b", Some(false)), trunk("c", None)]
    }
    fn connections(&self) -> Vec<(&'static str, usize)> {
        vec![("TCP", 4)]
    }
}
