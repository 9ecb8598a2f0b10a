//! The fields of a request, read one by one so that all that is wrong is named at once.
//!
//! A body is first read as it was written, doubled names included, then field by field. Nothing is guessed: a list where
//! a text is meant is refused, and so is a name that means nothing here.

use aplus_core::group::{Requester, RequesterKind};
use aplus_core::{EmailAddress, EmailError, RequesterName, Role, Roles, RolesError, TextError};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::problem::Problem;

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is needed and not there.
    Missing,
    /// It means nothing here.
    Unknown,
    /// It is there more than once.
    Doubled,
    /// A text is expected.
    NotText,
    /// `true` or `false` is expected.
    NotFlag,
    /// A list of texts is expected.
    NotList,
    /// An object is expected.
    NotObject,
    /// A UUID of 36 characters is expected.
    NotUuid,
    /// A number from 1 to 200 is expected.
    Limit,
    /// Not what an earlier part of the list ended with.
    Cursor,
    /// An address is wrong.
    Email(EmailError),
    /// A text is wrong.
    Text(TextError),
    /// A set of roles is wrong.
    Roles(RolesError),
    /// Not one of the three roles.
    Role,
    /// Not a kind of requester.
    RequesterKind,
    /// Not who can do something: the machine, an account or an operator by its id.
    Actor,
    /// Not a kind of entry.
    EntryKind,
    /// Not a moment.
    Time,
}

impl Fault {
    /// The code of the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unknown => "unknown_field",
            Self::Doubled => "doubled_field",
            Self::NotText => "not_a_text",
            Self::NotFlag => "not_a_boolean",
            Self::NotList => "not_a_list",
            Self::NotObject => "not_an_object",
            Self::NotUuid => "not_a_uuid",
            Self::Limit => "bad_limit",
            Self::Cursor => "bad_cursor",
            Self::Email(error) => error.code(),
            Self::Text(error) => error.code(),
            Self::Roles(RolesError::Empty) => "empty",
            Self::Roles(RolesError::Doubled(_)) => "doubled_role",
            Self::Roles(RolesError::Bits(_)) | Self::Role => "unknown_role",
            Self::RequesterKind => "unknown_requester",
            Self::Actor => "bad_actor",
            Self::EntryKind => "unknown_kind",
            Self::Time => "bad_time",
        }
    }
}

impl From<EmailError> for Fault {
    fn from(error: EmailError) -> Self {
        Self::Email(error)
    }
}

impl From<TextError> for Fault {
    fn from(error: TextError) -> Self {
        Self::Text(error)
    }
}

impl From<RolesError> for Fault {
    fn from(error: RolesError) -> Self {
        Self::Roles(error)
    }
}

/// A field with what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The field's name as it was given, cut at 60 characters.
    pub field: String,
    /// What is wrong.
    pub fault: Fault,
}

impl Invalid {
    /// This field, with this fault.
    #[must_use]
    pub fn new(field: &str, fault: Fault) -> Self {
        Self {
            field: field.chars().take(60).collect(),
            fault,
        }
    }
}

/// A value as it was written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Null,
    Flag(bool),
    Number,
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyNode)
    }
}

struct AnyNode;

impl<'de> Visitor<'de> for AnyNode {
    type Value = Node;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Node, E> {
        Ok(Node::Flag(flag))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
        Ok(Node::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Node, E> {
        Ok(Node::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Number)
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut object = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            object.push(entry);
        }
        Ok(Node::Object(object))
    }
}

/// What a request's body is read into.
pub trait FromFields: Sized {
    /// Takes its fields; what is wrong is noted in `fields`, and none is answered then.
    fn read(fields: &mut Fields) -> Option<Self>;
}

/// Left as they are, for what must be looked at before it is read.
impl FromFields for Fields {
    fn read(fields: &mut Fields) -> Option<Self> {
        Some(std::mem::take(fields))
    }
}

/// The fields of one request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fields {
    entries: Vec<(String, Node)>,
    invalid: Vec<Invalid>,
}

