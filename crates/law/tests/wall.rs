//! What hangs on the wall is what the file says, in words.
#![allow(clippy::unwrap_used)]

use std::{fs, path::Path};

use law::{
    Law, read,
    source::SourceFile,
    wall::{Entry, flow, wall},
};

fn procedure(name: &str) -> law::procedure::Procedure {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    let mut files = Vec::new();
    for folder in [root.clone(), root.join("documents")] {
        for path in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_file() {
                let text = fs::read_to_string(&path).unwrap();
                files.push(SourceFile { path: path.to_string_lossy().into_owned(), text });
            }
        }
    }
    read::procedure(&files).0.unwrap()
}

fn entry<'a>(entries: &'a [Entry], id: &str) -> &'a Entry {
    entries.iter().find(|entry| entry.id == id).unwrap()
}

#[test]
fn acts_and_periods_read_as_sentences() {
    let petition = wall(&procedure("petition"), &Law::default());
    assert_eq!(
        entry(&petition.acts, "review").paragraph(),
        "审核。由：办理机关的审核人。何时：办理中。填：结论（必填）。条件：“拟处理意见”已办，且在最后一次“审核”之后。\
         回避：办过“拟处理意见”“受理”的人不能办。依据：本级信访事项审核规定。"
    );
    assert_eq!(
        entry(&petition.acts, "close").paragraph(),
        "办结归档。由：本案指定的承办人。何时：已答复。条件：已办“评价”，或者“评价期”期限已经届满。\
         办后：进入“已办结”。依据：本级回访规定。"
    );
    assert_eq!(
        entry(&petition.deadlines, "handle").paragraph(),
        "办结答复。期间：自“受理”次日起60个自然日，届满日休息则顺延。按期：期内办了“答复”算按期。\
         延长：由“批准延期”办理，“批准延期”填的结论是“同意”的，至多延长30个自然日，至多1次。性质：法定期限。\
         提醒：到期前10个自然日、3个自然日提醒。依据：《信访工作条例》第三十四条。"
    );
    let asked = entry(&petition.acts, "ask_extend");
    let condition = asked.lines.iter().find(|line| line.label == "条件").unwrap();
    assert_eq!(condition.text, "“办结答复”期限没有届满");
    assert_eq!(condition.refusal.as_deref(), Some("延期应在办理期限届满前申请"));
}

#[test]
fn tests_and_figures_read_as_sentences() {
    let penalty = wall(&procedure("penalty"), &Law::default());
    assert_eq!(
        entry(&penalty.findings, "hearing_right").paragraph(),
        "当事人有权要求听证。认定：有下列情形之一。\
         情形：（一）“处罚告知”填的处罚种类是“罚款”，并且当事人类型是“公民”，并且“处罚告知”填的罚款数额不少于对公民的较大数额罚款。\
         情形：（二）“处罚告知”填的处罚种类是“罚款”，并且当事人类型是“法人或者其他组织”，并且“处罚告知”填的罚款数额不少于对法人、组织的较大数额罚款。\
         情形：（三）“处罚告知”填的处罚种类是“吊销许可证件”。情形：（四）“处罚告知”填的处罚种类是“责令停产停业”。\
         依据：《行政处罚法》第六十三条。"
    );
    let decide = entry(&penalty.acts, "decide");
    let conditions: Vec<&str> = decide
        .lines
        .iter()
        .filter(|line| line.label == "条件")
        .map(|line| line.text.as_str())
        .collect();
    assert_eq!(
        conditions[4],
        "不是“须法制审核”，或者（“法制审核”填的结论是“通过”，并且“法制审核”已办，且在最后一次“处罚告知”之后）"
    );
    assert_eq!(
        entry(&penalty.indicators, "published").paragraph(),
        "处罚决定按期公开率。统计：数案件，单位：件。归期：按“公开处罚决定”期限届满日归入统计期。\
         分子：其中“公开处罚决定”期限已经按期办理的。"
    );
}

#[test]
fn stages_stand_in_layers() {
    let flow = flow(&procedure("penalty"));
    let layers: Vec<(&str, usize)> =
        flow.stations.iter().map(|station| (station.id.as_str(), station.layer)).collect();
    assert_eq!(
        layers,
        [("start", 0), ("investigating", 1), ("proposed", 2), ("decided", 3), ("closed", 4)]
    );
    let way = |from: &str, to: &str| {
        flow.ways.iter().find(|way| way.from == from && way.to == to).unwrap()
    };
    assert_eq!(way("start", "investigating").acts, [("file".into(), "立案".to_owned())]);
    assert_eq!(way("decided", "closed").acts.len(), 2); // 结案、撤销决定
    assert!(flow.ways.iter().all(|way| !way.back));
    assert!(flow.stations[2].stays.iter().any(|(id, _)| *id == "inform"));
    assert_eq!((flow.layers, flow.rows), (5, 1));
}
