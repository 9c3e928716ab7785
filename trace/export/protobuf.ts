/** Writes protocol buffers: fields by their numbers, in the order in which they are given. */

const text = new TextEncoder();
/** Bytes at the beginning; the buffer doubles when it is full. */
const FIRST_SIZE = 256;

export class ProtobufWriter {
  #bytes = new Uint8Array(FIRST_SIZE);
  #length = 0;

  /** A whole number of at most 64 bits, or an enum. @param value not negative */
  uint(field: number, value: number | bigint): this {
    this.#key(field, 0);
    this.#varint(value);
    return this;
  }

  /** A number of exactly 64 bits. */
  fixed64(field: number, value: bigint): this {
    this.#key(field, 1);
    this.#reserve(8);
    new DataView(this.#bytes.buffer).setBigUint64(this.#length, value, true);
    this.#length += 8;
    return this;
  }

  string(field: number, value: string): this {
    return this.#packed(field, text.encode(value));
  }

  /** A message within this one. */
  message(field: number, write: (inner: ProtobufWriter) => void): this {
    const inner = new ProtobufWriter();
    write(inner);
    return this.#packed(field, inner.bytes());
  }

  /** What was written so far. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #packed(field: number, content: Uint8Array): this {
    this.#key(field, 2);
    this.#varint(content.length);
    this.#reserve(content.length);
    this.#bytes.set(content, this.#length);
    this.#length += content.length;
    return this;
  }

  #key(field: number, wire: number): void {
    this.#varint(field * 8 + wire);
  }

  #varint(value: number | bigint): void {
    // Numbers below 2^31 are most of them, and need no BigInt.
    if (typeof value === "number" && value < 0x8000_0000) {
      let rest = value;
      while (rest > 127) {
        this.#byte((rest & 127) | 128);
        rest >>>= 7;
      }
      this.#byte(rest);
      return;
    }
    let rest = BigInt(value);
    while (rest > 127n) {
      this.#byte(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    this.#byte(Number(rest));
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const bigger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    bigger.set(this.#bytes);
    this.#bytes = bigger;
  }
}
