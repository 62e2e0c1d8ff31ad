//! Accounts: opened by an administrator, changed at the first sign-in, ended, never deleted.

use axum::http::StatusCode;

use crate::{
    town::Town,
    visitor::{Visitor, value},
};

const NEW: [(&str, &str); 5] = [
    ("organ", "yunxi/qingshi"),
    ("name", "示例新人"),
    ("login", "xinren"),
    ("role", "window"),
    ("from", "2026-01-05"),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_opens_accounts_and_nobody_else() {
    let town = Town::found();
    let stranger = Visitor::stranger(&town);
    let (admin, clerk) = (stranger.signed_in("admin").await, stranger.signed_in("window").await);
    let form = |token| [&[("token", token)][..], &NEW].concat();

    let token = value(&clerk.page("/people").await, "token");
    let refused = clerk.post("/people", &form(&token)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text());

    let token = value(&admin.page("/people?organ=yunxi/qingshi").await, "token");
    let opened = admin.post("/people", &form(&token)).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text());
    let page = opened.text();
    let secret = page.split("初始口令：").nth(1).unwrap().split('　').next().unwrap().to_owned();
    let twice = admin.post("/people", &form(&token)).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(twice.text().contains("已经有人使用") && twice.text().contains("value=\"xinren\""));

    let newcomer = stranger.signed_in_with("xinren", &secret).await;
    assert_eq!(
        newcomer.get("/").await.place(),
        "/password",
        "a password somebody else set is changed first"
    );
    let token = value(&newcomer.page("/password").await, "token");
    let change = |new| [("token", &*token), ("old", &*secret), ("new", new), ("again", new)];
    assert_eq!(
        newcomer.post("/password", &change("short")).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        newcomer.post("/password", &change("Qingshi-2026-xin")).await.status,
        StatusCode::OK
    );
    assert_eq!(
        newcomer.get("/").await.place(),
        "/sign-in",
        "a changed password ends every session"
    );

    let newcomer = stranger.signed_in_with("xinren", "Qingshi-2026-xin").await;
    newcomer.page("/").await;
    let token = value(&admin.page("/people/xinren").await, "token");
    let closed = admin.post("/people/xinren/close", &[("token", &token)]).await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER);
    assert_eq!(newcomer.get("/").await.place(), "/sign-in", "a closed account is out at once");
    assert!(admin.page("/people/xinren").await.contains("已停用"));
    assert!(admin.page("/access").await.contains("停用账号"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_no_case() {
    let town = Town::found();
    let stranger = Visitor::stranger(&town);
    let (admin, clerk) = (stranger.signed_in("admin").await, stranger.signed_in("window").await);
    let case = crate::acts::opened(&clerk).await;
    assert_eq!(admin.get(&case).await.status, StatusCode::NOT_FOUND);
    assert!(admin.page("/registers/mediation").await.contains("还没有案件"));
    assert!(admin.page("/").await.contains("系统管理员"));
    admin.page("/refused").await;
    assert_eq!(clerk.get("/refused").await.status, StatusCode::FORBIDDEN);
}
