import type * as z from 'zod';
import { suggest } from '../core/suggest.ts';
import { configJsonSchema, optionsOf, ownOptionOf, type SchemaNode, sectionAt } from './json-schema.ts';
import { type Complaint, fault, formatPath, type OptionPath, quoteValue } from './problem.ts';

/** What the schema objects to, in words. */
export function explainIssues(issues: readonly z.core.$ZodIssue[]): readonly Complaint[] {
  const schema = configJsonSchema();
  const misspelt = new Set<string>();
  const complaints = issues.flatMap((issue): readonly Complaint[] => {
    const path = optionPath(issue.path);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        misspelt.add(formatPath([...path, meantKey(schema, path, key) ?? '']));
        return { ...fault([...path, key], unknownKey(schema, path, key)), at: 'key' };
      });
    }
    if (issue.code === 'invalid_type') {
      const misspeltKey = unknownLevel(schema, path);
      if (misspeltKey !== null) return [{ ...fault(path, misspeltKey), at: 'key' }];
      if (issue.expected === 'array' && issue.input !== undefined)
        return [fault(path, `${quoteValue(issue.input)} is not a list; put "- " before each entry`)];
      return [fault(path, wrongType(path, issue.input))];
    }
    if (issue.code === 'too_big') return [fault(path, `has too many items; ${issue.maximum} are allowed`)];
    return [fault(path, issue.message)];
  });
  // What is there under a misspelt name is not missing as well.
  const missing = issues
    .filter(({ input }) => input === undefined)
    .map(({ path }) => formatPath(optionPath(path)));
  return complaints.filter(({ path }) => {
    const name = formatPath(path);
    return !(missing.includes(name) && misspelt.has(name));
  });
}

/** Where kinds may have any name, a misspelt level looks like a kind without levels. */
function unknownLevel(schema: SchemaNode, path: OptionPath): string | null {
  const key = path.at(-1);
  const section = path.slice(0, -1);
  const node = sectionAt(schema, section);
  if (node === null || typeof key !== 'string' || !section.includes('rules')) return null;
  if (ownOptionOf(node) === undefined || Object.hasOwn(optionsOf(node), key)) return null;
  return unknownKey(schema, section, key);
}

/** zod allows symbols in paths; YAML has none. */
export function optionPath(path: readonly PropertyKey[]): OptionPath {
  return path.map((part) => (typeof part === 'number' ? part : String(part)));
}

const PASSWORD_KEY = /^(smtp_?)?(pass|password|passwd|pwd|secret|auth|token)$/i;

function unknownKey(schema: SchemaNode, path: OptionPath, key: string): string {
  if (PASSWORD_KEY.test(key)) {
    return 'unknown key; passwords do not belong in this file: use password_file or password_env of mail.smtp';
  }
  const meant = meantKey(schema, path, key);
  if (meant !== null) return `unknown key; did you mean "${meant}"?`;
  const elsewhere = findByName(schema, key, []);
  if (elsewhere !== null) return `unknown key here; did you mean ${formatPath(elsewhere)}?`;
  return `unknown key; expected one of ${keysOf(schema, path).join(', ')}`;
}

function meantKey(schema: SchemaNode, path: OptionPath, key: string): string | null {
  return suggest(key, keysOf(schema, path));
}

function keysOf(schema: SchemaNode, path: OptionPath): readonly string[] {
  return Object.keys(optionsOf(sectionAt(schema, path) ?? {}));
}

function findByName(node: SchemaNode, key: string, path: OptionPath): OptionPath | null {
  for (const [name, child] of Object.entries(optionsOf(node))) {
    const found = name === key ? [...path, name] : findByName(child, key, [...path, name]);
    if (found !== null) return found;
  }
  return null;
}

function wrongType(path: OptionPath, value: unknown): string {
  const [section, , ...deeper] = path;
  if (path.length === 0)
    return `${quoteValue(value)} instead of sections such as hosts:, schedule: and rules:`;
  if (section === 'rules' && path.length > 1 && deeper.length === 0) {
    const off = value === false || value === 'off' || value === 'none' || value === 'false';
    return `${quoteValue(value)} is not a section of options${off ? '; null turns the rule off' : ', or null to turn the rule off'}`;
  }
  const node = sectionAt(configJsonSchema(), path) ?? {};
  const known = node.required ?? Object.keys(optionsOf(node)).slice(0, 2);
  const names = known.length === 0 ? ['NAME'] : known;
  const example = `{ ${names.map((name) => `${name}: …`).join(', ')} }`;
  if (value === undefined) return `is missing; expected ${example}`;
  // Lines that run together may hold anything, even a password.
  if (typeof value === 'string' && /\s/.test(value)) {
    return `text instead of a section of options, such as ${example}; is a colon missing?`;
  }
  return `${quoteValue(value)} is not a section of options, such as ${example}`;
}
