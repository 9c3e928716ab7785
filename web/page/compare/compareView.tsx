/** Stands for the view until it is there. */
export function CompareView() {
  return <h2>Compare</h2>;
}
