import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { EXIT_CODE_HEADER } from '../core/nagios/result.ts';
import { EXIT_CODES } from '../core/nagios/status.ts';
import { formatAge } from '../core/units.ts';

/** What the agent said, or why it said nothing. */
export type AgentReply =
  | { readonly ok: true; readonly exitCode: number; readonly text: string }
  | {
      readonly ok: false;
      readonly problem: string;
      /** Without the address, which may be long. */
      readonly short: string;
      readonly advice: readonly string[];
    };

/** What tells an answer of the agent from one of anything else that listens. */
export interface Expected {
  /** Carries the exit code of the command. */
  readonly header: string;
  readonly exitCodes: readonly number[];
  readonly statuses: readonly number[];
}

const OF_CHECK: Expected = {
  header: EXIT_CODE_HEADER,
  exitCodes: Object.values(EXIT_CODES),
  statuses: [200],
};

/** No answer is that long; something else answers. */
const MAX_REPLY_BYTES = 16 * 1024 * 1024;

/** Asks a running agent. Never rejects, and answers within the time given. */
export async function askAgent(
  url: URL,
  timeoutMs: number,
  expected: Expected = OF_CHECK,
): Promise<AgentReply> {
  // Without credentials, which an address may contain.
  const where = `${url.protocol}//${url.host}`;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const request = requestFunction(url);
    return await new Promise<AgentReply>((resolve, reject) => {
      const asked = request(url, { signal, agent: false, headers: { Accept: 'text/plain' } }, (response) => {
        readReply(response, where, expected).then(resolve, reject);
      });
      asked.on('error', reject);
      asked.end();
    });
  } catch (error) {
    return noReply(error, where, signal.aborted ? timeoutMs : null);
  }
}

type RequestFunction = (
  url: URL,
  options: RequestOptions,
  onResponse: (response: IncomingMessage) => void,
) => ClientRequest;

/**
 * Importing node:http as a module evaluates all of its exports, among them a WebSocket with everything behind it,
 * which takes as long as starting Node.js itself. Asked for this way it does not. TLS is loaded only when needed.
 */
function requestFunction(url: URL): RequestFunction {
  return url.protocol === 'http:'
    ? process.getBuiltinModule('node:http').request
    : process.getBuiltinModule('node:https').request;
}

async function readReply(
  response: IncomingMessage,
  where: string,
  { header, exitCodes, statuses }: Expected,
): Promise<AgentReply> {
  const said = response.headers[header.toLowerCase()];
  const exitCode = exitCodes.find((code) => String(code) === said);
  if (!statuses.includes(response.statusCode ?? 0) || exitCode === undefined) {
    response.destroy();
    return {
      ok: false,
      problem: `not this agent at ${where} (HTTP ${response.statusCode})`,
      short: `what answers is not this agent (HTTP ${response.statusCode})`,
      advice: [ADDRESS_ADVICE],
    };
  }
  response.setEncoding('utf8');
  let text = '';
  for await (const part of response) {
    text += part;
    if (text.length > MAX_REPLY_BYTES) throw new Error('the answer is too long');
  }
  // An exit code alone, such as OK, would say nothing of what was looked at.
  if (text.trim() === '') throw new Error('the answer is empty');
  return { ok: true, exitCode, text };
}

const ADDRESS_ADVICE =
  'Give the address of the agent by --url or CHECKPOINT_AGENT_URL; it is web.listen of its configuration.';

function noReply(error: unknown, where: string, timedOutMs: number | null): AgentReply {
  if (timedOutMs !== null) {
    return {
      ok: false,
      problem: `no answer within ${formatAge(timedOutMs)} from ${where}`,
      short: `no answer from the agent within ${formatAge(timedOutMs)}`,
      advice: ['Look at the log of the agent; a longer wait is given by --timeout.'],
    };
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = REASONS[code] ?? (error instanceof Error && error.message !== '' ? error.message : code);
  return {
    ok: false,
    problem: `no agent at ${where} (${reason})`,
    short: `no agent (${reason})`,
    advice: [
      'Is the service hyperv-checkpoint-agent (or checkpoint-agent run) running there?',
      ADDRESS_ADVICE,
    ],
  };
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it hung up',
  ENOTFOUND: 'name unknown',
  EAI_AGAIN: 'name lookup failed',
  EHOSTUNREACH: 'no way there',
  ENETUNREACH: 'no way there',
  ETIMEDOUT: 'it does not answer',
};
