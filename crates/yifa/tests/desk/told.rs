//! What a page says to somebody who has left something out, or comes with the wrong thing: in one
//! place, in words of the office, and never a door that does not open.

use axum::http::StatusCode;

use crate::{
    acts::opened,
    town::Town,
    visitor::{Visitor, value},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_out_is_named_once_with_the_way_there() {
    let town = Town::found();
    let stranger = Visitor::stranger(&town);
    let (clerk, admin) = (stranger.signed_in("window").await, stranger.signed_in("admin").await);
    let register = "/new/petition/register";
    let page = clerk.page(register).await;
    let form = [("token", value(&page, "token")), ("id", value(&page, "id"))];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, &**value)).collect();
    let refused = clerk.post(register, &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refused = refused.text();
    let summary = refused.split("id=\"wrong\"").nth(1).unwrap().split("</div>").next().unwrap();
    assert!(summary.contains("项没有填写（《信访工作条例》第十七条"), "{summary}");
    let links: Vec<&str> = summary.split("href=\"#").skip(1).collect();
    assert!(links.len() > 5, "{summary}");
    for link in links {
        let at = link.split('"').next().unwrap();
        assert!(refused.contains(&format!("id=\"{at}\"")), "no control is at {at}");
    }
    assert_eq!(summary.matches("第十九条").count(), 2, "the article is not said once a field");

    let log = admin.page("/refused").await;
    assert!(log.contains("信访：登记"), "the act is named with its procedure: {log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resident_reads_no_machine_words_and_types_the_brackets_he_has() {
    let town = Town::found();
    let stranger = Visitor::stranger(&town);
    let answer = stranger.post("/verify", &[("text", "{\"x\":1}")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("不是本系统出具的回执"), "{}", answer.text());
    assert!(!answer.text().contains("missing field"));

    let clerk = stranger.signed_in("window").await;
    let case = clerk.page(&opened(&clerk).await).await;
    let number = case.split("<h1>").nth(1).unwrap().split('　').next().unwrap();
    let code = case.split("查询码 <b class=\"num\">").nth(1).unwrap().split('<').next().unwrap();
    let bare = number.replace(['〔', '（'], "[").replace(['〕', '）'], "]");
    assert_ne!(bare, number);
    let found = stranger.post("/track", &[("number", &bare), ("code", code)]).await;
    assert_eq!(found.status, StatusCode::OK, "{bare} {code}: {}", found.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_menu_leads_nowhere_that_is_closed() {
    let town = Town::found();
    for login in ["admin", "window", "mayor"] {
        let somebody = Visitor::stranger(&town).signed_in(login).await;
        let page = somebody.page("/").await;
        let menu = page.split("id=\"menu\"").nth(1).unwrap().split("</nav>").next().unwrap();
        let links = menu.split("<a href=\"").skip(1).map(|link| link.split('"').next().unwrap());
        for link in links.filter(|link| link.starts_with('/')) {
            let answer = somebody.get(&link.replace("&#38;", "&")).await;
            assert_eq!(answer.status, StatusCode::OK, "{login}: {link}");
        }
    }
}
