//! The rules in French, one sentence each.

use crate::Rule;

pub(in crate::words) fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::L1 => {
            "On se connecte en ouvrant puis en confirmant un lien reçu à son adresse \
                professionnelle, sans mot de passe."
        }
        Rule::L2 => "Un lien vit au plus 30\u{a0}minutes, puis il ne fonctionne plus.",
        Rule::L3 => "Un lien ne sert qu'une fois.",
        Rule::L4 => {
            "Chaque navigateur qui demande un lien n'en a qu'un de valable\u{a0}: un lien plus \
                récent remplace l'ancien."
        }
        Rule::L5 => "Ouvrir un lien ne change rien\u{a0}; seul le bouton de confirmation connecte.",
        Rule::L6 => {
            "Dans le navigateur qui a demandé le lien, une pression suffit\u{a0}; dans un autre, \
                l'adresse est demandée."
        }
        Rule::L7 => {
            "La réponse à une demande de lien est la même pour toutes les adresses, connues ou \
                non."
        }
        Rule::L8 => {
            "Après une demande, la page dit où le lien est envoyé, jusqu'à quelle heure il vit \
                et que faire s'il n'arrive pas."
        }
        Rule::L9 => {
            "Un lien qui ne fonctionne plus dit pourquoi et permet d'en demander un \
            autre."
        }
        Rule::L10 => {
            "Un compte désactivé ne se connecte pas, et ses sessions comme ses liens prennent \
                fin aussitôt."
        }
        Rule::L11 => {
            "Une session prend fin à la déconnexion, après une durée limitée ou sans \
                activité\u{a0}; chacun voit et ferme les siennes."
        }
        Rule::L12 => {
            "Après la connexion, on arrive sur la page que l'on voulait, si elle est de ce site."
        }
        Rule::L13 => "La connexion ne passe jamais par une énigme ni par une image à déchiffrer.",
        Rule::L14 => {
            "Un compte peut aussi être reconnu par un fournisseur d'identité, lié lors d'une \
                connexion à la même adresse."
        }
        Rule::A1 => "Seul un compte actif qui a le rôle de responsable crée des comptes.",
        Rule::A2 => {
            "Un responsable crée des comptes et ajoute ou retire des membres dans ses propres \
                groupes, et dans aucun autre."
        }
        Rule::A3 => "Personne ne change l'adresse ni les rôles d'un compte existant.",
        Rule::A4 => "Chacun modifie ses propres informations, et elles seules.",
        Rule::A5 => {
            "Une adresse n'a qu'un compte, et une boîte partagée n'est jamais \
            responsable."
        }
        Rule::A6 => {
            "Seule une demande de modification suivie par le support change une adresse ou des \
                rôles."
        }
        Rule::A7 => {
            "Le support crée des groupes et des comptes à la demande d'un demandeur, dont le \
                compte garde la trace."
        }
        Rule::A8 => {
            "Un responsable désactive un compte qui n'a que ses groupes, jamais le sien, et un \
                groupe garde au moins un responsable actif."
        }
        Rule::A9 => {
            "Un compte est vu par la personne, les membres et les responsables de ses groupes, \
                et le support."
        }
        Rule::A10 => "Un droit compte au moment où il est exercé.",
        Rule::A11 => {
            "Un compte auquel personne ne s'est jamais connecté peut être retiré, et son adresse \
                redevient libre."
        }
        Rule::A12 => "Qui reçoit un compte ou entre dans un groupe en est averti par e-mail.",
        Rule::A13 => {
            "Un compte resté six mois sans usage est désactivé, après deux e-mails \
                d'avertissement."
        }
        Rule::A14 => {
            "Un membre de l'équipe de support n'est ajouté que depuis la machine du \
                serveur\u{a0}; un collègue peut le suspendre, deux le rétablir."
        }
        Rule::S1 => "Tout refus mène à l'article d'aide qui permet d'en sortir.",
        Rule::S2 => {
            "Chacun peut écrire au support, connecté ou non, et apprend sous quel délai il \
                répond d'ordinaire."
        }
        Rule::S3 => {
            "On peut dialoguer avec le support quand quelqu'un y est, sans horaire \
            promis."
        }
        Rule::S4 => {
            "Qui utilise un navigateur dépassé en est averti et peut tout de même lire la page."
        }
        Rule::S5 => {
            "Le pied de chaque page mène à l'accessibilité, aux mentions légales, aux données \
                personnelles et au support."
        }
        Rule::T1 => {
            "Chaque changement, chaque connexion, chaque consultation par le support et chaque \
                refus est inscrit au journal."
        }
        Rule::T2 => "On ne peut qu'ajouter au journal, et toute altération s'y voit.",
        Rule::T3 => {
            "Adresses réseau, navigateurs et textes libres sont effacés du journal après un \
                délai\u{a0}; qui a fait quoi y reste."
        }
        Rule::T4 => {
            "Un compte perd ses informations et son adresse quand il n'a plus servi depuis \
                longtemps."
        }
    }
}
