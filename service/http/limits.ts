/** The limits of each party, so that none starves another. */
import { isIPv6 } from "node:net";
import { type Allowance, Buckets } from "./bucket.ts";
import { HttpError } from "./errors.ts";
import { Places } from "./places.ts";

/** How much each sort of party may ask for. */
export interface Limits {
  /** Requests of an address, before anything else is looked at. */
  readonly addressRequests: Allowance;
  /** Signatures and tokens that an address may have checked: a check takes milliseconds of a processor. */
  readonly addressChecks: Allowance;
  /** Requests of an address that take long: logs of programs, rights to a slot, and lists of open groups. */
  readonly addressHeavy: Allowance;
  /** Bytes of bodies from an address. */
  readonly addressBytes: Allowance;
  readonly programRequests: Allowance;
  readonly programBytes: Allowance;
  readonly operatorRequests: Allowance;
  /** Requests of workers, and bytes of their bodies, of one address: a room full of machines may have one. */
  readonly workRequests: Allowance;
  readonly workBytes: Allowance;
  /** Connections of an address at the same time. Those of trusted proxies are not counted. */
  readonly connections: number;
  /** Readers of events, of one party and of all. */
  readonly eventReaders: number;
  readonly allEventReaders: number;
  /** Bytes of one body. */
  readonly body: number;
}

const MIB = 2 ** 20;
const MINUTE = 60;

/** The limits of a server that is told no others. */
export const USUAL_LIMITS: Limits = {
  addressRequests: { perSecond: 50, burst: 200 },
  addressChecks: { perSecond: 20, burst: 60 },
  addressHeavy: { perSecond: 4, burst: 40 },
  addressBytes: { perSecond: (8 * MIB) / MINUTE, burst: 8 * MIB },
  programRequests: { perSecond: 20, burst: 60 },
  programBytes: { perSecond: (4 * MIB) / MINUTE, burst: 4 * MIB },
  operatorRequests: { perSecond: 200, burst: 600 },
  workRequests: { perSecond: 400, burst: 2_000 },
  workBytes: { perSecond: 2 * MIB, burst: 16 * MIB },
  connections: 256,
  eventReaders: 8,
  allEventReaders: 1_000,
  body: 256 * 1_024,
};

/** Names of the limits, as answers and metrics say them. */
export type LimitName =
  | "requests"
  | "checks"
  | "heavyRequests"
  | "bodyBytes"
  | "openGroups"
  | "connections"
  | "eventReaders"
  | "nonces";

/** Who is counted: a program or the operator by what they proved, everybody else by address. */
export type Party = { readonly kind: "operator" } | { readonly kind: "program"; readonly program: number };

/** Counts what the parties ask for, and refuses what is too much. */
export class Limiter {
  readonly limits: Limits;
  readonly #addressRequests: Buckets;
  readonly #addressChecks: Buckets;
  readonly #addressHeavy: Buckets;
  readonly #addressBytes: Buckets;
  readonly #programRequests: Buckets;
  readonly #programBytes: Buckets;
  readonly #operatorRequests: Buckets;
  readonly #workRequests: Buckets;
  readonly #workBytes: Buckets;
  readonly #connections: Places;
  readonly #readers: Places;
  readonly #onHit: (limit: LimitName) => void;

  /** @param onHit called for everything that is refused */
  constructor(limits: Limits, onHit: (limit: LimitName) => void, now?: () => number) {
    this.limits = limits;
    this.#onHit = onHit;
    this.#addressRequests = new Buckets(limits.addressRequests, now);
    this.#addressChecks = new Buckets(limits.addressChecks, now);
    this.#addressHeavy = new Buckets(limits.addressHeavy, now);
    this.#addressBytes = new Buckets(limits.addressBytes, now);
    this.#programRequests = new Buckets(limits.programRequests, now);
    this.#programBytes = new Buckets(limits.programBytes, now);
    this.#operatorRequests = new Buckets(limits.operatorRequests, now);
    this.#workRequests = new Buckets(limits.workRequests, now);
    this.#workBytes = new Buckets(limits.workBytes, now);
    this.#connections = new Places(limits.connections);
    this.#readers = new Places(limits.eventReaders, limits.allEventReaders);
  }

