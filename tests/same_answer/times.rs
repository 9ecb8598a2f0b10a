//! The time of an answer, measured side by side (B19).

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::common::ground::Ground;
use crate::statistics::{Interval, Random, area};
use crate::town::{Form, Kind, Town};

/// Where nobody learns anything: the chance that another kind's answer takes longer than a known address's.
const ALIKE: RangeInclusive<f64> = 0.48..=0.52;

/// How many requests of each kind a block has: few, so that what the machine does meanwhile concerns all kinds alike.
const IN_A_BLOCK: usize = 25;

/// A sample grows by so many of each kind.
const STEP: usize = 500;

/// The interval of fewer of each kind is too wide to lie inside.
const LEAST: usize = 3_000;

/// A sample of so many of each kind lies inside unless something leaks: its interval is 0.015 wide, and that its area is by chance
/// 0.0125 from a half happens less than once in ten thousand. A leak keeps it from lying inside however large the sample is.
const MOST: usize = 20_000;

const PEOPLE: usize = 16;

/// What is planted behind the last step that makes answers alike.
const LEAK: Duration = Duration::from_micros(100);

/// Works on a known address for a moment longer.
fn leaking(app: Router, known: Arc<HashSet<String>>) -> Router {
    app.layer(middleware::from_fn(move |request: Request, next: Next| {
        let known = Arc::clone(&known);
        async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            let text = String::from_utf8(body.to_vec())
                .unwrap()
                .replace("%40", "@");
            let is_known = known.iter().any(|email| text.contains(email));
            let answer: Response = next.run(Request::from_parts(parts, body.into())).await;
            let begun = Instant::now();
            while is_known && begun.elapsed() < LEAK {
                std::hint::spin_loop();
            }
            answer
        }
    }))
}

/// How long the whole answer took, in nanoseconds.
async fn time(app: &Router, request: Request<Body>) -> u64 {
    let app = app.clone();
    let begun = Instant::now();
    let answer = app.oneshot(request).await.unwrap();
    let status = answer.status();
    let body = answer.into_body().collect().await.unwrap();
    let took = begun.elapsed();
    assert!(status.is_success() || status.is_redirection(), "{status}");
    drop(body);
    u64::try_from(took.as_nanos()).unwrap()
}

/// Times of one block: of each kind so many, in random order, each from another network.
async fn block(town: &mut Town, app: &Router, form: Form, random: &mut Random) -> [Vec<u64>; 4] {
    let mut order: Vec<_> = Kind::ALL.repeat(IN_A_BLOCK);
    random.shuffle(&mut order);
    let mut times = [const { Vec::new() }; 4];
    for kind in order {
        let network = [0; 4].map(|_: u8| u8::try_from(random.below(256)).unwrap());
        let request = form.request(town.of(kind, random.below(PEOPLE)), network);
        times[kind as usize].push(time(app, request).await);
    }
    town.forget().await;
    times
}

/// Intervals of the areas between the known and each other kind, and of how many of each: the sample grows from step to step until
/// `enough` holds for each interval, or to the end of `sizes`.
async fn sample(
    town: &mut Town,
    app: &Router,
    form: Form,
    random: &mut Random,
    sizes: RangeInclusive<usize>,
    enough: impl Fn(&Interval) -> bool,
) -> (usize, [Interval; 3]) {
    let mut areas = [const { Vec::new() }; 3];
    let mut size = 0;
    loop {
        for _ in 0..STEP / IN_A_BLOCK {
            let [known, others @ ..] = block(town, app, form, random).await;
            for (areas, other) in areas.iter_mut().zip(others) {
                areas.push(area(&known, &other));
            }
        }
        size += STEP;
        if size < *sizes.start() {
            continue;
        }
        let intervals = areas.each_ref().map(|areas| Interval::of(areas, random));
        if size >= *sizes.end() || intervals.iter().all(&enough) {
            return (size, intervals);
        }
    }
}

fn shown(intervals: &[Interval; 3]) -> String {
    let kinds = Kind::ALL[1..].iter().zip(intervals);
    let shown: Vec<_> = kinds.map(|(kind, it)| format!("{kind:?} {it}")).collect();
    shown.join(", ")
}

/// Nothing is told by this form, or with the variable by either, and what is planted is found.
async fn nothing_is_told(ground: Ground, name: &str, form: Form) {
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).unwrap();
    let seed = u64::from_le_bytes(seed);
    println!("seed {seed}");
    let mut random = Random::new(seed);
    let mut town = Town::on(ground, PEOPLE, &mut random).await;
    let whole = std::env::var("APLUS_SAME_ANSWER").ok();
    let whole = whole.map(|size| size.parse().unwrap());
    let (forms, sizes) = match whole {
        Some(size) => (Form::ALL.to_vec(), size..=size),
        None => (vec![form], LEAST..=MOST),
    };
    let app = town.app.clone();
    let leaking = leaking(app.clone(), town.known());
    let alike = |interval: &Interval| interval.is_inside(&ALIKE);
    let found = |interval: &Interval| interval.is_outside(&ALIKE);
    for form in forms {
        // What is made at the first request is nobody's.
        block(&mut town, &app, form, &mut random).await;
        let sizes = sizes.clone();
        let (size, intervals) = sample(&mut town, &app, form, &mut random, sizes, alike).await;
        println!(
            "counted: {form:?} on {name}, {size} of each, known against {} (area, 99 %)",
            shown(&intervals)
        );
        assert!(intervals.iter().all(alike), "{form:?} on {name} leaks");

        let sizes = STEP..=MOST;
        let (size, intervals) = sample(&mut town, &leaking, form, &mut random, sizes, found).await;
        println!(
            "counted: {form:?} on {name}, {size} of each with {LEAK:?} planted, known against {}",
            shown(&intervals)
        );
        assert!(
            intervals.iter().all(found),
            "{form:?} on {name}: what is planted is not found"
        );
    }
}

#[tokio::test]
async fn the_time_of_an_answer_tells_nothing_on_sqlite() {
    nothing_is_told(Ground::sqlite().await, "SQLite", Form::Page).await;
}

#[tokio::test]
async fn the_time_of_an_answer_tells_nothing_on_postgresql() {
    nothing_is_told(Ground::postgres().await, "PostgreSQL", Form::Api).await;
}
