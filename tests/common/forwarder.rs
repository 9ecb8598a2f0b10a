//! What stands between servers and their database, as a proxy that follows the primary does, or before a relay: it is led elsewhere,
//! and it loses what it is told to lose.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What becomes of the bytes of one connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Passes,
    /// In place of the next answer these bytes, and then nothing more.
    Says(&'static [u8]),
    /// Nothing more comes back, and nobody says so.
    Holds,
    Cut,
}

/// Carries connections from its own port to that of a database or a relay; it ends with the runtime.
pub struct Forwarder {
    port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// None: whoever connects is turned away.
    target: Mutex<Option<u16>>,
    /// By the port that the database sees.
    connections: Mutex<HashMap<u16, watch::Sender<Flow>>>,
}

impl Forwarder {
    /// To this port on 127.0.0.1.
    pub async fn to(target: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        Self::over(listener, target)
    }

    /// The same for whoever connects here.
    pub fn over(listener: TcpListener, target: u16) -> Self {
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            target: Mutex::new(Some(target)),
            ..State::default()
        });
        let shared = state.clone();
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                tokio::spawn(carry(client, shared.clone()));
            }
        });
        Self { port, state }
    }

    /// Where servers connect.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Cuts all connections; new ones go to this port, or nowhere.
    pub fn lead_to(&self, target: Option<u16>) {
        *self.state.target.lock().unwrap() = target;
        let connections = self.state.connections.lock().unwrap();
        for flow in connections.values() {
            flow.send_replace(Flow::Cut);
        }
    }

    /// Lets nothing more come back over any connection that there is, as when a machine is gone from the network.
    pub fn hold_all(&self) {
        let connections = self.state.connections.lock().unwrap();
        for flow in connections.values() {
            flow.send_replace(Flow::Holds);
        }
    }

    /// Cuts the connection that the database sees come from this port.
    pub fn cut(&self, client: u16) {
        self.set(client, Flow::Cut);
    }

    /// Gives these bytes, or none, in place of the next answer over that connection, which is then cut.
    pub fn say(&self, client: u16, instead: &'static [u8]) {
        self.set(client, Flow::Says(instead));
    }

    fn set(&self, client: u16, flow: Flow) {
        let connections = self.state.connections.lock().unwrap();
        connections[&client].send_replace(flow);
    }
}

async fn carry(client: TcpStream, state: Arc<State>) {
    let target = *state.target.lock().unwrap();
    let Some(port) = target else { return };
    let Ok(database) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else {
        return;
    };
    client.set_nodelay(true).unwrap();
    database.set_nodelay(true).unwrap();
    let name = database.local_addr().unwrap().port();
    let (flow, mut seen) = watch::channel(Flow::Passes);
    state.connections.lock().unwrap().insert(name, flow);
    // Led elsewhere between the look and the entry above: nobody would cut it any more.
    if *state.target.lock().unwrap() == target {
        let now = seen.clone();
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_database, mut to_database) = database.into_split();
        let asks = tokio::io::copy(&mut from_client, &mut to_database);
        let answers = async {
            let mut bytes = [0; 16 * 1_024];
            loop {
                let Ok(read @ 1..) = from_database.read(&mut bytes).await else {
                    return;
                };
                let flow = *now.borrow();
                let (what, over) = match flow {
                    Flow::Says(instead) => (instead, true),
                    Flow::Holds => (&[][..], false),
                    Flow::Passes | Flow::Cut => (&bytes[..read], false),
                };
                if to_client.write_all(what).await.is_err() || over {
                    return;
                }
            }
        };
        tokio::select! {
            _ = asks => {}
            () = answers => {}
            _ = seen.wait_for(|flow| *flow == Flow::Cut) => {}
        }
    }
    state.connections.lock().unwrap().remove(&name);
}