impl Fields {
    /// Of a JSON object.
    ///
    /// # Errors
    /// [`Problem::Malformed`] for what is no JSON or no object, or is nested more than 127 deep.
    pub fn from_json(body: &[u8]) -> Result<Self, Problem> {
        match serde_json::from_slice(body) {
            Ok(Node::Object(entries)) => Ok(Self {
                entries,
                invalid: Vec::new(),
            }),
            Ok(_) | Err(_) => Err(Problem::Malformed),
        }
    }

    /// Of a form or a query. What is named in `lists` may come several times and is a list; an empty text counts as absent.
    #[must_use]
    pub fn from_form(pairs: impl IntoIterator<Item = (String, String)>, lists: &[&str]) -> Self {
        let mut entries: Vec<(String, Node)> = Vec::new();
        for (name, value) in pairs {
            let value = if value.is_empty() {
                Node::Null
            } else {
                Node::Text(value)
            };
            if !lists.contains(&name.as_str()) {
                entries.push((name, value));
            } else if let Some((_, Node::List(items))) =
                entries.iter_mut().find(|(entry, _)| *entry == name)
            {
                items.push(value);
            } else {
                entries.push((name, Node::List(vec![value])));
            }
        }
        Self {
            entries,
            invalid: Vec::new(),
        }
    }

    /// Whether a field is there, whatever its value.
    #[must_use]
    pub fn names(&self, field: &str) -> bool {
        self.entries.iter().any(|(name, _)| name == field)
    }

    /// Notes what is wrong with a field.
    pub fn refuse(&mut self, field: &str, fault: impl Into<Fault>) {
        self.invalid.push(Invalid::new(field, fault.into()));
    }

    fn take(&mut self, field: &str) -> Option<Node> {
        let mut found = None;
        while let Some(index) = self.entries.iter().position(|(name, _)| name == field) {
            let (_, node) = self.entries.remove(index);
            if found.is_some() {
                self.refuse(field, Fault::Doubled);
                self.entries.retain(|(name, _)| name != field);
                return None;
            }
            found = Some(node);
        }
        found
    }

    fn parse<T, E: Into<Fault>>(
        &mut self,
        field: &str,
        node: &Node,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let parsed = match node {
            Node::Text(text) => parse(text).map_err(Into::into),
            Node::Null | Node::Flag(_) | Node::Number | Node::List(_) | Node::Object(_) => {
                Err(Fault::NotText)
            }
        };
        parsed.map_err(|fault| self.refuse(field, fault)).ok()
    }

    /// A text that must be there.
    pub fn required<T, E: Into<Fault>>(
        &mut self,
        field: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let doubled = self.invalid.len();
        match self.take(field) {
            None | Some(Node::Null) => {
                // What is there twice is not missing.
                if self.invalid.len() == doubled {
                    self.refuse(field, Fault::Missing);
                }
                None
            }
            Some(node) => self.parse(field, &node, parse),
        }
    }

    /// A text that may be absent or `null`.
    pub fn optional<T, E: Into<Fault>>(
        &mut self,
        field: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        match self.take(field)? {
            Node::Null => None,
            node => self.parse(field, &node, parse),
        }
    }

