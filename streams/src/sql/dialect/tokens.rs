//! A cursor over the tokens of one statement.

use datafusion::sql::sqlparser::tokenizer::{Location, Token, TokenWithSpan, Word};

use crate::sql::error::SqlError;

/// Whether a token is this keyword, unquoted, in any case.
pub(super) fn is_word(token: &Token, word: &str) -> bool {
    matches!(token, Token::Word(Word { value, quote_style: None, .. }) if value.eq_ignore_ascii_case(word))
}

/// The index of the first of these words that stand one after the other.
pub(super) fn find_words(tokens: &[TokenWithSpan], words: &[&str]) -> Option<usize> {
    tokens
        .windows(words.len())
        .position(|part| part.iter().zip(words).all(|(token, word)| is_word(&token.token, word)))
}

/// Whether `EMIT` at `index` is the clause and not a column of that name.
pub(super) fn is_trailing_emit(tokens: &[TokenWithSpan], index: usize) -> bool {
    tokens
        .get(index + 1)
        .is_some_and(|next| ["FINAL", "CHANGES", "ON", "EVERY"].iter().any(|word| is_word(&next.token, word)))
}

pub(super) struct Cursor {
    tokens: Vec<TokenWithSpan>,
    index: usize,
}

impl Cursor {
    /// Tokens without white space.
    pub(super) fn new(tokens: Vec<TokenWithSpan>) -> Cursor {
        Cursor { tokens, index: 0 }
    }

    fn token(&self) -> Option<&TokenWithSpan> {
        self.tokens.get(self.index)
    }

    /// The place of the next token, or of the last one at the end.
    pub(super) fn here(&self) -> Location {
        self.token().or(self.tokens.last()).map_or(Location::empty(), |token| token.span.start)
    }

    pub(super) fn peek(&self, word: &str) -> bool {
        self.token().is_some_and(|token| is_word(&token.token, word))
    }

    pub(super) fn eat(&mut self, word: &str) -> bool {
        let found = self.peek(word);
        self.index += usize::from(found);
        found
    }

    /// Eats all of the words or none.
    pub(super) fn eat_all(&mut self, words: &[&str]) -> bool {
        let start = self.index;
        if words.iter().all(|word| self.eat(word)) {
            return true;
        }
        self.index = start;
        false
    }

    pub(super) fn expect(&mut self, word: &str) -> Result<(), SqlError> {
        if self.eat(word) { Ok(()) } else { Err(self.unexpected(word)) }
    }

    pub(super) fn eat_token(&mut self, token: &Token) -> bool {
        let found = self.token().is_some_and(|next| next.token == *token);
        self.index += usize::from(found);
        found
    }

    pub(super) fn expect_token(&mut self, token: &Token) -> Result<(), SqlError> {
        if self.eat_token(token) { Ok(()) } else { Err(self.unexpected(&token.to_string())) }
    }

    pub(super) fn unexpected(&self, wanted: &str) -> SqlError {
        let found =
            self.token().map_or("the end of the statement".to_string(), |token| token.token.to_string());
        SqlError::invalid(format!("expected {wanted}, found {found}")).at(self.here())
    }

    /// An identifier; unquoted ones become lower case, as in PostgreSQL. A schema in front is refused.
    pub(super) fn name(&mut self) -> Result<String, SqlError> {
        let name = match self.token().map(|token| &token.token) {
            Some(Token::Word(word)) if word.quote_style.is_some() => word.value.clone(),
            Some(Token::Word(word)) => word.value.to_lowercase(),
            _ => return Err(self.unexpected("a name")),
        };
        self.index += 1;
        if self.token().is_some_and(|token| token.token == Token::Period) {
            let message =
                format!("'{name}.' names a schema; relations have plain names (quote a name with a dot)");
            return Err(SqlError::invalid(message).at(self.here()));
        }
        Ok(name)
    }

    /// A quoted text, word or number, as the value of an option.
    pub(super) fn value(&mut self) -> Result<String, SqlError> {
        let negative = self.eat_token(&Token::Minus);
        let value = match self.token().map(|token| &token.token) {
            Some(Token::SingleQuotedString(text)) => text.clone(),
            Some(Token::Word(word)) => word.value.clone(),
            Some(Token::Number(number, _)) => number.clone(),
            _ => return Err(self.unexpected("a value in single quotes")),
        };
        self.index += 1;
        Ok(if negative { format!("-{value}") } else { value })
    }

    /// The tokens between this parenthesis, which is next, and its partner.
    pub(super) fn parenthesised(&mut self) -> Result<Vec<TokenWithSpan>, SqlError> {
        let open = self.here();
        self.expect_token(&Token::LParen)?;
        let start = self.index;
        let mut depth = 1;
        while let Some(token) = self.token() {
            match token.token {
                Token::LParen => depth += 1,
                Token::RParen => depth -= 1,
                _ => {}
            }
            self.index += 1;
            if depth == 0 {
                return Ok(self.tokens[start..self.index - 1].to_vec());
            }
        }
        Err(SqlError::invalid("this parenthesis is never closed").at(open))
    }

    pub(super) fn end(&self) -> Result<(), SqlError> {
        match self.token() {
            None => Ok(()),
            Some(_) => Err(self.unexpected("the end of the statement")),
        }
    }

    /// What has not been eaten.
    pub(super) fn rest(mut self) -> Vec<TokenWithSpan> {
        self.tokens.split_off(self.index.min(self.tokens.len()))
    }
}

/// Cuts tokens at commas outside of parentheses.
pub(super) fn split_commas(tokens: Vec<TokenWithSpan>) -> Vec<Vec<TokenWithSpan>> {
    let mut parts = vec![Vec::new()];
    let mut depth = 0;
    for token in tokens {
        match token.token {
            Token::LParen | Token::LBracket => depth += 1,
            Token::RParen | Token::RBracket => depth -= 1,
            _ => {}
        }
        if token.token == Token::Comma && depth == 0 {
            parts.push(Vec::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(token);
        }
    }
    parts
}
