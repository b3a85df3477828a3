import { parseArgs } from 'node:util';
import { CHECK_PARAMETERS, parseCheckOptions } from '../core/nagios/options.ts';
import { parseDuration } from '../core/units.ts';
import { agentUrl, DEFAULT_URL } from './agent-url.ts';

/** What a command line of `check` asks for. */
export type CheckCommand =
  | { readonly type: 'help' }
  | { readonly type: 'version' }
  | { readonly type: 'wrong'; readonly problem: string }
  | {
      readonly type: 'check';
      readonly url: URL;
      readonly timeoutMs: number;
      readonly query: URLSearchParams;
    };

/** Below the 10 s after which NRPE's client gives up would be too late. */
const DEFAULT_TIMEOUT = '9s';
const MIN_TIMEOUT_MS = 1000;
const MAX_TIMEOUT_MS = 10 * 60_000;

const ARGUMENTS = {
  warning: { type: 'string', short: 'w' },
  critical: { type: 'string', short: 'c' },
  metric: { type: 'string' },
  vm: { type: 'string', multiple: true },
  host: { type: 'string', multiple: true },
  'max-age': { type: 'string' },
  'max-lines': { type: 'string' },
  'perfdata-per-vm': { type: 'boolean' },
  verbose: { type: 'boolean', short: 'v', multiple: true },
  url: { type: 'string' },
  timeout: { type: 'string', short: 't' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const;

/** Reads the arguments after `check`. `defaultUrl` comes from the environment. Never throws. */
export function parseCheckArgs(argv: readonly string[], defaultUrl: string | undefined): CheckCommand {
  const parsed = parse(argv);
  if (typeof parsed === 'string') return wrong(parsed);
  if (parsed.help === true) return { type: 'help' };
  if (parsed.version === true) return { type: 'version' };
  const timeoutText = parsed.timeout ?? DEFAULT_TIMEOUT;
  const timeoutMs = /^\d{1,9}$/.test(timeoutText) ? Number(timeoutText) * 1000 : parseDuration(timeoutText);
  if (timeoutMs === null || timeoutMs < MIN_TIMEOUT_MS || timeoutMs > MAX_TIMEOUT_MS) {
    return wrong(`timeout: "${timeoutText}" is no time from 1s to 10m, such as 30s`);
  }
  const urlText = parsed.url ?? (defaultUrl || DEFAULT_URL);
  const url = agentUrl(urlText, 'check');
  if (url === null) {
    const source = parsed.url === undefined ? 'CHECKPOINT_AGENT_URL' : 'url';
    return wrong(`${source} is no address such as ${DEFAULT_URL}`);
  }
  const query = toQuery(parsed);
  // The agent would say the same; a wrong option should not need an agent to be found.
  const options = parseCheckOptions(query);
  return options.ok ? { type: 'check', url, timeoutMs, query } : wrong(options.problem);
}

type Parsed = ReturnType<typeof parseArgs<{ options: typeof ARGUMENTS }>>['values'];

function parse(argv: readonly string[]): Parsed | string {
  try {
    return parseArgs({ args: [...argv], options: ARGUMENTS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // The rest is about positional arguments, of which there are none.
    return text.replace(/\. (?:To specify a positional|This command does not take positional).*$/s, '');
  }
}

function toQuery(parsed: Parsed): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of CHECK_PARAMETERS) {
    if (name === 'verbose') {
      if (parsed.verbose !== undefined) query.append(name, String(parsed.verbose.length));
    } else if (name === 'perfdata-per-vm') {
      if (parsed[name] === true) query.append(name, '1');
    } else {
      for (const value of [parsed[name] ?? []].flat()) query.append(name, value);
    }
  }
  return query;
}

function wrong(problem: string): CheckCommand {
  return { type: 'wrong', problem };
}
