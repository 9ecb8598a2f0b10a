//! The people whom most cases need, and what they may do.

use super::deed::{Deed, Prepared};
use super::world::{World, browser};
use crate::account::Principal;
use crate::order::{Identity, OrderedChange};
use crate::ports::{NewLink, OrdersOf, Outcome};
use crate::{
    AccountId, Author, DualControl, EmailAddress, FirstName, GroupId, LinkHash, OperatorId,
    OrderId, ProfileChange, Role, Roles, SessionId, Timestamp,
};

/// A change of roles, and of nothing else.
pub(super) fn to_roles(roles: Roles) -> OrderedChange {
    OrderedChange {
        roles: Some(roles),
        ..OrderedChange::default()
    }
}

/// A change of the address, and of nothing else.
pub(super) fn to_address(email: &EmailAddress) -> OrderedChange {
    OrderedChange {
        email: Some(email.clone()),
        ..OrderedChange::default()
    }
}

/// A correction of the first name.
pub(super) fn to_details() -> OrderedChange {
    OrderedChange {
        profile: ProfileChange {
            first_name: Some(Some(FirstName::parse("Camille").unwrap())),
            ..ProfileChange::default()
        },
        ..OrderedChange::default()
    }
}

/// The people whom most cases need.
pub(super) struct Scene {
    /// A group that both responsables manage.
    pub(super) home: GroupId,
    /// Another one that both responsables manage.
    pub(super) away: GroupId,
    /// A group that nobody here belongs to, with a responsable of its own.
    pub(super) strange: GroupId,
    pub(super) first: AccountId,
    pub(super) second: AccountId,
    /// Aidant of `home`, never logged in.
    pub(super) aidant: AccountId,
    /// Instructeur of `home` and `away`, never logged in.
    pub(super) both: AccountId,
    /// Aidant of `home`, deactivated by `first`.
    pub(super) dormant: AccountId,
    pub(super) operator: OperatorId,
    /// A second operator.
    pub(super) colleague: OperatorId,
    /// Suspended, and asked back by `operator`.
    pub(super) suspended: OperatorId,
    /// Proposed by `operator`: `both` is to be Responsable.
    pub(super) raising: OrderId,
    /// Proposed by `operator`: `both` is to have another address.
    pub(super) moving: OrderId,
    /// Approved by `colleague`: `aidant` is to have the address `confirmed`.
    pub(super) approved: OrderId,
    pub(super) confirmed: EmailAddress,
    /// The live link that confirms it.
    pub(super) confirmation: LinkHash,
    /// A live link of `aidant`, asked for by browser 1.
    pub(super) link: LinkHash,
    /// A session of `first`.
    pub(super) session: SessionId,
    pub(super) noon: Timestamp,
    pub(super) late: Timestamp,
    /// Two addresses that nobody has.
    pub(super) free: [EmailAddress; 2],
}

impl Scene {
    pub(super) fn accounts(&self) -> [AccountId; 5] {
        [
            self.first,
            self.second,
            self.aidant,
            self.both,
            self.dormant,
        ]
    }

    pub(super) fn groups(&self) -> [GroupId; 3] {
        [self.home, self.away, self.strange]
    }

    pub(super) fn operators(&self) -> [OperatorId; 3] {
        [self.operator, self.colleague, self.suspended]
    }

    /// What an account becomes by a deed that carries an order out.
    pub(super) fn becomes(&self, deed: &Deed, now: &Identity) -> Option<(AccountId, Identity)> {
        let now = now.clone();
        match deed {
            Deed::ApproveOrder { order, .. } if *order == self.raising => {
                let roles = Roles::only(Role::Responsable);
                Some((self.both, Identity { roles, ..now }))
            }
            Deed::ProposeOrder {
                account,
                change,
                dual: DualControl::None,
                ..
            } if change.email.is_none() => {
                let roles = change.roles.unwrap_or(now.roles);
                Some((*account, Identity { roles, ..now }))
            }
            Deed::LogIn { link, .. } if *link == self.confirmation => {
                let email = Some(self.confirmed.clone());
                Some((self.aidant, Identity { email, ..now }))
            }
            _ => None,
        }
    }

