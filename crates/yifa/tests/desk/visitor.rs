//! Somebody at the desk, without a browser: sends what a browser would send.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use tower::ServiceExt;
use yifa::web::{self, Desk};

use crate::town::{PASSWORD, Town};

/// Somebody at the desk.
#[derive(Clone)]
pub struct Visitor {
    desk: Router,
    cookie: String,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn place(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |place| place.to_str().unwrap())
    }
}

impl Visitor {
    /// A stranger in front of the town's desk.
    pub fn stranger(town: &Town) -> Self {
        Self { desk: web::router(Desk::new(Arc::new(town.office()), false)), cookie: String::new() }
    }

    /// Signs in with the password of the town.
    pub async fn signed_in(&self, login: &str) -> Self {
        self.signed_in_with(login, PASSWORD).await
    }

    /// Signs in with a password of one's own.
    pub async fn signed_in_with(&self, login: &str, password: &str) -> Self {
        let answer = self.post("/sign-in", &[("login", login), ("password", password)]).await;
        assert_eq!(
            answer.status,
            StatusCode::SEE_OTHER,
            "{login} should get in: {}",
            answer.text()
        );
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        Self { desk: self.desk.clone(), cookie: cookie.split(';').next().unwrap().to_owned() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// The text of a page that must be there.
    pub async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer.text()
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form);
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body.finish())).unwrap()).await
    }

    /// A form with one file.
    pub async fn upload(
        &self,
        path: &str,
        form: &[(&str, &str)],
        control: &str,
        name: &str,
        file: &[u8],
    ) -> Answer {
        self.upload_all(path, form, &[(control, name, file)]).await
    }

    pub async fn upload_all(
        &self,
        path: &str,
        form: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Answer {
        let mut body = Vec::new();
        for (name, value) in form {
            body.extend(
                format!(
                    "--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                )
                .bytes(),
            );
        }
        for (control, name, file) in files {
            let head = format!(
                "--edge\r\ncontent-disposition: form-data; name=\"{control}\"; filename=\"{name}\"\r\n\r\n"
            );
            body.extend(head.bytes());
            body.extend(*file);
            body.extend(b"\r\n");
        }
        body.extend(b"--edge--\r\n");
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        if !self.cookie.is_empty() {
            request.headers_mut().insert(header::COOKIE, self.cookie.parse().unwrap());
        }
        let response = self.desk.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), 1 << 26).await.unwrap().to_vec();
        Answer { status, headers, bytes }
    }
}

/// The value of the first control with this name on a page.
pub fn value(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap_or_else(|| panic!("no {name} on {page}"));
    rest.split('"').next().unwrap().to_owned()
}
