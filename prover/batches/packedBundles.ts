/** Known bundles as one text: a line for each, and before them what many have in common. */
import { PUBLIC_INPUTS, type PublicInputs } from "../../trace/commitment/commit.ts";
import type { KnownBatch } from "../../trace/store/provenBatches.ts";
import type { Bundle } from "../bundles/bundle.ts";

/** What the prover tells itself of a bundle. */
export interface BundleFacts extends Pick<Bundle, "profile" | "circuit" | "key"> {
  /** Whether its proof was verified, too, with this circuit and this key. */
  readonly verified: boolean;
  readonly statement: Readonly<Record<string, string>>;
  /** Of the file: its content, and the marks by which an unchanged file is known without reading it. */
  readonly sha256: string;
  readonly size: number;
  readonly changed: number;
}

/** A bundle whose statement is the trace's. */
export interface KnownBundle extends Omit<KnownBatch, "facts">, Pick<BundleFacts, "verified" | FileFact | Common> {
  readonly statement: PublicInputs;
  /** That of the statement. */
  readonly domain: bigint;
}

type Common = "profile" | "circuit" | "key";
type FileFact = "sha256" | "size" | "changed";

/** What most bundles of a run have in common. */
interface Kind extends Pick<BundleFacts, Common | "verified"> {
  readonly domain: bigint;
}

/** The inputs of a line, behind {@link PLACES}. The domain is its kind's. */
const INPUTS = PUBLIC_INPUTS.filter((input) => input !== "domain");
/** Members of a line before the inputs: kind, name, first, last, start, bytes, sha256, size, changed. */
const PLACES = 9;

/** A known bundle. The numbers of its statement are read when they are asked for: that takes longer than the rest. */
class LazyBundle implements KnownBundle {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  readonly start: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly size: number;
  readonly changed: number;
  readonly #kind: Kind;
  readonly #members: readonly string[];
  #statement: PublicInputs | undefined;

  constructor(kind: Kind, members: readonly string[]) {
    const [, name = "", first, last, start, bytes, sha256 = "", size, changed] = members;
    this.name = name;
    this.first = Number(first);
    this.last = Number(last);
    this.start = Number(start);
    this.bytes = Number(bytes);
    this.sha256 = sha256;
    this.size = Number(size);
    this.changed = Number(changed);
    this.#kind = kind;
    this.#members = members;
  }

  get profile(): string {
    return this.#kind.profile;
  }

  get circuit(): string {
    return this.#kind.circuit;
  }

  get key(): Bundle["key"] {
    return this.#kind.key;
  }

  get verified(): boolean {
    return this.#kind.verified;
  }

  get domain(): bigint {
    return this.#kind.domain;
  }

  get statement(): PublicInputs {
    this.#statement ??= this.#read();
    return this.#statement;
  }

  #read(): PublicInputs {
    const words = INPUTS.map((input, i) => [input, BigInt(this.#members[PLACES + i] ?? 0)] as const);
    return { ...Object.fromEntries(words), domain: this.domain } as PublicInputs;
  }
}

/** Known bundles in order, and the text that they were packed into or will be. */
export class Packing {
  readonly #kinds: Kind[] = [];
  readonly #ids = new Map<string, number>();
  readonly #lines: string[] = [];
  readonly bundles: KnownBundle[] = [];

  /** @param text that another one made */
  constructor(text = "[]") {
    const [head = "[]", ...lines] = text.split("\n");
    const told = JSON.parse(head) as (Omit<Kind, "domain"> & { domain: string })[];
    for (const { domain, ...kind } of told) this.#kindOf(kind, domain);
    for (const line of lines) this.#take(line.split(" "), line);
  }

  /** Adds a batch. */
  add({ name, first, last, start, bytes, facts }: KnownBatch): void {
    const { statement, sha256, size, changed, ...kind } = JSON.parse(facts) as BundleFacts;
    const at = this.#kindOf(kind, statement.domain ?? "0");
    const inputs = INPUTS.map((input) => statement[input] ?? 0);
    const members = [at, name, first, last, start, bytes, sha256, size, changed, ...inputs].map(String);
    this.#take(members, members.join(" "));
  }

  /** The first of the bundles as one text. */
  text(count: number): string {
    const kinds = this.#kinds.map((kind) => ({ ...kind, domain: kind.domain.toString() }));
    return [JSON.stringify(kinds), ...this.#lines.slice(0, count)].join("\n");
  }

  #take(members: readonly string[], line: string): void {
    this.#lines.push(line);
    this.bundles.push(new LazyBundle(this.#kinds[Number(members[0])] as Kind, members));
  }

  #kindOf({ profile, circuit, key, verified }: Omit<Kind, "domain">, domain: string): number {
    const id = JSON.stringify([profile, circuit, key.hash, key.kind, verified, domain]);
    const known = this.#ids.get(id);
    if (known !== undefined) return known;
    const at = this.#kinds.push({ profile, circuit, key, verified, domain: BigInt(domain) }) - 1;
    this.#ids.set(id, at);
    return at;
  }
}
