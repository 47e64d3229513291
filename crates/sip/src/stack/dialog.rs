//! A dialog: what must be known to speak with one peer inside one call (RFC 3261 §12).
//!
//! Texts are kept as the peer wrote them and repeated as they are. Knows how a request inside the dialog is
//! written and where it goes; does not know why it is sent.

use std::net::{IpAddr, SocketAddr};

use super::marks::{COOKIE, Marks};
use super::seam::{Destination, Path, Target, Transport};
use super::settings::StackSettings;
use crate::bindings::Bindings;
use crate::message::{HeaderName, Headers, Host, Method, NameAddr, Request, Scheme, Uri, Writer};

/// One dialog, or the papers of one that an INVITE of ours may begin.
#[derive(Clone, Debug)]
pub(crate) struct Dialog {
    /// Call-ID.
    pub(crate) call_id: Box<str>,
    /// Our tag's number.
    pub(crate) tag: u64,
    /// Our end as From or To has it, tag included.
    pub(crate) local: Box<str>,
    /// The peer's end, tag included once it is known.
    pub(crate) remote: Box<str>,
    /// The peer's tag; empty until it is known.
    pub(crate) remote_tag: Box<str>,
    /// Where the peer wants requests to go: its Contact.
    pub(crate) target: Uri,
    /// The Route header of our requests; empty where no proxy stays in between.
    pub(crate) routes: Box<str>,
    /// The CSeq of our last request.
    pub(crate) local_seq: u32,
    /// The CSeq of the peer's last request.
    pub(crate) remote_seq: Option<u32>,
    /// How the peer is reached.
    pub(crate) way: Way,
    /// The Max-Forwards of our requests: [`HOPS`], or what is left of the call that this one is made for.
    pub(crate) hops: u8,
    /// Whether the peer's Allow has UPDATE.
    pub(crate) knows_update: bool,
    /// Whether it has OPTIONS.
    pub(crate) knows_options: bool,
}

/// The Max-Forwards that a request begins with (RFC 3261 §8.1.1.6).
pub(crate) const HOPS: u8 = 70;

/// How a peer is reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Way {
    /// Always by this path: a stream, or a phone behind a NAT.
    Flow(Path),
    /// Where its URIs say, from this listener where it can.
    Routed {
        /// The listener that is preferred.
        listener: u16,
    },
}

impl Way {
    /// How one answers to somebody who came on `path`.
    pub(crate) const fn back(path: Path) -> Self {
        if path.transport.reliable() { Self::Flow(path) } else { Self::Routed { listener: path.listener } }
    }
}

impl Dialog {
    /// From an INVITE that came in; `None` with a Contact that can't be read (RFC 3261 §8.1.1.8).
    pub(crate) fn from_invite(headers: &Headers, tag: u64, path: Path, marks: &Marks) -> Option<Self> {
        let target = match headers.get(HeaderName::Contact) {
            Some(_) => contact_of(headers)?,
            // Before RFC 3261 an INVITE could do without: then From says where its sender is (RFC 2543 §6.13).
            None => headers.from().and_then(|from| from.uri().ok())?,
        };
        let to = headers.get(HeaderName::To).unwrap_or("");
        Some(Self {
            call_id: headers.call_id().into(),
            tag,
            local: format!("{to};tag={}", marks.text(tag)).into_boxed_str(),
            remote: headers.get(HeaderName::From).unwrap_or("").into(),
            remote_tag: headers.from_tag().into(),
            target,
            routes: join(headers.values(HeaderName::RecordRoute)),
            local_seq: 0,
            remote_seq: Some(headers.cseq()),
            way: Way::back(path),
            hops: HOPS,
            knows_update: headers.lists(HeaderName::Allow, "UPDATE"),
            knows_options: headers.lists(HeaderName::Allow, "OPTIONS"),
        })
    }

