//! Steps without state: a closure between two edges.

use std::marker::PhantomData;

use super::{Children, Context, Edge, Flow, Process};

/// A step made of one function, which forwards to the children what it likes.
pub(crate) struct Step<From: Edge, To: Edge, F> {
    run: F,
    children: Children<To>,
    from: PhantomData<fn(From)>,
}

impl<From: Edge, To: Edge, F> Step<From, To, F>
where
    F: for<'a> FnMut(From::Item<'a>, &mut Children<To>, &mut Context) -> Flow + Send,
{
    pub(crate) fn new(children: Children<To>, run: F) -> Self {
        Step { run, children, from: PhantomData }
    }
}

impl<From: Edge, To: Edge, F> Process<From> for Step<From, To, F>
where
    F: for<'a> FnMut(From::Item<'a>, &mut Children<To>, &mut Context) -> Flow + Send,
{
    fn init(&mut self, ctx: &mut Context) -> Flow {
        self.children.init(ctx)
    }

    fn process(&mut self, item: From::Item<'_>, ctx: &mut Context) -> Flow {
        (self.run)(item, &mut self.children, ctx)
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.children.flush(ctx)
    }

    fn end_of_input(&mut self, ctx: &mut Context) -> Flow {
        self.children.end_of_input(ctx)
    }
}

/// A node with several parents: it hears of the end only when the last of them has ended.
pub(crate) struct Joint<N> {
    node: N,
    parents_left: usize,
    started: bool,
}

impl<N> Joint<N> {
    pub(crate) fn new(node: N, parents: usize) -> Self {
        Joint { node, parents_left: parents, started: false }
    }
}

impl<E: Edge, N: Process<E>> Process<E> for Joint<N> {
    fn init(&mut self, ctx: &mut Context) -> Flow {
        if std::mem::replace(&mut self.started, true) { Ok(()) } else { self.node.init(ctx) }
    }

    fn process(&mut self, item: E::Item<'_>, ctx: &mut Context) -> Flow {
        self.node.process(item, ctx)
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.node.flush(ctx)
    }

    fn end_of_input(&mut self, ctx: &mut Context) -> Flow {
        self.parents_left = self.parents_left.saturating_sub(1);
        if self.parents_left == 0 { self.node.end_of_input(ctx) } else { Ok(()) }
    }
}
