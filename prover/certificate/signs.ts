/** The digits of a signature's challenge, which the circuit keeps as signs of an ordinate. */
import { centred, inverse, ratio, type Sum } from "../../verifier/constraints/sums.ts";
import type { Names } from "./names.ts";
import { ORDINATES } from "./policy.ts";
import type { Propagator } from "./propagate.ts";
import { terms } from "./terms.ts";

const done = new WeakMap<Propagator, Set<string>>();

/** Every signature whose ordinates are known. @returns whether there is one */
export function signs(own: Propagator, names: Names): boolean {
  const seen = done.get(own) ?? new Set<string>();
  done.set(own, seen);
  let news = false;
  for (const [name, first] of names.signals) {
    const path = /^(.*)\.signs\.signed\[0\]$/.exec(name)?.[1];
    if (path === undefined || seen.has(path)) continue;
    const roots = ["point[1]", "shift.out[1]"].map((one) => names.signals.get(`${path}.${one}`) as number);
    if (!roots.every((root) => own.checker.facts.known.has(root))) continue;
    seen.add(path);
    news = true;
    digits(own, names, path, roots, first);
  }
  return news;
}

function digits(own: Propagator, names: Names, path: string, roots: readonly number[], first: number): void {
  const { system } = own;
  own.must("nonzero", ORDINATES, roots);
  const squareOf = (signal: number): number =>
    own.of(signal).find((n) => {
      const [a, b] = system.at(n);
      const one = new Map([[signal, 1n]]);
      return ratio(a, one) !== null && ratio(b, one) !== null;
    }) ?? -1;
  for (let i = 0; i < 253; i++) {
    const signal = names.signals.get(`${path}.signs.signed[${i}]`) as number;
    const root = roots[i % 2 === 0 && i > 0 && i < 252 ? 1 : 0] as number;
    own.must("sign", squareOf(signal), squareOf(root), signal, root);
  }
  // The four sums, without the ordinate.
  const short: number[] = [];
  const signed = new Set(Array.from({ length: 253 }, (_, i) => names.signals.get(`${path}.signs.signed[${i}]`)));
  const sums = new Set([...signed].flatMap((signal) => [...own.of(signal as number)]));
  for (const n of [...sums].sort((x, y) => x - y)) {
    const [a, , c] = system.at(n);
    const root = roots.find((one) => ratio(a, new Map([[one, 1n]])) !== null);
    if (root === undefined || c.size < 20) continue;
    short.push(system.constraints.length);
    own.must("cancel", n, root);
  }
  // What two of them have in common goes; and the bits of the comparison become one number.
  const less = Array.from({ length: 64 }, (_, i) => names.signals.get(`${path}.signs.less.out[${i}]`));
  const number: Sum = new Map(less.map((signal, i) => [signal as number, 1n << BigInt(i)]));
  const whole = [...own.names.named(number).keys()][0] as number;
  const definition = system.constraints.length - 1;
  const bit = less[1] as number;
  for (const [x, y] of [
    [0, 1],
    [2, 3],
  ] as const) {
    const [left, right] = [short[x] as number, short[y] as number];
    const parts: [number, bigint][] = [[right, 1n]];
    const common = [...system.linear(left).keys()].find((signal) => names.of[signal]?.includes(".part["));
    if (common !== undefined) {
      const times = (system.linear(right).get(common) ?? 0n) * inverse(system.linear(left).get(common) as bigint);
      parts.push([left, centred(-times)]);
    }
    const factor = system.linear(right).get(bit) ?? 0n;
    if (factor !== 0n) {
      parts.push([definition, centred(-factor * inverse(system.linear(definition).get(bit) as bigint))]);
    }
    own.must(
      "add",
      parts.map(([n, times]) => [n, String(times)]),
    );
  }
  own.wake(whole);
  void first;
  void terms;
}
