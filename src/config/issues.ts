import type * as z from 'zod';
import { configJsonSchema, optionsOf, type SchemaNode, sectionAt } from './json-schema.ts';
import { type Complaint, fault, formatPath, type OptionPath, quoteValue } from './problem.ts';
import { suggest } from './suggest.ts';

/** What the schema objects to, in words. */
export function explainIssues(issues: readonly z.core.$ZodIssue[]): readonly Complaint[] {
  const schema = configJsonSchema();
  return issues.flatMap((issue): readonly Complaint[] => {
    const path = optionPath(issue.path);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        ...fault([...path, key], unknownKey(schema, path, key)),
        at: 'key',
      }));
    }
    if (issue.code === 'invalid_type') return [fault(path, wrongType(path, issue.input))];
    return [fault(path, issue.message)];
  });
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
  const names = Object.keys(optionsOf(sectionAt(schema, path) ?? {}));
  const meant = suggest(key, names);
  if (meant !== null) return `unknown key; did you mean "${meant}"?`;
  const elsewhere = findByName(schema, key, []);
  if (elsewhere !== null) return `unknown key here; did you mean ${formatPath(elsewhere)}?`;
  return `unknown key; expected one of ${names.join(', ')}`;
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
  const names = node.required ?? Object.keys(optionsOf(node)).slice(0, 2);
  const example = `{ ${names.map((name) => `${name}: …`).join(', ')} }`;
  return value === undefined
    ? `is missing; expected ${example}`
    : `${quoteValue(value)} is not a section of options, such as ${example}`;
}
