//! 手机填报 in a real browser: the network goes while somebody writes, and nothing is lost.
#![allow(clippy::unwrap_used)]

mod browser;

use std::{
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use browser::{Browser, Window};
use jiff::civil::date;
use store::{RegisterFilter, Visible};
use yifa::{
    clock::Clock,
    office::Office,
    place::Place,
    play::{county::County, founding::found},
    web,
};

const PASSWORD: &str = "Shifan-2026-dui";

/// A desk on a free port of this machine, and what closes it.
fn desk(folder: &Path) -> (Arc<Office>, String, tokio::sync::oneshot::Sender<()>) {
    let place = Place { db: folder.join("x.db").display().to_string(), law: None, county: None };
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/county");
    let county = County::read(&demo).unwrap();
    found(&place.store().unwrap(), &county, date(2024, 1, 1), PASSWORD, false).unwrap();
    let office = Arc::new(place.office(Clock::Machine).unwrap());
    let served = office.clone();
    let (told, address) = std::sync::mpsc::channel();
    let (close, closed) = tokio::sync::oneshot::channel::<()>();
    thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            told.send(listener.local_addr().unwrap()).unwrap();
            let desk = web::Desk::new(served, false);
            let closed = async {
                let _ = closed.await;
            };
            tokio::select! {
                served = web::serve(desk, listener, std::future::pending()) => served.unwrap(),
                () = closed => {}
            }
        });
    });
    (office, format!("http://localhost:{}", address.recv().unwrap().port()), close)
}

fn cases(office: &Office) -> u32 {
    let (filter, all) = (RegisterFilter::default(), Visible::everything());
    office.store().read("yunxi", |read| read.register_count(&filter, &all)).unwrap().number
}

fn until(what: &str, mut so: impl FnMut() -> bool) {
    let patience = Instant::now() + Duration::from_secs(20);
    while !so() {
        assert!(Instant::now() < patience, "{what}");
        thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn a_report_written_without_network_arrives_once() {
    let phone = Window { width: 390, height: 800, ..Window::DESK };
    let Some(browser) = Browser::open(phone) else { return };
    let folder = std::env::temp_dir().join(format!("yifa-field-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (office, address, close) = desk(&folder);
    browser.go(&format!("{address}/field"));
    browser.fill("login", "window");
    browser.fill("password", PASSWORD);
    browser.words("登录").press();
    browser.go(&format!("{address}/field"));
    assert_eq!((browser.overflow(), browser.faults()), (0, Vec::new()));
    let form = format!("{address}/field/dispute/collect");
    browser.go(&form);
    assert_eq!((browser.overflow(), browser.faults()), (0, Vec::new()));
    browser.fill("f.title", "排水沟纠纷");
    browser.go(&form);
    until("what was typed comes back", || browser.text().contains("已经填回来"));

    if browser.has("select[name='organ']") {
        browser.choose("organ", "yunxi/qingshi"); // Asked where somebody sits in several offices.
    }
    browser.choose("f.kind", "neighbour");
    browser.choose("f.source", "grid");
    browser.fill("f.place", "东街村");
    browser.fill("f.people", "2");
    browser.fill("f.facts", "雨水倒灌");
    browser.offline(true);
    browser.find(".send button").press();
    until("it is kept in the telephone", || browser.text().contains("已存在手机里"));
    assert!(browser.text().contains("还没有送到的"));
    assert_eq!(cases(&office), 0);

    browser.offline(false);
    browser.go(&form);
    until("it arrives by itself", || cases(&office) == 1);
    browser.go(&form);
    thread::sleep(Duration::from_millis(500));
    assert_eq!(cases(&office), 1, "and only once");

    // Once seen, the form opens without network too.
    browser.go(&format!("{address}/field"));
    thread::sleep(Duration::from_secs(2));
    close.send(()).unwrap();
    thread::sleep(Duration::from_secs(1));
    browser.go(&form);
    assert!(browser.text().contains("采集上报"), "{}", browser.text());
    browser.go(&format!("{address}/field"));
    assert!(browser.text().contains("没有网络"), "{}", browser.text());
    let _ = std::fs::remove_dir_all(&folder);
}
