//! The programs that some tests need, and how to come by them.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::steps;

/// A program or font that some tests need.
pub struct Need {
    pub what: &'static str,
    present: fn() -> bool,
    /// Its packages where `apt-get` is the package manager.
    packages: &'static [&'static str],
    /// What is not tested without it.
    otherwise: &'static str,
}

/// Everything the tests use beyond a Rust toolchain and a C compiler.
pub const NEEDS: &[Need] = &[
    Need {
        what: "PostgreSQL server",
        present: || crate::postgres::programs().is_some(),
        packages: &["postgresql"],
        otherwise: "the store is tested on SQLite only",
    },
    Need {
        what: "Chromium",
        present: || on_path(&["chromium", "chromium-browser", "google-chrome"]),
        packages: &["chromium"],
        otherwise: "no journey is made through the pages in a browser",
    },
    Need {
        what: "ChromeDriver",
        present: || on_path(&["chromedriver"]),
        packages: &["chromium-driver"],
        otherwise: "no journey is made through the pages in a browser",
    },
    Need {
        what: "a Chinese font",
        present: chinese_font,
        packages: &["fonts-noto-cjk"],
        otherwise: "no PDF is made",
    },
    Need {
        what: "poppler (pdftotext, pdftoppm)",
        present: || on_path(&["pdftotext"]) && on_path(&["pdftoppm"]),
        packages: &["poppler-utils"],
        otherwise: "the text of PDF files is not read back",
    },
];

/// Installs what is missing, where this machine lets us; otherwise says what will not be tested.
pub fn missing() -> Result<(), String> {
    let absent = || NEEDS.iter().filter(|need| !(need.present)()).collect::<Vec<_>>();
    let wanted = absent();
    if wanted.is_empty() {
        println!("nothing is missing");
        return Ok(());
    }
    let packages = wanted.iter().flat_map(|need| need.packages).copied().collect::<Vec<_>>();
    if let Err(why) = apt_get(&packages) {
        println!("cannot install {}: {why}", packages.join(" "));
    }
    for need in absent() {
        println!("missing: {} — {}", need.what, need.otherwise);
    }
    Ok(())
}

fn apt_get(packages: &[&str]) -> Result<(), String> {
    let prefix = privilege()?;
    let apt_get = |words: &[&str]| {
        let mut command = Command::new(prefix.first().unwrap_or(&"apt-get"));
        if !prefix.is_empty() {
            command.args(&prefix[1..]).arg("apt-get");
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").arg("--yes").arg("--quiet=2").args(words);
        steps::run(&mut command)
    };
    let install: Vec<&str> =
        ["install", "--no-install-recommends"].iter().chain(packages).copied().collect();
    // The list of packages may be old or absent; fetching it anew is the slow part.
    apt_get(&install).or_else(|_| {
        apt_get(&["update"])?;
        apt_get(&install)
    })
}

/// The words before `apt-get` that let it install: none for root, `sudo` where it asks nothing.
fn privilege() -> Result<&'static [&'static str], String> {
    if !on_path(&["apt-get"]) {
        return Err("there is no apt-get here; please use your own package manager".to_owned());
    }
    if crate::postgres::is_root() {
        return Ok(&[]);
    }
    let quiet = Command::new("sudo").args(["-n", "true"]).stderr(Stdio::null()).status();
    match quiet {
        Ok(status) if status.success() => Ok(&["sudo", "-n"]),
        _ => Err("not root, and sudo asks for a password".to_owned()),
    }
}

/// Whether any of these programs can be run by its name.
pub fn on_path(names: &[&str]) -> bool {
    find(names).is_some()
}

/// The first of these programs that is on the path.
pub fn find(names: &[&str]) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&path).collect();
    let at = |name: &&str| folders.iter().map(|f| f.join(name)).find(|file| file.is_file());
    names.iter().find_map(at)
}

fn chinese_font() -> bool {
    let listed = Command::new("fc-list").arg(":lang=zh-cn").output();
    match listed {
        Ok(listed) => !listed.stdout.is_empty(),
        Err(_) => ["/usr/share/fonts/opentype/noto", "/System/Library/Fonts/PingFang.ttc"]
            .iter()
            .any(|place| Path::new(place).exists()),
    }
}
