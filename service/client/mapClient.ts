/** A client of one map's server. Its core needs only `fetch`, so it runs in Node and in browsers. */
import type { Effect } from "../../trace/effects/effects.ts";
import { EnvironmentError, InvalidInputError } from "../../trace/errors.ts";
import { type ProposalJson, proposalDigest, proposalToJson } from "../wire/proposalDigest.ts";
import type * as answers from "./answers.ts";
import { type ClientEvent, type EventOptions, eventsOf } from "./events.ts";
import { type VerifiedCell, verifyOpening } from "./opening.ts";
import { type ClientOptions, ServerRefusal, Transport } from "./transport.ts";

/** A part of a group: an effect, and whose it is. */
export interface GroupPart {
  readonly actor: number;
  readonly effect: Effect;
}

/** How to propose. */
export interface ProposeOptions {
  /** 32 hexadecimal digits; chosen at random by default. */
  readonly id?: string;
  /** Seconds since 1970 after which it must not happen; ten minutes from now by default. */
  readonly validUntil?: number;
  /**
   * `numbering` of the status, read before the caller looked at the map. It is needed where withdrawals have given
   * programs other numbers: the server refuses a proposal that could mean another program (400, field `numbering`).
   */
  readonly numbering?: number;
  /** Milliseconds to go on without an answer; a minute by default. */
  readonly patienceMs?: number;
}

/** What became of a proposal. */
export interface Proposed {
  readonly id: string;
  readonly state: answers.ProposalState;
}

/** A handed-in signature: the members of a file in signatures/. */
export interface SignatureJson {
  readonly program: number;
  readonly lastSeq: number;
  readonly log: bigint;
  readonly domain: bigint;
  readonly validUntil: number;
  readonly key: { readonly x: bigint; readonly y: bigint };
  readonly r: { readonly x: bigint; readonly y: bigint };
  readonly s: bigint;
}

const PATIENCE_MS = 60_000;
const VALID_S = 600;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;
/** How often a page is asked for that comes too soon. */
const MOST_TRIES = 10;

/**
 * Speaks to the server of a map.
 *
 *     const client = new MapClient("http://127.0.0.1:7411", { program: 7, secret });
 *     const { state } = await client.propose([{ effect: "Issue", kind, quantity: 100n, slot: 1 }]);
 *
 * Every method throws ServerRefusal if the server refuses, and EnvironmentError if it does not answer.
 */
export class MapClient {
  readonly transport: Transport;

  /** @throws InvalidInputError if the URL is not one of a server, or a key has no program */
  constructor(url: string, options: ClientOptions = {}) {
    this.transport = new Transport(url, options);
  }

  /** Proposes effects of the client's own program. They happen together, or not at all. */
  propose(effects: readonly Effect[], options: ProposeOptions = {}): Promise<Proposed> {
    const { program } = this.transport.options;
    if (program === undefined) {
      throw new InvalidInputError("program", "is not known; give it to the client, or propose a group");
    }
    return this.proposeGroup(
      effects.map((effect) => ({ actor: program, effect })),
      options,
    );
  }

  /**
   * Proposes effects of several programs, all or none. While no answer comes, it is sent again with the same id, so it
   * happens once at most.
   * @throws EnvironmentError if no answer comes in time: what became of it is then to be asked by `proposal(id)`
   */
  async proposeGroup(parts: readonly GroupPart[], options: ProposeOptions = {}): Promise<Proposed> {
    const { id = randomId(), validUntil = this.#now() + VALID_S, patienceMs = PATIENCE_MS, numbering } = options;
    const body = proposalToJson({ id, parts, validUntil, numbering });
    const { state } = await this.#untilAnswered<{ state: answers.ProposalState }>(patienceMs, id, () =>
      this.transport.ask("POST", "/v1/proposals", body),
    );
    return { id, state };
  }

