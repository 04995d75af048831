//! `CREATE` and `DROP`.

use datafusion::sql::sqlparser::ast::{self, ColumnOption, Expr, TableConstraint};
use datafusion::sql::sqlparser::parser::Parser;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan};

use super::tokens::{Cursor, is_word, split_commas};
use super::{
    CreateMaterializedView, CreateRelation, DIALECT, Emit, RelationKind, RelationOption, Statement,
    Watermark, interval_ms, parse_query,
};
use crate::sql::error::SqlError;

pub(super) fn create(mut cursor: Cursor) -> Result<Statement, SqlError> {
    let or_replace = cursor.eat_all(&["OR", "REPLACE"]);
    let temporary = cursor.eat("TEMPORARY") || cursor.eat("TEMP");
    if cursor.eat("MATERIALIZED") {
        cursor.expect("VIEW")?;
        if or_replace {
            let message =
                "CREATE OR REPLACE MATERIALIZED VIEW is not built; DROP the view and create it again";
            return Err(SqlError::unsupported(message).at(cursor.here()));
        }
        return materialized_view(cursor);
    }
    if cursor.eat("VIEW") {
        let name = cursor.name()?;
        cursor.expect("AS")?;
        let query = parse_query(cursor.rest())?;
        return Ok(Statement::CreateView { name, or_replace, query });
    }
    let kind = if cursor.eat("TABLE") {
        RelationKind::Table
    } else if cursor.eat("STREAM") {
        RelationKind::Stream
    } else if cursor.peek("SINK") || cursor.peek("SOURCE") || cursor.peek("CONNECTOR") {
        let message = "connectors are declared in the pipeline's YAML (sources: and sinks:), not in SQL; a materialized \
                       view's topic can feed any sink";
        return Err(SqlError::unsupported(message).at(cursor.here()));
    } else {
        return Err(cursor.unexpected("TABLE, STREAM, VIEW or MATERIALIZED VIEW"));
    };
    if temporary {
        return Err(
            SqlError::unsupported("temporary tables are not built: a table is a topic").at(cursor.here())
        );
    }
    relation(cursor, kind, or_replace)
}

fn relation(mut cursor: Cursor, kind: RelationKind, or_replace: bool) -> Result<Statement, SqlError> {
    let if_not_exists = cursor.eat_all(&["IF", "NOT", "EXISTS"]);
    let name = cursor.name()?;
    if cursor.peek("AS") {
        let message = "a table from a query is a materialized view: CREATE MATERIALIZED VIEW … AS SELECT …";
        return Err(SqlError::unsupported(message).at(cursor.here()));
    }
    let place = cursor.here();
    let body = cursor.parenthesised()?;
    let options = if cursor.eat("WITH") { options(&mut cursor)? } else { Vec::new() };
    cursor.end()?;

    let mut columns = Vec::new();
    let mut primary_key: Vec<String> = Vec::new();
    let mut watermark = None;
    for part in split_commas(body) {
        if part.first().is_some_and(|token| is_word(&token.token, "WATERMARK"))
            && part.get(1).is_some_and(|token| is_word(&token.token, "FOR"))
        {
            watermark = Some(watermark_clause(part)?);
        } else {
            column_or_key(part, &mut columns, &mut primary_key)?;
        }
    }
    if columns.is_empty() {
        return Err(SqlError::invalid(format!("'{name}' needs at least one column")).at(place));
    }
    for key in &primary_key {
        if !columns.iter().any(|column: &ast::ColumnDef| fold(&column.name) == *key) {
            return Err(SqlError::invalid(format!("primary key column '{key}' is not a column of '{name}'"))
                .at(place));
        }
    }
    if kind == RelationKind::Stream && !primary_key.is_empty() {
        let message = format!(
            "a stream has no primary key: its rows are only added; CREATE TABLE {name} for a keyed topic"
        );
        return Err(SqlError::invalid(message).at(place));
    }
    Ok(Statement::CreateRelation(CreateRelation {
        kind,
        name,
        if_not_exists,
        or_replace,
        columns,
        primary_key,
        watermark,
        options,
    }))
}

/// A name as the planner resolves it.
fn fold(ident: &ast::Ident) -> String {
    if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_lowercase() }
}

