/** From a state and a wish to the circuits' inputs, and what is wrong with a wish, by field. */
import { describe, expect, test } from "vitest";
import { cellInput } from "../../../prover/exits/cellInput.ts";
import { type ExitSigner, type ExitWish, exitInput } from "../../../prover/exits/exitInput.ts";
import { statePath } from "../../../prover/exits/statePath.ts";
import { mainSource, PROFILES, profilesWith } from "../../../prover/profiles.ts";
import { STATE_CIRCUITS } from "../../../prover/stateCircuits.ts";
import { address, GRACE, kindOf } from "../../../trace/layout.ts";
import { packPlace, signExit } from "../../../trace/signing/exit.ts";
import { packCell } from "../../../trace/state/cells.ts";
import { TimeMap } from "../../../trace/state/timeMap.ts";
import { authority, secretOf } from "../../lib/authorities.ts";

const [GIVER, HOLDER, OPEN] = [2, 3, 4] as const;
const AT = address(HOLDER, 9);
const D = 1_800_000_000;
const header = (key: bigint) =>
  packCell({ type: "program", inbox: 4, steps: 0, clock: 0, authority: key, log: 0n, seq: 0 });
const W = { watch: 0, kind: kindOf(1, 1), quantity: 5n, id: 2n ** 61n + 1n, seq: 4 } as const;
const map = new TimeMap(3, [
  [address(GIVER, 0), header(authority(1))],
  [address(HOLDER, 0), header(authority(2))],
  [address(OPEN, 0), header(0n)],
  [AT, packCell({ type: "resource", ...W, escrowFrom: GIVER, deadline: D })],
  [address(OPEN, 5), packCell({ type: "resource", ...W, escrowFrom: 0, deadline: 0 })],
]);
const WISH: ExitWish = { domain: 7n, address: AT, program: GIVER, recipient: 0xabcn, validUntil: D + 100 };
const SECRET = { secret: secretOf(1) };

describe("a wish", () => {
  test("becomes a statement; a signature does as well as the secret", () => {
    const { statement, input } = exitInput(map, WISH, SECRET);
    const [w0, w1] = map.words(AT);
    expect(statement).toEqual({
      ...{ root: map.root(), domain: 7n, place: packPlace(WISH), program: 2n, authority: authority(1), w0, w1 },
    });
    const signature = signExit(secretOf(1), { ...WISH, w1 });
    expect(exitInput(map, WISH, { signature })).toEqual({ statement, input });
  });

  const w1 = map.words(AT)[1];
  const other = { signature: signExit(secretOf(1), { ...WISH, recipient: 1n, w1 }) };
  const foreign = { signature: signExit(secretOf(2), { ...WISH, w1 }) };
  const wrong: [field: string, says: string, change: Partial<ExitWish>, signer?: ExitSigner][] = [
    ["address", "no resource lies", { address: address(HOLDER, 10) }],
    ["address", "no resource lies", { address: address(HOLDER, 0) }],
    ["address", "in no program", { address: 5 }],
    ["address", "in no program", { address: AT + 2 ** 32 }],
    ["address", "in no program", { address: address(4096, 1) }],
    ["program", "neither holds", { program: OPEN }],
    ["program", "no key", { program: OPEN, address: address(OPEN, 5) }],
    ["program", "neither holds", { program: 77 }],
    ["recipient", "nobody is paid", { recipient: 0n }],
    ["recipient", "160 bits", { recipient: 1n << 160n }],
    ["validUntil", "not a time", { validUntil: 2 ** 40 }],
    ["validUntil", "is over", { now: D + 101 }],
    ["now", "its holder's", { now: D - 1 }],
    ["now", "its giver's", { program: HOLDER, now: D }, { secret: secretOf(2) }],
    ["domain", "not a word", { domain: -1n }],
    ["secret", "give that program's", {}, { secret: secretOf(2) }],
    ["signature", "sign again", {}, other],
    ["signature", "sign again", {}, foreign],
  ];
  test.each(wrong)("is refused by its %s: %s", (field, says, change, signer = SECRET) => {
    expect(() => exitInput(map, { ...WISH, ...change }, signer)).toThrow(
      expect.objectContaining({ code: "invalid", field, message: expect.stringContaining(says) }),
    );
  });

  test("may be used at the times at which its program is entitled", () => {
    const late = { validUntil: D + GRACE, now: D + GRACE };
    for (const [program, now] of [
      [GIVER, { now: D }],
      [GIVER, late],
      [HOLDER, { now: D - 1 }],
      [HOLDER, late],
    ] as const) {
      const signer = { secret: secretOf(program === GIVER ? 1 : 2) };
      expect(() => exitInput(map, { ...WISH, program, ...now }, signer)).not.toThrow();
    }
  });

  test("of a giver that does not exist names the program", () => {
    const lost = new TimeMap(3, [[AT, map.words(AT)]]);
    expect(() => exitInput(lost, WISH, SECRET)).toThrow(expect.objectContaining({ field: "program" }));
  });
});

test("maps of other levels have other circuits", () => {
  const wide = new TimeMap(5, [[AT, map.words(AT)]]);
  expect(() => exitInput(wide, WISH, SECRET)).toThrow(expect.objectContaining({ field: "levels" }));
  expect(() => cellInput(wide, AT)).toThrow(expect.objectContaining({ field: "levels" }));
});

test("a path has four cells nodes, the first as often as it is needed", () => {
  for (const [slot, steps, turns] of [
    [3, 0, []],
    [4, 1, [0n, 0n]],
    [19, 1, [1n, 1n]],
    [20, 2, [0n, 0n]],
    [83, 2, [1n, 1n]],
    [84, 3, [0n, 0n]],
    [255, 3, [0n, 1n]],
  ] as const) {
    const { inner, cells, down, turn } = statePath(map, address(HOLDER, slot));
    expect([inner.length, cells.length, down]).toEqual([3, 4, [0, 1, 2].map((i) => (i < 3 - steps ? 0n : 1n))]);
    for (let i = 0; i < 3 - steps; i++) expect(cells[i + 1]).toEqual(cells[0]);
    if (steps > 0) expect(turn[2]).toEqual(turns);
  }
});

test("circuits over one state are no profiles", () => {
  for (const { name, levels } of STATE_CIRCUITS) {
    expect(PROFILES.map((profile) => profile.name)).not.toContain(name);
    expect(profilesWith(levels).map((profile) => profile.name)).not.toContain(name);
  }
  expect(STATE_CIRCUITS.map(mainSource)).toEqual([
    expect.stringContaining("public [root, domain, place, program, authority, w0, w1] } = Exit(3);"),
    expect.stringContaining("public [root, address, w0, w1, w2, unused] } = Cell(3);"),
  ]);
});
