/**
 * Damages to the bundles of a run directory: other files, and proofs of other statements.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Bundle, bundleName, bundleText, proofsIn } from "../../../prover/bundles/bundle.ts";
import { packSpan, unpackSpan } from "../../../trace/commitment/commit.ts";
import { FIELD } from "../../../trace/layout.ts";
import { FILES } from "../../../trace/run/runDirectory.ts";
import { sameProofOtherwise } from "../../lib/developmentProof.ts";
import type { Random } from "../../lib/random.ts";
import { bundleOf, statementText } from "../lib/knownRuns.ts";
import { type Damage, isFile, isFolder, otherRun, type Patient, place, putNoFile, remove } from "./damagedDirectory.ts";
import { mutant } from "./mutate.ts";

/** Paths of the bundles that are still files. */
function bundlesIn({ dir }: Patient): string[] {
  const folder = proofsIn(dir);
  if (!isFolder(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter(isFile);
}

/** Changes one of the bundles, if there is one. */
const toBundle =
  (change: (path: string, patient: Patient) => void): Damage =>
  (patient) => {
    const paths = bundlesIn(patient);
    if (paths.length > 0) change(patient.random.pick(paths), patient);
  };

/** Puts a bundle into the folder under the name that fits it. */
function put({ dir }: Patient, bundle: Bundle): void {
  if (!isFolder(proofsIn(dir))) return;
  const text = bundleText(bundle);
  place(join(proofsIn(dir), bundleName(bundle, text)), text);
}

/** Takes a bundle of the original out of the folder. */
function takeOut({ dir }: Patient, bundle: Bundle): void {
  if (isFolder(proofsIn(dir))) remove(join(proofsIn(dir), bundleName(bundle, bundleText(bundle))));
}

const anyBundle = ({ runs, random }: Patient): Bundle =>
  random.pick(random.pick([runs.original, ...runs.others]).bundles);

/** A statement with one number changed. */
function changedStatement({ random }: Patient, { statement }: Bundle): Bundle["statement"] {
  const name = random.pick(["preRoot", "postRoot", "traceRoot", "domain"] as const);
  if (random.below(2) === 0) return { ...statement, [name]: (statement[name] + 1n) % FIELD };
  const span = unpackSpan(statement.span);
  const part = random.pick(["firstSeq", "count", "notBefore", "until"] as const);
  const value = random.pick([
    1,
    span[part] + 1,
    span[part] + 8,
    Math.max(1, span[part] - 1),
    part === "count" ? 65_535 : 2 ** 32 - 1,
  ]);
  return { ...statement, span: packSpan({ ...span, [part]: value }) };
}

/**
 * The original's statements with one number changed, and the numbers that must agree with it, so that the statements
 * follow one another.
 */
function otherHistory({ runs, random }: Patient): Bundle["statement"][] {
  const statements = runs.original.bundles.map(({ statement }) => ({ ...statement }));
  const at = random.below(statements.length);
  const [here, next] = [statements[at], statements[at + 1]];
  if (here === undefined) return statements;
  const span = unpackSpan(here.span);
  const what = random.pick(["postRoot", "traceRoot", "domain", "notBefore", "until"] as const);
  if (what === "domain") return statements.map((statement) => ({ ...statement, domain: 5n }));
  // Far enough to reach into the next batch.
  if (what === "notBefore") here.span = packSpan({ ...span, notBefore: 1 });
  else if (what === "until") here.span = packSpan({ ...span, until: span.until + 3_600 });
  else here[what] += 1n;
  if (what === "postRoot" && next !== undefined) next.preRoot = here.postRoot;
  return statements;
}

/** Names that a file in a folder of bundles may have. */
function oddName(random: Random): string {
  const hash = random.bits(64).toString(16).padStart(16, "0");
  const range = random.pick(["0000000001-0000000008", "0000000009-0000000016", "4294967295-0000000000"]);
  return random.pick([
    `${range}-${hash}.json`,
    `${range}-${hash}.json.1234`,
    `${range}-${hash}.JSON`,
    "__proto__.json",
    ".json",
    "a\nb.json",
    "\u001b[2J\u202e.json",
    `${"x".repeat(250)}.json`,
  ]);
}

/** Damages to the files in the folder. */
export const TO_BUNDLE_FILES: Readonly<Record<string, Damage>> = {
  "a bundle is gone": toBundle(remove),
  "the bundles are gone": ({ dir }) => remove(proofsIn(dir)),
  "the first bundle and the genesis are gone": (patient) => {
    const [first] = patient.runs.original.bundles;
    if (first !== undefined) takeOut(patient, first);
    remove(join(patient.dir, FILES.genesis));
  },
  "a bundle is there twice": toBundle((path, { dir, random }) =>
    place(join(proofsIn(dir), oddName(random)), readFileSync(path)),
  ),
  "a bundle has another name": toBundle((path, { dir, random }) => {
    const bytes = readFileSync(path);
    remove(path);
    place(join(proofsIn(dir), oddName(random)), bytes);
  }),
  "two bundles change names": (patient) => {
    const paths = bundlesIn(patient);
    if (paths.length < 2) return;
    const [one, other] = [patient.random.pick(paths), patient.random.pick(paths)];
    const [a, b] = [readFileSync(one), readFileSync(other)];
    writeFileSync(one, b);
    writeFileSync(other, a);
  },
  "a bundle is damaged": toBundle((path, { random }) =>
    writeFileSync(path, mutant(readFileSync(path), random, true).bytes),
  ),
  "a bundle is cut": toBundle((path, { random }) => {
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, random.below(bytes.length)));
  }),
  "something foreign lies among the bundles": ({ dir, random }) => {
    if (!isFolder(proofsIn(dir))) return;
    place(
      join(proofsIn(dir), oddName(random)),
      random.pick(["", "{}", "null", "[]", "\0", '{"format":"time-bandits-proof"}']),
    );
  },
  "something that is no file lies among the bundles": (patient) => {
    if (isFolder(proofsIn(patient.dir))) putNoFile(join(proofsIn(patient.dir), oddName(patient.random)), patient);
  },
  "a bundle is a link to a copy": toBundle((path, { dir }) => {
    const copy = join(dir, `copy-${basename(path)}`);
    place(copy, readFileSync(path));
    remove(path);
    symlinkSync(copy, path);
  }),
  "the folder of bundles is none": (patient) => putNoFile(proofsIn(patient.dir), patient),
  "the folder of signatures holds something": ({ dir, random }) => {
    mkdirSync(join(dir, "signatures"), { recursive: true });
    place(join(dir, "signatures", oddName(random)), random.pick(["", "{}", "[]"]));
  },
};