fn column_or_key(
    part: Vec<TokenWithSpan>,
    columns: &mut Vec<ast::ColumnDef>,
    primary_key: &mut Vec<String>,
) -> Result<(), SqlError> {
    let place = part.first().map_or_else(|| Cursor::new(Vec::new()).here(), |token| token.span.start);
    if let Some(at) = part.iter().position(|token| is_word(&token.token, "METADATA")) {
        let message = "METADATA columns need no declaration: _key, _partition, _offset, _timestamp and _headers can be \
                       selected from every topic";
        return Err(SqlError::unsupported(message).at(part[at].span.start));
    }
    let mut parser = Parser::new(&DIALECT).with_tokens_with_locations(part);
    if let Some(constraint) = parser.parse_optional_table_constraint()? {
        let TableConstraint::PrimaryKey(key) = constraint else {
            let message = format!("only PRIMARY KEY is a constraint of a topic, not {constraint}");
            return Err(SqlError::unsupported(message).at(place));
        };
        for column in key.columns {
            match column.column.expr {
                Expr::Identifier(ident) => primary_key.push(fold(&ident)),
                other => {
                    return Err(
                        SqlError::invalid(format!("a key is made of columns, not of {other}")).at(place)
                    );
                }
            }
        }
        return Ok(());
    }
    let column = parser.parse_column_def()?;
    let next = parser.peek_token();
    if next.token != Token::EOF {
        return Err(SqlError::invalid(format!("expected a comma, found {next}")).at(next.span.start));
    }
    for option in &column.options {
        match &option.option {
            ColumnOption::PrimaryKey(_) => primary_key.push(fold(&column.name)),
            ColumnOption::Null | ColumnOption::NotNull => {}
            other => {
                let message = format!("column '{}': {other} is not built for topics", column.name.value);
                return Err(SqlError::unsupported(message).at(place));
            }
        }
    }
    columns.push(column);
    Ok(())
}

fn watermark_clause(part: Vec<TokenWithSpan>) -> Result<Watermark, SqlError> {
    let mut cursor = Cursor::new(part);
    let location = cursor.here();
    cursor.expect("WATERMARK")?;
    cursor.expect("FOR")?;
    let column = cursor.name()?;
    cursor.expect("AS")?;
    let place = cursor.here();
    let expr = Parser::new(&DIALECT).with_tokens_with_locations(cursor.rest()).parse_expr()?;
    let wrong = || {
        let message = format!(
            "a watermark is 'WATERMARK FOR {column} AS {column} - INTERVAL ''…''', or the column alone"
        );
        SqlError::invalid(message).at(place)
    };
    let is_column = |expr: &Expr| matches!(expr, Expr::Identifier(ident) if fold(ident) == column);
    let delay_ms = match &expr {
        expr if is_column(expr) => 0,
        Expr::BinaryOp { left, op: ast::BinaryOperator::Minus, right } if is_column(left) => {
            interval_ms(right).map_err(|error| error.at(place))?
        }
        _ => return Err(wrong()),
    };
    if delay_ms < 0 {
        return Err(SqlError::invalid(
            "a watermark cannot stand before the events: the interval is negative",
        )
        .at(place));
    }
    Ok(Watermark { column, delay_ms, location })
}

fn options(cursor: &mut Cursor) -> Result<Vec<RelationOption>, SqlError> {
    let mut options: Vec<RelationOption> = Vec::new();
    for part in split_commas(cursor.parenthesised()?) {
        let mut part = Cursor::new(part);
        let location = part.here();
        // Both `name` and Flink's 'name' are read.
        let name = part.value()?.to_lowercase().replace('.', "_");
        part.expect_token(&Token::Eq)?;
        let value = part.value()?;
        part.end()?;
        if options.iter().any(|option| option.name == name) {
            return Err(SqlError::invalid(format!("option '{name}' is given twice")).at(location));
        }
        options.push(RelationOption { name, value, location });
    }
    Ok(options)
}

