/** Names a node to ask. The page is then loaded again, because what it may ask is fixed when it is loaded. */
import { useState } from "preact/hooks";
import { hostOf } from "../checks/hostOf.ts";
import { Sign } from "../checks/mark.tsx";
import { chainPart } from "../checks/strip.ts";
import { agree, agreedOrigin } from "../frame/nodeConsent.ts";
import { hrefOf, hrefTo } from "../frame/route.ts";
import { usePage } from "../frame/run.ts";

export function NodeForm() {
  const { route, checks, run } = usePage();
  const [problem, setProblem] = useState<string>();
  const node = route.params.get("node") ?? "";
  const { verdict, text } = chainPart(checks);
  const ask = (wanted: string): void => {
    const href = hrefOf(route, { view: "trust", node: wanted });
    if (!agree(href)) {
      setProblem("This is no node that the page can ask: its URL begins with https:// or http://.");
      return;
    }
    if (href !== location.search) history.pushState(history.state, "", href);
    location.reload();
  };
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const given = new FormData(event.currentTarget).get("node");
    ask(typeof given === "string" ? given.trim() : "");
  };
  return (
    <section class="card node" aria-label="Node">
      <form onSubmit={send}>
        <label>
          <span>
            URL of a node of the map's chain{run.facts.chain === null ? "" : ` (chain ${run.facts.chain.chainId})`}
          </span>
          <input type="url" name="node" defaultValue={node} placeholder="https://…" required inputMode="url" />
        </label>
        <button type="submit">Ask it</button>
        {node !== "" && <a href={hrefTo({ ...route, params: new URLSearchParams() }, { view: "trust" })}>ask none</a>}
      </form>
      {node !== "" && agreedOrigin(location.search) === undefined && (
        <p role="note">
          <Sign verdict="open">
            This link names a node: <bdi class="mono">{hostOf(node)}</bdi>. It was not asked. Ask it, if you trust it:
            it learns which map you read, and the page believes what it says.
          </Sign>{" "}
          <button type="button" onClick={() => ask(node)}>
            Ask this node
          </button>
        </p>
      )}
      {problem !== undefined && (
        <p role="alert" class="bad">
          {problem}
        </p>
      )}
      <p class="soft">
        Your own node is best: the page believes what it says. The URL is kept in this page's address, so leave secrets
        out of a link that you pass on.
      </p>
      {checks.chain !== undefined && (
        <p role="status">
          <Sign verdict={verdict}>
            {text}
            {checks.chain.failure !== null && `: ${checks.chain.failure}`}
          </Sign>
        </p>
      )}
    </section>
  );
}
