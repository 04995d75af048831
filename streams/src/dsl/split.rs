//! Splitting a stream into branches.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::form::Form;
use super::stream::Stream;
use crate::operator::{Children, Context, Flow, Port, Process, StreamEdge, StreamItem};

type Predicate<K, V> = Arc<dyn Fn(Option<&K>, Option<&V>) -> bool + Send + Sync>;

/// A branch as it is written: its predicate, `None` for the default, and where its records go.
struct Branch<K: 'static, V: 'static> {
    name: String,
    predicate: Option<Predicate<K, V>>,
    port: Port<StreamEdge<K, V>>,
}

type BranchList<K, V> = Arc<Mutex<Vec<Branch<K, V>>>>;

/// A split under construction: each record goes to the first branch whose predicate holds.
pub struct Split<K: 'static, V: 'static, N: Form> {
    stream: Stream<K, V, N>,
    name: String,
    branches: BranchList<K, V>,
    count: usize,
    streams: Branches<K, V, N>,
}

impl<K, V, N: Form> fmt::Debug for Split<K, V, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Split").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The branches of a split, by name: the split's name and the branch's own name or place (the default's is 0).
pub type Branches<K, V, N> = BTreeMap<String, Stream<K, V, N>>;

impl<K: 'static, V: 'static, N: Form> Split<K, V, N> {
    pub(super) fn new(stream: &Stream<K, V, N>) -> Self {
        let name = stream.graph.name(stream.next_name.as_deref(), "KSTREAM-BRANCH-");
        let branches = BranchList::default();
        write(stream, &name, &branches);
        Split { stream: stream.clone(), name, branches, count: 0, streams: BTreeMap::new() }
    }

    fn add(mut self, name: Option<&str>, predicate: Option<Predicate<K, V>>) -> (Self, Stream<K, V, N>) {
        self.count += 1;
        let place = if predicate.is_some() { self.count } else { 0 };
        self.stream.graph.generate("KSTREAM-BRANCHCHILD-");
        let name = format!("{}{}", self.name, name.map_or_else(|| place.to_string(), str::to_owned));
        let port = Port::default();
        let branch = self.stream.child(&name, port.clone());
        self.streams.insert(name.clone(), branch.clone());
        let branch_list = &self.branches;
        branch_list.lock().unwrap_or_else(PoisonError::into_inner).push(Branch { name, predicate, port });
        (self, branch)
    }

    fn predicate(
        predicate: impl for<'a> Fn(N::In<'a, K>, N::In<'a, V>) -> bool + Send + Sync + 'static,
    ) -> Option<Predicate<K, V>> {
        Some(Arc::new(move |key: Option<&K>, value: Option<&V>| match (N::take(key), N::take(value)) {
            (Some(key), Some(value)) => predicate(key, value),
            _ => false,
        }))
    }

    /// Adds a branch, found again by its place, counted from 1.
    #[must_use]
    pub fn branch(
        self,
        predicate: impl for<'a> Fn(N::In<'a, K>, N::In<'a, V>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.add(None, Self::predicate(predicate)).0
    }

    /// Adds a branch with a name.
    #[must_use]
    pub fn branch_as(
        self,
        name: &str,
        predicate: impl for<'a> Fn(N::In<'a, K>, N::In<'a, V>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.add(Some(name), Self::predicate(predicate)).0
    }

    /// Adds a branch and goes on with it at once.
    #[must_use]
    pub fn branch_with(
        self,
        predicate: impl for<'a> Fn(N::In<'a, K>, N::In<'a, V>) -> bool + Send + Sync + 'static,
        go_on: impl FnOnce(Stream<K, V, N>),
    ) -> Self {
        let (split, branch) = self.add(None, Self::predicate(predicate));
        go_on(branch);
        split
    }

    /// The rest goes to a branch with place 0.
    pub fn default_branch(self) -> Branches<K, V, N> {
        self.add(None, None).0.finish()
    }

    /// The rest goes to a branch with a name.
    pub fn default_branch_as(self, name: &str) -> Branches<K, V, N> {
        self.add(Some(name), None).0.finish()
    }

    /// The rest goes to a branch that is gone on with at once.
    pub fn default_branch_with(self, go_on: impl FnOnce(Stream<K, V, N>)) -> Branches<K, V, N> {
        let (split, branch) = self.add(None, None);
        go_on(branch);
        split.finish()
    }

    /// The rest goes nowhere, uncounted.
    pub fn no_default_branch(self) -> Branches<K, V, N> {
        self.finish()
    }

    fn finish(self) -> Branches<K, V, N> {
        self.streams
    }
}

/// Writes the split where it began, so that it stands in front of what its branches go on with.
fn write<K: 'static, V: 'static, N: Form>(stream: &Stream<K, V, N>, name: &str, branches: &BranchList<K, V>) {
    let (parent, port) = (stream.name.clone(), stream.port.clone());
    let (name, branches) = (name.to_owned(), branches.clone());
    stream.graph.write(move |writer| {
        writer.processor(&name, &[&parent], &[]);
        let branches: Vec<Branch<K, V>> =
            std::mem::take(&mut *branches.lock().unwrap_or_else(PoisonError::into_inner));
        for branch in &branches {
            writer.processor(&branch.name, &[&name], &[]);
        }
        port.listen(move |assembly| {
            let outs =
                branches.iter().map(|branch| (branch.predicate.clone(), branch.port.children(assembly)));
            Choice { outs: outs.collect() }
        });
    });
}

/// A branch that runs: its predicate, `None` for the default, and its listeners.
type Out<K, V> = (Option<Predicate<K, V>>, Children<StreamEdge<K, V>>);

/// The running split.
struct Choice<K: 'static, V: 'static> {
    outs: Vec<Out<K, V>>,
}

impl<K: 'static, V: 'static> Process<StreamEdge<K, V>> for Choice<K, V> {
    fn init(&mut self, ctx: &mut Context) -> Flow {
        self.outs.iter_mut().try_for_each(|(_, out)| out.init(ctx))
    }

    fn process(&mut self, item: StreamItem<'_, K, V>, ctx: &mut Context) -> Flow {
        let StreamItem { key, value, .. } = item;
        for (predicate, out) in &mut self.outs {
            if predicate.as_ref().is_none_or(|holds| holds(key, value)) {
                return out.forward(item, ctx);
            }
        }
        Ok(())
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.outs.iter_mut().try_for_each(|(_, out)| out.flush(ctx))
    }

    fn end_of_input(&mut self, ctx: &mut Context) -> Flow {
        self.outs.iter_mut().try_for_each(|(_, out)| out.end_of_input(ctx))
    }
}
