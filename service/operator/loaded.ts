/** Reads all that the operator knows from the disk: at the start, and whenever the disk refused something. */
import { type Beginning, beginningOf } from "../../prover/batches/beginning.ts";
import { requireOwnMap } from "../../prover/batches/mapIdentity.ts";
import { profilesFor, runDomain } from "../../prover/batches/plan.ts";
import { readBundles } from "../../prover/bundles/bundle.ts";
import { PROFILES, type Profile } from "../../prover/profiles.ts";
import { unpackSpan } from "../../trace/commitment/commit.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { headerIn } from "../../trace/replay/replayFile.ts";
import { pathIn, readManifest } from "../../trace/run/runDirectory.ts";
import type { TraceHeader } from "../../trace/run/traceLines.ts";
import { dropStore } from "../../trace/store/openStore.ts";
import { DamagedStoreError } from "../../trace/store/storeErrors.ts";
import { type OpenRun, openRun } from "../../trace/tracer/appendRun.ts";
import { BatchBook } from "./batchBook.ts";
import { BundleChain } from "./bundleChain.ts";
import { Journal, readJournal } from "./journal.ts";
import type { Cut, JournalLine, Renumbered } from "./journalLines.ts";
import { KeptSignatures } from "./keptSignatures.ts";
import type { OperatorOptions, Rules } from "./options.ts";
import { type Presence, presenceIn } from "./presence.ts";
import { Proposals } from "./proposals.ts";
import { Suspensions } from "./suspensions.ts";
import { type KnownPlace, placeBefore, TraceWalk } from "./traceWalk.ts";
import { finishWithdrawal } from "./withdrawalFiles.ts";

/** Commits between two savings of the manifest: only names of functions change in it. */
const NAMES_EVERY = 256;

/** What does not change while a map is served. */
export interface MapFacts {
  readonly dir: string;
  readonly header: TraceHeader;
  readonly domain: bigint;
  readonly profiles: readonly Profile[];
  /** Where batches begin: behind what the chain had, if the run was made from it. */
  readonly beginning: Beginning;
}

/** All that an operator knows. */
export interface Loaded extends Disposable {
  readonly facts: MapFacts;
  readonly run: OpenRun;
  readonly journal: Journal;
  readonly proposals: Proposals;
  readonly batches: BatchBook;
  readonly signatures: KeptSignatures;
  readonly suspensions: Suspensions;
  readonly presence: Presence;
  /** Whether withdrawals gave programs other numbers. */
  readonly numbering: Renumbered | undefined;
  readonly bundles: BundleChain;
  /** Behind the last batch whose proof was asked for, or that is proven. */
  readonly walk: TraceWalk;
  /** Groups that happened since the last commit. */
  readonly fresh: Transition[][];
  /** Whether the next commit ends the batch that is being filled. */
  cutNow: boolean;
}

/** How to load. */
export interface Loading {
  readonly options: OperatorOptions;
  readonly rules: Rules;
  readonly now: number;
  /** When signatures could last be handed in, if this process knows. */
  readonly seen: number | undefined;
  /** The run's, which the operator keeps. */
  readonly lock: Disposable;
}

/**
 * Reads a run directory. A withdrawal that was interrupted is finished first.
 * @throws InvalidInputError if the trace does not replay, or the journal does not belong to it; EnvironmentError
 */
export async function load(dir: string, loading: Loading): Promise<Loaded> {
  finishWithdrawal(dir, loading.options.onStep ?? (() => undefined));
  try {
    return await loadOnce(dir, loading);
  } catch (error) {
    const { store } = loading.options;
    if (!(error instanceof DamagedStoreError) || store === false) throw error;
    dropStore(dir, error, store?.onNotice);
    return loadOnce(dir, loading);
  }
}

