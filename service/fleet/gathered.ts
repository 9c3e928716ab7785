/** Gathers calls that come while another is under way, and does them together. */

interface Item<In, Out> {
  readonly value: In;
  resolve(out: Out): void;
  reject(error: unknown): void;
}

/** One call for many values. What comes while a call is under way goes into the next one. */
export class Gathered<In, Out> {
  readonly #work: (values: readonly In[]) => Promise<readonly Out[]>;
  readonly #most: number;
  readonly #lanes: number;
  #waiting: Item<In, Out>[] = [];
  #running = 0;

  /**
   * @param work does the values in one call; its results are in their order
   * @param limits most values in one call, and most calls at the same time
   */
  constructor(
    work: (values: readonly In[]) => Promise<readonly Out[]>,
    { most = 256, lanes = 1 }: { most?: number; lanes?: number } = {},
  ) {
    this.#work = work;
    this.#most = most;
    this.#lanes = lanes;
  }

  /** Does one value, together with others. @throws what the common call throws */
  async run(value: In): Promise<Out> {
    return await new Promise<Out>((resolve, reject) => {
      this.#waiting.push({ value, resolve, reject });
      // What is asked for in the same turn goes together.
      queueMicrotask(() => void this.#next());
    });
  }

  async #next(): Promise<void> {
    if (this.#running >= this.#lanes || this.#waiting.length === 0) return;
    const items = this.#waiting.splice(0, this.#most);
    this.#running++;
    try {
      const results = await this.#work(items.map(({ value }) => value));
      items.forEach((item, i) => {
        item.resolve(results[i] as Out);
      });
    } catch (error) {
      for (const item of items) item.reject(error);
    } finally {
      this.#running--;
      void this.#next();
    }
  }
}
