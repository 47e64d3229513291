//! Agents: single ones and ranges, their skills as classes, their phones.
//!
//! Sees to it that each can be reached and has something to do. Knows nothing of registrations.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{AgentId, MunicipalityId};

use super::Work;
use super::checks::{title, within};
use super::names::{ID_CHARS_MAX, Kind, Names, shown};
use crate::file::{AgentEntry, ReadyEntry};
use crate::{AGENTS_MAX, Agent, AgentNo, ClassNo, Fault, ReadyRule, Secret};

/// Shortest and longest password, in characters.
const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 8..=128;
/// What a sealed password begins with, and how long it is at most, in bytes.
const SEALED: &str = "sealed:v1:";
const SEALED_BYTES_MAX: usize = 2_048;
/// Longest contact, in bytes.
const CONTACT_BYTES_MAX: usize = 255;

impl Work<'_> {
    pub(super) fn agents(&mut self) {
        let mut names = Names::new(Kind::AGENT);
        for (i, entry) in self.bounded(&self.file.agents, "agents", AGENTS_MAX).iter().enumerate() {
            let at = format!("agents[{i}]");
            let ids = self.ids(&at, entry);
            let common = self.agent(&at, entry);
            for id in ids {
                if self.plan.agents.len() == AGENTS_MAX {
                    self.fault(
                        &at,
                        format!("planen har mere end {AGENTS_MAX} agenter; slet dem, der er holdt op"),
                        format!("the plan has more than {AGENTS_MAX} agents; delete those who have left"),
                    );
                    return;
                }
                let no = AgentNo(names.add(&mut self.faults, &format!("{at}.id"), Some(&id)));
                self.plan.agents_by_id.insert(AgentId::new(&id), no);
                self.plan.agents.push(of_id(&common, &id));
            }
        }
    }

    /// The ids of an entry: one, or a range.
    fn ids(&mut self, at: &str, entry: &AgentEntry) -> Vec<String> {
        match (&entry.id, &entry.ids) {
            (Some(id), None) => return vec![id.clone()],
            (None, Some(ids)) => {
                if let Some(range) = agent_range(ids) {
                    return range;
                }
                self.fault(
                    format!("{at}.ids"),
                    format!("\"{}\" er ingen række; skriv fx \"agent0001..agent0200\", højst {AGENTS_MAX}", shown(ids)),
                    format!(
                        "\"{}\" is no range; write \"agent0001..agent0200\", say, at most {AGENTS_MAX}",
                        shown(ids)
                    ),
                );
            }
            (None, None) | (Some(_), Some(_)) => self.fault(
                at,
                "skriv enten id (én agent) eller ids (en række, \"agent0001..agent0200\")",
                "write either id (one agent) or ids (a range, \"agent0001..agent0200\")",
            ),
        }
        Vec::new()
    }

    /// What all agents of an entry have in common; `{id}` still stands in its texts.
    fn agent(&mut self, at: &str, entry: &AgentEntry) -> Agent {
        let home = self.member(&format!("{at}.home"), entry.home.as_deref());
        let skills = self.skills(at, entry);
        self.check_phone(at, entry);
        let name = entry.name.as_deref().unwrap_or("{id}");
        let ready = match entry.ready {
            None | Some(ReadyEntry::AtTheDesk) => ReadyRule::AtTheDesk,
            Some(ReadyEntry::WhenRegistered) => ReadyRule::WhenRegistered,
            Some(ReadyEntry::FromTheStart) => ReadyRule::FromTheStart,
        };
        Agent {
            id: AgentId::new(""),
            name: title(&mut self.faults, &format!("{at}.name"), Some(name)),
            home,
            skills,
            contact: entry.contact.as_deref().map(Arc::from),
            password: entry.password.as_deref().map(Secret::new),
            ready,
            serves: self.serves(at, entry),
            standby: self.standby(at, entry),
        }
    }

    /// Whose citizens the agent may take; none: everyone's.
    fn serves(&mut self, at: &str, entry: &AgentEntry) -> Option<BTreeSet<MunicipalityId>> {
        let written = entry.serves.as_ref()?;
        if written.is_empty() {
            self.fault(
                format!("{at}.serves"),
                "agenten kan ikke tage nogens borgere; skriv kommunekoder, eller slet linjen (alle kommuner)",
                "the agent can take nobody's citizens; write kommunekoder, or delete the line (all municipalities)",
            );
        }
        let one = |(i, code): (usize, &String)| self.member(&format!("{at}.serves[{i}]"), Some(code));
        Some(written.iter().enumerate().filter_map(one).collect())
    }

    /// A standby agent whom no queue ever calls in would sit there for nothing.
    fn standby(&mut self, at: &str, entry: &AgentEntry) -> bool {
        if entry.standby && self.file.queues.iter().all(|queue| queue.standby.is_none()) {
            self.fault(
                format!("{at}.standby"),
                "ingen kø kalder reserven ind; skriv fx standby = { waiting_over = 10, wait_over_s = 180 } i en kø",
                "no queue calls standby agents in; write standby = { waiting_over = 10, wait_over_s = 180 } in one, say",
            );
        }
        entry.standby
    }

    fn skills(&mut self, at: &str, entry: &AgentEntry) -> Vec<(ClassNo, u8)> {
        let danish = vec!["da".to_owned()];
        let languages = entry.languages.as_ref().unwrap_or(&danish);
        for (i, language) in languages.iter().enumerate() {
            self.languages.find(&mut self.faults, &format!("{at}.languages[{i}]"), Some(language));
        }
        let mut skills = Vec::new();
        for (topic, level) in &entry.skills {
            let at = format!("{at}.skills.{topic}");
            self.topics.find(&mut self.faults, &at, Some(topic));
            let level = within(&mut self.faults, &at, *level, 1..=9, ("(1 er bedst)", "(1 is best)"));
            skills.extend(self.classes_of(topic, languages).map(|class| (class, level as u8)));
        }
        skills.sort_unstable();
        skills.dedup_by_key(|(class, _)| *class);
        if entry.skills.is_empty() {
            self.fault(
                format!("{at}.skills"),
                "agenten kan ikke tage noget; skriv emner med niveau, fx { pas = 1, flytning = 3 }",
                "the agent can't take anything; write topics with a level, such as { pas = 1, flytning = 3 }",
            );
        } else if skills.is_empty() && self.faults.is_empty() {
            self.fault(
                format!("{at}.skills"),
                "ingen linje spørger efter agentens emner på agentens sprog; ret skills eller languages",
                "no line asks for the agent's topics in the agent's languages; change skills or languages",
            );
        }
        skills
    }

    fn check_phone(&mut self, at: &str, entry: &AgentEntry) {
        if let Some(contact) = entry.contact.as_deref().filter(|contact| !is_contact(contact)) {
            self.fault(
                format!("{at}.contact"),
                format!("\"{}\" er ingen SIP-adresse; skriv fx \"sip:{{id}}@192.0.2.7:5060\"", shown(contact)),
                format!("\"{}\" is no SIP address; write \"sip:{{id}}@192.0.2.7:5060\", say", shown(contact)),
            );
        }
        if let Some(password) = entry.password.as_deref() {
            check_password(&mut self.faults, &format!("{at}.password"), password);
        }
        match entry.ready {
            Some(ReadyEntry::FromTheStart) if entry.contact.is_none() => self.fault(
                format!("{at}.contact"),
                "mangler: en agent, der er klar fra start, har en fast adresse; skriv fx \"sip:{id}@192.0.2.7:5060\", eller et andet ready",
                "is missing: an agent who is ready from the start has a fixed contact; write \"sip:{id}@192.0.2.7:5060\", say, or another ready",
            ),
            None | Some(ReadyEntry::AtTheDesk | ReadyEntry::WhenRegistered) if entry.password.is_none() => self.fault(
                format!("{at}.password"),
                "mangler: uden kodeord kan agenten hverken logge ind eller registrere sin telefon; skriv et, helst forseglet (samkald seal)",
                "is missing: without a password the agent can neither log in nor register the phone; write one, better sealed (samkald seal)",
            ),
            None | Some(ReadyEntry::AtTheDesk | ReadyEntry::WhenRegistered | ReadyEntry::FromTheStart) => {}
        }
    }
}

