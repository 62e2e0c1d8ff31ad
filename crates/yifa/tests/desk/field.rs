//! 手机填报: light enough for a telephone, entered once however often it is sent.

use axum::http::StatusCode;

use crate::{
    town::Town,
    visitor::{Visitor, value},
};

const REPORT: &str = "/field/dispute/collect";
const PHOTO: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0, 1, 0xff, 0xd9];

fn typed<'a>(token: &'a str, id: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("token", token),
        ("id", id),
        ("organ", "yunxi/qingshi"),
        ("on", ""),
        ("late", ""),
        ("f.title", "排水沟纠纷"),
        ("f.source", "grid"),
        ("f.kind", "neighbour"),
        ("f.place", "东街村（北纬30.00000，东经110.00000，误差约10米）"),
        ("f.people", "2"),
        ("f.facts", "雨水倒灌"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_the_field_are_light() {
    let town = Town::found();
    let clerk = Visitor::stranger(&town).signed_in("window").await;
    let page = clerk.page("/field").await;
    assert!(page.contains(REPORT), "{page}");
    let form = clerk.page(REPORT).await;
    assert!(form.contains("data-send=\"/field/dispute/collect\""));
    let mut bytes = page.len() + form.len() + clerk.page("/field/worker.js").await.len();
    for part in form.split('"').filter(|part| part.starts_with("/assets/")) {
        bytes += clerk.get(part).await.bytes.len();
    }
    assert!(bytes < 100_000, "{bytes} bytes");
    let offline = clerk.page("/field?offline=1").await;
    assert!(
        offline.contains("没有网络") && !offline.contains("我的任务"),
        "nobody's cases are kept"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_sent_twice_is_entered_once() {
    let town = Town::found();
    let clerk = Visitor::stranger(&town).signed_in("window").await;
    let token = value(&clerk.page(REPORT).await, "token");
    let id = "0123456789abcdef0123456789abcdef";
    let form = typed(&token, id);
    let first = clerk.upload(REPORT, &form, "f.photos", "现场.jpg", PHOTO).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text());
    assert!(first.text().contains("\"again\":false"));
    let again = clerk.upload(REPORT, &form, "f.photos", "现场.jpg", PHOTO).await;
    assert!(again.text().contains("\"again\":true"), "{}", again.text());
    assert!(clerk.page("/registers/dispute").await.contains("共 1 件"));
    let text = first.text();
    let case = text.split("\"case\":\"").nth(1).unwrap().split('"').next().unwrap();
    let page = clerk.page(case).await;
    assert!(
        page.contains("东经110.00000") && page.contains("现场.jpg"),
        "place and photo are there"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_report_says_why_and_a_lost_session_enters_nothing() {
    let town = Town::found();
    let stranger = Visitor::stranger(&town);
    let clerk = stranger.signed_in("window").await;
    let token = value(&clerk.page(REPORT).await, "token");
    let form = typed(&token, "0123456789abcdef0123456789abcdee");
    let form: Vec<(&str, &str)> = form.into_iter().filter(|(name, _)| *name != "f.place").collect();
    let refused = clerk.upload(REPORT, &form, "f.photos", "现场.jpg", PHOTO).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().starts_with("{\"grounds\":["), "{}", refused.text());
    let lost = stranger.upload(REPORT, &form, "f.photos", "现场.jpg", PHOTO).await;
    assert_eq!(lost.status, StatusCode::UNAUTHORIZED);
    assert!(clerk.page("/registers/dispute").await.contains("共 0 件"));
    let no_photo = clerk.get("/field/petition/register").await;
    assert_eq!(no_photo.status, StatusCode::NOT_FOUND, "what asks no photo stays at the desk");
}
