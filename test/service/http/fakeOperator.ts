/** An operator in memory, over a real tracer: for tests of the server and its clients. */
import type { SignatureFile } from "../../../prover/signing/signatureFiles.ts";
import type { ServedMap } from "../../../service/http/servedMap.ts";
import type {
  BatchReport,
  Caller,
  LogToSign,
  OpenPage,
  Operator,
  OperatorEvent,
  OperatorStatus,
  Proposal,
  ProposalReport,
  ProposalStatus,
} from "../../../service/operator/types.ts";
import { localDomain } from "../../../trace/commitment/commit.ts";
import type { Single } from "../../../trace/effects/effects.ts";
import { EnvironmentError, InvalidInputError } from "../../../trace/errors.ts";
import { address, programOf, slotOf } from "../../../trace/layout.ts";
import { isEffect } from "../../../trace/machine/rowShape.ts";
import { COLUMNS, type Transition } from "../../../trace/machine/transition.ts";
import { verifyLog } from "../../../trace/signing/signature.ts";
import { type ProgramCell, unpackCell } from "../../../trace/state/cells.ts";
import { type Genesis, keyedPrograms } from "../../../trace/state/genesis.ts";
import { Tracer } from "../../../trace/tracer/tracer.ts";
import { authority } from "../../lib/authorities.ts";

export const START = 1_767_225_600;
/** Programs of the usual genesis: A and B have the first and the second test key, OPEN has none. */
export const [A, B, OPEN] = [1, 2, 3] as const;

export function usualGenesis(): Genesis {
  return { levels: 2, cells: keyedPrograms([authority(1), authority(2), 0n], 16) };
}

interface Kept {
  proposal: Proposal;
  by: number;
  state: ProposalStatus;
  approved: Set<number>;
}

/** What the operator does, without disk, proofs or chain. */
export class FakeOperator implements Operator {
  readonly tracer: Tracer;
  readonly genesisRoot: bigint;
  readonly signatures: SignatureFile[] = [];
  readonly toBeSigned: LogToSign[] = [];
  readonly listeners = new Set<(event: OperatorEvent) => void>();
  readonly #kept = new Map<string, Kept>();
  readonly #headers = new Map<number, { seq: number; cell: ProgramCell }[]>();
  #cut = 0;
  halted: string | null = null;
  /** Most open groups of one program. */
  mostOpenEach = 16;
  /** If set, thrown by everything that changes the map. */
  broken: Error | undefined;

