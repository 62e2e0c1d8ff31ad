//! `yifa exchange`: other platforms' files, in and out.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use engine::actor::{Actor, OrganPath};
use jiff::civil::Date;
use law::exchange::Exchange as Definition;
use sm3::{Digest, Sm3};

use super::{Failure, demo::progress, say, serve};
use crate::{
    clock::Clock,
    exchange::{
        export::Exporting,
        file::Rows,
        import::{Importing, Mode, Outcome, REHEARSED},
        seats,
    },
    office::Office,
    place::Place,
};

/// 与其他平台按文件交换数据
#[derive(Debug, clap::Subcommand)]
pub enum Exchange {
    /// 有哪些数据交换
    List(List),
    /// 接通：给对方平台在一个机关设席位
    Connect(Connect),
    /// 导入对方的文件；每一行都依程序办理
    Import(Import),
    /// 按对方要的栏目导出
    Export(Export),
    /// 对账：文件与本系统逐行核对，什么也不改
    Check(Check),
}

/// 有哪些数据交换
#[derive(Debug, clap::Args)]
pub struct List {
    /// 本地的法文件夹
    #[arg(long, value_name = "文件夹")]
    law: Option<PathBuf>,
}

/// 接通
#[derive(Debug, clap::Args)]
pub struct Connect {
    #[command(flatten)]
    place: Place,
    /// 数据交换的标识
    id: String,
    /// 机关（名称或者路径），可以写几个；不写就是全县各机关
    #[arg(long = "organ", value_name = "机关")]
    organs: Vec<String>,
}

/// 导入
#[derive(Debug, clap::Args)]
pub struct Import {
    #[command(flatten)]
    place: Place,
    /// 数据交换的标识
    id: String,
    /// 对方的文件
    file: PathBuf,
    /// 谁导入（登录名或者人员编号）
    #[arg(long = "as", value_name = "人员")]
    person: String,
    /// 承办机关；默认是导入人所在的机关
    #[arg(long, value_name = "机关")]
    organ: Option<String>,
    /// 只试办，不留下任何东西
    #[arg(long)]
    dry_run: bool,
    /// 没有办成的行写到这个文件
    #[arg(long, value_name = "文件.csv")]
    problems: Option<PathBuf>,
}

/// 导出
#[derive(Debug, clap::Args)]
pub struct Export {
    #[command(flatten)]
    place: Place,
    /// 数据交换的标识
    id: String,
    /// 谁导出（登录名或者人员编号）
    #[arg(long = "as", value_name = "人员")]
    person: String,
    /// 起日
    #[arg(long, value_name = "日期")]
    from: Date,
    /// 止日
    #[arg(long, value_name = "日期")]
    to: Date,
    /// 写到这个文件
    #[arg(long, value_name = "文件")]
    out: Option<PathBuf>,
}

/// 对账
#[derive(Debug, clap::Args)]
pub struct Check {
    #[command(flatten)]
    place: Place,
    /// 数据交换的标识
    id: String,
    /// 对方的文件
    file: PathBuf,
    /// 谁对账（登录名或者人员编号）
    #[arg(long = "as", value_name = "人员")]
    person: String,
    /// 承办机关；默认是对账人所在的机关
    #[arg(long, value_name = "机关")]
    organ: Option<String>,
    /// 不一致的写到这个文件
    #[arg(long, value_name = "文件.csv")]
    problems: Option<PathBuf>,
}

impl Exchange {
    pub fn run(&self) -> Result<(), Failure> {
        serve::log();
        match self {
            Self::List(list) => list.run(),
            Self::Connect(connect) => connect.run(),
            Self::Import(import) => import.run(),
            Self::Export(export) => export.run(),
            Self::Check(check) => check.run(),
        }
    }
}

