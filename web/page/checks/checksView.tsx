/** Everything that this page checked, in the order of its importance. */
export function ChecksView() {
  return <h2>Checks</h2>;
}
