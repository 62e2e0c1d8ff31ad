//! `yifa cite`: every citation of a file, and whether it may stand.

use std::{collections::BTreeMap, fs, path::PathBuf};

use jiff::civil::Date;
use law::{
    citation::Article,
    source,
    statute::{Rank, Review, Statutes, Verdict, Wording},
};
use paper::reading::CodePoints;
use serde::{Deserialize, Serialize};

use super::{Failure, files, laws, say};
use crate::clock::Clock;

/// 核对文件里引用的法律、法规、规章
#[derive(Debug, clap::Subcommand)]
pub enum Cite {
    /// 逐处核对：题名、是否有效、条号
    Check(Check),
    /// 在有标准答案的文件上量准确度
    Measure(Measure),
}

/// 逐处核对文件里的引用
#[derive(Debug, clap::Args)]
pub struct Check {
    /// 文件：TXT、网页、DOCX、PDF
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// 按这一天有效的法核对；不写就是今天
    #[arg(long, value_name = "日期")]
    as_of: Option<Date>,
    /// 一行一个 JSON
    #[arg(long)]
    json: bool,
    /// 没有收录的通知、意见等文件，以及没有写书名号而又无误的，也列出来
    #[arg(long)]
    all: bool,
    /// 有这种结论就以失败退出：repealed、article-out-of-range……，fault 指任何一种错误
    #[arg(long, value_name = "结论", value_delimiter = ',')]
    fail_on: Vec<String>,
    /// 再加上这个文件夹里的法规文本或者目录
    #[arg(long, value_name = "文件夹")]
    laws: Option<PathBuf>,
}

/// 在有标准答案的文件上量准确度
#[derive(Debug, clap::Args)]
pub struct Measure {
    /// 文件夹，里面有 documents.jsonl、citations_auto.tsv、seeded_errors.jsonl
    folder: PathBuf,
    /// 按这一天有效的法核对；不写就是收集文件的那一天
    #[arg(long, value_name = "日期", default_value = "2025-04-05")]
    as_of: Date,
    /// 逐条打印漏的和错的
    #[arg(long)]
    misses: bool,
}

impl Cite {
    pub fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Check(check) => check.run(),
            Self::Measure(measure) => measure.run(),
        }
    }
}

/// The laws of the files, the catalogue and a folder.
fn statutes(folder: Option<&PathBuf>) -> Result<Statutes, Failure> {
    let (statutes, _) = Statutes::parse(&source::embedded());
    let mut statutes = match folder {
        // What somebody brings goes before the catalogue.
        Some(folder) => {
            let mut own = statutes;
            own.add_catalogue(&laws::import(folder)?.lines);
            own
        }
        None => statutes,
    };
    statutes.add_catalogue(source::catalogue());
    Ok(statutes)
}

/// A finding as machines read it.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    text: &'a str,
    offset: usize,
    title: &'a str,
    articles: Vec<u16>,
    provisions: Vec<String>,
    verdict: &'static str,
    replaced_by: &'a [String],
    explanation: &'a str,
}

impl Check {
    fn run(&self) -> Result<(), Failure> {
        let known: Vec<&str> =
            Verdict::ALL.map(Verdict::code).into_iter().chain(["fault"]).collect();
        if let Some(other) = self.fail_on.iter().find(|word| !known.contains(&word.as_str())) {
            let say = format!("错误：--fail-on 不认识“{other}”，可以写：{}", known.join("、"));
            return Err(Failure::said(say));
        }
        let statutes = statutes(self.laws.as_ref())?;
        let on = self.as_of.unwrap_or_else(|| Clock::Machine.today());
        let (mut unread, mut failed) = (0, 0);
        for path in &self.files {
            let read = match files::read(path) {
                Ok(read) => read,
                Err(Failure(why)) => {
                    eprintln!("{why}");
                    unread += 1;
                    continue;
                }
            };
            let reviews = statutes.review(&read.text, on);
            let reviews: Vec<Review> =
                reviews.into_iter().filter(|review| self.all || is_listed(review)).collect();
            failed += reviews.iter().filter(|review| self.fails(review.verdict)).count();
            let name = path.to_string_lossy();
            match self.json {
                true => print_json(&name, &read.text, &reviews)?,
                false => print(&name, &read.text, &reviews, on),
            }
        }
        if !self.json {
            say!("{}", completeness(&statutes));
        }
        match (unread, failed) {
            (0, 0) => Ok(()),
            (0, _) => Err(Failure::said(format!("有{failed}处引用不合 --fail-on"))),
            _ => Err(Failure::said(format!("有{unread}个文件没有读"))),
        }
    }

