import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { observationOf } from '../../src/core/alert/completeness.ts';
import { dueNotifications } from '../../src/core/alert/notification.ts';
import { observe } from '../../src/core/alert/observe.ts';
import { activeFindings, type Finding } from '../../src/core/finding.ts';
import { evaluateCheck } from '../../src/core/nagios/evaluate.ts';
import { parseCheckOptions } from '../../src/core/nagios/options.ts';
import { renderExposition } from '../../src/core/render/exposition.ts';
import { composeMails } from '../../src/core/render/mail/compose-mails.ts';
import { renderPage } from '../../src/core/render/page/page.ts';
import { scanCsv } from '../../src/core/render/scan/csv.ts';
import { scanTable } from '../../src/core/render/scan/table.ts';
import { scanTrees } from '../../src/core/render/scan/trees.ts';
import { SEVERITIES } from '../../src/core/severity.ts';
import { countBySeverity, countExcepted, countTroubles } from '../../src/core/trouble.ts';
import { DAY_MS } from '../../src/core/units.ts';
import { type AgentView, vmRows } from '../../src/core/view.ts';
import { finding, NOW, view } from '../builders.ts';
import { SETTINGS } from './render/mail-samples.ts';

const VMS = ['A', 'B', 'C'];
const REASON = 'agreed with the trainers';

const anyFinding = fc
  .record({
    vm: fc.constantFrom(...VMS),
    checkpoint: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
    severity: fc.constantFrom(...SEVERITIES),
    rule: fc.constantFrom('checkpoint-age' as const, 'avhdx-size' as const),
    isCovered: fc.boolean(),
  })
  .map(({ vm, checkpoint, isCovered, ...more }): Finding => {
    const exception = { reason: REASON, untilAt: NOW + DAY_MS, owner: 'j.doe', line: 3 };
    const about = checkpoint === undefined ? { vm } : { vm, checkpoint, index: checkpoint === 'x' ? 0 : 1 };
    return finding(about, { ...more, exception: isCovered ? exception : null });
  });
const anyFindings = fc.uniqueArray(anyFinding, {
  maxLength: 8,
  selector: ({ rule, subject }) => `${rule} ${subject}`,
});

const viewOf = (findings: readonly Finding[]): AgentView =>
  view([{ vms: VMS.map((name) => ({ name, checkpoints: [{ name: 'x' }, { name: 'y' }] })) }], findings);

function checked(of: AgentView) {
  const parsed = parseCheckOptions([]);
  if (!parsed.ok) throw new Error(parsed.problem);
  return evaluateCheck(of, parsed.options);
}

function due(of: AgentView, isBaselined: boolean) {
  const alerts = observe([], observationOf(of.inventory, of.findings), NOW);
  return dueNotifications(alerts, { isBaselined, anyHostRead: true });
}

/** Everything by which somebody is called. */
function alarms(of: AgentView): unknown {
  const { status, headline, lines, perfdata } = checked(of);
  const page = renderPage({ version: '1', view: of, mails: null });
  return {
    ...{ status, first: headline.first, last: headline.last },
    lines: lines.filter((line) => line.status !== 'EXCEPTED'),
    counted: perfdata.filter(({ label }) => label === 'critical' || label === 'warning'),
    ...{ bySeverity: countBySeverity(of.findings), byThing: countTroubles(of.findings) },
    worst: vmRows(of).map(({ worst }) => worst),
    due: [false, true].map((isBaselined) => due(of, isBaselined)),
    mails: composeMails(due(of, true), of, SETTINGS).map(({ subject }) => subject),
    title: /<title>.*<\/title>/.exec(page)?.[0],
    series: exposed(of).filter((line) => /_stale\{|state="active"/.test(line)),
  };
}

function exposed(of: AgentView): readonly string[] {
  return [...renderExposition(of, { perCheckpoint: 'all', maxCheckpoints: 100 })].join('').split('\n');
}

const plain = (_: unknown, text: string): string => text;

describe('an exception, whatever it covers', () => {
  it('raises nothing: those who are called are called as if what it covers were not there', () => {
    fc.assert(
      fc.property(anyFindings, (findings) => {
        expect(alarms(viewOf(findings))).toEqual(alarms(viewOf(activeFindings(findings))));
      }),
    );
  });

  it('hides nothing: every output shows and counts what it covers', () => {
    fc.assert(
      fc.property(anyFindings, (findings) => {
        const of = viewOf(findings);
        const excepted = countExcepted(findings);
        fc.pre(excepted > 0);
        const { lines, perfdata } = checked(of);
        expect(perfdata.find(({ label }) => label === 'excepted')?.value).toBe(excepted);
        expect(lines.filter(({ status }) => status === 'EXCEPTED')).toHaveLength(excepted);
        const covered = findings.filter(({ exception }) => exception !== null).length;
        expect(exposed(of).filter((line) => line.includes('state="excepted"'))).toHaveLength(covered);
        for (const text of [scanTable(of, plain), scanTrees(of, 'live')]) {
          expect(text).toContain(`${excepted} excepted`);
          expect(text).toContain(`excepted until 2026-11-21 11:30 +01:00: ${REASON} (j.doe)`);
        }
        expect(scanCsv(of).split(REASON).length - 1).toBe(excepted);
        const page = renderPage({ version: '1', view: of, mails: null });
        expect(page).toContain(`>${excepted} excepted</a>`);
        expect(page.split(`<td>${REASON}</td>`)).toHaveLength(excepted + 1);
        const mails = [true, false].flatMap((isBaselined) =>
          composeMails(due(of, isBaselined), of, SETTINGS),
        );
        expect(mails.length).toBeGreaterThan(0);
        for (const { text } of mails) expect(text).toContain(`; ${excepted} excepted.`);
        for (const { text } of mails) expect(text).not.toContain(REASON);
      }),
    );
  });
});
