//! No page answers a stranger unless `open-routes.txt` says so; no form is taken without the token
//! of its session, or from another site; sign-in locks.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use yifa::web;

use crate::{
    town::{PASSWORD, Town},
    visitor::{Visitor, value},
};

const OPEN: &str = include_str!("../open-routes.txt");

fn open() -> Vec<&'static str> {
    OPEN.lines().filter(|line| line.starts_with('/')).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_sent_to_the_door() {
    let town = Town::found();
    let stranger = Visitor::stranger(&town);
    let paths = web::paths();
    for path in open() {
        assert!(paths.contains(&path), "open-routes.txt names {path}, which is no route");
    }
    for path in paths {
        let real = path.replace(['{', '}'], "");
        for (method, answer) in
            [("GET", stranger.get(&real).await), ("POST", stranger.post(&real, &[]).await)]
        {
            let refused =
                answer.place().starts_with("/sign-in") || answer.status == StatusCode::NOT_FOUND;
            if !open().contains(&path) {
                assert!(refused, "{method} {path} answers a stranger with {}", answer.status);
            } else if method == "GET" && path != "/display" {
                assert_eq!(answer.place(), "", "{path} is listed as open but sends strangers away");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_headers() {
    let town = Town::found();
    let stranger = Visitor::stranger(&town);
    for path in ["/sign-in", "/notices", "/nowhere", "/"] {
        let answer = stranger.get(path).await;
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{path}: {policy}"
        );
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
        let page = answer.text();
        assert!(
            !page.contains(" style=\"") && !page.contains("<script>") && !page.contains(" onclick")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_need_the_token_of_their_session() {
    let town = Town::found();
    let stranger = Visitor::stranger(&town);
    let (mine, other) = (stranger.signed_in("intake").await, stranger.signed_in("window").await);
    for path in web::paths().into_iter().filter(|path| !open().contains(path)) {
        let answer = mine.post(&path.replace(['{', '}'], ""), &[("token", "forged")]).await;
        let shut = answer.status == StatusCode::FORBIDDEN || answer.status == StatusCode::NOT_FOUND;
        assert!(shut, "{path} takes a form without its token: {} {}", answer.status, answer.text());
    }
    let borrowed = value(&other.page("/").await, "token");
    let answer = mine.post("/sign-out", &[("token", &borrowed)]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "another session's token is no token");
    let own = value(&mine.page("/").await, "token");
    assert_eq!(mine.post("/sign-out", &[("token", &own)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(mine.get("/").await.place(), "/sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_from_elsewhere_are_refused() {
    let town = Town::found();
    let stranger = Visitor::stranger(&town);
    let form = || {
        Request::post("/sign-in").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
    };
    let cross = form()
        .header("sec-fetch-site", "cross-site")
        .body(Body::from("login=intake&password=x"))
        .unwrap();
    assert_eq!(stranger.send(cross).await.status, StatusCode::FORBIDDEN);
    let foreign = form()
        .header(header::HOST, "desk.example")
        .header(header::ORIGIN, "https://elsewhere.example")
        .body(Body::from("login=intake&password=x"))
        .unwrap();
    assert_eq!(stranger.send(foreign).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_passwords_lock_an_account() {
    let town = Town::found();
    let stranger = Visitor::stranger(&town);
    let attempt = async |login: &str, password: &str| {
        stranger.post("/sign-in", &[("login", login), ("password", password)]).await.text()
    };
    for _ in 0..4 {
        assert!(attempt("intake", "wrong").await.contains("账号或者口令不对"));
    }
    assert!(attempt("intake", "wrong").await.contains("账号已锁定"), "the fifth locks");
    assert!(attempt("intake", PASSWORD).await.contains("账号已锁定"), "even to the right password");
    assert!(
        attempt("nobody", "wrong").await.contains("账号或者口令不对"),
        "an unknown account looks no different"
    );
    stranger.signed_in("window").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_is_not_battered() {
    let town = Town::found();
    let stranger = Visitor::stranger(&town);
    let mut shut = false;
    for _ in 0..40 {
        let answer = stranger.post("/track", &[("number", "甲"), ("code", "乙")]).await;
        shut |= answer.status == StatusCode::TOO_MANY_REQUESTS;
    }
    assert!(shut, "forty queries in a moment are too many");
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_text_stays_text() {
    let town = Town::found();
    let mine = Visitor::stranger(&town).signed_in("intake").await;
    let hostile = "%3Cscript%3Ealert(1)%3C/script%3E%22%27";
    for path in ["/search?q=", "/access?case=", "/registers/dispute?q=", "/?light="] {
        let page = mine.page(&format!("{path}{hostile}")).await;
        assert!(!page.contains("<script>alert"), "{path}");
    }
}
