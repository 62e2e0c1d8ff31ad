//! Where everything is kept: database, keys, files, law. 存放位置

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use law::{Law, diagnostic::render_all, source};
use store::{Config, Keys, Store, StoreError};

use crate::{clock::Clock, office::Office};

/// What the command line says about where things are.
#[derive(Clone, Debug, clap::Args)]
pub struct Place {
    /// 数据库：文件路径，或者 postgres:// 地址
    #[arg(long, value_name = "路径或地址", default_value = "data/yifa.db")]
    pub db: String,
    /// 本地的法（程序、日历、指标）文件夹，替换或者补充随程序带的
    #[arg(long, value_name = "文件夹")]
    pub law: Option<PathBuf>,
    /// 县的代码；数据库里只有一个县时不用写
    #[arg(long, value_name = "代码")]
    pub county: Option<String>,
}

/// Why the office could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum PlaceFault {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The law folder.
    #[error("法文件夹{folder}读不了：{error}")]
    Law {
        /// Which.
        folder: String,
        /// Why.
        error: std::io::Error,
    },
    /// The data folder.
    #[error("数据文件夹{folder}建不了：{error}")]
    Folder {
        /// Which.
        folder: String,
        /// Why.
        error: std::io::Error,
    },
    /// No county, or several and none named.
    #[error("{0}")]
    County(String),
}

impl Place {
    /// Whether the database is there already.
    pub fn exists(&self) -> bool {
        match self.file() {
            Some(file) => file.exists(),
            None => true,
        }
    }

    /// The database file, where it is one.
    pub fn file(&self) -> Option<&Path> {
        (!self.db.starts_with("postgres")).then(|| Path::new(self.db.trim_start_matches("sqlite:")))
    }

    /// The law in force here: embedded, with the local folder laid over it. What is wrong with
    /// local files is logged; editions with errors are left out.
    pub fn law(&self) -> Result<Arc<Law>, PlaceFault> {
        let Some(folder) = &self.law else { return Ok(Law::embedded()) };
        let local = source::read_folder(folder)
            .map_err(|error| PlaceFault::Law { folder: folder.display().to_string(), error })?;
        let files = source::overlay(source::embedded(), local);
        let (law, faults) = Law::parse(&files);
        if faults.iter().any(|fault| fault.is_error()) {
            tracing::error!("法文件夹有错误：\n{}", render_all(&faults, &files, false));
        }
        Ok(Arc::new(law))
    }

    /// Opens the database with its keys and files beside it, making them where they are missing.
    pub fn store(&self) -> Result<Store, PlaceFault> {
        Ok(Store::open(self.config()?)?)
    }

    /// Where the database, its keys and its files are.
    pub fn config(&self) -> Result<Config, PlaceFault> {
        let (url, beside) = match self.file() {
            Some(file) => (format!("sqlite:{}", file.display()), file.to_owned()),
            None => (self.db.clone(), PathBuf::from("data/yifa")),
        };
        if let Some(folder) = beside.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| PlaceFault::Folder {
                folder: folder.display().to_string(),
                error,
            })?;
        }
        let keys = Keys::open(&beside.with_extension("keys"))?;
        let files = beside.with_extension("files");
        Ok(Config { url, keys, files })
    }

    /// Opens the office of the county.
    pub fn office(&self, clock: Clock) -> Result<Office, PlaceFault> {
        let store = self.store()?;
        let county = self.the_county(&store)?;
        Ok(Office::open(self.law()?, store, clock, county)?)
    }

    fn the_county(&self, store: &Store) -> Result<String, PlaceFault> {
        let counties = store.counties()?;
        match (&self.county, counties.as_slice()) {
            (Some(code), known) if known.iter().any(|(known, _)| known == code) => Ok(code.clone()),
            (Some(code), _) => Err(PlaceFault::County(format!("数据库里没有县“{code}”"))),
            (None, [(code, _)]) => Ok(code.clone()),
            (None, []) => Err(PlaceFault::County(
                "数据库里还没有县。先用 yifa init 建县，或者用 yifa demo 建演示县".into(),
            )),
            (None, several) => {
                let codes: Vec<&str> = several.iter().map(|(code, _)| code.as_str()).collect();
                let say = format!("数据库里有几个县，请用 --county 指明：{}", codes.join("、"));
                Err(PlaceFault::County(say))
            }
        }
    }
}
