//! 引用检查: every citation of a text, and whether it may stand.
//!
//! [`Statutes::review`] reads a text as a reviewer does: titles in 《》, titles named bare with an
//! article behind them, and short forms the text itself agrees on. What is not known is said to be
//! so and is no fault: a local rule or a paper may well exist.

use std::{collections::BTreeMap, ops::Range};

use jiff::civil::Date;

use super::{COUNTRY, Resolution, Statute, Statutes, bare, check::no_such_articles, simplified};

use crate::{
    citation::{Article, Citation, Mention, articles_at, mentions},
    period::chinese_date,
};

/// A citation in a text and what is to be said of it. 引用检查结果
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Bytes of the text: title, what stands in brackets behind it, articles.
    pub at: Range<usize>,
    /// The full title, where it is known; else as written.
    pub title: String,
    /// What is cited of it.
    pub articles: Vec<Article>,
    /// Whether it may stand.
    pub verdict: Verdict,
    /// Titles to cite instead, in force on the day asked for; of a misspelt title, the right one.
    pub replaced_by: Vec<String>,
    /// Why, and what to do; for a clerk.
    pub explanation: String,
    /// Rests on checked facts only.
    pub checked: bool,
    /// How it is cited.
    pub wording: Wording,
}

/// How a citation is written. 引用写法
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    /// A law, regulation or rule in 《》.
    Titled,
    /// A known law named without 《》, an article behind it.
    Bare,
    /// 通知, 意见 and other papers, which no list of laws has.
    Paper,
}

/// What is to be said of a citation. 引用结论
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// 无误.
    Ok,
    /// 未收录.
    Unknown,
    /// 题名错字.
    Misspelt,
    /// 已失效.
    Repealed,
    /// 尚未施行.
    NotInForce,
    /// 条号越界.
    ArticleOutOfRange,
    /// 旧条号.
    Renumbered,
}

impl Verdict {
    /// As machines read it.
    pub const fn code(self) -> &'static str {
        match self {
            Verdict::Ok => "ok",
            Verdict::Unknown => "unknown",
            Verdict::Misspelt => "misspelt",
            Verdict::Repealed => "repealed",
            Verdict::NotInForce => "not-in-force",
            Verdict::ArticleOutOfRange => "article-out-of-range",
            Verdict::Renumbered => "renumbered",
        }
    }

    /// 名称.
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Ok => "无误",
            Verdict::Unknown => "未收录",
            Verdict::Misspelt => "题名错字",
            Verdict::Repealed => "已失效",
            Verdict::NotInForce => "尚未施行",
            Verdict::ArticleOutOfRange => "条号越界",
            Verdict::Renumbered => "旧条号",
        }
    }

    /// Every verdict.
    pub const ALL: [Verdict; 7] = [
        Verdict::Ok,
        Verdict::Unknown,
        Verdict::Misspelt,
        Verdict::Repealed,
        Verdict::NotInForce,
        Verdict::ArticleOutOfRange,
        Verdict::Renumbered,
    ];

    /// Whether somebody must look: neither right nor merely unknown.
    pub fn is_fault(self) -> bool {
        !matches!(self, Verdict::Ok | Verdict::Unknown)
    }
}

impl Statutes {
    /// Every citation of a text of this day, in order.
    pub fn review(&self, text: &str, on: Date) -> Vec<Review> {
        let mut reader =
            Reader { statutes: self, text, on, short: BTreeMap::new(), seen: Vec::new() };
        let mut found: Vec<Review> = Vec::new();
        let mut end = 0;
        for mention in mentions(text) {
            reader.bare(end..mention.at.start, &mut found);
            end = mention.at.end;
            found.push(reader.mention(&mention));
        }
        reader.bare(end..text.len(), &mut found);
        found
    }
}

/// No name that stands without 《》 is longer, in letters.
const LONGEST_NAME: usize = 40;

struct Reader<'a> {
    statutes: &'a Statutes,
    text: &'a str,
    on: Date,
    /// Short forms agreed on so far = titles they stand for.
    short: BTreeMap<String, String>,
    /// Titles met so far, as written.
    seen: Vec<String>,
}

