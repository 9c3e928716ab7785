/** Stands for the view until it is there. */
export function OwnershipView() {
  return <h2>Ownership</h2>;
}
