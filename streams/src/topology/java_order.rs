//! The order in which a Java hash map gives back its keys.
//!
//! Parts of Kafka Streams' `describe` depend on it, and tools compare these texts.

use std::cmp::Ordering;

/// The names in the order in which a `java.util.HashMap` iterates over them, given in the order of insertion.
pub(crate) fn hash_order<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let mut capacity = 16usize;
    while names.len() * 4 > capacity * 3 {
        capacity *= 2;
    }
    let mut buckets: Vec<Vec<&str>> = vec![Vec::new(); capacity];
    for name in names {
        let hash = string_hash(name);
        let spread = hash ^ (hash >> 16);
        buckets[spread as usize & (capacity - 1)].push(name);
    }
    buckets.concat()
}

/// `String.hashCode` as unsigned bits.
fn string_hash(text: &str) -> u32 {
    text.encode_utf16().fold(0u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)))
}

/// A red-black tree that takes entries as `java.util.TreeSet` does. Where the order of entries changes after they were
/// put in, the place of a new one depends on the tree's shape, so the shape must be the same.
#[derive(Debug)]
pub(crate) struct JavaTree<T> {
    nodes: Vec<Leaf<T>>,
    root: Option<usize>,
}

impl<T> Default for JavaTree<T> {
    fn default() -> Self {
        JavaTree { nodes: Vec::new(), root: None }
    }
}

#[derive(Debug)]
struct Leaf<T> {
    value: T,
    parent: Option<usize>,
    /// Left and right.
    children: [Option<usize>; 2],
    red: bool,
}

impl<T: Copy> JavaTree<T> {
    /// Puts a value in, compared with others from the root down.
    pub(crate) fn insert(&mut self, value: T, compare: impl Fn(T, T) -> Ordering) {
        let mut parent = None;
        let mut side = 0;
        let mut next = self.root;
        while let Some(at) = next {
            side = match compare(value, self.nodes[at].value) {
                Ordering::Less => 0,
                Ordering::Greater => 1,
                Ordering::Equal => return,
            };
            parent = Some(at);
            next = self.nodes[at].children[side];
        }
        let added = self.nodes.len();
        self.nodes.push(Leaf { value, parent, children: [None, None], red: true });
        match parent {
            Some(parent) => self.nodes[parent].children[side] = Some(added),
            None => self.root = Some(added),
        }
        self.balance(added);
    }

    /// The values from left to right.
    pub(crate) fn values(&self) -> Vec<T> {
        let mut values = Vec::with_capacity(self.nodes.len());
        self.walk(self.root, &mut values);
        values
    }

    fn walk(&self, at: Option<usize>, values: &mut Vec<T>) {
        let Some(at) = at else { return };
        self.walk(self.nodes[at].children[0], values);
        values.push(self.nodes[at].value);
        self.walk(self.nodes[at].children[1], values);
    }

    fn is_red(&self, at: Option<usize>) -> bool {
        at.is_some_and(|at| self.nodes[at].red)
    }

    fn balance(&mut self, added: usize) {
        let mut at = added;
        while let Some(mut parent) = self.nodes[at].parent.filter(|parent| self.nodes[*parent].red) {
            let Some(mut grandparent) = self.nodes[parent].parent else { break };
            let side = usize::from(self.nodes[grandparent].children[1] == Some(parent));
            let uncle = self.nodes[grandparent].children[1 - side];
            if let (true, Some(uncle)) = (self.is_red(uncle), uncle) {
                self.nodes[parent].red = false;
                self.nodes[uncle].red = false;
                self.nodes[grandparent].red = true;
                at = grandparent;
                continue;
            }
            if self.nodes[parent].children[1 - side] == Some(at) {
                at = parent;
                self.rotate(at, side);
                let Some(above) = self.nodes[at].parent else { break };
                parent = above;
                let Some(above) = self.nodes[parent].parent else { break };
                grandparent = above;
            }
            self.nodes[parent].red = false;
            self.nodes[grandparent].red = true;
            self.rotate(grandparent, 1 - side);
        }
        if let Some(root) = self.root {
            self.nodes[root].red = false;
        }
    }

    /// Turns the tree at a node towards `side`: 0 left, 1 right.
    fn rotate(&mut self, at: usize, side: usize) {
        let Some(riser) = self.nodes[at].children[1 - side] else { return };
        let moved = self.nodes[riser].children[side];
        self.nodes[at].children[1 - side] = moved;
        if let Some(moved) = moved {
            self.nodes[moved].parent = Some(at);
        }
        let above = self.nodes[at].parent;
        self.nodes[riser].parent = above;
        match above {
            None => self.root = Some(riser),
            Some(above) => {
                let place = usize::from(self.nodes[above].children[1] == Some(at));
                self.nodes[above].children[place] = Some(riser);
            }
        }
        self.nodes[riser].children[side] = Some(at);
        self.nodes[at].parent = Some(riser);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_is_that_of_java() {
        // The documented formula, worked out by hand: 'a' = 97, "ab" = 97 * 31 + 98.
        assert_eq!(string_hash("a"), 97);
        assert_eq!(string_hash("ab"), 97 * 31 + 98);
        assert_eq!(hash_order(&["b", "a"]), ["a", "b"]);
    }

    #[test]
    fn trees_sort() {
        let mut tree = JavaTree::default();
        for value in 0..100u32 {
            tree.insert(value * 37 % 101, |a, b| a.cmp(&b));
        }
        let values = tree.values();
        assert_eq!(values.len(), 100);
        assert!(values.is_sorted());
    }
}
