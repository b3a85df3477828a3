import { z } from 'zod';
import { NO_MEMORY, type PolicyMemory } from '../core/policy/memory.ts';
import { DEFAULT_URL } from './agent-url.ts';
import type { CliIo } from './io.ts';

/** Long enough for an agent on this machine, and nobody waits for one that is not there. */
const TIMEOUT_MS = 1500;
const MAX_CHARACTERS = 8 * 1024 * 1024;

const STATUS = z.object({
  kind: z.literal('hyperv.status'),
  domainControllers: z.array(z.object({ vmId: z.string().max(100), seenAt: z.string().max(40) })).nullish(),
});

/**
 * What the agent on this machine remembers of guests that say nothing while they are off; nothing when no agent
 * answers. Never rejects.
 */
export async function rememberedGuests({ env }: CliIo): Promise<PolicyMemory> {
  try {
    const url = new URL('/api/v1/status', env.CHECKPOINT_AGENT_URL ?? DEFAULT_URL);
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await response.text();
    if (text.length > MAX_CHARACTERS) return NO_MEMORY;
    const { domainControllers } = STATUS.parse(JSON.parse(text));
    const guests = (domainControllers ?? []).flatMap(({ vmId, seenAt }) => {
      const at = Date.parse(seenAt);
      return Number.isNaN(at) ? [] : [[vmId, { seenAt: at }] as const];
    });
    return { ...NO_MEMORY, guests: new Map(guests) };
  } catch {
    return NO_MEMORY;
  }
}
