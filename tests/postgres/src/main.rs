//! Starts one server, says its URL on the first line, and ends with its standard input: for a script that runs many test processes,
//! as `APLUS_TEST_DATABASE_URL`.

use std::error::Error;
use std::io::{Write, copy, sink, stdin, stdout};

use aplus_test_postgres::Cluster;
use sqlx::ConnectOptions;

fn main() -> Result<(), Box<dyn Error>> {
    let cluster = Cluster::start(&[])?;
    writeln!(stdout(), "{}", cluster.options().to_url_lossy())?;
    copy(&mut stdin(), &mut sink())?;
    Ok(())
}
