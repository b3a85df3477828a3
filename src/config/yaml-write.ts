import { stringify } from 'yaml';

/** What a configuration is made of in its written form. */
export type WrittenValue =
  | string
  | number
  | boolean
  | null
  | readonly WrittenValue[]
  | { readonly [key: string]: WrittenValue };

/** One line of a YAML file and the option it belongs to. */
export interface YamlLine {
  readonly path: readonly string[];
  readonly text: string;
  /** What the line gives the option; `undefined` for the head of a section. */
  readonly value?: WrittenValue;
}

/** The lines of a section, two spaces deeper for each level. Levels of rules go on one line each. */
export function yamlLines(
  section: Readonly<Record<string, WrittenValue>>,
  path: readonly string[] = [],
): readonly YamlLine[] {
  const indent = '  '.repeat(path.length);
  return Object.entries(section).flatMap(([key, value]): readonly YamlLine[] => {
    const own = [...path, key];
    if (!isSection(value)) return [{ path: own, text: `${indent}${key}: ${flow(value)}`, value }];
    const isLevels = own[0] === 'rules' && own.length > 1 && !Object.values(value).some(isSection);
    if (isLevels) return [{ path: own, text: `${indent}${key}: ${flow(value)}`, value }];
    return [{ path: own, text: `${indent}${key}:` }, ...yamlLines(value, own)];
  });
}

/** A value on one line. */
export function flow(value: WrittenValue): string {
  if (isList(value)) return `[${value.map(flow).join(', ')}]`;
  if (isSection(value)) {
    const options = Object.entries(value).map(([key, child]) => `${key}: ${flow(child)}`);
    return `{ ${options.join(', ')} }`;
  }
  if (typeof value !== 'string') return String(value);
  // The library knows what needs quotes; inside a list or map commas and brackets do as well.
  const text = stringify(value, { lineWidth: 0, singleQuote: true, blockQuote: false }).trimEnd();
  return /^[^'"].*[,[\]{}]/.test(text) ? `'${value.replaceAll("'", "''")}'` : text;
}

export function isSection(
  value: WrittenValue | undefined,
): value is { readonly [key: string]: WrittenValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: WrittenValue): value is readonly WrittenValue[] {
  return Array.isArray(value);
}
