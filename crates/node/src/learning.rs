//! What is expected of the next half-hour, learnt from all facts that are kept: a thread that no call waits for.
//!
//! Reads facts at the start and each night, and hands the routing core new tables each half-hour. Whatever goes wrong here
//! is logged and counted; calls go on with what was expected before.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use forecast::{Learner, Outlook, next_half_hour};
use model::{AgentId, Moment, TopicId};
use plan::Plan;
use store::{Database, Spool};
use tokio::runtime::Handle;

use crate::clock::Clock;
use crate::planning::{Current, Expected};

/// Facts that are read at once.
const PAGE: usize = 5_000;
/// Hours after midnight at which the day's facts are folded; on the two days of the clock change it is an hour beside it.
const NIGHT: Duration = Duration::from_secs(3 * 3_600);
/// After a fault, the next try comes this much later.
const AFTER_A_FAULT: Duration = Duration::from_secs(60);

/// What others may see of the learning.
#[derive(Debug, Default)]
pub(crate) struct Learnt {
    /// When the expectations in force were made, µs since 1970; 0: none were yet.
    made_us: AtomicI64,
    /// Days of own facts behind them.
    days_known: AtomicU64,
    facts: AtomicU64,
    faults: AtomicU64,
    stopping: AtomicBool,
}

impl Learnt {
    /// Brings the gauges of the metrics page up to date. Without any expectations there is no age.
    pub(crate) fn publish(&self, now: Moment) {
        let made = Moment::from_micros(self.made_us.load(Relaxed));
        if made != Moment::EPOCH {
            metrics::gauge!("samkald_outlook_age_seconds").set(now.since(made).as_secs_f64());
        }
        metrics::gauge!("samkald_outlook_known_days").set(self.days_known.load(Relaxed) as f64);
        metrics::counter!("samkald_learnt_facts_total").absolute(self.facts.load(Relaxed));
        metrics::counter!("samkald_learning_faults_total").absolute(self.faults.load(Relaxed));
    }
}

/// Where facts come from, and where expectations go.
pub(crate) struct Sources {
    pub(crate) clock: Clock,
    pub(crate) current: Current,
    pub(crate) expected: Arc<Expected>,
    pub(crate) spool: Arc<Spool>,
    pub(crate) database: Database,
    pub(crate) office: Handle,
}

/// The thread; it ends when it is told to.
pub(crate) struct Learning {
    learnt: Arc<Learnt>,
    /// Dropped: wake up and end.
    bell: Sender<()>,
    thread: JoinHandle<()>,
}

impl Learning {
    /// Begins to learn. `before` is run on the thread first (its priority).
    pub(crate) fn start(learnt: Arc<Learnt>, sources: Sources, before: fn()) -> std::io::Result<Self> {
        let (bell, rung) = channel();
        let seen = learnt.clone();
        let thread = std::thread::Builder::new().name("learner".to_owned()).spawn(move || {
            before();
            Student::new(sources, seen).run(&rung);
        })?;
        Ok(Self { learnt, bell, thread })
    }

    /// Ends the thread; at most a page of facts is still read.
    pub(crate) fn stop(self) {
        self.learnt.stopping.store(true, Relaxed);
        drop(self.bell);
        if self.thread.join().is_err() {
            tracing::error!("the learner had ended by a bug");
        }
    }
}

/// Whoever learns.
struct Student {
    sources: Sources,
    learnt: Arc<Learnt>,
    learner: Learner,
    last_no: u64,
    /// When the facts are folded next.
    night: Moment,
}

impl Student {
    fn new(sources: Sources, learnt: Arc<Learnt>) -> Self {
        Self { sources, learnt, learner: Learner::new(), last_no: 0, night: Moment::EPOCH }
    }

