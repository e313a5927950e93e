//! What can go wrong with a network or its files.

use std::path::{Path, PathBuf};

/// An error of this crate. Each variant names the file, id, tensor or argument it is about.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A checkpoint that is no checkpoint: not the format its name says, cut off, or empty.
    #[error("{}: not a usable checkpoint: {reason}", path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A tensor of the checkpoint is absent, one too many, of another shape or type, or holds NaN.
    #[error("{}: tensor \"{tensor}\" {problem}", path.display())]
    Tensor {
        /// The checkpoint.
        path: PathBuf,
        /// The tensor's name in the file.
        tensor: String,
        /// What is wrong with it.
        problem: TensorProblem,
    },
    /// A configuration file that does not describe a network of this crate.
    #[error("{}: {reason}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A folder given as a model that holds none.
    #[error("{}: no model in this folder: {reason}", path.display())]
    NoModel {
        /// The folder.
        path: PathBuf,
        /// What was looked for.
        reason: String,
    },
    /// A model that cannot do what was asked of it, such as text with a network for pictures.
    #[error("the model {id} {reason}")]
    Unsuitable {
        /// The model's id.
        id: String,
        /// What it cannot do.
        reason: String,
    },
    /// A GPU was demanded, and there is none that works.
    #[error("no GPU can be used, because {reason}")]
    NoGpu {
        /// Completes a sentence that ends in "because".
        reason: String,
    },
    /// A network did not answer: the device failed, or the computation panicked.
    #[error("the model {id} failed on {device}: {reason}")]
    Inference {
        /// The model's id.
        id: String,
        /// The device it ran on.
        device: String,
        /// What the device said.
        reason: String,
    },
    /// A network answers something else than what is published for its weights.
    #[error(
        "the model {id} answers \"{text}\" with a vector that differs from the published one by {difference}"
    )]
    WrongAnswer {
        /// The model's id.
        id: String,
        /// The sentence.
        text: String,
        /// The largest difference of a component.
        difference: f32,
    },
    /// The list of models is not usable: only possible with a manifest that was not compiled in.
    #[error("the model manifest is not usable: {what}")]
    Manifest {
        /// What is wrong with it.
        what: String,
    },
    /// No model has this id.
    #[error("there is no model \"{id}\"; known are: {known}")]
    UnknownModel {
        /// What was asked for.
        id: String,
        /// The ids there are.
        known: String,
    },
    /// The model has no files of its own: it can be neither fetched nor removed.
    #[error(
        "the model {id} is built into the program: it is always there, and cannot be fetched, replaced or removed"
    )]
    BuiltIn {
        /// The model's id.
        id: String,
    },
    /// The model's files are not there, or not all of them.
    #[error("the model {id} is not installed: {reason}")]
    NotInstalled {
        /// The model's id.
        id: String,
        /// What is missing or damaged.
        reason: String,
    },
    /// A file is not as long as any file of the model.
    #[error("{}: {found} bytes long, expected {expected}", path.display())]
    WrongSize {
        /// The file.
        path: PathBuf,
        /// The length or lengths that would be right, with the files' names.
        expected: String,
        /// Its length in bytes.
        found: u64,
    },
    /// A file's content is not what the manifest says.
    #[error(
        "{}: SHA-256 is {found}, expected {expected}{}", path.display(),
        kept.as_ref().map(|k| format!("; the bad file was kept as {}", k.display())).unwrap_or_default()
    )]
    WrongHash {
        /// The file as it should be called.
        path: PathBuf,
        /// The hash or hashes that would be right.
        expected: String,
        /// The hash of its content.
        found: String,
        /// Where the bad file lies now, when it was moved aside.
        kept: Option<PathBuf>,
    },
    /// Another program, or another job of this one, is changing the model's files.
    #[error("the files of the model {id} are being changed by another program; try again when it is done")]
    InUse {
        /// The model's id.
        id: String,
    },
    /// There is not enough room for a model file.
    #[error("{}: the disk is too full: {needed} more bytes are needed{}", path.display(),
        available.map(|a| format!(", {a} are free")).unwrap_or_default())]
    DiskFull {
        /// The file to be written.
        path: PathBuf,
        /// Bytes still to be written, with the reserve that stays free.
        needed: u64,
        /// Bytes that are free, where the system says so.
        available: Option<u64>,
    },
    /// A file could not be fetched from this address, nor from the others the manifest names.
    #[error("{url}: {failure}")]
    Download {
        /// The address.
        url: String,
        /// Why not.
        failure: DownloadFailure,
    },
    /// A mirror that is no web address.
    #[error("the mirror \"{mirror}\" is not usable: {reason}")]
    Mirror {
        /// What was given.
        mirror: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The user stopped the job. What was received so far is kept for the next try.
    #[error("cancelled")]
    Cancelled,
    /// A network gave, or was given, numbers that are no numbers.
    #[error("the network's answer is not usable: {what}")]
    NotFinite {
        /// Which numbers.
        what: String,
    },
}

