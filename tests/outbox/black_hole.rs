//! A relay that is a black hole: one that takes connections and says nothing, and one that takes none. The form answers as ever, each
//! attempt ends, and the mail arrives once the relay is back.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use aplus::smtp::SmtpMailer;
use aplus::{Aplus, EmailAddress, Role, Site};
use aplus_test_relay::{Mode, Relay};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use serde_json::json;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

use crate::common::forwarder::Forwarder;
use crate::common::ground::Ground;
use crate::common::scene;
use crate::{LOOK, SOON};

const CAMILLE: &str = "camille.roux@mairie.example";

/// How long an attempt may take to open a connection, and to hand a mail over on it.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long a connection to a machine on the same one takes at most that is taken at all.
const CONNECTING: Duration = Duration::from_millis(500);

/// For how long a mail that was claimed is one process's.
const CLAIM: Duration = Duration::from_secs(60);

/// A port on which nobody ever speaks.
struct Hole {
    listener: TcpListener,
    /// What fills its queue, so that the system takes no more.
    _filling: Vec<TcpStream>,
}

impl Hole {
    fn listen() -> TcpListener {
        let socket = TcpSocket::new_v4().unwrap();
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        socket.bind(here).unwrap();
        socket.listen(1).unwrap()
    }

    /// Connections are taken.
    fn silent() -> Self {
        let filling = Vec::new();
        Self {
            listener: Self::listen(),
            _filling: filling,
        }
    }

    /// None is taken any more.
    async fn closed() -> Self {
        let listener = Self::listen();
        let mut filling = Vec::new();
        let address = listener.local_addr().unwrap();
        while let Ok(stream) = timeout(CONNECTING, TcpStream::connect(address)).await {
            filling.push(stream.unwrap());
        }
        Self {
            listener,
            _filling: filling,
        }
    }

    fn port(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }

    /// In its place there is this relay again.
    async fn ends(self, relay: &Relay) -> Forwarder {
        let address = self.listener.local_addr().unwrap();
        drop(self);
        let listener = TcpListener::bind(address).await.unwrap();
        Forwarder::over(listener, relay.port())
    }
}

/// Asks for a link from one network after another: how long half of the answers took at most.
async fn ask(app: &Router, email: &str, times: u8) -> Duration {
    let mut took = Vec::new();
    for number in 0..times {
        let mut request = Request::post("/api/v1/login-links")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(json!({ "email": email }).to_string()))
            .unwrap();
        let connection = ConnectInfo(SocketAddr::from(([198, 51, 100, number], 4_711)));
        request.extensions_mut().insert(connection);
        let begun = Instant::now();
        let answer = app.clone().oneshot(request).await.unwrap();
        took.push(begun.elapsed());
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
    }
    took.sort_unstable();
    took[took.len() / 2]
}

async fn postponed(aplus: &Aplus, more_than: u64) -> u64 {
    let until = Instant::now() + SOON;
    loop {
        let postponed = aplus.mail_counts().postponed;
        if postponed > more_than {
            return postponed;
        }
        assert!(Instant::now() < until, "no attempt ends");
        sleep(LOOK).await;
    }
}

async fn delays_nothing_but_mails(mut ground: Ground, hole: Hole, name: &str) {
    let sender = EmailAddress::parse("aide@aplus.example.fr").unwrap();
    let site = Site::new("http://127.0.0.1:3000").unwrap();
    let site = site.with_sender(&sender).with_support(&sender);
    let mailer = SmtpMailer::new(&format!("smtp://127.0.0.1:{}", hole.port()), &site).unwrap();
    let mailer = mailer.with_times(PATIENCE, PATIENCE).unwrap();
    let aplus = ground.builder(mailer, site).build();
    let group = scene::group(&aplus, "Mairie").await;
    scene::accounts(&aplus, group, Role::Aidant, &[CAMILLE.to_owned()]).await;
    let app: Router = aplus::web::router(&aplus);
    let house = tokio::spawn(aplus.clone().keep_house());

    // To a domain that is never written to.
    let nobody = "camille.roux@ailleurs.example";
    let before = ask(&app, nobody, 50).await;
    let asked = Instant::now();
    ask(&app, CAMILLE, 1).await;
    while ground.waiting().await == 0 {
        assert!(asked.elapsed() < SOON, "the asking is not answered");
        sleep(LOOK).await;
    }
    let during = ask(&app, nobody, 50).await;
    assert_eq!(ground.waiting().await, 1, "the relay takes nothing");
    assert!(
        during < before * 3 + Duration::from_millis(50),
        "{during:?} and {before:?} before"
    );
    let once = postponed(&aplus, 0).await;
    let ended = asked.elapsed();
    assert!(ended < CLAIM, "{ended:?}");
    // And so does the next attempt.
    ground.let_all_be_due().await;
    postponed(&aplus, once).await;

    let mut relay = Relay::start(Mode::Plain);
    let _forwarder = hole.ends(&relay).await;
    ground.let_all_be_due().await;
    let mail = relay.mail(SOON);
    assert_eq!(mail.to, [CAMILLE]);
    assert!(mail.token().is_some());
    while ground.waiting().await > 0 {
        assert!(asked.elapsed() < 3 * SOON, "that it was sent is not noted");
        sleep(LOOK).await;
    }
    assert!(relay.mails().is_empty(), "it came once");
    house.abort();
    println!(
        "counted: a black hole as the relay ({name}): half of the answers within {during:?} ({before:?} before), an attempt ended after \
         {ended:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_says_nothing_delays_nothing_but_mails() {
    delays_nothing_but_mails(Ground::sqlite().await, Hole::silent(), "silent, SQLite").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_takes_no_connection_delays_nothing_but_mails() {
    let hole = Hole::closed().await;
    delays_nothing_but_mails(Ground::postgres().await, hole, "closed, PostgreSQL").await;
}
