//! 文字: letters of other alphabets, blanks left open, numbering that skips.

use std::ops::Range;

use super::Room;

impl Room<'_> {
    /// Ш for Ⅲ, а for a: letters of other alphabets among Chinese.
    pub(super) fn alphabets(&mut self) {
        let text = self.report.text.written(0..self.report.text.len());
        let mut found: Vec<(usize, char)> = Vec::new();
        for (at, c) in text.chars().enumerate() {
            if matches!(c, '\u{0400}'..='\u{052f}' | '\u{0370}'..='\u{03ff}') {
                found.push((at, c));
            }
        }
        let whole_words = found.len() > 30;
        for (at, c) in found.into_iter().filter(|_| !whole_words) {
            let like = match c {
                'Ш' | 'ш' => "Ⅲ",
                'А' | 'а' | 'Α' => "A",
                'В' | 'Β' => "B",
                'С' | 'с' => "C",
                'Е' | 'е' | 'Ε' => "E",
                'Н' | 'Η' => "H",
                'О' | 'о' | 'Ο' | 'ο' => "O",
                'Р' | 'р' | 'Ρ' => "P",
                'Т' | 'Τ' => "T",
                'Х' | 'х' | 'Χ' => "X",
                'І' | 'і' | 'Ι' => "I",
                _ => "别的字",
            };
            let alphabet = if c < '\u{0400}' { "希腊" } else { "西里尔" };
            let say = format!("用了{alphabet}字母“{c}”（U+{:04X}），应为“{like}”。", c as u32);
            self.add("character", at..at + 1, say);
        }
    }

    /// 聘用多律师、共计件、××: a number that was never filled in.
    pub(super) fn blanks(&mut self) {
        let mut found: Vec<(Range<usize>, String)> = Vec::new();
        let chars = self.chars();
        let verbs = [
            "聘用", "聘请", "选聘", "配备", "培训", "组织", "邀请", "出动", "安排", "抽调", "新增",
        ];
        let people = [
            "律师",
            "专家",
            "干部",
            "人员",
            "民警",
            "调解员",
            "志愿者",
            "学者",
            "执法人员",
            "名单位",
        ];
        for at in 1..chars.len().saturating_sub(2) {
            if !matches!(chars[at], '多' | '余') {
                continue;
            }
            let before = self.plain(at.saturating_sub(2), at);
            let after = self.plain(at + 1, (at + 4).min(chars.len()));
            let verb = verbs.iter().any(|word| before == *word);
            let noun = people.iter().find(|word| after.starts_with(**word));
            if let (true, Some(noun)) = (verb, noun) {
                let end = at + 1 + noun.chars().count();
                let say = format!("“{before}{}{noun}”缺数字或者量词，应写明几名。", chars[at]);
                found.push((at - 2..end, say));
            }
        }
        let units =
            ["件", "人次", "场次", "万元", "份", "人", "次", "起", "余件", "余人次", "余份"];
        let leads = ["共计", "累计", "共", "约", "达到", "达"];
        for at in 2..chars.len() {
            if !"件人场万份次起余".contains(chars[at]) {
                continue;
            }
            let next = self.plain(at, (at + 4).min(chars.len()));
            let mut named = units.iter().filter(|unit| {
                let ends =
                    next.chars().nth(unit.chars().count()).is_none_or(|c| ",。;、)".contains(c));
                next.starts_with(**unit) && ends
            });
            let Some(unit) = named.next() else { continue };
            let before = self.plain(at.saturating_sub(8), at);
            let lead = leads.iter().find(|lead| before.trim_end().ends_with(**lead));
            let gap = before.len() != before.trim_end().len();
            if let Some(lead) = lead
                && (gap || lead.chars().count() == 2)
            {
                let end = at + unit.chars().count();
                let start = at - (before.chars().count() - before.trim_end().chars().count());
                let start = start - lead.chars().count();
                found.push((start..end, format!("“{lead}{unit}”之间没有填数字。")));
            }
        }
        for word in ["××", "XX", "xx", "＿＿", "__", "【待写】", "【待补】", "（待补充）", "待补充"]
        {
            for at in self.report.text.find_all(word).collect::<Vec<_>>() {
                let end = at + word.chars().count();
                let inside = at > 0 && matches!(chars[at - 1], 'X' | 'x' | '_' | '×');
                if !inside {
                    found.push((at..end, format!("“{word}”没有填写。")));
                }
            }
        }
        for (place, say) in found {
            self.add("blank", place, say);
        }
    }

    /// 四、) and （二）、: a numbering that is broken.
    pub(super) fn numbering(&mut self) {
        let text = self.plain(0, self.report.text.len());
        let mut at = 0;
        let mut found: Vec<(Range<usize>, String)> = Vec::new();
        let mut last = 0_usize;
        for line in text.split('\n') {
            let lead = line.chars().take_while(|c| c.is_whitespace()).count();
            let head: String = line.chars().skip(lead).take(6).collect();
            let start = at + lead;
            let numerals = "一二三四五六七八九十";
            let count = head.chars().take_while(|c| numerals.contains(*c)).count();
            if count > 0 && (head.chars().skip(count).take(2).eq("、)".chars())) {
                let shown: String = head.chars().take(count + 2).collect();
                found.push((start..start + count + 2, format!("标题序号“{shown}”残缺。")));
            }
            if let Some(rest) = head.strip_prefix('(') {
                let count = rest.chars().take_while(|c| numerals.contains(*c)).count();
                if count > 0 && rest.chars().skip(count).take(2).eq(")、".chars()) {
                    let shown: String = head.chars().take(count + 3).collect();
                    let say = format!("标题序号“{shown}”多了顿号。");
                    found.push((start..start + count + 3, say));
                }
            }
            if count > 0
                && head.chars().nth(count) == Some('、')
                && let Some(number) = numerals.find(head.chars().next().unwrap_or(' '))
                && count == 1
                && line.chars().count() <= 42
            {
                let number = number / '一'.len_utf8() + 1;
                if number > last + 1 && last > 0 {
                    let say = format!("标题序号从第{last}跳到第{number}，中间缺一个。");
                    found.push((start..start + 2, say));
                }
                last = number;
            }
            at += line.chars().count() + 1;
        }
        for (place, say) in found {
            self.add("numbering", place, say);
        }
    }
}
