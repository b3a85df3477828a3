import { evaluateCheck } from '../core/nagios/evaluate.ts';
import { parseCheckOptions } from '../core/nagios/options.ts';
import { type CheckResult, EXIT_CODE_HEADER, exitCode, unknownResult } from '../core/nagios/result.ts';
import { renderCheck } from '../core/render/nagios.ts';
import { type MailLink, renderPage } from '../core/render/page/page.ts';
import type { AgentView } from '../core/view.ts';
import { prefersGzip } from './accept-encoding.ts';
import { type Answer, type Asked, jsonAnswer, textAnswer } from './answer.ts';
import { type AgentFacts, findingsJson, statusJson } from './api.ts';
import { explainAnswer } from './explain-route.ts';
import { type CachedBody, gzipMember } from './metrics-body.ts';
import { PAGE_POLICY } from './page-policy.ts';
import type { SelfMetrics } from './self-metrics.ts';

/** What was published last: the view, and its metrics ready to be sent. */
export interface Published {
  readonly view: AgentView;
  readonly metrics: CachedBody;
}

export interface RouteContext extends AgentFacts {
  readonly selfMetrics: SelfMetrics;
  /** `null` before anything was published; its `now` is the moment of the call. */
  current(): Published | null;
  /** Mails of the demo; `null` when mail is really sent. */
  mails(): readonly MailLink[] | null;
}

type Route = (context: RouteContext, asked: Asked) => Answer | Promise<Answer>;

/** Every path there is. All of them only read. */
export const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['/', page],
  ['/metrics', metrics],
  ['/check', check],
  ['/-/healthy', () => textAnswer(200, 'The agent is running.\n')],
  ['/-/ready', ready],
  ['/api/v1/status', (context) => jsonAnswer(200, statusJson(context.current()?.view ?? null, context))],
  ['/api/v1/findings', findings],
  ['/api/v1/explain', (context, { query }) => explainAnswer(context.current()?.view ?? null, query)],
]);

function page(context: RouteContext): Answer {
  const view = context.current()?.view ?? null;
  const text = renderPage({ version: context.version, view, mails: context.mails() });
  return {
    status: 200,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': PAGE_POLICY },
    body: [Buffer.from(text)],
  };
}

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** The agent's own metrics, fresh, and those of the inventory as of the last scan. */
async function metrics({ selfMetrics, current }: RouteContext, asked: Asked): Promise<Answer> {
  const fresh = Buffer.from(`${await selfMetrics.render()}\n`);
  // Looked up after the wait, so that a scan that ended meanwhile is not missed.
  const cached = current()?.metrics ?? null;
  const headers = { 'Content-Type': METRICS_TYPE, Vary: 'Accept-Encoding' };
  if (cached === null) return { status: 200, headers, body: [fresh] };
  if (!prefersGzip(asked.acceptEncoding)) return { status: 200, headers, body: [fresh, cached.plain] };
  return {
    status: 200,
    headers: { ...headers, 'Content-Encoding': 'gzip' },
    body: gzipMember(fresh, cached),
  };
}

/** Always 200, so that check_http judges the text (`--string` or `--regex`) and not the HTTP status. */
function check({ current }: RouteContext, { query }: Asked): Answer {
  const result = checkResult(current()?.view ?? null, query);
  return textAnswer(200, renderCheck(result), { [EXIT_CODE_HEADER]: String(exitCode(result)) });
}

function checkResult(view: AgentView | null, query: URLSearchParams): CheckResult {
  const parsed = parseCheckOptions(query);
  if (!parsed.ok) return unknownResult(parsed.problem);
  if (view === null) return unknownResult('the first scan has not ended yet');
  return evaluateCheck(view, parsed.options);
}

function ready(context: RouteContext): Answer {
  const hosts = context.current()?.view.inventory.hosts ?? [];
  return hosts.some(({ attempt }) => attempt !== null)
    ? textAnswer(200, 'The first scan has ended.\n')
    : textAnswer(503, 'The first scan has not ended yet.\n');
}

function findings(context: RouteContext): Answer {
  const view = context.current()?.view ?? null;
  return view === null
    ? jsonAnswer(503, { schema: 1, error: 'the first scan has not ended yet' })
    : jsonAnswer(200, findingsJson(view));
}
