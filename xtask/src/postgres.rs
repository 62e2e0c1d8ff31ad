//! A throwaway PostgreSQL server on the loopback address, for tests and benchmarks only.
//!
//! It lives in a folder of its own and on a port of its own; a server that the machine already
//! runs is not touched. A small shell holds it: when this process ends, however it ends, the pipe
//! to the shell closes, the shell stops the server and removes the folder.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running server; dropping it stops it.
pub struct Server {
    holder: Child,
    port: u16,
}

/// Whether the server waits for the disk at each commit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// As in use: for measuring.
    Full,
    /// Survives the end of a process, not the loss of power: for tests.
    ProcessOnly,
}

impl Server {
    /// Makes a new cluster and starts its server.
    pub fn start(durability: Durability) -> Result<Server, String> {
        let programs = programs().ok_or("no PostgreSQL server is installed")?;
        let owner = owner()?;
        let port = free_port()?;
        let folder = folder_for(port);
        fs::create_dir(&folder).map_err(|fault| format!("{}: {fault}", folder.display()))?;
        if let Some((user, group)) = owner {
            let given = chown(&folder, Some(user), Some(group));
            given.map_err(|fault| format!("{}: {fault}", folder.display()))?;
        }

        let data = folder.join("data");
        let mut init = Command::new(programs.join("initdb"));
        init.args(["--username=yifa", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]);
        init.arg("--no-sync").arg("--pgdata").arg(&data).stdout(Stdio::null());
        quietly(as_owner(&mut init, owner).current_dir(&folder))?;

        let log = fs::File::create(folder.join("log")).map_err(|fault| fault.to_string())?;
        let mut holder = Command::new("sh");
        holder.arg("-c").arg(HOLD).arg(&folder).arg(programs.join("postgres"));
        holder.arg("-D").arg(&data).arg("-p").arg(port.to_string()).arg("-k").arg(&folder);
        holder.args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"]);
        if durability == Durability::ProcessOnly {
            holder.args(["-c", "fsync=off", "-c", "full_page_writes=off"]);
        }
        holder.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log).current_dir(&folder);
        let holder = as_owner(&mut holder, owner).spawn().map_err(|fault| fault.to_string())?;
        let server = Server { holder, port };
        server.wait_until_ready(&folder)?;
        Ok(server)
    }

    /// Where the tests find it.
    pub fn url(&self) -> String {
        format!("postgres://yifa@127.0.0.1:{}/postgres", self.port)
    }

    fn wait_until_ready(&self, folder: &Path) -> Result<(), String> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(60) {
            let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
            let listening = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok();
            if listening && log.contains("ready to accept connections") {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        Err(format!("PostgreSQL did not start within a minute:\n{log}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.holder.stdin.take()); // The shell reads the end of the pipe and stops the server.
        let _ = self.holder.wait();
    }
}

/// `$0` is the folder, the rest the server's command line.
const HOLD: &str = r#"
trap '' INT TERM HUP
"$@" &
server=$!
read -r _
kill -INT "$server"
wait "$server"
cd / && rm -rf "$0"
"#;

/// The folder of the newest server installed here.
pub fn programs() -> Option<PathBuf> {
    let mut places: Vec<PathBuf> = Vec::new();
    for parent in ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"] {
        let inside = fs::read_dir(parent).into_iter().flatten().flatten();
        places.extend(inside.map(|entry| entry.path().join("bin")));
    }
    places.push(PathBuf::from("/usr/bin"));
    places.retain(|place| place.join("initdb").is_file());
    places.into_iter().max_by_key(|place| version(place))
}

fn version(place: &Path) -> u32 {
    let digits: String = place.to_string_lossy().chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

/// Whether we are root. The server refuses to be, so its owner must be somebody else then.
pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

fn owner() -> Result<Option<(u32, u32)>, String> {
    if !is_root() {
        return Ok(None);
    }
    let people = fs::read_to_string("/etc/passwd").map_err(|fault| fault.to_string())?;
    let line = people.lines().find(|line| line.starts_with("postgres:"));
    let mut parts = line.unwrap_or_default().split(':').skip(2);
    let mut number = || parts.next().and_then(|part| part.parse().ok());
    match (number(), number()) {
        (Some(user), Some(group)) => Ok(Some((user, group))),
        _ => Err("root may not run PostgreSQL, and there is no user postgres to run it".to_owned()),
    }
}

fn as_owner(command: &mut Command, owner: Option<(u32, u32)>) -> &mut Command {
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    command
}

fn quietly(command: &mut Command) -> Result<(), String> {
    let done = command.output().map_err(|fault| fault.to_string())?;
    let said = String::from_utf8_lossy(&done.stderr);
    if done.status.success() { Ok(()) } else { Err(format!("initdb: {}", said.trim())) }
}

fn folder_for(port: u16) -> PathBuf {
    std::env::temp_dir().join(format!("yifa-postgres-{}-{port}", std::process::id()))
}

fn free_port() -> Result<u16, String> {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|door| door.local_addr());
    taken.map(|address| address.port()).map_err(|fault| fault.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_answers_and_leaves_nothing_behind() {
        if programs().is_none() {
            println!("skipped: no PostgreSQL server is installed");
            return;
        }
        let server = Server::start(Durability::ProcessOnly).unwrap();
        let (port, folder) = (server.port, folder_for(server.port));
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
        assert!(folder.exists());
        drop(server);
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
        assert!(!folder.exists());
    }
}
