import { type Family, INVENTORY_FAMILIES } from '../metrics/families.ts';
import { prepareSeries, type SeriesOptions } from '../metrics/series.ts';
import type { AgentView } from '../view.ts';

/** Characters after which a piece is handed out. */
const PIECE_LENGTH = 32_768;

/**
 * The inventory in Prometheus' text format 0.0.4, piece by piece, so that a caller can do other work in between.
 * Pieces may be empty, and together they are the whole. Line feeds only, no timestamps, every series once;
 * families without samples are left out. The same view gives the same text, whatever the order of its parts.
 */
export function* renderExposition(view: AgentView, options: SeriesOptions): Generator<string, void> {
  const series = yield* prepareSeries(view, options);
  for (const family of INVENTORY_FAMILIES) {
    let piece = header(family);
    let hasSamples = false;
    const beginning = `${family.name}{`;
    for (const [labels, value] of family.samples(series)) {
      hasSamples = true;
      piece += `${beginning}${labels}`;
      piece += `} ${number(value)}\n`;
      if (piece.length < PIECE_LENGTH) continue;
      yield piece;
      piece = '';
    }
    if (hasSamples) yield `${piece}\n`;
  }
}

function header({ name, help }: Family): string {
  const text = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return `# HELP ${name} ${text}\n# TYPE ${name} gauge\n`;
}

/** A number as Prometheus reads it. */
function number(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
