/** Which packing of an answer a browser takes. */

export type Packing = "br" | "gzip";

/** The best packing that the header `Accept-Encoding` allows; undefined if it allows none. */
export function packingFor(accepted: string | string[] | undefined): Packing | undefined {
  const allowed = new Set<string>();
  for (const part of String(accepted ?? "").split(",")) {
    const [name = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
    if (!parameters.some((text) => /^q=0(?:\.0*)?$/.test(text))) allowed.add(name);
  }
  if (allowed.has("br")) return "br";
  return allowed.has("gzip") ? "gzip" : undefined;
}