fn check_password(faults: &mut Vec<Fault>, at: &str, password: &str) {
    // A sealed one is opened and found right or wrong by the node, which has the key.
    if password.starts_with(SEALED) && password.len() <= SEALED_BYTES_MAX {
        return;
    }
    if !PASSWORD_CHARS.contains(&password.chars().count()) || password.chars().any(char::is_control) {
        let (min, max) = PASSWORD_CHARS.into_inner();
        faults.push(Fault::new(
            at,
            format!("kan ikke være kodeord; skriv {min} til {max} tegn"),
            format!("can't be a password; write {min} to {max} characters"),
        ));
    }
}

/// Puts the id where `{id}` stands.
fn of_id(common: &Agent, id: &str) -> Agent {
    let with_id = |text: &str| text.replace("{id}", id);
    Agent {
        id: AgentId::new(id),
        name: Arc::from(with_id(&common.name)),
        contact: common.contact.as_deref().map(|contact| Arc::from(with_id(contact))),
        password: common.password.as_ref().map(|password| Secret::new(&with_id(password.reveal()))),
        ..common.clone()
    }
}

/// The ids of a range such as `agent0001..agent0200`: the same beginning, as many digits, in order, both included; none: it is no
/// range.
pub fn agent_range(ids: &str) -> Option<Vec<String>> {
    let (first, last) = ids.split_once("..")?;
    if first.len() != last.len() || !first.is_ascii() || first.len() > ID_CHARS_MAX {
        return None;
    }
    let prefix = first.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = first.len() - prefix.len();
    let (from, to): (u32, u32) = (first[prefix.len()..].parse().ok()?, last.strip_prefix(prefix)?.parse().ok()?);
    let fits = from <= to && (to - from) < AGENTS_MAX as u32;
    fits.then(|| (from..=to).map(|n| format!("{prefix}{n:0digits$}")).collect())
}

/// Roughly a SIP address; the SIP shell reads it in full.
fn is_contact(contact: &str) -> bool {
    let plain = contact.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'"' | b','));
    let parts = contact.strip_prefix("sip:").and_then(|rest| rest.split_once('@'));
    plain
        && contact.len() <= CONTACT_BYTES_MAX
        && parts.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
}
