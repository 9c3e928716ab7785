/** Lies about a transaction. Each changes a client's answer and has the result that an import must give. */
import type { Random } from "../../lib/random.ts";
import { addressOf, type Node, type Play } from "./importModel.ts";
import { balancesOf, type Facts, type Rendered, type Shown } from "./importRender.ts";

/**
 * The right result for a lie: `refuse` it and name the place in `where`; import `nothing` of the transaction; or report
 * that each address `differs` whose wei are not the chain's.
 */
export interface Told {
  what: string;
  expect: "refuse" | "nothing" | "differs";
  /** The beginning of the field that a refusal names. */
  where?: string;
}

/** A frame, its true events, and its place. */
interface Spot {
  shown: Shown;
  node: Node;
  path: string;
  around: Shown | null;
}

/** Puts a lie into the tree. @returns null if the tree has no place for it */
type Lie = (json: Rendered["json"], spots: readonly Spot[], play: Play, random: Random) => Omit<Told, "what"> | null;

const STRANGER = addressOf(0xbad);

/** Lies in single frames. Few transactions have a place for each. */
const OF_FRAMES: Readonly<Record<string, Lie>> = {
  "a payment by a stranger": (_, spots, __, random) => {
    // In a failed creation without an address the running contract is unknown, but such a creation has no effects.
    const spot = someOf(random, spots, ({ around, node }) => around?.to !== undefined && node.type !== "SELFDESTRUCT");
    if (spot === null) return null;
    spot.shown.from = STRANGER;
    return { expect: "refuse", where: spot.path };
  },
  "a movement below a static call": (_, spots, __, random) => {
    const inner = someOf(random, spots, ({ node, path }) => {
      const moves = node.type !== "CALL" || node.value > 0n;
      const changes = ["CALL", "CREATE", "CREATE2", "SELFDESTRUCT"].includes(node.type) && moves;
      return changes && !node.undone && path.includes(".");
    });
    const around = spots.find(({ path }) => path === inner?.path.replace(/\.calls\[\d+\]$/, ""));
    if (inner === null || around === undefined || around.node.type !== "CALL") return null;
    around.shown.type = "STATICCALL";
    return { expect: "refuse", where: around.path };
  },
  "another amount": ({ node }, spots, _, random) => {
    const spot = someOf(random, spots, ({ node, around }) => {
      return node.type === "CALL" && !node.undone && node.value > 0n && node.from !== node.to && around !== null;
    });
    if (!hasBalances(node) || spot === null) return null;
    spot.shown.value = `0x${(spot.node.value + BigInt(1 + random.below(9))).toString(16)}`;
    return { expect: "differs" };
  },
  "another end": ({ node }, spots, _, random) => {
    const spot = someOf(
      random,
      spots,
      ({ node, shown }) => node.type === "SELFDESTRUCT" && !node.undone && "value" in shown,
    );
    if (!hasBalances(node) || spot === null) return null;
    const { value } = spot.node;
    const more = value + BigInt(1 + random.below(9));
    if (random.below(2) === 0) spot.shown.to = STRANGER;
    else spot.shown.value = `0x${(random.below(2) === 0 || value === 0n ? more : value - 1n).toString(16)}`;
    return { expect: "differs" };
  },
  "a failed frame unmarked": ({ node }, spots, _, random) => {
    const spot = someOf(random, spots, ({ node, around }) => node.failed && around !== null && node.type === "CALL");
    if (!hasBalances(node) || spot === null) return null;
    spot.shown.error = null;
    spot.shown.revertReason = null;
    return { expect: "differs" };
  },
  "a frame left out": ({ node }, spots, _, random) => {
    const spot = someOf(random, spots, ({ around, node }) => around !== null && !node.undone);
    if (!hasBalances(node) || spot === null) return null;
    const { around, shown } = spot;
    if (around !== null) around.calls = around.calls?.filter((one) => one !== shown) ?? [];
    return { expect: "differs" };
  },
};

/** Lies about the transaction as a whole. */
const OF_ANSWERS: Readonly<Record<string, Lie>> = {
  "a failure that the tree does not show": ({ node }, _, play) => {
    if (node === undefined || play.root.failed) return null;
    node.receipt = { ...node.receipt, status: "0x0", logs: [] };
    if (node.balances !== null) node.balances = balancesOf({ ...play, gone: new Set() }, new Map(play.before));
    return { expect: "nothing" };
  },
  "a failure that only the tree shows": ({ node, result }, _, play) => {
    if (node === undefined || play.root.failed) return null;
    result.error = "out of gas";
    return { expect: "refuse", where: "error" };
  },
  "inner calls left out": ({ node, result }) => {
    if (!hasBalances(node)) return null;
    delete result.calls;
    return { expect: "differs" };
  },
  "another transaction's tree": ({ node, result }, _, __, random) => {
    if (node === undefined) return null;
    const field = random.pick(["from", "value", "input"]);
    result[field] = { from: STRANGER, value: "0xfffff", input: "0xfefefefe" }[field];
    return { expect: "refuse", where: field };
  },
  "another block": ({ node }, _, play) => {
    if (node === undefined || play.root.failed) return null;
    node.header.hash = `0x${"ef".repeat(32)}`;
    return { expect: "refuse", where: "block.hash" };
  },
  "a transaction that moved": ({ node }) => {
    if (node === undefined) return null;
    node.transaction.blockHash = `0x${"ef".repeat(32)}`;
    return { expect: "refuse", where: "receipt.blockHash" };
  },
};

/** Number of lies that are tried on a transaction before it stays true. */
const ATTEMPTS = 12;

/** Puts one lie into a transaction. @returns the lie; null if the transaction has no place for the tried ones */
export function lie({ json }: Rendered, play: Play, random: Random): Told | null {
  const spots = spotsOf(json.result, play.root, "", null);
  const lies = random.below(3) > 0 ? OF_FRAMES : OF_ANSWERS;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const what = random.pick(Object.keys(lies));
    const told = (lies[what] as Lie)(json, spots, play, random);
    if (told !== null) return { what, ...told };
  }
  return null;
}

function hasBalances(node: Facts | undefined): boolean {
  return node !== undefined && node.balances !== null;
}

function someOf(random: Random, spots: readonly Spot[], fits: (spot: Spot) => boolean): Spot | null {
  const fitting = spots.filter(fits);
  return fitting.length === 0 ? null : random.pick(fitting);
}

function spotsOf(shown: Shown, node: Node, path: string, around: Shown | null): Spot[] {
  const below = node.calls.flatMap((inner, i) => {
    const at = path === "" ? `calls[${i}]` : `${path}.calls[${i}]`;
    return spotsOf(shown.calls?.[i] as Shown, inner, at, shown);
  });
  return [{ shown, node, path, around }, ...below];
}
