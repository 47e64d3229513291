//! A dry run in Danish, one sentence a step, as a coordinator reads it.
//!
//! Knows words; what happens is decided elsewhere.

use model::{MenuAnswer, Moment, MunicipalityId};

use super::Pace;
use crate::{Plan, local_time};

impl Pace {
    /// What happens, in one sentence.
    pub fn told(&self, plan: &Plan) -> String {
        match self {
            Self::UnknownNumber => {
                "Nummeret findes ikke i planen: den, der ringer, får at vide, at det ikke er i brug.".into()
            }
            Self::Line(line, municipality) => {
                let line = &plan.lines[line.at()];
                format!("Linjen {} ({}), {}.", line.id, line.title, whose(plan, *municipality))
            }
            Self::Closed(None) => "Her er lukket, og der er ingen næste åbning.".into(),
            Self::Closed(Some(opens)) => format!("Her er lukket; åbner {}.", clock(*opens)),
            Self::Says(prompt) => format!("Der siges: {prompt}."),
            Self::Menu(menu, MenuAnswer::Key(key)) => format!("Menuen {menu}: der trykkes {key}."),
            Self::Menu(menu, MenuAnswer::PostalCode) => format!("Menuen {menu}: et postnummer, som planen kender."),
            Self::Menu(menu, MenuAnswer::Nothing) => {
                format!("Menuen {menu}: intet svar, der fører videre; et menneske vil spørge.")
            }
            Self::Consent(prompt) => format!("Der spørges, om samtalen må optages: {prompt}."),
            Self::Bot => "Linjens bot taler med den, der ringer, og giver videre til et menneske.".into(),
            Self::Queue(queue) => format!("Køen {}.", plan.queues[queue.at()].id),
            Self::Full => "Køen er fuld, og de køer, den løber over i.".into(),
            Self::GaveUp => "Den længste ventetid er gået.".into(),
            Self::Person => "En agent tager opkaldet.".into(),
            Self::Voicemail(mailbox) => {
                let mailbox = &plan.mailboxes[mailbox.at()];
                format!(
                    "Der kan lægges en besked i postkassen {} ({}); så slutter opkaldet.",
                    mailbox.id, mailbox.title
                )
            }
            Self::Directory(id) => {
                let title = plan.in_directory(id).map_or("?", |entry| &entry.title);
                format!(
                    "Opkaldet stilles om til opslaget {id} ({title}); svarer ingen, siges det, og opkaldet slutter."
                )
            }
            Self::Booking => "Der kan aftales en tid at blive ringet op på; så slutter opkaldet.".into(),
            Self::GoodBye => "Opkaldet slutter.".into(),
        }
    }

    /// The kind of step, for machines.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::UnknownNumber => "unknown_number",
            Self::Line(..) => "line",
            Self::Closed(_) => "closed",
            Self::Says(_) => "says",
            Self::Menu(..) => "menu",
            Self::Consent(_) => "consent",
            Self::Bot => "bot",
            Self::Queue(_) => "queue",
            Self::Full => "full",
            Self::GaveUp => "gave_up",
            Self::Person => "person",
            Self::Voicemail(_) => "voicemail",
            Self::Directory(_) => "directory",
            Self::Booking => "booking",
            Self::GoodBye => "good_bye",
        }
    }
}

fn whose(plan: &Plan, municipality: Option<MunicipalityId>) -> String {
    match municipality.map(|id| (id, plan.municipalities.get(&id))) {
        None => "kommunen er ukendt".into(),
        Some((_, Some(member))) => format!("borger i {}", member.name),
        Some((id, None)) => format!("borger i kommunen {id}"),
    }
}

fn clock(at: Moment) -> String {
    let local = local_time(at);
    local.strftime("%d.%m.%Y kl. %H.%M").to_string()
}
