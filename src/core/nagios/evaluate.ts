import { errorInfo } from '../collect-error.ts';
import { type Gap, gapText } from '../coverage.ts';
import type { Checkpoint } from '../model.ts';
import { isBuiltInKind } from '../policy/kinds.ts';
import { plainText } from '../render/plain-text.ts';
import { formatSum } from '../rules/size-limit.ts';
import { count, formatAge } from '../units.ts';
import { type AgentView, compareText, maxReadingAgeMs, overdueAgeMs, totals, type VmRow } from '../view.ts';
import { checkPerfdata, countedCheckpoints } from './measures.ts';
import type { CheckOptions } from './options.ts';
import { type CheckLine, type CheckResult, type Headline, unknownResult } from './result.ts';
import { type Scope, selectScope } from './scope.ts';
import { compareStatus, type NagiosStatus, worstStatus } from './status.ts';
import { thresholdTroubles } from './thresholds.ts';
import { type CheckTrouble, exceptedTexts, findingTroubles } from './troubles.ts';

/** Answers a check from what the agent knows. Pure. */
export function evaluateCheck(view: AgentView, options: CheckOptions): CheckResult {
  if (view.inventory.hosts.length === 0) return unknownResult('nothing was scanned yet');
  const scope = selectScope(view, options);
  const maxAgeMs = options.maxAgeMs ?? maxReadingAgeMs(view);
  const others = uncounted(scope.rows, options);
  const blanks = [...blindSpots(view, scope, options, maxAgeMs), ...notCounted(others)];
  const troubles = (
    options.thresholds === null
      ? findingTroubles(view, scope)
      : thresholdTroubles(scope.rows, options.thresholds)
  ).toSorted((a, b) => compareStatus(a.status ?? 'OK', b.status ?? 'OK'));
  // The caller's own thresholds know nothing of exceptions.
  const excepted = options.thresholds === null ? exceptedTexts(view, scope) : [];
  const raised = troubles.filter(({ status }) => status !== null);
  const status = worstStatus([
    ...raised.map((trouble) => trouble.status ?? 'OK'),
    ...blanks.filter((blank) => blank.isBlind).map(() => 'UNKNOWN' as const),
  ]);
  return {
    status,
    headline: {
      ...headline(
        status,
        raised,
        blanks.filter(({ isBlind }) => isBlind),
        () => stateText(scope.rows, others.length),
      ),
      note: excepted.length === 0 ? null : `${excepted.length} excepted`,
      full: null,
    },
    lines: [
      ...lines(troubles, blanks, scope.rows, options),
      ...excepted.map((text) => ({ status: 'EXCEPTED' as const, text })),
    ],
    perfdata: checkPerfdata({
      ...{ view, scope, options, maxAgeMs },
      raised: raised.map((trouble) => trouble.status),
      excepted: excepted.length,
    }),
    maxLines: options.maxLines,
  };
}

interface Blank {
  readonly isBlind: boolean;
  readonly short: string;
  /** In a few words; `null` when the short text says it. */
  readonly why: string | null;
  readonly long: string;
  readonly advice: readonly string[];
}

/** What was not looked at, not wholly, or too long ago. */
function blindSpots(
  view: AgentView,
  scope: Scope,
  options: CheckOptions,
  maxAgeMs: number,
): readonly Blank[] {
  const blanks: Blank[] = [];
  if (scope.unmatched !== null) {
    blanks.push({
      isBlind: true,
      short: scope.unmatched,
      why: null,
      long: `${scope.unmatched} that was read`,
      advice: [],
    });
  }
  // Ages and counts do not depend on sizes.
  const needsSizes = options.thresholds === null || options.thresholds.metric === 'size';
  for (const gap of scope.gaps) {
    const isBlind = gap.isBlind && (needsSizes || gap.type !== 'sizes');
    blanks.push({
      isBlind,
      short: shortGap(gap),
      why: shortWhy(gap),
      long: gapText(gap, view.now),
      advice: gap.errors.map(({ code }) => errorInfo(code).advice),
    });
  }
  for (const host of scope.hosts) {
    const age = overdueAgeMs(host, view.now, maxAgeMs);
    if (age === null) continue;
    const short = `${host.host} scanned ${formatAge(age)} ago`;
    blanks.push({
      isBlind: true,
      short,
      why: null,
      long: `${short}, more than ${formatAge(maxAgeMs)}: too old to rely on`,
      advice: [],
    });
  }
  return blanks.toSorted((a, b) => Number(b.isBlind) - Number(a.isBlind));
}

/** Kinds of the configuration are judged as it says, and not by the caller's own limits for user checkpoints. */
function uncounted(rows: readonly VmRow[], { thresholds }: CheckOptions): readonly Checkpoint[] {
  if (thresholds?.metric !== 'age') return [];
  return rows.flatMap(({ vm }) => vm.checkpoints?.filter(({ kind }) => !isBuiltInKind(kind)) ?? []);
}

function notCounted(others: readonly Checkpoint[]): readonly Blank[] {
  if (others.length === 0) return [];
  const kinds = [...new Set(others.map(({ kind }) => kind))].sort(compareText).join(', ');
  const short = `not counted by --metric age: ${count(others.length, 'checkpoint')} of other kinds (${kinds})`;
  return [{ isBlind: false, short, why: null, long: short, advice: [] }];
}

