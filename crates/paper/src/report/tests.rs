//! What a report says, and what it leaves to a person.

use engine::figure::Value;
use law::{
    citation::Basis,
    indicator::Unit,
    outline::{Block as Chapter, Choice, Form, PREAMBLE, Part, Point, Section, Sentence},
};

use super::{
    written::{hand_written_numbers, years},
    *,
};
use crate::model::{Run, Style};

fn amount(key: &str, name: &str, now: i64, before: Option<i64>) -> Figure {
    figure(key, name, Value::Amount(now, Unit::Item), before.map(|b| Value::Amount(b, Unit::Item)))
}

fn rate(key: &str, name: &str, now: (i64, i64), before: Option<(i64, i64)>) -> Figure {
    let rate = |(good, among)| Value::Rate { good, among };
    figure(key, name, rate(now), before.map(rate))
}

fn figure(key: &str, name: &str, value: Value, before: Option<Value>) -> Figure {
    Figure { key: key.into(), name: name.into(), value, before, note: None, basis: None }
}

/// `{key:form}` as the outline's own reader reads it.
fn sentence(text: &str) -> Sentence {
    let (mut parts, mut keys) = (Vec::new(), Vec::<Id>::new());
    for (index, piece) in text.split(['{', '}']).enumerate() {
        if index % 2 == 0 {
            parts.push(Part::Text(piece.into()));
            continue;
        }
        let (key, form) = piece.split_once(':').unwrap_or((piece, ""));
        let form = match form {
            "" => Form::Value,
            "n" => Form::Number,
            "rate" => Form::Rate,
            "working" => Form::Working,
            "last" => Form::Last,
            "change" => Form::Change,
            other => panic!("{other}"),
        };
        match key {
            "org" => parts.push(Part::Org),
            "year" => parts.push(Part::Year),
            key => {
                parts.push(Part::Figure(key.into(), form));
                if !keys.iter().any(|known| known.as_str() == key) {
                    keys.push(key.into());
                }
            }
        }
    }
    Sentence { text: text.into(), parts, keys }
}

fn chapter(
    title: &str,
    mandatory: Option<u8>,
    sections: Vec<Section>,
    write: Option<&str>,
) -> Chapter {
    Chapter { title: title.into(), mandatory, sections, write: write.map(String::from) }
}

fn section(title: &str, sentences: &[&str]) -> Section {
    let sentences = sentences.iter().map(|text| sentence(text)).collect();
    Section { title: title.into(), sentences, points: Vec::new() }
}

fn point(title: &str, sentences: &[&str]) -> Point {
    Point { title: title.into(), sentences: section(title, sentences).sentences }
}

fn outline(blocks: Vec<Chapter>) -> Outline {
    Outline {
        id: "annual".into(),
        name: "年度报告".into(),
        title: "{org}{year}年法治政府建设年度报告".into(),
        of: None,
        kinds: vec!["kind".into()],
        years: (2021, 2025),
        choice: Choice::Default,
        points: Points::Numbered,
        preamble: section(PREAMBLE, &[]),
        blocks,
        basis: Basis { text: String::new(), citations: Vec::new() },
    }
}

fn compiled(outline: &Outline, figures: &[Figure], written: &[(&str, &str)]) -> Report {
    let written = |title: &str| {
        let found = written.iter().find(|(chapter, _)| *chapter == title);
        found.map(|(_, text)| text.to_string())
    };
    let list = |figure: &Figure, of: Of| format!("/figures/{}?{of:?}", figure.key);
    compile(
        outline,
        &Sources {
            organ: "青石镇",
            year: 2025,
            to: Some("云溪县人民政府"),
            signed: Some(jiff::civil::date(2026, 2, 13)),
            span: engine::figure::year(2025),
            figures,
            written: &written,
            list: &list,
        },
    )
}

/// The text of one section of one sentence or more; nothing where it is left out.
fn said(sentences: &[&str], figures: &[Figure]) -> String {
    let outline = outline(vec![chapter("举措", Some(1), vec![section("节", sentences)], None)]);
    let text = compiled(&outline, figures, &[]).paper.text();
    let (_, after) = text.split_once("一、举措").expect("the chapter");
    let ends = ["\n附件：", "\n青石镇\n"].iter().filter_map(|end| after.find(end));
    after[..ends.min().expect("who signs")].trim().to_owned()
}

