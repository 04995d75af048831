//! The one writer of the metadata log: decides changes in order, makes many durable with one flush, publishes images.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::{mpsc, oneshot};

use super::logs::SharedImage;
use crate::metadata::{ClusterImage, MetadataLog, MetadataRecord};

/// Changes that may wait for the writer.
const QUEUE_MAX: usize = 1_024;
/// Changes that share a flush.
const BATCH_MAX: usize = 256;

/// Metadata can be changed no more: the log failed, or the broker is closing.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum ControllerError {
    #[error("{0}")]
    Failed(Arc<str>),
    #[error("the broker is closing")]
    Closed,
}

type Done = Box<dyn FnOnce(Result<(), ControllerError>) + Send>;
type Job = Box<dyn FnOnce(&ClusterImage) -> (Vec<MetadataRecord>, Done) + Send>;

/// The current metadata and the way to change it.
#[derive(Debug)]
pub(crate) struct Controller {
    image: SharedImage,
    jobs: mpsc::Sender<Job>,
}

impl Controller {
    /// Starts the writer on a log that has been loaded into `image`. It ends when the controller is dropped.
    pub(crate) fn start(image: ClusterImage, log: Box<dyn MetadataLog>) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE_MAX);
        let image = Arc::new(RwLock::new(Arc::new(image)));
        tokio::spawn(write(image.clone(), log, queue));
        Controller { image, jobs }
    }

    /// The metadata as it is now; a snapshot.
    pub(crate) fn image(&self) -> Arc<ClusterImage> {
        self.image.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The metadata as it will be: a handle that sees every change.
    pub(super) fn shared_image(&self) -> SharedImage {
        self.image.clone()
    }

    /// Decides a change on the newest metadata; returns when its records are durable and the image shows them.
    ///
    /// # Errors
    /// When the log could not be written; no further change is taken then.
    pub(crate) async fn change<T: Send + 'static>(
        &self,
        decide: impl FnOnce(&ClusterImage) -> (Vec<MetadataRecord>, T) + Send + 'static,
    ) -> Result<T, ControllerError> {
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move |image| {
            let (records, value) = decide(image);
            let done: Done = Box::new(move |result| {
                // A caller that no longer waits does not need its answer.
                let _ = sender.send(result.map(|()| value));
            });
            (records, done)
        });
        self.jobs.send(job).await.map_err(|_| ControllerError::Closed)?;
        receiver.await.map_err(|_| ControllerError::Closed)?
    }
}

async fn write(published: SharedImage, mut log: Box<dyn MetadataLog>, mut queue: mpsc::Receiver<Job>) {
    let mut failure: Option<ControllerError> = None;
    let mut jobs = Vec::new();
    while queue.recv_many(&mut jobs, BATCH_MAX).await > 0 {
        let before = published.read().unwrap_or_else(PoisonError::into_inner).clone();
        let (image, records, done) = decide_all(&before, &mut jobs);
        if failure.is_none() && !records.is_empty() {
            let appending = tokio::task::spawn_blocking(move || {
                let result = log.append(&records);
                (log, result)
            });
            let Ok((returned, result)) = appending.await else { return };
            log = returned;
            match result {
                Ok(()) => *published.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(image),
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "metadata can be changed no more"
                    );
                    failure = Some(ControllerError::Failed(error.to_string().into()));
                }
            }
        }
        for done in done {
            done(failure.clone().map_or(Ok(()), Err));
        }
    }
}

/// Decides jobs one after the other, each on what the ones before it left.
fn decide_all(before: &ClusterImage, jobs: &mut Vec<Job>) -> (ClusterImage, Vec<MetadataRecord>, Vec<Done>) {
    let mut image = before.clone();
    let mut records = Vec::new();
    let mut done = Vec::with_capacity(jobs.len());
    for job in jobs.drain(..) {
        let (decided, finish) = job(&image);
        for record in &decided {
            // A decision on this very image fits it; if it did not, the log must not get the record.
            image.replay(record).expect("a decided metadata record applies to the image it was decided on");
        }
        records.extend(decided);
        done.push(finish);
    }
    (image, records, done)
}
