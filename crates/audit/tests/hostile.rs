//! Texts that nobody wrote: cut, doubled and shuffled wordings are read without a panic.

use audit::{Reading, Report};

/// Pieces that are hard to take in: numerals without end, marks without a partner.
const PIECES: &[&str] = &[
    "9999999999亿亿亿亿件",
    "999999999999万亿元",
    "其中",
    "占",
    "%",
    "第",
    "《",
    "》",
    "“",
    "百分之",
    "同比下降100%",
    "同比下降200%",
    "0件",
    "，",
    "；",
    "。\n",
    "一、",
    "〔2020",
    "发202",
    "分别为",
    "1、2和3件",
    "5-15个",
    "排名第",
    "Ш",
    "\u{3000}",
    "共  件",
    "聘用多律师",
    "2020年",
    "截止2021年1月",
    "4月10日",
    "上半年",
    "报告",
    "法治政府建设",
    "县委",
    "×",
];

#[test]
fn nothing_makes_it_stumble() {
    let (reading, _) = Reading::parse(&law::source::embedded());
    let statutes = &law::Law::embedded().statutes;
    let sentences: Vec<&str> =
        include_str!("wordings.txt").lines().filter_map(|line| line.strip_prefix("> ")).collect();
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below as u64).unwrap_or(0)
    };
    let rounds = std::env::var("YIFA_ROUNDS").ok().and_then(|rounds| rounds.parse().ok());
    for _ in 0..rounds.unwrap_or(300) {
        let mut text = String::new();
        for _ in 0..=next(12) {
            if next(3) == 0 {
                let sentence: Vec<char> = sentences[next(sentences.len())].chars().collect();
                let from = next(sentence.len());
                let to = from + next(sentence.len() - from + 1);
                text.extend(&sentence[from..to]);
            } else {
                text.push_str(PIECES[next(PIECES.len())]);
            }
        }
        let report = Report::read(&text, &reading);
        let mut findings = report.audit(&reading);
        findings.extend(audit::citations(&report, statutes, &findings));
        for finding in &findings {
            let place = finding.place.clone().unwrap_or_default();
            assert!(place.start <= place.end && place.end <= report.text.len(), "{text}");
        }
        for figure in &report.figures {
            assert!(figure.range.start <= figure.numeral.start, "{text}");
            assert!(figure.numeral.end <= figure.range.end, "{text}");
        }
    }
}
