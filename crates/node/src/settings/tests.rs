//! What an operator notices of the settings: the manual is true, faults are told together, nothing is open by mistake.
//! Reads the files of `config/` as an operator would.

use std::path::Path;

use toml::{Table, Value};

use super::file::SettingsFile;
use super::{Faults, Settings, SettingsArgs, Transport};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// A plan with one line, after the settings of a test.
const PLAN: &str = r#"
[plan]
topics = [{ id = "pas", title = "Pas" }]
languages = [{ id = "da", title = "dansk" }]
queues = [{ id = "pas", title = "Pas" }]
[[plan.lines]]
id = "pas"
title = "Pas"
numbers = ["7000"]
topic = "pas"
language = "da"
queue = "pas"
calendar = "always"
wait_max_s = 3600
"#;

fn load(text: &str, args: &SettingsArgs, environment: &[(&str, &str)]) -> Result<Settings, Faults> {
    let environment = environment.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    Settings::of_text(&format!("{text}\n{PLAN}"), Path::new("samkald.toml"), args, environment)
}

fn settings(text: &str) -> Settings {
    load(text, &SettingsArgs::default(), &[]).unwrap_or_else(|faults| panic!("{faults}"))
}

fn faults(text: &str) -> Faults {
    load(text, &SettingsArgs::default(), &[]).expect_err("a fault")
}

/// Where the faults are, with their lines.
fn places(text: &str) -> Vec<(String, Option<u32>)> {
    faults(text).all().iter().map(|(_, fault)| (fault.at.clone(), fault.line)).collect()
}

fn of_file(name: &str) -> Settings {
    let args = SettingsArgs { config: Some(format!("{ROOT}/config/{name}").into()), ..SettingsArgs::default() };
    Settings::load(&args).unwrap_or_else(|faults| panic!("{faults}"))
}

#[test]
fn the_manual_names_every_setting_with_its_real_default() {
    let text = std::fs::read_to_string(format!("{ROOT}/config/samkald.toml")).expect("the manual is there");
    let mut manual: Table = text.parse().expect("the manual is TOML");
    let mut real = Table::try_from(SettingsFile::default()).expect("the defaults are a table");
    assert!(manual.remove("plan").is_some(), "the manual shows where the plan is named");
    let sip = |table: &mut Table| table.get_mut("sip").and_then(Value::as_table_mut).map(|sip| sip.remove("trunk"));
    assert!(sip(&mut manual).flatten().is_some(), "the manual shows a trunk");
    sip(&mut real);
    assert_eq!(manual, real);
}

#[test]
fn the_manual_shows_every_setting_of_a_trunk_with_its_real_default() {
    let text = std::fs::read_to_string(format!("{ROOT}/config/samkald.toml")).expect("the manual is there");
    let manual: Table = text.parse().expect("the manual is TOML");
    let mut shown = manual["sip"]["trunk"][0].as_table().expect("a trunk").clone();
    let mut real = Table::try_from(super::file::TrunkEntry::default()).expect("the defaults are a table");
    for own in ["name", "addresses"] {
        assert!(shown.remove(own).is_some() && real.remove(own).is_some(), "{own}");
    }
    assert_eq!(shown, real);
}

#[test]
fn all_faults_of_a_trunk_are_told_at_once() {
    let text = "[sip]\ndomains = [\"a b\"]\n[[sip.trunk]]\nname = \"a\"\nlogin_user = \"x\"\nnumbers_in = \"roman\"\nnumbers_out = \"as-written\"\n\
                outbound = [\"192.0.2.7\", \"sip:7000@192.0.2.7\"]\ndigest_user = \"x\"\nnumber = \"nummer\"\ncaller_id = \"own\"\n\
                diversion = \"perhaps\"\nprobe_s = 1\nchannels_out_max = 999999\npriority = 2000";
    let told: Vec<_> = places(text).into_iter().map(|(at, _)| at).collect();
    for at in
        ["login_user", "numbers_in", "numbers_out", "outbound[0]", "outbound[1]", "digest_user", "number", "diversion"]
    {
        assert!(told.contains(&format!("sip.trunk[0].{at}")), "{at}: {told:?}");
    }
    for at in ["probe_s", "channels_out_max", "priority"] {
        assert!(told.contains(&format!("sip.trunk[0].{at}")), "{at}: {told:?}");
    }
    assert!(told.contains(&"sip.domains[0]".to_owned()), "{told:?}");
}