    /// Whose account a deed changes by carrying an order out.
    pub(super) fn carries_out_on(&self, deed: &Deed) -> Option<AccountId> {
        let nothing = Identity {
            email: None,
            roles: Roles::only(Role::Aidant),
        };
        self.becomes(deed, &nothing).map(|(account, _)| account)
    }

    /// Every writing method, by whoever may: each of these is allowed in a scene where nothing was done yet. But for the
    /// erasing of the journal, which changes what the others have written: it has cases of its own.
    pub(super) fn deeds(&self) -> Vec<Deed> {
        let [free, other] = &self.free;
        let (aidant, responsable) = (Roles::only(Role::Aidant), Roles::only(Role::Responsable));
        let (first, second) = (Author::Account(self.first), Author::Account(self.second));
        let support = Author::Operator(self.operator);
        let create = |by, group, email: &EmailAddress, roles| Deed::CreateAccount {
            by,
            group,
            email: email.clone(),
            roles,
        };
        let add = |by, account, group| Deed::AddMember { by, account, group };
        let remove = |by, account, group| Deed::RemoveMember { by, account, group };
        let deactivate = |by, account| Deed::Deactivate { by, account };
        let reactivate = |by, account| Deed::Reactivate { by, account };
        let withdraw = |by, account| Deed::Withdraw { by, account };
        let empty = |account| Deed::EmptyAccount {
            account,
            at: self.late,
        };
        let colleague = Author::Operator(self.colleague);
        let propose = |account, change, dual| Deed::ProposeOrder {
            by: support,
            account,
            change,
            dual,
        };
        let end_all = |by| Deed::EndAllSessions {
            by,
            owner: Principal::Account(self.aidant),
        };
        vec![
            create(first, self.home, free, aidant),
            create(second, self.home, free, responsable),
            create(support, self.strange, other, aidant),
            create(support, self.away, other, responsable),
            add(first, self.aidant, self.away),
            add(support, self.aidant, self.strange),
            remove(second, self.both, self.away),
            remove(first, self.second, self.home),
            remove(first, self.first, self.home),
            remove(support, self.first, self.away),
            deactivate(first, self.second),
            deactivate(second, self.first),
            deactivate(support, self.first),
            deactivate(second, self.aidant),
            deactivate(support, self.both),
            reactivate(first, self.dormant),
            reactivate(support, self.dormant),
            withdraw(first, self.aidant),
            withdraw(support, self.dormant),
            empty(self.aidant),
            empty(self.second),
            Deed::EditProfile {
                account: self.aidant,
            },
            Deed::EditProfile {
                account: self.first,
            },
            Deed::CreateGroup {
                by: support,
                name: "Nouveau groupe".to_owned(),
                matricule: None,
            },
            Deed::AddOperator {
                email: free.clone(),
            },
            Deed::CreateOrdered {
                by: support,
                group: self.home,
                email: other.clone(),
                roles: responsable,
            },
            Deed::SuspendOperator {
                by: support,
                operator: self.colleague,
            },
            Deed::SuspendOperator {
                by: colleague,
                operator: self.operator,
            },
            Deed::RestoreOperator {
                by: self.operator,
                operator: self.suspended,
            },
            Deed::RestoreOperator {
                by: self.colleague,
                operator: self.suspended,
            },
            propose(self.both, to_address(other), DualControl::All),
            propose(self.both, to_address(other), DualControl::None),
            propose(self.first, to_roles(aidant), DualControl::None),
            propose(self.dormant, to_details(), DualControl::None),
            Deed::ApproveOrder {
                by: colleague,
                order: self.raising,
            },
            Deed::ApproveOrder {
                by: first,
                order: self.raising,
            },
            Deed::ApproveOrder {
                by: second,
                order: self.moving,
            },
            Deed::RefuseOrder {
                by: first,
                order: self.raising,
            },
            Deed::WithdrawOrder {
                by: support,
                order: self.moving,
            },
            Deed::WithdrawOrder {
                by: colleague,
                order: self.approved,
            },
            Deed::LogIn {
                link: self.confirmation,
                browser: browser(99),
                email: Some(self.confirmed.clone()),
                at: self.noon,
            },
            Deed::EndSession {
                by: first,
                owner: Principal::Account(self.first),
                session: self.session,
            },
            end_all(support),
            end_all(Author::Account(self.aidant)),
            Deed::Look {
                by: support,
                account: self.aidant,
            },
            Deed::LogIn {
                link: self.link,
                browser: browser(1),
                email: None,
                at: self.noon,
            },
        ]
    }
}

