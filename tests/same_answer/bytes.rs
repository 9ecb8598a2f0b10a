//! The bytes of an answer: all of it, but the address as it was typed and what a new browser is given at random.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use http_body_util::BodyExt;
use secrecy::ExposeSecret;
use tower::ServiceExt;

use crate::common::ground::Ground;
use crate::statistics::Random;
use crate::town::{Form, Kind, Town, come_from};

/// From here each asking is over the limit.
const FLOODED: [u8; 4] = [198, 51, 100, 7];

/// The characters of a secret.
const SECRET: usize = 43;

/// What a client sees, with the typed address as `TYPED`.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    status: StatusCode,
    headers: Vec<(String, String)>,
    body: String,
}

/// Whoever asks: what they typed, from where, and what their browser brings along.
struct Asker {
    typed: String,
    network: [u8; 4],
    cookies: String,
}

impl Asker {
    async fn send(&self, town: &Town, mut request: Request<Body>, language: &str) -> Seen {
        come_from(&mut request, self.network);
        let headers = request.headers_mut();
        let language = HeaderValue::from_str(language).unwrap();
        headers.insert(header::ACCEPT_LANGUAGE, language);
        if !self.cookies.is_empty() {
            let cookies = HeaderValue::from_str(&self.cookies).unwrap();
            headers.insert(header::COOKIE, cookies);
        }
        let answer = town.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        let headers = parts.headers.iter();
        Seen {
            status: parts.status,
            headers: headers
                .map(|(name, value)| (name.to_string(), self.untyped(value.to_str().unwrap())))
                .collect(),
            body: self.untyped(&String::from_utf8(body).unwrap()),
        }
    }

    fn untyped(&self, text: &str) -> String {
        let encoded = self.typed.replace('@', "%40");
        text.replace(&self.typed, "TYPED")
            .replace(&encoded, "TYPED")
    }

    /// Asks, and where a page comes next looks at it.
    async fn ask(&self, town: &Town, form: Form, language: &str) -> Vec<Seen> {
        let request = form.request(&self.typed, self.network);
        let asked = self.send(town, request, language).await;
        let mut all = vec![asked];
        if form == Form::Page {
            let asked = &all[0];
            let cookies = asked
                .headers
                .iter()
                .filter(|(name, _)| name == "set-cookie");
            let cookies = cookies.map(|(_, cookie)| cookie.split(';').next().unwrap());
            let next = Self {
                cookies: Vec::from_iter(cookies)
                    .join("; ")
                    .replace("TYPED", &self.typed.replace('@', "%40")),
                network: self.network,
                typed: self.typed.clone(),
            };
            let (_, location) = asked
                .headers
                .iter()
                .find(|(name, _)| name == "location")
                .unwrap();
            let page = Request::get(location).body(Body::empty()).unwrap();
            all.push(next.send(town, page, language).await);
        }
        all
    }
}

/// The value of a new browser's cookie, which is drawn for each: it is as long as any, and gone from what is seen.
fn without_a_new_browser(mut seen: Vec<Seen>) -> Vec<Seen> {
    let mut found = 0;
    for (_, value) in seen.iter_mut().flat_map(|seen| &mut seen.headers) {
        if let Some(rest) = value.strip_prefix("aplus-login=") {
            let (secret, rest) = rest.split_at(SECRET);
            assert!(
                secret
                    .bytes()
                    .all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it))
            );
            *value = format!("aplus-login=DRAWN{rest}");
            found += 1;
        }
    }
    assert_eq!(found, 1, "{seen:?}");
    seen
}

/// Asks as each kind of address, and the same again at the moments at which what happened to it differs.
async fn nothing_is_told(ground: Ground) {
    let mut random = Random::new(7);
    let cases = Form::ALL.map(|form| ["fr", "en"].map(|language| (form, language)));
    let cases = cases.as_flattened();
    let town = Town::on(ground, 2 * cases.len(), &mut random).await;
    let (mut compared, mut bytes) = (0, 0);
    for (number, (form, language)) in cases.iter().enumerate() {
        let browser = town.aplus.new_browser().unwrap().reveal();
        let cookies = format!("aplus-login={}", browser.expose_secret());
        let mut askers: Vec<_> = Kind::ALL
            .into_iter()
            .map(|kind| Asker {
                typed: town.of(kind, number).to_owned(),
                network: [203, 0, 113, kind as u8],
                cookies: cookies.clone(),
            })
            .collect();
        // A known address as well, from a network over its limit.
        askers.push(Asker {
            typed: town.of(Kind::Known, cases.len() + number).to_owned(),
            network: FLOODED,
            cookies: cookies.clone(),
        });
        for _ in 0..=Town::OF_A_NETWORK {
            let email = "camille.xxxxxxxxxxxx@mairie.example";
            let flood = Form::Api.request(email, FLOODED);
            let asked = town.app.clone().oneshot(flood).await.unwrap();
            assert_eq!(asked.status(), StatusCode::ACCEPTED);
        }

        let alike = async |moment: &str| {
            let first = askers[0].ask(&town, *form, language).await;
            for other in &askers[1..] {
                let seen = other.ask(&town, *form, language).await;
                assert_eq!(seen, first, "{form:?} {moment}: {}", other.typed);
            }
            (
                askers.len() - 1,
                first.iter().map(|seen| seen.body.len()).sum::<usize>(),
            )
        };
        let mut count = |(answers, length): (usize, usize)| {
            compared += answers;
            bytes += length;
        };
        count(alike("before anything is answered").await);
        count(alike("again at once").await);
        town.courier().await;
        // They are what they are said to be: one holds a link.
        let sent: Vec<_> = town.tokens.take().into_iter().map(|(to, _)| to).collect();
        assert_eq!(sent, [askers[0].typed.clone()]);
        count(alike("once it is answered").await);
        town.clock.advance(Duration::from_secs(61));
        count(alike("again a minute later").await);
        town.courier().await;
        assert_eq!(town.tokens.take().len(), 1);
        count(alike("once that is answered").await);

        // A browser that comes for the first time.
        for asker in &mut askers {
            asker.cookies.clear();
        }
        let seen = askers[0].ask(&town, *form, language).await;
        let first = without_a_new_browser(seen);
        for asker in &askers[1..] {
            let seen = asker.ask(&town, *form, language).await;
            assert_eq!(without_a_new_browser(seen), first, "{}", asker.typed);
        }
        count((askers.len() - 1, 0));
        town.courier().await;
        town.tokens.take();
    }
    println!(
        "counted: {compared} answers like that for a known address in every byte, over pages and texts of {bytes} bytes"
    );
}

#[tokio::test]
async fn the_bytes_of_an_answer_tell_nothing_on_sqlite() {
    nothing_is_told(Ground::sqlite().await).await;
}

#[tokio::test]
async fn the_bytes_of_an_answer_tell_nothing_on_postgresql() {
    nothing_is_told(Ground::postgres().await).await;
}
