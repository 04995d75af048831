//! EXPLAIN: what a statement would do.

use super::bounded::{Mode, plan_query};
use super::dialect::Statement;
use super::error::SqlError;
use super::session::{Answer, SqlSession, text_rows};

impl SqlSession {
    pub(super) async fn explain(&self, statement: Statement) -> Result<Answer, SqlError> {
        let text = match statement {
            Statement::Query(query) => {
                let state =
                    self.planner.session(&self.catalog, &self.log, Mode::Bounded, &query.to_string()).await?;
                let plan = plan_query(&state, *query).await.map_err(|error| self.name_nearest(error))?;
                state.optimize(&plan)?.display_indent().to_string()
            }
            Statement::CreateMaterializedView(view) => self.plan_view(&view).await?.explain(),
            _ => return Err(SqlError::unsupported("EXPLAIN shows queries and CREATE MATERIALIZED VIEW")),
        };
        let rows: Vec<[String; 1]> = text.lines().map(|line| [line.to_string()]).collect();
        text_rows(["plan"], &rows)
    }
}
