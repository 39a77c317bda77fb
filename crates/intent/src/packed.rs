//! Long lists of numbers as the bytes they are kept in, the lowest first. A service reads
//! them where the binary has them: at its start nothing is read number by number, and
//! nothing is held twice.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::ops::Range;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value of a fixed number of bytes.
pub(crate) trait Packed: Copy {
    /// How many.
    const BYTES: usize;
    fn write(&self, out: &mut Vec<u8>);
    /// Reads the first [`Packed::BYTES`] bytes.
    fn read(bytes: &[u8]) -> Self;
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl Packed for $number {
            const BYTES: usize = size_of::<Self>();
            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
            #[inline]
            fn read(bytes: &[u8]) -> Self {
                let mut own = [0; size_of::<Self>()];
                own.copy_from_slice(&bytes[..size_of::<Self>()]);
                Self::from_le_bytes(own)
            }
        }
    )*};
}

numbers! { u8 i16 u16 u32 u64 }

impl<A: Packed, B: Packed> Packed for (A, B) {
    const BYTES: usize = A::BYTES + B::BYTES;
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
        self.1.write(out);
    }
    #[inline]
    fn read(bytes: &[u8]) -> Self {
        (A::read(bytes), B::read(&bytes[A::BYTES..]))
    }
}

/// A list of them.
#[derive(Clone, Debug)]
pub(crate) struct List<T> {
    bytes: Cow<'static, [u8]>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { bytes: Cow::Borrowed(&[]), kind: PhantomData }
    }
}

impl<T: Packed> List<T> {
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() / T::BYTES
    }

    /// The item at a place, which must be in the list.
    pub(crate) fn at(&self, at: usize) -> T {
        T::read(&self.bytes[at * T::BYTES..(at + 1) * T::BYTES])
    }

    /// The items of a range, which must be in the list.
    pub(crate) fn range(&self, range: Range<usize>) -> impl Iterator<Item = T> {
        self.bytes[range.start * T::BYTES..range.end * T::BYTES].chunks_exact(T::BYTES).map(T::read)
    }

    pub(crate) fn push(&mut self, item: T) {
        item.write(self.bytes.to_mut());
    }

    /// The first place from which on `before` no longer holds; it holds up to there.
    pub(crate) fn partition_point(&self, before: impl Fn(T) -> bool) -> usize {
        self.partition_point_in(0..self.len(), before)
    }

    /// The like within a range.
    pub(crate) fn partition_point_in(
        &self,
        range: Range<usize>,
        before: impl Fn(T) -> bool,
    ) -> usize {
        let Range { start: mut from, end: mut to } = range;
        while from < to {
            let middle = from + (to - from) / 2;
            if before(self.at(middle)) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        from
    }
}

impl<T: Packed> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut list = Self::default();
        items.into_iter().for_each(|item| list.push(item));
        list
    }
}

impl<T> AsRef<[u8]> for List<T> {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl<T> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.bytes)
    }
}

impl<'de: 'static, T: Packed> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes<T>(PhantomData<fn() -> T>);

        impl<T: Packed> Visitor<'static> for Bytes<T> {
            type Value = List<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "bytes, {} to a value", T::BYTES)
            }

            fn visit_borrowed_bytes<E: Error>(self, bytes: &'static [u8]) -> Result<List<T>, E> {
                if !bytes.len().is_multiple_of(T::BYTES) {
                    return Err(E::invalid_length(bytes.len(), &self));
                }
                Ok(List { bytes: Cow::Borrowed(bytes), kind: PhantomData })
            }
        }

        deserializer.deserialize_bytes(Bytes(PhantomData))
    }
}
