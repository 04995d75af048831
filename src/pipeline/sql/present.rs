//! The script, planned by streaming SQL itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use riverrun_streams::sql::{ContinuousQuery, Doubt, SqlSession};

use super::super::config::PipelineFile;
use super::super::known::{self, KnownSource};
use super::super::problem::Gathered;
use super::super::yaml::place_within;
use super::Plan;
use super::declare::declaration;
use super::plan_log::PlanLog;
use super::script::split;

/// A materialized view, ready to run.
#[derive(Debug)]
pub(in super::super) struct Query {
    /// What runs it.
    pub(super) query: ContinuousQuery,
}

impl Query {
    /// What the application that runs it is called.
    pub(in super::super) fn application(&self) -> &str {
        self.query.topology.application_id()
    }

    /// The topics that it writes: its own, then the one for late rows.
    pub(in super::super) fn outputs(&self) -> impl Iterator<Item = &str> {
        self.query.outputs.iter().map(|topic| topic.name.as_str())
    }
}

/// What a pipeline's script comes to; what is wrong with it goes to `problems`.
///
/// `partitions` holds the topics that are there already, with their numbers of partitions.
pub(in super::super) async fn plan(
    file: &PipelineFile,
    sources: &[KnownSource],
    partitions: &BTreeMap<String, i32>,
    problems: &mut Gathered,
) -> Plan {
    let Some(node) = &file.sql else { return Plan::default() };
    let mut plan = Plan::default();
    let Some(script) = node.text() else {
        plan.written_known = false;
        return plan;
    };
    let log = PlanLog::new(partitions.clone());
    let mut session = match SqlSession::new(Arc::new(log.clone())) {
        Ok(session) => session,
        Err(error) => {
            problems.add(node.place, error.message);
            return plan;
        }
    };
    if !sources.iter().any(|source| source.follows) {
        session = session.with_input_that_ends();
    }
    if !file.sources_known {
        session.expect_more_names();
    }
    for source in sources {
        declare(&mut session, file, source, problems).await;
    }
    for piece in split(script) {
        let judged = session.judge(piece.text, &file.name).await;
        for error in judged.errors {
            let (line, column) = error.position.unwrap_or((1, 1));
            let (line, column) = piece.place(line, column);
            problems.add(place_within(node, line, column), error.message.replace('\n', "; "));
        }
        plan.queries.extend(judged.queries.into_iter().map(|query| Query { query }));
        plan.written.extend(judged.topics);
        plan.written_known &= !judged.unread;
    }
    // Declared relations whose topics the pipeline's own sources write are there by then.
    let own = |name: &str| file.sources.iter().any(|source| source.topic.name == name);
    plan.topics = log.made().into_iter().filter(|topic| !own(&topic.name)).collect();
    plan
}

async fn declare(
    session: &mut SqlSession,
    file: &PipelineFile,
    source: &KnownSource,
    problems: &mut Gathered,
) {
    let name = &source.spec.name;
    if source.doubt == Some(known::Doubt::Columns) {
        session.doubt(name, Doubt::Columns);
        return;
    }
    let (statement, doubt) = declaration(source, problems);
    match session.plan(&statement, &file.name).await {
        Ok(_) if doubt.is_some() => session.doubt(name, Doubt::Nature),
        Ok(_) => {}
        Err(error) => {
            let message = format!("source '{name}' cannot be read with SQL: {}", error.message);
            problems.add(source.spec.place, message);
            session.doubt(name, Doubt::Columns);
        }
    }
}
