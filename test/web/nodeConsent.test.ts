/** A link alone asks no node. */
import { afterEach, expect, test, vi } from "vitest";
import { agree, agreedOrigin } from "../../web/page/frame/nodeConsent.ts";

const LINK = "?view=trust&node=https%3A%2F%2Fnode.example%2Fkey";

function withStorage(): void {
  const kept = new Map<string, string>();
  vi.stubGlobal("sessionStorage", {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
  });
}

afterEach(() => vi.unstubAllGlobals());

test("a node in a link may be asked only once the reader has agreed, and no other one then", () => {
  withStorage();
  expect(agreedOrigin(LINK)).toBeUndefined();
  expect(agree(LINK)).toBe(true);
  expect(agreedOrigin(LINK)).toBe("https://node.example");
  expect(agreedOrigin("?node=https%3A%2F%2Fother.example")).toBeUndefined();
  expect(agreedOrigin("?view=trust")).toBeUndefined();
});

test("what no browser can ask is never agreed to", () => {
  withStorage();
  expect(agree("?node=ftp%3A%2F%2Fnode.example")).toBe(false);
  expect(agree("?view=trust")).toBe(false);
});

test("a browser that keeps nothing for a tab keeps it with its history", () => {
  vi.stubGlobal("sessionStorage", undefined);
  const entry: { state: unknown; replaceState: (state: unknown) => void } = {
    state: null,
    replaceState(state) {
      this.state = state;
    },
  };
  vi.stubGlobal("history", entry);
  expect(agreedOrigin(LINK)).toBeUndefined();
  expect(agree("?view=trust")).toBe(false);
  expect(agree(LINK)).toBe(true);
  expect(agreedOrigin(LINK)).toBe("https://node.example");
  expect(agreedOrigin("?node=https%3A%2F%2Fother.example")).toBeUndefined();
  // A link leads to an entry of its own.
  entry.state = null;
  expect(agreedOrigin(LINK)).toBeUndefined();
});
