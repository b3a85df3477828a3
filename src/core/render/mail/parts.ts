import type { ChangeNotification } from '../../alert/alert.ts';
import { coverageGaps, gapText } from '../../coverage.ts';
import { activeFindings, type Finding, findingKey } from '../../finding.ts';
import { ageMs } from '../../inventory.ts';
import { WORST_FIRST } from '../../severity.ts';
import { countExcepted, countTroubles } from '../../trouble.ts';
import { count, formatAge } from '../../units.ts';
import type { AgentView } from '../../view.ts';
import { formatInstant } from '../instant-text.ts';
import { ageAbove, layerAbove } from '../limit-text.ts';
import { plainText } from '../plain-text.ts';
import { type Block, type Fact, fact, type TableRow } from './body.ts';
import { checkpointOf, openFacts, placeFacts, type ThingFacts, whyText } from './facts.ts';
import type { Thing } from './groups.ts';
import { resolvedText } from './resolved.ts';

const MAX_ROWS = 100;
const MAX_GAPS = 10;
const MESSAGE_LENGTH = 400;

/** One thing told in full. */
export function thingBlocks(thing: Thing): readonly Block[] {
  const blocks: Block[] = [];
  const worst = thing.begun[0];
  if (worst !== undefined) {
    blocks.push(beginLead(worst, thing), { type: 'facts', facts: openFacts(thing) });
  }
  if (thing.resolved.length > 0) blocks.push(...resolvedBlocks(thing));
  return blocks;
}

function beginLead({ reason, alert }: ChangeNotification, thing: Thing): Block {
  const { finding, told, startedAt, lastSeenAt } = alert;
  const offset = offsetOf(thing);
  // A finding that cannot tell since when got worse at the look that is being told of.
  const since = finding.sinceAt ?? (reason === 'worse' ? lastSeenAt : startedAt);
  const was = reason === 'worse' && told !== null ? `, was ${told.severity},` : '';
  return {
    type: 'lead',
    tone: finding.severity,
    mark: `${finding.severity.toUpperCase()}${was} since ${formatInstant(since, offset)}`,
    text: plainText(finding.message, MESSAGE_LENGTH),
  };
}

function resolvedBlocks(thing: Thing): readonly Block[] {
  const ended = thing.resolved.map(({ alert }) => alert);
  const finding = ended[0]?.finding;
  if (finding === undefined) return [];
  const facts: Fact[] = [
    ...(thing.begun.length > 0 ? [] : placeFacts(thing)),
    fact('Was', plainText(whyText(ended.map((alert) => alert.finding)), 600)),
    ...ended.slice(0, 1).map(({ startedAt, endedAt }) => {
      const end = endedAt ?? thing.view.now;
      const offset = offsetOf(thing);
      const lasted = formatAge(Math.max(0, end - startedAt));
      return fact('Open', `${formatInstant(startedAt, offset)} to ${formatInstant(end, offset)} (${lasted})`);
    }),
  ];
  return [
    { type: 'lead', tone: 'resolved', mark: 'RESOLVED', text: resolvedText(finding, thing) },
    { type: 'facts', facts },
  ];
}

export const TABLE_HEADINGS = ['', 'VM', 'HOST', 'CHECKPOINT', 'AGE', 'LAYER', 'WHY'];

/** A row for each thing in the order given. Of more than a hundred the worst have one, and it is said how many more there are. */
export function thingTable<T extends ThingFacts>(
  things: readonly T[],
  mark: (thing: T) => TableMark,
): readonly Block[] {
  const rank = (thing: T): number => TONES_BY_WEIGHT.indexOf(mark(thing).tone);
  const ranked = things.length > MAX_ROWS ? things.toSorted((a, b) => rank(a) - rank(b)) : things;
  const shown = ranked.slice(0, MAX_ROWS);
  const rows = shown.map((thing): TableRow => {
    const { tone, text } = mark(thing);
    return { tone, cells: [text, ...cellsOf(thing)] };
  });
  const omitted = things.length - shown.length;
  return [
    ...(rows.length === 0 ? [] : [{ type: 'table' as const, headings: TABLE_HEADINGS, rows }]),
    ...(omitted === 0 ? [] : [{ type: 'note' as const, text: `… and ${omitted} more.` }]),
  ];
}

