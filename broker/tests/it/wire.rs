//! A connection that speaks frames and nothing more.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use riverrun_broker::{Broker, BrokerConfig};
use riverrun_core::client::transport::BoxedStream;
use riverrun_core::protocol::messages::ResponseHeader;
use riverrun_core::protocol::{Message, Reader, Request, Str, frame};
use riverrun_core::record::{BatchBuilder, Compression};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// No answer takes longer than this.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) struct Wire {
    stream: BoxedStream,
    next_correlation_id: i32,
    client_id: &'static str,
}

/// A broker in memory whose groups do not wait for more members.
pub(crate) async fn broker() -> Broker {
    Broker::start(BrokerConfig::in_memory().set("group.initial.rebalance.delay.ms", "0")).await.unwrap()
}

/// One batch of records with these values and no keys.
pub(crate) fn batch(values: &[&str]) -> Bytes {
    let mut builder = BatchBuilder::new(Compression::None);
    for value in values {
        builder.append(now_ms(), None, Some(value.as_bytes()), &[]).unwrap();
    }
    builder.build().unwrap()
}

pub(crate) fn now_ms() -> i64 {
    use riverrun_core::clock::Clock;
    riverrun_core::clock::SystemClock.now_ms()
}

impl Wire {
    pub(crate) async fn to(broker: &Broker) -> Wire {
        let stream = broker.connector().connect("in-process", 0).await.unwrap();
        Wire { stream, next_correlation_id: 0, client_id: "it" }
    }

    /// Under another name than "it".
    pub(crate) fn named(self, client_id: &'static str) -> Wire {
        Wire { client_id, ..self }
    }

    /// Over a socket, as clients outside the process come.
    pub(crate) async fn over_tcp(broker: &Broker) -> Wire {
        Wire { stream: Box::new(tcp(&broker.bootstrap()).await), next_correlation_id: 0, client_id: "it" }
    }

    /// Sends a request without waiting for its answer; returns its correlation id.
    pub(crate) async fn send<R: Request>(&mut self, request: &R, version: i16) -> i32 {
        self.next_correlation_id += 1;
        let mut buffer = BytesMut::new();
        let client_id = Str::from_static(self.client_id);
        frame::encode_request(&mut buffer, self.next_correlation_id, Some(&client_id), request, version)
            .unwrap();
        self.send_raw(&buffer).await;
        self.next_correlation_id
    }

    pub(crate) async fn send_raw(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// The next frame, without its length; `None` if the broker closed the connection.
    pub(crate) async fn frame(&mut self) -> Option<Bytes> {
        let reading = async {
            let length = self.stream.read_u32().await.ok()?;
            let mut frame = vec![0; usize::try_from(length).unwrap()];
            self.stream.read_exact(&mut frame).await.ok()?;
            Some(Bytes::from(frame))
        };
        tokio::time::timeout(DEADLINE, reading).await.expect("an answer in time")
    }

    /// The answer to the request that was sent under `correlation_id`.
    pub(crate) async fn receive<R: Request>(&mut self, correlation_id: i32, version: i16) -> R::Response {
        let frame =
            self.frame().await.unwrap_or_else(|| panic!("no answer to {} version {version}", R::NAME));
        let mut reader = Reader::new(frame);
        let header = ResponseHeader::decode(&mut reader, R::response_header_version(version)).unwrap();
        assert_eq!(header.correlation_id, correlation_id, "answers come in order");
        let response = R::Response::decode(&mut reader, version).unwrap();
        reader.expect_end(R::NAME, version).unwrap();
        response
    }

    pub(crate) async fn ask<R: Request>(&mut self, request: &R, version: i16) -> R::Response {
        let correlation_id = self.send(request, version).await;
        self.receive::<R>(correlation_id, version).await
    }
}

#[expect(clippy::disallowed_methods, reason = "a client of the listener")]
pub(crate) async fn tcp(address: &str) -> tokio::net::TcpStream {
    tokio::net::TcpStream::connect(address).await.unwrap()
}

/// A client of ours on the in-process transport.
pub(crate) async fn client(broker: &Broker) -> riverrun_core::client::Client {
    let config = riverrun_core::client::ClientConfig::new(&broker.bootstrap()).transport(connector(broker));
    riverrun_core::client::Client::connect(config).await.unwrap()
}

fn connector(broker: &Broker) -> Arc<dyn riverrun_core::client::transport::Connect> {
    broker.connector()
}
