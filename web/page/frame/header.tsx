/** The run's name, what it is in short, the state of the checks, and the search. */
import { count } from "../../../trace/describe/count.ts";
import { time } from "../../../trace/describe/time.ts";
import { CheckStrip } from "../checks/checkStrip.tsx";
import { DevelopmentNote } from "../checks/developmentNote.tsx";
import { usePage } from "./run.ts";
import { nameOfRun } from "./runName.ts";
import { SearchBox } from "./searchBox.tsx";
import { ThemeSwitch } from "./themeSwitch.tsx";
import "./header.css";

export function Header() {
  const { run } = usePage();
  const { scenario, transitions, records, programs, from, until, chain } = run.facts;
  const name = nameOfRun(scenario);
  const facts = [
    transitions === records ? count(records, "transition") : `${transitions} of ${count(records, "transition")}`,
    count(programs.length, "program"),
    ...(transitions === 0 ? [] : [spanText(from, until)]),
    ...(chain === null ? [] : [`map on chain ${chain.chainId}`]),
  ];
  return (
    <header class="header">
      <div class="header-run">
        <p class="header-brand">Time Bandits</p>
        <h1>
          {name === undefined ? (
            "A run without a name"
          ) : (
            <>
              A run <span class="header-by">called</span> <bdi>{name}</bdi> <span class="header-by">by its writer</span>
            </>
          )}
        </h1>
        <ul class="header-facts">
          {facts.map((fact) => (
            <li key={fact}>{fact}</li>
          ))}
        </ul>
      </div>
      <div class="header-tools">
        <SearchBox />
        <ThemeSwitch />
      </div>
      <DevelopmentNote />
      <CheckStrip />
    </header>
  );
}

/** Both ends, the second one without its day if that is the first one's. */
function spanText(from: number, until: number): string {
  const [first, last] = [time(from), time(until)];
  if (first === last) return first;
  return `${first} to ${last.slice(0, 10) === first.slice(0, 10) ? last.slice(11) : last}`;
}
