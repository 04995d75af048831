//! Stream syntax inside of queries: what is rewritten for sqlparser, and what is refused because it would be
//! ignored in silence.

use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan};

use super::tokens::{find_words, is_word};
use crate::sql::error::SqlError;

/// Syntax that the planner below would take and leave out, or that names what is not built.
const REFUSED: &[(&[&str], &str)] = &[
    (
        &["FOR", "SYSTEM_TIME"],
        "FOR SYSTEM_TIME AS OF is not built: a join with a table reads the table's latest row; write a plain JOIN",
    ),
    (
        &["VERSION", "AS", "OF"],
        "VERSION AS OF is not built; filter on _offset or _timestamp to read a part of a topic",
    ),
    (
        &["TIMESTAMP", "AS", "OF"],
        "TIMESTAMP AS OF is not built; filter on _timestamp to read a part of a topic",
    ),
    (&["TABLESAMPLE"], "TABLESAMPLE is not built; filter on _offset or _partition to read a part of a topic"),
    (&["ASOF", "JOIN"], "ASOF JOIN is not built; a plain JOIN with a table reads the table's latest row"),
    (&["MATCH_RECOGNIZE"], "MATCH_RECOGNIZE is not built"),
];

/// Rewrites `f(TABLE x, …)` to `f(x, …)`, which is all that sqlparser lacks, and refuses what must not be ignored.
pub(super) fn take_stream_syntax(tokens: Vec<TokenWithSpan>) -> Result<Vec<TokenWithSpan>, SqlError> {
    for (words, message) in REFUSED {
        if let Some(at) = find_words(&tokens, words) {
            return Err(SqlError::unsupported(*message).at(tokens[at].span.start));
        }
    }
    let mut kept: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    for (index, token) in tokens.iter().enumerate() {
        let argument = is_word(&token.token, "TABLE")
            && kept.last().is_some_and(|last| matches!(last.token, Token::LParen | Token::Comma))
            && tokens.get(index + 1).is_some_and(|next| matches!(next.token, Token::Word(_)));
        if !argument {
            kept.push(token.clone());
        }
    }
    Ok(kept)
}
