/** The history of a tracer's run, for questions to it. */
import { type NameTables, NO_NAMES } from "../../trace/describe/names.ts";
import { historyOf, type RunHistory } from "../../trace/query/index.ts";
import type { Genesis } from "../../trace/state/genesis.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";

/** The history of the run up to now. */
export function historyIn(genesis: Genesis, tracer: Tracer, tables: NameTables = NO_NAMES): RunHistory {
  const known = new Map<bigint, NonNullable<ReturnType<Tracer["triggers"]>>>();
  for (const { argument } of tracer.transitions) {
    const rows = argument.trigger === undefined ? undefined : tracer.triggers(argument.trigger);
    if (argument.trigger !== undefined && rows !== undefined) known.set(argument.trigger, rows);
  }
  return historyOf({ genesis, groups: tracer.groups, map: tracer.map, trace: { triggers: known } }, tables);
}
