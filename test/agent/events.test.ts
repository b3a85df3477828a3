import { describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../src/core/units.ts';
import type { VmSpec } from '../builders.ts';
import { HOSTILE_NAMES } from '../hostile.ts';
import { Machine, settle, withMail, withoutMail } from './agent-under-test.ts';
import { breakWrites } from './full-disk.ts';

const ON = 'log: { event_log_alerts: true }\n';
const aged = (days: number, name = 'SQL01'): VmSpec => {
  return { name, checkpoints: [{ name: 'before CU12', ageMs: days * DAY_MS + MINUTE_MS }] };
};
const STALE = aged(4);
const ANCIENT = aged(8);
const FINE: VmSpec = { name: 'SQL01', checkpoints: [] };

/** What the event log was told since the last call. */
const told = (machine: Machine): readonly string[] => machine.events.splice(0);

describe('of hosts', () => {
  it('tells that one is not read, and for another reason, and that it is read again, once each', async () => {
    const machine = new Machine();
    const agent = await machine.startAndScan();
    machine.fails('VMMS_STOPPED');
    await agent.nextScan(3);
    expect(told(machine)).toEqual([
      'scanFailed: hv01 was not read: the Virtual Machine Management service (vmms) is not running [VMMS_STOPPED]. What to do: Start-Service vmms. VMs go on running without it, but nothing can be read or managed.',
    ]);
    machine.fails('ACCESS_DENIED');
    await agent.nextScan(2);
    expect(told(machine)).toEqual([
      expect.stringMatching(/^scanFailed: hv01 was not read: .*\[ACCESS_DENIED\]/),
    ]);
    machine.holds(FINE);
    await agent.nextScan(2);
    expect(told(machine)).toEqual(['scanRecovered: hv01 is read again.']);
  });
});

describe('of alerts', () => {
  it('tells nothing unless it is asked to', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    const agent = await machine.startAndScan(withMail());
    machine.holds(FINE);
    await agent.nextScan(3);
    expect(told(machine)).toEqual([]);
  });

  it('tells what is new, worse and resolved, also when nobody is mailed', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    const agent = await machine.startAndScan(withoutMail(ON));
    await agent.nextScan();
    expect(told(machine)).toEqual([
      'alertWarning: New on hv01: Checkpoint "before CU12" of SQL01 is 4d old; 3d is allowed. What to do: Take a backup, then delete the checkpoint outside busy hours in Hyper-V Manager or with Remove-VMCheckpoint. Never delete .avhdx files by hand.',
    ]);
    machine.holds(ANCIENT);
    await agent.nextScan(2);
    expect(told(machine)).toEqual([
      expect.stringMatching(
        /^alertCritical: Worse on hv01: Checkpoint "before CU12" of SQL01 is 8d old; 7d is/,
      ),
    ]);
    machine.holds(FINE);
    await agent.nextScan(3);
    expect(told(machine)).toEqual([
      'alertResolved: Resolved on hv01, known since 2026-11-20 10:30 UTC. It was: Checkpoint "before CU12" of SQL01 is 8d old; 7d is allowed.',
    ]);
  });

  it('repeats nothing at a start, but tells what was resolved meanwhile', async () => {
    const machine = new Machine();
    machine.holds(STALE, aged(5, 'APP01'));
    await (await machine.startAndScan(withoutMail(ON))).stop();
    expect(told(machine)).toHaveLength(2);
    machine.holds(STALE);
    const agent = await machine.startAndScan(withoutMail(ON));
    await agent.nextScan(2);
    expect(told(machine)).toEqual([expect.stringMatching(/^alertResolved: .*APP01/)]);
  });

  it('tells nothing of what an exception covers, and tells it when that ends', async () => {
    const covered =
      'exceptions: [{ vm: SQL01, rules: checkpoint-age, reason: agreed, until: "2026-11-20 13:00" }]\n';
    const machine = new Machine();
    machine.holds(STALE);
    const agent = await machine.startAndScan(withoutMail(ON + covered));
    expect(told(machine)).toEqual([]);
    agent.agent.reconfigure(withoutMail(ON));
    await machine.shows(2);
    expect(told(machine)).toEqual([expect.stringMatching(/^alertWarning: New on hv01/)]);
  });

  it('tells the end of what an exception covered since it was told, also after a restart', async () => {
    const covered = 'exceptions: [{ vm: SQL01, rules: checkpoint-age, reason: agreed, until: 2027-01-01 }]\n';
    const machine = new Machine();
    machine.holds(STALE);
    const first = await machine.startAndScan(withMail(ON));
    first.agent.reconfigure(withMail(ON + covered));
    await machine.shows(2);
    await first.nextScan();
    await first.stop();
    told(machine);
    const again = await machine.startAndScan(withMail(ON + covered));
    machine.holds(FINE);
    await again.nextScan(3);
    expect(told(machine)).toEqual([expect.stringMatching(/^alertResolved: .*SQL01/)]);
  });

  it('tells only of what happens after it was switched on', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    const agent = await machine.startAndScan(withoutMail());
    agent.agent.reconfigure(withoutMail(ON));
    await machine.shows(2);
    expect(told(machine)).toEqual([]);
    machine.holds(ANCIENT);
    await agent.nextScan();
    expect(told(machine)).toEqual([expect.stringMatching(/^alertCritical: Worse/)]);
    agent.agent.reconfigure(withoutMail());
    machine.holds(FINE);
    await agent.nextScan(3);
    expect(told(machine)).toEqual([]);
  });

  it('tells them also while the disk is full', async () => {
    const machine = new Machine();
    const agent = await machine.startAndScan(withMail(ON));
    breakWrites(machine.stateDir);
    machine.holds(STALE);
    await agent.nextScan(3);
    const alerts = told(machine).filter((event) => event.startsWith('alert'));
    expect(alerts).toEqual([expect.stringMatching(/^alertWarning: New/)]);
  });

  it('a host that flaps resolves nothing and repeats nothing', async () => {
    const machine = new Machine();
    machine.holds(STALE);
    const agent = await machine.startAndScan(withoutMail(ON));
    for (let round = 0; round < 3; round += 1) {
      machine.fails();
      await agent.nextScan();
      machine.holds(STALE);
      await agent.nextScan();
    }
    expect(told(machine).filter((event) => event.startsWith('alert'))).toHaveLength(1);
  });

  it.each(HOSTILE_NAMES.map((name) => [name]))('makes one line of a VM called %j', async (name) => {
    const machine = new Machine();
    machine.holds(aged(4, name));
    await machine.startAndScan(withoutMail(ON));
    const [event, ...more] = told(machine);
    expect(more).toEqual([]);
    expect(event).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/);
  });
});

describe('of mail', () => {
  it('tells that none is delivered, and that it is delivered again, once each', async () => {
    const machine = new Machine();
    machine.post.answer = 'refuse connections';
    machine.holds(STALE);
    const agent = await machine.startAndScan();
    await agent.nextScan(4);
    expect(told(machine)).toEqual([
      'mailFailing: Mail is not delivered (connect): nobody answers. It is kept and tried again, next at 2026-11-20 10:31 UTC.',
    ]);
    machine.post.answer = 'take';
    await agent.nextScan(4);
    await settle();
    expect(machine.post.read()).not.toEqual([]);
    expect(told(machine)).toEqual(['mailRecovered: Mail is delivered again.']);
  });
});
