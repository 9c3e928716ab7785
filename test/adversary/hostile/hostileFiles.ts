/**
 * Hostile files for all readers. Each is refused with an error for people, or has exactly the original's content.
 * Another result (a TypeError, a stack overflow, another meaning, more than a second) is a finding.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleName, bundleText, parseBundle } from "../../../prover/bundles/bundle.ts";
import { G1_GENERATOR, G2_GENERATOR } from "../../../prover/curve/bn254.ts";
import { loadR1cs } from "../../../prover/formats/r1cs.ts";
import { encodeWitness, witnessValues } from "../../../prover/formats/wtns.ts";
import { readZkeyHeader } from "../../../prover/keys/zkeyFile.ts";
import { parseSignature, signatureName, signatureText } from "../../../prover/signing/signatureFiles.ts";
import { packSpan } from "../../../trace/commitment/commit.ts";
import { TimeBanditsError } from "../../../trace/errors.ts";
import { importEvmCalls } from "../../../trace/import/evm.ts";
import { replayDirectory } from "../../../trace/replay/replay.ts";
import { parseGenesis, writeGenesis } from "../../../trace/run/genesisFile.ts";
import { parseManifest, writeManifest } from "../../../trace/run/manifest.ts";
import { FILES, readRun } from "../../../trace/run/runDirectory.ts";
import { parseFreeJson } from "../../../trace/run/strictJson.ts";
import { headerLine, recordLine, recordOf } from "../../../trace/run/traceLines.ts";
import { parseTrace } from "../../../trace/run/traceReader.ts";
import { newKeyFile, readKeyFile } from "../../../trace/signing/keyFile.ts";
import { signLog } from "../../../trace/signing/signature.ts";
import { mapOf } from "../../../trace/state/genesis.ts";
import { runScenario } from "../../../trace/tracer/runScenario.ts";
import { secretOf } from "../../lib/authorities.ts";
import { EVERYTHING } from "../../lib/everyRowTrace.ts";
import { PROFILE } from "../../lib/profile.ts";
import type { Random } from "../../lib/random.ts";
import { UNMOORED } from "../../lib/unmoored.ts";
import { type Mutant, mutant } from "./mutate.ts";
import { smallestR1cs, smallestZkey } from "./smallFiles.ts";

/** A file with its reader. */
interface Target {
  readonly name: string;
  readonly json: boolean;
  readonly original: Buffer;
  /** The content of the file as one text, or a promise of it. */
  read(bytes: Buffer): unknown;
  /** Other results that a reading may have; with `same` there are none. */
  may(text: unknown, bytes: Buffer): boolean;
}

/** A reading that takes longer counts as hanging, in ms. */
const PATIENCE = 5_000;

const text = (bytes: Buffer): string => new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(bytes);
/** Whether two JSON texts have the same number of members, counted as written. */
const sameMembers = (a: string, b: string): boolean => {
  const count = (json: string): number => [...json.matchAll(/"(?:[^"\\]|\\.)*"\s*:/g)].length;
  return count(a) === count(b);
};
const never = (): boolean => false;

/** All targets, over a folder of their own. */
export class HostileFiles {
  readonly #folder: string;
  readonly #targets: Target[] = [];
  readonly #said = new Map<Target, unknown>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(): Promise<HostileFiles> {
    const files = new HostileFiles(mkdtempSync(join(tmpdir(), "timebandits-hostile-")));
    await files.#fill();
    return files;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** One hostile file. @returns the fault of its reader in words; null if there is none */
  async try(random: Random): Promise<string | null> {
    const target = random.pick(this.#targets);
    const { how, bytes } = mutant(target.original, random, target.json);
    const begun = performance.now();
    const verdict = await this.#verdict(target, { how, bytes });
    const took = performance.now() - begun;
    const slow = took > PATIENCE ? `took ${Math.round(took)} ms` : null;
    const wrong = verdict ?? slow;
    return wrong === null
      ? null
      : `${target.name}: ${how}: ${wrong}: ${JSON.stringify(bytes.toString("latin1")).slice(0, 300)}`;
  }

  async #verdict(target: Target, { bytes }: Mutant): Promise<string | null> {
    let said: unknown;
    try {
      said = await target.read(bytes);
    } catch (error) {
      if (error instanceof TimeBanditsError && error.message.length < 4_000) return null;
      return `threw ${String(error).slice(0, 200)}`;
    }
    if (said === this.#said.get(target) || target.may(said, bytes)) return null;
    return `was read as something else: ${String(said).slice(0, 200)}`;
  }

  async #add(target: Target): Promise<void> {
    this.#targets.push(target);
    this.#said.set(target, await target.read(target.original));
  }

