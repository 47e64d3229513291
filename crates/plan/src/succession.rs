//! A plan that takes over from another while calls run: who and what was there before keeps its number.
//!
//! Seats, lanes and calls in progress know agents, queues, classes and lines by number. So a new plan is put into the order of
//! the one before it; what is new comes after it, and what is gone keeps its place, empty, until the next start. Knows two plans;
//! doesn't know who uses them.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Agent, AgentNo, Calendar, CalendarNo, ClassNo, DirectoryTo, Line, LineNo, Mailbox, MailboxNo, Plan, Queue, QueueNo,
};

/// What stands in a plan only because calls may still know it by its number.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Gone {
    /// Closed lines that no number rings.
    pub lines: BTreeSet<LineNo>,
    /// Queues that no line leads to.
    pub queues: BTreeSet<QueueNo>,
}

/// Where the entries of a new plan stand.
struct Places {
    /// By their places in the new plan alone.
    new: Vec<u32>,
    /// As many as there are now, with those that are gone.
    count: usize,
}

impl Places {
    /// Those of `new`, where whoever stood in `old` keeps that place.
    fn of<K: Ord + Clone>(old: impl Iterator<Item = K>, new: impl Iterator<Item = K>) -> Self {
        let known: BTreeMap<K, u32> = old.zip(0..).collect();
        let mut count = known.len();
        let place = |key: K| {
            known.get(&key).copied().unwrap_or_else(|| {
                count += 1;
                count as u32 - 1
            })
        };
        Self { new: new.map(place).collect(), count }
    }

    fn place(&self, at: usize) -> u32 {
        self.new[at]
    }

    /// The places of those that are gone.
    fn gone(&self) -> impl Iterator<Item = u32> {
        let known: BTreeSet<u32> = self.new.iter().copied().collect();
        (0..self.count as u32).filter(move |place| !known.contains(place))
    }

    /// The new entries at their places, and `gone` at the others.
    fn arrange<T>(&self, new: Vec<T>, gone: impl Fn(usize) -> T) -> Vec<T> {
        let mut arranged: Vec<Option<T>> = std::iter::repeat_with(|| None).take(self.count).collect();
        for (entry, place) in new.into_iter().zip(&self.new) {
            arranged[*place as usize] = Some(entry);
        }
        arranged.into_iter().enumerate().map(|(place, entry)| entry.unwrap_or_else(|| gone(place))).collect()
    }
}