  /**
   * Approves an open group: these effects, and no others under the same id.
   * @param proposal as the caller has looked at it, from `proposal(id)` or `openProposals()`
   * @throws ServerRefusal with the status 409 if the server has other effects under the id
   */
  async approve(proposal: ProposalJson): Promise<answers.ProposalState> {
    const path = `/v1/proposals/${encodeURIComponent(proposal.id)}/approval`;
    const body = { digest: await proposalDigest(proposal) };
    return (await this.transport.ask<{ state: answers.ProposalState }>("POST", path, body)).state;
  }

  /** A proposal and its fate. */
  proposal(id: string): Promise<answers.ProposalAnswer> {
    return this.transport.ask("GET", `/v1/proposals/${encodeURIComponent(id)}`);
  }

  /** Open groups that wait for a program's approval; all without a program. */
  async openProposals(program?: number): Promise<answers.ProposalAnswer[]> {
    const found: answers.ProposalAnswer[] = [];
    for (let after: string | null | undefined; after !== null; ) {
      const query = [
        ...(program === undefined ? [] : [`program=${program}`]),
        ...(after === undefined ? [] : [`after=${encodeURIComponent(after)}`]),
      ].join("&");
      const path = `/v1/proposals${query === "" ? "" : `?${query}`}`;
      const { proposals, next }: answers.ProposalsAnswer = await this.#page(path);
      if (next !== null && !(typeof next === "string" && next > (after ?? ""))) {
        throw new InvalidInputError("next", "does not go on; the server's pages have no end");
      }
      found.push(...proposals);
      after = next;
    }
    return found;
  }

  /** Applies the trigger of a fired watch. */
  applyTrigger(watch: { program: number; slot: number }): Promise<answers.RangeAnswer> {
    return this.transport.ask("POST", "/v1/triggers", watch);
  }

  /** Where the map stands. */
  status(): Promise<answers.StatusAnswer> {
    return this.transport.ask("GET", "/v1/status");
  }
  /** The last transition on disk, and the root after it. */
  head(): Promise<answers.HeadAnswer> {
    return this.transport.ask("GET", "/v1/head");
  }
  /** The beginning of the map, and its place on a chain. */
  genesis(): Promise<answers.GenesisAnswer> {
    return this.transport.ask("GET", "/v1/genesis");
  }
  /** Names as the operator chose them. No proof covers them. */
  names(): Promise<answers.NamesAnswer> {
    return this.transport.ask("GET", "/v1/names");
  }
  /** A cell, by the server's word: `verifiedCell` shows it. */
  cell(program: number, slot: number): Promise<answers.CellAnswer> {
    return this.transport.ask("GET", `/v1/cells/${program}/${slot}`);
  }
  /** A program's header and memory, by the server's word. */
  program(program: number): Promise<answers.ProgramAnswer> {
    return this.transport.ask("GET", `/v1/programs/${program}`);
  }
  /** Capabilities that reach a slot. */
  rights(program: number, slot: number): Promise<answers.RightsAnswer> {
    return this.transport.ask("GET", `/v1/rights/${program}/${slot}`);
  }

  /**
   * A cell that the server has shown to be in the map, by hashing.
   * @param root a root that the caller trusts; without it, the cell is in the map whose root the server names
   * @throws InvalidInputError if the server does not show it
   */
  async verifiedCell(program: number, slot: number, root?: bigint): Promise<VerifiedCell & { readonly seq: number }> {
    const opening = await this.transport.ask<answers.OpeningAnswer>("GET", `/v1/openings/${program}/${slot}`);
    return { ...verifyOpening(opening, { program, slot }, root), seq: opening.seq };
  }

  /** Records in order, page after page. */
  async *records(from: number, to: number): AsyncGenerator<Record<string, unknown>> {
    for (let next: number | null = from; next !== null; ) {
      const page: answers.RecordsAnswer = await this.transport.ask("GET", `/v1/records?from=${next}&to=${to}`);
      yield* page.records as Record<string, unknown>[];
      next = page.next !== null && page.next > next ? page.next : null;
    }
  }

