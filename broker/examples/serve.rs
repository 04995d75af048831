//! A broker on a data folder, until ctrl-c: `cargo run -p riverrun-broker --example serve -- DIR [NAME=VALUE…]`.

use riverrun_broker::{Broker, BrokerConfig};

#[tokio::main]
async fn main() -> riverrun_core::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut config = BrokerConfig::new(arguments.next().unwrap_or_else(|| "data".to_owned()));
    for argument in arguments {
        if let Some((name, value)) = argument.split_once('=') {
            config = config.set(name, value);
        }
    }
    let broker = Broker::start(config).await?;
    eprintln!("ready at {}", broker.bootstrap());
    let interrupted = tokio::signal::ctrl_c();
    if let Err(error) = interrupted.await {
        eprintln!("cannot wait for ctrl-c: {error}");
    }
    broker.shutdown().await
}