    /// A text that is to change: none leaves it as it is, `null` empties it.
    pub fn change<T, E: Into<Fault>>(
        &mut self,
        field: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Option<T>> {
        match self.take(field)? {
            Node::Null => Some(None),
            node => self.parse(field, &node, parse).map(Some),
        }
    }

    /// An address that must be there.
    pub fn email(&mut self, field: &str) -> Option<EmailAddress> {
        self.required(field, EmailAddress::parse)
    }

    /// `true` or `false`; absent is `false`.
    pub fn flag(&mut self, field: &str) -> bool {
        match self.take(field) {
            None | Some(Node::Null) => false,
            Some(Node::Flag(flag)) => flag,
            Some(Node::Text(text)) if text == "true" => true,
            Some(Node::Text(_) | Node::Number | Node::List(_) | Node::Object(_)) => {
                self.refuse(field, Fault::NotFlag);
                false
            }
        }
    }

    /// A set of roles that must be there.
    pub fn roles(&mut self, field: &str) -> Option<Roles> {
        let doubled = self.invalid.len();
        match self.take(field) {
            None if self.invalid.len() > doubled => None,
            None | Some(Node::Null) => {
                self.refuse(field, Fault::Missing);
                None
            }
            Some(node) => self.parse_roles(field, &node),
        }
    }

    /// A set of roles that may be absent or `null`.
    pub fn optional_roles(&mut self, field: &str) -> Option<Roles> {
        match self.take(field)? {
            Node::Null => None,
            node => self.parse_roles(field, &node),
        }
    }

    fn parse_roles(&mut self, field: &str, node: &Node) -> Option<Roles> {
        let read = match node {
            Node::List(items) => items
                .iter()
                .map(|item| match item {
                    Node::Text(text) => text.parse::<Role>().map_err(|_| Fault::Role),
                    Node::Null | Node::Flag(_) | Node::Number | Node::List(_) | Node::Object(_) => {
                        Err(Fault::NotText)
                    }
                })
                .collect::<Result<Vec<_>, _>>()
                .and_then(|roles| Roles::new(roles).map_err(Fault::Roles)),
            Node::Null | Node::Flag(_) | Node::Number | Node::Text(_) | Node::Object(_) => {
                Err(Fault::NotList)
            }
        };
        read.map_err(|fault| self.refuse(field, fault)).ok()
    }

    /// On whose request support acts: `{kind, name?}`; must be there.
    pub fn requester(&mut self, field: &str) -> Option<Requester> {
        let doubled = self.invalid.len();
        match self.take(field) {
            None if self.invalid.len() > doubled => None,
            None | Some(Node::Null) => {
                self.refuse(field, Fault::Missing);
                None
            }
            Some(node) => self.inside(field, node, |inner| {
                let kind = inner.required("kind", |text| {
                    text.parse::<RequesterKind>()
                        .map_err(|_| Fault::RequesterKind)
                });
                let name = inner.optional("name", RequesterName::parse);
                Some(Requester { kind: kind?, name })
            }),
        }
    }

    /// An object that may be absent or `null`, read into a `T`; what is wrong in it is named `field.name`.
    pub fn object<T: FromFields>(&mut self, field: &str) -> Option<T> {
        match self.take(field)? {
            Node::Null => None,
            node => self.inside(field, node, T::read),
        }
    }

    fn inside<T>(
        &mut self,
        field: &str,
        node: Node,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let Node::Object(entries) = node else {
            self.refuse(field, Fault::NotObject);
            return None;
        };
        let mut inner = Self {
            entries,
            invalid: Vec::new(),
        };
        let read = read(&mut inner);
        let prefixed =
            |inner: Invalid| Invalid::new(&format!("{field}.{}", inner.field), inner.fault);
        self.invalid.extend(inner.close().into_iter().map(prefixed));
        read
    }

    fn close(mut self) -> Vec<Invalid> {
        while let Some((name, _)) = self.entries.first().cloned() {
            // None: it is there twice, which take has noted.
            if self.take(&name).is_some() {
                self.refuse(&name, Fault::Unknown);
            }
        }
        self.invalid
    }

    /// What was read, if nothing was wrong and nothing is left.
    ///
    /// # Errors
    /// [`Problem::Invalid`] with every field that is wrong, unknown or doubled.
    pub fn finish<T>(self, read: Option<T>) -> Result<T, Problem> {
        let invalid = self.close();
        match read {
            Some(read) if invalid.is_empty() => Ok(read),
            Some(_) | None => Err(Problem::Invalid(invalid)),
        }
    }

    /// Reads a `T` and finishes.
    ///
    /// # Errors
    /// As [`Fields::finish`].
    pub fn read<T: FromFields>(mut self) -> Result<T, Problem> {
        let read = T::read(&mut self);
        self.finish(read)
    }
}

#[cfg(test)]
mod tests;
