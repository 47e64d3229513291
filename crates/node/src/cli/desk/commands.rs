//! What an agent can type, in Danish; English words are understood too. Pure: a line in, a command out.
//! Knows words and their messages; doesn't know whether they are allowed just now.

/// What is told on `hjælp`.
pub(crate) const HELP: &str = "\
klar                              tag det næste opkald                    (ready)
pause frokost                     tag ingen opkald; ordet er grunden      (pause lunch)
næste klar | næste pause frokost  hvad der kommer efter samtalen          (next …)
afvis                             afvis opkaldet, der ringer              (decline)
giv videre til skat               giv borgeren videre: kollega, opslag eller nummer (hand on to …)
opslag                            hvem der kan gives videre til, og hvornår  (directory)
læg på                            afslut samtalen                         (hang up)
efterbehandling [kode] [emne=pas] [underemne=…] [rolle=…] [henvist=skat] [guide=…] [løst|ikke-løst] [notat=…]
                                  skriv, hvad opkaldet handlede om; notat står sidst, CPR-numre skjules  (wrap up … note=…)
noter                             hvad der før er skrevet om dette nummer (notes)
mere tid                          forlæng efterbehandlingen, én gang       (more time)
lydprøve                          hør, om du kan høres: telefonen ringer   (test sound)
log ud                            gå hjem                                 (log out)
Du tager et opkald på din telefon.";

/// One thing that an agent asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Command {
    Ready,
    Pause(String),
    NextReady,
    NextPause(String),
    Decline,
    HangUp,
    HandOn(String),
    Directory,
    WrapUp(Box<Written>),
    MoreTime,
    Notes,
    TestSound,
    LogOut,
    Help,
}

/// What an agent writes down; what is not said is empty.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Written {
    pub(crate) code: String,
    pub(crate) topic: String,
    pub(crate) solved: Option<bool>,
    pub(crate) topic_code: String,
    pub(crate) role: String,
    pub(crate) referred_to: String,
    pub(crate) guide: String,
    pub(crate) note: String,
}

/// The line is no command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NotUnderstood;

impl Command {
    /// Reads a line; none for an empty one.
    pub(crate) fn read(line: &str) -> Result<Option<Self>, NotUnderstood> {
        let (before, note) = note_at_the_end(line);
        let lower = before.trim().to_lowercase();
        let words: Vec<&str> = lower.split_whitespace().collect();
        let command = match words.as_slice() {
            [] => return Ok(None),
            ["klar" | "ready"] => Self::Ready,
            ["pause", reason] => Self::Pause((*reason).to_owned()),
            ["næste" | "naeste" | "next", "klar" | "ready"] => Self::NextReady,
            ["næste" | "naeste" | "next", "pause", reason] => Self::NextPause((*reason).to_owned()),
            ["afvis" | "decline"] => Self::Decline,
            ["læg" | "laeg", "på" | "paa"] | ["hang", "up"] | ["hangup"] => Self::HangUp,
            ["giv", "videre", "til", _] | ["hand", "on", "to", _] => {
                // Ids may be written with capitals.
                Self::HandOn(line.split_whitespace().next_back().unwrap_or_default().to_owned())
            }
            ["opslag" | "directory"] => Self::Directory,
            ["efterbehandling" | "wrapup", rest @ ..] | ["wrap", "up", rest @ ..] => Self::wrap_up(rest, note)?,
            ["noter" | "notes"] => Self::Notes,
            ["mere", "tid"] | ["more", "time"] => Self::MoreTime,
            ["lydprøve" | "lydproeve"] | ["test", "sound"] => Self::TestSound,
            ["log", "ud" | "out"] | ["logud" | "logout"] => Self::LogOut,
            ["hjælp" | "hjaelp" | "help" | "?"] => Self::Help,
            _ => return Err(NotUnderstood),
        };
        if note.is_some() && !matches!(command, Self::WrapUp(_)) {
            return Err(NotUnderstood);
        }
        Ok(Some(command))
    }

