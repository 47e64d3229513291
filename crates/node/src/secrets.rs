//! Passwords of plan and settings: sealed ones are opened with the node's key before anything else reads them.
//!
//! Knows where the key lies and whose password is whose; how a seal is made is known by the store.

use std::io::Read as _;
use std::process::ExitCode;
use std::sync::Arc;

use plan::{Fault, Plan, Secret};
use store::{KeyError, NodeKey, Owner, SEALED};

use crate::command::EXIT_USAGE;
use crate::settings::{Faults, Settings, SettingsArgs, Trunk};

/// Passwords that can't be opened and are told one by one; of more only the number is.
const TOLD_MAX: usize = 5;
/// Shortest and longest password, in characters; as the plan has it.
const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 8..=128;

/// Whose password `samkald seal` seals.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct SealArgs {
    #[command(flatten)]
    settings: SettingsArgs,
    /// Medarbejderens id i planen (the agent's id in the plan).
    #[arg(long, value_name = "ID", required_unless_present_any = ["trunk", "coordinator"], conflicts_with_all = ["trunk", "coordinator"])]
    agent: Option<String>,
    /// Forbindelsens navn i opsætningen (the trunk's name in the settings).
    #[arg(long, value_name = "NAVN")]
    trunk: Option<String>,
    /// Koordinatorens navn i opsætningens `[administration]` (the coordinator's name in the settings).
    #[arg(long, value_name = "NAVN", conflicts_with = "trunk")]
    coordinator: Option<String>,
}

/// `samkald seal`: a password from standard input, sealed, to standard output.
pub(crate) fn seal(args: &SealArgs) -> ExitCode {
    let settings = match Settings::load_sealed(&args.settings) {
        Ok(settings) => settings,
        Err(faults) => {
            eprint!("{faults}");
            return ExitCode::from(EXIT_USAGE);
        }
    };
    let owner = match (&args.agent, &args.coordinator, &args.trunk) {
        (Some(agent), ..) => Owner::Agent(agent),
        (None, Some(name), _) => Owner::Coordinator(name),
        (None, None, trunk) => Owner::Trunk(trunk.as_deref().unwrap_or_default()),
    };
    match sealed(&settings, owner) {
        Ok(sealed) => {
            println!("{sealed}");
            ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("samkald seal: {fault:#}");
            ExitCode::FAILURE
        }
    }
}

fn sealed(settings: &Settings, owner: Owner<'_>) -> anyhow::Result<String> {
    if let Owner::Agent(agent) = owner {
        let known = settings.plan.agents_by_id.contains_key(agent);
        anyhow::ensure!(known, "planen har ingen medarbejder {agent} (the plan has no agent {agent})");
    }
    let mut typed = String::new();
    std::io::stdin().take(4_096).read_to_string(&mut typed)?;
    let password = typed.lines().next().unwrap_or_default();
    let fits = PASSWORD_CHARS.contains(&password.chars().count()) && !password.chars().any(char::is_control);
    let (min, max) = PASSWORD_CHARS.into_inner();
    anyhow::ensure!(
        fits,
        "skriv et kodeord på {min}-{max} tegn på standard input (a password of {min} to {max} characters)"
    );
    Ok(make_key(settings)?.seal(password, owner, &settings.sip.realm))
}

/// The node's key; at the first start it is made.
pub(crate) fn make_key(settings: &Settings) -> Result<NodeKey, KeyError> {
    match &settings.node.key {
        Some(text) => NodeKey::of_text(text.reveal()),
        None => NodeKey::read_or_make(&settings.node.key_file),
    }
}

