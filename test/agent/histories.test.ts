import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { DAY_MS } from '../../src/core/units.ts';
import type { OutgoingMail } from '../../src/ports.ts';
import { Machine, type RunningAgent, settle, withMail, withoutMail } from './agent-under-test.ts';
import { breakWrites } from './full-disk.ts';

const VMS = ['VM-A', 'VM-B', 'VM-C'] as const;
const AGES = { fine: null, warning: 4 * DAY_MS, critical: 10 * DAY_MS } as const;
type Badness = keyof typeof AGES;

/** What may happen to an agent, its host, its disk and its mail server. */
type Happening =
  | { readonly vm: (typeof VMS)[number]; readonly is: Badness }
  | 'scan'
  | 'restart'
  | 'crash'
  | 'host fails'
  | 'host answers'
  | 'mail fails'
  | 'mail hangs'
  | 'mail works'
  | 'disk full'
  | 'disk fine'
  | 'mail is turned off'
  | 'mail is turned on';

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ vm: fc.constantFrom(...VMS), is: badness() }) },
  { weight: 6, arbitrary: fc.constant<Happening>('scan') },
  {
    weight: 6,
    arbitrary: fc.constantFrom<Happening>(
      'restart',
      'crash',
      'host fails',
      'host answers',
      'mail fails',
      'mail hangs',
      'mail works',
      'disk full',
      'disk fine',
      'mail is turned off',
      'mail is turned on',
    ),
  },
);

const happenings = fc.array(happening, { minLength: 4, maxLength: 25 });

function badness(): fc.Arbitrary<Badness> {
  return fc.constantFrom<Badness>('fine', 'warning', 'critical');
}

/** A machine on which these things happen. */
class History {
  readonly machine = new Machine();
  readonly vms = new Map<string, Badness>(VMS.map((name) => [name, 'fine']));
  #mendDisk: (() => void) | null = null;
  #isReadable = true;
  #config = withMail();

  async live(happenings: readonly Happening[], endsWithRestart: boolean): Promise<void> {
    this.#show();
    let agent = await this.machine.startAndScan();
    for (const each of happenings) agent = await this.#happen(each, agent);
    // In the end all is well again, and what is owed can be told.
    for (const each of ['disk fine', 'host answers', 'mail works', 'mail is turned on'] as const) {
      agent = await this.#happen(each, agent);
    }
    if (endsWithRestart) agent = await this.#restart(agent, false);
    // What waits for its next attempt waits for an hour and some minutes at most.
    await agent.nextScan(endsWithRestart ? 2 : 6);
    await agent.stop();
  }

  async #happen(what: Happening, agent: RunningAgent): Promise<RunningAgent> {
    const { post } = this.machine;
    if (typeof what === 'object') this.vms.set(what.vm, what.is);
    else if (what === 'scan') await agent.nextScan();
    else if (what === 'restart' || what === 'crash') return this.#restart(agent, what === 'crash');
    else if (what === 'host fails' || what === 'host answers') this.#isReadable = what === 'host answers';
    else if (what === 'mail fails') post.answer = 'refuse connections';
    else if (what === 'mail hangs') post.answer = 'never answer';
    else if (what === 'mail works') post.answer = 'take';
    else if (what === 'disk full') this.#mendDisk ??= breakWrites(this.machine.stateDir);
    else if (what === 'disk fine') this.#mend();
    else await this.#reload(agent, what === 'mail is turned on' ? withMail() : withoutMail());
    this.#show();
    return agent;
  }

  async #restart(agent: RunningAgent, isCrash: boolean): Promise<RunningAgent> {
    // What a crash does to the state: nothing is written any more.
    if (isCrash) agent.store.close();
    await agent.stop();
    this.#mend();
    return this.machine.startAndScan(this.#config);
  }

  async #reload(agent: RunningAgent, config: Config): Promise<void> {
    const before = this.machine.views.length;
    this.#config = config;
    agent.agent.reconfigure(config);
    await this.machine.shows(before + 1);
  }

  #mend(): void {
    this.#mendDisk?.();
    this.#mendDisk = null;
  }

  #show(): void {
    const specs = [...this.vms].map(([name, is]) => {
      const ageMs = AGES[is];
      return { name, checkpoints: ageMs === null ? [] : [{ name: 'before patch', ageMs }] };
    });
    if (this.#isReadable) this.machine.holds(...specs);
    else this.machine.fails();
  }
}

/** What somebody believes who reads the mails in the order in which they came. Fails when they make no sense. */
function believed(mails: readonly OutgoingMail[]): ReadonlyMap<string, string> {
  const open = new Map<string, string>();
  const seen = new Set<string>();
  for (const { messageId, headers, subject, text } of mails) {
    // A mail program shows a repetition once.
    if (seen.has(messageId)) continue;
    seen.add(messageId);
    const state = headers['X-Checkpoint-Agent-State'] ?? '';
    if (state === 'baseline') {
      open.clear();
      for (const [, severity = '', vm = ''] of text.matchAll(/(CRITICAL|WARNING) +(VM-\w)/g)) {
        open.set(vm, severity.toLowerCase());
      }
      continue;
    }
    const vm = /VM-\w/.exec(subject)?.[0];
    if (vm === undefined) continue;
    expect([subject, state, open.has(vm)]).toEqual([subject, state, state !== 'new']);
    if (state === 'resolved') open.delete(vm);
    else open.set(vm, headers['X-Checkpoint-Agent-Severity'] ?? '');
  }
  return open;
}

it('tells a story that makes sense and ends with the truth, whatever happens to host, disk, mail and agent', async () => {
  await fc.assert(
    fc.asyncProperty(happenings, fc.boolean(), async (happenings, endsWithRestart) => {
      const history = new History();
      await history.live(happenings, endsWithRestart);
      await settle();
      const open = believed(history.machine.post.taken);
      const bad = [...history.vms].filter(([, is]) => is !== 'fine');
      expect([...open.keys()].sort()).toEqual(bad.map(([vm]) => vm).sort());
      // What got milder is not mailed for a day; what got worse is.
      for (const [vm, is] of bad) if (is === 'critical') expect(open.get(vm)).toBe('critical');
      const mayRepeat = happenings.includes('crash') || happenings.includes('disk full');
      const ids = history.machine.post.taken.map(({ messageId }) => messageId);
      if (!mayRepeat) expect(ids).toEqual([...new Set(ids)]);
      const baselines = history.machine.post.taken.filter(
        ({ headers }) => headers['X-Checkpoint-Agent-State'] === 'baseline',
      );
      expect(new Set(baselines.map(({ messageId }) => messageId)).size).toBe(1);
    }),
    { numRuns: Number(process.env.HISTORIES ?? 20) },
  );
});
