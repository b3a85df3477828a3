import { expect, it, vi } from 'vitest';
import { createMemoryRelease } from '../../src/agent/release-memory.ts';

it('gives back what a large scan has left behind, and hands nobody else the means', async () => {
  const release = createMemoryRelease();
  expect(Reflect.get(globalThis, 'gc')).toBeUndefined();
  let scan: unknown = Array.from({ length: 3_000_000 }, (_, index) => ({ index }));
  const held = new WeakRef(Object(scan));
  scan = null;
  release();
  await vi.waitFor(() => expect(held.deref()).toBeUndefined(), 5000);
  expect(scan).toBeNull();
});
