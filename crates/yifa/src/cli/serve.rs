//! `yifa serve`: the desk.

use std::{net::SocketAddr, sync::Arc};

use super::{Failure, say};
use crate::{clock::Clock, office::Office, place::Place, rounds, web};

/// 打开网页
#[derive(Debug, clap::Args)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    listen: Listen,
}

/// Where the desk listens.
#[derive(Clone, Debug, clap::Args)]
pub struct Listen {
    /// 端口
    #[arg(long, default_value_t = 8700)]
    pub port: u16,
    /// 监听地址；对外服务须在反向代理后面用 HTTPS
    #[arg(long, default_value = "127.0.0.1")]
    pub address: std::net::IpAddr,
    /// 前面有反向代理：由它做 HTTPS，并在 X-Forwarded-For 里写明来访地址
    #[arg(long)]
    pub behind_proxy: bool,
}

impl Serve {
    pub fn run(&self) -> Result<(), Failure> {
        log();
        let office = self.place.office(Clock::Machine)?;
        open(Arc::new(office), &self.listen)
    }
}

/// Serves the desk until it is told to stop; the daily round runs beside it.
pub fn open(office: Arc<Office>, listen: &Listen) -> Result<(), Failure> {
    let address = SocketAddr::new(listen.address, listen.port);
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await.map_err(|error| {
            Failure::said(format!(
                "错误：端口{}用不了（{error}），可以用 --port 换一个",
                listen.port
            ))
        })?;
        say!("网页：http://{}", listener.local_addr()?);
        say!("按 Ctrl+C 停止。");
        rounds::start(office.clone());
        let desk = web::Desk::new(office, listen.behind_proxy);
        web::serve(desk, listener, stopped()).await?;
        Ok(())
    })
}

/// Resolves when the program is told to stop, by keyboard or by the system.
async fn stopped() {
    let keyboard = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut system) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = keyboard => {}
                _ = system.recv() => {}
            }
            return;
        }
    }
    let _ = keyboard.await;
}

/// Log lines on stderr, warnings and worse, unless RUST_LOG-like `YIFA_LOG` says otherwise.
pub fn log() {
    use tracing_subscriber::filter::LevelFilter;
    let level = match std::env::var("YIFA_LOG").as_deref() {
        Ok("debug") => LevelFilter::DEBUG,
        Ok("info") => LevelFilter::INFO,
        Ok("error") => LevelFilter::ERROR,
        _ => LevelFilter::WARN,
    };
    // Already set where a test has set it.
    let _ = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).try_init();
}
