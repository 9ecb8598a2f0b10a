//! Reading the journal: who reads what of it, and that each look of support's is an entry (A9, T1).

#![cfg(feature = "test-util")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use aplus_core::journal::{EntryFilter, Event, Named, Origin, SeenEntry};
use aplus_core::rules::{AccountDraft, EntrySight, GroupDraft, Subject};
use aplus_core::service::{Context, Current, GroupForm};
use aplus_core::test_util::log_in;
use aplus_core::{
    AccountId, Aplus, Author, EmailAddress, Error, GroupId, GroupName, Reference, Refusal,
    Requester, Role, Roles, SupportRequest,
};

const MARIE: &str = "marie@mairie.example";
const PAUL: &str = "paul@mairie.example";
const SUPPORT: &str = "support@aplus.example";

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn from(network: &str) -> Context {
    let origin = Origin {
        network: Some(network.to_owned()),
        browser: Some("Firefox".to_owned()),
    };
    Context {
        origin,
        ..Context::default()
    }
}

struct Town {
    aplus: Aplus,
    group: GroupId,
    marie: Current,
    paul: AccountId,
    support: Current,
}

/// Marie is a responsable, who created the account of Paul; support looks.
async fn town() -> Town {
    let aplus = Aplus::in_memory().unwrap();
    let none = Context::default();
    let request = SupportRequest {
        requester: "anct:Bureau 3".parse::<Requester>().unwrap(),
        reference: Reference::parse("lettre 12").unwrap(),
    };
    let draft = GroupDraft::new(GroupName::parse("Mairie de Lens").unwrap());
    let form = GroupForm {
        draft,
        request: request.clone(),
    };
    let by = Author::Machine;
    let group = aplus.create_group(by, &form, &none).await.unwrap().id;
    let first = AccountDraft::new(email(MARIE), Roles::only(Role::Responsable));
    let created = aplus.create_account_for(by, group, &first, &request, &none);
    created.await.unwrap();
    aplus.add_operator(&email(SUPPORT), &none).await.unwrap();
    let marie = current(&aplus, MARIE).await;
    let second = AccountDraft::new(email(PAUL), Roles::only(Role::Aidant));
    let there = from("192.0.2.1");
    let created = aplus.create_account(marie.author(), group, &second, &there);
    let paul = created.await.unwrap().account.id();
    let support = current(&aplus, SUPPORT).await;
    Town {
        aplus,
        group,
        marie,
        paul,
        support,
    }
}

async fn current(aplus: &Aplus, address: &str) -> Current {
    let opened = log_in(aplus, &email(address)).await.unwrap();
    aplus.current(&opened.secret).await.unwrap().unwrap()
}

async fn own(aplus: &Aplus, current: &Current) -> Vec<SeenEntry> {
    aplus.my_journal(current, None, 200).await.unwrap().items
}

fn one<'e>(entries: &'e [SeenEntry], kind: &str) -> &'e SeenEntry {
    let of_kind: Vec<_> = entries.iter().filter(|entry| entry.kind == kind).collect();
    match of_kind[..] {
        [one] => one,
        _ => panic!("{kind}: {of_kind:#?}"),
    }
}

#[tokio::test]
async fn who_was_refused_something_about_me_is_named_only_if_i_may_see_them() {
    let town = town().await;
    let Town { aplus, paul, .. } = &town;
    let none = Context::default();
    let request = SupportRequest {
        requester: "anct".parse::<Requester>().unwrap(),
        reference: Reference::parse("lettre 13").unwrap(),
    };
    let form = GroupForm {
        draft: GroupDraft::new(GroupName::parse("Mairie de Liévin").unwrap()),
        request: request.clone(),
    };
    let by = Author::Machine;
    let elsewhere = aplus.create_group(by, &form, &none).await.unwrap().id;
    let stranger = AccountDraft::new(email("luc@lievin.example"), Roles::only(Role::Responsable));
    let created = aplus.create_account_for(by, elsewhere, &stranger, &request, &none);
    let stranger = Author::Account(created.await.unwrap().account.id());
    let of_paul = current(aplus, PAUL).await;
    let refused = [
        (stranger, Named::Somebody),
        (town.marie.author(), Named::Account(email(MARIE))),
    ];
    for (author, _) in &refused {
        // A stranger sees no such account, and it has been used.
        assert!(aplus.withdraw(*author, *paul, &none).await.is_err());
    }
    let entries = own(aplus, &of_paul).await;
    let seen = entries.iter().filter(|entry| entry.kind == "refused");
    let seen: Vec<_> = seen
        .map(|entry| (entry.author.unwrap(), entry.who.clone()))
        .collect();
    for expected in &refused {
        assert!(seen.contains(expected), "{expected:?}: {seen:?}");
    }
    assert!(!format!("{entries:?}").contains("luc@"));
    let whole = EntryFilter {
        account: Some(*paul),
        ..EntryFilter::default()
    };
    let whole = aplus
        .journal(&town.support, &whole, None, 200, &none)
        .await
        .unwrap();
    let by_name = |entry: &SeenEntry| entry.who == Named::Account(email("luc@lievin.example"));
    assert!(whole.items.iter().any(by_name), "support sees who");
}

