//! A letter as blocks, written once and rendered twice: as plain text and as HTML.

use crate::words::Language;

/// The longest line of the plain text, in characters; a word that is longer stays whole.
pub(super) const LINE: usize = 78;

enum Block {
    Paragraph(String),
    List(Vec<String>),
    Link {
        label: &'static str,
        address: String,
    },
    Verbatim(String),
    Quote(String),
}

pub(super) struct Draft {
    subject: String,
    blocks: Vec<Block>,
}

impl Draft {
    pub(super) fn new(subject: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            blocks: Vec::new(),
        }
    }

    pub(super) fn paragraph(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Paragraph(text.into()));
        self
    }

    pub(super) fn list(mut self, items: impl IntoIterator<Item = String>) -> Self {
        self.blocks.push(Block::List(items.into_iter().collect()));
        self
    }

    /// The plain text shows the address on a line of its own, the HTML the label that leads there.
    pub(super) fn link(mut self, label: &'static str, address: String) -> Self {
        self.blocks.push(Block::Link { label, address });
        self
    }

    /// Each line as it is, however long: what a program reads again.
    pub(super) fn verbatim(mut self, text: &str) -> Self {
        self.blocks
            .push(Block::Verbatim(text.trim_end_matches('\n').to_owned()));
        self
    }

    /// What somebody wrote, on the lines that they wrote it on; a line that is too long is broken.
    pub(super) fn quote(mut self, text: &str) -> Self {
        self.blocks.push(Block::Quote(text.to_owned()));
        self
    }

    /// One line, whatever the name of the service holds: a line break would begin another header.
    pub(super) fn subject(&self) -> String {
        self.subject.replace(char::is_control, " ")
    }

    pub(super) fn text(&self) -> String {
        let blocks = self.blocks.iter().map(|block| match block {
            Block::Paragraph(text) => wrapped(text, "", ""),
            Block::List(items) => items
                .iter()
                .map(|item| wrapped(item, "- ", "  "))
                .collect::<Vec<_>>()
                .join("\n"),
            Block::Link { address, .. } => address.clone(),
            Block::Verbatim(text) => text.clone(),
            Block::Quote(text) => text
                .lines()
                .map(|line| wrapped(line, "", ""))
                .collect::<Vec<_>>()
                .join("\n"),
        });
        let mut text = blocks.collect::<Vec<_>>().join("\n\n");
        text.push('\n');
        text
    }

    pub(super) fn html(&self, subject: &str, language: Language) -> String {
        let title = escaped(subject);
        let body: String = self
            .blocks
            .iter()
            .map(|block| match block {
                Block::Paragraph(text) => format!("<p>{}</p>\n", escaped(text)),
                Block::List(items) => {
                    let items = items
                        .iter()
                        .map(|item| format!("<li>{}</li>\n", escaped(item)));
                    format!("<ul>\n{}</ul>\n", items.collect::<String>())
                }
                Block::Link { label, address } => format!(
                    "<p><a href=\"{}\">{}</a></p>\n",
                    escaped(address),
                    escaped(label)
                ),
                Block::Verbatim(text) => format!("<pre>{}</pre>\n", escaped(text)),
                Block::Quote(text) => {
                    let lines = escaped(text).replace('\n', "<br>\n");
                    format!("<blockquote>\n<p>{lines}</p>\n</blockquote>\n")
                }
            })
            .collect();
        format!(
            "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title}</title>\n</head>\n<body>\n<h1>{title}</h1>\n{body}</body>\n</html>\n",
            language.as_str()
        )
    }
}

/// Breaks at plain spaces only, so that what may not be parted stays together.
fn wrapped(text: &str, first: &str, next: &str) -> String {
    let mut lines = String::from(first);
    let mut length = first.chars().count();
    let mut is_start = true;
    for word in text.split(' ') {
        let word_length = word.chars().count();
        if is_start {
            is_start = false;
        } else if length + 1 + word_length > LINE {
            lines.push('\n');
            lines.push_str(next);
            length = next.chars().count();
        } else {
            lines.push(' ');
            length += 1;
        }
        lines.push_str(word);
        length += word_length;
    }
    lines
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}
