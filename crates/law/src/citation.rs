//! 依据: the articles a rule rests on.
//!
//! Clerks write `《信访工作条例》第三十四条第一款第（二）项、第三十五条；《民法典》第三条至第五条`.
//! [`mentions`] finds such citations in any text, [`Basis::parse`] keeps them beside the text.

use std::{fmt, ops::Range};

use serde::{Deserialize, Serialize};

/// What a rule rests on, as written and as understood. 依据
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// As a clerk writes it: `《信访工作条例》第三十四条`, or `本级回访规定`.
    pub text: String,
    /// The provisions found in it; empty for a local rule without 《》.
    pub citations: Vec<Citation>,
}

/// One law and the articles of it. 引用
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// Title as written, without 《》.
    pub title: String,
    /// Articles: `第三十四条` = 34; paragraph and item where written.
    pub articles: Vec<Article>,
}

/// 第…条第…款第…项.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Article {
    /// 条.
    pub article: u16,
    /// 条之几 (`第十七条之一` = 1), 0 if none.
    #[serde(default)]
    pub of: u16,
    /// 款, 0 if none.
    #[serde(default)]
    pub paragraph: u16,
    /// 项, 0 if none.
    #[serde(default)]
    pub item: u16,
}

/// A citation and where it stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Bytes of the text, from 《 to the end of the last article.
    pub at: Range<usize>,
    /// What is cited.
    pub citation: Citation,
}

impl Basis {
    /// Reads what a clerk wrote. A text without 《》 is a local rule and cites nothing.
    pub fn parse(text: &str) -> Self {
        let citations = mentions(text).into_iter().map(|mention| mention.citation).collect();
        Self { text: text.to_owned(), citations }
    }
}

impl From<&str> for Basis {
    fn from(text: &str) -> Self {
        Self::parse(text)
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "《{}》", self.title)?;
        for (place, article) in self.articles.iter().enumerate() {
            let separator = if place == 0 { "" } else { "、" };
            write!(f, "{separator}{article}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Article {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "第{}条", numeral(self.article.into()))?;
        if self.of > 0 {
            write!(f, "之{}", numeral(self.of.into()))?;
        }
        if self.paragraph > 0 {
            write!(f, "第{}款", numeral(self.paragraph.into()))?;
        }
        if self.item > 0 {
            write!(f, "第（{}）项", numeral(self.item.into()))?;
        }
        Ok(())
    }
}

/// Every 《…》 in a text with the articles that follow it, in order.
///
/// A title inside a title is written 〈…〉 and belongs to the outer one.
pub fn mentions(text: &str) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut reader = Reader { text, at: 0 };
    let mut close = 0;
    while let Some(open) = text[reader.at..].find('《') {
        let start = reader.at + open;
        reader.at = start;
        // Each 》 is looked for once, however many 《 stand before it.
        if close <= start {
            match text[start..].find('》') {
                Some(further) => close = start + further,
                None => break,
            }
        }
        let near = close - start <= LONGEST_TITLE * '》'.len_utf8();
        match near.then(|| reader.title()).flatten() {
            Some(title) => {
                let articles = reader.articles();
                let citation = Citation { title: title.to_owned(), articles };
                found.push(Mention { at: start..reader.at, citation });
            }
            None => reader.at = start + '《'.len_utf8(),
        }
    }
    found
}

/// The articles that stand at a byte of a text, and where they end; the text before it is a title.
pub fn articles_at(text: &str, at: usize) -> (Vec<Article>, usize) {
    let mut reader = Reader { text, at };
    let articles = reader.articles();
    (articles, reader.at)
}

