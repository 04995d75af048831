//! The script, planned by streaming SQL itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use riverrun_streams::sql::dialect::{Statement, parse};
use riverrun_streams::sql::{ContinuousQuery, SqlSession};

use super::super::build::BuiltSource;
use super::super::config::PipelineFile;
use super::super::problem::Gathered;
use super::super::yaml::{Node, place_within};
use super::Plan;
use super::declare::declaration;
use super::plan_log::PlanLog;
use super::script::{Piece, split};

/// A materialized view, ready to run.
#[derive(Debug)]
pub(in super::super) struct Query {
    /// What runs it.
    pub(super) query: ContinuousQuery,
}

impl Query {
    /// The topics that it writes: its own, then the one for late rows.
    pub(in super::super) fn outputs(&self) -> impl Iterator<Item = &str> {
        self.query.outputs.iter().map(|topic| topic.name.as_str())
    }
}

/// What a pipeline's script comes to; `None` if that cannot be said, with the reasons in `problems`.
///
/// `partitions` holds the topics that are there already, with their numbers of partitions.
pub(in super::super) async fn plan(
    file: &PipelineFile,
    sources: &[BuiltSource],
    partitions: &BTreeMap<String, i32>,
    problems: &mut Gathered,
) -> Option<Plan> {
    let Some(node) = &file.sql else { return Some(Plan::default()) };
    let script = node.text()?;
    let log = PlanLog::new(partitions.clone());
    let mut session = match SqlSession::new(Arc::new(log.clone())) {
        Ok(session) => session,
        Err(error) => {
            problems.add(node.place, error.message);
            return None;
        }
    };
    let mut planner = Planner { session: &mut session, file, node, problems, broken: Vec::new() };
    for source in sources {
        planner.declare(source).await;
    }
    let missing =
        file.sources.iter().filter(|spec| !sources.iter().any(|source| source.spec.name == spec.name));
    planner.broken.extend(missing.map(|spec| spec.name.clone()));
    let mut queries = Vec::new();
    for piece in split(script) {
        queries.extend(planner.statement(&piece).await);
    }
    let whole = planner.broken.is_empty();
    // Declared relations whose topics the pipeline's own sources write are there by then.
    let own = |name: &str| file.sources.iter().any(|source| source.topic.name == name);
    let topics = log.made().into_iter().filter(|topic| !own(&topic.name)).collect();
    whole.then_some(Plan { queries, topics })
}

struct Planner<'a> {
    session: &'a mut SqlSession,
    file: &'a PipelineFile,
    node: &'a Node,
    problems: &'a mut Gathered,
    /// Names that should be there and are not, because what makes them is wrong. What names them is not judged: its
    /// errors would only repeat the first.
    broken: Vec<String>,
}

impl Planner<'_> {
    async fn declare(&mut self, source: &BuiltSource) {
        let Some(statement) = declaration(source, self.problems) else {
            self.broken.push(source.spec.name.clone());
            return;
        };
        if let Err(error) = self.session.plan(&statement, &self.file.name).await {
            let message = format!("source '{}' cannot be read with SQL: {}", source.spec.name, error.message);
            self.problems.add(source.spec.place, message);
            self.broken.push(source.spec.name.clone());
        }
    }

    async fn statement(&mut self, piece: &Piece<'_>) -> Vec<Query> {
        let parsed = parse(piece.text);
        let name = match parsed.as_ref().map(|parsed| parsed.first().map(|first| &first.statement)) {
            Ok(Some(Statement::CreateMaterializedView(view))) => Some(view.name.clone()),
            Ok(Some(Statement::CreateView { name, .. })) => Some(name.clone()),
            Ok(Some(Statement::CreateRelation(relation))) => Some(relation.name.clone()),
            Ok(_) => None,
            // The name of what does not parse is most often its third or fourth word.
            Err(_) => view_name(piece.text),
        };
        if parsed.is_ok() && self.broken.iter().any(|broken| names(piece.text, broken)) {
            self.broken.extend(name);
            return Vec::new();
        }
        let planned = match parsed {
            Ok(_) => self.session.plan(piece.text, &self.file.name).await,
            Err(error) => Err(error),
        };
        match planned {
            Ok(queries) => queries.into_iter().map(|query| Query { query }).collect(),
            Err(error) => {
                let (line, column) = error.position.unwrap_or((1, 1));
                let (line, column) = piece.place(line, column);
                self.problems.add(place_within(self.node, line, column), error.message.replace('\n', "; "));
                self.broken.push(name.unwrap_or_default());
                Vec::new()
            }
        }
    }
}

/// Whether a statement names `name`: as a word of its own, in any case.
fn names(statement: &str, name: &str) -> bool {
    let part_of_word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
    !name.is_empty()
        && statement.split(|letter| !part_of_word(letter)).any(|word| word.eq_ignore_ascii_case(name))
}

/// The name of a view whose statement does not parse.
fn view_name(statement: &str) -> Option<String> {
    let mut words = statement.split_whitespace();
    words.find(|word| ["VIEW", "STREAM", "TABLE"].iter().any(|kind| word.eq_ignore_ascii_case(kind)))?;
    words.next().map(|word| word.trim_matches(|letter| letter == '"' || letter == '(').to_owned())
}
