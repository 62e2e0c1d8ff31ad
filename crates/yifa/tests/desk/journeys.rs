//! A person walks through the pages in a real browser. Skipped where there is none.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::oneshot};
use yifa::web::{self, Desk};

use crate::{
    browser::Browser,
    town::{PASSWORD, Town},
};

/// A desk that is served on a port of its own.
struct Served {
    base: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

fn served(town: &Town) -> Served {
    let office = Arc::new(town.office());
    let (stop, stopped) = oneshot::channel::<()>();
    let (ready, port) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            ready.send(listener.local_addr().unwrap().port()).unwrap();
            let stopped = async move {
                let _ = stopped.await;
            };
            // Browsers keep connections open: do not wait for them.
            tokio::select! {
                served = web::serve(Desk::new(office, false), listener, std::future::pending()) => served.unwrap(),
                () = stopped => {}
            }
        });
    });
    Served { base: format!("http://127.0.0.1:{}", port.recv().unwrap()), stop: Some(stop), thread: Some(thread) }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.stop.take().unwrap().send(());
        let _ = self.thread.take().unwrap().join();
    }
}

fn sign_in(browser: &Browser, base: &str, login: &str) {
    browser.go(&format!("{base}/sign-in"));
    browser.write("#login", login);
    browser.write("#password", PASSWORD);
    browser.click(".door button");
    assert_eq!(browser.url(), format!("{base}/"), "{}", browser.text());
}

/// Fills in the opening form of a mediation and sends it.
fn register(browser: &Browser, base: &str) {
    browser.go(&format!("{base}/new/mediation/register"));
    browser.write("[name='f.title']", "相邻排水沟堵塞引发的纠纷");
    browser.write("[name='f.parties.0.name']", "示例甲");
    browser.write("[name='f.parties.0.phone']", "13800000001");
    browser.click("[name=more]");
    browser.write("[name='f.parties.1.name']", "示例乙");
    browser.run(
        "const pick = (name, value) => {
           const one = document.querySelector(`[name='${name}'][value='${value}']`);
           if (one) one.click(); else document.querySelector(`[name='${name}']`).value = value;
         };
         pick('f.source', 'application'); pick('f.kind', 'neighbour');",
    );
    browser.write("[name='f.facts']", "双方房屋前后相邻，雨水倒灌，多次争吵。");
    browser.write("[name='f.request']", "请求疏通水沟。");
    browser.write("[name='f.people']", "2");
    browser.click(".send button");
}

#[test]
fn a_dispute_is_registered_accepted_and_found_again() {
    let Some(browser) = Browser::start() else { return };
    let town = Town::found();
    let served = served(&town);
    let base = &served.base;

    sign_in(&browser, base, "window");
    assert!(browser.text().contains("现在没有等您办理的案件"));
    browser.picture("empty-desk");
    register(&browser, base);
    let page = browser.text();
    assert!(page.contains("“登记纠纷”已办理") && page.contains("查询码"), "{page}");
    assert!(page.contains("示例甲") && page.contains("怎么算的"));
    assert!(page.contains("现在没有您可以办的事项") && page.contains("可以办的人"), "why not, and who can: {page}");
    browser.picture("case");
    let case = browser.url().split(['?', '#']).next().unwrap().to_owned();

    sign_in(&browser, base, "committee");
    assert!(browser.text().contains("相邻排水沟堵塞引发的纠纷"), "the next act waits for the committee");
    browser.picture("desk");
    browser.click("td:nth-child(3) a");
    assert!(browser.url().starts_with(&case) && browser.text().contains("现在可以办"));
    browser.picture("act");

    browser.write(".find input", "排水沟");
    browser.click(".find button");
    assert!(browser.text().contains("找到 1 件"));
    browser.picture("search");
}

