//! The pictures of the README, taken from the running demonstration: `cargo xtask screenshots`.

mod browser;
mod county;

use std::path::Path;

use browser::{Browser, Window};
use county::{County, PASSWORD};

#[test]
#[ignore = "writes docs/images; run by `cargo xtask screenshots`"]
fn the_pictures_of_the_readme() {
    let county = County::open(100);
    let picture = |browser: &Browser, name: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/images");
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        browser.picture(&folder.join(name));
    };
    let sit = |login: &str| {
        let browser = Browser::open(Window { width: 1280, height: 1000, script: true })
            .expect("pictures need Chromium and ChromeDriver");
        browser.go(&county.address("/"));
        browser.fill("login", login);
        browser.fill("password", PASSWORD);
        browser.words("登录").press();
        browser.find("nav");
        browser
    };

    let mediator = sit("mediator");
    picture(&mediator, "desk.png");
    mediator.find("main td a[href^='/cases/']").press();
    mediator.find("#history");
    picture(&mediator, "case.png");
    mediator.go(&county.address("/registers/mediation"));
    picture(&mediator, "register.png");
    mediator.go(&county.address("/law/mediation"));
    picture(&mediator, "law.png");

    let mayor = sit("mayor");
    mayor.go(&county.address("/figures?year=2025"));
    picture(&mayor, "figures.png");
    mayor.go(&county.address("/report?year=2025"));
    picture(&mayor, "report.png");

    let phone = Browser::open(Window { width: 390, height: 800, script: true }).expect("as above");
    phone.go(&county.address("/"));
    phone.fill("login", "mediator");
    phone.fill("password", PASSWORD);
    phone.words("登录").press();
    phone.find("nav");
    picture(&phone, "phone.png");
}
