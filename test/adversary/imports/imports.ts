/**
 * Imports against a model chain: random transactions in the forms of different clients, some with a lie. An import is
 * wrong if its wei differ from the chain's without a report, if it accepts a lie, or if it refuses the truth.
 */

import { InvalidInputError } from "../../../trace/errors.ts";
import { type EvmImport, importEvmCalls } from "../../../trace/import/evm.ts";
import type { ResourceCell } from "../../../trace/state/cells.ts";
import { runScenario } from "../../../trace/tracer/runScenario.ts";
import { Random } from "../../lib/random.ts";
import { lie, type Told } from "./importLies.ts";
import { allNodes, type Play, playRandom } from "./importModel.ts";
import { CLIENTS, inputOf, type Rendered, render } from "./importRender.ts";

export interface ImportsOptions {
  /** The number of transactions. */
  cases: number;
  seed: number;
  onProgress?: (done: number, of: number) => void;
}

export interface ImportsResult {
  tried: number;
  /** Wrong imports without a report. */
  wrong: number;
  /** The first of them, in words. */
  examples: string[];
}

const EXAMPLES = 20;
/** Number of transactions in a hundred that are shown with a lie. */
const LYING_PERCENT = 50;

/** @returns the number of imports, and the wrong ones */
export async function runImports({ cases, seed, onProgress }: ImportsOptions): Promise<ImportsResult> {
  const result: ImportsResult = { tried: 0, wrong: 0, examples: [] };
  for (let i = 0; i < cases; i++) {
    const found = await tryImport(new Random(seed * 1_000_003 + i));
    result.tried++;
    onProgress?.(result.tried, cases);
    if (found === null) continue;
    result.wrong++;
    if (result.examples.length < EXAMPLES) result.examples.push(`import ${i} of seed ${seed}: ${found}`);
  }
  return result;
}

async function tryImport(random: Random): Promise<string | null> {
  const play = playRandom(random);
  const rendered = render(play, random.pick(CLIENTS), random.below(3) > 0, random);
  const told = random.below(100) < LYING_PERCENT ? lie(rendered, play, random) : null;
  const wrong = await judge(play, rendered, told);
  return wrong === null ? null : `${rendered.client}, ${told?.what ?? "the truth"}: ${wrong}`;
}

/** @returns the fault of the import's end, in words */
async function judge(play: Play, rendered: Rendered, told: Told | null): Promise<string | null> {
  let imported: EvmImport;
  try {
    imported = importEvmCalls(inputOf(rendered));
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return judgeRefusal(error, told);
  }
  if (told?.expect === "refuse") return `taken, though ${told.where} says what cannot be`;
  const changes = await changesOf(imported);
  if (told?.expect === "nothing" && !imported.report.transactionReverted) return "taken as done";
  const truth = new Map<string, bigint>();
  if (told?.expect !== "nothing") {
    for (const [who, wei] of play.after) truth.set(who, wei - (play.before.get(who) ?? 0n));
  }
  const said = addressesSaid(imported, rendered);
  for (const who of new Set([...changes.keys(), ...truth.keys()])) {
    const [is, should] = [changes.get(who) ?? 0n, truth.get(who) ?? 0n];
    if (is !== should && !said.has(who)) return `${who} changes by ${is} instead of ${should}, and nothing is said`;
    const differs = imported.report.chain?.balances?.differ.find(({ address }) => address === who);
    if (told === null && is === should && differs !== undefined)
      return `${who} is right, but said to differ: ${differs.why}`;
  }
  return told === null ? judgeLogs(play, imported, rendered) : null;
}

/** The truth is never refused. A lie is refused at its place, if it can be recognised. */
function judgeRefusal({ field, message }: InvalidInputError, told: Told | null): string | null {
  if (told === null || told.expect === "nothing") return `refused: ${message}`;
  if (told.where !== undefined && !field.startsWith(told.where)) return `refused at ${field} instead of ${told.where}`;
  return null;
}

/** The gain in wei of each address, from the genesis and the state at the end. */
async function changesOf({ scenario, report }: EvmImport): Promise<Map<string, bigint>> {
  const { map, manifest } = await runScenario(scenario);
  const isWei = ({ kind }: ResourceCell): boolean => manifest.kinds[kind.toString()] === "wei";
  const changes = new Map<string, bigint>();
  const add = (place: number, wei: bigint): void => {
    const who = report.programs[Math.floor(place / 256)] ?? "nobody";
    changes.set(who, (changes.get(who) ?? 0n) + wei);
  };
  for (const place of map.addresses()) {
    const cell = map.cell(place);
    if (cell.type === "resource" && isWei(cell)) add(place, cell.quantity);
  }
  for (const { address, cell } of scenario.genesis().cells) {
    if (cell.type === "resource" && isWei(cell)) add(address, -cell.quantity);
  }
  return changes;
}

/** The addresses whose wei may differ, because the import says so. */
function addressesSaid({ report }: EvmImport, { vague }: Rendered): Set<string> {
  const { chain, unknown } = report;
  if (chain !== null && chain.balances !== null) return new Set(chain.balances.differ.map(({ address }) => address));
  const said = new Set<string>();
  for (const [contract, heir] of vague) {
    if (unknown.some((sentence) => sentence.includes(contract))) said.add(contract).add(heir);
  }
  return said;
}

/** Every log is counted: a transfer of a token with the tokens, any other by its sort. */
function judgeLogs(play: Play, { report }: EvmImport, { json }: Rendered): string | null {
  if (json.node === undefined) return null;
  const counts: Record<string, number> = {};
  let transfers = 0;
  for (const { logs } of allNodes(play.root).filter(({ undone }) => !undone)) {
    for (const { topics, data } of logs) {
      // An amount in the data, or a number in the topics: never both.
      if (topics[0]?.startsWith("0xdd") === true && (topics.length === 3) === (data !== "0x")) {
        transfers++;
        continue;
      }
      const sort = { 3: "ERC-20 Transfer", 1: "other log", 0: "other log" }[topics.length] ?? fourTopics(topics);
      counts[sort] = (counts[sort] ?? 0) + 1;
    }
  }
  const { tokens } = report;
  if (tokens.transfers !== transfers) return `${tokens.transfers} transfers of tokens counted, not ${transfers}`;
  if (tokens.imported + tokens.refused !== transfers) return "transfers of tokens are neither imported nor refused";
  for (const [sort, count] of Object.entries(counts)) {
    if (report.notImported[sort] !== count) return `${report.notImported[sort] ?? 0} × ${sort} counted, not ${count}`;
  }
  return null;
}

const fourTopics = ([event]: readonly string[]): string =>
  event?.startsWith("0xdd") === true ? "ERC-721 Transfer" : "ERC-1155 TransferBatch";