    fn run(mut self, rung: &Receiver<()>) {
        loop {
            let next = match catch_unwind(AssertUnwindSafe(|| self.turn())) {
                Ok(Ok(next)) => next,
                Ok(Err(fault)) => self.fault(&fault.to_string()),
                Err(_) => {
                    // What was learnt can't be trusted any more: all facts are folded anew.
                    (self.learner, self.last_no, self.night) = (Learner::new(), 0, Moment::EPOCH);
                    self.fault("a bug in the fold")
                }
            };
            let wait = next.since(self.sources.clock.now());
            if self.learnt.stopping.load(Relaxed) || rung.recv_timeout(wait) != Err(RecvTimeoutError::Timeout) {
                return;
            }
        }
    }

    /// Counts it, and says when to try again.
    fn fault(&self, what: &str) -> Moment {
        self.learnt.faults.fetch_add(1, Relaxed);
        tracing::warn!(what, "the learner failed: calls go on by what was expected before");
        self.sources.clock.now() + AFTER_A_FAULT
    }

    /// Folds if it is night, and says what is expected now. Returns when the next turn is due.
    fn turn(&mut self) -> anyhow::Result<Moment> {
        let now = self.sources.clock.now();
        if now >= self.night {
            self.fold()?;
            self.night = next_night(now);
        }
        if !self.learnt.stopping.load(Relaxed) {
            self.publish();
        }
        Ok(next_half_hour(self.sources.clock.now()))
    }

    /// Reads what was saved since the last time.
    fn fold(&mut self) -> anyhow::Result<()> {
        while !self.learnt.stopping.load(Relaxed) {
            let asked = self.sources.database.facts_after(&self.sources.spool, self.last_no, PAGE);
            let facts = self.sources.office.block_on(asked)?;
            let Some(last) = facts.last() else { break };
            self.last_no = last.fact_no;
            for numbered in &facts {
                self.learner.apply(&numbered.fact);
            }
            self.learnt.facts.fetch_add(facts.len() as u64, Relaxed);
        }
        let health = self.learner.health();
        tracing::info!(up_to = self.last_no, ?health, "facts are learnt from");
        Ok(())
    }

    fn publish(&self) {
        let now = self.sources.clock.now();
        let levels = levels(&self.sources.current.plan());
        let level_of = |agent: &AgentId, topic: &TopicId| levels.get(&(agent.clone(), topic.clone())).copied();
        let outlook: Outlook = self.learner.outlook(now, level_of);
        self.learnt.days_known.store(u64::from(outlook.days_known), Relaxed);
        let (days_known, classes) = (outlook.days_known, outlook.classes.len());
        self.sources.expected.expect(outlook);
        self.learnt.made_us.store(now.as_micros(), Relaxed);
        tracing::debug!(days_known, classes, "a new outlook");
    }
}

/// Each agent's level of skill by topic: the best of the agent's languages.
fn levels(plan: &Plan) -> BTreeMap<(AgentId, TopicId), u8> {
    let mut levels = BTreeMap::new();
    for agent in &plan.agents {
        for (class, level) in &agent.skills {
            let known = levels.entry((agent.id.clone(), plan.classes[class.at()].topic.clone())).or_insert(*level);
            *known = (*known).min(*level);
        }
    }
    levels
}

/// The next night's hour after `now`.
fn next_night(now: Moment) -> Moment {
    let (today, tomorrow) = tally::day_of(now);
    if now < today + NIGHT { today + NIGHT } else { tomorrow + NIGHT }
}

#[cfg(test)]
mod tests {
    use model::{About, Fact, FactId, What};
    use store::SpoolOptions;
    use tally::Append;

    use super::*;
    use crate::shard::{Mail, Mailbox};

    #[test]
    fn facts_are_folded_at_three_in_the_night() {
        // 21 November 2026, 10:00 in Copenhagen, and 02:59:59 the night after.
        let morning = Moment::from_secs(1_795_251_600);
        let three = Moment::from_secs(1_795_251_600 + 17 * 3_600);
        assert_eq!(next_night(morning), three);
        assert_eq!(next_night(three - Duration::from_secs(1)), three);
        assert_eq!(next_night(three), three + Duration::from_secs(24 * 3_600));
    }

