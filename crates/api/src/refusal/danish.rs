//! Every refusal's sentence for Danish screens.
//! Knows words; which refusal is which status stands beside it.

use super::Refusal;
use crate::desk::danish_of_desk;

impl Refusal {
    /// The sentence for Danish screens.
    pub const fn danish(self) -> &'static str {
        match self {
            Self::Desk(refusal) => danish_of_desk(refusal),
            Self::NoToken => "Log ind først.",
            Self::Stopping => "Centralen er ved at lukke ned.",
            Self::TokenVoid => "Du er ikke logget ind længere. Log ind igen.",
            Self::WrongPassword => "Forkert agent eller adgangskode.",
            Self::TooManyFailures => "For mange forkerte forsøg. Prøv igen om et minut.",
            Self::NoPassword => "Agenten har en fast telefon uden adgangskode og kan ikke logge ind.",
            Self::TooManyTokens => "Alt for mange er logget ind. Prøv igen senere.",
            Self::BadRequestId => "request_id må højst være 64 synlige ASCII-tegn.",
            Self::RequestIdReused => "Denne request_id er brugt til noget andet. Tag en ny.",
            Self::NoChoice => "Vælg klar eller pause.",
            Self::BadCode => "En kode har 1 til 32 bogstaver, cifre, '-' og '_'.",
            Self::UnknownTopic => "Ingen linje har dette emne.",
            Self::TooManyStreams => "Der er for mange åbne skærme. Luk en af dem.",
            Self::TooSlow => "Skærmen kunne ikke følge med og blev koblet fra.",
            Self::PageReplaced => "En nyere side er åben, eller denne var væk for længe. Åbn den igen.",
            Self::TooManyWords => "En side må sige 20 ting i sekundet.",
            Self::BadSession => "sdp skal være en beskrivelse af lyden på højst 16 KiB.",
            Self::UnknownLeg => "leg skal have 16 hexadecimale cifre.",
            Self::Busy => "Centralen har travlt. Prøv igen.",
            Self::NoAnswer => "Centralen svarede ikke i tide. Prøv igen.",
            Self::UnknownDecision => "Den afgørelse findes ikke, eller den er for gammel.",
            Self::UnknownCall => "Det opkald findes ikke. Et opkald skrives med 32 hexadecimale cifre.",
            Self::BadRange => "Tidsrummet vender forkert eller er for langt.",
            Self::BadPage => "page_size må højst være 1000, og page_token skal være herfra.",
            Self::BadKey => "key skal være en kommunekode med fire cifre, eller 'unknown'.",
            Self::NoDatabase => "Databasen svarer ikke. Opkald går videre; spørg igen senere.",
            Self::ForeignToken => "Denne resume_token er ikke herfra.",
            Self::BadTrace => "Sig ét af call_id, number (cifre) og agent_id.",
            Self::BadSpan => "En sporing varer fra 1 til 3600 sekunder.",
            Self::BadReason => "En begrundelse har 10 til 200 tegn.",
            Self::TooManyTraces => "Der kører allerede 4 sporinger. Stop en af dem, eller vent.",
            Self::NoAudit => "Revisionsfilen kan ikke skrives, så intet vises umaskeret. Se på datamappen.",
            Self::UnknownAgent => "Den agent findes ikke i planen.",
            Self::UnknownTrace => "Den sporing findes ikke, er forbi, eller har allerede 4 læsere.",
            Self::BadSource => "En kilde er en adresse som 192.0.2.7 eller et net som 2001:db8::/64.",
            Self::UnknownBan => "Den kilde er ikke udelukket.",
            Self::NoHearer => "Vælg, om borgeren eller medarbejderen skal høre det.",
            Self::BadEdit => "Skriv 1 til 100 ændringer, som hver siger noget; lister hedder som i planens fil.",
            Self::UnknownLine => "Den linje findes ikke i planen.",
            Self::UnknownSound => "Der er ikke lagt nogen lyd op med det navn.",
            Self::SoundTooLong => "En lyd fylder højst 16 MiB.",
            Self::NoteTooLong => "Et notat har højst 2000 tegn.",
            Self::NoVoicemail => "Beskeder kan ikke nås lige nu. Prøv igen, eller se i driftens log.",
            Self::UnknownMessage => "Der er ingen besked med det id, som du må høre.",
            Self::NoNotes => "Notater kan ikke gemmes eller læses lige nu. Prøv igen, eller gå videre uden notat.",
            Self::NoCallHere => "Det opkald er ikke hos dig.",
            Self::NoPlanFolder => "Planens mappe kan ikke bruges, så intet er ændret. Se på datamappen.",
        }
    }
}
