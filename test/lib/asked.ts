/** Every question that can be asked about a run, and its answers. */
import {
  capabilityAt,
  programAt,
  type RunHistory,
  resourceAt,
  snapshotOf,
  stateAt,
  transitionAt,
  watchAt,
} from "../../trace/query/index.ts";
import { resourcesIn } from "../../trace/query/resource.ts";

/** An answer, or what the question is refused with. */
type Answered = unknown;

/**
 * The answers to questions, by question.
 * @param told the run's history, replayed, from which the questions are made
 * @param history the one that answers
 * @param moments after which transitions the state is asked for
 */
export function answersOf(
  told: RunHistory,
  history: RunHistory,
  moments: readonly (number | undefined)[],
): Map<string, Answered> {
  const answers = new Map<string, Answered>();
  const ask = (question: string, answer: () => unknown): void => {
    try {
      answers.set(question, answer());
    } catch (error) {
      answers.set(question, String(error));
    }
  };
  const things = thingsIn(told);
  for (const seq of [...told.transitions.map((t) => t.seq), 0, told.transitions.length + 1, "x"])
    ask(`transition ${seq}`, () => transitionAt(history, `${seq}`));
  for (const at of moments) {
    ask(`state at ${at}`, () => {
      const snapshot = snapshotOf(history, at);
      return { root: snapshot.map.root(), ...stateAt(snapshot) };
    });
    for (const one of things.programs) ask(`program ${one} at ${at}`, () => programAt(snapshotOf(history, at), one));
    for (const one of things.resources) ask(`resource ${one} at ${at}`, () => resourceAt(snapshotOf(history, at), one));
    for (const one of things.setters) {
      ask(`capability ${one} at ${at}`, () => capabilityAt(snapshotOf(history, at), one));
      ask(`watch ${one} at ${at}`, () => watchAt(snapshotOf(history, at), one));
    }
  }
  return answers;
}

/** What can be asked for, and some of what cannot. */
function thingsIn({ transitions, genesis, end }: RunHistory) {
  const cells = new Set(genesis.cells.map(({ address }) => address));
  const resources = new Set(["1", "4294967295", `${(1n << 62n) + 1n}`, `${1n << 62n}`, `${(9_999n << 32n) + 1n}`]);
  for (const { cell } of genesis.cells) if (cell.type === "resource") resources.add(`${cell.id}`);
  const setters = new Set(["0", "1", `${transitions.length + 1}`]);
  for (const t of transitions) {
    for (const { address } of Object.values(t.columns)) if (address !== 0) cells.add(address);
    for (const { cell } of [...resourcesIn(t, "before"), ...resourcesIn(t, "after")]) {
      resources.add(`${cell.id}`);
      // A number that its maker had for something else, or has not come to.
      resources.add(`${cell.id + 1n}`);
    }
    if (t.effect === "DelegateCapability" || t.effect === "WatchResource") setters.add(`${t.seq}`);
  }
  const slots = [...cells].filter((at) => at % 256 !== 0).map((at) => `${Math.floor(at / 256)}:${at % 256}`);
  return {
    programs: Array.from({ length: end.programs() + 1 }, (_, i) => `${i + 1}`),
    resources: [...resources, ...slots],
    setters: [...setters, ...slots],
  };
}
