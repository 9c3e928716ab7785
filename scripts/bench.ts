/**
 * `npm run bench`: what proving costs with each engine, on the same witnesses, in turns. `-- --quick` makes fewer proofs,
 * and none of the largest profile; `--json FILE` and `--svg FILE` write the result, `--profile NAME` takes only one.
 */
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { PROFILES, type Profile, profileOf } from "../prover/profiles.ts";
import { TimeBanditsError } from "../trace/errors.ts";
import { type EngineResult, measure, type ProfileResult } from "./bench/measure.ts";
import { plot } from "./bench/plot.ts";

/** Proofs that each engine makes, by profile: the first warms up. */
const ROUNDS = { quick: [4, 2, 2], full: [9, 5, 3] } as const;

interface Options {
  quick: boolean;
  json: string | undefined;
  svg: string | undefined;
  profiles: readonly Profile[];
}

function optionsOf(argv: string[]): Options {
  const { values } = parseArgs({
    args: argv,
    options: {
      quick: { type: "boolean", default: false },
      json: { type: "string" },
      svg: { type: "string" },
      profile: { type: "string" },
    },
  });
  const all = values.quick ? PROFILES.slice(0, 2) : PROFILES;
  const profiles = values.profile === undefined ? all : [profileOf(values.profile)];
  return { quick: values.quick, json: values.json, svg: values.svg, profiles };
}

function table(profiles: readonly ProfileResult[], engines: readonly EngineResult[]): string {
  const seconds = (value: number | null): string => (value === null ? "cached" : `${value.toFixed(2)} s`);
  const lines: string[] = [];
  for (const p of profiles) {
    lines.push(
      `${p.profile}: ${p.constraints.toLocaleString("en-US")} constraints, ${p.perTransition.toLocaleString("en-US")} a transition; ` +
        `compile ${seconds(p.compileSeconds)}, keys ${seconds(p.keySeconds)}, witness ${seconds(p.witnessSeconds)}, verify ${seconds(p.verifySeconds)}`,
    );
    for (const e of engines.filter(({ profile }) => profile === p.profile)) {
      lines.push(
        `  ${e.engine.padEnd(10)}${`${e.seconds.toFixed(2)} s`.padStart(9)}${`${e.ratioToSnarkjs.toFixed(2)} × snarkjs`.padStart(16)}` +
          `${`${e.transitionsPerSecond.toFixed(2)} transitions/s`.padStart(22)}${`${e.peakMemoryMiB} MiB`.padStart(11)}`,
      );
    }
  }
  return lines.join("\n");
}

async function main(): Promise<void> {
  let options: Options;
  try {
    options = optionsOf(process.argv.slice(2));
  } catch (error) {
    const usage = "usage: npm run bench [-- --quick] [--profile NAME] [--json FILE] [--svg FILE]";
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    process.exitCode = 2;
    return;
  }
  const say = (text: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`\u001b[2K\r${text}`);
  };
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
  const date = new Date().toISOString().slice(0, 10);
  const profiles: ProfileResult[] = [];
  const engines: EngineResult[] = [];
  for (const [i, profile] of options.profiles.entries()) {
    const rounds = ROUNDS[options.quick ? "quick" : "full"][Math.min(i, 2)] ?? 2;
    const measured = await measure(profile, rounds, say);
    profiles.push(measured.profile);
    engines.push(...measured.engines);
  }
  say("");
  process.stdout.write(`${machine}, ${date}\n${table(profiles, engines)}\n`);
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify({ machine, date, profiles, engines }, null, 2)}\n`);
  if (options.svg !== undefined) writeFileSync(options.svg, plot(engines, `Proving a full batch · ${date}`));
}

try {
  await main();
} catch (error) {
  if (!(error instanceof TimeBanditsError)) throw error;
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