/// A number in Chinese numerals, as articles are numbered: 34 = `三十四`, 10 = `十`, 105 = `一百零五`.
pub fn numeral(number: u32) -> String {
    const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    if number == 0 {
        return "零".to_owned();
    }
    let mut text = String::new();
    if number >= 10_000 {
        text.push_str(&numeral(number / 10_000));
        text.push('万');
    }
    let below = number % 10_000;
    let mut gap = number >= 10_000 && below < 1000;
    for (unit, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = below / unit % 10;
        if digit == 0 {
            gap |= !text.is_empty();
            continue;
        }
        if gap && !text.is_empty() {
            text.push('零');
        }
        gap = false;
        let ten = unit == 10 && digit == 1 && text.is_empty();
        if !ten {
            text.push(DIGITS[digit as usize]);
        }
        text.push_str(name);
    }
    text
}

/// The value of a number in Chinese numerals or in digits; `None` if it is neither.
pub fn numeral_value(text: &str) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    let digits: Option<u32> =
        text.chars().try_fold(0u32, |sum, c| sum.checked_mul(10)?.checked_add(wide_digit(c)?));
    if digits.is_some() {
        return digits;
    }
    let (mut total, mut section, mut digit) = (0u32, 0u32, None);
    for c in text.chars() {
        let unit = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            '万' => 10_000,
            _ => {
                let value = chinese_digit(c)?;
                // Two digits in a row are no number, but 零 only marks a gap.
                if digit.replace(value).is_some_and(|before| before != 0) {
                    return None;
                }
                continue;
            }
        };
        match unit {
            10_000 => {
                total =
                    total.checked_add((section + digit.take().unwrap_or(0)).checked_mul(unit)?)?;
                section = 0;
            }
            // A bare 十 is ten.
            _ => {
                section =
                    section.checked_add(digit.take().filter(|d| *d > 0).unwrap_or(1) * unit)?
            }
        }
    }
    total.checked_add(section)?.checked_add(digit.unwrap_or(0))
}

fn wide_digit(c: char) -> Option<u32> {
    match c {
        '０'..='９' => Some(c as u32 - '０' as u32),
        _ => c.to_digit(10),
    }
}

fn chinese_digit(c: char) -> Option<u32> {
    match c {
        '零' | '〇' => Some(0),
        '一' => Some(1),
        '二' | '两' => Some(2),
        '三' => Some(3),
        '四' => Some(4),
        '五' => Some(5),
        '六' => Some(6),
        '七' => Some(7),
        '八' => Some(8),
        '九' => Some(9),
        _ => None,
    }
}

