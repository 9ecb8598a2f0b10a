//! The check of an export that is not ours: `journal_check.py`.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Its exit code and, where the input is usable, all lines, without their order and without sentences for people.
pub type Said = (i32, BTreeSet<String>);

/// Lines without the sentence that may follow.
pub fn bare<'l>(lines: impl IntoIterator<Item = &'l str>) -> BTreeSet<String> {
    let bare = |line: &'l str| line.split(" — ").next().unwrap_or(line).to_owned();
    lines.into_iter().map(bare).collect()
}

/// What it says of an export, with the public key and files of anchors.
pub fn checked<P: AsRef<Path>>(export: &Path, key: &str, anchors: &[P]) -> Said {
    let mut command = Command::new("python3");
    command
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/journal_check.py"
        ))
        .arg(export)
        .args(["--public-key", key]);
    if !anchors.is_empty() {
        command.arg("--anchors");
    }
    command.args(anchors.iter().map(AsRef::as_ref));
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("python3, which ./check asks for: {error}"));
    let (said, error) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    let code = output.status.code().unwrap();
    assert_eq!(
        (said.is_empty(), error.is_empty()),
        (code == 2, code != 2),
        "{error}"
    );
    (code, bare(said.lines()))
}
