import { isRuleAboutVms } from '../../core/policy/without-overrides.ts';
import { RULES } from '../../core/rules/index.ts';
import type { CheckContext } from '../check.ts';
import { readOverrides, ruleSettings } from '../policy-read.ts';
import { type Complaint, caution, fault } from '../problem.ts';
import { emptyEntries, emptySelectors, isEmptySection, lacks } from './entries.ts';

/** As in `[ckpt:tag=…]`. */
const TAG_NAME = /^[a-z0-9][a-z0-9_.-]{0,31}$/i;

/** Tags are written in notes as well, and must be what can be written there. */
export function tagsAreWords(context: CheckContext): readonly Complaint[] {
  const empty = emptyEntries(context, ['tags']).map((tag) =>
    fault(['tags', tag], 'is empty; expected names of VMs, such as [SQL*, ERP*]'),
  );
  const wrong = Object.keys(context.written.tags ?? {}).flatMap((tag): readonly Complaint[] =>
    TAG_NAME.test(tag)
      ? []
      : [
          {
            ...fault(
              ['tags', tag],
              'is no tag; expected letters, digits, dots, hyphens and underscores, 32 at most, such as prod',
            ),
            at: 'key',
          },
        ],
  );
  return [...empty, ...wrong];
}

const SELECTORS = ['vm', 'host', 'tag'];
const OVERRIDE_OPTIONS = [...SELECTORS, 'rules'];

/** An override for everybody belongs below rules, and one without rules is a mistake. */
export function overridesSaySomething(context: CheckContext): readonly Complaint[] {
  return (context.written.overrides ?? []).flatMap((override, index): readonly Complaint[] => {
    const path = ['overrides', index];
    const empty = emptySelectors(context, path, SELECTORS);
    if (empty.length > 0) return empty;
    if (lacks(context, path, SELECTORS, OVERRIDE_OPTIONS)) {
      return [
        fault(
          path,
          'does not say for which VMs; expected vm, host or tag (what is for all VMs belongs below rules)',
        ),
      ];
    }
    const settings = ruleSettings(override.rules ?? {}, [...path, 'rules'], context);
    const isSilent =
      lacks(context, path, ['rules'], OVERRIDE_OPTIONS) || isEmptySection(context.given([...path, 'rules']));
    return settings.length === 0 && isSilent ? [fault(path, NO_RULES)] : [];
  });
}

const NO_RULES = 'changes nothing; expected rules, such as { checkpoint-age: { warning: 1d, critical: 3d } }';

/** What a rule finds about hosts and exceptions is judged without overrides, also where one names a host. */
export function overridesAreAboutVms({ written }: CheckContext): readonly Complaint[] {
  return (written.overrides ?? []).flatMap(({ rules = {} }, index) =>
    RULES.filter(({ id }) => rules[id] !== undefined && !isRuleAboutVms(id)).map(
      ({ id }): Complaint => ({
        ...caution(
          ['overrides', index, 'rules', id],
          'changes nothing: this rule judges no VMs, and overrides are for VMs alone; write it below rules',
        ),
        at: 'key',
      }),
    ),
  );
}

/** Of two overrides for the very same VMs the later one hides what the earlier one says about the same level. */
export function overridesDoNotHideEachOther(context: CheckContext): readonly Complaint[] {
  const later = new Map<string, string>();
  return (
    readOverrides(context)
      .map((override, index) => ({ override, index }))
      // Where nothing is left of what was written, nothing can be compared.
      .filter(({ override: { select } }) => select.vm.length + select.host.length + select.tag.length > 0)
      .toReversed()
      .flatMap(({ override: { select, settings }, index }) => {
        const who = JSON.stringify([select.vm, select.host, select.tag].map((list) => list.map(fold).sort()));
        const hidden = settings.filter(({ rule, kind, key }) => later.has([who, rule, kind, key].join('|')));
        const first = hidden[0];
        const by = first === undefined ? null : later.get([who, first.rule, first.kind, first.key].join('|'));
        for (const { rule, kind, key, source } of settings)
          later.set([who, rule, kind, key].join('|'), source.path);
        return by == null
          ? []
          : [
              caution(
                ['overrides', index],
                `names the same VMs as a later override, which has the last word: ${by}`,
              ),
            ];
      })
      .toReversed()
  );
}

function fold(text: string): string {
  return text.toLowerCase();
}
