//! The journal in French: a sentence for each event. Whoever acts follows "par", so that no verb depends on them.

use super::{action, frozen_field, profile_field};
use crate::journal::{Event, Named, OrderChange, SeenEntry};
use crate::rules::{Action, Subject};
use crate::words::{Language, role_list};
use crate::{FrozenField, OrderState, ProfileField, RequesterKind, Roles};

/// What happened; `when` begins with a space, or is empty where the hour stands beside.
pub(in crate::words) fn deed(entry: &SeenEntry, when: &str) -> String {
    let Some(event) = &entry.event else {
        return format!(
            "Entrée d'un genre que cette version ne connaît pas{when}\u{a0}: {}.",
            entry.kind
        );
    };
    let by = format!("par {}", person(&entry.who));
    match event {
        Event::AccountCreated {
            roles,
            shared,
            fields: _,
            requester,
            ordered,
        } => format!(
            "{} a été créé {by}{when}{}{}, {}{}{}.",
            subject(entry),
            at_request(entry, *requester),
            in_group(entry),
            with_roles(*roles),
            if *shared {
                ", pour une boîte partagée"
            } else {
                ""
            },
            match ordered {
                None => String::new(),
                Some(roles) => format!(
                    "\u{a0}; une demande qui attend un accord le ferait passer à\u{a0}: {}",
                    role_list(*roles, Language::French)
                ),
            }
        ),
        Event::MemberAdded { requester } => format!(
            "{} a été ajouté au groupe{} {by}{when}{}.",
            subject(entry),
            quoted_group(entry),
            at_request(entry, *requester)
        ),
        Event::MemberRemoved if entry.is_about_its_author() => format!(
            "{} a quitté le groupe{}{when}.",
            subject(entry),
            quoted_group(entry)
        ),
        Event::MemberRemoved => format!(
            "{} a été retiré du groupe{} {by}{when}.",
            subject(entry),
            quoted_group(entry)
        ),
        Event::AccountDeactivated { by_support: false } => {
            format!("{} a été désactivé {by}{when}.", subject(entry))
        }
        Event::AccountDeactivated { by_support: true } => format!(
            "{} a été désactivé {by}{when}\u{a0}; seul le support peut le réactiver.",
            subject(entry)
        ),
        Event::AccountReactivated => format!("{} a été réactivé {by}{when}.", subject(entry)),
        Event::AccountWithdrawn => {
            let account = match &entry.whom {
                // Its address went with it: that it is gone is what the sentence says.
                Some(Named::Gone) | None => "Un compte".to_owned(),
                Some(_) => subject(entry),
            };
            format!("{account} a été retiré avant sa première utilisation {by}{when}.")
        }
        Event::ProfileEdited { fields } => format!(
            "Des informations {} ont été modifiées {by}{when}\u{a0}: {}.",
            of_account(entry),
            field_names(fields)
        ),
        Event::GroupCreated { requester } => format!(
            "Le groupe{} a été créé {by}{when}{}.",
            quoted_group(entry),
            at_request(entry, Some(*requester))
        ),
        Event::OperatorAdded {
            operator: _,
            restored,
        } => {
            let what = match restored {
                false => "Ajout à l'équipe de support",
                true => "Retour dans l'équipe de support",
            };
            format!("{what} {by}{when}{}.", whom(entry, "\u{a0}: "))
        }
        Event::OperatorSuspended { operator: _ } => format!(
            "Suspension dans l'équipe de support {by}{when}{}.",
            whom(entry, "\u{a0}: ")
        ),
        Event::OperatorRestoreAsked { operator: _ } => format!(
            "Rétablissement dans l'équipe de support demandé {by}{when}{}\u{a0}; il faut qu'un \
                deuxième membre le demande aussi.",
            whom(entry, "\u{a0}: ")
        ),
        Event::OperatorRestored {
            operator: _,
            with: _,
        } => format!(
            "Rétablissement dans l'équipe de support, à la demande d'un deuxième membre, \
                {by}{when}{}.",
            whom(entry, "\u{a0}: ")
        ),
        Event::OrderProposed {
            change,
            requester,
            state,
        } => format!(
            "Une demande de modification {} a été proposée {by}{when}{}\u{a0}: {}{}.",
            of_account(entry),
            at_request(entry, Some(*requester)),
            changes(entry, change),
            state_words(*state)
        ),
        Event::OrderApproved { order: _, state } => format!(
            "La demande de modification {} a été approuvée {by}{when}{}.",
            of_account(entry),
            state_words(*state)
        ),
        Event::OrderCarriedOut { order: _ } => format!(
            "La nouvelle adresse {} a été confirmée {by}{when}, et la demande de modification \
                appliquée.",
            of_account(entry)
        ),
        Event::OrderRefused { order: _ } => format!(
            "La demande de modification {} a été refusée {by}{when}.",
            of_account(entry)
        ),
        Event::OrderWithdrawn { order: _ } => format!(
            "La demande de modification {} a été retirée {by}{when}.",
            of_account(entry)
        ),
        Event::LinkIssued { order: Some(_), .. } => format!(
            "Un lien qui confirme une nouvelle adresse a été envoyé {}{when}.",
            for_whom(entry)
        ),
        Event::LinkIssued { supersedes, .. } => format!(
            "Un lien de connexion a été demandé {}{when}{}.",
            for_whom(entry),
            match supersedes {
                None => "",
                Some(_) => "\u{a0}; il remplace le précédent",
            }
        ),
        Event::LinkSentAgain { .. } => format!(
            "Un lien de connexion encore valable a été renvoyé {}{when}.",
            for_whom(entry)
        ),
        Event::LoggedIn { by_address, .. } => format!(
            "{}{when}{}.",
            match &entry.who {
                Named::You => "Connexion de votre part".to_owned(),
                who => format!("Connexion {}", of(Some(who))),
            },
            if *by_address {
                ", dans un autre navigateur que celui de la demande, l'adresse étant donnée"
            } else {
                ""
            }
        ),
        Event::SessionEnded { .. } => {
            let session = match &entry.whom {
                Some(Named::You) => "Une de vos sessions".to_owned(),
                named => format!("Une session {}", of(named.as_ref())),
            };
            format!("{session} a été fermée {by}{when}.")
        }
        Event::AllSessionsEnded { .. } => {
            let all = match &entry.whom {
                Some(Named::You) => "Toutes vos sessions et tous vos liens".to_owned(),
                named => format!(
                    "Toutes les sessions et tous les liens {}",
                    of(named.as_ref())
                ),
            };
            format!("{all} ont été fermés {by}{when}.")
        }
        Event::Looked { subject } => looked(*subject, entry, &by, when),
        Event::JournalErased {
            entries,
            months,
            reason,
            before: _,
        } => format!(
            "L'origine et les textes libres de {entries}\u{a0}entrées du journal, plus anciennes que \
                {months}\u{a0}mois, ont été effacés {by}{when}{}.",
            match reason {
                None => String::new(),
                Some(reason) => format!(" (durée motivée\u{a0}: {reason})"),
            }
        ),
        Event::AccountEmptied => format!(
            "L'adresse et les informations {}, inutilisé depuis longtemps, ont été effacées \
                {by}{when}.",
            of_account(entry)
        ),
        Event::ConversationOpened { visitor: false } => {
            format!("Une demande a été adressée au support {by}{when}.")
        }
        Event::ConversationOpened { visitor: true } => {
            format!("Une demande d'une personne qui n'était pas connectée a été reçue {by}{when}.")
        }
        Event::MessageAdded { conversation: _ } => {
            format!("Un message a été ajouté à une demande au support {by}{when}.")
        }
        Event::ConversationAnswered { conversation: _ } => format!(
            "La demande au support {} a reçu une réponse {by}{when}.",
            of_enquirer(entry)
        ),
        Event::ConversationClosed { conversation: _ } => format!(
            "La demande au support {} a été close {by}{when}.",
            of_enquirer(entry)
        ),
        Event::ConversationsErased {
            conversations,
            before: _,
        } => format!(
            "Ce qui a été écrit dans {conversations}\u{a0}demandes au support, sans message depuis plus de \
                {}\u{a0}mois, a été effacé {by}{when}.",
            crate::Retention::CONVERSATION_MONTHS
        ),
        Event::Refused {
            action,
            code: _,
            rule,
            field,
        } => format!(
            "{}{when}\u{a0}: «\u{a0}{}\u{a0}»{}{}{} (règle {rule}).",
            match &entry.who {
                Named::You => "Un refus vous a été opposé".to_owned(),
                who => format!("Un refus a été opposé à {}", person(who)),
            },
            action_words(action),
            field.as_deref().map(field_words).unwrap_or_default(),
            match entry.whom {
                Some(_) if !entry.is_about_its_author() => format!(", {}", for_whom(entry)),
                Some(_) | None => String::new(),
            },
            in_group(entry)
        ),
        Event::RefusedAgain { first: _, times } => format!(
            "{}, {times}\u{a0}fois en dix minutes{}.",
            match &entry.who {
                Named::You => "Le même refus vous a encore été opposé".to_owned(),
                who => format!("Le même refus a encore été opposé à {}", person(who)),
            },
            when.strip_prefix(' ')
                .map(|when| format!(" (compté {when})"))
                .unwrap_or_default()
        ),
    }
}