#[tokio::test]
async fn whose_an_address_is_is_a_look_at_the_account() {
    let town = town().await;
    let Town {
        aplus,
        paul,
        support,
        ..
    } = &town;
    let none = Context::default();
    let looks = async || {
        let filter = EntryFilter {
            kind: Some("looked"),
            ..EntryFilter::default()
        };
        let looks = aplus
            .store()
            .search(&filter, None, 200)
            .await
            .unwrap()
            .items;
        looks.iter().map(|entry| entry.account).collect::<Vec<_>>()
    };
    let of = async |text: &str| aplus.whose(support, &email(text), &none).await.unwrap();
    assert_eq!(of(PAUL).await, Some(Author::Account(*paul)));
    assert_eq!(looks().await, [Some(*paul)]);
    assert_eq!(of(SUPPORT).await, Some(support.author()));
    assert_eq!(of("personne@mairie.example").await, None);
    assert_eq!(looks().await, [Some(*paul)]);
    let refused = aplus.whose(&town.marie, &email(PAUL), &none).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::NotOperator))));
}

#[tokio::test]
async fn what_others_did_to_me_is_told_with_who_but_never_from_where() {
    let town = town().await;
    let Town { aplus, paul, .. } = &town;
    let context = from("198.51.100.9");
    aplus
        .view_account(&town.support, *paul, &context)
        .await
        .unwrap();
    let me = current(aplus, PAUL).await;
    let entries = own(aplus, &me).await;
    let created = one(&entries, "account_created");
    assert_eq!(created.who, Named::Account(email(MARIE)));
    assert_eq!(created.author, Some(town.marie.author()));
    assert_eq!(created.whom, Some(Named::You));
    assert_eq!(created.text["email"], PAUL);
    let looked = one(&entries, "looked");
    assert_eq!((&looked.who, looked.author), (&Named::Support, None));
    let link = one(&entries, "link_issued");
    assert_eq!(link.who, Named::Machine);
    for entry in [created, looked, link] {
        assert_eq!(entry.sight, EntrySight::Deed);
        assert_eq!((&entry.origin, entry.request), (&None, None), "{entry:#?}");
    }
    let everything = format!("{entries:?}");
    assert!(!everything.contains(SUPPORT) && !everything.contains("198.51.100.9"));
    let Author::Operator(operator) = town.support.author() else {
        panic!("{:?}", town.support)
    };
    assert!(!everything.contains(&operator.to_string()), "{everything}");
}

#[tokio::test]
async fn what_i_did_is_told_with_from_where_and_on_whom_as_long_as_i_may_see_them() {
    let town = town().await;
    let Town { aplus, marie, .. } = &town;
    let entries = own(aplus, marie).await;
    let created = entries
        .iter()
        .find(|entry| entry.kind == "account_created" && entry.account == Some(town.paul))
        .unwrap();
    assert_eq!(created.sight, EntrySight::Own);
    assert_eq!(
        (&created.who, &created.whom),
        (&Named::You, &Some(Named::Account(email(PAUL))))
    );
    assert_eq!(
        created.group_name.as_ref().unwrap().as_str(),
        "Mairie de Lens"
    );
    let origin = created.origin.clone().unwrap();
    assert_eq!(origin.network.as_deref(), Some("192.0.2.1"));

    // An account that has left my groups is one that I no longer see (A9).
    let elsewhere = GroupForm {
        draft: GroupDraft::new(GroupName::parse("Ailleurs").unwrap()),
        request: SupportRequest {
            requester: "anct".parse().unwrap(),
            reference: Reference::parse("lettre 13").unwrap(),
        },
    };
    let none = Context::default();
    let other = aplus.create_group(Author::Machine, &elsewhere, &none);
    let other = other.await.unwrap().id;
    let request = &elsewhere.request;
    let boss = AccountDraft::new(
        email("chef@ailleurs.example"),
        Roles::only(Role::Responsable),
    );
    let boss = aplus.create_account_for(Author::Machine, other, &boss, request, &none);
    let boss = Author::Account(boss.await.unwrap().account.id());
    aplus
        .add_member(boss, other, &email(PAUL), &none)
        .await
        .unwrap();
    let taking_out = aplus.remove_member(marie.author(), town.group, town.paul, &none);
    taking_out.await.unwrap();
    let entries = own(aplus, marie).await;
    let removed = one(&entries, "member_removed");
    assert_eq!(removed.whom, Some(Named::Somebody));
    assert!(!format!("{:?}", removed).contains(PAUL));

    aplus
        .withdraw(Author::Machine, town.paul, &none)
        .await
        .unwrap();
    let entries = own(aplus, marie).await;
    assert_eq!(one(&entries, "member_removed").whom, Some(Named::Gone));
}

