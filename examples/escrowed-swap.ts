/**
 * An escrowed swap with a time-out. Alice and Bob each put a resource into escrow with a notary, until a deadline. If
 * both do, the notary accepts both in one group and hands both over in another. If one does not, the other takes its
 * own back.
 */
import {
  ContractError,
  channel,
  claimAll,
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

/** Seconds that a party has to deposit. */
const PATIENCE = 3_600;

/** A party's deposit with the notary, and the channel for its proceeds. */
interface Deposit {
  place: { program: number; slot: number };
  proceeds: Sender<Owned>;
}
/** The agreed amount of each kind. */
type Price = Readonly<Record<string, bigint>>;

/**
 * The notary's contract: no party gets anything unless both deposited the agreed amounts. It checks the resources
 * themselves, not statements about them.
 */
const exchange = contract(
  "exchange",
  {
    requires: {
      "each has put in what was agreed": (one: Owned, other: Owned, price: Price) =>
        one.kind !== other.kind && one.quantity === price[one.kind] && other.quantity === price[other.kind],
    },
  },
  async (one: Owned, other: Owned, _price: Price, toOne: Sender<Owned>, toOther: Sender<Owned>) => {
    await sendEach([toOne, other], [toOther, one]);
  },
);

/**
 * Accepts both deposits at once and hands them over. If they are not as agreed, each party gets its own back. Returns
 * whether they were as agreed.
 */
async function settle(first: Deposit, second: Deposit, price: Price): Promise<boolean> {
  const [one, other] = await claimAll([first.place, second.place]);
  try {
    await exchange(one, other, price, first.proceeds, second.proceeds);
    return true;
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    await sendEach([first.proceeds, one], [second.proceeds, other]);
    return false;
  }
}

/** Waits for both deposits. Returns whether both came in time and were as agreed. */
async function notary(deposits: Receiver<Deposit>, price: Price): Promise<boolean> {
  const first = await deposits.recv();
  const second = await select(
    when(deposits, (deposit): Deposit | undefined => deposit),
    timeout(PATIENCE, () => undefined),
  );
  return second !== undefined && (await settle(first, second, price));
}

/** Puts a resource into escrow and waits for the other party's. Takes its own back if none comes. */
async function party(
  mine: { kind: string; quantity: bigint },
  office: number,
  deposits: Sender<Deposit>,
): Promise<string> {
  const [proceeds, arrived] = channel<Owned>(`proceeds of ${self().name}`);
  const own = await issue(mine.kind, mine.quantity);
  const place = await own.escrow(office, { deadline: (await now()) + PATIENCE });
  await deposits.send({ place, proceeds });
  return await select(
    when(arrived, (got) => `${got.quantity} ${got.kind}`),
    timeout(PATIENCE + 1, async () => {
      const back = await revoke(place);
      return `${back.quantity} ${back.kind} back`;
    }),
  );
}

/** One swap, in which Bob deposits the given amount of Silver; without an amount he stays away. Returns the results. */
export async function swap(round: string, bobs?: bigint): Promise<string[]> {
  const [deposits, desk] = channel<Deposit>(`deposits of ${round}`);
  const office = spawn(`Notary of ${round}`, () => notary(desk, { Gold: 100n, Silver: 40n }));
  // The notary's program must exist before anything is put into its memory.
  const { program } = await office.started();
  const alice = spawn(`Alice of ${round}`, () => party({ kind: "Gold", quantity: 100n }, program, deposits));
  const bob = spawn(`Bob of ${round}`, async () => {
    if (bobs !== undefined) return await party({ kind: "Silver", quantity: bobs }, program, deposits);
    await sleep(2 * PATIENCE);
    return "stayed away";
  });
  const outcome = [await alice.join(), await bob.join()];
  await office.join();
  return outcome;
}

/** Results of the two swaps, for a reader who runs the example by hand. */
export const outcomes: string[][] = [];

export default concurrent({
  name: "escrowed-swap",
  description:
    "Alice swaps 100 Gold for Bob's 40 Silver through a notary; in a second swap Bob stays away, and she takes hers back",
  program: "Market",
  async main() {
    outcomes.length = 0;
    outcomes.push(await swap("the first", 40n), await swap("the second"));
  },
});
