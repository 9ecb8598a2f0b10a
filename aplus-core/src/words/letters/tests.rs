#![allow(clippy::unwrap_used)]

use std::collections::HashSet;
use std::time::Duration;

use super::draft::LINE;
use super::*;
use crate::Roles;
use crate::account::{Epoch, Principal, Version};
use crate::conversation::{ConversationSubject, MessageText, WrittenAnswer};
use crate::link::{LinkFacts, Purpose};
use crate::ports::LinkKey;

use crate::secret::{BrowserHash, LinkHash, Nonce};
use crate::words::tests::bad_space;
use crate::{
    AccountId, ConversationId, HostKey, LinkId, MailId, OperatorId, RequesterKind, RetentionReason,
    Timestamp,
};

/// What is longer than a line, and is not broken.
const NOTE: &str = "aplus.example/journal\n21028\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— aplus.example/journal Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";

const RESPONSABLE: &str = "o'neil&fils@ain.fr";

fn id(number: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(number)
}

const ANSWER_BY: jiff::civil::Date = jiff::civil::date(2026, 7, 3);

/// What support answered, on several lines, one of them long, to a subject that would like to be more than that.
fn answer(page: Option<ConversationId>) -> WrittenAnswer {
    let text = "Bonjour,\nvotre lien est reparti <b>ce matin</b>.\n\n- Regardez aussi dans les courriers \
        indésirables, où il se trouve parfois, surtout quand la messagerie est celle d'une grande \
        structure.\n- Sinon, écrivez-nous.";
    WrittenAnswer {
        subject: ConversationSubject::parse("Lien & <i>perdu</i>").unwrap(),
        text: MessageText::parse(text).unwrap(),
        page,
    }
}

fn site() -> Site {
    Site::new("https://aplus.example").unwrap()
}

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn secret() -> LinkSecret {
    LinkSecret::from_bytes([0xa7; 32])
}

const AUTHORS: [Author; 3] = [
    Author::Account(AccountId::from_uuid(uuid::Uuid::from_u128(0xA1))),
    Author::Operator(OperatorId::from_uuid(uuid::Uuid::from_u128(0xA2))),
    Author::Machine,
];

