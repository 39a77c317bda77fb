//! What takes the place of chance, so that each fit goes the same way.

/// A fixed sequence of numbers (xorshift).
#[derive(Clone, Debug)]
pub(super) struct Sequence(u64);

impl Default for Sequence {
    fn default() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }
}

impl Sequence {
    pub(super) fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 32) as u32
    }

    /// Brings items out of their order.
    pub(super) fn shuffle(&mut self, items: &mut [usize]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.next() as usize % (at + 1));
        }
    }
}
