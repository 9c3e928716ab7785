/** What an import of blocks shows, in plain words and with names of people. Balances are compared with the chain. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatEther } from "ethers";
import type { NameTables } from "../../trace/describe/names.ts";
import { TimeBanditsError } from "../../trace/errors.ts";
import { BLOCKS_FILE, parseBlocks, tablesAfter } from "../../trace/import/blocks/blockLines.ts";
import type { ChainNode } from "../../trace/import/node/chainNode.ts";
import { WEI } from "../../trace/import/tokens/kinds.ts";
import { capabilityAt, historyOf, type Snapshot, snapshotOf, stateAt } from "../../trace/query/index.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";

/** What an import shows. */
export interface Findings {
  /** The reader's names of programs; kinds and functions as in the manifest. */
  names: NameTables;
  /** Who approved whom, and which claims rest on that. */
  approvals: readonly string[];
  /** Who owns what at the end, one line for each address. */
  balances: readonly string[];
  /** Number of these balances, all equal to the chain's. */
  compared: number;
  /** Number of the last block. */
  block: number;
  /** What the record says without a proof. */
  recorded: readonly string[];
  /** The first claim by an approval; null if there is none. */
  claim: number | null;
}

/** What the map and the chain say of an address's holding. */
interface Balance {
  name: string;
  kind: string;
  amount: bigint;
  onChain: bigint | null;
}

/**
 * Reads an import of blocks.
 * @param people names by address, in lower case
 * @throws TimeBanditsError if a balance or an allowance is not the chain's
 */
export async function findingsOf(
  dir: string,
  node: Pick<ChainNode, "balancesOf" | "weiOf" | "allowances">,
  people: ReadonlyMap<string, string>,
): Promise<Findings> {
  const { header, lines } = parseBlocks(readFileSync(join(dir, BLOCKS_FILE), "utf8"));
  const { tables } = tablesAfter(header, lines);
  const block = lines.at(-1)?.block ?? header.from;
  const replayed = replayDirectory(dir);
  const addresses = new Map(tables.programs.map(([program, name]) => [program, name]));
  const called = (address: string): string => people.get(address) ?? address;
  const programs = Object.fromEntries(tables.programs.map(([program, name]) => [program, called(name)]));
  const kinds = Object.fromEntries(tables.kinds.map(([kind, { token }]) => [kind.toString(), called(token)]));
  const { manifest } = replayed;
  const names: NameTables = { ...manifest, programs, kinds: { ...manifest.kinds, ...kinds } };
  const end = snapshotOf(historyOf(replayed, names));
  const { lines: approvals, claim } = approvalsIn(end);

  const tokens = new Map(tables.kinds.map(([kind, { token }]) => [kind.toString(), token]));
  const balances: Balance[] = [];
  for (const { program, owns } of stateAt(end).programs) {
    const who = addresses.get(program) ?? "";
    if (who === header.issuer) continue;
    for (const [kind, { name, amount }] of sums(owns)) {
      const token = tokens.get(kind);
      const asked = token === undefined ? node.weiOf([who], block) : node.balancesOf([{ token, who, id: null }], block);
      const [onChain = null] = await asked;
      balances.push({ name: called(who), kind: name, amount, onChain });
    }
  }
  for (const { name, kind, amount, onChain } of balances) same(`${name}'s ${kind}`, amount, onChain);

  // An allowance without end has no rest.
  const left = tables.approvals.filter(({ remaining }) => remaining !== null);
  const allowed = await node.allowances(left, block);
  const recorded = left.map(({ owner, spender, token, remaining }, i) => {
    same(`${called(owner)}'s allowance`, remaining ?? 0n, allowed[i] ?? null);
    const what = `${remaining} ${called(token)} of ${called(owner)}'s`;
    return `the approval's amount: ${called(spender)} may take ${what} yet, as allowance says`;
  });
  recorded.push("that the chain did this: the import compared receipts, events and balances; the node is trusted");
  for (const { hash, status } of lines.flatMap(({ transactions }) => transactions)) {
    if (status !== "failed") continue;
    recorded.push(`that transaction ${hash.slice(0, 10)}… failed: only its fee is in the map`);
  }
  return { names, approvals, balances: balanceLines(balances), compared: balances.length, block, recorded, claim };
}

/** The capabilities that stand for approvals, and the claims by them. */
function approvalsIn(end: Snapshot): { lines: string[]; claim: number | null } {
  const { transitions, names } = end.history;
  const lines: string[] = [];
  let claim: number | null = null;
  for (const { seq, effect } of transitions) {
    if (effect !== "DelegateCapability") continue;
    const { capability, uses } = capabilityAt(end, String(seq));
    const [owner, spender] = [capability.slot.program.name, capability.grantee.name];
    lines.push(`${owner} approved ${spender}: in transition ${seq} it was lent a capability to claim from ${owner}`);
    for (const use of uses) {
      const { quantity, kind } = transitions[use.seq - 1] ?? { quantity: 0n, kind: 0n };
      lines.push(
        `${spender} took ${quantity} ${names.kindRef(kind).name} by that capability, in transition ${use.seq}`,
      );
      claim ??= use.seq;
    }
  }
  return { lines, claim };
}

/** Holdings by the number of their kind. */
function sums(owns: ReturnType<typeof stateAt>["programs"][number]["owns"]) {
  const held = new Map<string, { name: string; amount: bigint }>();
  for (const { kind, quantity } of owns) {
    const sum = held.get(kind.kind) ?? { name: kind.name ?? kind.kind, amount: 0n };
    sum.amount += BigInt(quantity);
    held.set(kind.kind, sum);
  }
  return held;
}

function same(what: string, recorded: bigint, onChain: bigint | null): void {
  if (recorded === onChain) return;
  throw new TimeBanditsError("balance", `${what}: ${recorded} in the map, ${onChain ?? "unknown"} on the chain`);
}

function balanceLines(balances: readonly Balance[]): string[] {
  const shown = ({ kind, amount }: Balance): string =>
    kind === WEI ? `${formatEther(amount)} ether` : `${amount} ${kind}`;
  const names = [...new Set(balances.map(({ name }) => name))];
  return names.map((name) => {
    const its = balances.filter((each) => each.name === name);
    const inOrder = [...its.filter(({ kind }) => kind !== WEI), ...its.filter(({ kind }) => kind === WEI)];
    return `at the end ${name} has ${inOrder.map(shown).join(", ")}`;
  });
}
