//! `samkald demo`: the centre with its demo plan, simulated citizens and agents on loopback, and how to join them.
//!
//! The simulated ones are phones like any other: they ring over SIP and RTP, and know nothing of the centre.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use phones::{Account, AgentPhones, Answering, CitizenCounts, Citizens, PhoneCounts, Ring, Tone};
use plan::{Agent, Plan, ReadyRule};
use tokio::time::{Instant, sleep};

use crate::node::Node;
use crate::settings::{Settings, SettingsArgs};
use crate::start::{finish, start_log, told_to_stop};

/// The simulated citizens' trunk.
const TRUNK: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
/// The simulated agents' phones.
const PHONES: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3));
/// The demo's settings, unless others are named.
const SETTINGS: &str = "config/demo/samkald.toml";
/// Simulated agents on duty; the first agent of the plan is left to you.
const ON_DUTY: usize = 40;
/// How often a line of figures is printed.
const TOLD_EVERY: Duration = Duration::from_secs(10);
/// Longest a talk of the demo lasts, plus some: how long the end waits for talks to finish.
const END_MAX: Duration = Duration::from_secs(2);
const CITIZEN: Tone = Tone(600.0);
const AGENT: Tone = Tone(900.0);

/// The whole centre with simulated citizens and agents.
#[derive(Args, Clone)]
pub(crate) struct DemoArgs {
    #[command(flatten)]
    settings: SettingsArgs,
    /// End by itself after so many seconds, with a summary.
    #[arg(long = "for", value_name = "SECONDS")]
    ends_after_s: Option<u64>,
    /// Simulated calls a minute.
    #[arg(long, value_name = "CALLS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=6_000))]
    per_minute: u32,
}

impl DemoArgs {
    /// Where the demo's settings come from.
    pub(crate) fn settings(&self) -> SettingsArgs {
        let mut settings = self.settings.clone();
        settings.config.get_or_insert_with(|| PathBuf::from(SETTINGS));
        settings
    }
}

/// Runs the demo until its time is over, or until it is told to stop.
pub(crate) fn run(settings: &Settings, args: &DemoArgs) -> ExitCode {
    start_log(&settings.log);
    // The demo's phones have new addresses each time: those of the last time lead nowhere. There may be none.
    drop(std::fs::remove_file(settings.node.data_dir.join("registrations")));
    let outcome = Node::start(settings).and_then(|node| {
        // The phones outlive the node's goodbye, or nobody would answer it.
        let _phones = node.office().block_on(async {
            tokio::select! {
                phones = play(settings, args) => phones.map(Some),
                () = node.fails() => Ok(None),
            }
        })?;
        Ok(finish(node, END_MAX))
    });
    match outcome {
        Ok(code) => code,
        Err(fault) => {
            eprintln!("the demo can't run: {fault:#}");
            ExitCode::FAILURE
        }
    }
}

async fn play(settings: &Settings, args: &DemoArgs) -> anyhow::Result<(AgentPhones, Citizens)> {
    let server = settings.sip.listen[0].addr;
    let plan = &settings.plan;
    let heard = settings.node.data_dir.join("what-a-citizen-hears.wav");
    tell_how_to_join(settings, server, &heard);
    let answering = Answering {
        after: Duration::from_millis(2_500),
        declined_in_1000: 20,
        unanswered_in_1000: 5,
        hangs_up_after: None,
        sound: Some((AGENT, CITIZEN)),
    };
    let mut agents = AgentPhones::start(SocketAddr::new(PHONES, 0), answering)?;
    let mut citizens = Citizens::start(SocketAddr::new(TRUNK, 0), server)?;
    for agent in on_duty(plan) {
        if let Some(password) = &agent.password {
            agents.register(server, Account { user: agent.id.to_string(), password: password.reveal().to_owned() });
        }
    }
    let started = Instant::now();
    let ends = args.ends_after_s.map(|seconds| started + Duration::from_secs(seconds));
    let numbers: Vec<&str> = plan.numbers.keys().map(model::Dialled::as_str).collect();
    let (mut told, mut rung) = (started, 0_u64);
    // Registrations take a moment; then the first citizen, whose sound is kept for you.
    sleep(Duration::from_millis(500)).await;
    loop {
        citizens.ring(ring(&numbers, (rung == 0).then(|| heard.clone())));
        rung += 1;
        if told.elapsed() >= TOLD_EVERY {
            told = Instant::now();
            tell(rung, citizens.counts());
        }
        let gap = Duration::from_secs(60) / args.per_minute;
        tokio::select! {
            () = sleep(gap.mul_f64(rand::random_range(0.5..1.5))) => {}
            () = told_to_stop() => break,
            () = until(ends) => break,
        }
    }
    summary(rung, started, citizens.counts(), agents.counts(), &heard);
    Ok((agents, citizens))
}

