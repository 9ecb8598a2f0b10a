//! Proofs over the tree: that an entry is in it, and that a later tree holds an earlier one unchanged (RFC 9162, 2.1.3 and
//! 2.1.4). Making one takes the hashes of the leaves; checking it takes the proof and the roots alone.

use super::TreeHash;

/// The largest power of two below `size`, which is at least 2.
fn split(size: usize) -> usize {
    debug_assert!(size > 1);
    1 << (usize::BITS - 1 - (size - 1).leading_zeros())
}

/// The root over these leaves.
#[must_use]
pub fn root(leaves: &[TreeHash]) -> TreeHash {
    let mut frontier = super::Frontier::default();
    frontier.extend(leaves.iter().copied());
    frontier.root()
}

/// What shows that leaf `index` is in the tree over these leaves, from the leaf up; none if there is no such leaf.
#[must_use]
pub fn inclusion(leaves: &[TreeHash], index: usize) -> Option<Vec<TreeHash>> {
    if index >= leaves.len() {
        return None;
    }
    let (mut part, mut index, mut path) = (leaves, index, Vec::new());
    while part.len() > 1 {
        let (left, right) = part.split_at(split(part.len()));
        if index < left.len() {
            path.push(root(right));
            part = left;
        } else {
            path.push(root(left));
            index -= left.len();
            part = right;
        }
    }
    path.reverse();
    Some(path)
}

/// Whether `path` shows that `leaf` is the one at `index` of the tree of `size` leaves with this root.
#[must_use]
pub fn includes(
    root: &TreeHash,
    size: u64,
    index: u64,
    leaf: &TreeHash,
    path: &[TreeHash],
) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = TreeHash::node(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = TreeHash::node(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// What shows that the tree over the first `earlier` of these leaves was kept; none unless `earlier` is at least 1 and no
/// more than there are.
#[must_use]
pub fn consistency(leaves: &[TreeHash], earlier: usize) -> Option<Vec<TreeHash>> {
    if earlier == 0 || earlier > leaves.len() {
        return None;
    }
    let (mut part, mut earlier, mut whole, mut path) = (leaves, earlier, true, Vec::new());
    while earlier < part.len() {
        let (left, right) = part.split_at(split(part.len()));
        if earlier <= left.len() {
            path.push(root(right));
            part = left;
        } else {
            path.push(root(left));
            earlier -= left.len();
            part = right;
            whole = false;
        }
    }
    // The earlier tree itself is known to whoever checks, unless it is only a part of what is left.
    if !whole {
        path.push(root(part));
    }
    path.reverse();
    Some(path)
}

/// Whether `path` shows that the tree of `later` leaves with the root `later_root` begins with the tree of `earlier` leaves
/// with the root `earlier_root`. A tree of no leaves is the beginning of each, with an empty path.
#[must_use]
pub fn extends(
    earlier_root: &TreeHash,
    earlier: u64,
    later_root: &TreeHash,
    later: u64,
    path: &[TreeHash],
) -> bool {
    if earlier == 0 {
        return path.is_empty() && *earlier_root == TreeHash::of_nothing();
    }
    if earlier == later {
        return path.is_empty() && earlier_root == later_root;
    }
    if earlier > later {
        return false;
    }
    let mut path = path.iter();
    let first = match earlier.is_power_of_two() {
        true => Some(earlier_root),
        false => path.next(),
    };
    let Some(first) = first else { return false };
    let (mut node, mut last) = (earlier - 1, later - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut old, mut new) = (*first, *first);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            old = TreeHash::node(sibling, &old);
            new = TreeHash::node(sibling, &new);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new = TreeHash::node(&new, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && old == *earlier_root && new == *later_root
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn leaves(number: u32) -> Vec<TreeHash> {
        (0..number)
            .map(|it| TreeHash::leaf(&it.to_be_bytes()))
            .collect()
    }

    /// As RFC 9162 defines it, by recursion.
    pub(in super::super) fn root_by_the_definition(leaves: &[TreeHash]) -> TreeHash {
        match leaves {
            [] => TreeHash::of_nothing(),
            [leaf] => *leaf,
            leaves => {
                let (left, right) = leaves.split_at(split(leaves.len()));
                TreeHash::node(
                    &root_by_the_definition(left),
                    &root_by_the_definition(right),
                )
            }
        }
    }

    #[test]
    fn each_leaf_of_each_small_tree_is_shown_to_be_in_it_and_nowhere_else() {
        let all = leaves(18);
        for size in 1..=all.len() {
            let tree = &all[..size];
            let root = root_by_the_definition(tree);
            for index in 0..size {
                let path = inclusion(tree, index).unwrap();
                for (other, leaf) in all.iter().enumerate() {
                    let shown = includes(&root, size as u64, index as u64, leaf, &path);
                    assert_eq!(shown, other == index, "{index} of {size}, leaf {other}");
                }
                for other in 0..size + 2 {
                    let shown = includes(&root, size as u64, other as u64, &tree[index], &path);
                    assert_eq!(shown, other == index, "{index} of {size} as {other}");
                }
                for changed in 0..path.len() {
                    let mut path = path.clone();
                    path[changed].0[0] ^= 1;
                    assert!(!includes(
                        &root,
                        size as u64,
                        index as u64,
                        &tree[index],
                        &path
                    ));
                    path.remove(changed);
                    assert!(!includes(
                        &root,
                        size as u64,
                        index as u64,
                        &tree[index],
                        &path
                    ));
                }
                let longer = [path.as_slice(), &[root]].concat();
                assert!(!includes(
                    &root,
                    size as u64,
                    index as u64,
                    &tree[index],
                    &longer
                ));
            }
            assert_eq!(inclusion(tree, size), None);
        }
    }

    #[test]
    fn each_small_tree_is_shown_to_begin_with_each_smaller_one_and_with_no_other() {
        let all = leaves(18);
        let mut forged = all.clone();
        forged[0].0[0] ^= 1;
        for later in 1..=all.len() {
            let later_root = root_by_the_definition(&all[..later]);
            for earlier in 1..=later {
                let path = consistency(&all[..later], earlier).unwrap();
                let earlier_root = root_by_the_definition(&all[..earlier]);
                let sizes = (earlier as u64, later as u64);
                let shows = |old, new, path: &[TreeHash]| extends(old, sizes.0, new, sizes.1, path);
                assert!(shows(&earlier_root, &later_root, &path), "{sizes:?}");
                let other = root_by_the_definition(&forged[..earlier]);
                assert!(!shows(&other, &later_root, &path), "{sizes:?}");
                let other = root_by_the_definition(&forged[..later]);
                assert!(!shows(&earlier_root, &other, &path), "{sizes:?}");
                for changed in 0..path.len() {
                    let mut path = path.clone();
                    path[changed].0[31] ^= 1;
                    assert!(!shows(&earlier_root, &later_root, &path), "{sizes:?}");
                    path.remove(changed);
                    assert!(!shows(&earlier_root, &later_root, &path), "{sizes:?}");
                }
                let longer = [path.as_slice(), &[later_root]].concat();
                assert!(!shows(&earlier_root, &later_root, &longer), "{sizes:?}");
            }
            assert_eq!(consistency(&all[..later], 0), None);
            assert_eq!(consistency(&all[..later], later + 1), None);
            assert!(extends(
                &TreeHash::of_nothing(),
                0,
                &later_root,
                later as u64,
                &[]
            ));
            assert!(!extends(
                &later_root,
                later as u64,
                &later_root,
                later as u64 - 1,
                &[]
            ));
        }
    }
}
