/** Damages to a run directory. Several may follow one another. */
import { copyFileSync, cpSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { proofsIn } from "../../../prover/bundles/bundle.ts";
import { FILES } from "../../../trace/run/runDirectory.ts";
import { TO_BUNDLE_FILES, TO_PROOFS } from "./damagedBundles.ts";
import { type Damage, isFile, otherRun, type Patient, putNoFile, remove } from "./damagedDirectory.ts";
import { mutant } from "./mutate.ts";

/** Changes one of the three files of a run, if it is still a file. */
const toFile =
  (change: (path: string, patient: Patient) => void, names: readonly string[] = Object.values(FILES)): Damage =>
  (patient) => {
    const path = join(patient.dir, patient.random.pick(names));
    if (isFile(path)) change(path, patient);
  };

/** Changes the lines of the trace. */
const toLines = (change: (lines: string[], patient: Patient) => void): Damage =>
  toFile(
    (path, patient) => {
      const lines = readFileSync(path, "latin1").split("\n");
      change(lines, patient);
      writeFileSync(path, lines.join("\n"), "latin1");
    },
    [FILES.trace],
  );

const TO_FILES: Readonly<Record<string, Damage>> = {
  "a file is gone": toFile(remove),
  "a file is none": toFile(putNoFile),
  "a file is damaged": toFile((path, { random }) =>
    writeFileSync(path, mutant(readFileSync(path), random, true).bytes),
  ),
  "a file is another run's": toFile((path, patient) =>
    copyFileSync(join(otherRun(patient).dir, path.slice(patient.dir.length)), path),
  ),
  "all but one are another run's": (patient) => {
    const other = otherRun(patient);
    const kept = patient.random.pick([...Object.values(FILES), basename(proofsIn(patient.dir))]);
    for (const name of [...Object.values(FILES), basename(proofsIn(patient.dir))]) {
      if (name === kept) continue;
      remove(join(patient.dir, name));
      cpSync(join(other.dir, name), join(patient.dir, name), { recursive: true });
    }
  },
  "a name is meant for terminals": toFile(
    (path, { random }) => {
      const names = ["\\u001b[2J", "\\nAudit: in order\\n", "\\u202e", "\\u009b8m", "x".repeat(10_000)];
      const text = readFileSync(path, "utf8");
      writeFileSync(path, text.replace(random.pick(['"Mint"', '"Gold"', '"diagram"']), `"${random.pick(names)}"`));
    },
    [FILES.manifest],
  ),
};

const TO_TRACE: Readonly<Record<string, Damage>> = {
  "the trace is torn": toFile(
    (path, { random }) => {
      const bytes = readFileSync(path);
      // Often within the last lines, where a cut can look like an end.
      const from = random.below(2) === 0 ? 0 : Math.max(0, bytes.length - 300);
      writeFileSync(path, bytes.subarray(0, from + random.below(bytes.length - from)));
    },
    [FILES.trace],
  ),
  "the trace ends with a line": toLines((lines, { random }) => {
    lines.splice(1 + random.below(lines.length), lines.length, "");
  }),
  "some lines are gone": toLines((lines, { random }) => lines.splice(random.below(lines.length), 1 + random.below(3))),
  "a line is there twice": toLines((lines, { random }) => {
    const at = random.below(lines.length);
    lines.splice(random.below(lines.length), 0, lines[at] ?? "");
  }),
  "two lines change places": toLines((lines, { random }) => {
    const at = random.below(lines.length);
    const other = random.below(2) === 0 ? random.below(lines.length) : Math.min(at + 1, lines.length - 1);
    [lines[at], lines[other]] = [lines[other] ?? "", lines[at] ?? ""];
  }),
  "a line is another run's": toLines((lines, patient) => {
    const theirs = readFileSync(join(otherRun(patient).dir, FILES.trace), "latin1").split("\n");
    const at = patient.random.below(lines.length);
    lines[at] = theirs[at] ?? "";
  }),
  "a number of a line is another, and checkpoints are gone": toLines((lines, { random }) => {
    const at = 1 + random.below(lines.length);
    const line = lines[at] ?? "";
    const numbers = [...line.matchAll(/[0-9]+/g)];
    if (numbers.length === 0) return;
    const { 0: digits, index } = random.pick(numbers);
    const value = random.pick(["0", "1", `${BigInt(digits) + 1n}`, "4294967295", "1e3", digits]);
    lines[at] = line.slice(0, index) + value + line.slice(index + digits.length);
    if (random.below(2) === 0) return;
    const kept = lines.filter((each, i) => i < at || !each.startsWith('{"checkpoint"'));
    lines.splice(0, lines.length, ...kept);
  }),
  "a time is another": toLines((lines, { random }) => {
    const at = 1 + random.below(lines.length);
    lines[at] = (lines[at] ?? "").replace(
      /"at":([0-9]+)/,
      (_, time: string) => `"at":${Number(time) + 1 - random.below(3)}`,
    );
  }),
};

/** Damages a directory once, with each sort equally often. @returns the damage in words */
export function damage(patient: Patient): string {
  const { random } = patient;
  const sort = random.pick([TO_BUNDLE_FILES, TO_PROOFS, TO_FILES, TO_TRACE]);
  const [how, change] = random.pick(Object.entries(sort));
  change(patient);
  return how;
}
