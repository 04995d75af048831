//! The one map from internal errors to Kafka's codes.

use riverrun_core::protocol::ErrorCode;
use riverrun_core::record::RecordError;

use super::quota::Exceeded;
use crate::coordinator::group::GroupError;
use crate::coordinator::transaction::TransactionError;
use crate::log::{AppendError, MarkerError, ReadError, RecordFault, RejectedRecord, SequenceError};
use crate::metadata::TopicError;
use crate::runtime::{
    ControllerError, GroupsError, PartitionError, SessionError, TelemetryError, TransactionsError,
};

/// An internal error as a client sees it.
pub(crate) trait ToCode {
    /// Kafka's code for it.
    fn code(&self) -> ErrorCode;
}

impl ToCode for GroupError {
    fn code(&self) -> ErrorCode {
        match self {
            GroupError::InvalidGroupId => ErrorCode::InvalidGroupId,
            GroupError::InvalidSessionTimeout => ErrorCode::InvalidSessionTimeout,
            GroupError::UnknownMember => ErrorCode::UnknownMemberId,
            GroupError::MemberIdRequired => ErrorCode::MemberIdRequired,
            GroupError::IllegalGeneration => ErrorCode::IllegalGeneration,
            GroupError::InconsistentProtocol => ErrorCode::InconsistentGroupProtocol,
            GroupError::FencedInstance => ErrorCode::FencedInstanceId,
            GroupError::RebalanceInProgress => ErrorCode::RebalanceInProgress,
            GroupError::GroupFull => ErrorCode::GroupMaxSizeReached,
            GroupError::NotEmpty => ErrorCode::NonEmptyGroup,
            GroupError::NotFound => ErrorCode::GroupIdNotFound,
            GroupError::MetadataTooLarge => ErrorCode::OffsetMetadataTooLarge,
            GroupError::SubscribedToTopic => ErrorCode::GroupSubscribedToTopic,
            GroupError::InvalidRequest(_) => ErrorCode::InvalidRequest,
            GroupError::UnsupportedAssignor => ErrorCode::UnsupportedAssignor,
            GroupError::InvalidRegularExpression => ErrorCode::InvalidRegularExpression,
            GroupError::FencedMemberEpoch => ErrorCode::FencedMemberEpoch,
            GroupError::StaleMemberEpoch => ErrorCode::StaleMemberEpoch,
            GroupError::UnreleasedInstance => ErrorCode::UnreleasedInstanceId,
            GroupError::UnsupportedVersion => ErrorCode::UnsupportedVersion,
        }
    }
}

impl ToCode for TopicError {
    fn code(&self) -> ErrorCode {
        match self {
            TopicError::Name(_) | TopicError::Collides { .. } => ErrorCode::InvalidTopicException,
            TopicError::Exists(_) => ErrorCode::TopicAlreadyExists,
            TopicError::Unknown(_) => ErrorCode::UnknownTopicOrPartition,
            TopicError::Partitions(_) | TopicError::NotMorePartitions { .. } => ErrorCode::InvalidPartitions,
            TopicError::ReplicationFactor { .. } => ErrorCode::InvalidReplicationFactor,
            TopicError::Assignment(_) => ErrorCode::InvalidReplicaAssignment,
            TopicError::Config(_) => ErrorCode::InvalidConfig,
            TopicError::CountAndAssignment => ErrorCode::InvalidRequest,
        }
    }
}

impl ToCode for ControllerError {
    fn code(&self) -> ErrorCode {
        match self {
            ControllerError::Failed(_) => ErrorCode::KafkaStorageError,
            ControllerError::Closed => ErrorCode::BrokerNotAvailable,
        }
    }
}

impl ToCode for GroupsError {
    /// Whatever it was, the client shall look the coordinator up again and retry.
    fn code(&self) -> ErrorCode {
        match self {
            GroupsError::Partition(error @ PartitionError::Append(AppendError::Sequence(_))) => error.code(),
            GroupsError::Partition(_) | GroupsError::Load(_) | GroupsError::Reloaded => {
                ErrorCode::CoordinatorNotAvailable
            }
        }
    }
}

impl ToCode for Exceeded {
    fn code(&self) -> ErrorCode {
        ErrorCode::ThrottlingQuotaExceeded
    }
}

impl ToCode for TransactionError {
    fn code(&self) -> ErrorCode {
        match self {
            TransactionError::InvalidRequest => ErrorCode::InvalidRequest,
            TransactionError::InvalidTimeout => ErrorCode::InvalidTransactionTimeout,
            TransactionError::InvalidProducerIdMapping => ErrorCode::InvalidProducerIdMapping,
            TransactionError::ProducerFenced => ErrorCode::ProducerFenced,
            TransactionError::ConcurrentTransactions => ErrorCode::ConcurrentTransactions,
            TransactionError::InvalidState => ErrorCode::InvalidTxnState,
            TransactionError::Abortable => ErrorCode::TransactionAbortable,
        }
    }
}

