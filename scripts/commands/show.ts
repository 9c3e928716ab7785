import { Argument, Option } from "commander";
import type { ChainRecord } from "../../trace/chain/record.ts";
import { span } from "../../trace/describe/count.ts";
import { time } from "../../trace/describe/names.ts";
import {
  differenceText,
  type NamesInUse,
  namesInUse,
  type OwnNames,
  readNames,
} from "../../trace/describe/ownNames.ts";
import { InvalidInputError, inOneLine } from "../../trace/errors.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import type { RunHistory, Snapshot } from "../../trace/query/index.ts";
import { unpackCell } from "../../trace/state/cells.ts";
import { abiOption, chainTold } from "../lib/chainOptions.ts";
import { UsageError } from "../lib/failure.ts";
import { namesOption } from "../lib/namesOption.ts";
import { momentArgument } from "../lib/numberArgument.ts";
import { type ShownRun, withShownRun } from "../lib/shownRun.ts";
import { does, verb } from "../lib/verb.ts";

const QUESTIONS = ["program", "resource", "capability", "watch", "transition", "transaction"] as const;
type Question = (typeof QUESTIONS)[number];

interface Options {
  at?: number;
  names?: string;
  abi?: string;
  csv?: boolean;
  json?: boolean;
}

/** An answer: for `--json`, for people, and as a table if there is one. */
interface Answer {
  facts: object;
  lines: readonly string[];
  table?: readonly string[];
}

/** What is printed. */
interface Shown {
  facts: Record<string, unknown>;
  lines: string[];
}

/** Questions that have a table. */
const TABLES: readonly Question[] = ["program", "resource", "transaction"];

/** How each question names its subject. */
const WANTED: Readonly<Record<Question, string>> = {
  program: "its number or name",
  resource: "its id, or its slot as PROGRAM:SLOT",
  capability: "the transition that made it, or its slot as PROGRAM:SLOT",
  watch: "the transition that set it, or its slot as PROGRAM:SLOT",
  transition: "its number",
  transaction: "its hash",
};

