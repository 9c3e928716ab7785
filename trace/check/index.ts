/**
 * Finds faults and risks in runs of programs: races, deadlocks, use after transfer, loose capabilities, watches that
 * never fire. @module
 */
import { RefusedError, TimeBanditsError } from "../errors.ts";
import type { Scenario } from "../tracer/scenario.ts";
import { findLoans } from "./capabilities.ts";
import { findContests } from "./contests.ts";
import { type Checked, type Finding, SEVERITIES } from "./finding.ts";
import { findLockOrders } from "./lockOrder.ts";
import { findRaces } from "./races.ts";
import { findRefusals, RefusalTracer } from "./refusals.ts";
import { findDeadlocks, type Wait } from "./waits.ts";
import { findWatches } from "./watches.ts";

export { type Checked, type Finding, SEVERITIES, type Severity } from "./finding.ts";
export type { Wait } from "./waits.ts";

/**
 * All findings of a run, the gravest first, then in the order of their transitions.
 * @param waits the tasks that waited at the run's end; by default from the manifest
 */
export function check(checked: Checked, waits: readonly Wait[] = checked.manifest.runtime?.waits ?? []): Finding[] {
  return sorted([
    ...findDeadlocks(waits, checked),
    ...findRaces(checked),
    ...findContests(checked),
    ...findLockOrders(checked),
    ...findLoans(checked),
    ...findWatches(checked),
  ]);
}

/** Runs a scenario without keeping its trace, and checks the run. A refusal or a deadlock that ends it is a finding. */
export async function checkScenario(scenario: Scenario): Promise<Checked & { findings: Finding[] }> {
  const tracer = RefusalTracer.begin(scenario.genesis(), { scenario: scenario.name });
  Object.assign(tracer.manifest.programs, scenario.programs);
  let end: End = {};
  try {
    await scenario.run(tracer);
  } catch (error) {
    end = endOf(error);
    const known = end.refusal ?? end.moved;
    if (known === undefined && (tracer.manifest.runtime?.waits.length ?? 0) === 0) throw error;
  }
  const checked = { groups: tracer.groups, manifest: tracer.manifest, map: tracer.map };
  const refused = findRefusals(checked, tracer.refusals, end.refusal);
  const moved = end.moved === undefined ? [] : [findingOf(end.moved, tracer.seq)];
  return { ...checked, findings: sorted([...refused, ...moved, ...check(checked)]) };
}

/**
 * The cause of a scenario's end: a rule, or the layers of trace/runtime, which know where the program gave a value
 * away.
 */
interface End {
  refusal?: RefusedError;
  moved?: TimeBanditsError;
}

/** Finds the cause in a thrown error. */
function endOf(error: unknown): End {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof RefusedError) return { refusal: cause };
    if (cause instanceof TimeBanditsError && cause.code === "use-after-move") return { moved: cause };
  }
  return {};
}

function findingOf({ message }: TimeBanditsError, seq: number): Finding {
  return {
    id: "use-after-transfer",
    severity: "error",
    message,
    transitions: seq === 0 ? [] : [seq],
    programs: [],
    suggestion: "Go to the two places in the program; the transition is the last one before the use.",
  };
}

function sorted(findings: readonly Finding[]): Finding[] {
  const rank = ({ severity }: Finding): number => SEVERITIES.indexOf(severity);
  const first = ({ transitions }: Finding): number => transitions[0] ?? 0;
  return [...findings].sort((a, b) => rank(a) - rank(b) || first(a) - first(b));
}
