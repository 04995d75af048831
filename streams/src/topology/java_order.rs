//! The order in which a Java hash map gives back its keys.
//!
//! Parts of Kafka Streams' `describe` depend on it, and tools compare these texts.

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
}
