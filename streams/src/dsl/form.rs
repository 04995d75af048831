//! Whether closures see nulls.

/// How closures of a stream see keys and values.
pub trait Form: Send + Sync + 'static {
    /// What a closure is given.
    type In<'a, T: 'a>: Copy;
    /// What a closure gives back for a key or a value.
    type Out<T>;
    /// Whether null keys and values come through.
    const NULLABLE: bool;

    /// Turns an item's part into a closure's argument. `None` if it is null and nulls do not come through.
    fn take<T>(part: Option<&T>) -> Option<Self::In<'_, T>>;

    /// Turns a closure's result into a part of an item.
    fn give<T>(part: Self::Out<T>) -> Option<T>;
}

/// No nulls: closures get `&K` and `&V`.
#[derive(Clone, Copy, Debug)]
pub struct Full;

/// With nulls: closures get `Option<&K>` and `Option<&V>`, and give back `Option`s.
#[derive(Clone, Copy, Debug)]
pub struct Nullable;

impl Form for Full {
    type In<'a, T: 'a> = &'a T;
    type Out<T> = T;
    const NULLABLE: bool = false;

    fn take<T>(part: Option<&T>) -> Option<&T> {
        part
    }

    fn give<T>(part: T) -> Option<T> {
        Some(part)
    }
}

impl Form for Nullable {
    type In<'a, T: 'a> = Option<&'a T>;
    type Out<T> = Option<T>;
    const NULLABLE: bool = true;

    fn take<T>(part: Option<&T>) -> Option<Option<&T>> {
        Some(part)
    }

    fn give<T>(part: Option<T>) -> Option<T> {
        part
    }
}
