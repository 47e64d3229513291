//! What citizens meet before, beside and in place of an agent, with real phones: each story is told by what they hear, press and
//! say. The sounds of this house are tones, so that a story can name them (`samkald_tests::Melody`).

mod booking;
mod bot;
mod callback;
mod desk;
mod handing_on;
mod house;
mod menus;
mod messages;
mod phone;
mod voicemail;
mod waiting;
mod ways;
mod wrap_up;
