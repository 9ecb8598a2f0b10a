//! Every use case of the service, once each, in a store that people use.

use std::time::Duration;

use aplus_core::journal::EntryFilter;
use aplus_core::rules::{self, AccountDraft};
use aplus_core::service::{Context, GroupForm, LinkStep};
use aplus_core::*;

use super::orders;
use super::people::{People, address, group_draft, number, requested};
use super::rounds::LINES;
use super::watched::Watch;

pub(crate) async fn use_cases(people: &People, watch: &mut Watch) {
    coming_and_going(people, watch).await;
    responsables_acts(people, watch).await;
    supports_acts(people, watch).await;
    orders::use_cases(people, watch).await;
}

async fn coming_and_going(people: &People, watch: &mut Watch) {
    let (aplus, none) = (&people.aplus, Context::default());
    let email = people.both.email().unwrap();
    // The mails of what was done before go first.
    while !aplus.courier_pass(aplus.now()).await.unwrap().is_idle() {}
    let ask = People::asking(email, 8);
    let asking = aplus.ask_for_link(ask, &none);
    watch.of("ask for a link", asking).await.unwrap();
    let name = "the courier answers one asking and sends one mail";
    watch
        .of(name, aplus.courier_pass(aplus.now()))
        .await
        .unwrap();
    let name = "the courier finds nothing to do";
    watch
        .of(name, aplus.courier_pass(aplus.now()))
        .await
        .unwrap();
    let secret = people.link(email, 7).await;
    let browser = Some(BrowserHash::from_bytes([7; 32]));
    let looking = aplus.inspect_link(&secret, browser);
    watch.of("look at a link", looking).await.unwrap();
    let opening = aplus.log_in(&secret, browser, None, &none);
    let opened = watch.of("confirm a link", opening).await.unwrap();
    let again = aplus.second_press(&secret, browser);
    let name = "press the button of a used link again";
    watch.of(name, again).await.unwrap().unwrap();
    let looking = async {
        aplus.inspect_link(&secret, browser).await.unwrap();
        aplus.steps_of_link(&secret).await.unwrap()
    };
    let told = watch.of("look at a dead link", looking).await;
    assert!(told.iter().any(|(_, step)| *step == LinkStep::Used));
    let used = aplus.log_in(&secret, browser, None, &none);
    let name = "confirm a link that was used";
    watch.of(name, used).await.unwrap_err();
    let checking = aplus.current(&opened.secret);
    let current = watch
        .of("check a session", checking)
        .await
        .unwrap()
        .unwrap();
    people.clock.advance(Duration::from_secs(3_600));
    let checking = aplus.current(&opened.secret);
    let name = "check a session that was not seen for a minute";
    watch.of(name, checking).await.unwrap().unwrap();
    let checking = aplus.current(&opened.secret);
    let again = watch.of("check a session", checking).await;
    assert!(again.unwrap().is_some());
    let other = people.link(email, 6).await;
    let wrong = address("autre");
    let guessing = aplus.log_in(&other, None, Some(&wrong), &none);
    let name = "confirm a link in another browser with a wrong address";
    watch.of(name, guessing).await.unwrap_err();
    let owner = current.principal();
    watch
        .of("list one's sessions", aplus.sessions(owner))
        .await
        .unwrap();
    let name = "list one's groups (two)";
    let groups = aplus.my_groups(&current, None, LINES, &none);
    assert_eq!(watch.of(name, groups).await.unwrap().items.len(), 2);
    let change = ProfileChange {
        job_title: Some(Some(
            JobTitle::parse(&format!("Agent {}", number())).unwrap(),
        )),
        ..ProfileChange::default()
    };
    let name = "change one's details";
    let editing = aplus.edit_own_profile(&current, &change, &none);
    watch.of(name, editing).await.unwrap();
    let name = "change nothing of one's details";
    let editing = aplus.edit_own_profile(&current, &change, &none);
    watch.of(name, editing).await.unwrap();
    let ending = aplus.end_session(owner, current.session, &none);
    watch.of("end a session", ending).await.unwrap();
    let ending = aplus.end_all_sessions(current.author(), owner, &none);
    watch.of("end all sessions", ending).await.unwrap();
}

