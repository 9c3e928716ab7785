/** The first part: the operator is killed in the middle of a batch, and its directory is deleted. */
import { existsSync, rmSync } from "node:fs";
import type { Engine } from "../../prover/engines/engine.ts";
import { proveCell } from "../../prover/exits/proveExit.ts";
import { address } from "../../trace/layout.ts";
import { dismiss, freeze, openDeposits, openRequests, reclaim, refund } from "../../verifier/chain/crossing/index.ts";
import { proofWords } from "../../verifier/chain/key.ts";
import { readMap } from "../../verifier/chain/registry.ts";
import { must } from "./amounts.ts";
import { withEngine } from "./engines.ts";
import { Leaver, letOut, look, type Seen } from "./leaving.ts";
import { type Market, openMarket, payInAll, tradeAll } from "./market.ts";
import { OperatorProcess } from "./operator.ts";
import { NAMES, type PartyName } from "./parties.ts";
import { PATIENCE, type Stage, setStage } from "./stage.ts";
import type { Account, World } from "./world.ts";

const HOUR = 3_600;

/** What a part of the test leaves to be checked. */
export interface Played {
  readonly stage: Stage;
  /** What arrived at the registry, and what each address is to get. */
  readonly market: Market;
}

/** @param say tells what has been done */
export async function abandoned(
  world: World,
  accounts: readonly Account[],
  stranger: Account,
  say: (text: string) => void,
): Promise<Played> {
  const stage = await setStage(world, "abandoned", accounts);
  const { parties, mapId } = stage;
  const market = openMarket(world, stage);
  const operator = await OperatorProcess.start({ ...stage, world, show: `0:${parties.Lou.program}:40` });
  say("the operator serves; twelve parties pay in, trade, escrow, lend and watch");
  await operator.createPrograms();
  await payInAll(market, operator);
  const first = await operator.settle();
  await tradeAll(market, operator);
  const settled = await operator.settle();
  say(`the chain has ${settled} transitions`);
  await loseABatch(world, stage, market, operator);
  const { seq } = await readMap(world.registry, mapId);
  must(seq === settled && !existsSync(stage.dir), "the operator has left something");
  say("the operator is killed in the middle of a batch, and its directory is deleted");
  // Nobody knows yet.
  await market.pay("Gus", { asset: "ETH", quantity: 10n ** 15n + 7n, hours: 240 }, "payer");
  await world.clock.pass(2 * HOUR);

  await withEngine(world.engine, async (engine) => {
    const leavers = new Map(NAMES.map((name) => [name, new Leaver(world, mapId, parties[name], engine)]));
    const leaver = (name: PartyName): Leaver => leavers.get(name) as Leaver;
    const seen = await eachLooks(world, mapId);
    say("each party has made the run again, with the registry's root");
    await letOutLate({ world, stage, stranger, engine, leaver }, seen, first);
    say("a stranger has let three of them out, and dismissed one who asked for what was not hers any more");
    await freezeAndLeave({ world, stage, stranger, engine, leaver });
    say("the map is frozen for a request that nobody answered, and everybody has left");
  });
  return { stage, market };
}

/** Work on the chain alone. */
interface OnChain {
  readonly world: World;
  readonly stage: Stage;
  readonly stranger: Account;
  readonly engine: Engine;
  readonly leaver: (name: PartyName) => Leaver;
}

/** A deposit and a trade that never get to the chain: the operator dies while they are proven. */
async function loseABatch(world: World, { dir, parties }: Stage, market: Market, operator: OperatorProcess) {
  const { Dan, Gus } = parties;
  const before = await operator.seq();
  await market.pay("Fay", { asset: "fee", quantity: 1_234n, hours: 240 }, "payer");
  await operator.takesIn(1, before);
  await operator.does(Dan, {
    ...{ effect: "EscrowToProgram", from: 16, to: { program: Gus.program, slot: 22 } },
    deadline: world.clock.now() + HOUR,
  });
  await operator.owner.cut();
  await operator.until("the batch to be proven", async () => {
    await operator.signAll();
    return (await operator.owner.batches()).at(-1)?.stage === "proving";
  });
  await operator.end("SIGKILL");
  rmSync(dir, { recursive: true });
}

/** Every party rebuilds the run by itself. @returns what the last one saw: all saw the same */
async function eachLooks(world: World, mapId: string): Promise<Seen> {
  let seen = await look(world, mapId);
  for (const _ of NAMES.slice(1)) seen = await look(world, mapId);
  return seen;
}

/** Four ask. Three are let out once they are late; one has sold what she asks for. */
async function letOutLate({ world, stage, stranger, engine, leaver }: OnChain, seen: Seen, first: number) {
  const { parties, mapId } = stage;
  const { Ada, Ben, Dan, Fay } = parties;
  // Ada has bought it, Dan was promised it, and Eva has it back, as Fay has not claimed it in time.
  const asked = [
    await leaver("Ada").asks(seen, address(Ada.program, 1)),
    await leaver("Dan").asks(seen, address(Dan.program, 18)),
    await leaver("Eva").asks(seen, address(Fay.program, 18)),
  ];
  const sold = address(Ben.program, 16);
  const late = await leaver("Ben").asksForThePast(seen, { seq: first, root: 1 }, sold);
  await world.clock.pass(PATIENCE + 1);
  const done = await letOut(world, stranger, mapId, asked[0]?.request ?? 0n, engine);
  world.costs.note("answer of a stranger, three Ejects", done.gasUsed);
  const wanted = asked.map(({ request }) => request);
  must(`${done.ejected}` === `${wanted}`, `let out were ${done.ejected}, and not ${wanted}`);
  const { chainId } = world.chain;
  const now = await look(world, mapId);
  const { statement, proof } = await proveCell(now.map, sold, { engine, chainId });
  const { w0, w1, w2 } = statement;
  const shown = { root: now.root, cell: { location: sold, w0, w1, w2 }, proof: proofWords(proof) };
  const { gasUsed } = await dismiss(stranger.registry, mapId, late.request, shown);
  world.costs.note("dismiss", gasUsed);
}

/** Nobody answers Ivy, so the map ends; and everybody takes out what is theirs. */
async function freezeAndLeave({ world, stage, stranger, leaver }: OnChain) {
  const { parties, mapId } = stage;
  const before = await look(world, mapId);
  const { request, fee } = await leaver("Ivy").asks(before, address(parties.Ivy.program, 2));
  await world.clock.pass(2 * PATIENCE + 1);
  const { registry } = stranger;
  world.costs.note("freeze", (await freeze(registry, mapId, request)).gasUsed);
  const seen = await look(world, mapId);
  for (const name of NAMES) for (const at of await leaver(name).entitled(seen)) await leaver(name).leaves(seen, at);
  for (const open of await openDeposits(registry, mapId))
    world.costs.note("refund", (await refund(registry, mapId, open)).gasUsed);
  for (const open of await openRequests(registry, mapId)) {
    must(open.request === request && open.fee === fee, "another request than Ivy's is open");
    world.costs.note("reclaim", (await reclaim(registry, mapId, open.request)).gasUsed);
  }
}
