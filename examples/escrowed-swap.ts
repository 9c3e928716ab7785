/**
 * An escrowed swap with a time-out. Alice and Bob put what they swap into escrow with a notary, until a deadline. If both have, the
 * notary accepts both in one group and hands both over in another; if one has not come by then, the other takes back what is hers.
 */
import {
  channel,
  claim,
  concurrent,
  contract,
  issue,
  now,
  type Owned,
  type Receiver,
  revoke,
  type Sender,
  select,
  self,
  sendEach,
  sleep,
  spawn,
  timeout,
  when,
} from "../trace/runtime/index.ts";

/** Seconds that a party has. */
const PATIENCE = 3_600;

/** Something that a party has escrowed with the notary, and where it wants the other's thing. */
interface Deposit {
  place: { program: number; slot: number };
  quantity: bigint;
  proceeds: Sender<Owned>;
}

/** What the notary promises: nobody gets anything unless both have paid what was agreed. */
const settle = contract(
  "settle",
  {
    requires: {
      "each has put in what was agreed": (a: Deposit, b: Deposit, price: { a: bigint; b: bigint }) =>
        a.quantity === price.a && b.quantity === price.b,
    },
  },
  async (a: Deposit, b: Deposit) => {
    const [fromA, fromB] = [await claim(a.place), await claim(b.place)];
    await sendEach([a.proceeds, fromB], [b.proceeds, fromA]);
  },
);

/** Waits for both deposits; true if both came in time. */
async function notary(deposits: Receiver<Deposit>, price: { a: bigint; b: bigint }): Promise<boolean> {
  const first = await deposits.recv();
  const second = await select(
    when(deposits, (deposit): Deposit | undefined => deposit),
    timeout(PATIENCE, () => undefined),
  );
  if (second === undefined) return false;
  const [a, b] = first.quantity === price.a ? [first, second] : [second, first];
  await settle(a, b, price);
  return true;
}

/** Puts something into escrow, and waits for the other's; takes its own back if nothing comes. */
async function party(
  mine: { kind: string; quantity: bigint },
  office: number,
  deposits: Sender<Deposit>,
): Promise<string> {
  const [proceeds, arrived] = channel<Owned>(`proceeds of ${self().name}`);
  const own = await issue(mine.kind, mine.quantity);
  const place = await own.escrow(office, { deadline: (await now()) + PATIENCE });
  await deposits.send({ place, quantity: mine.quantity, proceeds });
  return await select(
    when(arrived, (got) => `${got.quantity} ${got.kind}`),
    timeout(PATIENCE + 1, async () => {
      const back = await revoke(place);
      return `${back.quantity} ${back.kind} back`;
    }),
  );
}

/** One swap; `bobComes` decides whether the other side turns up. */
async function swap(round: string, bobComes: boolean): Promise<string[]> {
  const [deposits, desk] = channel<Deposit>(`deposits of ${round}`);
  const office = spawn(`Notary of ${round}`, () => notary(desk, { a: 100n, b: 40n }));
  // The notary's program must be there before anything is put into its memory.
  const { program } = await office.started();
  const alice = spawn(`Alice of ${round}`, () => party({ kind: "Gold", quantity: 100n }, program, deposits));
  const bob = spawn(`Bob of ${round}`, async () => {
    if (bobComes) return await party({ kind: "Silver", quantity: 40n }, program, deposits);
    await sleep(2 * PATIENCE);
    return "stayed away";
  });
  const outcome = [await alice.join(), await bob.join()];
  await office.join();
  return outcome;
}

/** How the two swaps went, for whoever runs it by hand. */
export const outcomes: string[][] = [];

export default concurrent({
  name: "escrowed-swap",
  description:
    "Alice swaps 100 Gold for Bob's 40 Silver by a notary; a second time Bob stays away, and she takes hers back",
  program: "Market",
  async main() {
    outcomes.length = 0;
    outcomes.push(await swap("the first", true), await swap("the second", false));
  },
});
