/** Runs of programs with keys that now and then leave out what their logs need: a join, or a trigger's effects. */
import type { Effect } from "../../trace/effects/effects.ts";
import { keyIn } from "../../trace/effects/found.ts";
import { lower } from "../../trace/effects/lower.ts";
import { lookUp } from "../../trace/effects/triggers.ts";
import { RefusedError } from "../../trace/errors.ts";
import { kindOf } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine/machine.ts";
import type { Row } from "../../trace/machine/transition.ts";
import { emptyManifest } from "../../trace/run/manifest.ts";
import { createRun, makeRunFolder, pathIn, saveManifest } from "../../trace/run/runDirectory.ts";
import { TraceWriter } from "../../trace/run/traceWriter.ts";
import { keysOf } from "../../trace/signing/boundPrograms.ts";
import { keyedPrograms, mapOf } from "../../trace/state/genesis.ts";
import { Meetings } from "../../trace/tracer/meetings.ts";
import { authority } from "./authorities.ts";
import { PROFILE, USUAL_PROFILES } from "./profile.ts";
import { Random } from "./random.ts";

const START = 1_767_225_600;
/** Programs of the genesis. The last one is open. */
const FIRST = 5;

/** How often, in a hundred groups, a program does what it should not. */
export interface Carelessness {
  /** Leaves out a join. */
  joins: number;
  /** Keeps a trigger's effects for itself. */
  triggers: number;
}

/** Writes a run of random effects. @returns the number of programs */
export function carelessRun(dir: string, seed: number, groups: number, careless: Carelessness): number {
  const random = new Random(seed);
  const genesis = {
    levels: PROFILE.levels,
    cells: keyedPrograms([...Array.from({ length: FIRST - 1 }, (_, i) => authority(i + 1)), 0n], 100),
  };
  makeRunFolder(dir);
  createRun(dir, genesis);
  const machine = new Machine(mapOf(genesis));
  const { map } = machine;
  const profiles = USUAL_PROFILES.map(({ name }) => name);
  saveManifest(dir, emptyManifest("careless", profiles));
  const header = { genesisRoot: map.root(), levels: genesis.levels, profiles };
  const writer = TraceWriter.create(pathIn(dir, "trace"), header);
  const triggers = new Map<bigint, readonly Row[]>();
  const keys = keysOf(genesis);
  const meetings = new Meetings((program) => keys.get(program), lookUp(triggers));
  for (let i = 0; i < groups; i++) {
    const actor = 1 + random.below(Math.min(map.programs(), 8));
    try {
      const set: [bigint, readonly Row[]][] = [];
      const rows = lower(map, actor, effectOf(random, actor, map.programs()), (...one) => set.push(one));
      const [bare, secret] = [random.below(100) < careless.joins, random.below(100) < careless.triggers];
      for (const [digest, inner] of set) triggers.set(digest, inner);
      const group = machine.perform(bare ? rows : meetings.before(map, rows), START + i);
      meetings.happened(group);
      writer.append(group, () => map.root(), secret ? () => undefined : lookUp(triggers));
      if (i % 3 === 0) writer.checkpoint(() => map.root());
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
    }
  }
  writer.close(() => map.root());
  return map.programs();
}

/** The number of a program's key: its own, or the one that it took. */
export function keyNumber(map: Machine["map"], program: number): number {
  const key = keyIn(map, program);
  for (let n = 1; n < 40; n++) if (authority(n) === key) return n;
  return program;
}

function effectOf(random: Random, actor: number, programs: number): Effect {
  const other = 1 + random.below(programs);
  const slot = 1 + random.below(60);
  switch (random.below(9)) {
    case 0:
      return { effect: "CreateProgram", inbox: 100, authority: random.below(4) === 0 ? "open" : authority(9) };
    case 1:
      return {
        effect: "DeclareEntry",
        slot,
        name: "ping",
        nargs: 1,
        accepts: kindOf(other, 1),
        minimum: 0n,
        guarded: false,
      };
    case 2:
      return random.below(3) === 0
        ? { effect: "RotateAuthority", authority: authority(10 + actor) }
        : { effect: "Issue", kind: kindOf(actor, 1), quantity: 1n, slot };
    case 3:
      return {
        effect: "WatchResource",
        ...{ slot, target: { program: actor, slot: 1 + random.below(60) }, condition: "arrival" as const },
        ...{ kind: kindOf(other, 1), threshold: 0n },
        trigger: [{ effect: "Issue", kind: kindOf(actor, 1), quantity: BigInt(1 + random.below(50)), slot: 77 }],
      };
    default:
      return { effect: "Issue", kind: kindOf(actor, 1), quantity: 5n, slot };
  }
}
