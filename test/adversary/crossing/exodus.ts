/** The end of a world: both maps are frozen, and everybody who is entitled gets everything out. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crossingHistory } from "../../../verifier/chain/crossing/history.ts";
import { solvency } from "../../../verifier/chain/crossing/solvency.ts";
import { rebuildRun } from "../../../verifier/chain/rebuild.ts";
import { type Call, Wrong } from "./call.ts";
import { freezeCall, reclaimCall, withdrawCall } from "./calls.ts";
import { checkWhole } from "./checks.ts";
import { leaveCallOf, requestCallOf } from "./dismissals.ts";
import { refund } from "./model.ts";
import type { Operator } from "./operator.ts";
import type { Play } from "./play.ts";
import { replayed } from "./replayed.ts";
import { assetsIn, entitledTo, held } from "./solvent.ts";
import { DAY, ETHER, ODD, TOKEN, type World } from "./world.ts";

const STRANGER = 1;
const FEE = 10n ** 15n;

/** Lets everybody out, and looks whether anything is left. @param rebuilds whether run directories are made, too */
export async function exodus(play: Play, rebuilds: boolean): Promise<void> {
  const { world } = play;
  await checkWhole(play);
  for (const operator of play.operators) {
    await readBack(world, operator);
    if (rebuilds) await rebuilt(world, operator);
  }
  for (const operator of play.operators) {
    await freezeIt(play, operator);
    await everybodyLeaves(play, operator);
    for (const request of [...world.map(operator.which).requests.keys()])
      await accepted(play, reclaimCall(play, operator.which, request));
    await refundAll(play, operator);
  }
  await checkWhole(play);
  await nothingIsLeft(play);
  play.count("exodus");
}

/** The run directory that is made from the chain alone ends at the same root. */
async function rebuilt(world: World, operator: Operator): Promise<void> {
  const mapId = world.mapIds[operator.which] as string;
  const folder = mkdtempSync(join(tmpdir(), "crossing-"));
  try {
    const out = join(folder, "run");
    const { root, transitions } = await rebuildRun(world.chain, { registry: world.registry.address, mapId, out });
    if (root !== operator.head.root()) throw new Wrong(`map ${operator.which} is rebuilt to another root`);
    if (transitions !== world.map(operator.which).seq)
      throw new Wrong(`map ${operator.which} is rebuilt to another end`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The client's readers come to the same as the model, and the published rows to the same root. */
async function readBack(world: World, operator: Operator): Promise<void> {
  const mapId = world.mapIds[operator.which] as string;
  const map = await replayed(world, operator.which);
  if (map.root() !== operator.head.root()) throw new Wrong(`the rows of map ${operator.which} lead to another root`);
  // It compares events and state itself.
  const history = await crossingHistory(world.registry, mapId);
  const open = history.deposits.filter(({ end }) => end === "open").length;
  if (open !== world.map(operator.which).deposits.size) throw new Wrong(`map ${operator.which}: ${open} open deposits`);
  const at = Number(await world.ask("eth_blockNumber"));
  for (const { label, covered } of await solvency({ ...world.registry, at }, 0))
    if (label !== ODD && covered !== true) throw new Wrong(`asset ${label} is not covered`);
}

async function accepted(play: Play, call: Call): Promise<void> {
  const answer = await play.make(call);
  if (answer !== null) throw new Wrong(`${call.what} at the end is refused: ${answer}`);
}

/** Somebody asks, and nobody answers. A map without assets needs no freezing. */
async function freezeIt(play: Play, operator: Operator): Promise<void> {
  const { world } = play;
  const { which } = operator;
  const map = () => world.map(which);
  if (map().frozen) return;
  const [asset] = assetsIn(operator.head);
  if (asset === undefined && map().requests.size === 0) return;
  if (asset !== undefined && map().requests.size === 0) {
    const [program = 0] = entitledTo(asset, world.now + 30);
    const asked = { location: asset.location, program, recipient: world.accounts[4] as string };
    const number = operator.states.length - 1;
    const validUntil = world.now + 60 * DAY;
    const answer = await play.make(
      requestCallOf(world, operator, { ...asked, validUntil, number }, world.accounts[STRANGER] as string, FEE),
    );
    // Its escrow has ended in between: another one may ask.
    if (answer === "NotEntitled") return freezeIt(play, operator);
    if (answer !== null) throw new Wrong(`nobody can ask for what is in cell ${asset.location}: ${answer}`);
  }
  const oldest = [...map().requests.keys()][0] as bigint;
  play.pass(2 * map().patience + 1);
  await accepted(play, freezeCall(play, which, oldest));
}

async function everybodyLeaves(play: Play, operator: Operator): Promise<void> {
  const { world, random } = play;
  if (!world.map(operator.which).frozen) return;
  for (const asset of assetsIn(operator.head)) {
    if (world.map(operator.which).left.has(asset.location)) continue;
    for (let tries = 0; ; tries++) {
      const able = entitledTo(asset, world.now + 25);
      if (able.length === 0) throw new Wrong(`nobody is entitled to cell ${asset.location}`);
      const asked = {
        ...{ location: asset.location, program: random.pick(able), recipient: world.accounts[5] as string },
        ...{ validUntil: world.now + DAY, number: operator.states.length - 1 },
      };
      const call = leaveCallOf(world, operator, asked, world.accounts[STRANGER] as string);
      const answer = await play.make(call);
      if (answer === "NotEntitled" && tries < 3) continue;
      if (answer !== null) throw new Wrong(`cell ${asset.location} cannot leave: ${answer}`);
      if (random.below(5) === 0 && (await play.make(call)) === null) throw new Wrong("a cell left twice");
      break;
    }
  }
}

async function refundAll(play: Play, { which }: Operator): Promise<void> {
  const { world } = play;
  const open = [...world.map(which).deposits];
  const last = Math.max(0, ...open.map(([, { deadline }]) => deadline));
  if (!world.map(which).frozen) play.pass(Math.max(0, last + world.map(which).maxLag + 1 - world.now));
  for (const [number, { label, quantity, program, authority }] of open) {
    const args = [world.mapIds[which], number, label, quantity, program, authority];
    await accepted(play, {
      ...{ what: "refund", from: world.accounts[STRANGER] as string },
      data: world.abi.encodeFunctionData("refund", args),
      model: (now_, now) =>
        refund(now_, now_.maps[which] as (typeof now_.maps)[0], { number, label, quantity, program, authority }, now),
    });
  }
}

/** Everybody is paid, to the last unit. Who refuses ether keeps it here. */
async function nothingIsLeft(play: Play): Promise<void> {
  const { world } = play;
  for (const operator of play.operators)
    for (const [label, quantity] of world.map(operator.which).purse)
      if (quantity !== 0n) throw new Wrong(`${quantity} of asset ${label} are left in map ${operator.which}`);
  for (const key of [...world.held.owed.keys()]) {
    const [to = "", label = ""] = key.split(" ");
    if ((world.held.owed.get(key) ?? 0n) > 0n) await play.make(withdrawCall(play, to, Number(label)));
  }
  const refused = play.settings.refuses
    ? (world.held.owed.get(`${world.odd.recipient.toLowerCase()} ${ETHER}`) ?? 0n)
    : 0n;
  for (const [label, rest] of [
    [ETHER, refused],
    [TOKEN, 0n],
  ] as const) {
    const has = await held(world, label);
    if (has !== rest) throw new Wrong(`${has} of asset ${label} are left at the registry, not ${rest}`);
  }
}
