//! The journal for hosts: what is sealed, proofs of it, its export and its check. Nothing here asks a rule: it is for the host's
//! own programs, not for people.

use std::io::Write;
use std::ops::Range;

use super::{Aplus, Error};
use crate::EntryId;
use crate::journal::seal::{
    CheckpointVerifier, Counts, ExportWriter, Frontier, Kept, KeptCheckpoint, Seal, TreeHash,
    Verdict, check, proof,
};
use crate::ports::{SealedEntry, StoreError};

/// How many hashes are read at once for a proof.
const AT_ONCE: u32 = 10_000;

/// What shows that an entry is in the journal, without the journal: see [`proof::includes`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    /// The entry's place, and the hash of its bytes.
    pub seal: Seal,
    /// The checkpoint that it is shown for.
    pub checkpoint: KeptCheckpoint,
    /// The hashes beside its way up, from the leaf.
    pub path: Vec<TreeHash>,
}

/// What shows that a later checkpoint holds an earlier one unchanged: see [`proof::extends`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// The earlier checkpoint.
    pub earlier: KeptCheckpoint,
    /// The later one.
    pub later: KeptCheckpoint,
    /// The hashes that both roots are made of.
    pub path: Vec<TreeHash>,
}

/// Why there is no whole export.
#[derive(Debug, thiserror::Error)]
pub enum ExportFailure {
    /// The journal could not be read.
    #[error(transparent)]
    Store(#[from] Error),
    /// The file could not be written.
    #[error("the export cannot be written")]
    File(#[from] std::io::Error),
}

impl Aplus {
    /// What the checkpoints of this journal are checked with: the public key, no secret. Those of earlier keys follow it.
    #[must_use]
    pub fn journal_verifiers(&self) -> &[CheckpointVerifier] {
        &self.0.journal_verifiers
    }

    /// Sealed entries in the order of their places, from `place` on; at most `limit`. For a host that reacts to what was
    /// done: it keeps the place after the last that it has seen, begins with 0, and misses nothing, also not what was
    /// committed late. An entry appears about a second after its act.
    ///
    /// # Errors
    /// What the store says.
    pub async fn journal_since(&self, place: u64, limit: u32) -> Result<Vec<SealedEntry>, Error> {
        Ok(self.0.store.sealed_since(place, limit).await?)
    }

    /// Shows that an entry is in the journal, for the newest checkpoint; none while it waits for its seal.
    ///
    /// All hashes are read once, a part at a time; kept are as many as the tree is high.
    ///
    /// # Errors
    /// What the store says.
    pub async fn inclusion_proof(&self, entry: EntryId) -> Result<Option<InclusionProof>, Error> {
        let Some(seal) = self.0.store.seal_of(entry).await? else {
            return Ok(None);
        };
        let Some(checkpoint) = self.0.store.last_checkpoint().await? else {
            return Ok(None);
        };
        let Some(parts) = proof::inclusion_parts(checkpoint.size, seal.place) else {
            return Ok(None);
        };
        Ok(Some(InclusionProof {
            path: self.roots(&parts).await?,
            seal,
            checkpoint,
        }))
    }

    /// Shows that the journal of `later` entries begins with that of `earlier`; none unless a checkpoint was signed over each
    /// and `earlier` is not larger.
    ///
    /// # Errors
    /// What the store says.
    pub async fn consistency_proof(
        &self,
        earlier: u64,
        later: u64,
    ) -> Result<Option<ConsistencyProof>, Error> {
        let store = &self.0.store;
        let checkpoints = (
            store.checkpoint(earlier).await?,
            store.checkpoint(later).await?,
        );
        let (Some(one), Some(other)) = checkpoints else {
            return Ok(None);
        };
        let Some(parts) = proof::consistency_parts(later, earlier) else {
            return Ok(None);
        };
        Ok(Some(ConsistencyProof {
            earlier: one,
            later: other,
            path: self.roots(&parts).await?,
        }))
    }

    /// The roots over these ranges of places, none of which meets another.
    async fn roots(&self, parts: &[Range<u64>]) -> Result<Vec<TreeHash>, Error> {
        let mut roots = Vec::with_capacity(parts.len());
        for part in parts {
            let mut tree = Frontier::default();
            self.extend(&mut tree, part.clone()).await?;
            roots.push(tree.root());
        }
        Ok(roots)
    }

    /// Adds the hashes at these places to a tree.
    pub(super) async fn extend(
        &self,
        tree: &mut Frontier,
        places: Range<u64>,
    ) -> Result<(), Error> {
        let mut place = places.start;
        while place < places.end {
            let wanted = u32::try_from(places.end - place).unwrap_or(u32::MAX);
            let hashes = self.0.store.seal_hashes(place, wanted.min(AT_ONCE)).await?;
            if hashes.is_empty() {
                return Err(StoreError::broken("a seal below the last is not there").into());
            }
            place += hashes.len() as u64;
            tree.extend(hashes);
        }
        Ok(())
    }

    /// Writes the whole journal as it stands at one moment, in the format of `docs/journal.md`.
    ///
    /// # Errors
    /// [`ExportFailure`]: what was written is then no whole export, and is known to be none.
    pub async fn export_journal(&self, out: impl Write + Send) -> Result<Counts, ExportFailure> {
        let name = self.0.journal_key.verifier();
        let mut writer = ExportWriter::begin(out, name.name(), self.now())?;
        let exported = self.0.store.export(&mut |line| writer.take(line)).await;
        exported.map_err(Error::from)?;
        Ok(writer.end()?)
    }

    /// Checks the journal of the database, against these verifiers and anchors.
    ///
    /// # Errors
    /// What the store says.
    pub async fn check_journal(
        &self,
        verifiers: &[CheckpointVerifier],
        anchors: &[String],
    ) -> Result<Verdict, Error> {
        let mut kept = Kept::default();
        let mut take = |line| {
            kept.take(line);
            std::ops::ControlFlow::Continue(())
        };
        self.0.store.export(&mut take).await?;
        Ok(check(&kept, verifiers, anchors))
    }
}
