//! `riverrun serve`: the broker, until it is told to stop.

use std::path::PathBuf;

use clap::Args;
use riverrun::broker::{Broker, BrokerConfig};
use riverrun::{Error, ErrorKind, Result};
use serde_json::json;

use super::properties::{self, Property};
use super::runtime::{self, Stop};
use super::terminal::Terminal;
use super::topic::name_and_value;

const EXAMPLES: &str = "\
Examples:
  riverrun serve --data-dir ./data --listen 127.0.0.1:9092
  riverrun serve --metrics 9404 --log info --log-format json
  riverrun serve --config server.properties -o num.partitions=4 -o log.retention.hours=72

Every broker config of Kafka that Riverrun knows can be set, under Kafka's name: by a flag of its own, by -o, by an
environment variable (log.retention.ms is RIVERRUN_BROKER_LOG_RETENTION_MS), or in the file of --config; what stands
first here wins.";

/// What an environment variable that sets a broker config begins with.
const ENVIRONMENT: &str = "RIVERRUN_BROKER_";

/// Run a broker that any Kafka client can use.
///
/// Prints one line when it is ready, with the address it is bound to. Ends on SIGTERM or Ctrl-C after what was accepted
/// is answered and flushed; a SIGKILL loses nothing that was acknowledged.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Serve {
    /// The data folder; made if it is not there. Kafka's log.dirs. [default: data]
    #[arg(long, value_name = "DIR", env = "RIVERRUN_DATA_DIR")]
    data_dir: Option<PathBuf>,
    /// Where to listen; port 0 picks a free one. Kafka's listeners. [default: 127.0.0.1:9092]
    #[arg(long, value_name = "HOST:PORT", env = "RIVERRUN_LISTEN")]
    listen: Option<String>,
    /// Where metrics (/metrics) and health (/health) are served by HTTP: a port of 127.0.0.1, or HOST:PORT. Sets
    /// metrics.listener. [default: nowhere]
    #[arg(long, value_name = "HOST:PORT", env = "RIVERRUN_METRICS")]
    metrics: Option<String>,
    /// A broker config under Kafka's name; may be given many times.
    #[arg(short = 'o', long = "option", value_name = "NAME=VALUE", value_parser = name_and_value)]
    options: Vec<(String, String)>,
    /// A file of broker configs, in the format of Kafka's server.properties.
    #[arg(long, value_name = "FILE", env = "RIVERRUN_CONFIG")]
    config: Option<PathBuf>,
}

impl Serve {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<()> {
        runtime::of_all_cores()?.block_on(self.serve(terminal))
    }

    async fn serve(self, terminal: &Terminal) -> Result<()> {
        let mut stop = Stop::listen()?;
        let file = self.read_config_file()?;
        let broker =
            Broker::start(self.broker_config(&file)).await.map_err(|error| self.place(error, &file))?;
        for notice in broker.notices() {
            terminal.note(notice);
        }
        let address = broker.bound().to_string();
        let metrics = broker.metrics_bound().map(|bound| bound.to_string());
        let more = metrics.as_ref().map(|at| format!(", metrics on {at}")).unwrap_or_default();
        let ready = json!({ "listen": address, "metrics": metrics });
        terminal.done(&format!("riverrun is ready on {address}{more}"), &ready)?;
        stop.asked_for().await;
        // Asked twice means now: what was acknowledged is on disk either way.
        tokio::select! {
            closed = broker.shutdown() => closed,
            () = stop.asked_for() => Err(Error::new(ErrorKind::Closed, "stopped before the logs were closed in order")),
        }
    }

    fn read_config_file(&self) -> Result<Vec<Property>> {
        let Some(path) = &self.config else { return Ok(Vec::new()) };
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::new(ErrorKind::NotFound, format!("cannot read the config file '{name}'"))
                .with_source(error)
        })?;
        properties::parse(&name, &text)
    }

    /// All sources in one, the strongest last.
    fn broker_config(&self, file: &[Property]) -> BrokerConfig {
        let mut configs: Vec<(String, String)> = vec![("log.dir".to_owned(), "data".to_owned())];
        configs.extend(file.iter().map(|property| (property.name.clone(), property.value.clone())));
        configs.extend(std::env::vars().filter_map(|(name, value)| {
            name.strip_prefix(ENVIRONMENT).map(|name| (name.to_lowercase().replace('_', "."), value))
        }));
        configs.extend(self.options.iter().cloned());
        if let Some(data_dir) = &self.data_dir {
            configs.push(("log.dirs".to_owned(), data_dir.to_string_lossy().into_owned()));
        }
        if let Some(metrics) = &self.metrics {
            configs.push(("metrics.listener".to_owned(), metrics.clone()));
        }
        let config = BrokerConfig::from_configs(configs);
        match &self.listen {
            Some(address) => config.listen(address),
            None => config,
        }
    }

    /// Adds to an error about a config where in the file it stands.
    fn place(&self, error: Error, file: &[Property]) -> Error {
        let quoted = |property: &&Property| error.message().contains(&format!("'{}'", property.name));
        let Some(path) = self.config.as_ref().filter(|_| error.kind() == ErrorKind::Invalid) else {
            return error;
        };
        let lines: Vec<String> = file
            .iter()
            .filter(quoted)
            .map(|property| format!("{}:{}", path.display(), property.line))
            .collect();
        if lines.is_empty() { error } else { error.context(lines.join(", ")) }
    }
}
