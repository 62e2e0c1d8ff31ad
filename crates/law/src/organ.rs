//! 机关与岗位: kinds of organ and the posts they have, from `law/organs/*.toml`.

use indexmap::IndexMap;

use crate::Id;

/// Kinds of organ and posts that exist in this law. 机关样板
#[derive(Clone, Debug, Default)]
pub struct Organs {
    /// 机关类别: county, town, village, grid, department …
    pub kinds: IndexMap<Id, OrganKind>,
    /// 岗位: every role a post can have, with its name.
    pub roles: IndexMap<Id, String>,
}

/// A kind of organ.
#[derive(Clone, Debug)]
pub struct OrganKind {
    /// 名称.
    pub name: String,
    /// Posts it may have.
    pub roles: Vec<Id>,
}