#[test]
fn a_trunk_without_an_address_proves_itself_by_its_password_which_is_not_shown() {
    let text = "[[sip.trunk]]\nname = \"a\"\nlogin_user = \"trunk\"\nlogin_password = \"hemmelig\"\nnumbers_out = \"00\"\n\
                outbound = [\"sip:sip.udbyder.dk;transport=tls\"]\ndigest_realm = \"r\"\ndigest_user = \"u\"\ndigest_password = \"hemmelig\"";
    let trunk = &settings(text).sip.trunks[0];
    assert!(trunk.addresses.is_empty() && trunk.rules.login.is_some() && trunk.rules.digest.is_some());
    assert!(!format!("{trunk:?}").contains("hemmelig"));
    let args = SettingsArgs::default();
    let agents = PLAN.replace("[plan]\n", "[plan]\nagents = [{ id = \"trunk\", name = \"T\", password = \"hemmelig\", languages = [\"da\"], skills = { pas = 1 } }]\n");
    let both = Settings::of_text(&format!("{text}\n{agents}"), Path::new("x"), &args, std::iter::empty());
    let told = both.expect_err("one name for two");
    assert!(told.all().iter().any(|(_, fault)| fault.at == "sip.trunk[0].login_user"), "{told}");
}

#[test]
fn the_manuals_and_the_measuring_set_up_can_be_loaded() {
    of_file("samkald.toml");
    assert_eq!(of_file("storm.toml").plan.agents.len(), 200 + 10_000);
    let bench = of_file("bench.toml");
    assert_eq!(bench.plan.agents.len(), 200 + 20 + 2_000);
    assert_eq!(bench.plan.lines.len(), 5);
    assert_eq!(bench.sip.listen.len(), 1);
    assert_eq!((bench.sip.listen[0].transport, bench.sip.listen[0].addr.port()), (Transport::Udp, 25_060));
    assert_eq!((bench.media.ports, bench.http.listen.port()), ((12_000, 23_999), 25_080));
    assert!(bench.plan.queues.iter().all(|queue| queue.wrap_up.is_zero() && !queue.surge_guard));
    let line = |id: &str| bench.plan.lines.iter().find(|line| &*line.id == id).expect("a line of the bench");
    assert_eq!((line("7001").wait_max, line("7001").unanswered_max), (None, None));
    assert_eq!((line("7101").wait_max, line("7101").waiting), (None, model::WaitingStage::Music));
}

#[test]
fn the_demo_knows_trunk_and_softphone_apart_and_stays_on_this_machine() {
    let demo = of_file("demo/samkald.toml");
    let trunks: Vec<_> = demo.sip.trunks.iter().map(|trunk| trunk.addresses[0].ip.to_string()).collect();
    assert_eq!(trunks, ["127.0.0.2", "127.0.0.1"]);
    assert!(demo.sip.listen.iter().all(|listen| listen.addr.ip().is_loopback()));
    assert_eq!((demo.plan.municipalities.len(), demo.plan.agents.len()), (37, 250));
}

#[test]
fn all_faults_of_settings_and_plan_are_told_at_once_with_their_lines() {
    let told = places(
        "[sip]\nlisten = [\"udp:nowhere\"]\nrealmm = \"x\"\nt1_ms = \"hurtigt\"\n[media]\nports = \"12001-12002\"\n[limits]\ncalls_max = 0\n\
         [plan]\nagents = [{ id = \"a\" }]\n#",
    );
    assert!(told.iter().any(|(at, _)| at == "TOML"), "a table that is there twice: {told:?}");
    let text = "[sip]\nlisten = [\"udp:nowhere\"]\nrealmm = \"x\"\nt1_ms = \"hurtigt\"\n[media]\nports = \"12001-12002\"\n[limits]\ncalls_max = 0\n";
    let plan = "[plan]\nqueues = [{ id = \"pas\", title = \"Pas\", wrap_up_s = 99999 }]\n[[plan.lines]]\nid = \"x\"\nqueue = \"psa\"\n";
    let found =
        Settings::of_text(&format!("{text}{plan}"), Path::new("x"), &SettingsArgs::default(), std::iter::empty());
    let found = found.expect_err("faults");
    let told: Vec<_> = found.all().iter().map(|(_, fault)| (fault.at.as_str(), fault.line)).collect();
    for (at, line) in [
        ("sip.listen[0]", 2),
        ("sip.realmm", 3),
        ("sip.t1_ms", 4),
        ("media.ports", 6),
        ("limits.calls_max", 8),
        ("plan.queues[0].wrap_up_s", 10),
        ("plan.lines[0].queue", 13),
        ("plan.lines[0].title", 11),
    ] {
        assert!(told.contains(&(at, Some(line))), "{at} on line {line}: {told:?}");
    }
    let text = found.to_string();
    assert!(text.contains("mente du \"realm\"?") && text.contains("mente du \"pas\"?"), "{text}");
}

