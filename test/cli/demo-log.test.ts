import { expect, it } from 'vitest';
import { createDemoLog } from '../../src/cli/demo-log.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/core/units.ts';
import { finding, NOW, view } from '../builders.ts';

const STOPPED = { code: 'VMMS_STOPPED', detail: null, target: null } as const;

function demoLog() {
  let now = NOW;
  const lines: string[] = [];
  const warnings: string[] = [];
  const logger = {
    debug: () => {},
    info: () => {},
    warn: (text: string) => warnings.push(text),
    error: () => {},
  };
  const clock = { now: () => now, monotonicMs: () => now };
  const log = createDemoLog(clock, (line) => lines.push(line), logger);
  return { log, lines, warnings, passes: (ms: number) => (now += ms) };
}

it('tells of the picture, of hosts and of mails in one style, and never goes back in time', () => {
  const { log, lines, passes } = demoLog();
  const vms = [{ name: 'SQL01' }];
  const good = view([{ vms }, { host: 'hv02', vms }], [finding({ vm: 'SQL01' })]);
  const bad = view([{ vms }, { host: 'hv02', vms, failed: STOPPED }], [finding({ vm: 'SQL01' })]);
  const mail = { subject: 'SQL01: stale checkpoint', file: '0001.eml', state: 'worse' };
  log.viewed(good);
  passes(HOUR_MS);
  log.written(mail, 'demo-mail/0001.eml');
  // The views are of an earlier moment than the mail.
  log.viewed(bad);
  log.viewed(bad);
  passes(MINUTE_MS);
  log.viewed(good);
  expect(lines).toEqual([
    '11-20 10:30  0 critical, 1 warning, 0 info on 2 VMs\n',
    '11-20 11:30  mail (worse): "SQL01: stale checkpoint" → demo-mail/0001.eml\n',
    '11-20 11:30  hv02 is not read: the Virtual Machine Management service (vmms) is not running\n',
    '11-20 11:30  0 critical, 1 warning, 0 info on 2 VMs; not read: hv02\n',
    '11-20 11:31  hv02 is read again\n',
    '11-20 11:31  0 critical, 1 warning, 0 info on 2 VMs\n',
  ]);
});

it('counts what exceptions cover apart', () => {
  const { log, lines } = demoLog();
  const exception = { reason: 'training image', untilAt: NOW + HOUR_MS, owner: null, line: 1 };
  const about = finding({ vm: 'SQL01', checkpoint: 'golden' }, { exception });
  log.viewed(view([{ vms: [{ name: 'SQL01' }] }], [about, { ...about, rule: 'avhdx-size' }]));
  expect(lines).toEqual(['11-20 10:30  0 critical, 0 warning, 0 info, 1 excepted on 1 VM\n']);
});

it('keeps the warnings that it does not tell itself', () => {
  const { log, warnings } = demoLog();
  log.logger.warn('host was not read', { host: 'hv02' });
  log.logger.warn('mail was not delivered; it is kept and tried again', {});
  expect(warnings).toEqual(['mail was not delivered; it is kept and tried again']);
});