fn materialized_view(mut cursor: Cursor) -> Result<Statement, SqlError> {
    let if_not_exists = cursor.eat_all(&["IF", "NOT", "EXISTS"]);
    let name = cursor.name()?;
    let mut columns = Vec::new();
    if cursor.eat_token(&Token::LParen) {
        loop {
            columns.push(cursor.name()?);
            if !cursor.eat_token(&Token::Comma) {
                break;
            }
        }
        cursor.expect_token(&Token::RParen)?;
    }
    let options = if cursor.eat("WITH") { options(&mut cursor)? } else { Vec::new() };
    cursor.expect("AS")?;
    let mut query = cursor.rest();
    let clauses = trailing_clauses(&mut query)?;
    Ok(Statement::CreateMaterializedView(CreateMaterializedView {
        name,
        if_not_exists,
        columns,
        options,
        query: parse_query(query)?,
        emit: clauses.emit,
        grace_ms: clauses.grace_ms,
        late_to: clauses.late_to,
    }))
}

#[derive(Default)]
struct Clauses {
    emit: Option<Emit>,
    grace_ms: i64,
    late_to: Option<String>,
}

/// Takes `GRACE`, `LATE TO` and `EMIT`, in any order, off the end of the query.
fn trailing_clauses(query: &mut Vec<TokenWithSpan>) -> Result<Clauses, SqlError> {
    let mut depth = 0;
    let mut start = None;
    for (index, token) in query.iter().enumerate() {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            _ => {}
        }
        let next = |word| query.get(index + 1).is_some_and(|next| is_word(&next.token, word));
        let clause = (is_word(&token.token, "EMIT")
            && ["FINAL", "CHANGES", "ON", "EVERY"].iter().any(|word| next(word)))
            || (is_word(&token.token, "GRACE") && (next("INTERVAL") || next("PERIOD")))
            || (is_word(&token.token, "LATE") && next("TO"));
        if depth == 0 && clause {
            start = Some(index);
            break;
        }
    }
    let mut clauses = Clauses::default();
    let Some(start) = start else { return Ok(clauses) };
    let mut cursor = Cursor::new(query.split_off(start));
    loop {
        let place = cursor.here();
        if cursor.eat("EMIT") {
            clauses.emit = Some(if cursor.eat("FINAL") || cursor.eat_all(&["ON", "WINDOW", "CLOSE"]) {
                Emit::Final
            } else if cursor.eat("CHANGES") {
                Emit::Changes
            } else {
                return Err(SqlError::unsupported("EMIT knows FINAL (ON WINDOW CLOSE) and CHANGES").at(place));
            });
        } else if cursor.eat("GRACE") {
            cursor.eat("PERIOD");
            clauses.grace_ms = interval(&mut cursor)?;
            if clauses.grace_ms < 0 {
                return Err(SqlError::invalid("a grace period cannot be negative").at(place));
            }
        } else if cursor.eat_all(&["LATE", "TO"]) {
            clauses.late_to = Some(cursor.value()?);
        } else {
            cursor.end()?;
            return Ok(clauses);
        }
    }
}

/// `INTERVAL '…' [unit]`.
fn interval(cursor: &mut Cursor) -> Result<i64, SqlError> {
    let place = cursor.here();
    cursor.expect("INTERVAL")?;
    let text = cursor.value()?;
    let units = [
        "MILLISECOND",
        "SECOND",
        "MINUTE",
        "HOUR",
        "DAY",
        "MILLISECONDS",
        "SECONDS",
        "MINUTES",
        "HOURS",
        "DAYS",
    ];
    let unit = units.iter().find(|unit| cursor.eat(unit));
    let written = format!("INTERVAL '{}' {}", text.replace('\'', "''"), unit.unwrap_or(&""));
    let expr = Parser::new(&DIALECT).try_with_sql(&written)?.parse_expr()?;
    interval_ms(&expr).map_err(|error| error.at(place))
}

pub(super) fn drop(mut cursor: Cursor) -> Result<Statement, SqlError> {
    if cursor.eat("MATERIALIZED") {
        cursor.expect("VIEW")?;
    } else if !(cursor.eat("TABLE") || cursor.eat("STREAM") || cursor.eat("VIEW")) {
        return Err(cursor.unexpected("TABLE, STREAM, VIEW or MATERIALIZED VIEW"));
    }
    let if_exists = cursor.eat_all(&["IF", "EXISTS"]);
    let name = cursor.name()?;
    cursor.end()?;
    Ok(Statement::Drop { name, if_exists })
}