impl List {
    fn run(&self) -> Result<(), Failure> {
        let place = Place { db: String::new(), law: self.law.clone(), county: None };
        for exchange in place.law()?.exchanges.values() {
            let ways = match (&exchange.import, &exchange.export) {
                (Some(_), Some(_)) => "导入、导出",
                (Some(_), None) => "导入",
                _ => "导出",
            };
            let sample =
                if exchange.sample { "（样例，接通前照对方表样核对）" } else { "" };
            say!("{:<24} {}　{}　{ways}{sample}", exchange.id, exchange.name, exchange.platform);
        }
        Ok(())
    }
}

impl Connect {
    fn run(&self) -> Result<(), Failure> {
        let office = self.place.office(Clock::Machine)?;
        let exchange = exchange(&office, &self.id)?;
        let organs = match self.organs.as_slice() {
            [] => office.store().read(office.county(), |read| read.organs())?,
            named => {
                let paths = named.iter().map(|name| organ(&office, name));
                let paths = paths.collect::<Result<Vec<_>, _>>()?;
                let all = office.store().read(office.county(), |read| read.organs())?;
                all.into_iter().filter(|organ| paths.contains(&organ.path)).collect()
            }
        };
        for organ in organs {
            seats::connect(&office, exchange, &organ.path)?;
            say!("已接通：{} · {}", exchange.name, organ.name);
        }
        Ok(())
    }
}

impl Import {
    fn run(&self) -> Result<(), Failure> {
        let office = self.place.office(Clock::Machine)?;
        let exchange = exchange(&office, &self.id)?;
        let (person, organ) = who(&office, &self.person, self.organ.as_deref())?;
        let importing = importing(&office, exchange, &person, organ, &self.file)?;
        let import = importing.allowed()?;
        let rows = Rows::open(&self.file, import)?;
        let mode = if self.dry_run { Mode::Rehearse } else { Mode::Keep };
        let began = Instant::now();
        let bar = progress();
        bar.set_style(style());
        let outcome = importing.run(rows, mode, |lines| bar.set_position(lines))?;
        bar.finish_and_clear();
        report(&outcome, mode);
        let seconds = began.elapsed().as_secs_f64();
        let rate = (outcome.done + outcome.again + outcome.refused) as f64 / seconds.max(0.001);
        say!("用时{seconds:.1}秒，每秒{rate:.0}个行为{}", memory());
        if let Some(path) = &self.problems {
            std::fs::write(path, &outcome.result)?;
            say!("没有办成的行：{}", path.display());
        }
        Ok(())
    }
}

/// What became of a file, in a few lines.
fn report(outcome: &Outcome, mode: Mode) {
    let done = if mode == Mode::Rehearse { "可以办" } else { "办成" };
    say!(
        "读{}行：{done}{}个行为（立案{}件），以前导入过{}个，没有办成{}处",
        outcome.lines,
        outcome.done,
        outcome.opened,
        outcome.again,
        outcome.refused
    );
    if mode == Mode::Rehearse && outcome.decided < outcome.lines {
        say!("试办了前{REHEARSED}行，其余只核对了写法");
    }
    let mut grounds: Vec<_> = outcome.grounds.iter().collect();
    grounds.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for ((act, ground), count) in grounds.iter().take(20) {
        let act = if act.is_empty() { "读不懂" } else { act };
        say!("  {count:>7}  {act}：{ground}");
    }
    if let Some(first) = outcome.problems.first() {
        say!("第一处：第{}行（{}）", first.line, first.number);
    }
}

impl Export {
    fn run(&self) -> Result<(), Failure> {
        let office = self.place.office(Clock::Machine)?;
        let exchange = exchange(&office, &self.id)?;
        let (person, _) = who(&office, &self.person, None)?;
        let exporting =
            Exporting { office: &office, exchange, person: &person, days: (self.from, self.to) };
        let exported = exporting.run()?;
        let path = self.out.clone().unwrap_or_else(|| PathBuf::from(&exported.name));
        std::fs::write(&path, &exported.bytes)?;
        say!("已导出{}行：{}", exported.rows, path.display());
        Ok(())
    }
}

