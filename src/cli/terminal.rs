//! What a command prints to: results on standard output, everything for people on standard error.
//!
//! The only room that writes to the process's streams, so `--output` and `--color` hold everywhere.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};

use clap::ValueEnum;
use riverrun::{Error, ErrorKind, Result};
use serde_json::Value;

use super::table::Table;

/// The form of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// Aligned columns.
    Table,
    /// One JSON value per line.
    Json,
}

/// When colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Even into a file or pipe.
    Always,
    /// Never.
    Never,
}

impl From<ColorChoice> for clap::ColorChoice {
    fn from(choice: ColorChoice) -> Self {
        match choice {
            ColorChoice::Auto => clap::ColorChoice::Auto,
            ColorChoice::Always => clap::ColorChoice::Always,
            ColorChoice::Never => clap::ColorChoice::Never,
        }
    }
}

/// The choice in the raw arguments, for the help and the usage errors that are printed before they are parsed.
pub(crate) fn color_asked_for(arguments: &[OsString]) -> ColorChoice {
    let mut words = arguments.iter().filter_map(|word| word.to_str()).take_while(|word| *word != "--");
    let mut choice = std::env::var("RIVERRUN_COLOR").ok();
    while let Some(word) = words.next() {
        if word == "--color" {
            choice = words.next().map(str::to_owned);
        } else if let Some(value) = word.strip_prefix("--color=") {
            choice = Some(value.to_owned());
        }
    }
    choice.and_then(|word| ColorChoice::from_str(&word, true).ok()).unwrap_or(ColorChoice::Auto)
}

/// The process's output streams and how to write to them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    output: Output,
    color: ColorChoice,
}

impl Terminal {
    pub(crate) fn new(output: Output, color: ColorChoice) -> Self {
        Terminal { output, color }
    }

    pub(crate) fn output(&self) -> Output {
        self.output
    }

    fn is_colored(&self, stream: &impl IsTerminal) -> bool {
        match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        }
    }

    /// Whether what goes to standard error has colours.
    pub(crate) fn is_stderr_colored(&self) -> bool {
        self.is_colored(&std::io::stderr())
    }

    /// Whether a person looks at standard error: only then are progress bars and prompts shown.
    pub(crate) fn is_watched(&self) -> bool {
        std::io::stderr().is_terminal() && self.output == Output::Table
    }

    /// Prints rows in the chosen form.
    pub(crate) fn rows(&self, table: &Table) -> Result<()> {
        let text = match self.output {
            Output::Table => table.render(self.is_colored(&std::io::stdout())),
            Output::Json => table.json_lines(),
        };
        self.text(&text)
    }

    /// Prints what was done: `text` for people, `value` for programs.
    pub(crate) fn done(&self, text: &str, value: &Value) -> Result<()> {
        match self.output {
            Output::Table => self.text(&format!("{text}\n")),
            Output::Json => self.text(&format!("{value}\n")),
        }
    }

    /// Writes `text` to standard output as it is, and flushes.
    pub(crate) fn text(&self, text: &str) -> Result<()> {
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(write_error)
    }

    /// Prints a note for the person who looks; programs that read the results never see it.
    pub(crate) fn note(&self, text: &str) {
        self.print_for_people(text);
    }

    /// Prints an error for people.
    pub(crate) fn complain(&self, text: &str) {
        if self.is_stderr_colored() {
            self.print_for_people(&format!("\x1b[1;31merror:\x1b[0m {text}"));
        } else {
            self.print_for_people(&format!("error: {text}"));
        }
    }

    /// Prints an error for programs.
    pub(crate) fn complain_json(&self, value: &Value) {
        self.print_for_people(&value.to_string());
    }

    fn print_for_people(&self, text: &str) {
        // Nobody is left to tell when standard error itself is gone.
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }
}

/// A failed write to standard output, with the cause that [`super::exit`] looks for.
pub(crate) fn write_error(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Internal, "cannot write to standard output").with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn color_is_found_before_parsing() {
        let words = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert_eq!(color_asked_for(&words("riverrun --color never topic")), ColorChoice::Never);
        assert_eq!(color_asked_for(&words("riverrun topic --color=always")), ColorChoice::Always);
        assert_eq!(color_asked_for(&words("riverrun topic -- --color=always")), ColorChoice::Auto);
    }
}
