//! What if: recorded or invented days through the real routing core on virtual time, and what becomes of the figures.
//!
//! Knows scenarios, policies and statistics; knows no sockets, no storage and no real clock.
