//! The broker inside this process, used through the facade as an application does.

use std::time::Duration;

use riverrun::Result;
use riverrun::broker::Broker;
use riverrun::core::client::{
    Client, ClientConfig, Consumer, ConsumerConfig, OffsetReset, Producer, ProducerConfig, ProducerRecord,
};
use tempfile::TempDir;

async fn write_and_read(config: ClientConfig) -> Result<Vec<u8>> {
    let client = Client::connect(config).await?;
    let producer = Producer::new(&client, ProducerConfig::default())?;
    let sent = producer.send(ProducerRecord::new("greetings", b"hello").key(b"k")).await?.await?;
    assert_eq!(sent.offset, 0);
    let config = ConsumerConfig::group("readers").auto_offset_reset(OffsetReset::Earliest);
    let mut consumer = Consumer::new(&client, config)?;
    consumer.subscribe(&["greetings"])?;
    loop {
        let records = consumer.poll(Duration::from_secs(1)).await?;
        if let Some((_, record)) = records.iter().next() {
            let value = record.value.clone().unwrap_or_default().to_vec();
            consumer.close(Duration::from_secs(5)).await?;
            return Ok(value);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_reaches_it_without_a_socket() {
    let folder = TempDir::new().unwrap();
    let broker = Broker::embedded(folder.path()).await.unwrap();
    let config = ClientConfig::new(&broker.bootstrap()).transport(broker.connector());
    assert_eq!(write_and_read(config).await.unwrap(), b"hello");
    broker.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_reaches_it_over_tcp() {
    let folder = TempDir::new().unwrap();
    let broker = Broker::embedded(folder.path()).await.unwrap();
    assert_eq!(write_and_read(ClientConfig::new(&broker.bootstrap())).await.unwrap(), b"hello");
    broker.shutdown().await.unwrap();
}
