/**
 * A lock-free ring in shared memory: one thread writes, another reads. Each side moves its own counter and reads the
 * other's. Packets longer than the ring pass in pieces.
 */

/** Bytes of a ring; a power of two, so that counters can wrap around. */
const CAPACITY = 1 << 16;
/** Counters, in 32-bit words before the data: bytes written, bytes read. */
const WRITTEN = 0;
const READ = 1;
const HEADER = 8;

/** A new ring's memory: zeros. */
export function ringMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER + CAPACITY);
}

export class Ring {
  readonly #counters: Int32Array;
  readonly #data: Uint8Array;

  /** @param memory from {@link ringMemory}, shared by both sides */
  constructor(memory: SharedArrayBuffer) {
    this.#counters = new Int32Array(memory, 0, 2);
    this.#data = new Uint8Array(memory, HEADER, CAPACITY);
  }

  /** Writes a packet, and waits for the reader while the ring is full. Only one thread may write. */
  write(packet: Uint8Array): void {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, packet.length, true);
    this.#writeBytes(length);
    this.#writeBytes(packet);
  }

  /** Reads a packet, and waits for the writer until all of it is there. Only one thread may read. */
  read(): Uint8Array {
    const length = this.#readBytes(4);
    return this.#readBytes(new DataView(length.buffer).getUint32(0, true));
  }

  /** Resolves when there are bytes to read. */
  async readable(): Promise<void> {
    for (;;) {
      const written = Atomics.load(this.#counters, WRITTEN);
      if (written !== Atomics.load(this.#counters, READ)) return;
      const wait = Atomics.waitAsync(this.#counters, WRITTEN, written);
      if (wait.async) await wait.value;
    }
  }

  #writeBytes(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const written = Atomics.load(this.#counters, WRITTEN);
      const read = Atomics.load(this.#counters, READ);
      const at = written & (CAPACITY - 1);
      // Counters have 32 bits and wrap around; their difference stays correct.
      const room = CAPACITY - ((written - read) | 0);
      if (room === 0) {
        Atomics.wait(this.#counters, READ, read);
        continue;
      }
      const count = Math.min(room, CAPACITY - at, bytes.length - done);
      this.#data.set(bytes.subarray(done, done + count), at);
      done += count;
      this.#advance(WRITTEN, written, count);
    }
  }

  #readBytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const read = Atomics.load(this.#counters, READ);
      const written = Atomics.load(this.#counters, WRITTEN);
      const at = read & (CAPACITY - 1);
      const there = (written - read) | 0;
      if (there === 0) {
        Atomics.wait(this.#counters, WRITTEN, written);
        continue;
      }
      const count = Math.min(there, CAPACITY - at, length - done);
      bytes.set(this.#data.subarray(at, at + count), done);
      done += count;
      this.#advance(READ, read, count);
    }
    return bytes;
  }

  #advance(counter: number, from: number, by: number): void {
    Atomics.store(this.#counters, counter, (from + by) | 0);
    Atomics.notify(this.#counters, counter);
  }
}
