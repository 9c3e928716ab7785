/**
 * The diagram of the concurrency model: A escrows 100 Gold to B and lends the claim right to C; C watches B's Silver
 * slot and claims the Gold; Silver arrives; the watch fires and its trigger calls B.
 */

import { address, GENESIS_ID, kindOf } from "../layout.ts";
import { openPrograms } from "../state/genesis.ts";
import type { Scenario } from "../tracer/scenario.ts";
import type { Tracer } from "../tracer/tracer.ts";

/**
 * The program that issues Silver; the only one in the genesis. A, which it creates first, issues Gold. In a moored map
 * it is the chain, and Silver is the chain's own coin.
 */
export const MINT = 1;
export const GOLD = kindOf(2, 1);
export const SILVER = kindOf(MINT, 1);
/** First slot for deposits, and B's slot in which Silver is awaited. */
const INBOX = 16;
export const SILVER_SLOT = 19;
/** Time of the first transition, and seconds between two. */
const START = 1_767_225_600;
const STEP = 60;

export const seed: Scenario = {
  name: "seed",
  description: "A escrows Gold to B and lends the claim to C; C claims it, and a watch calls B when Silver arrives",
  programs: { [MINT]: "Mint" },
  genesis: () => ({
    levels: 3,
    cells: [
      ...openPrograms(1, INBOX),
      {
        address: address(MINT, 1),
        cell: {
          type: "resource",
          watch: 0,
          kind: SILVER,
          escrowFrom: 0,
          quantity: 7n,
          id: GENESIS_ID,
          deadline: 0,
          seq: 0,
        },
      },
    ],
  }),
  run,
};

function run(tracer: Tracer): void {
  const { manifest } = tracer;
  manifest.kinds[GOLD.toString()] = "Gold";
  manifest.kinds[SILVER.toString()] = "Silver";
  const { moored } = tracer.map;
  const start = moored ? tracer.now : START;
  let now = start - STEP;
  const next = (): number => {
    if (!moored) now += STEP;
    return moored ? start : now;
  };

  const mint = tracer.program(MINT);
  const a = mint.createProgram({ name: "A", inbox: INBOX }, next());
  const b = mint.createProgram({ name: "B", inbox: INBOX }, next());
  const c = mint.createProgram({ name: "C", inbox: INBOX }, next());
  manifest.slots[address(b.id, SILVER_SLOT)] = "Silver";

  const gold = a.issue({ kind: GOLD, quantity: 100n }, next());

  // B says what C may do: see the Silver slot, and call the guarded function.
  b.declareEntry({ name: "silverArrived", guarded: true }, next());
  const right = b.delegateCapability({ grantee: c.id, rights: ["watch", "invoke"] }, next());

  // Without a deadline: until one, an escrow is promised to its holder, and nobody else claims it.
  const escrowed = a.escrowToProgram({ from: gold.slot, to: b.id }, next());
  const claim = a.delegateCapability(
    { grantee: c.id, rights: ["claim"], scope: escrowed, expiry: start + 86_400 },
    next(),
  );

  c.watchResource(
    {
      target: b.place(SILVER_SLOT),
      condition: "arrival",
      kind: SILVER,
      trigger: [{ effect: "InvokeProgram", program: b.id, name: "silverArrived", args: [], by: right }],
      by: right,
    },
    next(),
  );
  c.claimFromProgram({ from: escrowed, by: claim }, next());
  // In a moored map, Silver comes from the chain: somebody deposits it to B, into its slot for Silver.
  if (moored) return;
  mint.escrowToProgram({ from: 1, to: b.place(SILVER_SLOT) }, next());
  b.claimFromProgram({ from: b.place(SILVER_SLOT), to: "in place" }, next());
}