#[test]
fn numbers_are_worded_as_the_rules_demand() {
    let cases = amount("a", "受理案件数", 326, Some(304));
    let share = rate("r", "成功率", (317, 326), Some((290, 300)));
    let text =
        "全年共受理{a}，{a:change}（上年{a:last}）；成功率{r:rate}（{r:working}），{r:change}";
    assert_eq!(
        said(&[text], &[cases, share]),
        "全年共受理326件，同比上升7.24%（上年304件）；成功率97.24%（317/326），\
         同比上升0.57个百分点。"
    );
    for (now, before, text) in [
        (12, Some(0), "上年没有"),
        (12, Some(12), "与上年持平"),
        (10, Some(12), "同比下降16.67%"),
        (12, None, "上年无记录"),
    ] {
        let figures = [amount("a", "案件数", now, before)];
        assert_eq!(said(&["{a}，{a:change}。"], &figures), format!("{now}件，{text}。"));
    }
    for (good, among, text) in [
        (99_999, 100_000, "99.99%"),
        (1, 100_000, "0.01%"),
        (0, 5, "0%"),
        (5, 5, "100%"),
        (4_452, 4_549, "97.87%"),
    ] {
        let figures = [amount("a", "案件数", among, None), rate("r", "率", (good, among), None)];
        assert_eq!(
            said(&["{a:n}件，率{r}。"], &figures),
            format!("{}件，率{text}。", crate::words::count_in_prose(among))
        );
    }
}

#[test]
fn every_number_opens_its_list() {
    let outline = outline(vec![chapter(
        "举措",
        Some(1),
        vec![section("节", &["{year}年{org}受理{a}，上年{a:last}。"])],
        None,
    )]);
    let report = compiled(&outline, &[amount("a", "案件数", 326, Some(304))], &[]);
    let Block::Paragraph(runs) = &report.paper.blocks[1] else { panic!() };
    assert_eq!(
        *runs,
        vec![
            Run::plain("2025年青石镇受理"),
            Run::link("326件", "/figures/a?This"),
            Run::plain("，上年"),
            Run::link("304件", "/figures/a?Last"),
            Run::plain("。"),
        ]
    );
    assert_eq!(report.used, vec![Id::from("a")]);
    let digits = |run: &Run| run.text.contains(|c: char| c.is_ascii_digit());
    let Some(Block::Table(table)) = report.paper.blocks.iter().rev().nth(1) else { panic!() };
    let numbers = table.rows[0][1..3].iter().flatten().filter(|run| digits(run));
    assert!(numbers.into_iter().all(|run| matches!(run.style, Style::Link(_))));
}

#[test]
fn nothing_is_invented() {
    // Zero is said, not hidden, and a share of nothing is no share.
    let none = [
        amount("d.a", "受理案件数", 0, None),
        rate("d.r", "成功率", (0, 0), None),
        amount("d.other", "排查次数", 5, None),
    ];
    let asked = "全年受理{d.a}，成功率{d.r}。";
    assert_eq!(said(&[asked], &none), "受理案件数为0件。");
    // Beside what was done, zeros stand in the annex alone.
    let done = ["排查{d.other}。", asked];
    assert_eq!(said(&done, &none), "排查5件。");
    let chapter = chapter("举措", Some(1), vec![section("节", &done)], None);
    let report = compiled(&outline(vec![chapter]), &none, &[]);
    assert!(report.paper.text().contains("受理案件数\t0件\t—\t—"));
    // But a duty that the unit does not have at all is not spoken of.
    assert_eq!(said(&[asked], &none[..2]), "");
    let some = [amount("a", "受理案件数", 3, None), rate("r", "成功率", (0, 0), None)];
    assert_eq!(said(&["全年受理{a}，成功率{r}。"], &some), "受理案件数为3件。");
    // A figure that nobody keeps is named as missing.
    assert_eq!(
        said(&["全年受理{a}；", "听证{b}。"], &[amount("a", "受理案件数", 3, None)]),
        "全年受理3件。【缺数据：b】"
    );
    assert_eq!(said(&["听证{b}。"], &[]), "【缺数据：b】");
    assert_eq!(said(&["率{r}。"], &[rate("r", "率", (0, 0), None)]), "");
    // A change against nothing is left out; one down to nothing is said.
    let changes = ["受理{a}，", "{a:change}。"];
    for (now, before, text) in [
        (3, None, "受理3件。"),
        (3, Some(0), "受理3件。"),
        (3, Some(3), "受理3件，与上年持平。"),
        (0, Some(4), "受理0件，同比下降100%。"),
    ] {
        assert_eq!(said(&changes, &[amount("a", "受理案件数", now, before)]), text);
    }
}

#[test]
fn money_is_said_in_words_and_listed_to_the_cent() {
    let outline =
        outline(vec![chapter("举措", Some(1), vec![section("节", &["投入{m}。"])], None)]);
    let money = Value::Amount(453_000_000_000, Unit::Yuan);
    let text = compiled(&outline, &[figure("m", "涉及金额", money, None)], &[]).paper.text();
    for line in ["投入45.3亿元。", "涉及金额\t4,530,000,000.00元\t—\t—"] {
        assert!(text.lines().any(|found| found == line), "{line}\n---\n{text}");
    }
}

