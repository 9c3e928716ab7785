/** The call that asks to leave, or leaves: to copy, to send, to save. */
import { useState } from "preact/hooks";
import type { ChainReport } from "../../../verifier/audit/chain.ts";
import type { Leavable } from "../../work/history/leaving.ts";
import { Sign } from "../checks/mark.tsx";
import { messageOf } from "../frame/messageOf.ts";
import { download } from "../transitions/download.ts";
import { lasting } from "../trust/lasting.ts";
import { etherText } from "./amounts.ts";
import { exitFile, type Left } from "./leaving.ts";
import { injectedWallet, sendByWallet } from "./wallet.ts";

export function LeaveResult({ left, asset, report }: { left: Left; asset: Leavable; report: ChainReport }) {
  const { call, head, fee, keyHash, seconds } = left;
  const [told, setTold] = useState<{ text: string; isProblem: boolean }>({ text: "", isProblem: false });
  const wallet = injectedWallet();
  const attempt = async (work: () => Promise<string>): Promise<void> => {
    try {
      setTold({ text: await work(), isProblem: false });
    } catch (error) {
      setTold({ text: messageOf(error), isProblem: true });
    }
  };
  const copy = async (what: string, text: string): Promise<string> => {
    await navigator.clipboard.writeText(text);
    return `${what} is copied`;
  };
  const send = async (): Promise<string> => {
    if (wallet === undefined) throw new Error("the browser has no wallet any more; copy the call");
    setTold({ text: "waiting for the wallet …", isProblem: false });
    return `the wallet has sent it: transaction ${await sendByWallet(wallet, call, head.chainId)}`;
  };
  const save = async (): Promise<string> => {
    const { quantity, label, resource: id } = asset;
    const { registry, mapId } = report;
    download("exit.json", exitFile(left, { registry, mapId, asset: { label, quantity, id } }), "application/json");
    return "exit.json is made: it is what timebandits exit --calldata --json prints";
  };
  return (
    <section class="leave-wide leave-call" aria-label="The call to send">
      <h4>{head.frozen ? "The call that leaves" : "The call that asks to leave"}</h4>
      <p>
        <Sign verdict="good">
          proven in {seconds.toFixed(1)} s, and verified here under the key that the map takes exits with,{" "}
          <span class="mono">{keyHash}</span>
        </Sign>
      </p>
      <p>
        {head.frozen
          ? "Anybody may send it, from any account. The registry then owes the asset to the account that you named, and withdraw-funds pays it out."
          : `Anybody may send it, from any account, on chain ${head.chainId}. Its value is the fee of who answers, twice the least at the present base fee: ${etherText(String(fee))}. It is proven against root ${head.number}, the map's head.`}
      </p>
      {!head.frozen && (
        <p>
          Once it is mined, the operator has {lasting(head.patience)} to answer. Then anybody may, and from{" "}
          {lasting(2 * head.patience)} on anybody may freeze the map. This view shows how it stands.
        </p>
      )}
      <dl class="facts">
        <dt>function</dt>
        <dd class="mono">{call.function}</dd>
        <dt>to</dt>
        <dd class="mono">{call.to}</dd>
        <dt>value, in wei</dt>
        <dd class="mono">{call.value}</dd>
        <dt>data</dt>
        <dd class="mono leave-data" data-call>
          {call.data}
        </dd>
      </dl>
      <p class="leave-buttons">
        <button type="button" onClick={() => void attempt(() => copy("the data", call.data))}>
          Copy the data
        </button>
        <button type="button" onClick={() => void attempt(() => copy("the call", JSON.stringify(call)))}>
          Copy the call
        </button>
        <button type="button" onClick={() => void attempt(save)}>
          Save as a file
        </button>
        {wallet !== undefined && (
          <button type="button" onClick={() => void attempt(send)}>
            Send with this browser's wallet
          </button>
        )}
      </p>
      <p role="status" class={told.isProblem ? "bad" : "soft"}>
        {told.text}
      </p>
    </section>
  );
}
