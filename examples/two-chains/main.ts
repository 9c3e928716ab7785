/**
 * `npm run two-chains`: a swap, a barrier and a race with refund between two maps that share no state. Each map lives
 * on a chain of its own, which is started here and stopped at the end. Everything is signed, proven and submitted.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAnvil } from "../../scripts/lib/anvil.ts";
import type { MapTimes } from "../../trace/crossing/deal/deadlines.ts";
import type { Deal, Move, Sight } from "../../trace/crossing/deal/deal.ts";
import { faultInDeal } from "../../trace/crossing/deal/faultInDeal.ts";
import { endingsOf, isWhole } from "../../trace/crossing/deal/outcome.ts";
import { wordIn } from "../../trace/crossing/lock/knowledge/tape.ts";
import { isSealed, LOCK_SLOTS, sealLock } from "../../trace/crossing/lock/lock.ts";
import type { Lock, LockTerms } from "../../trace/crossing/lock/terms.ts";
import { readingOf } from "../../trace/crossing/observer/reading.ts";
import { lendWatching, observedKind, type ShowingWindow } from "../../trace/crossing/observer/window.ts";
import { CHAIN } from "../../trace/layout.ts";
import { newSecret } from "../../trace/signing/signature.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";
import { auditDirectory } from "../../verifier/audit/audit.ts";
import { showReading } from "../../verifier/chain/observing/observeTimeline.ts";
import { connect, deployRegistry } from "../../verifier/chain/registry.ts";
import { barrierScene, MAPS, type MapName, raceScene, type Scene, swapScene } from "./scenes.ts";
import { beginBoth, Keys, Side } from "./side.ts";

/** The chains' numbers: both are those of local chains. */
const CHAINS: Readonly<Record<MapName, number>> = { A: 31_337, B: 1_337 };
/** Each map survives a stop of an hour. */
const TIMES: MapTimes = { lag: 3_600, final: 600, stop: 3_600 };
const MOST_ROUNDS = 20;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** The lock, once its proof was checked: every party does that before it puts anything in. */
function sealed(terms: LockTerms, secret: bigint): Lock {
  const { lock, proof } = sealLock(terms, secret);
  if (!isSealed(lock, proof)) throw new Error("a lock opens by something else than its secret");
  return lock;
}

/** Every party looks at a deal as a whole, too, before it agrees to it. */
function agreed(deal: Deal): void {
  const fault = faultInDeal(deal, { A: TIMES, B: TIMES });
  if (fault !== undefined) throw new Error(`nobody agrees to this deal: ${fault}`);
}

/** A secret of 160 bits. */
const freshSecret = (): bigint => wordIn(newSecret()) & ((1n << 160n) - 1n);

/** In map A, the observer shows whether the Silver was opened in map B. Bob's watch on it wakes him. */
function observing(tracer: Tracer, authority: bigint): { window: ShowingWindow; wake: (bob: number) => void } {
  const observer = tracer.program(CHAIN).createProgram({ name: "Observer", authority });
  const window = { program: observer.id, slot: 1, spare: 2, number: 0 };
  tracer.manifest.kinds[observedKind(observer.id, 0).toString()] = "Silver opened on B";
  const wake = (bob: number): void => {
    observer.perform(lendWatching(window, bob, 3));
    const kind = observedKind(observer.id, 0);
    const watch = { target: observer.place(1), condition: "above" as const, kind, threshold: 0n };
    tracer.program(bob).watchResource({ ...watch, by: observer.place(3) });
  };
  return { window, wake };
}

function told(move: Move): string {
  const { what, on, lock } = move;
  if (what === "open") return `map ${on}: program ${lock.program} is opened, and the secret is shown`;
  const { giver, receiver, quantity } = lock.goods[move.i] ?? { giver: 0, receiver: 0, quantity: 0n };
  return `map ${on}: program ${what === "take out" ? receiver : giver} ${what === "take out" ? "takes" : what === "take back" ? "takes back" : "puts in"} ${quantity}`;
}

