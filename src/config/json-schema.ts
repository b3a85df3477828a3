import * as z from 'zod';
import type { OptionPath } from './problem.ts';
import { WRITTEN_SCHEMA } from './schema.ts';

/** The part of JSON Schema (draft 7) that the configuration's schema uses. */
export interface SchemaNode {
  readonly type?: unknown;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  /** What a section may hold under names of its author's own. */
  readonly additionalProperties?: SchemaNode | boolean;
  /** What a list holds. */
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

let known: SchemaNode | null = null;

/** The schema of the file as people write it, for editors. Made from the one schema that validates, never by hand. */
export function configJsonSchema(): SchemaNode {
  if (known !== null) return known;
  const schema = z.toJSONSchema(WRITTEN_SCHEMA, { io: 'input', target: 'draft-7', override: adapt });
  if (!isSchemaNode(schema)) throw new Error('the schema of the configuration is no object');
  known = schema;
  return schema;
}

/** The text of `config/agent.schema.json`. */
export function configJsonSchemaText(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}

function isSchemaNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null;
}

/**
 * zod drops defaults and examples of values that it transforms, hence the names of our own. A section whose options are
 * all commented out is null in YAML, and means its defaults.
 */
function adapt({
  jsonSchema,
  path,
}: {
  jsonSchema: Record<string, unknown>;
  path: readonly unknown[];
}): void {
  if ('shownDefault' in jsonSchema) jsonSchema.default = jsonSchema.shownDefault;
  if ('shownExample' in jsonSchema) jsonSchema.examples = [jsonSchema.shownExample];
  delete jsonSchema.shownDefault;
  delete jsonSchema.shownExample;
  if (jsonSchema.type === 'object' && path.length > 0) jsonSchema.type = ['object', 'null'];
}

/** The schema of the section at a path, `null` when there is none. */
export function sectionAt(root: SchemaNode, path: OptionPath): SchemaNode | null {
  let node: SchemaNode | undefined = root;
  for (const part of path) {
    node = typeof part === 'string' ? (optionsOf(node)[part] ?? ownOptionOf(node)) : node.items;
    if (node === undefined) return null;
  }
  return node;
}

/** The options of a section by name; none for a value. */
export function optionsOf(node: SchemaNode): Readonly<Record<string, SchemaNode>> {
  return node.properties ?? node.anyOf?.find(({ properties }) => properties !== undefined)?.properties ?? {};
}

/** What a section holds under names of its author's own; `undefined` when it knows all names itself. */
export function ownOptionOf(node: SchemaNode): SchemaNode | undefined {
  const own = [node, ...(node.anyOf ?? [])].map(({ additionalProperties }) => additionalProperties);
  return own.find((each) => typeof each === 'object');
}
