//! `yifa ledger`: verify, seal, rebuild, back up and restore; `yifa verify`: a receipt by itself.

use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressStyle};
use jiff::{ToSpan, civil::Date};
use store::{
    Progress, Store,
    receipt::{Verified, verify_receipt},
};

use super::{Failure, say};
use crate::{clock::Clock, place::Place};

/// 账目
#[derive(Debug, clap::Subcommand)]
pub enum Ledger {
    /// 核验全部账目：逐笔重算摘要，逐日重算日封
    Verify(Whole),
    /// 日封：封到昨天（或者指定的日子）
    Seal(SealDay),
    /// 由账目重建全部视图
    Rebuild(Whole),
    /// 备份数据库和附件到一个新文件夹（不含密钥）
    Backup(Copy),
    /// 从备份恢复到还没有的数据库
    Restore(Copy),
}

/// The whole ledger of a county.
#[derive(Debug, clap::Args)]
pub struct Whole {
    #[command(flatten)]
    place: Place,
}

/// Which day.
#[derive(Debug, clap::Args)]
pub struct SealDay {
    #[command(flatten)]
    place: Place,
    /// 封到哪天；默认昨天
    #[arg(long, value_name = "日期")]
    day: Option<Date>,
}

/// A backup folder.
#[derive(Debug, clap::Args)]
pub struct Copy {
    #[command(flatten)]
    place: Place,
    /// 备份文件夹
    folder: PathBuf,
}

/// 核验一份回执
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// 回执文件
    receipt: PathBuf,
}

impl Ledger {
    pub fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Verify(whole) => verify(&whole.place),
            Self::Seal(day) => day.run(),
            Self::Rebuild(whole) => rebuild(&whole.place),
            Self::Backup(copy) => copy.backup(),
            Self::Restore(copy) => copy.restore(),
        }
    }
}

fn verify(place: &Place) -> Result<(), Failure> {
    let office = place.office(Clock::Machine)?;
    let bar = entries();
    let damages = office.store().verify(office.county(), |progress| show(&bar, progress))?;
    bar.finish_and_clear();
    if damages.is_empty() {
        let (count, seals) = office.store().read(office.county(), |read| {
            Ok::<_, store::StoreError>((read.entries()?, read.seals()?.len()))
        })?;
        say!("核验通过：{count}笔账目，{seals}个日封，全部相符。");
        return Ok(());
    }
    for damage in &damages {
        eprintln!("损坏：{damage}");
    }
    Err(Failure::said(format!("核验不通过：{}处损坏", damages.len())))
}

fn rebuild(place: &Place) -> Result<(), Failure> {
    let office = place.office(Clock::Machine)?;
    let bar = entries();
    let law = office.law();
    let cases = office
        .store()
        .rebuild(office.county(), law, &law.calendar, |progress| show(&bar, progress))?;
    bar.finish_and_clear();
    say!("已重建：{cases}件案件的视图。");
    Ok(())
}

impl SealDay {
    fn run(&self) -> Result<(), Failure> {
        let office = self.place.office(Clock::Machine)?;
        let day = self.day.unwrap_or_else(|| office.clock().today().saturating_sub(1.day()));
        if day > office.clock().today() {
            return Err(Failure::said("错误：不能封未来的日子"));
        }
        let at = office.clock().now();
        let seal = office.store().write(office.county(), |tx| tx.seal(day, at))?;
        say!("{}　案件{}件　日封 {}", seal.day, seal.size, seal.digest);
        Ok(())
    }
}

impl Copy {
    fn backup(&self) -> Result<(), Failure> {
        self.place.store()?.backup(&self.folder)?;
        say!("已备份到{}。密钥文件不在其中，请另行妥善保管。", self.folder.display());
        Ok(())
    }

    fn restore(&self) -> Result<(), Failure> {
        Store::restore(&self.folder, self.place.config()?)?;
        say!("已恢复到{}。请用 yifa ledger verify 核验。", self.place.db);
        Ok(())
    }
}

impl Verify {
    pub fn run(&self) -> Result<(), Failure> {
        let json = std::fs::read_to_string(&self.receipt)
            .map_err(|error| format!("回执文件{}读不了：{error}", self.receipt.display()))?;
        match verify_receipt(&json)? {
            Verified::Sealed(seal) => {
                say!("回执相符，已入{}的日封：", seal.day);
                say!("  {}", seal.digest);
                say!("请与公布的日封核对：两者一致，就证明这笔账目自那天起没有改动。");
            }
            Verified::Unsealed => {
                say!("回执自身相符；当天的日封还没有做，日封以后再来取一次回执。")
            }
        }
        Ok(())
    }
}

fn entries() -> ProgressBar {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} 笔 {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

fn show(bar: &ProgressBar, progress: Progress) {
    bar.set_length(progress.total);
    bar.set_position(progress.done);
}
