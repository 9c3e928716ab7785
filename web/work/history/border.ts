/** What the run says of a moored map's border: what came in and went out, what it holds, what its windows show. */
import type { OpenRequest } from "../../../trace/crossing/entries.ts";
import type { ProgramRef } from "../../../trace/describe/programRef.ts";
import { CHAIN_AUTHORITY, ENTRY_ID, FACT_LABEL, isAsset, isFact, labelOf } from "../../../trace/layout.ts";
import type { Row } from "../../../trace/machine/transition.ts";
import { type SlotRef, slotRef } from "../../../trace/query/refs.ts";
import { type DismissReason, dismissReason, EntitledError } from "../../../verifier/exits/dismissReason.ts";
import type { Desk } from "./desk.ts";

/** A transition that crossed the border. */
export interface Crossed {
  readonly seq: number;
  readonly at: number;
  /** `shown`: a fact came in, which is no value. `retired`: the program itself took it out. */
  readonly sort: "entered" | "shown" | "retired" | "ejected";
  /** Number of the deposit or observation; null for what left. */
  readonly number: string | null;
  readonly resource: string;
  /** Of the asset; for a fact the number of its feed. */
  readonly label: number;
  readonly quantity: string;
  /** Who got it, who took it out, or for whom it was taken out. */
  readonly program: ProgramRef;
  /** Where it lay or lies. */
  readonly slot: SlotRef;
  /** The account that the registry pays, as the row names it: of a Retire. */
  readonly recipient: string | null;
}

/** A slot that shows what a feed said. */
export interface Window {
  readonly slot: SlotRef;
  readonly feed: number;
  readonly quantity: string;
  /** Number of the observation. */
  readonly number: string;
}

/** All of an asset in the map. */
export interface HeldInRun {
  readonly label: number;
  readonly quantity: string;
  readonly pieces: number;
}

/** A program that can sign, and its key. */
export interface Party {
  readonly program: ProgramRef;
  readonly authority: string;
}

export interface RunBorder {
  readonly moored: boolean;
  /** The transition after which `held` and `windows` are told, and its time. */
  readonly at: number;
  readonly time: number;
  readonly held: readonly HeldInRun[];
  readonly windows: readonly Window[];
  readonly parties: readonly Party[];
  /** All that crossed, the last one first. */
  readonly crossed: readonly Crossed[];
}

/** @throws InvalidInputError if there is no such transition */
export function borderOf(desk: Desk, at: number): RunBorder {
  const { transitions, names } = desk.history;
  const { map, inventory, at: time } = desk.snapshot(at);
  const crossed = transitions.flatMap((t) => {
    const sort = sortOf(t);
    if (sort === undefined) return [];
    const isOut = sort === "retired" || sort === "ejected";
    const place = isOut ? t.source : t.destination;
    const { recipient } = t.argument;
    return {
      ...{ seq: t.seq, at: t.at, sort, resource: t.resource.toString(), quantity: t.quantity.toString() },
      number: isOut ? null : (t.resource - ENTRY_ID).toString(),
      label: sort === "shown" ? labelOf(t.kind) - FACT_LABEL : labelOf(t.kind),
      program: names.ref(sort === "retired" ? t.actor : t.peer),
      slot: slotRef(place, names),
      recipient: sort === "retired" && recipient !== undefined ? addressText(recipient) : null,
    };
  });
  const sums = new Map<number, { quantity: bigint; pieces: number }>();
  const windows: Window[] = [];
  for (const { address, cell } of inventory.resources) {
    const { kind, quantity, id } = cell;
    if (isAsset(kind)) {
      const sum = sums.get(labelOf(kind)) ?? { quantity: 0n, pieces: 0 };
      sums.set(labelOf(kind), { quantity: sum.quantity + quantity, pieces: sum.pieces + 1 });
    } else if (isFact(kind)) {
      const feed = labelOf(kind) - FACT_LABEL;
      const number = (id - ENTRY_ID).toString();
      windows.push({ slot: slotRef(address, names), feed, quantity: quantity.toString(), number });
    }
  }
  return {
    ...{ moored: map.moored, at, time, windows },
    held: [...sums]
      .map(([label, { quantity, pieces }]) => ({ label, quantity: quantity.toString(), pieces }))
      .sort((a, b) => a.label - b.label),
    parties: inventory.programs
      .filter(({ cell: { authority } }) => authority !== 0n && authority !== CHAIN_AUTHORITY)
      .map(({ address, cell }) => ({
        program: slotRef(address, names).program,
        authority: cell.authority.toString(),
      })),
    crossed: crossed.reverse(),
  };
}

/** What a state says of a request. */
export interface Answer {
  /** An Eject answers it, or a dismissal and why. */
  readonly by: "eject" | DismissReason;
  /** What lies in the cell that it asks for; null if it is no asset. */
  readonly there: { readonly label: number; readonly quantity: string } | null;
}

/** What answers each of these requests, by the state after a transition. @throws InvalidInputError if there is none */
export function answersOf(desk: Desk, at: number, requests: readonly OpenRequest[]): Answer[] {
  const { map } = desk.snapshot(at);
  return requests.map((request) => {
    const cell = map.cell(request.location);
    const isThere = cell.type === "resource" && cell.id === request.id && isAsset(cell.kind);
    const there = isThere ? { label: labelOf(cell.kind), quantity: cell.quantity.toString() } : null;
    try {
      return { by: dismissReason(map, request).reason, there };
    } catch (error) {
      if (error instanceof EntitledError) return { by: "eject", there };
      throw error;
    }
  });
}

function sortOf({ effect, kind }: Row): Crossed["sort"] | undefined {
  if (effect === "Enter") return isFact(kind) ? "shown" : "entered";
  if (effect === "Eject") return "ejected";
  return effect === "Retire" && isAsset(kind) ? "retired" : undefined;
}

/** An account by its number. */
function addressText(account: bigint): string {
  return `0x${account.toString(16).padStart(40, "0")}`;
}
