/** Markup that is safe to insert as it is. Only `html` and `trustedHtml` make it. */
export interface Html {
  readonly markup: string;
}

type Part = string | number | Html | null | readonly Part[];

/**
 * A template whose parts are escaped unless they are markup themselves: what comes from outside stays text.
 * Lists are joined without anything in between; `null` is nothing. Attribute values must be quoted in the template.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const markup = strings.reduce((text, string, index) => text + insert(parts[index - 1] ?? null) + string);
  return { markup };
}

/** Marks a constant of the program as markup. Never hand it anything from outside. */
export function trustedHtml(markup: string): Html {
  return { markup };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in an element or a quoted attribute. Controls, which HTML does not allow, become blanks. */
export function escapeHtml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, ' ')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

function insert(part: Part): string {
  if (part === null) return '';
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(insert).join('');
}