#[test]
fn without_access_control_nothing_is_open_to_the_outside() {
    assert_eq!(places("[http]\nlisten = \"0.0.0.0:80\"")[0].0, "http.listen");
    assert_eq!(places("[http]\nlisten = \"[::]:80\"")[0].0, "http.listen");
    assert_eq!(places("[http]\nlisten = \"192.0.2.7:80\"")[0].0, "http.listen");
    assert_eq!(places("[http]\nopen = false")[0].0, "http.open");
    assert_eq!(places("[access]\nopen = false")[0].0, "access");
    assert_eq!(settings("[http]\nlisten = \"[::1]:80\"").http.listen.port(), 80);
}

#[test]
fn a_trunk_is_known_by_address_network_or_port() {
    let sip =
        settings("[[sip.trunk]]\nname = \"a\"\naddresses = [\"192.0.2.7\", \"192.0.2.8:5062\", \"2001:db8::/32\"]").sip;
    let of: Vec<_> = sip.trunks[0].addresses.iter().map(|address| (address.prefix_bits, address.port)).collect();
    assert_eq!(of, [(32, None), (32, Some(5_062)), (32, None)]);
    assert_eq!(
        places("[[sip.trunk]]\nname = \"a\"\naddresses = [\"sip.example.dk\"]")[0].0,
        "sip.trunk[0].addresses[0]"
    );
    assert_eq!(places("[[sip.trunk]]\nname = \"a\"")[0].0, "sip.trunk[0].addresses");
    let twice = "[[sip.trunk]]\nname = \"a\"\naddresses = [\"192.0.2.7\"]\n[[sip.trunk]]\nname = \"a\"\naddresses = [\"192.0.2.7\"]";
    let told: Vec<_> = places(twice).into_iter().map(|(at, _)| at).collect();
    assert_eq!(told, ["sip.trunk[1].name", "sip.trunk[1].addresses[0]"]);
}

#[test]
fn addresses_that_nobody_can_answer_to_need_an_advertised_one() {
    assert_eq!(places("[sip]\nlisten = [\"udp:0.0.0.0:5060\"]")[0].0, "sip.advertised");
    assert_eq!(places("[media]\nbind = \"0.0.0.0\"")[0].0, "media.advertised");
    let settings = settings(
        "[sip]\nlisten = [\"udp:0.0.0.0:5060\"]\nadvertised = \"192.0.2.1\"\n[media]\nbind = \"0.0.0.0\"\nadvertised = \"192.0.2.1\"",
    );
    assert_eq!(settings.media.advertised.to_string(), "192.0.2.1");
}

#[test]
fn a_log_filter_that_means_nothing_is_told() {
    assert_eq!(places("[log]\nfilter = \"sip=lidt\"")[0].0, "log.filter");
    assert_eq!(places("[log]\nformat = \"xml\"")[0].0, "log.format");
    assert!(settings("[log]\nfilter = \"info,sip=debug\"\nformat = \"json\"").log.json);
}

#[test]
fn signalling_and_sound_do_not_share_a_port() {
    assert_eq!(places("[sip]\nlisten = [\"udp:127.0.0.1:12002\"]")[0].0, "media.ports");
    settings("[sip]\nlisten = [\"tcp:127.0.0.1:12002\"]");
    settings("[sip]\nlisten = [\"udp:127.0.0.2:12002\"]");
}

