/** Mouse, pen and touch on the canvas: drag, wheel, pinch, click. */
import type { Stage } from "./stage.ts";

/** Pixels that a click may move. */
const STILL = 5;

interface Finger {
  readonly x: number;
  readonly y: number;
}

export function listenToPointer(stage: Stage): void {
  const { canvas, signal } = stage;
  const fingers = new Map<number, Finger>();
  let began: { x: number; y: number; part: ReturnType<Stage["partAt"]>; moved: boolean } | undefined;

  const at = (event: MouseEvent): Finger => {
    const { left, top } = canvas.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };

  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const { x, y } = at(event);
    fingers.set(event.pointerId, { x, y });
    canvas.setPointerCapture(event.pointerId);
    began = { x, y, part: stage.partAt(x, y), moved: false };
    if (began.part === "small") stage.centre(x);
  };

  const move = (event: PointerEvent): void => {
    const now = at(event);
    const before = fingers.get(event.pointerId);
    if (before === undefined || began === undefined) {
      if (event.pointerType !== "touch") hover(now);
      return;
    }
    if (Math.hypot(now.x - began.x, now.y - began.y) > STILL) began.moved = true;
    const others = [...fingers].filter(([id]) => id !== event.pointerId).map(([, finger]) => finger);
    fingers.set(event.pointerId, now);
    const other = others[0];
    if (other !== undefined) pinch(before, now, other);
    else if (began.part === "small") stage.centre(now.x);
    else if (began.moved) stage.pan(before.x - now.x, before.y - now.y);
    canvas.classList.toggle("dragging", began.moved && began.part !== "small");
  };

  const pinch = (before: Finger, now: Finger, other: Finger): void => {
    const [was, is] = [Math.abs(before.x - other.x), Math.abs(now.x - other.x)];
    if (was > 8 && is > 8) stage.zoomAt(was / is, (now.x + other.x) / 2);
    stage.pan((before.x - now.x) / 2);
  };

  const up = (event: PointerEvent): void => {
    const { x, y } = at(event);
    const click = began !== undefined && !began.moved && began.part === "lanes" && fingers.size === 1;
    fingers.delete(event.pointerId);
    if (fingers.size === 0) began = undefined;
    canvas.classList.remove("dragging");
    if (!click || event.type === "pointercancel") return;
    canvas.parentElement?.focus({ preventScroll: true });
    stage.events.onSelect(stage.hit(x, y));
  };

  const hover = ({ x, y }: Finger): void => {
    const part = stage.partAt(x, y);
    const seq = part === "lanes" ? stage.hit(x, y) : 0;
    stage.setHovered(seq);
    canvas.title = part === "names" ? stage.nameAt(y) : "";
    canvas.classList.toggle("pointing", seq > 0);
  };

  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const { x, y } = at(event);
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const [across, along] = [event.deltaX * unit, event.deltaY * unit];
    if (stage.partAt(x, y) === "names" && !event.ctrlKey) stage.pan(0, along);
    else if (event.shiftKey) stage.pan(along || across);
    else if (Math.abs(across) > Math.abs(along)) stage.pan(across);
    else stage.zoomAt(Math.exp(Math.min(Math.max(along, -240), 240) * (event.ctrlKey ? 0.01 : 0.0022)), x);
  };

  const options = { signal };
  canvas.addEventListener("pointerdown", down, options);
  canvas.addEventListener("pointermove", move, options);
  canvas.addEventListener("pointerup", up, options);
  canvas.addEventListener("pointercancel", up, options);
  canvas.addEventListener("pointerleave", () => stage.setHovered(0), options);
  canvas.addEventListener("wheel", wheel, { signal, passive: false });
  canvas.addEventListener("dblclick", (event) => stage.zoomAt(0.25, at(event).x), options);
}
