/** Stands for the view until it is there. */
export function CausalView() {
  return <h2>Causal</h2>;
}
