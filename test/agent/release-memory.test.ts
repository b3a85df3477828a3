import { expect, it, vi } from 'vitest';
import { createMemoryRelease } from '../../src/agent/release-memory.ts';

/** Leaves more than a hundred megabytes of garbage, and tells how full the heap was with them. */
function fillHeap(): number {
  const scan = new Array(20_000_000).fill(0.5);
  return scan.length > 0 ? process.memoryUsage().heapUsed : 0;
}

it('gives back what a large scan has left behind, and hands nobody else the means', async () => {
  const release = createMemoryRelease();
  expect(Reflect.get(globalThis, 'gc')).toBeUndefined();
  const filledBytes = fillHeap();
  release();
  await vi.waitFor(() => expect(process.memoryUsage().heapUsed).toBeLessThan(filledBytes - 100e6), 5000);
});
