import { parseArgs } from 'node:util';

export interface HostOptions {
  /** Name of the service, as the service control manager knows it. */
  readonly service: string;
  /** The agent's script. */
  readonly agent: string;
  readonly logDir: string;
  /** How long the agent may take to stop before it is killed. */
  readonly drainMs: number;
  /** Options for the agent's `run`. */
  readonly runArguments: readonly string[];
}

export type ParsedArguments =
  | { readonly ok: true; readonly options: HostOptions }
  /** A sentence that says what is wrong. */
  | { readonly ok: false; readonly message: string };

export const USAGE =
  'usage: node service-host.mjs --service NAME --agent FILE --log-dir FOLDER [--drain MILLISECONDS] [-- OPTIONS OF RUN]';

const DEFAULT_DRAIN_MS = 20_000;
const MAX_DRAIN_MS = 600_000;

/** What the command line of the service says. */
export function hostArguments(argv: readonly string[]): ParsedArguments {
  const end = argv.indexOf('--');
  const own = end === -1 ? argv : argv.slice(0, end);
  const runArguments = end === -1 ? [] : argv.slice(end + 1);
  try {
    const { service, agent, 'log-dir': logDir, drain } = parseOptions(own);
    if (!service) return missing('--service');
    if (!agent) return missing('--agent');
    if (!logDir) return missing('--log-dir');
    const drainMs = drain === undefined ? DEFAULT_DRAIN_MS : wholeNumber(drain);
    if (drainMs === null) {
      return { ok: false, message: `--drain: expected milliseconds, from 0 to ${MAX_DRAIN_MS}` };
    }
    return { ok: true, options: { service, agent, logDir, drainMs, runArguments } };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

function parseOptions(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = { service: text, agent: text, 'log-dir': text, drain: text };
  return parseArgs({ args: [...args], options, allowPositionals: false }).values;
}

function wholeNumber(text: string): number | null {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value <= MAX_DRAIN_MS ? value : null;
}

function missing(option: string): ParsedArguments {
  return { ok: false, message: `${option} is missing` };
}
