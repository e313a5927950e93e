//! Pictures for the page: `thumb://localhost/photo/<id>/256`. Asked for by id or token, never by path.

mod address;
mod answer;
mod pool;

use std::sync::Arc;

use tauri::http::{Method, Request, Response, StatusCode};

use self::address::Address;
use self::pool::Pool;
use crate::opening::Opening;
use crate::query_pictures::QueryPictures;

/// The name of the scheme.
pub(crate) const SCHEME: &str = "thumb";

/// Answers requests for pictures from a few threads.
pub(crate) struct Pictures {
    pool: Pool,
    library: Arc<Opening>,
    query_pictures: Arc<QueryPictures>,
}

impl Pictures {
    pub(crate) fn new(library: Arc<Opening>, query_pictures: Arc<QueryPictures>) -> Self {
        // Decoding takes a core each, and the page is to stay smooth.
        let threads = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8);
        Self { pool: Pool::new(threads), library, query_pictures }
    }

    /// Answers a request. What makes no sense is refused at once; the rest waits for a thread, the newest request first.
    pub(crate) fn answer(
        &self,
        request: &Request<Vec<u8>>,
        reply: impl FnOnce(Response<Vec<u8>>) + Send + 'static,
    ) {
        if request.method() != Method::GET && request.method() != Method::HEAD {
            return reply(answer::refused(StatusCode::METHOD_NOT_ALLOWED));
        }
        let address = match Address::of(request.uri()) {
            Ok(address) => address,
            Err(status) => return reply(answer::refused(status)),
        };
        let known = answer::known_to(request.headers());
        let (library, query_pictures) = (Arc::clone(&self.library), Arc::clone(&self.query_pictures));
        self.pool.run(move || {
            // A decoder's panic is caught where it decodes; this is for everything else.
            let answered = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                answer::answer(&library, &query_pictures, &address, &known)
            }));
            reply(answered.unwrap_or_else(|_| answer::refused(StatusCode::INTERNAL_SERVER_ERROR)));
        });
    }
}
