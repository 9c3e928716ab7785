/**
 * `npm run walkaway -- --json FILE`: twelve parties put ether and two tokens into a map, and trade there. Then the
 * operator is gone; or it is there, and leaves one of them out. Everybody gets out what was theirs, to the last unit,
 * with a key file and the chain alone. Exit code 0 only if that holds.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { artifactsOf } from "../prover/artifacts.ts";
import { ENGINE_NAMES } from "../prover/engines/index.ts";
import { profileOf } from "../prover/profiles.ts";
import { CELL_CIRCUIT, EXIT } from "../prover/stateCircuits.ts";
import { failureOf } from "./lib/failure.ts";
import { jsonFile, seconds, table } from "./lib/output.ts";
import { startProgress } from "./lib/progress.ts";
import { abandoned } from "./walkaway/abandoned.ts";
import { ASSETS, asTexts } from "./walkaway/amounts.ts";
import { censored } from "./walkaway/censored.ts";
import { NAMES } from "./walkaway/parties.ts";
import { payOut, type Sums } from "./walkaway/payout.ts";
import { measurePublished, type Published } from "./walkaway/published.ts";
import { PROFILE } from "./walkaway/stage.ts";
import { type Costs, World } from "./walkaway/world.ts";

const { values } = parseArgs({ options: { json: { type: "string" }, engine: { type: "string" } } });
/** What is compared with the goals, in this order. */
const COMPARED = ["deposit", "withdraw", "request", "dismiss", "leave"] as const;

const started = performance.now();
const steps: [name: string, took: number][] = [];
const say = (text: string): void => {
  const total = (performance.now() - started) / 1_000;
  process.stderr.write(`${total.toFixed(0).padStart(4)} s  ${text}\n`);
};

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const before = performance.now();
  const done = await work();
  steps.push([name, (performance.now() - before) / 1_000]);
  return done;
}

function costLines(costs: Costs, published: Published): string[] {
  const names = costs.names().sort((a, b) => rank(a) - rank(b));
  const rows = names.map((name) => {
    const { gas, calls } = costs.of(name);
    return [name, gas.toLocaleString("en"), `${calls}`];
  });
  const { gas, transitions, bytes } = published;
  const last = [`published transition, ${bytes.toFixed(1)} bytes`, gas.toLocaleString("en"), `${transitions}`];
  return table([["", "gas", "times"], ...rows, last]);
}

function rank(name: string): number {
  const at = COMPARED.findIndex((each) => name.startsWith(each));
  return at < 0 ? COMPARED.length : at;
}

function sumLines({ deposited, recovered, left }: Sums): string[] {
  const rows = ASSETS.map((name) => [name, `${deposited[name]}`, `${recovered[name]}`, `${left[name]}`]);
  return table([["", "deposited", "recovered", "left"], ...rows]);
}

async function main(): Promise<void> {
  const progress = await startProgress(true);
  await step("keys", async () => {
    for (const each of [profileOf(PROFILE), EXIT, CELL_CIRCUIT])
      await artifactsOf(each, { onProgress: progress.onProgress });
  });
  progress.stop();
  say(`circuits and keys are here; the engine is ${values.engine ?? ENGINE_NAMES[0]}`);
  await using world = await step("chain", () => World.begin(values.engine));
  const accounts = await step("accounts", async () => {
    const list = [];
    for (const _ of NAMES) list.push(await world.account());
    return list;
  });
  const stranger = await world.account();
  const first = await step("abandoned", () => abandoned(world, accounts, stranger, say));
  const second = await step("censored", () => censored(world, accounts, stranger, say));
  const sums = await step("pay out", () => payOut(world, [first, second], stranger));
  say("everything is paid out; the registry has nothing");
  await world.clock.follow();
  const published = await step("published", () => measurePublished(world.registry, world.clock.now()));
  const costs = Object.fromEntries(COMPARED.map((name) => [name, world.costs.of(name).gas]));
  const result = {
    ...{ parties: NAMES.length, assets: ASSETS.length },
    ...{ deposited: asTexts(sums.deposited), recovered: asTexts(sums.recovered), left: asTexts(sums.left) },
    costs: { ...costs, publishedTransition: published.gas },
  };
  if (values.json !== undefined) writeFileSync(values.json, jsonFile(result));
  else process.stdout.write(`${[...sumLines(sums), "", ...costLines(world.costs, published)].join("\n")}\n`);
  say(steps.map(([name, took]) => `${name} ${seconds(took)}`).join(", "));
}

try {
  await main();
} catch (thrown) {
  const { exitCode, error } = failureOf(thrown);
  process.exitCode = exitCode;
  process.stderr.write(`walkaway: ${error.message}\n`);
  if (process.env.TIMEBANDITS_DEBUG && thrown instanceof Error) process.stderr.write(`${thrown.stack}\n`);
}
