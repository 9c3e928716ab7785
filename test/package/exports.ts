/**
 * What each subpath of the package exports, in alphabetical order, types last. A change of this list is a change for
 * its users, and belongs in CHANGELOG.md.
 */

const names = (text: string): readonly string[] => text.trim().split(/,\s+/);

export const EXPORTS: Readonly<Record<string, readonly string[]>> = {
  ".": names(`
    ARITY, BITS, CHECKPOINT_EVERY, COLUMNS, CONDITION, EnvironmentError, FIELD, FILES, GRACE, Group, INVARIANTS,
    InvalidInputError, KeyFileError, MAX_LEVELS, Machine, Names, OP, OPS, Overlay, PROTOCOL_VERSION, PUBLIC_INPUTS,
    ProgramHandle, RIGHT, RefusedError, SHAPES, SLOTS, TAG, TimeBanditsError, TimeMap, TraceWriter, Tracer, WATCHES,
    address, askForCalls, authorityOf, checkGenesis, checkShape, commitTo, createRun, effectHash, emptyCell,
    emptyManifest, groupDigest, hash, hashLanes, idOf, importEvmCalls, isAuthority, isClosed, isData, isEffect,
    issuerOf, keyedGenesis, keyedPrograms, kindOf, localDomain, logLaneOf, lower, lowerAll, makerOf, mapOf,
    namesInUse, newKeyFile, newSecret, nodeDigest, nodeKey, noteText, opOf, openPrograms, opensPeer, packCell,
    packRow, packSpan, parseGenesis, parseManifest, parseNames, parseTrace, pathIn, pathOf, placeAddress, programOf,
    programsOf, publicKey, readKeyFile, readNames, readRun, recordLine, recordOf, replay, replayDirectory, rowOf,
    runScenario, saveManifest, selectorOf, sentenceOf, signLog, sizeOf, slotOf, snapshotAt, statementHash,
    textOfFile, triggerDigest, type Argument, type Ask, type AtomicBatch, type Authorities, type CapabilityCell,
    type Cell, type ChainEntry, type Checkpoint, type ClaimFromProgram, type Clear, type Columns, type Commitment,
    type Condition, type CreateProgram, type DeclareEntry, type DelegateCapability, type Effect, type EmptyCell,
    type EntryCell, type EscrowToProgram, type EvmImport, type EvmImportOptions, type EvmReport, type Genesis,
    type GenesisCell, type Invariant, type InvokeProgram, type Issue, type JoinWith, type Key, type LogSignature,
    type LogStatement, type Manifest, type MemorySlot, type Merge, type NameTables, type NamesInUse,
    type NodeAnswer, type NodeName, type Note, type Op, type Opened, type OwnNames, type Place, type ProfileBound,
    type ProgramCell, type ProgramId, type ProgramRef, type PublicInputs, type ReplayOptions, type Replayable,
    type Replayed, type ResourceCell, type Retire, type RevokeCapability, type RevokeResource, type Right,
    type RotateAuthority, type Row, type RowHash, type RowName, type Run, type RunOptions, type Scenario,
    type Single, type Span, type Split, type Trace, type TraceHeader, type TraceRecord, type TracerOptions,
    type Transition, type Unwatch, type View, type WatchCell, type WatchResource, type Words, unpackCell,
    unpackSpan, verifyLog, watchesOf, writeGenesis, writeManifest
  `),
  "./runtime": names(`
    Barrier, CancelledError, Capability, ChannelClosedError, ContractError, DeadlockError, Entry, Exchange, Future,
    Guard, Mutex, NotOwnedError, Owned, ReadWriteLock, Receiver, ResourceGuard, RuntimeUseError, Semaphore, Sender,
    TaskFailedError, Thread, UseAfterMoveError, ValueGuard, Vault, Watch, actor, adopt, channel, claim, claimAll,
    concurrent, contract, declare, give, go, issue, lend, now, otherwise, parallel, perform, reserve, revoke,
    select, self, sendEach, sleep, spawn, spawnWorker, stop, timeout, type ActorClass, type ActorOptions,
    type ActorRef, type Case, type Clauses, type ConcurrentOptions, type Contracts, type Data, type Ensures,
    type EntryTerms, type ModuleExport, type ParallelOptions, type Requires, type Supervision, type Terms,
    type Wait, type Wanted, type WatchState, type WatchTerms, unreserve, watch, when
  `),
  "./check": names(`
    SEVERITIES, check, checkScenario, type Checked, type Finding, type Severity, type Wait
  `),
  "./graph": names(`
    FORMATS, VIEWS, draw, graphOf, type Format, type Graph, type GraphFilter, type View
  `),
  "./prover": names(`
    BuildError, CacheError, ENGINE_NAMES, ForeignMapError, FormatError, GroupSizeError, KEY_KINDS, KeyError,
    MissingSignatureError, PROFILES, ProofError, ProverError, UnprovenError, WitnessError, applyBeacon,
    artifactFacts, artifactsHere, artifactsOf, beginCeremony, buildCircuit, cacheRoot, ceremonyName, checkBundle,
    contribute, engineByName, installCeremony, mainSource, openSigning, optimiseDirectory, originOf, originText,
    parseBundle, planOf, profileOf, proofFromJson, proofToJson, proveDirectory, rangeOf, readBundles,
    readSignatures, signDirectory, type Batch, type BatchPlan, type BuildOptions, type Bundle, type CeremonyName,
    type CircuitArtifacts, type Claim, type Engine, type GivenPtau, type Groth16Proof, type Groth16ProofJson,
    type KeyKind, type KeyOrigin, type KeyReport, type OnProgress, type OnProving, type OptimiseOptions,
    type OptimiseReport, type Profile, type ProfileArtifacts, type ProveOptions, type ProveReport, type Proven,
    type SignOptions, type SignReport, type SignatureFile, type Signing, type StoredBundle, type StoredSignature,
    type Transcript, type VerificationKey, type WithdrawOptions, type WithdrawReport, verificationKeyHash,
    verifyCeremony, verifyProof, withdrawDirectory, writeSignature
  `),
  "./verifier": names(`
    AnotherTraceError, ChainRefusal, LocalProofError, LostMapError, NotCreatedError, RegistryVersionError,
    USUAL_LAG, acceptCall, acceptOwnership, advance, advanceCall, advancedEvents, auditDirectory, awaitConfirmed,
    connect, createMap, createOnChain, deployRegistry, disableCall, disableVerifier, findMap, historyOf,
    isLocalChain, isSubmitter, keyCall, keyHash, lookAtMap, lookAtRegistry, mapDomain, mapIdOf, mapLines,
    openRegistry, printedCall, proofWords, proposeCall, proposeVerifier, proveInclusion, readIntention, readMap,
    rehearse, renderAudit, requireMap, sendCall, setSubmitter, storeKey, submitRun, submitterCall, transferCall,
    transferOwnership, type AdvancedEvent, type AuditOptions, type AuditReport, type BatchReport,
    type BatchSubmission, type Chain, type ChainReport, type CodeMatch, type Confirmations, type ConnectOptions,
    type CreateOptions, type CreatedMap, type DataPolicy, type Head, type InclusionProof, type Intention,
    type MapHistory, type MapLook, type MapReport, type MapState, type MapTerms, type MapVerifier, type PrintedCall,
    type Problem, type ProgramReport, type Registry, type SendingOptions, type SignatureReport, type SubmitOptions,
    type Submitted, type TermsReport, type Transaction, type TransitionReport, type VerificationKey,
    type VerifierReport, type VerifyReport, usualConfirmations, verifyDirectory, verifyInclusion
  `),
};