  async #fill(): Promise<void> {
    const run = join(this.#folder, "run");
    await runScenario(EVERYTHING, { out: run, profiles: [PROFILE] });
    const { genesis, trace, manifest } = readRun(run);
    const { groups } = replayDirectory(run);
    await this.#addRun(run);
    const genesisText = Buffer.from(writeGenesis(genesis));
    await this.#add({
      name: "genesis",
      json: true,
      original: genesisText,
      read: (bytes) => writeGenesis(parseGenesis(text(bytes))),
      // A changed genesis is another genesis, and reads as its own text.
      may: (said, bytes) => said === text(bytes),
    });
    const lines = [headerLine(trace.header), ...groups.flat().map((t) => recordLine(recordOf(t)))];
    const traceText = Buffer.from(
      `${lines
        .filter((_, i) => i === 0 || groups.flat()[i - 1]?.group === 0)
        .slice(0, 1)
        .join("\n")}\n`,
    );
    await this.#add({
      name: "header of a trace",
      json: true,
      original: traceText,
      read: (bytes) => headerLine(parseTrace(bytes).header),
      may: (said, bytes) => text(bytes).startsWith(`${String(said)}\n`),
    });
    await this.#add({
      name: "manifest",
      json: true,
      original: Buffer.from(writeManifest({ ...manifest, programs: { 1: "A", 2: "B" }, chain: CHAIN })),
      read: (bytes) => writeManifest(parseManifest(text(bytes))),
      // Names are free, in any layout. But no member may occur twice.
      may: (said, bytes) => sameMembers(text(bytes), String(said)),
    });
    await this.#addProofs();
    await this.#addKeys();
    await this.#addBinaries();
    await this.#add({
      name: "call tree",
      json: true,
      original: Buffer.from(JSON.stringify(CALLS, null, 1)),
      read: (bytes) => {
        const { scenario, report } = importEvmCalls(parseFreeJson("file", text(bytes)));
        mapOf(scenario.genesis());
        return JSON.stringify(report);
      },
      // Every well-formed call tree is allowed. The importer must not crash.
      may: () => true,
    });
  }

  /** The files of a run directory, each together with the others. */
  async #addRun(run: string): Promise<void> {
    for (const file of Object.values(FILES)) {
      const path = join(run, file);
      const original = readFileSync(path);
      await this.#add({
        name: `${file} of a run`,
        json: true,
        original,
        read: (bytes) => {
          writeFileSync(path, bytes);
          try {
            const { map, groups, trace } = replayDirectory(run);
            return `${groups.flat().length} ${trace.torn} ${map.root()}`;
          } finally {
            writeFileSync(path, original);
          }
        },
        // A trace that ends earlier, or with other times, is another run. Only the proofs of this one show it.
        may: (_, bytes) => file !== FILES.genesis || bytes.equals(original),
      });
    }
  }

  async #addProofs(): Promise<void> {
    const proof = { pi_a: G1_GENERATOR, pi_b: G2_GENERATOR, pi_c: G1_GENERATOR };
    const statement = { preRoot: 1n, postRoot: 2n, traceRoot: 3n, span: packSpan(SPAN), domain: 0n, ...UNMOORED };
    const key = { hash: `0x${"5".repeat(64)}`, kind: "development" } as const;
    const bundle = { profile: PROFILE.name, circuit: "4".repeat(64), key, statement, proof };
    const original = Buffer.from(bundleText(bundle));
    const name = bundleName(bundle, original.toString());
    await this.#add({
      name: "bundle",
      json: true,
      original,
      read: (bytes) => bundleText(parseBundle(name, text(bytes))),
      may: never,
    });
    const statementOfLog = { domain: 7n, program: 2, log: 11n, validUntil: 2_000_000_000 };
    const file = { ...statementOfLog, lastSeq: 8, signature: signLog(secretOf(2), statementOfLog) };
    await this.#add({
      name: "signature",
      json: true,
      original: Buffer.from(signatureText(file)),
      read: (bytes) => signatureText(parseSignature(signatureName(file), text(bytes))),
      // It is only read here. Its use checks it against the key.
      may: (said, bytes) => said === text(bytes),
    });
  }

  async #addKeys(): Promise<void> {
    const path = join(this.#folder, "a.key");
    newKeyFile(path);
    await this.#add({
      name: "key file",
      json: true,
      original: readFileSync(path),
      read: (bytes) => {
        writeFileSync(path, bytes, { mode: 0o600 });
        return readKeyFile(path).authority;
      },
      may: never,
    });
  }

  async #addBinaries(): Promise<void> {
    const folder = join(this.#folder, "binaries");
    mkdirSync(folder);
    const witness = encodeWitness(new Uint8Array(96).fill(1));
    await this.#add({
      name: "witness",
      json: false,
      original: Buffer.from(witness),
      read: (bytes) => witnessValues(bytes).length,
      may: () => true,
    });
    const r1cs = join(folder, "x.r1cs");
    await this.#add({
      name: "constraints",
      json: false,
      original: smallestR1cs(),
      read: async (bytes) => {
        writeFileSync(r1cs, bytes);
        return (await loadR1cs(r1cs)).header.constraints;
      },
      may: () => true,
    });
    const zkey = join(folder, "x.zkey");
    await this.#add({
      name: "proving key",
      json: false,
      original: await smallestZkey(zkey),
      read: async (bytes) => {
        writeFileSync(zkey, bytes);
        return (await readZkeyHeader(zkey)).circuitHash;
      },
      may: () => true,
    });
  }
}

const SPAN = { firstSeq: 1, count: 3, notBefore: 5, until: 9, moored: false };
const CHAIN = {
  chainId: 31337n,
  registry: `0x${"1".repeat(40)}`,
  creator: `0x${"3".repeat(40)}`,
  salt: `0x${"4".repeat(64)}`,
  mapId: `0x${"2".repeat(64)}`,
  domain: 7n,
};
const who = (digit: string): string => `0x${digit.repeat(40)}`;
const CALLS = {
  block: "0x10",
  timestamp: "0x65000000",
  result: {
    type: "CALL",
    from: who("a"),
    to: who("b"),
    value: "0x64",
    input: "0xa9059cbb0000",
    output: "0x",
    gas: "0x5208",
    calls: [
      { type: "STATICCALL", from: who("b"), to: who("c"), input: "0x70a08231" },
      { type: "CALL", from: who("b"), to: who("c"), value: "0xa", input: "0x" },
      { type: "CALL", from: who("b"), to: who("d"), value: "0x1", input: "0x12345678", error: "execution reverted" },
      { type: "CREATE", from: who("b"), to: who("e"), value: "0x0", input: "0x6000" },
    ],
  },
};
