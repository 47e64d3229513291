//! SIP as a simple phone writes and reads it: text with headers, looked up by name.
//!
//! Tolerant in reading, exact in writing; no transactions, no state.

/// A message, read.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    text: String,
}

impl Message {
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        Some(Self { text: std::str::from_utf8(bytes).ok()?.to_owned() }).filter(|message| !message.text.is_empty())
    }

    fn head(&self) -> &str {
        self.text.split("\r\n\r\n").next().unwrap_or_default()
    }

    /// What follows the empty line.
    pub(crate) fn body(&self) -> &str {
        self.text.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }

    fn first_line(&self) -> &str {
        self.text.split("\r\n").next().unwrap_or_default()
    }

    /// The status of an answer; none for a request.
    pub(crate) fn status(&self) -> Option<u16> {
        self.first_line().strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()
    }

    /// The method of a request, or of the request that is answered.
    pub(crate) fn method(&self) -> &str {
        self.header("CSeq").and_then(|cseq| cseq.split_whitespace().nth(1)).unwrap_or_default()
    }

    /// The target of a request.
    pub(crate) fn uri(&self) -> &str {
        self.first_line().split(' ').nth(1).unwrap_or_default()
    }

    /// The first header of that name, long or compact form.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).next()
    }

    /// All headers of that name, in order.
    pub(crate) fn headers<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        let compact = compact(name);
        self.head().split("\r\n").skip(1).filter_map(move |line| {
            let (found, value) = line.split_once(':')?;
            let found = found.trim();
            let wanted =
                found.eq_ignore_ascii_case(name) || compact.is_some_and(|short| found.eq_ignore_ascii_case(short));
            wanted.then(|| value.trim())
        })
    }

    /// The user part of the address in a header: `sip:4520…@`.
    pub(crate) fn user(&self, name: &str) -> Option<&str> {
        let (_, address) = self.header(name)?.split_once("sip:")?;
        address.split_once('@').map(|(user, _)| user)
    }

    /// The tag of From or To.
    pub(crate) fn tag(&self, name: &str) -> Option<&str> {
        let (_, tag) = self.header(name)?.split_once(";tag=")?;
        Some(tag.split([';', '>']).next().unwrap_or(tag))
    }

    /// The URI in Contact.
    pub(crate) fn contact(&self) -> Option<&str> {
        let contact = self.header("Contact")?;
        let inside = contact.split_once('<').map_or(contact, |(_, rest)| rest);
        Some(inside.split('>').next().unwrap_or(inside))
    }

    /// An answer to this request, with our tag where one is given.
    pub(crate) fn answer(&self, status: &str, tag: Option<&str>, more: &str, body: &str) -> String {
        let mut text = format!("SIP/2.0 {status}\r\n");
        for via in self.headers("Via") {
            text += &["Via: ", via, "\r\n"].concat();
        }
        for route in self.headers("Record-Route") {
            text += &["Record-Route: ", route, "\r\n"].concat();
        }
        let to = self.header("To").unwrap_or_default();
        let to = match tag {
            Some(tag) if self.tag("To").is_none() => format!("{to};tag={tag}"),
            Some(_) | None => to.to_owned(),
        };
        let [from, call, cseq] = ["From", "Call-ID", "CSeq"].map(|name| self.header(name).unwrap_or_default());
        text += &["From: ", from, "\r\nTo: ", &to, "\r\nCall-ID: ", call, "\r\nCSeq: ", cseq, "\r\n", more].concat();
        finish(text, body)
    }
}

/// Closes the headers and appends the body.
pub(crate) fn finish(mut head: String, body: &str) -> String {
    if !body.is_empty() {
        head.push_str("Content-Type: application/sdp\r\n");
    }
    let length = body.len().to_string();
    head + &["Content-Length: ", &length, "\r\n\r\n", body].concat()
}

fn compact(name: &str) -> Option<&'static str> {
    Some(match name {
        "Via" => "v",
        "From" => "f",
        "To" => "t",
        "Call-ID" => "i",
        "Contact" => "m",
        "Content-Type" => "c",
        "Content-Length" => "l",
        _ => return None,
    })
}

/// A session of G.711, the given codec first.
pub(crate) fn session(address: std::net::SocketAddr, a_law: bool) -> String {
    let ip = address.ip();
    let kind = if ip.is_ipv4() { "IP4" } else { "IP6" };
    let (number, name) = if a_law { (8, "PCMA") } else { (0, "PCMU") };
    format!(
        "v=0\r\no=- 1 1 IN {kind} {ip}\r\ns=-\r\nc=IN {kind} {ip}\r\nt=0 0\r\nm=audio {} RTP/AVP {number} 101\r\n\
         a=rtpmap:{number} {name}/8000\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\n",
        address.port()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVITE: &[u8] =
        b"INVITE sip:agent0001@127.0.0.1:26000 SIP/2.0\r\nv: SIP/2.0/UDP 127.0.0.1:25060;branch=z9hG4bK1\r\n\
        From: \"Aarhus: Pas\" <sip:20123456@127.0.0.1>;tag=00ab\r\nTo: <sip:agent0001@127.0.0.1>\r\nCall-ID: x1\r\n\
        CSeq: 1 INVITE\r\nContact: <sip:c@127.0.0.1:25060>\r\n\r\nv=0\r\n";

    #[test]
    fn a_phone_finds_what_it_needs_in_an_invitation() {
        let message = Message::read(INVITE).expect("text");
        assert_eq!((message.method(), message.status()), ("INVITE", None));
        assert_eq!(message.user("From"), Some("20123456"));
        assert_eq!(message.tag("From"), Some("00ab"));
        assert_eq!(message.contact(), Some("sip:c@127.0.0.1:25060"));
        assert_eq!(message.body(), "v=0\r\n");
    }

    #[test]
    fn an_answer_repeats_what_the_request_said() {
        let message = Message::read(INVITE).expect("text");
        let answer = Message::read(message.answer("180 Ringing", Some("t1"), "", "").as_bytes()).expect("text");
        assert_eq!((answer.status(), answer.tag("To")), (Some(180), Some("t1")));
        assert_eq!(answer.headers("Via").count(), 1);
    }
}