fn looked(at: Subject, entry: &SeenEntry, by: &str, when: &str) -> String {
    match at {
        Subject::Account(_) => format!("{} a été consulté {by}{when}.", subject(entry)),
        Subject::Links(_) => format!(
            "Les liens de connexion {} ont été consultés {by}{when}.",
            of_account(entry)
        ),
        Subject::Group(_) => format!(
            "Les membres du groupe{} ont été consultés {by}{when}.",
            quoted_group(entry)
        ),
        Subject::Orders => {
            format!("Les demandes de modification ont été consultées {by}{when}.")
        }
        Subject::Inbox => format!("Les demandes au support ont été consultées {by}{when}."),
        Subject::Conversation { .. } => format!(
            "La demande au support {} a été consultée {by}{when}.",
            of_enquirer(entry)
        ),
        Subject::Journal { account, .. } => format!(
            "Le journal a été consulté {by}{when}{}{}.",
            match account {
                None => String::new(),
                Some(_) => format!(", {}", for_whom(entry)),
            },
            in_group(entry)
        ),
    }
}

/// Somebody, after a preposition.
fn person(named: &Named) -> String {
    match named {
        Named::You => "vous".to_owned(),
        Named::Account(email) => email.to_string(),
        Named::Operator(email) => format!("{email} (équipe de support)"),
        Named::Support => "l'équipe de support".to_owned(),
        Named::Machine => "la machine du service".to_owned(),
        Named::Gone => "un compte retiré".to_owned(),
        Named::Somebody => "un autre compte".to_owned(),
    }
}

