//! One article as it was written: its head, and what is wrong with it.

use aplus_core::{Role, Roles, Site};
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

use super::render::{self, FACTS};

/// The most characters of an article's name.
const NAME_LENGTH: usize = 60;

/// The most bytes of an article's text.
const TEXT_BYTES: usize = 65_536;

/// What is wrong with an article; each names it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HelpError {
    /// The name cannot stand in an address.
    #[error(
        "the name of a help article has 1 to 60 lower-case letters without accents, digits and inner hyphens: `{0}`"
    )]
    Name(String),
    /// The text is too long.
    #[error("the help article `{0}`: its text is longer than 64 KiB")]
    Long(String),
    /// The first line is no title, or the body holds a second one.
    #[error(
        "the help article `{0}`: its first line is its title, `# …`, and no other heading has a single `#`"
    )]
    Title(String),
    /// It does not say for whom it is, or for somebody unknown.
    #[error(
        "the help article `{name}`: its second line is `Pour : ` and `tous`, or some of `aidants`, `instructeurs`, `responsables`, with commas between them; it says `{said}`"
    )]
    Audience {
        /// Which article.
        name: String,
        /// What stands there.
        said: String,
    },
    /// Nothing stands under the head.
    #[error("the help article `{0}`: nothing stands under its head")]
    Empty(String),
    /// Nothing stands for a word in braces.
    #[error("the help article `{name}`: nothing stands for {{{fact}}}; there are {known}", known = FACTS.join(", "))]
    Fact {
        /// Which article.
        name: String,
        /// What stands in the braces.
        fact: String,
    },
    /// It holds HTML.
    #[error("the help article `{name}`: HTML is not shown: `{html}`")]
    Html {
        /// Which article.
        name: String,
        /// The HTML.
        html: String,
    },
    /// A link leads where none may.
    #[error(
        "the help article `{name}`: a link goes to `aide:ARTICLE`, `page:/PATH`, `https://…` or `mailto:…`, not to `{link}`"
    )]
    Link {
        /// Which article.
        name: String,
        /// Where it leads.
        link: String,
    },
    /// A picture says nothing to who does not see it, or lies elsewhere.
    #[error(
        "the help article `{name}`: a picture has a text alternative, and an address on this site (`/…`): `{picture}`"
    )]
    Picture {
        /// Which article.
        name: String,
        /// Its address.
        picture: String,
    },
}

/// An article as it was written.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) title: String,
    /// For whom it is; none stands for everybody, with an account or without.
    pub(super) roles: Option<Roles>,
    pub(super) keywords: String,
    pub(super) body: String,
    /// The names of the articles that it leads to.
    pub(super) links: Vec<String>,
}

impl Source {
    pub(super) fn parse(name: &str, text: &str) -> Result<Self, HelpError> {
        let fits = (1..=NAME_LENGTH).contains(&name.len())
            && !name.starts_with('-')
            && !name.ends_with('-')
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !fits {
            return Err(HelpError::Name(name.to_owned()));
        }
        let name = name.to_owned();
        if text.len() > TEXT_BYTES {
            return Err(HelpError::Long(name));
        }
        // Files may have been saved with a mark of their encoding, and with either end of line.
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let (title, rest) = text.split_once('\n').unwrap_or((&text, ""));
        let title = match title.strip_prefix("# ").map(str::trim) {
            Some(title) if !title.is_empty() => title.to_owned(),
            Some(_) | None => return Err(HelpError::Title(name)),
        };
        let (said, rest) = rest.split_once('\n').unwrap_or((rest, ""));
        let roles = match field(said, "Pour") {
            Some(whom) => audience(whom),
            None => Err(said.to_owned()),
        };
        let roles = roles.map_err(|said| HelpError::Audience {
            name: name.clone(),
            said,
        })?;
        let (third, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let (keywords, body) = match field(third, "Mots") {
            Some(words) => (words.to_owned(), after),
            None => (String::new(), rest),
        };
        let source = Self {
            title,
            roles,
            keywords,
            body: body.trim().to_owned(),
            links: links(body.trim()),
        };
        if source.body.is_empty() {
            return Err(HelpError::Empty(name));
        }
        match source.fault(&name) {
            Some(error) => Err(error),
            None => Ok(source),
        }
    }

    fn fault(&self, name: &str) -> Option<HelpError> {
        let fact = |text: &str| {
            render::unknown_fact(text).map(|fact| HelpError::Fact {
                name: name.to_owned(),
                fact: fact.to_owned(),
            })
        };
        // One may stand in the text alternative of another.
        let mut pictures: Vec<Picture> = Vec::new();
        for event in Parser::new(&self.body) {
            let fault = match event {
                Event::Html(html) | Event::InlineHtml(html) => Some(HelpError::Html {
                    name: name.to_owned(),
                    html: html.trim().to_owned(),
                }),
                Event::Start(Tag::Heading {
                    level: HeadingLevel::H1,
                    ..
                }) => Some(HelpError::Title(name.to_owned())),
                Event::Start(Tag::Link { dest_url, .. }) => {
                    fact(&dest_url).or_else(|| match render::goes_somewhere(&dest_url) {
                        true => None,
                        false => Some(HelpError::Link {
                            name: name.to_owned(),
                            link: dest_url.into_string(),
                        }),
                    })
                }
                Event::Start(Tag::Image { dest_url, .. }) => {
                    pictures.push(Picture {
                        address: dest_url.into_string(),
                        described: false,
                    });
                    None
                }
                Event::Text(text) | Event::Code(text) => {
                    for picture in &mut pictures {
                        picture.described |= !text.trim().is_empty();
                    }
                    None
                }
                Event::End(TagEnd::Image) => {
                    let shown = pictures.pop().filter(|picture| !picture.fits());
                    shown.map(|picture| HelpError::Picture {
                        name: name.to_owned(),
                        picture: picture.address,
                    })
                }
                _ => None,
            };
            if fault.is_some() {
                return fault;
            }
        }
        fact(&self.title).or_else(|| fact(&self.body))
    }
}

fn links(body: &str) -> Vec<String> {
    let names = Parser::new(body).filter_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. }) => {
            dest_url.strip_prefix(render::ARTICLE).map(str::to_owned)
        }
        _ => None,
    });
    names.collect()
}

/// A picture while its text alternative is read.
struct Picture {
    address: String,
    described: bool,
}

impl Picture {
    fn fits(&self) -> bool {
        self.described && Site::own_path(&self.address).is_some()
    }
}

/// For whom an article is, or what of it means nobody.
fn audience(text: &str) -> Result<Option<Roles>, String> {
    if text == "tous" {
        return Ok(None);
    }
    let mut roles: Vec<Role> = Vec::new();
    for word in text.split(',').map(str::trim) {
        // Of each role the plural of its word.
        let role = word.strip_suffix('s').and_then(|one| one.parse().ok());
        roles.push(role.ok_or_else(|| word.to_owned())?);
    }
    Roles::new(roles).map(Some).map_err(|_| text.to_owned())
}

/// What a line of the head says after its name.
fn field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let rest = line.strip_prefix(name)?;
    Some(rest.trim_start().strip_prefix(':')?.trim())
}
