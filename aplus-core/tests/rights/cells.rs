//! The cells: every combination of the facts that the rules know, but for those that cannot be.

use aplus_core::rules::{AccountDraft, Action, Door, Holder, Subject};
use aplus_core::{
    AccountId, Actor, Author, ConversationId, ConversationState, DeactivatedBy, DualControl,
    EmailAddress, FrozenField, GroupFacts, GroupId, OperatorId, OperatorStanding, OperatorStatus,
    OrderedChange, Policy, Principal, ProfileField, Role, Roles, Standing, Status, Target, Version,
};
use uuid::Uuid;

use crate::orders::{self, Asked, Colleague, Talk, Wish};

/// What the rules are asked: an action, or one of the smaller questions of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Question {
    Of(Action),
    MayCreateAccounts,
    MayManageMembers,
    NoSuchAccount,
    Taken,
    MayViewOrdersOf,
    NoSuchOrder,
    NeedsApproval,
    IsOrdered,
}

/// Who wrote an entry of the journal, and about whom.
pub type Entry = (Author, Option<AccountId>);

/// The facts of one question.
#[derive(Debug, Clone, Copy)]
pub struct Cell<'a> {
    pub actor: &'a Actor,
    pub group: GroupFacts,
    pub target: Option<&'a Target>,
    pub draft: Option<&'a AccountDraft>,
    pub policy: &'a Policy,
    pub detail: Option<ProfileField>,
    pub frozen: Option<FrozenField>,
    pub owner: Option<Principal>,
    pub subject: Option<Subject>,
    pub entry: Option<Entry>,
    pub holder: Option<Holder>,
    pub door: Option<Door>,
    pub support: orders::Facts<'a>,
}

/// What cannot be, and why.
type Impossible = (&'static str, fn(&Cell<'_>) -> bool);
const IMPOSSIBLE: [Impossible; 8] = [
    ("a shared mailbox is never Responsable (A5)", |cell| {
        let wrong =
            |standing: &Standing| standing.shared && standing.roles.contains(Role::Responsable);
        matches!(cell.actor, Actor::Account(own) if wrong(own))
            || cell.target.is_some_and(|target| wrong(target.standing()))
    }),
    (
        "an account is withdrawn only before its first use (A11)",
        |cell| {
            let withdrawn = |target: &&Target| target.standing().status == Status::Withdrawn;
            let is_self = relation(cell) == SELF;
            cell.target
                .filter(withdrawn)
                .is_some_and(|target| target.standing().used && !is_self)
        },
    ),
    ("whoever asks has logged in", |cell| {
        relation(cell) == SELF && cell.target.is_some_and(|target| !target.standing().used)
    }),
    (
        "an active responsable is counted in each of its groups",
        |cell| {
            cell.target.is_some_and(|target| {
                let counts = target
                    .groups()
                    .iter()
                    .map(|group| group.active_responsables);
                target.standing().is_responsable() && counts.min() == Some(0)
            })
        },
    ),
    ("the address of a withdrawn account is free (A11)", |cell| {
        cell.holder == Some(Holder::Account(Status::Withdrawn))
    }),
    (
        "no order holds of an account that was withdrawn (A11)",
        |cell| {
            let withdrawn = |target: &Target| target.standing().status == Status::Withdrawn;
            cell.support.wish.is_some_and(|wish| wish.holds) && cell.target.is_some_and(withdrawn)
        },
    ),
    ("an operator stands in one way", |cell| {
        let colleague = cell.support.colleague.map(|colleague| colleague.standing);
        let (Actor::Operator(own), Some(colleague)) = (cell.actor, colleague) else {
            return false;
        };
        own.id == colleague.id && own.status != colleague.status
    }),
    (
        "details are corrected by orders that change no address (A4, A6)",
        |cell| {
            let wish = cell.support.wish;
            wish.is_some_and(|wish| wish.address && wish.details)
        },
    ),
];

