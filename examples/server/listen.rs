//! The listener: so many connections at once, and so long for the head of a request.
//!
//! `axum::serve` has neither limit.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower::ServiceExt;

/// What one server takes upon itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Connections at once, at least one; those beyond wait in the system's queue.
    pub(crate) connections: usize,
    /// For the head of a request; also how long a connection may be idle.
    pub(crate) head: Duration,
    /// For the answers under way once the server is to stop.
    pub(crate) end: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 512,
            head: Duration::from_secs(15),
            end: Duration::from_secs(10),
        }
    }
}

/// Serves until `stopped`.
pub(crate) async fn serve(
    listener: TcpListener,
    app: Router,
    limits: Limits,
    stopped: impl Future<Output = ()>,
) {
    let free = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.head);
    let mut stopped = std::pin::pin!(stopped);
    loop {
        let accepted = async { (free.clone().acquire_owned().await, listener.accept().await) };
        let (permit, (stream, peer)) = tokio::select! {
            () = &mut stopped => break,
            accepted = accepted => match accepted {
                (permit, Ok(connection)) => (permit, connection),
                // Of one connection, or no file is free: then others must end first.
                (_, Err(_)) => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        let app = app.clone();
        let service = service_fn(move |mut request: Request<hyper::body::Incoming>| {
            request
                .extensions_mut()
                .insert(ConnectInfo::<SocketAddr>(peer));
            app.clone().oneshot(request)
        });
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // How a connection ends is the client's affair.
            let _ = connection.await;
            drop(permit);
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(limits.end, graceful.shutdown()).await;
}
