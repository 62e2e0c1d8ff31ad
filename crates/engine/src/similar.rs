//! 相似: how alike two texts are, by the characters that stand beside one another.
//!
//! Nothing is decided here. Whoever registers a matter is shown what may be the same, with the
//! reason, and decides.

use std::collections::BTreeSet;

/// Characters that make one piece of a text.
const PIECE: usize = 4;
/// A text shorter than this is cut into smaller pieces.
const SHORT: usize = 16;
/// Pieces of short texts.
const SMALL_PIECE: usize = 2;

/// A text cut into overlapping pieces. 片段
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pieces {
    long: BTreeSet<u64>,
    small: BTreeSet<u64>,
    length: usize,
}

/// How much of two texts is the same, in thousandths. 相似度
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Likeness {
    /// Of all pieces of both, so many are in both.
    pub shared: u32,
    /// Of the pieces of the shorter, so many are in the longer.
    pub contained: u32,
}

/// From this share on, two texts are likely to be about the same.
pub const LIKELY: u32 = 500;
/// A short text that stands almost whole in a long one is likely to be the same.
pub const WITHIN: u32 = 950;
/// At the same place, or between the same people, less is enough.
pub const LIKELY_NEARBY: u32 = 300;

impl Pieces {
    /// Cuts a text: without white space, marks and the difference of full and half width.
    pub fn of(text: &str) -> Self {
        let plain: Vec<char> = text.chars().filter_map(plain).collect();
        let cut = |size: usize| plain.windows(size).map(number).collect();
        Self { long: cut(PIECE), small: cut(SMALL_PIECE), length: plain.len() }
    }

    /// How alike two texts are.
    pub fn likeness(&self, other: &Self) -> Likeness {
        let short = self.length.min(other.length) < SHORT;
        let (one, two) = match short {
            true => (&self.small, &other.small),
            false => (&self.long, &other.long),
        };
        let (few, many) = if one.len() <= two.len() { (one, two) } else { (two, one) };
        let both = few.iter().filter(|piece| many.contains(piece)).count();
        let all = few.len() + many.len() - both;
        Likeness { shared: thousandths(both, all), contained: thousandths(both, few.len()) }
    }

    /// Whether there is anything to compare.
    pub fn is_empty(&self) -> bool {
        self.small.is_empty()
    }

    /// The pieces themselves, for whoever looks for texts that have any in common.
    pub fn all(&self) -> impl Iterator<Item = u64> {
        self.long.iter().copied()
    }
}

impl Likeness {
    /// Whether the two are likely to be about the same; `nearby` where place or people agree.
    pub fn is_likely(self, nearby: bool) -> bool {
        let enough = if nearby { LIKELY_NEARBY } else { LIKELY };
        self.shared >= enough || (self.contained >= WITHIN && self.shared >= LIKELY_NEARBY)
    }

    /// The share in percent, for people.
    pub fn percent(self) -> u32 {
        self.shared / 10
    }
}

fn thousandths(part: usize, whole: usize) -> u32 {
    match whole {
        0 => 0,
        whole => u32::try_from(part * 1000 / whole).unwrap_or(1000),
    }
}

/// A character as it counts, if it does.
fn plain(char: char) -> Option<char> {
    let char = match char {
        '！'..='～' => char::from_u32(char as u32 - 0xFEE0).unwrap_or(char),
        other => other,
    };
    char.is_alphanumeric().then(|| char.to_ascii_lowercase())
}

/// A piece as a number: up to four characters of twenty-one bits, folded.
fn number(piece: &[char]) -> u64 {
    piece.iter().fold(0xcbf2_9ce4_8422_2325, |sum: u64, char| {
        (sum ^ u64::from(*char as u32)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(one: &str, two: &str) -> Likeness {
        Pieces::of(one).likeness(&Pieces::of(two))
    }

    #[test]
    fn marks_and_width_make_no_difference() {
        let same =
            likeness("东街１号，夜间施工噪声太大！请处理。", "东街1号 夜间施工噪声太大请处理");
        assert_eq!(same.shared, 1000);
    }

    #[test]
    fn a_longer_telling_of_the_same_is_likely_and_another_matter_is_not() {
        let short = "东街村口两盏路灯不亮，晚上走路不安全";
        let long = "东街村口两盏路灯不亮，晚上走路不安全，请尽快派人修理好吗";
        assert!(likeness(short, long).is_likely(false));
        let other = "集镇农贸市场占道经营，早上车辆无法通行，请管理";
        assert!(!likeness(short, other).is_likely(true));
    }

    #[test]
    fn nothing_is_like_nothing() {
        assert_eq!(likeness("", ""), Likeness::default());
        assert!(Pieces::of("。。").is_empty());
    }
}
