/**
 * Turns the steps of one transaction into a genesis and each program's effects. The steps show what must have been
 * there before: opening balances, functions, approvals. All else is played on a machine once, to find every effect.
 */
import type { Effect } from "../effects/effects.ts";
import { address } from "../layout.ts";
import type { Genesis } from "../state/genesis.ts";
import { Tracer } from "../tracer/tracer.ts";
import type { Flow } from "./evmFlow.ts";
import { GenesisBooks } from "./ledger/genesisBooks.ts";
import { type ApprovalCounts, playStep } from "./ledger/play.ts";
import { entryName, ISSUER } from "./names.ts";
import type { ApprovalEvent } from "./tokens/events.ts";
import { kindName, type TokenKind, WEI } from "./tokens/kinds.ts";
import type { Needs } from "./tokens/needs.ts";
import type { Step } from "./tokens/steps.ts";

/** An effect, and the program that asks for it. */
export interface Asked {
  program: number;
  effect: Effect;
}

/** An amount that an address is assumed to hold at the beginning. */
export interface TokenOpening {
  who: string;
  kind: TokenKind;
  amount: bigint;
}

/** The plan of a transaction. */
export interface FramePlan {
  genesis: Genesis;
  steps: readonly Asked[];
  /** Names by program number. */
  programs: ReadonlyMap<number, string>;
  /** Names by kind. */
  kinds: ReadonlyMap<bigint, string>;
  /** Functions that the genesis declares. */
  entries: readonly { address: string; entry: string; payable: boolean }[];
  /** The least opening balance of each address that makes every transfer of wei possible. */
  openings: ReadonlyMap<string, bigint>;
  /** The same for tokens. */
  tokenOpenings: readonly TokenOpening[];
  /** Approvals in the genesis. */
  priors: readonly Omit<ApprovalEvent, "type">[];
  approvals: ApprovalCounts;
  /** Calls whose program had no slot left for the function. */
  undeclared: number;
}

/** What is played. */
export interface Planned {
  steps: readonly Step[];
  needs: Needs;
  flow: Pick<Flow, "remains" | "openings">;
  priors: readonly Omit<ApprovalEvent, "type">[];
  levels: number;
}

/** @throws InvalidInputError if more addresses take part than the levels hold */
export function planSteps({ steps, needs, flow, priors, levels }: Planned): FramePlan {
  const { openings, remains } = flow;
  const programs = new Map<number, string>();
  const kinds = new Map<bigint, string>();
  const named = (what: { program: number; name: string } | { kind: bigint; of: TokenKind | typeof WEI }): void => {
    if ("program" in what) programs.set(what.program, what.name);
    else kinds.set(what.kind, what.of === WEI ? WEI : kindName(what.of));
  };
  const books = new GenesisBooks(named);
  const { ledger } = books;
  for (const who of needs.addresses) books.enter(who);
  if (openings.size > 0) ledger.issueWeiBy(books.enter(ISSUER));
  for (const [who, amount] of openings) books.hold(ledger.account(who), ledger.wei, amount);
  const tokenOpenings = [...needs.touched.values()].flatMap(({ who, kind, least }) => {
    return kind === WEI || least === 0n ? [] : [{ who, kind, amount: least }];
  });
  for (const { who, kind, amount } of tokenOpenings) books.hold(ledger.account(who), ledger.kind(kind), amount);
  const entries = needs.entries.filter(({ address: who }) => ledger.find(who) !== undefined);
  for (const { address: who, entry, payable } of entries) {
    books.declare(ledger.account(who), entryName(entry), payable);
  }
  for (const prior of priors) books.approve(prior);
  const genesis = books.genesis(levels);
  const tracer = Tracer.from(genesis);
  const asked: Asked[] = [];
  ledger.host = {
    perform(program, effect) {
      asked.push({ program, effect });
      tracer.perform(program, effect, 0);
    },
    programs: () => tracer.map.programs(),
    resourceAt(program, slot) {
      const cell = tracer.map.cell(address(program, slot));
      return cell.type === "resource" ? cell.id : 0n;
    },
    named,
  };
  const playing = { ledger, approvals: { given: 0, ended: 0, used: 0, without: 0, unconfirmed: 0 }, undeclared: 0 };
  for (const step of steps) playStep(playing, step);
  for (const { address: who, wei } of remains) ledger.retire(ledger.wei, ledger.account(who), wei);
  const { approvals, undeclared } = playing;
  return { genesis, steps: asked, programs, kinds, entries, openings, tokenOpenings, priors, approvals, undeclared };
}
