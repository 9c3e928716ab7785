/** The keyboard on the canvas. Every way of the pointer has its key. */
import { causeOf, effectOf } from "./neighbours.ts";
import type { Stage } from "./stage.ts";

/** Share of the picture that a step moves. */
const STEP = 0.2;

/** What the keys do, for the view's help. */
export const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ["← →", "move along; with a transition selected, the one before and after"],
  ["↑ ↓", "the cause of the selected transition, and what follows from it"],
  ["Enter", "select the transition in the middle; again, read about it"],
  ["+ −", "nearer, farther"],
  ["0", "the whole run"],
  ["Home, End", "the first and the last transition"],
  ["Shift with arrows", "move along and through the lanes"],
  ["Esc", "select nothing"],
];

/** @param onRead told when the reader wants to go to the selected transition's text */
export function listenToKeys(stage: Stage, focused: HTMLElement, onRead: () => void): void {
  focused.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (!pressed(stage, event.key, event.shiftKey, onRead)) return;
      event.preventDefault();
    },
    { signal: stage.signal },
  );
}

/** @returns whether the key means something here */
export function pressed(stage: Stage, key: string, shift: boolean, onRead: () => void): boolean {
  const { width } = stage.size;
  const { selected } = stage;
  const { transitions } = stage.scene.drawing;
  const select = (seq: number | undefined): void => {
    if (seq !== undefined && seq >= 1 && seq <= transitions) stage.events.onSelect(seq);
  };
  const stepping = selected > 0 && !shift;
  switch (key) {
    case "ArrowLeft":
      if (stepping) select(selected - 1);
      else stage.pan(-width * STEP);
      return true;
    case "ArrowRight":
      if (stepping) select(selected + 1);
      else stage.pan(width * STEP);
      return true;
    case "ArrowUp":
      if (stepping) select(causeOf(stage.scene.drawing, selected));
      else stage.pan(0, -60);
      return true;
    case "ArrowDown":
      if (stepping) select(effectOf(stage.scene.drawing, selected));
      else stage.pan(0, 60);
      return true;
    case "PageUp":
      stage.pan(0, -240);
      return true;
    case "PageDown":
      stage.pan(0, 240);
      return true;
    case "Home":
      select(1);
      return true;
    case "End":
      select(transitions);
      return true;
    case "+":
    case "=":
      stage.zoom(0.5);
      return true;
    case "-":
    case "_":
      stage.zoom(2);
      return true;
    case "0":
      stage.showAll();
      return true;
    case "Escape":
      if (selected === 0) return false;
      stage.events.onSelect(0);
      return true;
    case "Enter":
    case " ":
      if (selected > 0) onRead();
      else select(middleOf(stage));
      return true;
    default:
      return false;
  }
}

function middleOf({ range }: Stage): number | undefined {
  return range.end > range.start ? ((range.start + range.end - 1) >> 1) + 1 : undefined;
}