    /// These papers, completed by a 2xx (or a provisional answer with a tag).
    pub(crate) fn answered_by(&self, headers: &Headers) -> Self {
        if !self.remote_tag.is_empty() {
            // A re-INVITE: the route set of a dialog never changes (RFC 3261 §12.2), its target may.
            let mut dialog = self.clone();
            dialog.refresh(headers);
            return dialog;
        }
        let mut routes: Vec<&str> = headers.values(HeaderName::RecordRoute).collect();
        routes.reverse();
        Self {
            remote: headers.get(HeaderName::To).unwrap_or(&self.remote).into(),
            remote_tag: headers.to_tag().unwrap_or("").into(),
            target: contact_of(headers).unwrap_or_else(|| self.target.clone()),
            routes: join(routes.into_iter()),
            hops: HOPS,
            knows_update: headers.lists(HeaderName::Allow, "UPDATE"),
            knows_options: headers.lists(HeaderName::Allow, "OPTIONS"),
            ..self.clone()
        }
    }

    /// Whether a request belongs to this dialog.
    pub(crate) fn owns(&self, headers: &Headers) -> bool {
        headers.call_id() == &*self.call_id && headers.from_tag() == &*self.remote_tag
    }

    /// Whether a request of the peer follows on its last one (RFC 3261 §12.2.2); a lower CSeq is out of order.
    pub(crate) fn is_next(&self, request: &Request) -> bool {
        self.remote_seq.is_none_or(|last| request.headers.cseq() > last)
    }

    /// Takes over what a request or answer of the peer says about where it is now (target refresh, RFC 3261 §12.2).
    pub(crate) fn refresh(&mut self, headers: &Headers) {
        if let Some(target) = contact_of(headers) {
            self.target = target;
        }
        if headers.get(HeaderName::Allow).is_some() {
            self.knows_update = headers.lists(HeaderName::Allow, "UPDATE");
            self.knows_options = headers.lists(HeaderName::Allow, "OPTIONS");
        }
    }

    /// Whether the peer named that address as one of its own, or of a proxy that stays in between (Contact, Record-Route).
    pub(crate) fn names(&self, ip: IpAddr) -> bool {
        let routes = split_routes(&self.routes).filter_map(|route| NameAddr::read(route)?.uri().ok());
        routes.chain([self.target.clone()]).any(|uri| ip_of(&uri) == Some(ip.to_canonical()))
    }

    /// The peer spoke from somewhere else: where it is only reached back along its own path, that is the path now.
    pub(crate) fn move_to(&mut self, path: Path) {
        if matches!(self.way, Way::Flow(_)) {
            self.way = Way::Flow(path);
        }
    }

    /// A phone that lost its connection and has registered by another is reached by that from now on.
    pub(crate) fn follow(&mut self, bindings: &Bindings) {
        if let Way::Flow(path) = self.way
            && let Some(now) = bindings.moved(path.connection).filter(|_| path.connection != 0)
        {
            self.way = Way::Flow(now);
        }
    }

    /// Where the next request goes.
    pub(crate) fn destination(&self, settings: &StackSettings) -> Destination {
        let listener = match self.way {
            Way::Flow(path) => return Destination::Path(path),
            Way::Routed { listener } => listener,
        };
        match NameAddr::read(first_route(&self.routes)).and_then(|route| route.uri().ok()) {
            Some(route) => toward(&route, listener, settings),
            None => toward(&self.target, listener, settings),
        }
    }

