/** Whom and what a reader of this run relies on. */
export function TrustView() {
  return <h2>Trust</h2>;
}
