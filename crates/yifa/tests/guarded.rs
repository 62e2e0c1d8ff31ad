//! No page answers a stranger unless `open-routes.txt` says so; no form is taken without the token
//! of its session, or from another site; sign-in locks.

mod town;

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, Response, StatusCode, header},
};
use tower::ServiceExt;
use town::{PASSWORD, Town};
use yifa::web::{self, Desk};

const OPEN: &str = include_str!("open-routes.txt");

fn desk(town: &Town) -> Router {
    web::router(Desk::new(Arc::new(town.office()), false))
}

async fn ask(desk: &Router, request: Request<Body>) -> Response<Body> {
    desk.clone().oneshot(request).await.unwrap()
}

fn get(path: &str, cookie: &str) -> Request<Body> {
    Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()
}

fn post(path: &str, cookie: &str, form: &str) -> Request<Body> {
    Request::post(path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form.to_owned()))
        .unwrap()
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(to_bytes(response.into_body(), 1 << 24).await.unwrap().to_vec()).unwrap()
}

async fn sign_in(desk: &Router, login: &str, password: &str) -> Response<Body> {
    ask(desk, post("/sign-in", "", &format!("login={login}&password={password}"))).await
}

async fn session(desk: &Router, login: &str) -> String {
    let answer = sign_in(desk, login, PASSWORD).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{login} should get in");
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

fn token(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"token\" value=\"").expect("a form with a token");
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_sent_to_the_door() {
    let town = Town::found();
    let desk = desk(&town);
    let open: Vec<&str> = OPEN.lines().filter(|line| line.starts_with('/')).collect();
    let paths = web::paths();
    for path in &open {
        assert!(paths.contains(path), "open-routes.txt names {path}, which is no route");
    }
    for path in paths {
        let real = path.replace(['{', '}'], "");
        for request in [get(&real, ""), post(&real, "", "")] {
            let method = request.method().clone();
            let answer = ask(&desk, request).await;
            let place = answer.headers().get(header::LOCATION).map(|place| place.to_str().unwrap());
            let refused = place.is_some_and(|place| place.starts_with("/sign-in"))
                || answer.status() == StatusCode::NOT_FOUND;
            if !open.contains(&path) {
                assert!(refused, "{method} {path} answers a stranger with {}", answer.status());
            } else if method == "GET" && path != "/display" {
                assert!(place.is_none(), "{path} is listed as open but sends strangers away");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_headers() {
    let town = Town::found();
    let desk = desk(&town);
    for path in ["/sign-in", "/notices", "/nowhere", "/"] {
        let answer = ask(&desk, get(path, "")).await;
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        let page = text(answer).await;
        assert!(!page.contains(" style=\"") && !page.contains("<script>") && !page.contains(" onclick"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_need_the_token_of_their_session() {
    let town = Town::found();
    let desk = desk(&town);
    let mine = session(&desk, "intake").await;
    let other = session(&desk, "window").await;
    for path in web::paths() {
        let real = path.replace(['{', '}'], "");
        if OPEN.lines().any(|line| line == path) {
            continue;
        }
        let answer = ask(&desk, post(&real, &mine, "token=forged")).await;
        let (status, page) = (answer.status(), text(answer).await);
        let shut = status == StatusCode::FORBIDDEN || status == StatusCode::NOT_FOUND;
        assert!(shut, "{path} takes a form without its token: {status} {page}");
    }
    let page = text(ask(&desk, get("/", &other)).await).await;
    let borrowed = ask(&desk, post("/sign-out", &mine, &format!("token={}", token(&page)))).await;
    assert_eq!(borrowed.status(), StatusCode::FORBIDDEN, "another session's token is no token");
    let page = text(ask(&desk, get("/", &mine)).await).await;
    let own = ask(&desk, post("/sign-out", &mine, &format!("token={}", token(&page)))).await;
    assert_eq!(own.status(), StatusCode::SEE_OTHER);
    let gone = ask(&desk, get("/", &mine)).await;
    assert_eq!(gone.headers()[header::LOCATION], "/sign-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_from_elsewhere_are_refused() {
    let town = Town::found();
    let desk = desk(&town);
    let mut request = post("/sign-in", "", "login=intake&password=x");
    request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    assert_eq!(ask(&desk, request).await.status(), StatusCode::FORBIDDEN);
    let mut request = post("/sign-in", "", "login=intake&password=x");
    request.headers_mut().insert(header::HOST, "desk.example".parse().unwrap());
    request.headers_mut().insert(header::ORIGIN, "https://elsewhere.example".parse().unwrap());
    assert_eq!(ask(&desk, request).await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_passwords_lock_an_account() {
    let town = Town::found();
    let desk = desk(&town);
    for _ in 0..4 {
        let page = text(sign_in(&desk, "intake", "wrong").await).await;
        assert!(page.contains("账号或者口令不对"));
    }
    let page = text(sign_in(&desk, "intake", "wrong").await).await;
    assert!(page.contains("账号已锁定"), "the fifth locks");
    let page = text(sign_in(&desk, "intake", PASSWORD).await).await;
    assert!(page.contains("账号已锁定"), "even the right password does not open a locked account");
    session(&desk, "window").await;
    let unknown = text(sign_in(&desk, "nobody", "wrong").await).await;
    assert!(unknown.contains("账号或者口令不对"), "an unknown account looks like a wrong password");
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_text_stays_text() {
    let town = Town::found();
    let desk = desk(&town);
    let mine = session(&desk, "intake").await;
    let hostile = "%3Cscript%3Ealert(1)%3C/script%3E%22%27";
    for path in ["/search?q=", "/access?case=", "/registers/dispute?q=", "/?light="] {
        let page = text(ask(&desk, get(&format!("{path}{hostile}"), &mine)).await).await;
        assert!(!page.contains("<script>alert"), "{path}");
    }
}
