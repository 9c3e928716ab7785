/** What a program signs to leave a map, and who is entitled to leave with a resource. */
import { describe, expect, test } from "vitest";
import { isEntitled } from "../../trace/crossing/entitled.ts";
import { RefusedError } from "../../trace/errors.ts";
import { address, FIELD, GRACE, TAG } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine/machine.ts";
import { rowOf } from "../../trace/machine/rowShape.ts";
import { hash } from "../../trace/poseidon/index.ts";
import {
  type ExitStatement,
  exitHash,
  packPlace,
  signExit,
  unpackPlace,
  verifyExit,
} from "../../trace/signing/exit.ts";
import { signLog, verifyLog } from "../../trace/signing/signature.ts";
import { authority, secretOf } from "../lib/authorities.ts";
import { GOLD, mapWith, resource } from "../lib/build.ts";

const STATEMENT: ExitStatement = {
  ...{ domain: 7n, address: address(4095, 255), program: 9, w1: 1234n },
  ...{ recipient: (1n << 160n) - 1n, validUntil: 2 ** 40 - 1 },
};

describe("a place", () => {
  test("is packed and unpacked", () => {
    expect(packPlace(STATEMENT)).toBe(
      BigInt(address(4095, 255)) + (((1n << 160n) - 1n) << 32n) + (((1n << 40n) - 1n) << 192n),
    );
    for (const place of [
      { address: 0, recipient: 0n, validUntil: 0 },
      { address: 2 ** 32 - 1, recipient: (1n << 160n) - 1n, validUntil: 2 ** 40 - 1 },
      { address: 257, recipient: 0xabcn, validUntil: 1_800_000_000 },
    ]) {
      expect(unpackPlace(packPlace(place))).toEqual(place);
    }
  });

  test.each([
    ["address", { address: 2 ** 32 }],
    ["address", { address: -1 }],
    ["address", { address: 0.5 }],
    ["recipient", { recipient: 1n << 160n }],
    ["recipient", { recipient: -1n }],
    ["validUntil", { validUntil: 2 ** 40 }],
    ["domain", { domain: FIELD }],
    ["program", { program: 2 ** 24 }],
    ["w1", { w1: -1n }],
  ])("names the field that does not fit: %s", (field, wrong) => {
    expect(() => exitHash({ ...STATEMENT, ...wrong })).toThrow(expect.objectContaining({ code: "invalid", field }));
  });

  test("has 232 bits", () => {
    expect(unpackPlace((1n << 232n) - 1n)).toMatchObject({ validUntil: 2 ** 40 - 1 });
    for (const place of [1n << 232n, -1n]) {
      expect(() => unpackPlace(place)).toThrow(expect.objectContaining({ field: "place" }));
    }
  });
});

describe("a signature of an exit", () => {
  const signature = signExit(secretOf(1), STATEMENT);

  test("is over one word that binds every field, under a tag of its own", () => {
    expect(TAG.exit).toBe(9n);
    expect(exitHash(STATEMENT)).toBe(hash(9n, [7n, packPlace(STATEMENT), 9n, 1234n]));
    expect(verifyExit(authority(1), STATEMENT, signature)).toBe(true);
    expect(verifyExit(authority(2), STATEMENT, signature)).toBe(false);
    for (const changed of [
      { domain: 8n },
      { address: 256 },
      { program: 8 },
      { w1: 1235n },
      { recipient: 5n },
      { validUntil: 5 },
    ]) {
      expect(verifyExit(authority(1), { ...STATEMENT, ...changed }, signature)).toBe(false);
    }
  });

  test("is none of a log, and a log's is none of an exit", () => {
    const log = { domain: 7n, program: 9, log: packPlace(STATEMENT), validUntil: 5 };
    expect(verifyLog(authority(1), log, signature)).toBe(false);
    expect(verifyExit(authority(1), STATEMENT, signLog(secretOf(1), log))).toBe(false);
  });
});

describe("who is entitled", () => {
  const [GIVER, HOLDER, STRANGER] = [1, 2, 3] as const;
  const SLOT = 130;
  const D = 5_000;

  /** Whether the machine lets the program take the resource, at that time. */
  function lets(program: number, escrowFrom: number, deadline: number, at: number): boolean {
    const placed = resource([HOLDER, SLOT], GOLD, 10n, { escrowFrom, deadline });
    const map = mapWith({ programs: 3, cells: [placed] });
    const thing = { resource: (placed as unknown as { id: bigint }).id, kind: GOLD, quantity: 10n };
    const source = address(HOLDER, SLOT);
    const own = address(program, 7);
    const rows =
      escrowFrom === 0
        ? [rowOf("Retire", program, { source, ...thing })]
        : [
            rowOf("ClaimFromProgram", program, { peer: HOLDER, source, ...thing }),
            rowOf("ClaimFromProgram", program, { peer: HOLDER, source, destination: own, ...thing }),
            rowOf("RevokeResource", program, { peer: HOLDER, source, destination: own, ...thing }),
          ];
    return rows.some((row) => {
      try {
        new Machine(map.clone(), 0, at).perform([row], at);
        return true;
      } catch (error) {
        if (error instanceof RefusedError) return false;
        throw error;
      }
    });
  }

  test("is whom the machine lets claim, revoke or retire", () => {
    const seen = new Set<string>();
    for (const program of [GIVER, HOLDER, STRANGER]) {
      for (const [escrowFrom, deadline] of [
        [0, 0],
        [GIVER, 0],
        [GIVER, D],
      ] as const) {
        for (const at of [1, D - 1, D, D + 1, D + GRACE - 1, D + GRACE]) {
          const entitled = isEntitled(program, { holder: HOLDER, escrowFrom, deadline }, at);
          expect([program, escrowFrom, deadline, at, lets(program, escrowFrom, deadline, at)]).toEqual([
            ...[program, escrowFrom, deadline, at, entitled],
          ]);
          seen.add(`${program} ${entitled}`);
        }
      }
    }
    expect([...seen].sort()).toEqual(["1 false", "1 true", "2 false", "2 true", "3 false"]);
  });
});
