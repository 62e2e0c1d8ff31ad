//! What the audit says of sentences that are wrong, and that it says nothing of sound ones.

use audit::{Reading, Report, Verdict};

fn reading() -> Reading {
    Reading::parse(&law::source::embedded()).0
}

/// The doubts about a text, each as its kind and verdict.
fn doubts(text: &str) -> Vec<(&'static str, &'static str)> {
    let reading = reading();
    let report = Report::read(text, &reading);
    let findings = report.audit(&reading);
    let doubts = findings.iter().filter(|finding| finding.verdict.is_doubt());
    doubts.map(|finding| (finding.kind, finding.verdict.name())).collect()
}

#[test]
fn rates_against_their_parts() {
    let cut = "全年受理矛盾纠纷300件，调解成功287件，调解成功率95.6%。";
    assert_eq!(doubts(cut), [("ratio", "rounding-truncated")]);
    let wrong = "全年受理矛盾纠纷300件，调解成功287件，调解成功率98%。";
    assert_eq!(doubts(wrong), [("ratio", "inconsistent")]);
    let sound = "全年受理矛盾纠纷300件，调解成功287件，调解成功率95.67%。";
    assert_eq!(doubts(sound), []);
    let contrary = "评查案卷150卷，优秀60卷、合格86卷、不合格4卷，合格率97.33%。";
    assert_eq!(doubts(contrary), []);
    let by_words = "收到群众意见40件，整改36件，整改率95%。";
    assert_eq!(doubts(by_words), [("ratio", "inconsistent")]);
    let two = "归集矛盾纠纷120件，化解111件，化解率92.5%。各调解组织受理调解案件300件，调解成功290件，调解成功率96.67%。";
    assert_eq!(doubts(two), []);
    let fraction = "作出复议决定4件，直接纠错1件，纠错率8.33%（1/12，占审结数）。";
    assert_eq!(doubts(fraction), []);
    let wrong_fraction = "作出复议决定4件，直接纠错1件，纠错率9%（1/12，占审结数）。";
    assert_eq!(doubts(wrong_fraction), [("ratio", "inconsistent")]);
}

#[test]
fn parts_against_their_whole() {
    let more = "全年办理法律援助案件100件，其中民事案件80件，刑事案件30件。";
    assert_eq!(doubts(more), [("sum", "inconsistent")]);
    let crossing = "全年办理法律援助案件100件，其中农民工60件，妇女35件，残疾人20件。";
    assert_eq!(doubts(crossing), [("sum", "overlapping-categories")]);
    let said =
        "全年办理法律援助案件100件，其中农民工60件，妇女35件，残疾人20件（一件可以涉及几类人群）。";
    assert_eq!(doubts(said), []);
    let across = "开展行政检查8次，其中涉企检查8次，合格率75%，责令改正2次。";
    assert_eq!(doubts(across), []);
    let equal = "全年办理法律援助案件110件，其中民事案件80件，刑事案件30件。";
    assert_eq!(doubts(equal), []);
    let stages = "全年收到投诉举报50件，其中受理45件，办结40件。";
    assert_eq!(doubts(stages), []);
    let another = "受理事项57件，其中平台24件，热线33件；推送信息391件，报送信息104件。";
    assert_eq!(doubts(another), []);
    let larger = "全年受理投诉120件、办结110件，其中消费类60件，物业类55件。";
    assert_eq!(doubts(larger), []);
    let outcomes = "审结行政复议案件100件，其中维持60件，驳回30件，撤销20件。";
    assert_eq!(doubts(outcomes), [("sum", "inconsistent")]);
    let bracketed = "共有副局长3名（其中1名兼任主任），专职副主任1名，司法所编制23名。";
    assert_eq!(doubts(bracketed), []);
    let single = "调解成功58件，其中医疗纠纷60件。";
    assert_eq!(doubts(single), [("le", "inconsistent")]);
}

