//! The Merkle tree of RFC 6962, over SM3: leaves and nodes are told apart by their first byte, a
//! tree of any size splits at the largest power of two below it.

use sm3::{Digest, Sm3};

/// A digest.
pub type Hash = [u8; 32];

/// The digest of a leaf.
pub fn leaf(content: &[u8]) -> Hash {
    let mut hasher = Sm3::new();
    hasher.update([0x00]);
    hasher.update(content);
    hasher.finalize().into()
}

/// The digest of two subtrees.
pub fn node(left: &Hash, right: &Hash) -> Hash {
    let mut hasher = Sm3::new();
    hasher.update([0x01]);
    hasher.update(left);
    hasher.update(right);
    hasher.finalize().into()
}

/// The root over leaves; of no leaves, the digest of nothing.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sm3::digest([]).into(),
        [only] => *only,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node(&root(left), &root(right))
        }
    }
}

/// What one needs beside the leaf at `index` to compute the root: nearest sibling first.
pub fn path(leaves: &[Hash], index: usize) -> Vec<Hash> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let mut steps;
    if index < left.len() {
        steps = path(left, index);
        steps.push(root(right));
    } else {
        steps = path(right, index - left.len());
        steps.push(root(left));
    }
    steps
}

/// The root that a leaf at `index` of a tree of `size` leaves leads to along a path; `None` where
/// the path has not the length that such a tree asks for.
pub fn climb(leaf: Hash, index: usize, size: usize, path: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    if size == 1 {
        return path.is_empty().then_some(leaf);
    }
    let (sibling, below) = path.split_last()?;
    let left = split(size);
    if index < left {
        Some(node(&climb(leaf, index, left, below)?, sibling))
    } else {
        Some(node(sibling, &climb(leaf, index - left, size - left, below)?))
    }
}

/// The largest power of two below `size`, which is at least 2.
fn split(size: usize) -> usize {
    1 << (usize::BITS - 1 - (size - 1).leading_zeros())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(count: u8) -> Vec<Hash> {
        (0..count).map(|number| leaf(&[number])).collect()
    }

    #[test]
    fn a_tree_of_three_is_built_as_the_rfc_says() {
        let [a, b, c] = [leaf(&[0]), leaf(&[1]), leaf(&[2])];
        assert_eq!(root(&leaves(3)), node(&node(&a, &b), &c));
    }

    #[test]
    fn every_leaf_of_every_small_tree_leads_to_its_root_and_to_no_other() {
        for size in 1..=20 {
            let leaves = leaves(size);
            let root = root(&leaves);
            for index in 0..leaves.len() {
                let path = path(&leaves, index);
                assert_eq!(climb(leaves[index], index, leaves.len(), &path), Some(root));
                assert_ne!(climb(leaf(b"other"), index, leaves.len(), &path), Some(root));
                let beside = (index + 1) % leaves.len();
                if beside != index {
                    assert_ne!(climb(leaves[index], beside, leaves.len(), &path), Some(root));
                }
                let mut longer = path.clone();
                longer.push(root);
                assert_ne!(climb(leaves[index], index, leaves.len(), &longer), Some(root));
            }
        }
    }
}