/// Why a cell cannot be.
pub fn impossible(cell: &Cell<'_>) -> Option<&'static str> {
    let (reason, _) = IMPOSSIBLE.iter().find(|(_, is)| is(cell))?;
    Some(reason)
}

/// A column of the table.
pub struct Column {
    pub name: &'static str,
    pub values: &'static [&'static str],
    /// Which of the values a cell has.
    pub value: fn(&Cell<'_>) -> usize,
}

const YES_NO: &[&str] = &["yes", "no", "."];
const HOLDS: &[&str] = &["responsable", "other", "."];
const COUNTS: &[&str] = &["0", "1", "2", "."];
const SELF: usize = 0;

#[rustfmt::skip]
pub const COLUMNS: &[Column] = &[
    Column {
        name: "who",
        values: &["visitor", "active", "off:responsable", "off:support", "off:withdrawn", "operator", "suspended", "machine"],
        value: |cell| match cell.actor {
            Actor::Visitor => 0,
            Actor::Account(own) => 1 + status(own.status),
            Actor::Operator(operator) if operator.status == OperatorStatus::Active => 5,
            Actor::Operator(_) => 6,
            Actor::Machine => 7,
        },
    },
    Column { name: "roles", values: HOLDS, value: |cell| holds(own(cell).map(|own| own.roles)) },
    Column { name: "in", values: YES_NO, value: |cell| yes_no(own(cell).map(|own| own.groups.contains(cell.group.id))) },
    Column { name: "relation", values: &["self", "all", "some", "none", "."], value: relation },
    Column {
        name: "target",
        values: &["active", "off:responsable", "off:support", "withdrawn"],
        value: |cell| status(target(cell).status),
    },
    Column { name: "holds", values: HOLDS, value: |cell| holds(Some(target(cell).roles)) },
    Column { name: "used", values: YES_NO, value: |cell| yes_no(Some(target(cell).used)) },
    Column { name: "member", values: YES_NO, value: |cell| yes_no(Some(target(cell).groups.contains(cell.group.id))) },
    Column { name: "groups", values: &["one", "more"], value: |cell| usize::from(target(cell).groups.len() > 1) },
    Column { name: "count", values: COUNTS, value: |cell| cell.group.active_responsables as usize },
    Column { name: "had", values: YES_NO, value: |cell| yes_no(Some(cell.group.has_had_responsable())) },
    Column { name: "fewest", values: COUNTS, value: |cell| counts(cell).min().unwrap_or(3) },
    Column { name: "gives", values: HOLDS, value: |cell| holds(cell.draft.map(|draft| draft.roles)) },
    Column {
        name: "mailbox",
        values: &["person", "shared:looks", "shared:marked", "shared:both"],
        value: |cell| {
            let draft = cell.draft.unwrap();
            usize::from(draft.email.as_str() == SHARED) + 2 * usize::from(draft.shared)
        },
    },
    Column { name: "allowed", values: YES_NO, value: |cell| yes_no(Some(cell.policy.allow_shared_mailboxes)) },
    Column {
        name: "dual",
        values: &["all", "raising", "none"],
        value: |cell| match cell.policy.dual_control {
            DualControl::All => 0,
            DualControl::Raising => 1,
            DualControl::None => 2,
        },
    },
    Column {
        name: "field",
        values: &["first_name", "last_name", "job_title", "phone", "email", "roles", "groups", "status"],
        value: |cell| match (cell.detail, cell.frozen) {
            (Some(detail), _) => ProfileField::ALL.iter().position(|field| *field == detail).unwrap(),
            (None, frozen) => 4 + FrozenField::ALL.iter().position(|field| Some(*field) == frozen).unwrap(),
        },
    },
    Column {
        name: "door",
        values: &["accounts", "responsables", "support"],
        value: |cell| Door::ALL.iter().position(|door| Some(*door) == cell.door).unwrap(),
    },
    Column {
        name: "owner",
        values: &["own", "account", "operator"],
        value: |cell| match (cell.actor, cell.owner.unwrap()) {
            (Actor::Account(own), Principal::Account(owner)) if own.id == owner => 0,
            (Actor::Operator(own), Principal::Operator(owner)) if own.id == owner => 0,
            (_, Principal::Account(_)) => 1,
            (_, Principal::Operator(_)) => 2,
        },
    },
    Column {
        name: "by",
        values: &["own", "account", "operator", "machine"],
        value: |cell| match (cell.actor.author(), cell.entry.unwrap().0) {
            (Some(own), author) if own == author => 0,
            (_, Author::Account(_)) => 1,
            (_, Author::Operator(_)) => 2,
            (_, Author::Machine) => 3,
        },
    },
    Column {
        name: "about",
        values: &["own", "account", "nobody"],
        value: |cell| match (own(cell), cell.entry.unwrap().1) {
            (_, None) => 2,
            (Some(own), Some(account)) if own.id == account => 0,
            (_, Some(_)) => 1,
        },
    },
    Column {
        name: "holder",
        values: &["active", "off:responsable", "off:support", "off:withdrawn", "operator"],
        value: |cell| match cell.holder.unwrap() {
            Holder::Account(of) => status(of),
            Holder::Operator => 4,
        },
    },
    Column { name: "shared", values: YES_NO, value: |cell| yes_no(Some(target(cell).shared)) },
    Column { name: "address", values: &["same", "new", "mailbox"], value: |cell| orders::address(change(cell)) },
    Column {
        name: "turns",
        values: &["same", "responsable", "other"],
        value: |cell| orders::turns(change(cell), target(cell).roles),
    },
    Column { name: "details", values: YES_NO, value: |cell| yes_no(Some(!change(cell).profile.is_empty())) },
    Column { name: "order", values: &orders::STATES, value: |cell| orders::state(wish(cell)) },
    Column {
        name: "author",
        values: &["own", "operator", "machine"],
        value: |cell| orders::author(wish(cell), cell.actor),
    },
    Column { name: "fresh", values: YES_NO, value: |cell| yes_no(Some(wish(cell).holds)) },
    Column {
        name: "changes",
        values: &["roles", "address", "details"],
        value: |cell| match wish(cell) {
            Wish { address: true, .. } => 1,
            Wish { details: true, .. } => 2,
            Wish { .. } => 0,
        },
    },
    Column {
        name: "colleague",
        values: &["self", "active", "suspended"],
        value: |cell| {
            let colleague = colleague(cell).standing;
            match cell.actor {
                Actor::Operator(own) if own.id == colleague.id => 0,
                _ => 1 + usize::from(colleague.status == OperatorStatus::Suspended),
            }
        },
    },
    Column {
        name: "enquirer",
        values: &["own", "account", "visitor"],
        value: |cell| match (own(cell), talk(cell).account) {
            (Some(own), Some(account)) if own.id == account => 0,
            (_, Some(_)) => 1,
            (_, None) => 2,
        },
    },
    Column {
        name: "talk",
        values: &["waiting", "answered", "closed", "erased"],
        value: |cell| match talk(cell) {
            Talk { erased: true, .. } => 3,
            Talk { state, .. } => ConversationState::ALL.iter().position(|it| *it == state).unwrap(),
        },
    },
    Column {
        name: "asked",
        values: &["nobody", "self", "other", "suspended", "late"],
        value: |cell| Asked::ALL.iter().position(|asked| *asked == colleague(cell).asked).unwrap(),
    },
];

fn change<'a>(cell: &Cell<'a>) -> &'a OrderedChange {
    cell.support.change.unwrap()
}

