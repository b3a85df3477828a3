import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { type Figure, isMet, machineText, median, startNode } from './measure.ts';

/** Each runs in a process of its own, one after the other, so that none warms or burdens another. */
const BENCHES = ['pipeline', 'policy', 'metrics', 'transport', 'check', 'memory', 'service'] as const;

/** `node bench/run.ts [--only NAME]`: measures, prints a table, and fails when a figure misses its mark. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const wanted = BENCHES.filter((name) => values.only === undefined || name === values.only);
  if (wanted.length === 0) {
    process.stderr.write(`--only: there is no "${values.only}"; expected one of ${BENCHES.join(', ')}\n`);
    return 2;
  }
  process.stdout.write(`${machineText()}\n\n${row(['figure', 'median', 'min..max', 'mark', ''])}`);
  let isAllMet = true;
  for (const name of wanted) {
    for (const figure of await figuresOf(name)) {
      process.stdout.write(row(cells(figure)));
      if (isMet(figure) === false) isAllMet = false;
    }
  }
  return isAllMet ? 0 : 1;
}

async function figuresOf(name: string): Promise<readonly Figure[]> {
  const child = startNode(['--expose-gc', join(import.meta.dirname, `${name}.ts`)], 'pipe');
  if (child.stdout === null) throw new Error('no output');
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`${name}: exit code ${code}`);
  return JSON.parse(output);
}

function cells(figure: Figure): readonly string[] {
  const { name, unit, samples, mark } = figure;
  const verdict = isMet(figure);
  return [
    name,
    `${number(median(samples))} ${unit}`,
    samples.length === 1 ? '' : `${number(Math.min(...samples))}..${number(Math.max(...samples))}`,
    mark === null ? '' : 'atMost' in mark ? `<= ${mark.atMost} ${unit}` : `>= ${mark.atLeast} ${unit}`,
    verdict === null ? '' : verdict ? 'ok' : 'MISSED',
  ];
}

function number(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

function row([name = '', middle = '', range = '', mark = '', verdict = '']: readonly string[]): string {
  return `${name.padEnd(58)} ${middle.padStart(9)}  ${range.padStart(13)}  ${mark.padStart(9)}  ${verdict}`
    .trimEnd()
    .concat('\n');
}

process.exitCode = await main();
