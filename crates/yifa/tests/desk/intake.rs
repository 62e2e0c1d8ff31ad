//! 受理提示: what may have been registered before is shown first, and decides nothing.

use axum::http::StatusCode;

use crate::{
    town::Town,
    visitor::{Visitor, value},
};

const NEW: &str = "/new/dispute/collect";

fn typed<'a>(
    token: &'a str,
    id: &'a str,
    title: &'a str,
    facts: &'a str,
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("token", token),
        ("id", id),
        ("f.title", title),
        ("f.source", "visit"),
        ("f.kind", "neighbour"),
        ("f.place", "青石镇东街村一组水渠边"),
        ("f.people", "2"),
        ("f.facts", facts),
        ("f.parties.0.name", "示例甲"),
        ("f.parties.0.kind", "person"),
        ("f.parties.0.phone", "13800000001"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_likely_duplicate_is_shown_before_it_is_registered() {
    let town = Town::found();
    let clerk = Visitor::stranger(&town).signed_in("window").await;
    let token = value(&clerk.page(NEW).await, "token");
    let facts = "李家在水渠上加高院坝以后，雨水全部倒灌到王家的堂屋，两家为此多次争吵。";
    let first = typed(&token, "00000000000000000000000000000001", "水渠边院坝排水纠纷", facts);
    let done = clerk.post(NEW, &first).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "nothing like it: {}", done.text());

    let again = "李家在水渠上加高了院坝，雨水全部倒灌到王家的堂屋，两家为此多次争吵，请求处理。";
    let mut second = typed(&token, "00000000000000000000000000000002", "院坝排水纠纷", again);
    let shown = clerk.post(NEW, &second).await;
    assert_eq!(shown.status, StatusCode::OK);
    let page = shown.text();
    assert!(page.contains("可能已经登记过") && page.contains("水渠边院坝排水纠纷"), "{page}");
    assert!(page.contains("内容相似") && page.contains("同一地点") && page.contains("同一电话"));
    assert!(page.contains("属地：") && page.contains("东街村"), "{page}");
    assert!(page.contains("两家为此多次争吵，请求处理"), "what was typed is still there");
    assert!(clerk.page("/registers/dispute").await.contains("共 1 件"));

    second.push(("looked", "1"));
    let registered = clerk.post(NEW, &second).await;
    assert_eq!(registered.status, StatusCode::SEE_OTHER, "{}", registered.text());
    assert!(clerk.page("/registers/dispute").await.contains("共 2 件"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_matter_of_nobody_known_is_registered_at_once() {
    let town = Town::found();
    let clerk = Visitor::stranger(&town).signed_in("window").await;
    let token = value(&clerk.page(NEW).await, "token");
    let one = typed(&token, "00000000000000000000000000000003", "土地边界纠纷", "两户争执地界");
    assert_eq!(clerk.post(NEW, &one).await.status, StatusCode::SEE_OTHER);
    let mut other = typed(
        &token,
        "00000000000000000000000000000004",
        "夜间施工噪声",
        "工地半夜打桩，老人睡不着",
    );
    for (name, value) in &mut other {
        match *name {
            "f.parties.0.name" => *value = "示例丁",
            "f.parties.0.phone" => *value = "13800000009",
            _ => {}
        }
    }
    let done = clerk.post(NEW, &other).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
}
