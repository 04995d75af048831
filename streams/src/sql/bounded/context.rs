//! DataFusion's session for one statement: our names, types, functions and window calls.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::catalog::{
    CatalogProvider, CatalogProviderList, MemoryCatalogProvider, MemoryCatalogProviderList, SchemaProvider,
    TableProvider,
};
use datafusion::datasource::ViewTable;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionConfig;
use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::sqlparser::ast;

use super::table::{Frozen, TopicTable};
use crate::sql::catalog::{Catalog, Entry, Meta, Relation, RiverrunTypes};
use crate::sql::dialect::{Parsed, Statement, parse};
use crate::sql::error::SqlError;
use crate::sql::topic::TopicLog;
use crate::sql::window::{Resolve, WindowFunctions};

/// What a statement is planned for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// One answer over what is there.
    Bounded,
    /// An answer that is kept up to date.
    Continuous,
}

/// Plans statements of one session.
#[derive(Debug)]
pub(crate) struct Planner {
    base: SessionState,
}

type Providers = BTreeMap<String, Arc<dyn TableProvider>>;

impl Planner {
    pub(crate) fn new() -> Result<Planner, SqlError> {
        let mut config = SessionConfig::new()
            .with_target_partitions(1)
            .with_information_schema(false)
            .with_default_catalog_and_schema("riverrun", "public")
            .with_create_default_catalog_and_schema(false);
        let options = config.options_mut();
        options.sql_parser.map_string_types_to_utf8view = false;
        options.sql_parser.parse_float_as_decimal = true;
        options.sql_parser.collect_spans = true;
        // One session runs one partition; co-partitioned plans gain nothing and cost threads.
        options.optimizer.repartition_joins = false;
        options.optimizer.repartition_aggregations = false;
        options.optimizer.repartition_windows = false;
        options.optimizer.repartition_sorts = false;
        options.execution.time_zone = Some("+00:00".to_string());
        let mut base = SessionStateBuilder::new()
            .with_config(config)
            .with_default_features()
            .with_type_planner(Arc::new(RiverrunTypes))
            .build();
        datafusion_functions_json::register_all(&mut base)?;
        super::functions::adjust(&mut base)?;
        Ok(Planner { base })
    }

    /// Types the columns of a declaration.
    pub(crate) fn schema(
        &self,
        columns: Vec<ast::ColumnDef>,
    ) -> Result<datafusion::arrow::datatypes::SchemaRef, SqlError> {
        use datafusion::sql::planner::{ParserOptions, SqlToRel};
        let provider = TypesOnly { state: &self.base };
        let options = ParserOptions::new().with_map_string_types_to_utf8view(false);
        let schema = SqlToRel::new_with_options(&provider, options).build_schema(columns)?;
        Ok(Arc::new(schema))
    }

    /// The error for a function that is not there, as any statement with it would give it.
    pub(crate) async fn unknown_function(&self, name: &str) -> Result<Option<SqlError>, SqlError> {
        let state = &self.base;
        let known = state.scalar_functions().contains_key(name)
            || state.aggregate_functions().contains_key(name)
            || state.window_functions().contains_key(name)
            || state.higher_order_functions().contains_key(name);
        if known {
            return Ok(None);
        }
        // A few names are no functions but known all the same, and DataFusion alone can tell.
        let call = format!("SELECT \"{}\"()", name.replace('"', "\"\""));
        let Some(Parsed { statement: Statement::Query(query), .. }) = parse(&call)?.pop() else {
            return Err(SqlError::internal("a call of a function did not parse as a query"));
        };
        let planned = plan_query(&self.with_tables(Providers::new(), Mode::Bounded)?, *query).await;
        Ok(planned.err().filter(|error| error.message.starts_with("Invalid function ")))
    }

    /// The session for one statement, with a table for each name in its text.
    pub(crate) async fn session(
        &self,
        catalog: &Catalog,
        log: &Arc<dyn TopicLog>,
        mode: Mode,
        text: &str,
    ) -> Result<SessionState, SqlError> {
        let frozen = Arc::new(Frozen::default());
        self.session_within(catalog, log, mode, text, frozen).await
    }

