/** What must be so at any time: solvency, one end for everything, and a way out for whoever is entitled. */
import type { Result } from "ethers";
import { TimeBanditsError } from "../../../trace/errors.ts";
import { CHAIN, programOf, slotOf } from "../../../trace/layout.ts";
import type { Transition } from "../../../trace/machine/transition.ts";
import { Wrong } from "./call.ts";
import { dismissalOf } from "./dismissals.ts";
import { disproves } from "./exitModel.ts";
import type { HeldMap } from "./model.ts";
import type { Operator } from "./operator.ts";
import type { Play } from "./play.ts";
import { assetsIn } from "./solvent.ts";
import { ETHER, ODD, TOKEN, type World } from "./world.ts";

/** All of it, for both maps. */
export async function checkWhole(play: Play): Promise<void> {
  for (const operator of play.operators) {
    const map = play.world.map(operator.which);
    await sameState(play.world, operator, map);
    purseIsThere(operator, map);
    if (!map.frozen) for (const request of map.requests.keys()) await canBeAnswered(play, operator, request);
  }
  for (const [key, quantity] of play.world.held.owed) {
    const [account = "", label = ""] = key.split(" ");
    const owed = await play.world.read("owed", [account, label]);
    if (owed !== quantity) throw new Wrong(`${account} is owed ${owed} of asset ${label}, not ${quantity}`);
  }
  play.count("whole check");
}

/** What the registry says of itself is what the model has. */
async function sameState(world: World, { which, head }: Operator, map: HeldMap): Promise<void> {
  const mapId = world.mapIds[which];
  const same = (what: string, found: unknown, wanted: unknown): void => {
    if (found !== wanted) throw new Wrong(`${what} of map ${which} is ${found}, not ${wanted}`);
  };
  const state = (await world.read("getMap", [mapId])) as { root: bigint; seq: bigint; advances: bigint };
  same("root", BigInt(state.root), head.root());
  same("root in the model", map.roots.at(-1), head.root());
  same("seq", Number(state.seq), map.seq);
  same("number of the root", Number(state.advances), map.roots.length - 1);
  const mooring = ((await world.read("getMooring", [mapId])) as Result).toObject();
  same("frozen", mooring.frozen, map.frozen);
  same("number of entries", Number(mooring.entries), map.entries);
  for (const label of [ETHER, TOKEN, ODD])
    same(`purse ${label}`, await world.read("purse", [mapId, label]), map.purse.get(label) ?? 0n);
  for (let number = 1; number <= map.entries; number++) {
    if (number < map.entries - 20 && number % 7 !== 0) continue;
    const data = world.abi.encodeFunctionData("getDeposit", [mapId, number]);
    const answer = await world.ask("eth_call", [{ to: world.registry.address, data }, "latest"]);
    const [payer] = world.abi.decodeFunctionResult("getDeposit", String(answer));
    same(`deposit ${number}`, BigInt(payer) !== 0n, map.deposits.has(number));
  }
  for (const [request, open] of map.requests) {
    const found = (await world.read("getRequest", [mapId, request])) as { time: bigint; fee: bigint; id: bigint };
    same(`request ${request}`, [found.time, found.fee, found.id].join(), [open.time, open.fee, open.id].join());
  }
}

/** A purse is the quantity of its kind in the map; of a frozen map, in the cells that have not left. */
function purseIsThere({ head, which }: Operator, map: HeldMap): void {
  const sums = new Map<number, bigint>();
  for (const { location, label, quantity } of assetsIn(head))
    if (!map.left.has(location)) sums.set(label, (sums.get(label) ?? 0n) + quantity);
  for (const label of new Set([...sums.keys(), ...map.purse.keys()])) {
    const [there, purse] = [sums.get(label) ?? 0n, map.purse.get(label) ?? 0n];
    if (there !== purse) throw new Wrong(`map ${which} has ${there} of asset ${label}, and its purse ${purse}`);
  }
}

/** An open request can be answered by an Eject, or dismissed, and not both. */
async function canBeAnswered(play: Play, operator: Operator, request: bigint): Promise<void> {
  const { world } = play;
  const open = world.map(operator.which).requests.get(request);
  if (open === undefined) return;
  const cells = [open.location, open.program * 256];
  const dismissible = cells.find((at) => disproves(open, at, operator.head.words(at)));
  const groups = ejectGroups(operator, open, world.now);
  const name = `request ${request} of map ${operator.which}`;
  if ((groups !== undefined) === (dismissible !== undefined) && groups === undefined)
    throw new Wrong(`${name} can be neither answered nor dismissed`);
  if (dismissible === undefined && groups !== undefined) {
    const { call } = operator.submission(groups, world.map(operator.which).submitter);
    const answer = await world.wouldAnswer(call.from, call.data);
    if (answer !== null) throw new Wrong(`${name}: its Eject is refused, ${answer}`);
    const other = dismissalOf(world, operator, request, open.location);
    if ((await world.wouldAnswer(other.from, other.data)) !== "CellRefused")
      throw new Wrong(`${name} can be dismissed`);
  }
  if (dismissible !== undefined) {
    const call = dismissalOf(world, operator, request, dismissible);
    const answer = await world.wouldAnswer(call.from, call.data);
    if (answer !== null) throw new Wrong(`${name}: its dismissal is refused, ${answer}`);
    // After a change of its key, the same cell may be asked for under the new one.
    if (groups !== undefined && dismissible === open.location) {
      const eject = operator.submission(groups, world.map(operator.which).submitter).call;
      if ((await world.wouldAnswer(eject.from, eject.data)) !== "EjectRefused")
        throw new Wrong(`${name}: both answers`);
    }
  }
  play.count(dismissible === undefined ? "could be ejected" : "could be dismissed");
}

/** The groups that take out what a request asks for, from the head; undefined if the machine refuses. */
export function ejectGroups(
  operator: Operator,
  { location, program }: { location: number; program: number },
  now: number,
): Transition[][] | undefined {
  const groups: Transition[][] = [];
  const tracer = operator.fresh((group) => groups.push(group));
  try {
    const from = { program: programOf(location), slot: slotOf(location) };
    tracer.program(CHAIN).eject({ from, program }, now);
  } catch (error) {
    if (error instanceof TimeBanditsError) return undefined;
    throw error;
  }
  return groups.slice(0, 1);
}
