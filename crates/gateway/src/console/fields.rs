//! What a form or the query of an address says.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::http::{Answer, Code, Problem, Shared};

/// Names and values, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads what is written as forms write it.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        Self(form_urlencoded::parse(bytes).into_owned().collect())
    }

    /// The value of a field that is there and not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut pairs = self.0.iter();
        let (_, value) = pairs.find(|(key, value)| key == name && !value.trim().is_empty())?;
        Some(value)
    }

    /// The same, as a value of its own.
    pub(super) fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    /// A number.
    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Answer<Option<T>> {
        let read = |text: &str| {
            let wrong = || Problem::new(Code::InvalidField, format!("{name}: takes a number"));
            text.trim().parse().map_err(|_| wrong())
        };
        self.get(name).map(read).transpose()
    }

    /// A field that has to be there.
    pub(super) fn needed(&self, name: &str) -> Answer<&str> {
        self.get(name).ok_or_else(|| Problem::new(Code::InvalidField, format!("{name}: is needed")))
    }

    /// The same fields as a query, with these changed; an empty value leaves a field out.
    pub(super) fn with(&self, changes: &[(&str, &str)]) -> String {
        let changed = |name: &str| changes.iter().any(|(key, _)| *key == name);
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in
            self.0.iter().filter(|(name, value)| !value.is_empty() && !changed(name))
        {
            query.append_pair(name, value);
        }
        for (name, value) in changes.iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        let query = query.finish();
        if query.is_empty() { query } else { format!("?{query}") }
    }
}

/// An id as a part of an address.
pub(super) fn encoded(id: &str) -> String {
    form_urlencoded::byte_serialize(id.as_bytes()).collect::<String>().replace('+', "%20")
}

/// The query of an address.
pub(super) struct Query(pub(super) Fields);

impl FromRequestParts<Shared> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Infallible> {
        Ok(Self(Fields::parse(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}

/// The form that was sent, its token checked.
pub(super) struct Form(pub(super) Fields);

impl FromRequestParts<Shared> for Form {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Infallible> {
        // Put there by the gate, which lets nothing through without its token.
        Ok(Self(parts.extensions.get::<Fields>().cloned().unwrap_or_default()))
    }
}
