//! One line an entry: a checksum, its key, its parts; what is torn or foreign is passed over.
//! Knows how a line is written and read; opens no file.

use super::Lines;

/// Between the parts of a line.
const SEPARATOR: char = '\u{1e}';
/// Hex digits of the checksum in front.
const SUM_CHARS: usize = 8;

/// Whether a text can be a part of a line.
pub(super) fn can_be_written(part: &str) -> bool {
    !part.contains(['\n', '\r', SEPARATOR])
}

/// An entry's line with its line break.
pub(super) fn write(key: &str, parts: &[String]) -> String {
    let mut rest = key.to_owned();
    for part in parts {
        rest.push(SEPARATOR);
        rest.push_str(part);
    }
    format!("{:08x}{SEPARATOR}{rest}\n", crc32fast::hash(rest.as_bytes()))
}

/// Everything that is whole; of an entry with several lines the last.
pub(super) fn read_all(bytes: &[u8]) -> Lines {
    let mut all = Lines::new();
    for (key, parts) in bytes.split_inclusive(|byte| *byte == b'\n').filter_map(read) {
        if parts.is_empty() {
            all.remove(&key);
        } else {
            all.insert(key, parts);
        }
    }
    all
}

fn read(line: &[u8]) -> Option<(String, Vec<String>)> {
    let line = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
    let (sum, rest) = line.split_once(SEPARATOR).filter(|(sum, _)| sum.len() == SUM_CHARS)?;
    if u32::from_str_radix(sum, 16).ok()? != crc32fast::hash(rest.as_bytes()) {
        return None;
    }
    let mut parts = rest.split(SEPARATOR);
    let key = parts.next().filter(|key| !key.is_empty())?.to_owned();
    Some((key, parts.map(str::to_owned).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_torn_file_everything_whole_is_read_and_the_last_word_counts() {
        let (anna, bent) = ("anna", "bent");
        let mut text = write(anna, &["old".into()]) + &write(bent, &["x\ty".into(), "z".into()]);
        let whole = text.len();
        text += &write(anna, &["new".into()]);
        for cut in 0..=text.len() {
            let read = read_all(&text.as_bytes()[..cut]);
            assert_eq!(read.get(bent).map(Vec::len), (cut >= whole).then_some(2));
            let of_anna = read.get(anna).map(|contacts| contacts[0].as_str());
            assert!(cut < text.len() || of_anna == Some("new"));
            assert!(cut < whole || of_anna == Some(if cut == text.len() { "new" } else { "old" }));
        }
        text += &write(anna, &[]);
        assert!(!read_all(text.as_bytes()).contains_key(anna));
        let spoilt = text.replace("x\ty", "x\tq");
        assert!(!read_all(spoilt.as_bytes()).contains_key(bent), "a line with a wrong checksum says nothing");
    }
}
