//! `copy … from stdin` as the server: it adds what `insert` may add, and changes nothing that is there.

use sqlx::ConnectOptions;
use sqlx::postgres::PgConnection;

use crate::state;
use crate::town::Town;

const COPY: &str = "copy aplus.account (id, email, roles, shared, status, version, epoch, author_kind, created_at) from stdin";

async fn copy(on: &mut PgConnection, line: String) -> sqlx::Result<()> {
    let mut copy = on.copy_in_raw(COPY).await?;
    copy.send(line.into_bytes()).await?;
    copy.finish().await.map(drop)
}

#[tokio::test]
async fn a_copy_adds_and_never_changes() {
    let town = Town::new().await;
    let mut owner = town.owner().await;
    let line = |id: &str, email: &str, roles: &str| {
        let line = format!("{id}\t{email}\t{roles}\tf\tactive\t0\t0\tmachine\t1\n");
        town.named(&line).replace("'::uuid", "").replace('\'', "")
    };
    let before = town.dump(&mut owner).await;
    for (expected, line) in [
        ("23505", line("{ada}", "eve@evil.example", "7")),
        ("23505", line("{new}", "ada@ville.example", "7")),
        ("AP005", line("{new}", "op@aplus.example", "7")),
        ("23514", line("{new}", "eve@evil.example", "8")),
        ("AP003", line("{new}", "\\N", "1")),
    ] {
        let mut server = town.login.connect().await.unwrap();
        let done = copy(&mut server, line.clone()).await;
        assert!(town.dump(&mut owner).await == before, "{line}");
        assert_eq!(state(&done), expected, "{line}");
    }
    let mut server = town.login.connect().await.unwrap();
    let line = line("{new}", "hal@ville.example", "1");
    copy(&mut server, line).await.unwrap();
    assert!(town.dump(&mut owner).await != before);
}
