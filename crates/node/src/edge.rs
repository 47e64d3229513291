//! The SIP edge, as operators reach it through the API: traces, bans, phones, trunks, connections.
//!
//! Knows where each of these is kept; decides nothing. What is traced unmasked is written to the audit file first.

mod audit;

use std::net::IpAddr;
use std::sync::Arc;

use api::{
    BanShown, BeginFault, Edge, PhoneShown, TraceAbout, TraceAsked, TraceBegun, TraceMessage, TraceShown, TraceTold,
    TraceWatch, TrunkShown,
};
use futures::StreamExt as _;
use sip::bindings::Bindings;
use sip::message::Uri;
use sip::net::{BanReason, Bans, SipNet, Source};
use sip::stack::Trunks;
use sip::trace::{CannotTrace, Depth, End, Filter, Kept, Peer, Tap, Told, Way, Wish};

use crate::clock::Clock;
use crate::planning::Current;
use crate::settings::Settings;
use audit::Audit;

/// What operators see of the edge.
pub(crate) struct EdgeDesk {
    clock: Clock,
    current: Current,
    tap: Arc<Tap>,
    net: SipNet,
    bans: Arc<Bans>,
    bindings: Arc<Bindings>,
    trunks: Arc<Trunks>,
    audit: Audit,
}

impl EdgeDesk {
    /// Of these sockets and these phones and trunks; the audit file lies in the data folder.
    pub(crate) fn new(
        settings: &Settings,
        clock: Clock,
        current: Current,
        (tap, net): (&Arc<Tap>, &SipNet),
        (bindings, trunks): (&Arc<Bindings>, &Arc<Trunks>),
    ) -> Self {
        Self {
            clock,
            current,
            tap: tap.clone(),
            net: net.clone(),
            bans: net.bans().clone(),
            bindings: bindings.clone(),
            trunks: trunks.clone(),
            audit: Audit::new(&settings.node.data_dir),
        }
    }
}

impl Edge for EdgeDesk {
    fn start_trace(&self, asked: &TraceAsked) -> Result<TraceBegun, BeginFault> {
        let filter = filter(&asked.about);
        if let Filter::Agent(agent) = &filter
            && !self.current.plan().agents_by_id.contains_key(agent)
        {
            return Err(BeginFault::UnknownAgent);
        }
        let depth = match &asked.unmasked {
            None => Depth::Personal,
            Some(why) => {
                let written = self.audit.unmasked(self.clock.now(), &asked.about, asked.span, why);
                written.map_err(|fault| {
                    tracing::error!(%fault, "the audit file can't be written: no trace is shown unmasked");
                    BeginFault::NoAudit
                })?;
                Depth::SecretsOnly
            }
        };
        let kind = filter.kind();
        let begun = self.tap.start(Wish { filter, depth, span: asked.span }).map_err(|fault| match fault {
            CannotTrace::TooMany => BeginFault::TooMany,
            CannotTrace::BadSpan => BeginFault::BadSpan,
        })?;
        let (trace, for_s) = (begun.id, asked.span.as_secs());
        match &asked.unmasked {
            None => tracing::info!(trace, kind, for_s, "a trace begins"),
            Some(why) => tracing::warn!(
                trace, kind, for_s, reason = %why.reason, operator = %why.operator, "a trace begins that shows personal data"
            ),
        }
        Ok(TraceBegun { trace, until: begun.until })
    }

    fn watch_trace(&self, trace: u64) -> Option<TraceWatch> {
        let watch = self.tap.watch(trace)?;
        let before = watch.before.iter().map(|kept| message(kept)).collect();
        let later = futures::stream::unfold(watch.later, |mut later| async move {
            let told = match later.recv().await? {
                Told::Message(kept) => TraceTold::Message(message(&kept)),
                Told::End { why, beyond } => TraceTold::End { time_over: why == End::TimeOver, beyond },
            };
            Some((told, later))
        });
        Some(TraceWatch { before, later: later.boxed() })
    }

    fn stop_trace(&self, trace: u64) -> bool {
        self.tap.stop(trace)
    }

