/** A pipeline of three stages. Several items are under way at once. Each stage handles one item at a time, in order. */

/** The work of the stages. A stage that throws ends the work: earlier items are finished, later ones dropped. */
export interface Stages<Item, Ready, Made> {
  /** @returns undefined if the item needs no more work */
  prepare(item: Item, index: number): Promise<Ready | undefined>;
  make(ready: Ready, index: number): Promise<Made>;
  /** Called in the order of the items, one call at a time. */
  finish(made: Made, index: number): Promise<void>;
}

/**
 * Puts items through the stages.
 * @param most items that are prepared, or being prepared, and not finished; 1 is one after the other
 * @throws the first failing item's error; nothing is under way then
 */
export async function pipeline<Item, Ready, Made>(
  items: readonly Item[],
  most: number,
  { prepare, make, finish }: Stages<Item, Ready, Made>,
): Promise<void> {
  /** The last item's second and third stage. They fail if those of an earlier item do, so no later item begins. */
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
      // A failure is thrown below, in its turn. Until then it must not count as unhandled.
      finishing.catch(() => undefined);
      making = made;
      unfinished.push(finishing);
    }
  } finally {
    await Promise.allSettled([making, finishing]);
    // An item before the one that threw may have failed too. Its error goes first.
    await finishing;
  }
}