/// Somebody, after "de".
fn of(named: Option<&Named>) -> String {
    match named {
        Some(named @ (Named::Gone | Named::Somebody)) => format!("d'{}", person(named)),
        Some(named) => format!("de {}", person(named)),
        None => "de quelqu'un".to_owned(),
    }
}

/// The account, at the beginning of a sentence.
fn subject(entry: &SeenEntry) -> String {
    match &entry.whom {
        Some(Named::You) => "Votre compte".to_owned(),
        Some(Named::Gone) => "Un compte retiré".to_owned(),
        Some(Named::Somebody) => "Un autre compte".to_owned(),
        Some(named) => format!("Le compte {}", person(named)),
        None => "Un compte".to_owned(),
    }
}

fn of_account(entry: &SeenEntry) -> String {
    match &entry.whom {
        Some(Named::You) => "de votre compte".to_owned(),
        Some(named @ (Named::Gone | Named::Somebody)) => format!("d'{}", person(named)),
        Some(named) => format!("du compte {}", person(named)),
        None => "d'un compte".to_owned(),
    }
}

/// Whoever wrote to support, after "la demande".
fn of_enquirer(entry: &SeenEntry) -> String {
    match entry.whom {
        Some(_) => of_account(entry),
        None => "d'une personne qui n'était pas connectée".to_owned(),
    }
}

fn for_whom(entry: &SeenEntry) -> String {
    format!("pour{}", whom(entry, " "))
}

fn whom(entry: &SeenEntry, before: &str) -> String {
    let named = entry.whom.as_ref();
    named.map_or_else(
        || format!("{before}quelqu'un"),
        |named| format!("{before}{}", person(named)),
    )
}

fn quoted_group(entry: &SeenEntry) -> String {
    let name = entry.group_name.as_ref();
    name.map_or_else(String::new, |name| format!(" «\u{a0}{name}\u{a0}»"))
}

fn in_group(entry: &SeenEntry) -> String {
    match entry.group {
        None => String::new(),
        Some(_) => format!(", dans le groupe{}", quoted_group(entry)),
    }
}

fn at_request(entry: &SeenEntry, requester: Option<RequesterKind>) -> String {
    let who = match requester {
        None => return String::new(),
        Some(RequesterKind::Prefecture) => "d'une préfecture",
        Some(RequesterKind::Anct) => "de l'ANCT",
        Some(RequesterKind::Partner) => "d'un partenaire du déploiement France Services",
        Some(RequesterKind::Responsable) => "d'un responsable du groupe",
        Some(RequesterKind::Person) => "de la personne concernée",
    };
    let told = entry.request_text();
    match told[..] {
        [] => format!(", à la demande {who}"),
        _ => format!(", à la demande {who} ({})", told.join(", ")),
    }
}

