//! What plans can say and what they can't, as the people who write them would notice it.
//! Each story is a plan in a few lines and what is said about it.

mod booking;
mod callback;
mod directory;
mod ends;
mod hours;
mod mailboxes;
mod manual;
mod meanwhile;
mod membership;
mod menus;
mod mutations;
mod organisations;
mod policy;
mod same_agent;
mod walk;
mod ways;
mod wrap_up;

use super::*;

/// A plan that is known to be right.
pub(crate) fn plan(text: &str) -> Plan {
    read_plan(text).unwrap_or_else(|faults| panic!("{}", faults.iter().map(ToString::to_string).collect::<String>()))
}

const GROUND: &str = r#"
municipalities = [{ id = "0751", name = "Aarhus" }, { id = "0730", name = "Randers" }]
topics = [{ id = "pas", title = "Pas" }, { id = "flytning", title = "Flytning" }]
languages = [{ id = "da", title = "dansk" }, { id = "en", title = "engelsk" }]
queues = [{ id = "pas", title = "Pas" }]
"#;

/// A line with the usual settings, and some of one's own.
fn line(id: &str, more: &str) -> String {
    let mut settings = vec![format!("id = \"{id}\"")];
    for (field, usual) in [
        ("title", "\"Pas\""),
        ("topic", "\"pas\""),
        ("language", "\"da\""),
        ("queue", "\"pas\""),
        ("calendar", "\"always\""),
        ("wait_max_s", "3600"),
    ] {
        let said = more.lines().any(|line| line.starts_with(&format!("{field} =")));
        let endless = field == "wait_max_s" && more.contains("for_ever");
        if !said && !endless {
            settings.push(format!("{field} = {usual}"));
        }
    }
    format!("[[lines]]\n{}\n{more}\n", settings.join("\n"))
}

fn faults(text: &str) -> Vec<Fault> {
    read_plan(text).expect_err("a faulty plan")
}

/// The one fault of a plan.
fn fault(text: &str) -> (String, String) {
    let faults = faults(text);
    assert_eq!(faults.len(), 1, "{faults:?}");
    (faults[0].at.clone(), faults[0].en.clone())
}

#[test]
fn what_is_not_said_has_its_default() {
    let plan = plan(&format!("{GROUND}{}", line("pas", "numbers = [\"70101010\"]")));
    let (line, queue) = (&plan.lines[0], &plan.queues[0]);
    assert_eq!(line.greeting.as_deref(), Some("greeting.da"));
    assert_eq!(line.closed_message.as_deref(), Some("closed.da"));
    assert_eq!(line.waiting, model::WaitingStage::Music);
    assert_eq!((line.unanswered_max, &*line.music), (None, "music"));
    assert_eq!((queue.ring_time_max.as_secs(), queue.wrap_up.as_secs(), queue.target.as_secs()), (20, 30, 60));
    assert!(queue.surge_guard);
}

#[test]
fn an_unanswered_wait_ends_in_music_unless_a_reason_is_given() {
    let of = |more: &str| plan(&format!("{GROUND}{}", line("pas", more))).lines[0].clone();
    assert_eq!(of("waiting = \"unanswered\"").unanswered_max.map(|max| max.as_secs()), Some(60));
    let measured = of("waiting = \"unanswered\"\nmay_wait_for_ever = \"measuring\"");
    assert_eq!((measured.unanswered_max, measured.wait_max), (None, None));
    let (at, _) = fault(&format!(
        "{GROUND}[[lines]]\nid='x'\ntitle='x'\ntopic='pas'\nlanguage='da'\nqueue='pas'\ncalendar='always'\n"
    ));
    assert_eq!(at, "lines[0].wait_max_s");
    let (at, _) = fault(&format!("{GROUND}{}", line("pas", "may_wait_for_ever = \"\"")));
    assert_eq!(at, "lines[0].may_wait_for_ever");
}

#[test]
fn prompts_are_said_in_the_lines_language_or_not_at_all() {
    let plan = plan(&format!(
        "{GROUND}{}",
        line(
            "pas",
            "language = \"en\"\ngreeting = \"none\"\nclosed_message = \"ferie/lukket\"\nfull_message = \"optaget.da\""
        )
    ));
    let said = &plan.lines[0];
    assert_eq!(said.greeting, None);
    assert_eq!(said.closed_message.as_deref(), Some("ferie/lukket.en"));
    assert_eq!(said.full_message.as_deref(), Some("optaget.da"));
    for bad in ["../hemmelig", "/etc/passwd", "a//b", ".skjult", "a b"] {
        let (at, _) = fault(&format!("{GROUND}{}", line("pas", &format!("greeting = \"{bad}\""))));
        assert_eq!(at, "lines[0].greeting");
    }
}

