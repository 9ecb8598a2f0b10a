//! The control of a race: the same store with the same statements, but for a part that is taken out of them on the way.

use aplus_sqlx::postgres::PostgresStore;
use sqlx::postgres::PgConnectOptions;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

/// Stands between a client and a server on a unix socket, and blanks parts of what the client asks to be prepared.
pub(crate) struct Unlocked {
    pub(crate) options: PgConnectOptions,
    _folder: TempDir,
}

impl Unlocked {
    /// Each of `parts` is replaced by spaces, wherever it stands in a statement.
    pub(crate) fn new(options: &PgConnectOptions, parts: &'static [&'static str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let name = format!(".s.PGSQL.{}", options.get_port());
        let listener = UnixListener::bind(folder.path().join(&name)).unwrap();
        let server = options.get_socket().unwrap().join(&name);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = UnixStream::connect(&server).await.unwrap();
                // A side that is gone ends the other.
                tokio::spawn(async move { speak(client, server, parts).await.ok() });
            }
        });
        Self {
            options: options.clone().socket(folder.path()),
            _folder: folder,
        }
    }

    pub(crate) async fn store(&self) -> PostgresStore {
        let store = PostgresStore::connect_with(self.options.clone(), 10).await;
        store.unwrap()
    }
}

async fn speak(client: UnixStream, server: UnixStream, parts: &[&str]) -> std::io::Result<()> {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let back = tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
    // The first message has no kind.
    let mut kind = None;
    loop {
        if let Some(kind) = kind {
            to_server.write_u8(kind).await?;
        }
        let length = from_client.read_u32().await?;
        let mut body = vec![0; length as usize - 4];
        from_client.read_exact(&mut body).await?;
        if kind == Some(b'P') {
            for part in parts {
                blank(&mut body, part.as_bytes());
            }
        }
        to_server.write_u32(length).await?;
        to_server.write_all(&body).await?;
        match from_client.read_u8().await {
            Ok(next) => kind = Some(next),
            Err(_) => break,
        }
    }
    back.abort();
    Ok(())
}

fn blank(body: &mut [u8], part: &[u8]) {
    let mut from = 0;
    while let Some(at) = body[from..].windows(part.len()).position(|it| it == part) {
        body[from + at..from + at + part.len()].fill(b' ');
        from += at + part.len();
    }
}