    fn fails(&self, verdict: Verdict) -> bool {
        self.fail_on
            .iter()
            .any(|word| word == verdict.code() || word == "fault" && verdict.is_fault())
    }
}

/// Whether a citation is listed without being asked for.
fn is_listed(review: &Review) -> bool {
    match review.wording {
        Wording::Titled => true,
        Wording::Bare => review.verdict.is_fault(),
        Wording::Paper => false,
    }
}

fn print_json(file: &str, text: &str, reviews: &[Review]) -> Result<(), Failure> {
    let points = CodePoints::of(text);
    for review in reviews {
        let line = Line {
            file,
            text: &text[review.at.clone()],
            offset: points.before(review.at.start),
            title: &review.title,
            articles: numbers(&review.articles),
            provisions: review.articles.iter().map(Article::to_string).collect(),
            verdict: review.verdict.code(),
            replaced_by: &review.replaced_by,
            explanation: &review.explanation,
        };
        say!("{}", serde_json::to_string(&line)?);
    }
    Ok(())
}

fn print(file: &str, text: &str, reviews: &[Review], on: Date) {
    say!("{file}：按{on}核对，引用{}处", reviews.len());
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    for review in reviews {
        *counts.entry(review.verdict).or_default() += 1;
        if !review.explanation.is_empty() {
            let line = 1 + text[..review.at.start].matches('\n').count();
            let written = &text[review.at.clone()];
            say!("  第{line}行 {}：{written}。{}", review.verdict.name(), review.explanation);
        }
    }
    let counts: Vec<String> =
        counts.iter().map(|(verdict, count)| format!("{}{count}处", verdict.name())).collect();
    say!("  {}", if counts.is_empty() { "没有引用".to_owned() } else { counts.join("，") });
}

/// Up to when the list is known to be complete: for each rank as most of its laws are.
fn completeness(statutes: &Statutes) -> String {
    let mut ranks: BTreeMap<_, BTreeMap<Option<Date>, usize>> = BTreeMap::new();
    for statute in statutes.iter() {
        *ranks.entry(statute.rank).or_default().entry(statute.complete_to).or_default() += 1;
    }
    let ranks = ranks.iter().map(|(rank, days)| {
        let count: usize = days.values().sum();
        let most = days.iter().max_by_key(|(_, count)| **count).and_then(|(day, _)| *day);
        let complete = most.filter(|_| *rank <= Rank::Interpretation);
        let complete = complete.map(|day| format!("收到{day}")).unwrap_or_default();
        format!("{}{count}部{complete}", rank.name())
    });
    let ranks: Vec<String> = ranks.collect();
    format!("法规库：{}；规章、地方性法规和文件没有收全", ranks.join("，"))
}

fn numbers(articles: &[Article]) -> Vec<u16> {
    let mut numbers: Vec<u16> = articles.iter().map(|article| article.article).collect();
    numbers.dedup();
    numbers
}

/// A document of the measured set.
#[derive(Deserialize)]
struct Document {
    id: String,
    text: String,
}

/// A sentence of the measured set with one error put in.
#[derive(Deserialize)]
struct Seeded {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    text: String,
    citation: String,
    original: String,
}

impl Measure {
    fn run(&self) -> Result<(), Failure> {
        let statutes = statutes(None)?;
        self.extraction(&statutes)?;
        self.errors(&statutes)
    }

    fn text(&self, name: &str) -> Result<String, Failure> {
        let path = self.folder.join(name);
        fs::read_to_string(&path)
            .map_err(|error| Failure::said(format!("错误：{}读不了：{error}", path.display())))
    }

