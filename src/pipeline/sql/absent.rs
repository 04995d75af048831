//! A build without SQL: a script is refused.

use super::super::build::BuiltSource;
use super::super::config::PipelineFile;
use super::super::problem::Gathered;

/// The topics that the pipeline's views write; `None` where they are not known.
pub(in super::super) async fn check(
    file: &PipelineFile,
    _sources: &[BuiltSource],
    problems: &mut Gathered,
) -> Option<Vec<String>> {
    let Some(sql) = &file.sql else { return Some(Vec::new()) };
    problems.add(sql.place, "this riverrun was built without SQL; build it with feature 'sql'");
    None
}
