import { LineCounter, parseDocument, type YAMLError } from 'yaml';
import { quoteValue } from './problem.ts';
import { buildTree, type SyntaxFault, type YamlTree } from './yaml-tree.ts';

export interface YamlFile {
  /** `null` for a file that holds nothing but comments, and for one that cannot be parsed. */
  readonly tree: YamlTree | null;
  readonly faults: readonly SyntaxFault[];
  /** Line and column of an offset, both from 1. */
  place(offset: number): { readonly line: number; readonly column: number };
}

/** Reads YAML 1.2. Never throws; bounded in depth and in what aliases may blow up. */
export function readYaml(text: string): YamlFile {
  const lineCounter = new LineCounter();
  const place = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  try {
    // Keys given twice are looked for in the tree, where their path is known; the library's search takes quadratic time.
    const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: false });
    const slips = [...document.errors, ...document.warnings].map((error) => explain(error, text));
    if (slips.length > 0) return { tree: null, faults: firstOfEachLine(slips, place), place };
    if (document.contents === null) return { tree: null, faults: [], place };
    return { ...buildTree(document.contents), place };
  } catch (error) {
    // The parser is recursive: absurd nesting exhausts its stack.
    const detail = error instanceof RangeError ? 'it is nested too deeply' : String(error);
    return {
      tree: null,
      faults: [{ offset: 0, path: [], message: `cannot be read as YAML: ${detail}` }],
      place,
    };
  }
}

/** One slip makes the parser stumble several times over the same line. */
function firstOfEachLine(faults: readonly SyntaxFault[], place: YamlFile['place']): readonly SyntaxFault[] {
  const lines = new Set<number>();
  return faults
    .toSorted((a, b) => a.offset - b.offset)
    .filter(({ offset }) => {
      const { line } = place(offset);
      const isFirst = !lines.has(line);
      lines.add(line);
      return isFirst;
    });
}

/** Says in an administrator's words what the parser ran into. Never repeats values: one may be a secret. */
function explain(error: YAMLError, text: string): SyntaxFault {
  const offset = error.pos[0];
  return { offset, path: [], message: explainCode(error, text.slice(offset, offset + 2)) };
}

function explainCode({ code, message }: YAMLError, found: string): string {
  switch (code) {
    case 'BAD_DQ_ESCAPE':
      return `${quoteValue(found)} is no escape in double quotes; write paths and DOMAIN\\user in single quotes`;
    case 'TAB_AS_INDENT':
      return 'a tab as indentation; expected spaces';
    case 'BAD_SCALAR_START':
      return `a value cannot begin with ${quoteValue(found.slice(0, 1))}; put it in single quotes`;
    case 'MULTIPLE_DOCS':
      return 'a second document begins here; expected one only: remove the line ---';
    case 'TAG_RESOLVE_FAILED':
      return 'tags (words that begin with !) mean nothing here; put text that begins with ! in single quotes';
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'a second "key: value" on one line, or a line that is indented too far; put text that holds ": " in quotes';
    case 'MISSING_CHAR':
      return message.includes('quote')
        ? 'a quotation mark is opened and never closed'
        : 'expected "key: value"';
    case 'MULTILINE_IMPLICIT_KEY':
      return 'expected "key: value"; is the colon missing?';
    case 'UNEXPECTED_TOKEN':
      return message.includes('alias')
        ? 'text that begins with * must be in quotes, such as cron: "*/15 * * * *"'
        : `unexpected ${quoteValue(found.slice(0, 1))}`;
    case 'BAD_ALIAS':
      return 'text that begins with * must be in quotes, such as vm: "*"';
    case 'BLOCK_IN_FLOW':
      return 'inside { } and [ ] a comma is missing, or text that holds ": " is not in quotes';
    case 'BAD_INDENT':
      return 'indented differently from its neighbours, or a { or [ above is not closed';
    case 'BAD_DIRECTIVE':
      return 'a line that begins with % means something to YAML, but nothing here; remove it, or put the text in quotes';
    default:
      return message.replace(/[^ -~]/g, '?').slice(0, 120);
  }
}
