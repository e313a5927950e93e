//! `kindred retry`: tries the photos again that could not be read.

use kindred_core::IndexRequest;

use super::index;
use crate::context::Context;
use crate::failure::Failure;

pub(crate) fn run(arguments: index::ModelArguments, context: &Context) -> Result<(), Failure> {
    index::run(
        IndexRequest { retry_failed: true, models: arguments.model, ..IndexRequest::default() },
        context,
    )
}
