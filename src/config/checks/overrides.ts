import type { CheckContext } from '../check.ts';
import { readOverrides, ruleSettings } from '../policy-read.ts';
import { type Complaint, caution, fault, quoteValue } from '../problem.ts';

/** As in `[ckpt:tag=…]`. */
const TAG_NAME = /^[a-z0-9][a-z0-9_.-]{0,31}$/i;

/** Tags are written in notes as well, and must be what can be written there. */
export function tagsAreWords({ written }: CheckContext): readonly Complaint[] {
  return Object.keys(written.tags ?? {}).flatMap((tag) =>
    TAG_NAME.test(tag)
      ? []
      : [
          fault(
            ['tags', tag],
            `${quoteValue(tag)} is no tag; expected letters, digits, dots, hyphens and underscores, 32 at most, such as prod`,
          ),
        ],
  );
}

/** An override for everybody belongs below rules, and one without rules is a mistake. */
export function overridesSaySomething(context: CheckContext): readonly Complaint[] {
  return (context.written.overrides ?? []).flatMap((override, index): readonly Complaint[] => {
    const path = ['overrides', index];
    const { vm, host, tag } = override;
    if (vm === undefined && host === undefined && tag === undefined) {
      return [fault(path, 'names no VMs; expected vm, host or tag, or its rules in the section rules')];
    }
    const settings = ruleSettings(override.rules ?? {}, [...path, 'rules'], context);
    return settings.length === 0 ? [fault(path, 'changes nothing; expected rules')] : [];
  });
}

/** Of two overrides for the very same VMs the later one hides what the earlier one says about the same level. */
export function overridesDoNotHideEachOther(context: CheckContext): readonly Complaint[] {
  const later = new Map<string, string>();
  return readOverrides(context)
    .map((override, index) => ({ override, index }))
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
    .toReversed();
}

function fold(text: string): string {
  return text.toLowerCase();
}
