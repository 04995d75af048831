//! The shell: lines until a semicolon make a statement; what was typed is remembered in a file.

use std::path::PathBuf;

use riverrun::{Error, ErrorKind, Result};
use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

use super::Session;
use crate::cli::terminal::Terminal;

const HELP: &str = "\
A statement ends with a semicolon and may span lines.
  \\d         tables, views and topics (SHOW TABLES)
  \\d NAME    the columns of one (DESCRIBE NAME)
  \\?         this help
  \\q         leave; so does Ctrl-D. Ctrl-C drops the statement that is being typed
";

/// Reads and runs statements until the person leaves. Errors are shown and end nothing.
pub(super) fn run(session: &mut Session, terminal: &Terminal) -> Result<()> {
    let failed = |error: ReadlineError| {
        Error::new(ErrorKind::Internal, "the shell cannot read from this terminal").with_source(error)
    };
    let mut editor = DefaultEditor::new().map_err(failed)?;
    let history = history_file();
    if let Some(path) = &history {
        // The first time there is none.
        let _ = editor.load_history(path);
    }
    terminal.note("SQL over the topics of this cluster; \\? helps, \\q leaves");
    let mut typed = String::new();
    loop {
        let prompt = if typed.is_empty() { "riverrun> " } else { "       -> " };
        match editor.readline(prompt) {
            Ok(line) => typed.push_str(&line),
            Err(ReadlineError::Interrupted) => {
                typed.clear();
                continue;
            }
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(failed(error)),
        }
        let input = match step(&typed) {
            Step::More => {
                typed.push('\n');
                continue;
            }
            Step::Leave => break,
            Step::Nothing => String::new(),
            Step::Help => {
                terminal.text(HELP)?;
                String::new()
            }
            Step::Run(sql) => sql,
        };
        if !typed.trim().is_empty() {
            // History is a convenience: a full disk must not end the session.
            let _ = editor.add_history_entry(typed.trim());
            if let Some(path) = &history {
                let _ = editor.append_history(path);
            }
        }
        typed.clear();
        if !input.is_empty()
            && let Err(error) = session.run(&input, terminal)
        {
            terminal.complain(&error.chain());
        }
    }
    Ok(())
}

/// What to do with what was typed so far.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Nothing,
    More,
    Run(String),
    Help,
    Leave,
}

fn step(typed: &str) -> Step {
    let text = typed.trim();
    match text {
        "" => Step::Nothing,
        "\\q" | "exit" | "quit" | "exit;" | "quit;" => Step::Leave,
        "\\?" | "help" | "help;" | "\\h" => Step::Help,
        "\\d" => Step::Run("SHOW TABLES;".to_owned()),
        _ => match text.strip_prefix("\\d ") {
            Some(name) => Step::Run(format!("DESCRIBE {};", name.trim().trim_end_matches(';'))),
            None if text.starts_with('\\') => Step::Help,
            None if text.ends_with(';') => Step::Run(text.to_owned()),
            None => Step::More,
        },
    }
}

/// `riverrun/sql_history` in the folder that the system has for such files; nowhere without a home.
fn history_file() -> Option<PathBuf> {
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let folder = state
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/state")))?
        .join("riverrun");
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder.join("sql_history"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_ends_with_a_semicolon() {
        let run = |sql: &str| Step::Run(sql.to_owned());
        assert_eq!(step("SELECT 1"), Step::More);
        assert_eq!(step("SELECT\n1; "), run("SELECT\n1;"));
        assert_eq!(step("  "), Step::Nothing);
        assert_eq!(step("\\d"), run("SHOW TABLES;"));
        assert_eq!(step("\\d flights;"), run("DESCRIBE flights;"));
        assert_eq!(step("\\x"), Step::Help);
        assert_eq!(step("quit"), Step::Leave);
    }
}