    /// Writes the head of a request of ours; body and further lines are up to the caller.
    pub(crate) fn write<'w>(
        &self,
        writer: &'w mut Writer,
        method: &Method,
        cseq: u32,
        mark: &str,
        to: &Destination,
        settings: &StackSettings,
    ) -> &'w mut Writer {
        let address = settings.address(to.listener());
        let (uri, routes) = self.routed();
        writer.request(method, uri.as_ref().unwrap_or(&self.target));
        writer.via(address.transport.name(), &address.sent_by, format_args!("{COOKIE}{mark}"));
        writer.line(HeaderName::MaxForwards, self.hops);
        if !routes.is_empty() {
            writer.line(HeaderName::Route, routes);
        }
        writer.line(HeaderName::From, &self.local).line(HeaderName::To, &self.remote);
        writer.line(HeaderName::CallId, &self.call_id).cseq(cseq, method)
    }

    /// Request-URI (where it is not the target) and Route. A first route without `lr` is a strict router: it becomes the
    /// Request-URI, and the target goes to the end of the routes (RFC 3261 §12.2.1.1).
    fn routed(&self) -> (Option<Uri>, Box<str>) {
        let first = first_route(&self.routes);
        let strict = NameAddr::read(first).and_then(|route| route.uri().ok()).filter(|uri| !uri.params().has("lr"));
        let Some(strict) = strict else { return (None, self.routes.clone()) };
        let rest = self.routes[first.len()..].trim_start_matches([',', ' ']);
        let target = format!("<{}>", self.target);
        (Some(strict), join([rest, &target].into_iter().filter(|route| !route.is_empty())))
    }
}

/// Where a URI leads.
pub(crate) fn toward(uri: &Uri, near: u16, settings: &StackSettings) -> Destination {
    let secure = uri.scheme() == Scheme::Sips;
    let transport = match uri.params().get("transport") {
        Some(name) if name.eq_ignore_ascii_case("tls") => Transport::Tls,
        Some(name) if name.eq_ignore_ascii_case("tcp") && !secure => Transport::Tcp,
        // A browser can't be connected to: without its flow it is not reached.
        Some(name) if name.eq_ignore_ascii_case("ws") => Transport::Ws,
        Some(name) if name.eq_ignore_ascii_case("wss") => Transport::Wss,
        _ if secure => Transport::Tls,
        _ => Transport::Udp,
    };
    let ip = ip_of(uri);
    let listener = settings.listener_for(transport, ip.is_some_and(|ip| ip.is_ipv6()), near);
    match ip {
        Some(ip) if transport == Transport::Udp => {
            let peer = SocketAddr::new(ip, uri.port().unwrap_or(transport.port_default()));
            Destination::Path(Path { transport, listener, connection: 0, peer })
        }
        _ => {
            // Without a port a name's servers are asked for (RFC 3263 §4.2).
            let otherwise = if ip.is_some() { transport.port_default() } else { 0 };
            let port = uri.port().unwrap_or(otherwise);
            let host = uri.host_text().trim_matches(['[', ']']).into();
            Destination::Target(Target { transport, listener, host, port })
        }
    }
}

/// The address that a URI names without a name.
fn ip_of(uri: &Uri) -> Option<IpAddr> {
    match uri.host() {
        Some(Host::V4(ip)) => Some(IpAddr::from(ip)),
        Some(Host::V6(ip)) => Some(IpAddr::from(ip)),
        Some(Host::Name(_)) | None => None,
    }
}

fn contact_of(headers: &Headers) -> Option<Uri> {
    headers.contact().filter(|contact| !contact.is_star()).and_then(|contact| contact.uri().ok())
}

fn first_route(routes: &str) -> &str {
    // Routes were read as name-addrs and joined by us: a `>` ends the URI, and parameters have no comma of their own.
    let uri_end = routes.find('>').unwrap_or(0);
    routes[uri_end..].find(',').map_or(routes, |comma| &routes[..uri_end + comma])
}

fn split_routes(routes: &str) -> impl Iterator<Item = &str> {
    let mut rest = routes;
    std::iter::from_fn(move || {
        let first = first_route(rest);
        rest = rest[first.len()..].trim_start_matches([',', ' ']);
        (!first.is_empty()).then_some(first)
    })
}

fn join<'a>(values: impl Iterator<Item = &'a str>) -> Box<str> {
    let mut joined = String::new();
    for value in values {
        if !joined.is_empty() {
            joined.push_str(", ");
        }
        joined.push_str(value);
    }
    joined.into_boxed_str()
}
