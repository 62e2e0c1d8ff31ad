//! `yifa init`: a county from its file.

use std::path::PathBuf;

use jiff::civil::Date;

use super::{Failure, say};
use crate::{
    clock::Clock,
    place::Place,
    play::county::County,
    play::founding::{found, secret},
};

/// 按县情文件建一个县
#[derive(Debug, clap::Args)]
pub struct Init {
    #[command(flatten)]
    place: Place,
    /// 县情文件（或者放这些文件的文件夹）：机关、人员、岗位
    #[arg(long, value_name = "文件")]
    file: PathBuf,
    /// 岗位从哪天起，默认今天
    #[arg(long, value_name = "日期")]
    from: Option<Date>,
}

impl Init {
    pub fn run(&self) -> Result<(), Failure> {
        let county = County::read(&self.file)?;
        let clock = Clock::Machine;
        let store = self.place.store()?;
        let from = self.from.unwrap_or_else(|| clock.today());
        let accounts = county.people.iter().filter(|person| person.login.is_some()).count();
        let password = secret()?;
        found(&store, &county, from, &password, true)?;
        say!("已建：{}个机关，{}人，{accounts}个账号。", county.organs.len(), county.people.len());
        say!("各账号的初始口令：{password}（首次登录须改）");
        Ok(())
    }
}
