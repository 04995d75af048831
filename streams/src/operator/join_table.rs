//! A stream looks up rows of a table.

use super::table::Getter;
use super::{Children, Context, DropReason, Flow, NodeId, Process, StreamEdge, StreamItem};

/// Joins each record with the table's row of its key.
///
/// An inner join drops a record without key or value (counted) and one without row; a left join drops only a null
/// value, and joins nothing where there is no key or no row.
pub(crate) struct StreamTableJoin<K: 'static, V: 'static, VT: 'static, V2: 'static, F> {
    pub(crate) node: NodeId,
    pub(crate) left: bool,
    pub(crate) join: F,
    pub(crate) getter: Box<dyn Getter<K, VT>>,
    pub(crate) children: Children<StreamEdge<K, V2>>,
    pub(crate) from: std::marker::PhantomData<fn(V)>,
}

impl<K, V, VT, V2, F> Process<StreamEdge<K, V>> for StreamTableJoin<K, V, VT, V2, F>
where
    K: 'static,
    V: 'static,
    VT: 'static,
    V2: 'static,
    F: FnMut(Option<&K>, &V, Option<&VT>) -> Option<V2> + Send,
{
    fn init(&mut self, ctx: &mut Context) -> Flow {
        self.children.init(ctx)
    }

    fn process(&mut self, item: StreamItem<'_, K, V>, ctx: &mut Context) -> Flow {
        let StreamItem { key, value, timestamp } = item;
        let Some(value) = value else {
            ctx.drop_record(self.node, DropReason::NullValue);
            return Ok(());
        };
        let row = match key {
            Some(key) => self.getter.get(key, ctx)?.map(|(row, _)| row),
            None if self.left => None,
            None => {
                ctx.drop_record(self.node, DropReason::NullKey);
                return Ok(());
            }
        };
        if row.is_none() && !self.left {
            return Ok(());
        }
        let joined = (self.join)(key, value, row.as_ref());
        self.children.forward(StreamItem { key, value: joined.as_ref(), timestamp }, ctx)
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.children.flush(ctx)
    }

    fn end_of_input(&mut self, ctx: &mut Context) -> Flow {
        self.children.end_of_input(ctx)
    }
}
