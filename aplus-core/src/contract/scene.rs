//! The people whom most cases need, and what they may do.

use super::deed::Deed;
use super::world::{World, browser};
use crate::account::Principal;
use crate::{
    AccountId, Author, EmailAddress, GroupId, LinkHash, OperatorId, Role, Roles, SessionId,
    Timestamp,
};

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
            link: link.hash,
            session,
            noon: self.noon(),
            late: self.late(),
            free: [self.address("libre"), self.address("libre")],
        }
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
        let link = self.store.link(&scene.link).await.unwrap();
        shown + &format!("{link:#?}")
    }
}
