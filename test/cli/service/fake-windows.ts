import type { Answering } from '../../../src/cli/agent-status.ts';
import type { ToolJob, ToolResult } from '../../../src/cli/service/run-tool.ts';
import type { ServiceWorld } from '../../../src/cli/service/service-world.ts';
import { loadConfig } from '../../../src/config/load.ts';

type Said = string | number | { readonly code: number; readonly output: string };

export interface FakeWindows {
  readonly world: ServiceWorld;
  readonly jobs: readonly ToolJob[];
  /** What was run, without its folder. */
  readonly commands: () => readonly string[];
}

/**
 * A Windows whose programs answer what they are told to, by the first word of their arguments: in turn, the last again and
 * again. A number is an exit code. Time passes only while somebody waits.
 */
export function fakeWindows(
  answers: Readonly<Record<string, Said | readonly Said[]>>,
  more: Partial<ServiceWorld> = {},
): FakeWindows {
  const jobs: ToolJob[] = [];
  const asked = new Map<string, number>();
  let nowMs = 0;
  const next = (word: string): Said => {
    const list = [answers[word] ?? 1].flat();
    const at = asked.get(word) ?? 0;
    asked.set(word, at + 1);
    return list[Math.min(at, list.length - 1)] ?? 1;
  };
  const world: ServiceWorld = {
    async run(job): Promise<ToolResult> {
      jobs.push(job);
      const said = next(job.program.endsWith('sc.exe') ? (job.args[0] ?? '') : 'powershell');
      if (typeof said === 'number') return { status: 'ended', exitCode: said, output: '' };
      if (typeof said === 'string') return { status: 'ended', exitCode: 0, output: said };
      return { status: 'ended', exitCode: said.code, output: said.output };
    },
    processId: 4711,
    clock: { now: () => Date.UTC(2026, 10, 24, 12, 0) + nowMs, monotonicMs: () => nowMs },
    timers: {
      after(delayMs, action) {
        nowMs += delayMs;
        queueMicrotask(action);
        return () => {};
      },
    },
    findScript: (name) => `C:\\Program Files\\hyperv-checkpoint-agent\\${name}`,
    // The paths of Windows mean nothing here.
    loadConfig: (input) => loadConfig({ ...input, path: null, env: {}, platform: process.platform }),
    askAgent: async (): Promise<Answering> => ({
      who: 'nobody',
      isRefused: true,
      why: 'nothing listens there',
    }),
    ...more,
  };
  return {
    world,
    jobs,
    commands: () =>
      jobs.map(({ program, args }) => [program.slice(program.lastIndexOf('\\') + 1), ...args].join(' ')),
  };
}
