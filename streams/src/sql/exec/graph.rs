//! Operators connected to a tree, and how rows and watermarks move through it.

use super::{Delta, Env};
use crate::sql::error::SqlError;

/// One step of a query.
pub(crate) trait Operator: Send {
    /// Takes up its state. What it gives out is sent on.
    fn init(&mut self, env: &mut Env<'_>) -> Result<Vec<Delta>, SqlError> {
        let _ = env;
        Ok(Vec::new())
    }

    /// Takes rows of one of its inputs.
    fn process(&mut self, port: usize, delta: Delta, env: &mut Env<'_>) -> Result<Vec<Delta>, SqlError>;

    /// The least watermark of its inputs rose from `before_ms` to `watermark_ms`.
    fn watermark(
        &mut self,
        before_ms: i64,
        watermark_ms: i64,
        env: &mut Env<'_>,
    ) -> Result<Vec<Delta>, SqlError> {
        let _ = (before_ms, watermark_ms, env);
        Ok(Vec::new())
    }

    /// All inputs of the task became idle, or one of them is no longer.
    fn idle(&mut self, idle: bool, env: &mut Env<'_>) {
        let _ = (idle, env);
    }

    /// Writes into the store what `init` needs.
    fn flush(&mut self, env: &mut Env<'_>) -> Result<(), SqlError> {
        let _ = env;
        Ok(())
    }
}

struct Node {
    operator: Box<dyn Operator>,
    parent: Option<(usize, usize)>,
    /// The watermark of each input.
    ports: Vec<i64>,
    watermark_ms: i64,
}

/// A tree of operators; the last one added that has no parent writes the result.
#[derive(Default)]
pub(crate) struct Graph {
    nodes: Vec<Node>,
}

impl std::fmt::Debug for Graph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Graph").field("nodes", &self.nodes.len()).finish()
    }
}

impl Graph {
    /// Adds an operator whose inputs are these nodes; an input that is none is a source's.
    pub(crate) fn add(&mut self, operator: Box<dyn Operator>, inputs: &[Option<usize>]) -> usize {
        let place = self.nodes.len();
        for (port, input) in inputs.iter().enumerate() {
            if let Some(input) = input {
                self.nodes[*input].parent = Some((place, port));
            }
        }
        let ports = vec![i64::MIN; inputs.len()];
        self.nodes.push(Node { operator, parent: None, ports, watermark_ms: i64::MIN });
        place
    }

    pub(crate) fn init(&mut self, env: &mut Env<'_>) -> Result<(), SqlError> {
        for place in 0..self.nodes.len() {
            let given = self.nodes[place].operator.init(env)?;
            self.send(place, given, env)?;
        }
        Ok(())
    }

    fn send(&mut self, from: usize, deltas: Vec<Delta>, env: &mut Env<'_>) -> Result<(), SqlError> {
        if let Some((parent, port)) = self.nodes[from].parent {
            for delta in deltas {
                self.push(parent, port, delta, env)?;
            }
        }
        Ok(())
    }

    /// Hands rows to a node.
    pub(crate) fn push(
        &mut self,
        node: usize,
        port: usize,
        mut delta: Delta,
        env: &mut Env<'_>,
    ) -> Result<(), SqlError> {
        if delta.len() == 0 {
            return Ok(());
        }
        // A row of one input has passed no further than what the others have reached.
        let others =
            self.nodes[node].ports.iter().enumerate().filter(|(at, _)| *at != port).map(|(_, ms)| *ms).min();
        if let Some(others) = others {
            delta.marks.iter_mut().for_each(|mark| mark.watermark_ms = mark.watermark_ms.min(others));
        }
        let given = self.nodes[node].operator.process(port, delta, env)?;
        self.send(node, given, env)
    }

    /// Tells a node how far one of its inputs is.
    pub(crate) fn watermark(
        &mut self,
        node: usize,
        port: usize,
        watermark_ms: i64,
        env: &mut Env<'_>,
    ) -> Result<(), SqlError> {
        let at = &mut self.nodes[node];
        at.ports[port] = at.ports[port].max(watermark_ms);
        let least = at.ports.iter().copied().min().unwrap_or(i64::MIN);
        if least <= at.watermark_ms {
            return Ok(());
        }
        let before = std::mem::replace(&mut at.watermark_ms, least);
        let given = at.operator.watermark(before, least, env)?;
        self.send(node, given, env)?;
        if let Some((parent, port)) = self.nodes[node].parent {
            self.watermark(parent, port, least, env)?;
        }
        Ok(())
    }

    pub(crate) fn idle(&mut self, idle: bool, env: &mut Env<'_>) {
        self.nodes.iter_mut().for_each(|node| node.operator.idle(idle, env));
    }

    pub(crate) fn flush(&mut self, env: &mut Env<'_>) -> Result<(), SqlError> {
        self.nodes.iter_mut().try_for_each(|node| node.operator.flush(env))
    }
}
