/** The container of keys, circuits and witnesses has each of its sections once, and no others. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FIELD_ORDER } from "../../prover/curve/bn254.ts";
import { WasmEngine } from "../../prover/engines/wasm.ts";
import { checkWitness } from "../../prover/engines/witnessCheck.ts";
import { BinFile, type Magic } from "../../prover/formats/binfile.ts";
import { loadR1cs } from "../../prover/formats/r1cs.ts";
import { witnessLength } from "../../prover/formats/wtns.ts";
import { contribute, verifyCeremony } from "../../prover/keys/ceremony.ts";
import { developmentKey, loadKey } from "../../prover/keys/development.ts";
import { makeKey } from "../../prover/keys/makeKey.ts";
import { checkPowersOfTau } from "../../prover/keys/powersOfTau.ts";
import { developmentTrapdoor } from "../../prover/keys/trapdoor.ts";
import { readZkeyHeader } from "../../prover/keys/zkeyFile.ts";
import { calculateWitness } from "../../prover/witness/witness.ts";
import { multiplier } from "./circuits.ts";
import { knownPtau } from "./keys/ptau.ts";

interface Part {
  id: number;
  data: Buffer;
}

let folder: string;
let circuit: Awaited<ReturnType<typeof multiplier>>;
const good = new Map<Magic, Buffer>();
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "timebandits-binfile-"));
  circuit = await multiplier();
  good.set("r1cs", await readFile(circuit.r1cs));
  good.set("zkey", await readFile((await developmentKey(circuit)).zkey));
  const witness = await calculateWitness(circuit, { a: 2n, b: 3n, inverse: (FIELD_ORDER + 1n) / 2n });
  good.set("wtns", Buffer.from(witness));
  good.set("ptau", Buffer.from(await knownPtau({ ...developmentTrapdoor(), gamma: 1n, delta: 1n }, 3)));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function partsOf(file: Buffer): Part[] {
  const parts: Part[] = [];
  for (let from = 12; from < file.length; ) {
    const size = Number(file.readBigUInt64LE(from + 4));
    parts.push({ id: file.readUInt32LE(from), data: file.subarray(from + 12, from + 12 + size) });
    from += 12 + size;
  }
  return parts;
}

function fileOf(magic: Magic, parts: readonly Part[], change: { version?: number; count?: number } = {}): Buffer {
  const head = Buffer.alloc(12);
  head.write(magic, 0, "latin1");
  head.writeUInt32LE(change.version ?? (magic === "wtns" ? 2 : 1), 4);
  head.writeUInt32LE(change.count ?? parts.length, 8);
  const sections = parts.flatMap(({ id, data }) => {
    const entry = Buffer.alloc(12);
    entry.writeUInt32LE(id, 0);
    entry.writeBigUInt64LE(BigInt(data.length), 4);
    return [entry, data];
  });
  return Buffer.concat([head, ...sections]);
}

/** Writes a file with some of its parts changed, and says where. */
async function write(magic: Magic, change: (parts: Part[]) => Part[], options?: { version?: number; count?: number }) {
  const path = at(`changed.${magic}`);
  await writeFile(path, fileOf(magic, change(partsOf(good.get(magic) as Buffer)), options));
  return path;
}

const MAGICS: readonly Magic[] = ["r1cs", "wtns", "zkey", "ptau"];
const same = (parts: Part[]): Part[] => parts;
const twice = (id: number) => (parts: Part[]) => [...parts, ...parts.filter((part) => part.id === id)];

