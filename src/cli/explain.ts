import { scanIntervalMs } from '../agent/schedule.ts';
import { inventoryOfReports, judgedView } from '../core/judged-view.ts';
import { compilePolicy } from '../core/policy/compile.ts';
import { EXPLAIN_CODE_HEADER, explain as explainIn } from '../core/render/explain/explain.ts';
import { sha256 } from '../exporter/sha256.ts';
import { agentUrl, DEFAULT_URL } from './agent-url.ts';
import { type AgentReply, askAgent } from './ask-agent.ts';
import { configForCommand } from './config-for-command.ts';
import type { CliIo } from './io.ts';
import { lookAt } from './look.ts';
import { tellAdvice } from './read-hosts.ts';

export interface ExplainRequest {
  /** A VM, a checkpoint, or a finding; see `findThings`. */
  readonly what: string;
  /** As given by `--config`; then no agent is asked, since it may use another. */
  readonly config: string | null;
  /** As given by `--url`. */
  readonly url: string | null;
  readonly isLive: boolean;
  readonly fromFile: string | null;
}

const FOUND = 0;
const NOTHING = 1;
const USAGE = 2;
/** Agents answer in milliseconds. */
const TIMEOUT_MS = 9000;

/**
 * Says why something was or was not flagged: by what the running agent knows, or by looking now. Exit codes: 0
 * explained, 1 nothing has that name, or it could not be read, 2 wrong address, 78 the configuration is wrong.
 */
export async function explain(request: ExplainRequest, io: CliIo): Promise<number> {
  if (request.isLive || request.fromFile !== null || request.config !== null) return look(request, io);
  const fromEnv = io.env.CHECKPOINT_AGENT_URL;
  const url = agentUrl(request.url ?? (fromEnv || DEFAULT_URL), 'api/v1/explain');
  if (url === null) {
    const source = request.url === null ? 'CHECKPOINT_AGENT_URL' : '--url';
    io.stderr.write(`${source} is no address such as ${DEFAULT_URL}\n`);
    return USAGE;
  }
  url.search = new URLSearchParams({ what: request.what }).toString();
  const reply = await askAgent(url, TIMEOUT_MS, {
    header: EXPLAIN_CODE_HEADER,
    exitCodes: [FOUND, NOTHING],
    statuses: [200, 404, 503],
  });
  if (reply.ok) return tell(reply.exitCode === FOUND, reply.text, io);
  return withoutAgent(reply, request, io);
}

/** Whoever names an agent means that one; else this host is as good a source. */
async function withoutAgent(
  { problem, advice }: Extract<AgentReply, { ok: false }>,
  request: ExplainRequest,
  io: CliIo,
): Promise<number> {
  if (request.url !== null) {
    io.stderr.write([problem, ...advice].map((line) => `${line}\n`).join(''));
    return NOTHING;
  }
  io.stderr.write(`${problem}: this host is read instead.\n`);
  return look(request, io);
}

/** Reads the host now, or the report in its stead. */
async function look({ what, config: path, fromFile }: ExplainRequest, io: CliIo): Promise<number> {
  const loaded = configForCommand(path, io);
  if (!loaded.ok) return loaded.exitCode;
  const { config } = loaded;
  const { reports, now } = await lookAt(config, fromFile, io);
  const view = judgedView(inventoryOfReports(reports, now), {
    policy: compilePolicy(config.policy),
    scanIntervalMs: scanIntervalMs(config.schedule),
    now,
  });
  const { isFound, text } = explainIn(view, what, sha256);
  const exitCode = tell(isFound, text, io);
  for (const report of reports) tellAdvice(report, io);
  return exitCode;
}

function tell(isFound: boolean, text: string, { stdout, stderr }: CliIo): number {
  if (isFound) stdout.write(text);
  else stderr.write(text);
  return isFound ? FOUND : NOTHING;
}
