//! Passwords at rest: sealed with the node's key, each for its owner alone (AES-256-GCM).
//!
//! A sealed text is of no use without the key, and not where it was not sealed for: another agent, trunk or realm. Knows
//! keys and seals; does not know where they are written, or what a password opens.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::spool::{private, sync_folder};

/// What every sealed text begins with.
pub const SEALED: &str = "sealed:v1:";
/// Bytes of a key.
const KEY_BYTES: usize = 32;
/// Longest secret, in bytes; a password has at most 128 characters.
const SECRET_BYTES_MAX: usize = 512;

/// The node's key.
pub struct NodeKey(LessSafeKey);

/// For whom a secret is sealed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner<'a> {
    /// An agent's phone and desk, by its id.
    Agent(&'a str),
    /// A trunk, by its name.
    Trunk(&'a str),
    /// A coordinator's token, by the coordinator's name.
    Coordinator(&'a str),
}

/// A key can't be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The text is no key.
    #[error("a node's key is 64 hexadecimal digits")]
    Malformed,
    /// The file's text is no key.
    #[error("{0} is no node's key (64 hexadecimal digits): put the right file back from your backup")]
    MalformedFile(PathBuf),
    /// Others than its owner may read the file.
    #[error(
        "{0} can be read by others: run chmod 600 on it, and if it was so for long, seal the passwords with a new key"
    )]
    Exposed(PathBuf),
    /// The disk said no.
    #[error("{path}: {error}")]
    Disk {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// A sealed text can't be opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SealError {
    /// It is cut or mistyped.
    #[error("the sealed text is cut or mistyped: paste it whole, or seal the password again")]
    Malformed,
    /// It was sealed with another key, or for another owner or realm; which of these nobody can tell.
    #[error(
        "it was not sealed with this node's key for this owner and realm: put the right key in place, or seal the password again"
    )]
    NotForUs,
}

impl NodeKey {
    /// Reads a key's text: 64 hexadecimal digits.
    pub fn of_text(text: &str) -> Result<Self, KeyError> {
        let bytes = unhex(text.trim()).filter(|bytes| bytes.len() == KEY_BYTES).ok_or(KeyError::Malformed)?;
        UnboundKey::new(&AES_256_GCM, &bytes).map(|key| Self(LessSafeKey::new(key))).map_err(|_| KeyError::Malformed)
    }

    /// Reads the key's file; none where there is no such file.
    pub fn read(path: &Path) -> Result<Option<Self>, KeyError> {
        let disk = |error| KeyError::Disk { path: path.to_owned(), error };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(disk(error)),
        };
        if is_exposed(path).map_err(disk)? {
            return Err(KeyError::Exposed(path.to_owned()));
        }
        Self::of_text(&text).map(Some).map_err(|_| KeyError::MalformedFile(path.to_owned()))
    }

    /// Reads the key's file, or makes one that only its owner may read, with a key that nobody has had before. Two that make
    /// it at once get the same one.
    pub fn read_or_make(path: &Path) -> Result<Self, KeyError> {
        if let Some(key) = Self::read(path)? {
            return Ok(key);
        }
        let disk = |error| KeyError::Disk { path: path.to_owned(), error };
        let drawn: [u8; KEY_BYTES] = rand::random();
        match make(path, &(hex(&drawn) + "\n")) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(disk(error)),
        }
        Self::read(path)?.ok_or_else(|| disk(io::ErrorKind::NotFound.into()))
    }

    /// Seals a secret for its owner in a realm. The same secret sealed twice gives two texts.
    pub fn seal(&self, secret: &str, owner: Owner<'_>, realm: &str) -> String {
        let nonce: [u8; NONCE_LEN] = rand::random();
        let mut sealed = secret.as_bytes().to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(bound(owner, realm)), &mut sealed)
            .expect("a password is far below what AES-GCM can seal");
        format!("{SEALED}{}{}", hex(&nonce), hex(&sealed))
    }

    /// Opens what was sealed for this owner and realm.
    pub fn open(&self, sealed: &str, owner: Owner<'_>, realm: &str) -> Result<String, SealError> {
        let text = sealed.trim().strip_prefix(SEALED).ok_or(SealError::Malformed)?;
        let longest = 2 * (NONCE_LEN + SECRET_BYTES_MAX + AES_256_GCM.tag_len());
        let mut bytes = Some(text).filter(|text| text.len() <= longest).and_then(unhex).ok_or(SealError::Malformed)?;
        if bytes.len() < NONCE_LEN + AES_256_GCM.tag_len() {
            return Err(SealError::Malformed);
        }
        let mut body = bytes.split_off(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(&bytes).map_err(|_| SealError::Malformed)?;
        let opened = self.0.open_in_place(nonce, Aad::from(bound(owner, realm)), &mut body);
        let opened = opened.map_err(|_| SealError::NotForUs)?;
        String::from_utf8(opened.to_vec()).map_err(|_| SealError::NotForUs)
    }
}

