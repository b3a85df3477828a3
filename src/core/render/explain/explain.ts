import { coverageGaps, gapLabel, nothingKnownText } from '../../coverage.ts';
import type { Finding } from '../../finding.ts';
import { type Hash, shortIds } from '../../finding-id.ts';
import type { PolicyConfig } from '../../policy/policy.ts';
import { resolvedWithoutOverrides } from '../../policy/without-overrides.ts';
import { type AgentView, nameSuffixes } from '../../view.ts';
import { formatInstant } from '../instant-text.ts';
import { plainText } from '../plain-text.ts';
import { findThings, type Thing } from './find.ts';
import { findingRows } from './findings.ts';
import { gapsOf, gapsPart } from './gaps.ts';
import { row, section } from './rows.ts';
import { type ExplainContext, vmParts } from './vm.ts';

/** The longest text that is looked up: no name is longer that anybody types. */
export const MAX_WHAT_LENGTH = 512;

/** The header of an answer of /api/v1/explain that carries the exit code of the `explain` command. */
export const EXPLAIN_CODE_HEADER = 'Explain-Exit-Code';

/** More things that a text names are counted. */
const MOST_THINGS = 20;
const TEXT_LENGTH = 600;

export interface Explanation {
  /** Whether the text named anything. */
  readonly isFound: boolean;
  /** Whole lines; that nothing was found, too, is said in them. */
  readonly text: string;
}

/**
 * Why something was or was not flagged, as people read it: for what a text names (see `findThings`), what it was judged
 * by, every finding with the limit and the line that sets it, why each other rule is quiet, what would silence it, and
 * last what was not looked at. Never throws.
 */
export function explain(view: AgentView, what: string, hash: Hash): Explanation {
  const things = findThings(view, what, hash);
  if (things.length === 0) return { isFound: false, text: nothingText(view, what) };
  const context = {
    view,
    ids: shortIds(view.findings, hash),
    suffixOf: nameSuffixes(view.inventory),
    gaps: coverageGaps(view),
  };
  const parts = things.slice(0, MOST_THINGS).flatMap((thing) => partsOf(thing, context));
  const left = things.length - MOST_THINGS;
  const last = [
    ...(left > 0 ? [`${left} more match ${quoted(what)}; name one to see it.`] : []),
    ...(isWritten(view.policy.config) ? ['Lines are those of the configuration file.'] : []),
  ];
  return {
    isFound: true,
    text: [...parts, ...(last.length === 0 ? [] : [`${last.join('\n')}\n`])].join('\n'),
  };
}

function nothingText(view: AgentView, what: string): string {
  const nothing = `Nothing here is called ${quoted(what)}: no VM, no checkpoint, no finding and no host.`;
  const nothingKnown = nothingKnownText(view);
  const unread = coverageGaps(view).filter(({ type }) => type === 'host' || type === 'host-part');
  if (nothingKnown !== null) return `${nothing}\n${plainText(nothingKnown, TEXT_LENGTH)}.\n`;
  const where = unread.map((gap) => plainText(gapLabel(gap))).join('; ');
  return unread.length === 0
    ? `${nothing}\n`
    : `${nothing}\nIt may be in what was not looked at: ${where}.\n`;
}

function quoted(text: string): string {
  return `"${plainText(text)}"`;
}

function partsOf(thing: Thing, context: ExplainContext): readonly string[] {
  switch (thing.type) {
    case 'vm':
      return vmParts(thing.vm, thing.checkpoints, context);
    case 'host':
      return hostParts(thing.host, context);
    case 'finding':
      return [alonePart([thing.finding], headingOf(thing.finding), context)];
  }
}

function hostParts(name: string, context: ExplainContext): readonly string[] {
  const { view, gaps } = context;
  const host = view.inventory.hosts.find((each) => each.host === name);
  const findings = view.findings.filter(({ subject }) => subject === `host:${name}`);
  const reading = host?.reading ?? null;
  const read =
    reading === null
      ? 'never read so far'
      : `last read ${formatInstant(reading.readAt, reading.facts.utcOffsetMin)}`;
  const heading = `Host ${plainText(name)}, ${read}`;
  const part =
    findings.length === 0
      ? `${heading}\n  Nothing was found about the host itself.\n`
      : alonePart(findings, heading, context);
  return [part, gapsPart(gapsOf(gaps, name, null), view.now)].filter((text) => text !== '');
}

function headingOf({ subject, vm }: Finding): string {
  if (subject.startsWith('exception:')) return 'An exception of the configuration';
  return vm === null ? plainText(subject) : `${plainText(vm.name)}, on none of the hosts that were read`;
}

/** Findings about something that no override names: what holds for everything is in force. */
function alonePart(findings: readonly Finding[], heading: string, { view, ids }: ExplainContext): string {
  const { now, policy } = view;
  const context = { ids, resolved: resolvedWithoutOverrides(policy), hostNow: now, utcOffsetMin: null };
  return section(heading, [
    ...findings.map(({ message }) => row('finding', plainText(message, TEXT_LENGTH))),
    ...findingRows(findings, context),
  ]);
}

/** Whether anything of the policy stands in a file, so that there are lines to speak of. */
function isWritten({ settings, overrides, tags, kinds, exceptions }: PolicyConfig): boolean {
  return [settings, overrides, tags, kinds, exceptions].some((list) =>
    list.some(({ source }) => source.line !== null),
  );
}
