import type { MetricsConfig, WebConfig } from '../config/config.ts';
import { renderExposition } from '../core/render/exposition.ts';
import type { MailLink } from '../core/render/page/page.ts';
import type { AgentView } from '../core/view.ts';
import type { Clock } from '../ports.ts';
import { close, type Listening, listen } from './listen.ts';
import { cacheBody } from './metrics-body.ts';
import { type Published, ROUTES, type RouteContext } from './routes.ts';
import type { SelfMetrics } from './self-metrics.ts';
import { createHttpServer, type Handler, type ServerLimits } from './server.ts';

/** Serves what the agent knows over HTTP. Only reads; every answer shows one whole scan. */
export interface Exporter {
  /**
   * Shows a new view from the moment everything about it is rendered; until then the one before. Views are shown in
   * the order in which they were published. Rejects only for a fault of the program, and then keeps the one before.
   */
  publish(view: AgentView): Promise<void>;
  /** Starts to listen. Never rejects. */
  listen(): Promise<Listening>;
  /** Ends within a second. */
  close(): Promise<void>;
  /** The metrics' options after a reload; they hold from the next view on. */
  reconfigure(metrics: MetricsConfig): void;
}

export interface ExporterOptions {
  readonly web: WebConfig;
  readonly metrics: MetricsConfig;
  readonly clock: Clock;
  readonly selfMetrics: SelfMetrics;
  readonly version: string;
  /** Mails that were written instead of sent, newest first; `null` when mail is really sent. */
  readonly mails: (() => readonly MailLink[]) | null;
  /** Told of faults of the program met while answering. */
  readonly onFault: (error: unknown) => void;
  readonly limits?: ServerLimits;
}

/** How long answers under way may take when the agent stops. */
const CLOSE_GRACE_MS = 500;

export function createExporter(options: ExporterOptions): Exporter {
  const { clock, selfMetrics, version, web } = options;
  let metricsConfig = options.metrics;
  let published: Published | null = null;
  let publishing: Promise<void> = Promise.resolve();
  const context: RouteContext = {
    version,
    startedAt: clock.now(),
    selfMetrics,
    current: () => published && { ...published, view: { ...published.view, now: clock.now() } },
    mails: () => options.mails?.() ?? null,
  };
  const handlers = new Map<string, Handler>();
  for (const [path, route] of ROUTES) handlers.set(path, (asked) => route(context, asked));
  const server = createHttpServer(handlers, options.onFault, options.limits);
  const render = async (view: AgentView): Promise<void> => {
    const metrics = await cacheBody(renderExposition(view, metricsConfig));
    published = { view, metrics };
  };
  return {
    publish(view) {
      const rendered = publishing.then(() => render(view));
      publishing = rendered.catch(() => {});
      return rendered;
    },
    listen: () => listen(server, web, options.onFault),
    close: () => close(server, CLOSE_GRACE_MS),
    reconfigure: (metrics) => {
      metricsConfig = metrics;
    },
  };
}
