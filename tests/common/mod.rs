//! A client that speaks to a server on this machine, and the mailbox of tests.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::panic,
    clippy::unwrap_used,
    reason = "each test file takes what it needs"
)]

pub mod checker;
pub mod forwarder;
#[cfg(all(feature = "sqlx-sqlite", feature = "sqlx-postgres"))]
pub mod ground;
pub mod program;
pub mod scene;
#[cfg(feature = "sqlx-postgres")]
pub mod shared;

use std::sync::{Arc, Mutex};

use aplus::ports::{Letter, MailError, Mailer};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use secrecy::ExposeSecret;
use serde_json::Value;
use uuid::Uuid;

/// Keeps the tokens of the links that were sent, with their addresses.
#[derive(Clone, Default)]
pub struct Tokens(Arc<Mutex<Vec<(String, String)>>>);

#[async_trait::async_trait]
impl Mailer for Tokens {
    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        if let Some(link) = &letter.link {
            let token = link
                .expose_secret()
                .split_once("jeton=")
                .unwrap()
                .1
                .to_owned();
            self.0
                .lock()
                .unwrap()
                .push((letter.to.as_str().to_owned(), token));
        }
        Ok(())
    }
}

impl Tokens {
    pub fn take(&self) -> Vec<(String, String)> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Why there is no answer.
pub type Failed = Box<dyn std::error::Error + Send + Sync>;

/// A random name for a request.
pub fn key() -> Uuid {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).unwrap();
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub cookies: Vec<String>,
    pub json: Value,
}

impl Answer {
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or("")
    }
}

/// A browser, or a program: it keeps the cookies that it is given.
#[derive(Clone)]
pub struct Caller {
    client: Client<HttpConnector, Body>,
    origin: String,
    pub cookies: Vec<String>,
    /// The address that a trusted proxy would name.
    pub comes_from: Option<String>,
}

impl Caller {
    pub fn new(origin: &str) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self {
            client,
            origin: origin.to_owned(),
            cookies: Vec::new(),
            comes_from: None,
        }
    }

    /// Another one, on the same connections, with no cookies.
    pub fn stranger(&self) -> Self {
        Self {
            cookies: Vec::new(),
            ..self.clone()
        }
    }

    /// The same, on a server that was started anew.
    pub fn moved_to(&self, origin: &str) -> Self {
        Self {
            cookies: self.cookies.clone(),
            ..Self::new(origin)
        }
    }

    pub async fn call(
        &mut self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Answer, Failed> {
        self.send(method, path, body, None).await
    }

    /// The same under an `Idempotency-Key`.
    pub async fn call_as(
        &mut self,
        key: Uuid,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Answer, Failed> {
        self.send(method, path, body, Some(key)).await
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        body: Option<Value>,
        key: Option<Uuid>,
    ) -> Result<Answer, Failed> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.origin));
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key.to_string());
        }
        if let Some(address) = &self.comes_from {
            request = request.header("X-Forwarded-For", address);
        }
        if !self.cookies.is_empty() {
            request = request.header(header::COOKIE, self.cookies.join("; "));
        }
        let request = match body {
            Some(body) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(serde_json::to_vec(&body)?))?,
            None => request.body(Body::empty())?,
        };
        let answer = self.client.request(request).await?;
        let status = answer.status();
        let cookies: Vec<_> = answer
            .headers()
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|cookie| {
                cookie
                    .to_str()
                    .unwrap()
                    .split(';')
                    .next()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        for cookie in &cookies {
            let name = cookie.split('=').next().unwrap();
            self.cookies
                .retain(|kept| kept.split('=').next() != Some(name));
            self.cookies.push(cookie.clone());
        }
        let bytes = answer.into_body().collect().await?.to_bytes();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Ok(Answer {
            status,
            cookies,
            json,
        })
    }
}

/// The 32 bytes of a token.
pub fn bytes_of(token: &str) -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for digit in token.bytes() {
        let value = alphabet.iter().position(|each| *each == digit).unwrap();
        bits = bits << 6 | u32::try_from(value).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap());
        }
    }
    bytes
}

/// Whether these bytes stand in it.
pub fn holds(whole: &[u8], part: &[u8]) -> bool {
    whole.windows(part.len()).any(|window| window == part)
}
