//! Every metric, declared once: the name on the page, Kafka's name for it, what it means.
//!
//! A name is Kafka's MBean read from left to right, `kafka_<domain>_<type>_<name>`, with `_total` for what only grows. What
//! Kafka has no name for begins with `riverrun_`, or is called what everybody else calls it.

/// How a metric is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It only grows; a restart begins at 0.
    Counter,
    /// It is what it is now.
    Gauge,
    /// Milliseconds in buckets.
    Histogram,
    /// A sum and a count.
    Summary,
}

/// One metric.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Metric {
    /// Prometheus' name.
    pub(crate) name: &'static str,
    /// Kafka's MBean; empty where Kafka has none.
    pub(crate) mbean: &'static str,
    pub(crate) kind: Kind,
    pub(crate) labels: &'static [&'static str],
    pub(crate) doc: &'static str,
}

/// The metrics by name.
pub(crate) mod names {
    use super::{Kind, Metric};

    pub(crate) static MESSAGES_IN: Metric = Metric {
        name: "kafka_server_BrokerTopicMetrics_MessagesInPerSec_total",
        mbean: "kafka.server:type=BrokerTopicMetrics,name=MessagesInPerSec,topic=*",
        kind: Kind::Counter,
        labels: &["topic"],
        doc: "Records that clients wrote. Without a label: of all topics.",
    };
    pub(crate) static BYTES_IN: Metric = Metric {
        name: "kafka_server_BrokerTopicMetrics_BytesInPerSec_total",
        mbean: "kafka.server:type=BrokerTopicMetrics,name=BytesInPerSec,topic=*",
        kind: Kind::Counter,
        labels: &["topic"],
        doc: "Bytes of batches that clients wrote. Without a label: of all topics.",
    };
    pub(crate) static BYTES_OUT: Metric = Metric {
        name: "kafka_server_BrokerTopicMetrics_BytesOutPerSec_total",
        mbean: "kafka.server:type=BrokerTopicMetrics,name=BytesOutPerSec,topic=*",
        kind: Kind::Counter,
        labels: &["topic"],
        doc: "Bytes of batches that clients read. Without a label: of all topics.",
    };
    pub(crate) static BYTES_REJECTED: Metric = Metric {
        name: "kafka_server_BrokerTopicMetrics_BytesRejectedPerSec_total",
        mbean: "kafka.server:type=BrokerTopicMetrics,name=BytesRejectedPerSec,topic=*",
        kind: Kind::Counter,
        labels: &["topic"],
        doc: "Bytes of batches that were refused because they are too large. Without a label: of all topics.",
    };
    pub(crate) static PRODUCE_REQUESTS: Metric = Metric {
        name: "kafka_server_BrokerTopicMetrics_TotalProduceRequestsPerSec_total",
        mbean: "kafka.server:type=BrokerTopicMetrics,name=TotalProduceRequestsPerSec,topic=*",
        kind: Kind::Counter,
        labels: &["topic"],
        doc: "Batches that were to be written: one for each partition of a Produce request. Without a label: of all topics.",
    };
    pub(crate) static FAILED_PRODUCE_REQUESTS: Metric = Metric {
        name: "kafka_server_BrokerTopicMetrics_FailedProduceRequestsPerSec_total",
        mbean: "kafka.server:type=BrokerTopicMetrics,name=FailedProduceRequestsPerSec,topic=*",
        kind: Kind::Counter,
        labels: &["topic"],
        doc: "Batches that were refused. Without a label: of all topics.",
    };
    pub(crate) static FETCH_REQUESTS: Metric = Metric {
        name: "kafka_server_BrokerTopicMetrics_TotalFetchRequestsPerSec_total",
        mbean: "kafka.server:type=BrokerTopicMetrics,name=TotalFetchRequestsPerSec,topic=*",
        kind: Kind::Counter,
        labels: &["topic"],
        doc: "Partitions that were read: one for each partition of an answer to a Fetch request. Without a label: of all topics.",
    };
    pub(crate) static FAILED_FETCH_REQUESTS: Metric = Metric {
        name: "kafka_server_BrokerTopicMetrics_FailedFetchRequestsPerSec_total",
        mbean: "kafka.server:type=BrokerTopicMetrics,name=FailedFetchRequestsPerSec,topic=*",
        kind: Kind::Counter,
        labels: &["topic"],
        doc: "Reads that failed. Without a label: of all topics.",
    };
    pub(crate) static REQUESTS: Metric = Metric {
        name: "kafka_network_RequestMetrics_RequestsPerSec_total",
        mbean: "kafka.network:type=RequestMetrics,name=RequestsPerSec,request=*,version=*",
        kind: Kind::Counter,
        labels: &["request", "version"],
        doc: "Requests that came.",
    };
    pub(crate) static TOTAL_TIME: Metric = Metric {
        name: "kafka_network_RequestMetrics_TotalTimeMs",
        mbean: "kafka.network:type=RequestMetrics,name=TotalTimeMs,request=*",
        kind: Kind::Histogram,
        labels: &["request"],
        doc: "Milliseconds from a request to its answer, waiting included.",
    };
    pub(crate) static LOCAL_TIME: Metric = Metric {
        name: "kafka_network_RequestMetrics_LocalTimeMs",
        mbean: "kafka.network:type=RequestMetrics,name=LocalTimeMs,request=*",
        kind: Kind::Histogram,
        labels: &["request"],
        doc: "Milliseconds of a thread that handling a request took.",
    };
    pub(crate) static THROTTLE_TIME: Metric = Metric {
        name: "kafka_network_RequestMetrics_ThrottleTimeMs",
        mbean: "kafka.network:type=RequestMetrics,name=ThrottleTimeMs,request=*",
        kind: Kind::Histogram,
        labels: &["request"],
        doc: "Milliseconds that a quota told a client to wait, where one did.",
    };
    pub(crate) static REQUEST_BYTES: Metric = Metric {
        name: "kafka_network_RequestMetrics_RequestBytes",
        mbean: "kafka.network:type=RequestMetrics,name=RequestBytes,request=*",
        kind: Kind::Summary,
        labels: &["request"],
        doc: "Bytes of requests.",
    };
    pub(crate) static RESPONSE_BYTES: Metric = Metric {
        name: "riverrun_network_RequestMetrics_ResponseBytes",
        mbean: "",
        kind: Kind::Summary,
        labels: &["request"],
        doc: "Bytes of answers.",
    };
    pub(crate) static SLOW_REQUESTS: Metric = Metric {
        name: "riverrun_network_RequestMetrics_SlowRequests_total",
        mbean: "",
        kind: Kind::Counter,
        labels: &["request"],
        doc: "Requests that took longer than request.slow.ms; those that wait by their nature (Fetch, JoinGroup, SyncGroup) are not among them.",
    };
    pub(crate) static REFUSED_REQUESTS: Metric = Metric {
        name: "riverrun_network_RequestMetrics_RefusedRequests_total",
        mbean: "",
        kind: Kind::Counter,
        labels: &[],
        doc: "Requests that could not be read or asked for what is not offered; each ended its connection.",
    };
    pub(crate) static CONNECTIONS: Metric = Metric {
        name: "kafka_server_socket_server_metrics_connection_count",
        mbean: "kafka.server:type=socket-server-metrics,attribute=connection-count",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Open connections.",
    };
    pub(crate) static CONNECTIONS_ACCEPTED: Metric = Metric {
        name: "kafka_server_socket_server_metrics_connection_creation_total",
        mbean: "kafka.server:type=socket-server-metrics,attribute=connection-creation-total",
        kind: Kind::Counter,
        labels: &[],
        doc: "Connections that were let in.",
    };
    pub(crate) static CONNECTIONS_CLOSED: Metric = Metric {
        name: "kafka_server_socket_server_metrics_connection_close_total",
        mbean: "kafka.server:type=socket-server-metrics,attribute=connection-close-total",
        kind: Kind::Counter,
        labels: &[],
        doc: "Connections that ended.",
    };
    pub(crate) static CONNECTIONS_EXPIRED: Metric = Metric {
        name: "kafka_network_SocketServer_ExpiredConnectionsKilledCount",
        mbean: "kafka.network:type=SocketServer,name=ExpiredConnectionsKilledCount",
        kind: Kind::Counter,
        labels: &[],
        doc: "Connections that were closed because nothing came for too long.",
    };
    pub(crate) static CONNECTIONS_REFUSED: Metric = Metric {
        name: "riverrun_network_SocketServer_RefusedConnections_total",
        mbean: "",
        kind: Kind::Counter,
        labels: &["reason"],
        doc: "Connections that were turned away: max.connections.per.ip, or the connection_creation_rate of their address.",
    };
    pub(crate) static MEMORY_POOL_AVAILABLE: Metric = Metric {
        name: "kafka_network_SocketServer_MemoryPoolAvailable",
        mbean: "kafka.network:type=SocketServer,name=MemoryPoolAvailable",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Bytes that large requests may still take (queued.max.request.bytes).",
    };
    pub(crate) static MEMORY_POOL_USED: Metric = Metric {
        name: "kafka_network_SocketServer_MemoryPoolUsed",
        mbean: "kafka.network:type=SocketServer,name=MemoryPoolUsed",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Bytes that large requests have taken.",
    };
    pub(crate) static FETCH_MEMORY_USED: Metric = Metric {
        name: "riverrun_network_SocketServer_FetchMemoryUsed",
        mbean: "",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Bytes of answers to fetches that are being made or written (fetch.memory.max.bytes).",
    };
    pub(crate) static FETCH_SESSIONS: Metric = Metric {
        name: "kafka_server_FetchSessionCache_NumIncrementalFetchSessions",
        mbean: "kafka.server:type=FetchSessionCache,name=NumIncrementalFetchSessions",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Fetch sessions that are remembered.",
    };
    pub(crate) static CLIENT_METRIC: Metric = Metric {
        name: "riverrun_client_metric",
        mbean: "",
        kind: Kind::Gauge,
        labels: &["client_instance_id", "client_id", "software", "metric", "attributes"],
        doc: "What a client pushed last of a metric that a client metrics subscription asks for (KIP-714).",
    };
    pub(crate) static FETCH_SESSION_PARTITIONS: Metric = Metric {
        name: "kafka_server_FetchSessionCache_NumIncrementalFetchPartitionsCached",
        mbean: "kafka.server:type=FetchSessionCache,name=NumIncrementalFetchPartitionsCached",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Partitions in all fetch sessions.",
    };
    pub(crate) static FLUSHES: Metric = Metric {
        name: "kafka_log_LogFlushStats_LogFlushRateAndTimeMs",
        mbean: "kafka.log:type=LogFlushStats,name=LogFlushRateAndTimeMs",
        kind: Kind::Histogram,
        labels: &[],
        doc: "Milliseconds that flushes of logs took.",
    };
    pub(crate) static FAILED_FLUSHES: Metric = Metric {
        name: "riverrun_log_LogFlushStats_FailedFlushes_total",
        mbean: "",
        kind: Kind::Counter,
        labels: &[],
        doc: "Flushes that failed; each stopped its log for good.",
    };
    pub(crate) static FAILED_LOGS: Metric = Metric {
        name: "riverrun_log_LogManager_FailedLogs",
        mbean: "",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Open logs that take nothing more because a write or a flush failed.",
    };
    pub(crate) static LOG_SIZE: Metric = Metric {
        name: "kafka_log_Log_Size",
        mbean: "kafka.log:type=Log,name=Size,topic=*,partition=*",
        kind: Kind::Gauge,
        labels: &["topic", "partition"],
        doc: "Bytes of an open log's segments.",
    };
    pub(crate) static LOG_SEGMENTS: Metric = Metric {
        name: "kafka_log_Log_NumLogSegments",
        mbean: "kafka.log:type=Log,name=NumLogSegments,topic=*,partition=*",
        kind: Kind::Gauge,
        labels: &["topic", "partition"],
        doc: "Segments of an open log.",
    };
    pub(crate) static LOG_START: Metric = Metric {
        name: "kafka_log_Log_LogStartOffset",
        mbean: "kafka.log:type=Log,name=LogStartOffset,topic=*,partition=*",
        kind: Kind::Gauge,
        labels: &["topic", "partition"],
        doc: "First offset of an open log.",
    };
    pub(crate) static LOG_END: Metric = Metric {
        name: "kafka_log_Log_LogEndOffset",
        mbean: "kafka.log:type=Log,name=LogEndOffset,topic=*,partition=*",
        kind: Kind::Gauge,
        labels: &["topic", "partition"],
        doc: "Offset that an open log's next record gets.",
    };
    pub(crate) static PARTITION_COUNT: Metric = Metric {
        name: "kafka_server_ReplicaManager_PartitionCount",
        mbean: "kafka.server:type=ReplicaManager,name=PartitionCount",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Partitions of this broker.",
    };
    pub(crate) static LEADER_COUNT: Metric = Metric {
        name: "kafka_server_ReplicaManager_LeaderCount",
        mbean: "kafka.server:type=ReplicaManager,name=LeaderCount",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Partitions that this broker leads.",
    };
    pub(crate) static UNDER_REPLICATED: Metric = Metric {
        name: "kafka_server_ReplicaManager_UnderReplicatedPartitions",
        mbean: "kafka.server:type=ReplicaManager,name=UnderReplicatedPartitions",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Partitions with fewer replicas in sync than they have: none on one node.",
    };
    pub(crate) static OFFLINE_REPLICAS: Metric = Metric {
        name: "kafka_server_ReplicaManager_OfflineReplicaCount",
        mbean: "kafka.server:type=ReplicaManager,name=OfflineReplicaCount",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Partitions that cannot be written because their log failed.",
    };
    pub(crate) static ACTIVE_CONTROLLERS: Metric = Metric {
        name: "kafka_controller_KafkaController_ActiveControllerCount",
        mbean: "kafka.controller:type=KafkaController,name=ActiveControllerCount",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Whether this node is the controller.",
    };
    pub(crate) static TOPIC_COUNT: Metric = Metric {
        name: "kafka_controller_KafkaController_GlobalTopicCount",
        mbean: "kafka.controller:type=KafkaController,name=GlobalTopicCount",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Topics of the cluster.",
    };
    pub(crate) static GLOBAL_PARTITIONS: Metric = Metric {
        name: "kafka_controller_KafkaController_GlobalPartitionCount",
        mbean: "kafka.controller:type=KafkaController,name=GlobalPartitionCount",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Partitions of the cluster.",
    };
    pub(crate) static OFFLINE_PARTITIONS: Metric = Metric {
        name: "kafka_controller_KafkaController_OfflinePartitionsCount",
        mbean: "kafka.controller:type=KafkaController,name=OfflinePartitionsCount",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Partitions without a leader that works.",
    };
    pub(crate) static GROUPS: Metric = Metric {
        name: "kafka_coordinator_group_GroupMetadataManager_NumGroups",
        mbean: "kafka.coordinator.group:type=GroupMetadataManager,name=NumGroups",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Groups that are known.",
    };
    pub(crate) static GROUP_OFFSETS: Metric = Metric {
        name: "kafka_coordinator_group_GroupMetadataManager_NumOffsets",
        mbean: "kafka.coordinator.group:type=GroupMetadataManager,name=NumOffsets",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Offsets that groups have committed.",
    };
    pub(crate) static GROUP_OFFSET: Metric = Metric {
        name: "kafka_consumergroup_current_offset",
        mbean: "",
        kind: Kind::Gauge,
        labels: &["consumergroup", "topic", "partition"],
        doc: "Offset that a group has committed. Kafka's broker does not show it; the name is that of the exporter most used for it.",
    };
    pub(crate) static GROUP_LAG: Metric = Metric {
        name: "kafka_consumergroup_lag",
        mbean: "",
        kind: Kind::Gauge,
        labels: &["consumergroup", "topic", "partition"],
        doc: "Records between a group's committed offset and the high watermark, for partitions whose log is open. The name as above.",
    };
    pub(crate) static BROKER_STATE: Metric = Metric {
        name: "kafka_server_KafkaServer_BrokerState",
        mbean: "kafka.server:type=KafkaServer,name=BrokerState",
        kind: Kind::Gauge,
        labels: &[],
        doc: "3 while the broker serves, 6 while it shuts down.",
    };
    pub(crate) static UPTIME: Metric = Metric {
        name: "process_uptime_seconds",
        mbean: "",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Seconds since the broker started.",
    };
    pub(crate) static CPU_SECONDS: Metric = Metric {
        name: "process_cpu_seconds_total",
        mbean: "",
        kind: Kind::Counter,
        labels: &[],
        doc: "User and system time of the process, in seconds.",
    };
    pub(crate) static RESIDENT: Metric = Metric {
        name: "process_resident_memory_bytes",
        mbean: "",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Memory of the process that is in RAM, in bytes.",
    };
    pub(crate) static RESIDENT_ANON: Metric = Metric {
        name: "riverrun_process_private_memory_bytes",
        mbean: "",
        kind: Kind::Gauge,
        labels: &[],
        doc: "The part of that which is not a file's: heap and stacks, in bytes.",
    };
    pub(crate) static VIRTUAL: Metric = Metric {
        name: "process_virtual_memory_bytes",
        mbean: "",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Address space of the process, in bytes.",
    };
    pub(crate) static OPEN_FILES: Metric = Metric {
        name: "process_open_fds",
        mbean: "",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Open files and sockets of the process.",
    };
    pub(crate) static MAX_FILES: Metric = Metric {
        name: "process_max_fds",
        mbean: "",
        kind: Kind::Gauge,
        labels: &[],
        doc: "How many it may open.",
    };
    pub(crate) static THREADS: Metric = Metric {
        name: "process_threads",
        mbean: "",
        kind: Kind::Gauge,
        labels: &[],
        doc: "Threads of the process.",
    };
    pub(crate) static BUILD: Metric = Metric {
        name: "riverrun_build_info",
        mbean: "",
        kind: Kind::Gauge,
        labels: &["version"],
        doc: "Always 1; the label is the version.",
    };
}

