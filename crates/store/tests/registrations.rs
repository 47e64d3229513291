//! Which phones are known after a restart: after an orderly one, after a death in the middle, and with a disk that failed.
//! No test asserts how long anything took.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use store::{Disk, RealDisk, Registered, Registrations, RegistrationsDoor, SegmentFile};
use tempfile::tempdir;

fn registered(agent: &str, contacts: &[&str]) -> Registered {
    Registered { agent: agent.into(), contacts: contacts.iter().map(|&text| text.to_owned()).collect() }
}

fn open(folder: &Path) -> (Registrations, Vec<Registered>) {
    Registrations::open(folder, Arc::new(RealDisk)).expect("the folder can be read")
}

/// Until everything is on disk.
fn settle(door: &RegistrationsDoor) {
    let begun = Instant::now();
    while door.status().waiting > 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "never written: {:?}", door.status());
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn what_was_registered_last_is_known_after_a_restart() {
    let folder = tempdir().expect("a folder");
    let (registrations, kept) = open(folder.path());
    assert!(kept.is_empty());
    let door = registrations.door();
    door.keep(registered("anna", &["old"]));
    door.keep(registered("bent", &["one", "two\tand more"]));
    door.keep(registered("carl", &["gone soon"]));
    settle(&door);
    door.keep(registered("anna", &["new"]));
    door.keep(registered("carl", &[]));
    drop(registrations);
    let (_again, kept) = open(folder.path());
    assert_eq!(kept, [registered("anna", &["new"]), registered("bent", &["one", "two\tand more"])]);
}

#[test]
fn a_node_that_is_killed_has_its_phones_back() {
    let (folder, after) = (tempdir().expect("a folder"), tempdir().expect("a folder"));
    let (registrations, _) = open(folder.path());
    let door = registrations.door();
    for number in 0..500 {
        door.keep(registered(&format!("agent{number:04}"), &["sip:x"]));
    }
    settle(&door);
    // What is on disk in this moment is what a killed process leaves behind.
    let mut bytes = std::fs::read(folder.path().join("registrations")).expect("the file");
    bytes.extend_from_slice(b"0badcafe\x1eagent0001\x1ehalf a li");
    std::fs::write(after.path().join("registrations"), bytes).expect("a copy");
    let (_again, kept) = open(after.path());
    assert_eq!(kept.len(), 500);
    assert!(kept.iter().all(|one| one.contacts == ["sip:x"]));
}

#[test]
fn phones_that_renew_for_years_do_not_fill_the_disk() {
    let folder = tempdir().expect("a folder");
    let (registrations, _) = open(folder.path());
    let door = registrations.door();
    let long = "x".repeat(400_000);
    for turn in 0..12 {
        door.keep(registered("anna", &[&format!("{long}{turn}")]));
        settle(&door);
        let bytes = std::fs::metadata(folder.path().join("registrations")).expect("the file").len();
        assert!(bytes < 3 * 1024 * 1024, "{bytes} bytes for one agent");
    }
    drop(registrations);
    assert!(open(folder.path()).1[0].contacts[0].ends_with("11"));
}

struct MoodyDisk(Arc<AtomicBool>);
struct MoodyFile(Box<dyn SegmentFile>, Arc<AtomicBool>);

fn works(broken: &AtomicBool) -> io::Result<()> {
    if broken.load(Ordering::SeqCst) { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
}

impl Disk for MoodyDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        works(&self.0)?;
        Ok(Box::new(MoodyFile(RealDisk.create(path)?, self.0.clone())))
    }
}

impl SegmentFile for MoodyFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        // Half of it is written before the disk says that it is full.
        let half = if self.1.load(Ordering::SeqCst) { bytes.len() / 2 } else { bytes.len() };
        self.0.append(&bytes[..half])?;
        works(&self.1)
    }
    fn sync(&mut self) -> io::Result<()> {
        works(&self.1)?;
        self.0.sync()
    }
    fn cut(&mut self, bytes: u64) -> io::Result<()> {
        self.0.cut(bytes)
    }
}

#[test]
fn a_full_disk_holds_nobody_up_and_loses_no_phone_when_it_has_room_again() {
    let folder = tempdir().expect("a folder");
    let broken = Arc::new(AtomicBool::new(false));
    let (registrations, _) = Registrations::open(folder.path(), Arc::new(MoodyDisk(broken.clone()))).expect("opens");
    let door = registrations.door();
    door.keep(registered("anna", &["before"]));
    settle(&door);
    broken.store(true, Ordering::SeqCst);
    door.keep(registered("anna", &["meanwhile"]));
    let begun = Instant::now();
    while door.status().failures == 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "the disk never failed");
        std::thread::sleep(Duration::from_millis(5));
    }
    door.keep(registered("bent", &["meanwhile"]));
    broken.store(false, Ordering::SeqCst);
    settle(&door);
    drop(registrations);
    assert_eq!(open(folder.path()).1, [registered("anna", &["meanwhile"]), registered("bent", &["meanwhile"])]);
}
