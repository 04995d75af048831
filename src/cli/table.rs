//! Rows with named columns, printed as aligned text or as JSON objects: one value for both faces.

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

/// Rows of JSON values under column names such as `log_end_offset`.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<String>,
    headings: Vec<String>,
    rows: Vec<Vec<Value>>,
}

impl Table {
    /// An empty table; a column's name is its JSON key, and in capitals its heading.
    pub(crate) fn new(columns: &[&str]) -> Self {
        let headings = columns.iter().map(|name| name.replace('_', " ").to_uppercase()).collect();
        Table { headings, ..Table::named_as_is(columns) }
    }

    /// An empty table whose headings are the columns' names as they are: for columns that a user named.
    pub(crate) fn named_as_is(columns: &[&str]) -> Self {
        let columns: Vec<String> = columns.iter().map(|&name| name.to_owned()).collect();
        Table { headings: columns.clone(), columns, rows: Vec::new() }
    }

    /// How many rows there are.
    #[cfg(feature = "sql")]
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Adds a row with a value for each column.
    pub(crate) fn push(&mut self, row: Vec<Value>) {
        debug_assert_eq!(row.len(), self.columns.len());
        self.rows.push(row);
    }

    /// One JSON object per row and line.
    pub(crate) fn json_lines(&self) -> String {
        let mut text = String::new();
        for row in &self.rows {
            // Written out by hand: a map of serde_json would sort the columns by name.
            let fields: Vec<String> = self
                .columns
                .iter()
                .zip(row)
                .map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())))
                .collect();
            text.push('{');
            text.push_str(&fields.join(","));
            text.push_str("}\n");
        }
        text
    }

    /// Columns that line up: numbers to the right, everything else to the left, headings in bold when coloured.
    pub(crate) fn render(&self, colored: bool) -> String {
        let headings = &self.headings;
        let cells: Vec<Vec<String>> = self.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
        let mut widths: Vec<usize> = headings.iter().map(|heading| heading.width()).collect();
        for row in &cells {
            for (width, text) in widths.iter_mut().zip(row) {
                *width = (*width).max(text.width());
            }
        }
        let to_the_right: Vec<bool> = (0..self.columns.len())
            .map(|column| {
                let mut values =
                    self.rows.iter().map(|row| &row[column]).filter(|value| !value.is_null()).peekable();
                values.peek().is_some() && values.all(Value::is_number)
            })
            .collect();
        let mut text = String::new();
        if colored {
            text.push_str("\x1b[1m");
        }
        line(&mut text, headings, &widths, &to_the_right);
        if colored {
            text.insert_str(text.len() - 1, "\x1b[0m");
        }
        for row in &cells {
            line(&mut text, row, &widths, &to_the_right);
        }
        text
    }
}

fn line(text: &mut String, cells: &[String], widths: &[usize], to_the_right: &[bool]) {
    let last = cells.len().saturating_sub(1);
    for (column, cell) in cells.iter().enumerate() {
        let padding = " ".repeat(widths[column] - cell.width());
        if to_the_right[column] {
            text.push_str(&padding);
            text.push_str(cell);
        } else {
            text.push_str(cell);
            if column != last {
                text.push_str(&padding);
            }
        }
        if column != last {
            text.push_str("  ");
        }
    }
    text.push('\n');
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        // A control character would break the alignment, or speak to the terminal.
        Value::String(text) if text.contains(char::is_control) => text.escape_debug().to_string(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_line_up_on_the_right_and_nothing_trails() {
        let mut table = Table::new(&["topic", "log_end_offset", "leader"]);
        table.push(vec![json!("flights"), json!(27004), json!("1")]);
        table.push(vec![json!("東京"), json!(null), json!("-")]);
        assert_eq!(
            table.render(false),
            "TOPIC    LOG END OFFSET  LEADER\n\
             flights           27004  1\n\
             東京                  -  -\n"
        );
        assert_eq!(
            table.json_lines(),
            "{\"topic\":\"flights\",\"log_end_offset\":27004,\"leader\":\"1\"}\n\
             {\"topic\":\"東京\",\"log_end_offset\":null,\"leader\":\"-\"}\n"
        );
    }

    #[test]
    fn control_characters_are_shown_not_sent() {
        let mut table = Table::new(&["key"]);
        table.push(vec![json!("a\x1b[31m\nb")]);
        assert_eq!(table.render(false), "KEY\na\\u{1b}[31m\\nb\n");
    }
}
