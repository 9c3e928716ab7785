/** Possible deadlocks: locks that some programs take in one order and others in another. */

import { cyclesOf } from "./cycles.ts";
import { type Checked, type Finding, inOrder, joined, Telling } from "./finding.ts";
import { Order } from "./order.ts";
import { type Holding, type Token, tokensOf } from "./tokens.ts";

/** A program took one lock while it held another. */
interface Nested {
  program: number;
  outer: Holding;
  inner: Holding;
  from: Token;
  to: Token;
  /** Ids of all tokens that it held when it took the inner one. */
  had: ReadonlySet<bigint>;
}

export function findLockOrders(checked: Checked): Finding[] {
  const { groups, manifest } = checked;
  const locks = locksOf(tokensOf(groups.flat()));
  const nested = nestedOf(locks);
  if (nested.length < 2) return [];
  const ids = new Set(locks.map(({ id }) => id));
  // The locks themselves order the programs that take them. This asks whether anything else does.
  const order = new Order(groups, (group) => group.some(({ resource }) => resource !== 0n && ids.has(resource)));
  const groupOf = new Map(groups.flatMap((group, i) => group.map(({ seq }) => [seq, i] as const)));
  const apart = (a: Nested, b: Nested): boolean => {
    const [first, second] = a.inner.taken.seq < b.inner.taken.seq ? [a, b] : [b, a];
    return !order.before(groupOf.get(first.inner.taken.seq) ?? 0, groupOf.get(second.outer.taken.seq) ?? 0);
  };
  const telling = new Telling(manifest);
  const found: Finding[] = [];
  const links = new Map<Token, Token[]>();
  for (const { from, to } of nested) links.set(from, [...(links.get(from) ?? []), to]);
  for (const circle of cyclesOf(locks, (token) => links.get(token) ?? [])) {
    const choice = chosen(circle, nested, apart);
    if (choice !== null) found.push(findingOf(choice, telling));
  }
  return found;
}

/** Tokens that are the only ones of their kind at their home. Where there are several, another can serve. */
function locksOf(tokens: ReadonlyMap<bigint, Token>): Token[] {
  const all = [...tokens.values()];
  return all.filter((token) =>
    all.every((other) => other === token || other.home !== token.home || other.kind !== token.kind),
  );
}

function nestedOf(locks: readonly Token[]): Nested[] {
  const held = new Map<number, { token: Token; holding: Holding }[]>();
  const takes = locks.flatMap((token) => token.holdings.map((holding) => ({ token, holding })));
  takes.sort((a, b) => a.holding.taken.seq - b.holding.taken.seq);
  const nested: Nested[] = [];
  for (const { token: to, holding: inner } of takes) {
    const { program } = inner;
    const still = (held.get(program) ?? []).filter(
      ({ holding }) => (holding.given?.seq ?? Number.POSITIVE_INFINITY) > inner.taken.seq,
    );
    const had = new Set(still.map(({ token }) => token.id));
    // Two locks of one group are taken at once.
    for (const { token: from, holding: outer } of still) {
      if (outer.taken.group === 0 || outer.taken.group !== inner.taken.group)
        nested.push({ program, outer, inner, from, to, had });
    }
    held.set(program, [...still, { token: to, holding: inner }]);
  }
  return nested;
}

/**
 * One taking for each step of the cycle, all by different programs and possible at the same time; null if there are
 * none.
 */
function chosen(
  circle: readonly Token[],
  nested: readonly Nested[],
  apart: (a: Nested, b: Nested) => boolean,
): Nested[] | null {
  const steps = circle.map((from, i) =>
    nested.filter((n) => n.from === from && n.to === circle[(i + 1) % circle.length]),
  );
  const choose = (so: readonly Nested[]): Nested[] | null => {
    if (so.length === steps.length) return [...so];
    for (const next of steps[so.length] ?? []) {
      if (so.some((n) => n.program === next.program || !apart(n, next) || guarded(n, next))) continue;
      const all = choose([...so, next]);
      if (all !== null) return all;
    }
    return null;
  };
  return choose([]);
}

/** Whether both held a common third lock, so that they never overlap. */
function guarded(a: Nested, b: Nested): boolean {
  return [...a.had].some((id) => b.had.has(id));
}

function findingOf(choice: readonly Nested[], telling: Telling): Finding {
  const name = ({ home, kind }: Token): string => `${telling.names.kind(kind)} of ${telling.names.program(home)}`;
  const told = choice.map(
    ({ program, outer, inner, from, to }) =>
      `${telling.names.program(program)} took ${name(to)} (transition ${inner.taken.seq}) while it had ${name(from)} (transition ${outer.taken.seq})`,
  );
  return {
    id: "lock-order",
    severity: "warning",
    message: `${joined(told)}: had they come at the same time, each would wait for the other`,
    transitions: inOrder(choice.flatMap(({ outer, inner }) => [outer.taken.seq, inner.taken.seq])),
    programs: inOrder(choice.map(({ program }) => program)),
    suggestion: "Take these locks in the same order everywhere, or behind one lock that all of them take first.",
  };
}
