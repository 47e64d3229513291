//! Shared means of the tests that span crates.
