//! 数: numerals as reports write them, 1,234 and 二十三 and 2.1万 and 数百.

use std::fmt;

/// A number as it was written: exact, with as many decimals as were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    mantissa: i128,
    places: u8,
}

impl Decimal {
    /// A whole number.
    pub const fn whole(value: i128) -> Self {
        Self { mantissa: value, places: 0 }
    }

    /// The number that these digits and this many decimals make.
    pub const fn new(mantissa: i128, places: u8) -> Self {
        Self { mantissa, places }
    }

    /// How many decimals were written.
    pub const fn places(self) -> u8 {
        self.places
    }

    /// Its digits as one whole number.
    pub const fn mantissa(self) -> i128 {
        self.mantissa
    }

    /// Ten to the power of its decimals.
    pub const fn scale(self) -> i128 {
        10_i128.pow(self.places as u32)
    }

    /// The whole number that it is, if it is one.
    pub fn as_whole(self) -> Option<i128> {
        (self.mantissa % self.scale() == 0).then(|| self.mantissa / self.scale())
    }

    /// Times a power of ten, in the fewest decimals.
    pub fn times(self, factor: i128) -> Self {
        let mut product = Self { mantissa: self.mantissa.saturating_mul(factor), ..self };
        while product.places > 0 && product.mantissa % 10 == 0 {
            product.mantissa /= 10;
            product.places -= 1;
        }
        product
    }

    /// The same below zero.
    pub const fn negative(self) -> Self {
        Self { mantissa: -self.mantissa, ..self }
    }

    /// Larger, smaller, the same.
    pub fn compare(self, other: Self) -> std::cmp::Ordering {
        let one = self.mantissa.saturating_mul(other.scale());
        one.cmp(&other.mantissa.saturating_mul(self.scale()))
    }

    /// Added, in as many decimals as either needs.
    pub fn plus(self, other: Self) -> Self {
        let places = self.places.max(other.places);
        let at = |n: Self| n.mantissa.saturating_mul(10_i128.pow(u32::from(places - n.places)));
        Self { mantissa: at(self).saturating_add(at(other)), places }.times(1)
    }

    /// As a floating number, for printing and rough comparison only.
    pub fn rough(self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "for showing only")]
        {
            self.mantissa as f64 / self.scale() as f64
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let (digits, scale) = (self.mantissa.unsigned_abs(), self.scale().unsigned_abs());
        if self.places == 0 {
            return write!(f, "{sign}{digits}");
        }
        let places = usize::from(self.places);
        write!(f, "{sign}{}.{:0places$}", digits / scale, digits % scale)
    }
}

/// A numeral found in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numeral {
    /// How many characters it takes.
    pub len: usize,
    /// What it is worth.
    pub value: Decimal,
    /// How it is written.
    pub script: Script,
}

/// How a numeral is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// 1,234.5
    Arabic,
    /// 三百二十一
    Chinese,
    /// 数百、几十、百（余）: the smallest it can mean.
    Vague,
}

/// Digits that a number may have; a longer row of digits is a code.
const LONGEST: usize = 12;

/// A Chinese numeral above this is no numeral.
const LIMIT: i128 = 10_000_000_000_000_000;

/// An Arabic numeral at the head of this text: `1,234`, `95.23`.
pub fn arabic(text: &[char]) -> Option<Numeral> {
    let digits = |text: &[char]| text.iter().take_while(|c| c.is_ascii_digit()).count();
    let mut len = digits(text);
    if len == 0 || len > LONGEST {
        return None;
    }
    let mut whole: String = text[..len].iter().collect();
    if len <= 3 {
        while text.get(len) == Some(&',') && digits(&text[len + 1..]) == 3 && whole.len() < LONGEST
        {
            whole.extend(&text[len + 1..len + 4]);
            len += 4;
        }
    }
    let mut places = 0;
    if text.get(len) == Some(&'.') {
        let decimals = digits(&text[len + 1..]);
        if (1..=4).contains(&decimals) {
            whole.extend(&text[len + 1..=len + decimals]);
            (len, places) = (len + 1 + decimals, decimals);
        }
    }
    let mantissa: i128 = whole.parse().ok()?;
    let places = u8::try_from(places).ok()?;
    Some(Numeral { len, value: Decimal::new(mantissa, places), script: Script::Arabic })
}

