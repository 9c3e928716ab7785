/** The node that the page's URL names, as it goes into the content policy. */
import { expect, test } from "vitest";
import { nodeOrigin } from "../../web/page/frame/nodeOrigin.ts";

const originOf = (node: string): string | undefined => nodeOrigin(`?view=trust&node=${encodeURIComponent(node)}`);

test("a node's origin is its scheme, host and port, in one word of a policy", () => {
  expect(originOf("https://node.example/v1/key?x=1#y")).toBe("https://node.example");
  expect(originOf("https://user:secret@Node.Example:8545")).toBe("https://node.example:8545");
  expect(originOf("http://127.0.0.1:8545")).toBe("http://127.0.0.1:8545");
  expect(originOf("http://[::1]:8545")).toBe("http://[::1]:8545");
  expect(originOf("https://bücher.example")).toBe("https://xn--bcher-kva.example");
});

test("what would be a wider policy, or another rule of it, is no node", () => {
  for (const node of [
    ...[
      "https://*",
      "https://*.example",
      "https://*:8545",
      "http://a;script-src",
      "https://a;script-src%20b",
      "https://a'b",
    ],
    ...["https://a,b", "https://a$b", "https://'self'", "https://a b", "https://", "*", "https:", "node.example", ""],
    ...["ws://node.example", "file:///etc/passwd", "data:text/plain,x", "blob:https://a.example/1", "javascript:0"],
  ])
    expect(originOf(node), node).toBeUndefined();
  expect(nodeOrigin("?view=trust")).toBeUndefined();
});
