//! The broker of Riverrun.
