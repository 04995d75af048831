//! SQL text to statements: PostgreSQL's grammar as sqlparser reads it, and the clauses of streams that it lacks.
//!
//! The text is cut into tokens once. Clauses that sqlparser does not know (`WATERMARK FOR`, `WITH (…)` of a topic,
//! `EMIT`, `GRACE`, `LATE TO`, `CREATE STREAM`, `TABLE x` as an argument) are taken out of the tokens and kept beside
//! the statement; the rest goes to sqlparser with its places in the text intact. This room knows tokens and syntax
//! trees. It must never know topics, schemas or plans.

mod create;
mod interval;
mod query;
#[cfg(test)]
mod tests;
mod tokens;

use datafusion::sql::sqlparser::ast;
use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use datafusion::sql::sqlparser::parser::Parser;
use datafusion::sql::sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use super::error::SqlError;
pub(crate) use interval::{interval_ms, interval_text_ms};
use tokens::Cursor;

/// The dialect whose grammar statements follow.
pub(crate) const DIALECT: PostgreSqlDialect = PostgreSqlDialect {};

/// One statement of a script.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// What it says.
    pub statement: Statement,
    /// Where it begins in the script.
    pub location: Location,
}

/// A statement with the clauses of streams as data.
#[derive(Clone, Debug)]
pub enum Statement {
    /// `CREATE TABLE` or `CREATE STREAM` over a topic.
    CreateRelation(CreateRelation),
    /// `CREATE VIEW`: a name for a query, expanded where it is used.
    CreateView {
        /// The view's name.
        name: String,
        /// Whether a view of that name is replaced.
        or_replace: bool,
        /// The query.
        query: Box<ast::Query>,
    },
    /// `CREATE MATERIALIZED VIEW`: a continuous query with a topic of its own.
    CreateMaterializedView(CreateMaterializedView),
    /// `SELECT`, `VALUES`, `WITH …`: bounded, over what the topics hold now.
    Query(Box<ast::Query>),
    /// `INSERT`, as sqlparser reads it.
    Insert(Box<ast::Insert>),
    /// `UPDATE`.
    Update(Box<ast::Update>),
    /// `DELETE`.
    Delete(Box<ast::Delete>),
    /// `DROP TABLE | STREAM | VIEW | MATERIALIZED VIEW`.
    Drop {
        /// The relation's name.
        name: String,
        /// Whether a missing relation is no error.
        if_exists: bool,
    },
    /// `SHOW TABLES`, `SHOW STREAMS`, `SHOW TOPICS`, `SHOW VIEWS`.
    ShowTables,
    /// `DESCRIBE name`.
    Describe {
        /// The relation's name.
        name: String,
    },
    /// `EXPLAIN statement`.
    Explain(Box<Statement>),
}

/// Whether rows of a relation can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    /// Rows are only added.
    Stream,
    /// A row replaces the one with its key; a tombstone removes it.
    Table,
}

/// `CREATE TABLE | STREAM name (…) WITH (…)`.
#[derive(Clone, Debug)]
pub struct CreateRelation {
    /// Table or stream.
    pub kind: RelationKind,
    /// The relation's name.
    pub name: String,
    /// Whether an existing relation is left as it is.
    pub if_not_exists: bool,
    /// Whether an existing relation is replaced.
    pub or_replace: bool,
    /// The payload columns.
    pub columns: Vec<ast::ColumnDef>,
    /// The columns of the primary key, in its order; empty for a stream.
    pub primary_key: Vec<String>,
    /// `WATERMARK FOR column AS …`.
    pub watermark: Option<Watermark>,
    /// `WITH (name = 'value', …)`.
    pub options: Vec<RelationOption>,
}

/// `WATERMARK FOR column AS column - INTERVAL '…'`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watermark {
    /// The column that holds the event time.
    pub column: String,
    /// How far behind the latest event time the watermark stands, in milliseconds.
    pub delay_ms: i64,
    /// Where the clause stands.
    pub location: Location,
}

/// One option of a `WITH` clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationOption {
    /// The option's name, in lower case.
    pub name: String,
    /// Its value as text.
    pub value: String,
    /// Where it stands.
    pub location: Location,
}

/// When a continuous query sends results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emit {
    /// Once, when the watermark passes the end of the window.
    Final,
    /// With each change.
    Changes,
}

/// `CREATE MATERIALIZED VIEW name [WITH (…)] AS query [GRACE …] [LATE TO …] [EMIT …]`.
#[derive(Clone, Debug)]
pub struct CreateMaterializedView {
    /// The view's name.
    pub name: String,
    /// Whether an existing view is left as it is.
    pub if_not_exists: bool,
    /// Column names in place of the query's.
    pub columns: Vec<String>,
    /// `WITH (…)`: the view's topic.
    pub options: Vec<RelationOption>,
    /// The query.
    pub query: Box<ast::Query>,
    /// `EMIT …`; without it, windows over a watermark are final and all else sends changes.
    pub emit: Option<Emit>,
    /// `GRACE INTERVAL '…'`: how long behind the watermark a window still takes rows, in milliseconds.
    pub grace_ms: i64,
    /// `LATE TO topic`.
    pub late_to: Option<String>,
}

