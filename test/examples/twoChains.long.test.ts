/**
 * The three deals of the example between maps on two chains. One chain, or its operator, is stopped at every step. Both
 * sides end whole, to the unit, and each map shows it on its own chain. Proofs are valid, and made in the cheap way.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  barrierScene,
  MAPS,
  type MapName,
  raceScene,
  type Scene,
  type SceneOptions,
  swapScene,
} from "../../examples/two-chains/scenes.ts";
import { beginBoth, Keys, Side } from "../../examples/two-chains/side.ts";
import { type Anvil, startAnvil } from "../../scripts/lib/anvil.ts";
import type { Sight } from "../../trace/crossing/deal/deal.ts";
import { endingsOf, isWhole } from "../../trace/crossing/deal/outcome.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { type Chain, connect, deployRegistry } from "../../verifier/chain/registry.ts";
import { forgeMissing } from "../lib/forgedSide.ts";
import { TICK, TIMES } from "../lib/twoMaps.ts";

const CHAINS: Readonly<Record<MapName, number>> = { A: 31_337, B: 1_337 };
/** Rounds in which something happens if nothing stops. */
const STEPS = [0, 1, 2, 3, 4] as const;
/** Rounds that a stop lasts. */
const STOPPED = 3;
const MOST_ROUNDS = 24;

const scratch = mkdtempSync(join(tmpdir(), "timebandits-two-chains-"));
const keys = new Keys();
const places: Partial<Record<MapName, { registry: string; mapId: string }>> = {};
let scenes: Scene[];
let start: number;

const anvilOf = (folder: string, name: MapName): Promise<Anvil> =>
  startAnvil({ chainId: CHAINS[name], more: ["--state", join(folder, `${name}.state`)] });

/** A map on its own chain, as long as it runs. */
interface Running {
  readonly anvil: Anvil;
  readonly chain: Chain;
  readonly side: Side;
}

/** Thrown in place of proving: the operator's process has died. */
class Died extends Error {}

async function running(folder: string, name: MapName, dies: () => boolean): Promise<Running> {
  const anvil = await anvilOf(folder, name);
  const chain = await connect(anvil.url);
  const { registry, mapId } = places[name] as { registry: string; mapId: string };
  const prove = async (dir: string): Promise<void> => {
    if (dies()) throw new Died();
    await forgeMissing(dir);
  };
  const side = new Side({ name, dir: join(folder, name), chain, registry, maxLag: TIMES.lag, prove }, keys, mapId);
  await side.follow();
  return { anvil, chain, side };
}

async function stop({ anvil, chain }: Running): Promise<void> {
  chain.provider.destroy();
  await anvil.stop();
}

async function setTime({ chain: { provider } }: Running, time: number): Promise<void> {
  await provider.send("evm_setNextBlockTimestamp", [time]);
  await provider.send("evm_mine", []);
}

/** All three scenes in the same two maps, on two chains. */
beforeAll(async () => {
  const base = join(scratch, "base");
  mkdirSync(base);
  const anvils = { A: await anvilOf(base, "A"), B: await anvilOf(base, "B") };
  const sides: Partial<Record<MapName, Side>> = {};
  const chains: Chain[] = [];
  for (const name of MAPS) {
    const chain = await connect(anvils[name].url);
    chains.push(chain);
    const { address: registry } = await deployRegistry(chain);
    sides[name] = new Side(
      { name, dir: join(base, name), chain, registry, maxLag: TIMES.lag, prove: forgeMissing },
      keys,
    );
  }
  // The chains are told what time it is; it must be after that of this machine.
  start = Math.floor(Date.now() / 1_000) + 86_400;
  let secrets = 1n;
  const options: SceneOptions = {
    fillBefore: start + 8 * TICK,
    times: { A: TIMES, B: TIMES },
    secret: () => secrets++,
    key: (name) => keys.authority(name),
  };
  const both = sides as Record<MapName, Side>;
  await beginBoth(both, (tracers) => {
    scenes = [swapScene(tracers, options), barrierScene(tracers, options), raceScene(tracers, options)];
  });
  for (const name of MAPS) places[name] = { registry: both[name].options.registry, mapId: both[name].mapId };
  for (const chain of chains) chain.provider.destroy();
  for (const name of MAPS) await anvils[name].stop();
}, 120_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A stop of one chain at a step: before its operator does anything there, or after it has traced and before it proves. */
interface Stop {
  readonly on: MapName;
  readonly step: number;
  readonly when: "before" | "half done";
  readonly comesBack: boolean;
}

/** What was final of a map when it was looked at last. */
type Seen = Sight & { readonly map: TimeMap };

/** Plays all scenes to their end. */
async function play(stopped?: Stop): Promise<Record<MapName, Seen>> {
  const folder = mkdtempSync(join(scratch, "play-"));
  cpSync(join(scratch, "base"), folder, { recursive: true });
  let dying: MapName | undefined;
  const up = new Map<MapName, Running>();
  const begin = async (name: MapName): Promise<void> => {
    up.set(name, await running(folder, name, () => dying === name));
  };
  for (const name of MAPS) await begin(name);
  const people = scenes.flatMap((scene) => Object.values(scene.people()));
  const deadlines = scenes.flatMap(({ deals }) => deals.flatMap(({ locks }) => locks.map(({ lock }) => lock.deadline)));
  const sights: Partial<Record<MapName, Seen>> = {};
  let world = start;
  try {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      if (stopped !== undefined && round === stopped.step + STOPPED && stopped.comesBack && !up.has(stopped.on)) {
        await begin(stopped.on);
        await setTime(up.get(stopped.on) as Running, world);
        await up.get(stopped.on)?.side.resume();
      }
      if (round === stopped?.step && stopped.when === "before") {
        await stop(up.get(stopped.on) as Running);
        up.delete(stopped.on);
      }
      for (const [name, one] of up) {
        await setTime(one, world);
        const { now, map, rows } = await one.side.look();
        sights[name] = { now, map: map.clone(), rows: [...rows] };
      }
      const moves = people.flatMap((person) => person(sights));
      dying = round === stopped?.step && stopped.when === "half done" ? stopped.on : undefined;
      for (const [name, one] of [...up]) {
        try {
          await one.side.operate(moves.filter(({ on }) => on === name));
        } catch (error) {
          if (!(error instanceof Died)) throw error;
        }
        if (dying === name) {
          await stop(one);
          up.delete(name);
        }
      }
      dying = undefined;
      const waiting = stopped?.comesBack === true && round < stopped.step + STOPPED;
      const idle = moves.every(({ on }) => !up.has(on as MapName)) && !waiting;
      const next = idle ? Math.min(...deadlines.filter((deadline) => deadline > world)) : world + TICK;
      if (!Number.isFinite(next)) break;
      world = next;
    }
    // What a chain shows that stopped for good, to whoever could still read it.
    for (const name of MAPS) {
      if (up.has(name)) continue;
      await begin(name);
      const { map, rows, now } = (await up.get(name)?.side.look()) as Seen;
      sights[name] = { map, rows, now };
    }
  } finally {
    for (const one of up.values()) await stop(one);
    rmSync(folder, { recursive: true, force: true });
  }
  return sights as Record<MapName, Seen>;
}

