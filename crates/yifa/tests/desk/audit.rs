//! 报告审读 at the desk: a report read and marked, its sheet, its figures taken in as another
//! unit's, and the doubts about an annual report beside its case before it is signed.

use axum::http::StatusCode;
use paper::{docx, from_markdown};

use crate::{
    town::Town,
    visitor::{Visitor, value},
};

const REPORT: &str = "示例镇人民政府2024年法治政府建设情况报告\n\
    一、主要举措和成效\n\
    全年受理矛盾纠纷300件，调解成功287件，调解成功率95.6%。\
    办理法律援助案件100件，其中农民工60件，妇女35件，残疾人20件。\n\
    二、存在的不足和原因\n个别干部学法不够。\n\
    三、第一责任人履职情况\n召开专题会议三次。\n\
    四、下一年度安排\n继续推进。";

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_read_marked_and_taken_in() {
    let town = Town::found();
    let clerk = Visitor::stranger(&town).signed_in("countyclerk").await;
    let token = value(&clerk.page("/audit").await, "token");

    let nothing = clerk.post("/audit", &[("token", &token), ("text", "")]).await.text();
    assert!(nothing.contains("请选择一个文件，或者粘贴报告全文"), "{nothing}");
    let wrong = clerk
        .upload("/audit", &[("token", &token)], "file", "报告.docx", b"PK\x03\x04broken")
        .await;
    assert_eq!(wrong.status, StatusCode::OK);
    assert!(wrong.text().contains("报告.docx："));

    let form = [("token", token.as_str()), ("text", REPORT), ("organ", "yunxi"), ("year", "2024")];
    let shown = clerk.post("/audit", &form).await.text();
    assert!(shown.contains("读出数据8个") && shown.contains("疑点2处"), "{shown}");
    assert!(shown.contains("<mark id=\"t1\""), "{shown}");
    assert!(shown.contains("四舍五入应为95.7%") && shown.contains("分类互相交叉"));
    assert!(shown.contains("台账"), "it is set against the ledger: {shown}");

    let docx = docx::write(&from_markdown(&REPORT.replace('\n', "\n\n")));
    let read =
        clerk.upload("/audit", &[("token", &token)], "file", "报告.docx", &docx).await.text();
    assert!(read.contains("疑点2处"), "{read}");

    let sheet = clerk.post("/audit/sheet", &form[..2]).await;
    assert_eq!(sheet.status, StatusCode::OK);
    let text = paper::reading::read("意见.docx", &sheet.bytes).unwrap().text;
    assert!(text.contains("报告审读意见") && text.contains("四舍五入应为95.7%"), "{text}");

    let action = shown.split("action=\"/new/").nth(1).unwrap().split('"').next().unwrap();
    let mut take = vec![("token", token.as_str()), ("more", "report")];
    let hidden: Vec<(String, String)> = ["f.source", "f.year_end", "f.figures", "f.doubts"]
        .iter()
        .map(|name| ((*name).to_owned(), value(&shown, name)))
        .collect();
    take.extend(hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let asked = clerk.post(&format!("/new/{action}"), &take).await.text();
    assert!(asked.contains("示例镇") && asked.contains("调解成功率"), "{asked}");
    assert!(asked.contains("2024-12-31"), "{asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doubts_about_an_annual_report_stand_beside_its_case() {
    let town = Town::found();
    let stranger = Visitor::stranger(&town);
    let (clerk, drafter) =
        (stranger.signed_in("countyclerk").await, stranger.signed_in("countydraft").await);
    let start = "/new/annual-report/start";
    let page = clerk.page(start).await;
    let form = [
        ("token", value(&page, "token")),
        ("id", value(&page, "id")),
        ("f.heading", "示例县2024年法治政府建设年度报告".into()),
        ("f.year_end", "2024-12-31".into()),
        ("f.cutoff", "2024-12-31".into()),
    ];
    let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let opened = clerk.post(start, &form).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text());
    let case = opened.place().split('?').next().unwrap().to_owned();

    let page = drafter.page(&format!("{case}?act=draft")).await;
    let form = [
        ("token", value(&page, "token")),
        ("id", value(&page, "id")),
        ("seen", value(&page, "seen")),
        ("f.measures", "yes".into()),
        ("f.faults", "yes".into()),
        ("f.duty", "yes".into()),
        ("f.plan", "yes".into()),
    ];
    let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let docx = docx::write(&from_markdown(&REPORT.replace('\n', "\n\n")));
    let files = [("f.figures", "底稿.docx", &docx[..]), ("f.text", "报告.docx", &docx[..])];
    let drafted = drafter.upload_all(&format!("{case}/acts/draft"), &form, &files).await;
    assert_eq!(drafted.status, StatusCode::SEE_OTHER, "{}", drafted.text());

    let shown = clerk.page(&case).await;
    assert!(shown.contains("数据8个，疑点2处，待处理2处"), "{shown}");
    let marked = shown
        .split("href=\"")
        .find(|part| part.contains("/files/") && part.contains("/audit\""))
        .unwrap();
    let marked = clerk.page(marked.split('"').next().unwrap()).await;
    assert!(marked.contains("四舍五入应为95.7%"), "{marked}");
}
