/** Digits in a row that no reader compares at a glance. */
const LONG_NUMBER = /(?<![0-9A-Za-z])(\d{30,})(?![0-9A-Za-z])/;

/** A sentence in which very long numbers are shortened; the pointer shows them whole. */
export function Words({ text }: { text: string }) {
  return (
    <bdi>
      {text.split(LONG_NUMBER).map((part, i) =>
        i % 2 === 0 ? (
          part
        ) : (
          <span key={i} class="mono" title={part}>
            {part.slice(0, 6)}…{part.slice(-4)}
          </span>
        ),
      )}
    </bdi>
  );
}
