//! A municipality's own sentences, and what it is told when they can't be used.
//! Knows files of wording and what is said with them; no sound.

use model::{Language, MunicipalityId};
use speech::{Phrase, Tongue, Wording, WordingFault, Wordings};

fn faults(source: &str) -> Vec<WordingFault> {
    Wording::built_in(Tongue::Danish).with(source).expect_err("faults")
}

fn clips(wording: &Wording, phrase: &Phrase) -> Vec<String> {
    wording.say(phrase).clips.iter().map(|clip| clip.name.to_string()).collect()
}

#[test]
fn a_municipality_says_one_sentence_in_its_own_way_and_the_others_as_everybody() {
    let own = "place = Der er { $number } i kø, og du er den sidste.\n    .clips = our-queue { $number } our-last\n";
    let wording = Wording::built_in(Tongue::Danish).with(own).expect("good words");
    let said = wording.say(&Phrase::Place(21));
    assert_eq!(said.text, "Der er enogtyve i kø, og du er den sidste.");
    assert_eq!(clips(&wording, &Phrase::Place(21)), ["our-queue", "number-1-and", "number-20", "our-last"]);
    assert_eq!(wording.say(&Phrase::Ahead(0)).text, "Der er ingen foran dig i køen.");
    assert!(wording.clips().contains("our-last") && !wording.clips().contains("place-first"));
}

#[test]
fn forms_are_chosen_by_number_and_beyond_a_hundred_by_the_hundreds() {
    let own = "place = { $count ->\n    [12] dusin\n    [100] hundred\n   *[other] { $number }\n }\n    .clips = a\n";
    let wording = Wording::built_in(Tongue::Danish).with(own).expect("good words");
    let said = |place| wording.say(&Phrase::Place(place)).text;
    assert_eq!(
        [said(11), said(12), said(13), said(100), said(250)],
        ["elleve", "dusin", "tretten", "hundred", "hundred"]
    );
}

#[test]
fn the_citizen_hears_the_municipalitys_words_in_the_language_that_was_rung_for() {
    let of = |tongue, text: &str| {
        let source = format!("wait-longer = {text}\n    .clips = a\n");
        Wording::built_in(tongue).with(&source).expect("good words")
    };
    let aarhus = Some(MunicipalityId(751));
    let wordings = Wordings::new([(None, of(Tongue::Danish, "Alle.")), (aarhus, of(Tongue::Danish, "Aarhus."))]);
    let late = Phrase::Wait { minutes: 1, tone: speech::WaitTone::Longer };
    let said = |language: &str, whose| wordings.of(&Language::new(language), whose).map(|it| it.say(&late).text);
    let begins = |said: Option<String>, with: &str| said.is_some_and(|said| said.starts_with(with));
    assert!(begins(said("da", aarhus), "Aarhus."));
    assert!(begins(said("da", Some(MunicipalityId(101))), "Alle."));
    assert!(begins(said("da", None), "Alle."));
    assert!(begins(said("en", aarhus), "We are sorry"), "language before municipality");
    assert_eq!(said("uk", aarhus), None, "nobody knows its numbers");
}

#[test]
fn all_faults_of_a_file_are_told_at_once_with_what_to_write() {
    let file = "plads = Du er nummer { $number }.\n    .clips = a\n\
        place = Du er nummer { $nummer } i køen.\n    .clips = place-number { $number }\n\
        ahead = Foran dig er { $amount }.\n\
        wait-longer = Længere.\n    .clips = Længere.wav\n\
        opens = Vi åbner { $time }.\n    .clips = , ,\n";
    let faults = faults(file);
    let words: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let told = |at: &str, what: &str| words.iter().any(|word| word.starts_with(at) && word.contains(what));
    assert!(told("plads: siges aldrig", "place, ahead"), "{words:#?}");
    assert!(told("place: kan ikke sættes sammen", "$count, $number, $amount"), "{words:#?}");
    assert!(told("ahead.clips: mangler", "skriv .clips ="), "{words:#?}");
    assert!(told("wait-longer.clips: \"Længere.wav\"", "a-z"), "{words:#?}");
    assert!(told("opens.clips: nævner ingen lyde", "1 til 32"), "{words:#?}");
    assert_eq!(faults.len(), 5, "{words:#?}");
}

#[test]
fn a_file_that_is_no_fluent_is_told_with_its_line() {
    let faults = faults("place = Godt.\n    .clips = a\n}\n= nej\n");
    assert!(faults.iter().any(|fault| fault.line.is_some_and(|line| line >= 3)), "{faults:?}");
    assert!(faults.iter().all(|fault| fault.to_string().contains("Fluent")), "{faults:?}");
    let huge = "# ".to_owned() + &"x".repeat(70_000);
    assert!(self::faults(&huge)[0].da.contains("64 kB"));
}
