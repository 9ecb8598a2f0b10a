//! The facts of the table in words, in English and in French.

use aplus_core::words::Language;

/// Some values of one column, and how one says that it is one of them.
pub struct Phrase {
    pub column: &'static str,
    pub values: &'static [&'static str],
    english: &'static str,
    french: &'static str,
}

impl Phrase {
    pub fn words(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::French => self.french,
        }
    }
}

macro_rules! phrases {
    ($($column:literal { $($values:tt => $english:literal / $french:literal;)+ })+) => {
        /// Each value of each column, and the sets of values that have a name of their own.
        pub const PHRASES: &[Phrase] = &[$($(
            Phrase { column: $column, values: &$values, english: $english, french: $french },
        )+)+];
    };
}

#[rustfmt::skip]
phrases! {
    "who" {
        ["visitor"] => "a visitor" / "un visiteur";
        ["active"] => "an active account" / "un compte actif";
        ["off:responsable"] => "an account that a responsable deactivated" / "un compte désactivé par un responsable";
        ["off:support"] => "an account that support deactivated" / "un compte désactivé par le support";
        ["off:withdrawn"] => "a withdrawn account" / "un compte retiré";
        ["operator"] => "an operator" / "un membre de l'équipe de support";
        ["suspended"] => "a suspended operator" / "un membre suspendu de l'équipe de support";
        ["machine"] => "the server's own machine" / "la machine du serveur";
        ["off:responsable", "off:support", "off:withdrawn"] => "an account that is no longer active" / "un compte qui n'est plus actif";
        ["operator", "machine"] => "an operator or the server's own machine" / "un membre de l'équipe de support ou la machine du serveur";
        ["operator", "suspended", "machine"] => "any operator or the server's own machine" / "tout membre de l'équipe de support ou la machine du serveur";
        ["active", "operator", "machine"] => "an active account, an operator or the server's own machine" / "un compte actif, un membre de l'équipe de support ou la machine du serveur";
        ["active", "off:responsable", "off:support", "off:withdrawn", "operator", "suspended"] => "any account, any operator" / "tout compte, tout membre de l'équipe de support";
        ["active", "off:responsable", "off:support", "off:withdrawn", "operator", "suspended", "machine"] => "anybody but a visitor" / "toute personne connectée, ou la machine du serveur";
        ["visitor", "active"] => "a visitor or an active account" / "un visiteur ou un compte actif";
        ["active", "machine"] => "an active account or the server's own machine" / "un compte actif ou la machine du serveur";
        ["visitor", "active", "off:responsable", "off:support", "off:withdrawn"] => "a visitor or any account" / "un visiteur ou tout compte";
    }
    "roles" {
        ["responsable"] => "with the role Responsable" / "avec le rôle de responsable";
        ["other"] => "without the role Responsable" / "sans le rôle de responsable";
        ["."] => "without roles" / "sans rôle";
    }
    "in" {
        ["yes"] => "member of the group" / "membre du groupe";
        ["no"] => "not a member of the group" / "non membre du groupe";
        ["."] => "without groups" / "sans groupe";
    }
    "relation" {
        ["self"] => "their own account" / "son propre compte";
        ["all"] => "another account, all of whose groups are theirs" / "un autre compte, dont tous les groupes sont les siens";
        ["some"] => "another account, some of whose groups are theirs" / "un autre compte, dont certains groupes seulement sont les siens";
        ["none"] => "another account, none of whose groups is theirs" / "un autre compte, dont aucun groupe n'est le sien";
        ["."] => "any account" / "tout compte";
        ["all", "some"] => "another account that shares a group with theirs" / "un autre compte, qui partage un groupe avec le sien";
        ["self", "all", "some"] => "their own account, or one that shares a group with it" / "son propre compte, ou un compte qui partage un groupe avec lui";
        ["all", "some", "none"] => "another account" / "un autre compte";
    }
    "target" {
        ["active"] => "it is active" / "il est actif";
        ["off:responsable"] => "a responsable deactivated it" / "un responsable l'a désactivé";
        ["off:support"] => "support deactivated it" / "le support l'a désactivé";
        ["withdrawn"] => "it was withdrawn" / "il a été retiré";
        ["off:responsable", "off:support"] => "it is deactivated" / "il est désactivé";
        ["active", "off:responsable", "off:support"] => "it was not withdrawn" / "il n'a pas été retiré";
        ["active", "off:responsable"] => "it is active, or a responsable deactivated it" / "il est actif, ou un responsable l'a désactivé";
        ["off:responsable", "off:support", "withdrawn"] => "it is no longer active" / "il n'est plus actif";
    }
    "holds" {
        ["responsable"] => "it holds Responsable" / "il a le rôle de responsable";
        ["other"] => "it does not hold Responsable" / "il n'a pas le rôle de responsable";
        ["."] => "it has no roles" / "il n'a pas de rôle";
    }
    "used" {
        ["yes"] => "somebody has logged into it" / "quelqu'un s'y est connecté";
        ["no"] => "nobody ever logged into it" / "personne ne s'y est jamais connecté";
        ["."] => "its use is not known" / "son usage n'est pas connu";
    }
    "member" {
        ["yes"] => "it belongs to the group" / "il appartient au groupe";
        ["no"] => "it does not belong to the group" / "il n'appartient pas au groupe";
        ["."] => "it has no groups" / "il n'a pas de groupe";
    }
    "groups" {
        ["one"] => "it has one group only" / "il n'a qu'un groupe";
        ["more"] => "it has several groups" / "il a plusieurs groupes";
    }
    "count" {
        ["0"] => "the group has no active responsable" / "le groupe n'a aucun responsable actif";
        ["1"] => "the group has one active responsable" / "le groupe a un seul responsable actif";
        ["2"] => "the group has two active responsables or more" / "le groupe a deux responsables actifs ou davantage";
        ["."] => "the group's responsables are not counted" / "les responsables du groupe ne sont pas comptés";
        ["0", "1"] => "the group has one active responsable at most" / "le groupe a un responsable actif au plus";
    }
    "had" {
        ["yes"] => "the group has a responsable, or once had one" / "le groupe a un responsable, ou en a eu un";
        ["no"] => "the group never had a responsable" / "le groupe n'a jamais eu de responsable";
        ["."] => "the group's past is not known" / "le passé du groupe n'est pas connu";
    }
    "fewest" {
        ["0"] => "a group of its has no active responsable" / "un de ses groupes n'a aucun responsable actif";
        ["1"] => "a group of its has a single active responsable" / "un de ses groupes n'a qu'un responsable actif";
        ["2"] => "each of its groups has two active responsables or more" / "chacun de ses groupes a deux responsables actifs ou davantage";
        ["."] => "its groups are not counted" / "ses groupes ne sont pas comptés";
        ["0", "1"] => "a group of its has one active responsable at most" / "un de ses groupes a un responsable actif au plus";
    }
    "gives" {
        ["responsable"] => "the new account holds Responsable" / "le nouveau compte a le rôle de responsable";
        ["other"] => "the new account does not hold Responsable" / "le nouveau compte n'a pas le rôle de responsable";
        ["."] => "no new account" / "aucun nouveau compte";
    }
    "mailbox" {
        ["person"] => "the address is a person's" / "l'adresse est celle d'une personne";
        ["shared:looks"] => "the address looks like a shared mailbox" / "l'adresse a l'air d'une boîte partagée";
        ["shared:marked"] => "it is marked as a shared mailbox" / "il est marqué comme boîte partagée";
        ["shared:both"] => "the address looks like a shared mailbox and is marked so" / "l'adresse a l'air d'une boîte partagée et elle est marquée ainsi";
        ["shared:looks", "shared:marked", "shared:both"] => "it is a shared mailbox" / "c'est une boîte partagée";
    }
    "allowed" {
        ["yes"] => "the host allows shared mailboxes" / "l'hébergeur admet les boîtes partagées";
        ["no"] => "the host allows no shared mailboxes" / "l'hébergeur n'admet pas les boîtes partagées";
        ["."] => "shared mailboxes do not matter" / "les boîtes partagées n'importent pas";
    }
    "dual" {
        ["all"] => "the host has every order approved" / "l'hébergeur fait approuver toute demande";
        ["raising"] => "the host has orders approved that raise" / "l'hébergeur fait approuver les demandes qui élèvent";
        ["none"] => "the host has no order approved" / "l'hébergeur ne fait approuver aucune demande";
        ["all", "raising"] => "the host has raising orders approved, or every order" / "l'hébergeur fait approuver les demandes qui élèvent, ou toutes";
        ["raising", "none"] => "the host has raising orders approved, or none" / "l'hébergeur fait approuver les demandes qui élèvent, ou aucune";
    }
    "field" {
        ["first_name"] => "the first name" / "le prénom";
        ["last_name"] => "the last name" / "le nom";
        ["job_title"] => "the job title" / "la fonction";
        ["phone"] => "the phone number" / "le téléphone";
        ["email"] => "the address" / "l'adresse";
        ["roles"] => "the roles" / "les rôles";
        ["groups"] => "the groups" / "les groupes";
        ["status"] => "the status" / "le statut";
    }
    "door" {
        ["accounts"] => "a place for accounts" / "un lieu réservé aux comptes";
        ["responsables"] => "a place for responsables" / "un lieu réservé aux responsables";
        ["support"] => "a place for support" / "un lieu réservé au support";
        ["accounts", "responsables"] => "a place for accounts or for responsables" / "un lieu réservé aux comptes ou aux responsables";
    }
    "owner" {
        ["own"] => "their own" / "les siennes";
        ["account"] => "those of an account that is not theirs" / "celles d'un compte qui n'est pas le sien";
        ["operator"] => "those of another operator" / "celles d'un autre membre de l'équipe de support";
        ["own", "account"] => "their own, or those of an account" / "les siennes, ou celles d'un compte";
        ["account", "operator"] => "somebody else's" / "celles de quelqu'un d'autre";
    }
    "by" {
        ["own"] => "what they did themselves" / "ce que l'on a fait soi-même";
        ["account"] => "what another account did" / "ce qu'un autre compte a fait";
        ["operator"] => "what an operator did" / "ce qu'un membre de l'équipe de support a fait";
        ["machine"] => "what the machine did" / "ce que la machine a fait";
        ["account", "operator", "machine"] => "what somebody else did" / "ce que quelqu'un d'autre a fait";
    }
    "about" {
        ["own"] => "to their own account" / "à son propre compte";
        ["account"] => "to another account" / "à un autre compte";
        ["nobody"] => "to no account" / "à aucun compte";
        ["account", "nobody"] => "to another account, or to none" / "à un autre compte, ou à aucun";
    }
    "holder" {
        ["active"] => "the address of an active account" / "l'adresse d'un compte actif";
        ["off:responsable"] => "the address of an account that a responsable deactivated" / "l'adresse d'un compte désactivé par un responsable";
        ["off:support"] => "the address of an account that support deactivated" / "l'adresse d'un compte désactivé par le support";
        ["off:withdrawn"] => "the address of a withdrawn account" / "l'adresse d'un compte retiré";
        ["operator"] => "the address of an operator" / "l'adresse d'un membre de l'équipe de support";
        ["off:responsable", "off:support"] => "the address of a deactivated account" / "l'adresse d'un compte désactivé";
        ["active", "operator"] => "the address of an active account or of an operator" / "l'adresse d'un compte actif ou d'un membre de l'équipe de support";
    }
    "shared" {
        ["yes"] => "it is a shared mailbox" / "c'est une boîte partagée";
        ["no"] => "it is a person's" / "c'est celui d'une personne";
        ["."] => "whose it is is not known" / "à qui il est n'est pas connu";
    }
    "address" {
        ["same"] => "the address stays" / "l'adresse reste";
        ["new"] => "a new address" / "une nouvelle adresse";
        ["mailbox"] => "a new address that looks like a shared mailbox" / "une nouvelle adresse qui a l'air d'une boîte partagée";
        ["new", "mailbox"] => "a new address, shared mailbox or not" / "une nouvelle adresse, de boîte partagée ou non";
    }
    "turns" {
        ["same"] => "the roles stay" / "les rôles restent";
        ["responsable"] => "new roles, with Responsable" / "de nouveaux rôles, dont celui de responsable";
        ["other"] => "new roles, without Responsable" / "de nouveaux rôles, sans celui de responsable";
        ["same", "other"] => "the roles stay, or become others without Responsable" / "les rôles restent, ou changent sans celui de responsable";
        ["responsable", "other"] => "new roles" / "de nouveaux rôles";
    }
    "details" {
        ["yes"] => "details are corrected" / "des informations sont corrigées";
        ["no"] => "no details are corrected" / "aucune information n'est corrigée";
        ["."] => "no details" / "aucune information";
    }
    "order" {
        ["proposed"] => "the order is proposed" / "la demande est proposée";
        ["approved"] => "the order is approved" / "la demande est approuvée";
        ["carried_out"] => "the order is carried out" / "la demande est appliquée";
        ["refused"] => "the order is refused" / "la demande est refusée";
        ["withdrawn"] => "the order is withdrawn" / "la demande est annulée";
        ["lapsed"] => "the order has lapsed" / "la demande est caduque";
        ["approved", "carried_out", "refused", "withdrawn", "lapsed"] => "the order is no longer proposed" / "la demande n'est plus à décider";
        ["carried_out", "refused", "withdrawn", "lapsed"] => "the order is over" / "la demande est close";
        ["proposed", "approved"] => "the order is open" / "la demande est en cours";
    }
    "author" {
        ["own"] => "they proposed it themselves" / "c'est la personne elle-même qui l'a proposée";
        ["operator"] => "another operator proposed it" / "un autre membre de l'équipe de support l'a proposée";
        ["machine"] => "the machine proposed it" / "la machine l'a proposée";
        ["operator", "machine"] => "somebody else proposed it" / "quelqu'un d'autre l'a proposée";
    }
    "fresh" {
        ["yes"] => "the account is still what the order says" / "le compte est encore ce que dit la demande";
        ["no"] => "the account has changed since" / "le compte a changé depuis";
        ["."] => "there is no order" / "il n'y a pas de demande";
    }
    "changes" {
        ["roles"] => "it changes the roles" / "elle change les rôles";
        ["address"] => "it changes the address" / "elle change l'adresse";
        ["details"] => "it corrects details" / "elle corrige des informations";
        ["roles", "details"] => "it changes the roles or corrects details" / "elle change les rôles ou corrige des informations";
        ["roles", "address"] => "it changes the roles or the address" / "elle change les rôles ou l'adresse";
    }
    "enquirer" {
        ["own"] => "a conversation of their own" / "son propre échange";
        ["account"] => "another account's conversation" / "l'échange d'un autre compte";
        ["visitor"] => "a visitor's conversation" / "l'échange d'un visiteur";
        ["account", "visitor"] => "somebody else's conversation" / "l'échange de quelqu'un d'autre";
    }
    "talk" {
        ["waiting"] => "it waits for support" / "il attend le support";
        ["answered"] => "support answered it" / "le support y a répondu";
        ["closed"] => "it is closed" / "il est clos";
        ["erased"] => "it was erased for its age" / "il a été effacé du fait de son âge";
        ["waiting", "answered"] => "it is open" / "il est ouvert";
        ["closed", "erased"] => "it is closed, or was erased" / "il est clos, ou a été effacé";
        ["waiting", "answered", "closed"] => "it was not erased" / "il n'a pas été effacé";
    }
    "colleague" {
        ["self"] => "themselves" / "soi-même";
        ["active"] => "another operator, active" / "un autre membre de l'équipe, actif";
        ["suspended"] => "another operator, suspended" / "un autre membre de l'équipe, suspendu";
        ["self", "active"] => "an operator who is not suspended" / "un membre de l'équipe qui n'est pas suspendu";
    }
    "asked" {
        ["nobody"] => "nobody asked before" / "personne ne l'a demandé avant";
        ["self"] => "they asked before themselves" / "la même personne l'a déjà demandé";
        ["other"] => "another operator asked within a day" / "un autre membre de l'équipe l'a demandé depuis moins d'un jour";
        ["suspended"] => "an operator asked who is suspended by now" / "un membre de l'équipe l'a demandé, qui est suspendu depuis";
        ["late"] => "another operator asked a day ago or earlier" / "un autre membre de l'équipe l'a demandé il y a un jour ou plus";
        ["nobody", "self", "suspended", "late"] => "no other active operator asked within a day" / "aucun autre membre actif de l'équipe ne l'a demandé depuis moins d'un jour";
    }
}
