//! Events that wait to be sent. Of the samples of one thing only the latest is kept.

use std::collections::VecDeque;

use crate::values::{Event, IndexPhase, ModelPhase};

/// Events in the order in which they are to be sent.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: VecDeque<Event>,
    /// The latest sample of every job that goes on: what a page that begins to watch is told first.
    running: Vec<Event>,
}

/// What an event is a sample of.
#[derive(Debug, PartialEq, Eq)]
enum Subject<'a> {
    Index,
    Library,
    Model(&'a str),
    Exploring(u64),
    Drag,
    /// Of its own kind: nothing takes its place.
    Once,
}

impl Outbox {
    /// Takes an event. It takes the place of an earlier sample of the same thing that was not sent yet; the end of a
    /// job is no sample.
    pub(super) fn push(&mut self, event: Event) {
        let subject = subject_of(&event);
        if subject != Subject::Once {
            self.waiting.retain(|earlier| subject_of(earlier) != subject || is_end(earlier));
        }
        if is_job(&event) {
            self.running.retain(|earlier| subject_of(earlier) != subject);
            if !is_end(&event) {
                self.running.push(event.clone());
            }
        }
        self.waiting.push_back(event);
    }

    /// Everything that waits.
    pub(super) fn take(&mut self) -> Vec<Event> {
        self.waiting.drain(..).collect()
    }

    /// Nobody watches: what only a page that sees it now could use is dropped.
    pub(super) fn keep_for_later(&mut self) {
        self.waiting.retain(|event| matches!(event, Event::Open(_)));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The latest samples of the jobs that go on.
    pub(super) fn running(&self) -> &[Event] {
        &self.running
    }
}

fn subject_of(event: &Event) -> Subject<'_> {
    match event {
        Event::Index(_) => Subject::Index,
        Event::Library { .. } => Subject::Library,
        Event::Model(progress) => Subject::Model(&progress.id),
        Event::Exploring(progress) => Subject::Exploring(progress.ticket),
        Event::Drop { .. } => Subject::Drag,
        Event::Dropped(_) | Event::Open(_) => Subject::Once,
    }
}

fn is_job(event: &Event) -> bool {
    matches!(event, Event::Index(_) | Event::Model(_))
}

fn is_end(event: &Event) -> bool {
    match event {
        Event::Index(progress) => matches!(progress.phase, IndexPhase::Done | IndexPhase::Failed),
        Event::Model(progress) => {
            matches!(progress.phase, ModelPhase::Done | ModelPhase::Paused | ModelPhase::Failed)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::{IndexProgress, ModelProgress, Offered};
    use kindred_core::Progress;

    fn index(phase: IndexPhase, done: u64) -> Event {
        Event::Index(IndexProgress { phase, done, ..IndexProgress::of(&Progress::default(), false) })
    }

    fn model(id: &str, phase: ModelPhase, bytes: u64) -> Event {
        let (id, error) = (id.to_owned(), None);
        Event::Model(ModelProgress { id, phase, bytes, total: 9, rate: 0, seconds_left: None, error })
    }

    #[test]
    fn the_latest_sample_takes_the_place_of_earlier_ones_and_ends_stay() {
        use IndexPhase::{Done, Indexing};
        let mut outbox = Outbox::default();
        let opened = || Event::Open(Offered { folders: vec!["/a".into()], ..Offered::default() });
        for event in [
            index(Indexing, 1),
            Event::Library { revision: 1 },
            index(Indexing, 2),
            model("a", ModelPhase::Downloading, 1),
            model("b", ModelPhase::Downloading, 1),
            model("a", ModelPhase::Downloading, 2),
            index(Done, 3),
            opened(),
            Event::Library { revision: 2 },
            index(Indexing, 0),
            opened(),
        ] {
            outbox.push(event);
        }
        let expected = [
            model("b", ModelPhase::Downloading, 1),
            model("a", ModelPhase::Downloading, 2),
            index(Done, 3),
            opened(),
            Event::Library { revision: 2 },
            index(Indexing, 0),
            opened(),
        ];
        let running = [
            model("b", ModelPhase::Downloading, 1),
            model("a", ModelPhase::Downloading, 2),
            index(Indexing, 0),
        ];
        assert_eq!(outbox.running(), running);
        assert_eq!(outbox.take(), expected);
        assert!(outbox.is_empty());
    }

    #[test]
    fn a_job_that_has_ended_is_not_told_to_who_comes_later() {
        let mut outbox = Outbox::default();
        outbox.push(model("a", ModelPhase::Downloading, 1));
        outbox.push(model("a", ModelPhase::Failed, 1));
        outbox.push(Event::Open(Offered::default()));
        assert!(outbox.running().is_empty());
        outbox.keep_for_later();
        assert_eq!(outbox.take(), [Event::Open(Offered::default())]);
    }
}
