/** Texts of events, where there is room until the next event of the lane. */
import { cut, widthOf } from "../../../trace/graph/drawing.ts";
import type { Label } from "../../work/history/columns.ts";
import type { Frame } from "./frame.ts";
import { isDim, xOf, yOf } from "./geometry.ts";
import { DIM } from "./paintEvents.ts";

/** Least pixels for a transition. */
const LEAST = 36;
/** Least width that a text needs to be worth reading. */
const LEAST_TEXT = 44;
const SIZE = 11.5;
/** `widthOf` is an upper bound; usual fonts are narrower. */
const NARROW = 0.86;

/** Room beside an event on its lane, to both sides. */
interface Room {
  readonly right: number;
  readonly left: number;
}

export function paintLabels(frame: Frame): void {
  const { ctx, look, range, scene, per, half, selected } = frame;
  if (per < LEAST) return;
  const { actor } = scene.drawing;
  const rooms = roomsIn(frame);
  ctx.font = `${SIZE}px ${look.font}`;
  ctx.textBaseline = "bottom";
  ctx.lineJoin = "round";
  ctx.lineWidth = 3;
  ctx.strokeStyle = look.raised;
  for (let i = range.start; i < range.end; i++) {
    const y = yOf(frame, actor[i] ?? 0);
    const room = rooms[i - range.start];
    const label = frame.labelOf(i + 1);
    if (label === undefined || room === undefined || Number.isNaN(y)) continue;
    const placed = placeOf(label, room, scene.drawing.lanes[actor[i] ?? 0]?.name ?? "");
    if (placed === undefined) continue;
    const x = xOf(frame, i) + (placed.right ? 1 : -1) * (half.w + 4);
    ctx.textAlign = placed.right ? "left" : "right";
    ctx.globalAlpha = isDim(frame, i) ? DIM * 2 : 1;
    ctx.strokeText(placed.text, x, y - 2.5);
    ctx.fillStyle = selected === i + 1 ? look.accent : look.ink;
    ctx.fillText(placed.text, x, y - 2.5);
  }
  ctx.globalAlpha = 1;
}

/** The longest text that fits: to the right, or else to the left. The lane's name says who acts. */
function placeOf(label: Label, { right, left }: Room, name: string): { text: string; right: boolean } | undefined {
  const whole = label.text.startsWith(`${name} `) ? label.text.slice(name.length + 1) : label.text;
  for (const text of [whole, label.brief]) {
    const width = widthOf(text, SIZE) * NARROW;
    if (width <= right) return { text, right: true };
    if (width <= left) return { text, right: false };
  }
  return right < LEAST_TEXT ? undefined : { text: cut(label.brief, SIZE * NARROW, right), right: true };
}

/** Texts go as far as the next event of the lane. Those to the left keep clear of the text of the one before. */
function roomsIn(frame: Frame): Room[] {
  const { scene, range, layout, half } = frame;
  const { actor, peer } = scene.drawing;
  const rooms: { right: number; left: number }[] = [];
  /** By lane: where its last event is, and the room of that event if it is the lane's own. */
  const last = new Map<number, { x: number; own: { right: number } | undefined }>();
  const pass = (lane: number, x: number, own: { right: number } | undefined): void => {
    const before = last.get(lane);
    if (before?.own !== undefined) before.own.right = x - before.x - 2 * half.w - 10;
    last.set(lane, { x, own });
  };
  for (let i = range.start; i < range.end; i++) {
    const x = xOf(frame, i);
    const lane = actor[i] ?? 0;
    const before = last.get(lane);
    const free = before === undefined ? x - layout.left : before.own === undefined ? x - before.x - half.w : 0;
    const room = { right: layout.width - x - half.w - 8, left: free - half.w - 10 };
    rooms.push(room);
    pass(lane, x, room);
    if ((peer[i] ?? -1) >= 0) pass(peer[i] ?? 0, x, undefined);
  }
  return rooms;
}
