/**
 * A treasury behind a mutex. Departments draw from one fund. A department holds the fund itself while drawing, so no
 * two draw from the same balance. A contract limits each withdrawal; it is checked and recorded every time.
 */
import { concurrent, contract, issue, type Owned, spawn, TaskFailedError, Vault } from "../trace/runtime/index.ts";

type Cash = Owned<"Cash">;

/** Limit of one withdrawal. */
const LIMIT = 40n;

/** Takes money out of the fund that the caller has locked. */
const draw = contract(
  "draw",
  {
    requires: {
      "the amount is within the limit": (_fund: Cash, amount: bigint) => amount <= LIMIT,
      "the fund covers it": (fund: Cash, amount: bigint) => amount < fund.quantity,
    },
    ensures: { "it is what was asked for": (drawn: Cash, _fund: Cash, amount: bigint) => drawn.quantity === amount },
  },
  (fund: Cash, amount: bigint) => fund.split(amount),
);

/** Draws amounts one after the other, spends them, and returns the total. */
async function department(treasury: Vault<"Cash">, amounts: readonly bigint[]): Promise<bigint> {
  let spent = 0n;
  for (const amount of amounts) {
    using guard = await treasury.lock();
    const drawn = await draw(guard.owned, amount);
    spent += drawn.quantity;
    await drawn.retire();
  }
  return spent;
}

/** Each department's total, or the reason for nothing; and the rest of the fund. */
export const outcomes: Record<string, bigint | string> = {};

export default concurrent({
  name: "treasury",
  description: "departments draw from one fund behind a mutex, within what a contract allows",
  program: "Treasury",
  async main() {
    const treasury = new Vault("fund", await issue("Cash", 200n));
    const departments = {
      Roads: spawn("Roads", () => department(treasury, [40n, 25n])),
      Schools: spawn("Schools", () => department(treasury, [30n, 30n])),
      Palace: spawn("Palace", () => department(treasury, [150n])),
    };
    for (const [name, thread] of Object.entries(departments)) {
      try {
        outcomes[name] = await thread.join();
      } catch (error) {
        if (!(error instanceof TaskFailedError)) throw error;
        outcomes[name] = error.message;
      }
    }
    using guard = await treasury.lock();
    outcomes.left = guard.owned.quantity;
  },
});
