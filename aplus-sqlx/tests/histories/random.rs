//! Numbers that repeat: the same seed draws the same history (splitmix64).

use uuid::Uuid;

#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is at least 1.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(crate) fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let length = u64::try_from(from.len()).unwrap();
        let index = self.below(length.max(1));
        from.get(usize::try_from(index).unwrap())
    }

    /// One of a list that is not empty.
    pub(crate) fn one<T: Clone>(&mut self, from: &[T]) -> T {
        self.pick(from).unwrap().clone()
    }

    /// One of the last few, mostly: what is new is what races and expires.
    pub(crate) fn recent<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        let start = match self.percent(70) {
            true => from.len().saturating_sub(4),
            false => 0,
        };
        self.pick(from.get(start..)?).cloned()
    }

    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for part in bytes.chunks_mut(8) {
            let drawn = self.next().to_be_bytes();
            part.copy_from_slice(&drawn[..part.len()]);
        }
        bytes
    }

    /// Any UUID at all, so that its order says nothing of its time.
    pub(crate) fn uuid(&mut self) -> Uuid {
        Uuid::from_bytes(self.bytes())
    }
}
