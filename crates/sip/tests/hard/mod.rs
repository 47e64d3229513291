//! Reads the files of `torture/`: what is expected of a message, and its bytes, in which `<hex>`, `<repeat n>` and
//! `<length>` stand for what can't be written plainly. Shared with the tests that send them over sockets.

/// The `##` lines without the first, which says what the message is, and the message below them.
pub(crate) fn split(text: &str) -> (Vec<&str>, &str) {
    let mut rest = text;
    let mut expected = Vec::new();
    while let Some(line) = rest.strip_prefix("## ") {
        let (line, after) = line.split_once('\n').expect("a message below");
        expected.push(line.trim_end());
        rest = after;
    }
    expected.remove(0);
    (expected, rest)
}

/// The message as it goes over the wire.
pub(crate) fn bytes_of(text: &str) -> Vec<u8> {
    let repeated = repeat(text).replace('\n', "\r\n");
    let mut bytes = Vec::new();
    let mut rest = repeated.as_str();
    while let Some((before, after)) = rest.split_once("<hex>") {
        let (hex, after) = after.split_once("</hex>").expect("a closed hex");
        bytes.extend_from_slice(before.as_bytes());
        bytes.extend(
            hex.as_bytes()
                .chunks(2)
                .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("two hex digits")),
        );
        rest = after;
    }
    bytes.extend_from_slice(rest.as_bytes());
    with_length(bytes)
}

fn repeat(text: &str) -> String {
    let mut all = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<repeat ") {
        let (count, after) = after.split_once('>').expect("a count");
        let (piece, after) = after.split_once("</repeat>").expect("a closed repeat");
        all += before;
        all += &piece.repeat(count.parse().expect("a number"));
        rest = after;
    }
    all + rest
}

fn with_length(bytes: Vec<u8>) -> Vec<u8> {
    let find = |what: &[u8]| bytes.windows(what.len()).position(|window| window == what);
    let (Some(at), Some(end)) = (find(b"<length>"), find(b"\r\n\r\n")) else { return bytes };
    let length = (bytes.len() - end - 4).to_string();
    [&bytes[..at], length.as_bytes(), &bytes[at + 8..]].concat()
}
