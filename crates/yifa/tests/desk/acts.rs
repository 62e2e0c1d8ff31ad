//! Acts through their forms: opened, pressed twice, refused with nothing lost, overtaken by a
//! colleague, hostile and over-long text, wrong files, and what others may see of it.

use axum::http::{StatusCode, header};

use crate::{
    town::Town,
    visitor::{Answer, Visitor, value},
};

const REGISTER: &str = "/new/mediation/register";

/// The opening form of a mediation as the window fills it in.
fn registration<'a>(token: &'a str, id: &'a str, request: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("token", token),
        ("id", id),
        ("f.title", "排水沟纠纷"),
        ("f.parties.0.name", "示例甲"),
        ("f.parties.0.phone", "13800000001"),
        ("f.parties.1.name", "示例乙"),
        ("f.source", "application"),
        ("f.kind", "neighbour"),
        ("f.facts", "雨水倒灌，多次争吵。"),
        ("f.request", request),
        ("f.people", "2"),
    ]
}

/// Opens a mediation; the path of its page.
pub async fn opened(clerk: &Visitor) -> String {
    let page = clerk.page(REGISTER).await;
    let (token, id) = (value(&page, "token"), value(&page, "id"));
    let answer = clerk.post(REGISTER, &registration(&token, &id, "要求疏通")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.place().split('?').next().unwrap().to_owned()
}

/// Writes a note into a case as the page showed it.
async fn note(who: &Visitor, case: &str, shown: &str, text: &str) -> Answer {
    let form = [
        ("token", value(shown, "token")),
        ("id", value(shown, "id")),
        ("seen", value(shown, "seen")),
        ("f.text", text.to_owned()),
    ];
    let form: Vec<(&str, &str)> =
        form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    who.post(&format!("{case}/acts/note"), &form).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_opened_once_however_often_the_button_is_pressed() {
    let town = Town::found();
    let clerk = Visitor::stranger(&town).signed_in("window").await;
    let page = clerk.page(REGISTER).await;
    let (token, id) = (value(&page, "token"), value(&page, "id"));
    let first = clerk.post(REGISTER, &registration(&token, &id, "要求疏通")).await;
    let second = clerk.post(REGISTER, &registration(&token, &id, "要求疏通")).await;
    assert_eq!(
        (first.status, second.status),
        (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER),
        "{}",
        first.text()
    );
    let case = |answer: &Answer| answer.place().split('?').next().unwrap().to_owned();
    assert_eq!(case(&first), case(&second));
    let shown = clerk.page(second.place()).await;
    assert!(shown.contains("没有重复记录"));
    assert!(clerk.page("/registers/mediation").await.contains("共 1 件"));
    let receipt = clerk.get(&format!("{}/entries/1/receipt.json", case(&first))).await;
    assert!(store::receipt::verify_receipt(&receipt.text()).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_form_keeps_what_was_typed() {
    let town = Town::found();
    let clerk = Visitor::stranger(&town).signed_in("window").await;
    let page = clerk.page(REGISTER).await;
    let (token, id) = (value(&page, "token"), value(&page, "id"));
    let mut form = registration(&token, &id, "要求<b>疏通</b>😀");
    form.retain(|(name, _)| *name != "f.title" && *name != "f.kind");
    let answer = clerk.post(REGISTER, &form).await;
    let page = answer.text();
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("不能办理，没有作任何记录") && page.contains("人民调解法"),
        "grounds with articles: {page}"
    );
    assert!(page.contains("要求&#60;b&#62;疏通&#60;/b&#62;😀"), "the text is there, as text");
    assert!(page.contains("value=\"示例甲\"") && page.contains("value=\"13800000001\""));
    assert_eq!(value(&page, "id"), id, "nothing was recorded, so it is still the same action");
    let whole = clerk.post(REGISTER, &registration(&token, &id, "要求疏通")).await;
    assert_eq!(whole.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn over_long_text_is_shown_again_for_shortening() {
    let town = Town::found();
    let clerk = Visitor::stranger(&town).signed_in("window").await;
    let page = clerk.page(REGISTER).await;
    let (token, id) = (value(&page, "token"), value(&page, "id"));
    let long = "长".repeat(6000);
    let answer = clerk.post(REGISTER, &registration(&token, &id, &long)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("至多") && answer.text().contains(&long));
    let huge = "长".repeat(4 << 20);
    let answer = clerk.post(REGISTER, &registration(&token, &id, &huge)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text().contains("太长"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_more_party_without_script() {
    let town = Town::found();
    let clerk = Visitor::stranger(&town).signed_in("window").await;
    let page = clerk.page(REGISTER).await;
    let (token, id) = (value(&page, "token"), value(&page, "id"));
    let mut form = registration(&token, &id, "要求疏通");
    form.push(("more", "f.parties"));
    let answer = clerk.post(REGISTER, &form).await;
    let page = answer.text();
    assert_eq!(answer.status, StatusCode::OK);
    assert!(page.contains("f.parties.2.name") && page.contains("value=\"示例乙\""));
    assert!(clerk.page("/registers/mediation").await.contains("还没有案件"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ended_gives_back_what_was_typed() {
    let town = Town::found();
    let clerk = Visitor::stranger(&town).signed_in("window").await;
    let page = clerk.page(REGISTER).await;
    let (token, id) = (value(&page, "token"), value(&page, "id"));
    clerk.post("/sign-out", &[("token", &token)]).await;
    let answer = clerk.post(REGISTER, &registration(&token, &id, "写了半个小时的<诉求>")).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.text().contains("写了半个小时的&#60;诉求&#62;"), "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_page_loses_nothing() {
    let town = Town::found();
    let stranger = Visitor::stranger(&town);
    let (clerk, colleague) =
        (stranger.signed_in("window").await, stranger.signed_in("committee").await);
    let case = opened(&clerk).await;
    let mine = clerk.page(&format!("{case}?act=note")).await;
    let theirs = colleague.page(&format!("{case}?act=note")).await;
    assert_eq!(
        note(&colleague, &case, &theirs, "同事先记了一笔").await.status,
        StatusCode::SEE_OTHER
    );
    let answer = note(&clerk, &case, &mine, "我写了很久的一段话").await;
    let page = answer.text();
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(
        page.contains("案件刚被他人办理")
            && page.contains("我写了很久的一段话")
            && page.contains("同事先记了一笔")
    );
    let again = note(&clerk, &case, &page, "我写了很久的一段话").await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_is_struck_never_erased() {
    let town = Town::found();
    let clerk = Visitor::stranger(&town).signed_in("window").await;
    let case = opened(&clerk).await;
    let shown = clerk.page(&format!("{case}?act=note")).await;
    note(&clerk, &case, &shown, "记错了").await;
    let shown = clerk.page(&format!("{case}?act=strike")).await;
    let form = [
        ("token", value(&shown, "token")),
        ("id", value(&shown, "id")),
        ("seen", value(&shown, "seen")),
        ("f.version", "2".to_owned()),
        ("f.reason", "写到别的案卷里了".to_owned()),
    ];
    let form: Vec<(&str, &str)> =
        form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = clerk.post(&format!("{case}/acts/strike"), &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let page = clerk.page(&case).await;
    assert!(
        page.contains("记错了") && page.contains("已作废") && page.contains("写到别的案卷里了")
    );
    assert!(clerk.page(&format!("{case}/verify")).await.contains("全部相符"));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_what_they_say() {
    let town = Town::found();
    let clerk = Visitor::stranger(&town).signed_in("window").await;
    let page = clerk.page(REGISTER).await;
    let (token, id) = (value(&page, "token"), value(&page, "id"));
    let form = registration(&token, &id, "要求疏通");
    let wrong =
        clerk.upload(REGISTER, &form, "f.materials", "证据.pdf", b"MZ\x90\x00 not a paper").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("内容与扩展名不符") && wrong.text().contains("示例甲"));
    let huge = clerk.upload(REGISTER, &form, "f.materials", "大.pdf", &vec![b'%'; 21 << 20]).await;
    assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(huge.text().contains("20.0 MB"));
}

#[tokio::test(flavor = "multi_thread")]
async fn others_do_not_know_of_the_case() {
    let town = Town::found();
    let stranger = Visitor::stranger(&town);
    let clerk = stranger.signed_in("window").await;
    let case = opened(&clerk).await;
    let outsider = stranger.signed_in("market").await;
    for path in ["", "/print", "/verify", "/entries/1", "/entries/1/receipt.json"] {
        assert_eq!(
            outsider.get(&format!("{case}{path}")).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let found = outsider.page("/search?q=%E7%A4%BA%E4%BE%8B%E7%94%B2").await;
    assert!(found.contains("没有找到"), "the search does not give it away either");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_party_follows_with_number_and_code() {
    let town = Town::found();
    let stranger = Visitor::stranger(&town);
    let clerk = stranger.signed_in("window").await;
    let case = opened(&clerk).await;
    let page = clerk.page(&case).await;
    let number = page.split("<title>").nth(1).unwrap().split(" · ").next().unwrap().to_owned();
    let code = page
        .split("查询码 <b class=\"num\">")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned();
    let wrong = stranger.post("/track", &[("number", &number), ("code", "AAAA-AAAA")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = stranger.post("/track", &[("number", &number), ("code", &code)]).await;
    assert_eq!(right.status, StatusCode::OK);
    assert!(!right.text().contains("13800000001"), "nothing personal");
}

#[tokio::test(flavor = "multi_thread")]
async fn registers_are_exported_as_workbooks() {
    let town = Town::found();
    let clerk = Visitor::stranger(&town).signed_in("window").await;
    opened(&clerk).await;
    let answer = clerk.get("/registers/mediation/export").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.bytes.starts_with(b"PK\x03\x04"));
    assert!(
        answer.headers[header::CONTENT_DISPOSITION].to_str().unwrap().contains("filename*=UTF-8''")
    );
    assert!(clerk.page("/access?mine=1").await.contains("导出"), "and noted");
}
