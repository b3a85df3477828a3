import { parse } from 'yaml';

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
    if (isList(value) && value.length > 0 && value.every(isSection)) {
      const items = value.map((item) => ({ path: own, text: `${indent}  - ${flow(item)}` }));
      return [{ path: own, text: `${indent}${keyText(key)}:` }, ...items];
    }
    if (!isSection(value)) return [{ path: own, text: `${indent}${keyText(key)}: ${flow(value)}`, value }];
    const isLevels = own[0] === 'rules' && own.length > 1 && !Object.values(value).some(isSection);
    if (isLevels) return [{ path: own, text: `${indent}${keyText(key)}: ${flow(value)}`, value }];
    return [{ path: own, text: `${indent}${keyText(key)}:` }, ...yamlLines(value, own)];
  });
}

/** A value on one line. */
export function flow(value: WrittenValue): string {
  if (isList(value)) return `[${value.map(flow).join(', ')}]`;
  if (isSection(value)) {
    const options = Object.entries(value).map(([key, child]) => `${keyText(key)}: ${flow(child)}`);
    return `{ ${options.join(', ')} }`;
  }
  return typeof value === 'string' ? scalar(value) : String(value);
}

/** A key that reads as the same text again: 007 alone would be a number, and null nothing. */
function keyText(key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) && !/^(null|true|false)$/i.test(key) ? key : scalar(key);
}

/** Plain where that is sure to read as the same text again, also inside lists and maps; else in single quotes. */
function scalar(value: string): string {
  const isPlain =
    /^[A-Za-z0-9_./][A-Za-z0-9_./@+%:-]*$/.test(value) && !value.endsWith(':') && parse(value) === value;
  return isPlain ? value : `'${value.replaceAll("'", "''")}'`;
}

export function isSection(
  value: WrittenValue | undefined,
): value is { readonly [key: string]: WrittenValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: WrittenValue): value is readonly WrittenValue[] {
  return Array.isArray(value);
}

/** A value of a schema, such as a default or an example, as YAML can hold it. */
export function writtenValue(value: unknown): WrittenValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (Array.isArray(value)) return value.map(writtenValue);
  return Object.fromEntries(Object.entries(value ?? {}).map(([key, child]) => [key, writtenValue(child)]));
}

const WIDTH = 118;

/** Text in lines of bounded width, each begun by `before`. */
export function commentLines(text: string, before: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (before.length + line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.map((line) => `${before}${line}\n`).join('');
}
