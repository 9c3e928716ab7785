/** Lists of numbers, by number, in little memory: most are short, so arrays would take several times as much. */

export class NumberLists {
  /** Places of the first and the last number of each list, plus 1; and of the one after each. */
  #first = new Int32Array(1 << 8);
  #last = new Int32Array(1 << 8);
  #after = new Int32Array(1 << 8);
  #values = new Int32Array(1 << 8);
  #length = 0;

  add(key: number, value: number): void {
    [this.#first, this.#last] = [longer(this.#first, key), longer(this.#last, key)];
    [this.#after, this.#values] = [longer(this.#after, this.#length + 1), longer(this.#values, this.#length + 1)];
    const place = ++this.#length;
    this.#values[place] = value;
    const last = this.#last[key] as number;
    if (last === 0) this.#first[key] = place;
    else this.#after[last] = place;
    this.#last[key] = place;
  }

  /** The numbers of a list, in the order in which they were added. */
  of(key: number): number[] {
    const found: number[] = [];
    for (let place = this.#first[key] ?? 0; place !== 0; place = this.#after[place] as number) {
      found.push(this.#values[place] as number);
    }
    return found;
  }
}

/** The same numbers, where a place is among them. */
function longer(numbers: Int32Array<ArrayBuffer>, place: number): Int32Array<ArrayBuffer> {
  if (place < numbers.length) return numbers;
  const found = new Int32Array(Math.ceil(1.5 * (place + 1)));
  found.set(numbers);
  return found;
}