/// What is wrong with a tensor of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TensorProblem {
    /// The network needs it and the file lacks it.
    #[error("is missing")]
    Missing,
    /// The file has it and the network has no place for it.
    #[error("has no place in this network")]
    Unexpected,
    /// Its shape is not the one the network needs.
    #[error("has the shape {found:?} instead of {expected:?}")]
    Shape {
        /// The shape the network needs.
        expected: Vec<usize>,
        /// The shape in the file.
        found: Vec<usize>,
    },
    /// Its numbers are of a type that no network here uses.
    #[error("is of the type {0}; f32, f16 and bf16 are supported")]
    Type(String),
    /// It holds NaN or infinity.
    #[error("holds a number that is not finite, at index {0}")]
    NotFinite(usize),
    /// Its bytes could not be read.
    #[error("could not be read: {0}")]
    Unreadable(String),
}

/// Why an address did not give the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DownloadFailure {
    /// The host's name could not be resolved.
    #[error("the host's name could not be looked up ({0}); is this machine connected to the internet?")]
    Dns(String),
    /// No connection to the host.
    #[error("no connection ({0}); is this machine connected to the internet?")]
    Connect(String),
    /// The encrypted connection could not be set up.
    #[error("no encrypted connection ({0})")]
    Tls(String),
    /// The proxy could not be reached, or refused.
    #[error("the proxy {proxy} did not let the download through: {reason}")]
    Proxy {
        /// The proxy's address, without its password.
        proxy: String,
        /// What it said.
        reason: String,
    },
    /// 401, 403 or 451: the server does not give the file to this machine.
    #[error("the server refuses to give the file (status {0})")]
    Refused(u16),
    /// 404 or 410.
    #[error("the server does not have the file (status {0})")]
    NotFound(u16),
    /// 408, 429 or 5xx, also after the retries.
    #[error("the server cannot answer at the moment (status {status}){}", wait.map(
        |s| format!("; it asks to come back in {s} seconds")).unwrap_or_default())]
    Server {
        /// The HTTP status.
        status: u16,
        /// Seconds the server asked to wait, where that was longer than is reasonable.
        wait: Option<u64>,
    },
    /// Nothing came for so many seconds, also after the retries.
    #[error("the server stopped sending for {0} seconds")]
    Stalled(u64),
    /// The connection broke, also after the retries.
    #[error("the connection broke off after {received} of {expected} bytes ({reason})")]
    Interrupted {
        /// Bytes received so far, kept for the next try.
        received: u64,
        /// Length of the file.
        expected: u64,
        /// What the connection said.
        reason: String,
    },
    /// An answer that makes no sense, such as a web page in place of the file.
    #[error("unexpected answer: {0}")]
    Unexpected(String),
}

impl DownloadFailure {
    /// A stable word for programs, one for each thing that a person can do about it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Dns(_) => "dns",
            Self::Connect(_) | Self::Tls(_) => "connect",
            Self::Proxy { .. } => "proxy",
            Self::Refused(_) => "refused",
            Self::NotFound(_) => "not-there",
            Self::Server { .. } => "server-busy",
            Self::Stalled(_) | Self::Interrupted { .. } => "broken-off",
            Self::Unexpected(_) => "download",
        }
    }
}

impl ModelError {
    /// A stable word for programs; `model` for all that nobody tells apart.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Download { failure, .. } => failure.code(),
            Self::WrongHash { kept: Some(_), .. } => "wrong-download",
            Self::WrongHash { kept: None, .. } | Self::WrongSize { .. } => "wrong-file",
            Self::DiskFull { .. } => "disk-full",
            Self::InUse { .. } => "model-in-use",
            Self::Mirror { .. } => "mirror",
            Self::NoGpu { .. } => "no-gpu",
            Self::Cancelled => "cancelled",
            _ => "model",
        }
    }

    /// An I/O error with the path it happened at.
    pub fn io(path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Self::Io { path: path.as_ref().to_path_buf(), source }
    }
}
