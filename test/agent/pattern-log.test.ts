import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/core/units.ts';
import { Machine, withMail } from './agent-under-test.ts';

const typo = "tags: { sql: ['SQL*', 'SLQ01'] }\n";

describe('the log of the agent', () => {
  it('says once which patterns of the configuration match nothing, with their place', async () => {
    const machine = new Machine();
    machine.holds({ name: 'SQL01', checkpoints: [{ name: 'before patch', ageMs: DAY_MS }] });
    const running = await machine.startAndScan(withMail(typo));
    expect(machine.logged('SLQ01')).toEqual([
      expect.stringContaining(
        'warn /etc/agent/agent.yml:4  warning: tags.sql: "SLQ01" matches no VM; nearest is "SQL01"',
      ),
    ]);
    await running.nextScan(2);
    expect(machine.logged('SLQ01')).toHaveLength(1);
  });

  it('waits until every VM was listed', async () => {
    const machine = new Machine();
    machine.fails();
    const running = await machine.startAndScan(withMail(typo));
    await running.nextScan();
    expect(machine.logged('SLQ01')).toEqual([]);
    machine.holds({ name: 'SQL01' });
    await running.nextScan(2);
    expect(machine.logged('SLQ01')).toHaveLength(1);
  });

  it('says it of a new configuration too', async () => {
    const machine = new Machine();
    machine.holds({ name: 'SQL01' });
    const running = await machine.startAndScan(withMail());
    expect(machine.logged('matches no')).toEqual([]);
    running.agent.reconfigure(withMail(typo));
    await machine.shows(2);
    expect(machine.logged('SLQ01')).toHaveLength(1);
    running.agent.reconfigure(withMail());
    await machine.shows(3);
    expect(machine.logged('matches no')).toHaveLength(1);
  });

  it('says of very many only how many more there are', async () => {
    const machine = new Machine();
    const many = Array.from({ length: 25 }, (_, index) => `NOSUCH${index}`).join(', ');
    await machine.startAndScan(withMail(`tags: { x: [${many}] }\n`));
    expect(machine.logged('NOSUCH')).toHaveLength(20);
    expect(machine.logged('more patterns of the configuration match nothing more=5')).toHaveLength(1);
  });
});
