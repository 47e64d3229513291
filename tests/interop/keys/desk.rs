//! An agent's desk in the terminal, as a person types and reads there: what is asked for is a line with some words, in order.
//! Knows `samkald desk`; knows no call, and no phone.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use samkald_tests::{program, until};

use super::house::House;

/// Longest wait for a line.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between a question and the next.
const BETWEEN: Duration = Duration::from_secs(1);

/// A desk that somebody sits at; closed when dropped.
pub(crate) struct Desk {
    child: Child,
    hands: ChildStdin,
    lines: Receiver<String>,
    said: Vec<String>,
    /// So many lines were asked for already.
    asked: usize,
}

impl Desk {
    /// An agent of the house logs in.
    pub(crate) fn of(house: &House, agent: &str) -> Self {
        let mut command = Command::new(program());
        command.args(["desk", "--agent", agent, "--server", &format!("http://{}", house.centre.http())]);
        command.env("SAMKALD_PASSWORD", format!("{agent}-secret")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program can be started");
        let (hands, output) = (child.stdin.take().expect("ours"), child.stdout.take().expect("ours"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut desk = Self { child, hands, lines, said: Vec::new(), asked: 0 };
        desk.says("er logget ind");
        desk
    }

    /// Types a line.
    pub(crate) fn types(&mut self, line: &str) {
        writeln!(self.hands, "{line}").expect("the desk listens");
    }

    /// Types a line again and again until a line with these words comes.
    pub(crate) fn asks_until(&mut self, line: &str, words: &str) -> String {
        let there = until(PATIENCE, || {
            self.types(line);
            std::thread::sleep(BETWEEN);
            self.said.extend(self.lines.try_iter());
            self.said[self.asked..].iter().any(|said| said.contains(words)).then_some(())
        });
        assert!(there.is_some(), "the desk never says `{words}`, but {:#?}", self.said);
        self.says(words)
    }

    /// The next line with these words, after the one that was asked for last.
    pub(crate) fn says(&mut self, words: &str) -> String {
        let begun = Instant::now();
        loop {
            if let Some(at) = self.said[self.asked..].iter().position(|line| line.contains(words)) {
                self.asked += at + 1;
                return self.said[self.asked - 1].clone();
            }
            let left = PATIENCE.saturating_sub(begun.elapsed());
            let line = self.lines.recv_timeout(left);
            self.said.push(line.unwrap_or_else(|_| panic!("the desk never says `{words}`, but {:#?}", self.said)));
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
