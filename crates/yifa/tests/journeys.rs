//! 一天的工作: people go through the pages in a real browser, from signing in to the sealed entry.
//!
//! One demonstration county is made for all journeys; each opens its own windows. Without
//! Chromium they are skipped, and say so.

mod browser;
mod county;

use std::sync::LazyLock;

use browser::{Browser, Window};
use county::{County, PASSWORD};

static COUNTY: LazyLock<County> = LazyLock::new(|| County::open(4));

/// Signs somebody in, in a window of their own.
fn at_the_desk(login: &str, window: Window) -> Option<Browser> {
    let browser = Browser::open(window)?;
    browser.go(&COUNTY.address("/"));
    sign_in(&browser, login);
    Some(browser)
}

fn sign_in(browser: &Browser, login: &str) {
    browser.fill("login", login);
    browser.fill("password", PASSWORD);
    browser.words("登录").press();
    browser.find("nav");
}

/// Fills in the two parties and everything else that registering a mediation asks.
fn register_mediation(browser: &Browser, title: &str) {
    browser.go(&COUNTY.address("/new/mediation/register"));
    if browser.has("select[name='organ']") {
        browser.choose("organ", "yunxi/qingshi"); // Asked where somebody sits in more than one office.
    }
    browser.fill("f.title", title);
    browser.fill("f.parties.0.name", "示例甲");
    browser.fill("f.parties.0.phone", "13800000001");
    browser.words("再加一人").press();
    browser.fill("f.parties.1.name", "示例乙");
    browser.choose("f.source", "application");
    browser.choose("f.kind", "neighbour");
    browser.fill("f.facts", "一方加高院坝后雨水倒灌另一方堂屋。");
    browser.fill("f.request", "请求疏通水沟。");
    browser.fill("f.people", "4");
}

#[test]
fn a_mediation_goes_from_the_window_to_the_mediator() {
    let Some(window) = at_the_desk("window", Window::DESK) else { return };
    register_mediation(&window, "排水沟纠纷甲");
    window.words("登记纠纷").press();
    window.find("#history");
    let case = window.address();
    assert!(window.text().contains("示例甲"), "whoever handles the case reads the names");
    assert!(window.text().contains("受理并指定调解员"), "the page says what comes next");
    assert!(
        window.find("details.cannot").attribute("open").is_some() || window.has("details.cannot")
    );

    let Some(chair) = at_the_desk("committee", Window::DESK) else { return };
    chair.go(&case);
    let accept = case.split('#').next().unwrap_or_default().split('?').next().unwrap_or_default();
    chair.go(&format!("{accept}?act=accept#do"));
    chair.choose("f.exclusive", "yes");
    chair.choose("f.elsewhere", "no");
    chair.choose("a.mediator", "qingshi-mediator");
    chair.words("受理并指定调解员").press();
    let refused = chair.find("#wrong").text();
    assert!(refused.contains("只能由专门机关处理"), "refused in the words of the law: {refused}");
    assert!(refused.contains("第二十二条"), "with its article: {refused}");
    assert!(chair.find("[name='f.exclusive'][value='yes']").is_chosen(), "nothing typed is lost");

    chair.choose("f.exclusive", "no");
    chair.words("受理并指定调解员").press();
    chair.find("#entry-2");
    assert!(chair.text().contains("人民调解受理通知书"), "the paper is issued with the act");

    let Some(mediator) = at_the_desk("mediator", Window::DESK) else { return };
    assert!(mediator.text().contains("排水沟纠纷甲"), "the case is on the mediator's desk");
}

#[test]
fn the_same_press_sent_twice_is_one_act_and_a_stale_page_loses_nothing() {
    let Some(first) = at_the_desk("window", Window::DESK) else { return };
    register_mediation(&first, "排水沟纠纷乙");
    first.words("登记纠纷").press();
    first.find("#history");
    let case = first.address();
    let case = case.split(['#', '?']).next().unwrap_or_default().to_owned();

    let Some(one) = at_the_desk("committee", Window::DESK) else { return };
    let form = format!("{case}?act=refuse#do");
    one.go(&form);
    one.choose("f.refuse_reason", "unwilling");
    one.fill("f.reason", "一方明确拒绝。");
    one.choose("f.ways", "court");
    let Some(other) = at_the_desk("committee", Window::DESK) else { return };
    other.go(&format!("{case}?act=accept#do"));
    other.choose("f.exclusive", "no");
    other.choose("f.elsewhere", "no");
    other.choose("a.mediator", "qingshi-mediator");
    other.words("受理并指定调解员").press();
    other.find("#entry-2");

    one.words("不予受理").press();
    one.reads("刚被他人办理");
    assert!(!one.has("#entry-3"), "nothing was recorded");

    // Back to a form that was sent, and sent again: the same entry, not another one.
    other.back();
    other.words("受理并指定调解员").press();
    other.find("#entry-2");
    assert!(!other.has("#entry-3"), "the second press is the first one");
}

