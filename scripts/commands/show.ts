import { Argument, Option } from "commander";
import { differenceText, type NamesInUse, namesInUse, readNames } from "../../trace/describe/ownNames.ts";
import type { RunHistory, Snapshot } from "../../trace/query/index.ts";
import { UsageError } from "../lib/failure.ts";
import { namesOption } from "../lib/namesOption.ts";
import { momentArgument } from "../lib/numberArgument.ts";
import { does, verb } from "../lib/verb.ts";

const QUESTIONS = ["program", "resource", "capability", "watch", "transition"] as const;
type Question = (typeof QUESTIONS)[number];

interface Options {
  at?: number;
  names?: string;
  csv?: boolean;
  json?: boolean;
}

/** An answer: for `--json`, for people, and as a table if there is one. */
interface Answer {
  facts: object;
  lines: readonly string[];
  table?: readonly string[];
}

/** How each question names its subject. */
const WANTED: Readonly<Record<Question, string>> = {
  program: "its number or name",
  resource: "its id, or its slot as PROGRAM:SLOT",
  capability: "the transition that made it, or its slot as PROGRAM:SLOT",
  watch: "the transition that set it, or its slot as PROGRAM:SLOT",
  transition: "its number",
};

/** `show`: the state of a run, or one thing in it, after any transition. */
export function show() {
  const command = verb(
    "show",
    "show the state of a run after any transition, or one program, resource, capability or watch in it",
  )
    .argument("<dir>", "run directory")
    .addArgument(new Argument("[question]", "subject to show; default: the whole state").choices(QUESTIONS))
    .argument(
      "[which]",
      "its number or name, or its slot as PROGRAM:SLOT; a capability or watch also by the transition that made it",
    )
    .addOption(
      new Option("--at <seq>", "show the state after this transition; 0 is the genesis; default: the last").argParser(
        momentArgument,
      ),
    )
    .option("--csv", "print a CSV table of the state, a program or a resource's history")
    .addOption(namesOption());
  return does<Options>(command, async ({ args, options, progress }) => {
    const [dir = "", question, which] = args;
    const asked = askedOf(question, which, options);
    const own = options.names === undefined ? undefined : readNames(options.names);
    const { replayDirectory } = await import("../../trace/replay/replay.ts");
    const { historyOf, snapshotOf } = await import("../../trace/query/index.ts");
    progress.say("replaying");
    const run = replayDirectory(dir);
    const used = namesInUse(run.manifest, own);
    const history = historyOf(run, used.tables);
    const answer =
      asked?.question === "transition"
        ? await transitionAnswer(history, asked.which)
        : await stateAnswer(snapshotOf(history, options.at), asked);
    const facts = {
      dir,
      question: asked?.question ?? "state",
      ...answer.facts,
      torn: run.trace.torn,
    };
    const remarks = remarksOf(used, run.trace.torn);
    if (options.csv !== true)
      return { facts: { ...facts, nameDifferences: used.differences }, lines: [...answer.lines, ...remarks] };
    // stdout holds only the table.
    for (const remark of remarks) process.stderr.write(`${remark}\n`);
    return { facts, lines: answer.table ?? [] };
  });
}

/** @throws UsageError for options that do not fit the question */
function askedOf(question: string | undefined, which: string | undefined, options: Options) {
  if (options.csv === true && options.json === true) throw new UsageError("--csv and --json do not go together");
  if (question === undefined) return undefined;
  const one = question as Question;
  if (which === undefined) throw new UsageError(`which ${one}? Give ${WANTED[one]}`);
  if (options.csv === true && one !== "program" && one !== "resource")
    throw new UsageError(`--csv is for the state, a program or a resource; use --json for a ${one}`);
  if (one === "transition" && options.at !== undefined)
    throw new UsageError("--at is for states; a transition has its own number");
  return { question: one, which };
}

async function stateAnswer(snapshot: Snapshot, asked: ReturnType<typeof askedOf>): Promise<Answer> {
  const query = await import("../../trace/query/index.ts");
  const render = await import("../../trace/query/render.ts");
  const { stateTable, historyTable } = await import("../lib/showTables.ts");
  const { names } = snapshot.history;
  switch (asked?.question) {
    case "program": {
      const facts = query.programAt(snapshot, asked.which);
      return { facts, lines: render.programLines(facts, names), table: stateTable(query.stateOfProgram(facts)) };
    }
    case "resource": {
      const facts = query.resourceAt(snapshot, asked.which);
      return { facts, lines: render.resourceLines(facts, names), table: historyTable(facts) };
    }
    case "capability": {
      const facts = query.capabilityAt(snapshot, asked.which);
      return { facts, lines: render.capabilityLines(facts, names) };
    }
    case "watch": {
      const facts = query.watchAt(snapshot, asked.which);
      return { facts, lines: render.watchLines(facts, names) };
    }
    default: {
      const facts = { root: snapshot.map.root().toString(), ...query.stateAt(snapshot) };
      const [moment = "", ...rest] = render.stateLines(facts, names);
      return { facts, lines: [moment, `root ${facts.root}`, ...rest], table: stateTable(facts) };
    }
  }
}

/** The transition, reported as in an audit. Only an audit says whether it is proven. */
async function transitionAnswer(history: RunHistory, which: string): Promise<Answer> {
  const { transitionAt } = await import("../../trace/query/index.ts");
  const { openedLines } = await import("../../trace/query/render.ts");
  const { triggerFacts } = await import("../../trace/describe/triggeredRows.ts");
  const { storyOf } = await import("../../verifier/audit/transitionReport.ts");
  const { transitionLines } = await import("../../verifier/audit/render.ts");
  const { transition, ...answer } = transitionAt(history, which);
  // Proofs are not read, so the report has no bundle.
  const told = storyOf(transition, history, "");
  const { bundle: _bundle, ...report } = told;
  const facts = { transition: report, triggers: triggerFacts([transition], history.triggers), ...answer };
  return { facts, lines: [...transitionLines(told), ...openedLines({ transition, ...answer }, history.names)] };
}

function remarksOf({ differences }: NamesInUse, torn: boolean): string[] {
  const cut = "an interruption tore the end of the trace; the incomplete part was left out";
  return [...differences.map(differenceText), ...(torn ? [cut] : [])];
}