/// The value of a Chinese digit.
fn digit(c: char) -> Option<i128> {
    Some(match c {
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// The power of ten that a Chinese multiplier stands for.
pub fn multiplier(c: char) -> Option<i128> {
    Some(match c {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1_000,
        '万' => 10_000,
        '亿' => 100_000_000,
        _ => return None,
    })
}

/// Whether a character can stand in a Chinese numeral.
pub fn is_chinese(c: char) -> bool {
    digit(c).is_some() || multiplier(c).is_some()
}

/// A Chinese numeral at the head of this text: 三百二十一、百、数十、几百.
pub fn chinese(text: &[char]) -> Option<Numeral> {
    let vague = matches!(text.first(), Some('数' | '几'));
    let head = usize::from(vague);
    let run = text[head..].iter().take_while(|&&c| is_chinese(c)).count();
    if run == 0 || run > LONGEST || (vague && digit(text[head]).is_some()) {
        return None;
    }
    let numeral = &text[head..head + run];
    let value = value(numeral)?;
    let bare = numeral.iter().all(|&c| multiplier(c).is_some());
    let script = if vague || (bare && value >= 10) { Script::Vague } else { Script::Chinese };
    Some(Numeral { len: head + run, value: Decimal::whole(value), script })
}

/// 二百零三万四千 → 2034000; 二〇二五 → nothing, it is a year.
fn value(numeral: &[char]) -> Option<i128> {
    let (mut total, mut section, mut current) = (0_i128, 0_i128, None);
    for &c in numeral {
        if let Some(value) = digit(c) {
            if current.is_some_and(|before| before != 0) {
                return None;
            }
            current = Some(value);
        } else {
            let power = multiplier(c)?;
            if power >= 10_000 {
                let before = section + current.unwrap_or(0);
                let before = before.max(i128::from(before == 0 && total == 0));
                total = (total + before).checked_mul(power).filter(|n| *n < LIMIT)?;
                section = 0;
            } else {
                section += current.filter(|&value| value != 0).unwrap_or(1) * power;
            }
            current = None;
        }
    }
    Some(total + section + current.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn arabic_numerals() {
        let read = |text: &str| arabic(&chars(text)).map(|n| (n.len, n.value.to_string()));
        assert_eq!(read("1,234件"), Some((5, "1234".into())));
        assert_eq!(read("95.23%"), Some((5, "95.23".into())));
        assert_eq!(read("2021,120件"), Some((4, "2021".into())));
        assert_eq!(read("12,3件"), Some((2, "12".into())));
        assert_eq!(read("3.切实"), Some((1, "3".into())));
        assert_eq!(read("11320982789552559C"), None);
    }

    #[test]
    fn chinese_numerals() {
        let read = |text: &str| chinese(&chars(text)).map(|n| (n.len, n.value.to_string()));
        assert_eq!(read("三十二件"), Some((3, "32".into())));
        assert_eq!(read("两次"), Some((1, "2".into())));
        assert_eq!(read("百余人"), Some((1, "100".into())));
        assert_eq!(read("数百条"), Some((2, "100".into())));
        assert_eq!(read("一百零五人"), Some((4, "105".into())));
        assert_eq!(read("二百零三万四千"), Some((7, "2034000".into())));
        assert_eq!(read("二〇二五年"), None);
        assert_eq!(read("几宗"), None);
    }

    #[test]
    fn decimals_keep_their_places() {
        assert_eq!(Decimal::new(453, 1).times(100_000_000).to_string(), "4530000000");
        assert_eq!(Decimal::new(9523, 2).to_string(), "95.23");
        assert_eq!(Decimal::new(-1636, 2).to_string(), "-16.36");
    }
}
