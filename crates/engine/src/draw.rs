//! 随机抽取: a sample nobody can choose and everybody can repeat.
//!
//! The seed is the digest of a daily seal: published, chained, and not known before the day is
//! over. The cases of each unit are put in the order of SM3(seed ‖ case), and the first are drawn.

use std::collections::BTreeMap;

use sm3::{Digest as _, Sm3};

use crate::{action::CaseId, actor::OrganPath};

/// The cases drawn of one unit. 抽中的案卷
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// The unit.
    pub organ: OrganPath,
    /// How many it has in all.
    pub of: usize,
    /// Those drawn, in the order of drawing.
    pub cases: Vec<CaseId>,
}

/// The order in which things are drawn: that of SM3(seed ‖ key). 抽取次序
pub fn order<'k>(seed: &str, keys: impl IntoIterator<Item = &'k str>) -> Vec<usize> {
    let place = |key: &str| -> [u8; 32] {
        let mut hash = Sm3::new();
        hash.update(seed.as_bytes());
        hash.update(b"\n");
        hash.update(key.as_bytes());
        hash.finalize().into()
    };
    let keys = keys.into_iter().enumerate();
    let mut placed: Vec<([u8; 32], usize)> = keys.map(|(at, key)| (place(key), at)).collect();
    placed.sort_unstable();
    placed.into_iter().map(|(_, at)| at).collect()
}

/// Draws up to `each` cases of every unit. The order of `cases` makes no difference.
pub fn draw(
    seed: &str,
    each: usize,
    cases: impl IntoIterator<Item = (OrganPath, CaseId)>,
) -> Vec<Drawn> {
    let mut units: BTreeMap<OrganPath, Vec<([u8; 32], CaseId)>> = BTreeMap::new();
    for (organ, case) in cases {
        let mut hash = Sm3::new();
        hash.update(seed.as_bytes());
        hash.update(b"\n");
        hash.update(case.as_bytes());
        units.entry(organ).or_default().push((hash.finalize().into(), case));
    }
    let drawn = |(organ, mut all): (OrganPath, Vec<([u8; 32], CaseId)>)| {
        all.sort_unstable();
        all.dedup();
        let of = all.len();
        let cases = all.into_iter().take(each).map(|(_, case)| case).collect();
        Drawn { organ, of, cases }
    };
    units.into_iter().map(drawn).collect()
}
