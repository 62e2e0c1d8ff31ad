//! 写法: amounts and ordinals in words, as official Chinese writes them.

/// An amount in 分 as it is written on documents that must not be altered: 壹仟伍佰元整. 金额大写
///
/// A run of zeros is read once as 零; 整 closes amounts that end in 元 or 角.
pub fn money_words(fen: i64) -> String {
    let sign = if fen < 0 { "负" } else { "" };
    let fen = fen.unsigned_abs();
    let (yuan, jiao, cent) = (fen / 100, fen / 10 % 10, fen % 10);
    let mut text = String::from(sign);
    if yuan > 0 {
        text.push_str(&yuan_words(yuan));
        text.push('元');
    }
    match (jiao, cent) {
        (0, 0) if yuan == 0 => text.push_str("零元整"),
        (0, 0) => text.push('整'),
        (0, cent) => {
            if yuan > 0 {
                text.push('零');
            }
            text.push_str(CAPITAL[cent as usize]);
            text.push('分');
        }
        (jiao, cent) => {
            text.push_str(CAPITAL[jiao as usize]);
            text.push('角');
            if cent > 0 {
                text.push_str(CAPITAL[cent as usize]);
                text.push('分');
            } else {
                text.push('整');
            }
        }
    }
    text
}

/// An amount in 分 as the sentences of a report say it: 45.3亿元, 195万元, 9800元, 12.5元. 金额
///
/// One rule: from 1亿元 up, amounts of whole 万元 are said in 亿元; from 1万元 up, amounts of whole
/// 元 in 万元; all others in 元. Nothing is rounded, so there are at most four decimals, and none
/// that are 0. Tables and forms keep 元 to the 分.
pub fn money_in_prose(fen: i64) -> String {
    const YUAN: u64 = 100;
    format!("{}元", in_ten_thousands(fen, YUAN, 4))
}

/// A count as the sentences of a report say it: 2.1万, 4549, 23456. 数
///
/// By the rule of money with at most two decimals: what would take more is said in full.
pub fn count_in_prose(count: i64) -> String {
    in_ten_thousands(count, 1, 2)
}

/// A number of `one`s in 亿 or 万 where that takes no more than so many decimals, else as it is
/// with the decimals that are left below `one`.
fn in_ten_thousands(number: i64, one: u64, most: u32) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let number = number.unsigned_abs();
    let (wan, yi) = (10_000 * one, 100_000_000 * one);
    let (size, unit) = [(yi, "亿"), (wan, "万")]
        .into_iter()
        .find(|(size, _)| number >= *size && number.is_multiple_of(size / 10_u64.pow(most)))
        .unwrap_or((one, ""));
    let mut decimals = String::new();
    let (mut rest, mut place) = (number % size, size / 10);
    while rest > 0 && place > 0 {
        decimals.push_str(&(rest / place).to_string());
        (rest, place) = (rest % place, place / 10);
    }
    let point = if decimals.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{decimals}{unit}", number / size)
}

const CAPITAL: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];

/// Whole yuan above zero, in groups of four digits.
fn yuan_words(yuan: u64) -> String {
    const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];
    const GROUPS: [&str; 5] = ["", "万", "亿", "万亿", "亿亿"];
    let mut text = String::new();
    let mut gap = false;
    for group in (0..GROUPS.len()).rev() {
        let digits = yuan / 10_000_u64.pow(group as u32) % 10_000;
        for place in (0..4).rev() {
            let digit = digits / 10_u64.pow(place) % 10;
            if digit == 0 {
                gap = !text.is_empty();
                continue;
            }
            if gap {
                text.push('零');
                gap = false;
            }
            text.push_str(CAPITAL[digit as usize]);
            text.push_str(PLACES[place as usize]);
        }
        if digits > 0 {
            text.push_str(GROUPS[group]);
        }
    }
    text
}

/// 一、二、…十、十一、…: the ordinal of a heading, up to 9999.
pub fn ordinal(number: usize) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    const PLACES: [(usize, &str); 4] = [(1000, "千"), (100, "百"), (10, "十"), (1, "")];
    if number == 0 || number > 9999 {
        return number.to_string();
    }
    let mut text = String::new();
    let mut gap = false;
    for (size, place) in PLACES {
        let digit = number / size % 10;
        if digit == 0 {
            gap = !text.is_empty();
            continue;
        }
        if gap {
            text.push('零');
            gap = false;
        }
        if !(digit == 1 && size == 10 && text.is_empty()) {
            text.push_str(DIGITS[digit]);
        }
        text.push_str(place);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_in_words() {
        for (fen, text) in [
            (150_000, "壹仟伍佰元整"),
            (0, "零元整"),
            (1, "壹分"),
            (10, "壹角整"),
            (35, "叁角伍分"),
            (1_000, "壹拾元整"),
            (10_005, "壹佰元零伍分"),
            (10_050, "壹佰元伍角整"),
            (1_000_506, "壹万零伍元零陆分"),
            (2_000_000, "贰万元整"),
            (10_700_053, "壹拾万零柒仟元伍角叁分"),
            (140_950, "壹仟肆佰零玖元伍角整"),
            (600_714, "陆仟零柒元壹角肆分"),
            (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
            (32_504, "叁佰贰拾伍元零肆分"),
            (1_000_000_000_000, "壹佰亿元整"),
            (1_000_000_100_000, "壹佰亿零壹仟元整"),
            (10_020_030_045, "壹亿零贰拾万零叁佰元肆角伍分"),
            (-150_000, "负壹仟伍佰元整"),
        ] {
            assert_eq!(money_words(fen), text, "{fen} 分");
        }
    }

    #[test]
    fn amounts_in_prose() {
        for (fen, text) in [
            (453_000_000_000, "45.3亿元"),
            (195_000_000, "195万元"),
            (10_000_000_000, "1亿元"),
            (12_345_678_900, "12345.6789万元"), // not of whole 万元
            (12_345_670_000_000, "1234.567亿元"),
            (1_000_000, "1万元"),
            (999_900, "9999元"),
            (1_234_500, "1.2345万元"),
            (1_234_567, "12345.67元"),
            (1_250, "12.5元"),
            (5, "0.05元"),
            (0, "0元"),
            (-195_000_000, "-195万元"),
        ] {
            assert_eq!(money_in_prose(fen), text, "{fen} 分");
        }
        for (count, text) in [
            (21_000, "2.1万"),
            (10_000, "1万"),
            (80_500, "8.05万"),
            (80_050, "80050"),
            (4_549, "4549"),
            (0, "0"),
            (123_000_000, "1.23亿"),
            (123_450_000, "12345万"),
        ] {
            assert_eq!(count_in_prose(count), text);
        }
    }

    #[test]
    fn ordinals() {
        let expected = [
            (1, "一"),
            (10, "十"),
            (11, "十一"),
            (20, "二十"),
            (101, "一百零一"),
            (110, "一百一十"),
        ];
        for (number, text) in expected {
            assert_eq!(ordinal(number), text);
        }
    }
}