describe.each(MAGICS)("a .%s file", (magic) => {
  const opened = async (path: string): Promise<void> => await (await BinFile.open(path, magic)).close();
  const refused = async (path: string, code: string) =>
    await expect(opened(path)).rejects.toMatchObject({ name: "FormatError", code, exitCode: 1 });

  test("is read with its sections in any order", async () => {
    await opened(await write(magic, same));
    await opened(await write(magic, (parts) => parts.toReversed()));
  });
  test("with any section twice is refused, also if both have the same content; the message names the section", async () => {
    for (const { id, data } of partsOf(good.get(magic) as Buffer)) {
      const path = await write(magic, twice(id));
      await refused(path, "SECTION_TWICE");
      await expect(opened(path)).rejects.toThrow(`has section ${id} twice`);
      const other = { id, data: Buffer.alloc(data.length) };
      await refused(await write(magic, (parts) => [other, ...parts]), "SECTION_TWICE");
      await refused(await write(magic, (parts) => [...parts, { id, data: Buffer.alloc(0) }]), "SECTION_TWICE");
    }
  });
  test("with a missing or an unknown section is refused", async () => {
    await refused(await write(magic, (parts) => parts.filter(({ id }) => id !== 1)), "NO_SECTION");
    await refused(await write(magic, (parts) => [...parts, { id: 77, data: Buffer.alloc(4) }]), "SECTION_UNKNOWN");
  });
  test("with fewer or more bytes than its table says, or of another version, is refused, as is a folder", async () => {
    const count = partsOf(good.get(magic) as Buffer).length;
    await refused(await write(magic, same, { count: count + 1 }), "CUT_SHORT");
    await refused(await write(magic, same, { count: count - 1 }), "BYTES_BEHIND");
    await refused(await write(magic, same, { version: 9 }), "OTHER_VERSION");
    await writeFile(at("longer"), Buffer.concat([good.get(magic) as Buffer, Buffer.alloc(1)]));
    await refused(at("longer"), "BYTES_BEHIND");
    const far = Buffer.from(good.get(magic) as Buffer);
    far.writeBigUInt64LE(2n ** 64n - 1n, 16);
    await writeFile(at("far"), far);
    await refused(at("far"), "CUT_SHORT");
    await mkdir(at("folder"), { recursive: true });
    await refused(at("folder"), "UNREADABLE");
  });
});

test("a key with a section twice is refused by every reader, and nothing is written", async () => {
  const path = await write("zkey", twice(2));
  const code = { code: "SECTION_TWICE" };
  await expect(readZkeyHeader(path)).rejects.toMatchObject(code);
  await expect(loadKey(path, circuit, { hash: "", seconds: null })).rejects.toMatchObject(code);
  await expect(contribute(path, at("never.zkey"), "somebody")).rejects.toMatchObject(code);
  await expect(checkWitness(path, good.get("wtns") as Buffer)).rejects.toThrow("has section 2 twice");
  const engine = new WasmEngine();
  await expect(engine.prove(path, good.get("wtns") as Buffer)).rejects.toThrow("has section 2 twice");
  await engine.close();
  await expect(readFile(at("never.zkey"))).rejects.toThrow("ENOENT");
});

test("circuits, witnesses and powers of tau with a section twice are refused by their users", async () => {
  const code = { code: "SECTION_TWICE" };
  const r1cs = await write("r1cs", twice(2));
  await expect(loadR1cs(r1cs)).rejects.toMatchObject(code);
  await expect(makeKey(r1cs, developmentTrapdoor(), at("never.zkey"))).rejects.toMatchObject(code);
  const ptau = await write("ptau", twice(6));
  await expect(checkPowersOfTau(ptau, circuit)).rejects.toMatchObject(code);
  await expect(verifyCeremony(circuit, { path: ptau }, "never.zkey")).rejects.toMatchObject(code);
  const { zkey } = await developmentKey(circuit);
  await expect(checkWitness(zkey, await write("wtns", twice(2)))).rejects.toThrow("has section 2 twice");
});

test("a witness in memory is refused if any byte before its values is changed", () => {
  const witness = good.get("wtns") as Buffer;
  expect(witnessLength(witness)).toBe(5);
  for (const offset of [0, 4, 8, 12, 16, 60, 64, 68]) {
    const changed = Buffer.from(witness);
    changed[offset] = (changed[offset] ?? 0) ^ 1;
    expect(() => witnessLength(changed), `byte ${offset}`).toThrow("not a witness");
  }
});

test("sections have the sizes that the header says", async () => {
  const resized = (id: number, by: number) => (parts: Part[]) =>
    parts.map((part) =>
      part.id === id
        ? { id, data: Buffer.concat([part.data, Buffer.alloc(64)]).subarray(0, part.data.length + by) }
        : part,
    );
  for (const id of [3, 4, 5, 6, 7, 8, 9]) {
    const path = await write("zkey", resized(id, 64));
    await expect(readZkeyHeader(path)).rejects.toMatchObject({ code: "WRONG_SIZE" });
    await expect(readZkeyHeader(path)).rejects.toThrow(`section ${id} of`);
  }
  const r1cs = await write("r1cs", resized(2, 4));
  await expect(loadR1cs(r1cs)).rejects.toMatchObject({ code: "BYTES_BEHIND" });
  await expect(makeKey(r1cs, developmentTrapdoor(), at("never.zkey"))).rejects.toMatchObject({ code: "BYTES_BEHIND" });
});
