//! 引用检查: what a reviewer would say of the citations of a text.

#![allow(clippy::unwrap_used)]

use std::sync::LazyLock;

use law::{
    source,
    statute::{Statutes, Wording},
};

static STATUTES: LazyLock<Statutes> =
    LazyLock::new(|| Statutes::parse(&source::embedded()).0.widened());

/// Each citation as `text → verdict title articles`.
fn reviewed(text: &str, on: &str) -> Vec<String> {
    let reviews = STATUTES.review(text, on.parse().unwrap());
    let said = |review: &law::statute::Review| {
        let articles: Vec<String> = review.articles.iter().map(ToString::to_string).collect();
        let instead: Vec<&str> = review.replaced_by.iter().map(String::as_str).collect();
        let said = format!(
            "{} → {} {} {} {}",
            &text[review.at.clone()],
            review.verdict.code(),
            review.title,
            articles.join("、"),
            instead.join("、")
        );
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    reviews.iter().map(said).collect()
}

#[test]
fn every_verdict_is_given() {
    let cases = [
        (
            "依据《行政处罚法》第三十三条",
            "《行政处罚法》第三十三条 → ok 中华人民共和国行政处罚法 第三十三条",
        ),
        (
            "依据《中华人民共和国合同法》第五十二条",
            "《中华人民共和国合同法》第五十二条 → repealed 中华人民共和国合同法 第五十二条 中华人民共和国民法典",
        ),
        (
            "依据《行政处罚法》第八十七条",
            "《行政处罚法》第八十七条 → article-out-of-range 中华人民共和国行政处罚法 第八十七条",
        ),
        (
            "依据《行政处罚法》（2017年修正）第四十二条",
            "《行政处罚法》（2017年修正）第四十二条 → renumbered 中华人民共和国行政处罚法 第四十二条 中华人民共和国行政处罚法",
        ),
        ("依据《医疗保障法》", "《医疗保障法》 → not-in-force 中华人民共和国医疗保障法"),
        ("依据《示例县停车管理办法》", "《示例县停车管理办法》 → unknown 示例县停车管理办法"),
    ];
    for (text, expected) in cases {
        assert_eq!(reviewed(text, "2026-11-01"), [expected], "{text}");
    }
}

#[test]
fn slips_of_the_pen_are_known_for_what_they_are() {
    for (written, meant) in [
        ("价法格", "中华人民共和国价格法"),
        ("中华人民共和土地管理法", "中华人民共和国土地管理法"),
        ("中华民人共和国劳动法", "中华人民共和国劳动法"),
        ("中华人民共和道国路交通安全法", "中华人民共和国道路交通安全法"),
        ("法律援助例", "法律援助条例"),
        ("信访工作条列", "信访工作条例"),
        (
            "最人民法院关于审理行政协议案件若干问题的规定",
            "最高人民法院关于审理行政协议案件若干问题的规定",
        ),
    ] {
        let text = format!("《{written}》第一条");
        let reviews = STATUTES.review(&text, "2024-01-01".parse().unwrap());
        assert_eq!(reviews[0].verdict.code(), "misspelt", "{written}");
        assert_eq!(reviews[0].replaced_by, [meant]);
    }
    // Another number, another place, a contract: titles of their own.
    for own in ["婚姻法解释（九）", "山南省渔业条例", "劳动合同"] {
        let reviews = STATUTES.review(&format!("《{own}》"), "2024-01-01".parse().unwrap());
        assert_ne!(reviews[0].verdict.code(), "misspelt", "{own}: {}", reviews[0].explanation);
    }
}

#[test]
fn short_forms_stand_for_what_the_text_agreed_on() {
    let text = "根据《中华人民共和国政府信息公开条例》（以下简称《条例》）、《中华人民共和国社会保险法》\
                （以下简称社会保险法），按《条例》第五十九条和社会保险法第九十九条办理。《办法》另定。";
    assert_eq!(
        reviewed(text, "2024-01-01"),
        [
            "《中华人民共和国政府信息公开条例》（以下简称《条例》） → ok 中华人民共和国政府信息公开条例",
            "《中华人民共和国社会保险法》（以下简称社会保险法） → ok 中华人民共和国社会保险法",
            "《条例》第五十九条 → article-out-of-range 中华人民共和国政府信息公开条例 第五十九条",
            "社会保险法第九十九条 → article-out-of-range 中华人民共和国社会保险法 第九十九条",
            "《办法》 → unknown 办法",
        ]
    );
}

#[test]
fn lists_and_ranges_are_read_through() {
    let text = "《行政处罚法》第三条至第五条、第八十六条第一款第（二）项和第九十条";
    let reviews = STATUTES.review(text, "2024-01-01".parse().unwrap());
    let articles: Vec<u16> = reviews[0].articles.iter().map(|one| one.article).collect();
    assert_eq!(articles, [3, 4, 5, 86, 90]);
    assert_eq!(reviews[0].verdict.code(), "article-out-of-range");
    assert_eq!(text[reviews[0].at.clone()], *text);
}

#[test]
fn whoever_says_that_a_law_is_gone_is_not_corrected() {
    for text in ["原《合同法》第五十二条", "《城市规划法》同时废止。", "已废止的《物权法》"]
    {
        let reviews = STATUTES.review(text, "2026-11-01".parse().unwrap());
        assert_eq!(reviews[0].verdict.code(), "ok", "{text}");
    }
    // And of its day it was right.
    assert!(reviewed("《合同法》第五十二条", "2015-01-01")[0].contains("→ ok"));
}

#[test]
fn papers_and_bare_names_are_told_apart() {
    let text =
        "按照《关于做好有关工作的通知》和行政处罚法第三条，签订《授权委托书》，本办法第十条不变。";
    let reviews = STATUTES.review(text, "2024-01-01".parse().unwrap());
    let forms: Vec<Wording> = reviews.iter().map(|review| review.wording).collect();
    assert_eq!(forms, [Wording::Paper, Wording::Bare, Wording::Paper]);
    assert_eq!(&text[reviews[1].at.clone()], "行政处罚法第三条");
}

#[test]
fn the_wider_list_keeps_what_was_checked() {
    let (own, _) = Statutes::parse(&source::embedded());
    assert!(STATUTES.iter().count() > 3_500);
    for statute in own.iter() {
        let wide = STATUTES.get(&statute.title).unwrap();
        assert_eq!((wide.until, &wide.replaced_by), (statute.until, &statute.replaced_by));
    }
    let mut again = own.clone();
    let line = "示例法\t法律\t: 2020-01-01:12\t2024-01-01\t示例法典\t示例";
    assert_eq!(again.add_catalogue(&format!("# 收录到 2025-01-01\n{line}\n没有格式")), 1);
    assert_eq!(Statutes::catalogue_line(again.get("示例法").unwrap()), line);
}

#[test]
fn no_text_makes_the_reviewer_stumble() {
    let pieces = [
        "《",
        "》",
        "第",
        "三",
        "条",
        "（",
        "）",
        "以下简称",
        "条例",
        "行政处罚法",
        "。",
        "、",
        "原",
        "中华",
        "1",
        "\n",
        "号",
        "2017修正",
        "款",
        "𠮷",
    ];
    let mut seed = 11u64;
    for _ in 0..400 {
        let mut text = String::new();
        for _ in 0..14 {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            text.push_str(pieces[(seed >> 33) as usize % pieces.len()]);
        }
        for review in STATUTES.review(&text, "2024-01-01".parse().unwrap()) {
            assert!(text.get(review.at).is_some());
        }
    }
}