impl ToCode for TransactionsError {
    fn code(&self) -> ErrorCode {
        match self {
            TransactionsError::Refused(error) => error.code(),
            TransactionsError::Partition(_) | TransactionsError::Load(_) | TransactionsError::Reloaded => {
                ErrorCode::CoordinatorNotAvailable
            }
        }
    }
}

impl ToCode for SessionError {
    fn code(&self) -> ErrorCode {
        match self {
            SessionError::NotFound => ErrorCode::FetchSessionIdNotFound,
            SessionError::Epoch => ErrorCode::InvalidFetchSessionEpoch,
            SessionError::TopicIds => ErrorCode::FetchSessionTopicIdError,
        }
    }
}

impl ToCode for TelemetryError {
    fn code(&self) -> ErrorCode {
        match self {
            TelemetryError::TooEarly => ErrorCode::ThrottlingQuotaExceeded,
            TelemetryError::InstanceId | TelemetryError::Terminated => ErrorCode::InvalidRequest,
            TelemetryError::Subscription => ErrorCode::UnknownSubscriptionId,
            TelemetryError::Compression => ErrorCode::UnsupportedCompressionType,
            TelemetryError::TooLarge => ErrorCode::TelemetryTooLarge,
            TelemetryError::Unreadable => ErrorCode::InvalidRecord,
        }
    }
}

impl ToCode for RecordError {
    fn code(&self) -> ErrorCode {
        match self {
            RecordError::Magic { .. } => ErrorCode::UnsupportedForMessageFormat,
            RecordError::Crc { .. } | RecordError::Truncated { .. } | RecordError::Length { .. } => {
                ErrorCode::CorruptMessage
            }
            RecordError::Field { what: "compression", .. } => ErrorCode::UnsupportedCompressionType,
            _ => ErrorCode::InvalidRecord,
        }
    }
}

impl ToCode for AppendError {
    fn code(&self) -> ErrorCode {
        match self {
            AppendError::Record(error) => error.code(),
            AppendError::TooLarge { .. } => ErrorCode::MessageTooLarge,
            AppendError::LargerThanSegment { .. } => ErrorCode::RecordListTooLarge,
            AppendError::Rejected(records) => {
                let timed = |record: &RejectedRecord| matches!(record.fault, RecordFault::Timestamp { .. });
                match records.iter().any(timed) {
                    true => ErrorCode::InvalidTimestamp,
                    false => ErrorCode::InvalidRecord,
                }
            }
            AppendError::Sequence(SequenceError::OutOfOrder { .. }) => ErrorCode::OutOfOrderSequenceNumber,
            AppendError::Sequence(SequenceError::StaleEpoch { .. }) => ErrorCode::InvalidProducerEpoch,
            AppendError::Sequence(
                SequenceError::NoTransaction { .. } | SequenceError::OutsideTransaction { .. },
            ) => ErrorCode::InvalidTxnState,
            AppendError::Marker(MarkerError::StaleEpoch { .. }) => ErrorCode::InvalidProducerEpoch,
            AppendError::Marker(MarkerError::StaleCoordinator { .. }) => {
                ErrorCode::TransactionCoordinatorFenced
            }
            AppendError::Closed(_) => ErrorCode::NotLeaderOrFollower,
            AppendError::Full(_) | AppendError::Failed(..) => ErrorCode::KafkaStorageError,
        }
    }
}

impl ToCode for ReadError {
    fn code(&self) -> ErrorCode {
        match self {
            ReadError::OutOfRange { .. } => ErrorCode::OffsetOutOfRange,
            ReadError::Damaged { .. } => ErrorCode::CorruptMessage,
            ReadError::Closed(_) => ErrorCode::NotLeaderOrFollower,
            ReadError::Storage(_) => ErrorCode::KafkaStorageError,
        }
    }
}

impl ToCode for PartitionError {
    fn code(&self) -> ErrorCode {
        match self {
            PartitionError::Append(error) => error.code(),
            PartitionError::Read(error) => error.code(),
            PartitionError::Record(error) => error.code(),
            PartitionError::Open(_) => ErrorCode::KafkaStorageError,
            PartitionError::Gone => ErrorCode::NotLeaderOrFollower,
            PartitionError::Internal(_) => ErrorCode::UnknownServerError,
        }
    }
}