impl std::fmt::Debug for NodeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NodeKey(masked)")
    }
}

/// What a seal is bound to; lengths keep one owner's text from being another's.
fn bound(owner: Owner<'_>, realm: &str) -> String {
    let (kind, name) = match owner {
        Owner::Agent(id) => ("agent", id),
        Owner::Trunk(name) => ("trunk", name),
        Owner::Coordinator(name) => ("coordinator", name),
    };
    format!("samkald {kind} {} {name} {realm}", name.len())
}

fn make(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // Whole or not at all: a second process never reads half a key.
    let beside = path.with_extension(format!("{:016x}.new", rand::random::<u64>()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    private(&mut options);
    let mut file = options.open(&beside)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    let linked = written.and_then(|()| std::fs::hard_link(&beside, path));
    std::fs::remove_file(&beside)?;
    linked?;
    sync_folder(path)
}

#[cfg(unix)]
fn is_exposed(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_exposed(_: &Path) -> io::Result<bool> {
    Ok(false)
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(digit: &str) -> NodeKey {
        NodeKey::of_text(&digit.repeat(64)).expect("64 digits")
    }

    #[test]
    fn a_sealed_password_opens_for_its_owner_under_its_key_and_nowhere_else() {
        let sealed = key("7").seal("hemmelig æøå", Owner::Agent("anna"), "samkald");
        assert!(sealed.starts_with(SEALED) && !sealed.contains("hemmelig"));
        assert_eq!(key("7").open(&sealed, Owner::Agent("anna"), "samkald").as_deref(), Ok("hemmelig æøå"));
        for (key, owner, realm) in [
            (key("8"), Owner::Agent("anna"), "samkald"),
            (key("7"), Owner::Agent("bent"), "samkald"),
            (key("7"), Owner::Trunk("anna"), "samkald"),
            (key("7"), Owner::Agent("anna"), "other"),
        ] {
            assert_eq!(key.open(&sealed, owner, realm), Err(SealError::NotForUs));
        }
        assert_ne!(sealed, key("7").seal("hemmelig æøå", Owner::Agent("anna"), "samkald"), "two seals are never alike");
    }

    #[test]
    fn a_cut_or_changed_text_opens_nothing() {
        let sealed = key("7").seal("hemmelig", Owner::Agent("anna"), "samkald");
        for end in 0..sealed.len() {
            assert!(key("7").open(&sealed[..end], Owner::Agent("anna"), "samkald").is_err());
        }
        let last = if sealed.ends_with('0') { "1" } else { "0" };
        let changed = format!("{}{last}", &sealed[..sealed.len() - 1]);
        assert_eq!(key("7").open(&changed, Owner::Agent("anna"), "samkald"), Err(SealError::NotForUs));
        assert_eq!(key("7").open("hemmelig", Owner::Agent("anna"), "samkald"), Err(SealError::Malformed));
    }

    #[test]
    fn the_key_is_made_once_for_its_owner_alone_and_a_spoilt_or_open_file_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new").join("node.key");
        assert!(NodeKey::read(&path).expect("no fault").is_none());
        let sealed = NodeKey::read_or_make(&path).expect("made").seal("hemmelig", Owner::Trunk("t"), "r");
        let again = NodeKey::read_or_make(&path).expect("read");
        assert_eq!(again.open(&sealed, Owner::Trunk("t"), "r").as_deref(), Ok("hemmelig"));
        assert!(!is_exposed(&path).expect("it is there"));
        assert_eq!(std::fs::read_dir(path.parent().expect("a folder")).expect("it is there").count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("ours");
            assert!(matches!(NodeKey::read(&path), Err(KeyError::Exposed(_))));
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("ours");
        }
        std::fs::write(&path, "half a key").expect("ours");
        assert!(matches!(NodeKey::read(&path), Err(KeyError::MalformedFile(_))));
    }
}
