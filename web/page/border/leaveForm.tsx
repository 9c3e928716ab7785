/** Leaving the map from the page: who, with what, to whom, until when. */
import { useState } from "preact/hooks";
import { programText } from "../../../trace/describe/programRef.ts";
import type { ChainReport } from "../../../verifier/audit/chain.ts";
import type { Party, RunBorder } from "../../work/history/border.ts";
import type { Leavable } from "../../work/history/leaving.ts";
import { Sign } from "../checks/mark.tsx";
import { messageOf } from "../frame/messageOf.ts";
import { useAnswer, usePage } from "../frame/run.ts";
import { timeText } from "../frame/timeText.ts";
import { amountText } from "./amounts.ts";
import { LeaveResult } from "./leaveResult.tsx";
import { type Left, leave } from "./leaving.ts";

/** For how long a wish may be signed, in seconds. */
const DURATIONS = [
  ["1 hour", 3_600],
  ["1 day", 86_400],
  ["3 days", 3 * 86_400],
  ["7 days", 7 * 86_400],
] as const;
const USUAL = 86_400;
/** Hosts that are this machine. */
const OWN_HOSTS = ["127.0.0.1", "localhost", "[::1]"];
const ACCOUNT = /^0x[0-9a-fA-F]{40}$/;

export interface LeaveProps {
  readonly border: RunBorder;
  /** What the node said. */
  readonly report: ChainReport;
  readonly node: string;
}

export function LeaveForm({ border, report, node }: LeaveProps) {
  const page = usePage();
  const { parties, at } = border;
  const [program, setProgram] = useState(parties[0]?.program.program ?? 0);
  const [address, setAddress] = useState<number>();
  const [recipient, setRecipient] = useState("");
  const [lasting, setLasting] = useState(USUAL);
  const [keyFile, setKeyFile] = useState<File>();
  const [isOwnPage, setOwnPage] = useState(OWN_HOSTS.includes(location.hostname));
  const [step, setStep] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const [left, setLeft] = useState<{ left: Left; asset: Leavable }>();
  const time = report.blockTime;
  const { answer: assets = [] } = useAnswer(
    async () => (program === 0 ? [] : await page.run.history.leavable(at, program, time)),
    [program, at, time],
  );
  const party = parties.find((one) => one.program.program === program);
  const asset = assets.find(({ slot }) => slot.address === address) ?? assets.find(({ now }) => now) ?? assets[0];
  const validUntil = time + lasting;
  if (party === undefined) return <p class="soft">No program of this run has a key, so nobody can sign to leave.</p>;
  const send = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setProblem(undefined);
    setLeft(undefined);
    try {
      const asker = page.asker();
      if (asker === undefined) throw new Error("the check has not begun yet; try again in a moment");
      if (asset === undefined) throw new Error("choose an asset");
      if (keyFile === undefined) throw new Error("choose the program's key file");
      if (!ACCOUNT.test(recipient)) throw new Error("the account to be paid is no address: give 0x and 40 digits");
      const wish = { program, authority: party.authority, address: asset.slot.address, recipient, validUntil };
      setLeft({ left: await leave(wish, keyFile, { run: page.run, asker, node, onStep: setStep }), asset });
    } catch (error) {
      setProblem(messageOf(error));
    } finally {
      setStep(undefined);
    }
  };
  return (
    <form class="leave" aria-label="Leave the map" onSubmit={(event) => void send(event)}>
      <label>
        <span>Program that leaves</span>
        <select
          value={program}
          onChange={({ currentTarget }) => {
            setProgram(Number(currentTarget.value));
            setAddress(undefined);
          }}
        >
          {parties.map((one) => (
            <option key={one.program.program} value={one.program.program}>
              {programText(one.program)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>With what</span>
        <select
          value={asset?.slot.address}
          disabled={assets.length === 0}
          onChange={({ currentTarget }) => setAddress(Number(currentTarget.value))}
        >
          {assets.length === 0 && <option>nothing at the map's head</option>}
          {assets.map((one) => (
            <option key={one.slot.address} value={one.slot.address}>
              {amountText(one.quantity, one.label)}, resource {one.resource}
              {one.now ? "" : " (not now)"}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Account to be paid</span>
        <input
          type="text"
          value={recipient}
          placeholder="0x…"
          spellcheck={false}
          autocomplete="off"
          required
          onInput={({ currentTarget }) => setRecipient(currentTarget.value.trim())}
        />
      </label>
      <label>
        <span>Good for</span>
        <select value={lasting} onChange={({ currentTarget }) => setLasting(Number(currentTarget.value))}>
          {DURATIONS.map(([text, seconds]) => (
            <option key={seconds} value={seconds}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Key file of the program</span>
        <input
          type="file"
          accept=".json,.key,application/json"
          onChange={({ currentTarget }) => setKeyFile(currentTarget.files?.[0])}
        />
      </label>
      {!OWN_HOSTS.includes(location.hostname) && (
        <div class="leave-wide" role="note">
          <Sign verdict="bad">
            This page comes from <bdi class="mono">{location.host}</bdi>, and not from this machine. Whoever serves it
            could read your key. Explore the run with your own installation instead.
          </Sign>
          <label class="leave-check">
            <input
              type="checkbox"
              checked={isOwnPage}
              onChange={({ currentTarget }) => setOwnPage(currentTarget.checked)}
            />{" "}
            I serve this page myself
          </label>
        </div>
      )}
      <p class="leave-wide soft">
        The key file is read in this page alone. It is kept nowhere, and it is never sent: only the call below leaves
        this page, and only if you send it.
      </p>
      {asset !== undefined && <Signed party={party} asset={asset} {...{ recipient, validUntil, report }} />}
      {asset?.now === false && <NotNow asset={asset} />}
      <p class="leave-wide">
        <button type="submit" disabled={step !== undefined || !isOwnPage || asset === undefined}>
          Sign and prove
        </button>{" "}
        <span role="status" aria-busy={step !== undefined}>
          {step !== undefined && `${step} …`}
        </span>
      </p>
      {problem !== undefined && (
        <p role="alert" class="leave-wide bad">
          {problem}
        </p>
      )}
      {left !== undefined && <LeaveResult {...left} report={report} />}
    </form>
  );
}

interface SignedProps {
  readonly party: Party;
  readonly asset: Leavable;
  readonly recipient: string;
  readonly validUntil: number;
  readonly report: ChainReport;
}

/** What will be signed, in a sentence. */
function Signed({ party, asset, recipient, validUntil, report }: SignedProps) {
  const to = ACCOUNT.test(recipient) ? recipient : "the account that you name";
  return (
    <p class="leave-wide leave-signed" data-signed>
      You sign that <bdi>{programText(party.program)}</bdi> leaves map <span class="mono">{report.mapId}</span> with
      resource {asset.resource}, {amountText(asset.quantity, asset.label)}, which lies in slot {asset.slot.slot} of{" "}
      <bdi>{programText(asset.slot.program)}</bdi>, and that the registry owes it to <span class="mono">{to}</span>. The
      wish is good until {timeText(validUntil)}, once, for this map alone.
    </p>
  );
}

/** When an escrow is whose. */
function NotNow({ asset: { changes } }: { asset: Leavable }) {
  const [next] = changes;
  return (
    <p class="leave-wide" role="note">
      <Sign verdict="open">
        The program is not entitled to it now.{" "}
        {next === undefined ? "Nor will it be, as it lies." : `It is from ${timeText(next)} on.`}
      </Sign>
    </p>
  );
}