const TONES_BY_WEIGHT: readonly TableRow['tone'][] = ['critical', 'warning', 'info', 'plain', 'resolved'];

export interface TableMark {
  readonly tone: TableRow['tone'];
  readonly text: string;
}

const CELL_LENGTH = 32;

function cellsOf(thing: ThingFacts): readonly string[] {
  const finding = thing.findings[0];
  const checkpoint = checkpointOf(thing);
  const reading = thing.seen?.host.reading ?? null;
  const age =
    reading === null || checkpoint === null ? null : ageMs(reading, checkpoint.createdAt, thing.view.now);
  const links = checkpoint === null ? undefined : thing.seen?.view.chain.checkpoints.get(checkpoint.id);
  const hasCheckpoint = finding?.checkpoint != null;
  return [
    finding?.vm == null ? '-' : plainText(finding.vm.name, CELL_LENGTH),
    plainText(thing.seen?.host.host ?? finding?.host ?? '', CELL_LENGTH) || '-',
    hasCheckpoint ? plainText(finding.checkpoint.name, CELL_LENGTH) : '-',
    checkpoint === null
      ? hasCheckpoint
        ? 'gone'
        : '-'
      : age === null
        ? 'not known'
        : ageAbove(age, thing.findings),
    links === undefined ? '-' : layerAbove(links.layer, thing.findings),
    plainText(thing.findings.map(({ reason }) => plainText(reason)).join('; '), 120),
  ];
}

/** What closes every mail: what is open besides what it told of, and last what was not looked at. */
export function closingBlocks(view: AgentView, told: readonly Thing[]): readonly Block[] {
  const subjects = new Set(told.flatMap(({ subject, begun }) => (begun.length === 0 ? [] : [subject])));
  const ended = new Set(told.flatMap(({ resolved }) => resolved.map(({ alert }) => alert.key)));
  const others = activeFindings(view.findings).filter(
    (finding) => !subjects.has(finding.subject) && !ended.has(findingKey(finding)),
  );
  const open = countsText(others);
  return [
    {
      type: 'note',
      text: `${open === null ? nothingElse(view) : `Also open: ${open}`}${exceptedText(view)}.`,
    },
    { type: 'note', text: notLookedAt(view) },
  ];
}

function nothingElse(view: AgentView): string {
  return coverageGaps(view).length === 0
    ? 'Nothing else is open'
    : 'Nothing else is open in what was looked at';
}

/** What nobody is told of is counted all the same: `; 3 excepted`, or nothing. */
export function exceptedText({ findings }: AgentView): string {
  const excepted = countExcepted(findings);
  return excepted === 0 ? '' : `; ${excepted} excepted`;
}

/** `2 critical, 1 warning`; `null` for nothing of that kind. */
export function countsText(findings: readonly Finding[]): string | null {
  const counts = countTroubles(findings);
  const parts = WORST_FIRST.filter((severity) => severity !== 'info' && counts[severity] > 0).map(
    (severity) => `${counts[severity]} ${severity}`,
  );
  return parts.length === 0 ? null : parts.join(', ');
}

export function notLookedAt(view: AgentView): string {
  const gaps = coverageGaps(view);
  if (gaps.length === 0) return 'Everything was looked at.';
  const texts = gaps.slice(0, MAX_GAPS).map((gap) => plainText(gapText(gap, view.now), 300));
  const omitted = gaps.length - texts.length;
  const more = omitted === 0 ? '' : `; and ${count(omitted, 'more thing')}`;
  return `Not looked at: ${texts.join('; ')}${more}.`;
}

function offsetOf({ seen, findings, view }: ThingFacts): number | null {
  const host = seen?.host ?? view.inventory.hosts.find((each) => each.host === findings[0]?.host);
  return host?.reading?.facts.utcOffsetMin ?? null;
}
