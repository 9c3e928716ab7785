/**
 * Finds locks. A free token lies in its home's memory. A program claims it with a capability and passes it back by a
 * call. A resource is a token if it went back at least once, and did nothing else since its first claim. Two programs
 * may claim a token: that is its purpose. The home's own acts on it are ignored.
 */

import { programOf } from "../layout.ts";
import type { Transition } from "../machine/transition.ts";
import { unpackCell } from "../state/cells.ts";

/** A program held a token. */
export interface Holding {
  program: number;
  taken: Transition;
  /** Undefined: it still holds it at the end. */
  given: Transition | undefined;
}

/** A lock, described by its token. */
export interface Token {
  id: bigint;
  kind: bigint;
  home: number;
  holdings: readonly Holding[];
}

interface Life {
  home: number;
  kind: bigint;
  holdings: Holding[];
  /** True once it did something that no token does. */
  spoilt: boolean;
}

/** The tokens of a run, by id. */
export function tokensOf(transitions: Iterable<Transition>): Map<bigint, Token> {
  const lives = new Map<bigint, Life>();
  for (const t of transitions) live(lives, t);
  const tokens = new Map<bigint, Token>();
  for (const [id, { home, kind, holdings, spoilt }] of lives) {
    if (!spoilt && holdings.some(({ given }) => given !== undefined)) tokens.set(id, { id, kind, home, holdings });
  }
  return tokens;
}

function live(lives: Map<bigint, Life>, t: Transition): void {
  const { S, D } = t.columns;
  if (t.effect === "Issue" || t.effect === "Split" || t.effect === "Check" || t.effect === "Lineage") return;
  if (t.effect === "WatchResource" || t.effect === "Unwatch") return;
  if (t.effect === "Merge") {
    const into = unpackCell(D.before);
    if (into.type === "resource") lifeOf(lives, into.id, t.actor, into.kind).spoilt = true;
  }
  const found = unpackCell(S.address === 0 ? D.before : S.before);
  if (found.type !== "resource") return;
  const life = lifeOf(lives, found.id, programOf(S.address), found.kind);
  const last = life.holdings.at(-1);
  const held = last !== undefined && last.given === undefined ? last : undefined;
  const at = programOf(S.address);
  if (
    t.effect === "ClaimFromProgram" &&
    t.peer !== t.actor &&
    found.escrowFrom === 0 &&
    at === life.home &&
    held === undefined
  ) {
    life.holdings.push({ program: t.actor, taken: t, given: undefined });
  } else if (t.effect === "Pass" && held !== undefined && t.actor === held.program && t.peer === life.home) {
    held.given = t;
  } else if (t.effect !== "Pass" || t.actor !== life.home || t.peer !== life.home || held !== undefined) {
    // Before its first claim a resource may come from anywhere: its home is where it is claimed first.
    if (life.holdings.length > 0) life.spoilt = true;
    else lives.delete(found.id);
  }
}

/** The record of a resource; its home is where it appears first. */
function lifeOf(lives: Map<bigint, Life>, id: bigint, home: number, kind: bigint): Life {
  const known = lives.get(id);
  if (known !== undefined) return known;
  const life: Life = { home, kind, holdings: [], spoilt: false };
  lives.set(id, life);
  return life;
}