    /// Citations found: the same beginning and the same articles; and the same words throughout.
    fn extraction(&self, statutes: &Statutes) -> Result<(), Failure> {
        let table = self.text("citations_auto.tsv")?;
        let mut lines = table.lines();
        let heads: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
        let mut gold: BTreeMap<(String, usize), (String, String)> = BTreeMap::new();
        for line in lines {
            let row: BTreeMap<&str, &str> = heads.iter().copied().zip(line.split('\t')).collect();
            let field = |name: &str| row.get(name).copied().unwrap_or_default().to_owned();
            let start = field("start").parse().unwrap_or(usize::MAX);
            gold.insert((field("doc"), start), (field("raw").trim().to_owned(), field("articles")));
        }
        let (mut found, mut said, mut exact) = (0, 0, 0);
        let mut missed = gold.clone();
        for line in self.text("documents.jsonl")?.lines() {
            let document: Document = serde_json::from_str(line)?;
            let points = CodePoints::of(&document.text);
            for review in statutes.review(&document.text, self.as_of) {
                if !is_listed(&review) {
                    continue;
                }
                said += 1;
                let key = (document.id.clone(), points.before(review.at.start));
                let text = &document.text[review.at.clone()];
                let articles =
                    numbers(&review.articles).iter().map(u16::to_string).collect::<Vec<_>>();
                match gold.get(&key) {
                    Some((raw, expected)) if *expected == articles.join(" ") => {
                        found += 1;
                        exact += usize::from(raw == text);
                        missed.remove(&key);
                        if self.misses && raw != text {
                            say!("  词不同：{} {raw} / {text}", document.id);
                        }
                    }
                    other if self.misses => {
                        say!("  多出：{} {text} {other:?}", document.id);
                    }
                    _ => {}
                }
            }
        }
        if self.misses {
            for ((document, _), (raw, articles)) in &missed {
                say!("  漏：{document} {raw} {articles}");
            }
        }
        say!(
            "引用：应有{}处，找出{said}处，对{found}处；{}",
            gold.len(),
            f1(found, said, gold.len())
        );
        say!("引用（逐字相同）：对{exact}处；{}", f1(exact, said, gold.len()));
        Ok(())
    }

    fn errors(&self, statutes: &Statutes) -> Result<(), Failure> {
        // Kind = sentences, those in which the citation is said to be wrong.
        let mut tally: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for line in self.text("seeded_errors.jsonl")?.lines() {
            let seeded: Seeded = serde_json::from_str(line)?;
            let at = seeded.text.find(&seeded.citation).unwrap_or(0);
            let reviews = statutes.review(&seeded.text, self.as_of);
            let review = reviews.iter().find(|review| review.at.contains(&at));
            let accused = review.is_some_and(|review| review.verdict.is_fault());
            // An error that changed nothing is a control.
            let unchanged = seeded.citation == seeded.original;
            let kind = if unchanged { "control".to_owned() } else { seeded.kind };
            if self.misses && accused == unchanged {
                let said = review.map(|review| (review.verdict.name(), &review.explanation));
                say!("  {kind}：{} {} {said:?}", seeded.id, seeded.citation);
            }
            let (all, found) = tally.entry(kind).or_default();
            *all += 1;
            *found += usize::from(accused);
        }
        let (unchanged, accused) = tally.remove("control").unwrap_or_default();
        for (kind, (all, found)) in &tally {
            say!("{kind}：{found}/{all}");
        }
        let all: usize = tally.values().map(|(all, _)| all).sum();
        let found: usize = tally.values().map(|(_, found)| found).sum();
        say!(
            "错误：{found}/{all}，{}；没有改动的句子误报{accused}/{unchanged}",
            percent(found, all)
        );
        Ok(())
    }
}

fn f1(right: usize, said: usize, due: usize) -> String {
    let f1 = percent(2 * right, said + due);
    format!("准确率{}，召回率{}，F1 {f1}", percent(right, said), percent(right, due))
}

fn percent(part: usize, whole: usize) -> String {
    format!("{:.1}%", 100.0 * part as f64 / whole.max(1) as f64)
}
