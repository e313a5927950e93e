//! What the page is told unasked.

mod hub;
mod outbox;

pub(crate) use hub::Hub;
