/** Shortest cycles of a directed graph. */

/**
 * A shortest cycle through every node that lies on a cycle. Each cycle appears once and begins at its first node in the
 * given order. Cycles that contain all nodes of a shorter one are left out.
 */
export function cyclesOf<Node>(nodes: readonly Node[], next: (node: Node) => Iterable<Node>): Node[][] {
  const rank = new Map(nodes.map((node, i) => [node, i]));
  const found = new Map<string, Node[]>();
  for (const start of nodes) {
    const circle = shortest(start, next);
    if (circle === null) continue;
    const first = circle.reduce(
      (best, node, i) => ((rank.get(node) ?? 0) < (rank.get(circle[best] as Node) ?? 0) ? i : best),
      0,
    );
    const turned = [...circle.slice(first), ...circle.slice(0, first)];
    const key = turned.map((node) => rank.get(node)).join(" ");
    if (!found.has(key)) found.set(key, turned);
  }
  const circles = [...found.values()];
  const within = (small: readonly Node[], large: readonly Node[]): boolean =>
    small.length < large.length && small.every((node) => large.includes(node));
  return circles.filter((circle) => !circles.some((other) => within(other, circle)));
}

/** A shortest cycle through a node, breadth first. */
function shortest<Node>(start: Node, next: (node: Node) => Iterable<Node>): Node[] | null {
  const before = new Map<Node, Node>();
  const queue = [start];
  for (let i = 0; i < queue.length; i++) {
    const node = queue[i] as Node;
    for (const other of next(node)) {
      if (other === start) {
        const circle = [node];
        while (circle[0] !== start) circle.unshift(before.get(circle[0] as Node) as Node);
        return circle;
      }
      if (before.has(other)) continue;
      before.set(other, node);
      queue.push(other);
    }
  }
  return null;
}
