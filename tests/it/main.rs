//! Riverrun from outside: the real binary as a process, and the broker inside this one.

mod binary;
mod commands;
mod embedded;
mod kill;
mod readme;
mod serving;
