//! The broker of Riverrun.

pub mod storage;
