/**
 * A soak test: a workshop that makes ten thousand transitions. Smiths take ore from a channel, share one anvil and hand
 * rings to a trader. The trader pays through an actor that keeps accounts. At intervals all meet at a barrier.
 */
import {
  actor,
  Barrier,
  channel,
  concurrent,
  issue,
  Mutex,
  type Owned,
  type Receiver,
  type Sender,
  spawn,
} from "../trace/runtime/index.ts";

/** Number of smiths, and of rings for each: about 16 transitions a ring. */
const SMITHS = 6;
const RINGS = 104;
/** Rings between two meetings. */
const SHIFT = 26;

/** Debts by creditor. */
class Ledger {
  readonly #owed = new Map<string, bigint>();
  credit(name: string, amount: bigint): void {
    this.#owed.set(name, (this.#owed.get(name) ?? 0n) + amount);
  }
  total(): bigint {
    return [...this.#owed.values()].reduce((sum, amount) => sum + amount, 0n);
  }
}

/** Makes rings from the arriving ore, at the shared anvil. */
async function smith(
  ore: Receiver<Owned<"Ore">>,
  anvil: Mutex<number>,
  rings: Sender<Owned>,
  bell: Barrier,
): Promise<number> {
  let made = 0;
  for await (const lump of ore) {
    {
      using guard = await anvil.lock();
      guard.value++;
      await (await lump.split(1n)).retire();
    }
    await rings.send(lump);
    made++;
    if (made % SHIFT === 0) await bell.arrive();
  }
  return made;
}

/** Numbers at the end, for a reader who runs the example by hand. */
export const outcomes = { rings: 0, anvil: 0, owed: 0n };

export default concurrent({
  name: "soak",
  description: "a workshop of smiths, a trader and a ledger: ten thousand transitions",
  program: "Mine",
  async main() {
    const ledger = actor(Ledger);
    const anvil = new Mutex("anvil", 0);
    const bell = new Barrier("bell", SMITHS);
    const [rings, ringsHere] = channel<Owned>("rings", { capacity: 8 });
    const trader = spawn("Trader", async () => {
      let count = 0;
      for await (const ring of ringsHere) {
        await ledger.credit("smiths", ring.quantity);
        await ring.retire();
        count++;
      }
      return count;
    });
    const smiths = Array.from({ length: SMITHS }, (_, i) => {
      const [ore, oreHere] = channel<Owned<"Ore">>(`ore ${i + 1}`, { capacity: 4 });
      return { ore, thread: spawn(`Smith ${i + 1}`, () => smith(oreHere, anvil, rings, bell)) };
    });
    for (let n = 0; n < RINGS; n++) for (const { ore } of smiths) await ore.send(await issue("Ore", 3n));
    let made = 0;
    for (const { ore, thread } of smiths) {
      ore.close();
      made += await thread.join();
    }
    rings.close();
    outcomes.rings = await trader.join();
    if (outcomes.rings !== made) throw new Error(`${made} rings were made and ${outcomes.rings} arrived`);
    using guard = await anvil.lock();
    outcomes.anvil = guard.value;
    outcomes.owed = await ledger.total();
  },
});
