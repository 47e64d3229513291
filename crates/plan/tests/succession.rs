//! A plan that takes over while calls run: numbers that calls, seats and lanes hold mean the same before and after.
//! Knows plan files; no call.

use model::{Dialled, Moment};
use plan::{HoursState, Plan, read_plan};

/// So many topics as lines and queues of their own, and agents who can some of them; in an order drawn by the seed.
fn text(seed: u64, topics: &[usize], agents: &[usize]) -> String {
    let mut draw = Draw(seed);
    let mut text = vec![String::from("[[languages]]\nid = \"da\"\ntitle = \"Dansk\"\n")];
    text.extend(draw.shuffled(topics).into_iter().map(|topic| {
        format!("[[topics]]\nid = \"t{topic}\"\ntitle = \"T\"\n[[queues]]\nid = \"q{topic}\"\ntitle = \"Q\"\n")
    }));
    text.extend(draw.shuffled(topics).into_iter().map(|topic| {
        format!(
            "[[lines]]\nid = \"l{topic}\"\ntitle = \"L\"\ntopic = \"t{topic}\"\nlanguage = \"da\"\nqueue = \"q{topic}\"\n\
             calendar = \"always\"\nwait_max_s = 600\nmay_have_nobody = \"drawn\"\nnumbers = [\"7020100{topic}\"]\n"
        )
    }));
    text.extend(draw.shuffled(agents).into_iter().map(|agent| {
        let level = 1 + agent % 9;
        let can = topics.iter().filter(|topic| (*topic + agent).is_multiple_of(2));
        let skills: Vec<String> = can.map(|topic| format!("t{topic} = {level}")).collect();
        let skills = if skills.is_empty() { format!("t{} = 1", topics[0]) } else { skills.join(", ") };
        format!("[[agents]]\nid = \"a{agent}\"\npassword = \"a{agent}-secret\"\nskills = {{ {skills} }}\n")
    }));
    text.concat()
}

struct Draw(u64);

impl Draw {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % count
    }

    fn shuffled(&mut self, all: &[usize]) -> Vec<usize> {
        let mut all = all.to_vec();
        for last in (1..all.len()).rev() {
            all.swap(last, self.below(last + 1));
        }
        all
    }

    /// At least one of 0 to 9.
    fn some(&mut self) -> Vec<usize> {
        let some: Vec<usize> = (0..9).filter(|_| self.below(2) == 0).collect();
        if some.is_empty() { vec![0] } else { some }
    }
}

fn read(text: &str) -> Plan {
    read_plan(text).unwrap_or_else(|faults| panic!("{faults:?}\n{text}"))
}

/// What a plan says of everyone, by names alone.
fn said(plan: &Plan, alone: &Plan) -> String {
    let mut lines: Vec<String> = alone
        .numbers
        .keys()
        .map(|number| {
            let found = plan.find(number, &[]).expect("a number of the plan");
            let line = &plan.lines[found.line.at()];
            let (queue, class) = (&plan.queues[line.queue.at()], &plan.classes[line.class.at()]);
            let open = matches!(plan.calendars[line.calendar.at()].state(Moment::EPOCH), HoursState::Open { .. });
            format!("{number:?} {} {} {class:?} {open}", line.id, queue.id)
        })
        .collect();
    for id in alone.agents_by_id.keys() {
        let agent = &plan.agents[plan.agents_by_id[id].at()];
        let skills = agent.skills.iter().map(|(class, level)| (&plan.classes[class.at()], level));
        // What no line asks for any more is no part of what a plan says alone.
        let mut skills: Vec<_> = skills
            .filter(|(class, _)| alone.classes.contains(class))
            .map(|(class, level)| format!("{class:?} {level}"))
            .collect();
        skills.sort();
        lines.push(format!("{} {skills:?} {}", agent.id, agent.password.is_some()));
    }
    lines.sort();
    lines.join("\n")
}

#[test]
fn a_hundred_plans_after_each_other_say_what_each_says_alone_and_no_number_changes_its_meaning() {
    let mut draw = Draw(7);
    let mut now = read(&text(1, &draw.some(), &draw.some()));
    for seed in 0..100 {
        let next = read(&text(seed, &draw.some(), &draw.some()));
        let after = next.clone().after(&now);
        assert_eq!(said(&after, &next), said(&next, &next));
        for (place, agent) in now.agents.iter().enumerate() {
            assert_eq!(after.agents[place].id, agent.id);
        }
        for (place, queue) in now.queues.iter().enumerate() {
            assert_eq!(after.queues[place].id, queue.id);
        }
        for (place, line) in now.lines.iter().enumerate() {
            assert_eq!((&after.lines[place].id, &after.lines[place].class), (&line.id, &line.class));
        }
        assert_eq!(after.classes[..now.classes.len()], now.classes[..]);
        now = after;
    }
    assert!(now.agents.len() <= 9 && now.lines.len() <= 9, "who comes back has the old place");
}