fn five() -> Outline {
    let write = Some("存在的不足及其原因");
    outline(vec![
        chapter(
            "主要举措和成效",
            Some(1),
            vec![
                section("依法化解矛盾纠纷", &["受理{a}，成功率{r}。"]),
                section("规范行政执法", &["受理{a}。"]),
            ],
            None,
        ),
        chapter("存在的不足和原因", Some(2), vec![], write),
        chapter("第一责任人履职情况", Some(3), vec![], Some("履职情况")),
        chapter("下一年度安排", Some(4), vec![], Some("主要安排")),
        chapter("其他", Some(5), vec![], Some("其他情况")),
    ])
}

#[test]
fn the_five_blocks_and_what_a_person_must_write() {
    let figures = [amount("a", "受理案件数", 326, None), rate("r", "成功率", (317, 326), None)];
    let report = compiled(
        &five(),
        &figures,
        &[("第一责任人履职情况", "召开专题会议6次。\n主要负责人述法。")],
    );
    let text = report.paper.text();
    for line in [
        "青石镇2025年法治政府建设年度报告",
        "云溪县人民政府：",
        "一、主要举措和成效",
        "（一）依法化解矛盾纠纷",
        "受理326件，成功率97.24%。",
        "（二）规范行政执法",
        "二、存在的不足和原因",
        "【待写】存在的不足及其原因",
        "召开专题会议6次。",
        "主要负责人述法。",
        "注：统计期间为2025年1月1日至2025年12月31日，数据取自办理台账。",
        "附件：2025年主要指标对照表",
        "青石镇",
        "2026年2月13日",
        "成功率\t97.24%（317/326）\t—\t—",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n---\n{text}");
    }
    let of = |weight: Weight| -> Vec<&str> {
        let found = report.checks.iter().filter(|check| check.weight == weight);
        found.map(|check| check.what.as_str()).collect()
    };
    assert_eq!(of(Weight::Missing), ["还没有写：存在的不足及其原因", "还没有写：主要安排"]);
    assert_eq!(of(Weight::Doubt), ["手填的数“6次”没有与台账核对", "还没有写：其他情况"]);
    assert_eq!(of(Weight::Working), ["成功率97.24%＝317÷326"]);
    assert!(!report.is_complete());

    let all = [
        ("存在的不足和原因", "人员不足，原因是编制少。"),
        ("第一责任人履职情况", "述法。"),
        ("下一年度安排", "加强培训。"),
        ("其他", "无。"),
    ];
    assert!(compiled(&five(), &figures, &all).is_complete());
}

#[test]
fn places_of_an_outline_that_no_figure_can_say() {
    let sections = vec![
        section("化解纠纷", &["受理{a}。", "受理数{a:change}。"]),
        section("行政决策", &["【待写】决策目录。"]),
        section("数字法治", &["【待写】平台。"]),
    ];
    let outline = outline(vec![chapter("举措", Some(1), sections, Some("补写成效"))]);
    let figures = [amount("a", "案件数", 326, None)];
    let draft = compiled(&outline, &figures, &[]).paper.text();
    for line in ["【待写】补写成效", "受理326件。", "（二）行政决策", "【待写】决策目录。"]
    {
        assert!(draft.lines().any(|found| found == line), "{line}\n---\n{draft}");
    }
    // Text below a title goes there; a place that is not named still waits.
    let text = "总的成效。\n（二）行政决策\n公布目录。";
    let report = compiled(&outline, &figures, &[("举措", text)]);
    let lines: Vec<String> = report.paper.text().lines().map(String::from).collect();
    let expected = [
        "一、举措",
        "总的成效。",
        "（一）化解纠纷",
        "受理326件。",
        "（二）行政决策",
        "公布目录。",
        "（三）数字法治",
        "【待写】平台。",
    ];
    assert_eq!(lines[2..10], expected);
    // A place that is named and has nothing below it does not.
    let whats = |text: &str| -> Vec<String> {
        let checks = compiled(&outline, &figures, &[("举措", text)]).checks.into_iter();
        let whats = checks.map(|check| check.what);
        whats.filter(|what| !what.starts_with("缺少法定内容")).collect()
    };
    let changed = "上年无可比数据，不写同比：案件数";
    let left_out = "本节没有数据，也没有文字，未列入";
    assert_eq!(whats(text), [changed, "还没有写：平台。"]);
    assert_eq!(whats("行政决策\n目录。\n数字法治\n无。"), [changed, left_out]);
    // Text that names no place was written for the chapter as a whole.
    assert_eq!(whats("总的成效。"), [changed, left_out, left_out]);
}

