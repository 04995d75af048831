//! The connectors of Riverrun.
