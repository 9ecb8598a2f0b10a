//! What a use case answers instead of its result.

use crate::Refusal;
use crate::ports::StoreError;

/// Why a use case has no result. None of them shows a table, a path or a secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules say no; it is recorded where T1 says so.
    #[error(transparent)]
    Refused(Refusal),
    /// The same `Idempotency-Key` came with another body.
    #[error("this Idempotency-Key was used for another request")]
    KeyReused,
    /// Too much at once, or the store cannot be reached: nothing was done, and it may be tried again.
    #[error("the service is busy")]
    Busy,
    /// The answer was lost: the same request with the same key tells what came of it.
    #[error("the outcome is unknown")]
    UnknownOutcome(#[source] StoreError),
    /// Something is broken.
    #[error("the service is out of order")]
    Broken(#[source] StoreError),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(cause) => {
                tracing::warn!(error = %cause, "the store is busy or cannot be reached");
                Self::Busy
            }
            StoreError::UnknownOutcome(_) => Self::UnknownOutcome(error),
            StoreError::Broken(_) => Self::Broken(error),
        }
    }
}
