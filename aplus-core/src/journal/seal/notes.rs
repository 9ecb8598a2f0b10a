//! The file of anchors: signed notes, one after another.

/// The notes of a file of anchors, one after another. Each ends with its signatures; what stands between two of them and begins
/// none is part of the next, which is then found to be no checkpoint.
#[must_use]
pub fn notes(file: &str) -> Vec<String> {
    let (mut notes, mut note) = (Vec::new(), String::new());
    let (mut is_signed, mut lines) = (false, file.lines().peekable());
    while let Some(line) = lines.next() {
        let signature = line.starts_with("— ");
        // The first line of the next note, or an empty one before it.
        if is_signed && !signature {
            notes.push(std::mem::take(&mut note));
            is_signed = false;
        }
        if note.is_empty() && line.trim_ascii().is_empty() {
            continue;
        }
        is_signed |= signature;
        note.push_str(line);
        // A file that was cut within its last line has no line feed there.
        if lines.peek().is_some() || file.ends_with('\n') {
            note.push('\n');
        }
    }
    if !note.is_empty() {
        notes.push(note);
    }
    notes
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::journal::seal::{Checkpoint, CheckpointKey, TreeHash};

    fn key() -> CheckpointKey {
        CheckpointKey::new("aplus.example/journal", &[7; 32]).unwrap()
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            size: 21_028,
            root: TreeHash::leaf(b"root"),
        }
    }

    #[test]
    fn a_file_of_anchors_is_one_note_after_another() {
        let sign = |size| {
            key().sign(&Checkpoint {
                size,
                ..checkpoint()
            })
        };
        let (one, two) = (sign(1), sign(2));
        assert_eq!(notes(""), Vec::<String>::new());
        let both = [one.clone(), two.clone()];
        for between in ["", "\n", "\n \n"] {
            assert_eq!(notes(&format!("{one}{between}{two}{between}")), both);
            let windows = format!("{one}{between}{two}").replace('\n', "\r\n");
            assert_eq!(
                notes(&windows),
                both,
                "a mail was saved with other line ends"
            );
        }
        let cut = format!("{one}{}", &two[..two.len() - 9]);
        let of_cut = notes(&cut);
        assert_eq!((of_cut.len(), &of_cut[0]), (2, &one));
        assert!(key().verifier().open(&of_cut[1]).is_err());
        let garbage = notes(&format!("{one}garbage\n{two}"));
        assert!(key().verifier().open(&garbage[1]).is_err());
    }
}
