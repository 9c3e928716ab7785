/** The transitions as files. They are made in the page: nothing is sent anywhere. */
import { useState } from "preact/hooks";
import { batchMarks } from "../checks/marks.ts";
import { messageOf } from "../frame/messageOf.ts";
import { usePage } from "../frame/run.ts";
import { download } from "./download.ts";
import { filterWordsOf } from "./filterWords.ts";

const SORTS = [
  { sort: "csv", label: "CSV", extension: "csv", type: "text/csv" },
  { sort: "json", label: "JSON", extension: "json", type: "application/json" },
  { sort: "perfetto", label: "Perfetto", extension: "pftrace", type: "application/octet-stream" },
  { sort: "otlp", label: "OpenTelemetry", extension: "otlp.json", type: "application/json" },
] as const;

export function ExportMenu({ chosen }: { chosen: Uint8Array | undefined }) {
  const { run, route, checks } = usePage();
  const [state, setState] = useState<{ text: string; isProblem: boolean }>({ text: "", isProblem: false });
  const make = async ({ sort, extension, type, label }: (typeof SORTS)[number]): Promise<void> => {
    setState({ text: `making ${label} …`, isProblem: false });
    try {
      const words = filterWordsOf(route.params);
      // A file says of a proof what the marks say.
      const batches = batchMarks(checks).batches.map(({ batch, mark }) => ({ ...batch, ok: mark.verdict === "good" }));
      const content = await run.history.exportFile(sort, { words, chosen, batches });
      const name = `${run.facts.scenario.slice(0, 60).replaceAll(/[^A-Za-z0-9-]+/g, "-") || "run"}-transitions.${extension}`;
      download(name, content, type);
      setState({ text: `${name} is made`, isProblem: false });
    } catch (error) {
      setState({ text: messageOf(error), isProblem: true });
    }
  };
  return (
    <div class="exports">
      <fieldset>
        <legend class="soft">Export</legend>
        {SORTS.map((one) => (
          <button key={one.sort} type="button" disabled={!run.facts.whole} onClick={() => void make(one)}>
            {one.label}
          </button>
        ))}
      </fieldset>
      <span role="status" class={state.isProblem ? "bad" : "soft"}>
        {run.facts.whole ? state.text : "once the whole run is replayed"}
      </span>
    </div>
  );
}
