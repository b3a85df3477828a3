import { Gauge, Registry } from 'prom-client';
import { renderExposition } from '../src/core/render/exposition.ts';
import type { AgentView } from '../src/core/view.ts';
import { cacheBody } from '../src/exporter/metrics-body.ts';
import { ROUTES, type RouteContext } from '../src/exporter/routes.ts';
import { createSelfMetrics } from '../src/exporter/self-metrics.ts';
import { LARGE_FLEET } from './fleet.ts';
import { elapsedMs, type Figure, mainCpuMs, report } from './measure.ts';
import { viewOf } from './published.ts';

const OPTIONS = { perCheckpoint: 'all', maxCheckpoints: 10_000 } as const;
const REQUESTS = 300;
const ROUNDS = 15;

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** From the request to the body handed over, for one way of encoding. */
async function handlerMs(context: RouteContext, acceptEncoding: string): Promise<readonly number[]> {
  const route = ROUTES.get('/metrics');
  if (route === undefined) throw new Error('there is no /metrics');
  const samples: number[] = [];
  for (let index = 0; index < REQUESTS; index += 1) {
    const ms = await elapsedMs(() => route(context, { query: new URLSearchParams(), acceptEncoding }));
    if (index >= REQUESTS / 3) samples.push(ms);
  }
  return samples;
}

/** From the view to the bytes, as after a scan, without the pauses in between and without compression. */
function render(view: AgentView): Buffer {
  const buffers: Buffer[] = [];
  for (const piece of renderExposition(view, OPTIONS)) if (piece !== '') buffers.push(Buffer.from(piece));
  return Buffer.concat(buffers);
}

/** The same series for prom-client. */
function families(exposition: string): ReadonlyMap<string, readonly Sample[]> {
  const found = new Map<string, Sample[]>();
  for (const [, name = '', labels = '', value = ''] of exposition.matchAll(/^(\w+)\{(.*)\} (.+)$/gm)) {
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', text = '']) => [
      key,
      text,
    ]);
    const samples = found.get(name) ?? [];
    found.set(name, samples);
    samples.push([Object.fromEntries(pairs), Number(value)]);
  }
  return found;
}

/** Gauges of which every series is set anew, as after a scan, and printed, to bytes too. */
function createPeer(exposition: string): () => Promise<Buffer> {
  const registry = new Registry();
  const gauges = [...families(exposition)].map(([name, samples]) => {
    const labelNames = Object.keys(samples[0]?.[0] ?? {});
    return { gauge: new Gauge({ name, help: name, labelNames, registers: [registry] }), samples };
  });
  return async () => {
    for (const { gauge, samples } of gauges) {
      gauge.reset();
      // A caller has to make an object of labels for each sample.
      for (const [labels, value] of samples) gauge.set({ ...labels }, value);
    }
    return Buffer.from(await registry.metrics());
  };
}

function seriesIn(exposition: string): number {
  return exposition.match(/^\w+\{/gm)?.length ?? 0;
}

async function renderingRatios(view: AgentView): Promise<readonly Figure[]> {
  const exposition = render(view).toString();
  const peer = createPeer(exposition);
  if (seriesIn((await peer()).toString()) !== seriesIn(exposition))
    throw new Error('prom-client has other series');
  const own: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    own.push(await mainCpuMs(() => render(view)));
    theirs.push(await mainCpuMs(peer));
  }
  const ratios = own.map((ms, round) => (theirs[round] ?? 0) / ms);
  return [
    { name: `rendering ${seriesIn(exposition)} series`, unit: 'ms', samples: own, mark: null },
    { name: 'rendering with prom-client', unit: 'ms', samples: theirs, mark: null },
    {
      name: 'rendering: prom-client takes so many times as long',
      unit: 'x',
      samples: ratios,
      mark: { atLeast: 4 },
    },
  ];
}

const view = await viewOf(LARGE_FLEET);
const published = { view, metrics: await cacheBody(renderExposition(view, OPTIONS)) };
const context: RouteContext = {
  version: '',
  startedAt: 0,
  selfMetrics: createSelfMetrics({ version: '', revision: '', nodeVersion: '' }, ['hv01']),
  current: () => published,
  mails: () => null,
};
report([
  {
    name: '/metrics: handler, gzip',
    unit: 'ms',
    samples: await handlerMs(context, 'gzip'),
    mark: { atMost: 1 },
  },
  {
    name: '/metrics: handler, plain',
    unit: 'ms',
    samples: await handlerMs(context, ''),
    mark: { atMost: 1 },
  },
  ...(await renderingRatios(view)),
]);