async function loadOnce(dir: string, { options, rules, now, seen, lock }: Loading): Promise<Loaded> {
  const { onStep = () => undefined, store } = options;
  const facts = factsOf(dir, options.profile);
  const fresh: Transition[][] = [];
  const journal = new Journal(dir, onStep);
  const run = openRun(dir, {
    lock,
    verb: "serve",
    profiles: PROFILES,
    namesEvery: NAMES_EVERY,
    onGroup: (group) => fresh.push([...group]),
    ...(store !== undefined && { store }),
  });
  let place: KnownPlace | undefined;
  try {
    const bundles = await BundleChain.read(dir);
    const kept = readJournal(dir);
    const first = kept === undefined ? await firstLines(dir, facts, options.submitter) : undefined;
    const lines = linesWithin(kept ?? first?.lines ?? [], run.committed);
    const presence = presenceIn(lines, seen === undefined ? [run.tracer.at] : [run.tracer.at, seen], now);
    const base = lines.reduce((last, line) => ("base" in line ? line.base : last), 0);
    if (base > run.committed) throw otherTrace(base);
    place = placeBefore(dir, base, store !== false);
    const book = replayed({ facts, rules, now, presence, lines, base, end: run.committed, place, root: first?.root });
    for (const batch of book.batches.batches) batch.bundle = bundles.of(batch.firstSeq, batch.lastSeq)?.name;
    journal.rewrite(allLines(book));
    const dispose = (): void => {
      place?.[Symbol.dispose]();
      journal[Symbol.dispose]();
      run.close();
    };
    return { ...book, facts, run, journal, bundles, fresh, cutNow: false, [Symbol.dispose]: dispose };
  } catch (error) {
    place?.[Symbol.dispose]();
    run.close();
    throw error;
  }
}

/** Every line that a journal needs. */
export function allLines(
  book: Pick<Loaded, "proposals" | "batches" | "signatures" | "suspensions" | "presence" | "numbering">,
): JournalLine[] {
  const { presence, numbering, batches, suspensions, signatures, proposals } = book;
  return [
    ...[presence.line(), ...(numbering === undefined ? [] : [{ renumbered: numbering }])],
    ...[...batches.lines(), ...suspensions.lines()],
    ...[...signatures.lines(), ...proposals.lines()],
  ];
}

function factsOf(dir: string, wanted: string | undefined): MapFacts {
  const header = headerIn(pathIn(dir, "trace"));
  const manifest = readManifest(dir, header.profiles);
  requireOwnMap(manifest.chain, header.genesisRoot);
  if (header.profiles.length === 0)
    throw new InvalidInputError("profiles", "are none in the trace's header; a map that is served names its profiles");
  const all = profilesFor(header.levels, header.profiles);
  const profiles = profilesFor(header.levels, header.profiles, wanted);
  const smaller = all.find(({ rows, nodes, signatures }) =>
    profiles.every((each) => each.rows < rows || each.nodes < nodes || each.signatures < signatures),
  );
  if (smaller !== undefined) {
    throw new InvalidInputError(
      "profile",
      `${wanted} does not hold every group that ${smaller.name} does, which the map admits; choose ${smaller.name}, or ` +
        `name none`,
    );
  }
  const { genesisRoot } = header;
  const beginning = beginningOf(manifest, genesisRoot);
  return { dir, header, profiles, domain: runDomain(manifest, genesisRoot), beginning };
}

/**
 * The lines that count. The journal is written before the trace, so it may tell of effects that did not get there: they
 * have not happened.
 */
function linesWithin(lines: readonly JournalLine[], end: number): JournalLine[] {
  let cut = false;
  return lines.filter((line) => {
    if ("proposal" in line) {
      const { state } = line.proposal;
      return state.status !== "accepted" || state.lastSeq <= end;
    }
    if (!("cut" in line)) return true;
    cut ||= line.cut.lastSeq > end;
    return !cut;
  });
}

