/** Runs of programs that sign for themselves, for tests of signatures. The n-th program has the n-th test key. */
import { join } from "node:path";
import { signDirectory } from "../../prover/sign.ts";
import { kindOf } from "../../trace/layout.ts";
import { keyedPrograms } from "../../trace/state/genesis.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import { authority, secretOf } from "./authorities.ts";
import { PROFILE, USUAL_PROFILES } from "./profile.ts";
import { temporaryFolder } from "./provenRun.ts";

export const [A, B] = [1, 2] as const;
export const GOLD = kindOf(A, 1);
export const START = 1_767_225_600;

/** A gives gold to B, who accepts it: four transitions, one batch. */
export const GIFT: Scenario = {
  name: "gift",
  description: "A gives gold to B",
  programs: { [A]: "A", [B]: "B" },
  genesis: () => ({ levels: PROFILE.levels, cells: keyedPrograms([authority(A), authority(B)], 16) }),
  run(tracer) {
    const [a, b] = [tracer.program(A), tracer.program(B)];
    a.issue({ kind: GOLD, quantity: 100n, slot: 1 }, START);
    a.split({ from: 1, to: 2, part: 30n }, START + 1);
    const given = a.escrowToProgram({ from: 2, to: { program: B, slot: 16 } }, START + 2);
    b.claimFromProgram({ from: given, to: "in place" }, START + 3);
  },
};

/** A issues, takes the third key, and acts under it in another batch. B acts in the first batch. */
export const ROTATION: Scenario = {
  ...GIFT,
  name: "rotation",
  run(tracer) {
    const [a, b] = [tracer.program(A), tracer.program(B)];
    a.issue({ kind: GOLD, quantity: 100n, slot: 1 }, START);
    a.rotateAuthority({ authority: authority(3) }, START + 1);
    b.issue({ kind: kindOf(B, 1), quantity: 5n, slot: 1 }, START + 2);
    a.split({ from: 1, to: 2, part: 30n }, START + 3);
  },
};

/** A run directory of a keyed scenario, nothing signed. */
export async function keyedRun(scenario: Scenario = GIFT): Promise<string> {
  const dir = join(await temporaryFolder(), "run");
  await runScenario(scenario, { out: dir, profiles: USUAL_PROFILES });
  return dir;
}

/** Signs for a program, with its own key unless another is given. */
export function signFor(
  dir: string,
  program: number,
  options: { key?: number; validUntil?: number; now?: number } = {},
) {
  const { key = program, ...rest } = options;
  return signDirectory(dir, { program: String(program), secret: secretOf(key), now: START, ...rest });
}