#[tokio::test]
async fn my_journal_holds_nothing_of_others_and_reading_it_is_no_entry() {
    let town = town().await;
    let Town { aplus, .. } = &town;
    let me = current(aplus, PAUL).await;
    let first = own(aplus, &me).await;
    assert_eq!(own(aplus, &me).await, first);
    for entry in &first {
        let mine = entry.account == Some(town.paul) || entry.author == Some(me.author());
        assert!(mine, "{entry:#?}");
    }
    // An operator's own: what the operator did, with everybody's name.
    aplus
        .view_account(&town.support, town.paul, &Context::default())
        .await
        .unwrap();
    let theirs = own(aplus, &town.support).await;
    assert!(theirs.iter().all(|entry| entry.who == Named::You));
    assert_eq!(
        one(&theirs, "looked").whom,
        Some(Named::Account(email(PAUL)))
    );
}

#[tokio::test]
async fn support_reads_all_and_each_page_that_it_reads_is_an_entry() {
    let town = town().await;
    let Town { aplus, support, .. } = &town;
    let none = from("192.0.2.3");
    let looks = async || {
        let filter = EntryFilter {
            author: Some(support.author()),
            kind: Some("looked"),
            ..EntryFilter::default()
        };
        let found = aplus.store().search(&filter, None, 200).await.unwrap();
        found.items
    };
    let (account, group) = (Some(town.paul), Some(town.group));
    let all = EntryFilter::default();
    let of = |filter: EntryFilter, account, group| (filter, Subject::Journal { account, group });
    let asked = [
        of(all, None, None),
        of(EntryFilter { account, ..all }, account, None),
        of(EntryFilter { group, ..all }, None, group),
        of(
            EntryFilter {
                account,
                group,
                ..all
            },
            account,
            group,
        ),
        // All that somebody did is a look at them.
        of(
            EntryFilter {
                author: account.map(Author::Account),
                ..all
            },
            account,
            None,
        ),
        of(
            EntryFilter {
                author: Some(Author::Machine),
                ..all
            },
            None,
            None,
        ),
    ];
    for (number, (filter, subject)) in asked.into_iter().enumerate() {
        let page = aplus.journal(support, &filter, None, 200, &none).await;
        assert!(
            page.unwrap()
                .items
                .iter()
                .all(|it| it.sight == EntrySight::Whole)
        );
        let looks = looks().await;
        assert_eq!(
            looks.len(),
            number + 1,
            "equal looks are not taken together"
        );
        assert_eq!(looks[0].event().unwrap(), Event::Looked { subject });
        let Subject::Journal { account, group } = subject else {
            panic!("{subject:?}")
        };
        assert_eq!((looks[0].account, looks[0].group), (account, group));
    }
    let page = aplus
        .journal(support, &all, None, 200, &none)
        .await
        .unwrap();
    let named = |kind: &str, account| {
        let mut items = page.items.iter();
        let entry = items.find(|it| it.kind == kind && it.account == account);
        let entry = entry.unwrap();
        (entry.who.clone(), entry.whom.clone())
    };
    let (marie, paul) = (Named::Account(email(MARIE)), Named::Account(email(PAUL)));
    assert_eq!(named("account_created", account), (marie, Some(paul)));
    let operator = Named::Operator(email(SUPPORT));
    assert_eq!(
        named("operator_added", None),
        (Named::Machine, Some(operator.clone()))
    );
    assert_eq!(named("looked", None), (operator, None));
    let first = &page.items[0];
    assert_eq!(
        first.origin.as_ref().unwrap().network.as_deref(),
        Some("192.0.2.3")
    );
}

#[tokio::test]
async fn who_is_not_support_is_refused_and_that_is_recorded() {
    let town = town().await;
    let Town { aplus, marie, .. } = &town;
    let filter = EntryFilter {
        account: Some(town.paul),
        ..EntryFilter::default()
    };
    let none = Context::default();
    let refused = aplus.journal(marie, &filter, None, 50, &none).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::NotOperator))));
    let entries = own(aplus, marie).await;
    let refused = one(&entries, "refused");
    assert_eq!(refused.account, Some(town.paul));
    let Some(Event::Refused { action, .. }) = &refused.event else {
        panic!("{refused:?}")
    };
    assert_eq!(action, "read_journal");
    assert!(entries.iter().all(|entry| entry.kind != "looked"));
}
