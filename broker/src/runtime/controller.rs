//! The one writer of the metadata log: decides changes in order, makes many durable with one flush, publishes images.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::{mpsc, oneshot};

use super::logs::SharedImage;
use crate::metadata::{ClusterImage, MetadataLog, MetadataLogError, MetadataRecord};

/// Changes that may wait for the writer.
const QUEUE_MAX: usize = 1_024;
/// Changes that share a flush.
const BATCH_MAX: usize = 1_024;

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
        let receiver = self.submit(decide).await?;
        receiver.await.map_err(|_| ControllerError::Closed)?
    }

    /// Decides changes one after the other, each on what the ones before it left, with as few flushes as can be; one
    /// outcome for each.
    ///
    /// # Errors
    /// As [`change`](Self::change); some of the changes may have been made then.
    pub(crate) async fn change_all<T, F>(&self, decide: Vec<F>) -> Result<Vec<T>, ControllerError>
    where
        T: Send + 'static,
        F: FnOnce(&ClusterImage) -> (Vec<MetadataRecord>, T) + Send + 'static,
    {
        let mut receivers = Vec::with_capacity(decide.len());
        for decide in decide {
            receivers.push(self.submit(decide).await?);
        }
        let mut outcomes = Vec::with_capacity(receivers.len());
        for receiver in receivers {
            outcomes.push(receiver.await.map_err(|_| ControllerError::Closed)??);
        }
        Ok(outcomes)
    }

    async fn submit<T: Send + 'static>(
        &self,
        decide: impl FnOnce(&ClusterImage) -> (Vec<MetadataRecord>, T) + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, ControllerError>>, ControllerError> {
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
        Ok(receiver)
    }
}

/// The image that is published and the one before it, which becomes the next: so a change costs what it changes and
/// not a copy of everything, unless a reader still holds the older one.
#[derive(Default)]
struct Spare {
    image: Option<Arc<ClusterImage>>,
    /// What the published image has and the spare one lacks.
    behind: Vec<MetadataRecord>,
}

impl Spare {
    /// An image like `published` that nobody else has.
    fn take(&mut self, published: &Arc<ClusterImage>) -> ClusterImage {
        let behind = std::mem::take(&mut self.behind);
        match self.image.take().and_then(|image| Arc::try_unwrap(image).ok()) {
            Some(mut image) => {
                apply(&mut image, &behind);
                image
            }
            None => (**published).clone(),
        }
    }
}

fn apply(image: &mut ClusterImage, records: &[MetadataRecord]) {
    for record in records {
        // A decision on this very image fits it; if it did not, the log must not get the record.
        image.replay(record).expect("a decided metadata record applies to the image it was decided on");
    }
}

async fn write(published: SharedImage, mut log: Box<dyn MetadataLog>, mut queue: mpsc::Receiver<Job>) {
    let mut failure: Option<ControllerError> = None;
    let mut jobs = Vec::new();
    let mut spare = Spare::default();
    while queue.recv_many(&mut jobs, BATCH_MAX).await > 0 {
        let before = published.read().unwrap_or_else(PoisonError::into_inner).clone();
        let image = spare.take(&before);
        let (image, records, done) = decide_all(image, &mut jobs);
        let mut is_changed = false;
        if records.is_empty() {
            spare.image = Some(Arc::new(image));
        } else if failure.is_none() {
            let appending = tokio::task::spawn_blocking(move || {
                let result = log.append(&records);
                (log, records, result)
            });
            let Ok((returned, records, result)) = appending.await else { return };
            log = returned;
            match result {
                Ok(()) => {
                    *published.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(image);
                    spare = Spare { image: Some(before), behind: records };
                    is_changed = true;
                }
                Err(error) => failure = Some(failed(&error)),
            }
        }
        for done in done {
            done(failure.clone().map_or(Ok(()), Err));
        }
        if is_changed {
            let image = published.read().unwrap_or_else(PoisonError::into_inner).clone();
            let writing = tokio::task::spawn_blocking(move || {
                let result = log.snapshot_if_due(&image);
                (log, result)
            });
            let Ok((returned, result)) = writing.await else { return };
            log = returned;
            if let Err(error) = result {
                failure = Some(failed(&error));
            }
        }
    }
}

fn failed(error: &MetadataLogError) -> ControllerError {
    tracing::error!(error = error as &dyn std::error::Error, "metadata can be changed no more");
    ControllerError::Failed(error.to_string().into())
}

/// Decides jobs one after the other, each on what the ones before it left.
fn decide_all(
    mut image: ClusterImage,
    jobs: &mut Vec<Job>,
) -> (ClusterImage, Vec<MetadataRecord>, Vec<Done>) {
    let mut records = Vec::new();
    let mut done = Vec::with_capacity(jobs.len());
    for job in jobs.drain(..) {
        let (decided, finish) = job(&image);
        apply(&mut image, &decided);
        records.extend(decided);
        done.push(finish);
    }
    (image, records, done)
}
