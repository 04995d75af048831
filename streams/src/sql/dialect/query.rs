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
    (
        &["EXCEPT", "ALL"],
        "EXCEPT ALL is not built: copies would not be counted; use EXCEPT, or GROUP BY with count(*)",
    ),
    (&["INTERSECT", "ALL"], "INTERSECT ALL is not built: copies would not be counted; use INTERSECT"),
    (
        &["BETWEEN", "SYMMETRIC"],
        "BETWEEN SYMMETRIC is not built; write BETWEEN least(a, b) AND greatest(a, b)",
    ),
    (&["EXCLUDE", "CURRENT"], "EXCLUDE in a window frame is not built"),
    (&["EXCLUDE", "GROUP"], "EXCLUDE in a window frame is not built"),
    (&["EXCLUDE", "TIES"], "EXCLUDE in a window frame is not built"),
];

/// Rewrites `f(TABLE x, …)` to `f(x, …)`, which is all that sqlparser lacks, and refuses what must not be ignored.
pub(super) fn take_stream_syntax(tokens: Vec<TokenWithSpan>) -> Result<Vec<TokenWithSpan>, SqlError> {
    for (words, message) in REFUSED {
        if let Some(at) = find_words(&tokens, words) {
            return Err(SqlError::unsupported(*message).at(tokens[at].span.start));
        }
    }
    let session =
        tokens.windows(2).find(|pair| is_word(&pair[0].token, "SESSION") && pair[1].token == Token::LParen);
    if let Some(pair) = session {
        let message = "SESSION windows are not built; TUMBLE, HOP and CUMULATE are";
        return Err(SqlError::unsupported(message).at(pair[0].span.start));
    }
    if let Some(at) = find_words(&tokens, &["SELECT", "FROM"]) {
        return Err(SqlError::invalid("expected columns between SELECT and FROM").at(tokens[at].span.start));
    }
    refuse_merged_columns(&tokens)?;
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

/// `FULL` and `RIGHT JOIN … USING`: the planner below leaves the merged column null for rows of the right side alone.
fn refuse_merged_columns(tokens: &[TokenWithSpan]) -> Result<(), SqlError> {
    let message = "FULL and RIGHT JOIN with USING or NATURAL are not built: the merged column would be null for rows of \
                   the right side alone; write ON a.k = b.k and coalesce(a.k, b.k)";
    let word = |at: usize, word: &str| tokens.get(at).is_some_and(|token| is_word(&token.token, word));
    for at in 0..tokens.len() {
        if !(word(at, "FULL") || word(at, "RIGHT")) {
            continue;
        }
        let join = at + 1 + usize::from(word(at + 1, "OUTER"));
        if !word(join, "JOIN") {
            continue;
        }
        let ends = ["JOIN", "ON", "WHERE", "GROUP", "ORDER", "UNION", "LIMIT"];
        let using = (join + 1..tokens.len())
            .take_while(|next| !ends.iter().any(|end| word(*next, end)))
            .any(|next| word(next, "USING"));
        if using || (at > 0 && word(at - 1, "NATURAL")) {
            return Err(SqlError::unsupported(message).at(tokens[at].span.start));
        }
    }
    Ok(())
}