fn wish(cell: &Cell<'_>) -> Wish {
    cell.support.wish.unwrap()
}

fn colleague(cell: &Cell<'_>) -> Colleague {
    cell.support.colleague.unwrap()
}

fn talk(cell: &Cell<'_>) -> Talk {
    cell.support.talk.unwrap()
}

fn own<'a>(cell: &Cell<'a>) -> Option<&'a Standing> {
    match cell.actor {
        Actor::Account(standing) => Some(standing),
        Actor::Visitor | Actor::Operator(_) | Actor::Machine => None,
    }
}

fn target<'a>(cell: &Cell<'a>) -> &'a Standing {
    cell.target.unwrap().standing()
}

fn counts(cell: &Cell<'_>) -> impl Iterator<Item = usize> {
    let groups = cell.target.unwrap().groups().iter();
    groups.map(|group| group.active_responsables as usize)
}

fn status(status: Status) -> usize {
    match status {
        Status::Active => 0,
        Status::Deactivated(DeactivatedBy::Responsable) => 1,
        Status::Deactivated(DeactivatedBy::Support) => 2,
        Status::Withdrawn => 3,
    }
}

fn holds(roles: Option<Roles>) -> usize {
    yes_no(roles.map(|roles| roles.contains(Role::Responsable)))
}