  constructor(genesis: Genesis = usualGenesis()) {
    this.tracer = Tracer.from(genesis, { onGroup: (group) => this.#note(group) });
    this.genesisRoot = this.tracer.root();
    for (const { address: at, cell } of genesis.cells) {
      if (cell.type === "program") this.#headers.set(programOf(at), [{ seq: 0, cell }]);
    }
  }

  #note(group: readonly Transition[]): void {
    for (const t of group) {
      for (const column of COLUMNS) {
        const { address: at, after } = t.columns[column];
        if (at === 0 || slotOf(at) !== 0) continue;
        const cell = unpackCell(after);
        const list = this.#headers.get(programOf(at)) ?? [];
        this.#headers.set(programOf(at), list);
        if (cell.type === "program") list.push({ seq: t.seq, cell });
      }
    }
    this.tell({ type: "transitions", firstSeq: group[0]?.seq ?? 0, lastSeq: group.at(-1)?.seq ?? 0 });
  }

  headerAt(program: number, seq: number): ProgramCell | undefined {
    return this.#headers.get(program)?.findLast((one) => one.seq <= seq)?.cell;
  }

  tell(event: OperatorEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  async propose(proposal: Proposal, by: Caller): Promise<ProposalStatus> {
    if (this.broken !== undefined) throw this.broken;
    const known = this.#kept.get(proposal.id);
    if (known !== undefined) return known.state;
    const program = by.kind === "program" ? by.program : 0;
    const kept: Kept = { proposal, by: program, state: { status: "expired" }, approved: new Set() };
    if (by.kind === "program") kept.approved.add(by.program);
    kept.state = this.#advance(kept);
    const own = [...this.#kept.values()].filter((one) => one.state.status === "open" && one.by === program).length;
    if (kept.state.status === "open" && program !== 0 && own >= this.mostOpenEach)
      throw new EnvironmentError("open-groups", `program ${program} has ${own} groups that wait for approval`);
    this.#kept.set(proposal.id, kept);
    this.tell({ type: "proposal", id: proposal.id, state: kept.state });
    return kept.state;
  }

  #advance(kept: Kept): ProposalStatus {
    const actors = [...new Set(kept.proposal.parts.map(({ actor }) => actor))];
    const keyed = (program: number): boolean => {
      const cell = this.map().cell(address(program, 0));
      return cell.type === "program" && cell.authority !== 0n;
    };
    const missing = actors.filter((actor) => keyed(actor) && !kept.approved.has(actor));
    if (missing.length > 0) return { status: "open", missing };
    const firstSeq = this.tracer.seq + 1;
    const [only] = kept.proposal.parts;
    const at = Math.max(this.tracer.at, START);
    if (kept.proposal.parts.length === 1 && only !== undefined) this.tracer.perform(only.actor, only.effect, at);
    else
      this.tracer.together(
        kept.proposal.parts.map(({ actor, effect }) => [actor, effect as Single] as const),
        at,
      );
    return { status: "accepted", firstSeq, lastSeq: this.tracer.seq };
  }

  async approve(id: string, by: Caller): Promise<ProposalStatus> {
    const kept = this.#kept.get(id);
    if (kept === undefined) throw new InvalidInputError("id", "names no proposal");
    if (by.kind === "program") kept.approved.add(by.program);
    if (kept.state.status === "open") kept.state = this.#advance(kept);
    return kept.state;
  }

  proposal(id: string): ProposalReport | undefined {
    return this.#kept.get(id);
  }

  openProposals(program?: number, { after = "", most }: OpenPage = {}): ProposalReport[] {
    const waits = ({ proposal, state }: Kept): boolean =>
      state.status === "open" && (program === undefined || state.missing.includes(program)) && proposal.id > after;
    const found = [...this.#kept.values()].filter(waits).sort((a, b) => (a.proposal.id < b.proposal.id ? -1 : 1));
    return found.slice(0, most).map(({ proposal, state }) => ({ proposal, state }));
  }

  async applyTrigger(watch: { program: number; slot: number }): Promise<{ firstSeq: number; lastSeq: number }> {
    const group = this.tracer.applyTrigger(watch, Math.max(this.tracer.at, START));
    return { firstSeq: group[0]?.seq ?? 0, lastSeq: group.at(-1)?.seq ?? 0 };
  }

  /** Cuts a batch: what acted since the last one is to be signed. */
  cut(): boolean {
    const firstSeq = this.#cut + 1;
    const lastSeq = this.tracer.seq;
    if (lastSeq < firstSeq) return false;
    const since = this.tracer.transitions.filter((t) => t.seq >= firstSeq && isEffect(t) && !t.triggered);
    for (const program of new Set(since.map(({ actor }) => actor))) {
      const cell = this.map().cell(address(program, 0));
      if (cell.type !== "program" || cell.authority === 0n) continue;
      const log: LogToSign = {
        ...{ program, authority: cell.authority, log: cell.log, firstSeq, lastSeq },
        ...{ until: this.tracer.at, withdrawnAt: this.tracer.at + 3_600 },
      };
      this.toBeSigned.push(log);
      this.tell({ type: "toSign", log });
    }
    this.#cut = lastSeq;
    this.tell({ type: "cut", firstSeq, lastSeq, profile: "batch-64" });
    return true;
  }

  toSign(program?: number): LogToSign[] {
    return this.toBeSigned.filter((one) => program === undefined || one.program === program);
  }

  async sign({ signature, ...statement }: SignatureFile): Promise<void> {
    const at = this.toBeSigned.findIndex(({ program, log }) => program === statement.program && log === statement.log);
    const wanted = this.toBeSigned[at];
    const domain = localDomain(this.genesisRoot);
    if (wanted === undefined || statement.domain !== domain || !verifyLog(wanted.authority, statement, signature)) {
      throw new InvalidInputError("signature", "is none over a log of the program");
    }
    this.toBeSigned.splice(at, 1);
    this.signatures.push({ ...statement, signature });
    this.tell({ type: "signed", program: statement.program, lastSeq: statement.lastSeq });
  }

  batches(): BatchReport[] {
    if (this.#cut === 0) return [];
    const missing = this.toBeSigned.map(({ program }) => program);
    return [{ firstSeq: 1, lastSeq: this.#cut, profile: "batch-64", stage: "signing", missing }];
  }

  async status(): Promise<OperatorStatus> {
    const { seq, at } = this.tracer;
    return {
      ...{ domain: localDomain(this.genesisRoot), genesisRoot: this.genesisRoot, levels: this.map().levels },
      ...{
        seq,
        at,
        root: this.tracer.root(),
        programs: this.map().programs(),
        cut: this.#cut,
        proven: 0,
        submitted: 0,
      },
      openProposals: this.openProposals().length,
      numbering: 0,
      proofs: { waiting: 0, active: 0, setAside: 0, workers: 0, workersSetAside: [] },
      halted: this.halted,
      waiting: [],
    };
  }

  map() {
    return this.tracer.map;
  }

  records(firstSeq: number, lastSeq: number) {
    return this.tracer.transitions.slice(firstSeq - 1, lastSeq).map((t) => {
      const { columns: _columns, last: _last, triggered: _triggered, ...record } = t;
      return record;
    });
  }

  subscribe(listener: (event: OperatorEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.listeners.clear();
  }
}

/** The fake operator with what is beside it. */
export function fakeMap(
  operator = new FakeOperator(),
  genesis = usualGenesis(),
): ServedMap & { operator: FakeOperator } {
  const bundles = new Map([["0000000001-0000000003-0123456789abcdef.json", '{"format":"time-bandits-proof"}']]);
  return {
    operator,
    genesis,
    chain: undefined,
    names: () => operator.tracer.manifest,
    triggers: (digest) => operator.tracer.triggers(digest),
    headerAt: async (program, seq) => operator.headerAt(program, seq),
    bundles: async () => [...bundles.keys()],
    bundle: async (name) => bundles.get(name),
    cut: async () => operator.cut(),
    retry: async (firstSeq) => firstSeq === 1,
  };
}