    #[test]
    fn an_agents_level_for_a_topic_is_the_best_of_the_languages() {
        let text = "topics = [{ id = \"pas\", title = \"Pas\" }]\n\
            languages = [{ id = \"da\", title = \"dansk\" }, { id = \"en\", title = \"engelsk\" }]\n\
            queues = [{ id = \"pas\", title = \"Pas\" }]\n\
            [[lines]]\nid = \"da\"\ntitle = \"Pas\"\ntopic = \"pas\"\nlanguage = \"da\"\nqueue = \"pas\"\n\
            calendar = \"always\"\nwait_max_s = 60\n\
            [[agents]]\nid = \"anna\"\npassword = \"hemmelig\"\nskills = { pas = 3 }\n";
        let plan = plan::read_plan(text).unwrap_or_else(|faults| panic!("{faults:?}"));
        assert_eq!(levels(&plan).get(&("anna".into(), "pas".into())), Some(&3));
    }

    fn student(spool: SpoolOptions) -> (tempfile::TempDir, tokio::runtime::Runtime, Student, Arc<Mailbox>) {
        let folder = tempfile::tempdir().expect("a folder");
        let office = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let office = office.expect("a runtime");
        let (spool, _) = Spool::open(folder.path(), spool).expect("the spool opens");
        let database = {
            let _inside = office.enter();
            Database::new(&folder.path().join("not-there-yet/samkald.db"))
        };
        let mailbox = Arc::new(Mailbox::new(1, sip::net::LoadSettings::default()));
        let sources = Sources {
            clock: Clock::start(),
            current: Current::at_start(Arc::new(Plan::default()), 1, Moment::EPOCH),
            expected: Arc::new(Expected::new(Arc::new(Plan::default()), mailbox.clone())),
            spool: Arc::new(spool),
            database,
            office: office.handle().clone(),
        };
        let student = Student::new(sources, Arc::default());
        (folder, office, student, mailbox)
    }

    fn save(student: &Student, facts: u128) {
        let (saved, is_saved) = channel();
        let fact = |no| Fact { id: FactId(no), at: Moment::from_secs(9), about: About::Node, what: What::NodeDraining };
        let when_saved = Some(Box::new(move || saved.send(()).expect("somebody waits")) as tally::WhenSaved);
        let append = Append { facts: (1..=facts).map(fact).collect(), persons: Vec::new(), when_saved };
        student.sources.spool.door().append(append).expect("there is room");
        is_saved.recv().expect("it is saved");
    }

    #[test]
    fn what_is_kept_is_read_at_the_start_and_the_core_hears_of_it() {
        let (_folder, _office, mut student, mailbox) = student(SpoolOptions::default());
        save(&student, 3);
        let next = student.turn().expect("it is learnt from");
        assert!(next > student.sources.clock.now(), "the next turn is at a half-hour");
        assert!(matches!(mailbox.take(Moment::EPOCH), Some(Mail::Expect(_))));
        assert_eq!((student.learnt.facts.load(Relaxed), student.learnt.faults.load(Relaxed)), (3, 0));
        student.turn().expect("a second turn");
        assert_eq!(student.learnt.facts.load(Relaxed), 3, "no fact is read twice");
    }

    #[test]
    fn a_database_that_is_away_is_counted_and_asked_again() {
        let (_folder, _office, mut student, mailbox) =
            student(SpoolOptions { segment_bytes_max: 1_000, ..SpoolOptions::default() });
        for _ in 0..20 {
            save(&student, 10);
        }
        student.sources.spool.release(150, |_| false).expect("they can go");
        let fault = student.turn().expect_err("the oldest facts are in the database only");
        let again = student.fault(&fault.to_string());
        assert!(again > student.sources.clock.now() && again < student.sources.clock.now() + 2 * AFTER_A_FAULT);
        assert_eq!(student.learnt.faults.load(Relaxed), 1);
        assert!(mailbox.take(Moment::EPOCH).is_none(), "what was expected before stays in force");
    }
}