fn with_roles(roles: Roles) -> String {
    let names: Vec<_> = roles.iter().map(super::role).collect();
    match names[..] {
        [one] => format!("avec le rôle {one}"),
        _ => format!("avec les rôles {}", names.join(", ")),
    }
}

/// What an order changes.
fn changes(entry: &SeenEntry, change: &OrderChange) -> String {
    let [from, to] = change.roles;
    let roles = format!(
        "rôles ({}, auparavant {})",
        role_list(to, Language::French),
        role_list(from, Language::French)
    );
    let address = change.email.then(|| match entry.addresses() {
        Some([old, new]) => format!("adresse ({new}, auparavant {old})"),
        None => "adresse".to_owned(),
    });
    let roles = (from != to).then_some(roles);
    let fields = (!change.fields.is_empty()).then(|| field_names(&change.fields));
    let all: Vec<_> = [address, roles, fields].into_iter().flatten().collect();
    all.join(", ")
}

/// Where an order stands after the step that is told.
fn state_words(state: OrderState) -> &'static str {
    match state {
        OrderState::Proposed => "\u{a0}; elle attend un accord",
        OrderState::Approved => "\u{a0}; elle attend la confirmation de la nouvelle adresse",
        OrderState::CarriedOut => "\u{a0}; elle est appliquée",
        OrderState::Refused | OrderState::Withdrawn | OrderState::Lapsed => {
            "\u{a0}; elle est close"
        }
    }
}

fn field_names(fields: &[ProfileField]) -> String {
    let names: Vec<_> = fields
        .iter()
        .map(|field| profile_field(*field).to_lowercase())
        .collect();
    names.join(", ")
}

/// What was asked for; a word of another version stands as it is.
fn action_words(word: &str) -> String {
    let known = Action::ALL.into_iter().find(|it| it.as_str() == word);
    known.map_or_else(|| word.to_owned(), |known| action(known).to_owned())
}

fn field_words(word: &str) -> String {
    let known = FrozenField::ALL.into_iter().find(|it| it.as_str() == word);
    let name = known.map_or_else(
        || word.to_owned(),
        |known| frozen_field(known).to_lowercase(),
    );
    format!(" ({name})")
}

/// A kind of event, as a label; a word of another version stands as it is.
pub(in crate::words) fn event_kind(kind: &str) -> &str {
    match kind {
        "account_created" => "Création d'un compte",
        "member_added" => "Ajout à un groupe",
        "member_removed" => "Retrait d'un groupe",
        "account_deactivated" => "Désactivation d'un compte",
        "account_reactivated" => "Réactivation d'un compte",
        "account_withdrawn" => "Retrait d'un compte jamais utilisé",
        "profile_edited" => "Modification d'informations",
        "group_created" => "Création d'un groupe",
        "operator_added" => "Ajout à l'équipe de support",
        "operator_suspended" => "Suspension dans l'équipe de support",
        "operator_restore_asked" => "Demande de rétablissement dans l'équipe de support",
        "operator_restored" => "Rétablissement dans l'équipe de support",
        "order_proposed" => "Demande de modification proposée",
        "order_approved" => "Demande de modification approuvée",
        "order_carried_out" => "Nouvelle adresse confirmée",
        "order_refused" => "Demande de modification refusée",
        "order_withdrawn" => "Demande de modification retirée",
        "link_issued" => "Lien de connexion",
        "link_sent_again" => "Nouvel envoi d'un lien",
        "logged_in" => "Connexion",
        "session_ended" => "Fermeture d'une session",
        "all_sessions_ended" => "Fermeture de toutes les sessions",
        "looked" => "Consultation par le support",
        "journal_erased" => "Effacement dans le journal",
        "account_emptied" => "Effacement d'un compte inutilisé",
        "conversation_opened" => "Demande au support",
        "message_added" => "Message ajouté à une demande au support",
        "conversation_answered" => "Réponse du support",
        "conversation_closed" => "Clôture d'une demande au support",
        "conversations_erased" => "Effacement d'anciennes demandes au support",
        "refused" => "Refus",
        "refused_again" => "Refus répété",
        other => other,
    }
}