#[test]
fn changes_against_the_year_they_imply() {
    let cut = "接待来镇访120件，同比下降21.5%。";
    assert_eq!(doubts(cut), [("yoy_base", "rounding-truncated")]);
    let none = "接待来镇访12件，同比下降21.5%。";
    assert_eq!(doubts(none), [("yoy_base", "inconsistent")]);
    let row = "指标\t本年\t上年\t同比\n专职人民调解员人数\t5人\t3人\t上升66.67%\n";
    assert_eq!(doubts(row), []);
    let sound = "接待来镇访120件，同比下降21.57%。";
    assert_eq!(doubts(sound), []);
    let told = "新收行政复议申请500件，与上年的400件相比，增长25%。";
    assert_eq!(doubts(told), []);
    let risen = "受理申请由上年的816件上升到1087件，增长33.21%。";
    assert_eq!(doubts(risen), []);
    let bracketed = "行政应诉案件26件（一审19件，二审7件），较去年的31件减少5件，下降16.1%。";
    assert_eq!(doubts(bracketed), []);
    let respective = "接访50批119人次，同比分别下降20.63%和15%。";
    assert_eq!(doubts(respective), []);
    let of_all = "处罚案件200件，其中简易程序189件、普通程序11件，案件总量同比增长60%。";
    assert_eq!(doubts(of_all), []);
    let points = "行政诉讼败诉率7.2%，同比下降17.65%。";
    assert_eq!(doubts(points), [("percent_points", "defect")]);
    let right = "行政诉讼败诉率7.2%，同比下降1.65个百分点。";
    assert_eq!(doubts(right), []);
}

#[test]
fn shares_of_one_whole() {
    let text = "收到行政复议申请200件。其中行政处罚100件，占50%；信息公开60件，占30%；\
                行政强制40件，占25%。";
    assert_eq!(doubts(text), [("ratio", "inconsistent")]);
}

#[test]
fn defects_of_writing() {
    let kinds =
        |text: &str| -> Vec<&str> { doubts(text).into_iter().map(|(kind, _)| kind).collect() };
    assert_eq!(kinds("印发《工作方案》（青办发〔20238号）。"), ["doc_number"]);
    assert_eq!(kinds("印发《工作方案》（青办发20238号）。"), ["doc_number"]);
    assert_eq!(kinds("印发《工作方案》（青办发〔2023〕8号）。"), [""; 0]);
    assert_eq!(kinds("启动防汛Ш级响应。"), ["character"]);
    assert_eq!(kinds("聘请多律师参与。聘请多名律师参与。"), ["blank"]);
    assert_eq!(kinds("全年共计件，办结××件。"), ["blank", "blank"]);
    assert_eq!(kinds("开展活动6余次。"), ["approximate"]);
    assert_eq!(kinds("培育法律明白人254户。"), ["unit"]);
    assert_eq!(kinds("信访案件大幅下降。"), ["unsupported_claim"]);
    assert_eq!(kinds("信访案件大幅下降35%。努力推动信访案件大幅下降。"), [""; 0]);
    assert_eq!(
        kinds("2022年法治政府建设报告\n落实《法治政府建设实施纲要（2020—2025年）》。"),
        ["planning_period"]
    );
    assert_eq!(
        kinds("2023年法治政府建设报告\n落实《法治政府建设实施纲要（2015—2020年）》。"),
        ["planning_period"]
    );
    assert_eq!(
        kinds("2023年法治政府建设报告\n落实《2022年法治政府建设工作要点》。"),
        ["stale_reference"]
    );
}

#[test]
fn last_year_as_stated_then_and_now() {
    let reading = reading();
    let then = Report::read("2022年法治政府建设报告\n全年受理矛盾纠纷100件。", &reading);
    let now =
        Report::read("2023年法治政府建设报告\n全年受理矛盾纠纷150件，同比上升20%。", &reading);
    let found = audit::recalled(&[&now, &then], &reading);
    let verdicts: Vec<Verdict> = found.iter().map(|one| one.verdict).collect();
    assert_eq!(verdicts, [Verdict::Inconsistent]);
}

#[test]
fn what_was_in_force_in_the_year_is_rightly_named() {
    let statutes = law::statute::Statutes::parse(&law::source::embedded()).0;
    let cited = |text: &str| {
        let report = Report::read(text, &reading());
        audit::citations(&report, &statutes, &[]).len()
    };
    let plan = "落实《法治政府建设实施纲要（2015-2020年）》。";
    assert_eq!(cited(&format!("2020年法治政府建设报告\n{plan}")), 0);
    assert_eq!(cited(&format!("2023年法治政府建设报告\n{plan}")), 1);
}