impl Plan {
    /// This plan in the numbers of the one that it takes over from. An agent who is gone has no skills, password or phone any more; a
    /// queue that is gone serves those who wait in it as before, by whoever could take them; a line that is gone is closed, and no number rings it.
    pub fn after(mut self, before: &Self) -> Self {
        let classes = Places::of(before.classes.iter().cloned(), self.classes.iter().cloned());
        let queues = Places::of(before.queues.iter().map(|q| q.id.clone()), self.queues.iter().map(|q| q.id.clone()));
        let lines = Places::of(before.lines.iter().map(|l| l.id.clone()), self.lines.iter().map(|l| l.id.clone()));
        let agents = Places::of(before.agents.iter().map(|a| a.id.clone()), self.agents.iter().map(|a| a.id.clone()));

        let mailboxes =
            Places::of(before.mailboxes.iter().map(|m| m.id.clone()), self.mailboxes.iter().map(|m| m.id.clone()));

        self.gone = Gone { lines: lines.gone().map(LineNo).collect(), queues: queues.gone().map(QueueNo).collect() };
        let closed = CalendarNo(self.calendars.len() as u32);
        self.calendars.push(Calendar::always_closed());
        self.classes = classes.arrange(self.classes, |place| before.classes[place].clone());
        for queue in &mut self.queues {
            queue.overflow = queue.overflow.map(|to| QueueNo(queues.place(to.at())));
        }
        self.queues = queues.arrange(self.queues, |place| gone_queue(&before.queues[place]));
        for line in &mut self.lines {
            line.class = ClassNo(classes.place(line.class.at()));
            line.queue = QueueNo(queues.place(line.queue.at()));
        }
        self.renumber_lines(|line| LineNo(lines.place(line.at())));
        self.renumber_mailboxes(|mailbox| MailboxNo(mailboxes.place(mailbox.at())));
        // Who is led to one that is gone, from a line that is gone, is heard all the same.
        self.mailboxes = mailboxes.arrange(self.mailboxes, |place| gone_mailbox(&before.mailboxes[place]));
        self.lines = lines.arrange(self.lines, |place| Line { calendar: closed, ..before.lines[place].clone() });
        for agent in &mut self.agents {
            for (class, _) in &mut agent.skills {
                *class = ClassNo(classes.place(class.at()));
            }
        }
        // Who waits for what no line asks for any more is taken by those who could take it before.
        let unasked: BTreeSet<ClassNo> = classes.gone().map(ClassNo).collect();
        for agent in &mut self.agents {
            let known = before.agents_by_id.get(&agent.id).map_or(&[][..], |no| &before.agents[no.at()].skills);
            agent.skills.extend(known.iter().filter(|(class, _)| unasked.contains(class)));
            agent.skills.sort_unstable();
        }
        self.agents = agents.arrange(self.agents, |place| gone_agent(&before.agents[place]));
        self.agents_by_id = self.agents.iter().zip(0..).map(|(agent, no)| (agent.id.clone(), AgentNo(no))).collect();
        for number in self.numbers.values_mut() {
            number.line = number.line.map(|line| LineNo(lines.place(line.at())));
        }
        for entry in &mut self.directory {
            match &mut entry.to {
                DirectoryTo::Line { line, .. } => *line = LineNo(lines.place(line.at())),
                DirectoryTo::Agent(agent) => *agent = AgentNo(agents.place(agent.at())),
                DirectoryTo::Number(_) => {}
            }
        }
        self
    }
}

impl Plan {
    /// What the routing core goes by while another plan is tried on one line: this plan, that line as it is in the other, and for
    /// its sake classes, queues and skills that this one doesn't have. Both are in the same numbers, each after the other.
    pub fn trying(&self, tried: &Self, line: LineNo) -> Self {
        let mut both = self.clone();
        let lines = (0..).map(LineNo).zip(&self.lines).filter(|(no, _)| !self.gone.lines.contains(no));
        let asked: BTreeSet<ClassNo> = lines.map(|(_, line)| line.class).collect();
        for queue in &self.gone.queues {
            both.queues[queue.at()] = tried.queues[queue.at()].clone();
        }
        for (agent, known) in both.agents.iter_mut().zip(&tried.agents).filter(|(agent, _)| !agent.has_left()) {
            agent.skills.extend(known.skills.iter().filter(|(class, _)| !asked.contains(class)));
            agent.skills.sort_unstable();
            agent.skills.dedup_by_key(|(class, _)| *class);
        }
        // Its calendar is the other's, and nothing that is routed by.
        both.lines[line.at()] = Line { calendar: self.lines[line.at()].calendar, ..tried.lines[line.at()].clone() };
        both
    }

    /// The line of that id.
    pub fn line_no(&self, id: &str) -> Option<LineNo> {
        (0..).map(LineNo).zip(&self.lines).find(|(_, line)| *line.id == *id).map(|(no, _)| no)
    }
}

/// Nobody is called in for it any more, and it overflows nowhere: no new call comes.
fn gone_queue(before: &Queue) -> Queue {
    Queue { overflow: None, overflow_when: None, standby: None, ..before.clone() }
}

/// Its calendar is the one before's, and known no more.
fn gone_mailbox(before: &Mailbox) -> Mailbox {
    Mailbox { calendar: None, ..before.clone() }
}

fn gone_agent(before: &Agent) -> Agent {
    Agent { name: before.name.clone(), home: before.home, ..Agent::new(before.id.clone()) }
}
