import { errorInfo } from '../../collect-error.ts';
import type { Finding } from '../../finding.ts';
import { isBuiltInKind } from '../../policy/kinds.ts';
import { type DeclarationPlace, readDeclarations } from '../../policy/lifetime/declaration.ts';
import type { KindDefinition } from '../../policy/policy.ts';
import { areDeclarationsUnread } from '../../policy/unread-notes.ts';
import { isHeldToEnd } from '../../rules/checkpoint-expired.ts';
import type { SeenCheckpoint } from '../../rules/seen.ts';
import { formatSum } from '../../rules/size-limit.ts';
import { formatAge } from '../../units.ts';
import { matchesWildcard } from '../../wildcard.ts';
import { deleteText, revertText, runningLayer } from '../effect-text.ts';
import { formatInstant } from '../instant-text.ts';
import { plainText } from '../plain-text.ts';
import { findingRows } from './findings.ts';
import { placeText } from './origin-text.ts';
import { quietAboutCheckpoint } from './quiet.ts';
import { type Row, row, section } from './rows.ts';
import { silence } from './silence.ts';
import { type VmContext, yamlPart } from './vm-context.ts';

const NAME_LENGTH = 120;

/** All about one checkpoint: what it is, what was found, why the other rules are quiet, and what would silence it. */
export function checkpointPart(
  each: SeenCheckpoint,
  findings: readonly Finding[],
  context: VmContext,
): string {
  const { resolved, asked } = context;
  const { checkpoint } = each;
  const found = new Set(findings.map(({ rule }) => rule));
  const toSilence = silence(findings, {
    ...context,
    checkpoint: {
      id: checkpoint.id,
      name: checkpoint.name,
      isNameUnique: isOnlyName(each),
      each,
    },
  });
  const text = section(`Checkpoint "${plainText(checkpoint.name, NAME_LENGTH)}"`, [
    row('id', plainText(checkpoint.id, 64)),
    row('kind', kindText(each, context)),
    row('taken', takenText(each, context)),
    row('lifetime', ...lifetimeLines(each, context)),
    row('owner', ownerText(each)),
    ...effectRows(each, context),
    ...findingRows(findings, context),
    row('quiet', ...quietAboutCheckpoint({ ...asked, each }, found, resolved)),
    row('to silence', ...toSilence.lines),
  ]);
  return `${text}${yamlPart(toSilence)}`;
}

function isOnlyName({ seen, checkpoint }: SeenCheckpoint): boolean {
  const name = checkpoint.name.toLowerCase();
  return seen.checkpoints.filter((other) => other.checkpoint.name.toLowerCase() === name).length === 1;
}

function kindText({ checkpoint, seen }: SeenCheckpoint, { config }: VmContext): string {
  const { kind, type, name, notes } = checkpoint;
  const ofHyperV = `Hyper-V's own type is ${plainText(type.name, 60)}`;
  if (kind === 'automatic') return `automatic: ${ofHyperV}, and it was made when the VM was started`;
  if (kind === 'unknown') return `unknown: ${ofHyperV}, which this agent does not know; judged as a user's`;
  if (isBuiltInKind(kind)) return `${kind}: ${ofHyperV}`;
  const definition = config.kinds.findLast((each) => each.name === kind);
  const shown = plainText(kind, 64);
  if (definition === undefined) return `${shown}: ${ofHyperV}`;
  const why = [
    patternText('name', definition.checkpoint, name),
    patternText('notes', definition.notes, notes),
    patternText('VM', definition.vm, seen.vm.name),
  ].flatMap((text) => text ?? []);
  return `${shown}: ${definitionText(definition)} (${why.join(', ')}); ${ofHyperV}`;
}

function definitionText({ source }: KindDefinition): string {
  return placeText(source);
}

/** The first of the patterns that matches; `null` where none was needed. */
function patternText(what: string, patterns: readonly string[], text: string | null): string | null {
  const pattern = patterns.find((each) => text !== null && matchesWildcard(each, text));
  return pattern === undefined ? null : `${what} ${plainText(pattern, 80)}`;
}

