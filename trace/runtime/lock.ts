/**
 * Locks: the owner of the token holds the lock, and the trace proves who owned it. A guard returns it at the end of its
 * scope (`using`).
 */

import { ask, current, post } from "./context.ts";
import { RuntimeUseError } from "./errors.ts";
import { pack } from "./message.ts";
import { Owned } from "./owned.ts";
import type { Handle } from "./requests.ts";

/** Holds tokens of a lock until the end of the scope. */
export class Guard implements Disposable {
  readonly #grant: Handle;
  #released = false;

  /** Locks make guards. @internal */
  constructor(grant: Handle) {
    this.#grant = grant;
  }

  /** Whether the tokens have been given back. */
  get released(): boolean {
    return this.#released;
  }
  /** The resource returned with the tokens: a reference, or nothing. */
  protected returned(): number | undefined {
    return undefined;
  }

  /** Gives the tokens back; a second time does nothing. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    post("release", { grant: this.#grant, held: this.returned() });
  }
  /** Gives the tokens back. `using` calls this at the end of the scope. */
  [Symbol.dispose](): void {
    this.release();
  }
}

/** A guard over a value in memory. */
export class ValueGuard<T> extends Guard {
  readonly #cell: { value: T };

  /** {@link Mutex} and {@link ReadWriteLock} make these guards. @internal */
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
      throw new RuntimeUseError("the lock was given back, and others can change its value: lock it again");
    return this.#cell;
  }
}

/** A guard over a resource. The resource itself is the token; the rest of it goes back at the end. */
export class ResourceGuard<K extends string> extends Guard {
  /**
   * The resource, until the end of the scope. If it is gone by then, the end of the scope throws, and the lock is lost
   * once the task has ended.
   */
  readonly owned: Owned<K>;

  /** {@link Vault} makes these guards. @internal */
  constructor(grant: Handle, owned: Owned<K>) {
    super(grant);
    this.owned = owned;
  }
  protected override returned(): number {
    return this.owned.leave().ref;
  }
}

/** Makes a lock whose home is the asking program. */
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
 * Mutual exclusion over a value: tasks claim and return the token. The program that makes the mutex is the token's
 * home.
 */
export class Mutex<T = undefined> {
  readonly #lock: Handle;
  readonly #cell: { value: T };

  /** @param value the guarded value, if any */
  constructor(name: string, ...value: T extends undefined ? [] : [value: T]) {
    this.#lock = newLock(name, 1);
    this.#cell = { value: value[0] as T };
  }

  /** Waits for the lock: `using guard = await mutex.lock()`. */
  async lock(): Promise<ValueGuard<T>> {
    return new ValueGuard(await acquire(this.#lock, 1), this.#cell);
  }
}

/** Mutual exclusion over a resource: the lock's holder owns the resource. */
export class Vault<K extends string> {
  readonly #lock: Handle;

  /** @param resource the guarded resource; the handle ends */
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

/** A semaphore: limits how many tasks are in a section at once. */
export class Semaphore {
  readonly #lock: Handle;

  /** @param permits number of permits, each a token */
  constructor(name: string, permits: number) {
    this.#lock = newLock(name, permits);
  }

  /** Waits for `permits` permits, all at once. @throws RuntimeUseError if the semaphore has fewer */
  async acquire(permits = 1): Promise<Guard> {
    return new Guard(await acquire(this.#lock, permits));
  }
}

/** A lock for up to `readers` readers, or one writer: a writer holds all tokens. */
export class ReadWriteLock<T = undefined> {
  readonly #lock: Handle;
  readonly #readers: number;
  readonly #cell: { value: T };

  /** @param options.readers how many can read at a time; default 2 */
  constructor(name: string, options: { readers?: number }, ...value: T extends undefined ? [] : [value: T]) {
    this.#readers = options.readers ?? 2;
    this.#lock = newLock(name, this.#readers);
    this.#cell = { value: value[0] as T };
  }

  /** Waits until there is no writer and a reader's token is free. */
  async read(): Promise<Guard & { readonly value: T }> {
    return new ValueGuard(await acquire(this.#lock, 1), this.#cell);
  }
  /** Waits until there are no readers and no writer. */
  async write(): Promise<ValueGuard<T>> {
    return new ValueGuard(await acquire(this.#lock, this.#readers), this.#cell);
  }
}

/**
 * A barrier: all parties go on once the last has arrived. Each party's clock is then above everything that any party
 * did before.
 */
export class Barrier {
  readonly #barrier: Handle;

  /** @param parties number of arrivals that open it */
  constructor(name: string, parties: number) {
    this.#barrier = current().newHandle();
    post("barrier", { handle: this.#barrier, name, parties });
  }

  /** @returns how often the barrier has opened, this time included */
  async arrive(): Promise<number> {
    return await ask("arrive", { barrier: this.#barrier });
  }
}
