//! Where the broker is: the flag that every command of a client shares.

use clap::Args;

/// The broker that a command talks to.
#[derive(Args, Clone, Debug)]
pub(crate) struct BrokerAddress {
    /// Where to find the cluster: one or more HOST:PORT, separated by commas.
    #[arg(
        long,
        value_name = "HOST:PORT",
        env = "RIVERRUN_BOOTSTRAP_SERVER",
        default_value = "127.0.0.1:9092",
        value_delimiter = ','
    )]
    pub(crate) bootstrap_server: Vec<String>,
}
