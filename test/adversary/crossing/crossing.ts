/**
 * Moored maps, fuzzed end to end: payers, programs, operators, strangers, odd tokens and recipients, jumps of time and
 * reorganisations, against the registry's bytecode and a model of it. Proofs are forged, but only of what a circuit
 * would prove of real runs: so machine, rows, registry and client must agree.
 */
import { Random } from "../../lib/random.ts";
import { Wrong } from "./call.ts";
import { checkWhole } from "./checks.ts";
import { exodus } from "./exodus.ts";
import { act } from "./moves.ts";
import { Play } from "./play.ts";
import { begin } from "./programs.ts";
import { prepareRows, tryRow } from "./rowWords.ts";

export interface CrossingOptions {
  /** The number of random actions. */
  readonly actions: number;
  readonly seed: number;
  /** From how many worlds one is rebuilt as run directories, too. That reads all keys. 0: none. Default: 50. */
  readonly rebuildOneOf?: number;
  readonly onProgress?: (done: number, of: number) => void;
}

export interface CrossingResult {
  /** Actions that were made. */
  readonly actions: number;
  /** Worlds in which something was wrong. */
  readonly wrong: number;
  /** The first of them, in words. */
  readonly examples: readonly string[];
  /** How often each answer came, by call. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Actions of one world: then everybody leaves. */
const WORLD = 300;
/** From one whole check to the next. */
const WHOLE = 40;
const EXAMPLES = 20;

/** @returns the number of actions, and what went wrong */
export async function runCrossing({
  actions,
  seed,
  rebuildOneOf = 50,
  onProgress,
}: CrossingOptions): Promise<CrossingResult> {
  const counts = new Map<string, number>();
  const examples: string[] = [];
  let [done, wrong] = [0, 0];
  for (let world = 0; done < actions; world++) {
    const several = Math.min(WORLD, actions - done);
    const first = seed + world;
    const rebuilds = rebuildOneOf > 0 && world % rebuildOneOf === 0;
    const found =
      (await playRows(first, several, counts)) ??
      (await playWorld(first, several, rebuilds, counts, (made) => onProgress?.(done + made, actions)));
    done += several;
    if (found === null) continue;
    wrong++;
    const again = `npm run adversary -- --only crossing --seed ${first} --actions ${several}`;
    if (examples.length < EXAMPLES) examples.push(`${found}; again: ${again}`);
  }
  return { actions: done, wrong, examples, counts };
}

/** As many random rows as actions, in a world of their own. @returns what is wrong, in words */
async function playRows(seed: number, rows: number, counts: Map<string, number>): Promise<string | null> {
  let play: Play | undefined;
  let made = 0;
  try {
    play = await prepareRows(new Random(seed * 7_919 + 17), counts);
    for (; made < rows; made++) await tryRow(play);
    return null;
  } catch (error) {
    return `rows ${seed}, row ${made}: ${inWords(error)}`;
  } finally {
    await play?.world.chain[Symbol.asyncDispose]();
  }
}

function inWords(error: unknown): string {
  return error instanceof Wrong ? error.message : String(error instanceof Error ? error.stack : error);
}

/** @returns what is wrong, in words */
async function playWorld(
  seed: number,
  actions: number,
  rebuilds: boolean,
  counts: Map<string, number>,
  onProgress: (made: number) => void,
): Promise<string | null> {
  const play = await Play.begin(new Random(seed * 7_919 + 13), counts);
  let made = 0;
  try {
    for (const operator of play.operators) begin(play, operator);
    for (; made < actions; made++) {
      await act(play);
      if (made % WHOLE === WHOLE - 1) await checkWhole(play);
      onProgress(made);
    }
    await exodus(play, rebuilds);
    return null;
  } catch (error) {
    return `world ${seed}, action ${made}: ${inWords(error)}`;
  } finally {
    await play.world.chain[Symbol.asyncDispose]();
  }
}
