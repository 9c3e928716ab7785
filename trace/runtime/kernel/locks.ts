/**
 * Locks: free tokens lie in the memory of their home. A program locks by claiming tokens with a capability, and unlocks
 * by passing them back outright. Mutual exclusion follows from the tokens' ownership, so it is proven. A program locks
 * its own locks by passing the token to itself, out of the others' reach.
 */
import type { MemorySlot, Place, ProgramId, Single } from "../../effects/effects.ts";
import { RuntimeUseError } from "../errors.ts";
import type { Handle } from "../requests.ts";
import type { Handlers, KernelServices, LockService } from "./services.ts";
import type { Asked, Task } from "./task.ts";

interface Token {
  /** Its number. A guarded resource's number can change while a task holds it. */
  id: bigint;
  /** Its slot: in its home, or in its holder's program. */
  slot: MemorySlot;
  atHome: boolean;
}
interface Lock {
  readonly name: string;
  readonly home: ProgramId;
  readonly kind: bigint;
  readonly tokens: readonly Token[];
  /** Whether the token is the guarded resource itself. */
  readonly guards: boolean;
  /** The home's capabilities, by grantee and token number. */
  readonly capabilities: Map<string, Place>;
  readonly queue: Asked<"acquire">[];
  readonly grants: Set<Grant>;
  /** Why the lock can no longer be granted: the guarded resource is gone. */
  broken: RuntimeUseError | undefined;
}
/** Tokens that a task holds. */
interface Grant {
  readonly lock: Lock;
  readonly task: Task;
  readonly tokens: readonly Token[];
  /** The guarded resource, by its holder's reference. */
  held: number | undefined;
}
interface Barrier {
  readonly name: string;
  readonly home: ProgramId;
  readonly parties: number;
  readonly arrived: Asked<"arrive">[];
  generation: number;
}

export class Locks implements LockService {
  readonly #kernel: KernelServices;
  readonly #locks = new Map<Handle, Lock>();
  readonly #grants = new Map<Handle, Grant>();
  readonly #barriers = new Map<Handle, Barrier>();

  constructor(kernel: KernelServices) {
    this.#kernel = kernel;
  }

  readonly handlers: Handlers = {
    lock: (p) => {
      const { task, ask } = p as Asked<"lock">;
      this.#locks.set(ask.handle, this.#make(task.program, ask));
      p.answer();
    },
    acquire: (p) => {
      const { ask } = p as Asked<"acquire">;
      const lock = this.#lock(ask.lock);
      if (lock.broken !== undefined) throw lock.broken;
      if (ask.permits > lock.tokens.length) {
        throw new RuntimeUseError(
          `${lock.name} has ${lock.tokens.length} permits, fewer than the ${ask.permits} asked for: ask for fewer`,
        );
      }
      p.waits = { what: `the lock ${lock.name}`, on: () => [...lock.grants].map(({ task }) => task) };
      lock.queue.push(p as Asked<"acquire">);
      this.#serve(lock);
    },
    release: (p) => {
      const { ask } = p as Asked<"release">;
      const grant = this.#grants.get(ask.grant);
      if (grant === undefined) {
        p.answer();
        return;
      }
      grant.held = ask.held;
      this.#grants.delete(ask.grant);
      this.#release(grant);
      p.answer();
    },
    barrier: (p) => {
      const { task, ask } = p as Asked<"barrier">;
      const { handle, name, parties } = ask;
      this.#barriers.set(handle, { name, home: task.program, parties, arrived: [], generation: 0 });
      p.answer();
    },
    arrive: (p) => this.#arrive(p as Asked<"arrive">),
  };

  /** Gives back the tokens that an ending task still holds. If they are gone, the waiting tasks get an error. */
  releaseAll(task: Task): void {
    for (const [handle, grant] of this.#grants) {
      if (grant.task !== task) continue;
      this.#grants.delete(handle);
      try {
        this.#release(grant);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const { lock } = grant;
        lock.broken = new RuntimeUseError(
          `the lock ${lock.name} is lost, because ${task.name} did not return it: ${reason}`,
        );
        for (const waiting of lock.queue.splice(0)) waiting.fail(lock.broken);
      }
    }
  }

