//! An agent's desk and the supervision door, moved by a person's wishes, one at a time: `tests/wishes.py` carries them out, a
//! client that knows nothing but reflection. Knows no call.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::{RunningCentre, python, top};

/// An agent who is logged in.
pub struct Wishes {
    child: Child,
    hands: ChildStdin,
    lines: BufReader<ChildStdout>,
}

impl Wishes {
    /// Logs an agent in.
    pub fn of(centre: &RunningCentre, agent: &str, password: &str) -> Self {
        let mut command = Command::new(python().expect("it was there a moment ago"));
        command.arg(top().join("tests/wishes.py")).args([&centre.http().to_string(), agent, password]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python can be started");
        let (hands, output) = (child.stdin.take().expect("ours"), child.stdout.take().expect("ours"));
        let mut wishes = Self { child, hands, lines: BufReader::new(output) };
        assert_eq!(wishes.line(), "ready");
        wishes
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("the client says something");
        line.trim().to_owned()
    }

    fn wish(&mut self, wish: &str) -> String {
        writeln!(self.hands, "{wish}").expect("the client listens");
        self.line()
    }

    /// Wishes this: `WISH_ASK bo`, `SUPERVISING_LISTEN bo CALL`. It is done, or the test fails.
    pub fn come_true(&mut self, wish: &str) {
        assert_eq!(self.wish(wish), "done", "{wish}");
    }

    /// Wishes this, and tells why it was refused: the status, then the words.
    pub fn refused(&mut self, wish: &str) -> String {
        let told = self.wish(wish);
        told.strip_prefix("refused ").unwrap_or_else(|| panic!("{wish} was not refused: {told}")).to_owned()
    }
}

impl Drop for Wishes {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
