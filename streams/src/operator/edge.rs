//! Typed edges between operators: what goes over them, who listens, and how one partition's tree is put together.
//!
//! An item borrows its key and value from the step that made it and is forwarded depth first: a child and all that is
//! behind it run before the next child sees the item. Nothing is cloned or boxed on the way.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Context, Flow, NodeId};

/// What flows over an edge.
pub trait Edge: 'static {
    /// One item, cheap to copy.
    type Item<'a>: Copy;
}

/// An edge of a stream.
#[derive(Debug)]
pub struct StreamEdge<K, V>(PhantomData<fn(K, V)>);

/// An edge of a table's updates.
#[derive(Debug)]
pub struct TableEdge<K, V>(PhantomData<fn(K, V)>);

impl<K: 'static, V: 'static> Edge for StreamEdge<K, V> {
    type Item<'a> = StreamItem<'a, K, V>;
}

impl<K: 'static, V: 'static> Edge for TableEdge<K, V> {
    type Item<'a> = TableItem<'a, K, V>;
}

/// A record on its way through a stream.
#[derive(Debug)]
pub struct StreamItem<'a, K, V> {
    /// The key; `None` is null.
    pub key: Option<&'a K>,
    /// The value; `None` is null.
    pub value: Option<&'a V>,
    /// Timestamp in milliseconds since 1970.
    pub timestamp: i64,
}

impl<K, V> Clone for StreamItem<'_, K, V> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K, V> Copy for StreamItem<'_, K, V> {}

/// A table's row before and after an update.
#[derive(Debug)]
pub struct Change<'a, V> {
    /// The new value; `None` is a deletion.
    pub new: Option<&'a V>,
    /// The value before; `None` if there was none, or if nobody behind asked for old values.
    pub old: Option<&'a V>,
    /// Whether this is the key's latest version; false only behind versioned tables.
    pub latest: bool,
}

impl<V> Clone for Change<'_, V> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<V> Copy for Change<'_, V> {}

/// An update on its way through tables.
#[derive(Debug)]
pub struct TableItem<'a, K, V> {
    /// The row's key.
    pub key: &'a K,
    /// The row before and after.
    pub change: Change<'a, V>,
    /// Timestamp in milliseconds since 1970.
    pub timestamp: i64,
}

impl<K, V> Clone for TableItem<'_, K, V> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K, V> Copy for TableItem<'_, K, V> {}

/// One operator of one partition.
pub trait Process<E: Edge>: Send {
    /// Called once before the first item.
    fn init(&mut self, ctx: &mut Context) -> Flow {
        let _ = ctx;
        Ok(())
    }

    /// Takes an item and forwards what comes of it.
    fn process(&mut self, item: E::Item<'_>, ctx: &mut Context) -> Flow;

    /// The epoch ends: caches forward what they hold. Operators with children pass the call on.
    fn flush(&mut self, ctx: &mut Context) -> Flow;

    /// No item comes any more: windows close. Operators with children pass the call on.
    fn end_of_input(&mut self, ctx: &mut Context) -> Flow;
}

/// The listeners of an operator, in the order in which they were written.
pub struct Children<E: Edge>(Vec<Box<dyn Process<E>>>);

impl<E: Edge> Children<E> {
    /// Nobody listens.
    pub fn none() -> Self {
        Children(Vec::new())
    }

    /// Gives an item to each child in turn.
    pub fn forward(&mut self, item: E::Item<'_>, ctx: &mut Context) -> Flow {
        for child in &mut self.0 {
            child.process(item, ctx)?;
        }
        Ok(())
    }

    /// Whether nobody listens.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Passes `init` on.
    pub fn init(&mut self, ctx: &mut Context) -> Flow {
        self.0.iter_mut().try_for_each(|child| child.init(ctx))
    }

    /// Passes `flush` on.
    pub fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.0.iter_mut().try_for_each(|child| child.flush(ctx))
    }

    /// Passes `end_of_input` on.
    pub fn end_of_input(&mut self, ctx: &mut Context) -> Flow {
        self.0.iter_mut().try_for_each(|child| child.end_of_input(ctx))
    }
}

impl<E: Edge> fmt::Debug for Children<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Children({})", self.0.len())
    }
}

type Factory<E> = Arc<dyn Fn(&mut Assembly) -> Box<dyn Process<E>> + Send + Sync>;

/// The output of an operator in a topology: whoever reads it registers here how to make its listener.
pub struct Port<E: Edge>(Arc<Mutex<Vec<Factory<E>>>>);

impl<E: Edge> Clone for Port<E> {
    fn clone(&self) -> Self {
        Port(self.0.clone())
    }
}

impl<E: Edge> Default for Port<E> {
    fn default() -> Self {
        Port(Arc::default())
    }
}

impl<E: Edge> fmt::Debug for Port<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Port({})", lock(&self.0).len())
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A poisoned lock means that a closure of the user panicked; the task is not used any more then.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<E: Edge> Port<E> {
    /// Adds a listener behind the others.
    pub fn listen<P: Process<E> + 'static>(&self, make: impl Fn(&mut Assembly) -> P + Send + Sync + 'static) {
        lock(&self.0).push(Arc::new(move |assembly| Box::new(make(assembly))));
    }

    /// Makes the listeners for one partition.
    pub fn children(&self, assembly: &mut Assembly) -> Children<E> {
        let factories = lock(&self.0).clone();
        Children(factories.iter().map(|make| make(assembly)).collect())
    }
}

/// The making of one task: what several parents share is made once.
#[derive(Default)]
pub struct Assembly {
    shared: BTreeMap<NodeId, Box<dyn Any>>,
}

impl fmt::Debug for Assembly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assembly").field("shared", &self.shared.len()).finish_non_exhaustive()
    }
}

impl Assembly {
    /// The node's one instance in this task, made by the first parent that asks.
    pub fn shared<N: Send + 'static>(
        &mut self,
        node: NodeId,
        make: impl FnOnce(&mut Assembly) -> N,
    ) -> Arc<Mutex<N>> {
        if let Some(known) = self.shared.get(&node).and_then(|known| known.downcast_ref::<Arc<Mutex<N>>>()) {
            return known.clone();
        }
        let made = Arc::new(Mutex::new(make(self)));
        self.shared.insert(node, Box::new(made.clone()));
        made
    }
}

/// A node with several parents, as each of them holds it. The graph has no cycles, so the lock is always free.
#[derive(Debug)]
pub struct Shared<N> {
    node: Arc<Mutex<N>>,
}

impl<N> Shared<N> {
    /// One parent's hold of the node.
    pub fn new(node: Arc<Mutex<N>>) -> Self {
        Shared { node }
    }

    /// The node.
    pub fn get(&self) -> MutexGuard<'_, N> {
        lock(&self.node)
    }
}

impl<E: Edge, N: Process<E>> Process<E> for Shared<N> {
    fn init(&mut self, ctx: &mut Context) -> Flow {
        self.get().init(ctx)
    }

    fn process(&mut self, item: E::Item<'_>, ctx: &mut Context) -> Flow {
        self.get().process(item, ctx)
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.get().flush(ctx)
    }

    fn end_of_input(&mut self, ctx: &mut Context) -> Flow {
        self.get().end_of_input(ctx)
    }
}
