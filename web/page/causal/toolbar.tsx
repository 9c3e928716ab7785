/** Nearer and farther, the axis, and which lanes. */
import { useId } from "preact/hooks";
import { AXES, type Axis } from "./scene.ts";

const AXIS_WORDS: Readonly<Record<Axis, string>> = { seq: "by transition", time: "by time" };

export interface ToolbarProps {
  readonly axis: Axis;
  readonly fold: boolean;
  readonly selected: number;
  readonly transitions: number;
  readonly onZoom: (by: number) => void;
  readonly onAll: () => void;
  readonly onAxis: (axis: Axis) => void;
  readonly onFold: (fold: boolean) => void;
  readonly onSelect: (seq: number) => void;
}

export function Toolbar(props: ToolbarProps) {
  const { axis, fold, onZoom, onAll, onAxis, onFold } = props;
  const name = useId();
  return (
    <div class="causal-tools">
      <span class="causal-joined">
        <button type="button" onClick={() => onZoom(2)} aria-label="farther" title="farther (−)">
          −
        </button>
        <button type="button" onClick={() => onZoom(0.5)} aria-label="nearer" title="nearer (+)">
          +
        </button>
        <button type="button" onClick={onAll} title="the whole run (0)">
          Whole run
        </button>
      </span>
      <fieldset class="causal-joined">
        <legend class="unseen">Axis</legend>
        {AXES.map((one) => (
          <label key={one}>
            <input type="radio" name={name} value={one} checked={axis === one} onChange={() => onAxis(one)} />
            <span>{AXIS_WORDS[one]}</span>
          </label>
        ))}
      </fieldset>
      <label class="causal-fold">
        <input type="checkbox" checked={fold} onChange={({ currentTarget }) => onFold(currentTarget.checked)} />
        <span>only lanes in use</span>
      </label>
      <GoTo {...props} />
    </div>
  );
}

function GoTo({ selected, transitions, onSelect }: ToolbarProps) {
  return (
    <form
      class="causal-goto"
      onSubmit={(event) => {
        event.preventDefault();
        const asked = Number(new FormData(event.currentTarget).get("seq"));
        if (Number.isSafeInteger(asked) && asked >= 1 && asked <= transitions) onSelect(asked);
      }}
    >
      <label>
        <span>transition</span>
        <input
          type="number"
          name="seq"
          min={1}
          max={transitions}
          key={selected}
          defaultValue={selected === 0 ? "" : String(selected)}
          placeholder="–"
        />
      </label>
      <button type="submit">Go</button>
    </form>
  );
}