/// A range longer than this is taken for a slip of the pen: only its ends are cited.
const LONGEST_RANGE: u16 = 300;
/// No title is longer, in letters.
const LONGEST_TITLE: usize = 200;
/// What stands in brackets behind a title is no longer.
const LONGEST_REMARK: usize = 120;

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    /// 《title》, the reader standing on 《.
    fn title(&mut self) -> Option<&'a str> {
        let rest = &self.text[self.at..];
        let mut depth = 0;
        for (at, c) in rest.char_indices().take(LONGEST_TITLE) {
            match c {
                '《' => depth += 1,
                '》' => depth -= 1,
                '\n' | '。' => return None,
                _ => {}
            }
            if depth == 0 {
                self.at += at + c.len_utf8();
                return Some(&rest['《'.len_utf8()..at]);
            }
        }
        None
    }

    /// The articles that follow a title.
    fn articles(&mut self) -> Vec<Article> {
        let mut articles: Vec<Article> = Vec::new();
        self.remark();
        loop {
            let before = self.at;
            let link = if articles.is_empty() { Link::None } else { self.link() };
            let last = articles.last().copied().unwrap_or_default();
            let Some(read) = self.article(last) else {
                self.at = before;
                return articles;
            };
            let first = read[0];
            let span = last.article.saturating_add(1)..first.article;
            if link == Link::Through && span.len() <= usize::from(LONGEST_RANGE) {
                articles.extend(span.map(|article| Article { article, ..Article::default() }));
            }
            articles.extend(read);
        }
    }

    /// `第三十四条之一第一款第（二）项`, `第三十四、三十五条`, or what goes on from the article
    /// before it: `第二款`, `第（三）项`. Never empty.
    fn article(&mut self, last: Article) -> Option<Vec<Article>> {
        let before = self.at;
        self.eat("第");
        let mut numbers = vec![self.number()?];
        while matches!(self.peek(), Some('、')) {
            let here = self.at;
            self.eat("、");
            match self.number() {
                Some(number) => numbers.push(number),
                None => {
                    self.at = here;
                    break;
                }
            }
        }
        if self.eat("条") {
            let mut read: Vec<Article> = numbers
                .into_iter()
                .map(|article| Article { article, ..Article::default() })
                .collect();
            let last = read.last_mut()?;
            last.of = self.suffix();
            last.paragraph = self.part("款").unwrap_or(0);
            let one = *last;
            self.items(one, &mut read);
            return Some(read);
        }
        // Without 条 it can only go on from the article before.
        if last.article == 0 || numbers.is_empty() {
            self.at = before;
            return None;
        }
        if self.eat("款") {
            let paragraph = |paragraph| Article { paragraph, item: 0, ..last };
            let mut read: Vec<Article> = numbers.into_iter().map(paragraph).collect();
            let one = *read.last()?;
            self.items(one, &mut read);
            return Some(read);
        }
        if self.eat("项") {
            return Some(numbers.into_iter().map(|item| Article { item, ..last }).collect());
        }
        self.at = before;
        None
    }

    /// `第（一）（二）项`, `第一项` of an article: replaces it by its items.
    fn items(&mut self, of: Article, read: &mut Vec<Article>) {
        let before = self.at;
        if !self.eat("第") {
            return;
        }
        let mut items = Vec::new();
        while let Some(item) = self.number() {
            items.push(Article { item, ..of });
            if !matches!(self.peek(), Some('（' | '(')) && !self.eat("、") {
                break;
            }
        }
        if items.is_empty() || !self.eat("项") {
            self.at = before;
            return;
        }
        read.pop();
        read.extend(items);
    }

    /// `之一`; not the 之 of 第十一条之规定.
    fn suffix(&mut self) -> u16 {
        let before = self.at;
        let number = self.eat("之").then(|| self.number()).flatten();
        if number.is_none() {
            self.at = before;
        }
        number.unwrap_or(0)
    }

    fn part(&mut self, name: &str) -> Option<u16> {
        let before = self.at;
        let number = self.eat("第").then(|| self.number()).flatten();
        if number.is_some() && self.eat(name) {
            return number;
        }
        self.at = before;
        None
    }

    /// A number, bare or in parentheses.
    fn number(&mut self) -> Option<u16> {
        let before = self.at;
        let bracketed = self.eat("（") || self.eat("(");
        let rest = &self.text[self.at..];
        let is_part = |c: char| wide_digit(c).is_some() || chinese_digit(c).is_some();
        let end = rest
            .find(|c: char| !is_part(c) && !matches!(c, '十' | '百' | '千'))
            .unwrap_or(rest.len());
        let number = numeral_value(&rest[..end]).and_then(|number| u16::try_from(number).ok());
        self.at += end;
        let closed = !bracketed || self.eat("）") || self.eat(")");
        if number.is_none() || !closed {
            self.at = before;
            return None;
        }
        number
    }

    /// What stands between two articles.
    fn link(&mut self) -> Link {
        self.remark();
        for through in ["至", "到", "—", "－", "-", "~", "～"] {
            if self.eat(through) {
                return Link::Through;
            }
        }
        for also in ["、", "，", ",", "以及", "和", "及", "与", "或者", "或"] {
            if self.eat(also) {
                return Link::Also;
            }
        }
        Link::None
    }

    /// Passes over `（2021修订）`, `（国发（2015）2号）`, `【楚发改价〔2017〕771号】` and blanks.
    fn remark(&mut self) {
        while self.eat(" ") {}
        if !matches!(self.peek(), Some('（' | '(' | '【' | '［' | '[')) {
            return;
        }
        let rest = &self.text[self.at..];
        let numbered = rest.chars().nth(1).is_some_and(|c| chinese_digit(c).is_some() || c == '十');
        if numbered {
            return;
        }
        let mut depth = 0;
        for (at, c) in rest.char_indices().take(LONGEST_REMARK) {
            match c {
                '（' | '(' | '【' | '［' | '[' => depth += 1,
                '）' | ')' | '】' | '］' | ']' => depth -= 1,
                '\n' => return,
                _ => {}
            }
            if depth == 0 {
                self.at += at + c.len_utf8();
                return;
            }
        }
    }

    fn eat(&mut self, word: &str) -> bool {
        let eaten = self.text[self.at..].starts_with(word);
        if eaten {
            self.at += word.len();
        }
        eaten
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    /// Nothing: the citation may be over.
    None,
    /// 、
    Also,
    /// 至
    Through,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let citations = Basis::parse(text).citations;
        citations.iter().map(Citation::to_string).collect::<Vec<_>>().join("；")
    }

    #[test]
    fn numerals_go_there_and_back() {
        for number in (1..2000).chain([2026, 9999, 10_000, 10_101, 23_045]) {
            assert_eq!(numeral_value(&numeral(number)), Some(number), "{}", numeral(number));
        }
        for (text, value) in
            [("十", 10), ("一十二", 12), ("二百零三", 203), ("１２", 12), ("两", 2)]
        {
            assert_eq!(numeral_value(text), Some(value), "{text}");
        }
        for text in ["", "三四", "条", "三x"] {
            assert_eq!(numeral_value(text), None, "{text}");
        }
        assert_eq!(
            [numeral(10), numeral(110), numeral(1242)],
            ["十", "一百一十", "一千二百四十二"]
        );
    }

    #[test]
    fn citations_are_read_as_clerks_write_them() {
        let cases = [
            ("《信访工作条例》第三十四条", "《信访工作条例》第三十四条"),
            (
                "《行政处罚法》第五十八条第一款第（二）项、第三十五条；《民法典》第二百零一条、第二百零三条（参照）",
                "《行政处罚法》第五十八条第一款第（二）项、第三十五条；《民法典》第二百零一条、第二百零三条",
            ),
            ("《人民调解法》第三条至第五条", "《人民调解法》第三条、第四条、第五条"),
            ("《刑法》第二百二十六条之一和第3条", "《刑法》第二百二十六条之一、第三条"),
            ("《信访工作条例》第二十二、二十三条", "《信访工作条例》第二十二条、第二十三条"),
            (
                "《行政处罚法》第六十三条第一款第（一）（三）项、第二款",
                "《行政处罚法》第六十三条第一款第（一）项、第六十三条第一款第（三）项、第六十三条第二款",
            ),
            (
                "《行政处罚法》（2021修订）第五十七条第一款第一项",
                "《行政处罚法》第五十七条第一款第（一）项",
            ),
            (
                "《关于适用〈民事诉讼法〉的解释》第353条",
                "《关于适用〈民事诉讼法〉的解释》第三百五十三条",
            ),
            ("依据《民法典》，又依据《公证法》。", "《民法典》；《公证法》"),
            ("本级回访规定第三条", ""),
            ("《没有写完第三条", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_mention_knows_where_it_stands() {
        let text = "根据《民法典》第三条，双方……";
        let [mention] = &mentions(text)[..] else { panic!("one mention") };
        assert_eq!(&text[mention.at.clone()], "《民法典》第三条");
    }

    #[test]
    fn no_text_makes_the_reader_stumble() {
        let pieces =
            ["《", "》", "第", "三", "条", "（", "）", "至", "、", "款", "项", "之", "9999999999"];
        let mut seed = 7u64;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..12 {
                seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                text.push_str(pieces[(seed >> 33) as usize % pieces.len()]);
            }
            for mention in mentions(&text) {
                assert!(text.get(mention.at).is_some());
            }
        }
    }
}