  /**
   * An address has opened a connection.
   * @returns a function to call when it is closed; undefined if it is one too many
   */
  connection(ip: string): (() => void) | undefined {
    const close = this.#connections.take(addressParty(ip));
    if (close === undefined) this.#onHit("connections");
    return close;
  }

  /** A request of an address has come. @throws HttpError 429 */
  request(ip: string): void {
    this.#need("requests", "this address", this.#addressRequests.take(addressParty(ip)));
  }

  /** A request of a worker has come. @throws HttpError 429 */
  workRequest(ip: string): void {
    this.#need("requests", "this address", this.#workRequests.take(addressParty(ip)));
  }

  /** The body of a worker's request has come. @throws HttpError 429 */
  workBody(ip: string, bytes: number): void {
    if (bytes > 0) this.#need("bodyBytes", "this address", this.#workBytes.take(addressParty(ip), bytes));
  }

  /** A signature or token of an address is to be checked. @throws HttpError 429 */
  check(ip: string): void {
    this.#need("checks", "this address", this.#addressChecks.take(addressParty(ip)));
  }

  /** A request of an address takes long. @throws HttpError 429 */
  heavy(ip: string): void {
    this.#need("heavyRequests", "this address", this.#addressHeavy.take(addressParty(ip)));
  }

  /** A body of an address has come, or is announced. @throws HttpError 429 */
  body(ip: string, bytes: number): void {
    if (bytes > 0) this.#need("bodyBytes", "this address", this.#addressBytes.take(addressParty(ip), bytes));
  }

  /** A party has proved who it is. @throws HttpError 429 */
  authenticated(party: Party, bytes: number): void {
    if (party.kind === "operator") {
      this.#need("requests", "the operator", this.#operatorRequests.take("operator"));
      return;
    }
    const who = `program ${party.program}`;
    this.#need("requests", who, this.#programRequests.take(who));
    if (bytes > 0) this.#need("bodyBytes", who, this.#programBytes.take(who, bytes));
  }

  /** A program has as many open groups as it may have. @param what the operator's words @throws HttpError 429 */
  openGroupsFull(what: string): never {
    this.#refuse("openGroups", what, 10);
  }

  /**
   * A reader of events has come.
   * @returns a function to call when it is gone
   * @throws HttpError 429
   */
  reader(party: string): () => void {
    const key = party.includes(" ") ? party : addressParty(party);
    return this.#readers.take(key) ?? this.#refuse("eventReaders", "there are too many readers of events", 10);
  }

  /** Readers of events now. */
  get readers(): number {
    return this.#readers.taken;
  }

  /** The memory of nonces is full. @throws HttpError 429 */
  noncesFull(program: number): never {
    this.#refuse("nonces", `program ${program} has sent more requests than the server remembers`, 60);
  }

  #need(limit: LimitName, who: string, wait: number): void {
    if (wait > 0) this.#refuse(limit, `${who} asks for too much`, Math.ceil(wait));
  }

  #refuse(limit: LimitName, what: string, retryAfter: number): never {
    this.#onHit(limit);
    const message = `${what} (limit "${limit}"); ask again in ${retryAfter} s`;
    throw new HttpError(429, "limited", message, { field: limit, retryAfter });
  }
}

/** An address as a party. Whoever has one IPv6 address has 2^64 of them. */
export function addressParty(ip: string): string {
  if (!isIPv6(ip) || ip.startsWith("::ffff:")) return ip.replace(/^::ffff:/, "");
  const [head = "", tail] = ip.split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - after.length);
  const all = [...groups, ...new Array<string>(zeros).fill("0"), ...after];
  return `${all.slice(0, 4).join(":")}::/64`;
}
