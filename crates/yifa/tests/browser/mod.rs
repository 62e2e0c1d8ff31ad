//! A person at a browser: headless Chromium, driven through ChromeDriver.
//!
//! The driver speaks WebDriver, a handful of JSON requests on the loopback address. Only what a
//! person does is here: open an address, read, fill in, press, look.
#![allow(dead_code, reason = "every test uses its part")]

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::{Value, json};

/// The name under which WebDriver hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// Chromium opens no narrower window on a desk; below this it plays a telephone.
const NARROWEST: u32 = 500;
const PATIENCE: Duration = Duration::from_secs(10);

/// A browser window of its own, closed when dropped.
pub struct Browser {
    driver: Child,
    session: String,
    agent: ureq::Agent,
    profile: PathBuf,
}

/// Something on the page.
pub struct Element<'b> {
    browser: &'b Browser,
    id: String,
}

/// How the window is opened.
#[derive(Clone, Copy)]
pub struct Window {
    pub width: u32,
    pub height: u32,
    /// Whether pages may run script.
    pub script: bool,
}

impl Window {
    /// An office computer.
    pub const DESK: Window = Window { width: 1280, height: 900, script: true };
}

impl Browser {
    /// Opens a window, or says that this machine has no browser to open.
    pub fn open(window: Window) -> Option<Browser> {
        let chromium = on_path(&["chromium", "chromium-browser", "google-chrome"]);
        let driver = on_path(&["chromedriver"]);
        let (Some(chromium), Some(driver)) = (chromium, driver) else {
            println!("skipped: no Chromium with ChromeDriver is installed");
            return None;
        };
        Some(Browser::start(&chromium, &driver, window))
    }

