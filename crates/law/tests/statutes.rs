//! The table of laws: what a citation is on a day.

#![allow(clippy::unwrap_used)]

use jiff::civil::Date;
use law::{
    citation::Basis,
    source::{self, SourceFile},
    statute::{FaultKind, Rank, Resolution, Statutes},
};

fn statutes() -> Statutes {
    let (statutes, diagnostics) = Statutes::parse(&source::embedded());
    assert_eq!(diagnostics, []);
    statutes
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The answer in a few words.
fn resolved(statutes: &Statutes, title: &str, on: &str) -> String {
    match statutes.resolve(title, day(on)) {
        Resolution::InForce { statute, edition } => {
            let edition = edition.map(|one| one.name.as_str()).unwrap_or("?");
            format!("现行 {} {edition}", statute.cited_as())
        }
        Resolution::Repealed { since, replaced_by, checked, .. } => {
            let doubt = if checked { "" } else { " 待核" };
            format!("失效 {since} {}{doubt}", replaced_by.join("、"))
        }
        Resolution::NotYet { from, .. } => format!("未施行 {from}"),
        Resolution::Unknown { nearest } => format!("未收录 {}", nearest.unwrap_or("-")),
    }
}

#[test]
fn titles_are_resolved_by_the_day() {
    let statutes = statutes();
    let cases = [
        ("行政处罚法", "2025-01-01", "现行 行政处罚法 2021修订"),
        ("中华人民共和国行政处罚法", "2020-01-01", "现行 行政处罚法 2017修正"),
        ("《处罚法》", "2025-01-01", "现行 行政处罚法 2021修订"),
        ("行政处罚法", "1990-01-01", "未施行 1996-03-17"),
        ("行政处罚法（2017修正）", "2022-01-01", "失效 2021-07-15 中华人民共和国行政处罚法"),
        ("行政处罚法（2017年修正）", "2020-01-01", "现行 行政处罚法 2017修正"),
        ("行政处罚法(2021修订)", "2022-01-01", "现行 行政处罚法 2021修订"),
        ("信访条例", "2023-03-01", "失效 2022-05-01 信访工作条例 待核"),
        ("信访条例", "2021-03-01", "现行 信访条例 2005"),
        ("信访工作条例", "2025-01-01", "现行 信访工作条例 "),
        ("信访工作条列", "2025-01-01", "未收录 信访工作条例"),
        ("合同法", "2026-01-01", "失效 2021-01-01 中华人民共和国民法典"),
        ("环境噪声污染防治法", "2023-01-01", "失效 2022-06-05 中华人民共和国噪声污染防治法"),
        ("环境噪声污染防治法", "2026-09-01", "失效 2022-06-05 中华人民共和国生态环境法典"),
        ("商标法", "2026-11-01", "现行 商标法 2019修正"),
        ("商标法", "2027-01-01", "现行 商标法 2026修订"),
        ("医疗保障法", "2026-11-01", "未施行 2027-01-01"),
        ("个体户条例", "2020-01-01", "现行 个体工商户条例 "),
        ("个体户条例", "2023-01-01", "现行 促进个体工商户发展条例 "),
        (
            "国办发〔2018〕118号",
            "2025-01-01",
            "现行 国务院办公厅关于全面推行行政执法公示制度执法全过程记录制度重大执法决定法制审核制度的指导意见 ",
        ),
        ("三项制度指导意见", "2017-01-01", "未施行 2018-12-05"),
        (
            "关于适用《中华人民共和国民事诉讼法》的解释",
            "2025-01-01",
            "现行 最高人民法院关于适用〈中华人民共和国民事诉讼法〉的解释 2022修正",
        ),
        (
            "法治政府建设实施纲要（2020—2025年）",
            "2023-01-01",
            "未收录 法治政府建设实施纲要（2021—2025年）",
        ),
        (
            "法治政府建设实施纲要(2021-2025年)",
            "2023-01-01",
            "现行 法治政府建设实施纲要（2021—2025年） ",
        ),
        ("某省优化营商环境条例", "2023-01-01", "未收录 -"),
        ("某县回访规定", "2023-01-01", "未收录 -"),
    ];
    for (title, on, expected) in cases {
        assert_eq!(resolved(&statutes, title, on), expected, "{title} {on}");
    }
}

#[test]
fn every_successor_is_itself_in_the_table() {
    let statutes = statutes();
    assert!(statutes.iter().count() >= 400);
    for statute in statutes.iter() {
        for successor in &statute.replaced_by {
            assert!(statutes.get(successor).is_some(), "{} → {successor}", statute.title);
        }
        assert_eq!(statutes.get(&statute.title), Some(statute));
    }
}

#[test]
fn a_citation_says_what_is_wrong_with_it() {
    let statutes = statutes();
    let check = |text: &str, on: &str| {
        let basis = Basis::parse(text);
        let faults = basis.citations.iter().flat_map(|one| statutes.check(one, day(on)));
        faults
            .map(|fault| {
                format!("{:?} {} {}", fault.kind, fault.message, fault.instead.unwrap_or_default())
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(check("《行政处罚法》第五十八条、第八十六条", "2025-01-01"), Vec::<String>::new());
    assert_eq!(
        check("《人民调解法》第三十四条、第三十六条", "2025-01-01"),
        ["NoSuchArticle 《人民调解法》共35条，没有第三十六条 "]
    );
    assert_eq!(
        check("《信访条例》第三十三条", "2023-01-10"),
        [
            "Repealed 《信访条例》自2022年5月1日起失效 改引《信访工作条例》；旧第三十三条对应第三十四条（仅限第三十一条第（六）项，可延30日）（60日）"
        ]
    );
    assert_eq!(
        check("《医疗保障法》", "2026-11-01"),
        ["NotYet 《医疗保障法》自2027年1月1日起才施行 "]
    );
    assert_eq!(
        check("《行政复意法》第三条", "2025-01-01"),
        ["Unknown 法规库没有收录《行政复意法》 是不是《行政复议法》？"]
    );
}

#[test]
fn what_nobody_checked_is_a_doubt_not_an_error() {
    let statutes = statutes();
    let [citation] = &Basis::parse("《信访条例》").citations[..] else { panic!() };
    let [fault] = &statutes.check(citation, day("2023-01-01"))[..] else { panic!() };
    assert_eq!((fault.kind, fault.checked), (FaultKind::Repealed, false));
    let [citation] = &Basis::parse("《合同法》").citations[..] else { panic!() };
    assert!(statutes.check(citation, day("2023-01-01"))[0].checked);
}

#[test]
fn ranks_order_from_the_constitution_down() {
    assert!(Rank::of("规章").unwrap().is_rule_or_higher());
    assert!(Rank::of("法律").unwrap().is_rule_or_higher());
    assert!(!Rank::of("规范性文件").unwrap().is_rule_or_higher());
    assert_eq!(Rank::of("决议"), None);
}

#[test]
fn faults_of_the_files_are_reported_where_they_stand() {
    let text = "as_of = 2026-01-01\n[\"甲办法\"]\nrank = \"法规\"\n[\"乙办法\"]\nrank = \"规章\"\n\
        editions = [{ from = 2020-01-01 }, { from = 2019-01-01, artikles = 3 }]\n";
    let file = SourceFile { path: "statutes/x.toml".into(), text: text.into() };
    let (statutes, diagnostics) = Statutes::parse(&[file]);
    let codes: Vec<&str> = diagnostics.iter().map(|one| one.code).collect();
    assert_eq!(codes, ["E0224", "E0002", "E0222"]);
    assert_eq!(statutes.iter().count(), 1);
}
