//! What the tests that span crates share: the source tree as it stands, the workspace as cargo sees it, and a
//! running centre with real phones around it. Knows the program only from outside, as an operator does.

mod tree;
mod workspace;

pub use tree::{Source, rust_sources, text_files, top};
pub use workspace::{Crate, OutsideCrate, Workspace};