/// Every message, by each author and at each requester's request. The match that names what comes after a message makes
/// a new one an error here.
fn messages() -> Vec<Message> {
    let by = AUTHORS[0];
    let (account, group) = (
        AccountId::from_uuid(id(0xACC)),
        GroupId::from_uuid(id(0x6720)),
    );
    let link = LinkId::from_uuid(id(0x117));
    let conversation = ConversationId::from_uuid(id(0xC0));
    let requesters = || std::iter::once(None).chain(RequesterKind::ALL.into_iter().map(Some));
    let mut messages = Vec::new();
    let mut next = Some(Message::LoginLink { link });
    while let Some(message) = next {
        next = match message {
            Message::LoginLink { .. } => {
                messages.push(message);
                Some(Message::AddressUnknown)
            }
            Message::AddressUnknown => {
                messages.push(message);
                Some(Message::AddressDeactivated)
            }
            Message::AddressDeactivated => {
                messages.push(message);
                Some(Message::Welcome {
                    by,
                    requester: None,
                })
            }
            Message::Welcome { .. } => {
                messages.extend(AUTHORS.into_iter().flat_map(|by| {
                    requesters().map(move |requester| Message::Welcome { by, requester })
                }));
                Some(Message::AddedToGroup {
                    by,
                    requester: None,
                })
            }
            Message::AddedToGroup { .. } => {
                messages.extend(AUTHORS.into_iter().flat_map(|by| {
                    requesters().map(move |requester| Message::AddedToGroup { by, requester })
                }));
                Some(Message::RemovedFromGroup { by })
            }
            Message::RemovedFromGroup { .. } => {
                messages.extend(AUTHORS.map(|by| Message::RemovedFromGroup { by }));
                Some(Message::AccountDeactivated { by })
            }
            Message::AccountDeactivated { .. } => {
                messages.extend(AUTHORS.map(|by| Message::AccountDeactivated { by }));
                Some(Message::AccountReactivated { by })
            }
            Message::AccountReactivated { .. } => {
                messages.extend(AUTHORS.map(|by| Message::AccountReactivated { by }));
                Some(Message::AccountCreatedInYourGroup {
                    account,
                    group,
                    requester: None,
                })
            }
            Message::AccountCreatedInYourGroup { .. } => {
                messages.extend(
                    requesters().map(|requester| Message::AccountCreatedInYourGroup {
                        account,
                        group,
                        requester,
                    }),
                );
                Some(Message::OperatorAdded)
            }
            Message::OperatorAdded => {
                messages.push(message);
                Some(Message::OperatorSuspended)
            }
            Message::OperatorSuspended => {
                messages.push(message);
                Some(Message::OperatorRestored)
            }
            Message::OperatorRestored => {
                messages.push(message);
                Some(Message::OrderProposed { account, by })
            }
            Message::OrderProposed { .. } => {
                messages.push(message);
                Some(Message::ConfirmAddress { link })
            }
            Message::ConfirmAddress { .. } => {
                messages.push(message);
                Some(Message::OrderCarriedOut {
                    roles: None,
                    details: true,
                })
            }
            Message::OrderCarriedOut { .. } => {
                messages.push(message);
                messages.extend(Roles::all_sets().into_iter().flat_map(|roles| {
                    [true, false].map(|details| Message::OrderCarriedOut {
                        roles: Some(roles),
                        details,
                    })
                }));
                Some(Message::AddressGained)
            }
            Message::AddressGained => {
                messages.push(message);
                Some(Message::AddressLost)
            }
            Message::AddressLost => {
                messages.push(message);
                Some(Message::SupportRequestReceived {
                    answer_by: ANSWER_BY,
                })
            }
            Message::SupportRequestReceived { .. } => {
                messages.push(message);
                Some(Message::SupportAnswered {
                    conversation,
                    place: Version(2),
                })
            }
            Message::SupportAnswered { .. } => {
                messages.push(message);
                Some(Message::JournalCheckpoint { size: 21_028 })
            }
            Message::JournalCheckpoint { .. } => {
                messages.push(message);
                None
            }
        };
    }
    messages
}

fn mail(message: Message, language: Language) -> QueuedMail {
    mail_living(message, language, Duration::from_secs(30 * 60))
}

fn mail_living(message: Message, language: Language, life: Duration) -> QueuedMail {
    let issued_at: Timestamp = "2026-07-01T11:50:00Z".parse().unwrap();
    let link = message.link().map(|id| LinkKey {
        facts: LinkFacts {
            id,
            purpose: Purpose::LogIn,
            principal: Principal::Account(AccountId::from_uuid(uuid::Uuid::from_u128(9))),
            email: email("camille.roux@ain.fr"),
            browser: BrowserHash::from_bytes([0; 32]),
            issued_at,
            expires_at: issued_at.saturating_add(life),
            used: None,
            superseded_at: None,
            wrong_addresses: 0,
            epoch: Epoch(0),
            current_epoch: Epoch(0),
            active: true,
            next: None,
        },
        hash: LinkHash::from_bytes([0; 32]),
        nonce: Nonce::from_bytes([0; 32]),
        key: HostKey::new(&[7; 32]).unwrap().id(),
    });
    QueuedMail {
        id: MailId::from_uuid(id(0x3A11)),
        to: email("camille.roux@ain.fr"),
        message,
        language,
        queued_at: issued_at,
        attempts: 0,
        link,
        author_email: Some(email(RESPONSABLE)),
        note: message.checkpoint().map(|_| NOTE.to_owned()),
        answer: message
            .answer()
            .map(|(conversation, _)| answer(Some(conversation))),
    }
}

fn letter(message: Message, language: Language, site: &Site) -> Letter {
    StandardLetters.letter(
        &mail(message, language),
        Some(&secret()),
        site,
        &Retention::default(),
    )
}

fn each(check: impl Fn(Message, Language, &Letter)) {
    for message in messages() {
        for language in Language::ALL {
            check(message, language, &letter(message, language, &site()));
        }
    }
}

