/**
 * Whether the reader has agreed to ask the node that the address names. A link may name any node, and what a node is
 * asked tells it who reads which run. So a link alone asks none. The agreement holds for this tab and that origin. A
 * browser that keeps nothing for a tab keeps it with the entry of its history, which lasts until the page is left: the
 * page has to be loaded again before it may ask. No link can set either of them.
 */
import { nodeOrigin } from "./nodeOrigin.ts";

const KEY = "timebandits-node";

/** The origin that may be asked for this query; undefined if it names none, or the reader has not agreed. */
export function agreedOrigin(search: string): string | undefined {
  const origin = nodeOrigin(search);
  return origin !== undefined && kept() === origin ? origin : undefined;
}

/** Keeps that the node of this query may be asked. @returns false if it names none that can be asked */
export function agree(search: string): boolean {
  const origin = nodeOrigin(search);
  if (origin === undefined) return false;
  try {
    sessionStorage.setItem(KEY, origin);
  } catch {
    history.replaceState({ [KEY]: origin }, "");
  }
  return true;
}

function kept(): unknown {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return (history.state as Record<string, unknown> | null)?.[KEY];
  }
}
