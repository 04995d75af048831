//! Rows by key, counted, in memory and in the store.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::Env;
use crate::sql::error::SqlError;
use crate::state::Order;

/// For each key its rows with how often each is there, all in order of bytes.
#[derive(Debug)]
pub(crate) struct Multimap {
    prefix: Vec<u8>,
    keys: BTreeMap<Vec<u8>, BTreeMap<Vec<u8>, i64>>,
}

fn store_key(prefix: &[u8], key: &[u8], row: &[u8]) -> Bytes {
    let mut bytes = Vec::with_capacity(prefix.len() + 4 + key.len() + row.len());
    bytes.extend_from_slice(prefix);
    bytes.extend_from_slice(&(key.len() as u32).to_be_bytes());
    bytes.extend_from_slice(key);
    bytes.extend_from_slice(row);
    Bytes::from(bytes)
}

impl Multimap {
    /// An empty map whose entries in the store begin with `prefix`.
    pub(crate) fn new(prefix: Vec<u8>) -> Multimap {
        Multimap { prefix, keys: BTreeMap::new() }
    }

    /// Reads what the store holds.
    pub(crate) fn init(&mut self, env: &Env<'_>) -> Result<(), SqlError> {
        let damaged = || SqlError::internal("an entry of the operator's state is too short");
        for entry in env.ctx.rows(env.store).prefix(&self.prefix, Order::Ascending) {
            let (key, value) = entry?;
            let rest = key.get(self.prefix.len()..).ok_or_else(damaged)?;
            let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
            let length = u32::from_be_bytes(*length) as usize;
            let (group, row) = rest.split_at_checked(length).ok_or_else(damaged)?;
            let count = i64::from_be_bytes(value[..].try_into().map_err(|_| damaged())?);
            self.keys.entry(group.to_vec()).or_default().insert(row.to_vec(), count);
        }
        Ok(())
    }

    /// The rows of a key.
    pub(crate) fn rows(&self, key: &[u8]) -> impl Iterator<Item = (&[u8], i64)> + '_ {
        self.keys.get(key).into_iter().flatten().map(|(row, count)| (row.as_slice(), *count))
    }

    /// Adds or takes away copies of a row, and gives how many there are now.
    pub(crate) fn add(
        &mut self,
        key: &[u8],
        row: &[u8],
        copies: i64,
        env: &mut Env<'_>,
    ) -> Result<i64, SqlError> {
        let rows = self.keys.entry(key.to_vec()).or_default();
        let count = rows.entry(row.to_vec()).or_default();
        *count += copies;
        let left = *count;
        if left == 0 {
            rows.remove(row);
            if rows.is_empty() {
                self.keys.remove(key);
            }
        }
        let value = (left != 0).then(|| Bytes::copy_from_slice(&left.to_be_bytes()));
        env.put(store_key(&self.prefix, key, row), value)?;
        Ok(left)
    }
}