#[test]
fn the_environment_goes_over_the_file_and_flags_over_both() {
    let args = SettingsArgs { data_dir: Some("data/x 1".into()), set: vec!["sip.t1_ms=250".into()], config: None };
    let environment = [
        ("SAMKALD_SIP__T1_MS", "300"),
        ("SAMKALD_SIP__REALM", "kbh"),
        ("SAMKALD_SIP__LISTEN", "[\"udp:127.0.0.9:5070\"]"),
        ("SAMKALD_PHONES", "required"),
        ("HOME", "/home/anna"),
    ];
    let settings = load("[sip]\nrealm = \"aarhus\"\nt1_ms = 400", &args, &environment).expect("good settings");
    assert_eq!((settings.sip.t1.as_millis(), settings.sip.realm.as_str()), (250, "kbh"));
    assert_eq!(settings.node.data_dir, Path::new("data/x 1"));
    assert_eq!(settings.sip.listen[0].addr.to_string(), "127.0.0.9:5070");
}

#[test]
fn a_fault_from_the_environment_names_the_variable() {
    let faults = load("", &SettingsArgs::default(), &[("SAMKALD_SIP__RELAM", "x"), ("SAMKALD_HTTP__LISTEN", "x")]);
    let text = faults.expect_err("faults").to_string();
    assert!(text.contains("SAMKALD_SIP__RELAM, sip.relam") && text.contains("mente du \"realm\"?"), "{text}");
    assert!(text.contains("SAMKALD_HTTP__LISTEN, http.listen"), "{text}");
}

#[test]
fn a_missing_file_or_plan_is_told_in_words() {
    let args = SettingsArgs { config: Some("/nowhere/samkald.toml".into()), ..SettingsArgs::default() };
    let text = Settings::load(&args).expect_err("no file").to_string();
    assert!(text.contains("/nowhere/samkald.toml") && text.contains("kan ikke læses"), "{text}");
    let of = |text: &str| {
        Settings::of_text(text, Path::new("/nowhere/x.toml"), &SettingsArgs::default(), std::iter::empty())
    };
    assert!(of("").expect_err("no plan").to_string().contains("plan = \"plan.toml\""));
    assert!(of("plan = \"plan.toml\"").expect_err("no plan").to_string().contains("/nowhere/plan.toml"));
    assert!(of("plan = 5").expect_err("no plan").to_string().contains("under [plan]"));
}

#[test]
fn a_hash_for_passwords_that_is_unknown_or_named_twice_is_told() {
    assert_eq!(places("[sip]\ndigest = [\"sha1\"]")[0].0, "sip.digest[0]");
    assert_eq!(places("[sip]\ndigest = [\"md5\", \"md5\"]")[0].0, "sip.digest[1]");
    assert_eq!(places("[sip]\ndigest = []")[0].0, "sip.digest");
    assert_eq!(settings("[sip]\ndigest = [\"sha-256\", \"md5\"]").sip.digest.len(), 2);
}

#[test]
fn encryption_needs_a_whole_pair_of_files_that_are_there() {
    let told = |text: &str| places(text).into_iter().map(|(at, _)| at).collect::<Vec<_>>();
    assert_eq!(told("[sip]\nlisten = [\"tls:127.0.0.1:5061\"]"), ["sip.tls_certificate"]);
    assert_eq!(told("[sip]\ntls_certificate = \"/nowhere/x.pem\""), ["sip.tls_key", "sip.tls_certificate"]);
    assert_eq!(told("[http]\ntls_key = \"/nowhere/x.key\""), ["http.tls_certificate", "http.tls_key"]);
    assert_eq!(told("[sip]\nname_servers = [\"ns.example\"]"), ["sip.name_servers[0]"]);
    assert_eq!(told("[[sip.trunk]]\nname = \"a\"\ntls_names = [\"x y\"]"), ["sip.trunk[0].tls_names"]);
    assert!(
        settings("[[sip.trunk]]\nname = \"a\"\ntls_names = [\"sip.example.dk\"]").sip.trunks[0].addresses.is_empty()
    );
    assert_eq!(settings("[sip]\nname_servers = [\"192.0.2.53\"]").sip.name_servers[0].port(), 53);
    assert_eq!(told("[media]\ncodecs = [\"opus\", \"G729\"]"), ["media.codecs[1]"]);
    assert_eq!(told("[media]\ncodecs = [\"G722\", \"G722\"]"), ["media.codecs[1]"]);
    assert_eq!(told("[media]\ncodecs = []"), ["media.codecs"]);
    assert_eq!(told("[http]\nwebsocket_origins = [\"desk.example\"]"), ["http.websocket_origins[0]"]);
    assert_eq!(settings("[http]\nwebsocket_origins = [\"https://desk.example\"]").http.websocket_origins.len(), 1);
}