fn yes_no(is: Option<bool>) -> usize {
    is.map_or(2, |is| usize::from(!is))
}

fn relation(cell: &Cell<'_>) -> usize {
    let (Some(own), Some(target)) = (own(cell), cell.target) else {
        return 4;
    };
    let of = target.standing();
    let together = of
        .groups
        .iter()
        .filter(|group| own.groups.contains(*group))
        .count();
    match together {
        _ if own.id == of.id => SELF,
        0 => 3,
        all if all == of.groups.len() => 1,
        _ => 2,
    }
}

pub const SHARED: &str = "mairie@lens.example";
pub const PERSON: &str = "camille.martin@lens.example";
pub const STATUSES: [Status; 4] = [
    Status::Active,
    Status::Deactivated(DeactivatedBy::Responsable),
    Status::Deactivated(DeactivatedBy::Support),
    Status::Withdrawn,
];

pub fn group(number: u128) -> GroupId {
    GroupId::from_uuid(Uuid::from_u128(number))
}

pub fn account(number: u128) -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(number))
}

pub fn operator(number: u128) -> OperatorId {
    OperatorId::from_uuid(Uuid::from_u128(number))
}

pub fn facts(number: u128, active_responsables: u32) -> GroupFacts {
    GroupFacts {
        id: group(number),
        version: Version(7),
        active_responsables,
    }
}

/// Every set of at least one of the groups 1 to `last`.
pub fn group_sets(last: u128) -> Vec<Vec<u128>> {
    let sets = 1..1_u32 << last;
    sets.map(|set| {
        (1..=last)
            .filter(|number| set & (1 << (number - 1)) != 0)
            .collect()
    })
    .collect()
}

/// Everybody who may ask: accounts of every status, set of roles and of groups, shared or not; and the four others.
fn actors() -> Vec<Actor> {
    let mut actors = vec![Actor::Visitor, Actor::Machine];
    for status in [OperatorStatus::Active, OperatorStatus::Suspended] {
        let (id, version) = (operator(30), Version(3));
        actors.push(Actor::Operator(OperatorStanding {
            id,
            version,
            status,
        }));
    }
    for status in STATUSES {
        for roles in Roles::all_sets() {
            for shared in [false, true] {
                for groups in group_sets(3) {
                    let groups = groups.into_iter().map(group);
                    actors.push(Actor::Account(Standing {
                        version: Version(5),
                        status,
                        shared,
                        ..Standing::active(account(10), roles, groups)
                    }));
                }
            }
        }
    }
    actors
}

/// Every account that can be acted on: somebody else's in the groups 1 and 2, and the actor's own.
fn targets(actor: &Actor, counted: bool) -> Vec<Target> {
    let mut standings = Vec::new();
    for used in [true, false] {
        if let Actor::Account(own) = actor {
            standings.push((
                Standing {
                    used,
                    ..own.clone()
                },
                own.groups.iter().map(|id| id.as_uuid().as_u128()).collect(),
            ));
        }
        for status in STATUSES {
            for roles in Roles::all_sets() {
                for groups in group_sets(2) {
                    let standing = Standing::active(account(20), roles, []);
                    let version = Version(6);
                    standings.push((
                        Standing {
                            version,
                            status,
                            used,
                            ..standing
                        },
                        groups,
                    ));
                }
            }
        }
    }
    let mut targets = Vec::new();
    for (standing, groups) in standings {
        let choices: &[u32] = if counted { &[0, 1, 2] } else { &[2] };
        let mut all: Vec<Vec<GroupFacts>> = vec![Vec::new()];
        for number in groups {
            all = all
                .iter()
                .flat_map(|before: &Vec<GroupFacts>| {
                    choices.iter().map(move |count| {
                        let mut groups = before.clone();
                        groups.push(facts(number, *count));
                        groups
                    })
                })
                .collect();
        }
        targets.extend(
            all.into_iter()
                .map(|groups| Target::new(standing.clone(), groups)),
        );
    }
    targets
}

