//! The operator's folders of sounds and wording: what goes before what, and what is told of files that won't do.
//! Knows files; hears nothing.

use std::fs;
use std::path::Path;

use media::{Codec, KeyEar, Prompt};
use media_net::{PromptFault, PromptStore, Wanted, load_wordings};
use model::{Language, MunicipalityId, PromptName};
use speech::Phrase;

/// The words of a faulty folder, for the operator.
fn words(faults: &[PromptFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn length(store: &PromptStore, name: &str) -> Option<usize> {
    store.find(&PromptName::new(name)).map(|prompt| prompt.frames())
}

/// A WAV file of so many frames of 20 ms, in A-law.
fn wav(frames: usize) -> Vec<u8> {
    let sound = vec![0xd5_u8; frames * 160];
    let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x06\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data".to_vec();
    bytes.extend((sound.len() as u32).to_le_bytes());
    bytes.extend(sound);
    bytes
}

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    folder
}

#[test]
fn the_folders_go_before_the_built_in_set_and_fall_back_by_language_first() {
    let folder = folder(&[
        ("greeting.da.wav", &wav(1)),
        ("greeting.wav", &wav(2)),
        ("0751/greeting.da.wav", &wav(3)),
        ("0751/full.wav", &wav(4)),
        ("README.md", b"no sound"),
    ]);
    let store = PromptStore::load(&[folder.path().to_owned()], &Wanted::default()).expect("good files");
    assert_eq!(length(&store, "0751/greeting.da"), Some(3));
    assert_eq!(length(&store, "0101/greeting.da"), Some(1));
    assert_eq!(length(&store, "0751/greeting.uk"), Some(2));
    assert_eq!(length(&store, "0751/full.uk"), Some(4));
    assert_eq!(length(&store, "0751/full.da"), length(&store, "full.da"), "language before municipality");
    let warned: Vec<String> = store.warned().iter().map(ToString::to_string).collect();
    assert!(warned.iter().any(|word| word.contains("silent from beginning to end")), "{warned:?}");
}

#[test]
fn every_bad_file_is_named_with_its_reason() {
    let opus = include_bytes!("../prompts/number-3.da.opus");
    let folder = folder(&[
        ("one.wav", b"no sound"),
        ("two.WAV", &wav(0)),
        ("three.opus", &opus[..opus.len() - 1]),
        ("four.opus", opus),
        ("four.wav", &wav(1)),
        ("words.fr.ftl", b""),
    ]);
    let folders = [folder.path().to_owned(), folder.path().join("absent")];
    let words = words(&PromptStore::load(&folders, &Wanted::default()).expect_err("faults"));
    assert!(words.contains("one.wav: is no WAV file") && words.contains("two.WAV: is empty"), "{words}");
    assert!(words.contains("three.opus: is no Opus file") && words.contains("four.wav: is there twice"), "{words}");
    assert!(words.contains("absent: can't be read"), "{words}");
    let faults = load_wordings(&folders).expect_err("faults");
    assert!(self::words(&faults).contains("words.fr.ftl: is in a language"), "{faults:?}");
}

#[test]
fn a_municipality_words_one_sentence_itself_over_everybodys_own() {
    let folder = folder(&[
        ("words.da.ftl", "place = Alle { $number }.\n    .clips = a { $number }\n".as_bytes()),
        ("0751/words.da.ftl", "ahead = Aarhus { $amount }.\n    .clips = b { $amount }\n".as_bytes()),
    ]);
    let wordings = load_wordings(&[folder.path().to_owned()]).expect("good words");
    let said = |whose: u16, phrase| {
        let words = wordings.of(&Language::new("da"), Some(MunicipalityId(whose))).expect("Danish");
        words.say(&phrase).text
    };
    assert_eq!(said(751, Phrase::Place(2)), "Alle to.");
    assert_eq!(said(751, Phrase::Ahead(1)), "Aarhus en.");
    assert_eq!(said(101, Phrase::Ahead(0)), "Der er ingen foran dig i køen.");
}

#[test]
fn a_wording_that_can_not_be_used_is_told_with_its_file() {
    let folder = folder(&[("0751/words.en.ftl", "place = Number { $nr }.\n    .clips = a\n".as_bytes())]);
    let faults = load_wordings(&[folder.path().to_owned()]).expect_err("faults");
    let words = words(&faults);
    assert!(words.contains("words.en.ftl: place: ") && words.contains("$count, $number, $amount"), "{words}");
}

#[test]
fn nothing_that_the_house_says_or_plays_presses_a_key() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts");
    let mut tried = 0;
    for entry in fs::read_dir(folder).expect("the house's own sounds").flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|kind| kind != "wav" && kind != "opus") {
            continue;
        }
        let prompt = Prompt::from_file(&fs::read(&path).expect("a file")).expect("a good prompt");
        let (mut ear, mut told) = (KeyEar::default(), String::new());
        for frame in (0..).map_while(|number| prompt.frame(Codec::Pcma, number)) {
            ear.hear(Codec::Pcma, frame, |key| told.push(key));
        }
        assert_eq!(told, "", "{}", path.display());
        tried += 1;
    }
    assert!(tried > 100, "only {tried} sounds");
}

#[test]
fn a_folder_that_is_read_again_costs_only_what_has_changed_in_it() {
    let folder = folder(&[("greeting.da.wav", &wav(1)), ("full.da.wav", &wav(2)), ("own.wav", &wav(3))]);
    let (folders, wanted) = ([folder.path().to_owned()], Wanted::default());
    let before = PromptStore::load(&folders, &wanted).expect("good files");
    fs::write(folder.path().join("new"), wav(9)).expect("a file");
    fs::rename(folder.path().join("new"), folder.path().join("full.da.wav")).expect("replaced");
    fs::remove_file(folder.path().join("own.wav")).expect("removed");
    let after = before.load_again(&folders, &wanted).expect("good files");
    let same = |name: &str| {
        let find = |store: &PromptStore| store.find(&PromptName::new(name)).expect("it is there");
        std::sync::Arc::ptr_eq(&find(&before), &find(&after))
    };
    assert!(same("greeting.da") && same("music") && same("closed.en"), "not prepared anew");
    assert_eq!((length(&before, "full.da"), length(&after, "full.da")), (Some(2), Some(9)));
    assert_eq!(length(&after, "own"), None);
    let told =
        |store: &PromptStore| store.warned().iter().filter(|told| told.path.ends_with("greeting.da.wav")).count();
    assert!(told(&before) > 0 && told(&after) == told(&before), "what is unfortunate is told again");
    let own = PromptName::new("own");
    let kept = after.keeping(&before, [&own, &PromptName::new("nothing")]);
    assert_eq!(length(&kept, "own"), Some(3), "calls of before may still ask for it");
    let later = kept.load_again(&folders, &wanted).expect("good files");
    assert_eq!(length(&later, "own"), None, "but nobody after them");
}