impl Reader<'_> {
    fn mention(&mut self, mention: &Mention) -> Review {
        let text = self.text[mention.at.clone()].trim_end();
        let at = mention.at.start..mention.at.start + text.len();
        let Citation { title, articles } = &mention.citation;
        let title = title.trim();
        let behind = remark(text, title);
        let review = self.judge(title, behind, articles, at);
        if let Some(short) = agreed_short(behind) {
            self.short.insert(simplified(short), title.to_owned());
        }
        self.seen.push(title.to_owned());
        review
    }

    /// Titles without 《》, of known laws or agreed on, with an article behind them.
    fn bare(&mut self, within: Range<usize>, found: &mut Vec<Review>) {
        let mut at = within.start;
        while let Some(step) = self.text[at..within.end].find('第') {
            let here = at + step;
            at = here + '第'.len_utf8();
            let Some(start) = self.name_before(within.start, here) else { continue };
            let (articles, end) = articles_at(self.text, here);
            if articles.is_empty() || end > within.end {
                continue;
            }
            let title = &self.text[start..here];
            let review = self.judge(title, "", &articles, start..end);
            found.push(Review { wording: Wording::Bare, ..review });
            at = end;
        }
    }

    /// Where the longest known name begins that ends here.
    fn name_before(&self, from: usize, here: usize) -> Option<usize> {
        let before = &self.text[from..here];
        let is_part = |c: char| !c.is_whitespace() && !"《》〈〉，。；：、“”".contains(c);
        let letters = before.char_indices().rev().take(LONGEST_NAME);
        let starts: Vec<usize> =
            letters.take_while(|(_, c)| is_part(*c)).map(|(at, _)| at).collect();
        let known = |at: &&usize| {
            let name = &before[**at..];
            let law = name.len() > 2 * '法'.len_utf8() && self.statutes.index.contains_key(name);
            law || self.short.contains_key(name)
        };
        let start = *starts.iter().rev().find(known)?;
        let country = before[..start].len() - before[..start].trim_end_matches(COUNTRY).len();
        Some(from + start - country)
    }

    fn judge(&self, title: &str, behind: &str, articles: &[Article], at: Range<usize>) -> Review {
        let meant = self.short.get(&simplified(title)).map_or(title, String::as_str);
        let mut review = Review {
            at,
            title: meant.to_owned(),
            articles: articles.to_vec(),
            verdict: Verdict::Ok,
            replaced_by: Vec::new(),
            explanation: String::new(),
            checked: true,
            wording: Wording::Titled,
        };
        match self.resolve(meant, behind) {
            None => self.unknown(title, meant, behind, &mut review),
            Some(known) => self.known(known, &mut review),
        }
        review
    }

    /// As written, with the edition in brackets, or without what people add to a title.
    fn resolve(&self, title: &str, behind: &str) -> Option<Resolution<'_>> {
        let inner = behind.trim_matches(['（', '）', '(', ')', ' ']);
        let dated = is_edition(inner)
            .then(|| self.statutes.find(&format!("{title}（{inner}）"), self.on))
            .flatten();
        if let Some(known) = dated.or_else(|| self.statutes.find(title, self.on)) {
            return Some(known);
        }
        let simple = simplified(title);
        let trials = ["（试行）", "（暂行）", "（修订）", "（修正）", "（草案）"];
        let trial = trials.iter().find_map(|trial| simple.strip_suffix(trial));
        // An issuer may be left out or written otherwise, but not misspelt.
        let misspelt = trial.is_none() && self.statutes.misspelt(title).is_some();
        let without = trial.or_else(|| super::without_author(&simple)).filter(|_| !misspelt);
        self.statutes.find(without?, self.on)
    }

    fn known(&self, resolution: Resolution<'_>, review: &mut Review) {
        match resolution {
            Resolution::InForce { statute, edition } => {
                review.title = statute.title.clone();
                let citation = self.citation(statute, review);
                let faults = no_such_articles(&citation, statute, edition, self.on);
                let Some(first) = faults.first() else { return };
                review.checked = faults.iter().all(|fault| fault.checked);
                let moved = faults.iter().filter_map(|fault| fault.instead.as_deref());
                let moved: Vec<&str> = moved.collect();
                review.verdict = Verdict::ArticleOutOfRange;
                review.explanation = format!("{}{}", first.message, doubt(review.checked));
                if !moved.is_empty() {
                    review.verdict = Verdict::Renumbered;
                    review.explanation = format!("{}；{}", first.message, moved.join("；"));
                }
            }
            Resolution::Repealed { statute, since, replaced_by, checked } => {
                self.repealed(statute, since, &replaced_by, checked, review);
            }
            Resolution::NotYet { statute, from, checked } => {
                review.title = statute.title.clone();
                review.verdict = Verdict::NotInForce;
                review.checked = checked;
                review.explanation = format!(
                    "《{}》自{}起才施行{}",
                    bare(&statute.title),
                    chinese_date(from),
                    doubt(checked)
                );
            }
            Resolution::Unknown { .. } => {}
        }
    }

    fn repealed(
        &self,
        statute: &Statute,
        since: Date,
        replaced_by: &[&str],
        checked: bool,
        review: &mut Review,
    ) {
        let title = bare(&statute.title);
        review.title = statute.title.clone();
        if self.says_so_itself(&review.at) {
            review.explanation = format!("《{title}》已经失效，文中写明了");
            return;
        }
        review.checked = checked;
        review.replaced_by = replaced_by.iter().map(|title| (*title).to_owned()).collect();
        let old_edition = replaced_by == [&*statute.title];
        let moved: Vec<String> = review
            .articles
            .iter()
            .filter_map(|one| Some(format!("旧{one}现为{}", statute.moved.get(&one.article)?)))
            .collect();
        let instead: Vec<String> =
            replaced_by.iter().map(|title| format!("《{}》", bare(title))).collect();
        let fault = match old_edition {
            true => format!("引的是《{title}》旧版，{}起施行新版", chinese_date(since)),
            false => format!("《{title}》自{}起失效", chinese_date(since)),
        };
        let mut parts = vec![format!("{fault}{}", doubt(checked))];
        if !instead.is_empty() && !old_edition {
            parts.push(format!("改引{}", instead.join("、")));
        }
        parts.extend(moved);
        review.verdict = match old_edition && parts.len() > 1 {
            true => Verdict::Renumbered,
            false => Verdict::Repealed,
        };
        review.explanation = parts.join("；");
    }

    /// `原《合同法》`, `《城市规划法》同时废止`: whoever writes so knows.
    fn says_so_itself(&self, at: &Range<usize>) -> bool {
        let before = self.text[..at.start].trim_end();
        if ["原", "旧", "已废止的", "已经废止的", "已失效的"]
            .iter()
            .any(|word| before.ends_with(word))
        {
            return true;
        }
        let rest = &self.text[at.end..];
        let sentence = &rest[..rest.find(['。', '；', '\n']).unwrap_or(rest.len())];
        let ended =
            ["同时废止", "予以废止", "即行废止", "自行废止", "已废止", "已经废止", "同时停止执行"];
        ended.iter().any(|word| sentence.contains(word))
    }

    fn unknown(&self, title: &str, meant: &str, behind: &str, review: &mut Review) {
        review.checked = false;
        if let Some(statute) = self.statutes.misspelt(meant)
            // 《劳动合同》 is a contract, no slip for the law about it.
            && simplified(&statute.title).strip_suffix('法') != Some(&simplified(meant))
        {
            review.verdict = Verdict::Misspelt;
            review.replaced_by = vec![statute.title.clone()];
            review.explanation = format!("《{meant}》应是《{}》", statute.cited_as());
            return;
        }
        if is_generic(title) {
            let ending = |seen: &&String| seen.ends_with(title) && seen.as_str() != title;
            if let Some(full) = self.seen.iter().rev().find(ending) {
                let mut known = self.judge(full, "", &review.articles, review.at.clone());
                known.explanation = match known.explanation.is_empty() {
                    true => format!("《{title}》看作前文的《{full}》，没有写明“以下简称”"),
                    false => format!("《{title}》看作前文的《{full}》；{}", known.explanation),
                };
                *review = known;
                return;
            }
            review.verdict = Verdict::Unknown;
            review.wording = if is_rule(title) { Wording::Titled } else { Wording::Paper };
            review.explanation = format!("《{title}》是简称，前文没有写明指哪一部，改写全称");
            return;
        }
        if let Some(statute) = self.statutes.ending(meant) {
            review.checked = true;
            if let Some(resolution) = self.statutes.find(&statute.title, self.on) {
                self.known(resolution, review);
            }
            if review.verdict == Verdict::Ok {
                review.explanation = format!("题名不全，应写《{}》", statute.cited_as());
            }
            return;
        }
        review.verdict = Verdict::Unknown;
        review.wording = if is_rule(meant) { Wording::Titled } else { Wording::Paper };
        review.explanation = match self.statutes.alike(meant) {
            Some(near) => format!("法规库没有收录《{meant}》；相近的有《{}》，请核对", bare(near)),
            None if behind.contains('号') => format!("法规库没有收录《{meant}》，按文号核对"),
            None => format!("法规库没有收录《{meant}》，地方规定和文件请自行核对"),
        };
    }

    fn citation(&self, statute: &Statute, review: &Review) -> Citation {
        Citation { title: statute.cited_as().to_owned(), articles: review.articles.clone() }
    }
}

