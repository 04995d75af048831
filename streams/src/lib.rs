//! The streams of Riverrun.