    fn wrap_up(words: &[&str], note: Option<&str>) -> Result<Self, NotUnderstood> {
        let mut written = Written { note: note.unwrap_or_default().to_owned(), ..Written::default() };
        for word in words {
            let (name, value) = word.split_once('=').unwrap_or(("", *word));
            let field = match (name, value) {
                ("", "løst" | "loest" | "solved") => {
                    written.solved = Some(true);
                    continue;
                }
                ("", "ikke-løst" | "ikke-loest" | "unsolved") => {
                    written.solved = Some(false);
                    continue;
                }
                ("", _) if written.code.is_empty() => &mut written.code,
                ("emne" | "topic", _) => &mut written.topic,
                ("underemne" | "subtopic", _) => &mut written.topic_code,
                ("rolle" | "role", _) => &mut written.role,
                ("henvist" | "referred", _) => &mut written.referred_to,
                ("guide", _) => &mut written.guide,
                _ => return Err(NotUnderstood),
            };
            value.clone_into(field);
        }
        Ok(Self::WrapUp(Box::new(written)))
    }
}

/// What stands before `notat=`, and the note behind it, with its own capitals and spaces.
fn note_at_the_end(line: &str) -> (&str, Option<&str>) {
    let begins = |word: &str| line.find(&format!(" {word}=")).map(|at| (at, at + word.len() + 2));
    match begins("notat").or_else(|| begins("note")) {
        Some((end, note)) => (&line[..end], Some(line[note..].trim())),
        None => (line, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Command {
        Command::read(line).expect("understood").expect("not empty")
    }

    #[test]
    fn an_agent_may_write_danish_or_english_in_any_case() {
        assert_eq!(read("  Klar "), Command::Ready);
        assert_eq!(read("PAUSE frokost"), Command::Pause("frokost".to_owned()));
        assert_eq!(read("læg på"), Command::HangUp);
        assert_eq!(read("hang up"), Command::HangUp);
        assert_eq!(read("næste pause møde"), Command::NextPause("møde".to_owned()));
        assert_eq!(read("Lydprøve"), Command::TestSound);
        assert_eq!(read("Giv videre til Skat"), Command::HandOn("Skat".to_owned()));
        assert_eq!(read("opslag"), Command::Directory);
        assert_eq!(read("log ud"), Command::LogOut);
        assert_eq!(Command::read("  "), Ok(None));
        for line in ["pause", "klar nu", "læg", "næste"] {
            assert_eq!(Command::read(line), Err(NotUnderstood), "{line}");
        }
    }

    #[test]
    fn a_wrap_up_takes_its_words_in_any_order() {
        let (code, topic) = ("vejledt".to_owned(), "pas".to_owned());
        let full = Written { code, topic, solved: Some(true), ..Written::default() };
        assert_eq!(read("efterbehandling løst emne=pas vejledt"), Command::WrapUp(Box::new(full.clone())));
        let referred_to = "skat".to_owned();
        let full = Command::WrapUp(Box::new(Written { referred_to, ..full }));
        assert_eq!(read("efterbehandling vejledt løst henvist=skat emne=pas"), full);
        assert_eq!(read("efterbehandling"), Command::WrapUp(Box::default()));
        let written = Written {
            code: "vejledt".into(),
            note: "Ringer igen, når Hr. Holm = er hjemme".into(),
            ..Written::default()
        };
        let line = "efterbehandling vejledt notat=Ringer igen, når Hr. Holm = er hjemme ";
        assert_eq!(read(line), Command::WrapUp(Box::new(written)));
        assert_eq!(Command::read("klar notat=x"), Err(NotUnderstood));
        assert_eq!((read("noter"), read("mere tid")), (Command::Notes, Command::MoreTime));
        assert_eq!(Command::read("efterbehandling a b"), Err(NotUnderstood));
    }
}
