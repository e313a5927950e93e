//! Interrupts: Ctrl-C, a request to terminate, a terminal that hangs up.
//!
//! The first one asks the job at hand to stop at a good place. A second one ends the program, and so does the first
//! one where no job is at hand.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use kindred_core::release_gpu_sentinels;

use crate::exit_code::ExitCode;
use crate::progress::tell;

/// What the next interrupt meets.
enum AtHand {
    /// Nothing that would have to be finished.
    Nothing,
    /// A job, and how to ask it to stop.
    Job(Box<dyn Fn() + Send>),
    /// A job that was asked to stop.
    Stopping,
}

static AT_HAND: Mutex<AtHand> = Mutex::new(AtHand::Nothing);

/// Listens for interrupts from now on; to be called before any thread is started. Those that whoever started the
/// program switched off stay so: `nohup` does it with the hang-up, a script with the Ctrl-C of what it runs in the
/// background.
pub(crate) fn listen() {
    if let Err(error) = listen_to_signals() {
        tracing::warn!("interrupts end this program at once: {error}");
    }
}

/// From now on an interrupt calls `cancel`, once. After an interrupt it is called at once.
pub(crate) fn on_interrupt(cancel: impl Fn() + Send + 'static) {
    let mut at_hand = at_hand();
    match *at_hand {
        AtHand::Stopping => cancel(),
        AtHand::Nothing | AtHand::Job(_) => *at_hand = AtHand::Job(Box::new(cancel)),
    }
}

fn interrupted() {
    let mut at_hand = at_hand();
    match std::mem::replace(&mut *at_hand, AtHand::Stopping) {
        AtHand::Job(cancel) => {
            cancel();
            // A terminal shows `^C` where the line was.
            tell("");
            tell("Finishing what is at hand. Interrupt once more to end at once.");
        }
        AtHand::Nothing | AtHand::Stopping => end(),
    }
}

/// The only place where an interrupt ends the program. What was written stays; the next run goes on from there. A GPU
/// that is being started is not to blame for this end.
fn end() -> ! {
    release_gpu_sentinels();
    std::process::exit(ExitCode::Interrupted.number().into())
}

fn at_hand() -> MutexGuard<'static, AtHand> {
    AT_HAND.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(unix)]
fn listen_to_signals() -> io::Result<()> {
    use nix::sys::signal::{SigSet, Signal};

    let interrupts = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP];
    let wanted: SigSet = interrupts.into_iter().filter(|signal| !is_ignored(*signal)).collect();
    // Every thread that is started after this one holds them back, too: only the one that waits for them gets them.
    wanted.thread_block()?;
    let wait = move || {
        while wanted.wait().is_ok() {
            interrupted();
        }
    };
    std::thread::Builder::new().name("interrupts".to_owned()).spawn(wait).map(drop)
}

#[cfg(not(unix))]
fn listen_to_signals() -> io::Result<()> {
    ctrlc::set_handler(interrupted).map_err(io::Error::other)
}

/// The signal does nothing to this program, because whoever started it wanted it so.
#[cfg(unix)]
fn is_ignored(signal: nix::sys::signal::Signal) -> bool {
    use nix::libc;

    let mut action = std::mem::MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: given no new action, the call changes nothing and writes the present one to `action`, which has room for
    // it. That is read only when the call says that it succeeded.
    unsafe {
        libc::sigaction(signal as libc::c_int, std::ptr::null(), action.as_mut_ptr()) == 0
            && action.assume_init().sa_sigaction == libc::SIG_IGN
    }
}