/** `show`: the state of a run, or one thing in it, after any transition. */
export function show() {
  const command = verb(
    "show",
    "show the state of a run after any transition, or one program, resource, capability, watch or transaction in it",
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
    .addOption(namesOption())
    .addOption(abiOption());
  return does<Options>(command, async ({ args, options, progress }) => {
    const [dir = "", question, which] = args;
    const asked = askedOf(question, which, options);
    const own = options.names === undefined ? undefined : readNames(options.names);
    const onReplay = (): void => progress.say("replaying");
    return await withShownRun(dir, onReplay, (run) => shown(dir, run, { asked, own, options }));
  });
}

interface Showing {
  asked: ReturnType<typeof askedOf>;
  own: OwnNames | undefined;
  options: Options;
}

async function shown(dir: string, run: ShownRun, { asked, own, options }: Showing): Promise<Shown> {
  const { snapshotOf } = await import("../../trace/query/index.ts");
  const { record, words, notes } = await chainTold(dir, run.recorded, { own, abi: options.abi });
  const used = namesInUse(run.manifest, own, words);
  const history = run.history(used.tables);
  const answer =
    asked?.question === "transition"
      ? await transitionAnswer(history, asked.which, record)
      : asked?.question === "transaction"
        ? await transactionAnswer(history, asked.which, record, notes)
        : await stateAnswer(snapshotOf(history, options.at), asked);
  const facts = {
    dir,
    question: asked?.question ?? "state",
    ...answer.facts,
    torn: run.torn,
    ...chainFacts(history, record, notes),
  };
  const remarks = [...remarksOf(used, run.torn), ...chainRemarks(history, record, used), ...notes];
  if (options.csv !== true)
    return { facts: { ...facts, nameDifferences: used.differences }, lines: [...answer.lines, ...remarks] };
  // stdout holds only the table.
  for (const remark of remarks) process.stderr.write(`${remark}\n`);
  return { facts, lines: [...(answer.table ?? [])] };
}

/** @throws UsageError for options that do not fit the question */
function askedOf(question: string | undefined, which: string | undefined, options: Options) {
  if (options.csv === true && options.json === true) throw new UsageError("--csv and --json do not go together");
  if (question === undefined) return undefined;
  const one = question as Question;
  if (which === undefined) throw new UsageError(`which ${one}? Give ${WANTED[one]}`);
  if (options.csv === true && !TABLES.includes(one))
    throw new UsageError(`--csv is for the state, a program, a resource or a transaction; use --json for a ${one}`);
  if ((one === "transition" || one === "transaction") && options.at !== undefined)
    throw new UsageError(`--at is for states; a ${one} has its own place in the run`);
  return { question: one, which };
}

async function stateAnswer(snapshot: Snapshot, asked: ReturnType<typeof askedOf>): Promise<Answer> {
  const query = await import("../../trace/query/index.ts");
  const render = await import("../../trace/query/render.ts");
  const { stateTable, historyTable } = await import("../../verifier/audit/tables.ts");
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
async function transitionAnswer(history: RunHistory, which: string, chain: ChainRecord | null): Promise<Answer> {
  const { transitionAt } = await import("../../trace/query/index.ts");
  const { openedLines } = await import("../../trace/query/render.ts");
  const { triggerFacts } = await import("../../trace/describe/triggeredRows.ts");
  const { storyOf } = await import("../../verifier/audit/transitionReport.ts");
  const { transitionLines } = await import("../../verifier/audit/render.ts");
  const { transition, ...answer } = transitionAt(history, which);
  // Proofs are not read, so the report has no bundle.
  const told = storyOf(transition, wordsFor([transition], history, chain), "");
  const { bundle: _bundle, ...report } = told;
  const facts = { transition: report, triggers: triggerFacts([transition], history.triggers), ...answer };
  return { facts, lines: [...transitionLines(told), ...openedLines({ transition, ...answer }, history.names)] };
}

/** A transaction of an imported run, with all its transitions. */
async function transactionAnswer(
  history: RunHistory,
  which: string,
  chain: ChainRecord | null,
  notes: readonly string[],
): Promise<Answer> {
  const { storyOf } = await import("../../verifier/audit/transitionReport.ts");
  const { transitionLines } = await import("../../verifier/audit/render.ts");
  const { triggerFacts } = await import("../../trace/describe/triggeredRows.ts");
  const { transitionTable } = await import("../../verifier/audit/tables.ts");
  if (chain === null) {
    const [why = "this run has no blocks.jsonl; import the blocks, or ask for a transition"] = notes;
    throw new InvalidInputError("transaction", why);
  }
  const { block, transaction } = chain.transaction(which);
  const [first = 1, last = 0] = transaction.seqs ?? [];
  const seqs = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const rows = seqs.flatMap((seq) => history.past.at(seq) ?? []);
  const words = wordsFor(rows, history, chain);
  const told = rows.map((t) => storyOf(t, words, ""));
  const transitions = told.map(({ bundle: _bundle, ...report }) => report);
  const facts = {
    ...{ transaction: transaction.hash, failed: transaction.status === "failed" },
    block: { number: block.number, hash: block.hash, time: block.time },
    ...{ first: rows[0]?.seq ?? null, last: rows.at(-1)?.seq ?? null },
    ...{ transitions, triggers: triggerFacts(rows, history.triggers) },
  };
  const failed = facts.failed ? ", which failed" : "";
  const lines = [
    `transaction ${transaction.hash}${failed}`,
    `in block ${block.number} ${block.hash}, ${time(block.time)}`,
    rows.length === 0 ? "it has no transitions: nothing of it is in the map" : span("transition", first, last),
    "fees are settled at the end of the block, as corrections",
  ];
  return { facts, lines: [...lines, ...told.flatMap(transitionLines)], table: transitionTable(told) };
}

/** What the stories of some transitions need. The end of an approval is told with what gave it. */
function wordsFor(rows: readonly Transition[], { names, triggers, past }: RunHistory, chain: ChainRecord | null) {
  const transitions: Transition[] = [];
  for (const { effect, columns } of chain === null ? [] : rows) {
    const ended = effect === "RevokeCapability" ? unpackCell(columns.X.before) : undefined;
    const given = ended?.type === "capability" ? past.at(ended.nonce) : undefined;
    if (given !== undefined) transitions[given.seq - 1] = given;
  }
  return { names, triggers, chain, transitions };
}

/** What stands beside every answer on an imported run. */
function chainFacts({ names }: RunHistory, record: ChainRecord | null, notes: readonly string[]): object {
  return record === null && notes.length === 0 ? {} : { blocksNotes: notes, units: names.units() };
}

function chainRemarks({ names }: RunHistory, record: ChainRecord | null, { addressesFrom }: NamesInUse): string[] {
  const legend = names.legend().map((line) => `  ${inOneLine(line)}`);
  const source = "no proof covers blocks.jsonl: it says which program is which address, and what is of which block";
  if (record === null) {
    return addressesFrom === undefined
      ? []
      : [`which program is which address says ${addressesFrom}; no proof covers it`];
  }
  return ["", ...(legend.length === 0 ? [] : ["Units, as contracts call themselves", ...legend]), source];
}

function remarksOf({ differences }: NamesInUse, torn: boolean): string[] {
  const cut = "an interruption tore the end of the trace; the incomplete part was left out";
  return [...differences.map(differenceText), ...(torn ? [cut] : [])];
}
