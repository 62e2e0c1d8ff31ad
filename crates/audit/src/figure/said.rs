//! 确切不确切、升还是降: what the words before a figure say of it.

use super::{Direction, Qualifier, tail};
use crate::reading::Like;

/// What the words before say about exactness.
pub(super) fn qualifier(before: &str) -> Qualifier {
    let before = before.trim_end_matches(['为', '到', '达', '了', '的']);
    let say = [
        (Qualifier::AtLeast, &["不少于", "不低于", "不小于", "不得少于", "不得低于"][..]),
        (Qualifier::AtMost, &["不超过", "不高于", "不多于", "不大于", "不得超过"]),
        (Qualifier::AtLeast, &["至少", "最少", "超过", "超", "逾", "突破", "高于", "多于", "大于"]),
        (Qualifier::AtMost, &["至多", "最多", "低于", "少于", "小于", "控制在"]),
        (Qualifier::Approx, &["约", "将近", "接近", "近", "大概", "估计"]),
    ];
    let inside = ["最近", "附近", "临近", "节约", "条约", "制约", "履约", "集约", "签约", "远超"];
    for (qualifier, words) in say {
        for word in words {
            if before.ends_with(word) && !inside.iter().any(|inside| before.ends_with(inside)) {
                return qualifier;
            }
        }
    }
    Qualifier::Exact
}

const COMPARED: &[&str] =
    &["同比", "上年", "去年", "上一年", "同期", "往年", "前年", "年均", "上半年"];
const RISEN: &[&str] =
    &["上升", "增长", "增加", "提高", "提升", "上浮", "增幅", "增多", "攀升", "上涨", "涨幅", "多"];
const FALLEN: &[&str] =
    &["下降", "降低", "减少", "回落", "下滑", "降幅", "下浮", "压降", "少", "降"];

/// 同比上升7%、较2021年度降低了16.36个百分点、比上年增加3件: a change and its direction.
pub(super) fn change(before: &str, like: Like) -> Option<(Qualifier, Direction)> {
    let before = before.trim_end_matches(['近', '约', '超', '逾']);
    let before = before.trim_end_matches("幅度").trim_end_matches(['为', '达', '了']);
    let way = |words: &[&str]| words.iter().any(|word| before.ends_with(word));
    let direction = if way(FALLEN) {
        Direction::Down
    } else if way(RISEN) {
        Direction::Up
    } else {
        return None;
    };
    let near = tail(before, 16);
    let compared = COMPARED.iter().any(|word| near.contains(word)) || compares_with_year(&near);
    let on_period = near.contains("环比") || near.contains("上月") || near.contains("上季度");
    let always = ["增长", "增幅", "降幅", "下降", "上升"];
    let plain = matches!(like, Like::Rate | Like::Points | Like::Multiple)
        && always.iter().any(|word| before.ends_with(word));
    if on_period {
        Some((Qualifier::ChangeOnPeriod, direction))
    } else if compared || plain || like == Like::Points {
        Some((Qualifier::Change, direction))
    } else {
        None
    }
}

/// 较2021年、比2023年度
fn compares_with_year(text: &str) -> bool {
    let mut parts = text.split(['较', '比', '与']).skip(1);
    parts.any(|part| {
        let digits = part.chars().take_while(char::is_ascii_digit).count();
        digits == 4 && part.chars().nth(4) == Some('年')
    })
}
