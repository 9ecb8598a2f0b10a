//! The tree of the journal against another implementation: the same roots, and the same proofs to the byte.

#![cfg(feature = "service")]
#![allow(clippy::unwrap_used)]

use aplus_core::journal::seal::{TreeHash, proof};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use sha2::Sha256;

fn bytes(path: &[TreeHash]) -> Vec<u8> {
    path.iter().flat_map(|hash| hash.0).collect()
}

#[test]
fn roots_and_proofs_are_those_of_another_implementation() {
    let mut oracle = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    let mut leaves = Vec::new();
    for size in 1..=70_usize {
        let leaf = format!("entry {size}").into_bytes();
        leaves.push(TreeHash::leaf(&leaf));
        oracle.push(leaf);
        assert_eq!(proof::root(&leaves).0, oracle.root().as_bytes().as_slice());
        for index in 0..size {
            let ours = proof::inclusion(&leaves, index).unwrap();
            assert_eq!(bytes(&ours), oracle.prove_inclusion(index).as_bytes());
        }
        for earlier in 1..size {
            let ours = proof::consistency(&leaves, earlier).unwrap();
            let theirs = oracle.prove_consistency(size - earlier);
            assert_eq!(bytes(&ours), theirs.as_bytes(), "{earlier} of {size}");
        }
    }
}
