/**
 * Locks: to have the token is to have the lock, and the trace proves who had it. Guards give it back at the end of
 * their scope (`using`).
 */

import { ask, current, post } from "./context.ts";
import { RuntimeUseError } from "./errors.ts";
import { pack } from "./message.ts";
import { Owned } from "./owned.ts";
import type { Handle } from "./requests.ts";

/** Tokens of a lock, until the end of the scope. */
export class Guard implements Disposable {
  readonly #grant: Handle;
  #released = false;

  /** Guards are what locks give. @internal */
  constructor(grant: Handle) {
    this.#grant = grant;
  }

  /** Whether the tokens have been given back. */
  get released(): boolean {
    return this.#released;
  }
  /** What is returned with the tokens: a reference, or nothing. */
  protected returned(): number | undefined {
    return undefined;
  }

  /** Gives the tokens back; a second time does nothing. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    post("release", { grant: this.#grant, held: this.returned() });
  }
  /** What `using` calls at the end of the scope. */
  [Symbol.dispose](): void {
    this.release();
  }
}

/** A guard over a value in memory. */
export class ValueGuard<T> extends Guard {
  readonly #cell: { value: T };

  /** Made by {@link Mutex} and {@link ReadWriteLock}. @internal */
  constructor(grant: Handle, cell: { value: T }) {
    super(grant);
    this.#cell = cell;
  }
  /** The value that the lock guards. @throws RuntimeUseError once the lock has been given back */
  get value(): T {
    return this.#open().value;
  }
  /** Replaces it. @throws RuntimeUseError once the lock has been given back */
  set value(value: T) {
    this.#open().value = value;
  }

  #open(): { value: T } {
    if (this.released)
      throw new RuntimeUseError("the lock was given back, and its value is another's now: lock it again");
    return this.#cell;
  }
}

/** A guard over a resource: it is the token itself, and what is left of it goes back. */
export class ResourceGuard<K extends string> extends Guard {
  /**
   * The resource, until the end of the scope; if it is gone by then, that throws, and nobody gets the lock when the
   * task has ended.
   */
  readonly owned: Owned<K>;

  /** Made by {@link Vault}. @internal */
  constructor(grant: Handle, owned: Owned<K>) {
    super(grant);
    this.owned = owned;
  }
  protected override returned(): number {
    return this.owned.leave().ref;
  }
}

/** Makes a lock at home in the program that asks. */
function newLock(name: string, permits: number, guards?: number): Handle {
  const handle = current().newHandle();
  post("lock", { handle, name, permits, guards });
  return handle;
}
async function acquire(lock: Handle, permits: number): Promise<Handle> {
  const grant = current().newHandle();
  await ask("acquire", { lock, grant, permits });
  return grant;
}

/**
 * Mutual exclusion over a value: the token is claimed and returned. The program that makes the mutex is its token's
 * home.
 */
export class Mutex<T = undefined> {
  readonly #lock: Handle;
  readonly #cell: { value: T };

  /** @param value what it guards, if anything */
  constructor(name: string, ...value: T extends undefined ? [] : [value: T]) {
    this.#lock = newLock(name, 1);
    this.#cell = { value: value[0] as T };
  }

  /** Waits for the lock: `using guard = await mutex.lock()`. */
  async lock(): Promise<ValueGuard<T>> {
    return new ValueGuard(await acquire(this.#lock, 1), this.#cell);
  }
}

/** Mutual exclusion over a resource: whoever has the lock has the resource, nobody else. */
export class Vault<K extends string> {
  readonly #lock: Handle;

  /** @param resource what it guards; the handle ends */
  constructor(name: string, resource: Owned<K>) {
    this.#lock = newLock(name, 1, pack(resource).message.owned[0]);
  }

  /** Waits for the lock, and with it for the resource: `using guard = await vault.lock()`. */
  async lock(): Promise<ResourceGuard<K>> {
    const grant = current().newHandle();
    const held = await ask("acquire", { lock: this.#lock, grant, permits: 1 });
    if (held === undefined) throw new Error("a vault's grant always comes with what it guards");
    return new ResourceGuard<K>(grant, new Owned<K>(held));
  }
}

/** So many may be in at a time. */
export class Semaphore {
  readonly #lock: Handle;

  /** @param permits how many there are, each a token */
  constructor(name: string, permits: number) {
    this.#lock = newLock(name, permits);
  }

  /** Waits for so many permits, all at once. @throws RuntimeUseError if there are not so many */
  async acquire(permits = 1): Promise<Guard> {
    return new Guard(await acquire(this.#lock, permits));
  }
}

/** Any number of readers up to `readers`, or one writer: a writer has all the tokens. */
export class ReadWriteLock<T = undefined> {
  readonly #lock: Handle;
  readonly #readers: number;
  readonly #cell: { value: T };

  /** @param options.readers how many may read at a time: 2 unless said otherwise */
  constructor(name: string, options: { readers?: number }, ...value: T extends undefined ? [] : [value: T]) {
    this.#readers = options.readers ?? 2;
    this.#lock = newLock(name, this.#readers);
    this.#cell = { value: value[0] as T };
  }

  /** Waits until nobody writes and a reader's place is free. */
  async read(): Promise<Guard & { readonly value: T }> {
    return new ValueGuard(await acquire(this.#lock, 1), this.#cell);
  }
  /** Waits until nobody else reads or writes. */
  async write(): Promise<ValueGuard<T>> {
    return new ValueGuard(await acquire(this.#lock, this.#readers), this.#cell);
  }
}

/** Nobody goes on before all have arrived; afterwards everybody's clock is above what all did before. */
export class Barrier {
  readonly #barrier: Handle;

  /** @param parties how many must arrive before it opens */
  constructor(name: string, parties: number) {
    this.#barrier = current().newHandle();
    post("barrier", { handle: this.#barrier, name, parties });
  }

  /** @returns how often the barrier has opened, this time included */
  async arrive(): Promise<number> {
    return await ask("arrive", { barrier: this.#barrier });
  }
}