/// Opens every sealed password of plan, trunks and coordinators, or tells whose can't be.
pub(crate) fn open(settings: &mut Settings) -> Result<(), Faults> {
    let mut faults = Vec::new();
    match open_plan(settings, &settings.plan) {
        Ok(Some(plan)) => settings.plan = Arc::new(plan),
        Ok(None) => {}
        Err(told) => faults.extend(told),
    }
    let of_trunks = settings.sip.trunks.iter_mut().flat_map(of_trunk).any(|password| password.starts_with(SEALED));
    if of_trunks || settings.coordinators.iter().any(|(token, _)| is_sealed(token)) {
        let key = key_that_is_there(settings).map_err(|fault| Faults::one("node.key_file", fault))?;
        let realm = settings.sip.realm.clone();
        for trunk in &mut settings.sip.trunks {
            let name = trunk.name.clone();
            faults.extend(of_trunk(trunk).filter_map(|password| open_of_trunk(&key, &realm, &name, password).err()));
        }
        for (token, whose) in settings.coordinators.iter_mut().filter(|(token, _)| is_sealed(token)) {
            match key.open(token.reveal(), Owner::Coordinator(&whose.name), &realm) {
                Ok(opened) => *token = Secret::new(&opened),
                Err(why) => {
                    let at = format!("administration.coordinators \"{}\", token", whose.name);
                    faults.push(cannot_open(&at, why));
                }
            }
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    let more = faults.len().saturating_sub(TOLD_MAX);
    faults.truncate(TOLD_MAX);
    if more > 0 {
        faults.push(Fault::new("agents", format!("og {more} kodeord mere"), format!("and {more} passwords more")));
    }
    let mut told = Faults::default();
    told.add("plan, sip.trunk", faults);
    Err(told)
}

/// A plan with its sealed passwords opened by the node's key; none where none is sealed.
pub(crate) fn open_plan(settings: &Settings, plan: &Plan) -> Result<Option<Plan>, Vec<Fault>> {
    if !plan.agents.iter().filter_map(|agent| agent.password.as_ref()).any(is_sealed) {
        return Ok(None);
    }
    let key = key_that_is_there(settings).map_err(|fault| vec![fault])?;
    let (mut plan, mut faults) = (plan.clone(), Vec::new());
    for agent in &mut plan.agents {
        let Some(password) = agent.password.as_ref().filter(|password| is_sealed(password)) else { continue };
        match key.open(password.reveal(), Owner::Agent(agent.id.as_str()), &settings.sip.realm) {
            Ok(opened) => agent.password = Some(Secret::new(&opened)),
            Err(why) => faults.push(cannot_open(&format!("agents \"{}\", password", agent.id), why)),
        }
    }
    if faults.is_empty() { Ok(Some(plan)) } else { Err(faults) }
}

/// Opens one password of a trunk's; what is not sealed is taken as it is.
fn open_of_trunk(key: &NodeKey, realm: &str, name: &str, password: &mut Arc<str>) -> Result<(), Fault> {
    if password.starts_with(SEALED) {
        let opened = key.open(password, Owner::Trunk(name), realm);
        *password = opened.map_err(|why| cannot_open(&format!("sip.trunk \"{name}\", password"), why))?.into();
    }
    Ok(())
}

/// The passwords of a trunk: ours there, and its own here.
fn of_trunk(trunk: &mut Trunk) -> impl Iterator<Item = &mut Arc<str>> {
    let ours = trunk.rules.digest.as_mut().map(|digest| &mut digest.password);
    ours.into_iter().chain(trunk.rules.login.as_mut().map(|login| &mut login.password))
}

/// How many passwords of the plan anyone can read who can read the plan. To be asked before they are opened.
pub(crate) fn plain_passwords(plan: &Plan) -> usize {
    plan.agents.iter().filter_map(|agent| agent.password.as_ref()).filter(|password| !is_sealed(password)).count()
}

fn is_sealed(password: &Secret) -> bool {
    password.reveal().starts_with(SEALED)
}

fn key_that_is_there(settings: &Settings) -> Result<NodeKey, Fault> {
    let at = "node.key_file";
    let file = settings.node.key_file.display();
    let read = match &settings.node.key {
        Some(text) => NodeKey::of_text(text.reveal()).map(Some),
        None => NodeKey::read(&settings.node.key_file),
    };
    match read {
        Ok(Some(key)) => Ok(key),
        Ok(None) => Err(Fault::new(
            at,
            format!(
                "planen har forseglede kodeord, men nøglen {file} findes ikke; læg den på plads fra den maskine, hvor de blev \
                 forseglet, eller forsegl dem igen med samkald seal"
            ),
            format!(
                "the plan has sealed passwords, but there is no key {file}: put it there from the machine where they were \
                 sealed, or seal them again with samkald seal"
            ),
        )),
        Err(why) => Err(Fault::new(at, format!("nøglen kan ikke bruges ({why})"), why.to_string())),
    }
}

fn cannot_open(at: &str, why: store::SealError) -> Fault {
    let da = match why {
        store::SealError::Malformed => "den forseglede tekst er klippet over eller tastet forkert; indsæt den hel",
        store::SealError::NotForUs => {
            "er ikke forseglet med denne nøgle til netop denne og til dette realm; læg den rigtige nøgle på plads, eller \
             forsegl kodeordet igen med samkald seal"
        }
    };
    Fault::new(at, da, why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A plan with one agent, whose password comes last.
    const PLAN: &str = "[plan]\ntopics = [{ id = \"pas\", title = \"Pas\" }]\nlanguages = [{ id = \"da\", title = \"dansk\" }]\n\
        queues = [{ id = \"pas\", title = \"Pas\" }]\n[[plan.lines]]\nid = \"pas\"\ntitle = \"Pas\"\nnumbers = [\"7000\"]\ntopic = \"pas\"\n\
        language = \"da\"\nqueue = \"pas\"\ncalendar = \"always\"\nwait_max_s = 3600\n[[plan.agents]]\nid = \"anna\"\nskills = { pas = 1 }\n";

    fn settings(folder: &std::path::Path, password: &str) -> Settings {
        let text = format!("[node]\ndata_dir = \"{}\"\n{PLAN}password = \"{password}\"\n", folder.display());
        Settings::of_test(&text).unwrap_or_else(|faults| panic!("{faults}"))
    }

    #[test]
    fn a_sealed_password_of_the_plan_is_opened_at_the_start() {
        let folder = tempfile::tempdir().expect("a folder");
        let key = make_key(&settings(folder.path(), "hemmelig")).expect("a key");
        let sealed = key.seal("hemmelig", Owner::Agent("anna"), "samkald");
        let mut found = settings(folder.path(), &sealed);
        assert_eq!(plain_passwords(&found.plan), 0);
        open(&mut found).unwrap_or_else(|faults| panic!("{faults}"));
        assert_eq!(found.plan.agents[0].password.as_ref().map(Secret::reveal), Some("hemmelig"));
    }

    #[test]
    fn a_missing_or_wrong_key_is_told_with_what_to_do() {
        let (folder, elsewhere) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let key = make_key(&settings(elsewhere.path(), "hemmelig")).expect("a key");
        let sealed = key.seal("hemmelig", Owner::Agent("anna"), "samkald");
        let mut found = settings(folder.path(), &sealed);
        let missing = open(&mut found).expect_err("no key").to_string();
        assert!(missing.contains("node.key") && missing.contains("samkald seal"), "{missing}");
        make_key(&found).expect("another key");
        let wrong = open(&mut found).expect_err("another key").to_string();
        assert!(wrong.contains("anna") && wrong.contains("samkald seal") && !wrong.contains(&sealed), "{wrong}");
    }

    #[test]
    fn plain_passwords_are_counted_and_open_without_a_key() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut found = settings(folder.path(), "hemmelig");
        assert_eq!(plain_passwords(&found.plan), 1);
        open(&mut found).unwrap_or_else(|faults| panic!("{faults}"));
        assert!(!found.node.key_file.exists(), "no key is made where none is needed yet");
    }

    #[test]
    fn a_trunks_passwords_are_opened_too_and_an_agents_seal_is_none_for_a_trunk() {
        let folder = tempfile::tempdir().expect("a folder");
        let key = make_key(&settings(folder.path(), "hemmelig")).expect("a key");
        let with = |owner: Owner<'_>| {
            let sealed = key.seal("trunk-kode", owner, "samkald");
            let trunk = format!(
                "[node]\ndata_dir = \"{}\"\n[[sip.trunk]]\nname = \"tele\"\naddresses = [\"192.0.2.7\"]\nlogin_user = \"tele\"\n\
                 login_password = \"{sealed}\"\n{PLAN}password = \"hemmelig\"\n",
                folder.path().display()
            );
            let mut found = Settings::of_test(&trunk).unwrap_or_else(|faults| panic!("{faults}"));
            open(&mut found).map(|()| found)
        };
        let found = with(Owner::Trunk("tele")).unwrap_or_else(|faults| panic!("{faults}"));
        let login = found.sip.trunks[0].rules.login.as_ref().expect("a login");
        assert_eq!(&*login.password, "trunk-kode");
        assert!(with(Owner::Agent("tele")).expect_err("another owner").to_string().contains("tele"));
    }
}
