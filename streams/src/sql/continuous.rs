//! Scripts to continuous queries: what a pipeline runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::bounded::Mode;
use super::catalog::{Entry, Relation};
use super::dialect::{CreateMaterializedView, Parsed, Statement, parse};
use super::error::SqlError;
use super::plan::{ViewPlan, plan_view};
use super::session::{SqlSession, topic_configs};
use crate::topology::Topology;

/// A topic that must exist before a query runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicPlan {
    /// Its name.
    pub name: String,
    /// Its number of partitions, where the statement or its inputs tell.
    pub partitions: Option<i32>,
    /// Its configs.
    pub configs: BTreeMap<String, String>,
}

/// A materialized view as an application of streams.
#[derive(Clone, Debug)]
pub struct ContinuousQuery {
    /// The view's name.
    pub name: String,
    /// What runs it. Its application id is the one that [`SqlSession::plan`] was given, a dash and the view's name.
    pub topology: Topology,
    /// The view itself: its topic, columns and key.
    pub relation: Arc<Relation>,
    /// The topics that it reads, in the order in which the query names them.
    pub inputs: Vec<String>,
    /// The topics that it writes: the view's own, then the one for late rows.
    pub outputs: Vec<TopicPlan>,
    /// The plan in words, as EXPLAIN prints it.
    pub explain: String,
}

/// The refusal of statements that answer, or change rows, at once.
pub(super) const NOT_IN_A_PIPELINE: &str = "a pipeline takes CREATE STREAM, CREATE TABLE, CREATE VIEW and CREATE \
                                            MATERIALIZED VIEW; run other statements with `riverrun sql`";

impl SqlSession {
    /// Reads a script for a pipeline: declarations and views become names, and every materialized view a continuous
    /// query, in the order of writing, so that a view's inputs come before it. Topics of declared relations and of
    /// views are created. Statements that answer or change rows at once are refused.
    ///
    /// # Errors
    /// The first statement's error, with its place in the text.
    pub async fn plan(&mut self, sql: &str, application: &str) -> Result<Vec<ContinuousQuery>, SqlError> {
        let mut queries = Vec::new();
        for Parsed { statement, location } in parse(sql)? {
            match statement {
                Statement::CreateMaterializedView(view) => {
                    let made = self.create_materialized_view(&view, application).await;
                    queries.extend(made.map_err(|error| error.at(location))?);
                }
                Statement::CreateRelation(_) | Statement::CreateView { .. } | Statement::Drop { .. } => {
                    self.run(statement).await.map_err(|error| error.at(location))?;
                }
                _ => return Err(SqlError::unsupported(NOT_IN_A_PIPELINE).at(location)),
            }
        }
        Ok(queries)
    }

    /// Plans a view and makes its name known. `None` if it is there already and that is no error.
    pub(super) async fn create_materialized_view(
        &mut self,
        view: &CreateMaterializedView,
        application: &str,
    ) -> Result<Option<ContinuousQuery>, SqlError> {
        if self.catalog.get(&view.name).is_some() {
            if view.if_not_exists {
                return Ok(None);
            }
            return Err(SqlError::invalid(format!("'{}' already exists; DROP it first", view.name)));
        }
        let plan = self.plan_view(view).await?;
        let inputs = plan.inputs();
        let partitions = plan.relation.partitions.or(plan.most_partitions());
        let mut outputs = vec![TopicPlan {
            name: plan.relation.topic.clone(),
            partitions,
            configs: topic_configs(&plan.relation),
        }];
        if let Some(topic) = &plan.late_to {
            outputs.push(TopicPlan { name: topic.clone(), partitions, configs: BTreeMap::new() });
        }
        for topic in &outputs {
            self.log.create(&topic.name, topic.partitions, &topic.configs).await?;
        }
        let query = ContinuousQuery {
            name: view.name.clone(),
            topology: plan.topology(&format!("{application}-{}", view.name))?,
            relation: plan.relation.clone(),
            inputs,
            outputs,
            explain: plan.explain(),
        };
        self.catalog.insert(&view.name, Entry::Relation(plan.relation));
        Ok(Some(query))
    }

    /// Plans a view, and changes nothing.
    pub(super) async fn plan_view(&self, view: &CreateMaterializedView) -> Result<ViewPlan, SqlError> {
        let state =
            self.planner.session(&self.catalog, &self.log, Mode::Continuous, &view.query.to_string()).await?;
        let planned = plan_view(&state, view, self.late_to.as_ref()).await;
        let mut plan = planned.map_err(|error| self.name_nearest(error))?;
        let mut partitions = BTreeMap::new();
        for topic in plan.inputs() {
            let extent = self.log.extent(&topic).await?;
            let extent =
                extent.ok_or_else(|| SqlError::not_found(format!("topic '{topic}' does not exist")))?;
            partitions.insert(topic, i32::try_from(extent.len()).unwrap_or(i32::MAX));
        }
        plan.cut(&partitions)?;
        Ok(plan)
    }
}
