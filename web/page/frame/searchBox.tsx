/** Search: whatever is typed, the things of the run that it may mean, as links. */
import { useEffect, useRef, useState } from "preact/hooks";
import { count } from "../../../trace/describe/count.ts";
import { hrefTo } from "./route.ts";
import { useAnswer, usePage } from "./run.ts";

const NOTHING_FOUND = { found: [], more: 0 };

export function SearchBox() {
  const { run, route } = usePage();
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLElement>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => watchKeys(input, box, () => setOpen(false)), []);
  const asked = text.trim();
  const { answer, problem, waiting } = useAnswer(
    async () => (asked === "" ? NOTHING_FOUND : await run.history.search(asked)),
    [asked],
  );
  const shown = isOpen && asked !== "";
  const close = (): void => {
    setOpen(false);
    input.current?.focus();
  };
  return (
    <search
      class="search"
      ref={box}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
        else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
          event.preventDefault();
          step(box.current, event.key === "ArrowDown" ? 1 : -1);
        }
      }}
    >
      <label>
        <span class="unseen">Search by program, resource, kind, transition, address or transaction</span>
        <input
          ref={input}
          type="search"
          value={text}
          placeholder="Search ( / )"
          autocomplete="off"
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            setOpen(true);
          }}
          onFocus={() => setOpen(true)}
        />
      </label>
      <p class="unseen" aria-live="polite">
        {shown && answer !== undefined && !waiting ? `${count(answer.found.length + answer.more, "result")}` : ""}
      </p>
      {shown && (
        <div class="search-found">
          {problem !== undefined && <p class="bad">{problem}</p>}
          {answer?.found.length === 0 && !waiting && (
            <p class="soft">Nothing of this run is called that, or has that number.</p>
          )}
          <ul>
            {answer?.found.map(({ sort, what, links }) => (
              <li key={`${sort} ${what}`}>
                <span class="search-sort">{sort}</span>
                <span class="search-what">{what}</span>
                <span class="search-links">
                  {links.map(({ label, params }) => (
                    <a key={label} href={hrefTo(route, params)} onClick={() => setOpen(false)}>
                      {label}
                    </a>
                  ))}
                </span>
              </li>
            ))}
          </ul>
          {(answer?.more ?? 0) > 0 && <p class="soft">{answer?.more} more; type more of it.</p>}
        </div>
      )}
    </search>
  );
}

/** Goes from the input to the links, and from link to link. */
function step(box: HTMLElement | null, by: 1 | -1): void {
  const all = [...(box?.querySelectorAll<HTMLElement>("input, .search-found a") ?? [])];
  const at = all.indexOf(document.activeElement as HTMLElement);
  all[(at + by + all.length) % all.length]?.focus();
}

/** "/" goes to the search from everywhere but fields; a click elsewhere closes it. */
function watchKeys(
  input: { current: HTMLInputElement | null },
  box: { current: HTMLElement | null },
  onAway: () => void,
): () => void {
  const press = (event: KeyboardEvent): void => {
    const { target } = event;
    const inField = target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
    if (event.key !== "/" || inField || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.current?.focus();
    input.current?.select();
  };
  const away = (event: Event): void => {
    if (event.target instanceof Node && box.current?.contains(event.target) === false) onAway();
  };
  addEventListener("keydown", press);
  addEventListener("pointerdown", away);
  addEventListener("focusin", away);
  return () => {
    removeEventListener("keydown", press);
    removeEventListener("pointerdown", away);
    removeEventListener("focusin", away);
  };
}