function shortGap(gap: Gap): string {
  const vm = plainText(gap.vm?.name ?? '', 24);
  switch (gap.type) {
    case 'host':
      return `${gap.host} ${gap.errors.length === 0 ? 'not scanned yet' : 'not read'}`;
    case 'host-part':
      return `${gap.host} partly read`;
    case 'vm':
      return `${vm} partly read`;
    case 'sizes':
      return `${vm} not measured`;
  }
}

function shortWhy({ errors: [error] }: Gap): string | null {
  return error === undefined ? null : errorInfo(error.code).meaning;
}

/** What is worst comes first: a trouble, unless what was not looked at outweighs it. */
function headline(
  status: NagiosStatus,
  troubles: readonly CheckTrouble[],
  unseen: readonly Blank[],
  state: () => string,
): Pick<Headline, 'first' | 'last'> {
  const ofTroubles = troubleTexts(troubles);
  const ofUnseen = unseenTexts(unseen);
  if (status === 'UNKNOWN' && ofUnseen.length > 0) return { first: ofUnseen, last: ofTroubles };
  return { first: ofTroubles.length > 0 ? ofTroubles : [state()], last: ofUnseen };
}

function unseenTexts(unseen: readonly Blank[]): readonly string[] {
  const [first] = unseen;
  if (first === undefined) return [];
  const more = unseen.length === 1 ? '' : ` +${unseen.length - 1} more`;
  const wordings = [first.why === null ? first.short : `${first.short} (${first.why})`, first.short];
  return wordings.map((text) => `${text}${more}`);
}

/** The worst, and how many other VMs or hosts have troubles. */
function troubleTexts(troubles: readonly CheckTrouble[]): readonly string[] {
  const [worst] = troubles;
  if (worst === undefined) return [];
  const others = troubles.filter(({ thing }) => thing !== worst.thing);
  const vms = new Set(others.filter(({ isVm }) => isVm).map(({ thing }) => thing)).size;
  const rest = new Set(others.filter(({ isVm }) => !isVm).map(({ thing }) => thing)).size;
  const more = [vms > 0 ? [`+${count(vms, 'VM')}`] : [], rest > 0 ? [`+${count(rest, 'host')}`] : []].flat();
  return worst.short.map((text) => (more.length === 0 ? text : `${text} (${more.join(', ')})`));
}

/** How things are when nothing is wrong. */
function stateText(rows: readonly VmRow[], others: number): string {
  const sum = totals(rows);
  const [only] = rows;
  const counts = rows.map((row) => countedCheckpoints(row) ?? 0);
  const seen = counts.reduce((a, b) => a + b, 0);
  const rest = others === 0 ? '' : ` (${others} not counted)`;
  const checkpoints = `${sum.allListed ? '' : 'at least '}${count(seen, 'checkpoint')}${rest}`;
  const facts = [
    ...(sum.oldestUserAgeMs === null ? [] : [`oldest ${formatAge(sum.oldestUserAgeMs)}`]),
    ...(seen === 0 && sum.avhdx.bytes === 0 ? [] : [formatSum(sum.avhdx)]),
  ];
  const who = rows.length === 1 && only !== undefined ? `${only.vm.name}: ` : '';
  const where =
    rows.length === 1 ? '' : ` on ${counts.filter((n) => n > 0).length} of ${count(sum.vms, 'VM')}`;
  return `${who}${[`${checkpoints}${where}`, ...facts].join(', ')}`;
}

/** Troubles by status from the worst, what was not looked at in its place among them, then what is only worth knowing. Advice is said once. */
function lines(
  troubles: readonly CheckTrouble[],
  blanks: readonly Blank[],
  rows: readonly VmRow[],
  { verbosity }: CheckOptions,
): readonly CheckLine[] {
  const said = new Set<string>();
  const withAdvice = (line: CheckLine, advice: readonly string[]): readonly CheckLine[] => {
    const fresh = verbosity > 0 ? advice.filter((text) => text !== '' && !said.has(text)) : [];
    for (const text of fresh) said.add(text);
    return [line, ...fresh.map((text) => ({ status: null, text: `  ${text}` }))];
  };
  const of = (status: CheckTrouble['status']): readonly CheckLine[] =>
    troubles
      .filter((trouble) => trouble.status === status)
      .flatMap(({ long, advice }) => withAdvice({ status: status ?? 'INFO', text: long }, advice));
  const ofBlanks = (isBlind: boolean): readonly CheckLine[] =>
    blanks
      .filter((blank) => blank.isBlind === isBlind)
      .flatMap(({ long, advice }) =>
        withAdvice({ status: isBlind ? 'UNKNOWN' : 'INFO', text: long }, advice),
      );
  return [
    ...of('CRITICAL'),
    ...ofBlanks(true),
    ...of('UNKNOWN'),
    ...of('WARNING'),
    ...ofBlanks(false),
    ...(verbosity > 0 ? of(null) : []),
    ...(verbosity > 1 ? rows.map(rowLine) : []),
  ];
}

function rowLine(row: VmRow): CheckLine {
  const { vm, host, avhdx } = row;
  const counted = countedCheckpoints(row);
  const checkpoints = counted === null ? 'checkpoints not listed' : count(counted, 'checkpoint');
  return { status: null, text: `${vm.name} on ${host.host}: ${checkpoints}, ${formatSum(avhdx)} in AVHDX` };
}
