//! INSERT, UPDATE and DELETE: changes to rows as records of their topics.

use datafusion::arrow::array::{Array, RecordBatch};
use datafusion::common::Column;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlanBuilder};
use datafusion::scalar::ScalarValue;
use datafusion::sql::sqlparser::ast::{self, AssignmentTarget, FromTable, TableFactor, TableObject};

use super::bounded::{Mode, plan_query};
use super::catalog::{Changelog, Relation};
use super::dialect::{Statement, parse};
use super::error::SqlError;
use super::session::{Answer, SqlSession, run_plan};
use super::topic::{NewRecord, RowWriter};

/// The plain name of a relation, as names are resolved.
fn plain_name(name: &ast::ObjectName) -> Result<String, SqlError> {
    match name.0.as_slice() {
        [part] => match part.as_ident() {
            Some(ident) if ident.quote_style.is_some() => Ok(ident.value.clone()),
            Some(ident) => Ok(ident.value.to_lowercase()),
            None => Err(SqlError::invalid(format!("'{name}' is not a name"))),
        },
        _ => Err(SqlError::invalid(format!("'{name}' names a schema; relations have plain names"))),
    }
}

fn folded(ident: &ast::Ident) -> String {
    if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_lowercase() }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl SqlSession {
    /// The relation of that name, if statements may write to it.
    fn target(&self, name: &str) -> Result<std::sync::Arc<Relation>, SqlError> {
        let relation = self.catalog.relation(name)?;
        if relation.view {
            let message = format!(
                "'{name}' is a materialized view: its query writes it; change the tables that it reads"
            );
            return Err(SqlError::invalid(message));
        }
        if relation.changelog == Changelog::Debezium {
            let message = format!("'{name}' holds another database's changes; write to that database");
            return Err(SqlError::unsupported(message));
        }
        Ok(relation)
    }

    /// The relation of that name, if its rows can change.
    fn changeable(&self, name: &str, what: &str) -> Result<std::sync::Arc<Relation>, SqlError> {
        let relation = self.target(name)?;
        if relation.changelog != Changelog::Upsert {
            let message = format!(
                "{what} needs a table with a primary key; '{name}' is a stream, whose rows never change"
            );
            return Err(SqlError::invalid(message));
        }
        Ok(relation)
    }

    pub(super) async fn insert(&self, insert: ast::Insert) -> Result<Answer, SqlError> {
        let TableObject::TableName(name) = &insert.table else {
            return Err(SqlError::unsupported("INSERT needs the name of a table or stream"));
        };
        if insert.on.is_some() || insert.returning.is_some() {
            let message = "ON CONFLICT and RETURNING are not built; a row with a key that is there replaces the old row";
            return Err(SqlError::unsupported(message));
        }
        let name = plain_name(name)?;
        let relation = self.target(&name)?;
        let Some(source) = insert.source else {
            return Err(SqlError::unsupported("INSERT needs VALUES or a query"));
        };
        let fields = relation.schema.fields();
        let places: Vec<usize> = if insert.columns.is_empty() {
            (0..fields.len()).collect()
        } else {
            insert
                .columns
                .iter()
                .map(|column| {
                    let column = plain_name(column)?;
                    relation
                        .schema
                        .index_of(&column)
                        .map_err(|_| SqlError::invalid(format!("'{column}' is not a column of '{name}'")))
                })
                .collect::<Result<_, _>>()?
        };
        let state =
            self.planner.session(&self.catalog, &self.log, Mode::Bounded, &source.to_string()).await?;
        let plan = plan_query(&state, *source).await.map_err(|error| self.name_nearest(error))?;
        let given = plan.schema().fields().len();
        if given > places.len() || (given < places.len() && !insert.columns.is_empty()) {
            return Err(SqlError::invalid(format!(
                "INSERT has {given} values for {} columns of '{name}'",
                places.len()
            )));
        }
        let source_columns = plan.schema().columns();
        let mut exprs = Vec::new();
        for (at, field) in fields.iter().enumerate() {
            let expr = match places.iter().take(given).position(|place| *place == at) {
                Some(place) => {
                    Expr::Column(source_columns[place].clone()).cast_to(field.data_type(), plan.schema())?
                }
                None => Expr::Literal(ScalarValue::try_from(field.data_type())?, None),
            };
            exprs.push(expr.alias(field.name()));
        }
        let plan = LogicalPlanBuilder::from(plan).project(exprs)?.build()?;
        let (_, batches) = run_plan(&state, &plan).await?;
        let count = self.write_rows(&relation, &batches).await?;
        Ok(Answer::Done(format!("{count} rows inserted")))
    }

    async fn write_rows(&self, relation: &Relation, batches: &[RecordBatch]) -> Result<usize, SqlError> {
        let writer = RowWriter::new(relation)?;
        let mut records = Vec::new();
        for batch in batches {
            refuse_nulls(relation, batch)?;
            let batch = batch.clone().with_schema(relation.schema.clone())?;
            for row in 0..batch.num_rows() {
                let (key, value) = (writer.key(&batch, row), writer.value(&batch, row));
                records.push(NewRecord { key, value, ..NewRecord::default() });
            }
        }
        let count = records.len();
        if count > 0 {
            self.log.append(&relation.topic, records).await?;
        }
        Ok(count)
    }

    pub(super) async fn update(&self, update: ast::Update) -> Result<Answer, SqlError> {
        let plain = update.from.is_none() && update.returning.is_none() && update.limit.is_none();
        let TableFactor::Table { name, alias, .. } = &update.table.relation else {
            return Err(SqlError::unsupported("UPDATE needs the name of a table"));
        };
        if !plain || !update.table.joins.is_empty() {
            return Err(SqlError::unsupported(
                "UPDATE with FROM, JOIN, RETURNING or LIMIT is not built; use a condition",
            ));
        }
        let name = plain_name(name)?;
        let relation = self.changeable(&name, "UPDATE")?;
        let fields = relation.schema.fields();
        let mut values: Vec<Option<String>> = vec![None; fields.len()];
        for assignment in &update.assignments {
            let AssignmentTarget::ColumnName(column) = &assignment.target else {
                return Err(SqlError::unsupported(
                    "UPDATE … SET (a, b) = … is not built; set one column at a time",
                ));
            };
            let column = column.0.last().and_then(|part| part.as_ident()).map(folded).unwrap_or_default();
            let place = relation
                .schema
                .index_of(&column)
                .map_err(|_| SqlError::invalid(format!("'{column}' is not a column of '{name}'")))?;
            values[place] = Some(assignment.value.to_string());
        }
        let mut columns: Vec<String> = fields.iter().map(|field| quoted(field.name())).collect();
        for (at, value) in values.iter().enumerate() {
            let source = value.clone().unwrap_or_else(|| quoted(fields[at].name()));
            columns.push(format!("{source} AS {}", quoted(&format!("new {}", fields[at].name()))));
        }
        let alias = alias.as_ref().map(|alias| format!(" AS {}", alias.name)).unwrap_or_default();
        let condition = update.selection.map(|condition| format!(" WHERE {condition}")).unwrap_or_default();
        let query = format!("SELECT {} FROM {}{alias}{condition}", columns.join(", "), quoted(&name));

        let (old, new) = self.old_and_new(&relation, &query).await?;
        let writer = RowWriter::new(&relation)?;
        let mut records = Vec::new();
        for (old, new) in old.iter().zip(&new) {
            refuse_nulls(&relation, new)?;
            for row in 0..new.num_rows() {
                let (before, key) = (writer.key(old, row), writer.key(new, row));
                if before != key {
                    records.push(NewRecord { key: before, ..NewRecord::default() });
                }
            }
            for row in 0..new.num_rows() {
                let (key, value) = (writer.key(new, row), writer.value(new, row));
                records.push(NewRecord { key, value, ..NewRecord::default() });
            }
        }
        let count: usize = new.iter().map(RecordBatch::num_rows).sum();
        if !records.is_empty() {
            self.log.append(&relation.topic, records).await?;
        }
        Ok(Answer::Done(format!("{count} rows updated")))
    }

    /// Runs a query over the relation's columns twice, as they are and as they shall be, and casts the second half.
    async fn old_and_new(
        &self,
        relation: &Relation,
        query: &str,
    ) -> Result<(Vec<RecordBatch>, Vec<RecordBatch>), SqlError> {
        let Some(Statement::Query(query)) = parse(query)?.pop().map(|parsed| parsed.statement) else {
            return Err(SqlError::internal("UPDATE did not become a query"));
        };
        let state = self.planner.session(&self.catalog, &self.log, Mode::Bounded, &query.to_string()).await?;
        let plan = plan_query(&state, *query).await?;
        let columns = plan.schema().columns();
        let mut exprs: Vec<Expr> = Vec::new();
        for (at, column) in columns.iter().enumerate() {
            let field = relation.schema.field(at % relation.schema.fields().len());
            let value = Expr::Column(Column::clone(column)).cast_to(field.data_type(), plan.schema())?;
            exprs.push(value.alias(format!("c{at}")));
        }
        let plan = LogicalPlanBuilder::from(plan).project(exprs)?.build()?;
        let (_, batches) = run_plan(&state, &plan).await?;
        let width = relation.schema.fields().len();
        let half = |from: usize| {
            let places: Vec<usize> = (from..from + width).collect();
            batches
                .iter()
                .map(|batch| {
                    Ok(RecordBatch::try_new(
                        relation.schema.clone(),
                        batch.project(&places)?.columns().to_vec(),
                    )?)
                })
                .collect::<Result<Vec<_>, SqlError>>()
        };
        Ok((half(0)?, half(width)?))
    }

    pub(super) async fn delete(&self, delete: ast::Delete) -> Result<Answer, SqlError> {
        let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
        let [from] = from.as_slice() else {
            return Err(SqlError::unsupported("DELETE takes one table"));
        };
        let TableFactor::Table { name, alias, .. } = &from.relation else {
            return Err(SqlError::unsupported("DELETE needs the name of a table"));
        };
        if delete.using.is_some()
            || delete.returning.is_some()
            || delete.limit.is_some()
            || !from.joins.is_empty()
        {
            return Err(SqlError::unsupported(
                "DELETE with USING, RETURNING or LIMIT is not built; use a condition",
            ));
        }
        let name = plain_name(name)?;
        let relation = self.changeable(&name, "DELETE")?;
        let columns: Vec<String> =
            relation.schema.fields().iter().map(|field| quoted(field.name())).collect();
        let alias = alias.as_ref().map(|alias| format!(" AS {}", alias.name)).unwrap_or_default();
        let condition = delete.selection.map(|condition| format!(" WHERE {condition}")).unwrap_or_default();
        let query = format!("SELECT {} FROM {}{alias}{condition}", columns.join(", "), quoted(&name));
        let Some(Statement::Query(query)) = parse(&query)?.pop().map(|parsed| parsed.statement) else {
            return Err(SqlError::internal("DELETE did not become a query"));
        };
        let (_, batches) = self.rows(*query).await?;
        let writer = RowWriter::new(&relation)?;
        let mut records = Vec::new();
        for batch in &batches {
            let batch = RecordBatch::try_new(relation.schema.clone(), batch.columns().to_vec())?;
            records.extend(
                (0..batch.num_rows())
                    .map(|row| NewRecord { key: writer.key(&batch, row), ..NewRecord::default() }),
            );
        }
        let count = records.len();
        if count > 0 {
            self.log.append(&relation.topic, records).await?;
        }
        Ok(Answer::Done(format!("{count} rows deleted")))
    }
}

/// NOT NULL columns and keys hold values.
fn refuse_nulls(relation: &Relation, batch: &RecordBatch) -> Result<(), SqlError> {
    for (at, (field, column)) in relation.schema.fields().iter().zip(batch.columns()).enumerate() {
        let needed =
            !field.is_nullable() || (relation.changelog == Changelog::Upsert && relation.key.contains(&at));
        if needed && column.null_count() > 0 {
            let message =
                format!("null in column '{}' of '{}', which needs a value", field.name(), relation.name);
            return Err(SqlError::invalid(message));
        }
    }
    Ok(())
}
