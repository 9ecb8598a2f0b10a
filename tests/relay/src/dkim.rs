//! The judgement of another implementation about a signature.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::relay::python;

const PROGRAM: &str = "
import dkim, sys
name, record = sys.argv[1:]
def look_up(asked, timeout=5):
    return record.encode() if asked == name.encode() else None
sys.exit(0 if dkim.verify(sys.stdin.buffer.read(), dnsfunc=look_up) else 7)
";

/// Whether dkimpy accepts the signature of a mail, with this record in the DNS under this name.
///
/// # Panics
/// Where no Python with dkimpy is found.
#[must_use]
pub fn verify_dkim(raw: &str, name: &str, record: &str) -> bool {
    let mut child = Command::new(python("import dkim"))
        .args(["-c", PROGRAM, name, record])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let bytes: Vec<u8> = raw.bytes().collect();
    child.stdin.take().unwrap().write_all(&bytes).unwrap();
    match child.wait().unwrap().code() {
        Some(0) => true,
        Some(7) => false,
        other => panic!("dkimpy ended with {other:?}"),
    }
}