#[test]
fn without_script_everything_still_works() {
    let Some(window) = at_the_desk("window", Window { script: false, ..Window::DESK }) else {
        return;
    };
    register_mediation(&window, "排水沟纠纷丙");
    window.words("登记纠纷").press();
    window.find("#history");
    window.go(&COUNTY.address("/registers/mediation"));
    assert!(window.text().contains("排水沟纠纷丙"));
}

#[test]
fn what_people_type_is_shown_and_never_run() {
    let Some(window) = at_the_desk("window", Window::DESK) else { return };
    let hostile =
        "<script>document.title='坏'</script><img src=x onerror=alert(1)>'; drop table entry;--";
    register_mediation(&window, hostile);
    window.words("登记纠纷").press();
    window.find("#history");
    assert!(
        window.text().contains("<script>document.title='坏'</script>"),
        "it stands there as typed"
    );
    assert!(!window.has("#history script") && !window.has("img[src='x']"));
}

#[test]
fn a_number_opens_its_list_and_the_list_its_case() {
    let Some(desk) = at_the_desk("mayor", Window::DESK) else { return };
    desk.go(&COUNTY.address("/figures?year=2025"));
    let number = desk.find("main td a[href^='/figures/']");
    number.press();
    desk.find("main a[href^='/cases/']").press();
    desk.find("#entry-1 a[href*='/entries/']").press();
    desk.reads("下载回执");
}

#[test]
fn a_stranger_is_shown_the_door_and_the_public_pages() {
    let Some(stranger) = Browser::open(Window::DESK) else { return };
    stranger.go(&COUNTY.address("/registers/mediation"));
    assert!(stranger.address().contains("/sign-in"), "{}", stranger.address());
    for (path, word) in
        [("/notices", "公示"), ("/track", "查询"), ("/verify", "核验"), ("/seals", "日封")]
    {
        stranger.go(&COUNTY.address(path));
        stranger.reads(word);
    }
    stranger.go(&COUNTY.address("/sign-in"));
    stranger.fill("login", "window");
    stranger.fill("password", "wrong");
    stranger.words("登录").press();
    stranger.find("#wrong");
}

#[test]
fn every_page_fits_a_telephone() {
    let phone = Window { width: 390, height: 800, ..Window::DESK };
    let Some(desk) = at_the_desk("window", phone) else { return };
    register_mediation(&desk, "排水沟纠纷丁");
    desk.words("登记纠纷").press();
    desk.find("#history");
    let case = desk.address();
    let case = case.split(['#', '?']).next().unwrap_or_default();
    let of_the_case =
        ["", "?act=strike", "/print", "/verify", "/entries/1"].map(|rest| format!("{case}{rest}"));
    let others = [
        "/",
        "/mine",
        "/new",
        "/new/petition/register",
        "/registers",
        "/registers/mediation",
        "/law",
        "/law/petition",
        "/law/petition/differences",
        "/people",
        "/people/qingshi-mediator",
        "/figures?year=2025",
        "/cockpit",
        "/duties",
        "/duties/town-2026",
        "/report",
        "/audit",
        "/exchange",
        "/exchange/police-disputes",
        "/exams",
        "/field",
        "/registers/mediation/draw",
        "/ledger",
        "/refused",
        "/access",
        "/password",
        "/search?q=甲",
        "/nowhere",
        "/notices",
        "/track",
        "/verify",
        "/seals",
        "/sign-in",
    ];
    for address in of_the_case.into_iter().chain(others.map(|path| COUNTY.address(path))) {
        desk.go(&address);
        assert_eq!(desk.overflow(), 0, "{address} is wider than the window");
        assert_eq!(desk.faults(), [""; 0], "{address}");
    }
}
