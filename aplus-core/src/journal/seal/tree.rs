//! The tree of RFC 6962 and RFC 9162, kept as its peaks: enough to grow it and to know its root.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The hash of a leaf, of a node, or of a whole tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreeHash(pub [u8; 32]);

impl fmt::Debug for TreeHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TreeHash({self})")
    }
}

impl fmt::Display for TreeHash {
    /// In base64, as a checkpoint writes it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&STANDARD.encode(self.0))
    }
}

impl TreeHash {
    /// The hash of a leaf with these bytes: SHA-256 over a zero byte and them.
    #[must_use]
    pub fn leaf(bytes: &[u8]) -> Self {
        let hash = Sha256::new_with_prefix([0]).chain_update(bytes);
        Self(hash.finalize().into())
    }

    /// The hash of a node with these children: SHA-256 over a byte of one and them.
    #[must_use]
    pub fn node(left: &Self, right: &Self) -> Self {
        let hash = Sha256::new_with_prefix([1]).chain_update(left.0);
        Self(hash.chain_update(right.0).finalize().into())
    }

    /// The root of a tree without leaves: SHA-256 over nothing.
    #[must_use]
    pub fn of_nothing() -> Self {
        Self(Sha256::digest([]).into())
    }
}

/// The number of leaves, and the roots of the perfect trees that they make, the largest first: one for each bit that is set
/// in the number.
///
/// ```
/// use aplus_core::journal::seal::{Frontier, TreeHash};
///
/// let mut journal = Frontier::default();
/// journal.push(TreeHash::leaf(b"first"));
/// journal.push(TreeHash::leaf(b"second"));
/// let pair = TreeHash::node(&TreeHash::leaf(b"first"), &TreeHash::leaf(b"second"));
/// assert_eq!((journal.size(), journal.root()), (2, pair));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<TreeHash>,
}

/// Peaks that are not those of a tree of that size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tree of {size} leaves has {} peaks, not {found}", size.count_ones())]
pub struct FrontierError {
    /// The number of leaves.
    pub size: u64,
    /// The number of peaks that were given.
    pub found: usize,
}

impl Frontier {
    /// A tree as a store kept it.
    ///
    /// # Errors
    /// [`FrontierError`] unless there is one peak for each bit that is set in `size`.
    pub fn restore(size: u64, peaks: Vec<TreeHash>) -> Result<Self, FrontierError> {
        let found = peaks.len();
        if usize::try_from(size.count_ones()) != Ok(found) {
            return Err(FrontierError { size, found });
        }
        Ok(Self { size, peaks })
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of its perfect trees, the largest first.
    #[must_use]
    pub fn peaks(&self) -> &[TreeHash] {
        &self.peaks
    }

    /// Adds a leaf at its end.
    pub fn push(&mut self, leaf: TreeHash) {
        let mut hash = leaf;
        // Each bit that carries is a perfect tree that has found its twin.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = TreeHash::node(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root of the whole tree.
    #[must_use]
    pub fn root(&self) -> TreeHash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else {
            return TreeHash::of_nothing();
        };
        peaks.fold(*last, |right, left| TreeHash::node(left, &right))
    }
}

impl Extend<TreeHash> for Frontier {
    fn extend<T: IntoIterator<Item = TreeHash>>(&mut self, leaves: T) {
        for leaf in leaves {
            self.push(leaf);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::journal::seal::proof::tests::{leaves, root_by_the_definition};

    #[test]
    fn the_root_is_that_of_the_definition() {
        let leaves = leaves(300);
        let mut frontier = Frontier::default();
        for size in 0..=leaves.len() {
            assert_eq!(
                frontier.root(),
                root_by_the_definition(&leaves[..size]),
                "{size}"
            );
            assert_eq!(frontier.size(), size as u64);
            let restored = Frontier::restore(frontier.size(), frontier.peaks().to_vec());
            assert_eq!(restored, Ok(frontier.clone()));
            if let Some(leaf) = leaves.get(size) {
                frontier.push(*leaf);
            }
        }
    }

    /// The leaves and roots that the authors of Certificate Transparency publish for their own implementations.
    #[test]
    fn the_published_vectors_hold() {
        let leaves: [&[u8]; 8] = [
            &[],
            &[0x00],
            &[0x10],
            &[0x20, 0x21],
            &[0x30, 0x31],
            &[0x40, 0x41, 0x42, 0x43],
            &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
            &[
                0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d,
                0x6e, 0x6f,
            ],
        ];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut frontier = Frontier::default();
        for (leaf, root) in leaves.iter().zip(roots) {
            frontier.push(TreeHash::leaf(leaf));
            let hex: String = frontier
                .root()
                .0
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            assert_eq!(hex, root);
        }
    }

    #[test]
    fn peaks_of_another_size_are_refused() {
        let error = Frontier::restore(6, vec![TreeHash([1; 32])]).unwrap_err();
        assert_eq!(error.to_string(), "a tree of 6 leaves has 2 peaks, not 1");
    }
}
