//! The example server's listener: so many connections at once, and so long for the head of a request.

#![allow(clippy::unwrap_used)]

#[path = "../examples/server/listen.rs"]
mod listen;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::get;
use listen::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// Longer than anything here takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(20);

const LONG: Limits = Limits {
    connections: 8,
    head: PATIENCE,
    end: PATIENCE,
};

async fn server(limits: Limits, stopped: impl Future<Output = ()> + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let who = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() };
    let app = Router::new().route("/", get(who));
    tokio::spawn(listen::serve(listener, app, limits, stopped));
    address
}

async fn ask(stream: &mut TcpStream) {
    let request = b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";
    stream.write_all(request).await.unwrap();
}

/// The answer, which names the client's address.
async fn answered(stream: &mut TcpStream) {
    let own = stream.local_addr().unwrap().to_string();
    let mut answer = Vec::new();
    while !answer.ends_with(own.as_bytes()) {
        let read = timeout(PATIENCE, stream.read_buf(&mut answer)).await;
        let text = String::from_utf8_lossy(&answer);
        assert!(read.unwrap().unwrap() > 0, "closed after: {text}");
    }
    assert!(answer.starts_with(b"HTTP/1.1 200 "));
}

async fn closed(mut stream: TcpStream) {
    let mut rest = Vec::new();
    let end = timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
    assert!(end.is_ok(), "the connection is still open");
}

#[tokio::test]
async fn a_head_that_does_not_come_ends_the_connection() {
    let limits = Limits {
        head: Duration::from_millis(50),
        ..LONG
    };
    let address = server(limits, std::future::pending()).await;
    let silent = TcpStream::connect(address).await.unwrap();
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: a").await.unwrap();
    closed(silent).await;
    closed(slow).await;
}

#[tokio::test]
async fn beyond_so_many_connections_the_next_waits_for_one_to_end() {
    let limits = Limits {
        connections: 2,
        ..LONG
    };
    let address = server(limits, std::future::pending()).await;
    let mut first = TcpStream::connect(address).await.unwrap();
    let mut second = TcpStream::connect(address).await.unwrap();
    for stream in [&mut first, &mut second] {
        ask(stream).await;
        answered(stream).await;
    }
    let mut third = TcpStream::connect(address).await.unwrap();
    ask(&mut third).await;
    let mut byte = [0];
    let early = timeout(Duration::from_millis(200), third.peek(&mut byte)).await;
    assert!(early.is_err(), "a third was served beside two");
    drop(first);
    answered(&mut third).await;
    ask(&mut second).await;
    answered(&mut second).await;
}

#[tokio::test]
async fn a_server_that_is_stopped_ends_idle_connections_and_takes_no_more() {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let address = server(LONG, async {
        let _ = stopped.await;
    })
    .await;
    let mut idle = TcpStream::connect(address).await.unwrap();
    ask(&mut idle).await;
    answered(&mut idle).await;
    stop.send(()).unwrap();
    closed(idle).await;
    assert!(TcpStream::connect(address).await.is_err());
}
