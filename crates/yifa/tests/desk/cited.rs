//! 引用核对: the citations of drafts stand beside the case, and the reviewer's word on each.

use axum::http::StatusCode;
use paper::{docx, from_markdown};

use crate::{
    town::Town,
    visitor::{Visitor, value},
};

const SUBMIT: &str = "/new/legal-review/submit";

#[tokio::test(flavor = "multi_thread")]
async fn drafts_are_checked_and_the_reviewer_gives_his_word() {
    let town = Town::found();
    let clerk = Visitor::stranger(&town).signed_in("countydraft").await;
    let page = clerk.page(SUBMIT).await;
    let (token, id) = (value(&page, "token"), value(&page, "id"));
    let form = [
        ("token", token.as_str()),
        ("id", &id),
        ("f.subject", "示例协议"),
        ("f.matter", "other"),
        ("f.guarantee", "no"),
        ("f.background", "依据《中华人民共和国合同法》第一百零七条、《民法典》第三条拟订。"),
    ];
    let draft = docx::write(&from_markdown("# 协议\n\n依据《行政处罚法》第九十条。"));
    let answer = clerk.upload(SUBMIT, &form, "f.text", "协议.docx", &draft).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let case = answer.place().split('?').next().unwrap().to_owned();

    let shown = clerk.page(&case).await;
    assert!(shown.contains("引用2处，有问题1处，待处理1处"), "{shown}");
    assert!(shown.contains("改引《民法典》"));
    assert!(shown.contains("引用1处，有问题1处，待处理1处") && shown.contains("条号越界"));

    // The word begins with the finding and is a note of the reviewer's like any other.
    let link = shown
        .split("href=\"")
        .find(|part| part.contains("act=note&#38;text=") || part.contains("act=note&amp;text="))
        .unwrap();
    let link = link.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let asked = clerk.page(link.split('#').next().unwrap()).await;
    let text = asked.split("name=\"f.text\"").nth(1).unwrap();
    let text = text.split('>').nth(1).unwrap().split('<').next().unwrap().trim();
    assert!(
        text.starts_with("引用核对，采纳：《中华人民共和国合同法》第一百零七条（已失效）"),
        "{text}"
    );
    let form = [
        ("token", value(&asked, "token")),
        ("id", value(&asked, "id")),
        ("seen", value(&asked, "seen")),
        ("f.text", text.to_owned()),
    ];
    let form: Vec<(&str, &str)> =
        form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = clerk.post(&format!("{case}/acts/note"), &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let shown = clerk.page(&case).await;
    assert!(shown.contains("引用2处，有问题1处，都已处理") && shown.contains("已采纳"), "{shown}");
}
