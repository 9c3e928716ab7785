/**
 * Exchanges: two programs hand over to each other in one group, and both sign the whole group. No intermediary holds
 * anything.
 */

import { count } from "../../describe/count.ts";
import { CancelledError, RuntimeUseError } from "../errors.ts";
import type { Handle } from "../requests.ts";
import type { Handlers, KernelServices } from "./services.ts";
import type { Asked } from "./task.ts";

interface Exchange {
  readonly name: string;
  /** The first side, which waits, and a function that ends its time-out. */
  waiting: { readonly offer: Asked<"trade">; forget(): void } | undefined;
}

export class Exchanges {
  readonly #kernel: KernelServices;
  readonly #exchanges = new Map<Handle, Exchange>();

  constructor(kernel: KernelServices) {
    this.#kernel = kernel;
  }

  readonly handlers: Handlers = {
    exchange: (p) => {
      const { handle, name } = (p as Asked<"exchange">).ask;
      this.#exchanges.set(handle, { name, waiting: undefined });
      p.answer();
    },
    trade: (p) => {
      const { ask } = p as Asked<"trade">;
      const exchange = this.#exchanges.get(ask.exchange);
      if (exchange === undefined) throw new RuntimeUseError(`there is no exchange ${ask.exchange} in this run`);
      const { waiting } = exchange;
      if (waiting === undefined) {
        this.#wait(exchange, p as Asked<"trade">);
        return;
      }
      exchange.waiting = undefined;
      waiting.forget();
      this.#settle(exchange, waiting.offer, p as Asked<"trade">);
    },
  };

  #wait(exchange: Exchange, offer: Asked<"trade">): void {
    const { seconds } = offer.ask;
    offer.waits = { what: `the other side of the exchange ${exchange.name}`, on: () => [] };
    const giveUp = (): void => {
      exchange.waiting = undefined;
      offer.fail(
        new CancelledError(
          `the exchange ${exchange.name}`,
          `no other side came within ${count(seconds ?? 0, "second")}`,
        ),
      );
    };
    const forget = seconds === undefined ? () => undefined : this.#kernel.after(seconds, giveUp);
    exchange.waiting = { offer, forget };
  }

  /** Swaps both offers at once. If the rules refuse it, or one side wants something else, both keep their offers. */
  #settle({ name }: Exchange, first: Asked<"trade">, second: Asked<"trade">): void {
    const { delivery } = this.#kernel;
    const sides = [first, second] as const;
    try {
      this.#requireWanted(name, first, second);
      this.#requireWanted(name, second, first);
      const parcels = delivery.deliverTogether(
        sides.map(({ task, ask }, i) => ({
          from: task.program,
          to: (sides[1 - i] as Asked<"trade">).task.program,
          name: `exchange ${name}`,
          message: ask.message,
        })),
      );
      for (const [i, side] of sides.entries()) {
        const parcel = parcels[1 - i];
        side.answer(parcel === undefined ? undefined : delivery.open([parcel])[0]);
      }
    } catch (error) {
      for (const side of sides) side.fail(error);
    }
  }

  /** @throws CancelledError if one side's offer is not what the other wants */
  #requireWanted(name: string, wanting: Asked<"trade">, offering: Asked<"trade">): void {
    const { wants } = wanting.ask;
    if (wants === undefined) return;
    const { holdings } = this.#kernel;
    const { program } = offering.task;
    const [ref, ...others] = offering.ask.message.owned;
    const found =
      ref === undefined || others.length > 0
        ? "something else"
        : `${holdings.quantityOf(program, ref)} ${holdings.nameOf(holdings.kindOf(program, ref))}`;
    const kindFits = ref !== undefined && holdings.kindOf(program, ref) === wants.kind;
    if (kindFits && others.length === 0 && holdings.quantityOf(program, ref) === wants.quantity) return;
    throw new CancelledError(
      `the exchange ${name}`,
      `${wanting.task.name} wants ${wants.quantity} ${holdings.nameOf(wants.kind)} and was offered ${found}`,
    );
  }
}