fn doubt(checked: bool) -> &'static str {
    if checked { "" } else { "（没有核对原文，请核）" }
}

/// What stands in brackets behind the title.
fn remark<'t>(text: &'t str, title: &str) -> &'t str {
    let after = text.find(title).map_or("", |at| &text[at + title.len()..]);
    let after = after.trim_start_matches(['》', ' ']);
    after.find('第').filter(|_| !after.starts_with(['（', '(', '【'])).map_or(after, |_| "")
}

/// `以下简称《条例》`, `以下称“处罚法”`, `下称安全法` in a remark: the short form.
fn agreed_short(remark: &str) -> Option<&str> {
    let words = ["以下简称为", "以下简称", "以下统称", "以下称", "下称", "简称"];
    let word = words.iter().find(|word| remark.contains(*word))?;
    let rest = &remark[remark.find(word)? + word.len()..];
    let rest = rest.trim_start_matches(['《', '“', '"', '‘', '：', ' ', '为']);
    let end = rest.find(['》', '”', '"', '’', '）', ')', '，', '；'])?;
    Some(&rest[..end]).filter(|short| !short.is_empty())
}

/// `2017修正`, `2021年修订`: an edition, not the day of its making.
fn is_edition(inner: &str) -> bool {
    let year = inner.get(..4).is_some_and(|year| year.bytes().all(|byte| byte.is_ascii_digit()));
    let rest = inner.get(4..).unwrap_or_default().trim_start_matches('年');
    year && (rest.starts_with('修') || rest.starts_with('版') || rest.is_empty())
}

