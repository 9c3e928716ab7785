/** The state of the checks below the run's name; it leads to the whole of it. */
import { hrefTo } from "../frame/route.ts";
import { usePage } from "../frame/run.ts";
import { Sign } from "./mark.tsx";
import { stripOf } from "./strip.ts";

export function CheckStrip() {
  const { checks, route } = usePage();
  const { running } = checks;
  return (
    <section class="strip" aria-label="State of the checks" aria-busy={running !== null}>
      <ul aria-live="polite">
        {stripOf(checks).map(({ verdict, text }) => (
          <li key={text}>
            <Sign verdict={verdict}>{text}</Sign>
          </li>
        ))}
      </ul>
      {running !== null && running.of > 0 && (
        <progress aria-label="Progress of the check" value={running.done} max={running.of} />
      )}
      <a href={hrefTo(route, { view: "checks" })}>all checks</a>
    </section>
  );
}
