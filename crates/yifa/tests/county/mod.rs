//! A demonstration county at work: its database in a folder of its own, its desk on a free port.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStdout, Command, Stdio},
};

/// The password of every demonstration account.
pub const PASSWORD: &str = "Yifa-demo-2026";

/// A county whose desk is open until the test process ends.
pub struct County {
    /// A shell that holds the desk: when its input ends, it closes the desk and clears up.
    _holder: Child,
    _told: BufReader<ChildStdout>,
    address: String,
}

/// `$0` is the folder, the rest the command line of the desk.
const HOLD: &str = r#"
exec 3<&0
"$@" </dev/null 3<&- &
desk=$!
exec >&-
read -r _ <&3
kill "$desk"
wait "$desk"
rm -rf "$0"
"#;

impl County {
    /// Plays so many percent of the demonstration's work, and opens the desk.
    pub fn open(percent: u32) -> County {
        let folder = std::env::temp_dir().join(format!("yifa-county-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        let mut holder = Command::new("sh")
            .args(["-c", HOLD])
            .arg(&folder)
            .arg(env!("CARGO_BIN_EXE_yifa"))
            .args(["demo", "--port", "0", "--scale", &percent.to_string(), "--db"])
            .arg(folder.join("yifa.db"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut told = BufReader::new(holder.stdout.take().expect("its output is piped"));
        let address = told
            .by_ref()
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("网页：").map(str::to_owned))
            .expect("the program says where the desk is");
        County { _holder: holder, _told: told, address }
    }

    /// The full address of a page.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }
}