impl Check {
    fn run(&self) -> Result<(), Failure> {
        let office = self.place.office(Clock::Machine)?;
        let exchange = exchange(&office, &self.id)?;
        let (person, organ) = who(&office, &self.person, self.organ.as_deref())?;
        let importing = importing(&office, exchange, &person, organ, &self.file)?;
        let rows = Rows::open(&self.file, importing.allowed()?)?;
        let bar = progress();
        bar.set_style(style());
        let found = importing.compare(rows, |lines| bar.set_position(lines))?;
        bar.finish_and_clear();
        say!(
            "核对{}行：一致{}个行为；文件有本系统没有{}，本系统有文件没有{}，不一致{}",
            found.lines,
            found.same,
            found.only_there,
            found.only_here,
            found.differing
        );
        for one in found.differences.iter().take(10) {
            let line = one.line.map(|line| format!("第{line}行")).unwrap_or_default();
            say!("  {line}{} {}：{} {} {}", one.number, one.kind, one.what, one.theirs, one.ours);
        }
        if let Some(path) = &self.problems {
            std::fs::write(path, &found.result)?;
            say!("不一致的：{}", path.display());
        }
        Ok(())
    }
}

fn importing<'a>(
    office: &'a Office,
    exchange: &'a Definition,
    person: &'a Actor,
    organ: OrganPath,
    file: &Path,
) -> Result<Importing<'a>, Failure> {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Importing { office, exchange, person, organ, file: name, digest: digest(file)? })
}

/// SM3 of a file of any size.
fn digest(path: &Path) -> Result<String, Failure> {
    let mut file = std::fs::File::open(path)
        .map_err(|error| format!("文件{}读不了：{error}", path.display()))?;
    let mut digest = Sm3::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        match std::io::Read::read(&mut file, &mut piece)? {
            0 => break,
            read => digest.update(&piece[..read]),
        }
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn exchange<'a>(office: &'a Office, id: &str) -> Result<&'a Definition, Failure> {
    office.law().exchanges.get(id).ok_or_else(|| {
        let known: Vec<&str> = office.law().exchanges.keys().map(law::Id::as_str).collect();
        Failure::said(format!("错误：没有数据交换“{id}”，已有：{}", known.join("、")))
    })
}

fn organ(office: &Office, name: &str) -> Result<OrganPath, Failure> {
    let organs = office.store().read(office.county(), |read| read.organs())?;
    let named =
        organs.into_iter().find(|o| o.path.as_str() == name || o.name == name || o.short == name);
    named.map(|organ| organ.path).ok_or_else(|| Failure::said(format!("错误：没有机关“{name}”")))
}

/// Who it is, and for which organ.
fn who(office: &Office, name: &str, of: Option<&str>) -> Result<(Actor, OrganPath), Failure> {
    let actor = office.store().read(office.county(), |read| {
        let person = match read.person_by_login(name)? {
            Some(person) => Some(person.id),
            None => read.person(name)?.map(|person| person.id),
        };
        match person {
            Some(id) => read.actor(&id),
            None => Ok(None),
        }
    })?;
    let actor = actor.ok_or_else(|| Failure::said(format!("错误：没有人员“{name}”")))?;
    let today = office.clock().today();
    let seat = actor.posts.iter().find(|post| post.on(today)).map(|post| post.organ.clone());
    let organ = match of {
        Some(name) => organ(office, name)?,
        None => seat.ok_or_else(|| Failure::said(format!("错误：{}没有在任岗位", actor.name)))?,
    };
    Ok((actor, organ))
}

fn style() -> indicatif::ProgressStyle {
    let style = indicatif::ProgressStyle::with_template("{spinner} {pos} 行 {per_sec} {elapsed}");
    style.unwrap_or_else(|_| indicatif::ProgressStyle::default_spinner())
}

/// The most memory this process has held, where the system says so.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = most.and_then(|most| most.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.map(|kb| format!("，内存最多{} MB", kb / 1024)).unwrap_or_default()
}
