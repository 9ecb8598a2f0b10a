//! What is said of problems that no rule of the domain made; refusals have their words in the core.

use aplus_core::Site;
use aplus_core::words::{self, Language};

use crate::body::{BODY_BYTES, BODY_SECONDS};
use crate::fields::{Fault, Invalid};
use crate::problem::Problem;

/// Title and detail of a problem.
pub(crate) fn problem(problem: &Problem, language: Language, site: &Site) -> (String, String) {
    let support = site.support();
    let kib = BODY_BYTES / 1_024;
    let (french, english) = match problem {
        Problem::Refused(refusal) => {
            let said = words::refusal(refusal, language, site);
            return (said.title, said.detail);
        }
        Problem::Invalid(invalid) => {
            let detail = invalid.iter().map(|invalid| fault(invalid, language)).collect::<Vec<_>>().join(" ");
            (("Demande à corriger", detail.clone()), ("Request to be corrected", detail))
        }
        Problem::KeyReused => (
            ("Clé déjà utilisée", "Cette clé Idempotency-Key a déjà servi à une autre demande.".to_owned()),
            ("Key already used", "This Idempotency-Key was used for another request.".to_owned()),
        ),
        Problem::Malformed => (
            ("Demande illisible", "Un objet JSON complet est attendu.".to_owned()),
            ("Unreadable request", "One whole JSON object is expected.".to_owned()),
        ),
        Problem::TooSlow => (
            ("Demande trop lente", format!("Le contenu doit arriver en {BODY_SECONDS}\u{a0}secondes au plus.")),
            ("Request too slow", format!("The body must arrive within {BODY_SECONDS} seconds.")),
        ),
        Problem::TooLarge => (
            ("Demande trop grande", format!("Le contenu a {kib}\u{a0}Kio au plus.")),
            ("Request too large", format!("The body has at most {kib} KiB.")),
        ),
        Problem::NotJson => (
            ("Format non pris en charge", "Le contenu doit être annoncé comme application/json.".to_owned()),
            ("Unsupported format", "The body must be announced as application/json.".to_owned()),
        ),
        Problem::NotForm => (
            ("Format non pris en charge", "Un formulaire de cette page est attendu.".to_owned()),
            ("Unsupported format", "A form of this page is expected.".to_owned()),
        ),
        Problem::CrossSite => (
            ("Demande venue d'un autre site", format!("Ouvrez {} et recommencez depuis cette page.", site.origin())),
            ("Request from another site", format!("Open {} and try again from there.", site.origin())),
        ),
        Problem::SlowDown { seconds } => (
            (
                "Trop de tentatives",
                format!("Trop de liens inconnus, ou trop de demandes au support, sont venus de ce réseau. Réessayez dans {seconds}\u{a0}s."),
            ),
            (
                "Too many attempts",
                format!("Too many unknown links, or too many requests to support, came from this network. Try again in {seconds} s."),
            ),
        ),
        Problem::NotFound => (
            ("Adresse inconnue", "Rien ne se trouve à cette adresse.".to_owned()),
            ("Unknown address", "There is nothing at this address.".to_owned()),
        ),
        Problem::MethodNotAllowed => (
            ("Méthode non acceptée", "Cette adresse n'accepte pas cette méthode.".to_owned()),
            ("Method not allowed", "This address does not take this method.".to_owned()),
        ),
        Problem::Busy => (
            (
                "Service momentanément indisponible",
                "Rien n'a été fait. Réessayez dans quelques instants.".to_owned(),
            ),
            ("Service unavailable for a moment", "Nothing was done. Try again in a moment.".to_owned()),
        ),
        Problem::UnknownOutcome => (
            (
                "Résultat inconnu",
                "La réponse s'est perdue\u{a0}: la même demande, avec la même clé, dira ce qui a été fait.".to_owned(),
            ),
            (
                "Unknown outcome",
                "The answer was lost: the same request with the same key tells what was done.".to_owned(),
            ),
        ),
        Problem::Broken => (
            (
                "Erreur de notre côté",
                format!("Cette erreur vient de nous. Si elle se répète, écrivez à {support}."),
            ),
            ("A fault of ours", format!("This is our mistake. If it happens again, write to {support}.")),
        ),
    };
    let (title, detail) = match language {
        Language::French => french,
        Language::English => english,
    };
    (title.to_owned(), detail)
}

/// What is wrong with one field, as one sentence.
pub(crate) fn fault(invalid: &Invalid, language: Language) -> String {
    let (french, english) = match invalid.fault {
        Fault::Email(error) => return named(invalid, &words::email_error(&error, language)),
        Fault::Text(error) => return named(invalid, &words::text_error(&error, language)),
        Fault::Roles(error) => return named(invalid, &words::roles_error(&error, language)),
        Fault::Missing => ("ce champ est obligatoire.", "this field is required."),
        Fault::Unknown => ("ce champ est inconnu ici.", "this field is unknown here."),
        Fault::Doubled => (
            "ce champ est donné plus d'une fois.",
            "this field is given more than once.",
        ),
        Fault::NotText => ("un texte est attendu.", "a text is expected."),
        Fault::NotFlag => ("true ou false est attendu.", "true or false is expected."),
        Fault::NotList => (
            "une liste de textes est attendue.",
            "a list of texts is expected.",
        ),
        Fault::NotObject => ("un objet est attendu.", "an object is expected."),
        Fault::NotUuid => (
            "un UUID de 36\u{a0}caractères est attendu.",
            "a UUID of 36 characters is expected.",
        ),
        Fault::Limit => (
            "un nombre de 1 à 200 est attendu.",
            "a number from 1 to 200 is expected.",
        ),
        Fault::Cursor => (
            "la suite d'une liste s'obtient avec la valeur next reçue.",
            "a list goes on with the value of next that was received.",
        ),
        Fault::Role => (
            "aidant, instructeur ou responsable est attendu.",
            "aidant, instructeur or responsable is expected.",
        ),
        Fault::RequesterKind => (
            "prefecture, anct, partner, responsable ou person est attendu.",
            "prefecture, anct, partner, responsable or person is expected.",
        ),
        Fault::Actor => (
            "machine, account:UUID ou operator:UUID est attendu.",
            "machine, account:UUID or operator:UUID is expected.",
        ),
        Fault::EntryKind => (
            "le nom d'un genre d'entrée du journal est attendu.",
            "the name of a kind of entry of the journal is expected.",
        ),
        Fault::Time => (
            "une date et une heure sont attendues, comme 2026-03-02T09:00:00Z.",
            "a date and time is expected, such as 2026-03-02T09:00:00Z.",
        ),
    };
    named(
        invalid,
        match language {
            Language::French => french,
            Language::English => english,
        },
    )
}

fn named(invalid: &Invalid, sentence: &str) -> String {
    format!("{}: {sentence}", invalid.field)
}