/** Damages to their statements and proofs. */
export const TO_PROOFS: Readonly<Record<string, Damage>> = {
  "a bundle of any run is put in": (patient) => put(patient, anyBundle(patient)),
  "all bundles are another run's": (patient) => {
    remove(proofsIn(patient.dir));
    cpSync(proofsIn(otherRun(patient).dir), proofsIn(patient.dir), { recursive: true });
  },
  "a proof is written in other numbers": (patient) => {
    const bundle = anyBundle(patient);
    put(patient, { ...bundle, proof: sameProofOtherwise(bundle.proof) });
  },
  "a bundle gives way to the same proof in other numbers": (patient) => {
    const index = patient.random.below(patient.runs.original.bundles.length);
    const bundle = patient.runs.original.bundles[index] as Bundle;
    takeOut(patient, bundle);
    put(patient, { ...bundle, proof: sameProofOtherwise(bundle.proof) });
  },
  "a proof is said to be of something else": (patient) => {
    const bundle = anyBundle(patient);
    takeOut(patient, bundle);
    put(patient, { ...bundle, statement: changedStatement(patient, bundle) });
  },
  "a bundle gives way to a valid proof of something else": (patient) => {
    const bundle = patient.random.pick(patient.runs.original.bundles);
    const statement = changedStatement(patient, bundle);
    patient.proven.add(statementText(statement));
    if (patient.random.below(4) > 0) takeOut(patient, bundle);
    put(patient, bundleOf(patient.runs.artifacts, statement));
  },
  "the key, the circuit or the profile is another": (patient) => {
    const bundle = patient.random.pick(patient.runs.original.bundles);
    takeOut(patient, bundle);
    const changes: Partial<Bundle>[] = [
      { key: { ...bundle.key, hash: `0x${"12".repeat(32)}` } },
      { key: { ...bundle.key, kind: "ceremony" } },
      { circuit: "34".repeat(32) },
      { profile: "batch-7" },
      { profile: "__proto__" },
    ];
    put(patient, { ...bundle, ...patient.random.pick(changes) });
  },
  "the proofs are said to tell another history": (patient) => {
    const { bundles } = patient.runs.original;
    const statements = otherHistory(patient);
    for (const bundle of bundles) takeOut(patient, bundle);
    bundles.forEach((bundle, i) => {
      put(patient, { ...bundle, statement: statements[i] ?? bundle.statement });
    });
  },
  "valid proofs tell another history": (patient) => {
    const statements = otherHistory(patient);
    remove(proofsIn(patient.dir));
    mkdirSync(proofsIn(patient.dir));
    for (const statement of statements) {
      patient.proven.add(statementText(statement));
      put(patient, bundleOf(patient.runs.artifacts, statement));
    }
  },
};
