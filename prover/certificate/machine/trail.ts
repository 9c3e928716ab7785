/** What was done, in order, so that it can be taken back. */
export class Trail {
  readonly #back: (() => void)[] = [];

  get length(): number {
    return this.#back.length;
  }
  push(back: () => void): void {
    this.#back.push(back);
  }
  /** Takes back everything since the trail had that length. */
  undo(to: number): void {
    while (this.#back.length > to) (this.#back.pop() as () => void)();
  }
}