#[test]
fn everything_works_without_script() {
    let Some(browser) = Browser::start() else { return };
    let town = Town::found();
    let served = served(&town);
    sign_in(&browser, &served.base, "window");
    register(&browser, &served.base);
    let case = browser.url().split(['?', '#']).next().unwrap().to_owned();
    browser.go(&format!("{case}?act=note"));
    browser.write("[name='f.text']", "当事人补充了照片。");
    // Typing needs the driver's script; sending does not.
    browser.without_script();
    let form = "#built-in .send button";
    browser.click(form);
    assert!(browser.url().contains("done=2"), "{}", browser.url());
}

#[test]
fn pages_fit_a_phone_and_name_their_controls() {
    let Some(browser) = Browser::start() else { return };
    let town = Town::found();
    let served = served(&town);
    let base = &served.base;
    sign_in(&browser, base, "window");
    register(&browser, base);
    let case = browser.url().split(['?', '#']).next().unwrap().replace(base.as_str(), "");
    let pages = [
        ("/", "home"),
        ("/mine", "mine"),
        ("/new", "new"),
        ("/new/petition/register", "form"),
        (&*case, "case"),
        (&format!("{case}?act=strike"), "strike"),
        (&format!("{case}/print"), "print"),
        (&format!("{case}/entries/1"), "entry"),
        (&format!("{case}/verify"), "verify-case"),
        ("/registers", "registers"),
        ("/registers/mediation", "register"),
        ("/law", "law"),
        ("/law/petition", "wall"),
        ("/people", "people"),
        ("/people/qingshi-window", "person"),
        ("/figures", "figures"),
        ("/figures/mediation.accepted", "figure"),
        ("/report", "report"),
        ("/ledger", "ledger"),
        ("/access", "access"),
        ("/password", "password"),
        ("/search?q=x", "search"),
        ("/nowhere", "missing"),
        ("/sign-in", "sign-in"),
        ("/notices", "notices"),
        ("/track", "track"),
        ("/verify", "verify"),
        ("/seals", "seals"),
    ];
    for (path, name) in pages {
        for width in [375, 1366] {
            browser.resize(width, 900);
            browser.go(&format!("{base}{path}"));
            let faults = browser.run(FAULTS);
            assert_eq!(faults, json!([]), "{path} at {width} points");
            browser.picture(&format!("{name}-{width}"));
        }
    }
}

/// What is wrong with a page: wider than its window, controls without names, ids twice, no
/// heading, no language.
const FAULTS: &str = "
  const faults = [];
  const root = document.documentElement;
  if (root.scrollWidth > window.innerWidth + 1) faults.push('wider than the window: ' + root.scrollWidth);
  if (root.lang !== 'zh-CN') faults.push('no language');
  if (!document.querySelector('h1')) faults.push('no heading');
  const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
  for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) faults.push('twice: ' + id);
  for (const control of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
    const named = control.labels.length || control.getAttribute('aria-label');
    if (!named) faults.push('no label: ' + control.name);
  }
  for (const one of document.querySelectorAll('[style], [onclick]')) faults.push('inline: ' + one.tagName);
  return faults;
";

#[test]
fn the_keyboard_reaches_the_text_and_large_text_stays() {
    let Some(browser) = Browser::start() else { return };
    let town = Town::found();
    let served = served(&town);
    let base = &served.base;
    sign_in(&browser, base, "window");
    browser.go(&format!("{base}/law"));
    browser.press("\u{e004}"); // Tab
    assert_eq!(browser.run("return document.activeElement.className"), Value::from("skip"));
    browser.press("\u{e007}"); // Enter
    assert_eq!(browser.run("return location.hash"), Value::from("#main"));
    browser.go(&format!("{base}/display?size=large&back=/law"));
    assert_eq!(browser.url(), format!("{base}/law"));
    assert_eq!(browser.run("return document.documentElement.dataset.size"), Value::from("large"));
    browser.picture("large");
    browser.go(&format!("{base}/display?size=normal&back=//elsewhere.example/"));
    assert_eq!(browser.url(), format!("{base}/"), "nobody is led away");
}