impl World {
    pub(super) async fn scene(&self) -> Scene {
        let home = self.new_group("Accueil").await;
        let away = self.new_group("Annexe").await;
        let strange = self.new_group("Ailleurs").await;
        let first = self.new_account(home, Role::Responsable).await;
        let second = self.new_account(away, Role::Responsable).await;
        self.new_account(strange, Role::Responsable).await;
        let join = |by, account, group| Deed::AddMember {
            by: Author::Account(by),
            account,
            group,
        };
        self.carry_out(&join(second, first, away)).await;
        self.carry_out(&join(first, second, home)).await;
        let aidant = self.new_account(home, Role::Aidant).await;
        let both = self.new_account(home, Role::Instructeur).await;
        self.carry_out(&join(first, both, away)).await;
        let dormant = self.new_account(home, Role::Aidant).await;
        self.carry_out(&Deed::Deactivate {
            by: Author::Account(first),
            account: dormant,
        })
        .await;
        let operator = self.new_operator().await;
        let colleague = self.new_operator().await;
        let suspended = self.new_operator().await;
        self.carry_out(&Deed::SuspendOperator {
            by: Author::Operator(colleague),
            operator: suspended,
        })
        .await;
        self.carry_out(&Deed::RestoreOperator {
            by: operator,
            operator: suspended,
        })
        .await;
        let propose = async |account, change| {
            let (by, dual) = (Author::Operator(operator), DualControl::All);
            let deed = Deed::ProposeOrder {
                by,
                account,
                change,
                dual,
            };
            OrderId::from_uuid(self.carry_out(&deed).await)
        };
        let raising = propose(both, to_roles(Roles::only(Role::Responsable))).await;
        let moving = propose(both, to_address(&self.address("nouvelle"))).await;
        let confirmed = self.address("confirmee");
        let approved = propose(aidant, to_address(&confirmed)).await;
        let confirmation = self.approve(Author::Operator(colleague), approved).await;
        let link = self
            .new_link(Principal::Account(aidant), 1, self.noon())
            .await;
        let session = self.logged_in(Principal::Account(first)).await;
        Scene {
            home,
            away,
            strange,
            first,
            second,
            aidant,
            both,
            dormant,
            operator,
            colleague,
            suspended,
            raising,
            moving,
            approved,
            confirmed,
            confirmation: confirmation.hash,
            link: link.hash,
            session,
            noon: self.noon(),
            late: self.late(),
            free: [self.address("libre"), self.address("libre")],
        }
    }

    /// Approves an order on an address, and answers the asking that this queues.
    pub(super) async fn approve(&self, by: Author, order: OrderId) -> NewLink {
        let deed = Deed::ApproveOrder { by, order };
        let prepared = self.decide(&deed).await.unwrap();
        let Prepared::ApproveOrder(act) = prepared else {
            panic!("an approval");
        };
        let ask = act.confirmation().expect("a new address");
        let outcome = self.store.approve_order(act).await.unwrap();
        assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
        self.answered_by_a_link(&ask).await
    }

    /// What the store shows of a scene, and how much it holds: equal before and after, nothing was written.
    pub(super) async fn shown_of(&self, scene: &Scene) -> String {
        let (entries, mails) = (self.entries().await.len(), self.outbox().await.len());
        let queued = self.probe.seal_queue().await.len();
        let mut shown = format!("{entries} {queued} {mails}");
        for id in scene.accounts() {
            let owner = Principal::Account(id);
            let sessions = self.store.sessions(owner, 100).await.unwrap();
            shown += &format!("{:#?}{sessions:#?}", self.account(id).await);
        }
        for id in scene.groups() {
            shown += &format!("{:#?}", self.group(id).await);
        }
        for id in scene.operators() {
            shown += &format!("{:#?}", self.operator(id).await);
        }
        for id in scene.accounts() {
            let of = OrdersOf::Account(id);
            let orders = self.store.orders(of, None, None, 100).await.unwrap();
            shown += &format!("{orders:#?}");
        }
        for hash in [&scene.link, &scene.confirmation] {
            let link = self.store.link(hash).await.unwrap();
            shown += &format!("{link:#?}");
        }
        shown
    }
}