fn summary(rung: u64, started: Instant, calls: CitizenCounts, phones: PhoneCounts, heard: &Path) {
    let packets = calls.heard.packets + phones.heard.packets;
    let lost = calls.heard.lost + phones.heard.lost;
    println!(
        "\nThat was the demo: {rung} citizens rang in {} s.\n\
           {:5} were answered, by an agent or a message; {} of them are done\n\
           {:5} gave up waiting, {} were refused\n\
           {:5} times an agent's phone rang\n\
           {packets:5} packets of sound were heard in calls that are done, {lost} were lost\n\
         The first call, as the citizen heard it: {}",
        started.elapsed().as_secs(),
        calls.answered,
        calls.good,
        calls.gave_up,
        calls.refused,
        phones.offers,
        heard.display()
    );
}

fn on_duty(plan: &Plan) -> impl Iterator<Item = &Agent> {
    plan.agents.iter().filter(|agent| agent.ready == ReadyRule::WhenRegistered).skip(1).take(ON_DUTY)
}

fn ring(numbers: &[&str], record: Option<PathBuf>) -> Ring {
    // Half of them ring the shared number, as in life; the others any number of the plan.
    let any = if rand::random_bool(0.5) { 0 } else { rand::random_range(0..numbers.len()) };
    Ring {
        number: numbers[any].to_owned(),
        caller: format!("{}", rand::random_range(20_000_000_u32..80_000_000)),
        forwarded_from: None,
        patience: Duration::from_secs(rand::random_range(60..240)),
        talk: Some(Duration::from_secs(rand::random_range(15..45))),
        sound: Some((CITIZEN, AGENT)),
        record,
    }
}

async fn until(ends: Option<Instant>) {
    match ends {
        Some(ends) => tokio::time::sleep_until(ends).await,
        None => std::future::pending().await,
    }
}

fn tell(rung: u64, calls: CitizenCounts) {
    println!("{rung} have rung, {} were answered, {} are done, {} gave up", calls.answered, calls.good, calls.gave_up);
}

/// A coordinator's command, with the token of the first one of the joint centre.
fn how_to_change(settings: &Settings) -> String {
    let joint = settings.coordinators.iter().find(|(_, whose)| whose.municipality.is_none());
    let (Some((token, _)), Some(line)) = (joint, settings.plan.lines.first()) else { return String::new() };
    let (token, line, http) = (token.reveal(), &line.id, settings.http.listen);
    format!(
        "Change it   SAMKALD_TOKEN={token} samkald hours close --line {line} --for 2h --why try --server http://{http}\n            \
         and back: the same with 'plan rollback 1 --why try', or see 'samkald plan --help'\n"
    )
}

fn tell_how_to_join(settings: &Settings, server: SocketAddr, heard: &Path) {
    let http = settings.http.listen;
    let (lines, queues) = (settings.plan.lines.len(), settings.plan.queues.len());
    let members = settings.plan.municipalities.len();
    println!(
        "Samkald's demo: {members} municipalities, {lines} lines, {queues} queues. Simulated citizens ring, {ON_DUTY} simulated agents answer.\n\n\
         Ring it     as a citizen, with any softphone on this machine, no account: sip:70201000@{server}\n\
         Press keys  sip:70201092@{server} asks for language, postal code (8000) and topic\n\
         Answer it   register a softphone: user agent0001, password agent0001-secret, registrar {server}\n\
         Hear it     without a phone, what the first citizen hears: {}\n\
         Watch it    samkald watch --server http://{http}\n\
         Desk        samkald desk --agent agent0001 --password agent0001-secret --server http://{http}\n\
         Figures     curl http://{http}/metrics\n{}\n\
         Ctrl-C ends it.\n",
        heard.display(),
        how_to_change(settings)
    );
}
