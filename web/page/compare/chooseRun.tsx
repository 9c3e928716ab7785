/** Lets the reader choose the second run: a folder, its files, or an address. */
import { useState } from "preact/hooks";
import { chosenRun, type SecondRun } from "./secondRun.ts";

/** Makes a field ask for a whole folder; the types of the view library do not have it. */
const FOLDER = { webkitdirectory: true };

interface ChooseRunProps {
  /** The address in the page's URL. */
  readonly address: string;
  readonly busy: boolean;
  readonly onRun: (run: () => Promise<SecondRun>) => void;
  readonly onAddress: (address: string) => void;
}

export function ChooseRun({ address, busy, onRun, onAddress }: ChooseRunProps) {
  const [text, setText] = useState(address);
  const take = (event: Event & { currentTarget: HTMLInputElement }): void => {
    const files = [...(event.currentTarget.files ?? [])];
    if (files.length > 0) onRun(() => chosenRun(files));
    // The same folder can be chosen again after it has changed.
    event.currentTarget.value = "";
  };
  return (
    <div class="card choose">
      <div class="choices">
        <label class="choice">
          <span>A run directory</span>
          <input type="file" {...FOLDER} multiple disabled={busy} onChange={take} />
        </label>
        <label class="choice">
          <span>or its files: genesis.json, trace.jsonl, manifest.json</span>
          <input type="file" multiple accept=".json,.jsonl" disabled={busy} onChange={take} />
        </label>
        <form
          class="choice"
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim() !== "") onAddress(text.trim());
          }}
        >
          <label for="second-run">or its address on this server</label>
          <div class="address">
            <input
              id="second-run"
              type="text"
              inputMode="url"
              placeholder="../another/run"
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
            <button type="submit" disabled={busy || text.trim() === ""}>
              Compare
            </button>
          </div>
        </form>
      </div>
      <p class="soft">
        Nothing leaves this page: the second run is read and replayed in this browser. Its proofs and signatures are not
        checked here.
      </p>
    </div>
  );
}