#[test]
fn who_is_gone_can_do_nothing_and_what_is_gone_is_rung_by_nobody() {
    let before = read(&text(1, &[0, 1], &[0, 1, 2]));
    let after = read(&text(1, &[1], &[1])).after(&before);
    let gone = &after.agents[before.agents_by_id["a0"].at()];
    assert!(gone.skills.is_empty() && gone.password.is_none() && gone.contact.is_none());
    assert!(after.find(&Dialled::parse("70201000").expect("a number"), &[]).is_err());
    let line = before.lines.iter().position(|line| *line.id == *"l0").expect("a line");
    let state = after.calendars[after.lines[line].calendar.at()].state(Moment::EPOCH);
    assert_eq!(state, HoursState::Closed { opens_at: None });
}

#[test]
fn who_waits_for_a_topic_whose_last_line_goes_is_taken_by_those_who_could_and_by_nobody_who_is_gone() {
    let before = read(&text(1, &[0, 1], &[0, 1, 2]));
    let waits = before.lines.iter().find(|line| *line.id == *"l0").expect("a line").class;
    let can =
        |plan: &Plan, id: &str| plan.agents[plan.agents_by_id[id].at()].skills.iter().any(|(class, _)| *class == waits);
    assert!(can(&before, "a0") && !can(&before, "a1") && can(&before, "a2"));
    let after = read(&text(2, &[1], &[1, 2])).after(&before);
    assert!(!can(&after, "a0") && !can(&after, "a1") && can(&after, "a2"));
    let again = read(&text(3, &[1], &[1, 2])).after(&after);
    assert!(can(&again, "a2"), "as long as somebody may wait for it");
}

#[test]
fn an_overflow_leads_to_the_same_queue_however_the_queues_are_ordered() {
    let queue = |id: &str, more: &str| format!("[[queues]]\nid = \"{id}\"\ntitle = \"Q\"\n{more}\n");
    let ground = |queues: &str| {
        format!(
            "[[languages]]\nid = \"da\"\ntitle = \"Dansk\"\n[[topics]]\nid = \"t\"\ntitle = \"T\"\n{queues}[[lines]]\nid = \"l\"\ntitle = \"L\"\n\
             topic = \"t\"\nlanguage = \"da\"\nqueue = \"a\"\ncalendar = \"always\"\nwait_max_s = 600\nnumbers = [\"70201000\"]\n"
        )
    };
    let before = read(&ground(&[queue("b", ""), queue("a", "overflow = \"b\"")].concat()));
    let after =
        read(&ground(&[queue("a", "overflow = \"c\""), queue("c", ""), queue("b", "")].concat())).after(&before);
    let a = after.queues.iter().find(|queue| *queue.id == *"a").expect("it stays");
    assert_eq!(&*after.queues[a.overflow.expect("it has one").at()].id, "c");
    assert_eq!(&*after.queues[0].id, "b");
}

#[test]
fn a_plan_and_one_that_is_tried_have_the_same_numbers_and_the_first_says_what_it_said_before() {
    let mut draw = Draw(11);
    let mut before = read(&text(1, &draw.some(), &draw.some()));
    for seed in 0..50 {
        let alone = read(&text(seed, &draw.some(), &draw.some()));
        let tried = alone.clone().after(&before);
        let on_trial = before.clone().after(&tried);
        let sizes = |plan: &Plan| (plan.agents.len(), plan.lines.len(), plan.queues.len(), plan.classes.len());
        assert_eq!(sizes(&tried), sizes(&on_trial));
        assert_eq!(said(&on_trial, &before), said(&before, &before));
        assert!(tried.lines.iter().zip(&on_trial.lines).all(|(tried, line)| tried.id == line.id));
        before = on_trial;
    }
}

#[test]
fn only_for_a_topic_that_is_new_an_agents_skill_counts_while_a_plan_is_tried() {
    let before = read(&text(1, &[0, 2], &[0]));
    let other = text(1, &[0, 2, 4], &[0]).replace("t0 = 1, t2 = 1, t4 = 1", "t0 = 7, t4 = 3");
    let tried = read(&other).after(&before);
    let on_trial = before.clone().after(&tried);
    let line = on_trial.line_no("l4").expect("a line");
    let both = on_trial.trying(&tried, line);
    let skills: Vec<_> =
        both.agents[0].skills.iter().map(|(class, level)| (&*both.classes[class.at()].topic, *level)).collect();
    assert_eq!(skills.len(), 3);
    assert!(skills.contains(&("t0", 1)) && skills.contains(&("t2", 1)) && skills.contains(&("t4", 3)), "{skills:?}");
    assert_eq!(&*both.queues[both.lines[line.at()].queue.at()].id, "q4");
}