    fn session_within<'a>(
        &'a self,
        catalog: &'a Catalog,
        log: &'a Arc<dyn TopicLog>,
        mode: Mode,
        text: &'a str,
        frozen: Arc<Frozen>,
    ) -> Pin<Box<dyn Future<Output = Result<SessionState, SqlError>> + Send + 'a>> {
        Box::pin(async move {
            let words = words(text);
            let mentioned: Vec<Meta> =
                Meta::ALL.into_iter().filter(|meta| words.contains(meta.name())).collect();
            let mut providers = Providers::new();
            let mut undeclared: Vec<&str> = Vec::new();
            for word in &words {
                match catalog.get(word) {
                    Some(Entry::Relation(relation)) => {
                        let narrow = mode == Mode::Bounded;
                        let table = TopicTable::new(
                            relation.clone(),
                            mentioned.clone(),
                            log.clone(),
                            frozen.clone(),
                            narrow,
                        );
                        providers.insert(word.to_string(), Arc::new(table));
                    }
                    Some(Entry::View(query)) => {
                        // A view of a view asks for its own names; a view cannot name itself, as it came later.
                        let inner = query.to_string();
                        let state = self
                            .session_within(&catalog.without(word), log, mode, &inner, frozen.clone())
                            .await?;
                        let plan = plan_query(&state, query.as_ref().clone()).await?;
                        providers.insert(word.to_string(), Arc::new(ViewTable::new(plan, Some(inner))));
                    }
                    Some(Entry::Unknown) => {}
                    None => undeclared.push(word),
                }
            }
            if !undeclared.is_empty() {
                let topics = log.topics().await?;
                for word in undeclared {
                    if topics.iter().any(|topic| topic == word) {
                        let relation = Arc::new(Relation::undeclared(word));
                        let narrow = mode == Mode::Bounded;
                        let table = TopicTable::new(
                            relation,
                            Meta::ALL.to_vec(),
                            log.clone(),
                            frozen.clone(),
                            narrow,
                        );
                        providers.insert(word.to_string(), Arc::new(table));
                    }
                }
            }
            self.with_tables(providers, mode)
        })
    }

    fn with_tables(&self, providers: Providers, mode: Mode) -> Result<SessionState, SqlError> {
        let providers = Arc::new(providers);
        let schema = MemoryCatalogProvider::new();
        schema.register_schema("public", Arc::new(Names(providers.clone())))?;
        let list = MemoryCatalogProviderList::new();
        list.register_catalog("riverrun".to_string(), Arc::new(schema));
        let resolve: Resolve = Arc::new(move |name| providers.get(name).cloned());
        let keep_node = mode == Mode::Continuous;
        let windows = Arc::new(WindowFunctions { resolve, keep_node });
        let mut config = self.base.config().clone();
        if mode == Mode::Continuous {
            // A subquery's value changes with its rows, so it must be an input like any other: a join.
            config.options_mut().optimizer.enable_physical_uncorrelated_scalar_subquery = false;
        }
        Ok(SessionStateBuilder::new_from_existing(self.base.clone())
            .with_config(config)
            .with_catalog_list(Arc::new(list))
            .with_relation_planners(vec![windows])
            .build())
    }
}

/// Plans a query, not yet optimised. An unknown name comes back with the nearest known one.
pub(crate) async fn plan_query(state: &SessionState, query: ast::Query) -> Result<LogicalPlan, SqlError> {
    let statement = DfStatement::Statement(Box::new(ast::Statement::Query(Box::new(query))));
    Ok(state.statement_to_plan(statement).await?)
}

/// Every name in a text that could be a relation's: words in lower case, and what stands in double quotes.
fn words(text: &str) -> std::collections::BTreeSet<String> {
    let mut found = std::collections::BTreeSet::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c == '"' || c == '_' || c.is_alphabetic()) {
        rest = &rest[start..];
        if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"').unwrap_or(quoted.len());
            found.insert(quoted[..end].to_string());
            rest = quoted.get(end + 1..).unwrap_or_default();
        } else {
            let end = rest.find(|c: char| c != '_' && c != '$' && !c.is_alphanumeric()).unwrap_or(rest.len());
            found.insert(rest[..end].to_lowercase());
            rest = &rest[end..];
        }
    }
    found
}

#[derive(Debug)]
struct Names(Arc<Providers>);

#[async_trait]
impl SchemaProvider for Names {
    fn table_names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>, DataFusionError> {
        Ok(self.0.get(name).cloned())
    }

    fn table_exist(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

/// What the type planner needs of a context, and nothing else.
struct TypesOnly<'a> {
    state: &'a SessionState,
}

impl datafusion::logical_expr::planner::ContextProvider for TypesOnly<'_> {
    fn get_table_source(
        &self,
        name: datafusion::common::TableReference,
    ) -> Result<Arc<dyn datafusion::logical_expr::TableSource>> {
        Err(SqlError::internal(format!("'{name}' in a column definition")).into())
    }

    fn get_type_planner(&self) -> Option<Arc<dyn datafusion::logical_expr::planner::TypePlanner>> {
        Some(Arc::new(RiverrunTypes))
    }

    fn get_function_meta(&self, _: &str) -> Option<Arc<datafusion::logical_expr::ScalarUDF>> {
        None
    }

    fn get_higher_order_meta(&self, _: &str) -> Option<Arc<datafusion::logical_expr::HigherOrderUDF>> {
        None
    }

    fn get_aggregate_meta(&self, _: &str) -> Option<Arc<datafusion::logical_expr::AggregateUDF>> {
        None
    }

    fn get_window_meta(&self, _: &str) -> Option<Arc<datafusion::logical_expr::WindowUDF>> {
        None
    }

    fn get_variable_type(&self, _: &[String]) -> Option<datafusion::arrow::datatypes::DataType> {
        None
    }

    fn options(&self) -> &datafusion::config::ConfigOptions {
        self.state.config_options()
    }

    fn udf_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn higher_order_function_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn udaf_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn udwf_names(&self) -> Vec<String> {
        Vec::new()
    }
}