fn drafts() -> Vec<AccountDraft> {
    let mut drafts = Vec::new();
    for roles in Roles::all_sets() {
        for address in [PERSON, SHARED] {
            for shared in [false, true] {
                let email = EmailAddress::parse(address).unwrap();
                let draft = AccountDraft::new(email, roles);
                drafts.push(AccountDraft { shared, ..draft });
            }
        }
    }
    drafts
}

fn policies() -> Vec<Policy> {
    let mut policies = Vec::new();
    for dual_control in [DualControl::All, DualControl::Raising, DualControl::None] {
        for allow_shared_mailboxes in [true, false] {
            policies.push(Policy {
                dual_control,
                allow_shared_mailboxes,
                ..Policy::default()
            });
        }
    }
    policies
}

/// Every entry of the journal, as far as it matters: by whom, and about whom.
fn entries() -> Vec<Entry> {
    let authors = [
        Author::Account(account(10)),
        Author::Account(account(20)),
        Author::Operator(operator(30)),
        Author::Operator(operator(31)),
        Author::Machine,
    ];
    let about = [None, Some(account(10)), Some(account(20))];
    let of = |author| about.map(|account| (author, account));
    authors.into_iter().flat_map(of).collect()
}

/// The values of one fact, or none where the question has no such fact.
fn some<T>(asked: bool, values: impl IntoIterator<Item = T>) -> Vec<Option<T>> {
    if asked {
        values.into_iter().map(Some).collect()
    } else {
        vec![None]
    }
}

impl Question {
    pub fn all() -> impl Iterator<Item = Self> {
        let smaller = [
            Self::MayCreateAccounts,
            Self::MayManageMembers,
            Self::NoSuchAccount,
            Self::Taken,
            Self::MayViewOrdersOf,
            Self::NoSuchOrder,
            Self::NeedsApproval,
            Self::IsOrdered,
        ];
        Action::ALL.into_iter().map(Self::Of).chain(smaller)
    }

