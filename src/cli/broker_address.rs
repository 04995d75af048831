//! Where the broker is: the flag that every command of a client shares.

use clap::Args;
use riverrun::Result;
use riverrun::core::client::{Client, ClientConfig};

/// The broker that a command talks to.
#[derive(Args, Clone, Debug)]
pub(crate) struct BrokerAddress {
    /// Where to find the cluster: one or more HOST:PORT, separated by commas.
    #[arg(
        long,
        value_name = "HOST:PORT",
        env = "RIVERRUN_BOOTSTRAP_SERVER",
        default_value = "127.0.0.1:9092"
    )]
    pub(crate) bootstrap_server: String,
}

impl BrokerAddress {
    /// Reaches the cluster, or says at once that nobody is there.
    pub(crate) async fn client(&self) -> Result<Client> {
        let config = ClientConfig::new(&self.bootstrap_server).client_id("riverrun-cli");
        Client::connect(config)
            .await
            .map_err(|error| error.context(format_args!("--bootstrap-server {}", self.bootstrap_server)))
    }
}