#[test]
fn a_section_that_a_person_fills_has_no_gap() {
    let sections = vec![section("化解纠纷", &["受理{a}。"]), section("决策", &["作出{b}。"])];
    let outline = outline(vec![chapter("举措", Some(1), sections, None)]);
    let figures = [amount("a.x", "案件数", 0, None), amount("a", "案件数", 3, None)];
    let figures = [&figures[..], &[amount("b", "决策数", 0, None)]].concat();
    let draft = compiled(&outline, &figures, &[]).paper.text();
    assert!(!draft.contains('【') && !draft.contains("决策"), "{draft}");
    let written = [("举措", "（二）决策\n议事规则作了修订。")];
    let text = compiled(&outline, &figures, &written).paper.text();
    assert!(text.contains("（二）决策\n议事规则作了修订。\n"), "{text}");
    assert!(!text.contains('【'), "{text}");
}

#[test]
fn points_stand_below_their_section_as_the_outline_numbers_them() {
    let mut fights = section("化解纠纷", &[]);
    fights.points = vec![
        point("调解", &["受理{a}。"]),
        point("信访", &["【待写】渠道。"]),
        point("热线", &["接到{b}。"]),
    ];
    let other = section("执法", &["【待写】执法。"]);
    let mut outline = outline(vec![chapter("举措", Some(1), vec![fights, other], None)]);
    let figures = [amount("a", "案件数", 3, None), amount("b", "工单数", 0, None)];
    let body = |outline: &Outline, text: &str| {
        let paper = compiled(outline, &figures, &[("举措", text)]).paper;
        let text = paper.text();
        let body = text.split_once("一、举措\n").expect("the chapter").1;
        body.split("\n附件：").next().unwrap_or_default().to_owned()
    };
    let draft =
        "（一）化解纠纷\n1.调解\n受理3件。\n2.信访\n【待写】渠道。\n（二）执法\n【待写】执法。";
    assert_eq!(body(&outline, ""), draft);
    // A person names section and point, each on its line or in one line with the text.
    let text = "（一）化解纠纷\n有合力。\n1.信访。畅通渠道。\n（二）执法\n规范。";
    let full =
        "（一）化解纠纷\n有合力。\n1.调解\n受理3件。\n2.信访\n畅通渠道。\n（二）执法\n规范。";
    assert_eq!(body(&outline, text), full);
    // Text for the section as a whole leaves nothing to write in its points.
    let whole = "（一）化解纠纷\n有合力。\n受理3件。\n（二）执法\n规范。";
    assert_eq!(body(&outline, "化解纠纷\n有合力。\n执法\n规范。"), whole);
    outline.points = Points::Spoken;
    let spoken = "（一）化解纠纷\n一是调解。受理3件。\n二是信访。畅通渠道。\n（二）执法\n规范。";
    assert_eq!(body(&outline, "（一）化解纠纷\n二是信访。畅通渠道。\n（二）执法\n规范。"), spoken);
}

#[test]
fn the_preamble_is_the_outlines_or_a_persons() {
    let mut outline = five();
    outline.preamble = section(PREAMBLE, &["{year}年，{org}推进法治政府建设。现报告如下："]);
    let first = |written: &[(&str, &str)]| {
        let text = compiled(&outline, &[], written).paper.text();
        text.lines().nth(2).expect("a line below the title and the addressee").to_owned()
    };
    assert_eq!(first(&[]), "2025年，青石镇推进法治政府建设。现报告如下：");
    assert_eq!(first(&[(PREAMBLE, "今年以来，一切顺利。")]), "今年以来，一切顺利。");
}

#[test]
fn what_the_outline_lacks_is_named() {
    let mut short = outline(vec![chapter("举措", Some(1), vec![], Some("举措"))]);
    short.years = (2016, 2020);
    let report = compiled(&short, &[], &[]);
    let whats: Vec<&str> = report.checks.iter().map(|check| check.what.as_str()).collect();
    assert!(whats.contains(&"缺少法定内容第二块“存在的不足和原因”"));
    assert!(!whats.iter().any(|what| what.contains("第五块")));
    assert!(whats.contains(&"提纲“年度报告”适用于2016年至2020年，不适用于2025年"));
}

#[test]
fn written_text_is_looked_over() {
    let text = "2021年以来抽查案卷20余宗，合格率97.8%，见〔2025〕3号文，共1,200人。";
    assert_eq!(hand_written_numbers(text), ["20余宗", "97.8%", "1,200人"]);
    assert_eq!(years(text), [2021]);
    let report = compiled(&five(), &[], &[("存在的不足和原因", "2023年人员不足。")]);
    let whats: Vec<&str> = report.checks.iter().map(|check| check.what.as_str()).collect();
    assert!(whats.contains(&"只写了不足，没有写原因"));
    assert!(whats.contains(&"文字里出现“2023年”，请核对是否套用了旧稿"));
}