/// All of them, in the order of the page.
pub(crate) static METRICS: &[&Metric] = &[
    &names::MESSAGES_IN,
    &names::BYTES_IN,
    &names::BYTES_OUT,
    &names::BYTES_REJECTED,
    &names::PRODUCE_REQUESTS,
    &names::FAILED_PRODUCE_REQUESTS,
    &names::FETCH_REQUESTS,
    &names::FAILED_FETCH_REQUESTS,
    &names::REQUESTS,
    &names::TOTAL_TIME,
    &names::LOCAL_TIME,
    &names::THROTTLE_TIME,
    &names::REQUEST_BYTES,
    &names::RESPONSE_BYTES,
    &names::SLOW_REQUESTS,
    &names::REFUSED_REQUESTS,
    &names::CONNECTIONS,
    &names::CONNECTIONS_ACCEPTED,
    &names::CONNECTIONS_CLOSED,
    &names::CONNECTIONS_EXPIRED,
    &names::CONNECTIONS_REFUSED,
    &names::MEMORY_POOL_AVAILABLE,
    &names::MEMORY_POOL_USED,
    &names::FETCH_MEMORY_USED,
    &names::FETCH_SESSIONS,
    &names::CLIENT_METRIC,
    &names::FETCH_SESSION_PARTITIONS,
    &names::FLUSHES,
    &names::FAILED_FLUSHES,
    &names::FAILED_LOGS,
    &names::LOG_SIZE,
    &names::LOG_SEGMENTS,
    &names::LOG_START,
    &names::LOG_END,
    &names::PARTITION_COUNT,
    &names::LEADER_COUNT,
    &names::UNDER_REPLICATED,
    &names::OFFLINE_REPLICAS,
    &names::ACTIVE_CONTROLLERS,
    &names::TOPIC_COUNT,
    &names::GLOBAL_PARTITIONS,
    &names::OFFLINE_PARTITIONS,
    &names::GROUPS,
    &names::GROUP_OFFSETS,
    &names::GROUP_OFFSET,
    &names::GROUP_LAG,
    &names::BROKER_STATE,
    &names::UPTIME,
    &names::CPU_SECONDS,
    &names::RESIDENT,
    &names::RESIDENT_ANON,
    &names::VIRTUAL,
    &names::OPEN_FILES,
    &names::MAX_FILES,
    &names::THREADS,
    &names::BUILD,
];
