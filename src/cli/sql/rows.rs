//! The rows of an answer, as a table or as JSON lines.

use riverrun::Result;
use riverrun::core::format::{JsonEncoder, write_json_value};
use riverrun::streams::sql::Answer;
use serde_json::{Value, json};

use crate::cli::table::Table;
use crate::cli::terminal::{Output, Terminal};

/// Prints what a statement gave.
pub(super) fn print(answer: &Answer, terminal: &Terminal) -> Result<()> {
    let (schema, batches) = match answer {
        Answer::Rows { schema, batches } => (schema, batches),
        Answer::Done(text) => return terminal.done(text, &json!({ "done": text })),
    };
    if terminal.output() == Output::Json {
        // Straight from the columns: numbers keep all their digits.
        let encoder = JsonEncoder::new(schema)?;
        let mut text = Vec::new();
        for batch in batches {
            for row in 0..batch.num_rows() {
                encoder.write_row(batch, row, &mut text);
                text.push(b'\n');
            }
        }
        return terminal.text(&String::from_utf8_lossy(&text));
    }
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let mut table = Table::named_as_is(&names);
    let mut json = Vec::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            let cells = batch.columns().iter().map(|column| {
                json.clear();
                write_json_value(&**column, row, &mut json);
                cell(&json)
            });
            table.push(cells.collect());
        }
    }
    terminal.rows(&table)?;
    if terminal.is_watched() {
        let count = table.len();
        terminal.note(&if count == 1 { "1 row".to_owned() } else { format!("{count} rows") });
    }
    Ok(())
}

/// A cell of a table from its JSON: a number that would lose digits on the way stays text.
fn cell(json: &[u8]) -> Value {
    let text = String::from_utf8_lossy(json);
    match serde_json::from_slice::<Value>(json) {
        Ok(value) if !value.is_number() || value.to_string() == text => value,
        _ => Value::String(text.into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_kept() {
        assert_eq!(cell(b"1.5"), json!(1.5));
        assert_eq!(cell(b"12345678901234567890.123456789"), json!("12345678901234567890.123456789"));
        assert_eq!(cell(b"\"a\""), json!("a"));
        assert_eq!(cell(b"{\"a\":[1]}"), json!({ "a": [1] }));
    }
}