#[test]
fn a_callers_greeting_is_the_municipalitys_own() {
    let plan = plan(&format!("{GROUND}{}", line("pas", "")));
    let greeting = |id| plan.lines[0].greeting_for(id).map(|name| name.to_string());
    assert_eq!(greeting(Some(model::MunicipalityId(751))).as_deref(), Some("0751/greeting.da"));
    assert_eq!(greeting(None).as_deref(), Some("greeting.da"));
}

#[test]
fn an_unknown_queue_is_told_with_the_one_that_was_perhaps_meant() {
    let (at, en) = fault(&format!("{GROUND}{}", line("pas", "queue = \"psa\"")));
    assert_eq!(at, "lines[0].queue");
    assert!(en.contains("did you mean \"pas\"?"), "{en}");
}

#[test]
fn a_number_stands_in_one_place_and_is_a_number() {
    let two = format!("{}{}", line("a", "numbers = [\"7000\"]"), line("b", "numbers = [\"+4589402222\", \"70-00\"]"));
    assert_eq!(fault(&format!("{GROUND}{two}")).0, "lines[1].numbers[1]");
    let one = line("a", "numbers = [\"sytten\"]");
    assert_eq!(fault(&format!("{GROUND}{one}")).0, "lines[0].numbers[0]");
    let emergency = line("a", "numbers = [\"112\"]");
    assert_eq!(fault(&format!("{GROUND}{emergency}")).0, "lines[0].numbers[0]");
}

#[test]
fn a_calendar_is_empty_only_on_purpose() {
    let with =
        |calendar: &str| format!("{GROUND}[[calendars]]\nid = \"k\"\n{calendar}\n{}", line("pas", "calendar = \"k\""));
    assert_eq!(fault(&with("")).0, "calendars[0].week");
    assert_eq!(
        fault(&with("week = { mon = [\"08:00-20:00\"] }\nalways_closed = true")).0,
        "calendars[0].always_closed"
    );
    for bad in ["8-16", "08:00-25:00", "16:00-08:00", "08:00-08:00", "08:60-09:00"] {
        let faults = faults(&with(&format!("week = {{ mon = [\"{bad}\"] }}")));
        assert_eq!(faults[0].at, "calendars[0].week.mon", "{bad}");
    }
    assert_eq!(fault(&with("week = { mon = [\"08:00-12:00\", \"11:00-16:00\"] }")).0, "calendars[0].week.mon");
    assert_eq!(
        fault(&with("week = { mon = [\"08:00-12:00\"] }\nclosed = [\"2027-02-29\"]")).0,
        "calendars[0].closed[0]"
    );
    let hotline = plan(&with("holidays = \"danish\"\nweek = { mon = [\"08:00-20:00\"] }\nclosed = [\"2026-11-23\"]"));
    let monday = model::Moment::from_secs(1_795_428_000); // 2026-11-23 10:00 UTC
    let open = matches!(hotline.calendars[hotline.lines[0].calendar.at()].state(monday), HoursState::Open { .. });
    assert!(!open, "a closed day");
    assert_eq!(plan(&with("always_closed = true")).calendars.len(), 2);
}

#[test]
fn a_range_makes_agents_with_contacts_passwords_and_names_of_their_own() {
    let agents = "[[agents]]\nids = \"agent0009..agent0011\"\nname = \"Agent {id}\"\ncontact = \"sip:{id}@127.0.0.1:26000\"\n\
                  password = \"{id}-secret\"\nready = \"from_the_start\"\nskills = { pas = 2 }\n";
    let plan = plan(&format!("{GROUND}{}{agents}", line("pas", "")));
    let ids: Vec<_> = plan.agents.iter().map(|agent| agent.id.to_string()).collect();
    assert_eq!(ids, ["agent0009", "agent0010", "agent0011"]);
    let last = &plan.agents[plan.agents_by_id["agent0011"].at()];
    assert_eq!(last.contact.as_deref(), Some("sip:agent0011@127.0.0.1:26000"));
    assert_eq!(last.password.as_ref().map(Secret::reveal), Some("agent0011-secret"));
    assert_eq!((&*last.name, &last.skills[..]), ("Agent agent0011", &[(ClassNo(0), 2)][..]));
    assert_eq!(last.ready, ReadyRule::FromTheStart);
}

