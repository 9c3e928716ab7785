/** The second part: the operator is alive, and leaves one party out. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { address } from "../../trace/layout.ts";
import { openDeposits, refund } from "../../verifier/chain/crossing/index.ts";
import { rebuildRun } from "../../verifier/chain/rebuild.ts";
import type { Played } from "./abandoned.ts";
import { type AssetName, must } from "./amounts.ts";
import { withEngine } from "./engines.ts";
import { Leaver, letOut, look } from "./leaving.ts";
import { type Market, openMarket } from "./market.ts";
import { OperatorProcess } from "./operator.ts";
import { NAMES, type PartyName } from "./parties.ts";
import { PATIENCE, type Stage, setStage } from "./stage.ts";
import type { Account, World } from "./world.ts";

const HOUR = 3_600;
const DAY = 86_400;
const FIRST = 16;
/** Who is left out. */
const OUT: PartyName = "Ada";
/** Who swap while she waits; so what one paid in is the other's. */
const SWAP = { Ben: "Cyd", Cyd: "Ben" } as const;

/** @param say tells what has been done */
export async function censored(
  world: World,
  accounts: readonly Account[],
  stranger: Account,
  say: (text: string) => void,
): Promise<Played> {
  const stage = await setStage(world, "censored", accounts);
  const { mapId, parties } = stage;
  const market = openMarket(world, stage);
  const file = join(world.folder, "censored-program");
  writeFileSync(file, "0");
  const plan = { ...stage, world, censored: file };
  const operator = await OperatorProcess.start(plan);
  await operator.createPrograms();
  await payInAll(market, operator);
  await operator.settle();
  writeFileSync(file, `${parties[OUT].program}`);

  await withEngine(world.engine, async (engine) => {
    const seen = await look(world, mapId);
    const victim = new Leaver(world, mapId, parties[OUT], engine);
    const { request } = await victim.asks(seen, address(parties[OUT].program, FIRST));
    await market.pay(OUT, { asset: "plain", quantity: 911n, hours: 1 }, "payer");
    const leaves = new Leaver(world, mapId, parties.Dan, engine);
    await leaves.asks(seen, address(parties.Dan.program, FIRST));
    await world.clock.follow();
    await othersGoOn(stage, operator, world);
    say(`the operator serves everybody but ${OUT}: others swap, and are let out`);

    await world.clock.pass(PATIENCE + 1);
    // An effect that is on its way while a stranger moves the head.
    await operator.does(parties.Eva, give(parties.Fay.program, 20));
    const done = await letOut(world, stranger, mapId, request, engine);
    must(`${done.ejected}` === `${request}`, `${OUT} was not let out`);
    world.costs.note("answer of a stranger, one Eject", done.gasUsed);
  });
  say(`a stranger has let ${OUT} out`);

  const why = await operator.standsStill();
  must(/make the run with rebuild/.test(why), `the operator does not say what to do: ${why}`);
  await operator.end("SIGTERM");
  const dir = join(world.folder, "censored-again");
  const { chain, address: registry } = world.registry;
  await rebuildRun(chain, { registry, mapId, out: dir });
  const again = await OperatorProcess.start({ ...plan, dir });
  await takeOut(stage, again);
  await again.end("SIGTERM");
  say("the operator goes on with the run that it has rebuilt; the others have taken theirs out");
  await world.clock.pass(DAY + HOUR);
  for (const open of await openDeposits(world.registry, mapId))
    world.costs.note("refund", (await refund(stranger.registry, mapId, open)).gasUsed);
  return { stage, market };
}

const give = (program: number, slot: number) =>
  ({ effect: "EscrowToProgram", from: FIRST, to: { program, slot }, deadline: 0 }) as const;

/** Everybody pays one asset in. */
async function payInAll(market: Market, operator: OperatorProcess): Promise<void> {
  const before = await operator.seq();
  const kinds: readonly AssetName[] = ["ETH", "plain", "fee"];
  for (const [i, name] of NAMES.entries()) {
    const asset = kinds[i % kinds.length] ?? "ETH";
    const quantity = BigInt(1_000 * (i + 1) + 17);
    const whose = name in SWAP ? SWAP[name as keyof typeof SWAP] : name;
    await market.pay(name, { asset, quantity, hours: 24 }, whose);
  }
  await operator.takesIn(NAMES.length, before);
}

/** While one is left out: two swap, and one who asks is let out. */
async function othersGoOn({ parties: { Ben, Cyd } }: Stage, operator: OperatorProcess, { clock }: World) {
  const before = await operator.seq();
  await operator.together(Ben, give(Cyd.program, 17), Cyd, give(Ben.program, 17));
  for (const party of [Ben, Cyd]) {
    const from = { program: party.program, slot: 17 };
    await operator.does(party, { effect: "ClaimFromProgram", from, to: FIRST });
  }
  await clock.follow();
  await operator.takesIn(5, before);
  await operator.settle();
}

/** Whoever is still there has its asset paid out. */
async function takeOut({ parties }: Stage, operator: OperatorProcess): Promise<void> {
  const gone: readonly PartyName[] = [OUT, "Dan"];
  for (const name of NAMES.filter((each) => !gone.includes(each))) {
    const party = parties[name];
    await operator.does(party, { effect: "Retire", slot: FIRST, recipient: BigInt(party.vault) });
  }
  await operator.settle();
}
