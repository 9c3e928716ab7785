/** The node without what may be secret in its URL. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "that was given";
}