/** Whose the things are: R or G in hand, r or g by right. */
function ends(sights: Record<string, Sight>): string[] {
  return scenes.map(({ deals }) =>
    deals
      .map((deal) =>
        endingsOf(deal, sights)
          .map(({ whose, inHand }) => (inHand ? whose.charAt(0).toUpperCase() : whose.charAt(0)))
          .join(""),
      )
      .join(" "),
  );
}

/** What the people have of each deal's kinds on each map, in all: nothing was made, and nothing was lost. */
function units(sights: Record<MapName, Seen>): bigint {
  let sum = 0n;
  for (const { deals } of scenes) {
    for (const { locks } of deals) {
      for (const { on, lock } of locks) {
        for (const { id, quantity } of lock.goods) {
          const { map } = sights[on as MapName];
          for (const at of map.addresses()) {
            const cell = map.cell(at);
            if (cell.type === "resource" && cell.id === id) {
              expect(cell.quantity).toBe(quantity);
              sum += quantity;
            }
          }
        }
      }
    }
  }
  return sum;
}

/** 100 Gold and 40 Silver, four stakes of 10, and the order's 100 and 40 on each of two maps. */
const ALL = 100n + 40n + 4n * 10n + 2n * (100n + 40n);

test("all three come about", async () => {
  const sights = await play();
  expect(ends(sights)).toEqual(["RR", "RRRR", "RR GG"]);
  expect(units(sights)).toBe(ALL);
});

test.each(
  MAPS.flatMap((on) => STEPS.map((step) => ({ on, step, when: step % 2 === 0 ? "half done" : "before" }) as const)),
)("chain $on stops at step $step, $when, and comes back", async (stopped) => {
  const sights = await play({ ...stopped, comesBack: true });
  const [swap, barrier, race] = ends(sights);
  expect([swap, barrier]).toEqual(["RR", "RRRR"]);
  expect(race).toMatch(/^(RR GG|GG RR)$/);
  expect(units(sights)).toBe(ALL);
});

test.each([
  { on: "A", step: 1, when: "before" },
  { on: "A", step: 3, when: "half done" },
  { on: "B", step: 2, when: "half done" },
  { on: "B", step: 3, when: "half done" },
] as const)(
  "chain $on stops at step $step, $when, for good: the rest is whole, and what lies there has its owner",
  async (stopped) => {
    const sights = await play({ ...stopped, comesBack: false });
    for (const { deals } of scenes) for (const deal of deals) expect(isWhole(deal, sights)).toBe(true);
    const other = stopped.on === "A" ? "B" : "A";
    expect(ends({ [other]: sights[other] }).join()).toMatch(/^[RG ,]*$/);
    expect(units(sights)).toBe(ALL);
  },
);

test("chain B stops for good after the Silver was opened, before anybody has looked: Bob loses, as the page says", async () => {
  const sights = await play({ on: "B", step: 3, when: "before", comesBack: false });
  const [swap] = scenes[0]?.deals ?? [];
  if (swap === undefined) throw new Error("no swap");
  // By its last state, the Silver is Alice's. Nobody could read the secret there, so the Gold went back to her, too.
  const bySilver = endingsOf({ ...swap, locks: swap.locks.slice(0, 1) }, sights);
  expect(bySilver.map(({ whose }) => whose)).toEqual(["receiver"]);
  expect(ends({ A: sights.A })[0]).toBe("G");
  expect(units(sights)).toBe(ALL);
});
