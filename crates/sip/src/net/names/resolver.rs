//! Asks DNS for servers and addresses. Knows records; remembers nothing itself but what the library does.
//! Every question is bounded in time, every answer in length.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use futures::future::join_all;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, RecordType};
use tracing::warn;

use super::{Asked, Choice};
use crate::stack::Transport;

/// How long one question may take, and how often it is asked.
const ANSWER_MAX: Duration = Duration::from_secs(2);
const ATTEMPTS: usize = 2;
/// Servers of one name that are looked at, and addresses of one server.
const SERVERS_MAX: usize = 16;
const ADDRESSES_MAX: usize = 8;
/// How long an answer of the system's own resolver is good: it does not say.
const SYSTEMS_GOOD: Duration = Duration::from_secs(60);

/// A way to ask.
pub(super) struct Resolver {
    /// None where the machine names no server: then only its own list of hosts is asked.
    dns: Option<TokioResolver>,
}

/// An answer.
pub(super) struct Found {
    pub(super) choices: Vec<Choice>,
    pub(super) good: Duration,
}

impl Resolver {
    pub(super) fn new(servers: &[SocketAddr]) -> Self {
        let builder = if servers.is_empty() {
            TokioResolver::builder_tokio()
        } else {
            let config = ResolverConfig::from_name_servers(servers.iter().copied().map(server).collect());
            Ok(TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()))
        };
        let built = builder.and_then(|mut builder| {
            let options = builder.options_mut();
            options.timeout = ANSWER_MAX;
            options.attempts = ATTEMPTS;
            builder.build()
        });
        let dns = built.inspect_err(|fault| warn!(%fault, "no name server: only this machine's hosts are known")).ok();
        Self { dns }
    }

    /// Servers and their addresses; none if there are none, or nobody says.
    pub(super) async fn find(&self, asked: &Asked) -> Option<Found> {
        let Some(dns) = &self.dns else { return system(asked).await };
        if asked.port == 0
            && let Some(service) = service(asked)
            && let Ok(answer) = dns.lookup(service, RecordType::SRV).await
        {
            let mut servers: Vec<_> = answer
                .answers()
                .iter()
                .filter_map(|record| if let RData::SRV(server) = &record.data { Some(server.clone()) } else { None })
                .collect();
            servers.sort_by_key(|server| server.priority);
            servers.truncate(SERVERS_MAX);
            // A server named "." says: not here (RFC 2782).
            servers.retain(|server| !server.target.is_root());
            let each = servers.iter().map(|server| async move {
                let (ips, good) = addresses(dns, &server.target.to_string(), asked.v6).await?;
                Some((
                    ips.into_iter().map(|ip| choice(ip, server.port, server.priority, server.weight)).collect(),
                    good,
                ))
            });
            return together(join_all(each).await, answer.valid_until());
        }
        let (ips, good) = addresses(dns, &asked.host, asked.v6).await?;
        let choices = ips.into_iter().map(|ip| choice(ip, asked.port_or_default(), 0, 0)).collect();
        Some(Found { choices, good })
    }
}

/// What each server came to; good for as long as the shortest of them.
fn together(found: Vec<Option<(Vec<Choice>, Duration)>>, until: Instant) -> Option<Found> {
    let mut all = Found { choices: Vec::new(), good: until.saturating_duration_since(Instant::now()) };
    for (choices, good) in found.into_iter().flatten() {
        all.choices.extend(choices);
        all.good = all.good.min(good);
    }
    (!all.choices.is_empty()).then_some(all)
}

async fn addresses(dns: &TokioResolver, host: &str, v6: bool) -> Option<(Vec<IpAddr>, Duration)> {
    let kind = if v6 { RecordType::AAAA } else { RecordType::A };
    let answer = dns.lookup(host, kind).await.ok()?;
    let ips = answer.answers().iter().filter_map(|record| record.data.ip_addr()).take(ADDRESSES_MAX).collect();
    Some((ips, answer.valid_until().saturating_duration_since(Instant::now())))
}

/// What the machine itself knows of a host.
async fn system(asked: &Asked) -> Option<Found> {
    let port = asked.port_or_default();
    let all = tokio::time::timeout(ANSWER_MAX, tokio::net::lookup_host((&*asked.host, port))).await.ok()?.ok()?;
    let of_family = all.filter(|address| address.is_ipv6() == asked.v6).take(ADDRESSES_MAX);
    let choices: Vec<Choice> = of_family.map(|address| choice(address.ip(), port, 0, 0)).collect();
    (!choices.is_empty()).then_some(Found { choices, good: SYSTEMS_GOOD })
}

/// The name of the service (RFC 3263 §4.1); none where nobody can be called so.
fn service(asked: &Asked) -> Option<String> {
    let service = match asked.transport {
        Transport::Udp => "_sip._udp",
        Transport::Tcp => "_sip._tcp",
        Transport::Tls => "_sips._tcp",
        Transport::Ws | Transport::Wss => return None,
    };
    Some(format!("{service}.{}.", asked.host.trim_end_matches('.')))
}

const fn choice(ip: IpAddr, port: u16, priority: u16, weight: u16) -> Choice {
    Choice { address: SocketAddr::new(ip, port), priority, weight }
}

fn server(address: SocketAddr) -> NameServerConfig {
    let mut connections = vec![ConnectionConfig::udp(), ConnectionConfig::tcp()];
    for connection in &mut connections {
        connection.port = address.port();
    }
    NameServerConfig::new(address.ip(), true, connections)
}
