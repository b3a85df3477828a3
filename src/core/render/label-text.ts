/** Longest label value; Hyper-V allows 100 characters in a VM's name. */
const MAX_LABEL_LENGTH = 256;

/** Code units that need care in a label value: what the text format escapes, and surrogates that may stand alone. */
const NEEDS_CARE = /["\\\n\ud800-\udfff]/;

/**
 * A label value in Prometheus' text format (version 0.0.4), without its quotes: well-formed, bounded, with `\`, `"`
 * and line feeds escaped. Other control characters are allowed there and kept.
 */
export function labelText(value: string): string {
  if (value.length <= MAX_LABEL_LENGTH && !NEEDS_CARE.test(value)) return value;
  return boundedLabel(value).replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

/** The value as Prometheus will see it: lone surrogates replaced, cut to 256 code units with an ellipsis. */
export function boundedLabel(value: string): string {
  if (value.length <= MAX_LABEL_LENGTH) return value.toWellFormed();
  const cut = value.slice(0, MAX_LABEL_LENGTH - 1);
  // Half a surrogate pair at the cut would turn into a replacement character.
  const whole = /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
  return `${whole.toWellFormed()}…`;
}

/** `name="value"` */
export function label(name: string, value: string): string {
  return `${name}="${labelText(value)}"`;
}

/** `name="value",…` in the order given. */
export function labels(pairs: readonly (readonly [name: string, value: string])[]): string {
  let text = '';
  for (const [name, value] of pairs) text += text === '' ? label(name, value) : `,${label(name, value)}`;
  return text;
}
