//! The script judged by streaming SQL itself.

use riverrun_streams::sql::dialect::{Statement, parse};

use super::super::build::BuiltSource;
use super::super::config::PipelineFile;
use super::super::problem::Gathered;
use super::super::yaml::place_within;
use super::script::split;

/// The topics that the pipeline's views write; `None` where they are not known.
pub(in super::super) async fn check(
    file: &PipelineFile,
    _sources: &[BuiltSource],
    problems: &mut Gathered,
) -> Option<Vec<String>> {
    let Some(node) = &file.sql else { return Some(Vec::new()) };
    let script = node.text()?;
    for piece in split(script) {
        let (position, message) = match parse(piece.text) {
            Ok(statements) => match statements.first().map(|parsed| &parsed.statement) {
                Some(Statement::CreateMaterializedView(_)) => {
                    (None, "continuous queries are not part of this build".to_owned())
                }
                _ => continue,
            },
            Err(error) => (error.position, error.message),
        };
        let (line, column) = position.unwrap_or((1, 1));
        let (line, column) = piece.place(line, column);
        problems.add(place_within(node, line, column), message);
    }
    None
}
