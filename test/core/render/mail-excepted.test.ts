import { describe, expect, it } from 'vitest';
import { observationOf } from '../../../src/core/alert/completeness.ts';
import { dueNotifications } from '../../../src/core/alert/notification.ts';
import { observe } from '../../../src/core/alert/observe.ts';
import type { OutgoingMail } from '../../../src/core/outgoing-mail.ts';
import { composeMails } from '../../../src/core/render/mail/compose-mails.ts';
import type { AgentView } from '../../../src/core/view.ts';
import { finding, NOW, view } from '../../builders.ts';
import { ALL_EXCEPTED, PARTLY_EXCEPTED } from '../excepted.ts';
import { alertOf, SETTINGS } from './mail-samples.ts';

/** The mails of a first look, or of one after a baseline of nothing. */
function mailsOf(of: AgentView, isBaselined: boolean): readonly OutgoingMail[] {
  const alerts = observe([], observationOf(of.inventory, of.findings), NOW);
  const due = dueNotifications(alerts, { isBaselined, anyHostRead: true });
  return due.length === 0 ? [] : composeMails(due, of, SETTINGS);
}

const shown = ({ subject, text }: OutgoingMail): string => `Subject: ${subject}\n\n${text}`;

describe('what exceptions cover', () => {
  it('is told of by no mail, but counted in each; owners are named', async () => {
    const mails = mailsOf(PARTLY_EXCEPTED, true);
    await expect(mails.map(shown).join('\n')).toMatchFileSnapshot('mail/excepted.txt');
    expect(mailsOf(ALL_EXCEPTED, true)).toEqual([]);
  });

  it('is counted by the baseline and not listed', async () => {
    const [mail] = mailsOf(PARTLY_EXCEPTED, false);
    if (mail === undefined) throw new Error('no mail');
    await expect(shown(mail)).toMatchFileSnapshot('mail/excepted-baseline.txt');
  });

  it('does not make a baseline say that nothing is over its limit', () => {
    const [mail] = mailsOf(ALL_EXCEPTED, false);
    expect(mail?.subject).toMatch(/ watching 1 host: nothing found$/);
    expect(mail?.text).toContain('Watching 1 host with 2 VMs: nothing else over its limit; 1 excepted.\n');
    expect(mail?.text).not.toContain('LAB09');
  });

  it('is counted also where nothing else is open', () => {
    const over = alertOf(finding({ vm: 'WEB07' }), { endedAt: NOW });
    const [mail] = composeMails([{ reason: 'resolved', alert: over }], ALL_EXCEPTED, SETTINGS);
    expect(mail?.text).toContain('\nNothing else is open; 1 excepted.\n');
  });
});

describe('a mail about an exception of the configuration', () => {
  const about = {
    rule: 'exception-unused',
    subject: 'exception:1',
    severity: 'warning',
    reason: 'exception unused for 40d',
    message: 'The exception "training image" (line 12 of the configuration) has covered nothing for 40d.',
  } as const;
  const of = view([{ vms: [{ name: 'SQL01' }] }]);
  const mailOf = (about: ReturnType<typeof finding>, reason: 'new' | 'resolved'): string =>
    composeMails(
      [{ reason, alert: alertOf(about, reason === 'resolved' ? { endedAt: NOW } : {}) }],
      of,
      SETTINGS,
    )
      .map(shown)
      .join('');

  it('speaks of the configuration, not of a host without a name', () => {
    const text = mailOf(finding({ host: '' }, about), 'new');
    expect(text).toMatch(/^Subject: \[Hyper-V checkpoints\] configuration: exception unused\n/);
    expect(text).toContain('The exception "training image"');
    expect(text).not.toMatch(/ Host |no longer watched/);
    expect(mailOf(finding({ host: '' }, about), 'resolved')).toContain(
      'RESOLVED: what was said of an exception no longer holds (was: exception unused for 40d).',
    );
  });

  it('shows the VM that it is for', () => {
    const ending = { ...about, rule: 'exception-ending', reason: 'exception ends in 2d' } as const;
    const text = mailOf(finding({ vm: 'SQL01' }, ending), 'new');
    expect(text).toMatch(/^Subject: \[Hyper-V checkpoints\] SQL01: exception ends\n/);
    expect(text).toContain('VM   SQL01 (Running on hv01)');
  });
});
