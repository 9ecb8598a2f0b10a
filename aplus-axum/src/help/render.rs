//! An article as HTML, with what a host has set in the place of the words in braces.

use std::time::Duration;

use aplus_core::{Lifetimes, Retention, Site};
use pulldown_cmark::{CowStr, Event, Parser, Tag, TagEnd, TextMergeStream, html};

use super::source::Source;

/// What may stand in braces.
pub(super) const FACTS: [&str; 8] = [
    "service",
    "support",
    "lien",
    "session",
    "inactivite",
    "demande",
    "journal",
    "comptes",
];

/// What stands for the words in braces, in the order of [`FACTS`].
pub(super) struct Facts {
    site: Site,
    texts: [String; FACTS.len()],
}

impl Facts {
    pub(super) fn of(site: &Site, lifetimes: &Lifetimes, retention: &Retention) -> Self {
        Self {
            site: site.clone(),
            texts: [
                site.name().to_owned(),
                site.support().to_owned(),
                span(lifetimes.link()),
                span(lifetimes.session(false)),
                span(lifetimes.idle(false)),
                span(lifetimes.order()),
                months(retention.journal()),
                months(retention.accounts()),
            ],
        }
    }

    fn fill<'a>(&self, text: CowStr<'a>) -> CowStr<'a> {
        if !text.contains('{') {
            return text;
        }
        let filled = FACTS
            .iter()
            .zip(&self.texts)
            .fold(text.into_string(), |text, (name, value)| {
                text.replace(&format!("{{{name}}}"), value)
            });
        filled.into()
    }

    fn address<'a>(&self, link: CowStr<'a>) -> CowStr<'a> {
        if let Some(name) = link.strip_prefix(ARTICLE) {
            return self.site.path(&format!("{}/{name}", Site::HELP)).into();
        }
        match link.strip_prefix(PAGE) {
            Some(path) => self.site.path(path).into(),
            None => self.fill(link),
        }
    }
}

pub(super) const ARTICLE: &str = "aide:";
const PAGE: &str = "page:";

/// Whether a link leads where one may.
pub(super) fn goes_somewhere(link: &str) -> bool {
    if let Some(path) = link.strip_prefix(PAGE) {
        return Site::own_path(path).is_some();
    }
    [ARTICLE, "https://", "mailto:"].iter().any(|start| {
        link.strip_prefix(start)
            .is_some_and(|rest| !rest.is_empty())
    })
}

/// The first word in braces that nothing stands for.
pub(super) fn unknown_fact(text: &str) -> Option<&str> {
    let words = text
        .split('{')
        .skip(1)
        .map(|rest| rest.split('}').next().unwrap_or(rest));
    words.into_iter().find(|word| !FACTS.contains(word))
}

/// As French is set: no line begins with a sign that stands apart from its word.
fn typeset(text: CowStr<'_>) -> CowStr<'_> {
    const APART: [(&str, &str); 7] = [
        (" :", "\u{a0}:"),
        (" ;", "\u{a0};"),
        (" ?", "\u{a0}?"),
        (" !", "\u{a0}!"),
        ("« ", "«\u{a0}"),
        (" »", "\u{a0}»"),
        ("'", "’"),
    ];
    let set = |text: String, (plain, apart): &(&str, &str)| text.replace(plain, apart);
    APART.iter().fold(text.into_string(), set).into()
}

/// A duration as people say it, in its largest whole unit.
fn span(duration: Duration) -> String {
    let minutes = duration.as_secs() / 60;
    let (count, unit) = match minutes {
        days if days >= 2_880 && days % 1_440 == 0 => (days / 1_440, "jour"),
        hours if hours >= 60 && hours % 60 == 0 => (hours / 60, "heure"),
        minutes => (minutes, "minute"),
    };
    let plural = if count > 1 { "s" } else { "" };
    format!("{count}\u{a0}{unit}{plural}")
}

fn months(count: u8) -> String {
    format!("{count}\u{a0}mois")
}

/// An article with the facts in it.
pub(super) struct Rendered {
    pub(super) title: String,
    pub(super) html: String,
    /// Its words, for the search.
    pub(super) text: String,
    /// Its first paragraph, without marks.
    pub(super) summary: String,
}

pub(super) fn render(source: &Source, facts: &Facts) -> Rendered {
    let mut text = String::new();
    let mut summary = None;
    let mut code = false;
    let events = TextMergeStream::new(Parser::new(&source.body)).map(|event| match event {
        // What is to be typed is shown as it is typed.
        Event::Text(words) if code => Event::Text(facts.fill(words)),
        Event::Text(words) => Event::Text(typeset(facts.fill(words))),
        Event::Code(words) => Event::Code(facts.fill(words)),
        Event::Start(Tag::CodeBlock(kind)) => {
            code = true;
            Event::Start(Tag::CodeBlock(kind))
        }
        Event::End(TagEnd::CodeBlock) => {
            code = false;
            Event::End(TagEnd::CodeBlock)
        }
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => Event::Start(Tag::Link {
            link_type,
            dest_url: facts.address(dest_url),
            title: facts.fill(title),
            id,
        }),
        Event::Start(Tag::Image {
            link_type,
            dest_url,
            title,
            id,
        }) => Event::Start(Tag::Image {
            link_type,
            dest_url,
            title: facts.fill(title),
            id,
        }),
        other => other,
    });
    let events = events.inspect(|event| match event {
        Event::Text(words) | Event::Code(words) => text.push_str(words),
        Event::SoftBreak | Event::HardBreak => text.push(' '),
        Event::End(TagEnd::Paragraph) => {
            summary.get_or_insert_with(|| text.trim().to_owned());
            text.push('\n');
        }
        Event::End(TagEnd::Heading(_) | TagEnd::Item) => text.push('\n'),
        _ => {}
    });
    let mut html = String::new();
    html::push_html(&mut html, events);
    Rendered {
        title: typeset(facts.fill(source.title.as_str().into())).into_string(),
        html,
        summary: summary.unwrap_or_default(),
        text,
    }
}
