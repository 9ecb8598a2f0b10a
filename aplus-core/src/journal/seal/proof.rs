//! Proofs over the tree: that an entry is in it, and that a later tree holds an earlier one unchanged (RFC 9162, 2.1.3 and
//! 2.1.4). Making one takes the hashes of the leaves; checking it takes the proof and the roots alone.

use std::ops::Range;

use super::TreeHash;

/// The largest power of two below `size`, which is at least 2.
fn split(size: u64) -> u64 {
    debug_assert!(size > 1);
    1 << (u64::BITS - 1 - (size - 1).leading_zeros())
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
    let parts = inclusion_parts(leaves.len() as u64, index as u64)?;
    roots(leaves, parts)
}

/// The roots over parts of these leaves.
fn roots(leaves: &[TreeHash], parts: Vec<Range<u64>>) -> Option<Vec<TreeHash>> {
    let roots = parts.into_iter().map(|part| {
        let (start, end) = (usize::try_from(part.start), usize::try_from(part.end));
        Some(root(leaves.get(start.ok()?..end.ok()?)?))
    });
    roots.collect()
}

/// The parts of a tree of `size` leaves whose roots are [`inclusion`]'s path, for whoever reads the leaves part by part; none
/// if there is no such leaf.
#[must_use]
pub fn inclusion_parts(size: u64, index: u64) -> Option<Vec<Range<u64>>> {
    if index >= size {
        return None;
    }
    let (mut part, mut path) = (0..size, Vec::new());
    while part.end - part.start > 1 {
        let middle = part.start + split(part.end - part.start);
        if index < middle {
            path.push(middle..part.end);
            part.end = middle;
        } else {
            path.push(part.start..middle);
            part.start = middle;
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
    let parts = consistency_parts(leaves.len() as u64, earlier as u64)?;
    roots(leaves, parts)
}

/// The parts of a tree of `size` leaves whose roots are [`consistency`]'s path; none unless `earlier` is at least 1 and no more
/// than `size`.
#[must_use]
pub fn consistency_parts(size: u64, earlier: u64) -> Option<Vec<Range<u64>>> {
    if earlier == 0 || earlier > size {
        return None;
    }
    let (mut part, mut path) = (0..size, Vec::new());
    while earlier < part.end {
        let middle = part.start + split(part.end - part.start);
        if earlier <= middle {
            path.push(middle..part.end);
            part.end = middle;
        } else {
            path.push(part.start..middle);
            part.start = middle;
        }
    }
    // The earlier tree itself is known to whoever checks, unless it is only a part of what is left.
    if part.start > 0 {
        path.push(part);
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
                let middle = usize::try_from(split(leaves.len() as u64)).unwrap();
                let (left, right) = leaves.split_at(middle);
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
