/** Who may leave is who may take it by the rules of the map. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { isEntitled } from "../../../trace/crossing/entitled.ts";
import { RefusedError } from "../../../trace/errors.ts";
import { address, GRACE } from "../../../trace/layout.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import { GOLD, mapWith, resource } from "../../lib/build.ts";
import { allCompleted } from "../../lib/completed.ts";

const [HOLDER, GIVER, OTHER] = [1, 2, 3] as const;
const SLOT = 5;

/** Whether the program can take the resource in a map at the time: by a claim in place, or by taking it back. */
function takes(program: number, escrowFrom: number, deadline: number, time: number): boolean {
  const at = address(HOLDER, SLOT);
  const map = mapWith({
    programs: 3,
    inbox: 1,
    cells: [resource([HOLDER, SLOT], GOLD, 7n, { escrowFrom, deadline, id: 9n })],
  });
  const thing = { source: at, resource: 9n, kind: GOLD, quantity: 7n };
  const row =
    escrowFrom === 0
      ? rowOf("Retire", program, thing)
      : program === HOLDER
        ? rowOf("ClaimFromProgram", program, { ...thing, peer: HOLDER })
        : rowOf("RevokeResource", program, { ...thing, peer: HOLDER, destination: address(program, 6) });
  try {
    new Machine(map, 0, 0).perform(allCompleted([row], map), time);
    return true;
  } catch (error) {
    if (error instanceof RefusedError) return false;
    throw error;
  }
}

test("the rules of claims and revocations say the same", () => {
  const deadlines = fc.constantFrom(0, 1, 1_000, GRACE, 2 ** 33);
  const around = fc.constantFrom(-1, 0, 1, GRACE - 1, GRACE, GRACE + 1, 2 * GRACE);
  fc.assert(
    fc.property(
      fc.constantFrom(HOLDER, GIVER, OTHER),
      fc.constantFrom(0, GIVER),
      deadlines,
      around,
      (program, escrowFrom, ends, offset) => {
        const deadline = escrowFrom === 0 ? 0 : ends;
        const time = Math.max(0, deadline + offset);
        expect(isEntitled(program, { holder: HOLDER, escrowFrom, deadline }, time)).toBe(
          takes(program, escrowFrom, deadline, time),
        );
      },
    ),
    { numRuns: 300 },
  );
});

test.each([
  ["the owner", HOLDER, 0, 0, 5, true],
  ["anybody else", GIVER, 0, 0, 5, false],
  ["the holder of an escrow without a deadline", HOLDER, GIVER, 0, 5, true],
  ["its giver", GIVER, GIVER, 0, 5, true],
  ["the holder a second before the deadline", HOLDER, GIVER, 100, 99, true],
  ["the giver a second before the deadline", GIVER, GIVER, 100, 99, false],
  ["the holder at the deadline", HOLDER, GIVER, 100, 100, false],
  ["the giver at the deadline", GIVER, GIVER, 100, 100, true],
  ["the holder a second before the grace is over", HOLDER, GIVER, 100, 99 + GRACE, false],
  ["the holder after the grace", HOLDER, GIVER, 100, 100 + GRACE, true],
  ["the giver after the grace", GIVER, GIVER, 100, 100 + GRACE, true],
] as const)("%s", (_, program, escrowFrom, deadline, time, entitled) => {
  expect(isEntitled(program, { holder: HOLDER, escrowFrom, deadline }, time)).toBe(entitled);
});