#[test]
fn an_agent_speaks_the_languages_that_lines_ask_for_and_no_others() {
    let lines = format!("{}{}{}", line("a", ""), line("b", "language = \"en\""), line("c", "topic = \"flytning\""));
    let agents = "[[agents]]\nid = \"a\"\npassword = \"hemmelig\"\nlanguages = [\"en\", \"da\"]\nskills = { pas = 1, flytning = 9 }\n";
    let plan = plan(&format!("{GROUND}{lines}{agents}"));
    assert_eq!(plan.agents[0].skills, [(ClassNo(0), 1), (ClassNo(1), 1), (ClassNo(2), 9)]);
}

#[test]
fn agents_without_skill_phone_or_a_proper_id_are_told() {
    let with = |agent: &str| format!("{GROUND}{}[[agents]]\n{agent}\n", line("pas", ""));
    for (agent, at) in [
        ("id = \"a\"\npassword = \"hemmelig\"", "agents[0].skills"),
        ("id = \"a\"\npassword = \"hemmelig\"\nskills = { pas = 10 }", "agents[0].skills.pas"),
        ("id = \"a\"\npassword = \"hemmelig\"\nskills = { pas = 0 }", "agents[0].skills.pas"),
        ("id = \"a\"\npassword = \"hemmelig\"\nskills = { flytning = 1 }", "agents[0].skills"),
        ("id = \"a b\"\npassword = \"hemmelig\"\nskills = { pas = 1 }", "agents[0].id"),
        ("id = \"a\"\nskills = { pas = 1 }", "agents[0].password"),
        ("id = \"a\"\npassword = \"kort\"\nskills = { pas = 1 }", "agents[0].password"),
        ("id = \"a\"\nready = \"from_the_start\"\nskills = { pas = 1 }", "agents[0].contact"),
        ("id = \"a\"\nready = \"from_the_start\"\ncontact = \"sip:a b@c\"\nskills = { pas = 1 }", "agents[0].contact"),
        ("ids = \"a1..b2\"\npassword = \"hemmelig\"\nskills = { pas = 1 }", "agents[0].ids"),
        ("ids = \"a2..a1\"\npassword = \"hemmelig\"\nskills = { pas = 1 }", "agents[0].ids"),
        ("ids = \"a00001..a99999\"\npassword = \"hemmelig\"\nskills = { pas = 1 }", "agents[0].ids"),
        ("password = \"hemmelig\"\nskills = { pas = 1 }", "agents[0]"),
        ("id = \"a\"\nhome = \"0999\"\npassword = \"hemmelig\"\nskills = { pas = 1 }", "agents[0].home"),
    ] {
        assert_eq!(fault(&with(agent)).0, at, "{agent}");
    }
}

#[test]
fn tables_have_bounds_that_are_told() {
    let lines: String = (0..=LINES_MAX).map(|i| line(&format!("l{i}"), "")).collect();
    assert_eq!(fault(&format!("{GROUND}{lines}")).0, "lines");
    let agents = "[[agents]]\nids = \"a00001..a16384\"\npassword = \"hemmelig\"\nskills = { pas = 1 }\n\
                  [[agents]]\nid = \"b\"\npassword = \"hemmelig\"\nskills = { pas = 1 }\n";
    assert_eq!(fault(&format!("{GROUND}{}{agents}", line("pas", ""))).0, "agents[1]");
}

#[test]
fn a_flood_of_faults_is_told_up_to_a_bound() {
    let lines: String = (0..500).map(|i| line(&format!("l{i}"), "queue = \"nowhere\"")).collect();
    let faults = faults(&format!("{GROUND}{lines}"));
    assert_eq!(faults.len(), FAULTS_MAX + 1);
    assert!(faults[FAULTS_MAX].en.contains("300 more"));
}

#[test]
fn no_fault_and_no_trace_shows_a_password() {
    let file: PlanFile = toml::from_str("[[agents]]\nid = \"a\"\npassword = \"hemmelig\"").expect("well formed");
    assert!(!format!("{file:?}").contains("hemmelig"));
    assert!(!format!("{:?}", faults("[[agents]]\nid = \"a\"\npassword = \"hem\"")).contains("hem\""));
}
