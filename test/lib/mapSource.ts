/** A map as a source of states, as it is or with a lie in it. */
import type { StateSource } from "../../trace/state/stateSource.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";

/** What a map tells. @param lies replaces parts of it */
export function sourceOf(map: TimeMap, lies: Partial<StateSource> = {}): StateSource {
  return {
    levels: map.levels,
    watches: map.watches,
    moored: map.moored,
    programs: map.programs(),
    words: (address) => map.words(address),
    digest: (node) => map.digest(node),
    watchOn: (target, rank) => map.watchOn(target, rank),
    addresses: () => map.addresses(),
    ...lies,
  };
}

/** Everything that a map tells. */
export function told(map: TimeMap): object {
  const addresses = [...map.addresses()];
  return {
    root: map.root(),
    programs: map.programs(),
    cells: addresses.map((at) => [at, map.words(at)]),
    watches: addresses.flatMap((at) => [0, 1, 2, 3].map((rank) => map.watchOn(at, rank))),
  };
}
