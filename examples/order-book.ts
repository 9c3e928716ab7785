/**
 * An order book. Traders lock their offers in the book's program. When a bid meets an ask, both are settled in one
 * group: the buyer gets the Shares and the seller the Cash, or neither does. Unfilled offers are returned when the
 * market closes.
 */
import {
  actor,
  Barrier,
  type Contracts,
  channel,
  concurrent,
  go,
  issue,
  type Owned,
  type Receiver,
  type Sender,
  sendEach,
  spawn,
} from "../trace/runtime/index.ts";

type Shares = Owned<"Shares">;
type Cash = Owned<"Cash">;

/** An offer to sell, with the shares, or to buy, with the cash for it. */
interface Ask {
  price: bigint;
  shares: Shares;
  proceeds: Sender<Cash>;
  back: Sender<Shares>;
}
interface Bid {
  price: bigint;
  quantity: bigint;
  cash: Cash;
  bought: Sender<Shares>;
  back: Sender<Cash>;
}

/** The book: the best ask meets the best bid, at the ask's price. */
class OrderBook {
  static readonly contracts: Contracts<OrderBook> = {
    sell: { requires: { "the price is positive": (ask) => ask.price > 0n } },
    buy: { requires: { "the cash pays for it": (bid) => bid.cash.quantity === bid.price * bid.quantity } },
  };
  readonly #asks: Ask[] = [];
  readonly #bids: Bid[] = [];

  /** Takes an offer. Returns the number of trades that it led to. */
  async sell(ask: Ask): Promise<number> {
    this.#asks.push(ask);
    this.#asks.sort((a, b) => Number(a.price - b.price));
    return await this.#match();
  }
  async buy(bid: Bid): Promise<number> {
    this.#bids.push(bid);
    this.#bids.sort((a, b) => Number(b.price - a.price));
    return await this.#match();
  }

  /** Ends the market and returns all open offers to their owners. */
  async close(): Promise<void> {
    for (const { shares, back } of this.#asks.splice(0)) await back.send(shares);
    for (const { cash, back } of this.#bids.splice(0)) await back.send(cash);
  }

  async #match(): Promise<number> {
    for (let trades = 0; ; trades++) {
      const [ask, bid] = [this.#asks[0], this.#bids[0]];
      if (ask === undefined || bid === undefined || ask.price > bid.price) return trades;
      await this.#settle(ask, bid);
      if (!ask.shares.here) this.#asks.shift();
      if (bid.quantity === 0n) this.#bids.shift();
    }
  }

  /**
   * One trade: shares one way and cash the other, in one group. Cash saved by a better price is returned when the bid
   * is filled.
   */
  async #settle(ask: Ask, bid: Bid): Promise<void> {
    const whole = ask.shares.quantity <= bid.quantity;
    const shares = whole ? ask.shares : await ask.shares.split(bid.quantity);
    const { quantity } = shares;
    const paid = ask.price * quantity;
    const payment = paid === bid.cash.quantity ? bid.cash : await bid.cash.split(paid);
    await sendEach([bid.bought, shares], [ask.proceeds, payment]);
    bid.quantity -= quantity;
    if (bid.quantity === 0n && bid.cash.here) await bid.back.send(bid.cash);
  }
}

/** The channels for a trader's goods. */
interface Account {
  shares: Sender<Shares>;
  cash: Sender<Cash>;
}

/** A trader: opens an account, places its orders, and counts its goods when the market has closed. */
async function trader(name: string, bell: Barrier, order: (account: Account) => Promise<unknown>): Promise<bigint[]> {
  const [shares, sharesHere] = channel<Shares>(`shares of ${name}`);
  const [cash, cashHere] = channel<Cash>(`cash of ${name}`);
  const arrivals = [go("shares", () => total(sharesHere)), go("cash", () => total(cashHere))];
  await order({ shares, cash });
  await bell.arrive(); // All orders are in.
  await bell.arrive(); // The book is closed.
  shares.close();
  cash.close();
  return await Promise.all(arrivals.map((each) => each.join()));
}

async function total(arriving: Receiver<Owned>): Promise<bigint> {
  let sum = 0n;
  for await (const { quantity } of arriving) sum += quantity;
  return sum;
}

/** Shares and cash of each trader at the end, for a reader who runs the example by hand. */
export const outcomes: Record<string, bigint[]> = {};

export default concurrent({
  name: "order-book",
  description: "two sellers and a buyer meet in an order book; each trade is settled both ways at once",
  program: "Exchange",
  async main() {
    const book = actor(OrderBook);
    const bell = new Barrier("bell", 4);
    const certificates = await issue("Shares", 30n);
    const purse = await issue("Cash", 1_000n);
    const sell = (name: string, price: bigint) => async (shares: Shares) =>
      await trader(name, bell, async (to) => {
        await book.sell({ price, shares, proceeds: to.cash, back: to.shares });
      });
    const traders = {
      Ann: spawn("Ann", sell("Ann", 10n), await certificates.split(10n)),
      Ben: spawn("Ben", sell("Ben", 12n), certificates),
      Cy: spawn(
        "Cy",
        async (cash: Cash) =>
          await trader("Cy", bell, async (to) => {
            await book.buy({
              price: 12n,
              quantity: 15n,
              cash: await cash.split(180n),
              bought: to.shares,
              back: to.cash,
            });
            await to.cash.send(cash);
          }),
        purse,
      ),
    };
    await bell.arrive();
    await book.close();
    await bell.arrive();
    for (const [name, thread] of Object.entries(traders)) outcomes[name] = await thread.join();
  },
});
