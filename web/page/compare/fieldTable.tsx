/** Fields in which two things differ. */
import type { FieldDifference } from "../../../trace/query/index.ts";

export function FieldTable({ fields }: { fields: readonly FieldDifference[] }) {
  return (
    <table class="fields">
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">First</th>
          <th scope="col">Second</th>
        </tr>
      </thead>
      <tbody>
        {fields.map(({ field, first, second }) => (
          <tr key={field}>
            <th scope="row">{field}</th>
            <td class="mono">{first ?? "none"}</td>
            <td class="mono">{second ?? "none"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