/// Reads a script: statements separated by semicolons.
///
/// # Errors
/// `Invalid` with line and column where the text is not SQL, `Unsupported` where a clause is known and not built.
pub fn parse(sql: &str) -> Result<Vec<Parsed>, SqlError> {
    let tokens = Tokenizer::new(&DIALECT, sql).tokenize_with_location().map_err(|error| SqlError {
        kind: riverrun_core::ErrorKind::Invalid,
        message: error.message,
        position: Some((error.location.line, error.location.column)),
    })?;
    let mut statements = Vec::new();
    for part in tokens.split(|token| token.token == Token::SemiColon) {
        let part: Vec<TokenWithSpan> =
            part.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).cloned().collect();
        if let Some(first) = part.first() {
            let location = first.span.start;
            let statement = parse_one(part).map_err(|error| error.at(location))?;
            statements.push(Parsed { statement, location });
        }
    }
    Ok(statements)
}

fn parse_one(tokens: Vec<TokenWithSpan>) -> Result<Statement, SqlError> {
    let mut cursor = Cursor::new(tokens);
    if cursor.eat("EXPLAIN") {
        if cursor.peek("ANALYZE") {
            return Err(SqlError::unsupported("EXPLAIN ANALYZE is not built; EXPLAIN shows the plan")
                .at(cursor.here()));
        }
        return Ok(Statement::Explain(Box::new(parse_one(cursor.rest())?)));
    }
    if cursor.eat("CREATE") {
        return create::create(cursor);
    }
    if cursor.eat("DROP") {
        return create::drop(cursor);
    }
    if cursor.eat("SHOW") {
        let known = ["TABLES", "STREAMS", "TOPICS", "VIEWS"].iter().any(|word| cursor.eat(word));
        if !known {
            let message = "SHOW knows TABLES, STREAMS, VIEWS and TOPICS, which all list every relation";
            return Err(SqlError::unsupported(message).at(cursor.here()));
        }
        cursor.end()?;
        return Ok(Statement::ShowTables);
    }
    if cursor.eat("DESCRIBE") || cursor.eat("DESC") {
        let name = cursor.name()?;
        cursor.end()?;
        return Ok(Statement::Describe { name });
    }
    let rest = query::take_stream_syntax(cursor.rest())?;
    if let Some(location) = tokens::find_words(&rest, &["EMIT"]) {
        let message = "EMIT belongs to CREATE MATERIALIZED VIEW; a SELECT is bounded and answers once";
        if tokens::is_trailing_emit(&rest, location) {
            return Err(SqlError::invalid(message).at(rest[location].span.start));
        }
    }
    plain(rest)
}

/// A statement of sqlparser's own grammar.
fn plain(tokens: Vec<TokenWithSpan>) -> Result<Statement, SqlError> {
    // sqlparser names no place at the end of the text.
    let last = tokens.last().map_or(Location::empty(), |token| token.span.end);
    let mut parser = Parser::new(&DIALECT).with_tokens_with_locations(tokens);
    let statement = parser.parse_statement().map_err(|error| SqlError::from(error).at(last))?;
    let next = parser.peek_token();
    if next.token != Token::EOF {
        let message = format!("expected the end of the statement, found {next}");
        return Err(SqlError::invalid(message).at(next.span.start));
    }
    Ok(match statement {
        ast::Statement::Query(query) => Statement::Query(query),
        ast::Statement::Insert(insert) => Statement::Insert(Box::new(insert)),
        ast::Statement::Update(update) => Statement::Update(Box::new(update)),
        ast::Statement::Delete(delete) => Statement::Delete(Box::new(delete)),
        other => {
            let text = other.to_string();
            let head: Vec<&str> = text.split_whitespace().take(2).collect();
            let message = format!(
                "{} is not a statement of Riverrun; it has SELECT, INSERT, UPDATE, DELETE, CREATE TABLE, CREATE \
                 STREAM, CREATE VIEW, CREATE MATERIALIZED VIEW, DROP, SHOW TABLES, DESCRIBE and EXPLAIN",
                head.join(" ")
            );
            return Err(SqlError::unsupported(message));
        }
    })
}

/// A query of sqlparser's grammar.
fn parse_query(tokens: Vec<TokenWithSpan>) -> Result<Box<ast::Query>, SqlError> {
    let place = tokens.first().map_or(Location::empty(), |token| token.span.start);
    match plain(query::take_stream_syntax(tokens)?)? {
        Statement::Query(query) => Ok(query),
        _ => Err(SqlError::invalid("expected a query: SELECT, VALUES or WITH").at(place)),
    }
}
