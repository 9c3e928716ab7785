/** Channels: messages wait in the receiving program's memory, so the sender cannot take them back. */
import type { ProgramId } from "../../effects/effects.ts";
import { ChannelClosedError, NotOwnedError, RuntimeUseError } from "../errors.ts";
import type { Handle, Message } from "../requests.ts";
import type { Handlers, KernelServices, Parcel } from "./services.ts";
import type { Asked, Pending } from "./task.ts";

/** A task that waits for messages. */
interface Receiver {
  readonly pending: Pending;
  /** Most messages that it takes. */
  readonly most: number;
  take(parcels: readonly Parcel[]): void;
}

interface Channel {
  readonly handle: Handle;
  readonly name: string;
  readonly capacity: number;
  /** The receiving program: the first whose task asked. */
  program: ProgramId | undefined;
  readonly queue: Parcel[];
  readonly senders: Asked<"send">[];
  readonly receivers: Receiver[];
  closed: boolean;
}

export class Channels {
  readonly #kernel: KernelServices;
  readonly #channels = new Map<Handle, Channel>();

  constructor(kernel: KernelServices) {
    this.#kernel = kernel;
  }

  readonly handlers: Handlers = {
    channel: (p) => {
      const { handle, name, capacity } = (p as Asked<"channel">).ask;
      const state = { program: undefined, queue: [], senders: [], receivers: [], closed: false };
      this.#channels.set(handle, { handle, name, capacity, ...state });
      p.answer();
    },
    send: (p) => {
      const send = p as Asked<"send">;
      const channels = this.#targets(send);
      for (const { closed, name } of channels) if (closed) throw new ChannelClosedError(name, "send");
      for (const { senders } of channels) senders.push(send);
      p.waits = {
        what: `room in the channel ${channels.map(({ name }) => name).join(", ")}`,
        on: () => channels.flatMap(({ program }) => (program === undefined ? [] : this.#kernel.tasksOf(program))),
      };
      for (const channel of channels) this.#pump(channel);
    },
    recv: (p) => {
      const { ask } = p as Asked<"recv">;
      const channel = this.#channel(ask.channel);
      this.#bind(channel, p);
      const take = (parcels: readonly Parcel[]): void => p.answer(this.#kernel.delivery.open(parcels));
      channel.receivers.push({ pending: p, most: ask.most, take });
      p.waits = { what: `a message on the channel ${channel.name}`, on: () => [] };
      this.#pump(channel);
    },
    select: (p) => this.#select(p as Asked<"select">),
    close: (p) => {
      const channel = this.#channel((p as Asked<"close">).ask.channel);
      channel.closed = true;
      this.#pump(channel);
      for (const sender of [...channel.senders]) {
        this.#withdraw(sender);
        sender.fail(new ChannelClosedError(channel.name, "send"));
      }
      this.#pump(channel);
      p.answer();
    },
  };

  #channel(handle: Handle): Channel {
    const channel = this.#channels.get(handle);
    if (channel === undefined) throw new RuntimeUseError(`there is no channel ${handle} in this run`);
    return channel;
  }

  /** Makes the asking program the one that receives. */
  #bind(channel: Channel, { task }: Pending): void {
    channel.program ??= task.program;
    if (channel.program !== task.program) {
      const { holdings } = this.#kernel;
      throw new NotOwnedError(`the receiving end of ${channel.name}`, holdings.programName(channel.program), task.name);
    }
  }

  #select(p: Asked<"select">): void {
    const { channels: handles, otherwise, seconds } = p.ask;
    const channels = handles.map((handle) => this.#channel(handle));
    const leave = (): void => {
      for (const { receivers } of channels) {
        const at = receivers.findIndex(({ pending }) => pending === p);
        if (at >= 0) receivers.splice(at, 1);
      }
    };
    let forget: () => void = () => undefined;
    const done = (answer: unknown): void => {
      forget();
      leave();
      p.answer(answer);
    };
    for (const channel of channels) this.#bind(channel, p);
    // If several channels have a message, the seed decides.
    for (const index of this.#kernel.random.shuffled(channels.map((_, i) => i))) {
      const channel = channels[index] as Channel;
      const take = (parcels: readonly Parcel[]): void => {
        const [message] = this.#kernel.delivery.open(parcels);
        done({ index, message });
      };
      channel.receivers.push({ pending: p, most: 1, take });
      this.#pump(channel);
      if (p.done) return;
    }
    if (otherwise) {
      done("otherwise");
      return;
    }
    if (channels.every(({ closed }) => closed)) {
      leave();
      throw new ChannelClosedError(channels.map(({ name }) => name).join(", "), "recv");
    }
    p.waits = { what: `a message on one of ${channels.map(({ name }) => name).join(", ")}`, on: () => [] };
    if (seconds !== undefined) forget = this.#kernel.after(seconds, () => done("late"));
  }

  /** Moves messages on, as far as they go. */
  #pump(channel: Channel): void {
    while (this.#accept(channel) || this.#handOut(channel));
    if (!channel.closed || channel.queue.length > 0 || channel.senders.length > 0) return;
    for (const receiver of [...channel.receivers]) {
      // A select goes on waiting for its other channels.
      if (receiver.pending.ask.op === "select" && this.#others(receiver.pending as Asked<"select">)) continue;
      channel.receivers.splice(channel.receivers.indexOf(receiver), 1);
      receiver.pending.fail(new ChannelClosedError(channel.name, "recv"));
    }
  }

  #others({ ask }: Asked<"select">): boolean {
    return ask.otherwise || ask.channels.some((handle) => !this.#channel(handle).closed);
  }

  /** The channels that a message goes into, each once. */
  #targets({ ask }: Asked<"send">): Channel[] {
    return [...new Set(ask.sends.map(({ channel }) => this.#channel(channel)))];
  }

  /** Takes a sender out of all its channels. */
  #withdraw(sender: Asked<"send">): void {
    for (const { senders } of this.#targets(sender)) {
      const at = senders.indexOf(sender);
      if (at >= 0) senders.splice(at, 1);
    }
  }

  /**
   * Delivers the first sender's messages to the receivers' memory, if all channels have room and it is first in each.
   */
  #accept(channel: Channel): boolean {
    const [sender] = channel.senders;
    if (sender === undefined) return false;
    const targets = this.#targets(sender);
    const { sends } = sender.ask;
    for (const target of targets) {
      const messages = sends.filter((each) => each.channel === target.handle).map(({ message }) => message);
      if (target.senders[0] !== sender || !this.#hasRoom(target, sender.task.program, messages)) return false;
    }
    this.#withdraw(sender);
    try {
      const parts = sends.map(({ channel: handle, message }) => {
        const { name, program } = this.#channel(handle);
        return { to: program as ProgramId, name, message };
      });
      const parcels = this.#kernel.delivery.deliverAll(sender.task.program, parts);
      for (const [i, { channel: handle }] of sends.entries()) this.#channel(handle).queue.push(parcels[i] as Parcel);
      sender.answer();
    } catch (error) {
      sender.fail(error);
    }
    for (const target of targets) if (target !== channel) this.#pump(target);
    return true;
  }

  /** Whether a channel has room for messages now. */
  #hasRoom({ program, queue, capacity, receivers }: Channel, from: ProgramId, messages: readonly Message[]): boolean {
    if (program === undefined) return false;
    const fits = queue.length + messages.length <= capacity;
    // A batch larger than the capacity passes while the channel is empty; with capacity 0, only to a waiting receiver.
    if (!fits && (queue.length > 0 || (capacity === 0 && receivers.length === 0))) return false;
    return program === from || this.#kernel.delivery.hasRoom(program, messages);
  }

  /** Gives waiting messages to the first receiver. */
  #handOut({ queue, receivers }: Channel): boolean {
    const [receiver] = receivers;
    if (receiver === undefined || queue.length === 0) return false;
    receivers.shift();
    try {
      receiver.take(queue.splice(0, receiver.most));
    } catch (error) {
      receiver.pending.fail(error);
    }
    return true;
  }
}
