/** One watch: what it waits for, what it would do, and why it fired. */
import type { WatchView } from "../../work/history/ownership.ts";
import { Words } from "../frame/words.tsx";
import { ProgramLink, ResourceLink, Slot, TransitionLink } from "./links.tsx";
import { Fact } from "./programPage.tsx";
import { Status } from "./tables.tsx";

export function WatchPage({ view }: { view: WatchView }) {
  const { watch, found, asks } = view;
  const { report, condition } = watch;
  return (
    <>
      <header class="subject">
        <h2>
          Watch for <bdi>{condition}</bdi> <span class="soft">watch {report.set}</span>
        </h2>
        <dl class="facts">
          <Fact name="Status">
            <Status status={report.status} />
          </Fact>
          <Fact name="Owner">
            <ProgramLink of={report.slot.program} />, in its slot {report.slot.slot}
          </Fact>
          <Fact name="Watched slot">
            <Slot of={report.target} />
          </Fact>
          <Fact name="Lies there now">
            {found === null ? (
              "nothing"
            ) : (
              <ResourceLink id={found.resource}>
                <bdi>{found.amount}</bdi>
              </ResourceLink>
            )}
          </Fact>
        </dl>
      </header>
      <section class="part">
        <h3>Its life</h3>
        <ol class="life">
          <Stage name="set" seq={report.set} not="" />
          <Stage name="fired" seq={report.fired} not="has not fired" />
          <Stage name="trigger applied" seq={report.applied} not="trigger not applied" />
          {view.removed !== null && <Stage name="removed" seq={view.removed} not="" />}
        </ol>
      </section>
      <Why view={view} />
      <section class="part">
        <h3>What it was set to do</h3>
        <ul class="plain">
          {asks.map((line, i) => (
            <li key={line} class={i === 0 ? undefined : "effect"}>
              <bdi>{line}</bdi>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function Stage({ name, seq, not }: { name: string; seq: number | null; not: string }) {
  if (seq === null) return <li class="soft">○ {not}</li>;
  return (
    <li>
      <span aria-hidden="true">● </span>
      {name} in <TransitionLink seq={seq} />
    </li>
  );
}

function Why({ view: { firing, watch } }: { view: WatchView }) {
  if (firing === null) return null;
  const { report, condition } = watch;
  return (
    <section class="part">
      <h3>Why it fired</h3>
      <div class="card why">
        <p>
          It waited for{" "}
          <strong>
            <bdi>{condition}</bdi>
          </strong>{" "}
          in <Slot of={report.target} />.
        </p>
        <p>
          <TransitionLink seq={firing.change} /> changed the slot: <Words text={firing.sentence} />.
        </p>
        <p class="before-after">
          <span>
            before:{" "}
            <strong>
              <bdi>{firing.before ?? "nothing"}</bdi>
            </strong>
          </span>
          <span aria-hidden="true">→</span>
          <span>
            after:{" "}
            <strong>
              <bdi>{firing.after ?? "nothing"}</bdi>
            </strong>
          </span>
        </p>
        <p>
          The check in <TransitionLink seq={firing.seq} /> had to follow, and found that the condition holds.
        </p>
      </div>
    </section>
  );
}
