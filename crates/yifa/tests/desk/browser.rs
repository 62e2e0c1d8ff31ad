//! A small WebDriver client: enough to walk through pages as a person does.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// A browser of its own, with its driver.
pub struct Browser {
    driver: Child,
    session: String,
}

impl Browser {
    /// Starts one; `None` where this machine has no chromedriver.
    pub fn start() -> Option<Self> {
        let driver = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let Ok(mut driver) = driver else {
            println!("no chromedriver on this machine: the journeys were not walked");
            return None;
        };
        let out = BufReader::new(driver.stdout.take().unwrap());
        let mut lines = out.lines().map_while(Result::ok);
        let port = lines.find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        std::thread::spawn(move || lines.for_each(drop)); // The pipe must not fill up.
        let base = format!("http://127.0.0.1:{}", port.expect("chromedriver names its port"));
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--lang=zh-CN",
            "--window-size=1366,900",
        ];
        let wanted = json!({"capabilities": {"alwaysMatch": {"goog:chromeOptions": {
            "args": arguments, "prefs": {"intl.accept_languages": "zh-CN,zh"},
        }}}});
        let mut browser = Self { driver, session: base };
        let made = browser.call("POST", "/session", &wanted);
        let id = made["sessionId"].as_str().expect("a session").to_owned();
        browser.session = format!("{}/session/{id}", browser.session);
        Some(browser)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.session);
        let agent = ureq::Agent::new_with_config(ureq::Agent::config_builder().http_status_as_error(false).build());
        let answer = match method {
            "GET" => agent.get(&url).call(),
            "DELETE" => agent.delete(&url).call(),
            _ => agent.post(&url).send_json(body),
        };
        let mut answer = answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let answer: Value = answer.body_mut().read_json().unwrap();
        let value = answer["value"].clone();
        assert!(value.get("error").is_none(), "{method} {path}: {}", value["message"]);
        value
    }

    pub fn go(&self, url: &str) {
        self.call("POST", "/url", &json!({ "url": url }));
    }

    pub fn url(&self) -> String {
        self.call("GET", "/url", &Value::Null).as_str().unwrap().to_owned()
    }

    /// Runs a function body in the page.
    pub fn run(&self, script: &str) -> Value {
        self.call("POST", "/execute/sync", &json!({"script": script, "args": []}))
    }

    /// What the page says.
    pub fn text(&self) -> String {
        self.run("return document.body.innerText").as_str().unwrap().to_owned()
    }

    fn element(&self, css: &str) -> String {
        let found = self.call("POST", "/element", &json!({"using": "css selector", "value": css}));
        found.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned()
    }

    /// Clicks and waits for the page that follows, if one does.
    pub fn click(&self, css: &str) {
        self.run("window.wasHere = true");
        let element = self.element(css);
        self.call("POST", &format!("/element/{element}/click"), &json!({}));
        let began = Instant::now();
        while self.run("return document.readyState !== 'complete'") == json!(true) {
            assert!(began.elapsed() < Duration::from_secs(30), "the page behind {css} does not come");
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Types into a control what it does not hold yet.
    pub fn write(&self, css: &str, text: &str) {
        let element = self.element(css);
        self.call("POST", &format!("/element/{element}/clear"), &json!({}));
        self.call("POST", &format!("/element/{element}/value"), &json!({ "text": text }));
    }

    /// Presses a key on the page, by its WebDriver code.
    pub fn press(&self, key: &str) {
        let keys = json!([{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]);
        let actions = json!({"actions": [{"type": "key", "id": "keyboard", "actions": keys}]});
        self.call("POST", "/actions", &actions);
    }

    /// Makes the window so wide and high; below 500 points it is a phone.
    pub fn resize(&self, width: u32, height: u32) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// A page without scripts.
    pub fn without_script(&self) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({"value": true}));
    }

    /// Writes a picture of the whole page, where `YIFA_PICTURES` names a folder.
    pub fn picture(&self, name: &str) {
        let Ok(folder) = std::env::var("YIFA_PICTURES") else { return };
        let size = self.devtools("Page.getLayoutMetrics", json!({}))["cssContentSize"].clone();
        let clip = json!({"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1});
        let wanted = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let picture = self.devtools("Page.captureScreenshot", wanted);
        let bytes = STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
        std::fs::write(Path::new(&folder).join(format!("{name}.png")), bytes).unwrap();
    }

    fn devtools(&self, command: &str, params: Value) -> Value {
        self.call("POST", "/goog/cdp/execute", &json!({"cmd": command, "params": params}))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if self.session.contains("/session/") && !std::thread::panicking() {
            self.call("DELETE", "", &Value::Null);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
