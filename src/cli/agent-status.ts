import { get, type IncomingMessage } from 'node:http';
import { z } from 'zod';
import { systemCode } from '../core/error-codes/system-error.ts';
import type { Instant } from '../core/model.ts';
import { formatAge } from '../core/units.ts';

/** What a running agent says of itself; `null` is not known yet, or not told by that version. */
export interface AgentStatus {
  readonly version: string;
  readonly startedAt: Instant | null;
  readonly scannedAt: Instant | null;
  readonly hosts: readonly AgentHost[];
}

export interface AgentHost {
  readonly host: string;
  readonly readOk: boolean | null;
  /** Why it was not read, in words; `null` when it was. */
  readonly why: string | null;
}

/** Who answers at an address. */
export type Answering =
  | { readonly who: 'agent'; readonly status: AgentStatus }
  /** Something that is not this agent. */
  | { readonly who: 'other'; readonly said: string }
  | { readonly who: 'nobody'; readonly isRefused: boolean; readonly why: string };

const text = z.string().max(1000);
const time = z
  .string()
  .max(40)
  .transform((written) => {
    const at = Date.parse(written);
    return Number.isNaN(at) ? null : at;
  })
  .nullish()
  .transform((at) => at ?? null);

const SCHEMA = z
  .object({
    kind: z.literal('hyperv.status'),
    version: text,
    startedAt: time,
    scannedAt: time,
    hosts: z
      .array(
        z
          .object({
            host: text,
            readOk: z.boolean().nullable(),
            error: z.object({ meaning: text }).nullable(),
          })
          .transform(({ host, readOk, error }) => ({ host, readOk, why: error?.meaning ?? null })),
      )
      .nullable()
      .transform((hosts) => hosts ?? []),
  })
  .transform(({ kind: _, ...status }): AgentStatus => status);

const MAX_ANSWER_CHARACTERS = 4 * 1024 * 1024;

/**
 * Asks who answers at the address of an agent. Never rejects, and answers within the time given. Not by `fetch`, which
 * refuses some ports.
 */
export async function whoAnswers(base: string, timeoutMs: number, signal: AbortSignal): Promise<Answering> {
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const { statusCode, body } = await ask(`${base}/api/v1/status`, AbortSignal.any([signal, deadline]));
    const parsed = statusCode === 200 ? SCHEMA.safeParse(parseJson(body)) : null;
    return parsed?.success
      ? { who: 'agent', status: parsed.data }
      : { who: 'other', said: `HTTP ${statusCode}` };
  } catch (error) {
    if (deadline.aborted) {
      return { who: 'nobody', isRefused: false, why: `no answer within ${formatAge(timeoutMs)}` };
    }
    const code = systemCode(error) ?? '';
    // It talks, but not HTTP.
    if (code.startsWith('HPE_')) return { who: 'other', said: 'no HTTP' };
    return { who: 'nobody', isRefused: code === 'ECONNREFUSED', why: REASONS[code] ?? (code || 'no answer') };
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it hung up',
};

interface Said {
  readonly statusCode: number;
  readonly body: string;
}

function ask(url: string, signal: AbortSignal): Promise<Said> {
  return new Promise((resolve, reject) => {
    const headers = { Accept: 'application/json' };
    const asked = get(url, { signal, agent: false, headers }, (response) => {
      read(response).then((body) => resolve({ statusCode: response.statusCode ?? 0, body }), reject);
    });
    asked.on('error', reject);
  });
}

/** What is too long is no answer of this agent. */
async function read(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let body = '';
  for await (const piece of response) {
    body += piece;
    if (body.length > MAX_ANSWER_CHARACTERS) return '';
  }
  return body;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** Where an agent that listens there is reached from this machine; `null` when the port is picked at the start. */
export function localUrl({ host, port }: { readonly host: string; readonly port: number }): string | null {
  if (port === 0) return null;
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}