/**
 * The lines of a run that was never served: its batches are those of its bundles. They begin behind what the chain had,
 * if the run was made from it. If there are none and the map is on a chain, what the chain has now is proven, and its
 * head is the root there.
 */
async function firstLines(
  dir: string,
  { domain, beginning }: MapFacts,
  submitter: OperatorOptions["submitter"],
): Promise<{ lines: JournalLine[]; root?: bigint }> {
  const cuts = new Map<number, Cut>();
  for (const stored of await readBundles(dir)) {
    if (!("bundle" in stored) || stored.bundle.statement.domain !== domain) continue;
    const { firstSeq, count, until } = unpackSpan(stored.bundle.statement.span);
    cuts.set(firstSeq, { firstSeq, lastSeq: firstSeq + count - 1, profile: stored.bundle.profile, at: until });
  }
  if (cuts.size === 0 && submitter !== undefined) {
    const { seq, root } = await submitter.head();
    return { lines: [{ base: seq }], root };
  }
  const { seq, root } = beginning;
  const lines: JournalLine[] = [{ base: seq }];
  for (let cut = cuts.get(seq + 1); cut !== undefined; cut = cuts.get(cut.lastSeq + 1)) lines.push({ cut });
  return { lines, ...(seq > 0 && { root }) };
}

/** The error for a head of the chain that is no state of the run. */
export function otherTrace(seq: number): InvalidInputError {
  return new InvalidInputError(
    "chain",
    `its head after transition ${seq} is no state of this trace; get the run that was submitted, or, if the map is ` +
      "moored, make it with rebuild",
  );
}

interface Replaying {
  readonly facts: MapFacts;
  readonly rules: Rules;
  readonly now: number;
  readonly presence: Presence;
  readonly lines: readonly JournalLine[];
  readonly base: number;
  readonly end: number;
  readonly place: KnownPlace;
  /** The root at the base, if the chain has told it. */
  readonly root: bigint | undefined;
}

/** Walks over the trace from the journal's base on. */
function replayed({ facts, rules, now, presence, lines, base, end, place, root }: Replaying) {
  const { dir, profiles } = facts;
  const proposals = new Proposals();
  const suspensions = new Suspensions(rules);
  const signatures = new KeptSignatures();
  const batches = new BatchBook(base, profiles, presence);
  const start = new TraceWalk(dir, place);
  start.goTo(dir, base);
  if (root !== undefined && start.map.root() !== root) throw otherTrace(base);
  const walk = new TraceWalk(dir, start.copy());
  const cuts = lines.flatMap((line) => ("cut" in line ? [line.cut] : []))[Symbol.iterator]();
  let next = cuts.next().value;
  let transitions: Transition[] = [];
  for (const group of start.groups(end)) {
    signatures.saw(group);
    if (next === undefined) {
      for (const { wanted, lastSeq, until } of batches.add(group, now)) signatures.cut(wanted, lastSeq, until);
      continue;
    }
    transitions.push(...group);
    const last = group.at(-1)?.seq ?? 0;
    if (last < next.lastSeq) continue;
    if (last > next.lastSeq || transitions[0]?.seq !== next.firstSeq)
      throw new InvalidInputError(
        "journal.jsonl",
        `has a batch of transitions ${next.firstSeq} to ${next.lastSeq}, which the trace does not`,
      );
    const { wanted, lastSeq, until } = batches.restore(next, transitions);
    signatures.cut(wanted, lastSeq, until);
    transitions = [];
    next = cuts.next().value;
  }
  let numbering: Renumbered | undefined;
  for (const line of lines) {
    if ("renumbered" in line) numbering = line.renumbered;
    else if ("proposal" in line) proposals.put(line.proposal);
    else if ("lapse" in line) suspensions.put(line.lapse);
    else if ("signature" in line && signatures.known(line.signature.program, line.signature.log) !== undefined)
      signatures.keep(line.signature);
  }
  return { proposals, suspensions, signatures, presence, numbering, batches, walk };
}
