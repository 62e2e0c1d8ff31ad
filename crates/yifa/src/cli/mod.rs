//! 命令行: every command the program knows, one `match`.

mod audit;
mod cite;
mod demo;
mod due;
mod exchange;
mod files;
mod init;
mod law;
mod laws;
mod ledger;
mod report;
mod serve;
mod simulate;

use std::{fmt::Display, process::ExitCode};

use clap::{Parser, Subcommand};

/// 依法：县乡法治政府建设日常工作系统
#[derive(Debug, Parser)]
#[command(name = "yifa", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 建一个演示县，演一年的工作，打开网页
    Demo(demo::Demo),
    /// 打开网页
    Serve(serve::Serve),
    /// 按县情文件建一个县
    Init(init::Init),
    /// 核对程序文件
    #[command(subcommand)]
    Law(law::LawCommand),
    /// 核对文件里的法规引用
    #[command(subcommand)]
    Cite(cite::Cite),
    /// 算一个期限，并说明怎么算的
    Due(due::DueCommand),
    /// 一个单位一年的全部数据
    Figures(report::Figures),
    /// 年度报告
    #[command(subcommand)]
    Report(report::Report),
    /// 按给定的数据演一年的工作
    Simulate(simulate::Simulate),
    /// 与其他平台按文件交换数据：导入、导出、对账
    #[command(subcommand)]
    Exchange(exchange::Exchange),
    /// 账目：核验、日封、重建、备份、恢复
    #[command(subcommand)]
    Ledger(ledger::Ledger),
    /// 核验一份回执（不用数据库）
    Verify(ledger::Verify),
}

/// Runs the command that was typed; errors go to stderr in Chinese, with a non-zero status.
pub fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Demo(demo) => demo.run(),
        Command::Serve(serve) => serve.run(),
        Command::Init(init) => init.run(),
        Command::Law(law) => law.run(),
        Command::Cite(cite) => cite.run(),
        Command::Due(due) => due.run(),
        Command::Figures(figures) => figures.run(),
        Command::Report(report) => report.run(),
        Command::Simulate(simulate) => simulate.run(),
        Command::Exchange(exchange) => exchange.run(),
        Command::Ledger(ledger) => ledger.run(),
        Command::Verify(verify) => verify.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(message)) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// Prints a line; whoever closed the other end of the pipe has read enough.
macro_rules! say {
    ($($part:tt)*) => {{
        use std::io::Write as _;
        if writeln!(std::io::stdout(), $($part)*).is_err() {
            std::process::exit(0);
        }
    }};
}
pub(crate) use say;

/// A command that failed, in words for whoever typed it.
#[derive(Debug)]
pub struct Failure(String);

impl<E: Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(format!("错误：{error}"))
    }
}

impl Failure {
    /// A message that already says everything.
    fn said(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}
