//! A session: statements in, answers out.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::execution::session_state::SessionState;
use datafusion::physical_plan::collect;
use datafusion::sql::sqlparser::ast;

use super::bounded::{Mode, Planner, plan_query};
use super::catalog::{Catalog, Entry, Relation, declare};
use super::dialect::{CreateRelation, Parsed, RelationKind, Statement, parse};
use super::error::SqlError;
use super::judge::Doubts;
use super::topic::TopicLog;

/// What a statement gave.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Rows, in batches of one schema. There may be no batch.
    Rows {
        /// The columns.
        schema: SchemaRef,
        /// The rows.
        batches: Vec<RecordBatch>,
    },
    /// A statement without rows took effect; the text says what it did, such as `3 rows inserted`.
    Done(String),
}

/// Statements over one cluster: knows the names that they declared, and runs bounded statements at once.
#[derive(Debug)]
pub struct SqlSession {
    pub(super) planner: Planner,
    pub(super) catalog: Catalog,
    pub(super) log: Arc<dyn TopicLog>,
    /// Where views without LATE TO send late rows.
    pub(super) late_to: Option<String>,
    /// Whether all that is read comes to an end, so that nobody has to be given up.
    pub(super) input_ends: bool,
    /// What a script that is judged must not believe.
    pub(super) doubts: Doubts,
}

impl SqlSession {
    /// A session over a cluster, with no names but its topics.
    ///
    /// # Errors
    /// `Internal` if the functions cannot be registered.
    pub fn new(log: Arc<dyn TopicLog>) -> Result<SqlSession, SqlError> {
        let (planner, catalog, doubts) = (Planner::new()?, Catalog::default(), Doubts::default());
        Ok(SqlSession { planner, catalog, log, late_to: None, input_ends: false, doubts })
    }

    /// Says that all that views read comes to an end. They wait for it: no partition counts as idle, whatever
    /// `idle_timeout` says.
    #[must_use]
    pub fn with_input_that_ends(mut self) -> SqlSession {
        self.input_ends = true;
        self
    }

    /// Sends late rows of views that say no LATE TO of their own to this topic.
    #[must_use]
    pub fn with_late_topic(mut self, topic: impl Into<String>) -> SqlSession {
        self.late_to = Some(topic.into());
        self
    }

    /// Makes a relation known without a statement. Its topic is not created.
    ///
    /// # Errors
    /// `Invalid` if the name is taken.
    pub fn define(&mut self, relation: Relation) -> Result<(), SqlError> {
        if self.catalog.get(&relation.name).is_some() {
            return Err(SqlError::invalid(format!("'{}' already exists", relation.name)));
        }
        self.catalog.insert(&relation.name.clone(), Entry::Relation(Arc::new(relation)));
        Ok(())
    }

    /// The names that the session knows.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Runs a script, statement by statement, up to the first that fails.
    ///
    /// # Errors
    /// The first statement's error, with its place in the text.
    pub async fn execute(&mut self, sql: &str) -> Result<Vec<Answer>, SqlError> {
        let mut answers = Vec::new();
        for Parsed { statement, location } in parse(sql)? {
            answers.push(self.run(statement).await.map_err(|error| error.at(location))?);
        }
        Ok(answers)
    }

    pub(super) async fn run(&mut self, statement: Statement) -> Result<Answer, SqlError> {
        match statement {
            Statement::Query(query) => self.query(*query).await,
            Statement::CreateRelation(declared) => self.create_relation(declared).await,
            Statement::CreateView { name, or_replace, query } => {
                self.create_view(name, or_replace, *query).await
            }
            Statement::Drop { name, if_exists } => self.drop_name(&name, if_exists).await,
            Statement::ShowTables => self.show_tables().await,
            Statement::Describe { name } => self.describe(&name).await,
            Statement::Insert(insert) => self.insert(*insert).await,
            Statement::Update(update) => self.update(*update).await,
            Statement::Delete(delete) => self.delete(*delete).await,
            Statement::CreateMaterializedView(_) => {
                Err(SqlError::unsupported("CREATE MATERIALIZED VIEW runs in a pipeline: `riverrun run FILE`"))
            }
            Statement::Explain(statement) => self.explain(*statement).await,
        }
    }

    async fn query(&self, query: ast::Query) -> Result<Answer, SqlError> {
        let (schema, batches) = self.rows(query).await?;
        Ok(Answer::Rows { schema, batches })
    }

    /// Runs a query and gives its rows.
    pub(super) async fn rows(&self, query: ast::Query) -> Result<(SchemaRef, Vec<RecordBatch>), SqlError> {
        let state = self.planner.session(&self.catalog, &self.log, Mode::Bounded, &query.to_string()).await?;
        let plan = plan_query(&state, query).await.map_err(|error| self.name_nearest(error))?;
        run_plan(&state, &plan).await
    }

    /// Puts the nearest known name into DataFusion's error about an unknown table.
    pub(super) fn name_nearest(&self, error: SqlError) -> SqlError {
        let name = error
            .message
            .strip_prefix("table 'riverrun.public.")
            .and_then(|rest| rest.strip_suffix("' not found"));
        match name {
            Some(name) => SqlError { position: error.position, ..self.catalog.unknown(name) },
            None => error,
        }
    }