  /**
   * The groups that made a program's log, in order.
   * @param from own effects of the program that are known already
   */
  async logOf(program: number, from = 0): Promise<Pick<answers.LogAnswer, "groups" | "triggers">> {
    const pages: answers.LogAnswer[] = [];
    for (let before: number | null = Number.POSITIVE_INFINITY; before !== null; ) {
      const more: string = Number.isFinite(before) ? `&before=${before}` : "";
      const page: answers.LogAnswer = await this.#page(`/v1/programs/${program}/log?from=${from}${more}`);
      // A page may be empty: the server has looked for long enough, and found no group yet. But it must go back.
      const { before: next } = page;
      if (next !== null && !(Number.isSafeInteger(next) && next > 0 && next < before)) {
        throw new InvalidInputError("before", "does not go back; the server's pages have no end");
      }
      pages.unshift(page);
      before = next;
    }
    return {
      groups: pages.flatMap(({ groups }) => groups),
      triggers: Object.assign({}, ...pages.map(({ triggers }) => triggers)) as answers.LogAnswer["triggers"],
    };
  }

  /** Logs that are to be signed. */
  async toSign(program?: number): Promise<answers.ToSignAnswer["toSign"]> {
    const path = `/v1/to-sign${program === undefined ? "" : `?program=${program}`}`;
    return (await this.transport.ask<answers.ToSignAnswer>("GET", path)).toSign;
  }

  /** Hands in a signature over a log. */
  async handIn(signature: SignatureJson): Promise<void> {
    await this.transport.ask("POST", "/v1/signatures", signature);
  }

  /** Batches on their way. */
  async batches(): Promise<answers.BatchesAnswer["batches"]> {
    return (await this.transport.ask<answers.BatchesAnswer>("GET", "/v1/batches")).batches;
  }
  /** Names of the bundles. */
  async proofs(): Promise<string[]> {
    return (await this.transport.ask<{ proofs: string[] }>("GET", "/v1/proofs")).proofs;
  }
  /** A bundle, as JSON. */
  proof(name: string): Promise<Record<string, unknown>> {
    return this.transport.ask("GET", `/v1/proofs/${encodeURIComponent(name)}`);
  }
  /** Ends the open batch now; for the operator. @returns false if it holds nothing yet */
  async cut(): Promise<boolean> {
    return (await this.transport.ask<{ done: boolean }>("POST", "/v1/cut")).done;
  }
  /** Tries a batch again that was set aside; for the operator. */
  async retry(firstSeq: number): Promise<void> {
    await this.transport.ask("POST", `/v1/batches/${firstSeq}/retry`);
  }

  /** Events as they happen. It goes on where it stopped, and begins with `reset` where events are missing. */
  events(options?: EventOptions): AsyncGenerator<ClientEvent> {
    return eventsOf(this.transport, options);
  }

  /** One page of several. If it is asked for too soon, it is asked for again when the server says. */
  async #page<T>(path: string): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.transport.ask<T>("GET", path);
      } catch (error) {
        const wait = error instanceof ServerRefusal && error.status === 429 ? error.retryAfter : undefined;
        if (wait === undefined || wait * 1_000 > LONGEST_WAIT_MS || tries >= MOST_TRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, wait * 1_000));
      }
    }
  }

  #now(): number {
    return this.transport.options.now?.() ?? Math.floor(Date.now() / 1_000);
  }

  /** Asks again while nothing, or "not now", comes back. */
  async #untilAnswered<T>(patienceMs: number, id: string, ask: () => Promise<T>): Promise<T> {
    const end = Date.now() + patienceMs;
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      try {
        return await ask();
      } catch (error) {
        const later = error instanceof ServerRefusal && (error.status === 429 || error.status >= 500);
        if (!later && !(error instanceof EnvironmentError)) throw error;
        const asked = error instanceof ServerRefusal ? (error.retryAfter ?? 0) * 1_000 : 0;
        const pause = Math.max(wait, asked);
        if (Date.now() + pause > end) {
          if (later) throw error;
          throw new EnvironmentError("server", `no answer came for proposal ${id}; ask for it later`, { cause: error });
        }
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }
}

/** 32 hexadecimal digits. */
function randomId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
