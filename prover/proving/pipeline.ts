/**
 * Items that go through three stages, several under way at once: each stage has one at a time, and all of them in
 * order.
 */

/**
 * What is done with each item. A stage that throws ends the work: what is before that item is finished, what is behind
 * it is dropped.
 */
export interface Stages<Item, Ready, Made> {
  /** @returns undefined if there is nothing more to do for the item */
  prepare(item: Item, index: number): Promise<Ready | undefined>;
  make(ready: Ready, index: number): Promise<Made>;
  /** Is called in the order of the items, and never for one before the call for the item before it is done. */
  finish(made: Made, index: number): Promise<void>;
}

/**
 * Puts items through the stages.
 * @param most items that are prepared, or being prepared, and not finished; 1 is one after the other
 * @throws what the first item that fails throws; nothing is under way then
 */
export async function pipeline<Item, Ready, Made>(
  items: readonly Item[],
  most: number,
  { prepare, make, finish }: Stages<Item, Ready, Made>,
): Promise<void> {
  /**
   * The last item's second and third stage. They fail if those of an item before do, so that nothing behind it is
   * begun.
   */
  let making: Promise<unknown> = Promise.resolve();
  let finishing: Promise<void> = Promise.resolve();
  const unfinished: Promise<void>[] = [];
  try {
    for (const [index, item] of items.entries()) {
      while (unfinished.length >= most) await unfinished.shift();
      const ready = await prepare(item, index);
      if (ready === undefined) continue;
      const made = making.then(() => make(ready, index));
      finishing = Promise.all([made, finishing]).then(([result]) => finish(result, index));
      // A failure is thrown below, in its turn; until then it is nobody's.
      finishing.catch(() => undefined);
      making = made;
      unfinished.push(finishing);
    }
  } finally {
    await Promise.allSettled([making, finishing]);
    // An item before the one that threw may have failed too, and it is the first.
    await finishing;
  }
}
