//! The host's articles of the help centre, from a folder (S1).

use std::path::Path;

use aplus::web::Help;

use crate::Failure;

/// The articles of the library, with those of the folder in their place or beside them: `NAME.md` each.
pub(crate) fn read(folder: Option<&Path>) -> Result<Help, Failure> {
    let mut help = Help::default();
    let Some(folder) = folder else {
        return Ok(help);
    };
    let about =
        |path: &Path, error| Failure::about(&format!("--help-dir {}", path.display()), error);
    for file in std::fs::read_dir(folder).map_err(|error| about(folder, error))? {
        let path = file.map_err(|error| about(folder, error))?.path();
        let name = path.file_stem().and_then(|name| name.to_str());
        let (Some(name), Some("md")) = (name, path.extension().and_then(|end| end.to_str())) else {
            continue;
        };
        let text = std::fs::read_to_string(&path).map_err(|error| about(&path, error))?;
        help = help.with_article(name, &text)?;
    }
    let dead: Vec<_> = help
        .dead_ends()
        .map(|(from, to)| format!("`{from}` leads to `{to}`"))
        .collect();
    match dead.is_empty() {
        true => Ok(help),
        false => Err(Failure(format!(
            "--help-dir: no article stands where {}",
            dead.join(", and ")
        ))),
    }
}