  #lock(handle: Handle): Lock {
    const lock = this.#locks.get(handle);
    if (lock === undefined)
      throw new RuntimeUseError(`there is no lock ${handle} in this run: its creation was refused`);
    return lock;
  }

  #make(home: ProgramId, { name, permits, guards }: Asked<"lock">["ask"]): Lock {
    const { slots, holdings } = this.#kernel;
    const common = { name, home, capabilities: new Map(), queue: [], grants: new Set<Grant>(), broken: undefined };
    const made = (slot: MemorySlot): Token => ({ id: holdings.hold(home, slot).id, slot, atHome: true });
    if (guards !== undefined) {
      const slot = holdings.slotOf(home, guards);
      holdings.drop(guards);
      const token = made(slot);
      return { ...common, kind: holdings.kindIn(home, slot), guards: true, tokens: [token] };
    }
    const kind = holdings.tokenKind(home, name);
    const tokens = Array.from({ length: permits }, () => {
      const slot = slots.free(home);
      this.#kernel.perform(home, { effect: "Issue", kind, quantity: 1n, slot });
      return made(slot);
    });
    return { ...common, kind, guards: false, tokens };
  }

  /** Grants tokens in the order of the queue, as long as there are enough; no task overtakes another. */
  #serve(lock: Lock): void {
    for (;;) {
      const [first] = lock.queue;
      const free = lock.tokens.filter(({ atHome }) => atHome);
      if (first === undefined || free.length < first.ask.permits) return;
      lock.queue.shift();
      try {
        this.#grant(lock, first, free.slice(0, first.ask.permits));
      } catch (error) {
        first.fail(error);
      }
    }
  }

  #grant(lock: Lock, pending: Asked<"acquire">, tokens: readonly Token[]): void {
    const { task, ask } = pending;
    const { holdings } = this.#kernel;
    if (task.program === lock.home) {
      this.#pass(lock.home, lock.home, `lock ${lock.name}`, lock, tokens);
    } else {
      // Capabilities take slots, so all are made before the claims.
      const capabilities = tokens.map(({ id }) => this.#capability(lock, task.program, id));
      const slots = this.#kernel.slots.several(task.program, tokens.length);
      const claims = tokens.map(({ slot }, i): Single => {
        const from = { program: lock.home, slot };
        return { effect: "ClaimFromProgram", from, to: slots[i] as MemorySlot, by: capabilities[i] as Place };
      });
      this.#kernel.performTogether(claims.map((claim) => [task.program, claim]));
      move(tokens, slots);
    }
    for (const token of tokens) token.atHome = false;
    const [first] = tokens;
    const held = lock.guards && first !== undefined ? holdings.hold(task.program, first.slot) : undefined;
    const grant = { lock, task, tokens, held: held?.ref };
    lock.grants.add(grant);
    this.#grants.set(ask.grant, grant);
    pending.answer(held);
  }

  /** The home's capability for a program to claim one token wherever it lies; made on first use. */
  #capability(lock: Lock, grantee: ProgramId, subject: bigint): Place {
    const key = `${grantee} ${subject}`;
    const known = lock.capabilities.get(key);
    if (known !== undefined) return known;
    const place = { program: lock.home, slot: this.#kernel.slots.free(lock.home) };
    const terms = { rights: ["claim"] as const, scope: "all" as const, subject, expiry: 0 };
    this.#kernel.perform(lock.home, { effect: "DelegateCapability", slot: place.slot, grantee, ...terms });
    lock.capabilities.set(key, place);
    return place;
  }

  #release(grant: Grant): void {
    const { lock, task, tokens } = grant;
    const { holdings } = this.#kernel;
    const [first] = tokens;
    if (grant.held !== undefined && first !== undefined) {
      // A guarded resource may have been merged into another: the holder says which resource goes back.
      first.slot = holdings.slotOf(task.program, grant.held);
      holdings.drop(grant.held);
    }
    this.#pass(task.program, lock.home, `unlock ${lock.name}`, lock, tokens);
    for (const token of tokens) {
      token.atHome = true;
      token.id = holdings.idIn(lock.home, token.slot);
    }
    lock.grants.delete(grant);
    this.#serve(lock);
  }

  /** Hands tokens over, outright. */
  #pass(from: ProgramId, to: ProgramId, name: string, { kind }: Lock, tokens: readonly Token[]): void {
    const entry = this.#kernel.delivery.entry(to, name, kind, tokens.length);
    const { inbox } = this.#kernel.tracer.program(to).header();
    const slots = this.#kernel.slots.several(to, tokens.length, from === to ? 1 : inbox);
    const args = tokens.map(({ slot }, i) => ({ from: slot, to: slots[i] as MemorySlot }));
    this.#kernel.perform(from, { effect: "InvokeProgram", program: to, name, entry, args });
    move(tokens, slots);
  }

  #arrive(p: Asked<"arrive">): void {
    const barrier = this.#barriers.get(p.ask.barrier);
    if (barrier === undefined) throw new RuntimeUseError(`there is no barrier ${p.ask.barrier} in this run`);
    const { name, home, parties, arrived } = barrier;
    if (p.task.program !== home) {
      const entry = this.#kernel.delivery.entry(home, `arrive at ${name}`, 0n, 0);
      this.#kernel.perform(p.task.program, {
        effect: "InvokeProgram",
        program: home,
        name: `arrive at ${name}`,
        entry,
        args: [],
      });
    }
    arrived.push(p);
    p.waits = { what: `${parties - arrived.length} more at the barrier ${name}`, on: () => [] };
    if (arrived.length < parties) return;
    barrier.generation++;
    // The home's clock is above all arrivals; now each party's clock rises above the home's.
    for (const each of arrived.splice(0)) {
      this.#kernel.tasks.meet(each.task.program, home);
      each.answer(barrier.generation);
    }
  }
}

/** Notes the tokens' new slots. */
function move(tokens: readonly Token[], slots: readonly MemorySlot[]): void {
  for (const [i, token] of tokens.entries()) token.slot = slots[i] as MemorySlot;
}
