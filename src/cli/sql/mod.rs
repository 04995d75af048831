//! `riverrun sql`: statements over the topics of a cluster, from flags, a file, a pipe or a shell.

mod rows;
mod shell;

use std::io::{IsTerminal, Read};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use riverrun::core::client::Client;
use riverrun::streams::sql::SqlSession;
use riverrun::streams::sql::topic::ClusterLog;
use riverrun::{Error, ErrorKind, Result};
use tokio::runtime::Runtime;

use super::broker_address::BrokerAddress;
use super::runtime;
use super::suggestion::nearest_to_quoted;
use super::terminal::Terminal;

const EXAMPLES: &str = "\
Examples:
  riverrun sql -e 'SELECT _key, count(*) FROM flights GROUP BY _key'
  riverrun sql -f report.sql --output json
  riverrun sql                                     (a shell with history; \\? lists its commands)

Every topic is a table with the columns _key, _value, _partition, _offset, _timestamp and _headers; CREATE TABLE and
CREATE STREAM give its values columns of their own. Declarations last as long as the session.";

/// Run SQL over topics: statements from -e or -f, from a pipe, or typed into a shell.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Sql {
    /// Statements to run, separated by semicolons; may be given many times.
    #[arg(short = 'e', long = "execute", value_name = "SQL")]
    statements: Vec<String>,
    /// A file of statements to run; after -e where both are given.
    #[arg(short = 'f', long, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    address: BrokerAddress,
}

impl Sql {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<()> {
        let runtime = runtime::of_all_cores()?;
        let scripts = self.scripts()?;
        let (client, session) = runtime.block_on(async {
            let client = self.address.client().await?;
            let session = SqlSession::new(Arc::new(ClusterLog::new(&client)?))?;
            Ok::<_, Error>((client, session))
        })?;
        let mut session = Session { runtime, client, session };
        let Some(scripts) = scripts else { return shell::run(&mut session, terminal) };
        for (origin, script) in scripts {
            session.run(&script, terminal).map_err(|error| error.context(origin))?;
        }
        Ok(())
    }

    /// What to run, each with the name that errors call it; nothing when a person is to type it.
    fn scripts(&self) -> Result<Option<Vec<(String, String)>>> {
        let mut scripts: Vec<(String, String)> =
            self.statements.iter().map(|text| ("-e".to_owned(), text.clone())).collect();
        if let Some(path) = &self.file {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path).map_err(|error| {
                Error::new(ErrorKind::NotFound, format!("cannot read '{name}'")).with_source(error)
            })?;
            scripts.push((name, text));
        }
        if scripts.is_empty() {
            if std::io::stdin().is_terminal() {
                return Ok(None);
            }
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map_err(|error| {
                Error::new(ErrorKind::Invalid, "standard input is no text").with_source(error)
            })?;
            scripts.push(("standard input".to_owned(), text));
        }
        Ok(Some(scripts))
    }
}

/// A session with what it runs on.
struct Session {
    runtime: Runtime,
    client: Client,
    session: SqlSession,
}

impl Session {
    /// Runs a script and prints what its statements give.
    fn run(&mut self, script: &str, terminal: &Terminal) -> Result<()> {
        let Session { runtime, client, session } = self;
        let answers = runtime.block_on(async {
            match session.execute(script).await {
                Ok(answers) => Ok(answers),
                Err(error) => Err(nearest_to_quoted(client, error.into()).await),
            }
        })?;
        answers.iter().try_for_each(|answer| rows::print(answer, terminal))
    }
}
