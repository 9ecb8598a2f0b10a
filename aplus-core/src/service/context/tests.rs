#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::group::RequesterKind;
use crate::journal::StoredEntry;
use crate::memory::MemoryStore;
use crate::ports::{Letter, MailError, Mailer, Seals};
use crate::rules::GroupDraft;
use crate::service::GroupForm;
use crate::{GroupName, HostKey, Reference, Requester, Site, SupportRequest};

struct Nowhere;

#[async_trait::async_trait]
impl Mailer for Nowhere {
    async fn send(&self, _letter: &Letter) -> Result<(), MailError> {
        Ok(())
    }
}

fn aplus(store: &MemoryStore, key: u8, known: &[u8]) -> Aplus {
    let site = Site::new("https://aplus.example").unwrap();
    let host_key = |byte| HostKey::new(&[byte; 32]).unwrap();
    let builder = Aplus::builder(store.clone(), Nowhere, site, host_key(key));
    let known = known.iter().map(|byte| host_key(*byte));
    known
        .fold(builder, |builder, key| builder.known_key(key))
        .build()
}

/// What somebody who has the journal can try: a request of a form that is known, with a name that is guessed.
const BODY: &[u8] = b"POST /groups\0{\"name\":\"Mairie\",\"requester_name\":\"Mme Martin\"}";

fn named(body: &[u8]) -> Context {
    let idempotency = IdempotencyKey {
        key: uuid::Uuid::from_u128(1),
        body: BodyHash::of(body),
    };
    Context {
        idempotency: Some(idempotency),
        ..Context::default()
    }
}

async fn create(aplus: &Aplus, context: &Context) -> Result<(), Error> {
    let form = GroupForm {
        draft: GroupDraft::new(GroupName::parse("Mairie").unwrap()),
        request: SupportRequest {
            requester: Requester {
                kind: RequesterKind::Anct,
                name: None,
            },
            reference: Reference::parse("courrier 12").unwrap(),
        },
    };
    let created = aplus.create_group(Author::Machine, &form, context).await;
    created.map(drop)
}

async fn entries(store: &MemoryStore) -> Vec<StoredEntry> {
    store.unsealed(u32::MAX).await.unwrap().entries
}

#[tokio::test]
async fn what_is_stored_of_a_request_tells_nothing_without_the_host_key() {
    let mut stored = Vec::new();
    for key in [7, 8] {
        let store = MemoryStore::default();
        let aplus = aplus(&store, key, &[]);
        create(&aplus, &named(BODY)).await.unwrap();
        let (id, body) = entries(&store).await[0].request.unwrap();
        assert_ne!(body, BodyHash::of(BODY));
        stored.push((id, body, aplus.named_by_content(BodyHash::of(BODY)).key));
    }
    let [one, other] = stored.as_slice() else {
        panic!("two")
    };
    assert_eq!(one.0, other.0, "the caller's own name for it");
    assert_ne!(one.1, other.1);
    assert_ne!(one.2, other.2, "a name by its content");
}

#[tokio::test]
async fn a_repetition_is_known_again_by_any_key_that_the_host_has() {
    let store = MemoryStore::default();
    create(&aplus(&store, 7, &[]), &named(BODY)).await.unwrap();
    let number = entries(&store).await.len();
    for (key, known, body, is_same) in [
        (7, &[][..], BODY, true),
        (8, &[7], BODY, true),
        (8, &[], BODY, false),
        (8, &[7], &BODY[1..], false),
    ] {
        let again = create(&aplus(&store, key, known), &named(body)).await;
        assert_eq!(again.is_ok(), is_same, "{key} {known:?}: {again:?}");
        assert!(is_same || matches!(again, Err(Error::KeyReused)));
        assert_eq!(entries(&store).await.len(), number, "nothing is done again");
    }
}
