//! Refusals in French: the title says what kind of no it is, the detail why, and who can do it instead.

use std::borrow::Cow;

use super::moment;
use crate::link::WRONG_ADDRESSES;
use crate::words::dead_link_days;
use crate::{FrozenField, GroupMatter, Refusal, Site};

pub(in crate::words) fn refusal(
    refusal: &Refusal,
    site: &Site,
) -> (&'static str, Cow<'static, str>) {
    let support = site.support();
    match *refusal {
        Refusal::NotLoggedIn => (
            "Connexion nécessaire",
            "Il faut être connecté pour cela. Demandez un lien de connexion avec votre adresse \
                professionnelle\u{a0}: il vous est envoyé par e-mail."
                .into(),
        ),
        Refusal::Deactivated => (
            "Compte désactivé",
            format!(
                "Votre compte est désactivé. Si c'est un responsable qui l'a désactivé, un \
                    responsable de vos groupes peut le réactiver\u{a0}; sinon, écrivez au \
                    support\u{a0}: {support}."
            )
            .into(),
        ),
        Refusal::OperatorSuspended => (
            "Accès suspendu",
            "Votre accès à l'équipe de support est suspendu. Deux autres membres de l'équipe, \
                ensemble, peuvent le rétablir\u{a0}; la personne qui administre le serveur \
                aussi."
                .into(),
        ),
        Refusal::NotResponsable => (
            "Réservé aux responsables",
            format!(
                "Il faut pour cela un compte actif qui ait le rôle de responsable. Adressez-vous \
                    à un responsable de votre structure\u{a0}; à défaut, écrivez au \
                    support\u{a0}: {support}."
            )
            .into(),
        ),
        Refusal::NotYourGroup { matter, .. } => (
            "Groupe hors de vos droits",
            match matter {
                GroupMatter::Acting => format!(
                    "Vous n'êtes pas membre de ce groupe, ou vous n'en êtes pas responsable. Un \
                        responsable de ce groupe peut agir à votre place\u{a0}; à défaut, \
                        écrivez au support\u{a0}: {support}."
                ),
                GroupMatter::Looking => format!(
                    "Vous n'êtes pas membre de ce groupe\u{a0}: ses comptes ne se montrent qu'à \
                        ses membres. Un responsable de ce groupe peut vous y ajouter\u{a0}; à \
                        défaut, écrivez au support\u{a0}: {support}."
                ),
            }
            .into(),
        ),
        Refusal::NotOperator => (
            "Réservé à l'équipe de support",
            format!("Seule l'équipe de support peut le faire. Écrivez-lui\u{a0}: {support}.")
                .into(),
        ),
        Refusal::NotMachine => (
            "Réservé au serveur",
            "Cela ne se fait que sur la machine du serveur, par la personne qui \
                l'administre\u{a0}: aucune page n'y donne accès."
                .into(),
        ),
        Refusal::NotAccount => (
            "Réservé aux comptes",
            "L'équipe de support n'a ni compte, ni groupe, ni informations à tenir à jour. Seule \
                une personne qui a un compte peut le faire, pour elle-même."
                .into(),
        ),
        Refusal::NotYourself => (
            "Réservé à la personne concernée",
            format!(
                "Chacun modifie ses propres informations et elles seules\u{a0}: personne \
                    d'autre, pas même un responsable, ne le fait à sa place. La personne peut se \
                    connecter et les modifier\u{a0}; si son compte est désactivé, le support \
                    peut les corriger\u{a0}: {support}."
            )
            .into(),
        ),
        Refusal::FrozenField { field } => (
            "Modification impossible",
            match field {
                FrozenField::Email => format!(
                    "Pour la sécurité et la traçabilité, personne ne modifie l'adresse e-mail \
                        d'un compte existant\u{a0}: ni la personne elle-même, ni un responsable. \
                        Seule une demande de modification adressée au support permet d'en \
                        changer\u{a0}: {support}."
                )
                .into(),
                FrozenField::Roles => format!(
                    "Pour la sécurité et la traçabilité, personne ne modifie les rôles d'un \
                        compte existant\u{a0}: ni la personne elle-même, ni un responsable. \
                        Seule une demande de modification adressée au support permet d'en \
                        changer\u{a0}: {support}."
                )
                .into(),
                FrozenField::Groups => "Les groupes d'un compte ne se modifient pas ici. Un \
                    responsable ajoute le compte à son groupe, ou l'en retire, depuis la page du \
                    groupe."
                    .into(),
                FrozenField::Status => format!(
                    "Le statut d'un compte ne se modifie pas ici. Un responsable de tous ses \
                        groupes peut le désactiver ou le réactiver\u{a0}; à défaut, écrivez au \
                        support\u{a0}: {support}."
                )
                .into(),
            },
        ),
        Refusal::EmailTaken => (
            "Adresse déjà utilisée",
            format!(
                "Cette adresse est déjà celle d'un compte ou d'un membre de l'équipe de support, \
                    et une adresse ne sert qu'une fois. Si la personne a déjà un compte, un \
                    responsable du groupe peut l'y ajouter au lieu d'en créer un autre. En cas \
                    de doute, écrivez au support\u{a0}: {support}."
            )
            .into(),
        ),
        Refusal::AskSupport => (
            "Intervention du support nécessaire",
            format!("Pour cette adresse, seul le support peut agir. Écrivez-lui\u{a0}: {support}.")
                .into(),
        ),
        Refusal::AddressDeactivated => (
            "Adresse d'un compte désactivé",
            "Cette adresse est celle d'un compte désactivé. Réactivez-le s'il doit servir de nouveau, \
                ou retirez-le si personne ne s'y est jamais connecté\u{a0}: l'adresse sera libre."
                .into(),
        ),
        Refusal::SharedNotAllowed => (
            "Boîte partagée refusée",
            "Cette adresse est celle d'une boîte que plusieurs personnes lisent, et ce service \
                ne lui donne pas de compte. Indiquez l'adresse nominative de la personne, de la \
                forme prenom.nom@structure.fr."
                .into(),
        ),
        Refusal::SharedResponsable => (
            "Pas de responsable sans nom",
            "Une boîte que plusieurs personnes lisent ne peut pas être responsable\u{a0}: on ne \
                saurait pas qui a agi. Choisissez d'autres rôles, ou créez le compte à l'adresse \
                nominative de la personne."
                .into(),
        ),
        Refusal::NeedsApproval => (
            "Accord nécessaire",
            "Ce compte a le rôle de responsable\u{a0}: le réactiver le lui rendrait, et le donner demande \
                l'accord d'une autre personne. Proposez une demande de modification qui retire ce \
                rôle, puis, une fois le compte réactivé, une autre qui le redonne."
                .into(),
        ),
        Refusal::ResponsableElsewhere => (
            "Responsable d'un autre groupe",
            "Ce compte est celui d'un autre groupe, et il serait responsable de celui-ci aussi, ce \
                que le support ne décide pas. Un responsable de ce groupe peut l'y ajouter."
                .into(),
        ),
        Refusal::AlreadyMember => (
            "Déjà dans le groupe",
            "Ce compte fait déjà partie de ce groupe\u{a0}: il n'y a rien à faire. La personne \
                peut se connecter en demandant un lien."
                .into(),
        ),
        Refusal::NotMember => (
            "Pas dans le groupe",
            "Ce compte ne fait pas partie de ce groupe, ou n'en fait plus partie. Un responsable \
                du groupe peut l'y ajouter."
                .into(),
        ),
        Refusal::LastGroup => (
            "Dernier groupe du compte",
            format!(
                "Un compte a toujours au moins un groupe, et celui-ci est son dernier. Pour \
                    qu'il ne serve plus, un responsable du groupe peut le désactiver\u{a0}; pour \
                    qu'il change de groupe, un responsable de l'autre groupe l'y ajoute d'abord. \
                    À défaut, écrivez au support\u{a0}: {support}."
            )
            .into(),
        ),
        Refusal::LastResponsable { .. } => (
            "Dernier responsable du groupe",
            format!(
                "Un groupe garde au moins un responsable actif, et ce compte est son dernier. \
                    Donnez d'abord un autre responsable au groupe, ou écrivez au support, qui \
                    peut passer outre\u{a0}: {support}."
            )
            .into(),
        ),
        Refusal::OtherGroup { .. } => (
            "Compte présent dans un autre groupe",
            format!(
                "Ce compte a aussi un groupe dont vous n'êtes pas responsable\u{a0}: vous pouvez \
                    seulement le retirer des vôtres. Agir sur le compte entier revient à un \
                    responsable de tous ses groupes ou au support\u{a0}: {support}."
            )
            .into(),
        ),
        Refusal::OwnAccount => (
            "Votre propre compte",
            format!(
                "Personne ne fait cela sur son propre compte. Quelqu'un d'autre peut le \
                    faire\u{a0}: un responsable de tous les groupes de ce compte, ou l'équipe de \
                    support, à cette adresse\u{a0}: {support}."
            )
            .into(),
        ),
        Refusal::DeactivatedBySupport => (
            "Compte désactivé par le support",
            format!(
                "C'est le support qui a désactivé ce compte\u{a0}: lui seul peut le réactiver ou \
                    le retirer. Écrivez-lui\u{a0}: {support}."
            )
            .into(),
        ),
        Refusal::NotActive => (
            "Compte déjà désactivé",
            "Ce compte est déjà désactivé\u{a0}: il n'y a rien à faire. Qui l'a désactivé peut \
                le réactiver."
                .into(),
        ),
        Refusal::NotDeactivated => (
            "Compte déjà actif",
            "Ce compte n'est pas désactivé\u{a0}: il n'y a rien à réactiver. La personne peut se \
                connecter en demandant un lien."
                .into(),
        ),
        Refusal::AlreadyUsed => (
            "Compte déjà utilisé",
            format!(
                "Quelqu'un s'est déjà connecté à ce compte\u{a0}: il ne peut plus être retiré \
                    comme une adresse mal saisie. Un responsable de tous ses groupes peut le \
                    désactiver\u{a0}; à défaut, écrivez au support\u{a0}: {support}."
            )
            .into(),
        ),
        Refusal::NoChange => (
            "Rien à modifier",
            "Le compte est déjà ce que la demande en ferait\u{a0}: il n'y a rien à faire."
                .into(),
        ),
        Refusal::AccountInactive => (
            "Adresse impossible à confirmer",
            "Une nouvelle adresse se confirme en s'y connectant, ce qu'un compte désactivé ne \
                peut pas. Faites d'abord réactiver le compte."
                .into(),
        ),
        Refusal::TwoOrders => (
            "Deux demandes nécessaires",
            "Une même demande ne donne pas le rôle de responsable et une nouvelle adresse. \
                Demandez d'abord l'adresse et, une fois qu'elle est confirmée, le rôle."
                .into(),
        ),
        Refusal::SharedAddress => (
            "Adresse partagée",
            "Cette adresse est celle d'une boîte que plusieurs personnes lisent\u{a0}: le compte \
                d'une personne ne le devient pas. Un responsable peut créer un compte à part \
                pour cette boîte."
                .into(),
        ),
        Refusal::OrderNotFound => (
            "Demande introuvable",
            format!(
                "Cette demande de modification n'existe pas, ou elle porte sur un compte qui \
                    n'est dans aucun de vos groupes. En cas de doute, écrivez au support\u{a0}: \
                    {support}."
            )
            .into(),
        ),
        Refusal::OwnOrder => (
            "Décision réservée à quelqu'un d'autre",
            "Ni la personne qui propose une demande de modification ni celle qu'elle concerne n'en \
                décident. Un autre membre de l'équipe de support, ou un responsable d'un des \
                groupes du compte, peut le faire\u{a0}; le support peut la retirer."
                .into(),
        ),
        Refusal::NotApprover => (
            "Réservé aux responsables du compte",
            format!(
                "Seul un responsable d'un des groupes du compte, ou un autre membre de l'équipe \
                    de support, décide d'une demande de modification. Adressez-vous à l'un d'eux, \
                    ou au support\u{a0}: {support}."
            )
            .into(),
        ),
        Refusal::OrderClosed { state } => (
            "Demande déjà traitée",
            format!(
                "Cette demande de modification est déjà {}\u{a0}: il n'y a plus à en décider. \
                    S'il le faut, le support peut en proposer une autre.",
                super::order_state(state)
            )
            .into(),
        ),
        Refusal::OrderOutdated => (
            "Demande dépassée",
            "Le compte a changé depuis que cette demande de modification a été proposée\u{a0}: \
                elle ne s'applique plus. Le support peut la retirer et en proposer une autre."
                .into(),
        ),
        Refusal::ConversationNotFound => (
            "Demande au support introuvable",
            format!(
                "Cette demande au support n'existe pas, elle a été effacée, ou c'est celle de \
                    quelqu'un d'autre\u{a0}: seule la personne qui l'a écrite la voit, avec le \
                    support\u{a0}: {support}."
            )
            .into(),
        ),
        Refusal::ConversationClosed => (
            "Demande au support close",
            "Cette demande est close\u{a0}: le support n'y répond plus. Un nouveau message de la \
                personne qui l'a écrite la rouvre."
                .into(),
        ),
        Refusal::ConversationMoved => (
            "Demande au support à relire",
            "Quelqu'un a écrit dans cette demande depuis que vous l'avez lue\u{a0}: rien n'a été \
                envoyé ni clos. Relisez-la, puis recommencez."
                .into(),
        ),
        Refusal::OperatorNotFound => (
            "Membre introuvable",
            "Aucun membre de l'équipe de support ne porte ce numéro. La page de l'équipe montre \
                qui en fait partie."
                .into(),
        ),
        Refusal::OwnSuspension => (
            "Votre propre accès",
            "Personne ne suspend son propre accès. Un autre membre de l'équipe de support peut \
                le faire\u{a0}; pour partir, fermez toutes vos sessions et prévenez-le."
                .into(),
        ),
        Refusal::AlreadySuspended => (
            "Accès déjà suspendu",
            "Cet accès est déjà suspendu\u{a0}: il n'y a rien à faire. Deux membres de l'équipe, \
                ensemble, peuvent le rétablir."
                .into(),
        ),
        Refusal::NotSuspended => (
            "Accès déjà ouvert",
            "Cet accès n'est pas suspendu\u{a0}: il n'y a rien à rétablir. La personne peut se \
                connecter en demandant un lien."
                .into(),
        ),
        Refusal::AccountNotFound => (
            "Compte introuvable",
            format!(
                "Ce compte n'existe pas, ou il n'est dans aucun de vos groupes. Vérifiez \
                    l'adresse\u{a0}; si la personne n'a pas de compte, un responsable peut lui \
                    en créer un. À défaut, écrivez au support\u{a0}: {support}."
            )
            .into(),
        ),
        Refusal::GroupNotFound => (
            "Groupe introuvable",
            format!("Ce groupe n'existe pas. Seul le support crée des groupes\u{a0}: {support}.")
                .into(),
        ),
        Refusal::GroupTaken => (
            "Groupe déjà créé",
            "Un groupe porte déjà ce numéro de la liste France Services\u{a0}: retrouvez-le au \
                lieu d'en créer un deuxième."
                .into(),
        ),
        Refusal::SessionNotFound => (
            "Session introuvable",
            format!(
                "Cette session n'est pas l'une des vôtres, ou elle est déjà fermée. Le support \
                    peut fermer toutes les sessions d'un compte\u{a0}: {support}."
            )
            .into(),
        ),
        Refusal::LinkExpired { at } => (
            "Lien expiré",
            format!(
                "Ce lien a expiré {}. Demandez-en un nouveau.",
                moment(at, site)
            )
            .into(),
        ),
        Refusal::LinkUsed { at } => (
            "Lien déjà utilisé",
            format!(
                "Ce lien a déjà servi à se connecter, {}, et un lien ne sert qu'une fois. \
                    Demandez-en un nouveau. Si ce n'était pas vous, écrivez au support\u{a0}: \
                    {support}.",
                moment(at, site)
            )
            .into(),
        ),
        Refusal::LinkSuperseded { at } => (
            "Lien remplacé",
            format!(
                "Un lien plus récent a remplacé celui-ci {}. Ouvrez le dernier e-mail reçu, ou \
                    demandez un nouveau lien.",
                moment(at, site)
            )
            .into(),
        ),
        Refusal::LinkEnded => (
            "Lien annulé",
            format!(
                "Ce lien a été annulé\u{a0}: depuis son envoi, le compte a été désactivé ou \
                    modifié, ou toutes ses sessions ont été fermées. Demandez un nouveau \
                    lien\u{a0}; si vous n'en recevez pas, écrivez au support\u{a0}: {support}."
            )
            .into(),
        ),
        Refusal::LinkUnknown => (
            "Lien inconnu",
            format!(
                "Ce lien n'existe pas, ou il ne fonctionne plus depuis plus de {}\u{a0}jours. \
                    Vérifiez que vous l'avez copié en entier, ou demandez-en un nouveau.",
                dead_link_days()
            )
            .into(),
        ),
        Refusal::ConfirmEmail { tries_left } => (
            "Adresse à confirmer",
            format!(
                "Ce lien a été demandé depuis un autre navigateur. Pour connecter cet appareil, \
                    saisissez l'adresse e-mail à laquelle le lien a été envoyé. {}",
                tries(tries_left)
            )
            .into(),
        ),
        Refusal::AddressWayClosed => (
            "Trop d'adresses inexactes",
            format!(
                "{WRONG_ADDRESSES}\u{a0}adresses inexactes ont été saisies\u{a0}: ce lien ne \
                    peut plus être confirmé que dans le navigateur qui l'a demandé. Ouvrez-le \
                    là, ou demandez un nouveau lien depuis cet appareil."
            )
            .into(),
        ),
    }
}

fn tries(left: u8) -> String {
    match left {
        0 | 1 => format!("Il vous reste {left}\u{a0}essai."),
        _ => format!("Il vous reste {left}\u{a0}essais."),
    }
}