    fn start(chromium: &Path, driver: &Path, window: Window) -> Browser {
        let mut driver = Command::new(driver)
            .arg("--port=0")
            .env("LANGUAGE", "zh_CN")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("ChromeDriver starts");
        let told = BufReader::new(driver.stdout.take().expect("its output is piped"));
        let port = told
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let words = line.strip_prefix("ChromeDriver was started successfully on port ")?;
                words.trim_end_matches('.').parse::<u16>().ok()
            })
            .expect("ChromeDriver names its port");

        let profile =
            std::env::temp_dir().join(format!("yifa-browser-{}-{port}", std::process::id()));
        let mut words = vec![
            "--headless=new".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-quic".to_owned(),
            "--disable-sync".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--no-first-run".to_owned(),
            "--hide-scrollbars".to_owned(),
            "--lang=zh-CN".to_owned(),
            format!("--window-size={},{}", window.width, window.height),
            format!("--user-data-dir={}", profile.display()),
        ];
        if fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0)
        {
            words.push("--no-sandbox".to_owned()); // Chromium's sandbox refuses to run as root.
        }
        let script = if window.script { 1 } else { 2 };
        let mut options = json!({
            "binary": chromium,
            "args": words,
            "prefs": {"profile.managed_default_content_settings.javascript": script},
        });
        if window.width < NARROWEST {
            let screen = json!({"width": window.width, "height": window.height, "pixelRatio": 1.0});
            options["mobileEmulation"] = json!({"deviceMetrics": screen});
        }
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options,
        }}});
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        let agent = config.timeout_global(Some(Duration::from_secs(60))).build().into();
        let mut browser =
            Browser { driver, session: format!("http://127.0.0.1:{port}/session"), agent, profile };
        let opened = browser.post("", capabilities);
        let id = opened["sessionId"].as_str().expect("a session is opened").to_owned();
        browser.session = format!("{}/{id}", browser.session);
        browser
    }

    /// Opens an address.
    pub fn go(&self, address: &str) {
        self.post("/url", json!({"url": address}));
    }

    /// Where the window is now.
    pub fn address(&self) -> String {
        text(&self.get("/url"))
    }

    /// The page as a person reads it.
    pub fn text(&self) -> String {
        self.post("/execute/sync", json!({"script": "return document.body.innerText", "args": []}))
            .as_str()
            .map(str::to_owned)
            .unwrap_or_default()
    }

    /// The page once it says these words; waits a while for the page that follows a press.
    pub fn reads(&self, words: &str) -> String {
        let begun = Instant::now();
        loop {
            let page = self.text();
            if page.contains(words) {
                return page;
            }
            assert!(begun.elapsed() < PATIENCE, "no “{words}” on {}:\n{page}", self.address());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The first element that the selector fits; waits a while for it to come.
    pub fn find(&self, selector: &str) -> Element<'_> {
        self.look("css selector", selector).unwrap_or_else(|| {
            panic!("no `{selector}` on {}:\n{}", self.address(), self.text_or_nothing())
        })
    }

    /// Whether the selector fits something now.
    pub fn has(&self, selector: &str) -> bool {
        let found = self.post("/elements", json!({"using": "css selector", "value": selector}));
        found.as_array().is_some_and(|found| !found.is_empty())
    }

    /// The link or button with exactly these words.
    pub fn words(&self, words: &str) -> Element<'_> {
        let path =
            format!("//*[self::a or self::button or self::summary][normalize-space()='{words}']");
        self.look("xpath", &path).unwrap_or_else(|| {
            panic!(
                "nothing to press says “{words}” on {}:\n{}",
                self.address(),
                self.text_or_nothing()
            )
        })
    }

    /// Fills in the field of this name.
    pub fn fill(&self, name: &str, words: &str) {
        let field = self.find(&format!("[name='{name}']"));
        field.clear();
        field.write(words);
    }

    /// Chooses the option with this value in the field of this name.
    pub fn choose(&self, name: &str, value: &str) {
        let field = self.find(&format!("[name='{name}']"));
        if matches!(field.attribute("type").as_deref(), Some("radio" | "checkbox")) {
            self.find(&format!("[name='{name}'][value='{value}']")).press();
        } else {
            self.find(&format!("[name='{name}'] option[value='{value}']")).press();
        }
    }

    /// Goes back one page.
    pub fn back(&self) {
        self.post("/back", json!({}));
    }

    /// Takes the network away, or gives it back.
    pub fn offline(&self, off: bool) {
        let speed = if off { 0 } else { -1 };
        let conditions = json!({"offline": off, "latency": 0, "download_throughput": speed,
            "upload_throughput": speed});
        self.post("/chromium/network_conditions", json!({"network_conditions": conditions}));
    }

    /// How much wider than the window the page is, in pixels.
    pub fn overflow(&self) -> i64 {
        let script =
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        self.post("/execute/sync", json!({"script": script, "args": []})).as_i64().unwrap_or(0)
    }

    /// What is wrong with the page for whoever cannot see it well: controls without a name, ids
    /// that stand twice, no heading, no language, words squeezed into a column of single signs; and styles or handlers the policy would stop.
    pub fn faults(&self) -> Vec<String> {
        let script = "
            const faults = [];
            if (document.documentElement.lang !== 'zh-CN') faults.push('no language');
            if (!document.querySelector('h1')) faults.push('no heading');
            const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
            for (const id of new Set(ids)) {
              if (ids.filter((other) => other === id).length > 1) faults.push('twice: ' + id);
            }
            for (const control of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
              if (!control.labels.length && !control.getAttribute('aria-label')) faults.push('no label: ' + control.name);
            }
            for (const one of document.querySelectorAll('main *:not(svg *, option)')) {
              const words = [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join('');
              const place = one.getBoundingClientRect();
              const sign = parseFloat(getComputedStyle(one).fontSize);
              if (words.length > 3 && place.width < 2 * sign && place.height > 4 * sign) faults.push('squeezed: ' + words);
            }
            for (const one of document.querySelectorAll('[style], [onclick]')) faults.push('inline: ' + one.tagName);
            return faults;";
        let found = self.post("/execute/sync", json!({"script": script, "args": []}));
        found.as_array().into_iter().flatten().map(text).collect()
    }

    /// Takes a picture of the window.
    pub fn picture(&self, file: &Path) {
        let picture =
            BASE64.decode(text(&self.get("/screenshot"))).expect("a picture comes in Base64");
        fs::write(file, picture).unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
    }

    fn look(&self, using: &str, value: &str) -> Option<Element<'_>> {
        let begun = Instant::now();
        loop {
            let found = self.post("/elements", json!({"using": using, "value": value}));
            if let Some(id) = found.get(0).and_then(|first| first[ELEMENT].as_str()) {
                return Some(Element { browser: self, id: id.to_owned() });
            }
            if begun.elapsed() > PATIENCE {
                return None;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn text_or_nothing(&self) -> String {
        let body = self.look("css selector", "body");
        body.map(|body| body.text()).unwrap_or_default()
    }

    fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.agent.post(format!("{}{path}", self.session)).send_json(body);
        read(path, answer)
    }

    fn get(&self, path: &str) -> Value {
        read(path, self.agent.get(format!("{}{path}", self.session)).call())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let _ = fs::remove_dir_all(&self.profile);
    }
}

impl Element<'_> {
    /// Its words, as shown.
    pub fn text(&self) -> String {
        text(&self.browser.get(&format!("/element/{}/text", self.id)))
    }

    /// Presses it and waits for the page that follows.
    pub fn press(&self) {
        self.browser.post(&format!("/element/{}/click", self.id), json!({}));
    }

    /// Types into it.
    pub fn write(&self, words: &str) {
        self.browser.post(&format!("/element/{}/value", self.id), json!({"text": words}));
    }

    /// Empties it.
    pub fn clear(&self) {
        self.browser.post(&format!("/element/{}/clear", self.id), json!({}));
    }

    /// Whether it is ticked or chosen.
    pub fn is_chosen(&self) -> bool {
        self.browser.get(&format!("/element/{}/selected", self.id)).as_bool().unwrap_or(false)
    }

    /// What one of its attributes says.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let said = self.browser.get(&format!("/element/{}/attribute/{name}", self.id));
        said.as_str().map(str::to_owned)
    }
}

fn read(path: &str, answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Value {
    let mut answer = answer.unwrap_or_else(|fault| panic!("{path}: {fault}"));
    let body: Value = answer.body_mut().read_json().expect("WebDriver answers in JSON");
    if !answer.status().is_success() {
        panic!("{path}: {}", body["value"]["message"]);
    }
    body["value"].clone()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names
        .iter()
        .find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|file| file.is_file()))
}