async fn responsables_acts(people: &People, watch: &mut Watch) {
    let (aplus, none) = (&people.aplus, Context::default());
    let (_, current) = people.log_in(people.first.email().unwrap()).await;
    let by = current.author();
    let draft = AccountDraft::new(address("nouveau"), Roles::only(Role::Aidant));
    let creating = aplus.create_account(by, people.home, &draft, &none);
    let created = watch
        .of("create an account", creating)
        .await
        .unwrap()
        .account;
    let creating = aplus.create_account(by, people.home, &draft, &none);
    let name = "create an account whose address is taken (refused)";
    watch.of(name, creating).await.unwrap_err();
    let adding = aplus.add_member(by, people.away, &draft.email, &none);
    watch.of("add a member", adding).await.unwrap();
    let taking = aplus.remove_member(by, people.away, created.id(), &none);
    watch.of("take out a member", taking).await.unwrap();
    let viewing = aplus.view_account(&current, created.id(), &none);
    watch.of("look at an account", viewing).await.unwrap();
    let listing = aplus.members(&current, people.home, None, LINES, &none);
    watch
        .of("list the members of a group", listing)
        .await
        .unwrap();
    let name = "whether a form may be shown";
    let rule = rules::may_create_accounts;
    let asking = aplus.allow_in_group(
        &current,
        rules::Action::CreateAccount,
        people.home,
        rule,
        &none,
    );
    watch.of(name, asking).await.unwrap();
    let ending = aplus.deactivate(by, created.id(), &none);
    watch.of("deactivate an account", ending).await.unwrap();
    let coming_back = aplus.reactivate(by, created.id(), &none);
    watch
        .of("reactivate an account", coming_back)
        .await
        .unwrap();
    let withdrawing = aplus.withdraw(by, created.id(), &none);
    watch.of("withdraw an account", withdrawing).await.unwrap();
    let refused = aplus.deactivate(People::by(&people.aidant), people.first.id(), &none);
    let name = "an act that is refused";
    watch.of(name, refused).await.unwrap_err();
}

async fn supports_acts(people: &People, watch: &mut Watch) {
    let (aplus, none) = (&people.aplus, Context::default());
    let (_, current) = people.log_in(&people.operator.email).await;
    let form = GroupForm {
        draft: group_draft(),
        request: requested(),
    };
    let creating = aplus.create_group(current.author(), &form, &none);
    watch.of("support creates a group", creating).await.unwrap();
    let looking = aplus.view_account(&current, people.both.id(), &none);
    watch
        .of("support looks at an account", looking)
        .await
        .unwrap();
    let finding = aplus.find_account(&current, people.both.email().unwrap(), &none);
    watch
        .of("support looks up an address", finding)
        .await
        .unwrap();
    let listing = aplus.groups(&current, None, LINES, &none);
    watch.of("support lists groups", listing).await.unwrap();
    let all = EntryFilter::default();
    let reading = aplus.journal(&current, &all, None, LINES, &none);
    watch
        .of("support reads a page of the journal", reading)
        .await
        .unwrap();
    let owner = Principal::Account(people.both.id());
    let ending = aplus.end_all_sessions(current.author(), owner, &none);
    ending.await.unwrap();
    let (_, own) = people.log_in(people.both.email().unwrap()).await;
    let reading = aplus.my_journal(&own, None, LINES);
    watch
        .of("read a page of one's own journal", reading)
        .await
        .unwrap();
    let email = address("operatrice");
    let adding = aplus.add_operator(&email, &none);
    watch
        .of("the machine adds an operator", adding)
        .await
        .unwrap();
    // What was counted in the last hours is told first, and that links were looked at.
    aplus.housekeeping_pass(aplus.now()).await.unwrap();
    let keeping = aplus.housekeeping_pass(aplus.now());
    watch
        .of("a pass of house-keeping with nothing to tell", keeping)
        .await
        .unwrap();
}
