//! What a desk, or a conversation, refuses: its name for programs, and the sentence for Danish screens.
//! Knows every refusal of the heart's, and the kind of status that it is.

use centre::DeskRefusal;
use tonic::Code;

/// Its name for programs; never changes once released.
pub(crate) const fn reason_of_desk(refusal: DeskRefusal) -> &'static str {
    match refusal {
        DeskRefusal::NotLoggedIn => "NOT_LOGGED_IN",
        DeskRefusal::Talking => "TALKING",
        DeskRefusal::NothingOffered => "NOTHING_OFFERED",
        DeskRefusal::NotTalking => "NOT_TALKING",
        DeskRefusal::NothingToWrapUp => "NOTHING_TO_WRAP_UP",
        DeskRefusal::PhoneGone => "PHONE_GONE",
        DeskRefusal::Draining => "DRAINING",
        DeskRefusal::ThirdThere => "THIRD_THERE",
        DeskRefusal::NobodyThere => "NOBODY_THERE",
        DeskRefusal::UnknownParty => "UNKNOWN_PARTY",
        DeskRefusal::MayNotCall => "MAY_NOT_CALL",
        DeskRefusal::UnknownCode => "UNKNOWN_CODE",
        DeskRefusal::BadGuide => "BAD_GUIDE",
        DeskRefusal::NoMoreTime => "NO_MORE_TIME",
        DeskRefusal::Closed { .. } => "CLOSED",
        DeskRefusal::PartyBusy => "PARTY_BUSY",
        DeskRefusal::PartyFull => "PARTY_FULL",
        DeskRefusal::NoSuchTalk => "NO_SUCH_TALK",
        DeskRefusal::Supervised => "SUPERVISED",
        DeskRefusal::NotYours => "NOT_YOURS",
        DeskRefusal::NotRecorded => "NOT_RECORDED",
        DeskRefusal::UnknownAnnouncement => "UNKNOWN_ANNOUNCEMENT",
        DeskRefusal::PhoneBusy => "PHONE_BUSY",
    }
}

/// The kind, as gRPC has it.
pub(crate) const fn code_of_desk(refusal: DeskRefusal) -> Code {
    match refusal {
        DeskRefusal::Draining => Code::Unavailable,
        DeskRefusal::UnknownParty | DeskRefusal::UnknownAnnouncement | DeskRefusal::UnknownCode => Code::NotFound,
        DeskRefusal::BadGuide => Code::InvalidArgument,
        DeskRefusal::NotLoggedIn
        | DeskRefusal::Talking
        | DeskRefusal::NothingOffered
        | DeskRefusal::NotTalking
        | DeskRefusal::NothingToWrapUp
        | DeskRefusal::PhoneGone
        | DeskRefusal::ThirdThere
        | DeskRefusal::NobodyThere
        | DeskRefusal::MayNotCall
        | DeskRefusal::Closed { .. }
        | DeskRefusal::NoMoreTime
        | DeskRefusal::PartyBusy
        | DeskRefusal::PartyFull
        | DeskRefusal::NoSuchTalk
        | DeskRefusal::Supervised
        | DeskRefusal::NotYours
        | DeskRefusal::NotRecorded
        | DeskRefusal::PhoneBusy => Code::FailedPrecondition,
    }
}

/// The sentence for Danish screens.
pub(crate) const fn danish_of_desk(refusal: DeskRefusal) -> &'static str {
    match refusal {
        DeskRefusal::NotLoggedIn => "Log ind først.",
        DeskRefusal::Talking => "Du er i samtale. Vælg, hvad der kommer bagefter, eller læg på først.",
        DeskRefusal::NothingOffered => "Der er ikke noget opkald at afvise.",
        DeskRefusal::NotTalking => "Du er ikke i samtale.",
        DeskRefusal::NothingToWrapUp => "Der er ingen efterbehandling i gang.",
        DeskRefusal::PhoneGone => "Din telefon er ikke tilmeldt. Tilmeld den, og bliv så klar.",
        DeskRefusal::Draining => "Centralen er ved at lukke ned.",
        DeskRefusal::ThirdThere => "Der er allerede spurgt eller tilføjet en. Gå tilbage, eller giv videre.",
        DeskRefusal::NobodyThere => "Der er ikke andre i samtalen.",
        DeskRefusal::UnknownParty => "Ingen har det nummer eller navn.",
        DeskRefusal::MayNotCall => "Det nummer eller den kollega kan ikke ringes op fra samtalen.",
        DeskRefusal::UnknownCode => "Planen har ikke den kode til dette opkald.",
        DeskRefusal::BadGuide => "En vejledning skrives med højst 200 tegn.",
        DeskRefusal::NoMoreTime => "Efterbehandlingen kan ikke forlænges (igen).",
        // `closed` says when it opens.
        DeskRefusal::Closed { .. } => "Der er lukket.",
        DeskRefusal::PartyBusy => "Kollegaen er ikke ledig lige nu.",
        DeskRefusal::PartyFull => "Der er ikke plads i den kø lige nu.",
        DeskRefusal::NoSuchTalk => "Der er ingen samtale i det opkald, eller den er ved at blive givet videre.",
        DeskRefusal::Supervised => "En anden leder deltager allerede i den samtale.",
        DeskRefusal::NotYours => "Det er din egen samtale, eller du deltager ikke i den.",
        DeskRefusal::NotRecorded => "Samtalen optages ikke.",
        DeskRefusal::UnknownAnnouncement => "Den meddelelse er ikke i planen.",
        DeskRefusal::PhoneBusy => "Din telefon er optaget eller ikke tilmeldt.",
    }
}
