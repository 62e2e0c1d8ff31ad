//! 推荐: where somebody is named, those of the roster who suit stand first, each with the reason;
//! everybody else can be named all the same.

use axum::http::StatusCode;

use crate::{
    acts::opened,
    town::Town,
    visitor::{Visitor, value},
};

const APPOINT: &str = "/new/mediator-roster/appoint";

/// Enters somebody with an account into the roster.
async fn list(clerk: &Visitor, account: &str, skill: &str, serves: &str) {
    let page = clerk.page(APPOINT).await;
    let (token, id) = (value(&page, "token"), value(&page, "id"));
    let form = [
        ("token", token.as_str()),
        ("id", id.as_str()),
        ("f.holder", account),
        ("f.kind", "parttime"),
        ("f.committee", "示例调解委员会"),
        ("f.account", account),
        ("f.skills", skill),
        ("f.serves", serves),
        ("f.adult", "yes"),
        ("f.fit", "yes"),
    ];
    let answer = clerk.post(APPOINT, &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
}

/// Where on a page somebody can be chosen for the mediation.
fn place(page: &str, person: &str) -> usize {
    let choice = format!("name=\"a.mediator\" value=\"{person}\"");
    page.find(&choice).unwrap_or_else(|| panic!("{person} cannot be named: {page}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_suits_stands_first_with_the_reason_and_anybody_may_be_named() {
    let town = Town::found();
    let stranger = Visitor::stranger(&town);
    let window = stranger.signed_in("window").await;
    let case = opened(&window).await;
    let chair = stranger.signed_in("committee").await;
    let form = format!("{case}?act=accept");

    let before = chair.page(&form).await;
    assert!(before.contains("<select id=\"a.mediator\""), "nobody is on the roster: a plain list");

    let clerk = stranger.signed_in("countyclerk").await;
    list(&clerk, "disputes-mediator", "medical", "yunxi").await;
    list(&clerk, "qingshi-mediator", "neighbour", "yunxi/qingshi").await;
    let page = chair.page(&form).await;
    assert!(!page.contains("<select id=\"a.mediator\""));
    let (near, far) = (place(&page, "qingshi-mediator"), place(&page, "disputes-mediator"));
    let others = page.find("其他可以指定的人").unwrap();
    assert!(near < far && far < others, "both suit, the nearer and skilled first");
    assert!(others < place(&page, "qingshi-land"), "not on the roster, but can be named");
    assert!(page.contains("擅长邻里、宅基地；服务青石镇；没有在办案件"), "{page}");
    assert!(page.contains("服务云溪县；没有在办案件"));

    let (token, id, seen) = (value(&page, "token"), value(&page, "id"), value(&page, "seen"));
    let choose = [
        ("token", token.as_str()),
        ("id", id.as_str()),
        ("seen", seen.as_str()),
        ("f.exclusive", "no"),
        ("f.elsewhere", "no"),
        ("a.mediator", "qingshi-mediator"),
    ];
    let named = chair.post(&format!("{case}/acts/accept"), &choose).await;
    assert_eq!(named.status, StatusCode::SEE_OTHER, "{}", named.text());
    let again = opened(&window).await;
    let page = chair.page(&format!("{again}?act=accept")).await;
    assert!(page.contains("服务青石镇；在办1件"), "{page}");
}
