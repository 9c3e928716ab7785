/**
 * References to points, in groups. A reference is the point's address (a multiple of 8), plus 1 if the point is
 * negated. 0 refers to no point: the point at infinity is never stored.
 */

/** References in order of their group; group g has those from `starts[g]` to below `starts[g + 1]`. */
export interface Grouped {
  readonly references: Uint32Array;
  readonly starts: Uint32Array;
}

/**
 * Sorts references by key.
 *
 * @param keys the group of every reference, below `groups`
 */
export function groupBy(references: Uint32Array, keys: Uint32Array, groups: number): Grouped {
  const starts = new Uint32Array(groups + 1);
  for (let i = 0; i < keys.length; i++) {
    const next = (keys[i] as number) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let g = 0; g < groups; g++) starts[g + 1] = (starts[g + 1] as number) + (starts[g] as number);
  const places = starts.slice();
  const sorted = new Uint32Array(references.length);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as number;
    const place = places[key] as number;
    sorted[place] = references[i] as number;
    places[key] = place + 1;
  }
  return { references: sorted, starts };
}
