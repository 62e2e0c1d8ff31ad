//! `yifa demo`: a fictitious county that has worked for a year.

use std::{path::PathBuf, sync::Arc};

use indicatif::{ProgressBar, ProgressStyle};

use super::{
    Failure, say,
    serve::{self, Listen},
};
use crate::{
    clock::Clock,
    place::Place,
    play::{
        demonstration::Demonstration,
        year::{PASSWORD, play_demo},
    },
};

/// 建一个演示县，演一年的工作，打开网页
#[derive(Debug, clap::Args)]
pub struct Demo {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    listen: Listen,
    /// 从头再来：删掉已有的演示数据库
    #[arg(long)]
    fresh: bool,
    /// 建好以后不打开网页
    #[arg(long)]
    no_serve: bool,
    /// 规模：百分之几（默认100）
    #[arg(long, default_value_t = 100, value_name = "百分数")]
    scale: u32,
    /// 演示县的文件夹（county/ 和 year/），不写就用随程序带的
    #[arg(long, value_name = "文件夹")]
    files: Option<PathBuf>,
}

impl Demo {
    pub fn run(&self) -> Result<(), Failure> {
        serve::log();
        if self.fresh {
            self.remove()?;
        }
        let demonstration = Demonstration::read(self.files.as_deref())?;
        let ready = self.place.exists() && !self.place.store()?.counties()?.is_empty();
        if ready {
            say!("演示数据库已经有了：{}（从头再来用 --fresh）", self.place.db);
        } else {
            self.create(&demonstration)?;
        }
        accounts(&demonstration)?;
        if self.no_serve {
            return Ok(());
        }
        let office = self.place.office(Clock::Machine)?;
        serve::open(Arc::new(office), &self.listen)
    }

    fn create(&self, demonstration: &Demonstration) -> Result<(), Failure> {
        say!("建演示县，数据库：{}", self.place.db);
        let bar = progress();
        let played = play_demo(&self.place, demonstration, self.scale, |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        });
        if played.is_err() {
            // Half a year would look like a whole one the next time.
            bar.abandon();
            self.remove()?;
        }
        let played = played?;
        bar.finish_and_clear();
        say!(
            "演完：办理{}次，案件{}件，其中演到底{}件。",
            played.acts,
            played.cases,
            played.finished
        );
        Ok(())
    }

    fn remove(&self) -> Result<(), Failure> {
        let Some(file) = self.place.file() else {
            let say = "错误：--fresh 不删除 PostgreSQL 数据库，请自己建一个空的";
            return Err(Failure::said(say));
        };
        let beside = ["db", "db-wal", "db-shm", "keys"].map(|end| match end {
            "db" => file.to_owned(),
            "keys" => file.with_extension("keys"),
            end => {
                let mut name = file.as_os_str().to_owned();
                name.push(&end[2..]);
                name.into()
            }
        });
        for path in beside {
            if path.exists() {
                std::fs::remove_file(&path)?;
            }
        }
        let files = file.with_extension("files");
        if files.exists() {
            std::fs::remove_dir_all(files)?;
        }
        Ok(())
    }
}

/// The demonstration accounts, one for each role.
fn accounts(demonstration: &Demonstration) -> Result<(), Failure> {
    let county = &demonstration.county;
    say!("演示账号（口令都是 {PASSWORD}）：");
    for person in county.people.iter().filter(|person| person.login.is_some()) {
        let login = person.login.as_deref().unwrap_or_default();
        say!("  {login:<12} {} {}", person.name, person.shows.as_deref().unwrap_or_default());
    }
    Ok(())
}

/// A progress bar in Chinese.
pub fn progress() -> ProgressBar {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} 次办理 {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