async function main(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "timebandits-two-chains-"));
  const keys = new Keys();
  await using anvilA = await startAnvil({ chainId: CHAINS.A });
  await using anvilB = await startAnvil({ chainId: CHAINS.B });
  const urls: Readonly<Record<MapName, string>> = { A: anvilA.url, B: anvilB.url };
  const sides: Partial<Record<MapName, Side>> = {};
  for (const name of MAPS) {
    const chain = await connect(urls[name]);
    const { address: registry } = await deployRegistry(chain);
    sides[name] = new Side({ name, dir: join(root, name), chain, registry, maxLag: TIMES.lag }, keys);
    say(`chain ${CHAINS[name]} at ${urls[name]}: registry ${registry}, map ${name} in ${join(root, name)}`);
  }
  const { A, B } = sides as Record<MapName, Side>;

  let scenes: Readonly<Record<string, Scene>> = {};
  let window: ShowingWindow | undefined;
  const fillBefore = Math.floor(Date.now() / 1_000) + 3_600;
  await beginBoth({ A, B }, (tracers) => {
    const options = {
      fillBefore,
      times: { A: TIMES, B: TIMES },
      secret: freshSecret,
      key: (name: string) => keys.authority(name),
      seal: sealed,
    };
    scenes = {
      swap: swapScene(tracers, options),
      barrier: barrierScene(tracers, options),
      race: raceScene(tracers, options),
    };
    const bob = scenes.swap?.deals[0]?.locks[1]?.lock.goods[0]?.receiver ?? 0;
    const observer = observing(tracers.A, keys.authority("Observer"));
    observer.wake(bob);
    window = observer.window;
  });
  for (const { deals } of Object.values(scenes)) for (const deal of deals) agreed(deal);
  say("both maps are on their chains, with six locks, whose proofs were checked");

  const people = Object.values(scenes).flatMap((scene) => Object.values(scene.people()));
  const silver = scenes.swap?.deals[0]?.locks[0]?.lock;
  let sights: Record<MapName, Sight> = { A: await A.look(), B: await B.look() };
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const moves = people.flatMap((person) => person(sights));
    if (moves.length === 0) {
      // All that is left waits for its deadline.
      const next = deadlineAfter(scenes, Math.max(sights.A.now, sights.B.now), sights);
      if (next === undefined) break;
      say(`nothing to do before ${new Date(next * 1_000).toISOString()}: the chains go on to it`);
      for (const side of [A, B]) await advance(side, next);
    }
    for (const side of [A, B])
      for (const move of await side.operate(moves.filter(({ on }) => on === side.options.name))) say(told(move));
    sights = { A: await A.look(), B: await B.look() };
    if (silver !== undefined && window !== undefined) await observe(A, sights.B, window, silver);
  }

  for (const [name, { deals }] of Object.entries(scenes)) {
    for (const deal of deals) {
      const ends = endingsOf(deal, sights).map(({ on, whose }) => `${on}: ${whose}`);
      say(`${name}: ${isWhole(deal, sights) ? "whole" : "NOT whole"}; its goods are with: ${ends.join(", ")}`);
    }
  }
  for (const side of [A, B]) {
    const { ok, problems } = await auditDirectory(side.options.dir, { rpc: urls[side.options.name as MapName] });
    say(
      `map ${side.options.name}: the audit ${ok ? "finds trace, proofs and chain in order" : `says ${problems[0]?.message}`}`,
    );
    side.options.chain.provider.destroy();
  }
}

/** The observer shows in map A whether the lock in map B was opened, if it does not show it yet. */
async function observe(side: Side, other: Sight, window: ShowingWindow, lock: Lock): Promise<void> {
  const rows = [...other.rows];
  const asked = { what: "applied", program: lock.program, slot: LOCK_SLOTS.watch } as const;
  const reading = readingOf(other.map, rows.length, asked);
  const { map } = await side.look();
  const shown = map.cell(window.program * 256 + window.slot);
  if (reading.value === (shown.type === "resource" ? shown.quantity : 0n)) return;
  await side.perform((tracer, at) => {
    showReading(tracer, window, reading, at);
  });
  say(`map A: the observer shows ${reading.value}, and Bob's watch on it wakes him`);
}

/** The first deadline after a time of a lock that still holds something. */
function deadlineAfter(
  scenes: Readonly<Record<string, Scene>>,
  now: number,
  sights: Readonly<Record<string, Sight>>,
): number | undefined {
  const open = Object.values(scenes).flatMap(({ deals }) =>
    deals.flatMap((deal) => endingsOf(deal, sights).filter(({ inHand }) => !inHand)),
  );
  const deadlines = open.map(({ lock }) => lock.deadline).filter((deadline) => deadline > now);
  return deadlines.length === 0 ? undefined : Math.min(...deadlines);
}

/** A local chain goes on to a time. */
async function advance({ options: { chain } }: Side, time: number): Promise<void> {
  await chain.provider.send("evm_setNextBlockTimestamp", [time]);
  await chain.provider.send("evm_mine", []);
}

await main();
