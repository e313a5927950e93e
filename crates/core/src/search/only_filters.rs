//! Queries that only say which photos are meant.

use super::filter::Filter;
use super::parse::parse;
use super::query_error::{QueryError, QueryProblem};

/// Reads a query of filters alone; an empty one lets every photo pass.
///
/// # Errors
/// Those of [`parse`]; [`QueryProblem::OnlyFilters`] where there is anything to look for.
pub fn parse_filters(query: &str) -> Result<Filter, QueryError> {
    let parsed = parse(query)?;
    match parsed.terms.is_empty() {
        true => Ok(parsed.filter),
        false => Err(QueryError::new(QueryProblem::OnlyFilters, query, 0..query.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_taken_and_words_are_refused() {
        assert!(parse_filters("  ").unwrap().is_empty());
        assert_eq!(parse_filters("folder:rome").unwrap().folders, ["rome"]);
        let error = parse_filters("folder:rome 바다").unwrap_err();
        assert_eq!((error.problem, error.chars), (QueryProblem::OnlyFilters, 0..14));
        assert_ne!(parse_filters("date:x").unwrap_err().problem, QueryProblem::OnlyFilters);
    }
}