/// A word that names a kind of rule and no rule.
fn is_generic(title: &str) -> bool {
    const KINDS: &[&str] = &[
        "条例",
        "规定",
        "办法",
        "决定",
        "细则",
        "实施细则",
        "实施办法",
        "规则",
        "解释",
        "通知",
        "意见",
        "实施意见",
        "若干规定",
        "暂行办法",
        "暂行规定",
        "纲要",
        "方案",
        "法",
    ];
    KINDS.contains(&title)
}

/// Whether a title is that of a law, regulation or rule, by its last word.
fn is_rule(title: &str) -> bool {
    const RULES: &[&str] = &[
        "法", "法典", "条例", "规定", "办法", "决定", "细则", "解释", "规则", "总则", "通则",
        "准则", "章程", "规程",
    ];
    const OTHERS: &[&str] = &[
        "方法",
        "做法",
        "说法",
        "想法",
        "看法",
        "书法",
        "执法",
        "司法",
        "普法",
        "立法",
        "用法",
        "守法",
        "处罚决定",
        "处理决定",
        "许可决定",
        "复议决定",
        "操作规程",
        "技术规程",
        "交易规则",
        "公司章程",
    ];
    let mut title = simplified(title);
    while title.ends_with('）') {
        let open = title.rfind('（').unwrap_or(0);
        title.truncate(open);
    }
    RULES.iter().any(|word| title.ends_with(word))
        && !OTHERS.iter().any(|word| title.ends_with(word))
}