    async fn create_relation(&mut self, declared: CreateRelation) -> Result<Answer, SqlError> {
        let what = match declared.kind {
            RelationKind::Table => "table",
            RelationKind::Stream => "stream",
        };
        let name = declared.name.clone();
        if self.catalog.get(&name).is_some() {
            if declared.if_not_exists {
                return Ok(Answer::Done(format!("'{name}' is there already")));
            }
            if !declared.or_replace {
                return Err(SqlError::invalid(format!(
                    "'{name}' already exists; DROP it, or CREATE OR REPLACE"
                )));
            }
        }
        let relation = self.declare(&declared)?;
        let configs = topic_configs(&relation);
        self.log.create(&relation.topic, relation.partitions, &configs).await?;
        self.catalog.insert(&name, Entry::Relation(Arc::new(relation)));
        Ok(Answer::Done(format!("{what} '{name}' created")))
    }

    /// The relation of a declaration.
    pub(super) fn declare(&self, declared: &CreateRelation) -> Result<Relation, SqlError> {
        let mut relation = declare(declared, self.planner.schema(declared.columns.clone())?)?;
        if let (true, Some(event_time)) = (self.input_ends, &mut relation.event_time) {
            event_time.idle_ms = None;
        }
        Ok(relation)
    }

    async fn create_view(
        &mut self,
        name: String,
        or_replace: bool,
        query: ast::Query,
    ) -> Result<Answer, SqlError> {
        if self.catalog.get(&name).is_some() && !or_replace {
            return Err(SqlError::invalid(format!("'{name}' already exists; DROP it, or CREATE OR REPLACE")));
        }
        let catalog = self.catalog.without(&name);
        let state = self.planner.session(&catalog, &self.log, Mode::Bounded, &query.to_string()).await?;
        plan_query(&state, query.clone()).await.map_err(|error| self.name_nearest(error))?;
        self.catalog.insert(&name, Entry::View(Arc::new(query)));
        Ok(Answer::Done(format!("view '{name}' created")))
    }

    async fn drop_name(&mut self, name: &str, if_exists: bool) -> Result<Answer, SqlError> {
        match self.catalog.remove(name) {
            Some(_) => Ok(Answer::Done(format!("'{name}' dropped; its topic stays"))),
            None if if_exists => Ok(Answer::Done(format!("there is no '{name}'"))),
            None => Err(self.catalog.unknown(name)),
        }
    }

    async fn show_tables(&self) -> Result<Answer, SqlError> {
        let mut rows: Vec<[String; 3]> = Vec::new();
        for (name, entry) in self.catalog.iter() {
            rows.push(match entry {
                Entry::Relation(relation) => {
                    let kind = match (relation.view, relation.kind()) {
                        (true, _) => "materialized view",
                        (false, RelationKind::Table) => "table",
                        (false, RelationKind::Stream) => "stream",
                    };
                    [name.to_string(), kind.to_string(), relation.topic.clone()]
                }
                Entry::View(_) => [name.to_string(), "view".to_string(), String::new()],
                Entry::Unknown => [name.to_string(), "unknown".to_string(), String::new()],
            });
        }
        for topic in self.log.topics().await? {
            if !rows.iter().any(|row| row[2] == topic) {
                rows.push([topic.clone(), "topic".to_string(), topic]);
            }
        }
        rows.sort();
        text_rows(["name", "kind", "topic"], &rows)
    }

    async fn describe(&self, name: &str) -> Result<Answer, SqlError> {
        let quoted = ast::Ident::with_quote('"', name);
        let query = format!("SELECT * FROM {quoted}");
        let Some(Parsed { statement: Statement::Query(query), .. }) = parse(&query)?.pop() else {
            return Err(SqlError::internal("DESCRIBE did not parse as a query"));
        };
        let state = self.planner.session(&self.catalog, &self.log, Mode::Bounded, &query.to_string()).await?;
        let plan = plan_query(&state, *query).await.map_err(|error| self.name_nearest(error))?;
        let key: Vec<String> = match self.catalog.get(name) {
            Some(Entry::Relation(relation)) => {
                relation.key.iter().map(|at| relation.schema.field(*at).name().clone()).collect()
            }
            _ => Vec::new(),
        };
        let rows: Vec<[String; 3]> = plan
            .schema()
            .fields()
            .iter()
            .map(|field| {
                let part = if key.contains(field.name()) { "key" } else { "" };
                [field.name().clone(), field.data_type().to_string(), part.to_string()]
            })
            .collect();
        text_rows(["column", "type", "part"], &rows)
    }
}

/// The topic configs with which a relation's topic is created.
pub(super) fn topic_configs(relation: &Relation) -> BTreeMap<String, String> {
    match relation.changelog {
        super::catalog::Changelog::Upsert => {
            BTreeMap::from([("cleanup.policy".to_string(), "compact".to_string())])
        }
        _ => BTreeMap::new(),
    }
}

/// Optimises, plans and runs a bounded plan.
pub(super) async fn run_plan(
    state: &SessionState,
    plan: &datafusion::logical_expr::LogicalPlan,
) -> Result<(SchemaRef, Vec<RecordBatch>), SqlError> {
    let schema: SchemaRef = plan.schema().inner().clone();
    let physical = state.create_physical_plan(plan).await?;
    let batches = collect(physical, state.task_ctx()).await?;
    Ok((schema, batches))
}

pub(super) fn text_rows<const N: usize>(names: [&str; N], rows: &[[String; N]]) -> Result<Answer, SqlError> {
    let fields: Vec<Field> = names.iter().map(|name| Field::new(*name, DataType::Utf8, false)).collect();
    let schema = Arc::new(Schema::new(fields));
    let columns: Vec<ArrayRef> = (0..N)
        .map(|at| Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row[at]))) as ArrayRef)
        .collect();
    let batch = RecordBatch::try_new(schema.clone(), columns)?;
    Ok(Answer::Rows { schema, batches: vec![batch] })
}
