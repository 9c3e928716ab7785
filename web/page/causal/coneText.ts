/** A causal cone in words. */
import type { Cone } from "../../work/history/cone.ts";

/**
 * "It depends on 3 earlier transitions; 5 later ones depend on it. 6 others are concurrent: neither before it nor after
 * it."
 */
export function coneText({ back, forward }: Cone, transitions: number): string {
  const [before, after] = [back.length, forward.length];
  const rest = transitions - before - after - 1;
  const depends =
    before === 0 ? "It depends on no earlier transition" : `It depends on ${many(before, "earlier transition")}`;
  const follow =
    after === 0
      ? "nothing later depends on it"
      : `${many(after, "later one")} ${after === 1 ? "depends" : "depend"} on it`;
  const apart =
    rest === 0
      ? ""
      : ` ${many(rest, "other")} ${rest === 1 ? "is" : "are"} concurrent: neither before it nor after it.`;
  return `${depends}; ${follow}.${apart}`;
}

function many(count: number, thing: string): string {
  return `${count.toLocaleString("en")} ${thing}${count === 1 ? "" : "s"}`;
}
