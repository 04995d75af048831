//! Who may come in: connections in total and of one address, counted.
//!
//! The limits come with each question, so that a change of them holds at once.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::config::LimitSettings;

/// How long a wait for a slot lasts before the limit, which may have been raised, is asked for again.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Connections that are open.
#[derive(Debug, Default)]
pub(super) struct Admission {
    /// Sockets that are open or about to be accepted.
    slots: AtomicUsize,
    freed: Notify,
    open: AtomicUsize,
    by_address: Mutex<HashMap<IpAddr, usize>>,
}

/// Room for one socket, until it is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    admission: Arc<Admission>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.admission.slots.fetch_sub(1, Ordering::Relaxed);
        self.admission.freed.notify_one();
    }
}

/// A connection that was let in; it counts until this is dropped.
#[derive(Debug)]
pub(super) struct Admitted {
    admission: Arc<Admission>,
    address: Option<IpAddr>,
    _slot: Option<Slot>,
}

/// Too many connections of one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMany {
    pub(super) max: usize,
}

impl Admission {
    /// Connections that are open.
    pub(super) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Waits until `max.connections` allows one more socket. Only the listener waits here, one at a time.
    pub(super) async fn slot(self: &Arc<Self>, max: impl Fn() -> usize) -> Slot {
        while self.is_full(max()) {
            // Either way the limit is looked at again.
            let _ = tokio::time::timeout(LOOK_AGAIN, self.freed.notified()).await;
        }
        self.slots.fetch_add(1, Ordering::Relaxed);
        Slot { admission: self.clone() }
    }

    /// Whether sockets have to wait. The one that the listener holds for the next to come does not count.
    pub(super) fn is_full(&self, max: usize) -> bool {
        self.slots.load(Ordering::Relaxed) >= max
    }

    /// Lets a connection of `address` in.
    pub(super) fn admit(
        self: &Arc<Self>,
        settings: &LimitSettings,
        address: IpAddr,
        slot: Slot,
    ) -> Result<Admitted, TooMany> {
        let own = settings.connections_per_ip_overrides.get(&address).copied();
        let max = own.unwrap_or(settings.connections_per_ip_max);
        let mut by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        let count = by_address.get(&address).copied().unwrap_or(0);
        if count >= max {
            return Err(TooMany { max });
        }
        by_address.insert(address, count + 1);
        self.open.fetch_add(1, Ordering::Relaxed);
        Ok(Admitted { admission: self.clone(), address: Some(address), _slot: Some(slot) })
    }

    /// Lets a connection in that has no address: one inside the process, which no limit is for.
    pub(super) fn admit_inside(self: &Arc<Self>) -> Admitted {
        self.open.fetch_add(1, Ordering::Relaxed);
        Admitted { admission: self.clone(), address: None, _slot: None }
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.admission.open.fetch_sub(1, Ordering::Relaxed);
        let Some(address) = self.address else { return };
        let mut by_address = self.admission.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        match by_address.get_mut(&address) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                by_address.remove(&address);
            }
        }
    }
}
