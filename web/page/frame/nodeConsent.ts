/**
 * Whether the reader has agreed to ask the node that the address names. A link may name any node, and what a node is
 * asked tells it who reads which run. So a link alone asks none. The agreement holds for this tab and that origin.
 */
import { nodeOrigin } from "./nodeOrigin.ts";

const KEY = "timebandits-node";

/** The origin that may be asked for this query; undefined if it names none, or the reader has not agreed. */
export function agreedOrigin(search: string): string | undefined {
  const origin = nodeOrigin(search);
  return origin !== undefined && kept() === origin ? origin : undefined;
}

/** Keeps that the node of this query may be asked. @returns false if it names none, or the browser keeps nothing */
export function agree(search: string): boolean {
  const origin = nodeOrigin(search);
  if (origin === undefined) return false;
  try {
    sessionStorage.setItem(KEY, origin);
  } catch {
    return false;
  }
  return true;
}

function kept(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}
