//! The command line: one file for each command, one declaration for its flags and environment variables.
//!
//! A command is a struct that derives [`clap::Args`] and has `run(self, &Terminal) -> Result<()>`; it is named in
//! [`Command`] and in nothing else. This room turns arguments into calls of the libraries and their answers into
//! text: it must never hold logic that a user of the libraries would miss.

mod bench;
mod broker_address;
mod check;
mod consume;
mod dump_log;
mod exit;
mod group;
mod logging;
mod produce;
mod properties;
mod record_text;
mod run;
mod runtime;
mod serve;
#[cfg(feature = "sql")]
mod sql;
mod suggestion;
mod table;
mod terminal;
mod topic;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use riverrun::Result;

use logging::{LogFormat, LogLevel};
use terminal::{ColorChoice, Output, Terminal};

/// Kafka, Kafka Streams, Kafka Connect and streaming SQL in one binary.
#[derive(Debug, Parser)]
#[command(
    name = "riverrun",
    version,
    propagate_version = true,
    disable_help_subcommand = true,
    after_help = exit::HELP
)]
struct Cli {
    /// What results are printed as: a table for people, or one JSON value per line for programs.
    #[arg(
        long,
        global = true,
        help_heading = "Options of every command",
        env = "RIVERRUN_OUTPUT",
        value_name = "FORMAT",
        default_value = "table"
    )]
    output: Output,
    /// When to use colours; `auto` means on a terminal, unless NO_COLOR is set.
    #[arg(
        long,
        global = true,
        help_heading = "Options of every command",
        env = "RIVERRUN_COLOR",
        value_name = "WHEN",
        default_value = "auto"
    )]
    color: ColorChoice,
    /// How much the libraries say on standard error while they work.
    #[arg(
        long = "log",
        global = true,
        help_heading = "Options of every command",
        env = "RIVERRUN_LOG",
        value_name = "LEVEL",
        default_value = "warn"
    )]
    log: LogLevel,
    /// How they say it: lines for people, or one JSON object per line for programs.
    #[arg(
        long,
        global = true,
        help_heading = "Options of every command",
        env = "RIVERRUN_LOG_FORMAT",
        value_name = "FORMAT",
        default_value = "text"
    )]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

/// Every command there is.
#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Run(run::Run),
    Check(check::Check),
    #[cfg(feature = "sql")]
    Sql(sql::Sql),
    Topic(topic::Topic),
    Produce(produce::Produce),
    Consume(consume::Consume),
    Group(group::Group),
    Bench(bench::Bench),
    DumpLog(dump_log::DumpLog),
}

impl Command {
    fn run(self, terminal: &Terminal) -> Result<()> {
        match self {
            Command::Run(command) => command.run(terminal),
            Command::Check(command) => command.run(terminal),
            #[cfg(feature = "sql")]
            Command::Sql(command) => command.run(terminal),
            Command::Serve(command) => command.run(terminal),
            Command::Topic(command) => command.run(terminal),
            Command::Produce(command) => command.run(terminal),
            Command::Consume(command) => command.run(terminal),
            Command::Group(command) => command.run(terminal),
            Command::Bench(command) => command.run(terminal),
            Command::DumpLog(command) => command.run(terminal),
        }
    }
}

/// Parses the process's arguments, runs the command, reports its error, and says how the process ends.
pub(crate) fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let command = Cli::command().color(terminal::color_asked_for(&arguments).into());
    let cli =
        match command.try_get_matches_from(arguments).and_then(|matches| Cli::from_arg_matches(&matches)) {
            Ok(cli) => cli,
            Err(error) => {
                // Help and version come this way too, with code 0 and on standard output.
                let _ = error.print();
                return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(exit::FAILED));
            }
        };
    let terminal = Terminal::new(cli.output, cli.color);
    logging::start(cli.log, cli.log_format, terminal.is_stderr_colored());
    match cli.command.run(&terminal) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::report(&error, &terminal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declaration_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_shows_an_example() {
        fn visit(command: &clap::Command, path: &str) {
            for child in command.get_subcommands() {
                let path = format!("{path} {}", child.get_name());
                if child.has_subcommands() {
                    visit(child, &path);
                    continue;
                }
                let help = child.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(help.contains(&path), "the help of `{path}` has no example that runs `{path}`");
            }
        }
        visit(&Cli::command(), "riverrun");
    }
}
