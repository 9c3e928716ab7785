/** The engines' times as bars, by profile: an SVG of its own, readable on light and dark pages. */
import type { EngineResult } from "./measure.ts";

const BAR = 18;
const GAP = 6;
const LEFT = 190;
const WIDTH = 720;
const COLOURS = ["#2563eb", "#9ca3af", "#d97706", "#059669"];

/** The text of the plot. */
export function plot(engines: readonly EngineResult[], title: string): string {
  const longest = Math.max(...engines.map((e) => e.seconds));
  const names = [...new Set(engines.map((e) => e.engine))];
  const scale = (WIDTH - LEFT - 190) / longest;
  let y = 40;
  const parts: string[] = [];
  let profile = "";
  for (const e of engines) {
    if (e.profile !== profile) {
      if (profile !== "") y += BAR;
      profile = e.profile;
    }
    const width = Math.max(1, e.seconds * scale).toFixed(1);
    const colour = COLOURS[names.indexOf(e.engine) % COLOURS.length];
    const middle = y + BAR / 2 + 4;
    parts.push(
      `<text x="${LEFT - 8}" y="${middle}" text-anchor="end">${e.profile} · ${e.engine}</text>`,
      `<rect x="${LEFT}" y="${y}" width="${width}" height="${BAR}" rx="2" fill="${colour}"/>`,
      `<text x="${LEFT + Number(width) + 6}" y="${middle}">${e.seconds} s · ${e.ratioToSnarkjs} × · ${e.transitionsPerSecond}/s</text>`,
    );
    y += BAR + GAP;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 10}" font-family="system-ui, sans-serif" font-size="13" fill="#6b7280">`,
    `<title>${title}: seconds by profile and engine</title>`,
    `<text x="${LEFT}" y="22" font-size="15">${title}</text>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}