/// What a reader of the HTML reads.
fn unescaped(html: &str) -> String {
    html.replace("<br>\n", "\n")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

#[test]
fn every_letter_is_whole_and_differs_between_the_languages() {
    assert_eq!(
        messages()
            .iter()
            .map(Message::kind)
            .collect::<HashSet<_>>()
            .len(),
        20
    );
    for message in messages() {
        let [french, english] = Language::ALL.map(|language| letter(message, language, &site()));
        assert_ne!(french.subject, english.subject, "{message:?}");
        assert_ne!(french.text, english.text, "{message:?}");
        for letter in [&french, &english] {
            assert!(
                letter.subject.contains("Administration+"),
                "{}",
                letter.subject
            );
            assert!(letter.subject.chars().count() <= 78, "{}", letter.subject);
            assert!(
                letter.text.contains("support@aplus.example"),
                "{}",
                letter.text
            );
            assert!(letter.text.ends_with(".\n"), "{}", letter.text);
            assert_eq!(letter.to.as_str(), "camille.roux@ain.fr");
            assert!(!letter.text.contains(['{', '}']) && !letter.html.contains(['{', '}']));
        }
    }
}

#[test]
fn no_line_of_the_text_is_too_long_but_a_single_word() {
    each(|message, _, letter| {
        for line in letter.text.lines() {
            let words = line.strip_prefix("- ").unwrap_or(line);
            let is_short = line.chars().count() <= LINE
                || !words.contains(' ')
                || NOTE.lines().any(|it| it == line);
            assert!(is_short && line.trim_end() == line, "{message:?}: {line}");
        }
    });
}

#[test]
fn french_letters_keep_their_spaces() {
    each(|_, language, letter| {
        for part in [&letter.subject, &letter.text] {
            match language {
                Language::French => assert_eq!(bad_space(part), None, "{part}"),
                Language::English => assert!(!part.contains('\u{a0}'), "{part}"),
            }
        }
    });
}

#[test]
fn the_html_says_its_language_and_holds_nothing_from_elsewhere() {
    each(|message, language, letter| {
        let html = &letter.html;
        let lang = format!("<html lang=\"{}\">", language.as_str());
        assert!(html.contains(&lang), "{html}");
        assert_eq!(html.matches("<h1>").count(), 1);
        for foreign in [
            "<img", "<script", "<style", "<link", "style=", "src=", "@import",
        ] {
            assert!(!html.contains(foreign), "{message:?}: {foreign}");
        }
        for address in html.split("href=\"").skip(1) {
            assert!(address.starts_with("https://aplus.example/"), "{address}");
        }
    });
}

#[test]
fn the_html_says_what_the_text_says() {
    each(|message, _, letter| {
        let html = unescaped(&letter.html);
        for paragraph in letter
            .text
            .trim_end()
            .split("\n\n")
            .flat_map(|block| block.split("\n- "))
        {
            let words = paragraph
                .trim_start_matches("- ")
                .replace("\n  ", " ")
                .replace('\n', " ");
            let is_whole = html.contains(&words) || html.contains(paragraph);
            assert!(is_whole, "{message:?}: {words}\n{html}");
        }
    });
}

#[test]
fn nothing_from_data_is_read_as_html_or_as_a_header() {
    let name = "<b>A&\"B\"\r\nBcc: x@y.fr";
    let site = site().with_name(name);
    for message in messages() {
        for language in Language::ALL {
            let letter = letter(message, language, &site);
            assert!(
                !letter.subject.contains(['\r', '\n']),
                "{:?}",
                letter.subject
            );
            assert!(!letter.html.contains("<b>"), "{}", letter.html);
            assert!(
                letter.html.contains("&lt;b&gt;A&amp;&quot;B&quot;"),
                "{}",
                letter.html
            );
            assert!(!letter.html.contains("neil&f"), "{}", letter.html);
        }
    }
}

#[test]
fn the_link_stands_once_and_only_in_the_letter_that_carries_it() {
    let address = site().link_url(&secret());
    let address = address.expose_secret();
    let shown = secret().reveal();
    let shown = shown.expose_secret();
    each(|message, _, letter| {
        if message.link().is_some() {
            assert_eq!(letter.link.as_ref().unwrap().expose_secret(), address);
            assert_eq!(letter.text.matches(shown).count(), 1);
            assert!(letter.text.lines().any(|line| line == address));
            assert_eq!(letter.html.matches(shown).count(), 1);
            assert!(!letter.subject.contains(shown));
        } else {
            assert!(letter.link.is_none(), "{message:?}");
            assert!(
                !letter.text.contains(shown) && !letter.html.contains(shown),
                "{message:?}"
            );
        }
    });
}

#[test]
fn the_life_of_a_link_is_its_own() {
    let message = Message::LoginLink {
        link: LinkId::from_uuid(id(1)),
    };
    for (minutes, until) in [(5, "13:55"), (10, "14:00"), (30, "14:20")] {
        for language in Language::ALL {
            let mail = mail_living(message, language, Duration::from_secs(minutes * 60));
            let letter =
                StandardLetters.letter(&mail, Some(&secret()), &site(), &Retention::default());
            let text = letter.text.replace(['\u{a0}', '\n'], " ");
            assert!(text.contains(&format!(" {minutes} minutes")), "{text}");
            assert!(text.contains(until) && text.contains("13:50"), "{text}");
        }
    }
    let reunion = site().with_time_zone("Indian/Reunion").unwrap();
    assert!(
        letter(message, Language::French, &reunion)
            .text
            .contains("16:20")
    );
}

#[test]
fn a_link_without_its_secret_is_asked_for_anew() {
    let link = LinkId::from_uuid(id(1));
    let messages = [
        Message::LoginLink { link },
        Message::ConfirmAddress { link },
    ];
    for (language, message) in Language::ALL
        .into_iter()
        .flat_map(|language| messages.map(|message| (language, message)))
    {
        let letter = StandardLetters.letter(
            &mail(message, language),
            None,
            &site(),
            &Retention::default(),
        );
        assert!(letter.link.is_none());
        assert!(
            letter.text.contains("\nhttps://aplus.example/connexion\n"),
            "{}",
            letter.text
        );
        assert!(!letter.text.contains("jeton"), "{}", letter.text);
    }
}

#[test]
fn a_welcome_says_all_that_is_due_and_names_nobody() {
    for language in Language::ALL {
        for by in AUTHORS {
            let requester = Some(RequesterKind::Anct);
            let letter = letter(Message::Welcome { by, requester }, language, &site());
            let text = letter.text.replace(['\u{a0}', '\n'], " ");
            let contact = match by {
                Author::Account(_) => RESPONSABLE,
                Author::Operator(_) | Author::Machine => "support@aplus.example",
            };
            assert!(text.contains(&format!("({contact})")), "{text}");
            assert!(text.contains("ANCT"), "{text}");
            assert!(text.contains("24 mo") && text.contains("12 mo"), "{text}");
            assert!(
                letter.text.contains("\nhttps://aplus.example/connexion\n"),
                "{}",
                letter.text
            );
            assert!(!text.contains("jeton"), "{text}");
            for hidden in ["0000", "Camille", "Roux", "camille"] {
                assert!(
                    !letter.text.contains(hidden) && !letter.html.contains(hidden),
                    "{text}"
                );
            }
        }
    }
}

/// A6: the old address is told neither the new one nor whose it was; and no letter about an order names anybody.
#[test]
fn a_letter_about_an_order_names_nobody_and_nothing_that_it_changes() {
    let names = |message: &Message| {
        matches!(
            message,
            Message::OrderProposed { .. }
                | Message::ConfirmAddress { .. }
                | Message::OrderCarriedOut { .. }
                | Message::AddressGained
                | Message::AddressLost
                | Message::OperatorSuspended
                | Message::OperatorRestored
        )
    };
    let orders: Vec<_> = messages().into_iter().filter(names).collect();
    let kinds: HashSet<_> = orders.iter().map(Message::kind).collect();
    assert_eq!(kinds.len(), 7);
    for language in Language::ALL {
        let mut subjects = HashSet::new();
        for message in &orders {
            let letter = letter(*message, language, &site());
            subjects.insert(letter.subject.clone());
            for part in [&letter.subject, &letter.text, &unescaped(&letter.html)] {
                for hidden in ["Camille", "Roux", "camille", "ain.fr", "0000-", RESPONSABLE] {
                    assert!(!part.contains(hidden), "{message:?}: {part}");
                }
                // Of all addresses only support's stands there.
                let others = part.replace("support@aplus.example", "");
                assert!(!others.contains('@'), "{message:?}: {part}");
            }
        }
        assert_eq!(subjects.len(), kinds.len(), "each is told from the others");
    }
}

/// A6: what the old address is told does not depend on whose it was, nor on what became of it.
#[test]
fn the_letter_to_a_lost_address_is_one_for_all() {
    for language in Language::ALL {
        let mut other = mail(Message::AddressLost, language);
        other.author_email = None;
        other.id = MailId::from_uuid(id(0x3A12));
        let other = StandardLetters.letter(&other, None, &site(), &Retention::default());
        let letter = letter(Message::AddressLost, language, &site());
        assert_eq!(
            (&letter.subject, &letter.text),
            (&other.subject, &other.text)
        );
        let log_in = site().url(Site::LOGIN);
        assert!(
            !letter.text.contains(&log_in),
            "it logs in no more: {}",
            letter.text
        );
    }
}

/// A6: the new roles are told to whom they are given, and a correction as such.
#[test]
fn what_an_order_changed_is_told_to_its_account() {
    for roles in Roles::all_sets() {
        for details in [true, false] {
            for language in Language::ALL {
                let message = Message::OrderCarriedOut {
                    roles: Some(roles),
                    details,
                };
                let text = letter(message, language, &site()).text;
                let text = text.replace(['\u{a0}', '\n'], " ");
                let list = crate::words::role_list(roles, language);
                assert!(text.contains(&list.replace('\u{a0}', " ")), "{text}");
                let corrected = ["informations ont été corrigées", "details were corrected"];
                let told = corrected.iter().any(|words| text.contains(words));
                assert_eq!(told, details, "{text}");
            }
        }
    }
}

#[test]
fn a_welcome_says_for_how_long_this_host_keeps_what() {
    let reason = RetentionReason::parse("enquête").unwrap();
    let retention = Retention::default().with_accounts(36).unwrap();
    let retention = retention.with_journal_for(18, reason).unwrap();
    let (by, requester) = (AUTHORS[0], None);
    for message in [
        Message::Welcome { by, requester },
        Message::AddedToGroup { by, requester },
    ] {
        for language in Language::ALL {
            let mail = mail(message, language);
            let letter = StandardLetters.letter(&mail, None, &site(), &retention);
            let text = letter.text.replace(['\u{a0}', '\n'], " ");
            assert!(text.contains("36 mo") && text.contains("18 mo"), "{text}");
            assert!(!text.contains("24 mo") && !text.contains("12 mo"), "{text}");
        }
    }
}

#[test]
fn an_author_whose_address_is_not_known_is_a_responsable_and_support_answers() {
    for language in Language::ALL {
        let message = Message::RemovedFromGroup { by: AUTHORS[0] };
        let mut mail = mail(message, language);
        mail.author_email = None;
        let letter = StandardLetters.letter(&mail, None, &site(), &Retention::default());
        assert!(letter.text.contains("responsable"), "{}", letter.text);
        assert_eq!(
            letter.text.matches("support@aplus.example").count(),
            2,
            "{}",
            letter.text
        );
    }
}

#[test]
fn each_requester_is_told_by_kind() {
    for language in Language::ALL {
        let texts: HashSet<String> = messages()
            .into_iter()
            .filter(|message| matches!(message, Message::AccountCreatedInYourGroup { .. }))
            .map(|message| letter(message, language, &site()).text)
            .collect();
        assert_eq!(texts.len(), 1 + RequesterKind::ALL.len());
        for text in texts {
            let page = format!("\nhttps://aplus.example/groupes/{}\n", id(0x6720));
            assert!(text.contains(&page), "{text}");
            assert!(!text.contains(&id(0xACC).to_string()), "{text}");
        }
    }
}

#[test]
fn an_unknown_or_deactivated_address_is_told_every_way_on() {
    for language in Language::ALL {
        for message in [Message::AddressUnknown, Message::AddressDeactivated] {
            let letter = letter(message, language, &site());
            let ways = [
                "prenom.nom@structure.fr",
                "responsable",
                "ANCT",
                "préfecture",
                "France Services",
                "\nhttps://aplus.example/connexion\n",
            ];
            for way in ways {
                assert!(letter.text.contains(way), "{way}: {}", letter.text);
            }
        }
    }
}

#[test]
fn a_base_path_stands_in_every_address() {
    let site = site().with_base_path("/comptes").unwrap();
    for message in messages() {
        for line in letter(message, Language::French, &site).text.lines() {
            let is_address = line.starts_with("https:");
            assert!(
                !is_address || line.starts_with("https://aplus.example/comptes/"),
                "{line}"
            );
        }
    }
}

#[test]
fn a_checkpoint_is_told_to_the_letter() {
    let message = Message::JournalCheckpoint { size: 21_028 };
    for language in [Language::French, Language::English] {
        let letter = letter(message, language, &site());
        assert!(
            letter.text.contains(&format!("\n{NOTE}\n")),
            "{}",
            letter.text
        );
        assert!(
            letter
                .html
                .contains(&format!("<pre>{}</pre>", NOTE.trim_end()))
        );
        assert!(letter.subject.contains("21028"), "{}", letter.subject);
        let mut mail = mail(message, language);
        mail.note = None;
        let without = StandardLetters.letter(&mail, None, &site(), &Retention::default());
        assert!(!without.text.contains('—'), "{}", without.text);
    }
}

/// S2: what was typed by anybody goes to no address that was typed by anybody.
#[test]
fn an_acknowledgement_says_the_usual_day_and_nothing_of_what_was_asked() {
    let message = Message::SupportRequestReceived {
        answer_by: ANSWER_BY,
    };
    for (language, day) in [
        (Language::French, "le vendredi 3 juillet 2026"),
        (Language::English, "by Friday 3 July 2026"),
    ] {
        let mut mail = mail(message, language);
        let plain = letter(message, language, &site());
        mail.answer = Some(answer(None));
        let letter = StandardLetters.letter(&mail, None, &site(), &Retention::default());
        assert_eq!(
            letter.text, plain.text,
            "it knows of nothing that was written"
        );
        let text = letter.text.replace(['\u{a0}', '\n'], " ");
        assert!(text.contains(day), "{text}");
        assert!(text.contains("https://aplus.example/contact "), "{text}");
        assert!(
            !text.contains("Bonjour") && !text.contains("perdu"),
            "{text}"
        );
    }
}

/// S2: the answer stands in its letter as it was written, with the page only for whom has one.
#[test]
fn an_answer_stands_in_its_letter_line_by_line() {
    let conversation = ConversationId::from_uuid(id(0xC0));
    let message = Message::SupportAnswered {
        conversation,
        place: Version(2),
    };
    for language in Language::ALL {
        for page in [Some(conversation), None] {
            let mut mail = mail(message, language);
            mail.answer = Some(answer(page));
            let letter = StandardLetters.letter(&mail, None, &site(), &Retention::default());
            let lines = "Bonjour,\nvotre lien est reparti <b>ce matin</b>.\n\n- Regardez aussi";
            assert!(letter.text.contains(lines), "{}", letter.text);
            assert_eq!(
                letter.text.contains("Lien & <i>perdu</i>"),
                page.is_some(),
                "a visitor's address may be anybody's: {}",
                letter.text
            );
            assert!(!letter.subject.contains("Lien"), "{}", letter.subject);
            let html = &letter.html;
            assert!(html.contains("Bonjour,<br>\nvotre lien"), "{html}");
            assert!(!html.contains("<b>") && !html.contains("<i>"), "{html}");
            let own = format!("https://aplus.example/contact/{conversation}");
            assert_eq!(letter.text.contains(&own), page.is_some());
            assert!(letter.text.contains("https://aplus.example/contact"));
        }
        let mut mail = mail(message, language);
        mail.answer = None;
        let without = StandardLetters.letter(&mail, None, &site(), &Retention::default());
        assert!(!without.text.contains("Bonjour"), "{}", without.text);
    }
}
