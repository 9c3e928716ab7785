/** What the parties do in the map of the first part, and whose everything is afterwards. */
import { assetKind, ENTRY_ID, FACT_LABEL } from "../../trace/layout.ts";
import { observe } from "../../verifier/chain/crossing/index.ts";
import { type Amounts, type AssetName, add, none } from "./amounts.ts";
import type { OperatorProcess } from "./operator.ts";
import { type PartyName, payIn, Shares } from "./parties.ts";
import type { Stage } from "./stage.ts";
import type { World } from "./world.ts";

const HOUR = 3_600;
const MONTH = 30 * 86_400;
/** Where the first deposit of a party lies: the first slot of its inbox. */
const FIRST = 16;

/** A payment into a map. */
interface Payment {
  readonly asset: AssetName;
  readonly quantity: bigint;
  /** Until its deadline. */
  readonly hours: number;
}

/** The parties, what they have paid in, and what is whose at the end. */
export interface Market {
  readonly world: World;
  readonly stage: Stage;
  /** What arrived. */
  readonly deposited: Amounts;
  readonly shares: Shares;
  /**
   * Pays in.
   * @param whose who is to have it at the end: a party's vault; or the paying account, which gets it back
   * @returns the deposit's number, and what arrived
   */
  pay(from: PartyName, payment: Payment, whose: PartyName | "payer"): Promise<{ number: bigint; arrived: bigint }>;
}

export function openMarket(world: World, stage: Stage): Market {
  const deposited = none();
  const shares = new Shares();
  const { parties, mapId } = stage;
  return {
    ...{ world, stage, deposited, shares },
    async pay(from, payment, whose) {
      const { number, quantity } = await payIn(world, mapId, parties[from], payment);
      await world.clock.follow();
      add(deposited, { [payment.asset]: quantity });
      const to = whose === "payer" ? parties[from].account.address : parties[whose].vault;
      shares.give(to, { [payment.asset]: quantity });
      return { number: BigInt(number), arrived: quantity };
    },
  };
}

/** What each party pays in, and whose it is when all is over. */
const PAYMENTS: readonly (readonly [from: PartyName, asset: AssetName, quantity: bigint, whose: PartyName])[] = [
  // Ada and Ben swap.
  ["Ada", "ETH", 1_000_000_000_000_001n, "Ben"],
  ["Ben", "plain", 1_003n, "Ada"],
  // Cyd promises it to Dan for a month.
  ["Cyd", "fee", 2_005n, "Dan"],
  ["Dan", "ETH", 2_000_000_000_000_003n, "Dan"],
  // Eva offers it to Fay, who does not take it in time.
  ["Eva", "plain", 3_007n, "Eva"],
  ["Fay", "fee", 4_009n, "Fay"],
  ["Gus", "ETH", 3_000_000_000_000_007n, "Gus"],
  // Hal gives it to Gus, and lends the claim to Ivy, who takes it.
  ["Hal", "plain", 5_011n, "Ivy"],
  ["Ivy", "fee", 6_013n, "Ivy"],
  // Jon watches for Kim's token, and pays for it when it arrives.
  ["Jon", "ETH", 4_000_000_000_000_009n, "Kim"],
  ["Kim", "plain", 7_017n, "Jon"],
  // Part of it is paid out when a fact is shown.
  ["Lou", "fee", 8_019n, "Lou"],
];

/** All pay in. Lou's program watches a fact, and pays part of her deposit out when it is shown. */
export async function payInAll(market: Market, operator: OperatorProcess): Promise<void> {
  const { world, stage } = market;
  const { Lou } = stage.parties;
  const before = await operator.seq();
  for (const [from, asset, quantity, whose] of PAYMENTS) await market.pay(from, { asset, quantity, hours: 24 }, whose);
  await operator.takesIn(PAYMENTS.length, before);
  await operator.does(Lou, { effect: "Split", from: FIRST, to: 2, part: 19n });
  await operator.does(Lou, {
    ...{ effect: "WatchResource", slot: 3, target: { program: Lou.program, slot: 40 } },
    ...{ condition: "above", kind: assetKind(FACT_LABEL), threshold: 1n },
    trigger: [{ effect: "Retire", slot: 2, recipient: BigInt(Lou.vault) }],
  });
  const watching = await operator.seq();
  const { gasUsed } = await observe(Lou.account.registry, stage.mapId, 0);
  world.costs.note("observe", gasUsed);
  await world.clock.follow();
  // The fact, the check that fires the watch, and the trigger with its one effect.
  await operator.takesIn(4, watching);
}

/** A swap, a promise, an offer, a claim that is lent, and a watch that pays on delivery. */
export async function tradeAll({ world, stage }: Market, operator: OperatorProcess): Promise<void> {
  const { Ada, Ben, Cyd, Dan, Eva, Fay, Gus, Hal, Ivy, Jon, Kim } = stage.parties;
  const soon = world.clock.now() + HOUR;
  const later = world.clock.now() + MONTH;
  const give = (to: { program: number }, slot: number, deadline: number) =>
    ({ effect: "EscrowToProgram", from: FIRST, to: { program: to.program, slot }, deadline }) as const;

  await operator.together(Ada, give(Ben, 17, soon), Ben, give(Ada, 17, soon));
  await operator.does(Ada, { effect: "ClaimFromProgram", from: { program: Ada.program, slot: 17 }, to: 1 });
  await operator.does(Ben, { effect: "ClaimFromProgram", from: { program: Ben.program, slot: 17 }, to: "in place" });

  await operator.does(Cyd, give(Dan, 18, later));
  await operator.does(Eva, give(Fay, 18, soon));

  const lent = { program: Gus.program, slot: 18 };
  await operator.does(Hal, give(Gus, 18, 0));
  await operator.does(Hal, {
    ...{ effect: "DelegateCapability", slot: 1, grantee: Ivy.program, rights: ["claim"], scope: lent },
    ...{ subject: ENTRY_ID + 8n, expiry: later },
  });
  await operator.does(Ivy, {
    ...{ effect: "ClaimFromProgram", from: lent, to: 2, by: { program: Hal.program, slot: 1 } },
  });

  await operator.does(Jon, {
    ...{ effect: "WatchResource", slot: 1, target: { program: Jon.program, slot: 20 }, condition: "arrival" },
    ...{ kind: assetKind(world.assets.plain.label), threshold: 0n, trigger: [give(Kim, 20, later)] },
  });
  await operator.does(Kim, give(Jon, 20, later));
  await operator.does(Jon, { effect: "ClaimFromProgram", from: { program: Jon.program, slot: 20 }, to: "in place" });
  await operator.does(Kim, { effect: "ClaimFromProgram", from: { program: Kim.program, slot: 20 }, to: 1 });
}
