//! The broker of Riverrun.

pub mod log;
pub mod storage;