    /// Its section in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Of(action) => action.as_str(),
            Self::MayCreateAccounts => "may_create_accounts",
            Self::MayManageMembers => "may_manage_members",
            Self::NoSuchAccount => "no_such_account",
            Self::Taken => "taken",
            Self::MayViewOrdersOf => "may_view_orders_of",
            Self::NoSuchOrder => "no_such_order",
            Self::NeedsApproval => "needs_approval",
            Self::IsOrdered => "is_ordered",
        }
    }

    /// Shows every combination of the facts that the question has, the impossible ones too.
    pub fn each_cell(self, mut visit: impl FnMut(&Cell<'_>)) {
        use Action::*;
        let is = |actions: &[Action]| matches!(self, Self::Of(action) if actions.contains(&action));
        let by_status = is(&[Deactivate, Reactivate, Withdraw]);
        let counted = by_status || is(&[RemoveMember]);
        let on_account = counted
            || is(&[
                AddMember,
                AddMemberFor,
                EditProfile,
                ViewAccount,
                EmptyAccount,
            ]);
        let changes = is(&[ProposeOrder]) || self == Self::NeedsApproval;
        let decides = is(&[ApproveOrder, RefuseOrder]);
        let on_order = changes || decides || is(&[ViewOrders]);
        let creates = is(&[CreateAccount, CreateAccountFor]) || self == Self::IsOrdered;
        let in_group = creates
            || is(&[AddMember, AddMemberFor, RemoveMember, ViewGroup])
            || matches!(
                self,
                Self::MayCreateAccounts
                    | Self::MayManageMembers
                    | Self::NoSuchAccount
                    | Self::MayViewOrdersOf
            );
        let drafts = if creates {
            drafts().into_iter().map(Some).collect()
        } else {
            vec![None]
        };
        let policies = match creates || changes || is(&[Reactivate]) {
            true => policies(),
            false => vec![Policy::default()],
        };
        let details = some(is(&[EditProfile]), ProfileField::ALL);
        let frozen_fields = some(is(&[ChangeFrozen]), FrozenField::ALL);
        let owners = some(
            is(&[EndSession, EndAllSessions]),
            [
                Principal::Account(account(10)),
                Principal::Account(account(20)),
                Principal::Operator(operator(30)),
                Principal::Operator(operator(31)),
            ],
        );
        let subjects = some(
            is(&[Look]),
            [
                Subject::Account(account(20)),
                Subject::Links(account(20)),
                Subject::Group(group(1)),
                Subject::Orders,
                Subject::Inbox,
                Subject::Conversation {
                    conversation: ConversationId::from_uuid(Uuid::from_u128(60)),
                    account: Some(account(20)),
                },
                Subject::Journal {
                    account: None,
                    group: Some(group(1)),
                },
            ],
        );
        let entries = some(is(&[ViewEntry]), entries());
        let doors = some(is(&[Enter]), Door::ALL);
        let holders = some(
            self == Self::Taken,
            STATUSES
                .into_iter()
                .map(Holder::Account)
                .chain([Holder::Operator]),
        );
        let changed = orders::changes();
        let orders = &if changes {
            orders::Facts::of_changes(&changed)
        } else if decides || is(&[WithdrawOrder]) {
            orders::Facts::of_orders()
        } else if is(&[SuspendOperator]) {
            orders::Facts::of_colleagues(&[Asked::Nobody])
        } else if is(&[
            ViewConversation,
            AddMessage,
            AnswerConversation,
            CloseConversation,
        ]) {
            orders::Facts::of_talks()
        } else if is(&[RestoreOperator]) {
            orders::Facts::of_colleagues(&Asked::ALL)
        } else {
            vec![orders::Facts::default()]
        };
        let nobody_asks = matches!(self, Self::NeedsApproval | Self::IsOrdered);
        let actors = if nobody_asks {
            vec![Actor::Visitor]
        } else {
            actors()
        };
        for actor in &actors {
            let targets: Vec<_> = match on_account {
                true => targets(actor, counted).into_iter().map(Some).collect(),
                false if on_order => orders::targets(actor).into_iter().map(Some).collect(),
                false => vec![None],
            };
            for target in &targets {
                // The group acted on is group 1: if it is one of the account's, what is known of it is known once.
                let known = target
                    .iter()
                    .flat_map(Target::groups)
                    .find(|known| known.id == group(1));
                let groups: Vec<_> = match known {
                    Some(known) if counted => vec![*known],
                    _ if !in_group => vec![facts(1, 2)],
                    _ => {
                        let never = GroupFacts {
                            version: Version(0),
                            ..facts(1, 0)
                        };
                        std::iter::once(never)
                            .chain((0..=2).map(|count| facts(1, count)))
                            .collect()
                    }
                };
                for group in groups {
                    for draft in &drafts {
                        for policy in &policies {
                            for detail in &details {
                                for frozen in &frozen_fields {
                                    for owner in &owners {
                                        for subject in &subjects {
                                            // No question has two of these.
                                            for (holder, door, entry, support) in
                                                holders.iter().flat_map(|holder| {
                                                    let entries = &entries;
                                                    doors.iter().flat_map(move |door| {
                                                        entries.iter().flat_map(move |entry| {
                                                            orders.iter().map(move |it| {
                                                                (holder, door, entry, it)
                                                            })
                                                        })
                                                    })
                                                })
                                            {
                                                visit(&Cell {
                                                    actor,
                                                    group,
                                                    target: target.as_ref(),
                                                    draft: draft.as_ref(),
                                                    policy,
                                                    detail: *detail,
                                                    frozen: *frozen,
                                                    owner: *owner,
                                                    subject: *subject,
                                                    entry: *entry,
                                                    holder: *holder,
                                                    door: *door,
                                                    support: *support,
                                                });
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