function takenText({ checkpoint }: SeenCheckpoint, { hostNow, utcOffsetMin }: VmContext): string {
  const { createdAt, hasMemory } = checkpoint;
  const memory = hasMemory === null ? 'memory not known' : hasMemory ? 'with memory' : 'disks only';
  if (createdAt === null) return `at an unknown time, ${memory}`;
  const age = formatAge(Math.max(0, hostNow - createdAt));
  return `${formatInstant(createdAt, utcOffsetMin)} (${age} ago), ${memory}`;
}

function lifetimeLines(each: SeenCheckpoint, { hostNow, utcOffsetMin, asked }: VmContext): readonly string[] {
  const { endsAt, text, ignored } = each.lifetime;
  // Of a kind that is not judged by age no limits hold either.
  const hasLimits = asked.limits('checkpoint-age', each.checkpoint.kind).ok;
  const lines = ignored.map(
    (declared) => `"${plainText(declared.text, 80)}" does not count: ${plainText(declared.why, 200)}`,
  );
  if (endsAt === null || text === null) {
    if (lines.length > 0) return hasLimits ? [...lines, 'limits by age hold instead'] : lines;
    const none = areDeclarationsUnread(each.checkpoint, each.seen.vm)
      ? 'not known, as notes were not read'
      : 'none declared';
    return [hasLimits ? `${none}: limits by age hold` : none];
  }
  const left = endsAt - hostNow;
  const when = left > 0 ? `ends in ${formatAge(left)}` : `ended ${formatAge(-left)} ago`;
  const place = placeOf(each, (declarations) => declarations.ends.some((end) => end.text === text));
  const instead = hasLimits
    ? 'limits by age hold, as checkpoint-expired is off'
    : 'checkpoint-expired is off';
  return [
    `"${plainText(text, 80)}" (${place}): ${when}, ${formatInstant(endsAt, utcOffsetMin)}; ${isHeldToEnd(each) ? 'limits by age do not hold' : instead}`,
    ...lines,
  ];
}

function ownerText(each: SeenCheckpoint): string {
  const { owner, checkpoint, seen } = each;
  if (owner === null) {
    return areDeclarationsUnread(checkpoint, seen.vm)
      ? 'not known, as notes were not read'
      : 'nobody is named';
  }
  return `${plainText(owner, 64)} (${placeOf(each, (declarations) => declarations.owner === owner)})`;
}

/** Where something is declared: the checkpoint's own name and notes come before the notes of its VM. */
function placeOf(
  { checkpoint, seen }: SeenCheckpoint,
  isThere: (declarations: ReturnType<typeof readDeclarations>) => boolean,
): string {
  const texts: readonly (readonly [DeclarationPlace, string, string])[] = [
    ['checkpoint-name', checkpoint.name, 'its name'],
    ['checkpoint-notes', checkpoint.notes ?? '', 'its notes'],
    ['vm-notes', seen.vm.notes ?? '', 'notes of the VM'],
  ];
  return texts.find(([place, text]) => isThere(readDeclarations(text, place)))?.[2] ?? 'declared';
}

function effectRows(each: SeenCheckpoint, { hostNow }: VmContext): readonly Row[] {
  const { checkpoint, links, seen } = each;
  if (links === null) return [row('layer', 'not known')];
  const why = links.whyUnknown === null ? '' : ` (${errorInfo(links.whyUnknown.code).meaning})`;
  const { createdAt } = checkpoint;
  const age = createdAt === null ? null : Math.max(0, hostNow - createdAt);
  const reverted = revertText(links, age, runningLayer(seen));
  return [
    row('layer', `${formatSum(links.layer)}${why}${links.isRunningLayer ? ', running now' : ''}`),
    row('if deleted', deleteText(links)),
    row(
      'if reverted',
      reverted === null
        ? 'it lies on a side branch, whose distance is not a matter of time'
        : `${plainText(seen.vm.name, NAME_LENGTH)} ${reverted}`,
    ),
  ];
}
