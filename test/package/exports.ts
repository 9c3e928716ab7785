/**
 * The exports of each subpath of the package, in alphabetical order, types last. A change of this list is a change for
 * its users, and belongs in CHANGELOG.md.
 */

const names = (text: string): readonly string[] => text.trim().split(/,\s+/);

export const EXPORTS: Readonly<Record<string, readonly string[]>> = {
  ".": names(`
    ARITY, AskFailure, BITS, CHECKPOINT_EVERY, COLUMNS, CONDITION, ChainNode, EnvironmentError, FIELD, FILES,
    GRACE, Group, INVARIANTS, InvalidInputError, MAX_LEVELS, Machine, Names, NoSuchBlockError, OP, OPS, Overlay,
    PROTOCOL_VERSION, PUBLIC_INPUTS, ProgramHandle, RIGHT, RefusedError, SHAPES, SLOTS, TAG, TimeBanditsError,
    TimeMap, TraceWriter, Tracer, WATCHES, address, askForCalls, capabilityAt, checkGenesis, checkShape,
    commitTo, continueRun, createRun, createRunStream, differenceOf, effectHash, emptyCell, emptyManifest,
    groupDigest, hash, hashLanes, historyOf, idOf, importEvmCalls, isAuthority, isClosed, isData, isEffect,
    issuerOf, keyedGenesis, keyedPrograms, kindOf, localDomain, logLaneOf, lower, lowerAll, makerOf, mapOf,
    namesInUse, nodeDigest, nodeKey, noteText, opOf, openPrograms, openRun, opensPeer, packCell, packRow,
    packSpan, parseGenesis, parseManifest, parseNames, parseTrace, passesFilter, pathIn, pathOf, placeAddress,
    programAt, programOf, programsOf, readNames, readRun, recordLine, recordOf, replay, replayDirectory,
    resourceAt, rowOf, runScenario, saveManifest, selectorOf, sentenceOf, sizeOf, slotOf, snapshotAt,
    snapshotOf, stateAt, textOfFile, transitionAt, transitionFilter, triggerDigest, type AllowedUse, type
    Answered, type Argument, type Ask, type AskMany, type AskerOptions, type AtomicBatch, type Authorities, type
    BlockHeader, type BlockRecord, type BlockTransaction, type CapabilityAnswer, type CapabilityCell, type
    CapabilityReport, type Cell, type CellDifference, type ChainEntry, type Checkpoint, type ClaimFromProgram,
    type Clear, type Columns, type Commitment, type Condition, type Continuation, type ContinueOptions, type
    Continued, type CreateProgram, type DeclareEntry, type DelegateCapability, type Effect, type EmptyCell, type
    EntryCell, type EscrowToProgram, type EvmImport, type EvmImportOptions, type EvmReport, type FailureKind,
    type Genesis, type GenesisCell, type Invariant, type InvokeProgram, type Issue, type JoinWith, type
    LogSignature, type LogStatement, type Manifest, type MemorySlot, type Merge, type NameTables, type
    NamesInUse, type NodeAnswer, type NodeName, type Note, type Op, type OpenRun, type OpenRunOptions, type
    Opened, type OwnNames, type Place, type ProfileBound, type ProgramAnswer, type ProgramCell, type ProgramId,
    type ProgramRef, type PublicInputs, type Refusal, type ReplayOptions, type Replayable, type Replayed, type
    Request, type ResourceAnswer, type ResourceCell, type ResourceReport, type Retire, type RevokeCapability,
    type RevokeResource, type Right, type RotateAuthority, type Row, type RowHash, type RowName, type Run, type
    RunDifference, type RunHistory, type RunOptions, type RunStreamOptions, type Scenario, type Single, type
    Snapshot, type Span, type Split, type StateReport, type TokenDescription, type Trace, type TraceHeader, type
    TraceRecord, type TraceTail, type TracerOptions, type Transition, type TransitionAnswer, type
    TransitionFilter, type Unwatch, type View, type WatchAnswer, type WatchCell, type WatchReport, type
    WatchResource, type Words, unpackCell, unpackSpan, watchAt, watchesOf, writeGenesis, writeManifest`),
  "./runtime": names(`
    Barrier, CancelledError, Capability, ChannelClosedError, ContractError, DeadlockError, Entry, Exchange, Future,
    Guard, Mutex, NotOwnedError, Owned, ReadWriteLock, Receiver, ResourceGuard, RuntimeUseError, Semaphore, Sender,
    TaskFailedError, Thread, UseAfterMoveError, ValueGuard, Vault, Watch, actor, adopt, channel, claim, claimAll,
    concurrent, contract, declare, give, go, holdings, issue, lend, now, otherwise, parallel, perform, reserve,
    resume, revoke, select, self, sendEach, sleep, spawn, spawnWorker, stop, timeout, type ActorClass,
    type ActorOptions, type ActorRef, type Case, type Clauses, type ConcurrentOptions, type Contracts, type Data,
    type Ensures, type EntryTerms, type ModuleExport, type ParallelOptions, type Requires, type Supervision,
    type Terms, type Wait, type Wanted, type WatchState, type WatchTerms, unreserve, watch, when`),
  "./check": names(`
    SEVERITIES, check, checkScenario, type Checked, type Finding, type Severity, type Wait`),
  "./graph": names(`
    FORMATS, VIEWS, draw, graphOf, type Format, type Graph, type GraphFilter, type View`),
  "./signing": names(`
    KeyFileError, authorityOf, newKeyFile, newSecret, publicKey, readKeyFile, signLog, statementHash, type Key,
    type LogSignature, type LogStatement, verifyLog`),
  "./prover": names(`
    BuildError, CacheError, ENGINE_NAMES, ForeignMapError, FormatError, GroupSizeError, KEY_KINDS, KeyError,
    MissingSignatureError, PROFILES, ProofError, ProvenBlockError, ProverError, UnprovenError, WitnessError,
    applyBeacon, artifactFacts, artifactsHere, artifactsOf, beginCeremony, buildCircuit, cacheRoot,
    ceremonyName, checkBundle, continueDirectory, contribute, engineByName, followChain, importBlocks,
    importDirectory, installCeremony, keyOrigin, keyReport, mainSource, openSigning, optimiseDirectory,
    originOf, originText, parseBundle, parseVerificationKey, planOf, profileOf, proofFromJson, proofToJson,
    proveDirectory, rangeOf, readBundles, readSignatures, readVerificationKey, recordDirectory, signDirectory,
    type Batch, type BatchPlan, type BlocksOptions, type BuildOptions, type Bundle, type CeremonyName, type
    CircuitArtifacts, type Claim, type ContinuedDirectory, type Engine, type FollowEvent, type FollowOptions,
    type FollowReport, type GivenPtau, type Groth16Proof, type Groth16ProofJson, type ImportedBlocks, type
    ImportedDirectory, type KeyKind, type KeyOptions, type KeyOrigin, type KeyReport, type NewProof, type
    OnProgress, type OnProving, type OptimiseOptions, type OptimiseReport, type OriginHere, type Profile, type
    ProfileArtifacts, type ProveOptions, type ProveReport, type Proven, type ProvingAlongOptions, type
    RecordingOptions, type SignOptions, type SignReport, type SignatureFile, type Signing, type StoredBundle,
    type StoredSignature, type Transcript, type VerificationKey, type VerifyingArtifacts, type VerifyingKey,
    type VoidSignature, type WithdrawOptions, type WithdrawReport, verificationKeyHash, verifyCeremony,
    verifyProof, verifyingArtifacts, verifyingArtifactsHere, verifyingArtifactsOf, withdrawDirectory,
    writeSignature`),
  "./verifier": names(`
    AnotherTraceError, ChainRefusal, LocalProofError, LostMapError, NotCreatedError, RecordError,
    RegistryVersionError, SNARKJS_FILES, USUAL_LAG, acceptCall, acceptOwnership, advance, advanceCall,
    advancedEvents, askManyAt, auditDirectory, awaitConfirmed, connect, createMap, createOnChain,
    deployRegistry, disableCall, disableVerifier, exportDirectory, findMap, historyOf, isLocalChain,
    isSubmitter, keyCall, keyHash, keysOfMap, lookAtMap, lookAtRegistry, mapDomain, mapIdOf, mapLines,
    openRegistry, parseRecordFile, printedCall, proofWords, proposeCall, proposeVerifier, proveInclusion,
    proveRecord, readIntention, readMap, readRecord, recordLines, recordReport, recordText, rehearse,
    renderAudit, requireMap, sendCall, setSubmitter, snarkjsFiles, storeKey, submitRun, submitterCall,
    transferCall, transferOwnership, type Acceptance, type AdvancedEvent, type AuditOptions, type AuditReport,
    type BatchReport, type BatchSubmission, type Chain, type ChainReport, type CodeMatch, type Confirmations,
    type ConnectOptions, type CreateOptions, type CreatedMap, type DataPolicy, type ExportOptions, type
    ExportedBatch, type Head, type InclusionProof, type Intention, type MapHistory, type MapLook, type
    MapReport, type MapState, type MapTerms, type MapVerifier, type PrintedCall, type Problem, type
    ProgramReport, type RecordFile, type RecordOptions, type RecordReport, type Registry, type SendingOptions,
    type SignatureReport, type SnarkjsFiles, type SubmitOptions, type Submitted, type TermsReport, type
    Transaction, type TransitionReport, type VerificationKey, type VerifiedRecord, type VerifierReport, type
    VerifyReport, usualConfirmations, verifyDirectory, verifyInclusion, verifyRecord`),
  "./eslint": [],
  "./register": [],
};
