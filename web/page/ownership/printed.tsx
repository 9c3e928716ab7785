/** The same answer as the command line prints it, to read, to save, and to compare with. */
import { useEffect, useState } from "preact/hooks";
import { momentIn, usePage } from "../frame/run.ts";
import { download } from "../transitions/download.ts";
import type { Subject } from "./links.tsx";

interface PrintedProps {
  readonly subject: Exclude<Subject, "kind"> | undefined;
  readonly which: string;
}

interface Told {
  readonly facts: unknown;
  readonly lines: readonly string[];
}

export function Printed({ subject, which }: PrintedProps) {
  const page = usePage();
  const { history } = page.run;
  const at = momentIn(page);
  const [open, setOpen] = useState(false);
  const [told, setTold] = useState<Told & { readonly at: number; readonly which: string }>();
  useEffect(() => {
    if (!open) return;
    let current = true;
    const asked: Promise<Told> = subject === undefined ? history.state(at) : history[subject](at, which);
    asked.then(
      ({ facts, lines }) => current && setTold({ facts, lines, at, which }),
      () => current && setTold(undefined),
    );
    return () => {
      current = false;
    };
  }, [open, at, which]);
  const fresh = told !== undefined && told.at === at && told.which === which;
  const name = `${subject ?? "state"}${which === "" ? "" : `-${which.replace(/[^\w.-]/g, "-")}`}-at-${at}`;
  return (
    <details class="printed" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>As the command “timebandits show” prints it</summary>
      {!fresh ? (
        <p class="soft">…</p>
      ) : (
        <>
          <pre>{told.lines.join("\n")}</pre>
          <p>
            <button type="button" onClick={() => download(`${name}.json`, json(told.facts), "application/json")}>
              Save as JSON
            </button>{" "}
            <button type="button" onClick={() => download(`${name}.txt`, `${told.lines.join("\n")}\n`, "text/plain")}>
              Save as text
            </button>
          </p>
        </>
      )}
    </details>
  );
}

function json(facts: unknown): string {
  return `${JSON.stringify(facts, (_, value) => (typeof value === "bigint" ? value.toString() : value), 2)}\n`;
}
