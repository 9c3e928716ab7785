/**
 * Time Bandits, prover: signs and proves what is in a run directory.
 *
 *     import { proveDirectory } from "time-bandits/prover";
 *
 *     const report = await proveDirectory("demo-run", { onProgress: (stage, done, total) => … });
 *
 * @module
 */

export { artifactFacts, artifactsHere, artifactsOf, type ProfileArtifacts } from "./artifacts.ts";
export { type Batch, GroupSizeError } from "./batches/batcher.ts";
export { ForeignMapError } from "./batches/mapIdentity.ts";
export { type BatchPlan, planOf } from "./batches/plan.ts";
export { type Bundle, parseBundle, rangeOf, readBundles, type StoredBundle } from "./bundles/bundle.ts";
export { checkBundle } from "./bundles/checkBundle.ts";
export { type CertificateRecord, certificateOf } from "./certificates.ts";
export { type BuildOptions, buildCircuit, type CircuitArtifacts, type OnProgress } from "./circuit/build.ts";
export { type ContinuedDirectory, continueDirectory, type VoidSignature } from "./continue.ts";
export type { Engine, Proven } from "./engines/engine.ts";
export { ENGINE_NAMES, engineByName } from "./engines/index.ts";
export { BuildError, CacheError, FormatError, KeyError, ProofError, ProverError, WitnessError } from "./errors.ts";
export { type CellStatement, cellInput, cellSignals } from "./exits/cellInput.ts";
export { type ExitPublic, type ExitSigner, type ExitWish, exitInput, exitSignals } from "./exits/exitInput.ts";
export { proveCell, proveExit, type StateProof, type StateProofOptions } from "./exits/proveExit.ts";
export {
  type Claim,
  type Groth16Proof,
  type Groth16ProofJson,
  proofFromJson,
  proofToJson,
  verifyProof,
} from "./groth16/groth16.ts";
export { type KeyReport, keyOrigin, keyReport, type OriginHere, stateKeyOrigin } from "./keyReport.ts";
export {
  applyBeacon,
  beginCeremony,
  ceremonyName,
  contribute,
  type GivenPtau,
  installCeremony,
  type Transcript,
  verifyCeremony,
} from "./keys/ceremony.ts";
export { KEY_KINDS, type KeyKind } from "./keys/check.ts";
export { readVerificationKey } from "./keys/keyFile.ts";
export { type CeremonyName, type KeyOrigin, originOf, originText } from "./keys/origin.ts";
export { parseVerificationKey, type VerificationKey, verificationKeyHash } from "./keys/verificationKey.ts";
export { type OptimiseOptions, type OptimiseReport, optimiseDirectory } from "./optimise/optimise.ts";
export {
  circuitNamed,
  mainSource,
  NAMED_CIRCUITS,
  type NamedCircuit,
  PROFILES,
  type Profile,
  profileOf,
  profilesWith,
} from "./profiles.ts";
export { type OnProving, type ProveOptions, type ProveReport, proveDirectory, UnprovenError } from "./prove.ts";
export type { NewProof, ProvingAlongOptions } from "./proving/proveAlong.ts";
export { followChain } from "./recording/followChain.ts";
export type { FollowEvent, FollowOptions, FollowReport } from "./recording/following.ts";
export { type BlocksOptions, type ImportedBlocks, importBlocks } from "./recording/importBlocks.ts";
export { type ImportedDirectory, importDirectory } from "./recording/importCalls.ts";
export { type RecordingOptions, recordDirectory } from "./recording/record.ts";
export { ProvenBlockError } from "./recording/takeBack.ts";
export {
  openSigning,
  type Signing,
  type SignOptions,
  type SignReport,
  signDirectory,
} from "./sign.ts";
export { readSignatures, type SignatureFile, type StoredSignature, writeSignature } from "./signing/signatureFiles.ts";
export { MissingSignatureError } from "./signing/signatures.ts";
export { CELL_CIRCUIT, EXIT, STATE_CIRCUITS, type StateCircuit } from "./stateCircuits.ts";
export { cacheRoot } from "./storage/cache.ts";
export {
  type KeyOptions,
  type VerifyingArtifacts,
  type VerifyingKey,
  verifyingArtifacts,
  verifyingArtifactsHere,
  verifyingArtifactsOf,
} from "./verifyingArtifacts.ts";
export { type WithdrawOptions, type WithdrawReport, withdrawDirectory } from "./withdraw.ts";
