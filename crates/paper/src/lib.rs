//! 文书与报告: official documents as files.
//!
//! A template of the law and the facts of a case become a [`Paper`] ([`render`], then
//! [`from_markdown`]); the same `Paper` is written as DOCX, PDF or HTML.

pub mod docx;
mod fonts;
pub mod html;
mod lines;
pub mod markdown;
pub mod model;
mod page;
mod pages;
pub mod pdf;
pub mod report;
pub mod template;
pub mod words;
pub mod xlsx;

pub use markdown::from_markdown;
pub use model::{Block, Paper, Run, Style, Table};
pub use template::{TemplateFault, missing_sentences, render};
