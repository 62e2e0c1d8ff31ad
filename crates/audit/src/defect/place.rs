//! 地名和级别: what was left over from the report of another unit.

use std::ops::Range;

use super::Room;
use crate::setting::in_title;

impl Room<'_> {
    /// 报县法制部门 in a town whose superior is a city: taken from somebody else's report.
    pub(super) fn other_places(&mut self) {
        let superiors = self.superiors();
        if superiors.is_empty() {
            return;
        }
        let bodies = [
            "法制部门",
            "有关部门",
            "委",
            "政府",
            "司法局",
            "人大",
            "政协",
            "直部门",
            "级部门",
            "法制办",
            "法治办",
            "相关部门",
        ];
        let chars = self.chars();
        let mut found: Vec<(Range<usize>, char)> = Vec::new();
        for at in 1..chars.len() {
            let level = chars[at];
            if !matches!(level, '县' | '区' | '市') || superiors.contains(&level) {
                continue;
            }
            let after = self.plain(at + 1, (at + 5).min(chars.len()));
            let Some(body) = bodies.iter().find(|body| after.starts_with(**body)) else { continue };
            let addressed =
                ['报', '经', '向', '合', '由', '受', '在', ',', '、', '。', '及', '和', '按', '请'];
            if addressed.contains(&chars[at - 1]) && !in_title(&self.report.text, at) {
                let longer = after.chars().nth(body.chars().count());
                let generic = longer.is_some_and(|c| matches!(c, '以' | '（' | '('));
                if !generic {
                    found.push((at - 1..at + 1 + body.chars().count(), level));
                }
            }
        }
        let named: Vec<String> = superiors.iter().map(char::to_string).collect();
        for (place, level) in found {
            let say = format!(
                "本单位的上级是{}，这里却写“{level}”的部门，可能套用了外地的稿子，请核对。",
                named.join("、")
            );
            self.add("template_reuse", place, say);
        }
    }

    /// The levels above a town, as its name and its first words say.
    fn superiors(&self) -> Vec<char> {
        let organ = &self.report.setting.organ;
        let town = organ.ends_with('镇') || organ.ends_with('乡') || organ.ends_with("街道");
        if !town {
            return Vec::new();
        }
        let lead = self.plain(0, self.report.text.len().min(700));
        let mut levels: Vec<char> =
            organ.chars().filter(|c| matches!(c, '县' | '区' | '市')).collect();
        for level in ['县', '区', '市'] {
            let led = [format!("{level}委"), format!("{level}政府"), format!("{level}人民政府")];
            if led.iter().any(|word| lead.contains(word.as_str())) && !levels.contains(&level) {
                levels.push(level);
            }
        }
        levels
    }
}
