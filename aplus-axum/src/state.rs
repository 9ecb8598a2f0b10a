//! What the routes hold: the core, and what a host sets about the network.

use std::sync::{Arc, Once};

use aplus_core::ports::SessionHolder;
use aplus_core::{Aplus, Site};
use axum::Router;
use axum::extract::FromRef;
use ipnet::IpNet;

use crate::help::{Centre, Help};
use crate::limit::NetworkLimit;
use crate::pages::Foot;
use crate::router;

/// The core with the settings of the web; cheap to clone.
///
/// ```
/// # fn app(aplus: &aplus_core::Aplus) -> Result<axum::Router, Box<dyn std::error::Error>> {
/// let web = aplus_axum::Web::new(aplus).trust_proxy("10.0.0.0/8".parse()?);
/// let app: axum::Router = web.router();
/// # Ok(app)
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Web {
    aplus: Aplus,
    proxies: Arc<[IpNet]>,
    unknown_tokens: Arc<NetworkLimit>,
    #[cfg(feature = "desk")]
    requests: Arc<NetworkLimit>,
    told_of_no_address: Arc<Once>,
    foot: Arc<Foot>,
    help: Arc<Centre>,
}

impl Web {
    /// No proxy is believed: a client's address is that of the connection.
    ///
    /// The connection's address is what `into_make_service_with_connect_info::<SocketAddr>()` puts into each request.
    /// Without it all clients are one to the limits, and the journal does not say from where; the technical log warns
    /// once.
    pub fn new(aplus: &Aplus) -> Self {
        Self {
            aplus: aplus.clone(),
            proxies: Arc::new([]),
            unknown_tokens: Arc::new(NetworkLimit::of_tokens()),
            #[cfg(feature = "desk")]
            requests: Arc::new(NetworkLimit::of_requests()),
            told_of_no_address: Arc::new(Once::new()),
            foot: Arc::new(Foot::default()),
            help: Arc::new(Centre::new(&Help::default(), aplus)),
        }
    }

    /// Believes what proxies in this network say about their clients (`Forwarded`, `X-Forwarded-For`).
    pub fn trust_proxy(mut self, network: IpNet) -> Self {
        self.proxies = self.proxies.iter().copied().chain([network]).collect();
        self
    }

    /// What stands at the foot of every page (S5).
    pub fn foot(self, foot: Foot) -> Self {
        Self {
            foot: Arc::new(foot),
            ..self
        }
    }

    /// The articles of the help centre (S1): those of this library where nothing is said.
    pub fn help(self, help: Help) -> Self {
        Self {
            help: Arc::new(Centre::new(&help, &self.aplus)),
            ..self
        }
    }

    /// All routes below the base path of the site: no `/`, no fallback.
    pub fn router<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        router::build(self)
    }

    /// The core.
    #[must_use]
    pub fn aplus(&self) -> &Aplus {
        &self.aplus
    }

    /// The networks whose word about a client is believed.
    #[must_use]
    pub fn proxies(&self) -> &[IpNet] {
        &self.proxies
    }

    pub(crate) fn centre(&self) -> &Centre {
        &self.help
    }

    pub(crate) fn page_foot(&self) -> &Foot {
        &self.foot
    }

    /// Tells the technical log, once, that a request came from nowhere: mostly a host that was put together without
    /// `ConnectInfo`, of which nothing else would tell.
    pub(crate) fn warn_of_no_address(&self) {
        self.told_of_no_address.call_once(|| {
            tracing::warn!(
                "a request has no client address: the journal does not say from where, and all such clients share one \
                 limit; serve with into_make_service_with_connect_info::<SocketAddr>(), and let a trusted proxy name \
                 its clients in one of Forwarded and X-Forwarded-For"
            );
        });
    }

    /// Whether there is a desk to write to: compiled in, and named by the host.
    pub(crate) fn has_desk(&self) -> bool {
        #[cfg(feature = "desk")]
        let has = self.aplus.desk().is_some();
        #[cfg(not(feature = "desk"))]
        let has = false;
        has
    }

    #[cfg(feature = "desk")]
    pub(crate) fn visitors_requests(&self) -> &NetworkLimit {
        &self.requests
    }

    pub(crate) fn unknown_tokens(&self) -> &NetworkLimit {
        &self.unknown_tokens
    }
}

impl FromRef<Web> for Aplus {
    fn from_ref(web: &Web) -> Self {
        web.aplus.clone()
    }
}

/// Where somebody goes on to who wanted no page in particular (L12), base path included: an account to its groups, an
/// operator to the pages of support. A host's `/` leads there, so that it is the same place as after login:
///
/// ```
/// # use aplus_axum::MaybeSession;
/// # use aplus_core::{Aplus, Site};
/// # use axum::extract::State;
/// # use axum::response::Redirect;
/// async fn root(State(aplus): State<Aplus>, MaybeSession(session): MaybeSession) -> Redirect {
///     let site = aplus.site();
///     Redirect::to(&match session {
///         Some(current) => aplus_axum::home(&current.holder, site),
///         None => site.path(Site::LOGIN),
///     })
/// }
/// ```
#[must_use]
pub fn home(holder: &SessionHolder, site: &Site) -> String {
    site.path(match holder {
        SessionHolder::Account(_) => Site::GROUPS,
        SessionHolder::Operator(_) => Site::SUPPORT,
    })
}
