/** Verification keys that the reader vouches for. They are kept while the page is open, and sent nowhere. */
import { useState } from "preact/hooks";
import { count } from "../../../trace/describe/count.ts";
import { messageOf } from "../frame/messageOf.ts";
import { usePage } from "../frame/run.ts";

/** Most bytes of a key's file. */
const LARGEST = 65_536;

export function KeyForm() {
  const { checkWith } = usePage();
  const [state, setState] = useState<{ text: string; isProblem: boolean }>({ text: "", isProblem: false });
  const take = async (files: readonly File[]): Promise<void> => {
    if (files.length === 0) return;
    setState({ text: "checking again …", isProblem: false });
    try {
      const large = files.find(({ size }) => size > LARGEST);
      if (large !== undefined) throw new Error(`${large.name} is too large for a verification key`);
      const keys = await Promise.all(files.map(async (file) => ({ name: file.name, text: await file.text() })));
      await checkWith(keys);
      const text = `checked again under ${count(files.length, "key")} of yours, and under no other`;
      setState({ text, isProblem: false });
    } catch (error) {
      setState({ text: messageOf(error), isProblem: true });
    }
  };
  return (
    <section class="report-part" aria-label="Your keys">
      <h3>Your verification keys</h3>
      <p class="soft">
        The page carries the development keys alone. If the proofs are under a ceremony's key, give its file (JSON, as
        snarkjs and <span class="mono">timebandits export</span> write it). You vouch for it: the file does not show
        where it comes from. It stays in this page.
      </p>
      <label>
        <span>Files of verification keys </span>
        <input
          type="file"
          multiple
          accept=".json,application/json"
          onChange={({ currentTarget }) => void take([...(currentTarget.files ?? [])])}
        />
      </label>
      <p role="status" class={state.isProblem ? "bad" : "soft"}>
        {state.text}
      </p>
    </section>
  );
}
