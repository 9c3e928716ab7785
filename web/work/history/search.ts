/** What a reader may mean by a few letters or a number: the things of the run, with the places that show them. */
import { count } from "../../../trace/describe/count.ts";
import { type Names, programText } from "../../../trace/describe/names.ts";
import { BITS } from "../../../trace/layout.ts";
import { kindsOf, resourcesOf } from "../../../trace/query/filter.ts";
import { decimal, wholeNumber } from "../../../trace/query/refs.ts";
import type { Desk } from "./desk.ts";

/** A thing that was found. */
export interface Found {
  readonly sort: "transition" | "program" | "resource" | "kind" | "transaction" | "block";
  /** What it is, in words. */
  readonly what: string;
  /** Places that show it, by their parameters in the URL. */
  readonly links: readonly { readonly label: string; readonly params: Readonly<Record<string, string>> }[];
}

export interface SearchAnswer {
  readonly found: readonly Found[];
  /** Number of things that were found and are not listed. */
  readonly more: number;
}

/** Most things that are listed. */
const LISTED = 20;

/** Things whose number is the text, or whose name or address has it. */
export function search(desk: Desk, text: string): SearchAnswer {
  const asked = text.trim().toLowerCase();
  if (asked === "") return { found: [], more: 0 };
  const found = [
    ...transitionsNamed(desk, asked),
    ...transactionsNamed(desk, asked),
    ...programsNamed(desk, asked),
    ...kindsNamed(desk, asked),
    ...resourcesNamed(desk, asked),
    ...blocksNamed(desk, asked),
  ];
  return { found: found.slice(0, LISTED), more: Math.max(0, found.length - LISTED) };
}

const rows = (params: Record<string, string>): Found["links"][number] => ({
  label: "its transitions",
  params: { view: "transitions", ...params },
});

function transitionsNamed({ history }: Desk, asked: string): Found[] {
  const seq = wholeNumber(asked);
  const t = seq === undefined ? undefined : history.transitions[seq - 1];
  if (t === undefined) return [];
  const links = [
    { label: "details", params: { view: "transitions", seq: asked } },
    { label: "causes", params: { view: "causal", seq: asked } },
    { label: "state after it", params: { view: "ownership", at: asked } },
  ];
  return [{ sort: "transition", what: `${t.seq}. ${t.effect} by ${history.names.program(t.actor)}`, links }];
}

function transactionsNamed({ chain }: Desk, asked: string): Found[] {
  if (chain === null || !/^0x[0-9a-f]{64}$/.test(asked)) return [];
  const block = chain.file.blocks.find(({ transactions }) => transactions.some(({ hash }) => hash === asked));
  if (block === undefined) return [];
  return [{ sort: "transaction", what: `${asked} in block ${block.number}`, links: [rows({ transactions: asked })] }];
}

function programsNamed({ history: { names, end } }: Desk, asked: string): Found[] {
  const number = wholeNumber(asked);
  return Array.from({ length: end.programs() }, (_, i) => names.ref(i + 1)).flatMap((ref): Found[] => {
    const { program, name, address } = ref;
    const isHit = program === number || name?.toLowerCase().includes(asked) || address?.includes(asked);
    if (!isHit) return [];
    const links = [
      { label: "what it holds", params: { view: "ownership", program: String(program) } },
      rows({ programs: String(program) }),
    ];
    return [{ sort: "program", what: programText(ref), links }];
  });
}

/** Kinds and resources of a run's transitions: looked up once. */
interface Things {
  readonly kinds: readonly bigint[];
  /** Number of transitions by resource. */
  readonly resources: ReadonlyMap<bigint, number>;
}

const known = new WeakMap<Desk, Things>();

function thingsIn(desk: Desk): Things {
  const found = known.get(desk);
  if (found !== undefined) return found;
  const kinds = new Set<bigint>();
  const resources = new Map<bigint, number>();
  for (const t of desk.history.transitions) {
    for (const kind of kindsOf(t)) kinds.add(kind);
    for (const id of new Set(resourcesOf(t))) resources.set(id, (resources.get(id) ?? 0) + 1);
  }
  const made = { kinds: [...kinds].sort((a, b) => (a < b ? -1 : 1)), resources };
  known.set(desk, made);
  return made;
}

function kindsNamed(desk: Desk, asked: string): Found[] {
  const { names } = desk.history;
  return thingsIn(desk).kinds.flatMap((kind): Found[] => {
    if (kind !== decimal(asked, BITS.kind) && !isNamed(names, kind, asked)) return [];
    return [{ sort: "kind", what: names.kind(kind), links: [rows({ kinds: String(kind) })] }];
  });
}

function isNamed(names: Names, kind: bigint, asked: string): boolean {
  const { name, unit, token } = names.kindRef(kind);
  return [name, unit, token].some((word) => typeof word === "string" && word.toLowerCase().includes(asked));
}

function resourcesNamed(desk: Desk, asked: string): Found[] {
  const id = decimal(asked, BITS.id);
  const touching = id === undefined ? undefined : thingsIn(desk).resources.get(id);
  if (touching === undefined) return [];
  const links = [{ label: "its way", params: { view: "ownership", resource: asked } }, rows({ resources: asked })];
  return [{ sort: "resource", what: `resource ${id}, in ${count(touching, "transition")}`, links }];
}

function blocksNamed({ chain }: Desk, asked: string): Found[] {
  const number = wholeNumber(asked);
  const block = chain?.file.blocks.find((one) => one.number === number);
  if (block === undefined) return [];
  const what = `block ${block.number}, ${count(block.transactions.length, "transaction")}`;
  return [{ sort: "block", what, links: [rows({ fromBlock: asked, toBlock: asked })] }];
}
