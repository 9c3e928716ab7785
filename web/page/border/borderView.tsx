/** The border of a moored map: what its purses hold, what waits to come in or go out, and who may do what about it. */
import { requestOf } from "../../../trace/crossing/requestName.ts";
import type { CrossingReport } from "../../../verifier/map/crossingReport.ts";
import type { RunBorder } from "../../work/history/border.ts";
import type { ChainCheck } from "../checks/chainCheck.ts";
import { hostOf } from "../checks/hostOf.ts";
import { Sign } from "../checks/mark.tsx";
import { hrefTo } from "../frame/route.ts";
import { useAnswer, usePage } from "../frame/run.ts";
import { Words } from "../frame/words.tsx";
import { lasting } from "../trust/lasting.ts";
import { amountText, assetText } from "./amounts.ts";
import { depositPart, keyLines, purseLines, requestPart } from "./borderParts.ts";
import { CrossedTable } from "./crossedTable.tsx";
import { FactsPart } from "./factsPart.tsx";
import { LeaveForm } from "./leaveForm.tsx";
import { LookedAt } from "./lookedAtPart.tsx";
import { WaitingList } from "./waitingList.tsx";
import "./border.css";

export function BorderView() {
  const { checks, run } = usePage();
  const { transitions } = run.facts;
  const head = checks.chain?.report?.head.seq;
  // What the chain says is of its head; the run may be ahead of it, or behind.
  const at = head === undefined ? transitions : Math.min(head, transitions);
  const { answer, problem } = useAnswer(() => run.history.border(at), [at]);
  return (
    <>
      <div class="view-head">
        <h2>Border</h2>
      </div>
      {problem !== undefined && (
        <p role="alert" class="bad">
          {problem}
        </p>
      )}
      {answer === undefined && problem === undefined && <p aria-busy="true">looking …</p>}
      {answer?.moored === false && (
        <p>
          This map is not moored: nothing enters it from a chain, and nothing leaves it. A run that is traced with{" "}
          <span class="mono">--moored</span> has a border.
        </p>
      )}
      {answer?.moored === true && <Border border={answer} isSameHead={head === at} />}
    </>
  );
}

function Border({ border, isSameHead }: { border: RunBorder; isSameHead: boolean }) {
  const { checks, route } = usePage();
  const { chain } = checks;
  const told = chain !== undefined && chain.report !== null && chain.crossing !== null ? chain : undefined;
  return (
    <>
      {told !== undefined && <Standing chain={told} crossing={told.crossing as CrossingReport} />}
      <LookedAt checks={checks} at={border.at} />
      <Purses crossing={told?.crossing ?? undefined} border={border} isSameHead={isSameHead} />
      {told?.crossing !== undefined && told.crossing !== null && (
        <>
          <Deposits crossing={told.crossing} border={border} />
          <Requests crossing={told.crossing} border={border} />
        </>
      )}
      <FactsPart feeds={told?.crossing?.feeds} border={border} />
      <section class="border-part" aria-label="Leave">
        <h3>Leave</h3>
        {told?.report != null ? (
          <LeaveForm border={border} report={told.report} node={told.node} />
        ) : (
          <p class="soft">
            To leave, the page needs a node: it tells the map's last root, whether the map is frozen, and what answering
            costs. <a href={hrefTo(route, { view: "trust" })}>Give a node under Trust.</a>
          </p>
        )}
      </section>
      <CrossedTable crossed={border.crossed} />
    </>
  );
}

/** Whether the map goes on, and within what time its operator owes an answer. */
function Standing({ chain: { node, report }, crossing }: { chain: ChainCheck; crossing: CrossingReport }) {
  const { frozenBy, solvency } = crossing;
  const patience = report?.mooring?.patience ?? 0;
  const lacking = solvency.filter(({ covered }) => !covered);
  return (
    <div class="card border-standing">
      {frozenBy === null ? (
        <p>
          <Sign verdict="open">
            The map goes on, says {hostOf(node)}. Who asks to leave is owed an answer within {lasting(patience)}. A
            request that is open for {lasting(2 * patience)} lets anybody freeze the map.
          </Sign>
        </p>
      ) : (
        <p role="note">
          <Sign verdict="bad">
            <strong>The map is frozen</strong>, says {hostOf(node)}: request <Words text={frozenBy} /> was not answered.
            Nothing moves in it any more. Who is entitled leaves with a proof against the last root, below. Open
            deposits go back to their payers, and open requests get their fees back.
          </Sign>
        </p>
      )}
      {keyLines(report).map((text) => (
        <p key={text} role="note">
          <Sign verdict="bad">{text}</Sign>
        </p>
      ))}
      {lacking.map(({ label, token, balance, owes }) => (
        <p key={label} role="note">
          <Sign verdict="bad">
            The registry owes at least {amountText(owes, label, token)}, and{" "}
            {balance === null ? "the token tells no balance" : `has ${amountText(balance, label, token)}`}.
          </Sign>
        </p>
      ))}
    </div>
  );
}

function Purses({
  crossing,
  border,
  isSameHead,
}: {
  crossing: CrossingReport | undefined;
  border: RunBorder;
  isSameHead: boolean;
}) {
  const lines = purseLines(crossing?.purses, border, isSameHead);
  return (
    <section class="border-part" aria-label="Purses">
      <h3>Purses</h3>
      <p class="soft">
        A purse is what entered the map of an asset, less what left it. The map's programs hold as much together, and
        the registry pays no more than that.
      </p>
      {lines.length === 0 && <p class="soft">No asset has entered the map.</p>}
      <div class="table-scroll">
        {lines.length > 0 && (
          <table>
            <thead>
              <tr>
                <th scope="col">Asset</th>
                <th scope="col">Purse, by the chain</th>
                <th scope="col">In this run, after transition {border.at}</th>
                <th scope="col">Compared</th>
              </tr>
            </thead>
            <tbody>
              {lines.map(({ asset, token, purse, run, pieces, verdict, text }) => (
                <tr key={asset} data-asset={asset}>
                  <td>{assetText(asset, token)}</td>
                  <td>{purse === undefined ? "not asked" : amountText(purse, asset, token)}</td>
                  <td>
                    {amountText(run, asset, token)} in {pieces === 1 ? "one piece" : `${pieces} pieces`}
                  </td>
                  <td>
                    <Sign verdict={verdict}>{text}</Sign>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </section>
  );
}

function Deposits({ crossing: { deposits }, border }: { crossing: CrossingReport; border: RunBorder }) {
  const { programs } = usePage().run.facts;
  const around = { ...border, programs };
  return (
    <WaitingList
      title="Open deposits"
      none="No deposit is open."
      waiting={deposits.map((one) => depositPart(one, around))}
    />
  );
}

function Requests({ crossing: { requests }, border }: { crossing: CrossingReport; border: RunBorder }) {
  const { run } = usePage();
  const { at } = border;
  const asked = requests.map(({ request, location, program, authority, id, time }) => ({
    ...{ request: BigInt(request), location, program, authority: BigInt(authority), id: BigInt(id), time },
  }));
  // The registry's name of a request follows from what it asks.
  const known = asked.filter((one) => one.request === requestOf(one.location, one.program, one.authority));
  const { answer = [] } = useAnswer(() => run.history.answers(at, known), [at, requests]);
  const answers = new Map(known.map(({ request }, i) => [request.toString(), answer[i]]));
  const around = { ...border, programs: run.facts.programs };
  return (
    <WaitingList
      title="Open requests to leave"
      none="No request to leave is open."
      waiting={requests.map((one) => requestPart(one, { answer: answers.get(one.request), at }, around))}
    />
  );
}
