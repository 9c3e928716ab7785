/** The parameter of the page's URL that names a node. The page has to be loaded anew when it changes. */
export const NODE = "node";

/** Hosts that mean themselves in a content policy: `*` would be any, and `;` would begin another rule. */
const HOST = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])$/;

/** The origin of the node that the query names; undefined if it names none that a browser can ask. */
export function nodeOrigin(search: string): string | undefined {
  const node = new URLSearchParams(search).get(NODE);
  if (node === null || !URL.canParse(node)) return undefined;
  const { protocol, hostname, origin } = new URL(node);
  return (protocol === "https:" || protocol === "http:") && HOST.test(hostname) ? origin : undefined;
}