    fn traces(&self) -> Vec<TraceShown> {
        let shown = self.tap.list().into_iter().map(|trace| TraceShown {
            trace: trace.id,
            about: about(trace.filter),
            unmasked: trace.depth == Depth::SecretsOnly,
            until: trace.until,
            legs: trace.legs,
            messages: trace.messages,
            beyond: trace.beyond,
        });
        shown.collect()
    }

    fn bans(&self) -> Vec<BanShown> {
        let shown = self.bans.list(self.clock.now()).into_iter().map(|ban| BanShown {
            source: ban.source.to_string(),
            reason: match ban.reason {
                BanReason::FailedProofs => "failed_proofs",
                BanReason::Unreadable => "unreadable",
            },
            since: ban.since,
            until: ban.until,
            times: ban.times,
        });
        shown.collect()
    }

    fn release_ban(&self, source: &str) -> Option<bool> {
        let source: Source = source.parse().ok()?;
        let released = self.bans.release(source, self.clock.now());
        if released {
            tracing::info!("an operator has released a ban");
        }
        Some(released)
    }

    fn phones(&self) -> Vec<PhoneShown> {
        let now = self.clock.now();
        let mut phones: Vec<PhoneShown> = Vec::new();
        for (agent, bindings) in self.bindings.all() {
            let shown = bindings.iter().filter(|binding| binding.expires_at > now).filter_map(|binding| {
                let path = binding.contact.path?;
                Some(PhoneShown {
                    agent: agent.clone(),
                    transport: path.transport.name(),
                    address: place(path.peer.ip()),
                    behind_nat: names_another(&binding.contact.uri, path.peer.ip()),
                    expires_at: binding.expires_at,
                    reachable: binding.is_callable(now),
                })
            });
            phones.extend(shown);
        }
        phones.sort_by(|one, other| (&one.agent, one.expires_at).cmp(&(&other.agent, other.expires_at)));
        phones
    }

    fn trunks(&self) -> Vec<TrunkShown> {
        let shown = self.trunks.listing().into_iter().map(|trunk| TrunkShown {
            id: trunk.id,
            outbound: trunk.outbound,
            up: trunk.up,
            since: trunk.since,
            channels_in: (trunk.channels_in, trunk.channels_in_max),
            channels_out: (trunk.channels_out, trunk.channels_out_max),
        });
        shown.collect()
    }

    fn connections(&self) -> Vec<(&'static str, usize)> {
        self.net.open_by_transport().map(|(transport, open)| (transport.name(), open)).collect()
    }
}

fn filter(about: &TraceAbout) -> Filter {
    match about {
        TraceAbout::Call(call) => Filter::Call(*call),
        TraceAbout::Number(number) => Filter::Number(number.clone()),
        TraceAbout::Agent(agent) => Filter::Agent(agent.clone()),
    }
}

fn about(filter: Filter) -> TraceAbout {
    match filter {
        Filter::Call(call) => TraceAbout::Call(call),
        Filter::Number(number) => TraceAbout::Number(number),
        Filter::Agent(agent) => TraceAbout::Agent(agent),
    }
}

fn message(kept: &Kept) -> TraceMessage {
    TraceMessage {
        at: kept.at,
        inward: kept.way == Way::In,
        trunk: match &kept.peer {
            Peer::Trunk(trunk) => Some(trunk.clone()),
            Peer::Phone => None,
        },
        leg: kept.leg,
        transport: kept.transport.name(),
        from: kept.from,
        to: kept.to,
        text: kept.text.to_vec(),
    }
}

/// A private address as it is; of a public one, which may be an agent's home, the network alone.
fn place(address: IpAddr) -> String {
    if sip::trace::says_nothing(address) {
        return address.to_canonical().to_string();
    }
    match address.to_canonical() {
        IpAddr::V4(v4) => format!("{}.{}.x.x", v4.octets()[0], v4.octets()[1]),
        IpAddr::V6(v6) => format!("{:x}:{:x}::x", v6.segments()[0], v6.segments()[1]),
    }
}

/// Whether a Contact names another address than the one that it came from.
fn names_another(contact: &Uri, seen: IpAddr) -> bool {
    let bare = contact.host_text().trim_start_matches('[').trim_end_matches(']').to_owned();
    bare.parse::<IpAddr>().map_or(true, |named| named.to_canonical() != seen.to_canonical())
}
