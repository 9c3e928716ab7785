import { brotliCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchesOf } from "../../../prover/batches/batcher.ts";
import { type OpenedBatch, openBatch, witnessInput } from "../../../prover/batches/batchInput.ts";
import { circuitInput } from "../../../prover/batches/circuitInput.ts";
import { type GivenSignature, wantedSignatures } from "../../../prover/signing/signatures.ts";
import { openWork } from "../../../prover/work/openWork.ts";
import { type ProofWork, packWork, unpackWork, workId } from "../../../prover/work/work.ts";
import { InvalidInputError } from "../../../trace/errors.ts";
import { signedBy } from "../../lib/authorities.ts";
import { SMALL } from "../../lib/circuit.ts";
import { randomRun } from "../../lib/randomRun.ts";
import { stateOf } from "../../lib/state.ts";

const KEY = { hash: `0x${"ab".repeat(32)}`, kind: "development" } as const;
const NOBODY: GivenSignature = { validUntil: 1, signature: { key: [1n, 1n], r: [1n, 1n], s: 1n } };
const CIRCUIT = "cd".repeat(32);

interface Packed {
  opened: OpenedBatch;
  given: GivenSignature[];
  work: Uint8Array;
}

function packedBatches(seed: number, asked = 60): Packed[] {
  const { genesis, tracer } = randomRun(seed, asked);
  const map = stateOf(genesis);
  const book = signedBy(7n);
  return [...batchesOf(tracer.groups, SMALL)].map(({ transitions }) => {
    const wanted = wantedSignatures(transitions);
    const opened = openBatch(map, transitions, SMALL, 7n);
    const given = wanted.map((one) => book(one, opened.span.until) as GivenSignature);
    return { opened, given, work: packWork({ opened, given, circuit: CIRCUIT, key: KEY, map }) };
  });
}

/** With another head or content, and a hash that fits. */
function changed(work: ProofWork, change: Partial<ProofWork>): () => unknown {
  return () => openWork({ ...work, ...change }, SMALL);
}

describe("A work", () => {
  it("leads to the inputs that the server would have made", () => {
    for (const seed of [1, 2]) {
      for (const { opened, given, work } of packedBatches(seed)) {
        const expected = circuitInput(witnessInput(opened, wantedSignatures(opened.transitions), given));
        expect(openWork(unpackWork(work), SMALL)).toEqual(expected);
      }
    }
  });

  it("has one name, and another one for another content", () => {
    const batches = packedBatches(4);
    const ids = batches.map(({ opened, work }) => workId(work, opened.statement));
    expect(new Set(ids).size).toBe(ids.length);
    const { opened, given, work } = batches[0] as Packed;
    const map = { programs: () => unpackWork(work).programs, watches: unpackWork(work).watches };
    const again = packWork({ opened, given, circuit: CIRCUIT, key: KEY, map });
    expect(workId(again, opened.statement)).toBe(ids[0]);
    const other = packWork({ opened, given: [...given, NOBODY], circuit: CIRCUIT, key: KEY, map });
    expect(workId(other, opened.statement)).not.toBe(ids[0]);
    expect(ids[0]).toMatch(/^1-\d+-[0-9a-f]{16}$/);
  });

  it("is refused if its nodes, records, signatures or statement do not belong together", () => {
    const [first, second] = packedBatches(5);
    const work = unpackWork((first as Packed).work);
    const other = unpackWork((second as Packed).work);
    expect(changed(work, {})).not.toThrow();
    expect(changed(work, { lanes: other.lanes, nodes: other.nodes })).toThrow(/work nodes/);
    expect(changed(work, { records: other.records })).toThrow(InvalidInputError);
    expect(changed(work, { records: work.records.slice(1) })).toThrow(InvalidInputError);
    expect(changed(work, { signatures: [...work.signatures, NOBODY] })).toThrow(/work signatures/);
    for (const name of ["preRoot", "postRoot", "traceRoot", "domain"] as const) {
      const statement = { ...work.statement, [name]: work.statement[name] + 1n };
      const make = changed(work, { statement });
      // Another domain leads to another statement, which the signatures and the proof are then for.
      if (name === "domain") expect(make).not.toThrow();
      else expect(make, name).toThrow(InvalidInputError);
    }
    const lanes = work.lanes.map((each) => [...each]);
    (lanes.at(-1) as bigint[])[0] = 5n;
    expect(changed(work, { lanes })).toThrow(/work nodes/);
  });

  it("is refused with any byte changed, cut or added", () => {
    const bytes = Buffer.from((packedBatches(6)[0] as Packed).work);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const other = Buffer.from(bytes);
        other[at] = (other[at] as number) ^ by;
        // The last byte of the compressed form may have bits without a meaning: the content is the same then.
        try {
          expect(unpackWork(other)).toEqual(unpackWork(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInputError);
        }
        expect(() => unpackWork(bytes.subarray(0, at))).toThrow(InvalidInputError);
      }),
      { numRuns: 150 },
    );
  });

  it("is refused if it is longer than it says, or says that it is too long", () => {
    const bytes = Buffer.from((packedBatches(6)[0] as Packed).work);
    const bomb = Buffer.concat([bytes.subarray(0, 41), brotliCompressSync(Buffer.alloc(1 << 25))]);
    const started = process.memoryUsage().rss;
    expect(() => unpackWork(bomb)).toThrow(/holds more than it says/);
    bomb.writeUInt32BE(0xffffffff, 37);
    expect(() => unpackWork(bomb)).toThrow(/holds more than 8388608 bytes/);
    expect(process.memoryUsage().rss - started).toBeLessThan(24 << 20);
    expect(() => unpackWork(Buffer.from("TBWK\x02"))).toThrow(/no work of this version/);
  });

  it("is read as nothing else than a work or a refusal, whatever its content is", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 }), (parts) => {
        const content = Buffer.concat(parts);
        const bytes = Buffer.concat([Buffer.from("TBWK\x01"), Buffer.alloc(36), brotliCompressSync(content)]);
        expect(() => unpackWork(bytes)).toThrow(InvalidInputError);
      }),
    );
  });
});
