//! When a page cannot be shown: which status, and a sentence that says what to do now.

use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use engine::refusal::Refusal;
use store::StoreError;

use super::{frame::Frame, paging::Address};

/// Why a page was not shown, by what the person can do about it.
#[derive(Debug)]
pub enum PageError {
    /// The password was set by somebody else and must be changed first.
    ChangePassword,
    /// Not signed in, or no longer; goes back to this address afterwards.
    SignIn(String),
    /// The session ended while a form was filled in; what was typed is shown for copying.
    TimedOut(Vec<String>),
    /// The form came without the token of this session.
    Token,
    /// This person may not.
    Forbidden(String),
    /// There is no such page, or this person may not know of it.
    Missing,
    /// The law says no, and there is no form to show it on.
    Refused(Refusal),
    /// What was sent is not what was asked for.
    Unfit(String),
    /// Too much was sent.
    TooLarge(String),
    /// The form could not be read at all.
    Unreadable,
    /// Too many attempts.
    TooMany,
    /// The machine failed, not the person.
    Store(StoreError),
    /// A template or a task failed.
    Broken(String),
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Missing(_) => Self::Missing,
            error => Self::Store(error),
        }
    }
}

impl From<askama::Error> for PageError {
    fn from(error: askama::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    status: u16,
    what: String,
    now: Vec<String>,
    typed: Vec<String>,
}

impl PageError {
    fn page(self) -> (StatusCode, &'static str, String, Vec<String>) {
        let again =
            vec!["请用浏览器的“后退”回到原来的页面，已填写的内容还在，稍后再提交。".to_owned()];
        match self {
            Self::SignIn(_) | Self::ChangePassword => {
                (StatusCode::UNAUTHORIZED, "请先登录", String::new(), Vec::new())
            }
            Self::TimedOut(_) => (
                StatusCode::UNAUTHORIZED,
                "登录已经超时",
                "这次提交没有作任何记录。您填写的文字在下面，请先复制，登录后贴回表单。".into(),
                Vec::new(),
            ),
            Self::Token => (
                StatusCode::FORBIDDEN,
                "页面已经失效",
                "表单不是本次登录打开的，没有作任何记录。".into(),
                vec!["请回到原来的页面刷新后重新提交。".into()],
            ),
            Self::Forbidden(why) => (StatusCode::FORBIDDEN, "无权办理", why, Vec::new()),
            Self::Missing => (
                StatusCode::NOT_FOUND,
                "没有找到",
                "没有这个页面，或者您无权知悉。".into(),
                vec!["请核对网址；工作人员可以在工作台上方的搜索框里按案号查找。".into()],
            ),
            Self::Refused(refusal) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "不能办理",
                "没有作任何记录。".into(),
                refusal.grounds.iter().map(|ground| ground.to_string()).collect(),
            ),
            Self::Unfit(what) => (StatusCode::UNPROCESSABLE_ENTITY, "不能处理", what, again),
            Self::TooLarge(what) => (StatusCode::PAYLOAD_TOO_LARGE, "内容太大", what, again),
            Self::Unreadable => (
                StatusCode::BAD_REQUEST,
                "表单无法识别",
                "提交的内容不完整或者格式不对，没有作任何记录。".into(),
                again,
            ),
            Self::TooMany => (
                StatusCode::TOO_MANY_REQUESTS,
                "操作太频繁",
                "同一地址的请求太多，请一分钟后再试。".into(),
                Vec::new(),
            ),
            Self::Store(error) => {
                let status = match error {
                    StoreError::Overtaken => StatusCode::CONFLICT,
                    StoreError::Busy | StoreError::Full | StoreError::Unreachable(_) => {
                        StatusCode::SERVICE_UNAVAILABLE
                    }
                    _ => StatusCode::INTERNAL_SERVER_ERROR,
                };
                tracing::error!(%error, "the store failed");
                let what = match status {
                    StatusCode::INTERNAL_SERVER_ERROR => {
                        "系统故障，没有作任何记录。详情已记入日志，请联系管理员。".into()
                    }
                    _ => error.to_string(),
                };
                (status, "暂时不能办理", what, again)
            }
            Self::Broken(why) => {
                tracing::error!(why, "a page failed");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "系统故障",
                    "页面没有做出来。详情已记入日志，请联系管理员。".into(),
                    again,
                )
            }
        }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        if let Self::SignIn(back) = &self {
            let back = if back == "/" { "" } else { back };
            return Redirect::to(&String::from(Address::to("/sign-in").with("back", back)))
                .into_response();
        }
        if matches!(self, Self::ChangePassword) {
            return Redirect::to("/password").into_response();
        }
        let typed = match &self {
            Self::TimedOut(typed) => typed.clone(),
            _ => Vec::new(),
        };
        let (status, title, what, now) = self.page();
        let frame = Frame { title: title.into(), ..Frame::default() };
        let page = ErrorPage { frame, status: status.as_u16(), what, now, typed };
        match page.render() {
            Ok(text) => (status, [(header::CACHE_CONTROL, "no-store")], Html(text)).into_response(),
            Err(_) => (status, title).into_response(),
        }
    }
}

/// The page a panic leaves behind.
pub fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    PageError::Broken("a handler panicked".into()).into_response()
}

/// The page of an address that leads nowhere.
pub async fn missing() -> PageError {
    PageError::Missing
}
