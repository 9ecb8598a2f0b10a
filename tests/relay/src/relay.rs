//! The process, what it is told and what it tells.

use std::collections::VecDeque;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Certificate, Mail};

const PROGRAM: &str = include_str!("relay.py");

/// For what happens at once: far longer than it takes.
const SOON: Duration = Duration::from_secs(30);

/// How the server speaks.
#[derive(Debug, Clone)]
pub enum Mode {
    /// Without TLS.
    Plain,
    /// TLS from the first byte.
    Tls(Certificate),
    /// STARTTLS, which it asks for.
    StartTls(Certificate),
}

/// What the server tells.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It listens here.
    Ready {
        /// The port.
        port: u16,
    },
    /// A setting was changed.
    Changed,
    /// Somebody connected.
    Connection {
        /// The how many-th.
        number: u32,
    },
    /// A mail came whole.
    Mail(Box<Mail>),
    /// A mail came that breaks a rule.
    Defect {
        /// Which.
        why: String,
        /// As it came.
        raw: String,
    },
    /// It keeps silent now, as it was told.
    Silent {
        /// At which step.
        step: String,
    },
    /// The client broke the handshake off.
    NoTls {
        /// What it said.
        why: String,
    },
}

/// A running server; it ends when it is dropped.
#[derive(Debug)]
pub struct Relay {
    child: Child,
    orders: Option<ChildStdin>,
    events: Receiver<Event>,
    kept: VecDeque<Event>,
    port: u16,
    scheme: &'static str,
    option: &'static str,
    _folder: TempDir,
}

impl Relay {
    /// Starts one.
    ///
    /// # Panics
    /// Where no Python with aiosmtpd is found.
    #[must_use]
    pub fn start(mode: Mode) -> Self {
        Self::start_with(mode, json!({}))
    }

    /// Starts one with settings: `user` and `password`; `mail`, `rcpt`, `data` (an answer such as `450 later`, `silence`, or
    /// `close`), `once`; `pause_mail` and the like (seconds); `pace` (seconds for each mail, one at a time); `greeting`;
    /// `pretend_starttls`, `starttls_answer`, `starttls_ends_there`.
    ///
    /// # Panics
    /// Where no Python with aiosmtpd is found.
    #[must_use]
    pub fn start_with(mode: Mode, mut settings: Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("relay.py");
        fs::write(&program, PROGRAM).unwrap();
        let (name, scheme, option, certificate) = match mode {
            Mode::Plain => ("plain", "smtp", "", None),
            Mode::Tls(certificate) => ("tls", "smtps", "", Some(certificate)),
            Mode::StartTls(certificate) => ("starttls", "smtp", "?tls=required", Some(certificate)),
        };
        settings["mode"] = name.into();
        if let Some(Certificate { chain, key }) = certificate {
            for (setting, file, pem) in
                [("certificate", "chain.pem", chain), ("key", "key.pem", key)]
            {
                let path = folder.path().join(file);
                fs::write(&path, pem).unwrap();
                settings[setting] = path.display().to_string().into();
            }
        }
        let mut child = Command::new(python("import aiosmtpd"))
            .arg(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (tell, events) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let event = serde_json::from_str(&line).unwrap();
                if tell.send(event).is_err() {
                    break;
                }
            }
        });
        let mut relay = Self {
            orders: child.stdin.take(),
            child,
            events,
            kept: VecDeque::new(),
            port: 0,
            scheme,
            option,
            _folder: folder,
        };
        relay.order(&settings);
        relay.port = relay.wait(SOON, |event| match event {
            Event::Ready { port } => Some(*port),
            _ => None,
        });
        relay
    }

    fn order(&mut self, settings: &Value) {
        let orders = self.orders.as_mut().unwrap();
        writeln!(orders, "{settings}").unwrap();
        orders.flush().unwrap();
    }

    /// Changes settings, and waits until they count; `null` takes one away.
    ///
    /// # Panics
    /// Where the server is gone.
    pub fn set(&mut self, settings: Value) {
        self.order(&settings);
        self.wait(SOON, |event| matches!(event, Event::Changed).then_some(()));
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// As a mailer is told it, by the name `localhost`.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_as("localhost")
    }

    /// The same by another name, before which `user:password@` may stand.
    #[must_use]
    pub fn url_as(&self, host: &str) -> String {
        format!("{}://{host}:{}{}", self.scheme, self.port, self.option)
    }

    /// Waits for what `pick` is about; other events stay for later.
    ///
    /// # Panics
    /// If it does not happen within this time, or a mail with a defect came.
    pub fn wait<T>(&mut self, within: Duration, pick: impl Fn(&Event) -> Option<T>) -> T {
        match self.wait_for(within, pick) {
            Some(found) => found,
            None => panic!("it did not happen within {within:?}; but: {:?}", self.kept),
        }
    }

    /// The same, or nothing after this time.
    ///
    /// # Panics
    /// If a mail with a defect came.
    pub fn wait_for<T>(
        &mut self,
        within: Duration,
        pick: impl Fn(&Event) -> Option<T>,
    ) -> Option<T> {
        let until = Instant::now() + within;
        let known = self.kept.iter().enumerate();
        let found = known.filter_map(|(at, event)| pick(event).map(|it| (at, it)));
        if let Some((at, found)) = found.take(1).next() {
            self.kept.remove(at);
            return Some(found);
        }
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                Ok(Event::Defect { why, raw }) => panic!("a mail with a defect: {why}\n{raw}"),
                Ok(event) => match pick(&event) {
                    Some(found) => return Some(found),
                    None => self.kept.push_back(event),
                },
                Err(RecvTimeoutError::Timeout) => return None,
                Err(RecvTimeoutError::Disconnected) => panic!("the relay is gone"),
            }
        }
    }

    /// The next mail.
    ///
    /// # Panics
    /// If none comes within this time.
    pub fn mail(&mut self, within: Duration) -> Mail {
        self.wait(within, Self::is_mail)
    }

    /// The mails that came by now: what was told before a setting is changed is told by then.
    ///
    /// # Panics
    /// Where the server is gone.
    pub fn mails(&mut self) -> Vec<Mail> {
        self.set(json!({}));
        std::iter::from_fn(|| self.wait_for(Duration::ZERO, Self::is_mail)).collect()
    }

    fn is_mail(event: &Event) -> Option<Mail> {
        match event {
            Event::Mail(mail) => Some(Mail::clone(mail)),
            _ => None,
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A Python for which this succeeds: the first of the path, or the system's, for which packages of the system are.
pub(crate) fn python(import: &str) -> &'static str {
    let has = |python: &&str| {
        let asked = Command::new(python)
            .args(["-c", import])
            .stderr(Stdio::null())
            .status();
        asked.is_ok_and(|status| status.success())
    };
    let known = ["python3", "/usr/bin/python3"];
    let Some(python) = known.iter().find(|python| has(python)) else {
        panic!("no Python does `{import}`: install what ./check names");
    };
    python
}
