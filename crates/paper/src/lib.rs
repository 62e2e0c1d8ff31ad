//! 文书与报告: official documents as files.
//!
//! [`render`] puts the facts of a case into a template of the law, [`from_markdown`] reads the
//! result as a [`Paper`], and the same `Paper` is written by [`docx`], [`pdf`] and [`html`] in the
//! layout of GB/T 9704-2012. [`report`] compiles a `Paper` from an outline and figures; [`xlsx`]
//! writes registers and figures. [`reading`] reads what others have written.
//!
//! Rooms: [`model`] what stands on a paper · [`markdown`] and [`template`] how one is written ·
//! [`words`] amounts and ordinals in words · `page` the measures of the standard · `lines` 断行 ·
//! `pages` 分页 · `fonts` what this machine has to print with.

pub mod docx;
mod fonts;
pub mod html;
mod lines;
pub mod markdown;
pub mod model;
mod page;
mod pages;
pub mod pdf;
pub mod reading;
pub mod report;
pub mod template;
pub mod words;
pub mod xlsx;

pub use markdown::from_markdown;
pub use model::{Block, Paper, Run, Style, Table};
pub use template::{TemplateFault, missing_sentences, render};
